"""Every list, page by page: no item is lost, none comes twice, and the last page has no token."""

# set: vpcs_per_region=20 internet_gateways_per_region=20 transit_gateways_per_region=20

import json

import pytest

from harness.marks import fact, needs
from harness.network import OFF, WIDEST, a_subnet

pytestmark = needs("quota")

SIX = range(6)
TRUST = json.dumps({"Version": "2012-10-17", "Statement": [
    {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}]})


@pytest.fixture(scope="module")
def six(client, endpoint):
    """Six of each kind in one account; the first transit gateway and its first table have six of everything."""
    api = client("ec2", who := endpoint.account())
    gateways = [api.create_transit_gateway(Options=OFF)["TransitGateway"]["TransitGatewayId"] for _ in SIX]
    tables = [
        api.create_transit_gateway_route_table(TransitGatewayId=gateways[0])["TransitGatewayRouteTable"]["TransitGatewayRouteTableId"]
        for _ in SIX]
    attachments = []
    for number in SIX:
        vpc = api.create_vpc(CidrBlock=f"10.{number}.0.0/16")["Vpc"]["VpcId"]
        subnet = a_subnet(api, vpc, f"10.{number}.0.0/24")
        gateway = api.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
        api.create_egress_only_internet_gateway(VpcId=vpc)
        api.create_tags(Resources=[gateway], Tags=[{"Key": "number", "Value": str(number)}])
        made = api.create_transit_gateway_vpc_attachment(TransitGatewayId=gateways[0], VpcId=vpc, SubnetIds=[subnet])
        attachments.append(made["TransitGatewayVpcAttachment"]["TransitGatewayAttachmentId"])
    api.describe_transit_gateways()
    for attachment in attachments:
        both = {"TransitGatewayRouteTableId": tables[0], "TransitGatewayAttachmentId": attachment}
        api.associate_transit_gateway_route_table(**both)
        api.enable_transit_gateway_route_table_propagation(**both)
    for table in tables[1:]:
        both = {"TransitGatewayRouteTableId": table, "TransitGatewayAttachmentId": attachments[0]}
        api.enable_transit_gateway_route_table_propagation(**both)
    return {"api": api, "table": tables[0], "attachment": attachments[0], "account": who}


LISTS = {
    "describe_vpcs": ("Vpcs", "VpcId"),
    "describe_subnets": ("Subnets", "SubnetId"),
    "describe_route_tables": ("RouteTables", "RouteTableId"),
    "describe_internet_gateways": ("InternetGateways", "InternetGatewayId"),
    "describe_egress_only_internet_gateways": ("EgressOnlyInternetGateways", "EgressOnlyInternetGatewayId"),
    "describe_security_groups": ("SecurityGroups", "GroupId"),
    "describe_network_acls": ("NetworkAcls", "NetworkAclId"),
    "describe_tags": ("Tags", "ResourceId"),
    "describe_transit_gateways": ("TransitGateways", "TransitGatewayId"),
    "describe_transit_gateway_attachments": ("TransitGatewayAttachments", "TransitGatewayAttachmentId"),
    "describe_transit_gateway_vpc_attachments": ("TransitGatewayVpcAttachments", "TransitGatewayAttachmentId"),
    "describe_transit_gateway_route_tables": ("TransitGatewayRouteTables", "TransitGatewayRouteTableId"),
    "get_transit_gateway_route_table_associations": ("Associations", "TransitGatewayAttachmentId"),
    "get_transit_gateway_route_table_propagations": ("TransitGatewayRouteTablePropagations", "TransitGatewayAttachmentId"),
    "get_transit_gateway_attachment_propagations": ("TransitGatewayAttachmentPropagations", "TransitGatewayRouteTableId"),
}


@fact("paging.complete")
@pytest.mark.parametrize("call", LISTS)
def test_lists_of_ec2(six, call):
    items, key = LISTS[call]
    asked = {}
    if call.startswith("get_transit_gateway_route_table"):
        asked = {"TransitGatewayRouteTableId": six["table"]}
    elif call.startswith("get_transit_gateway_attachment"):
        asked = {"TransitGatewayAttachmentId": six["attachment"]}
    pages = list(six["api"].get_paginator(call).paginate(**asked, PaginationConfig={"PageSize": 5}))
    assert [len(page[items]) for page in pages] == [5, 1]
    assert len({item[key] for page in pages for item in page[items]}) == 6


def paged(call, items, token_in, token_out, **asked):
    """Reads a list to its end, and returns its pages."""
    pages, token = [], {}
    while True:
        answer = call(**asked, **token)
        pages.append(answer[items])
        if not answer.get(token_out):
            return pages
        token = {token_in: answer[token_out]}
        assert len(pages) < 20, "it comes to no end"


