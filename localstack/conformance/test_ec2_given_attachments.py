"""Attachments that are no VPC's: VPN and Connect by calls of EC2, the others as their services would make them."""

import json
import os
import urllib.parse
import urllib.request

import pytest

from harness.marks import fact, needs

OFF = {"DefaultRouteTableAssociation": "disable", "DefaultRouteTablePropagation": "disable"}


@pytest.fixture
def who(account):
    return account()


@pytest.fixture
def api(client, who):
    return client("ec2", who)


@pytest.fixture
def gateway(api):
    return api.create_transit_gateway(Options=OFF)["TransitGateway"]["TransitGatewayId"]


def sandbox(call, **params):
    """Makes one of the sandbox's own calls, for what AWS does by other services."""
    url = f"{os.environ['AWS_ENDPOINT_URL']}/_sandbox/attachments/{call}?{urllib.parse.urlencode(params)}"
    with urllib.request.urlopen(urllib.request.Request(url, method="POST")) as answer:
        return json.load(answer)


def attachments(api):
    found = api.describe_transit_gateway_attachments()["TransitGatewayAttachments"]
    return {(it["ResourceType"], it["ResourceId"]): it["TransitGatewayAttachmentId"] for it in found}


def a_vpn(api, gateway):
    customer = api.create_customer_gateway(Type="ipsec.1", BgpAsn=65000, IpAddress="203.0.113.1")["CustomerGateway"]
    made = api.create_vpn_connection(
        Type="ipsec.1", CustomerGatewayId=customer["CustomerGatewayId"], TransitGatewayId=gateway)
    return made["VpnConnection"]["VpnConnectionId"]


@fact("given.vpn")
def test_a_vpn_and_its_attachment(api, gateway, refused):
    """VPN User Guide, "Transit gateway VPN attachments": the attachment comes and goes with the connection."""
    vpn = a_vpn(api, gateway)
    [shown] = api.describe_vpn_connections(VpnConnectionIds=[vpn])["VpnConnections"]
    assert (shown["State"], shown["TransitGatewayId"]) == ("available", gateway)
    assert ("vpn", vpn) in attachments(api)
    assert refused(api.delete_transit_gateway, TransitGatewayId=gateway)[0] == "IncorrectState"
    api.get_waiter("vpn_connection_available").wait(VpnConnectionIds=[vpn])
    api.delete_vpn_connection(VpnConnectionId=vpn)
    api.get_waiter("vpn_connection_deleted").wait(VpnConnectionIds=[vpn])
    [shown] = api.describe_transit_gateway_attachments()["TransitGatewayAttachments"]
    assert shown["State"] == "deleted"
    api.delete_transit_gateway(TransitGatewayId=gateway)


@fact("given.tunnels")
def test_a_vpn_has_two_tunnels(api, gateway):
    """VPN User Guide, "Tunnel options": two tunnels, each with an address of its own outside."""
    [shown] = api.describe_vpn_connections(VpnConnectionIds=[a_vpn(api, gateway)])["VpnConnections"]
    assert {it["Status"] for it in shown["VgwTelemetry"]} <= {"UP", "DOWN"}
    assert len({it["OutsideIpAddress"] for it in shown["VgwTelemetry"]}) == 2
    assert (shown["Routes"], shown["Options"]["StaticRoutesOnly"]) == ([], False)
    by_asn = [{"Name": "bgp-asn", "Values": ["65000"]}]
    assert len(api.describe_vpn_connections(Filters=by_asn)["VpnConnections"]) == 1


