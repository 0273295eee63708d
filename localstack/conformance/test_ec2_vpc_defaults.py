"""What AWS gives each VPC and each account by itself, as tools that inspect a VPC read it."""

import pytest

from harness.marks import fact
from harness.network import a_subnet


@pytest.fixture
def api(client, account):
    return client("ec2", account())


def a_vpc(api, cidr="10.1.0.0/16", **more):
    return api.create_vpc(CidrBlock=cidr, **more)["Vpc"]


def of(vpc):
    return [{"Name": "vpc-id", "Values": [vpc["VpcId"]]}]


@fact("vpc.default-group", "dry-run")
def test_a_default_security_group(api, dry, refused):
    vpc = a_vpc(api)
    [group] = dry(api.describe_security_groups, Filters=of(vpc))["SecurityGroups"]
    assert (group["GroupName"], group["Description"]) == ("default", "default VPC security group")
    assert (group["VpcId"], group["OwnerId"]) == (vpc["VpcId"], vpc["OwnerId"])
    [inside] = group["IpPermissions"]
    assert inside["IpProtocol"] == "-1"
    assert [(it["GroupId"], it["UserId"]) for it in inside["UserIdGroupPairs"]] == [(group["GroupId"], vpc["OwnerId"])]
    [out] = group["IpPermissionsEgress"]
    assert (out["IpProtocol"], out["IpRanges"], out["Ipv6Ranges"]) == ("-1", [{"CidrIp": "0.0.0.0/0"}], [])
    it = {"GroupIds": [group["GroupId"]]}
    assert api.describe_security_groups(**it)["SecurityGroups"] == [group]
    assert refused(api.describe_security_groups, **it, MaxResults=5)[0] == "InvalidParameterCombination"
    api.delete_vpc(VpcId=vpc["VpcId"])
    assert refused(api.describe_security_groups, **it) == ("InvalidGroup.NotFound", 400)


@fact("vpc.default-group")
def test_the_names_of_groups_are_those_of_the_default_vpc(api, refused):
    by_name = {"GroupNames": ["default"]}
    a_vpc(api)
    assert refused(api.describe_security_groups, **by_name)[0] == "InvalidGroup.NotFound"
    vpc = api.create_default_vpc()["Vpc"]
    [group] = api.describe_security_groups(**by_name)["SecurityGroups"]
    assert group["VpcId"] == vpc["VpcId"]
    assert refused(api.describe_security_groups, GroupNames=["web"])[0] == "InvalidGroup.NotFound"
    named = [{"Name": "group-name", "Values": ["default"]}]
    assert len(api.describe_security_groups(Filters=named)["SecurityGroups"]) == 2


@fact("vpc.default-acl", "dry-run")
def test_a_default_network_acl(api, dry, refused):
    vpc = a_vpc(api)
    subnets = {a_subnet(api, vpc["VpcId"], f"10.1.{number}.0/24") for number in range(2)}
    [acl] = dry(api.describe_network_acls, Filters=of(vpc))["NetworkAcls"]
    assert (acl["IsDefault"], acl["VpcId"], acl["OwnerId"]) == (True, vpc["VpcId"], vpc["OwnerId"])
    assert {it["SubnetId"] for it in acl["Associations"]} == subnets
    entries = {(it["Egress"], it["RuleNumber"], it["RuleAction"], it["Protocol"], it["CidrBlock"]) for it in acl["Entries"]}
    assert entries == {(egress, *rest, "-1", "0.0.0.0/0") for egress in (True, False)
                       for rest in ((100, "allow"), (32767, "deny"))}
    by_subnet = [{"Name": "association.subnet-id", "Values": [subnets.pop()]}, {"Name": "default", "Values": ["true"]}]
    assert api.describe_network_acls(Filters=by_subnet)["NetworkAcls"] == [acl]
    code = "InvalidNetworkAclID.NotFound", 400
    assert refused(api.describe_network_acls, NetworkAclIds=["acl-0123456789abcdef0"]) == code