@fact("paging.vpc-lists", "paging.complete", "paging.with-ids", "paging.ec2-bad-token")
def test_vpcs_come_page_by_page(client, account, refused):
    """EC2 API Reference: MaxResults 5 to 1000 (DescribeRouteTables 5 to 100), NextToken; MaxResults beside ids."""
    api = client("ec2", account())
    made = {api.create_vpc(CidrBlock=f"10.{number}.0.0/16")["Vpc"]["VpcId"] for number in range(12)}
    pages = api.get_paginator("describe_vpcs").paginate(PaginationConfig={"PageSize": 5})
    sizes = [[it["VpcId"] for it in page["Vpcs"]] for page in pages]
    assert [len(it) for it in sizes] == [5, 5, 2]
    assert {it for page in sizes for it in page} == made
    assert refused(api.describe_vpcs, MaxResults=4)[0] == "InvalidParameterValue"
    assert refused(api.describe_route_tables, MaxResults=101)[0] == "InvalidParameterValue"
    assert refused(api.describe_vpcs, MaxResults=5, VpcIds=[made.pop()])[0] == "InvalidParameterCombination"
    assert refused(api.describe_vpcs, MaxResults=5, NextToken="nonsense")[0] == "InvalidNextToken"


@fact("paging.organizations", "paging.complete")
def test_lists_of_organizations(organization, client):
    org = organization(accounts=3)
    api = org.api
    for number in range(3):
        api.create_organizational_unit(ParentId=org.root, Name=f"unit-{number}")
    api.tag_resource(ResourceId=org.accounts[0], Tags=[{"Key": f"k{number}", "Value": "v"} for number in range(3)])
    for number, service in enumerate(("ram", "sso", "ipam")):
        api.enable_aws_service_access(ServicePrincipal=f"{service}.amazonaws.com")
        api.register_delegated_administrator(AccountId=org.accounts[number], ServicePrincipal=f"{service}.amazonaws.com")
    for call, items, asked, wanted in (
        (api.list_accounts, "Accounts", {}, 4),
        (api.list_accounts_for_parent, "Accounts", {"ParentId": org.root}, 4),
        (api.list_organizational_units_for_parent, "OrganizationalUnits", {"ParentId": org.root}, 3),
        (api.list_children, "Children", {"ParentId": org.root, "ChildType": "ORGANIZATIONAL_UNIT"}, 3),
        (api.list_aws_service_access_for_organization, "EnabledServicePrincipals", {}, 3),
        (api.list_delegated_administrators, "DelegatedAdministrators", {}, 3),
    ):
        pages = paged(call, items, "NextToken", "NextToken", **asked, MaxResults=2)
        flat = [json.dumps(item, default=str, sort_keys=True) for page in pages for item in page]
        assert len(flat) == len(set(flat)) == wanted
        assert len(pages) > 1
    assert len(api.list_tags_for_resource(ResourceId=org.accounts[0])["Tags"]) == 3


@fact("paging.ram", "paging.complete")
def test_lists_of_shares(client, account):
    hub, *spokes = account(), account(), account(), account()
    ram, api = client("ram", hub), client("ec2", hub)
    for _ in range(3):
        arn = api.create_transit_gateway(Options=OFF)["TransitGateway"]["TransitGatewayArn"]
        ram.create_resource_share(name="s", resourceArns=[arn], principals=spokes)
    for spoke in spokes:
        theirs = client("ram", spoke)
        for invitation in theirs.get_resource_share_invitations()["resourceShareInvitations"]:
            theirs.accept_resource_share_invitation(resourceShareInvitationArn=invitation["resourceShareInvitationArn"])
    for call, items, asked, wanted in (
        (ram.get_resource_share_associations, "resourceShareAssociations", {"associationType": "RESOURCE"}, 3),
        (ram.list_resources, "resources", {"resourceOwner": "SELF"}, 3),
        (ram.list_principals, "principals", {"resourceOwner": "SELF"}, 9),
        (theirs.get_resource_share_invitations, "resourceShareInvitations", {}, 3),
    ):
        pages = paged(call, items, "nextToken", "nextToken", **asked, maxResults=2)
        assert sum(len(page) for page in pages) == wanted
        assert len(pages) > 1


@fact("paging.iam", "paging.complete")
def test_lists_of_roles_and_policies(client, account):
    iam = client("iam", account())
    for number in range(3):
        iam.create_role(RoleName=f"role-{number}", AssumeRolePolicyDocument=TRUST)
        iam.put_role_policy(RoleName="role-0", PolicyName=f"inline-{number}", PolicyDocument=TRUST.replace('"Principal": {"AWS": "*"}, ', '"Resource": "*", '))
        policy = iam.create_policy(PolicyName=f"managed-{number}", PolicyDocument=json.dumps(
            {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "ec2:*", "Resource": "*"}]}))["Policy"]
        iam.attach_role_policy(RoleName="role-0", PolicyArn=policy["Arn"])
    for call, items, asked in (
        (iam.list_roles, "Roles", {}),
        (iam.list_role_policies, "PolicyNames", {"RoleName": "role-0"}),
        (iam.list_attached_role_policies, "AttachedPolicies", {"RoleName": "role-0"}),
    ):
        pages = paged(call, items, "Marker", "Marker", **asked, MaxItems=2)
        assert [len(page) for page in pages] == [2, 1]
