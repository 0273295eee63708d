"""Egress-only internet gateways, and routes to them."""

import pytest

from harness.marks import fact


@pytest.fixture
def api(client, account):
    return client("ec2", account())


def a_vpc(api, cidr="10.1.0.0/16"):
    vpc = api.create_vpc(CidrBlock=cidr, AmazonProvidedIpv6CidrBlock=True)["Vpc"]["VpcId"]
    [table] = api.describe_route_tables(Filters=[{"Name": "vpc-id", "Values": [vpc]}])["RouteTables"]
    return vpc, table["RouteTableId"]


def route(api, table, **named):
    """The one route of a table that has these members."""
    [shown] = api.describe_route_tables(RouteTableIds=[table])["RouteTables"]
    [found] = [it for it in shown["Routes"] if named.items() <= it.items()]
    return found


@fact("egress-only.made-for-a-vpc", "dry-run")
def test_an_egress_only_internet_gateway(api, dry, refused):
    vpc, table = a_vpc(api)
    asked = {"VpcId": vpc, "ClientToken": "token", "TagSpecifications": [
        {"ResourceType": "egress-only-internet-gateway", "Tags": [{"Key": "Name", "Value": "out"}]}]}
    made = dry(api.create_egress_only_internet_gateway, **asked)
    gateway = made["EgressOnlyInternetGateway"]
    assert made["ClientToken"] == "token"
    assert gateway["Attachments"] == [{"State": "attached", "VpcId": vpc}]
    assert api.create_egress_only_internet_gateway(**asked)["EgressOnlyInternetGateway"] == gateway
    it = {"EgressOnlyInternetGatewayId": gateway["EgressOnlyInternetGatewayId"]}
    named = {"EgressOnlyInternetGatewayIds": list(it.values())}
    [shown] = dry(api.describe_egress_only_internet_gateways, **named)["EgressOnlyInternetGateways"]
    assert shown == gateway and shown["Tags"] == [{"Key": "Name", "Value": "out"}]
    assert refused(api.delete_vpc, VpcId=vpc)[0] == "DependencyViolation"
    assert dry(api.delete_egress_only_internet_gateway, **it)["ReturnCode"] is True
    assert api.describe_egress_only_internet_gateways()["EgressOnlyInternetGateways"] == []
    assert refused(api.delete_egress_only_internet_gateway, **it) == ("InvalidGatewayID.NotFound", 400)
    api.delete_vpc(VpcId=vpc)


@fact("egress-only.route")
def test_a_route_to_one(api, refused):
    (vpc, table), (_, other) = a_vpc(api), a_vpc(api, "10.2.0.0/16")
    made = api.create_egress_only_internet_gateway(VpcId=vpc)["EgressOnlyInternetGateway"]
    gateway = {"EgressOnlyInternetGatewayId": made["EgressOnlyInternetGatewayId"]}
    out = {"RouteTableId": table, "DestinationIpv6CidrBlock": "::/0", **gateway}
    assert refused(api.create_route, **{**out, "RouteTableId": other})[1] == 400
    assert refused(api.create_route, RouteTableId=table, DestinationCidrBlock="0.0.0.0/0", **gateway)[1] == 400
    api.create_route(**out)
    shown = route(api, table, DestinationIpv6CidrBlock="::/0")
    assert (shown["EgressOnlyInternetGatewayId"], shown["State"], shown["Origin"]) == (*gateway.values(), "active", "CreateRoute")
    by_target = [{"Name": "route.egress-only-internet-gateway-id", "Values": list(gateway.values())}]
    assert [it["RouteTableId"] for it in api.describe_route_tables(Filters=by_target)["RouteTables"]] == [table]
    api.replace_route(**out)
    api.delete_route(RouteTableId=table, DestinationIpv6CidrBlock="::/0")


@fact("regional")
def test_one_is_its_owners_and_its_regions(client, account, refused):
    owner = account()
    vpc, _ = a_vpc(client("ec2", owner))
    made = client("ec2", owner).create_egress_only_internet_gateway(VpcId=vpc)["EgressOnlyInternetGateway"]
    it = {"EgressOnlyInternetGatewayId": made["EgressOnlyInternetGatewayId"]}
    for other in (client("ec2", account()), client("ec2", owner, "eu-west-1")):
        assert refused(other.delete_egress_only_internet_gateway, **it)[0] == "InvalidGatewayID.NotFound"
        assert other.describe_egress_only_internet_gateways()["EgressOnlyInternetGateways"] == []
