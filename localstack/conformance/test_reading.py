"""Reading: pages, filters, searches of routes, and fields that lag."""

from harness.marks import fact, needs
from harness.network import WIDEST, a_vpc
import pytest

TGW_LISTS = [
    ("describe_transit_gateways", {}),
    ("describe_transit_gateway_attachments", {}),
    ("describe_transit_gateway_vpc_attachments", {}),
    ("describe_transit_gateway_route_tables", {}),
]


@fact("paging.tgw-lists")
@pytest.mark.parametrize("call, asked", TGW_LISTS, ids=[name for name, _ in TGW_LISTS])
def test_pages_of_transit_gateway_lists_hold_5_to_1000(client, account, refused, call, asked):
    api = client("ec2", account())
    for wrong in (4, 1001, 0, -1):
        assert refused(getattr(api, call), **asked, MaxResults=wrong)[0] == "InvalidParameterValue"
    for right in (5, 1000):
        getattr(api, call)(**asked, MaxResults=right)


@fact("paging.ec2-bad-token")
@pytest.mark.parametrize("call", ["describe_vpcs", "describe_subnets", "describe_transit_gateways", "describe_tags"])
def test_a_token_that_nobody_gave(client, account, refused, call):
    code = refused(getattr(client("ec2", account()), call), MaxResults=5, NextToken="nonsense")[0]
    assert code in ("InvalidNextToken", "InvalidPaginationToken", "InvalidParameterValue")


@fact("paging.complete")
def test_pages_of_a_tables_routes_and_associations(network):
    it = network()
    for number in range(7):
        it.at_hub.create_transit_gateway_route(**it.route(f"10.{number}.0.0/16"), Blackhole=True)
    call, pages, token = it.at_hub.search_transit_gateway_routes, [], {}
    while True:
        page = call(TransitGatewayRouteTableId=it.table, Filters=WIDEST, MaxResults=5, **token)
        pages.append([each["DestinationCidrBlock"] for each in page["Routes"]])
        assert page["AdditionalRoutesAvailable"] is (len(pages) == 1)
        if not page.get("NextToken"):
            break
        token = {"NextToken": page["NextToken"]}
    if len(pages) == 2:
        assert sorted(sum(pages, [])) == [f"10.{number}.0.0/16" for number in range(7)]


@fact("search-tokens", "search.additional-available")
def test_whether_a_search_gives_a_token(network, settled):
    it = network()
    for number in range(6):
        it.at_hub.create_transit_gateway_route(**it.route(f"10.{number}.0.0/16"), Blackhole=True)
    page = it.at_hub.search_transit_gateway_routes(TransitGatewayRouteTableId=it.table, Filters=WIDEST, MaxResults=5)
    assert page["AdditionalRoutesAvailable"] is True
    settled("search-tokens", "a token" if page.get("NextToken") else "none")


@fact("search.filters-required", "search.unknown-filter", "paging.search")
def test_a_search_needs_filters_that_there_are(network, refused):
    it = network()
    call, table = it.at_hub.search_transit_gateway_routes, {"TransitGatewayRouteTableId": it.table}
    assert refused(call, **table)[0] == "MissingParameter"
    assert refused(call, **table, Filters=[{"Name": "colour", "Values": ["red"]}])[0] == "InvalidParameterValue"
    assert refused(call, **table, Filters=WIDEST, MaxResults=4)[0] == "InvalidParameterValue"
    assert refused(call, **table, Filters=WIDEST, MaxResults=1001)[0] == "InvalidParameterValue"


