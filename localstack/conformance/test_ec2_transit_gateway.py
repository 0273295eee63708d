"""Transit gateways over two accounts: attachments, route tables, and what each side sees and may do."""

import types

import pytest

from harness.marks import fact

OFF = {"DefaultRouteTableAssociation": "disable", "DefaultRouteTablePropagation": "disable"}


@pytest.fixture
def network(client, account):
    """A hub's transit gateway with a route table, shared with a spoke that has accepted; and the spoke's VPC."""

    def make(options=OFF):
        it = types.SimpleNamespace(hub=account(), spoke=account())
        it.at_hub, it.at_spoke = client("ec2", it.hub), client("ec2", it.spoke)
        gateway = it.at_hub.create_transit_gateway(Options=options)["TransitGateway"]
        it.gateway, it.arn = gateway["TransitGatewayId"], gateway["TransitGatewayArn"]
        share = client("ram", it.hub).create_resource_share(name="hub", resourceArns=[it.arn], principals=[it.spoke])
        it.share = share["resourceShare"]["resourceShareArn"]
        ram = client("ram", it.spoke)
        [invitation] = ram.get_resource_share_invitations()["resourceShareInvitations"]
        ram.accept_resource_share_invitation(resourceShareInvitationArn=invitation["resourceShareInvitationArn"])
        made = it.at_hub.create_transit_gateway_route_table(TransitGatewayId=it.gateway)
        it.table = made["TransitGatewayRouteTable"]["TransitGatewayRouteTableId"]
        it.vpc, it.subnet = a_vpc(it.at_spoke, "10.1.0.0/16")
        return it

    return make


def a_vpc(api, cidr):
    vpc = api.create_vpc(CidrBlock=cidr)["Vpc"]["VpcId"]
    block = cidr.replace("/16", "/24")
    return vpc, api.create_subnet(VpcId=vpc, CidrBlock=block, AvailabilityZoneId="use1-az1")["Subnet"]["SubnetId"]


def attach(api, gateway, vpc, subnet, **more):
    made = api.create_transit_gateway_vpc_attachment(TransitGatewayId=gateway, VpcId=vpc, SubnetIds=[subnet], **more)
    return made["TransitGatewayVpcAttachment"]["TransitGatewayAttachmentId"]


def accepted(it):
    attachment = attach(it.at_spoke, it.gateway, it.vpc, it.subnet)
    it.at_hub.accept_transit_gateway_vpc_attachment(TransitGatewayAttachmentId=attachment)
    return attachment


def state(api, attachment):
    found = api.describe_transit_gateway_vpc_attachments(TransitGatewayAttachmentIds=[attachment])
    return found["TransitGatewayVpcAttachments"][0]["State"]


def routes(it):
    asked = [{"Name": "state", "Values": ["active", "blackhole"]}]
    found = it.at_hub.search_transit_gateway_routes(TransitGatewayRouteTableId=it.table, Filters=asked)
    return {(route["DestinationCidrBlock"], route["Type"], route["State"]) for route in found["Routes"]}


@fact("tgw.option-defaults", "tgw.one-default-table")
def test_defaults_of_a_transit_gateway(client, account):
    """EC2 API Reference, TransitGatewayRequestOptions: the defaults; one table serves both default options."""
    api = client("ec2", account())
    options = api.create_transit_gateway()["TransitGateway"]["Options"]
    assert options["AssociationDefaultRouteTableId"] == options["PropagationDefaultRouteTableId"]
    assert (options["AmazonSideAsn"], options["AutoAcceptSharedAttachments"]) == (64512, "disable")
    assert (options["DnsSupport"], options["VpnEcmpSupport"], options["MulticastSupport"]) == ("enable", "enable", "disable")
    api.create_transit_gateway(Options=OFF)
    assert len(api.describe_transit_gateway_route_tables()["TransitGatewayRouteTables"]) == 1


@fact("attachment.pending-acceptance", "attachment.accepting")
def test_attaching_from_another_account(network):
    """VPC guide, "Transit gateway VPC attachments": pendingAcceptance until the transit gateway's owner accepts."""
    it = network()
    attachment = attach(it.at_spoke, it.gateway, it.vpc, it.subnet)
    assert state(it.at_hub, attachment) == state(it.at_spoke, attachment) == "pendingAcceptance"
    it.at_hub.accept_transit_gateway_vpc_attachment(TransitGatewayAttachmentId=attachment)
    assert state(it.at_hub, attachment) == state(it.at_spoke, attachment) == "available"


