"""Each operation in turn: denied to a key that nobody has, and refused when it is asked wrongly.

What each of them answers, page by page and dry, is in test_walk_*.py and test_pages.py.
"""

import contextlib

import pytest
from botocore import xform_name
from botocore.exceptions import ClientError

from harness import coverage, declared
from harness.marks import fact

OPERATIONS = sorted(coverage.operations())
NAMES = [f"{service}.{operation}" for service, operation in OPERATIONS]
EXCEPTIONS = coverage.exceptions()
NOBODY = {"AccessKeyId": "AKIAIOSFODNN7EXAMPLE", "SecretAccessKey": "unused", "SessionToken": ""}
DENIED = {
    "ec2": ("AuthFailure", 401),
    "iam": ("InvalidClientTokenId", 403),
    "organizations": ("UnrecognizedClientException", 403),
    "ram": ("UnrecognizedClientException", 403),
    "sns": ("InvalidClientTokenId", 403),
    "sts": ("InvalidClientTokenId", 403),
}
MISSING = {
    "ec2": "MissingParameter",
    "iam": "ValidationError",
    "organizations": "InvalidInputException",
    "sns": "ValidationError",
    "sts": "ValidationError",
}
# The first of these that an operation's model declares.
MISSING_IN_RAM = ("MissingRequiredParameterException", "InvalidParameterException", "MalformedArnException")
COLOUR = {"Filters": [{"Name": "colour", "Values": ["red"]}]}
# Operations that may be asked with nothing, asked with something that will not do, and the code for it.
WRONG = {
    "ec2.AllocateAddress": ({"TagSpecifications": [{"ResourceType": "vpc", "Tags": [{"Key": "a", "Value": "b"}]}]},
                            "InvalidParameterValue"),
    "ec2.CreateDefaultVpc": ({}, "DefaultVpcAlreadyExists"),
    "ec2.CreateInternetGateway": ({"TagSpecifications": [{"ResourceType": "vpc", "Tags": [{"Key": "a", "Value": "b"}]}]},
                                  "InvalidParameterValue"),
    "ec2.CreateNatGateway": ({"ConnectivityType": "private"}, "MissingParameter"),
    "ec2.CreateTransitGateway": ({"TagSpecifications": [{"ResourceType": "vpc", "Tags": [{"Key": "a", "Value": "b"}]}]},
                                 "InvalidParameterValue"),
    "ec2.CreateVpc": ({"CidrBlock": "10.0.0.0/8"}, "InvalidVpc.Range"),
    "ec2.DescribeAccountAttributes": ({"AttributeNames": ["colour"]}, "InvalidParameterValue"),
    "ec2.DescribeNatGateways": ({"Filter": [{"Name": "colour", "Values": ["red"]}]}, "InvalidParameterValue"),
    "ec2.DescribeRegions": ({"RegionNames": ["nowhere-1"]}, "InvalidParameterValue"),
    "ec2.DescribeTags": (COLOUR, "InvalidParameterValue"),
    "ec2.ReleaseAddress": ({}, "MissingParameter"),
    "organizations.CreateOrganization": ({"FeatureSet": "SOME"}, "InvalidInputException"),
    "ram.EnableSharingWithAwsOrganization": ({}, "OperationNotPermittedException"),
    "ram.GetResourceShareInvitations": ({"maxResults": 0}, "InvalidMaxResultsException"),
    "ram.ListPermissionAssociations": ({"maxResults": 0}, "InvalidParameterException"),
    "ram.ListPermissions": ({"maxResults": 0}, "InvalidParameterException"),
    "ram.ListResourceTypes": ({"maxResults": 0}, "InvalidParameterException"),
    "sns.ListTopics": ({"NextToken": "nobody's"}, "InvalidParameter"),
    "iam.ListAccountAliases": ({"MaxItems": 0}, "ValidationError"),
    "iam.ListPolicies": ({"MaxItems": 0}, "ValidationError"),
    "iam.ListRoles": ({"MaxItems": 0}, "ValidationError"),
}


def call_of(client, who, service, operation):
    return getattr(client(service, who), xform_name(operation))


@pytest.fixture(scope="module")
def somebody(endpoint):
    return endpoint.account()


@fact("error.unknown-key")
@pytest.mark.parametrize("service, operation", OPERATIONS, ids=NAMES)
def test_it_is_denied_to_nobody(client, refused, service, operation):
    assert refused(call_of(client, NOBODY, service, operation)) == DENIED[service]


@fact("error.missing-parameter")
@pytest.mark.parametrize("service, operation", OPERATIONS, ids=NAMES)
def test_it_says_what_is_wrong(client, somebody, refused, service, operation):
    if reason := EXCEPTIONS.get((service, operation, "invalid")):
        pytest.skip(reason)
    call = call_of(client, somebody, service, operation)
    if f"{service}.{operation}" in WRONG:
        asked, code = WRONG[f"{service}.{operation}"]
        if operation == "CreateDefaultVpc":
            with contextlib.suppress(ClientError):
                call()
        assert refused(call, **asked)[0] == code
        return
    model = client(service, somebody).meta.service_model.operation_model(operation)
    shape = model.input_shape
    if shape is None or not shape.members:
        pytest.skip("it is asked nothing")
    if shape.required_members:
        own = declared.codes(model)
        ram = next(({code} for code in MISSING_IN_RAM if code in own), set())
        asked, codes = {}, ram if service == "ram" else {MISSING[service]}
    elif "Filters" in shape.members:
        asked, codes = COLOUR, {"InvalidParameterValue"}
    elif service == "organizations":
        asked, codes = {"NextToken": "nonsense"}, {"InvalidInputException", "AWSOrganizationsNotInUseException"}
    else:
        pytest.fail("nothing is known that would be wrong with it")
    code, status = refused(call, **asked)
    assert code in codes and status == 400