@fact("given.connect")
@needs("sandbox")
def test_connect_over_a_transport(api, gateway, who):
    """VPC guide, "Transit gateway Connect": ResourceId is the transport attachment."""
    given = sandbox("give", account=who, region="us-east-1", transit_gateway=gateway, type="direct-connect-gateway")
    transport = given["attachment"]
    api.describe_vpcs()
    made = api.create_transit_gateway_connect(
        TransportTransitGatewayAttachmentId=transport, Options={"Protocol": "gre"})["TransitGatewayConnect"]
    [shown] = api.describe_transit_gateway_connects()["TransitGatewayConnects"]
    assert (shown["TransportTransitGatewayAttachmentId"], shown["State"]) == (transport, "available")
    assert attachments(api)["connect", transport] == made["TransitGatewayAttachmentId"]


@fact("given.bgp")
@needs("sandbox")
def test_what_bgp_brings(api, gateway):
    """VPC guide, "Transit gateway route tables": a propagation brings what BGP announces."""
    vpn = a_vpn(api, gateway)
    attachment = attachments(api)["vpn", vpn]
    table = api.create_transit_gateway_route_table(TransitGatewayId=gateway)["TransitGatewayRouteTable"]
    both = {"TransitGatewayRouteTableId": table["TransitGatewayRouteTableId"], "TransitGatewayAttachmentId": attachment}
    api.enable_transit_gateway_route_table_propagation(**both)
    api.associate_transit_gateway_route_table(**both)
    sandbox("bring", attachment=attachment, prefixes="192.168.0.0/16,172.16.0.0/12")
    named = {"TransitGatewayRouteTableId": table["TransitGatewayRouteTableId"]}
    asked = [{"Name": "attachment.resource-type", "Values": ["vpn"]}]
    found = api.search_transit_gateway_routes(**named, Filters=asked)["Routes"]
    assert {(it["DestinationCidrBlock"], it["Type"]) for it in found} == {
        ("172.16.0.0/12", "propagated"), ("192.168.0.0/16", "propagated")}
    [row] = api.get_transit_gateway_route_table_associations(**named)["Associations"]
    assert (row["ResourceType"], row["ResourceId"]) == ("vpn", vpn)
    [row] = api.get_transit_gateway_route_table_propagations(**named)["TransitGatewayRouteTablePropagations"]
    assert (row["ResourceType"], row["State"]) == ("vpn", "enabled")


@fact("given.ecmp")
@needs("sandbox")
@pytest.mark.parametrize("ecmp, many", [("enable", 2), ("disable", 1)])
def test_equal_routes_of_two_vpns(api, ecmp, many):
    """VPC guide, "Equal cost multipath routing": VPN attachments share the load where VpnEcmpSupport is on."""
    made = api.create_transit_gateway(Options={**OFF, "VpnEcmpSupport": ecmp})["TransitGateway"]["TransitGatewayId"]
    table = api.create_transit_gateway_route_table(TransitGatewayId=made)["TransitGatewayRouteTable"]
    named = {"TransitGatewayRouteTableId": table["TransitGatewayRouteTableId"]}
    for _ in range(2):
        vpn = a_vpn(api, made)
        attachment = attachments(api)["vpn", vpn]
        api.enable_transit_gateway_route_table_propagation(**named, TransitGatewayAttachmentId=attachment)
        sandbox("bring", attachment=attachment, prefixes="10.9.0.0/16")
    [route] = api.search_transit_gateway_routes(**named, Filters=[{"Name": "type", "Values": ["propagated"]}])["Routes"]
    assert len(route["TransitGatewayAttachments"]) == many


@fact("vpn.type")
def test_a_vpn_is_of_one_type(client, account, refused):
    """EC2 API Reference, CreateVpnConnection: ipsec.1 is the one type."""
    api = client("ec2", account())
    customer = api.create_customer_gateway(Type="ipsec.1", BgpAsn=65000, IpAddress="203.0.113.9")["CustomerGateway"]
    gateway = api.create_transit_gateway()["TransitGateway"]["TransitGatewayId"]
    asked = {"CustomerGatewayId": customer["CustomerGatewayId"], "TransitGatewayId": gateway}
    assert refused(api.create_vpn_connection, Type="ipsec.2", **asked) == ("InvalidParameterValue", 400)
