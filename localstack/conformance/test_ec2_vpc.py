"""VPCs, subnets, route tables and routes."""

from harness.marks import fact, needs


def a_vpc(api, cidr="10.0.0.0/16", **more):
    return api.create_vpc(CidrBlock=cidr, **more)["Vpc"]["VpcId"]


@fact("vpc.main-table")
def test_a_vpc_has_a_main_table_with_its_local_routes(client, account):
    """VPC User Guide, "Configure route tables": the main route table, and a local route for each CIDR block."""
    api = client("ec2", account())
    vpc = a_vpc(api)
    association = api.associate_vpc_cidr_block(VpcId=vpc, CidrBlock="100.64.0.0/16")["CidrBlockAssociation"]
    assert association["CidrBlock"] == "100.64.0.0/16"
    [table] = api.describe_route_tables(Filters=[{"Name": "vpc-id", "Values": [vpc]}])["RouteTables"]
    assert [it["Main"] for it in table["Associations"]] == [True]
    assert {it["DestinationCidrBlock"] for it in table["Routes"]} == {"10.0.0.0/16", "100.64.0.0/16"}
    assert all(it["GatewayId"] == "local" and it["State"] == "active" for it in table["Routes"])


@fact("error.ids")
def test_ids_that_do_not_exist(client, account, refused):
    """EC2 API Reference, "Error codes": Invalid...ID.NotFound and .Malformed."""
    api = client("ec2", account())
    code = "InvalidVpcID.NotFound", 400
    assert refused(api.describe_vpcs, VpcIds=["vpc-0123456789abcdef0"]) == code
    assert refused(api.describe_vpcs, VpcIds=["vpc"])[0] == "InvalidVpcID.Malformed"
    assert refused(api.describe_subnets, SubnetIds=["subnet-0123456789abcdef0"])[0] == "InvalidSubnetID.NotFound"
    assert refused(api.describe_route_tables, RouteTableIds=["rtb-0123456789abcdef0"])[0] == "InvalidRouteTableID.NotFound"


@fact("regional")
def test_what_belongs_to_others_is_not_found(client, account, refused):
    """EC2 User Guide, "Resources by Region": a VPC is its account's and its Region's."""
    owner = account()
    vpc = a_vpc(client("ec2", owner))
    assert refused(client("ec2", account()).delete_vpc, VpcId=vpc)[0] == "InvalidVpcID.NotFound"
    assert refused(client("ec2", owner, "eu-west-1").delete_vpc, VpcId=vpc)[0] == "InvalidVpcID.NotFound"


@fact("zones.names-differ")
@needs("accounts")
def test_zone_names_are_each_accounts_own_and_zone_ids_are_everybodys(client, account):
    """AWS RAM User Guide, "Availability Zone IDs for your AWS resources"."""
    def zones(who):
        found = client("ec2", who).describe_availability_zones()["AvailabilityZones"]
        return {it["ZoneName"]: it["ZoneId"] for it in found}

    several = [zones(account()) for _ in range(5)]
    assert len({tuple(sorted(it.values())) for it in several}) == 1
    assert len({tuple(it[name] for name in sorted(it)) for it in several}) > 1


@fact("vpc.subnet-ranges")
def test_a_subnet_has_zone_and_free_addresses(client, account, refused):
    """VPC User Guide, "Subnet CIDR blocks": the first four and the last address are AWS's; /16 to /28."""
    api = client("ec2", account())
    vpc = a_vpc(api)
    subnet = api.create_subnet(VpcId=vpc, CidrBlock="10.0.0.0/24", AvailabilityZoneId="use1-az1")["Subnet"]
    assert (subnet["AvailabilityZoneId"], subnet["AvailableIpAddressCount"]) == ("use1-az1", 251)
    assert refused(api.create_subnet, VpcId=vpc, CidrBlock="10.0.0.0/25")[0] == "InvalidSubnet.Conflict"
    assert refused(api.create_subnet, VpcId=vpc, CidrBlock="10.9.0.0/24")[0] == "InvalidSubnet.Range"


