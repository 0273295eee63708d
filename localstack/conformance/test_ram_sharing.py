"""Sharing a transit gateway with accounts, units and organizations."""

from harness.marks import fact


def a_gateway(api):
    return api.create_transit_gateway()["TransitGateway"]


def seen(api):
    return [it["TransitGatewayId"] for it in api.describe_transit_gateways()["TransitGateways"]]


def shared(client, owner, principal, **more):
    gateway = a_gateway(client("ec2", owner))
    params = {"name": "hub", "resourceArns": [gateway["TransitGatewayArn"]], "principals": [principal], **more}
    share = client("ram", owner).create_resource_share(**params)["resourceShare"]
    return gateway["TransitGatewayId"], share["resourceShareArn"]


@fact("ram.invited", "ram.accepted-once")
def test_an_outside_account_is_invited(client, account, refused):
    """RAM User Guide, "Accepting and rejecting resource share invitations"."""
    hub, spoke = account(), account()
    gateway, share = shared(client, hub, spoke)
    ram = client("ram", spoke)
    [invitation] = ram.get_resource_share_invitations()["resourceShareInvitations"]
    assert (invitation["senderAccountId"], invitation["status"]) == (hub, "PENDING")
    assert seen(client("ec2", spoke)) == []
    own = client("ram", hub)
    asked = {"associationType": "PRINCIPAL", "resourceShareArns": [share]}
    [association] = own.get_resource_share_associations(**asked)["resourceShareAssociations"]
    assert (association["status"], association["external"]) == ("ASSOCIATING", True)
    named = {"resourceShareInvitationArn": invitation["resourceShareInvitationArn"]}
    ram.accept_resource_share_invitation(**named)
    assert seen(client("ec2", spoke)) == [gateway]
    [association] = own.get_resource_share_associations(**asked)["resourceShareAssociations"]
    assert association["status"] == "ASSOCIATED"
    code = refused(ram.accept_resource_share_invitation, **named)[0]
    assert code == "ResourceShareInvitationAlreadyAcceptedException"


@fact("ram.organization", "ram.enabling")
def test_an_organization_needs_no_invitation(client, organization, refused):
    """RAM User Guide, "Enable resource sharing within AWS Organizations"."""
    org = organization(accounts=2)
    member, other = org.accounts
    call = client("ram", member).enable_sharing_with_aws_organization
    assert refused(call)[0] == "OperationNotPermittedException"
    unit = org.api.create_organizational_unit(ParentId=org.root, Name="net")["OrganizationalUnit"]
    org.api.move_account(AccountId=other, SourceParentId=org.root, DestinationParentId=unit["Id"])
    about = org.api.describe_organization()["Organization"]
    too_early = client("ram", member).create_resource_share
    assert refused(too_early, name="s", principals=[about["Arn"]])[0] == "OperationNotPermittedException"
    client("ram", org.management).enable_sharing_with_aws_organization()
    wanted = set()
    for principal in (other, unit["Arn"], about["Arn"]):
        wanted.add(shared(client, member, principal, allowExternalPrincipals=False)[0])
    api = client("ec2", other)
    api.describe_vpcs()
    assert set(seen(api)) == wanted
    assert client("ram", other).get_resource_share_invitations()["resourceShareInvitations"] == []
    assert len(seen(client("ec2", org.management))) == 1, "the organization's share alone"


@fact("ram.only-the-organization")
def test_only_the_organization_when_external_principals_are_off(client, account, refused):
    """RAM API Reference, CreateResourceShare, allowExternalPrincipals."""
    call = client("ram", account()).create_resource_share
    asked = {"name": "s", "principals": [account()], "allowExternalPrincipals": False}
    assert refused(call, **asked)[0] == "OperationNotPermittedException"


@fact("ram.both-sides")
def test_listing_from_both_sides(client, account):
    """RAM API Reference: resourceOwner SELF and OTHER-ACCOUNTS."""
    hub, spoke = account(), account()
    gateway, share = shared(client, hub, spoke)
    ram = client("ram", spoke)
    [invitation] = ram.get_resource_share_invitations()["resourceShareInvitations"]
    ram.accept_resource_share_invitation(resourceShareInvitationArn=invitation["resourceShareInvitationArn"])
    ram.get_resource_share_invitations()
    own = client("ram", hub)
    assert [it["resourceShareArn"] for it in own.get_resource_shares(resourceOwner="SELF")["resourceShares"]] == [share]
    assert own.get_resource_shares(resourceOwner="OTHER-ACCOUNTS")["resourceShares"] == []
    [other] = ram.get_resource_shares(resourceOwner="OTHER-ACCOUNTS")["resourceShares"]
    assert (other["resourceShareArn"], other["owningAccountId"]) == (share, hub)
    [resource] = ram.list_resources(resourceOwner="OTHER-ACCOUNTS")["resources"]
    assert (resource["arn"].split("/")[1], resource["type"]) == (gateway, "ec2:TransitGateway")
    [principal] = own.list_principals(resourceOwner="SELF")["principals"]
    assert principal["id"] == spoke


@fact("ram.unsharing")
def test_unsharing_hides_but_does_not_detach(client, account, refused):
    """VPC guide on shared transit gateways: after unsharing, attachments stay, and either owner may delete them."""
    hub, spoke = account(), account()
    gateway, share = shared(client, hub, spoke)
    ram, api = client("ram", spoke), client("ec2", spoke)
    [invitation] = ram.get_resource_share_invitations()["resourceShareInvitations"]
    ram.accept_resource_share_invitation(resourceShareInvitationArn=invitation["resourceShareInvitationArn"])
    vpc = api.create_vpc(CidrBlock="10.1.0.0/16")["Vpc"]["VpcId"]
    subnet = api.create_subnet(VpcId=vpc, CidrBlock="10.1.0.0/24")["Subnet"]["SubnetId"]
    asked = {"TransitGatewayId": gateway, "VpcId": vpc, "SubnetIds": [subnet]}
    made = api.create_transit_gateway_vpc_attachment(**asked)["TransitGatewayVpcAttachment"]
    named = {"TransitGatewayAttachmentId": made["TransitGatewayAttachmentId"]}
    client("ec2", hub).accept_transit_gateway_vpc_attachment(**named)
    client("ram", hub).disassociate_resource_share(resourceShareArn=share, principals=[spoke])
    assert seen(api) == []
    [left] = api.describe_transit_gateway_vpc_attachments()["TransitGatewayVpcAttachments"]
    assert left["State"] == "available"
    code = refused(api.describe_transit_gateways, TransitGatewayIds=[gateway])[0]
    assert code == "InvalidTransitGatewayID.NotFound"
    api.delete_transit_gateway_vpc_attachment(**named)


@fact("ram.tokens")
def test_client_tokens(client, account, refused):
    """RAM API Reference, CreateResourceShare, clientToken."""
    call = client("ram", account()).create_resource_share
    one, two = (call(name="s", clientToken="token")["resourceShare"] for _ in range(2))
    assert one["resourceShareArn"] == two["resourceShareArn"]
    code = refused(call, name="other", clientToken="token")[0]
    assert code == "IdempotentParameterMismatchException"
