"""RAM beyond the plain way: permissions, tags, tokens, invitations over time, departures, quotas."""

import pytest

from harness.marks import fact

PERMISSION = "arn:aws:ram::aws:permission/AWSRAMDefaultPermissionTransitGateway"


def gateway(client, owner):
    return client("ec2", owner).create_transit_gateway()["TransitGateway"]["TransitGatewayArn"]


def share(ram, **more):
    return ram.create_resource_share(name="hub", **more)["resourceShare"]["resourceShareArn"]


def invitation(ram):
    [found] = ram.get_resource_share_invitations()["resourceShareInvitations"]
    return {"resourceShareInvitationArn": found["resourceShareInvitationArn"]}


def status(ram, arn, kind):
    asked = {"associationType": kind, "resourceShareArns": [arn]}
    return [it["status"] for it in ram.get_resource_share_associations(**asked)["resourceShareAssociations"]]


def test_an_unanswered_invitation_expires(client, account, advance, refused):
    """RAM User Guide, "Accepting and rejecting resource share invitations": 7 days for transit gateways."""
    hub, spoke = account(), account()
    owner, ram = client("ram", hub), client("ram", spoke)
    arn = share(owner, resourceArns=[gateway(client, hub)], principals=[spoke])
    named = invitation(ram)
    advance(7 * 24 * 3600)
    code = refused(ram.accept_resource_share_invitation, **named)[0]
    assert code == "ResourceShareInvitationExpiredException"
    assert status(owner, arn, "PRINCIPAL") == ["DISASSOCIATED"]


@fact("ram.invitation-forgotten")
def test_an_accepted_invitation_is_forgotten_but_not_the_association(client, account, advance):
    """RAM API, GetResourceShareInvitations: an invitation is gone some time after it was answered (hashicorp's provider
    reads the association instead); the association says ASSOCIATED."""
    hub, spoke = account(), account()
    owner, ram = client("ram", hub), client("ram", spoke)
    arn = share(owner, resourceArns=[gateway(client, hub)], principals=[spoke])
    ram.accept_resource_share_invitation(**invitation(ram))
    advance(30 * 24 * 3600)
    assert ram.get_resource_share_invitations()["resourceShareInvitations"] == []
    assert status(owner, arn, "PRINCIPAL") == ["ASSOCIATED"]


def test_a_rejected_invitation(client, account, refused):
    """RAM API, RejectResourceShareInvitation and ListPendingInvitationResources."""
    hub, spoke = account(), account()
    owner, ram = client("ram", hub), client("ram", spoke)
    arn = gateway(client, hub)
    made = share(owner, resourceArns=[arn], principals=[spoke])
    named = invitation(ram)
    [pending] = ram.list_pending_invitation_resources(**named)["resources"]
    assert (pending["arn"], pending["type"]) == (arn, "ec2:TransitGateway")
    ram.reject_resource_share_invitation(**named)
    code = refused(ram.accept_resource_share_invitation, **named)[0]
    assert code == "ResourceShareInvitationAlreadyRejectedException"
    assert status(owner, made, "PRINCIPAL") == ["DISASSOCIATED"]


@fact("ram.permissions")
def test_permissions(client, account, refused):
    """RAM User Guide, "Managing permissions in AWS RAM": each type has one default managed permission, which a share
    gets with the first resource of that type and loses only after the last."""
    hub = account()
    ram, arn = client("ram", hub), gateway(client, hub)
    made = share(ram, resourceArns=[arn])
    [held] = ram.list_resource_share_permissions(resourceShareArn=made)["permissions"]
    assert (held["arn"], held["resourceType"], held["isResourceTypeDefault"]) == (PERMISSION, "ec2:TransitGateway", True)
    listed = ram.list_permissions(resourceType="ec2:TransitGateway")["permissions"]
    assert [it["arn"] for it in listed] == [PERMISSION]
    assert ram.get_permission(permissionArn=PERMISSION)["permission"]["name"] == PERMISSION.split("/")[1]
    out = {"resourceShareArn": made, "permissionArn": PERMISSION}
    assert refused(ram.disassociate_resource_share_permission, **out)[0] == "OperationNotPermittedException"
    ram.disassociate_resource_share(resourceShareArn=made, resourceArns=[arn])
    assert ram.disassociate_resource_share_permission(**out)["returnValue"]
    assert ram.list_resource_share_permissions(resourceShareArn=made)["permissions"] == []
    code = refused(ram.get_permission, permissionArn="arn:aws:ram::aws:permission/None")[0]
    assert code == "UnknownResourceException"


