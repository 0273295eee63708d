"""Peerings: of transit gateways and of VPCs, across Regions and accounts."""

import types

import pytest

from harness.marks import fact, needs

OFF = {"DefaultRouteTableAssociation": "disable", "DefaultRouteTablePropagation": "disable"}


@pytest.fixture
def sides(client, account):
    """Clients of two accounts, the second in another Region."""
    it = types.SimpleNamespace(one=account(), two=account(), far="eu-west-1")
    it.here, it.there = client("ec2", it.one), client("ec2", it.two, it.far)
    return it


@pytest.fixture
def gateways(sides):
    """The two sides with a transit gateway each, and a request from the first to the second."""
    def a_gateway(api):
        return api.create_transit_gateway(Options=OFF)["TransitGateway"]["TransitGatewayId"]

    sides.gateway, sides.peer = a_gateway(sides.here), a_gateway(sides.there)
    sides.asked = {"TransitGatewayId": sides.gateway, "PeerTransitGatewayId": sides.peer,
                   "PeerAccountId": sides.two, "PeerRegion": sides.far}
    made = sides.here.create_transit_gateway_peering_attachment(**sides.asked)["TransitGatewayPeeringAttachment"]
    sides.state, sides.id = made["State"], {"TransitGatewayAttachmentId": made["TransitGatewayAttachmentId"]}
    return sides


def peering(api):
    [found] = api.describe_transit_gateway_peering_attachments()["TransitGatewayPeeringAttachments"]
    return found


@fact("peering.tgw.states", "peering.tgw.accepter")
def test_accepting_a_transit_gateways_peering(gateways, refused):
    """VPC guide, "Transit gateway peering attachments": initiatingRequest, pendingAcceptance, pending, available."""
    it = gateways
    assert it.state == "initiatingRequest"
    assert peering(it.here)["State"] == peering(it.there)["State"] == "pendingAcceptance"
    accept = it.there.accept_transit_gateway_peering_attachment
    assert refused(it.here.accept_transit_gateway_peering_attachment, **it.id)[0] == "InvalidParameterValue"
    accept(**it.id)
    assert peering(it.here)["State"] == peering(it.there)["State"] == "available"
    assert refused(accept, **it.id)[0] == "IncorrectState"
    shown = peering(it.there)
    assert shown["RequesterTgwInfo"] == {
        "TransitGatewayId": it.gateway, "OwnerId": it.one, "Region": it.here.meta.region_name}
    assert shown["AccepterTgwInfo"] == {"TransitGatewayId": it.peer, "OwnerId": it.two, "Region": it.far}


@fact("peering.tgw.states", "peering.tgw.either-deletes")
def test_rejecting_and_deleting_a_transit_gateways_peering(gateways, refused):
    """VPC guide, "Transit gateway peering attachments": rejected; either side deletes."""
    it = gateways
    it.there.reject_transit_gateway_peering_attachment(**it.id)
    assert peering(it.here)["State"] == "rejected"
    made = it.here.create_transit_gateway_peering_attachment(**it.asked)["TransitGatewayPeeringAttachment"]
    again = {"TransitGatewayAttachmentId": made["TransitGatewayAttachmentId"]}
    it.there.accept_transit_gateway_peering_attachment(**again)
    assert refused(it.here.delete_transit_gateway, TransitGatewayId=it.gateway)[0] == "IncorrectState"
    it.there.delete_transit_gateway_peering_attachment(**again)
    shown = it.here.describe_transit_gateway_peering_attachments(TransitGatewayAttachmentIds=list(again.values()))
    assert shown["TransitGatewayPeeringAttachments"][0]["State"] == "deleted"


