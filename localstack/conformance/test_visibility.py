"""Eventual consistency: what was just made may not be shown yet."""

# set: visibility_lag_seconds=60 vpcs_per_region=200

from harness.marks import fact, needs
from harness.network import a_vpc
import pytest

pytestmark = needs("clock")


@fact("consistency.not-found-after-create", "consistency.arrives")
def test_what_was_just_made_may_not_be_found(client, account, advance):
    api = client("ec2", account())
    unseen = 0
    for number in range(10):
        vpc = api.create_vpc(CidrBlock=f"10.{number}.0.0/16")["Vpc"]["VpcId"]
        unseen += vpc not in [it["VpcId"] for it in api.describe_vpcs()["Vpcs"]]
    assert unseen > 0, "ten times out of ten at once would be no delay"
    advance(120)
    assert len(api.describe_vpcs()["Vpcs"]) == 10


@fact("consistency.write-finds-it")
def test_a_write_may_find_what_a_read_does_not_show(client, account):
    api = client("ec2", account())
    for _ in range(10):
        a_vpc(api, "10.1.0.0/16")


@fact("consistency.each-account")
def test_each_account_sees_it_in_its_own_time(network, advance):
    it = network()
    advance(120)
    attachment = it.attach()
    advance(120)
    for api in (it.at_hub, it.at_spoke):
        rows = api.describe_transit_gateway_vpc_attachments()["TransitGatewayVpcAttachments"]
        assert [each["TransitGatewayAttachmentId"] for each in rows] == [attachment]
