"""A walk through all of EC2 that the sandbox has: each call first dry, then in earnest, with the answer that is known.

A dry run answers DryRunOperation 412 and changes nothing, so what the next call shows is what the calls in earnest made.
"""

from harness.marks import fact
from harness.network import OFF, WIDEST, accept_invitation

NAMED = [{"Key": "Name", "Value": "walk"}]


def tagged(kind):
    return [{"ResourceType": kind, "Tags": NAMED}]


@fact("dry-run", "vpc.attributes", "vpc.described")
def test_a_vpc_and_what_stands_in_it(client, account, dry, refused):
    api = client("ec2", account())
    vpc = dry(api.create_vpc, CidrBlock="10.1.0.0/16", TagSpecifications=tagged("vpc"))["Vpc"]
    named = {"VpcId": vpc["VpcId"]}
    [shown] = dry(api.describe_vpcs, Filters=[{"Name": "tag:Name", "Values": ["walk"]}])["Vpcs"]
    assert (shown["VpcId"], shown["CidrBlock"], shown["IsDefault"], shown["Tags"]) == (vpc["VpcId"], "10.1.0.0/16", False, NAMED)
    assert [it["CidrBlockState"]["State"] for it in shown["CidrBlockAssociationSet"]] == ["associated"]

    read = dry(api.describe_vpc_attribute, **named, Attribute="enableDnsSupport")
    assert read["EnableDnsSupport"] == {"Value": True}
    assert refused(api.modify_vpc_attribute, **named)[0] in ("InvalidParameterCombination", "MissingParameter", "InvalidParameterValue")
    api.modify_vpc_attribute(**named, EnableDnsHostnames={"Value": True})
    assert api.describe_vpc_attribute(**named, Attribute="enableDnsHostnames")["EnableDnsHostnames"] == {"Value": True}

    more = api.associate_vpc_cidr_block(**named, CidrBlock="100.64.0.0/16")["CidrBlockAssociation"]["AssociationId"]
    first = shown["CidrBlockAssociationSet"][0]["AssociationId"]
    assert refused(api.disassociate_vpc_cidr_block, AssociationId=first) == ("OperationNotPermitted", 400)
    api.disassociate_vpc_cidr_block(AssociationId=more)
    [shown] = api.describe_vpcs(VpcIds=[vpc["VpcId"]])["Vpcs"]
    assert [it["CidrBlock"] for it in shown["CidrBlockAssociationSet"] if it["CidrBlockState"]["State"] == "associated"] == ["10.1.0.0/16"]

    zones = dry(api.describe_availability_zones, Filters=[{"Name": "zone-id", "Values": ["use1-az1"]}])["AvailabilityZones"]
    assert [(it["RegionName"], it["State"]) for it in zones] == [("us-east-1", "available")]
    assert "us-east-1" in {it["RegionName"] for it in dry(api.describe_regions)["Regions"]}
    subnet = dry(api.create_subnet, **named, CidrBlock="10.1.0.0/24", AvailabilityZoneId="use1-az1")["Subnet"]["SubnetId"]
    [shown] = dry(api.describe_subnets, SubnetIds=[subnet])["Subnets"]
    assert (shown["VpcId"], shown["AvailabilityZone"], shown["State"]) == (vpc["VpcId"], zones[0]["ZoneName"], "available")

    gateway = dry(api.create_internet_gateway)["InternetGateway"]["InternetGatewayId"]
    both = {"InternetGatewayId": gateway, **named}
    dry(api.attach_internet_gateway, **both)
    [shown] = dry(api.describe_internet_gateways, InternetGatewayIds=[gateway])["InternetGateways"]
    assert [it["VpcId"] for it in shown["Attachments"]] == [vpc["VpcId"]]

    one, two = (dry(api.create_route_table, **named)["RouteTable"]["RouteTableId"] for _ in range(2))
    association = dry(api.associate_route_table, RouteTableId=one, SubnetId=subnet)["AssociationId"]
    association = dry(api.replace_route_table_association, AssociationId=association, RouteTableId=two)["NewAssociationId"]
    everywhere = {"RouteTableId": two, "DestinationCidrBlock": "0.0.0.0/0", "GatewayId": gateway}
    dry(api.create_route, **everywhere)
    dry(api.replace_route, **everywhere)
    [shown] = dry(api.describe_route_tables, RouteTableIds=[two])["RouteTables"]
    assert [it["SubnetId"] for it in shown["Associations"]] == [subnet]
    assert {(it["DestinationCidrBlock"], it["GatewayId"], it["State"], it["Origin"]) for it in shown["Routes"]} == {
        ("10.1.0.0/16", "local", "active", "CreateRouteTable"), ("0.0.0.0/0", gateway, "active", "CreateRoute")}
    dry(api.delete_route, RouteTableId=two, DestinationCidrBlock="0.0.0.0/0")
    dry(api.disassociate_route_table, AssociationId=association)
    for table in (one, two):
        dry(api.delete_route_table, RouteTableId=table)

    dry(api.create_tags, Resources=[subnet, gateway], Tags=NAMED)
    asked = {"Filters": [{"Name": "resource-id", "Values": [subnet, gateway]}]}
    assert {(it["ResourceType"], it["Key"], it["Value"]) for it in dry(api.describe_tags, **asked)["Tags"]} == {
        ("subnet", "Name", "walk"), ("internet-gateway", "Name", "walk")}
    dry(api.delete_tags, Resources=[subnet, gateway], Tags=[{"Key": "Name"}])
    assert api.describe_tags(**asked)["Tags"] == []

    dry(api.detach_internet_gateway, **both)
    dry(api.delete_internet_gateway, InternetGatewayId=gateway)
    dry(api.delete_subnet, SubnetId=subnet)
    dry(api.delete_vpc, **named)
    assert refused(api.describe_vpcs, VpcIds=[vpc["VpcId"]])[0] == "InvalidVpcID.NotFound"


