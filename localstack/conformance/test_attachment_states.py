"""The states that things pass, at AWS's own pace: a clock that can be moved on shows each of them."""

# pace: real

from harness.marks import fact, needs
from harness.network import OFF, Network, a_subnet, a_vpc, state
import pytest

pytestmark = needs("clock")

TEN_MINUTES, TWO_HOURS = 600, 2 * 3600


@pytest.fixture
def gateway(client, account, advance):
    """A transit gateway of one account that is available, and a VPC in the same account."""
    hub = account()
    api = client("ec2", hub)
    made = api.create_transit_gateway(Options=OFF)["TransitGateway"]["TransitGatewayId"]
    vpc, subnet = a_vpc(api, "10.1.0.0/16")
    advance(TEN_MINUTES)
    return api, {"TransitGatewayId": made, "VpcId": vpc, "SubnetIds": [subnet]}


@pytest.fixture
def shared(client, account, advance):
    """A hub and a spoke as `network` makes them, while time goes on between the steps."""
    hub, spoke = account(), account()
    it = Network.__new__(Network)
    it.hub, it.spoke, it.at_hub, it.at_spoke = hub, spoke, client("ec2", hub), client("ec2", spoke)
    made = it.at_hub.create_transit_gateway(Options=OFF)["TransitGateway"]
    it.gateway, it.arn = made["TransitGatewayId"], made["TransitGatewayArn"]
    advance(TEN_MINUTES)
    client("ram", hub).create_resource_share(name="hub", resourceArns=[it.arn], principals=[spoke])
    advance(TEN_MINUTES)
    ram = client("ram", spoke)
    [invitation] = ram.get_resource_share_invitations()["resourceShareInvitations"]
    ram.accept_resource_share_invitation(resourceShareInvitationArn=invitation["resourceShareInvitationArn"])
    it.table = it.a_table()
    it.vpc, it.subnet = a_vpc(it.at_spoke, "10.1.0.0/16")
    advance(TEN_MINUTES)
    return it


def gateway_state(api, gateway):
    return api.describe_transit_gateways(TransitGatewayIds=[gateway])["TransitGateways"][0]["State"]


@fact("tgw.states", "timing.tgw-create")
def test_a_transit_gateway_takes_most_of_a_minute(client, account, advance):
    api = client("ec2", account())
    made = api.create_transit_gateway(Options=OFF)["TransitGateway"]
    assert made["State"] == "pending"
    advance(5)
    assert gateway_state(api, made["TransitGatewayId"]) == "pending"
    advance(TEN_MINUTES)
    assert gateway_state(api, made["TransitGatewayId"]) == "available"
    assert api.delete_transit_gateway(TransitGatewayId=made["TransitGatewayId"])["TransitGateway"]["State"] == "deleting"
    assert gateway_state(api, made["TransitGatewayId"]) == "deleting"
    advance(TEN_MINUTES)
    assert gateway_state(api, made["TransitGatewayId"]) == "deleted"


@fact("error.attach.tgw-not-available")
def test_nothing_attaches_to_a_pending_transit_gateway(client, account, refused):
    api = client("ec2", account())
    made = api.create_transit_gateway(Options=OFF)["TransitGateway"]["TransitGatewayId"]
    vpc, subnet = a_vpc(api, "10.1.0.0/16")
    call = api.create_transit_gateway_vpc_attachment
    assert refused(call, TransitGatewayId=made, VpcId=vpc, SubnetIds=[subnet])[0] == "IncorrectState"


@fact("tgw-table.states")
def test_a_route_table_is_pending_and_deleting_for_a_while(gateway, advance):
    api, asked = gateway
    made = api.create_transit_gateway_route_table(TransitGatewayId=asked["TransitGatewayId"])["TransitGatewayRouteTable"]
    table = made["TransitGatewayRouteTableId"]

    def seen():
        [it] = api.describe_transit_gateway_route_tables(TransitGatewayRouteTableIds=[table])["TransitGatewayRouteTables"]
        return it["State"]

    assert (made["State"], seen()) == ("pending", "pending")
    advance(TEN_MINUTES)
    assert seen() == "available"
    done = api.delete_transit_gateway_route_table(TransitGatewayRouteTableId=table)["TransitGatewayRouteTable"]
    assert done["State"] == "deleting"


@fact("attachment.one-account", "attachment.deleting")
def test_in_one_account_it_is_pending_and_then_available(gateway, advance):
    api, asked = gateway
    made = api.create_transit_gateway_vpc_attachment(**asked)["TransitGatewayVpcAttachment"]
    attachment = made["TransitGatewayAttachmentId"]
    assert (made["State"], state(api, attachment)) == ("pending", "pending")
    advance(TEN_MINUTES)
    assert state(api, attachment) == "available"
    done = api.delete_transit_gateway_vpc_attachment(TransitGatewayAttachmentId=attachment)
    assert done["TransitGatewayVpcAttachment"]["State"] == "deleting"
    advance(TEN_MINUTES)
    assert state(api, attachment) == "deleted"