@fact("peering.tgw.static-only")
def test_static_routes_over_a_peering(gateways, refused):
    """VPC guide, "Transit gateway peering attachments": static routes on each side, and no propagation."""
    it = gateways
    it.there.accept_transit_gateway_peering_attachment(**it.id)
    for api, gateway, other in ((it.here, it.gateway, it.peer), (it.there, it.peer, it.gateway)):
        table = api.create_transit_gateway_route_table(TransitGatewayId=gateway)["TransitGatewayRouteTable"]
        named = {"TransitGatewayRouteTableId": table["TransitGatewayRouteTableId"]}
        api.associate_transit_gateway_route_table(**named, **it.id)
        api.create_transit_gateway_route(**named, **it.id, DestinationCidrBlock="10.0.0.0/8")
        asked = [{"Name": "type", "Values": ["static"]}]
        [route] = api.search_transit_gateway_routes(**named, Filters=asked)["Routes"]
        [target] = route["TransitGatewayAttachments"]
        assert (target["ResourceType"], target["ResourceId"]) == ("peering", other)
        [row] = api.get_transit_gateway_route_table_associations(**named)["Associations"]
        assert (row["ResourceType"], row["State"]) == ("peering", "associated")
        assert refused(api.enable_transit_gateway_route_table_propagation, **named, **it.id)[1] == 400


@fact("peering.tgw.ids")
def test_one_region_and_two_ids(client, account):
    """terraform-provider-aws#24000: within a Region the accepter has an attachment id of its own."""
    who = account()
    api = client("ec2", who)
    one, two = (api.create_transit_gateway(Options=OFF)["TransitGateway"]["TransitGatewayId"] for _ in range(2))
    api.describe_vpcs()
    made = api.create_transit_gateway_peering_attachment(
        TransitGatewayId=one, PeerTransitGatewayId=two, PeerAccountId=who, PeerRegion="us-east-1")
    made = made["TransitGatewayPeeringAttachment"]
    theirs = made["AccepterTransitGatewayAttachmentId"]
    assert theirs != made["TransitGatewayAttachmentId"]
    api.accept_transit_gateway_peering_attachment(TransitGatewayAttachmentId=theirs)
    shown = api.describe_transit_gateway_attachments()["TransitGatewayAttachments"]
    assert {(it["TransitGatewayId"], it["ResourceId"], it["State"]) for it in shown} == {
        (one, two, "available"), (two, one, "available")}


@pytest.fixture
def vpcs(client, account):
    """VPCs of two accounts in one Region, and a request from the first to the second."""
    it = types.SimpleNamespace(one=account(), two=account())
    it.here, it.there = client("ec2", it.one), client("ec2", it.two)
    it.vpc = it.here.create_vpc(CidrBlock="10.1.0.0/16")["Vpc"]["VpcId"]
    it.peer = it.there.create_vpc(CidrBlock="10.2.0.0/16")["Vpc"]["VpcId"]
    it.asked = {"VpcId": it.vpc, "PeerVpcId": it.peer, "PeerOwnerId": it.two}
    made = it.here.create_vpc_peering_connection(**it.asked)["VpcPeeringConnection"]
    it.id = {"VpcPeeringConnectionId": made["VpcPeeringConnectionId"]}
    return it


def status(api):
    [found] = api.describe_vpc_peering_connections()["VpcPeeringConnections"]
    return found["Status"]["Code"]


@fact("peering.vpc.states")
def test_accepting_a_vpcs_peering(vpcs, refused):
    """VPC peering guide, "VPC peering connection lifecycle": pending-acceptance, active; one for a pair of VPCs."""
    it = vpcs
    assert status(it.here) == status(it.there) == "pending-acceptance"
    assert refused(it.here.accept_vpc_peering_connection, **it.id)[0] == "OperationNotPermitted"
    it.there.accept_vpc_peering_connection(**it.id)
    assert status(it.here) == status(it.there) == "active"
    assert refused(it.there.accept_vpc_peering_connection, **it.id)[0] == "InvalidStateTransition"
    assert refused(it.here.create_vpc_peering_connection, **it.asked)[0] == "VpcPeeringConnectionAlreadyExists"
    it.here.get_waiter("vpc_peering_connection_exists").wait(VpcPeeringConnectionIds=list(it.id.values()))


@fact("peering.vpc.overlap")
def test_overlap_fails(vpcs):
    """VPC peering guide, "VPC peering limitations": overlapping ranges end in failed, not in an API error."""
    it = vpcs
    same = it.there.create_vpc(CidrBlock="10.1.0.0/20")["Vpc"]["VpcId"]
    made = it.here.create_vpc_peering_connection(VpcId=it.vpc, PeerVpcId=same, PeerOwnerId=it.two)
    named = [made["VpcPeeringConnection"]["VpcPeeringConnectionId"]]
    [shown] = it.here.describe_vpc_peering_connections(VpcPeeringConnectionIds=named)["VpcPeeringConnections"]
    assert shown["Status"]["Code"] == "failed"


