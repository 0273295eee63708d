"""Prefix lists, given attachments, peerings and default VPCs: each call first dry and then in earnest; every page.

A dry run answers DryRunOperation 412 and changes nothing, so what the next call shows is what the calls in earnest made.
"""

import pytest
from botocore.exceptions import ClientError

OFF = {"DefaultRouteTableAssociation": "disable", "DefaultRouteTablePropagation": "disable"}
FAR = "eu-west-1"
NAMED = [{"Key": "Name", "Value": "breadth"}]


def tagged(kind):
    return [{"ResourceType": kind, "Tags": NAMED}]


def both(call, **params):
    """Makes a call dry, which must have done nothing but succeed, and then in earnest."""
    with pytest.raises(ClientError) as caught:
        call(**params, DryRun=True)
    answer = caught.value.response
    assert (answer["Error"]["Code"], answer["ResponseMetadata"]["HTTPStatusCode"]) == ("DryRunOperation", 412)
    return call(**params)


def a_gateway(api):
    return api.create_transit_gateway(Options=OFF)["TransitGateway"]["TransitGatewayId"]


def a_table(api, gateway):
    made = api.create_transit_gateway_route_table(TransitGatewayId=gateway)
    return made["TransitGatewayRouteTable"]["TransitGatewayRouteTableId"]


def a_vpc(api, cidr):
    vpc = api.create_vpc(CidrBlock=cidr)["Vpc"]["VpcId"]
    subnet = api.create_subnet(VpcId=vpc, CidrBlock=cidr.replace("/16", "/24"))["Subnet"]["SubnetId"]
    return vpc, subnet


def attached(api, gateway, vpc, subnet):
    made = api.create_transit_gateway_vpc_attachment(TransitGatewayId=gateway, VpcId=vpc, SubnetIds=[subnet])
    api.describe_vpcs()
    return made["TransitGatewayVpcAttachment"]["TransitGatewayAttachmentId"]


def a_list(api, *cidrs, **more):
    entries = [{"Cidr": cidr} for cidr in cidrs]
    made = api.create_managed_prefix_list(
        PrefixListName="list", MaxEntries=10, AddressFamily="IPv4", Entries=entries, **more)["PrefixList"]
    api.describe_vpcs()
    return made["PrefixListId"]


def test_prefix_lists(client, account, refused):
    """EC2 API Reference: each call about prefix lists and the references to them; DryRun; tags on creation."""
    api = client("ec2", account())
    asked = {"PrefixListName": "list", "MaxEntries": 3, "AddressFamily": "IPv4", "Entries": [{"Cidr": "10.0.0.0/8"}],
             "TagSpecifications": tagged("prefix-list"), "ClientToken": "breadth"}
    made = both(api.create_managed_prefix_list, **asked)["PrefixList"]
    named = {"PrefixListId": made["PrefixListId"]}
    assert api.create_managed_prefix_list(**asked)["PrefixList"]["PrefixListId"] == made["PrefixListId"]
    asked["MaxEntries"] = 4
    assert refused(api.create_managed_prefix_list, **asked)[0] == "IdempotentParameterMismatch"
    [shown] = both(api.describe_managed_prefix_lists, Filters=[{"Name": "tag:Name", "Values": ["breadth"]}])["PrefixLists"]
    assert (shown["PrefixListId"], shown["Tags"]) == (made["PrefixListId"], NAMED)
    both(api.modify_managed_prefix_list, **named, CurrentVersion=1, AddEntries=[{"Cidr": "192.168.0.0/16"}])
    both(api.restore_managed_prefix_list_version, **named, PreviousVersion=1, CurrentVersion=2)
    assert both(api.get_managed_prefix_list_entries, **named)["Entries"] == [{"Cidr": "10.0.0.0/8"}]

    table = {"TransitGatewayRouteTableId": a_table(api, a_gateway(api))}
    api.describe_vpcs()
    both(api.create_transit_gateway_prefix_list_reference, **table, **named, Blackhole=True)
    both(api.modify_transit_gateway_prefix_list_reference, **table, **named, Blackhole=True)
    [shown] = both(api.get_transit_gateway_prefix_list_references, **table)["TransitGatewayPrefixListReferences"]
    assert (shown["PrefixListId"], shown["Blackhole"]) == (made["PrefixListId"], True)
    [shown] = both(api.get_managed_prefix_list_associations, **named)["PrefixListAssociations"]
    assert shown["ResourceId"] == table["TransitGatewayRouteTableId"]
    both(api.delete_transit_gateway_prefix_list_reference, **table, **named)
    api.describe_vpcs()
    both(api.delete_managed_prefix_list, **named)
    assert refused(api.get_managed_prefix_list_entries, **named)[0] == "InvalidPrefixListID.NotFound"