@fact("attachment.rejecting", "attachment.one-of-a-pair", "attachment.either-deletes", "error.attachment.not-found")
def test_rejecting_and_deleting(network, refused):
    """VPC guide, "Transit gateway VPC attachments": rejected; either side deletes; the records stay listed."""
    it = network()
    first = attach(it.at_spoke, it.gateway, it.vpc, it.subnet)
    it.at_hub.reject_transit_gateway_vpc_attachment(TransitGatewayAttachmentId=first)
    assert state(it.at_spoke, first) == "rejected"
    second = accepted(it)
    again = {"TransitGatewayId": it.gateway, "VpcId": it.vpc, "SubnetIds": [it.subnet]}
    call = it.at_spoke.create_transit_gateway_vpc_attachment
    assert refused(call, **again)[0] == "DuplicateTransitGatewayAttachment"
    it.at_hub.delete_transit_gateway_vpc_attachment(TransitGatewayAttachmentId=second)
    assert state(it.at_spoke, second) == "deleted"
    gone = it.at_spoke.delete_transit_gateway_vpc_attachment
    assert refused(gone, TransitGatewayAttachmentId=second)[0] == "InvalidTransitGatewayAttachmentID.NotFound"


@fact("attachment.hub-view")
def test_what_the_hub_sees(network, later):
    """EC2 API Reference: TransitGatewayAttachment has owners and association, TransitGatewayVpcAttachment subnets."""
    it = network()
    attachment = accepted(it)
    it.at_hub.associate_transit_gateway_route_table(
        TransitGatewayRouteTableId=it.table, TransitGatewayAttachmentId=attachment)
    later()
    [shown] = it.at_hub.describe_transit_gateway_attachments()["TransitGatewayAttachments"]
    assert (shown["TransitGatewayOwnerId"], shown["ResourceOwnerId"]) == (it.hub, it.spoke)
    assert (shown["ResourceType"], shown["ResourceId"]) == ("vpc", it.vpc)
    assert shown["Association"] == {"TransitGatewayRouteTableId": it.table, "State": "associated"}
    assert "SubnetIds" not in shown
    [shown] = it.at_hub.describe_transit_gateway_vpc_attachments()["TransitGatewayVpcAttachments"]
    assert (shown["VpcId"], shown["VpcOwnerId"], shown["SubnetIds"]) == (it.vpc, it.spoke, [it.subnet])
    assert "Association" not in shown


@fact("tags.each-sides-own", "tags.hub-may-tag")
def test_tags_are_each_sides_own(network):
    """AWS Prescriptive Guidance: the Name tag of an attachment that a spoke made is blank at the hub."""
    it = network()
    attachment = attach(it.at_spoke, it.gateway, it.vpc, it.subnet, TagSpecifications=[
        {"ResourceType": "transit-gateway-attachment", "Tags": [{"Key": "Name", "Value": "spoke"}]}])

    def tags(api):
        [shown] = api.describe_transit_gateway_vpc_attachments()["TransitGatewayVpcAttachments"]
        return shown["Tags"]

    assert (tags(it.at_hub), tags(it.at_spoke)) == ([], [{"Key": "Name", "Value": "spoke"}])
    it.at_hub.create_tags(Resources=[attachment], Tags=[{"Key": "Name", "Value": "hub"}])
    assert (tags(it.at_hub)[0]["Value"], tags(it.at_spoke)[0]["Value"]) == ("hub", "spoke")


