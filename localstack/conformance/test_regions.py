"""Regions that there are not, and Regions that an account has not opted into."""

import pytest

from harness.marks import fact, needs

CLOSED = "eu-south-1"
pytestmark = needs("sandbox")


def calls(client, who, region):
    return {
        "ec2": client("ec2", who, region).describe_vpcs,
        "sts": client("sts", who, region).get_caller_identity,
        "ram": lambda: client("ram", who, region).get_resource_shares(resourceOwner="SELF"),
    }


@fact("region.not-opted-in")
def test_a_region_that_an_account_has_not_opted_into(client, account, sandbox, refused):
    who, other = account(), account()
    there = calls(client, who, CLOSED)
    closed = {"ec2": ("AuthFailure", 401), "sts": ("InvalidClientTokenId", 403), "ram": ("UnrecognizedClientException", 403)}
    assert {service: refused(call) for service, call in there.items()} == closed
    sandbox("region", account=who, region=CLOSED, enabled="true")
    for call in there.values():
        call()
    assert {service: refused(call) for service, call in calls(client, other, CLOSED).items()} == closed
    sandbox("region", account=who, region=CLOSED, enabled="false")
    assert refused(there["ec2"]) == closed["ec2"]


@fact("region.described")
def test_the_regions_of_an_account(client, account, sandbox):
    who = account()
    api = client("ec2", who)

    def read(**asked):
        return {it["RegionName"]: it["OptInStatus"] for it in api.describe_regions(**asked)["Regions"]}

    assert CLOSED not in read() and set(read().values()) == {"opt-in-not-required"}
    assert read(AllRegions=True)[CLOSED] == "not-opted-in"
    assert read(RegionNames=[CLOSED]) == {CLOSED: "not-opted-in"}
    sandbox("region", account=who, region=CLOSED, enabled="true")
    assert read()[CLOSED] == "opted-in"
    assert read(Filters=[{"Name": "opt-in-status", "Values": ["opted-in"]}]) == {CLOSED: "opted-in"}
    zones = client("ec2", who, CLOSED).describe_availability_zones()["AvailabilityZones"]
    assert {it["OptInStatus"] for it in zones} == {"opt-in-not-required"}


@fact("region.unknown")
def test_a_region_that_there_is_not(client, account, refused):
    found = {service: refused(call) for service, call in calls(client, account(), "eu-nowhere-1").items()}
    assert found == {"ec2": ("AuthFailure", 401), "sts": ("SignatureDoesNotMatch", 403), "ram": ("InvalidSignatureException", 403)}