def test_vpn_and_connect(client, account, refused):
    """EC2 API Reference: each call about customer gateways, VPN connections and Connect attachments; DryRun; tags."""
    api, other = client("ec2", account()), client("ec2", account())
    gateway = a_gateway(api)
    asked = {"Type": "ipsec.1", "BgpAsn": 65010, "IpAddress": "203.0.113.5", "TagSpecifications": tagged("customer-gateway")}
    customer = both(api.create_customer_gateway, **asked)["CustomerGateway"]
    assert (customer["State"], customer["BgpAsn"], customer["Tags"]) == ("available", "65010", NAMED)
    named = {"CustomerGatewayId": customer["CustomerGatewayId"]}
    [shown] = both(api.describe_customer_gateways, Filters=[{"Name": "bgp-asn", "Values": ["65010"]}])["CustomerGateways"]
    assert shown["CustomerGatewayId"] == customer["CustomerGatewayId"]
    asked = {"Type": "ipsec.1", **named, "TransitGatewayId": gateway, "TagSpecifications": tagged("vpn-connection")}
    assert refused(other.create_vpn_connection, **asked)[0].endswith(".NotFound")
    vpn = both(api.create_vpn_connection, **asked)["VpnConnection"]["VpnConnectionId"]
    [shown] = both(api.describe_vpn_connections, VpnConnectionIds=[vpn])["VpnConnections"]
    assert (shown["State"], shown["Category"], shown["Tags"]) == ("available", "VPN", NAMED)

    transport = attached(api, gateway, *a_vpc(api, "10.1.0.0/16"))
    asked = {"TransportTransitGatewayAttachmentId": transport, "Options": {"Protocol": "gre"},
             "TagSpecifications": tagged("transit-gateway-attachment")}
    made = both(api.create_transit_gateway_connect, **asked)["TransitGatewayConnect"]["TransitGatewayAttachmentId"]
    asked = [{"Name": "transport-transit-gateway-attachment-id", "Values": [transport]}]
    [shown] = both(api.describe_transit_gateway_connects, Filters=asked)["TransitGatewayConnects"]
    assert (shown["TransitGatewayAttachmentId"], shown["State"], shown["Tags"]) == (made, "available", NAMED)
    call = api.delete_transit_gateway_vpc_attachment
    assert refused(call, TransitGatewayAttachmentId=transport)[0] == "IncorrectState"
    both(api.delete_transit_gateway_connect, TransitGatewayAttachmentId=made)
    both(api.delete_vpn_connection, VpnConnectionId=vpn)
    api.describe_vpcs()
    both(api.delete_customer_gateway, **named)


