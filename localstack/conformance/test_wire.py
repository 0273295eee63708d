"""The protocols themselves, and the table that drives them."""

import json
import os
import pathlib
import subprocess
import sys
import urllib.error
import urllib.request

from harness.marks import fact, needs

ENDPOINT = os.environ.get("AWS_ENDPOINT_URL", "")
DERIVE = pathlib.Path(__file__).parents[1] / "sandbox" / "shapes" / "derive.py"


def ask(path="/", body=b"", method="POST", **headers):
    headers = {name.replace("_", "-"): value for name, value in headers.items()}
    request = urllib.request.Request(ENDPOINT + path, data=body, method=method, headers=headers)
    try:
        with urllib.request.urlopen(request) as answer:
            return answer.status, answer.headers, answer.read().decode()
    except urllib.error.HTTPError as answer:
        return answer.code, answer.headers, answer.read().decode()


def test_the_table_is_what_botocore_says():
    """shapes/derive.py: the checked-in table is what it writes."""
    done = subprocess.run([sys.executable, DERIVE, "--check"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


@fact("error.unsigned")
@needs("protocol")
def test_an_unsigned_request():
    """AWS common errors: MissingAuthenticationToken."""
    status, _, body = ask(body=b"Action=GetCallerIdentity&Version=2011-06-15")
    assert status == 403
    assert "<Code>MissingAuthenticationToken</Code>" in body


@fact("error.request-id")
def test_every_answer_has_its_request_id(client, account, refused):
    """AWS General Reference: each answer carries a request id, in the header and in XML also in the body."""
    who = account()
    ids = set()
    for answer in (client("sts", who).get_caller_identity(), client("iam", who).list_roles()):
        about = answer["ResponseMetadata"]
        assert about["RequestId"] == about["HTTPHeaders"]["x-amzn-requestid"]
        ids.add(about["RequestId"])
    assert len(ids) == 2


@fact("error.unknown-parameter")
@needs("protocol")
def test_unknown_parameters_are_refused(client, account, refused):
    """EC2 API error codes: UnknownParameter. The other services would ignore some: the sandbox does not."""
    scope = f"AWS4-HMAC-SHA256 Credential={account()}/20260101/us-east-1/ec2/aws4_request, SignedHeaders=h, Signature=0"
    status, _, body = ask(body=b"Action=DescribeVpcs&Version=2016-11-15&Colour=red", Authorization=scope)
    assert status == 400
    assert "<Code>UnknownParameter</Code>" in body


@fact("error.missing-parameter")
def test_missing_parameters_are_named(client, account, refused):
    """EC2 API error codes: MissingParameter; IAM common errors: ValidationError; RAM: its models."""
    who = account()
    assert refused(client("ec2", who).create_transit_gateway_route) == ("MissingParameter", 400)
    assert refused(client("iam", who).create_role) == ("ValidationError", 400)
    assert refused(client("ram", who).create_resource_share) == ("InvalidParameterException", 400)
    assert refused(client("ram", who).update_resource_share) == ("MissingRequiredParameterException", 400)
    assert refused(client("organizations", who).describe_account) == ("InvalidInputException", 400)


@fact("error.unknown-action")
@needs("sandbox")
def test_what_the_sandbox_lacks_says_so(client, account, refused):
    """EC2: InvalidAction; JSON protocols: UnknownOperationException. Never success."""
    who = account()
    assert refused(client("ec2", who).describe_instances) == ("InvalidAction", 400)
    assert refused(client("organizations", who).describe_resource_policy) == ("UnknownOperationException", 400)
    assert refused(client("ram", who).list_replace_permission_associations_work) == ("UnknownOperationException", 404)


@needs("sandbox")
def test_a_body_that_is_too_long():
    """The sandbox reads at most 1 MiB."""
    status, _, body = ask(body=b"x" * (1 << 20) + b"x")
    assert status == 413
    assert "<Code>RequestEntityTooLarge</Code>" in body


@needs("sandbox")
def test_the_clock_and_the_log(client, account):
    """The sandbox's own calls."""
    now = json.loads(ask("/_sandbox/clock", method="GET", body=None)[2])["now"]
    later = json.loads(ask("/_sandbox/clock/advance?seconds=3600")[2])["now"]
    assert later > now
    since = json.loads(ask("/_sandbox/calls", method="GET", body=None)[2])["next"]
    who = account()
    client("sts", who).get_caller_identity()
    calls = json.loads(ask(f"/_sandbox/calls?since={since}", method="GET", body=None)[2])["calls"]
    assert [(call["account"], call["action"], call["outcome"]) for call in calls] == [(who, "GetCallerIdentity", "ok")]
