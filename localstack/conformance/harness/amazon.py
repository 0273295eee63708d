"""AWS itself, in two throw-away accounts: what a test process has of it.

A test gets the hub's account when it first asks for one and the spoke's when it asks again; a third there is not. All
that a test makes carries the run's tag, and is taken away after it. Whatever stood in the accounts before the test is
kept out of the lists that it reads, the tag out of every answer. After each write the next call waits until what was
asked for has happened: the tests are written as if that took no time.
"""

import json
import os
import pathlib
import time

import boto3
import pytest
from botocore.exceptions import ClientError

from . import billing, settle, sweep, tagging
from .endpoints import PLAIN


class Amazon:
    """None of the needs is served: what needs more than two accounts and AWS's default quotas is not tried."""

    serves = set()

    def __init__(self, plan):
        self.plan = plan
        self.run = plan["run"]
        self.region = plan["region"]
        self.accounts = [plan["hub"], plan["spoke"]]
        self.sessions = {
            plan[side]: boto3.Session(profile_name=plan[f"{side}_profile"], region_name=plan["region"])
            for side in ("hub", "spoke")
        }
        self.known = {}
        self.next = 0
        self.hidden = set()
        self.attached = int(self.count_file().read_text()) if self.count_file().exists() else 0

    # What the tests ask for.

    def account(self):
        if self.next >= len(self.accounts):
            pytest.skip("needs more accounts than two")
        self.next += 1
        return self.accounts[self.next - 1]

    def client(self, service, who, region):
        if region == "us-east-1" and service in ("ec2", "ram", "sts"):
            region = self.region
        elif service in ("ec2", "ram") and region != self.region:
            pytest.skip("needs a second Region, which the run does not touch")
        if isinstance(who, dict):
            client = boto3.client(service, region_name=region, endpoint_url=self.plan["endpoint"], config=PLAIN,
                                  aws_access_key_id=who["AccessKeyId"], aws_secret_access_key=who["SecretAccessKey"],
                                  aws_session_token=who.get("SessionToken") or None)
        elif who in self.sessions:
            client = self.sessions[who].client(service, region_name=region, endpoint_url=self.plan["endpoint"], config=PLAIN)
        else:
            pytest.skip("needs an account that the run has no profile for")
        tagging.add(client, self.run)
        events = client.meta.events
        for name in billing.ATTACHING:
            events.register(f"provide-client-params.ec2.{name}", self.afford)
        events.register_last("after-call.*.*", self.answered)
        return client

    def advance(self, seconds):
        pytest.skip("needs a clock that can be moved on")

    def later(self):
        time.sleep(30 * self.plan["patience"])

    def time_is_over(self):
        return time.time() > self.plan["until"]

    # What the run does around them.

    def begin(self):
        self.next = 0
        self.hidden = set()
        for account in self.accounts:
            self.hidden |= sweep.everything(self.plain("ec2", account), self.plain("ram", account))

    def end(self):
        self.sweeping().all(deadline=time.time() + 1800)

    def sweeping(self):
        return sweep.Sweep(self.plain, self.accounts, self.run, self.plan["patience"])

    def plain(self, service, account):
        """A client of the harness's own: it retries, and nothing is hidden from it."""
        if (service, account) not in self.known:
            self.known[service, account] = self.sessions[account].client(service, endpoint_url=self.plan["endpoint"])
        return self.known[service, account]

    def count_file(self):
        return pathlib.Path(self.plan["directory"]) / "attachments"

    def afford(self, params, model, **_):
        """Counts what is billed, and refuses what the person did not agree to pay for."""
        more = billing.ATTACHING[model.name]
        if self.attached + more > self.plan["attachments"]:
            error = {"Error": {"Code": "OverTheRunsLimit", "Message": f"the run may make {self.plan['attachments']} attachments"}}
            raise ClientError(error, model.name)
        if not params.get("DryRun"):
            self.attached += more
            self.count_file().write_text(str(self.attached))

    def answered(self, http_response, parsed, model, context, **_):
        if http_response.status_code >= 300:
            return
        tagging.strip(parsed, self.run)
        if model.name.startswith(("Describe", "Get", "Search", "List")):
            hide(parsed, self.hidden)
        else:
            settle.settle(self, model, context.get("conformance_asked", {}), parsed)


LISTS = {
    "Vpcs": "VpcId", "Subnets": "SubnetId", "RouteTables": "RouteTableId", "InternetGateways": "InternetGatewayId",
    "TransitGateways": "TransitGatewayId", "TransitGatewayAttachments": "TransitGatewayAttachmentId",
    "TransitGatewayVpcAttachments": "TransitGatewayAttachmentId",
    "TransitGatewayRouteTables": "TransitGatewayRouteTableId", "Tags": "ResourceId",
    **{items: key for _, items, key, _ in sweep.FIRST + sweep.LAST},
    "resourceShares": "resourceShareArn", "resourceShareInvitations": "resourceShareInvitationArn",
}


def hide(parsed, hidden):
    """Takes out of a list what was there before the test."""
    for name, key in LISTS.items():
        if isinstance(parsed.get(name), list):
            parsed[name] = [item for item in parsed[name] if item.get(key) not in hidden]


def of_environment():
    return Amazon(json.loads(os.environ["CONFORMANCE_PLAN"]))