@fact("deletion.vpc-is-held")
def test_dependencies_come_first(client, account, refused):
    """VPC User Guide, "Delete your VPC"; EC2 API error codes, DependencyViolation."""
    api = client("ec2", account())
    vpc = a_vpc(api)
    subnet = api.create_subnet(VpcId=vpc, CidrBlock="10.0.0.0/24")["Subnet"]["SubnetId"]
    assert refused(api.delete_vpc, VpcId=vpc) == ("DependencyViolation", 400)
    api.delete_subnet(SubnetId=subnet)
    api.delete_vpc(VpcId=vpc)


@fact("filters.and-or", "filters.unknown-refused")
def test_filters(client, account, refused):
    """EC2 User Guide, "List and filter using the CLI and API": and, or, wildcards; unknown filters are refused."""
    api = client("ec2", account())
    tags = [{"ResourceType": "vpc", "Tags": [{"Key": "env", "Value": "prod-eu"}]}]
    wanted = a_vpc(api, TagSpecifications=tags)
    a_vpc(api, "10.1.0.0/16")

    def found(*filters):
        asked = [{"Name": name, "Values": list(values)} for name, *values in filters]
        return [it["VpcId"] for it in api.describe_vpcs(Filters=asked)["Vpcs"]]

    assert found(("tag:env", "prod-*")) == [wanted]
    assert found(("tag-key", "env"), ("cidr", "10.9.0.0/16", "10.0.0.0/16")) == [wanted]
    assert found(("tag:env", "prod-??"), ("cidr", "10.1.0.0/16")) == []
    assert refused(found, ("colour", "red"))[0] == "InvalidParameterValue"


@fact("dry-run")
def test_dry_run(client, account, refused):
    """EC2 API Reference, "Common query parameters", DryRun: DryRunOperation, and nothing is made."""
    api = client("ec2", account())
    assert refused(api.create_vpc, CidrBlock="10.0.0.0/16", DryRun=True) == ("DryRunOperation", 412)
    assert api.describe_vpcs()["Vpcs"] == []


@fact("tags.limits")
@needs("own-tags")
def test_tags(client, account, refused):
    """EC2 User Guide, "Tag your Amazon EC2 resources": 50 tags, no key that starts with aws:, type on creation."""
    api = client("ec2", account())
    vpc = a_vpc(api)
    api.create_tags(Resources=[vpc], Tags=[{"Key": f"k{number}", "Value": "v"} for number in range(50)])
    assert refused(api.create_tags, Resources=[vpc], Tags=[{"Key": "more", "Value": ""}])[0] == "TagLimitExceeded"
    assert refused(api.create_tags, Resources=[vpc], Tags=[{"Key": "aws:x", "Value": ""}])[0] == "InvalidParameterValue"
    wrong = [{"ResourceType": "subnet", "Tags": [{"Key": "a", "Value": "b"}]}]
    assert refused(api.create_vpc, CidrBlock="10.0.0.0/16", TagSpecifications=wrong)[0] == "InvalidParameterValue"
    api.delete_tags(Resources=[vpc], Tags=[{"Key": "k1"}, {"Key": "k2", "Value": "other"}])
    keys = {it["Key"] for it in api.describe_tags(Filters=[{"Name": "resource-id", "Values": [vpc]}])["Tags"]}
    assert "k1" not in keys and "k2" in keys


@fact(
    "vpc-route.normalised", "error.vpc-route.exists", "error.vpc-route.replace-absent", "error.vpc-route.delete-absent", "error.vpc-route.local")
