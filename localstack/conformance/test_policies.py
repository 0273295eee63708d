"""Identity policies, service control policies, session policies and boundaries, as callers feel them."""

import json

import pytest

from harness.marks import fact


def document(*statements):
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def allow(action, resource="*", **condition):
    statement = {"Effect": "Allow", "Action": action, "Resource": resource}
    return {**statement, "Condition": condition} if condition else statement


def deny(action, resource="*"):
    return {"Effect": "Deny", "Action": action, "Resource": resource}


@pytest.fixture
def held(client, account, assume):
    """Makes a session of a role with these statements: (session, put), where put changes them."""

    def make(*statements, where=None):
        where = where or account()
        iam = client("iam", where)
        trust = document({"Effect": "Allow", "Principal": {"AWS": where}, "Action": "sts:AssumeRole"})
        iam.create_role(RoleName="it", AssumeRolePolicyDocument=trust)

        def put(*statements):
            iam.put_role_policy(RoleName="it", PolicyName="all", PolicyDocument=document(*statements))

        put(*statements)
        return assume(where, where, "it"), put

    return make


@fact("policies.ec2-refusal")
def test_ec2_refuses_and_tells_why_in_a_message_of_its_own(client, held, refused):
    """EC2 API error codes: UnauthorizedOperation 403, with a message for sts:DecodeAuthorizationMessage."""
    session, _ = held(allow(["ec2:DescribeVpcs", "sts:DecodeAuthorizationMessage"]))
    api = client("ec2", session)
    api.describe_vpcs()
    assert refused(api.describe_subnets) == ("UnauthorizedOperation", 403)
    with pytest.raises(api.exceptions.ClientError) as caught:
        api.create_vpc(CidrBlock="10.0.0.0/16")
    encoded = caught.value.response["Error"]["Message"].rsplit("message: ", 1)[1]
    decoded = client("sts", session).decode_authorization_message(EncodedMessage=encoded)["DecodedMessage"]
    assert json.loads(decoded)["context"]["action"] == "ec2:CreateVpc"


@fact("policies.dry-run")
def test_dry_runs(client, held, refused):
    """EC2 API Reference, DryRun: DryRunOperation for who has the permission, else UnauthorizedOperation."""
    session, put = held(allow("ec2:CreateVpc"))
    api = client("ec2", session)
    asked = {"CidrBlock": "10.0.0.0/16", "DryRun": True}
    assert refused(api.create_vpc, **asked) == ("DryRunOperation", 412)
    put(allow("ec2:DescribeVpcs"))
    assert refused(api.create_vpc, **asked) == ("UnauthorizedOperation", 403)
    assert api.describe_vpcs()["Vpcs"] == []


@fact("policies.other-refusals")
def test_other_services_refuse(client, held, refused):
    """IAM and STS: AccessDenied 403; RAM and Organizations: AccessDeniedException. GetCallerIdentity needs nothing."""
    session, _ = held(deny("*"))
    client("sts", session).get_caller_identity()
    assert refused(client("iam", session).list_roles) == ("AccessDenied", 403)
    assert refused(client("ram", session).list_resources, resourceOwner="SELF") == ("AccessDeniedException", 403)
    assert refused(client("organizations", session).list_roots)[0] == "AccessDeniedException"


@fact("policies.deny-wins")
def test_a_deny_wins(client, held, refused):
    """IAM User Guide, "Policy evaluation logic": an explicit deny overrides any allow."""
    session, _ = held(allow("*"), deny("ec2:DescribeVpcs"))
    api = client("ec2", session)
    api.describe_subnets()
    assert refused(api.describe_vpcs)[0] == "UnauthorizedOperation"


