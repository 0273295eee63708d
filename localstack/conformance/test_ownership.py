"""Who may do what with a shared transit gateway and its attachments, and what each side is shown."""

from harness.marks import fact
from harness.network import OFF, a_subnet, a_vpc, share_with, state

NOT_THERE = {"InvalidTransitGatewayID.NotFound", "UnauthorizedOperation"}


@fact("tgw.owner-alone-changes-it")
def test_the_spoke_changes_nothing_about_the_transit_gateway(network, refused):
    it = network()
    assert refused(it.at_spoke.modify_transit_gateway, TransitGatewayId=it.gateway, Description="mine")[0] in NOT_THERE
    assert refused(it.at_spoke.delete_transit_gateway, TransitGatewayId=it.gateway)[0] in NOT_THERE
    shown = it.at_spoke.describe_transit_gateways(TransitGatewayIds=[it.gateway])["TransitGateways"]
    assert [(each["OwnerId"], each["State"]) for each in shown] == [(it.hub, "available")]


@fact("attachment.vpc-owner-makes-it")
def test_the_hub_does_not_attach_anothers_vpc(network, refused):
    it = network()
    assert refused(it.at_hub.create_transit_gateway_vpc_attachment, **it.asked())[0] == "InvalidVpcID.NotFound"


@fact("attachment.hub-accepts")
def test_the_spoke_accepts_nothing(network, refused):
    it = network()
    named = {"TransitGatewayAttachmentId": it.attach()}
    for call in (it.at_spoke.accept_transit_gateway_vpc_attachment, it.at_spoke.reject_transit_gateway_vpc_attachment):
        code = refused(call, **named)[0]
        assert code in {"UnauthorizedOperation", "OperationNotPermitted", "InvalidTransitGatewayAttachmentID.NotFound"}
    assert state(it.at_spoke, named["TransitGatewayAttachmentId"]) == "pendingAcceptance"


@fact("attachment.vpc-owner-modifies-it")
def test_the_hub_does_not_modify_it(network, refused):
    it = network()
    attachment = it.accepted()
    more = a_subnet(it.at_spoke, it.vpc, "10.1.1.0/24", "use1-az2")
    asked = {"TransitGatewayAttachmentId": attachment, "AddSubnetIds": [more]}
    code = refused(it.at_hub.modify_transit_gateway_vpc_attachment, **asked)[0]
    assert code in {"UnauthorizedOperation", "OperationNotPermitted", "InvalidSubnetID.NotFound"}


@fact("attachment.either-deletes")
def test_the_spoke_deletes_it_too(network):
    it = network()
    attachment = it.accepted()
    it.at_spoke.delete_transit_gateway_vpc_attachment(TransitGatewayAttachmentId=attachment)
    assert state(it.at_hub, attachment) == "deleted"


@fact("attachment.who-is-shown-it")
def test_the_hub_is_shown_all_and_the_spoke_its_own(network, client):
    it = network()
    theirs = it.attach()
    vpc, subnet = a_vpc(it.at_hub, "10.2.0.0/16")
    made = it.at_hub.create_transit_gateway_vpc_attachment(TransitGatewayId=it.gateway, VpcId=vpc, SubnetIds=[subnet])
    own = made["TransitGatewayVpcAttachment"]["TransitGatewayAttachmentId"]

    def shown(api):
        return {each["TransitGatewayAttachmentId"] for each in api.describe_transit_gateway_attachments()["TransitGatewayAttachments"]}

    assert shown(it.at_hub) == {theirs, own}
    assert shown(it.at_spoke) == {theirs}


@fact("tgw-table.default-shown-but-not-found")
def test_the_default_tables_id_is_shown_to_the_spoke_and_leads_nowhere(network, refused):
    it = network(options={})
    [shown] = it.at_spoke.describe_transit_gateways(TransitGatewayIds=[it.gateway])["TransitGateways"]
    table = shown["Options"]["AssociationDefaultRouteTableId"]
    call = it.at_spoke.describe_transit_gateway_route_tables
    assert refused(call, TransitGatewayRouteTableIds=[table])[0] == "InvalidRouteTableID.NotFound"
    assert call()["TransitGatewayRouteTables"] == []


@fact("tgw-table.owner-alone", "error.table.not-found")
def test_the_spoke_has_no_hand_in_routing(network, refused):
    it = network()
    attachment = it.accepted()
    api, both = it.at_spoke, it.both(attachment)
    for call, asked in (
        (api.associate_transit_gateway_route_table, both),
        (api.enable_transit_gateway_route_table_propagation, both),
        (api.create_transit_gateway_route, {**it.route("10.9.0.0/16"), "Blackhole": True}),
        (api.get_transit_gateway_route_table_associations, {"TransitGatewayRouteTableId": it.table}),
        (api.get_transit_gateway_route_table_propagations, {"TransitGatewayRouteTableId": it.table}),
        (api.delete_transit_gateway_route_table, {"TransitGatewayRouteTableId": it.table}),
    ):
        assert refused(call, **asked)[0] == "InvalidRouteTableID.NotFound"


@fact("attachment.option-defaults")
def test_what_an_attachment_does_when_nothing_is_said(network):
    it = network()
    made = it.at_spoke.create_transit_gateway_vpc_attachment(**it.asked())["TransitGatewayVpcAttachment"]
    assert made["Options"] == {"DnsSupport": "enable", "SecurityGroupReferencingSupport": "enable",
                               "Ipv6Support": "disable", "ApplianceModeSupport": "disable"}