@fact("peering.vpc.expires")
@needs("clock")
def test_a_request_lives_for_seven_days(vpcs, advance):
    """VPC peering guide, "VPC peering connection lifecycle": expired after seven days, shown for two more."""
    advance(7 * 24 * 3600 + 60)
    assert status(vpcs.here) == status(vpcs.there) == "expired"


@fact("peering.vpc.deleting")
def test_deleting_a_vpcs_peering(vpcs, refused):
    """VPC peering guide, "Delete a VPC peering connection": either owner when active; the accepter rejects before."""
    it = vpcs
    assert refused(it.there.delete_vpc_peering_connection, **it.id)[0] == "InvalidStateTransition"
    it.there.accept_vpc_peering_connection(**it.id)
    it.here.describe_vpcs()
    assert refused(it.there.delete_vpc, VpcId=it.peer)[0] == "DependencyViolation"
    it.there.delete_vpc_peering_connection(**it.id)
    it.here.get_waiter("vpc_peering_connection_deleted").wait(VpcPeeringConnectionIds=list(it.id.values()))
    assert refused(it.here.delete_vpc_peering_connection, **it.id)[0] == "InvalidStateTransition"


@fact("peering.vpc.dns-options")
def test_dns_options(vpcs, refused):
    """VPC peering guide, "Enable DNS resolution": each owner its own side, while active, with DNS hostnames on."""
    it = vpcs
    ours = {"RequesterPeeringConnectionOptions": {"AllowDnsResolutionFromRemoteVpc": True}}
    call = it.here.modify_vpc_peering_connection_options
    assert refused(call, **it.id, **ours)[0] == "OperationNotPermitted"
    it.there.accept_vpc_peering_connection(**it.id)
    it.here.describe_vpcs()
    disabled = "InvalidVpcPeeringConnectionState.DnsHostnamesDisabled"
    assert refused(call, **it.id, **ours)[0] == disabled
    it.here.modify_vpc_attribute(VpcId=it.vpc, EnableDnsHostnames={"Value": True})
    assert call(**it.id, **ours)["RequesterPeeringConnectionOptions"] == {"AllowDnsResolutionFromRemoteVpc": True}
    assert refused(it.there.modify_vpc_peering_connection_options, **it.id, **ours)[0] == "OperationNotPermitted"


@fact("peering.vpc.routes")
def test_routes_over_a_vpcs_peering(vpcs):
    """VPC peering guide, "Update your route tables": a route may come before acceptance, and works after it."""
    it = vpcs
    [table] = it.here.describe_route_tables()["RouteTables"]
    it.here.create_route(RouteTableId=table["RouteTableId"], DestinationCidrBlock="10.2.0.0/16", **it.id)

    def state():
        named = [{"Name": "route.vpc-peering-connection-id", "Values": list(it.id.values())}]
        [found] = it.here.describe_route_tables(Filters=named)["RouteTables"]
        return [route["State"] for route in found["Routes"] if "VpcPeeringConnectionId" in route]

    assert state() == ["blackhole"]
    it.there.accept_vpc_peering_connection(**it.id)
    it.there.describe_vpcs()
    assert state() == ["active"]
    it.there.delete_vpc_peering_connection(**it.id)
    assert state() == ["blackhole"]


@fact("peering.accounts-have-twelve-digits")
def test_whom_a_peering_is_asked_of(client, account, refused):
    api = client("ec2", account())
    vpc = api.create_vpc(CidrBlock="10.1.0.0/16")["Vpc"]["VpcId"]
    gateway = api.create_transit_gateway()["TransitGateway"]["TransitGatewayId"]
    for wrong in ("12", "hub", "1111111111111"):
        assert refused(api.create_vpc_peering_connection, VpcId=vpc, PeerVpcId="vpc-0123456789abcdef0",
                       PeerOwnerId=wrong) == ("InvalidParameterValue", 400)
        assert refused(api.create_transit_gateway_peering_attachment, TransitGatewayId=gateway, PeerAccountId=wrong,
                       PeerTransitGatewayId="tgw-0123456789abcdef0", PeerRegion="us-east-1") == ("InvalidParameterValue", 400)
