"""NAT gateways, private and public, the Elastic IP addresses of the public ones, and routes to them."""

import ipaddress

import pytest

from harness.marks import fact, needs
from harness.network import a_subnet, a_vpc

pytestmark = needs("nat")


@pytest.fixture
def api(client, account):
    return client("ec2", account())


def inside(subnet, **more):
    return {"SubnetId": subnet, "ConnectivityType": "private", **more}


def made(api, **asked):
    return api.create_nat_gateway(**asked)["NatGateway"]["NatGatewayId"]


def shown(api, gateway):
    [found] = api.describe_nat_gateways(NatGatewayIds=[gateway])["NatGateways"]
    return found


def a_way_out(api, vpc):
    gateway = api.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    api.attach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc)


def a_table(api, vpc):
    return api.create_route_table(VpcId=vpc)["RouteTable"]["RouteTableId"]


@fact("nat.private", "nat.interface", "dry-run")
def test_a_private_one_from_first_to_last(api, dry, refused):
    vpc, subnet = a_vpc(api, "10.1.0.0/16")
    tags = [{"Key": "Name", "Value": "nat"}]
    asked = inside(subnet, ClientToken="token", TagSpecifications=[{"ResourceType": "natgateway", "Tags": tags}])
    created = dry(api.create_nat_gateway, **asked)
    assert created["ClientToken"] == "token"
    it = {"NatGatewayId": created["NatGateway"]["NatGatewayId"]}
    assert made(api, **asked) == it["NatGatewayId"]
    [found] = dry(api.describe_nat_gateways, Filter=[{"Name": "vpc-id", "Values": [vpc]}])["NatGateways"]
    assert (found["State"], found["ConnectivityType"], found["SubnetId"], found["Tags"]) == ("available", "private", subnet, tags)
    [address] = found["NatGatewayAddresses"]
    assert ipaddress.ip_address(address["PrivateIp"]) in ipaddress.ip_network("10.1.0.0/24")
    assert "PublicIp" not in address and "AllocationId" not in address
    [interface] = api.describe_network_interfaces(NetworkInterfaceIds=[address["NetworkInterfaceId"]])["NetworkInterfaces"]
    assert (interface["InterfaceType"], interface["PrivateIpAddress"]) == ("nat_gateway", address["PrivateIp"])
    assert interface["RequesterManaged"] and it["NatGatewayId"] in interface["Description"]
    assert api.describe_subnets(SubnetIds=[subnet])["Subnets"][0]["AvailableIpAddressCount"] == 250
    assert refused(api.delete_subnet, SubnetId=subnet)[0] == "DependencyViolation"
    assert dry(api.delete_nat_gateway, **it)["NatGatewayId"] == it["NatGatewayId"]
    gone = shown(api, it["NatGatewayId"])
    assert gone["State"] == "deleted" and gone["DeleteTime"] >= gone["CreateTime"]
    assert api.describe_network_interfaces()["NetworkInterfaces"] == []
    api.delete_subnet(SubnetId=subnet)


@fact("nat.public", "nat.elastic-ip", "dry-run")
def test_a_public_one_has_an_elastic_ip_address(api, dry, refused):
    vpc, subnet = a_vpc(api, "10.1.0.0/16")
    a_way_out(api, vpc)
    assert refused(api.create_nat_gateway, SubnetId=subnet)[0] == "MissingParameter"
    allocated = dry(api.allocate_address, Domain="vpc")
    allocation = {"AllocationId": allocated["AllocationId"]}
    assert refused(api.create_nat_gateway, **inside(subnet), **allocation)[0] == "InvalidParameterCombination"
    [free] = dry(api.describe_addresses, AllocationIds=list(allocation.values()))["Addresses"]
    assert (free["PublicIp"], free["Domain"], "AssociationId" in free) == (allocated["PublicIp"], "vpc", False)
    gateway = made(api, SubnetId=subnet, **allocation)
    found = shown(api, gateway)
    assert (found["State"], found["ConnectivityType"]) == ("available", "public")
    [address] = found["NatGatewayAddresses"]
    [used] = api.describe_addresses(Filters=[{"Name": "public-ip", "Values": [allocated["PublicIp"]]}])["Addresses"]
    for name, other in (("AllocationId",) * 2, ("AssociationId",) * 2, ("NetworkInterfaceId",) * 2, ("PublicIp",) * 2,
                        ("PrivateIp", "PrivateIpAddress")):
        assert address[name] == used[other]
    assert refused(api.release_address, **allocation) == ("InvalidIPAddress.InUse", 400)
    api.delete_nat_gateway(NatGatewayId=gateway)
    dry(api.release_address, **allocation)
    assert refused(api.release_address, **allocation) == ("InvalidAllocationID.NotFound", 400)
    assert refused(api.describe_addresses, PublicIps=[allocated["PublicIp"]])[0] == "InvalidAddress.NotFound"