def test_peerings_of_transit_gateways(client, account):
    """EC2 API Reference: each call about peering attachments; DryRun; tags on the side that sets them."""
    who = account()
    here, there = client("ec2", who), client("ec2", who, FAR)
    asked = {"TransitGatewayId": a_gateway(here), "PeerTransitGatewayId": a_gateway(there), "PeerAccountId": who,
             "PeerRegion": FAR, "TagSpecifications": tagged("transit-gateway-attachment")}
    here.describe_vpcs()

    def request():
        made = both(here.create_transit_gateway_peering_attachment, **asked)["TransitGatewayPeeringAttachment"]
        here.describe_vpcs()
        return {"TransitGatewayAttachmentId": made["TransitGatewayAttachmentId"]}

    first = request()
    both(there.reject_transit_gateway_peering_attachment, **first)
    here.describe_vpcs()
    second = request()
    both(there.accept_transit_gateway_peering_attachment, **second)
    live = [{"Name": "state", "Values": ["available"]}]
    tags = []
    for api in (here, there):
        found = both(api.describe_transit_gateway_peering_attachments, Filters=live)
        [shown] = found["TransitGatewayPeeringAttachments"]
        tags.append(shown["Tags"])
    assert tags == [NAMED, []]
    both(here.delete_transit_gateway_peering_attachment, **second)


def test_peerings_of_vpcs(client, account):
    """EC2 API Reference: each call about peering connections of VPCs; DryRun; tags on the side that sets them."""
    here, there = client("ec2", account()), client("ec2", who := account())
    vpc, peer = a_vpc(here, "10.1.0.0/16")[0], a_vpc(there, "10.2.0.0/16")[0]
    asked = {"VpcId": vpc, "PeerVpcId": peer, "PeerOwnerId": who, "TagSpecifications": tagged("vpc-peering-connection")}

    def request():
        made = both(here.create_vpc_peering_connection, **asked)["VpcPeeringConnection"]
        here.describe_vpcs()
        return {"VpcPeeringConnectionId": made["VpcPeeringConnectionId"]}

    first = request()
    assert both(there.reject_vpc_peering_connection, **first)["Return"] is True
    second = request()
    both(there.accept_vpc_peering_connection, **second)
    named = [{"Name": "status-code", "Values": ["active"]}]
    tags = []
    for api in (here, there):
        [shown] = both(api.describe_vpc_peering_connections, Filters=named)["VpcPeeringConnections"]
        tags.append(shown["Tags"])
    assert tags == [NAMED, []]
    here.modify_vpc_attribute(VpcId=vpc, EnableDnsHostnames={"Value": True})
    ours = {"RequesterPeeringConnectionOptions": {"AllowDnsResolutionFromRemoteVpc": True}}
    both(here.modify_vpc_peering_connection_options, **second, **ours)
    both(here.delete_vpc_peering_connection, **second)


def test_default_vpcs_and_attributes_of_subnets(client, account, refused):
    """EC2 API Reference, CreateDefaultVpc and ModifySubnetAttribute."""
    api = client("ec2", account())
    vpc = both(api.create_default_vpc)["Vpc"]["VpcId"]
    assert refused(api.create_default_vpc)[0] == "DefaultVpcAlreadyExists"
    subnet = api.describe_subnets(Filters=[{"Name": "default-for-az", "Values": ["true"]}])["Subnets"][0]
    assert (subnet["VpcId"], subnet["MapPublicIpOnLaunch"]) == (vpc, True)
    api.modify_subnet_attribute(SubnetId=subnet["SubnetId"], MapPublicIpOnLaunch={"Value": False})
    [shown] = api.describe_subnets(SubnetIds=[subnet["SubnetId"]])["Subnets"]
    assert shown["MapPublicIpOnLaunch"] is False


def test_a_dry_run_of_what_is_not_the_callers(client, account, refused):
    """EC2 API Reference, DryRun: UnauthorizedOperation without the permission. A shared list is not the consumer's."""
    owner, other = account(), account()
    ours, theirs = client("ec2", owner), client("ec2", other)
    it = a_list(ours, "10.0.0.0/8")
    [shown] = ours.describe_managed_prefix_lists(PrefixListIds=[it])["PrefixLists"]
    ram = client("ram", other)
    client("ram", owner).create_resource_share(name="l", resourceArns=[shown["PrefixListArn"]], principals=[other])
    [invitation] = ram.get_resource_share_invitations()["resourceShareInvitations"]
    ram.accept_resource_share_invitation(resourceShareInvitationArn=invitation["resourceShareInvitationArn"])
    ram.get_resource_shares(resourceOwner="OTHER-ACCOUNTS")
    call = theirs.delete_managed_prefix_list
    assert refused(call, PrefixListId=it, DryRun=True) == ("UnauthorizedOperation", 403)
    assert refused(ours.delete_managed_prefix_list, PrefixListId=it, DryRun=True) == ("DryRunOperation", 412)


