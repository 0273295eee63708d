"""Managed prefix lists, and the routes of VPCs and transit gateways that point at them."""

import types

import pytest

from harness.marks import fact

OFF = {"DefaultRouteTableAssociation": "disable", "DefaultRouteTablePropagation": "disable"}


@pytest.fixture
def api(client, account):
    return client("ec2", account())


@pytest.fixture
def hub(api):
    """A transit gateway with a route table and an attached VPC."""
    it = types.SimpleNamespace(gateway=api.create_transit_gateway(Options=OFF)["TransitGateway"]["TransitGatewayId"])
    it.vpc = api.create_vpc(CidrBlock="10.1.0.0/16")["Vpc"]["VpcId"]
    subnet = api.create_subnet(VpcId=it.vpc, CidrBlock="10.1.0.0/24")["Subnet"]["SubnetId"]
    made = api.create_transit_gateway_route_table(TransitGatewayId=it.gateway)
    it.table = made["TransitGatewayRouteTable"]["TransitGatewayRouteTableId"]
    made = api.create_transit_gateway_vpc_attachment(TransitGatewayId=it.gateway, VpcId=it.vpc, SubnetIds=[subnet])
    it.attachment = made["TransitGatewayVpcAttachment"]["TransitGatewayAttachmentId"]
    api.describe_vpcs()
    return it


def a_list(api, *cidrs, room=10, **more):
    entries = [{"Cidr": cidr} for cidr in cidrs]
    made = api.create_managed_prefix_list(
        PrefixListName="list", MaxEntries=room, AddressFamily="IPv4", Entries=entries, **more)
    return made["PrefixList"]["PrefixListId"]


def customers(api):
    """The filter that leaves AWS's own lists out."""
    owners = {it["OwnerId"] for it in api.describe_managed_prefix_lists()["PrefixLists"]} - {"AWS"}
    return [{"Name": "owner-id", "Values": sorted(owners) or ["none"]}]


def shown(api, prefix_list):
    [found] = api.describe_managed_prefix_lists(PrefixListIds=[prefix_list])["PrefixLists"]
    return found


def entries(api, prefix_list, **more):
    found = api.get_managed_prefix_list_entries(PrefixListId=prefix_list, **more)["Entries"]
    return {entry["Cidr"] for entry in found}


@fact("prefix-list.versions")
def test_versions(api, refused):
    """EC2 API Reference, ModifyManagedPrefixList: entries make a version, a name does not; a wrong version fails."""
    it = a_list(api, "10.0.0.0/8")
    change = api.modify_managed_prefix_list
    change(PrefixListId=it, CurrentVersion=1, AddEntries=[{"Cidr": "192.168.0.0/16", "Description": "lan"}])
    assert (shown(api, it)["Version"], shown(api, it)["State"]) == (2, "modify-complete")
    assert entries(api, it) == {"10.0.0.0/8", "192.168.0.0/16"}
    assert entries(api, it, TargetVersion=1) == {"10.0.0.0/8"}
    change(PrefixListId=it, PrefixListName="other")
    assert (shown(api, it)["Version"], shown(api, it)["PrefixListName"]) == (2, "other")
    stale = {"PrefixListId": it, "CurrentVersion": 1, "RemoveEntries": [{"Cidr": "10.0.0.0/8"}]}
    assert refused(change, **stale)[0] == "PrefixListVersionMismatch"
    api.restore_managed_prefix_list_version(PrefixListId=it, PreviousVersion=1, CurrentVersion=2)
    assert (shown(api, it)["Version"], entries(api, it)) == (3, {"10.0.0.0/8"})


@fact("prefix-list.versions")
def test_entries_and_size_do_not_change_together(api, refused):
    """EC2 API Reference, ModifyManagedPrefixList: not the entries and the size at the same time."""
    it = a_list(api, "10.0.0.0/8")
    both = {"PrefixListId": it, "CurrentVersion": 1, "AddEntries": [{"Cidr": "192.168.0.0/16"}], "MaxEntries": 20}
    assert refused(api.modify_managed_prefix_list, **both)[1] == 400
    api.modify_managed_prefix_list(PrefixListId=it, MaxEntries=20)
    assert shown(api, it)["MaxEntries"] == 20


@fact("prefix-list.pages")
def test_paging(api):
    """EC2 API Reference, DescribeManagedPrefixLists: pages of 1 to 100."""
    made = {a_list(api) for _ in range(3)}
    pager = api.get_paginator("describe_managed_prefix_lists")
    pages = list(pager.paginate(Filters=customers(api), PaginationConfig={"PageSize": 1}))
    assert [len(page["PrefixLists"]) for page in pages] == [1, 1, 1]
    assert {row["PrefixListId"] for page in pages for row in page["PrefixLists"]} == made


