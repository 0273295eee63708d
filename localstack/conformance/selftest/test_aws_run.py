"""The run against AWS, rehearsed at the sandbox: what it refuses, what it makes, and what it leaves."""

import pathlib
import subprocess
import sys
import time

import boto3
import pytest
from botocore.config import Config

HERE = pathlib.Path(__file__).parents[1]
sys.path.insert(0, str(HERE))

from harness import aws_run, guard, sweep, tagging  # noqa: E402

HUB, SPOKE = "111111111111", "222222222222"


@pytest.fixture
def at(sandbox):
    """Clients for any account, as a stranger to the run would have them."""
    session = boto3.Session()

    def make(service, account):
        return session.client(service, endpoint_url=sandbox, region_name="us-east-1", aws_access_key_id=account,
                            aws_secret_access_key="any", config=Config(retries={"total_max_attempts": 1}))

    return make


@pytest.fixture
def profiles(tmp_path, monkeypatch):
    path = tmp_path / "credentials"
    path.write_text("".join(
        f"[{name}]\naws_access_key_id = {account}\naws_secret_access_key = any\n"
        for name, account in (("hub", HUB), ("spoke", SPOKE), ("same", HUB))))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(path))
    monkeypatch.setenv("AWS_CONFIG_FILE", "/dev/null")
    monkeypatch.setenv("CARGO_TARGET_DIR", str(tmp_path))
    monkeypatch.delenv("AWS_ENDPOINT_URL", raising=False)


@pytest.fixture
def rehearse(sandbox, profiles, monkeypatch):
    """Runs with these answers to what is asked; returns the exit code and all that was said."""
    def run(*arguments, answers=(HUB, SPOKE, "yes"), hub="hub", spoke="spoke", where=True, everywhere=False):
        said, answers = [], iter(answers)
        given = ["--hub-profile", hub, "--spoke-profile", spoke, "--patience", "0.002", *arguments]
        given += ["--rehearse", sandbox] if where else []
        if not everywhere:
            monkeypatch.setattr(guard, "regions", lambda *_: ["us-east-1", "eu-west-1"])
        code = aws_run.Run(aws_run.parse(given), lambda prompt: next(answers), said.append).main()
        return code, "\n".join(said)

    return run


def test_one_account_twice_is_refused(rehearse):
    code, said = rehearse(spoke="same")
    assert code == 1 and "the run needs two accounts" in said


@pytest.mark.parametrize("answers", [(SPOKE, HUB), (HUB, ""), ("yes", "yes")])
def test_both_ids_have_to_be_typed(rehearse, at, answers):
    code, said = rehearse(answers=answers)
    assert code == 1 and "that is not the account" in said
    code, said = rehearse("--clean", answers=answers)
    assert code == 1 and "that is not the account" in said


def test_another_endpoint_is_not_taken_for_aws(rehearse, monkeypatch):
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:1")
    code, said = rehearse(where=False)
    assert code == 1 and "this would not be AWS" in said


@pytest.mark.parametrize("account", [HUB, SPOKE])
def test_an_account_that_holds_something_is_refused_and_left_alone(rehearse, at, account):
    vpc = at("ec2", account).create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    code, said = rehearse()
    assert code == 1 and f"{account} is not empty" in said and vpc in said and "--clean" not in said
    assert [it["VpcId"] for it in at("ec2", account).describe_vpcs()["Vpcs"]] == [vpc]


def test_something_in_another_region_is_found(rehearse, sandbox):
    api = boto3.client("ec2", endpoint_url=sandbox, region_name="ap-southeast-2", aws_access_key_id=HUB, aws_secret_access_key="any")
    gateway = api.create_transit_gateway()["TransitGateway"]["TransitGatewayId"]
    code, said = rehearse(everywhere=True)
    assert code == 1 and f"ap-southeast-2: {gateway}" in said


def test_a_role_is_something(rehearse, at):
    at("iam", HUB).create_role(RoleName="somebodys", AssumeRolePolicyDocument=(
        '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sts:AssumeRole"}]}'))
    code, said = rehearse()
    assert code == 1 and "role somebodys" in said


