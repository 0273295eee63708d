"""Organizations."""

import pytest
from botocore.exceptions import ClientError
from harness.marks import fact


@fact("organizations.readers")
def test_who_may_read(client, organization, account, refused):
    """Organizations API, "This operation can be called only from the organization's management account or by a member
    account that is a delegated administrator"; DescribeOrganization from any account of it."""
    org = organization(accounts=1)
    member = client("organizations", org.accounts[0])
    assert refused(member.list_accounts) == ("AccessDeniedException", 400)
    assert refused(member.list_roots) == ("AccessDeniedException", 400)
    assert member.describe_organization()["Organization"]["MasterAccountId"] == org.management
    outside = client("organizations", account())
    assert refused(outside.describe_organization) == ("AWSOrganizationsNotInUseException", 400)

    org.api.enable_aws_service_access(ServicePrincipal="ram.amazonaws.com")
    org.api.register_delegated_administrator(AccountId=org.accounts[0], ServicePrincipal="ram.amazonaws.com")
    assert len(member.list_accounts()["Accounts"]) == 2
    root = org.root
    assert refused(member.create_organizational_unit, ParentId=root, Name="x") == ("AccessDeniedException", 400)


@fact("organizations.delegation")
def test_delegation_needs_trusted_access(organization, refused):
    """Organizations API, RegisterDelegatedAdministrator: ConstraintViolationException SERVICE_ACCESS_NOT_ENABLED."""
    org = organization(accounts=1)
    params = {"AccountId": org.accounts[0], "ServicePrincipal": "ram.amazonaws.com"}
    assert refused(org.api.register_delegated_administrator, **params) == ("ConstraintViolationException", 400)


@fact("organizations.arns")
def test_arns(organization):
    """Service authorization reference, "Resource types defined by AWS Organizations"."""
    org = organization(accounts=1)
    about = org.api.describe_organization()["Organization"]
    start = f"arn:aws:organizations::{org.management}"
    assert about["Arn"] == f"{start}:organization/{about['Id']}"
    account = org.api.describe_account(AccountId=org.accounts[0])["Account"]
    assert account["Arn"] == f"{start}:account/{about['Id']}/{org.accounts[0]}"
    root = org.api.list_roots()["Roots"][0]
    assert root["Arn"] == f"{start}:root/{about['Id']}/{root['Id']}"
    unit = org.api.create_organizational_unit(ParentId=org.root, Name="net")["OrganizationalUnit"]
    assert unit["Arn"] == f"{start}:ou/{about['Id']}/{unit['Id']}"


@fact("organizations.depth")
def test_units_nest_five_deep(organization, refused):
    """Organizations User Guide, quotas: five levels of units under a root; OU_DEPTH_LIMIT_EXCEEDED."""
    org = organization(accounts=0)
    parent = org.root
    for depth in range(5):
        made = org.api.create_organizational_unit(ParentId=parent, Name=f"level-{depth}")
        parent = made["OrganizationalUnit"]["Id"]
    call = refused(org.api.create_organizational_unit, ParentId=parent, Name="too-deep")
    assert call == ("ConstraintViolationException", 400)


@fact("organizations.moving", "organizations.units")
def test_moving(organization, refused):
    """Organizations API, MoveAccount: its errors."""
    org = organization(accounts=1)
    [account] = org.accounts
    unit = org.api.create_organizational_unit(ParentId=org.root, Name="net")["OrganizationalUnit"]["Id"]

    def move(account, source, destination):
        org.api.move_account(AccountId=account, SourceParentId=source, DestinationParentId=destination)

    assert refused(move, account, unit, org.root)[0] == "DuplicateAccountException"
    assert refused(move, account, "r-zzzz", unit)[0] == "SourceParentNotFoundException"
    assert refused(move, account, org.root, "ou-zzzz-00000000")[0] == "DestinationParentNotFoundException"
    assert refused(move, "999999999999", org.root, unit)[0] == "AccountNotFoundException"
    move(account, org.root, unit)
    assert org.api.list_parents(ChildId=account)["Parents"] == [{"Id": unit, "Type": "ORGANIZATIONAL_UNIT"}]
    assert [each["Id"] for each in org.api.list_accounts_for_parent(ParentId=unit)["Accounts"]] == [account]
    assert org.api.list_children(ParentId=unit, ChildType="ACCOUNT")["Children"] == [{"Id": account, "Type": "ACCOUNT"}]
    refusal = refused(org.api.delete_organizational_unit, OrganizationalUnitId=unit)
    assert refusal[0] == "OrganizationalUnitNotEmptyException"


