"""Runs the conformance suite against AWS itself, in two throw-away accounts, and sweeps them afterwards.

    python3 localstack/conformance --endpoint aws --hub-profile A --spoke-profile B --region eu-west-1
    python3 localstack/conformance --endpoint aws --hub-profile A --spoke-profile B --region eu-west-1 --clean

Before anything is made, the person types both account ids, both accounts are found to hold nothing but default VPCs,
and it is said what the run may cost. All that is made carries the tag `transitd-conformance`; after each test, at the
end, and after a failure or Ctrl-C, all that carries it is taken away. `--clean` does that alone. `--rehearse URL` goes
through the same motions at another endpoint, as the tests of this harness do with the sandbox.
"""

import argparse
import datetime
import json
import os
import pathlib
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).parents[1]
sys.path.insert(0, str(HERE))

import boto3  # noqa: E402

from harness import billing, guard, recorder, registry, sweep, venv, verdict  # noqa: E402

# Never more than this many seconds for the last sweep, whatever the run's own time.
SWEEPING = 3600


def parse(arguments):
    parser = argparse.ArgumentParser(prog="python3 localstack/conformance --endpoint aws", description=__doc__,
                                     formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--hub-profile", required=True, help="the AWS profile of the account that gets the transit gateways")
    parser.add_argument("--spoke-profile", required=True, help="the AWS profile of the account that gets the VPCs")
    parser.add_argument("--region", default="us-east-1", help="the one Region in which things are made")
    parser.add_argument("--minutes", type=float, default=240, help="no test begins later than this; 240 if left out")
    parser.add_argument("--attachments", type=int, default=120, help="how many attachments may be made and paid for at most")
    parser.add_argument("--only", metavar="TEST_FILE", action="append", default=[])
    parser.add_argument("--clean", action="store_true", help="only take away what earlier runs have left")
    parser.add_argument("--rehearse", metavar="URL", help="another endpoint than AWS, to try all this")
    parser.add_argument("--patience", type=float, default=None, help=argparse.SUPPRESS)
    return parser.parse_args(arguments)


class Run:
    def __init__(self, arguments, ask=input, say=print):
        self.arguments, self.ask, self.say = arguments, ask, say
        self.patience = arguments.patience if arguments.rehearse and arguments.patience is not None else 1.0
        profiles = (arguments.hub_profile, arguments.spoke_profile)
        self.sessions = {profile: boto3.Session(profile_name=profile, region_name=arguments.region) for profile in profiles}
        self.accounts, self.clients = [], {}

    def client(self, service, who, region=None):
        """A client for a profile, or for the account that one of the profiles leads into."""
        region = region or self.arguments.region
        if (service, who, region) not in self.clients:
            session = dict(zip(self.accounts, self.sessions.values())).get(who) or self.sessions[who]
            made = session.client(service, region_name=region, endpoint_url=self.arguments.rehearse)
            self.clients[service, who, region] = made
        return self.clients[service, who, region]

    def main(self):
        try:
            return self.clean() if self.arguments.clean else self.run()
        except guard.Refused as refusal:
            self.say(f"refused: {refusal}")
            return 1

    def check_endpoint(self):
        if os.environ.get("AWS_ENDPOINT_URL") and not self.arguments.rehearse:
            raise guard.Refused("AWS_ENDPOINT_URL is set, so this would not be AWS; say --rehearse URL if that is meant")

    def files(self):
        """Lists the files to run. Those whose server is told its settings are about what only the sandbox can be told."""
        known = {file.stem: file for file in sorted(HERE.glob("test_*.py")) if "# set: " not in file.read_text()}
        if unknown := [name for name in self.arguments.only if name not in known]:
            raise guard.Refused(f"{', '.join(unknown)} cannot be run against AWS; there are {', '.join(known)}")
        return [known[name] for name in self.arguments.only or known]

    def clean(self):
        self.check_endpoint()
        self.accounts = guard.identities(self.client, list(self.sessions))
        guard.typed(self.accounts, self.ask, self.say, "take away all that carries the tag transitd-conformance")
        return self.sweep(None)

    def run(self):
        self.check_endpoint()
        self.files()
        self.accounts = guard.identities(self.client, list(self.sessions))
        guard.typed(self.accounts, self.ask, self.say, "make things in them and take them away again")
        for account in self.accounts:
            guard.leads_no_organization(self.client, account)
        self.say("Looking whether the accounts are empty:")
        for account in self.accounts:
            regions = guard.regions(self.client, account)
            guard.holds_nothing(self.client, account, regions, self.say, bool(self.arguments.rehearse))
        self.say(billing.text(self.arguments.attachments, self.arguments.region))
        if self.ask("Type yes to go on: ").strip() != "yes":
            raise guard.Refused("the answer was not yes")
        name = datetime.datetime.now(datetime.timezone.utc).strftime("%Y%m%dT%H%M%SZ")
        directory = venv.home() / "aws" / name
        directory.mkdir(parents=True)
        self.say(f"Run {name}; its records are in {directory}")
        try:
            ran = self.tests(name, directory)
        finally:
            left = self.sweep(name)
        self.say(verdict.report(registry.read(), recorder.read(directory)))
        failed = any(test["outcome"] == "failed" for test in recorder.read(directory)["test"])
        if not ran:
            self.say("The tests could not be run; what pytest says of that is above.")
        return 0 if ran and not left and not failed else 1

    def tests(self, name, directory):
        arguments = self.arguments
        plan = {
            "run": name, "region": arguments.region, "directory": str(directory), "endpoint": arguments.rehearse,
            "hub": self.accounts[0], "spoke": self.accounts[1], "patience": self.patience,
            "hub_profile": arguments.hub_profile, "spoke_profile": arguments.spoke_profile,
            "until": time.time() + arguments.minutes * 60, "attachments": arguments.attachments,
        }
        environment = {**os.environ, "CONFORMANCE_ENDPOINT": "aws", "CONFORMANCE_PLAN": json.dumps(plan),
                       "CONFORMANCE_RECORD": str(directory / "aws.jsonl"), "PYTHONDONTWRITEBYTECODE": "1"}
        command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "--tb=short", *self.files()]
        # 0 and 1 are pytest's codes when all passed and when some failed; any other says that they were not run.
        return subprocess.run(command, env=environment, cwd=HERE, check=False).returncode in (0, 1)

    def sweep(self, run):
        """Takes away what carries the run's tag; returns 1 when something is left."""
        sweeping = sweep.Sweep(self.client, self.accounts, run, self.patience, lambda line: self.say(f"taken away: {line}"))
        left = sweeping.all(time.time() + SWEEPING * max(self.patience, 0.01))
        for line in left:
            self.say(f"LEFT: {line}")
        self.say("The accounts are clean." if not left else "Something is left and may cost money: run --clean later.")
        return 1 if left else 0


if __name__ == "__main__":
    sys.exit(Run(parse(sys.argv[1:])).main())