def test_who_manages_an_organization_is_refused(rehearse, at):
    at("organizations", HUB).create_organization(FeatureSet="ALL")
    code, said = rehearse()
    assert code == 1 and f"{HUB} manages the organization" in said


def test_a_list_that_cannot_be_read_is_not_an_empty_one(rehearse, monkeypatch):
    broken = [("ec2", "describe_volumes", "Volumes", "VolumeId")]
    monkeypatch.setattr(guard, "HELD", broken)
    monkeypatch.setattr(guard, "holds_nothing", lambda *a, real=guard.holds_nothing: real(*a[:-1], False))
    code, said = rehearse()
    assert code == 1 and "describe_volumes cannot be read" in said


def test_the_cost_is_said_before_the_last_word(rehearse, at):
    code, said = rehearse("--attachments", "7", answers=(HUB, SPOKE, "no"))
    assert code == 1 and "7 attachment-hours" in said and "https://aws.amazon.com/transit-gateway/pricing/" in said
    assert at("ec2", HUB).describe_transit_gateways()["TransitGateways"] == []


def leftovers(at):
    found = []
    for account in (HUB, SPOKE):
        api = at("ec2", account)
        found += [it["VpcId"] for it in api.describe_vpcs()["Vpcs"]]
        found += [it["InternetGatewayId"] for it in api.describe_internet_gateways()["InternetGateways"]]
        found += [it[key] for call, items, key, _ in sweep.FIRST + sweep.LAST for it in getattr(api, call)()[items]
                  if sweep.state(it) not in sweep.OVER and it.get("OwnerId") != "AWS"]
        found += [it["TransitGatewayId"] for it in api.describe_transit_gateways()["TransitGateways"]
                  if it["State"] not in ("deleting", "deleted")]
        found += [it["name"] for it in at("ram", account).get_resource_shares(resourceOwner="SELF")["resourceShares"]
                  if it["status"] not in ("DELETING", "DELETED")]
        found += [it["RoleName"] for it in at("iam", account).list_roles()["Roles"]
                  if not it["Path"].startswith("/aws-service-role/")]
    return found


@pytest.mark.pace("600")
def test_a_run_judges_facts_and_leaves_nothing(rehearse, at):
    """At a pace at which nothing is over at once, so that a test that did not wait would fail."""
    code, said = rehearse("--only", "test_deletion", "--only", "test_ec2_vpc", "--only", "test_walk_others")
    assert "refuted: 0 of" in said, said
    assert code == 0 and "The accounts are clean." in said
    for name in ("deletion.vpc-is-held", "deletion.static-routes-stay", "vpc.main-table", "dry-run", "ram.share-life", "iam.role-life"):
        assert name in said.split("confirmed:")[1]
    assert "quota" in said.split("not tried:")[1].split("confirmed:")[0]
    assert leftovers(at) == []


@pytest.mark.pace("600")
def test_a_run_of_every_kind_leaves_nothing(rehearse, at):
    """What hangs on others, costs or has no VPC: VPN connections, Connect and its peers, peerings, prefix lists."""
    code, said = rehearse("--only", "test_ec2_connect_peers", "--only", "test_ec2_given_attachments",
                          "--only", "test_ec2_peerings", "--only", "test_ec2_prefix_lists",
                          "--only", "test_ec2_aws_prefix_lists", "--only", "test_ec2_ways_out")
    assert "refuted: 0 of" in said, said
    assert code == 0 and "The accounts are clean." in said
    for name in ("connect-peer.addresses", "given.vpn", "peering.vpc.states", "prefix-list.of-aws", "egress-only.route"):
        assert name in said.split("confirmed:")[1]
    assert leftovers(at) == []


@pytest.mark.pace("600")
def test_a_vpn_and_a_peering_are_counted_as_what_they_cost(rehearse, at):
    code, said = rehearse("--only", "test_ec2_given_attachments", "--attachments", "0")
    assert "the run may make 0 attachments" in said and leftovers(at) == []