def test_internet_gateway_routes(client, account, refused):
    """EC2 API Reference, CreateRoute: destinations are normalised ("100.68.0.18/18" becomes "100.68.0.0/18")."""
    api = client("ec2", account())
    vpc = a_vpc(api)
    table = api.create_route_table(VpcId=vpc)["RouteTable"]["RouteTableId"]
    gateway = api.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    api.attach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc)
    api.create_route(RouteTableId=table, DestinationCidrBlock="100.68.0.18/18", GatewayId=gateway)
    [found] = api.describe_route_tables(RouteTableIds=[table])["RouteTables"]
    assert "100.68.0.0/18" in {it["DestinationCidrBlock"] for it in found["Routes"]}
    again = {"RouteTableId": table, "DestinationCidrBlock": "100.68.0.0/18", "GatewayId": gateway}
    assert refused(api.create_route, **again)[0] == "RouteAlreadyExists"
    absent = {"RouteTableId": table, "DestinationCidrBlock": "0.0.0.0/0"}
    assert refused(api.replace_route, **absent, GatewayId=gateway)[0] == "InvalidParameterValue"
    assert refused(api.delete_route, **absent)[0] == "InvalidRoute.NotFound"
    local = {"RouteTableId": table, "DestinationCidrBlock": "10.0.0.0/16"}
    assert refused(api.delete_route, **local)[0] == "InvalidParameterValue"


@fact("deletion.vpc-table-is-held")
def test_associations_of_route_tables(client, account, refused):
    """EC2 API Reference, AssociateRouteTable; the main table has no explicit association."""
    api = client("ec2", account())
    vpc = a_vpc(api)
    subnet = api.create_subnet(VpcId=vpc, CidrBlock="10.0.0.0/24")["Subnet"]["SubnetId"]
    one, two = (api.create_route_table(VpcId=vpc)["RouteTable"]["RouteTableId"] for _ in range(2))
    association = api.associate_route_table(RouteTableId=one, SubnetId=subnet)["AssociationId"]
    assert refused(api.associate_route_table, RouteTableId=two, SubnetId=subnet)[0] == "Resource.AlreadyAssociated"
    assert refused(api.delete_route_table, RouteTableId=one)[0] == "DependencyViolation"
    api.disassociate_route_table(AssociationId=association)
    api.delete_route_table(RouteTableId=one)


@fact("vpc.subnet-ipv6")
def test_a_subnet_gets_an_ipv6_range_and_gives_it_back(client, account, refused):
    """EC2 API Reference, AssociateSubnetCidrBlock: a /64 of the VPC's."""
    api = client("ec2", account())
    vpc = api.create_vpc(CidrBlock="10.0.0.0/16", AmazonProvidedIpv6CidrBlock=True)["Vpc"]["VpcId"]
    [shown] = api.describe_vpcs(VpcIds=[vpc])["Vpcs"]
    range_of_vpc = shown["Ipv6CidrBlockAssociationSet"][0]["Ipv6CidrBlock"]
    subnet = api.create_subnet(VpcId=vpc, CidrBlock="10.0.0.0/24")["Subnet"]["SubnetId"]
    call = api.associate_subnet_cidr_block
    assert refused(call, SubnetId=subnet, Ipv6CidrBlock="2001:db8::/64")[0] == "InvalidSubnet.Range"
    made = call(SubnetId=subnet, Ipv6CidrBlock=range_of_vpc.replace("/56", "/64"))["Ipv6CidrBlockAssociation"]

    def associations():
        [shown] = api.describe_subnets(SubnetIds=[subnet])["Subnets"]
        return [(it["AssociationId"], it["Ipv6CidrBlockState"]["State"]) for it in shown["Ipv6CidrBlockAssociationSet"]]

    assert associations() == [(made["AssociationId"], "associated")]
    api.disassociate_subnet_cidr_block(AssociationId=made["AssociationId"])
    assert associations() in ([], [(made["AssociationId"], "disassociated")])