@fact("nat.failure")
def test_what_is_missing_makes_one_fail(api):
    (vpc, subnet), (_, bare) = a_vpc(api, "10.1.0.0/16"), a_vpc(api, "10.2.0.0/16")
    a_way_out(api, vpc)
    taken, free = (api.allocate_address()["AllocationId"] for _ in range(2))
    assert shown(api, made(api, SubnetId=subnet, AllocationId=taken))["State"] == "available"
    for asked, code in (
        ({"SubnetId": subnet, "AllocationId": taken}, "Resource.AlreadyAssociated"),
        ({"SubnetId": bare, "AllocationId": free}, "Gateway.NotAttached"),
    ):
        failed = shown(api, made(api, **asked))
        assert (failed["State"], failed["FailureCode"]) == ("failed", code)
        assert failed["FailureMessage"]


@fact("nat.route")
def test_routes_to_one(api, refused):
    (vpc, subnet), (other, _) = a_vpc(api, "10.1.0.0/16"), a_vpc(api, "10.2.0.0/16")
    gateway = made(api, **inside(subnet))
    table = a_table(api, vpc)
    out = {"RouteTableId": table, "DestinationCidrBlock": "0.0.0.0/0", "NatGatewayId": gateway}
    assert refused(api.create_route, **{**out, "RouteTableId": a_table(api, other)})[1] == 400
    nothing = {**out, "NatGatewayId": "nat-0123456789abcdef0"}
    assert refused(api.create_route, **nothing) == ("InvalidNatGatewayID.NotFound", 400)
    api.create_route(**out)

    def route():
        by_target = [{"Name": "route.nat-gateway-id", "Values": [gateway]}]
        [found] = api.describe_route_tables(Filters=by_target)["RouteTables"]
        [row] = [it for it in found["Routes"] if it.get("NatGatewayId") == gateway]
        return row["DestinationCidrBlock"], row["State"]

    assert route() == ("0.0.0.0/0", "active")
    api.delete_nat_gateway(NatGatewayId=gateway)
    assert route() == ("0.0.0.0/0", "blackhole")
    assert refused(api.replace_route, **out)[0] == "InvalidNatGatewayID.NotFound"


@fact("nat.quota")
def test_five_stand_in_a_zone(api, refused):
    vpc, subnet = a_vpc(api, "10.1.0.0/16")
    all = [made(api, **inside(subnet)) for _ in range(5)]
    assert refused(api.create_nat_gateway, **inside(subnet)) == ("NatGatewayLimitExceeded", 400)
    made(api, **inside(a_subnet(api, vpc, "10.1.1.0/24", "use1-az2")))
    api.delete_nat_gateway(NatGatewayId=all[0])
    made(api, **inside(subnet))


@fact("nat.elastic-ip")
def test_five_addresses_in_a_region(client, account, refused):
    who = account()
    api = client("ec2", who)
    for _ in range(5):
        api.allocate_address()
    assert refused(api.allocate_address) == ("AddressLimitExceeded", 400)
    assert len({it["PublicIp"] for it in api.describe_addresses()["Addresses"]}) == 5
    client("ec2", who, "eu-west-1").allocate_address()


@fact("nat.ids", "regional")
def test_ids_that_do_not_exist(client, account, refused):
    owner = account()
    api = client("ec2", owner)
    gateway = made(api, **inside(a_vpc(api, "10.1.0.0/16")[1]))
    for other in (client("ec2", account()), client("ec2", owner, "eu-west-1")):
        assert refused(other.delete_nat_gateway, NatGatewayId=gateway) == ("NatGatewayNotFound", 400)
        assert other.describe_nat_gateways()["NatGateways"] == []
    assert refused(api.describe_nat_gateways, NatGatewayIds=["nat-0123456789abcdef0"])[0] == "NatGatewayNotFound"
    unseen = {"NatGatewayId": "nat-0123456789abcdef0", "DryRun": True}
    assert refused(api.delete_nat_gateway, **unseen) == ("NatGatewayNotFound", 400)
    assert refused(api.describe_nat_gateways, NatGatewayIds=["nat"])[0] == "NatGatewayMalformed"
    assert refused(api.describe_addresses, AllocationIds=["eipalloc-0123456789abcdef0"])[0] == "InvalidAllocationID.NotFound"


@fact("paging.complete")
def test_they_come_page_by_page(api):
    vpc, subnet = a_vpc(api, "10.1.0.0/16")
    second = a_subnet(api, vpc, "10.1.1.0/24", "use1-az2")
    all = {made(api, **inside(where)) for where in [subnet] * 3 + [second] * 3}
    pages = list(api.get_paginator("describe_nat_gateways").paginate(PaginationConfig={"PageSize": 5}))
    assert [len(page["NatGateways"]) for page in pages] == [5, 1]
    assert {row["NatGatewayId"] for page in pages for row in page["NatGateways"]} == all