@fact("error.modify.last-subnet", "deletion.subnet-is-held")
def test_modifying_subnets(network, refused):
    """EC2 API Reference, ModifyTransitGatewayVpcAttachment: one subnet in each zone; not the last one."""
    it = network()
    attachment = accepted(it)
    named = {"TransitGatewayAttachmentId": attachment}
    more = it.at_spoke.create_subnet(VpcId=it.vpc, CidrBlock="10.1.1.0/24", AvailabilityZoneId="use1-az2")
    more = more["Subnet"]["SubnetId"]
    call = it.at_spoke.modify_transit_gateway_vpc_attachment
    swap = {"AddSubnetIds": [more], "RemoveSubnetIds": [it.subnet]}
    assert refused(call, **named, **swap)[0] == "InsufficientSubnetsException"
    call(**named, AddSubnetIds=[more])
    call(**named, RemoveSubnetIds=[it.subnet])
    [shown] = it.at_hub.describe_transit_gateway_vpc_attachments()["TransitGatewayVpcAttachments"]
    assert shown["SubnetIds"] == [more]
    assert refused(it.at_spoke.delete_subnet, SubnetId=more)[0] == "DependencyViolation"


@fact("tgw-table.owner-alone")
def test_route_tables_are_the_owners(network, refused):
    """terraform-provider-aws#6670, #11029: another account gets InvalidRouteTableID.NotFound."""
    it = network()
    call = it.at_spoke.describe_transit_gateway_route_tables
    assert refused(call, TransitGatewayRouteTableIds=[it.table])[0] == "InvalidRouteTableID.NotFound"
    call = it.at_spoke.search_transit_gateway_routes
    asked = {"TransitGatewayRouteTableId": it.table, "Filters": [{"Name": "type", "Values": ["static"]}]}
    assert refused(call, **asked)[0] == "InvalidRouteTableID.NotFound"


@fact("association.one-at-a-time", "error.associate.already", "deletion.table-is-held")
def test_one_association_at_a_time(network, refused):
    """landing-zone-accelerator-on-aws#1106: "already associated"; disassociate, then associate."""
    it = network()
    both = {"TransitGatewayRouteTableId": it.table, "TransitGatewayAttachmentId": accepted(it)}
    assert refused(it.at_hub.disassociate_transit_gateway_route_table, **both)[0].lower() in (
        "invalidparametervalue", "invalidassociation.notfound")
    it.at_hub.associate_transit_gateway_route_table(**both)
    assert refused(it.at_hub.associate_transit_gateway_route_table, **both)[0] == "Resource.AlreadyAssociated"
    call = it.at_hub.delete_transit_gateway_route_table
    assert refused(call, TransitGatewayRouteTableId=it.table)[0] == "IncorrectState"
    it.at_hub.disassociate_transit_gateway_route_table(**both)
    call = it.at_hub.get_transit_gateway_route_table_associations
    assert call(TransitGatewayRouteTableId=it.table)["Associations"] == []


@fact("propagation.ranges", "error.propagation.duplicate")
def test_propagation_follows_the_vpcs_ranges(network, refused):
    """VPC guide, "Transit gateway route tables": propagated routes are the VPC's CIDR blocks."""
    it = network()
    both = {"TransitGatewayRouteTableId": it.table, "TransitGatewayAttachmentId": accepted(it)}
    it.at_hub.enable_transit_gateway_route_table_propagation(**both)
    it.at_spoke.associate_vpc_cidr_block(VpcId=it.vpc, CidrBlock="100.64.0.0/16")
    wanted = {("10.1.0.0/16", "propagated", "active"), ("100.64.0.0/16", "propagated", "active")}
    it.at_hub.describe_transit_gateways()
    assert routes(it) == wanted
    call = it.at_hub.enable_transit_gateway_route_table_propagation
    assert refused(call, **both)[0] == "TransitGatewayRouteTablePropagation.Duplicate"
    listed = it.at_hub.get_transit_gateway_route_table_propagations(TransitGatewayRouteTableId=it.table)
    assert [row["State"] for row in listed["TransitGatewayRouteTablePropagations"]] == ["enabled"]
    it.at_hub.disable_transit_gateway_route_table_propagation(**both)
    assert routes(it) == set()