@pytest.mark.pace("600")
def test_the_agreed_number_of_attachments_is_not_passed(rehearse, at):
    code, said = rehearse("--only", "test_deletion", "--attachments", "1")
    assert "the run may make 1 attachments" in said
    assert leftovers(at) == []


@pytest.mark.pace("600")
def test_no_test_begins_after_the_time(rehearse, at):
    code, said = rehearse("--only", "test_deletion", "--minutes", "0")
    assert "confirmed: 0 of" in said and "the time of the run was over" in said


@pytest.mark.parametrize("name", ["test_of_nothing", "test_throttling"])
def test_a_file_that_is_not_for_aws_is_refused(rehearse, name):
    code, said = rehearse("--only", name)
    assert code == 1 and f"{name} cannot be run against AWS" in said


def test_a_run_whose_tests_did_not_run_is_no_success(rehearse, monkeypatch):
    monkeypatch.setattr(aws_run.Run, "tests", lambda self, name, directory: False)
    code, said = rehearse()
    assert code == 1 and "The tests could not be run" in said


@pytest.mark.pace("600")
def test_a_run_that_breaks_off_is_swept(rehearse, at, monkeypatch):
    """Ctrl-C in the middle of a test: what it had made goes all the same."""
    def broken(self, name, directory):
        for account in (HUB, SPOKE):
            for service in ("ec2", "ram", "iam"):
                client = at(service, account)
                tagging.add(client, name)
                if service == "ec2":
                    vpc = client.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
                    subnet = client.create_subnet(VpcId=vpc, CidrBlock="10.0.0.0/24")["Subnet"]["SubnetId"]
                    gateway = client.create_transit_gateway()["TransitGateway"]["TransitGatewayId"]
                    table = client.create_route_table(VpcId=vpc)["RouteTable"]["RouteTableId"]
                    client.associate_route_table(RouteTableId=table, SubnetId=subnet)
                    internet = client.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
                    client.attach_internet_gateway(InternetGatewayId=internet, VpcId=vpc)
                    time.sleep(0.5)
                    client.create_transit_gateway_vpc_attachment(TransitGatewayId=gateway, VpcId=vpc, SubnetIds=[subnet])
                elif service == "ram":
                    client.create_resource_share(name="left")
                else:
                    client.create_role(RoleName="left", AssumeRolePolicyDocument=(
                        '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": {"AWS": "*"}, '
                        '"Action": "sts:AssumeRole"}]}'))
                    client.put_role_policy(RoleName="left", PolicyName="p", PolicyDocument=(
                        '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "ec2:*", "Resource": "*"}]}'))
        raise KeyboardInterrupt

    monkeypatch.setattr(aws_run.Run, "tests", broken)
    with pytest.raises(KeyboardInterrupt):
        rehearse()
    assert leftovers(at) == []


def test_clean_takes_what_runs_left_and_nothing_else(rehearse, at):
    tagged, untagged = at("ec2", HUB), at("ec2", SPOKE)
    tagging.add(tagged, "of-yesterday")
    tagged.create_vpc(CidrBlock="10.0.0.0/16")
    kept = untagged.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    code, said = rehearse()
    assert code == 1 and "is not empty" in said and "--clean takes it away" in said
    code, said = rehearse("--clean")
    assert code == 0 and "The accounts are clean." in said
    assert leftovers(at) == [kept]


def test_one_runs_sweep_leaves_anothers(at):
    api = at("ec2", HUB)
    tagging.add(api, "one")
    kept = api.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    sweep.Sweep(at, [HUB], "two", 0.001).all(time.time() + 5)
    assert [it["VpcId"] for it in at("ec2", HUB).describe_vpcs()["Vpcs"]] == [kept]


def test_the_help_says_how_it_is_done():
    done = subprocess.run([sys.executable, HERE, "--endpoint", "aws", "--help"], capture_output=True, text=True, check=True)
    assert "throw-away accounts" in done.stdout and "--clean" in done.stdout
