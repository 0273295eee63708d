"""Default VPCs, subnets shared with other accounts, and route tables at the edge of a VPC."""

from harness.marks import fact


@fact("vpc.default")
def test_a_default_vpc(client, account, refused):
    """VPC guide, "Default VPCs": /16, a /20 in each zone, an internet gateway and a route to it; one in a Region."""
    api = client("ec2", account())
    vpc = api.create_default_vpc()["Vpc"]
    assert (vpc["IsDefault"], vpc["CidrBlock"]) == (True, "172.31.0.0/16")
    subnets = api.describe_subnets()["Subnets"]
    zones = api.describe_availability_zones()["AvailabilityZones"]
    assert {it["AvailabilityZone"] for it in subnets} == {it["ZoneName"] for it in zones}
    assert all(it["DefaultForAz"] and it["CidrBlock"].endswith("/20") for it in subnets)
    [table] = api.describe_route_tables()["RouteTables"]
    [gateway] = api.describe_internet_gateways()["InternetGateways"]
    assert gateway["InternetGatewayId"] in {route["GatewayId"] for route in table["Routes"]}
    assert refused(api.create_default_vpc)[0] == "DefaultVpcAlreadyExists"


@fact("vpc.shared-subnet")
def test_a_shared_subnet(client, organization, refused):
    """VPC guide, "Share your VPC subnets with other accounts": participants see, and change nothing."""
    it = organization(1)
    owner, [participant] = it.management, it.accounts
    ours, theirs, ram = client("ec2", owner), client("ec2", participant), client("ram", owner)
    vpc = ours.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    subnet = ours.create_subnet(VpcId=vpc, CidrBlock="10.0.0.0/24")["Subnet"]
    other = ours.create_subnet(VpcId=vpc, CidrBlock="10.0.1.0/24")["Subnet"]
    ram.enable_sharing_with_aws_organization()
    ram.create_resource_share(name="net", resourceArns=[subnet["SubnetArn"]], principals=[participant])
    ram.get_resource_shares(resourceOwner="SELF")
    [shown] = theirs.describe_subnets()["Subnets"]
    assert (shown["SubnetId"], shown["OwnerId"]) == (subnet["SubnetId"], owner)
    assert shown["AvailabilityZoneId"] == subnet["AvailabilityZoneId"]
    [shown] = theirs.describe_vpcs()["Vpcs"]
    assert (shown["VpcId"], shown["OwnerId"]) == (vpc, owner)
    assert refused(theirs.describe_subnets, SubnetIds=[other["SubnetId"]])[0] == "InvalidSubnetID.NotFound"
    assert refused(theirs.create_subnet, VpcId=vpc, CidrBlock="10.0.2.0/24") == ("UnauthorizedOperation", 403)
    gateway = theirs.create_transit_gateway()["TransitGateway"]["TransitGatewayId"]
    theirs.describe_vpcs()
    call = theirs.create_transit_gateway_vpc_attachment
    attach = {"TransitGatewayId": gateway, "VpcId": vpc, "SubnetIds": [subnet["SubnetId"]]}
    assert refused(call, **attach)[0] == "UnauthorizedOperation"


@fact("vpc.edge-table")
def test_a_table_at_the_edge(client, account, refused):
    """VPC guide, "Gateway route tables": associated with an internet gateway; routes within the VPC alone."""
    api = client("ec2", account())
    vpc = api.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    gateway = api.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    api.attach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc)
    table = api.create_route_table(VpcId=vpc)["RouteTable"]["RouteTableId"]
    association = api.associate_route_table(RouteTableId=table, GatewayId=gateway)["AssociationId"]
    [shown] = api.describe_route_tables(RouteTableIds=[table])["RouteTables"]
    [row] = shown["Associations"]
    assert (row["GatewayId"], row["Main"], row["RouteTableAssociationId"]) == (gateway, False, association)
    route = {"RouteTableId": table, "DestinationCidrBlock": "0.0.0.0/0", "GatewayId": gateway}
    assert refused(api.create_route, **route)[1] == 400
    api.disassociate_route_table(AssociationId=association)
    api.create_route(**route)