@fact("paging.organizations")
def test_paging(organization, refused):
    """Organizations API, ListAccounts: MaxResults 1 to 20, NextToken until it is null."""
    org = organization(accounts=4)
    pages = list(org.api.get_paginator("list_accounts").paginate(PaginationConfig={"PageSize": 2}))
    sizes = [len(page["Accounts"]) for page in pages]
    assert sizes == [2, 2, 1]
    found = {account["Id"] for page in pages for account in page["Accounts"]}
    assert found == {org.management, *org.accounts}
    assert refused(org.api.list_accounts, MaxResults=21) == ("InvalidInputException", 400)
    assert refused(org.api.list_accounts, NextToken="nonsense") == ("InvalidInputException", 400)


@fact("organizations.closing")
def test_a_closed_account(client, organization, assume, refused):
    """Organizations User Guide, "Monitor the state of your AWS accounts": State goes to CLOSED by way of
    PENDING_CLOSURE, while the older Status says SUSPENDED; nobody gets in."""
    org = organization(accounts=1)
    [account] = org.accounts
    assume(org.management, account, "OrganizationAccountAccessRole")
    org.api.close_account(AccountId=account)
    shown = org.api.describe_account(AccountId=account)["Account"]
    assert (shown["State"], shown["Status"]) == ("CLOSED", "SUSPENDED")
    refusal = refused(assume, org.management, account, "OrganizationAccountAccessRole")
    assert refusal == ("AccessDenied", 403)
    refusal = refused(org.api.close_account, AccountId=org.management)
    assert refusal == ("ConstraintViolationException", 400)


@fact("organizations.leaving")
def test_leaving(client, organization, refused):
    """Organizations API, RemoveAccountFromOrganization: the management account cannot go; who went is in none."""
    org = organization(accounts=1)
    [account] = org.accounts
    refusal = refused(org.api.remove_account_from_organization, AccountId=org.management)
    assert refusal[0] == "MasterCannotLeaveOrganizationException"
    org.api.remove_account_from_organization(AccountId=account)
    member = client("organizations", account)
    assert refused(member.describe_organization)[0] == "AWSOrganizationsNotInUseException"


@fact("organizations.tags")
def test_tags(organization, refused):
    """Organizations API, TagResource, UntagResource, ListTagsForResource."""
    org = organization(accounts=1)
    [account] = org.accounts
    org.api.tag_resource(ResourceId=account, Tags=[{"Key": "segment", "Value": "prod"}, {"Key": "x", "Value": ""}])
    org.api.untag_resource(ResourceId=account, TagKeys=["x"])
    assert org.api.list_tags_for_resource(ResourceId=account)["Tags"] == [{"Key": "segment", "Value": "prod"}]
    refusal = refused(org.api.list_tags_for_resource, ResourceId="ou-zzzz-00000000")
    assert refusal == ("TargetNotFoundException", 400)


@fact("organizations.reasons")
def test_reasons(organization):
    """Organizations API: ConstraintViolationException and InvalidInputException have a member Reason."""
    org = organization(accounts=1)
    [account] = org.accounts

    def reason(call, **params):
        with pytest.raises(ClientError) as caught:
            call(**params)
        return caught.value.response["Reason"]

    assert reason(org.api.close_account, AccountId=org.management) == "CANNOT_CLOSE_MANAGEMENT_ACCOUNT"
    delegated = {"AccountId": org.management, "ServicePrincipal": "ram.amazonaws.com"}
    org.api.enable_aws_service_access(ServicePrincipal="ram.amazonaws.com")
    code = reason(org.api.register_delegated_administrator, **delegated)
    assert code == "CANNOT_REGISTER_MASTER_AS_DELEGATED_ADMINISTRATOR"
    tags = [{"Key": "aws:name", "Value": "x"}]
    assert reason(org.api.tag_resource, ResourceId=account, Tags=tags) == "INVALID_SYSTEM_TAGS_PARAMETER"