@fact("routes.static-first", "routes.blackhole", "error.tgw-route.exists", "error.tgw-route.not-found")
def test_static_routes(network, refused):
    """VPC guide, "Transit gateway route tables": static before propagated; a blackhole has no attachment."""
    it = network()
    attachment = accepted(it)
    route = {"TransitGatewayRouteTableId": it.table, "DestinationCidrBlock": "10.1.0.0/16"}
    it.at_hub.enable_transit_gateway_route_table_propagation(
        TransitGatewayRouteTableId=it.table, TransitGatewayAttachmentId=attachment)
    it.at_hub.create_transit_gateway_route(**route, Blackhole=True)
    assert routes(it) == {("10.1.0.0/16", "static", "blackhole")}
    assert refused(it.at_hub.create_transit_gateway_route, **route, Blackhole=True)[0] == "RouteAlreadyExists"
    it.at_hub.replace_transit_gateway_route(**route, TransitGatewayAttachmentId=attachment)
    assert routes(it) == {("10.1.0.0/16", "static", "active")}
    it.at_hub.delete_transit_gateway_route(**route)
    assert routes(it) == {("10.1.0.0/16", "propagated", "active")}
    assert refused(it.at_hub.delete_transit_gateway_route, **route)[0] == "InvalidRoute.NotFound"


@fact("route.attachment-pending", "deletion.vpc-routes-turn-blackhole")
def test_routes_to_a_transit_gateway_need_the_attachment(network, refused):
    """terraform-provider-aws#9222, #10025: CreateRoute says that the transit gateway does not exist."""
    it = network()
    table = it.at_spoke.create_route_table(VpcId=it.vpc)["RouteTable"]["RouteTableId"]
    route = {"RouteTableId": table, "DestinationCidrBlock": "10.0.0.0/8", "TransitGatewayId": it.gateway}
    assert refused(it.at_spoke.create_route, **route)[0] == "InvalidTransitGatewayID.NotFound"
    attachment = accepted(it)
    it.at_spoke.describe_vpcs()
    it.at_spoke.create_route(**route)
    it.at_hub.delete_transit_gateway_vpc_attachment(TransitGatewayAttachmentId=attachment)
    [found] = it.at_spoke.describe_route_tables(RouteTableIds=[table])["RouteTables"]
    assert [it["State"] for it in found["Routes"] if it.get("TransitGatewayId")] == ["blackhole"]


@fact("association.default", "propagation.default")
def test_default_tables(network, later):
    """VPC guide, "Transit gateways": attachments join the default tables by themselves."""
    it = network(options={"AutoAcceptSharedAttachments": "enable"})
    attach(it.at_spoke, it.gateway, it.vpc, it.subnet)
    later()
    [shown] = it.at_hub.describe_transit_gateway_attachments()["TransitGatewayAttachments"]
    options = it.at_hub.describe_transit_gateways()["TransitGateways"][0]["Options"]
    assert shown["Association"]["TransitGatewayRouteTableId"] == options["AssociationDefaultRouteTableId"]
    it.table = options["PropagationDefaultRouteTableId"]
    assert routes(it) == {("10.1.0.0/16", "propagated", "active")}


@fact("deletion.tgw-is-held", "error.tgw.held")
def test_deleting_a_transit_gateway(network, refused):
    """VPC guide, "Delete a transit gateway": no attachments may be left."""
    it = network()
    attachment = accepted(it)
    call = it.at_hub.delete_transit_gateway
    assert refused(call, TransitGatewayId=it.gateway)[0] == "IncorrectState"
    it.at_spoke.delete_transit_gateway_vpc_attachment(TransitGatewayAttachmentId=attachment)
    it.at_hub.describe_transit_gateways()
    call(TransitGatewayId=it.gateway)
    assert it.at_hub.describe_transit_gateways()["TransitGateways"][0]["State"] == "deleted"


@fact("tgw.cidr-blocks")
def test_the_blocks_of_a_transit_gateway(client, account, refused):
    api = client("ec2", account())
    for wrong in ("10.99.0.0/25", "2001:db8::/65", "169.254.0.0/24", "169.254.16.0/20"):
        call = refused(api.create_transit_gateway, Options={**OFF, "TransitGatewayCidrBlocks": [wrong]})
        assert call == ("InvalidParameterValue", 400), wrong
    blocks = ["10.99.0.0/24", "2001:db8::/64"]
    made = api.create_transit_gateway(Options={**OFF, "TransitGatewayCidrBlocks": blocks})["TransitGateway"]
    assert made["Options"]["TransitGatewayCidrBlocks"] == blocks
