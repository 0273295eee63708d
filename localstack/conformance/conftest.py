"""What the conformance tests share: clients for any account, and fresh organizations.

The tests speak to whatever AWS_ENDPOINT_URL names, in boto3 alone. They know nothing of the sandbox's inside but two
things: a 12-digit account id is a key of that account, and `/_sandbox/` moves its clock.
"""

import itertools
import os
import types
import urllib.request
import uuid

import boto3
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

ENDPOINT = os.environ["AWS_ENDPOINT_URL"]
NUMBERS = itertools.count(1)


@pytest.fixture(scope="session")
def client():
    """Makes clients: `client("ec2", "111111111111")`, or with what AssumeRole gave instead of an account."""
    known = {}

    def make(service, who, region="us-east-1"):
        key = who if isinstance(who, str) else who["AccessKeyId"]
        if (service, key, region) not in known:
            known[service, key, region] = boto3.client(
                service,
                endpoint_url=ENDPOINT,
                region_name=region,
                aws_access_key_id=key,
                aws_secret_access_key="unused" if isinstance(who, str) else who["SecretAccessKey"],
                aws_session_token=None if isinstance(who, str) else who["SessionToken"],
                # One attempt, and no check on this side: the answers are what is tested.
                config=Config(retries={"total_max_attempts": 1}, parameter_validation=False),
            )
        return known[service, key, region]

    return make


@pytest.fixture
def account():
    """Makes ids of accounts that no organization has."""
    return lambda: str(uuid.uuid4().int)[:12].replace("0", "1")


@pytest.fixture
def organization(client, account):
    """Makes a fresh organization: its management account, its root, and as many member accounts as asked for."""

    def make(accounts=3):
        management = account()
        api = client("organizations", management)
        api.create_organization(FeatureSet="ALL")
        members = []
        for _ in range(accounts):
            name = f"member-{management}-{next(NUMBERS)}"
            asked = api.create_account(AccountName=name, Email=f"{name}@example.com")
            request = asked["CreateAccountStatus"]["Id"]
            status = api.describe_create_account_status(CreateAccountRequestId=request)["CreateAccountStatus"]
            assert status["State"] == "SUCCEEDED"
            members.append(status["AccountId"])
        root = api.list_roots()["Roots"][0]["Id"]
        return types.SimpleNamespace(management=management, accounts=members, root=root, api=api)

    return make


@pytest.fixture
def assume(client):
    """Makes sessions: `assume("111111111111", "222222222222", "role", ExternalId=..)` gives credentials."""

    def make(who, account, role, **more):
        more.setdefault("RoleSessionName", "conformance")
        arn = f"arn:aws:iam::{account}:role/{role}"
        return client("sts", who).assume_role(RoleArn=arn, **more)["Credentials"]

    return make


@pytest.fixture
def refused():
    """Runs what must fail: `refused(api.list_accounts, MaxResults=21)` gives code and HTTP status."""

    def run(call, *args, **params):
        with pytest.raises(ClientError) as caught:
            call(*args, **params)
        answer = caught.value.response
        return answer["Error"]["Code"], answer["ResponseMetadata"]["HTTPStatusCode"]

    return run


@pytest.fixture
def advance():
    """Moves the sandbox's clock on by some seconds."""

    def move(seconds):
        url = f"{ENDPOINT}/_sandbox/clock/advance?seconds={seconds}"
        urllib.request.urlopen(urllib.request.Request(url, method="POST")).close()

    return move