@fact("filters.size")
def test_filters_are_not_endless(client, account, refused):
    """EC2 User Guide, "List and filter using the CLI and API": 50 filters, 200 values of each, 255 characters."""
    api = client("ec2", account())

    def code(*filters):
        return refused(api.describe_vpcs, Filters=list(filters))[0]

    one = {"Name": "vpc-id", "Values": ["vpc-0"]}
    api.describe_vpcs(Filters=[one] * 50)
    assert code(*[one] * 51) == "FilterLimitExceeded"
    api.describe_vpcs(Filters=[{**one, "Values": [f"vpc-{number}" for number in range(200)]}])
    assert code({**one, "Values": [f"vpc-{number}" for number in range(201)]}) == "FilterLimitExceeded"
    assert code({**one, "Values": ["v" * 256]}) == "InvalidParameterValue"


@fact("vpc.cidr-company")
def test_which_ranges_stand_in_one_vpc(client, account, refused):
    """VPC User Guide, "VPC CIDR blocks": the table of IPv4 CIDR block association restrictions."""
    api = client("ec2", account())
    vpc = a_vpc(api)
    for restricted in ("172.16.0.0/16", "192.168.0.0/24", "198.19.0.0/20"):
        assert refused(api.associate_vpc_cidr_block, VpcId=vpc, CidrBlock=restricted) == ("InvalidVpc.Range", 400)
    for permitted in ("10.5.0.0/16", "100.64.0.0/16", "3.3.0.0/16"):
        api.associate_vpc_cidr_block(VpcId=vpc, CidrBlock=permitted)


@fact("vpc.cidr-and-routes")
def test_a_range_comes_not_between_a_route_and_its_target(client, account, refused):
    """VPC User Guide, "VPC CIDR blocks": the CIDR block must not be the same or larger than a route's destination."""
    api = client("ec2", account())
    vpc = a_vpc(api)
    gateway = api.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    api.attach_internet_gateway(VpcId=vpc, InternetGatewayId=gateway)
    table = api.create_route_table(VpcId=vpc)["RouteTable"]["RouteTableId"]
    api.create_route(RouteTableId=table, DestinationCidrBlock="10.2.0.0/20", GatewayId=gateway)
    for taken in ("10.2.0.0/16", "10.2.0.0/20"):
        assert refused(api.associate_vpc_cidr_block, VpcId=vpc, CidrBlock=taken)[1] == 400
    api.associate_vpc_cidr_block(VpcId=vpc, CidrBlock="10.2.0.0/21")


@fact("vpc.subnet-attributes")
def test_the_attributes_of_a_subnet(client, account, refused):
    """EC2 API Reference, ModifySubnetAttribute: one attribute at a time."""
    api = client("ec2", account())
    made = api.create_subnet(VpcId=a_vpc(api), CidrBlock="10.0.0.0/24")["Subnet"]
    names = {"HostnameType": "ip-name", "EnableResourceNameDnsARecord": False, "EnableResourceNameDnsAAAARecord": False}
    assert (made["EnableDns64"], made["Ipv6Native"], made["MapCustomerOwnedIpOnLaunch"]) == (False, False, False)
    assert made["PrivateDnsNameOptionsOnLaunch"] == names
    named, on = {"SubnetId": made["SubnetId"]}, {"Value": True}
    assert refused(api.modify_subnet_attribute, **named, EnableDns64=on, MapPublicIpOnLaunch=on)[1] == 400
    for change in ({"EnableDns64": on}, {"PrivateDnsHostnameTypeOnLaunch": "resource-name"},
                   {"EnableResourceNameDnsARecordOnLaunch": on}, {"EnableResourceNameDnsAAAARecordOnLaunch": on}):
        api.modify_subnet_attribute(**named, **change)
    wanted = {"HostnameType": "resource-name", "EnableResourceNameDnsARecord": True, "EnableResourceNameDnsAAAARecord": True}
    by = [{"Name": "enable-dns64", "Values": ["true"]},
          {"Name": "private-dns-name-options-on-launch.hostname-type", "Values": ["resource-name"]}]
    [shown] = api.describe_subnets(Filters=by)["Subnets"]
    assert (shown["EnableDns64"], shown["PrivateDnsNameOptionsOnLaunch"]) == (True, wanted)
