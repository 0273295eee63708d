"""How many of each an account may have in a Region before it has asked for more."""

from harness.marks import fact, needs
import pytest

pytestmark = needs("quota")


@pytest.fixture
def api(client, account):
    return client("ec2", account())


def five(call, refused):
    """Makes five of a kind, and returns what is said to the sixth."""
    for number in range(5):
        call(number)
    return refused(call, 5)


@fact("quota.vpcs", "quota.codes")
def test_five_vpcs_in_a_region(api, refused):
    """VPC User Guide, quotas: 5 VPCs per Region."""
    made = []

    def call(number):
        made.append(api.create_vpc(CidrBlock=f"10.{number}.0.0/16")["Vpc"]["VpcId"])

    assert five(call, refused) == ("VpcLimitExceeded", 400)
    assert refused(api.create_default_vpc) == ("VpcLimitExceeded", 400)
    api.delete_vpc(VpcId=made[0])
    call(6)


@fact("quota.internet-gateways", "quota.codes")
def test_five_internet_gateways_in_a_region(api, refused):
    """VPC User Guide, quotas: as many internet gateways as VPCs."""
    assert five(lambda _: api.create_internet_gateway(), refused) == ("InternetGatewayLimitExceeded", 400)


@fact("quota.tgws", "quota.codes")
def test_five_transit_gateways_in_a_region(api, refused):
    """VPC guide for transit gateways, quotas: 5 transit gateways."""
    code, status = five(lambda _: api.create_transit_gateway(), refused)
    assert code.endswith("LimitExceeded") and status == 400


@fact("quota.vpcs")
def test_each_region_has_a_quota_of_its_own(client, account, refused):
    who = account()
    here, there = client("ec2", who), client("ec2", who, "eu-west-1")
    five(lambda number: here.create_vpc(CidrBlock=f"10.{number}.0.0/16"), refused)
    there.create_vpc(CidrBlock="10.0.0.0/16")