@fact("attachment.options-are-changed")
def test_options_of_an_attachment_can_be_changed(network):
    it = network()
    attachment = it.accepted(Options={"DnsSupport": "disable"})
    it.at_spoke.modify_transit_gateway_vpc_attachment(
        TransitGatewayAttachmentId=attachment, Options={"ApplianceModeSupport": "enable"})
    [shown] = it.at_hub.describe_transit_gateway_vpc_attachments()["TransitGatewayVpcAttachments"]
    assert (shown["Options"]["DnsSupport"], shown["Options"]["ApplianceModeSupport"]) == ("disable", "enable")


@fact("attachment.takes-an-address")
def test_an_attachment_takes_one_address_of_each_subnet(network):
    it = network()
    it.accepted()

    [subnet] = it.at_spoke.describe_subnets(SubnetIds=[it.subnet])["Subnets"]
    assert subnet["AvailableIpAddressCount"] == 250


@fact("attachment.auto-accept")
def test_a_transit_gateway_may_accept_by_itself(network):
    it = network(options={**OFF, "AutoAcceptSharedAttachments": "enable"})
    assert state(it.at_hub, it.attach()) == "available"


@fact("tgw.sg-referencing-default")
def test_security_group_references_are_off_unless_asked_for(client, account):
    made = client("ec2", account()).create_transit_gateway(Options=OFF)["TransitGateway"]
    assert made["Options"]["SecurityGroupReferencingSupport"] == "disable"


@fact("tgw.modify-defaults")
def test_default_tables_are_switched_by_rule(client, account, refused):
    api = client("ec2", account())
    gateway = api.create_transit_gateway(Options=OFF)["TransitGateway"]["TransitGatewayId"]
    made = api.create_transit_gateway_route_table(TransitGatewayId=gateway)["TransitGatewayRouteTable"]
    table = made["TransitGatewayRouteTableId"]

    def modify(**options):
        return api.modify_transit_gateway(TransitGatewayId=gateway, Options=options)["TransitGateway"]["Options"]

    assert refused(modify, DefaultRouteTableAssociation="enable")[0] == "InvalidParameterCombination"
    both = {"DefaultRouteTableAssociation": "disable", "AssociationDefaultRouteTableId": table}
    assert refused(modify, **both)[0] == "InvalidParameterCombination"
    assert refused(modify, AssociationDefaultRouteTableId=table)[0] == "InvalidParameterCombination"
    unknown = {"DefaultRouteTableAssociation": "enable", "AssociationDefaultRouteTableId": "tgw-rtb-0123456789abcdef0"}
    assert refused(modify, **unknown)[0] == "InvalidRouteTableID.NotFound"
    modify(DefaultRouteTableAssociation="enable", AssociationDefaultRouteTableId=table)
    [shown] = api.describe_transit_gateway_route_tables()["TransitGatewayRouteTables"]
    assert (shown["DefaultAssociationRouteTable"], shown["DefaultPropagationRouteTable"]) == (True, False)
    assert "AssociationDefaultRouteTableId" not in modify(DefaultRouteTableAssociation="disable")
    [shown] = api.describe_transit_gateway_route_tables()["TransitGatewayRouteTables"]
    assert not shown["DefaultAssociationRouteTable"]


@fact("tgw.modify-future-only")
def test_switching_the_default_off_leaves_what_is_associated(network):
    it = network(options={})
    attachment = it.accepted()
    [gateway] = it.at_hub.describe_transit_gateways()["TransitGateways"]
    it.table = gateway["Options"]["AssociationDefaultRouteTableId"]
    it.at_hub.modify_transit_gateway(TransitGatewayId=it.gateway, Options=OFF)
    assert it.association() == {attachment: "associated"}


@fact("tags.not-carried-by-a-share")
def test_the_owners_tags_do_not_travel_with_a_share(network):
    it = network()
    it.at_hub.create_tags(Resources=[it.gateway], Tags=[{"Key": "Name", "Value": "hub"}])
    [shown] = it.at_spoke.describe_transit_gateways(TransitGatewayIds=[it.gateway])["TransitGateways"]
    assert shown["Tags"] == []


@fact("regional", "ram.regional")
def test_a_share_is_its_regions(client, account, refused):
    hub, spoke = account(), account()
    made = client("ec2", hub).create_transit_gateway(Options=OFF)["TransitGateway"]
    share_with(client, hub, spoke, made["TransitGatewayArn"])
    elsewhere = client("ec2", spoke, "eu-west-1")
    assert elsewhere.describe_transit_gateways()["TransitGateways"] == []
    code = refused(elsewhere.describe_transit_gateways, TransitGatewayIds=[made["TransitGatewayId"]])[0]
    assert code == "InvalidTransitGatewayID.NotFound"
    assert client("ram", hub, "eu-west-1").get_resource_shares(resourceOwner="SELF")["resourceShares"] == []


@fact("ram.external-by-default")
def test_a_share_may_leave_the_organization_unless_that_is_said(client, account):
    ram = client("ram", account())
    assert ram.create_resource_share(name="s")["resourceShare"]["allowExternalPrincipals"] is True


@fact("ram.declined")
def test_a_declined_invitation_shares_nothing(client, account, refused):
    hub, spoke = account(), account()
    arn = client("ec2", hub).create_transit_gateway(Options=OFF)["TransitGateway"]["TransitGatewayArn"]
    client("ram", hub).create_resource_share(name="hub", resourceArns=[arn], principals=[spoke])
    ram = client("ram", spoke)
    [invitation] = ram.get_resource_share_invitations()["resourceShareInvitations"]
    named = {"resourceShareInvitationArn": invitation["resourceShareInvitationArn"]}
    assert ram.reject_resource_share_invitation(**named)["resourceShareInvitation"]["status"] == "REJECTED"
    assert client("ec2", spoke).describe_transit_gateways()["TransitGateways"] == []
    assert refused(ram.reject_resource_share_invitation, **named)[0] == "ResourceShareInvitationAlreadyRejectedException"