@fact("attachment.pending-acceptance", "attachment.accepting", "error.accept.state")
def test_accepting_goes_by_way_of_pending(shared, advance, refused):
    attachment = shared.attach()
    assert state(shared.at_hub, attachment) == "pendingAcceptance"
    advance(TEN_MINUTES)
    assert state(shared.at_spoke, attachment) == "pendingAcceptance"
    accepted = shared.at_hub.accept_transit_gateway_vpc_attachment(TransitGatewayAttachmentId=attachment)
    assert accepted["TransitGatewayVpcAttachment"]["State"] == "pending"
    advance(TEN_MINUTES)
    assert state(shared.at_hub, attachment) == state(shared.at_spoke, attachment) == "available"


@fact("attachment.rejecting", "error.accept.state")
def test_rejecting_goes_by_way_of_rejecting(shared, advance, refused):
    attachment = shared.attach()
    done = shared.at_hub.reject_transit_gateway_vpc_attachment(TransitGatewayAttachmentId=attachment)
    assert done["TransitGatewayVpcAttachment"]["State"] == "rejecting"
    advance(TEN_MINUTES)
    assert state(shared.at_spoke, attachment) == "rejected"
    call = shared.at_hub.accept_transit_gateway_vpc_attachment
    assert refused(call, TransitGatewayAttachmentId=attachment)[0] == "IncorrectState"


@fact("attachment.request-withdrawn")
def test_a_request_can_be_withdrawn(shared, advance):
    attachment = shared.attach()
    done = shared.at_spoke.delete_transit_gateway_vpc_attachment(TransitGatewayAttachmentId=attachment)
    assert done["TransitGatewayVpcAttachment"]["State"] == "deleting"
    advance(TEN_MINUTES)
    assert state(shared.at_hub, attachment) == "deleted"


@fact("attachment.modifying", "error.modify.state")
def test_modifying_takes_its_time(shared, advance, refused):
    attachment = shared.accepted()
    more = a_subnet(shared.at_spoke, shared.vpc, "10.1.1.0/24", "use1-az2")
    advance(TEN_MINUTES)
    asked = {"TransitGatewayAttachmentId": attachment, "AddSubnetIds": [more]}
    done = shared.at_spoke.modify_transit_gateway_vpc_attachment(**asked)["TransitGatewayVpcAttachment"]
    assert done["State"] == "modifying"
    again = {"TransitGatewayAttachmentId": attachment, "RemoveSubnetIds": [more]}
    assert refused(shared.at_spoke.modify_transit_gateway_vpc_attachment, **again)[0] == "IncorrectState"
    advance(TEN_MINUTES)
    assert state(shared.at_hub, attachment) == "available"


@fact("attachment.records-remain")
def test_a_deleted_one_is_listed_for_two_hours(shared, advance):
    attachment = shared.accepted()
    advance(TEN_MINUTES)
    shared.at_hub.delete_transit_gateway_vpc_attachment(TransitGatewayAttachmentId=attachment)
    advance(TEN_MINUTES)
    assert state(shared.at_hub, attachment) == state(shared.at_spoke, attachment) == "deleted"
    advance(TWO_HOURS)
    assert state(shared.at_hub, attachment) is None


@fact("association.states", "error.associate.while-disassociating", "error.associate.already", "timing.associate")
def test_an_association_comes_and_goes_slowly(shared, advance, refused):
    attachment = shared.accepted()
    advance(TEN_MINUTES)
    both = shared.both(attachment)
    done = shared.at_hub.associate_transit_gateway_route_table(**both)["Association"]
    assert (done["State"], shared.association()) == ("associating", {attachment: "associating"})
    advance(TEN_MINUTES)
    assert shared.association() == {attachment: "associated"}
    done = shared.at_hub.disassociate_transit_gateway_route_table(**both)["Association"]
    assert (done["State"], shared.association()) == ("disassociating", {attachment: "disassociating"})
    refusal = refused(shared.at_hub.associate_transit_gateway_route_table, **both)
    assert refusal[0] in ("Resource.AlreadyAssociated", "IncorrectState")
    assert refused(shared.at_hub.delete_transit_gateway_route_table, TransitGatewayRouteTableId=shared.table)[0] == "IncorrectState"
    advance(TEN_MINUTES)
    assert shared.association() == {}