@fact("ram.tags")
def test_tags(client, account, refused):
    """RAM API, TagResource and UntagResource: tags belong to the share; others do not see them."""
    hub = account()
    ram = client("ram", hub)
    arn = share(ram, tags=[{"key": "a", "value": "1"}])
    ram.tag_resource(resourceShareArn=arn, tags=[{"key": "b", "value": "2"}, {"key": "a", "value": "3"}])
    ram.untag_resource(resourceShareArn=arn, tagKeys=["b", "none"])
    [found] = ram.get_resource_shares(resourceOwner="SELF")["resourceShares"]
    assert found["tags"] == [{"key": "a", "value": "3"}]
    many = [{"key": str(number), "value": ""} for number in range(50)]
    assert refused(ram.tag_resource, resourceShareArn=arn, tags=many)[0] == "TagLimitExceededException"
    other = client("ram", account())
    assert refused(other.tag_resource, resourceShareArn=arn, tags=many[:1])[0] == "UnknownResourceException"


def test_a_token_with_other_parameters(client, account, refused):
    """RAM API, AssociateResourceShare: IdempotentParameterMismatchException."""
    ram = client("ram", account())
    arn = share(ram)
    asked = {"resourceShareArn": arn, "clientToken": "once"}
    first = ram.associate_resource_share(principals=[account()], **asked)
    assert first["clientToken"] == "once"
    again = refused(ram.associate_resource_share, principals=[account()], **asked)[0]
    assert again == "IdempotentParameterMismatchException"


def test_pages(client, account, refused):
    """RAM API: maxResults 1 to 500, nextToken."""
    ram = client("ram", account())
    made = {share(ram) for _ in range(5)}
    pages = ram.get_paginator("get_resource_shares").paginate(resourceOwner="SELF", PaginationConfig={"PageSize": 2})
    sizes, seen = [], set()
    for page in pages:
        sizes.append(len(page["resourceShares"]))
        seen.update(it["resourceShareArn"] for it in page["resourceShares"])
    assert (sizes, seen) == ([2, 2, 1], made)
    asked = {"resourceOwner": "SELF"}
    assert refused(ram.get_resource_shares, nextToken="none", **asked)[0] == "InvalidNextTokenException"
    assert refused(ram.get_resource_shares, maxResults=501, **asked)[0] == "InvalidParameterException"


@fact("ram.leaving")
@pytest.mark.parametrize("retains", [False, True])
def test_an_account_that_leaves_the_organization(client, organization, retains):
    """RAM User Guide: an account that leaves loses what it was shared as a member, unless the share retains it
    (resourceShareConfiguration.retainSharingOnAccountLeaveOrganization)."""
    org = organization(accounts=2)
    hub, spoke = org.accounts
    client("ram", org.management).enable_sharing_with_aws_organization()
    retain = {"retainSharingOnAccountLeaveOrganization": retains}
    share(
        client("ram", hub), resourceArns=[gateway(client, hub)], principals=[spoke], resourceShareConfiguration=retain
    )
    api = client("ec2", spoke)
    api.describe_vpcs()
    assert len(api.describe_transit_gateways()["TransitGateways"]) == 1
    client("organizations", spoke).leave_organization()
    assert len(api.describe_transit_gateways()["TransitGateways"]) == (1 if retains else 0)


def test_malformed_and_unknown_names(client, account, refused):
    """RAM API, common errors of CreateResourceShare."""
    hub = account()
    call = client("ram", hub).create_resource_share
    assert refused(call, name="s", resourceArns=["nonsense"])[0] == "MalformedArnException"
    absent = f"arn:aws:ec2:us-east-1:{hub}:transit-gateway/tgw-0123456789abcdef0"
    assert refused(call, name="s", resourceArns=[absent])[0] == "UnknownResourceException"
    assert refused(call, name="s", principals=["nobody"])[0] == "MalformedArnException"
    assert refused(call, name="s", principals=[f"arn:aws:iam::{account()}:role/r"])[0] == "InvalidParameterException"
    many = [str(100000000000 + number) for number in range(101)]
    assert refused(call, name="s", principals=many)[0] == "InvalidParameterException"