@fact("dry-run", "tgw.described", "tgw.arn", "attachment.described")
def test_a_transit_gateway_and_what_hangs_on_it(client, account, dry):
    hub, spoke = account(), account()
    at_hub, at_spoke = client("ec2", hub), client("ec2", spoke)
    made = dry(at_hub.create_transit_gateway, Description="walk", Options=OFF, TagSpecifications=tagged("transit-gateway"))
    gateway, arn = made["TransitGateway"]["TransitGatewayId"], made["TransitGateway"]["TransitGatewayArn"]
    assert arn == f"arn:aws:ec2:us-east-1:{hub}:transit-gateway/{gateway}"
    dry(at_hub.modify_transit_gateway, TransitGatewayId=gateway, Description="walked")
    [shown] = dry(at_hub.describe_transit_gateways, TransitGatewayIds=[gateway])["TransitGateways"]
    assert (shown["Description"], shown["State"], shown["Tags"]) == ("walked", "available", NAMED)

    made = dry(at_hub.create_transit_gateway_route_table, TransitGatewayId=gateway)["TransitGatewayRouteTable"]
    table = made["TransitGatewayRouteTableId"]
    [shown] = dry(at_hub.describe_transit_gateway_route_tables, TransitGatewayRouteTableIds=[table])["TransitGatewayRouteTables"]
    assert (shown["TransitGatewayId"], shown["DefaultAssociationRouteTable"]) == (gateway, False)

    client("ram", hub).create_resource_share(name="walk", resourceArns=[arn], principals=[spoke])
    accept_invitation(client, spoke)
    vpc = at_spoke.create_vpc(CidrBlock="10.1.0.0/16")["Vpc"]["VpcId"]
    subnets = [
        at_spoke.create_subnet(VpcId=vpc, CidrBlock=f"10.1.{number}.0/24", AvailabilityZoneId=f"use1-az{number}")["Subnet"]["SubnetId"]
        for number in (1, 2)
    ]
    asked = {"TransitGatewayId": gateway, "VpcId": vpc, "SubnetIds": subnets[:1]}
    unwanted = dry(at_spoke.create_transit_gateway_vpc_attachment, **asked)["TransitGatewayVpcAttachment"]
    dry(at_hub.reject_transit_gateway_vpc_attachment, TransitGatewayAttachmentId=unwanted["TransitGatewayAttachmentId"])
    made = at_spoke.create_transit_gateway_vpc_attachment(**asked, TagSpecifications=tagged("transit-gateway-attachment"))
    attachment = made["TransitGatewayVpcAttachment"]["TransitGatewayAttachmentId"]
    named = {"TransitGatewayAttachmentId": attachment}
    dry(at_hub.accept_transit_gateway_vpc_attachment, **named)
    dry(at_spoke.modify_transit_gateway_vpc_attachment, **named, AddSubnetIds=subnets[1:])
    only = {"TransitGatewayAttachmentIds": [attachment]}
    [shown] = dry(at_spoke.describe_transit_gateway_vpc_attachments, **only)["TransitGatewayVpcAttachments"]
    assert (set(shown["SubnetIds"]), shown["State"], shown["Tags"]) == (set(subnets), "available", NAMED)
    [shown] = dry(at_hub.describe_transit_gateway_attachments, **only)["TransitGatewayAttachments"]
    assert (shown["ResourceOwnerId"], shown["TransitGatewayOwnerId"]) == (spoke, hub)

    both, of_table = {"TransitGatewayRouteTableId": table, **named}, {"TransitGatewayRouteTableId": table}
    dry(at_hub.associate_transit_gateway_route_table, **both)
    dry(at_hub.enable_transit_gateway_route_table_propagation, **both)
    [row] = dry(at_hub.get_transit_gateway_route_table_associations, **of_table)["Associations"]
    assert (row["ResourceId"], row["ResourceType"], row["State"]) == (vpc, "vpc", "associated")
    [row] = dry(at_hub.get_transit_gateway_route_table_propagations, **of_table)["TransitGatewayRouteTablePropagations"]
    assert (row["ResourceId"], row["State"]) == (vpc, "enabled")
    [row] = dry(at_hub.get_transit_gateway_attachment_propagations, **named)["TransitGatewayAttachmentPropagations"]
    assert row["TransitGatewayRouteTableId"] == table
    route = {**of_table, "DestinationCidrBlock": "10.9.0.0/16"}
    dry(at_hub.create_transit_gateway_route, **route, Blackhole=True)
    dry(at_hub.replace_transit_gateway_route, **route, **named)
    found = dry(at_hub.search_transit_gateway_routes, **of_table, Filters=WIDEST)["Routes"]
    assert {(it["DestinationCidrBlock"], it["Type"], it["State"]) for it in found} == {
        ("10.9.0.0/16", "static", "active"), ("10.1.0.0/16", "propagated", "active")}
    dry(at_hub.delete_transit_gateway_route, **route)
    dry(at_hub.disable_transit_gateway_route_table_propagation, **both)
    dry(at_hub.disassociate_transit_gateway_route_table, **both)
    dry(at_hub.delete_transit_gateway_route_table, **of_table)
    dry(at_spoke.delete_transit_gateway_vpc_attachment, **named)
    at_hub.describe_transit_gateways()
    dry(at_hub.delete_transit_gateway, TransitGatewayId=gateway)


@fact("dry-run")
def test_a_dry_run_of_many_makes_nothing(network, refused):
    it = network()
    attachment = it.accepted()
    for call, asked in (
        (it.at_hub.associate_transit_gateway_route_table, it.both(attachment)),
        (it.at_hub.enable_transit_gateway_route_table_propagation, it.both(attachment)),
        (it.at_hub.create_transit_gateway_route, {**it.route("10.9.0.0/16"), "Blackhole": True}),
        (it.at_hub.delete_transit_gateway_vpc_attachment, {"TransitGatewayAttachmentId": attachment}),
        (it.at_spoke.create_tags, {"Resources": [attachment], "Tags": NAMED}),
    ):
        assert refused(call, **asked, DryRun=True) == ("DryRunOperation", 412)
    assert (it.association(), it.propagations(), it.found()) == ({}, {}, [])
    [shown] = it.at_spoke.describe_transit_gateway_vpc_attachments()["TransitGatewayVpcAttachments"]
    assert (shown["State"], shown["Tags"]) == ("available", [])