@fact("stale-association-field")
def test_the_association_that_an_attachment_shows(shared, advance, settled):
    attachment = shared.accepted()
    advance(TEN_MINUTES)
    shared.at_hub.associate_transit_gateway_route_table(**shared.both(attachment))
    advance(TEN_MINUTES)
    shared.at_hub.disassociate_transit_gateway_route_table(**shared.both(attachment))
    assert shared.association() == {attachment: "disassociating"}
    [shown] = shared.at_hub.describe_transit_gateway_attachments()["TransitGatewayAttachments"]
    settled("stale-association-field", "lags" if shown["Association"]["State"] == "associated" else "is current")


@fact("propagation.at-once")
def test_a_propagation_is_there_at_once(shared, advance):
    attachment = shared.accepted()
    advance(TEN_MINUTES)
    done = shared.at_hub.enable_transit_gateway_route_table_propagation(**shared.both(attachment))["Propagation"]
    assert done["State"] == "enabled"


@fact("error.associate.pending")
def test_a_pending_attachment_is_not_associated(shared, refused):
    attachment = shared.accepted()
    assert refused(shared.at_hub.associate_transit_gateway_route_table, **shared.both(attachment))[0] == "IncorrectState"


@fact("route.attachment-pending")
def test_a_vpcs_route_waits_for_the_attachment(shared, advance, refused):
    attachment = shared.attach()
    table = shared.at_spoke.create_route_table(VpcId=shared.vpc)["RouteTable"]["RouteTableId"]
    route = {"RouteTableId": table, "DestinationCidrBlock": "10.0.0.0/8", "TransitGatewayId": shared.gateway}
    assert refused(shared.at_spoke.create_route, **route)[0] == "InvalidTransitGatewayID.NotFound"
    shared.at_hub.accept_transit_gateway_vpc_attachment(TransitGatewayAttachmentId=attachment)
    assert refused(shared.at_spoke.create_route, **route)[0] == "InvalidTransitGatewayID.NotFound"
    advance(TEN_MINUTES)
    shared.at_spoke.create_route(**route)


@fact("pending-acceptance-expires")
def test_whether_a_request_expires(shared, advance, settled):
    attachment = shared.attach()
    advance(8 * 24 * 3600)
    settled("pending-acceptance-expires", "no" if state(shared.at_hub, attachment) == "pendingAcceptance" else "after 7 days")


@fact("default-association")
def test_when_an_attachment_joins_the_default_table(client, account, advance, settled):
    api = client("ec2", account())
    made = api.create_transit_gateway()["TransitGateway"]
    table = made["Options"]["AssociationDefaultRouteTableId"]
    vpc, subnet = a_vpc(api, "10.1.0.0/16")
    advance(TEN_MINUTES)
    asked = {"TransitGatewayId": made["TransitGatewayId"], "VpcId": vpc, "SubnetIds": [subnet]}
    attachment = api.create_transit_gateway_vpc_attachment(**asked)["TransitGatewayVpcAttachment"]
    assert state(api, attachment["TransitGatewayAttachmentId"]) == "pending"

    def joined():
        return api.get_transit_gateway_route_table_associations(TransitGatewayRouteTableId=table)["Associations"]

    settled("default-association", "while it is pending" if joined() else "when it is available")
    advance(TEN_MINUTES)
    assert [row["State"] for row in joined()] == ["associated"]


@fact("ram.invitation-life")
def test_an_invitation_lives_seven_days(client, account, advance, refused):
    hub, spoke = account(), account()
    arn = client("ec2", hub).create_transit_gateway(Options=OFF)["TransitGateway"]["TransitGatewayArn"]
    advance(TEN_MINUTES)
    client("ram", hub).create_resource_share(name="hub", resourceArns=[arn], principals=[spoke])
    ram = client("ram", spoke)
    advance(6.9 * 24 * 3600)
    [invitation] = ram.get_resource_share_invitations()["resourceShareInvitations"]
    assert invitation["status"] == "PENDING"
    advance(0.2 * 24 * 3600)
    assert [it["status"] for it in ram.get_resource_share_invitations()["resourceShareInvitations"]] == ["EXPIRED"]
    call = ram.accept_resource_share_invitation
    code = refused(call, resourceShareInvitationArn=invitation["resourceShareInvitationArn"])[0]
    assert code == "ResourceShareInvitationExpiredException"


@fact("ram.deleted-shares-remain")
def test_a_deleted_share_is_listed_for_two_hours(client, account, advance):
    ram = client("ram", account())
    share = ram.create_resource_share(name="s")["resourceShare"]["resourceShareArn"]
    ram.delete_resource_share(resourceShareArn=share)
    advance(TEN_MINUTES)
    assert [it["status"] for it in ram.get_resource_shares(resourceOwner="SELF")["resourceShares"]] == ["DELETED"]
    advance(TWO_HOURS)
    assert ram.get_resource_shares(resourceOwner="SELF")["resourceShares"] == []
