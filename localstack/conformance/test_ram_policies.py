"""Which shares have which managed permissions, and the policies that RAM writes for what is shared."""

import json

import pytest

from harness.marks import fact
from harness.network import accept_invitation

PERMISSION = "arn:aws:ram::aws:permission/AWSRAMDefaultPermission"


def gateway(api):
    return api.create_transit_gateway()["TransitGateway"]["TransitGatewayArn"]


def prefix_list(api):
    made = api.create_managed_prefix_list(PrefixListName="list", MaxEntries=1, AddressFamily="IPv4")
    return made["PrefixList"]["PrefixListArn"]


def share(ram, *arns, **more):
    return ram.create_resource_share(name="s", resourceArns=list(arns), **more)["resourceShare"]["resourceShareArn"]


@pytest.fixture
def hub(client, account):
    """An account with a client of each kind."""
    who = account()
    return who, client("ram", who), client("ec2", who)


@fact("ram.permission-associations")
def test_shares_by_their_permissions(client, account, hub, refused):
    who, ram, api = hub
    one, both = share(ram, gateway(api)), share(ram, gateway(api), prefix_list(api))
    bare = share(ram)

    def rows(client=ram, **asked):
        found = client.list_permission_associations(**asked)["permissions"]
        return {(it["resourceShareArn"], it["arn"].removeprefix(PERMISSION)) for it in found}

    all = {(one, "TransitGateway"), (both, "TransitGateway"), (both, "PrefixList")}
    assert rows() == rows(resourceOwner="SELF") == rows(defaultVersion=True, permissionVersion=1) == all
    assert rows(permissionArn=f"{PERMISSION}PrefixList") == {(both, "PrefixList")}
    assert rows(resourceType="ec2:TransitGateway") == {(one, "TransitGateway"), (both, "TransitGateway")}
    assert rows(resourceShareArn=one) == {(one, "TransitGateway")} and rows(resourceShareArn=bare) == set()
    assert rows(associationStatus="ASSOCIATED", featureSet="STANDARD") == all
    for nothing in ({"associationStatus": "FAILED"}, {"featureSet": "CREATED_FROM_POLICY"}, {"permissionVersion": 2}):
        assert rows(**nothing) == set()
    assert refused(ram.list_permission_associations, resourceType="ec2:None")[0] == "InvalidParameterException"
    first = ram.list_permission_associations(maxResults=2)
    rest = ram.list_permission_associations(maxResults=2, nextToken=first["nextToken"])
    assert ([len(page["permissions"]) for page in (first, rest)], "nextToken" in rest) == ([2, 1], False)
    spoke = account()
    ram.associate_resource_share(resourceShareArn=one, principals=[spoke])
    accept_invitation(client, spoke)
    client("ec2", spoke).describe_vpcs()
    theirs = client("ram", spoke)
    assert rows(theirs) == set() and rows(theirs, resourceOwner="OTHER-ACCOUNTS") == {(one, "TransitGateway")}


@fact("ram.resource-policies")
def test_policies_of_what_is_shared(client, account, hub, refused):
    who, ram, api = hub
    shared, alone, spoke = gateway(api), gateway(api), account()
    share(ram, shared, principals=[spoke])
    accept_invitation(client, spoke)
    [text] = ram.get_resource_policies(resourceArns=[shared, alone])["policies"]
    [statement] = json.loads(text)["Statement"]
    assert (statement["Effect"], statement["Resource"], statement["Principal"]["AWS"]) == ("Allow", shared, [spoke])
    assert "ec2:CreateTransitGatewayVpcAttachment" in statement["Action"]
    assert ram.get_resource_policies(resourceArns=[shared], principal=spoke)["policies"] == [text]
    assert ram.get_resource_policies(resourceArns=[shared], principal=account())["policies"] == []
    theirs = client("ram", spoke).get_resource_policies
    assert refused(theirs, resourceArns=[shared])[0] == "ResourceArnNotFoundException"
    assert refused(ram.get_resource_policies, resourceArns=["nonsense"])[0] == "MalformedArnException"
    other = gateway(api)
    share(ram, other, principals=[spoke])
    asked = {"resourceArns": [shared, other], "PaginationConfig": {"PageSize": 1}}
    pages = list(ram.get_paginator("get_resource_policies").paginate(**asked))
    assert [len(page["policies"]) for page in pages] == [1, 1]


@fact("ram.resource-policies")
def test_a_policy_for_an_organization_names_it(organization, client):
    org = organization(accounts=1)
    [hub] = org.accounts
    client("ram", org.management).enable_sharing_with_aws_organization()
    arn, ram = gateway(client("ec2", hub)), client("ram", hub)
    described = org.api.describe_organization()["Organization"]
    unit = org.api.create_organizational_unit(ParentId=org.root, Name="unit")["OrganizationalUnit"]
    share(ram, arn, principals=[described["Arn"], unit["Arn"]])
    [text] = ram.get_resource_policies(resourceArns=[arn])["policies"]
    assert described["Id"] in text and unit["Id"] in text
    assert {statement["Resource"] for statement in json.loads(text)["Statement"]} == {arn}
