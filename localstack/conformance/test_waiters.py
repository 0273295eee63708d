"""boto3's own waiters and paginators, left as they are but for how often they ask."""

# pace: 120

import json

import pytest
from botocore.exceptions import WaiterError

from harness.marks import fact, needs
from harness.network import a_subnet

pytestmark = needs("clock")
OFTEN = {"Delay": 0.05, "MaxAttempts": 200}
TRUST = json.dumps({"Version": "2012-10-17", "Statement": [
    {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}]})


@fact("waiters.networks")
def test_waiters_of_networks_come_to_an_end(client, account):
    api = client("ec2", account())
    vpc = api.create_vpc(CidrBlock="10.1.0.0/16")["Vpc"]["VpcId"]
    for name in ("vpc_exists", "vpc_available"):
        api.get_waiter(name).wait(VpcIds=[vpc], WaiterConfig=OFTEN)
    subnet = a_subnet(api, vpc, "10.1.0.0/24")
    api.get_waiter("subnet_available").wait(SubnetIds=[subnet], WaiterConfig=OFTEN)
    gateway = api.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    api.get_waiter("internet_gateway_exists").wait(InternetGatewayIds=[gateway], WaiterConfig=OFTEN)


@fact("waiters.networks")
def test_a_waiter_gives_up_on_what_there_is_not(client, account):
    api = client("ec2", account())
    absent = {"VpcIds": ["vpc-0123456789abcdef0"]}
    with pytest.raises(WaiterError):
        api.get_waiter("vpc_exists").wait(**absent, WaiterConfig={"Delay": 0.01, "MaxAttempts": 3})
    with pytest.raises(WaiterError):
        api.get_waiter("vpc_available").wait(**absent, WaiterConfig={"Delay": 0.01, "MaxAttempts": 3})


@fact("waiters.roles")
def test_waiters_of_roles_come_to_an_end(client, account):
    iam = client("iam", account())
    iam.create_role(RoleName="waited-for", AssumeRolePolicyDocument=TRUST)
    iam.get_waiter("role_exists").wait(RoleName="waited-for", WaiterConfig=OFTEN)
    with pytest.raises(WaiterError):
        iam.get_waiter("role_exists").wait(RoleName="missing", WaiterConfig={"Delay": 0.01, "MaxAttempts": 3})


@fact("waiters.none-for-transit-gateways")
def test_there_is_no_waiter_for_a_transit_gateway(client, account):
    api = client("ec2", account())
    assert [name for name in api.waiter_names if "transit" in name] == []
