"""What the conformance tests share: clients for any account, and fresh organizations.

The tests are boto3 alone, and know neither transitd nor the endpoint that they are run against: the sandbox, moto or
AWS. What differs between those is in harness/endpoints.py; what an endpoint cannot give is not tried.
"""

import itertools
import json
import os
import pathlib
import sys
import types

import pytest
from botocore.exceptions import BotoCoreError, ClientError

sys.path.insert(0, str(pathlib.Path(__file__).parent))

from harness import coverage, endpoints, marks, registry  # noqa: E402
from harness.network import Network  # noqa: E402
from harness.recorder import Recorder  # noqa: E402

NUMBERS = itertools.count(1)
RECORD = os.environ.get("CONFORMANCE_RECORD")
RECORDER = Recorder(pathlib.Path(RECORD) if RECORD else None)
REGISTRY = registry.read()
OPERATIONS = {f"{service}.{operation}" for service, operation in coverage.operations()}
# The position of the switch of each open question, where the runner knows it.
POSITIONS = json.loads(os.environ.get("CONFORMANCE_POSITIONS", "{}"))
# What stands in the way of a test and says nothing about the fact.
IN_THE_WAY = {"RequestLimitExceeded", "Throttling", "ThrottlingException", "TooManyRequestsException", "VpcLimitExceeded",
              "InternetGatewayLimitExceeded", "TransitGatewayLimitExceeded", "OverTheRunsLimit"}


def pytest_configure(config):
    config.addinivalue_line("markers", "fact(*ids): the facts and questions of facts/ that the test tests")
    config.addinivalue_line("markers", "operations(*names): operations that there have to be in the sandbox's table")
    config.addinivalue_line("markers", "needs(*needs): what the test needs of an endpoint; harness/marks.py lists them")


def pytest_runtest_setup(item):
    RECORDER.test = name_of(item)
    endpoint = item.session.stash.setdefault(ENDPOINT, None) or endpoints.of_environment()
    item.session.stash[ENDPOINT] = endpoint
    for mark in item.iter_markers("needs"):
        for need in mark.args:
            if need not in endpoint.serves:
                pytest.skip(f"needs {marks.NEEDS[need]}")
    for mark in item.iter_markers("operations"):
        for name in mark.args:
            if name not in OPERATIONS:
                pytest.skip(f"the sandbox has no {name} yet")
    if endpoint.time_is_over():
        pytest.skip("the time of the run was over")
    endpoint.begin()


def pytest_runtest_teardown(item, nextitem):
    item.session.stash[ENDPOINT].end()


ENDPOINT = pytest.StashKey()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item, call):
    report = yield
    if report.when == "call" or report.when == "setup" and report.outcome != "passed":
        error = call.excinfo.value if call.excinfo else None
        outcome, why = report.outcome, said(error)
        if in_the_way(error):
            outcome = "skipped"
        facts = [name for mark in item.iter_markers("fact") for name in mark.args]
        RECORDER.write("test", id=name_of(item), facts=facts, outcome=outcome, why=why)
    return report


def name_of(item):
    return f"{item.path.name}::{item.name}"


def said(error):
    return " ".join(str(error).split())[:300] if error is not None else ""


def in_the_way(error):
    if isinstance(error, ClientError):
        return error.response["Error"]["Code"] in IN_THE_WAY
    return isinstance(error, BotoCoreError)


@pytest.fixture(scope="session")
def endpoint(request):
    return request.session.stash[ENDPOINT]


@pytest.fixture(scope="session")
def client(endpoint):
    """Makes clients: `client("ec2", "111111111111")`, or with what AssumeRole gave instead of an account."""
    known = {}

    def make(service, who, region="us-east-1"):
        key = who if isinstance(who, str) else who["AccessKeyId"] + who["SessionToken"]
        if (service, key, region) not in known:
            known[service, key, region] = made = endpoint.client(service, who, region)
            RECORDER.listen(made)
        return known[service, key, region]

    return make


@pytest.fixture
def account(endpoint):
    """Makes ids of accounts that no organization has."""
    return endpoint.account


@pytest.fixture
def organization(client, account, endpoint):
    """Makes a fresh organization: its management account, its root, and as many member accounts as asked for."""
    if "organization" not in endpoint.serves:
        pytest.skip(f"needs {marks.NEEDS['organization']}")

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
def dry(refused):
    """Makes a call twice: with DryRun, which has to be answered with DryRunOperation 412, and in earnest."""

    def run(call, **params):
        assert refused(call, **params, DryRun=True) == ("DryRunOperation", 412)
        return call(**params)

    return run


@pytest.fixture
def settled():
    """Takes what was observed about an open question: one of its two answers, the one of the switch where it is known."""

    def take(question, observed):
        answers = REGISTRY.questions[question].answers
        RECORDER.write("answer", question=question, observed=observed)
        wanted = {answers[POSITIONS[question]]} if question in POSITIONS else set(answers.values())
        assert observed in wanted

    return take


@pytest.fixture
def later(endpoint):
    """Lets pass the time after which every read shows what there is."""
    return endpoint.later


@pytest.fixture
def advance(endpoint):
    """Moves the clock on by some seconds."""
    return endpoint.advance


@pytest.fixture
def sandbox(endpoint):
    """Makes the sandbox do what AWS does by itself: `sandbox("account", id=.., state="SUSPENDED")`."""
    if "sandbox" not in endpoint.serves:
        pytest.skip(f"needs {marks.NEEDS['sandbox']}")
    return endpoint.tell


@pytest.fixture
def network(client, account):
    """Makes networks of a hub and a spoke: `network()`, or with other options of the transit gateway."""
    return lambda **more: Network(client, account(), account(), **more)