@fact("prefix-list.shared")
def test_a_shared_list(client, account, api, refused):
    """VPC guide, "Work with shared prefix lists": consumers see and refer to a list, and cannot change it."""
    it = a_list(api, "10.0.0.0/8")
    arn, owner, other = shown(api, it)["PrefixListArn"], shown(api, it)["OwnerId"], account()
    client("ram", owner).create_resource_share(name="lists", resourceArns=[arn], principals=[other])
    ram, theirs = client("ram", other), client("ec2", other)
    assert refused(theirs.describe_managed_prefix_lists, PrefixListIds=[it])[0] == "InvalidPrefixListID.NotFound"
    [invitation] = ram.get_resource_share_invitations()["resourceShareInvitations"]
    ram.accept_resource_share_invitation(resourceShareInvitationArn=invitation["resourceShareInvitationArn"])
    ram.get_resource_shares(resourceOwner="OTHER-ACCOUNTS")
    assert (shown(theirs, it)["OwnerId"], entries(theirs, it)) == (owner, {"10.0.0.0/8"})
    assert refused(theirs.delete_managed_prefix_list, PrefixListId=it)[0] == "UnauthorizedOperation"
    [listed] = ram.list_resources(resourceOwner="OTHER-ACCOUNTS", resourceType="ec2:PrefixList")["resources"]
    assert listed["arn"] == arn


@fact("prefix-list.references")
def test_references_in_a_transit_gateways_table(api, hub, refused):
    """VPC guide, "Prefix list references": static routes of each entry, to an attachment or a blackhole."""
    it = a_list(api, "10.1.0.0/16", "10.2.0.0/16")
    both = {"TransitGatewayRouteTableId": hub.table, "PrefixListId": it}
    call = api.create_transit_gateway_prefix_list_reference
    made = call(**both, TransitGatewayAttachmentId=hub.attachment)["TransitGatewayPrefixListReference"]
    assert made["TransitGatewayAttachment"] == {
        "TransitGatewayAttachmentId": hub.attachment, "ResourceType": "vpc", "ResourceId": hub.vpc}
    named = [{"Name": "prefix-list-id", "Values": [it]}]

    def routes():
        found = api.search_transit_gateway_routes(TransitGatewayRouteTableId=hub.table, Filters=named)["Routes"]
        return {(route["DestinationCidrBlock"], route["PrefixListId"], route["Type"], route["State"]) for route in found}

    assert routes() == {(cidr, it, "static", "active") for cidr in ("10.1.0.0/16", "10.2.0.0/16")}
    api.modify_transit_gateway_prefix_list_reference(**both, Blackhole=True)
    assert {row[3] for row in routes()} == {"blackhole"}
    listed = api.get_transit_gateway_prefix_list_references(TransitGatewayRouteTableId=hub.table)
    [listed] = listed["TransitGatewayPrefixListReferences"]
    assert (listed["Blackhole"], listed["State"]) == (True, "available")
    api.delete_transit_gateway_prefix_list_reference(**both)
    assert routes() == set()


@fact("prefix-list.routes")
def test_routes_of_a_vpc(api, hub):
    """EC2 API Reference, CreateRoute: DestinationPrefixListId instead of a range."""
    it = a_list(api, "10.0.0.0/8")
    table = api.create_route_table(VpcId=hub.vpc)["RouteTable"]["RouteTableId"]
    route = {"RouteTableId": table, "DestinationPrefixListId": it}
    api.create_route(**route, TransitGatewayId=hub.gateway)
    named = [{"Name": "route.destination-prefix-list-id", "Values": [it]}]
    [found] = api.describe_route_tables(Filters=named)["RouteTables"]
    [shown_route] = [row for row in found["Routes"] if "DestinationPrefixListId" in row]
    assert (shown_route["TransitGatewayId"], shown_route["State"]) == (hub.gateway, "active")
    [user] = api.get_managed_prefix_list_associations(PrefixListId=it)["PrefixListAssociations"]
    assert user["ResourceId"] == table
    api.replace_route(**route, TransitGatewayId=hub.gateway)
    api.delete_route(**route)


@fact("prefix-list.size-counts")
def test_the_size_counts_and_not_the_entries(api, hub, refused):
    """VPC quotas: a prefix list's maximum number of entries counts against the quota of a route table."""
    table = api.create_route_table(VpcId=hub.vpc)["RouteTable"]["RouteTableId"]
    call = api.create_route
    big = {"RouteTableId": table, "DestinationPrefixListId": a_list(api, "10.0.0.0/8", room=501)}
    assert refused(call, **big, TransitGatewayId=hub.gateway)[0] == "RouteLimitExceeded"
    call(RouteTableId=table, DestinationPrefixListId=a_list(api, "10.0.0.0/8", room=500), TransitGatewayId=hub.gateway)


@fact("prefix-list.in-use")
def test_a_list_in_use_fails_to_be_deleted(api, hub):
    """terraform-provider-aws#20991: the state of a list that is referred to becomes delete-failed."""
    it = a_list(api, "10.0.0.0/8")
    both = {"TransitGatewayRouteTableId": hub.table, "PrefixListId": it}
    api.create_transit_gateway_prefix_list_reference(**both, Blackhole=True)
    api.delete_managed_prefix_list(PrefixListId=it)
    assert shown(api, it)["State"] == "delete-failed"
    api.delete_transit_gateway_prefix_list_reference(**both)
    api.describe_vpcs()
    api.delete_managed_prefix_list(PrefixListId=it)
    assert api.describe_managed_prefix_lists(Filters=customers(api))["PrefixLists"] == []
