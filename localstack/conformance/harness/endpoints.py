"""How an account, a client and a clock are had at each endpoint.

The tests know none of this. An endpoint says which needs it can serve (see marks.py); what it cannot, is not tried.
"""

import os
import urllib.parse
import urllib.request
import uuid

import boto3
import pytest
from botocore.config import Config

from . import marks

# One attempt, and no check on this side: the answers are what is tested.
PLAIN = Config(retries={"total_max_attempts": 1}, parameter_validation=False)


class Local:
    """An endpoint on this machine, where accounts cost nothing."""

    def __init__(self, url):
        self.url = url

    def account(self):
        """Makes the id of an account that no organization has."""
        return str(uuid.uuid4().int)[:12].replace("0", "1")

    def client(self, service, who, region):
        keys = who if isinstance(who, dict) else self.keys(who)
        return boto3.client(
            service,
            endpoint_url=self.url,
            region_name=region,
            aws_access_key_id=keys["AccessKeyId"],
            aws_secret_access_key=keys["SecretAccessKey"],
            aws_session_token=keys.get("SessionToken"),
            config=PLAIN,
        )

    def time_is_over(self):
        return False

    def begin(self):
        """Is told before each test."""

    def end(self):
        """Is told after each test: accounts on this machine need no sweeping."""


class Sandbox(Local):
    """The sandbox: a 12-digit access key id is that account's root, and `/_sandbox/` moves the clock."""

    serves = set(marks.NEEDS)

    def keys(self, account):
        return {"AccessKeyId": account, "SecretAccessKey": "unused"}

    def tell(self, what, **parameters):
        """Makes one of the sandbox's own calls."""
        url = f"{self.url}/_sandbox/{what}?{urllib.parse.urlencode(parameters)}"
        urllib.request.urlopen(urllib.request.Request(url, method="POST")).close()

    def advance(self, seconds):
        self.tell("clock/advance", seconds=seconds)

    def later(self):
        self.advance(600)


class Moto(Local):
    """moto's server: only AssumeRole leads into an account, and it asks neither for the role nor for trust."""

    serves = set(marks.NEEDS) - {"clock", "sandbox"}

    def __init__(self, url):
        super().__init__(url)
        self.known = {}

    def keys(self, account):
        if not account.isdigit():
            return {"AccessKeyId": account, "SecretAccessKey": "unused"}
        if account not in self.known:
            sts = super().client("sts", {"AccessKeyId": "unused", "SecretAccessKey": "unused"}, "us-east-1")
            role = f"arn:aws:iam::{account}:role/conformance"
            self.known[account] = sts.assume_role(RoleArn=role, RoleSessionName="conformance")["Credentials"]
        return self.known[account]

    def later(self):
        """Lets nothing pass: moto has no states that take their time."""

    def advance(self, seconds):
        pytest.skip("moto has no clock that can be moved on")


def of_environment():
    """Returns the endpoint that the environment names, as the runner set it."""
    kind = os.environ.get("CONFORMANCE_ENDPOINT", "sandbox")
    if kind == "aws":
        from . import amazon

        return amazon.of_environment()
    return {"sandbox": Sandbox, "moto": Moto}[kind](os.environ["AWS_ENDPOINT_URL"])