@fact("search.matches", "search.value-forms", "search.filters")
def test_what_a_search_finds(network):
    it = network()
    attachment = it.accepted()
    it.at_hub.enable_transit_gateway_route_table_propagation(**it.both(attachment))
    it.at_hub.create_transit_gateway_route(**it.route("10.0.0.0/8"), Blackhole=True)
    it.at_hub.create_transit_gateway_route(**it.route("10.1.2.0/24"), TransitGatewayAttachmentId=attachment)
    assert it.found(("route-search.exact-match", "10.1.0.0/16")) == ["10.1.0.0/16"]
    assert it.found(("route-search.longest-prefix-match", "10.1.2.3")) == ["10.1.2.0/24"]
    assert it.found(("route-search.longest-prefix-match", "10.1.3.3")) == ["10.1.0.0/16"]
    assert it.found(("route-search.longest-prefix-match", "10.1.2.0/24")) == []
    assert sorted(it.found(("route-search.subnet-of-match", "10.1.0.0/16"))) == ["10.1.0.0/16", "10.1.2.0/24"]
    assert sorted(it.found(("route-search.supernet-of-match", "10.1.0.0/16"))) == ["10.0.0.0/8", "10.1.0.0/16"]
    assert it.found(("type", "propagated")) == ["10.1.0.0/16"]
    assert it.found(("state", "blackhole")) == ["10.0.0.0/8"]
    for name, value in (("attachment.transit-gateway-attachment-id", attachment), ("attachment.resource-id", it.vpc),
                        ("attachment.resource-type", "vpc")):
        assert sorted(it.found((name, value))) == ["10.1.0.0/16", "10.1.2.0/24"]
    assert it.found(("type", "static"), ("state", "active")) == ["10.1.2.0/24"]


@fact("routes.propagated-shape")
def test_what_a_route_says_of_its_attachment(network):
    it = network()
    attachment = it.accepted()
    it.at_hub.enable_transit_gateway_route_table_propagation(**it.both(attachment))
    [route] = it.at_hub.search_transit_gateway_routes(TransitGatewayRouteTableId=it.table, Filters=WIDEST)["Routes"]
    assert route["TransitGatewayAttachments"] == [
        {"ResourceId": it.vpc, "TransitGatewayAttachmentId": attachment, "ResourceType": "vpc"}]


@fact("overlap", "routes.equal-range")
def test_a_range_that_another_has_stays_out(network, settled):
    it = network()
    first = it.accepted()
    it.at_hub.enable_transit_gateway_route_table_propagation(**it.both(first))
    wanted = {}
    for cidr in ("10.1.0.0/16", "10.1.0.0/20"):
        vpc = it.at_hub.create_vpc(CidrBlock=cidr)["Vpc"]["VpcId"]
        subnet = it.at_hub.create_subnet(VpcId=vpc, CidrBlock="10.1.0.0/24", AvailabilityZoneId="use1-az1")["Subnet"]["SubnetId"]
        made = it.at_hub.create_transit_gateway_vpc_attachment(TransitGatewayId=it.gateway, VpcId=vpc, SubnetIds=[subnet])
        wanted[cidr] = made["TransitGatewayVpcAttachment"]["TransitGatewayAttachmentId"]
        it.at_hub.describe_transit_gateways()
        it.at_hub.enable_transit_gateway_route_table_propagation(**it.both(wanted[cidr]))
    routes = it.at_hub.search_transit_gateway_routes(TransitGatewayRouteTableId=it.table, Filters=WIDEST)["Routes"]
    leads = {each["DestinationCidrBlock"]: each["TransitGatewayAttachments"][0]["TransitGatewayAttachmentId"] for each in routes}
    assert leads["10.1.0.0/16"] == first
    settled("overlap", "comes in" if "10.1.0.0/20" in leads else "stays out")


ATTACHMENT_FILTERS = {
    "association.state": "associated",
    "association.transit-gateway-route-table-id": "table",
    "resource-id": "vpc",
    "resource-owner-id": "spoke",
    "resource-type": "vpc",
    "state": "available",
    "transit-gateway-attachment-id": "attachment",
    "transit-gateway-id": "gateway",
    "transit-gateway-owner-id": "hub",
}


