"""Organizations beyond the plain way: states, departures, delegation, throttling."""

import pytest

from harness.marks import fact

SERVICE = {"ServicePrincipal": "ram.amazonaws.com"}


@fact("organizations.suspended")
def test_a_suspended_account(client, organization, sandbox, refused):
    """Organizations API, Account: State SUSPENDED; Status (retired 2026-09-09) says the same. It cannot be used."""
    org = organization(accounts=1)
    [member] = org.accounts
    sandbox("account", id=member, state="SUSPENDED")
    shown = org.api.describe_account(AccountId=member)["Account"]
    assert (shown["State"], shown["Status"]) == ("SUSPENDED", "SUSPENDED")
    assert refused(client("ec2", member).describe_vpcs) == ("AuthFailure", 401)


def test_a_member_leaves(client, organization, refused):
    """Organizations API, LeaveOrganization and DeleteOrganization."""
    org = organization(accounts=1)
    [member] = org.accounts
    own = client("organizations", member)
    assert refused(org.api.leave_organization)[0] == "MasterCannotLeaveOrganizationException"
    assert refused(org.api.delete_organization)[0] == "OrganizationNotEmptyException"
    own.leave_organization()
    assert refused(own.describe_organization)[0] == "AWSOrganizationsNotInUseException"
    org.api.delete_organization()
    assert refused(org.api.list_roots)[0] == "AWSOrganizationsNotInUseException"


@fact("organizations.delegation-holds")
def test_delegation_holds_a_service(organization, refused):
    """Organizations API, DisableAWSServiceAccess, ListDelegatedServicesForAccount."""
    org = organization(accounts=1)
    [member] = org.accounts
    org.api.enable_aws_service_access(**SERVICE)
    org.api.register_delegated_administrator(AccountId=member, **SERVICE)
    [held] = org.api.list_delegated_services_for_account(AccountId=member)["DelegatedServices"]
    assert held["ServicePrincipal"] == SERVICE["ServicePrincipal"]
    assert refused(org.api.remove_account_from_organization, AccountId=member)[0] == "ConstraintViolationException"
    org.api.deregister_delegated_administrator(AccountId=member, **SERVICE)
    code = refused(org.api.list_delegated_services_for_account, AccountId=member)[0]
    assert code == "AccountNotRegisteredException"
    org.api.disable_aws_service_access(**SERVICE)
    assert org.api.list_aws_service_access_for_organization()["EnabledServicePrincipals"] == []


def test_requests_by_state(organization):
    """Organizations API, ListCreateAccountStatus."""
    org = organization(accounts=2)
    done = org.api.list_create_account_status(States=["SUCCEEDED"])["CreateAccountStatuses"]
    assert {it["AccountId"] for it in done} == set(org.accounts)
    assert org.api.list_create_account_status(States=["IN_PROGRESS"])["CreateAccountStatuses"] == []


@pytest.fixture
def throttled(sandbox):
    sandbox("throttling", on="true")
    yield
    sandbox("throttling", on="false")


@fact("throttling.other-services")
def test_throttling(client, organization, account, refused, request):
    """"Quotas for AWS Organizations": ListRoots 1 a second, 2 at once, TooManyRequestsException; EC2 and STS have codes
    of their own ("Request throttling for the Amazon EC2 API"; STS 600 a second for each account and Region)."""
    org = organization(accounts=0)
    request.getfixturevalue("throttled")
    codes = [outcome(org.api.list_roots) for _ in range(20)]
    assert codes[:2] == [None, None]
    assert ("TooManyRequestsException", 400) in codes[2:]


def outcome(call):
    from botocore.exceptions import ClientError

    try:
        call()
    except ClientError as error:
        return error.response["Error"]["Code"], error.response["ResponseMetadata"]["HTTPStatusCode"]
    return None


@fact("organizations.invited")
def test_an_invited_account_joins(client, organization, account, refused):
    """Organizations User Guide, "Inviting an AWS account to join your organization"."""
    org, other = organization(accounts=0), account()
    made = org.api.invite_account_to_organization(Target={"Id": other, "Type": "ACCOUNT"})["Handshake"]
    assert made["State"] == "OPEN"
    own = client("organizations", other)
    [listed] = own.list_handshakes_for_account()["Handshakes"]
    assert listed["Id"] == made["Id"]
    assert own.accept_handshake(HandshakeId=made["Id"])["Handshake"]["State"] == "ACCEPTED"
    shown = org.api.describe_account(AccountId=other)["Account"]
    assert (shown["State"], shown["JoinedMethod"]) == ("ACTIVE", "INVITED")
    assert own.describe_organization()["Organization"]["MasterAccountId"] == org.management
    assert refused(own.accept_handshake, HandshakeId=made["Id"])[0] == "InvalidHandshakeTransitionException"
