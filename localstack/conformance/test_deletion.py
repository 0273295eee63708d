"""In which order things go, what goes with them, and what stays behind."""

from harness.marks import fact
from harness.network import a_vpc


@fact("deletion.vpc-routes-turn-blackhole")
def test_a_vpcs_routes_stay_as_blackholes(network):
    it = network()
    attachment = it.accepted()
    table = it.at_spoke.create_route_table(VpcId=it.vpc)["RouteTable"]["RouteTableId"]
    it.at_spoke.create_route(RouteTableId=table, DestinationCidrBlock="10.0.0.0/8", TransitGatewayId=it.gateway)
    it.at_spoke.delete_transit_gateway_vpc_attachment(TransitGatewayAttachmentId=attachment)
    [found] = it.at_spoke.describe_route_tables(RouteTableIds=[table])["RouteTables"]
    assert [(each["DestinationCidrBlock"], each["State"]) for each in found["Routes"] if each.get("TransitGatewayId")] == [
        ("10.0.0.0/8", "blackhole")]


@fact("deletion.static-routes-stay", "deletion.attachment-takes-its-routing")
def test_an_attachment_takes_its_association_and_leaves_its_static_routes(network):
    it = network()
    attachment = it.accepted()
    it.at_hub.associate_transit_gateway_route_table(**it.both(attachment))
    it.at_hub.enable_transit_gateway_route_table_propagation(**it.both(attachment))
    it.at_hub.create_transit_gateway_route(**it.route("10.9.0.0/16"), TransitGatewayAttachmentId=attachment)
    it.at_hub.delete_transit_gateway_vpc_attachment(TransitGatewayAttachmentId=attachment)
    it.at_hub.describe_transit_gateways()
    assert (it.association(), it.propagations()) == ({}, {})
    asked = {"TransitGatewayRouteTableId": it.table, "Filters": [{"Name": "state", "Values": ["active", "blackhole"]}]}
    [route] = it.at_hub.search_transit_gateway_routes(**asked)["Routes"]
    assert (route["DestinationCidrBlock"], route["State"], route["Type"]) == ("10.9.0.0/16", "blackhole", "static")
    assert not route.get("TransitGatewayAttachments")


@fact("deletion.routes-do-not-hold-a-table")
def test_a_table_with_routes_and_propagations_goes(network):
    it = network()
    attachment = it.accepted()
    it.at_hub.enable_transit_gateway_route_table_propagation(**it.both(attachment))
    it.at_hub.create_transit_gateway_route(**it.route("10.9.0.0/16"), Blackhole=True)
    it.at_hub.delete_transit_gateway_route_table(TransitGatewayRouteTableId=it.table)


@fact("deletion.default-table-is-held", "deletion.default-table-goes-with-the-tgw")
def test_a_default_table_goes_with_its_transit_gateway_alone(client, account, refused):
    api = client("ec2", account())
    made = api.create_transit_gateway()["TransitGateway"]
    table = made["Options"]["AssociationDefaultRouteTableId"]
    assert refused(api.delete_transit_gateway_route_table, TransitGatewayRouteTableId=table)[0] == "IncorrectState"
    api.delete_transit_gateway(TransitGatewayId=made["TransitGatewayId"])
    api.describe_transit_gateways()
    left = api.describe_transit_gateway_route_tables()["TransitGatewayRouteTables"]
    assert [each["State"] for each in left] in ([], ["deleted"])


@fact("deletion.vpc-is-held")
def test_a_vpc_waits_for_its_attachment(network, refused):
    it = network()
    attachment = it.accepted()
    assert refused(it.at_spoke.delete_subnet, SubnetId=it.subnet)[0] == "DependencyViolation"
    assert refused(it.at_spoke.delete_vpc, VpcId=it.vpc)[0] == "DependencyViolation"
    it.at_spoke.delete_transit_gateway_vpc_attachment(TransitGatewayAttachmentId=attachment)
    it.at_spoke.describe_vpcs()
    it.at_spoke.delete_subnet(SubnetId=it.subnet)
    it.at_spoke.delete_vpc(VpcId=it.vpc)
    assert refused(it.at_spoke.describe_vpcs, VpcIds=[it.vpc])[0] == "InvalidVpcID.NotFound"


@fact("deletion.main-table-never")
def test_a_main_table_is_never_deleted_by_itself(client, account, refused):
    api = client("ec2", account())
    vpc, _ = a_vpc(api, "10.1.0.0/16")
    [main] = api.describe_route_tables(Filters=[{"Name": "vpc-id", "Values": [vpc]}])["RouteTables"]
    assert refused(api.delete_route_table, RouteTableId=main["RouteTableId"])[0] == "DependencyViolation"
    association = main["Associations"][0]["RouteTableAssociationId"]
    assert refused(api.disassociate_route_table, AssociationId=association)[0] == "InvalidParameterValue"


@fact("deletion.internet-gateway-is-detached-first")
def test_an_internet_gateway_is_detached_first(client, account, refused):
    api = client("ec2", account())
    vpc, _ = a_vpc(api, "10.1.0.0/16")
    gateway = api.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    both = {"InternetGatewayId": gateway, "VpcId": vpc}
    assert refused(api.detach_internet_gateway, **both)[0] == "Gateway.NotAttached"
    api.attach_internet_gateway(**both)
    [shown] = api.describe_internet_gateways(InternetGatewayIds=[gateway])["InternetGateways"]
    assert shown["Attachments"] == [{"State": "available", "VpcId": vpc}]
    assert refused(api.delete_internet_gateway, InternetGatewayId=gateway)[0] == "DependencyViolation"
    assert refused(api.attach_internet_gateway, **both)[0] == "Resource.AlreadyAssociated"
    api.detach_internet_gateway(**both)
    api.delete_internet_gateway(InternetGatewayId=gateway)


@fact("deletion.share-first-or-later")
def test_a_shared_transit_gateway_goes_while_it_is_shared(network):
    it = network()
    it.at_hub.delete_transit_gateway(TransitGatewayId=it.gateway)
    it.at_hub.describe_transit_gateways()
    [shown] = it.at_hub.describe_transit_gateways()["TransitGateways"]
    assert shown["State"] == "deleted"
    assert it.at_spoke.describe_transit_gateways(Filters=[{"Name": "state", "Values": ["available"]}])["TransitGateways"] == []


@fact("revived-blackholes")
def test_whether_a_blackhole_works_again(network, settled):
    it = network()
    attachment = it.accepted()
    table = it.at_spoke.create_route_table(VpcId=it.vpc)["RouteTable"]["RouteTableId"]
    it.at_spoke.create_route(RouteTableId=table, DestinationCidrBlock="10.0.0.0/8", TransitGatewayId=it.gateway)
    it.at_spoke.delete_transit_gateway_vpc_attachment(TransitGatewayAttachmentId=attachment)
    it.at_spoke.describe_vpcs()
    it.accepted()
    [found] = it.at_spoke.describe_route_tables(RouteTableIds=[table])["RouteTables"]
    [state] = [each["State"] for each in found["Routes"] if each.get("TransitGatewayId")]
    settled("revived-blackholes", state)
