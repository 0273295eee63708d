"""IAM and STS."""

import json

import pytest

from harness.marks import fact, needs


def trust(principal, **condition):
    statement = {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}
    if condition:
        statement["Condition"] = condition
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def make_role(iam, name, document, **more):
    return iam.create_role(RoleName=name, AssumeRolePolicyDocument=document, **more)["Role"]


@fact("sts.caller")
def test_caller_identity_of_a_session(client, account, assume):
    """STS API, GetCallerIdentity: a session's ARN is arn:aws:sts::ACCOUNT:assumed-role/ROLE/SESSION, its UserId
    ROLE-ID:SESSION."""
    hub, member = account(), account()
    role = make_role(client("iam", member), "spoke", trust({"AWS": hub}))
    session = assume(hub, member, "spoke", RoleSessionName="transitd")
    identity = client("sts", session).get_caller_identity()
    assert identity["Account"] == member
    assert identity["Arn"] == f"arn:aws:sts::{member}:assumed-role/spoke/transitd"
    assert identity["UserId"] == f"{role['RoleId']}:transitd"


@fact("error.unknown-key")
def test_an_unknown_key(client, refused):
    """EC2 API error codes: AuthFailure; STS common errors: InvalidClientTokenId 403; Organizations and RAM common
    errors: UnrecognizedClientException."""
    key = "AKIAIOSFODNN7EXAMPLE"
    assert refused(client("ec2", key).describe_vpcs) == ("AuthFailure", 401)
    assert refused(client("sts", key).get_caller_identity) == ("InvalidClientTokenId", 403)
    assert refused(client("iam", key).list_roles) == ("InvalidClientTokenId", 403)
    assert refused(client("organizations", key).list_roots) == ("UnrecognizedClientException", 403)
    assert refused(client("ram", key).list_resources, resourceOwner="SELF") == ("UnrecognizedClientException", 403)


@fact("sts.session-token")
def test_a_session_needs_its_own_token(client, account, assume, refused):
    """STS API, AssumeRole: the three credentials belong together."""
    hub, member = account(), account()
    make_role(client("iam", member), "spoke", trust({"AWS": hub}))
    first, second = assume(hub, member, "spoke"), assume(hub, member, "spoke")
    mixed = {**first, "SessionToken": second["SessionToken"]}
    assert refused(client("sts", mixed).get_caller_identity) == ("InvalidClientTokenId", 403)


@fact("sts.external-id")
def test_external_id(client, account, assume, refused):
    """IAM User Guide, "Access to AWS accounts owned by third parties": without the external id, or with another, the
    answer is AccessDenied."""
    hub, member = account(), account()
    condition = {"StringEquals": {"sts:ExternalId": "right"}}
    make_role(client("iam", member), "spoke", trust({"AWS": hub}, **condition))
    assume(hub, member, "spoke", ExternalId="right")
    assert refused(assume, hub, member, "spoke") == ("AccessDenied", 403)
    assert refused(assume, hub, member, "spoke", ExternalId="wrong") == ("AccessDenied", 403)
    assert refused(assume, hub, member, "missing") == ("AccessDenied", 403)


@fact("iam.principals")
def test_exact_role_and_account_as_principal(client, account, assume, refused):
    """IAM User Guide, "AWS JSON policy elements: Principal": an account means everybody in it whom it lets, a role's ARN
    means sessions of that role."""
    hub, member = account(), account()
    for name in ("daemon", "other"):
        make_role(client("iam", hub), name, trust({"AWS": hub}))
    daemon_arn = f"arn:aws:iam::{hub}:role/daemon"
    make_role(client("iam", member), "exact", trust({"AWS": daemon_arn}))
    make_role(client("iam", member), "open", trust({"AWS": f"arn:aws:iam::{hub}:root"}))
    daemon, other = assume(hub, hub, "daemon"), assume(hub, hub, "other")
    assume(daemon, member, "exact")
    assert refused(assume, other, member, "exact") == ("AccessDenied", 403)
    assume(other, member, "open")


@fact("iam.principal-exists")
def test_a_principal_must_be_there(client, account, refused):
    """IAM User Guide, "AWS JSON policy elements: Principal": a policy that names a role which does not exist is
    malformed."""
    iam = client("iam", account())
    document = trust({"AWS": f"arn:aws:iam::{account()}:role/missing"})
    call = refused(iam.create_role, RoleName="spoke", AssumeRolePolicyDocument=document)
    assert call == ("MalformedPolicyDocument", 400)


@fact("iam.organization-condition")
@needs("accounts")
def test_organization_id_condition(client, organization, account, assume, refused):
    """IAM User Guide, "AWS global condition context keys": aws:PrincipalOrgID is that of the caller's organization, and
    absent for an account in none."""
    org = organization(accounts=2)
    hub, member = org.accounts
    org_id = org.api.describe_organization()["Organization"]["Id"]
    iam = client("iam", member)
    make_role(iam, "spoke", trust({"AWS": "*"}, StringEquals={"aws:PrincipalOrgID": org_id}))
    assume(hub, member, "spoke")
    assert refused(assume, account(), member, "spoke") == ("AccessDenied", 403)


@fact("iam.mfa-condition")
def test_multi_factor_condition_shuts_out_a_daemon(client, account, assume, refused):
    """IAM User Guide, "AWS global condition context keys": aws:MultiFactorAuthPresent is absent where no second factor
    was used, so Bool is not met."""
    hub, member = account(), account()
    condition = {"Bool": {"aws:MultiFactorAuthPresent": "true"}}
    make_role(client("iam", member), "spoke", trust({"AWS": hub}, **condition))
    assert refused(assume, hub, member, "spoke") == ("AccessDenied", 403)