@pytest.fixture(scope="module")
def many(client):
    """One account with six of each of the lists below."""
    who = "777777777777"
    api, far = client("ec2", who), client("ec2", who, FAR)
    gateways, peers = [a_gateway(api) for _ in range(2)], [a_gateway(far) for _ in range(3)]
    vpcs = [a_vpc(api, f"10.{number}.0.0/16") for number in range(4)]
    transport = attached(api, gateways[0], *vpcs[0])
    table = a_table(api, gateways[0])
    lists = [a_list(api, *(f"10.{number}.{third}.0/24" for third in range(6))) for number in range(6)]
    for gateway in gateways:
        for peer in peers:
            api.create_transit_gateway_peering_attachment(
                TransitGatewayId=gateway, PeerTransitGatewayId=peer, PeerAccountId=who, PeerRegion=FAR)
    for at, (one, _) in enumerate(vpcs):
        for other, _ in vpcs[at + 1:]:
            api.create_vpc_peering_connection(VpcId=one, PeerVpcId=other)
    for prefix_list in lists:
        api.create_transit_gateway_connect(
            TransportTransitGatewayAttachmentId=transport, Options={"Protocol": "gre"})
        api.create_transit_gateway_prefix_list_reference(
            TransitGatewayRouteTableId=table, PrefixListId=prefix_list, Blackhole=True)
        route_table = api.create_route_table(VpcId=vpcs[0][0])["RouteTable"]["RouteTableId"]
        api.create_route(
            RouteTableId=route_table, DestinationPrefixListId=lists[0], TransitGatewayId=gateways[0])
    api.describe_vpcs()
    own = {"Filters": [{"Name": "owner-id", "Values": [who]}]}
    return {"api": api, "own": own, "list": {"PrefixListId": lists[0]}, "table": {"TransitGatewayRouteTableId": table}}


LISTS = {
    "describe_managed_prefix_lists": ("PrefixLists", "PrefixListId", "own", 6),
    "get_managed_prefix_list_entries": ("Entries", "Cidr", "list", 6),
    "get_managed_prefix_list_associations": ("PrefixListAssociations", "ResourceId", "list", 7),
    "get_transit_gateway_prefix_list_references": ("TransitGatewayPrefixListReferences", "PrefixListId", "table", 6),
    "describe_transit_gateway_connects": ("TransitGatewayConnects", "TransitGatewayAttachmentId", None, 6),
    "describe_transit_gateway_peering_attachments": (
        "TransitGatewayPeeringAttachments", "TransitGatewayAttachmentId", None, 6),
    "describe_transit_gateway_attachments": ("TransitGatewayAttachments", "TransitGatewayAttachmentId", None, 13),
    "describe_vpc_peering_connections": ("VpcPeeringConnections", "VpcPeeringConnectionId", None, 6),
}


@pytest.mark.parametrize("call", LISTS)
def test_pages(many, call):
    """EC2 API Reference: no item is lost between pages, none comes twice, and the last page has no token."""
    items, key, named, count = LISTS[call]
    asked = many[named] if named else {}
    pages = list(many["api"].get_paginator(call).paginate(**asked, PaginationConfig={"PageSize": 5}))
    assert len(pages) == -(-count // 5)
    assert "NextToken" not in pages[-1]
    assert len({item[key] for page in pages for item in page[items]}) == count
