"""A walk through what decides who may do what: managed policies, service control policies, permissions of shares; and
through the handshakes by which an account that is there already joins an organization."""

import json

from harness.marks import fact, needs, operations
from harness.network import OFF

ALLOW = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "ec2:*", "Resource": "*"}]}
DENY = {"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "ec2:*", "Resource": "*"}]}
TRUST = {"Version": "2012-10-17", "Statement": [
    {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}]}


def pages(call, items, token_in, token_out, **asked):
    """Reads a list to its end, and returns its pages."""
    found, token = [], {}
    while True:
        answer = call(**asked, **token)
        found.append(answer[items])
        if not answer.get(token_out):
            return found
        token = {token_in: answer[token_out]}
        assert len(found) < 200, "it comes to no end"


@fact("iam.role-life", "paging.iam")
@operations("iam.ListPolicies", "iam.CreatePolicyVersion", "iam.ListEntitiesForPolicy", "iam.UpdateRole", "iam.ListRoleTags")
def test_managed_policies_and_tags_of_a_role(client, account, refused):
    iam = client("iam", account())
    iam.create_role(RoleName="walk", AssumeRolePolicyDocument=json.dumps(TRUST))
    arns = [iam.create_policy(PolicyName=f"policy-{number}", PolicyDocument=json.dumps(ALLOW))["Policy"]["Arn"] for number in range(3)]
    found = pages(iam.list_policies, "Policies", "Marker", "Marker", Scope="Local", MaxItems=2)
    assert [sorted(it["Arn"] for it in page) for page in found] == [arns[:2], arns[2:]]
    assert iam.get_policy(PolicyArn=arns[0])["Policy"]["DefaultVersionId"] == "v1"
    for _ in range(2):
        iam.create_policy_version(PolicyArn=arns[0], PolicyDocument=json.dumps(DENY))
    found = pages(iam.list_policy_versions, "Versions", "Marker", "Marker", PolicyArn=arns[0], MaxItems=2)
    assert sorted(it["VersionId"] for page in found for it in page) == ["v1", "v2", "v3"]
    iam.set_default_policy_version(PolicyArn=arns[0], VersionId="v3")
    assert iam.get_policy(PolicyArn=arns[0])["Policy"]["DefaultVersionId"] == "v3"

    iam.attach_role_policy(RoleName="walk", PolicyArn=arns[0])
    iam.create_role(RoleName="other", AssumeRolePolicyDocument=json.dumps(TRUST))
    iam.attach_role_policy(RoleName="other", PolicyArn=arns[0])
    found = pages(iam.list_entities_for_policy, "PolicyRoles", "Marker", "Marker", PolicyArn=arns[0], MaxItems=1)
    assert sorted(it["RoleName"] for page in found for it in page) == ["other", "walk"]
    assert refused(iam.delete_policy, PolicyArn=arns[0]) == ("DeleteConflict", 409)
    iam.detach_role_policy(RoleName="walk", PolicyArn=arns[0])
    assert iam.list_attached_role_policies(RoleName="walk")["AttachedPolicies"] == []

    iam.tag_role(RoleName="walk", Tags=[{"Key": key, "Value": key} for key in "abc"])
    found = pages(iam.list_role_tags, "Tags", "Marker", "Marker", RoleName="walk", MaxItems=2)
    assert [len(page) for page in found] == [2, 1]
    iam.untag_role(RoleName="walk", TagKeys=["a", "b"])
    assert iam.list_role_tags(RoleName="walk")["Tags"] == [{"Key": "c", "Value": "c"}]
    iam.update_role(RoleName="walk", Description="walked", MaxSessionDuration=7200)
    role = iam.get_role(RoleName="walk")["Role"]
    assert (role["Description"], role["MaxSessionDuration"]) == ("walked", 7200)


@fact("paging.iam")
@operations("iam.SimulatePrincipalPolicy", "sts.GetAccessKeyInfo")
def test_what_would_be_allowed(client, account, assume):
    who = account()
    iam = client("iam", who)
    arn = iam.create_role(RoleName="walk", AssumeRolePolicyDocument=json.dumps(TRUST))["Role"]["Arn"]
    iam.put_role_policy(RoleName="walk", PolicyName="some", PolicyDocument=json.dumps(
        {**ALLOW, "Statement": [{**ALLOW["Statement"][0], "Action": "ec2:Describe*"}]}))
    asked = {"PolicySourceArn": arn, "ActionNames": ["ec2:CreateVpc", "ec2:DescribeVpcs", "ec2:DescribeTags"], "MaxItems": 2}
    found = pages(iam.simulate_principal_policy, "EvaluationResults", "Marker", "Marker", **asked)
    decisions = {it["EvalActionName"]: it["EvalDecision"] for page in found for it in page}
    assert decisions == {"ec2:CreateVpc": "implicitDeny", "ec2:DescribeVpcs": "allowed", "ec2:DescribeTags": "allowed"}
    session = assume(who, who, "walk")
    assert client("sts", who).get_access_key_info(AccessKeyId=session["AccessKeyId"])["Account"] == who


@fact("paging.organizations")
@needs("organization")
@operations("organizations.ListPolicies", "organizations.EnablePolicyType", "organizations.ListTargetsForPolicy")
def test_service_control_policies(organization):
    org = organization(accounts=2)
    api, kind = org.api, "SERVICE_CONTROL_POLICY"
    if not api.list_roots()["Roots"][0].get("PolicyTypes"):
        api.enable_policy_type(RootId=org.root, PolicyType=kind)
    made = []
    for number in range(2):
        asked = {"Content": json.dumps(DENY), "Description": "walk", "Name": f"walk-{number}", "Type": kind}
        made.append(api.create_policy(**asked)["Policy"]["PolicySummary"]["Id"])
    found = pages(api.list_policies, "Policies", "NextToken", "NextToken", Filter=kind, MaxResults=1)
    assert set(made) < {it["Id"] for page in found for it in page}
    api.update_policy(PolicyId=made[0], Name="walked")
    assert api.describe_policy(PolicyId=made[0])["Policy"]["PolicySummary"]["Name"] == "walked"
    for policy in made:
        api.attach_policy(PolicyId=policy, TargetId=org.accounts[0])
    api.attach_policy(PolicyId=made[0], TargetId=org.accounts[1])
    found = pages(api.list_policies_for_target, "Policies", "NextToken", "NextToken",
                  TargetId=org.accounts[0], Filter=kind, MaxResults=1)
    assert set(made) < {it["Id"] for page in found for it in page}
    found = pages(api.list_targets_for_policy, "Targets", "NextToken", "NextToken", PolicyId=made[0], MaxResults=1)
    assert sorted(it["TargetId"] for page in found for it in page) == sorted(org.accounts)
    for policy, target in ((made[0], org.accounts[0]), (made[0], org.accounts[1]), (made[1], org.accounts[0])):
        api.detach_policy(PolicyId=policy, TargetId=target)
    api.delete_policy(PolicyId=made[0])
    assert made[0] not in {it["Id"] for it in api.list_policies(Filter=kind)["Policies"]}
    root = api.disable_policy_type(RootId=org.root, PolicyType=kind)["Root"]
    assert all(it["Status"] != "ENABLED" for it in root["PolicyTypes"])


@fact("paging.organizations")
@needs("organization")
@operations("organizations.InviteAccountToOrganization", "organizations.ListHandshakesForOrganization")
def test_handshakes(client, organization, account):
    org = organization(accounts=0)
    guests = [account() for _ in range(3)]
    shakes = [org.api.invite_account_to_organization(Target={"Id": guest, "Type": "ACCOUNT"})["Handshake"]["Id"] for guest in guests]
    found = pages(org.api.list_handshakes_for_organization, "Handshakes", "NextToken", "NextToken", MaxResults=2)
    assert {it["Id"] for page in found for it in page} == set(shakes)
    assert org.api.describe_handshake(HandshakeId=shakes[0])["Handshake"]["State"] == "OPEN"
    assert org.api.cancel_handshake(HandshakeId=shakes[0])["Handshake"]["State"] == "CANCELED"
    assert client("organizations", guests[1]).decline_handshake(HandshakeId=shakes[1])["Handshake"]["State"] == "DECLINED"
    other = organization(accounts=0)
    other.api.invite_account_to_organization(Target={"Id": guests[2], "Type": "ACCOUNT"})
    guest = client("organizations", guests[2])
    found = pages(guest.list_handshakes_for_account, "Handshakes", "NextToken", "NextToken", MaxResults=1)
    assert len({it["Id"] for page in found for it in page}) == 2
    guest.accept_handshake(HandshakeId=shakes[2])
    assert guest.describe_organization()["Organization"]["MasterAccountId"] == org.management


@fact("paging.organizations")
@needs("organization")
@operations("organizations.ListCreateAccountStatus", "organizations.ListDelegatedServicesForAccount")
def test_lists_of_accounts_made_and_services_delegated(organization):
    org = organization(accounts=2)
    found = pages(org.api.list_create_account_status, "CreateAccountStatuses", "NextToken", "NextToken", MaxResults=1)
    assert sorted(it["AccountId"] for page in found for it in page) == sorted(org.accounts)
    for service in ("ram.amazonaws.com", "sso.amazonaws.com"):
        org.api.enable_aws_service_access(ServicePrincipal=service)
        org.api.register_delegated_administrator(AccountId=org.accounts[0], ServicePrincipal=service)
    found = pages(org.api.list_delegated_services_for_account, "DelegatedServices", "NextToken", "NextToken",
                  AccountId=org.accounts[0], MaxResults=1)
    assert sorted(it["ServicePrincipal"] for page in found for it in page) == ["ram.amazonaws.com", "sso.amazonaws.com"]


@fact("paging.ram", "ram.share-life")
@operations("ram.ListPermissions", "ram.ListResourceSharePermissions", "ram.ListPendingInvitationResources")
def test_permissions_of_shares(client, account):
    hub, spoke = account(), account()
    ram = client("ram", hub)
    arns = [client("ec2", hub).create_transit_gateway(Options=OFF)["TransitGateway"]["TransitGatewayArn"] for _ in range(2)]
    share = ram.create_resource_share(name="walk", resourceArns=arns, principals=[spoke])["resourceShare"]["resourceShareArn"]
    for call, items, asked in ((ram.list_permissions, "permissions", {}), (ram.list_resource_types, "resourceTypes", {})):
        found = pages(call, items, "nextToken", "nextToken", **asked, maxResults=1)
        assert len(found) > 1 and all(len(page) <= 1 for page in found)
    [held] = ram.list_resource_share_permissions(resourceShareArn=share)["permissions"]
    assert held["arn"].endswith("permission/AWSRAMDefaultPermissionTransitGateway")
    assert ram.list_permission_versions(permissionArn=held["arn"])["permissions"]
    ram.associate_resource_share_permission(resourceShareArn=share, permissionArn=held["arn"], replace=True)
    theirs = client("ram", spoke)
    [invitation] = theirs.get_resource_share_invitations()["resourceShareInvitations"]
    found = pages(theirs.list_pending_invitation_resources, "resources", "nextToken", "nextToken",
                  resourceShareInvitationArn=invitation["resourceShareInvitationArn"], maxResults=1)
    assert sorted(it["arn"] for page in found for it in page) == sorted(arns)
