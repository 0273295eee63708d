"""A walk through Organizations, IAM, STS and RAM, with the answers that are known."""

import json

from harness.marks import fact, needs
from harness.network import OFF

EVERYBODY = json.dumps({"Version": "2012-10-17", "Statement": [
    {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}]})
NOTHING = json.dumps({"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "*", "Resource": "*"}]})


@fact("organizations.units", "organizations.delegation")
def test_units_and_delegation(organization):
    org = organization(accounts=1)
    api, [member] = org.api, org.accounts
    unit = api.create_organizational_unit(ParentId=org.root, Name="net")["OrganizationalUnit"]["Id"]
    api.update_organizational_unit(OrganizationalUnitId=unit, Name="network")
    assert api.describe_organizational_unit(OrganizationalUnitId=unit)["OrganizationalUnit"]["Name"] == "network"
    listed = api.list_organizational_units_for_parent(ParentId=org.root)["OrganizationalUnits"]
    assert [(it["Id"], it["Name"]) for it in listed] == [(unit, "network")]
    assert api.list_children(ParentId=org.root, ChildType="ORGANIZATIONAL_UNIT")["Children"] == [
        {"Id": unit, "Type": "ORGANIZATIONAL_UNIT"}]
    assert api.list_parents(ChildId=unit)["Parents"] == [{"Id": org.root, "Type": "ROOT"}]
    api.delete_organizational_unit(OrganizationalUnitId=unit)
    assert api.list_organizational_units_for_parent(ParentId=org.root)["OrganizationalUnits"] == []

    service = {"ServicePrincipal": "ram.amazonaws.com"}
    api.enable_aws_service_access(**service)
    assert [it["ServicePrincipal"] for it in api.list_aws_service_access_for_organization()["EnabledServicePrincipals"]] == [
        "ram.amazonaws.com"]
    api.register_delegated_administrator(AccountId=member, **service)
    assert [it["Id"] for it in api.list_delegated_administrators()["DelegatedAdministrators"]] == [member]
    api.deregister_delegated_administrator(AccountId=member, **service)
    assert api.list_delegated_administrators()["DelegatedAdministrators"] == []


@fact("iam.role-life")
def test_a_role_from_first_to_last(client, account, refused):
    who = account()
    iam = client("iam", who)
    iam.create_role(RoleName="walk", AssumeRolePolicyDocument=EVERYBODY)
    iam.put_role_policy(RoleName="walk", PolicyName="nothing", PolicyDocument=NOTHING)
    assert iam.get_role_policy(RoleName="walk", PolicyName="nothing")["PolicyDocument"] == json.loads(NOTHING)
    assert "walk" in {it["RoleName"] for it in iam.list_roles()["Roles"]}
    assert refused(iam.delete_role, RoleName="walk") == ("DeleteConflict", 409)
    iam.delete_role_policy(RoleName="walk", PolicyName="nothing")
    assert iam.list_role_policies(RoleName="walk")["PolicyNames"] == []
    iam.delete_role(RoleName="walk")
    assert refused(iam.get_role, RoleName="walk") == ("NoSuchEntity", 404)
    assert client("sts", who).get_caller_identity()["Account"] == who


@fact("ram.share-life")
def test_a_share_from_first_to_last(client, account):
    hub, spoke = account(), account()
    ram = client("ram", hub)
    made = client("ec2", hub).create_transit_gateway(Options=OFF)["TransitGateway"]
    share = ram.create_resource_share(name="walk")["resourceShare"]["resourceShareArn"]
    ram.update_resource_share(resourceShareArn=share, name="walked")
    [shown] = ram.get_resource_shares(resourceOwner="SELF", resourceShareArns=[share])["resourceShares"]
    assert (shown["name"], shown["status"], shown["owningAccountId"]) == ("walked", "ACTIVE", hub)
    ram.associate_resource_share(resourceShareArn=share, resourceArns=[made["TransitGatewayArn"]], principals=[spoke])
    resources = ram.get_resource_share_associations(associationType="RESOURCE", resourceShareArns=[share])
    assert [it["associatedEntity"] for it in resources["resourceShareAssociations"]] == [made["TransitGatewayArn"]]
    principals = ram.get_resource_share_associations(associationType="PRINCIPAL", resourceShareArns=[share])
    assert [(it["associatedEntity"], it["external"]) for it in principals["resourceShareAssociations"]] == [(spoke, True)]
    assert [it["arn"] for it in ram.list_resources(resourceOwner="SELF")["resources"]] == [made["TransitGatewayArn"]]
    ram.disassociate_resource_share(resourceShareArn=share, resourceArns=[made["TransitGatewayArn"]])
    assert ram.list_resources(resourceOwner="SELF")["resources"] == []
    ram.delete_resource_share(resourceShareArn=share)
    assert [it["status"] for it in ram.get_resource_shares(resourceOwner="SELF")["resourceShares"]] in ([], ["DELETED"])


@fact("organizations.account-made")
@needs("organization")
def test_an_account_comes_with_a_role_for_its_makers(client, organization, assume):
    org = organization(accounts=1)
    [member] = org.accounts
    session = assume(org.management, member, "OrganizationAccountAccessRole")
    assert client("sts", session).get_caller_identity()["Account"] == member