@fact("policies.resource-tags")
def test_tags_of_resources(client, account, held, refused):
    """"Actions, resources, and condition keys for Amazon EC2": DeleteVpc on vpc, aws:ResourceTag."""
    where = account()
    root = client("ec2", where)
    mine, other = (root.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"] for _ in range(2))
    root.create_tags(Resources=[mine], Tags=[{"Key": "team", "Value": "net"}])
    owned = {"StringEquals": {"aws:ResourceTag/team": "net"}}
    session, _ = held(allow("ec2:DeleteVpc", "arn:aws:ec2:*:*:vpc/*", **owned), where=where)
    api = client("ec2", session)
    assert refused(api.delete_vpc, VpcId=other)[0] == "UnauthorizedOperation"
    api.delete_vpc(VpcId=mine)


@fact("policies.creation-tags")
def test_tags_on_creation(client, held, refused):
    """EC2 User Guide, "Grant permission to tag Amazon EC2 resources during creation": ec2:CreateTags, ec2:CreateAction."""
    tags = [{"ResourceType": "vpc", "Tags": [{"Key": "team", "Value": "net"}]}]
    session, put = held(allow("ec2:CreateVpc"))
    api = client("ec2", session)
    api.create_vpc(CidrBlock="10.0.0.0/16")
    assert refused(api.create_vpc, CidrBlock="10.0.0.0/16", TagSpecifications=tags)[0] == "UnauthorizedOperation"
    creation = {"StringEquals": {"ec2:CreateAction": "CreateVpc"}}
    put(allow("ec2:CreateVpc"), allow("ec2:CreateTags", "arn:aws:ec2:*:*:vpc/*", **creation))
    vpc = api.create_vpc(CidrBlock="10.0.0.0/16", TagSpecifications=tags)["Vpc"]["VpcId"]
    assert refused(api.create_tags, Resources=[vpc], Tags=tags[0]["Tags"])[0] == "UnauthorizedOperation"


@fact("policies.session")
def test_session_policies(client, account, assume, refused):
    """STS API, AssumeRole: Policy limits the session to what both it and the role allow."""
    where = account()
    trust = document({"Effect": "Allow", "Principal": {"AWS": where}, "Action": "sts:AssumeRole"})
    client("iam", where).create_role(RoleName="it", AssumeRolePolicyDocument=trust)
    session = assume(where, where, "it", Policy=document(allow("ec2:Describe*")))
    client("ec2", session).describe_vpcs()
    assert refused(client("ec2", session).create_vpc, CidrBlock="10.0.0.0/16")[0] == "UnauthorizedOperation"
    long = document(*[allow(f"ec2:{'x' * 60}{number}") for number in range(40)])
    assert refused(assume, where, where, "it", Policy=long)[0] == "PackedPolicyTooLarge"


@fact("policies.boundary")
def test_permissions_boundaries(client, account, held, refused):
    """IAM User Guide, "Permissions boundaries for IAM entities"."""
    where = account()
    session, _ = held(allow("*"), where=where)
    iam = client("iam", where)
    arn = iam.create_policy(PolicyName="b", PolicyDocument=document(allow("ec2:Describe*")))["Policy"]["Arn"]
    iam.put_role_permissions_boundary(RoleName="it", PermissionsBoundary=arn)
    assert iam.get_role(RoleName="it")["Role"]["PermissionsBoundary"]["PermissionsBoundaryArn"] == arn
    client("ec2", session).describe_vpcs()
    assert refused(client("ec2", session).create_vpc, CidrBlock="10.0.0.0/16")[0] == "UnauthorizedOperation"
    iam.delete_role_permissions_boundary(RoleName="it")
    client("ec2", session).create_vpc(CidrBlock="10.0.0.0/16")


@fact("policies.service-control")
def test_service_control_policies(client, organization, refused):
    """Organizations User Guide, "SCP evaluation": they hold members, root users included, by every level of the tree, and
    never the management account."""
    org = organization(accounts=1)
    [member] = org.accounts
    unit = org.api.create_organizational_unit(ParentId=org.root, Name="net")["OrganizationalUnit"]["Id"]
    org.api.move_account(AccountId=member, SourceParentId=org.root, DestinationParentId=unit)
    kind = {"Type": "SERVICE_CONTROL_POLICY"}
    about = {"Name": "n", "Description": "d", "Content": document(deny("ec2:CreateVpc"))}
    policy = org.api.create_policy(**about, **kind)["Policy"]["PolicySummary"]["Id"]
    named = {"PolicyId": policy, "TargetId": org.root}
    assert refused(org.api.attach_policy, **named)[0] == "PolicyTypeNotEnabledException"
    org.api.enable_policy_type(RootId=org.root, PolicyType="SERVICE_CONTROL_POLICY")
    org.api.attach_policy(**named)
    assert refused(org.api.attach_policy, **named)[0] == "DuplicatePolicyAttachmentException"
    create = client("ec2", member).create_vpc
    assert refused(create, CidrBlock="10.0.0.0/16") == ("UnauthorizedOperation", 403)
    client("ec2", org.management).create_vpc(CidrBlock="10.0.0.0/16")
    assert refused(org.api.delete_policy, PolicyId=policy)[0] == "PolicyInUseException"
    [target] = org.api.list_targets_for_policy(PolicyId=policy)["Targets"]
    assert (target["TargetId"], target["Type"]) == (org.root, "ROOT")
    org.api.detach_policy(**named)
    create(CidrBlock="10.0.0.0/16")
    last = {"PolicyId": "p-FullAWSAccess", "TargetId": unit}
    assert refused(org.api.detach_policy, **last)[0] == "ConstraintViolationException"
    asked = {"TargetId": unit, "Filter": "SERVICE_CONTROL_POLICY"}
    assert [it["Id"] for it in org.api.list_policies_for_target(**asked)["Policies"]] == ["p-FullAWSAccess"]


@fact("policies.both-sides")
def test_entering_another_account_needs_both_sides(client, account, held, assume, refused):
    """IAM User Guide, "Cross-account policy evaluation logic": the role's trust and the caller's policy."""
    member = account()
    session, put = held(allow("ec2:*"))
    hub = client("sts", session).get_caller_identity()["Account"]
    trust = document({"Effect": "Allow", "Principal": {"AWS": f"arn:aws:iam::{hub}:role/it"}, "Action": "sts:AssumeRole"})
    client("iam", member).create_role(RoleName="spoke", AssumeRolePolicyDocument=trust)
    assert refused(assume, session, member, "spoke") == ("AccessDenied", 403)
    put(allow("sts:AssumeRole", "arn:aws:iam::*:role/spoke"))
    assume(session, member, "spoke")


@pytest.mark.parametrize(
    ("statement", "code"),
    [
        ({"Effect": "Allow", "Action": "CreateVpc", "Resource": "*"}, "MalformedPolicyDocument"),
        ({"Effect": "Maybe", "Action": "*", "Resource": "*"}, "MalformedPolicyDocument"),
        ({"Effect": "Allow", "Action": "*", "Resource": "vpc-1"}, "MalformedPolicyDocument"),
        ({"Effect": "Allow", "Action": "*", "Resource": "*", "Principal": "*"}, "MalformedPolicyDocument"),
        ({"Effect": "Allow", "Action": "*"}, "MalformedPolicyDocument"),
        # What AWS knows and the sandbox does not is an error of the sandbox's own, never ignored.
        (allow("*", IpAddress={"aws:SourceIp": "10.0.0.0/8"}), "NotModelled"),
    ],
)
@fact("policies.malformed")
def test_documents_that_will_not_do(client, account, refused, statement, code):
    """IAM JSON policy elements reference; IAM API, PutRolePolicy: MalformedPolicyDocument."""
    iam = client("iam", account())
    trust = document({"Effect": "Allow", "Principal": "*", "Action": "sts:AssumeRole"})
    iam.create_role(RoleName="it", AssumeRolePolicyDocument=trust)
    call = refused(iam.put_role_policy, RoleName="it", PolicyName="p", PolicyDocument=document(statement))
    assert call[0] == code


@fact("policies.versions")
def test_versions_of_managed_policies(client, account, refused):
    """IAM User Guide, "Versioning IAM policies": five at most, one is the default and cannot be deleted."""
    iam = client("iam", account())
    arn = iam.create_policy(PolicyName="p", PolicyDocument=document(allow("ec2:*")))["Policy"]["Arn"]
    for _ in range(4):
        iam.create_policy_version(PolicyArn=arn, PolicyDocument=document(allow("iam:*")))
    more = {"PolicyArn": arn, "PolicyDocument": document(allow("iam:*"))}
    assert refused(iam.create_policy_version, **more) == ("LimitExceeded", 409)
    assert refused(iam.delete_policy_version, PolicyArn=arn, VersionId="v1") == ("DeleteConflict", 409)
    assert refused(iam.delete_policy, PolicyArn=arn) == ("DeleteConflict", 409)
    read = iam.get_policy_version(PolicyArn=arn, VersionId="v1")["PolicyVersion"]
    assert read["IsDefaultVersion"] and read["Document"]["Statement"][0]["Action"] == "ec2:*"
    for version in ("v2", "v3", "v4", "v5"):
        iam.delete_policy_version(PolicyArn=arn, VersionId=version)
    iam.delete_policy(PolicyArn=arn)
    assert refused(iam.get_policy, PolicyArn=arn) == ("NoSuchEntity", 404)


@fact("policies.simulation")
def test_simulation(client, account, held):
    """IAM API, SimulatePrincipalPolicy: allowed, explicitDeny, implicitDeny; context that is missing is named."""
    where = account()
    creation = {"StringEquals": {"ec2:CreateAction": "CreateVpc"}}
    held(allow("ec2:Describe*"), deny("ec2:DescribeVpcs"), allow("ec2:CreateTags", **creation), where=where)
    asked = ["ec2:DescribeSubnets", "ec2:DescribeVpcs", "ec2:CreateVpc", "ec2:CreateTags"]
    iam = client("iam", where)
    role = f"arn:aws:iam::{where}:role/it"
    results = iam.simulate_principal_policy(PolicySourceArn=role, ActionNames=asked)["EvaluationResults"]
    decisions = [it["EvalDecision"] for it in results]
    assert decisions == ["allowed", "explicitDeny", "implicitDeny", "implicitDeny"]
    assert [it.lower() for it in results[3]["MissingContextValues"]] == ["ec2:createaction"]


@fact("policies.custom-simulation")
def test_simulation_of_what_is_given(client, account):
    """IAM API, SimulateCustomPolicy: what the given policies say, within the given boundary; page by page."""
    iam = client("iam", account())
    asked = {"PolicyInputList": [document(allow("ec2:*"), deny("ec2:DeleteVpc"))], "MaxItems": 2,
             "PermissionsBoundaryPolicyInputList": [document(allow("ec2:D*"))],
             "ActionNames": ["ec2:DescribeVpcs", "ec2:CreateVpc", "ec2:DeleteVpc"]}
    pages = list(iam.get_paginator("simulate_custom_policy").paginate(**asked))
    assert [len(page["EvaluationResults"]) for page in pages] == [2, 1]
    decisions = [it["EvalDecision"] for page in pages for it in page["EvaluationResults"]]
    assert decisions == ["allowed", "implicitDeny", "explicitDeny"]
