"""Connect peers: the tunnels of a Connect attachment over a VPC's attachment."""

import types

import pytest

from harness.marks import fact
from harness.network import a_vpc

KIND = "transit-gateway-connect-peer"


@pytest.fixture
def hub(client, account):
    """A transit gateway with a range of its own, and Connect attachments over the attachment of a VPC."""
    api = client("ec2", who := account())
    made = api.create_transit_gateway(Options={"TransitGatewayCidrBlocks": ["192.0.2.0/24"]})["TransitGateway"]
    vpc, subnet = a_vpc(api, "10.1.0.0/16")
    transport = api.create_transit_gateway_vpc_attachment(
        TransitGatewayId=made["TransitGatewayId"], VpcId=vpc, SubnetIds=[subnet])["TransitGatewayVpcAttachment"]

    def connect():
        answer = api.create_transit_gateway_connect(
            TransportTransitGatewayAttachmentId=transport["TransitGatewayAttachmentId"], Options={"Protocol": "gre"})
        return answer["TransitGatewayConnect"]["TransitGatewayAttachmentId"]

    return types.SimpleNamespace(api=api, who=who, connect=connect)


def asked(connect, number, **more):
    return {"TransitGatewayAttachmentId": connect, "PeerAddress": "10.1.0.10",
            "InsideCidrBlocks": [f"169.254.{number}.0/29"], **more}


@fact("connect-peer.addresses", "policies.dry-run")
def test_a_peer_and_its_addresses(hub, dry):
    """VPC guide, "Transit gateway Connect attachments and Connect peers": the appliance has the first inside address."""
    tags = [{"ResourceType": KIND, "Tags": [{"Key": "Name", "Value": "left"}]}]
    call = hub.api.create_transit_gateway_connect_peer
    made = dry(call, **asked(hub.connect(), 6, BgpOptions={"PeerAsn": 64700}, TagSpecifications=tags))
    made = made["TransitGatewayConnectPeer"]
    assert made["State"] == "pending" and made["Tags"] == [{"Key": "Name", "Value": "left"}]
    configuration = made["ConnectPeerConfiguration"]
    assert (configuration["Protocol"], configuration["PeerAddress"]) == ("gre", "10.1.0.10")
    assert configuration["TransitGatewayAddress"].startswith("192.0.2.")
    sessions = {(it["PeerAddress"], it["TransitGatewayAddress"], it["TransitGatewayAsn"], it["PeerAsn"])
                for it in configuration["BgpConfigurations"]}
    assert sessions == {("169.254.6.1", "169.254.6.2", 64512, 64700), ("169.254.6.1", "169.254.6.3", 64512, 64700)}
    named = {"TransitGatewayConnectPeerId": made["TransitGatewayConnectPeerId"]}
    [shown] = dry(hub.api.describe_transit_gateway_connect_peers, TransitGatewayConnectPeerIds=list(named.values()))[
        "TransitGatewayConnectPeers"]
    assert shown == {**made, "State": "available"}
    found = hub.api.describe_transit_gateway_connect_peers(Filters=[{"Name": "state", "Values": ["pending"]}])
    assert found["TransitGatewayConnectPeers"] == []
    assert dry(hub.api.delete_transit_gateway_connect_peer, **named)["TransitGatewayConnectPeer"]["State"] == "deleting"
    [shown] = hub.api.describe_transit_gateway_connect_peers(TransitGatewayConnectPeerIds=list(named.values()))[
        "TransitGatewayConnectPeers"]
    assert shown["State"] == "deleted"


@fact("connect-peer.ranges")
@pytest.mark.parametrize("inside", ["169.254.6.0/28", "10.0.0.0/29", "169.254.0.0/29", "169.254.169.248/29"])
def test_what_cannot_be_inside(hub, refused, inside):
    """VPC guide: a /29 of 169.254.0.0/16 that AWS does not keep."""
    wrong = {**asked(hub.connect(), 6), "InsideCidrBlocks": [inside]}
    assert refused(hub.api.create_transit_gateway_connect_peer, **wrong) == ("InvalidParameterValue", 400)


@fact("connect-peer.ranges")
def test_an_outer_address_is_of_the_transit_gateways_range(hub, refused):
    """EC2 API Reference, CreateTransitGatewayConnectPeer: it must be specified from a transit gateway CIDR block."""
    call, connect = hub.api.create_transit_gateway_connect_peer, hub.connect()
    wrong = asked(connect, 6, TransitGatewayAddress="198.51.100.1")
    assert refused(call, **wrong) == ("InvalidParameterValue", 400)
    made = call(**asked(connect, 6, TransitGatewayAddress="192.0.2.77"))["TransitGatewayConnectPeer"]
    assert made["ConnectPeerConfiguration"]["TransitGatewayAddress"] == "192.0.2.77"


@fact("connect-peer.quota", "quota.codes", "paging.complete")
def test_four_peers_of_an_attachment_page_by_page(hub, refused):
    """VPC guide, quotas: 4 Connect peers of a Connect attachment, fixed."""
    call = hub.api.create_transit_gateway_connect_peer
    first, second = hub.connect(), hub.connect()
    for number in range(4):
        call(**asked(first, 10 + number))
    code, status = refused(call, **asked(first, 20))
    assert code.endswith("LimitExceeded") and status == 400
    for number in range(2):
        call(**asked(second, 30 + number))
    pages = list(hub.api.get_paginator("describe_transit_gateway_connect_peers").paginate(PaginationConfig={"PageSize": 5}))
    sizes = [len(page["TransitGatewayConnectPeers"]) for page in pages]
    assert sum(sizes) == 6 and len(sizes) > 1 and max(sizes) <= 5
    assert len({it["TransitGatewayConnectPeerId"] for page in pages for it in page["TransitGatewayConnectPeers"]}) == 6
    of_second = [{"Name": "transit-gateway-attachment-id", "Values": [second]}]
    assert len(hub.api.describe_transit_gateway_connect_peers(Filters=of_second)["TransitGatewayConnectPeers"]) == 2


@fact("connect-peer.goes-first")
def test_peers_go_before_their_attachment(hub, refused):
    """EC2 API Reference, DeleteTransitGatewayConnect: delete all Connect peers first."""
    connect = {"TransitGatewayAttachmentId": hub.connect()}
    made = hub.api.create_transit_gateway_connect_peer(**asked(*connect.values(), 6))["TransitGatewayConnectPeer"]
    assert refused(hub.api.delete_transit_gateway_connect, **connect) == ("IncorrectState", 400)
    named = {"TransitGatewayConnectPeerId": made["TransitGatewayConnectPeerId"]}
    hub.api.delete_transit_gateway_connect_peer(**named)
    hub.api.delete_transit_gateway_connect(**connect)
    code, _ = refused(hub.api.delete_transit_gateway_connect_peer, **named)
    assert code == "InvalidTransitGatewayConnectPeerID.NotFound"