@fact("filters.attachments", "filters.unknown-refused")
def test_the_filters_of_attachments(network, refused):
    it = network()
    it.attachment = it.accepted()
    it.at_hub.associate_transit_gateway_route_table(**it.both(it.attachment))
    it.at_hub.describe_transit_gateways()
    call = it.at_hub.describe_transit_gateway_attachments

    def found(name, value):
        return [each["TransitGatewayAttachmentId"] for each in call(Filters=[{"Name": name, "Values": [value]}])["TransitGatewayAttachments"]]

    [shown] = call()["TransitGatewayAttachments"]
    for name, value in ATTACHMENT_FILTERS.items():
        if name.startswith("association.") and "Association" not in shown:
            continue  # the field lags, and the filters with it
        literal = name in ("association.state", "resource-type", "state")
        assert found(name, value if literal else getattr(it, value)) == [it.attachment], name
        assert found(name, "nothing-of-that-kind") == [], name
    assert refused(found, "colour", "red")[0] == "InvalidParameterValue"


@fact("filters.vpc-attachments", "filters.unknown-refused")
def test_the_filters_of_vpc_attachments(network, refused):
    it = network()
    attachment = it.accepted()

    def found(name, value):
        asked = [{"Name": name, "Values": [value]}]
        rows = it.at_hub.describe_transit_gateway_vpc_attachments(Filters=asked)["TransitGatewayVpcAttachments"]
        return [each["TransitGatewayAttachmentId"] for each in rows]

    for name, value in (("state", "available"), ("transit-gateway-attachment-id", attachment),
                        ("transit-gateway-id", it.gateway), ("vpc-id", it.vpc)):
        assert found(name, value) == [attachment], name
        assert found(name, "nothing-of-that-kind") == [], name
    assert refused(found, "colour", "red")[0] == "InvalidParameterValue"


UNFILTERED = ["describe_vpcs", "describe_subnets", "describe_route_tables", "describe_internet_gateways", "describe_tags",
              "describe_transit_gateways", "describe_transit_gateway_route_tables", "describe_availability_zones"]


@fact("filters.unknown-refused")
@pytest.mark.parametrize("call", UNFILTERED)
def test_a_filter_that_there_is_not(client, account, refused, call):
    api = client("ec2", account())
    assert refused(getattr(api, call), Filters=[{"Name": "colour", "Values": ["red"]}])[0] == "InvalidParameterValue"


@fact("route-tables.explicit-associations")
def test_a_table_lists_explicit_associations_and_main(client, account):
    api = client("ec2", account())
    vpc, subnet = a_vpc(api, "10.1.0.0/16")

    def listed():
        tables = api.describe_route_tables(Filters=[{"Name": "vpc-id", "Values": [vpc]}])["RouteTables"]
        return sorted((each["Main"], each.get("SubnetId", "")) for table in tables for each in table["Associations"])

    assert listed() == [(True, "")]
    table = api.create_route_table(VpcId=vpc)["RouteTable"]["RouteTableId"]
    api.associate_route_table(RouteTableId=table, SubnetId=subnet)
    assert listed() == [(False, subnet), (True, "")]


@fact("paging.ram")
def test_pages_of_shares_hold_1_to_500(client, account, refused):
    ram = client("ram", account())
    made = {ram.create_resource_share(name=f"s{number}")["resourceShare"]["resourceShareArn"] for number in range(3)}
    first = ram.get_resource_shares(resourceOwner="SELF", maxResults=2)
    second = ram.get_resource_shares(resourceOwner="SELF", maxResults=2, nextToken=first["nextToken"])
    assert {it["resourceShareArn"] for it in first["resourceShares"] + second["resourceShares"]} == made
    assert "nextToken" not in second
    for wrong in (0, 501):
        assert refused(ram.get_resource_shares, resourceOwner="SELF", maxResults=wrong)[1] == 400


@fact("paging.with-ids")
@needs("quota")
def test_ids_and_pages_do_not_go_together(client, account, refused):
    api = client("ec2", account())
    vpc, subnet = a_vpc(api, "10.1.0.0/16")
    for call, named in ((api.describe_vpcs, {"VpcIds": [vpc]}), (api.describe_subnets, {"SubnetIds": [subnet]})):
        assert refused(call, **named, MaxResults=5)[0] == "InvalidParameterCombination"
