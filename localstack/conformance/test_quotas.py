"""How many of each there may be: AWS's default quotas."""

# set: transit_gateways_per_region=6

from harness.marks import fact, needs
from harness.network import OFF
import pytest

# The quotas of 5,000 attachments and 10,000 routes are not filled here; their codes are in test_small_quotas.py.
pytestmark = needs("quota")


def too_many(code):
    """The codes of VPC quotas are in EC2's list of error codes; those of transit gateways nobody has written down."""
    return code.endswith("LimitExceeded") and code != "RequestLimitExceeded"


@pytest.fixture
def api(client, account):
    return client("ec2", account())


def fill(most, call, refused):
    """Calls until the quota is full, then once more."""
    for number in range(most):
        call(number)
    return refused(call, most)


@fact("quota.tgw-route-tables", "quota.codes")
def test_twenty_route_tables_on_a_transit_gateway(api, refused):
    gateway = api.create_transit_gateway(Options=OFF)["TransitGateway"]["TransitGatewayId"]
    code, status = fill(20, lambda _: api.create_transit_gateway_route_table(TransitGatewayId=gateway), refused)
    assert too_many(code) and status == 400


@fact("quota.tgws-of-a-vpc", "quota.codes")
def test_a_vpc_is_attached_to_five_transit_gateways(api, refused):
    vpc = api.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    subnet = api.create_subnet(VpcId=vpc, CidrBlock="10.0.0.0/24")["Subnet"]["SubnetId"]
    gateways = [api.create_transit_gateway(Options=OFF)["TransitGateway"]["TransitGatewayId"] for _ in range(6)]
    call = api.create_transit_gateway_vpc_attachment
    code, _ = fill(5, lambda number: call(TransitGatewayId=gateways[number], VpcId=vpc, SubnetIds=[subnet]), refused)
    assert too_many(code)


@fact("quota.vpc-cidrs", "quota.codes")
def test_a_vpc_has_five_ranges(api, refused):
    vpc = api.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    code, _ = fill(4, lambda number: api.associate_vpc_cidr_block(VpcId=vpc, CidrBlock=f"10.{number + 1}.0.0/16"), refused)
    assert code == "CidrLimitExceeded"


@fact("quota.subnets", "quota.codes")
def test_a_vpc_has_200_subnets(api, refused):
    vpc = api.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    code, _ = fill(200, lambda number: api.create_subnet(VpcId=vpc, CidrBlock=f"10.0.{number}.0/24"), refused)
    assert code == "SubnetLimitExceeded"


@fact("quota.vpc-route-tables", "quota.codes")
def test_a_vpc_has_200_route_tables(api, refused):
    vpc = api.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    made = len(api.describe_route_tables(Filters=[{"Name": "vpc-id", "Values": [vpc]}])["RouteTables"])
    code, _ = fill(200 - made, lambda _: api.create_route_table(VpcId=vpc), refused)
    assert code == "RouteTableLimitExceeded"


@fact("quota.routes", "quota.codes")
def test_a_table_has_500_routes_of_each_family(api, refused):
    vpc = api.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    table = api.create_route_table(VpcId=vpc)["RouteTable"]["RouteTableId"]
    gateway = api.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    api.attach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc)

    def route(number):
        destination = f"11.{number // 250}.{number % 250}.0/24"
        return api.create_route(RouteTableId=table, DestinationCidrBlock=destination, GatewayId=gateway)

    # Whether the local route counts as one of them nobody says.
    made = 0
    while made < 499:
        route(made)
        made += 1
    try:
        route(made)
        made += 1
    except api.exceptions.ClientError as error:
        assert error.response["Error"]["Code"] == "RouteLimitExceeded"
    assert refused(route, made) == ("RouteLimitExceeded", 400)
    api.create_route(RouteTableId=table, DestinationIpv6CidrBlock="2001:db8::/64", GatewayId=gateway)
