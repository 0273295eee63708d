"""Quotas that are too large to fill are set low, to see what is said beyond them."""

# set: attachments_per_transit_gateway=2 routes_per_transit_gateway=3

from harness.marks import fact, needs
from harness.network import OFF, a_vpc
import pytest

pytestmark = needs("sandbox")


@pytest.fixture
def hub(client, account):
    api = client("ec2", account())
    gateway = api.create_transit_gateway(Options=OFF)["TransitGateway"]["TransitGatewayId"]
    table = api.create_transit_gateway_route_table(TransitGatewayId=gateway)["TransitGatewayRouteTable"]
    return api, gateway, table["TransitGatewayRouteTableId"]


@fact("quota.tgw-attachments", "quota.codes")
def test_no_more_attachments_than_the_quota(hub, refused):
    api, gateway, _ = hub

    def attach(cidr):
        vpc, subnet = a_vpc(api, cidr)
        return api.create_transit_gateway_vpc_attachment(TransitGatewayId=gateway, VpcId=vpc, SubnetIds=[subnet])

    first = attach("10.1.0.0/16")["TransitGatewayVpcAttachment"]["TransitGatewayAttachmentId"]
    attach("10.2.0.0/16")
    code, status = refused(attach, "10.3.0.0/16")
    assert code.endswith("LimitExceeded") and status == 400
    api.delete_transit_gateway_vpc_attachment(TransitGatewayAttachmentId=first)
    api.describe_transit_gateways()
    attach("10.4.0.0/16")


@fact("quota.tgw-routes", "quota.codes")
def test_no_more_routes_than_the_quota(hub, refused):
    api, _, table = hub

    def route(number):
        api.create_transit_gateway_route(
            TransitGatewayRouteTableId=table, DestinationCidrBlock=f"10.{number}.0.0/16", Blackhole=True)

    for number in range(3):
        route(number)
    code, status = refused(route, 3)
    assert code.endswith("LimitExceeded") and status == 400
