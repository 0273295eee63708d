"""The prefix lists that AWS keeps of its own services' ranges."""

import pytest

from harness.marks import fact, needs


@pytest.fixture
def api(client, account):
    return client("ec2", account())


def name(api, service):
    return f"com.amazonaws.{api.meta.region_name}.{service}"


def named(api, *names):
    asked = [{"Name": "prefix-list-name", "Values": list(names)}]
    return {it["PrefixListName"]: it for it in api.describe_managed_prefix_lists(Filters=asked)["PrefixLists"]}


def a_gateway_and_a_table(api):
    vpc = api.create_vpc(CidrBlock="10.1.0.0/16")["Vpc"]["VpcId"]
    gateway = api.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    api.attach_internet_gateway(InternetGatewayId=gateway, VpcId=vpc)
    return gateway, api.create_route_table(VpcId=vpc)["RouteTable"]["RouteTableId"]


@fact("prefix-list.of-aws")
def test_every_account_sees_the_same(client, account, api, refused):
    [s3] = named(api, name(api, "s3")).values()
    assert (s3["OwnerId"], s3["State"], s3["AddressFamily"]) == ("AWS", "create-complete", "IPv4")
    assert s3["PrefixListArn"] == f"arn:aws:ec2:{api.meta.region_name}:aws:prefix-list/{s3['PrefixListId']}"
    assert "MaxEntries" not in s3 and "Version" not in s3
    assert list(named(client("ec2", account()), s3["PrefixListName"]).values()) == [s3]
    entries = api.get_managed_prefix_list_entries(PrefixListId=s3["PrefixListId"])["Entries"]
    assert len(entries) > 1
    of_aws = api.describe_managed_prefix_lists(Filters=[{"Name": "owner-id", "Values": ["AWS"]}])["PrefixLists"]
    assert {name(api, "s3"), name(api, "dynamodb")} <= {it["PrefixListName"] for it in of_aws}


@fact("prefix-list.of-aws")
def test_each_region_has_its_own(client, account, refused):
    who = account()
    here, there = client("ec2", who), client("ec2", who, "eu-west-1")
    [s3] = named(here, name(here, "s3")).values()
    assert named(there, name(here, "s3"), name(there, "s3")).keys() == {name(there, "s3")}
    call = there.describe_managed_prefix_lists
    assert refused(call, PrefixListIds=[s3["PrefixListId"]]) == ("InvalidPrefixListID.NotFound", 400)


@fact("prefix-list.of-aws-stays")
def test_nobody_changes_them(client, account, refused):
    who = account()
    api, ram = client("ec2", who), client("ram", who)
    [s3] = named(api, name(api, "s3")).values()
    it = {"PrefixListId": s3["PrefixListId"]}
    for call, asked in (
        (api.delete_managed_prefix_list, it),
        (api.modify_managed_prefix_list, {**it, "PrefixListName": "mine"}),
        (api.create_managed_prefix_list, {"PrefixListName": s3["PrefixListName"], "MaxEntries": 1, "AddressFamily": "IPv4"}),
        (ram.create_resource_share, {"name": "theirs", "resourceArns": [s3["PrefixListArn"]]}),
    ):
        assert refused(call, **asked)[1] in (400, 403)
    assert list(named(api, s3["PrefixListName"]).values()) == [s3]


@needs("quota")
@fact("prefix-list.of-aws-weight")
def test_a_route_weighs_what_the_page_says(api, refused):
    """499 routes leave room for S3's list, which weighs 1, and none for that of S3 Express, which weighs 6."""
    gateway, table = a_gateway_and_a_table(api)
    for number in range(499):
        api.create_route(RouteTableId=table, DestinationCidrBlock=f"172.{number // 256}.{number % 256}.0/24", GatewayId=gateway)
    s3, express = name(api, "s3"), name(api, "s3express")
    lists = named(api, s3, express)
    route = {"RouteTableId": table, "GatewayId": gateway}
    heavy = {**route, "DestinationPrefixListId": lists[express]["PrefixListId"]}
    assert refused(api.create_route, **heavy) == ("RouteLimitExceeded", 400)
    api.create_route(**route, DestinationPrefixListId=lists[s3]["PrefixListId"])
    [shown] = api.describe_route_tables(RouteTableIds=[table])["RouteTables"]
    [listed] = [it for it in shown["Routes"] if "DestinationPrefixListId" in it]
    assert (listed["GatewayId"], listed["State"]) == (gateway, "active")
    [user] = api.get_managed_prefix_list_associations(PrefixListId=lists[s3]["PrefixListId"])["PrefixListAssociations"]
    assert user["ResourceId"] == table


@fact("prefix-list.services", "paging.complete", "dry-run")
def test_the_services_of_gateway_endpoints(api, dry, refused):
    found = dry(api.describe_prefix_lists)["PrefixLists"]
    names = {it["PrefixListName"] for it in found}
    assert {name(api, "s3"), name(api, "dynamodb")} <= names
    [s3] = [it for it in found if it["PrefixListName"] == name(api, "s3")]
    assert [s3["PrefixListId"]] == [it["PrefixListId"] for it in named(api, name(api, "s3")).values()]
    entries = api.get_managed_prefix_list_entries(PrefixListId=s3["PrefixListId"])["Entries"]
    assert set(s3["Cidrs"]) == {entry["Cidr"] for entry in entries}
    [only] = api.describe_prefix_lists(Filters=[{"Name": "prefix-list-name", "Values": ["*.s3"]}])["PrefixLists"]
    assert only == s3
    pages = list(api.get_paginator("describe_prefix_lists").paginate(PaginationConfig={"PageSize": 1}))
    assert [len(page["PrefixLists"]) for page in pages] == [1] * len(found)
    assert {row["PrefixListName"] for page in pages for row in page["PrefixLists"]} == names
    assert refused(api.describe_prefix_lists, PrefixListIds=["pl-0123456789abcdef0"])[0] == "InvalidPrefixListID.NotFound"