@fact("sts.duration")
def test_session_duration(client, account, assume, refused):
    """STS API, AssumeRole: 900 seconds to the role's MaxSessionDuration; one hour at most when roles are chained."""
    hub, member = account(), account()
    make_role(client("iam", member), "spoke", trust({"AWS": "*"}), MaxSessionDuration=7200)
    long = assume(hub, member, "spoke", DurationSeconds=7200)
    assert refused(assume, hub, member, "spoke", DurationSeconds=7201) == ("ValidationError", 400)
    assert refused(assume, hub, member, "spoke", DurationSeconds=899) == ("ValidationError", 400)
    assert refused(assume, long, member, "spoke", DurationSeconds=3601) == ("ValidationError", 400)
    assume(long, member, "spoke", DurationSeconds=3600)


@fact("sts.names")
@pytest.mark.parametrize("more", [{"RoleSessionName": "a b"}, {"RoleSessionName": "a"}, {"ExternalId": "x"}])
def test_names_that_will_not_do(client, account, assume, refused, more):
    """STS API, AssumeRole: RoleSessionName is 2 to 64 of [\\w+=,.@-], ExternalId 2 to 1224."""
    hub, member = account(), account()
    make_role(client("iam", member), "spoke", trust({"AWS": "*"}))
    assert refused(assume, hub, member, "spoke", **more) == ("ValidationError", 400)


@fact("iam.role-read-back")
def test_roles_are_read_back(client, account, refused):
    """IAM API, CreateRole and GetRole: documents come back percent-encoded (boto3 decodes them); duplicates are
    EntityAlreadyExists 409, missing ones NoSuchEntity 404."""
    iam = client("iam", account())
    document = trust({"AWS": "*"})
    about = {"Path": "/transitd/", "Description": "a <b> & c", "Tags": [{"Key": "k", "Value": "v"}]}
    made = make_role(iam, "spoke", document, **about)
    read = iam.get_role(RoleName="spoke")["Role"]
    assert read == made
    assert read["AssumeRolePolicyDocument"] == json.loads(document)
    assert read["Arn"].endswith(":role/transitd/spoke")
    again = refused(iam.create_role, RoleName="SPOKE", AssumeRolePolicyDocument=document)
    assert again == ("EntityAlreadyExists", 409)
    assert refused(iam.get_role, RoleName="missing") == ("NoSuchEntity", 404)


@fact("iam.role-life")
def test_policies_hold_a_role(client, account, refused):
    """IAM API, DeleteRole: DeleteConflict 409 while the role has policies."""
    iam = client("iam", account())
    make_role(iam, "spoke", trust({"AWS": "*"}))
    document = json.dumps({"Statement": [{"Effect": "Allow", "Action": "ec2:*", "Resource": "*"}]})
    iam.put_role_policy(RoleName="spoke", PolicyName="all", PolicyDocument=document)
    assert iam.list_role_policies(RoleName="spoke")["PolicyNames"] == ["all"]
    assert iam.get_role_policy(RoleName="spoke", PolicyName="all")["PolicyDocument"] == json.loads(document)
    arn = iam.create_policy(PolicyName="managed", PolicyDocument=document)["Policy"]["Arn"]
    iam.attach_role_policy(RoleName="spoke", PolicyArn=arn)
    attached = iam.list_attached_role_policies(RoleName="spoke")["AttachedPolicies"]
    assert attached == [{"PolicyName": "managed", "PolicyArn": arn}]
    assert refused(iam.delete_role, RoleName="spoke") == ("DeleteConflict", 409)


@fact("iam.trust-changes")
@needs("accounts")
def test_trust_can_be_changed(client, account, assume, refused):
    """IAM API, UpdateAssumeRolePolicy: the new document holds from then on."""
    hub, member = account(), account()
    iam = client("iam", member)
    make_role(iam, "spoke", trust({"AWS": account()}))
    assert refused(assume, hub, member, "spoke") == ("AccessDenied", 403)
    iam.update_assume_role_policy(RoleName="spoke", PolicyDocument=trust({"AWS": hub}))
    assume(hub, member, "spoke")


@fact("iam.service-linked-role")
def test_service_linked_role(client, account, refused):
    """VPC User Guide, "Transit Gateway service-linked role": AWSServiceRoleForVPCTransitGateway; a second one is
    refused with InvalidInput (IAM API, CreateServiceLinkedRole)."""
    iam = client("iam", account())
    role = iam.create_service_linked_role(AWSServiceName="transitgateway.amazonaws.com")["Role"]
    assert role["RoleName"] == "AWSServiceRoleForVPCTransitGateway"
    assert role["Path"] == "/aws-service-role/transitgateway.amazonaws.com/"
    again = refused(iam.create_service_linked_role, AWSServiceName="transitgateway.amazonaws.com")
    assert again == ("InvalidInput", 400)


@fact("iam.nothing-listed")
def test_what_an_account_has_none_of(client, account, refused):
    """IAM API Reference: empty lists; a role that is not there is NoSuchEntity."""
    iam = client("iam", account())
    iam.create_role(RoleName="it", AssumeRolePolicyDocument=trust("*"))
    assert iam.list_instance_profiles_for_role(RoleName="it")["InstanceProfiles"] == []
    assert refused(iam.list_instance_profiles_for_role, RoleName="other") == ("NoSuchEntity", 404)
    assert iam.list_account_aliases()["AccountAliases"] == []
