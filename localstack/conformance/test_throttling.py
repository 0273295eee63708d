"""Token buckets: one for each account, Region and action."""

# A clock that nearly stands still: no token comes back but by moving it on.
# pace: 0.001
# set: throttling=true vpcs_per_region=200 internet_gateways_per_region=200

from harness.marks import fact, needs
import pytest

# From where a person sits, AWS cannot be asked fast enough to empty a bucket of a hundred.
pytestmark = needs("clock")


def allowed(call, refused_code="RequestLimitExceeded", most=400, **params):
    """Counts the calls that are let through before one is refused."""
    for number in range(most):
        try:
            call(**params)
        except Exception as error:  # noqa: BLE001 - botocore makes the class of each error at run time
            answer = error.response
            assert (answer["Error"]["Code"], answer["ResponseMetadata"]["HTTPStatusCode"]) == (refused_code, 503)
            return number
    return most


@pytest.fixture
def api(client, account):
    return client("ec2", account())


@fact("throttling.refusal", "throttling.reads")
def test_a_bucket_of_reads_holds_a_hundred(api):
    assert allowed(api.describe_vpcs) == 100


@fact("throttling.searches")
@pytest.mark.parametrize("call", ["describe_route_tables", "describe_transit_gateway_attachments"])
def test_lists_of_routes_have_the_bucket_of_reads(api, call):
    assert allowed(getattr(api, call)) == 100


@fact("throttling.writes")
def test_a_bucket_of_writes_holds_fifty(api):
    assert allowed(api.create_internet_gateway) == 50


@fact("throttling.tags")
def test_tags_have_a_bucket_of_a_hundred(api):
    made = api.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    asked = {"Resources": [made], "Tags": [{"Key": "a", "Value": "b"}]}
    assert allowed(api.create_tags, **asked) == 100


@fact("throttling.buckets-are-apart")
def test_other_actions_accounts_and_regions_have_buckets_of_their_own(client, account):
    who = account()
    allowed(client("ec2", who).describe_vpcs)
    assert allowed(client("ec2", who).describe_subnets, most=50) == 50
    assert allowed(client("ec2", who, "eu-west-1").describe_vpcs, most=50) == 50
    assert allowed(client("ec2", account()).describe_vpcs, most=50) == 50


@fact("throttling.refill")
def test_twenty_reads_and_five_writes_come_back_each_second(api, advance):
    allowed(api.describe_vpcs)
    allowed(api.create_internet_gateway)
    advance(4)
    assert allowed(api.describe_vpcs) == 80
    assert allowed(api.create_internet_gateway) == 20


@fact("throttled-calls-spend")
def test_whether_a_refused_call_spends(api, advance, settled):
    allowed(api.describe_vpcs)
    passed = 0
    for _ in range(15):
        advance(0.03)
        passed += allowed(api.describe_vpcs, most=1)
    settled("throttled-calls-spend", "a token" if passed == 0 else "nothing")