@fact("vpc.defaults-ipv6")
def test_a_vpc_with_ipv6_has_rules_for_it(api):
    vpc = a_vpc(api, AmazonProvidedIpv6CidrBlock=True)
    [acl] = api.describe_network_acls(Filters=of(vpc))["NetworkAcls"]
    numbers = {(it["RuleNumber"], it["RuleAction"]) for it in acl["Entries"] if it.get("Ipv6CidrBlock") == "::/0"}
    assert numbers == {(101, "allow"), (32768, "deny")}
    [group] = api.describe_security_groups(Filters=of(vpc))["SecurityGroups"]
    assert [it["CidrIpv6"] for row in group["IpPermissionsEgress"] for it in row["Ipv6Ranges"]] == ["::/0"]


@fact("vpc.default-dhcp", "dry-run")
def test_default_dhcp_options(client, account, dry, refused):
    who = account()
    for region, domain in (("us-east-1", "ec2.internal"), ("eu-west-1", "eu-west-1.compute.internal")):
        api = client("ec2", who, region)
        vpc = a_vpc(api)
        [options] = dry(api.describe_dhcp_options, DhcpOptionsIds=[vpc["DhcpOptionsId"]])["DhcpOptions"]
        values = {it["Key"]: [value["Value"] for value in it["Values"]] for it in options["DhcpConfigurations"]}
        assert values == {"domain-name": [domain], "domain-name-servers": ["AmazonProvidedDNS"]}
        assert options["OwnerId"] == vpc["OwnerId"] and a_vpc(api)["DhcpOptionsId"] == vpc["DhcpOptionsId"]
        found = api.describe_vpcs(Filters=[{"Name": "dhcp-options-id", "Values": [vpc["DhcpOptionsId"]]}])["Vpcs"]
        assert len(found) == 2
        named = api.describe_dhcp_options(Filters=[{"Name": "value", "Values": [domain]}])["DhcpOptions"]
        assert named == [options]
    code = "InvalidDhcpOptionID.NotFound", 400
    assert refused(api.describe_dhcp_options, DhcpOptionsIds=["dopt-0123456789abcdef0"]) == code


@fact("account.attributes", "dry-run")
def test_the_attributes_of_an_account(api, dry):
    def read(**asked):
        found = dry(api.describe_account_attributes, **asked)["AccountAttributes"]
        return {it["AttributeName"]: [value["AttributeValue"] for value in it["AttributeValues"]] for it in found}

    before = read()
    assert (before["supported-platforms"], before["default-vpc"]) == (["VPC"], ["none"])
    vpc = api.create_default_vpc()["Vpc"]["VpcId"]
    assert read(AttributeNames=["default-vpc"]) == {"default-vpc": [vpc]}


@fact("vpc.default-group", "vpc.default-acl", "regional")
def test_they_are_their_vpcs_owners(client, account, api, refused):
    vpc = a_vpc(api)
    [group] = api.describe_security_groups(Filters=of(vpc))["SecurityGroups"]
    [acl] = api.describe_network_acls(Filters=of(vpc))["NetworkAcls"]
    other = client("ec2", account())
    assert refused(other.describe_security_groups, GroupIds=[group["GroupId"]])[0] == "InvalidGroup.NotFound"
    assert refused(other.describe_network_acls, NetworkAclIds=[acl["NetworkAclId"]])[0] == "InvalidNetworkAclID.NotFound"
    tags = [{"Key": "Name", "Value": "default"}]
    both = [group["GroupId"], acl["NetworkAclId"]]
    api.create_tags(Resources=both, Tags=tags)
    by_tag = [{"Name": "tag:Name", "Values": ["default"]}]
    assert [it["GroupId"] for it in api.describe_security_groups(Filters=by_tag)["SecurityGroups"]] == both[:1]
    assert [it["NetworkAclId"] for it in api.describe_network_acls(Filters=by_tag)["NetworkAcls"]] == both[1:]
    kinds = {it["ResourceType"] for it in api.describe_tags(Filters=[{"Name": "key", "Values": ["Name"]}])["Tags"]}
    assert kinds == {"security-group", "network-acl"}
    assert refused(other.create_tags, Resources=both, Tags=tags)[0] == "InvalidGroup.NotFound"
