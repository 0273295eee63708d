"""Network interfaces that transit gateways put into the subnets of their attachments."""

import ipaddress

from harness.marks import fact
from harness.network import a_subnet, a_vpc


def shown(api, **asked):
    return api.describe_network_interfaces(**asked)["NetworkInterfaces"]


@fact("attachment.interfaces", "policies.dry-run")
def test_one_in_each_subnet_of_an_attachment(network, dry, refused):
    """VPC guide, "Transit gateway VPC attachments": a network interface in each subnet that is attached."""
    it = network()
    attachment = it.accepted()
    own = [{"Name": "vpc-id", "Values": [it.vpc]}, {"Name": "interface-type", "Values": ["transit_gateway"]}]
    [found] = dry(it.at_spoke.describe_network_interfaces, Filters=own)["NetworkInterfaces"]
    assert (found["SubnetId"], found["OwnerId"], found["Status"]) == (it.subnet, it.spoke, "in-use")
    assert found["RequesterManaged"] and attachment in found["Description"]
    [subnet] = it.at_spoke.describe_subnets(SubnetIds=[it.subnet])["Subnets"]
    assert ipaddress.ip_address(found["PrivateIpAddress"]) in ipaddress.ip_network(subnet["CidrBlock"])
    second = a_subnet(it.at_spoke, it.vpc, "10.1.1.0/24", "use1-az2")
    it.at_spoke.modify_transit_gateway_vpc_attachment(TransitGatewayAttachmentId=attachment, AddSubnetIds=[second])
    assert {row["SubnetId"] for row in shown(it.at_spoke, Filters=own)} == {it.subnet, second}
    both = {"NetworkInterfaceIds": [found["NetworkInterfaceId"]], "MaxResults": 5}
    assert refused(it.at_spoke.describe_network_interfaces, **both) == ("InvalidParameterCombination", 400)
    it.at_spoke.delete_transit_gateway_vpc_attachment(TransitGatewayAttachmentId=attachment)
    assert shown(it.at_spoke, Filters=own) == []


@fact("attachment.interfaces")
def test_a_request_holds_none_and_the_hub_sees_none(network):
    """They are the VPC owner's, and come with acceptance."""
    it = network()
    attachment = it.attach()
    own = [{"Name": "vpc-id", "Values": [it.vpc]}]
    assert shown(it.at_spoke, Filters=own) == []
    it.at_hub.accept_transit_gateway_vpc_attachment(TransitGatewayAttachmentId=attachment)
    assert len(shown(it.at_spoke, Filters=own)) == 1
    assert shown(it.at_hub, Filters=own) == []


@fact("paging.complete")
def test_they_come_page_by_page(client, account):
    api = client("ec2", account())
    gateway = api.create_transit_gateway()["TransitGateway"]["TransitGatewayId"]
    for number in range(2):
        vpc, first = a_vpc(api, f"10.{number}.0.0/16")
        subnets = [first, *(a_subnet(api, vpc, f"10.{number}.{zone}.0/24", f"use1-az{zone}") for zone in (2, 4))]
        api.create_transit_gateway_vpc_attachment(TransitGatewayId=gateway, VpcId=vpc, SubnetIds=subnets)
    pages = list(api.get_paginator("describe_network_interfaces").paginate(PaginationConfig={"PageSize": 5}))
    assert [len(page["NetworkInterfaces"]) for page in pages] == [5, 1]
    assert len({row["NetworkInterfaceId"] for page in pages for row in page["NetworkInterfaces"]}) == 6
