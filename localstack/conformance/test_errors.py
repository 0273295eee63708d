"""The codes with which AWS says what is wrong, operation by operation."""

from harness.marks import fact
from harness.network import a_subnet, a_vpc
import pytest

ABSENT = {
    "vpc": "vpc-0123456789abcdef0", "subnet": "subnet-0123456789abcdef0", "table": "rtb-0123456789abcdef0",
    "gateway": "tgw-0123456789abcdef0", "attachment": "tgw-attach-0123456789abcdef0",
    "tgw-table": "tgw-rtb-0123456789abcdef0", "internet": "igw-0123456789abcdef0",
}


@fact("error.attach.not-found", "error.attach.malformed")
def test_attaching_what_there_is_not(network, refused):
    it = network()
    call = it.at_spoke.create_transit_gateway_vpc_attachment
    other, foreign = a_vpc(it.at_spoke, "10.2.0.0/16")
    for more, code in (
        ({"TransitGatewayId": ABSENT["gateway"]}, "InvalidTransitGatewayID.NotFound"),
        ({"TransitGatewayId": "tgw-1"}, "InvalidTransitGatewayID.Malformed"),
        ({"VpcId": ABSENT["vpc"]}, "InvalidVpcID.NotFound"),
        ({"SubnetIds": [ABSENT["subnet"]]}, "InvalidSubnetID.NotFound"),
        ({"SubnetIds": [foreign]}, "InvalidSubnetID.NotFound"),
        ({"SubnetIds": []}, "MissingParameter"),
    ):
        assert refused(call, **it.asked(**more)) == (code, 400)


@fact("error.attach.one-subnet-a-zone")
def test_one_subnet_in_each_zone(network, refused):
    it = network()
    twin = a_subnet(it.at_spoke, it.vpc, "10.1.1.0/24")
    call = it.at_spoke.create_transit_gateway_vpc_attachment
    assert refused(call, **it.asked(SubnetIds=[it.subnet, twin]))[0] == "DuplicateSubnetsInSameZone"
    attachment = it.accepted()
    call = it.at_spoke.modify_transit_gateway_vpc_attachment
    assert refused(call, TransitGatewayAttachmentId=attachment, AddSubnetIds=[twin])[0] == "DuplicateSubnetsInSameZone"


@fact("error.attach.duplicate")
def test_a_vpc_is_attached_once(network, refused):
    it = network()
    it.attach()
    assert refused(it.at_spoke.create_transit_gateway_vpc_attachment, **it.asked()) == ("DuplicateTransitGatewayAttachment", 400)


@fact("error.attach.not-shared")
def test_what_is_not_shared_is_not_there(client, account, refused):
    hub = client("ec2", account())
    gateway = hub.create_transit_gateway()["TransitGateway"]["TransitGatewayId"]
    api = client("ec2", account())
    vpc, subnet = a_vpc(api, "10.1.0.0/16")
    call = api.create_transit_gateway_vpc_attachment
    code = refused(call, TransitGatewayId=gateway, VpcId=vpc, SubnetIds=[subnet])[0]
    assert code == "InvalidTransitGatewayID.NotFound"


@fact("error.modify.not-attached", "error.modify.last-subnet")
def test_removing_subnets(network, refused):
    it = network()
    named = {"TransitGatewayAttachmentId": it.accepted()}
    call = it.at_spoke.modify_transit_gateway_vpc_attachment
    other = a_subnet(it.at_spoke, it.vpc, "10.1.1.0/24", "use1-az2")
    assert refused(call, **named, RemoveSubnetIds=[other])[0] == "InvalidSubnetID.NotFound"
    assert refused(call, **named, RemoveSubnetIds=[it.subnet])[0] == "InsufficientSubnetsException"
    assert refused(call, **named, RemoveSubnetIds=[it.subnet], AddSubnetIds=[other])[0] == "InsufficientSubnetsException"


@fact("error.attachment.not-found", "error.attachment.malformed")
def test_attachments_that_there_are_not(network, refused):
    it = network()
    for call in (
        it.at_hub.accept_transit_gateway_vpc_attachment,
        it.at_hub.reject_transit_gateway_vpc_attachment,
        it.at_hub.delete_transit_gateway_vpc_attachment,
        it.at_hub.modify_transit_gateway_vpc_attachment,
        it.at_hub.get_transit_gateway_attachment_propagations,
    ):
        code = refused(call, TransitGatewayAttachmentId=ABSENT["attachment"])
        assert code == ("InvalidTransitGatewayAttachmentID.NotFound", 400)
    code = refused(it.at_hub.accept_transit_gateway_vpc_attachment, TransitGatewayAttachmentId="tgw-attach-1")[0]
    assert code == "InvalidTransitGatewayAttachmentID.Malformed"


@fact("second-accept", "error.accept.state")
def test_accepting_twice(network, settled):
    it = network()
    attachment = it.accepted()
    try:
        it.at_hub.accept_transit_gateway_vpc_attachment(TransitGatewayAttachmentId=attachment)
        observed = "success"
    except it.at_hub.exceptions.ClientError as error:
        observed = error.response["Error"]["Code"]
    settled("second-accept", observed)


@fact("error.associate.already", "error.associate.other-gateway", "error.table.not-found", "error.table.malformed")
def test_associating(network, refused):
    it = network()
    attachment = it.accepted()
    call = it.at_hub.associate_transit_gateway_route_table
    absent = {"TransitGatewayRouteTableId": ABSENT["tgw-table"], "TransitGatewayAttachmentId": attachment}
    assert refused(call, **absent) == ("InvalidRouteTableID.NotFound", 400)
    assert refused(call, **{**absent, "TransitGatewayRouteTableId": "tgw-rtb-1"})[0] == "InvalidRouteTableId.Malformed"
    assert refused(call, **it.both(ABSENT["attachment"]))[0] == "InvalidTransitGatewayAttachmentID.NotFound"
    call(**it.both(attachment))
    other = {"TransitGatewayRouteTableId": it.a_table(), "TransitGatewayAttachmentId": attachment}
    assert refused(call, **other)[0] == "Resource.AlreadyAssociated"


@fact("error.associate.other-gateway")
def test_an_attachment_of_another_transit_gateway(network, client, refused):
    it = network()
    api = it.at_hub
    gateway = api.create_transit_gateway()["TransitGateway"]["TransitGatewayId"]
    vpc, subnet = a_vpc(api, "10.2.0.0/16")
    made = api.create_transit_gateway_vpc_attachment(TransitGatewayId=gateway, VpcId=vpc, SubnetIds=[subnet])
    other = made["TransitGatewayVpcAttachment"]["TransitGatewayAttachmentId"]
    assert refused(api.associate_transit_gateway_route_table, **it.both(other))[0] == "InvalidTransitGatewayAttachmentID.NotFound"


@fact("disassociate-absent")
def test_disassociating_what_is_not_associated(network, refused, settled):
    it = network()
    code = refused(it.at_hub.disassociate_transit_gateway_route_table, **it.both(it.accepted()))[0]
    settled("disassociate-absent", code.lower())


@fact("disable-absent", "error.propagation.duplicate", "propagation.one-row")
def test_propagations_twice_and_not_at_all(network, refused, settled):
    it = network()
    both = it.both(it.accepted())
    code = refused(it.at_hub.disable_transit_gateway_route_table_propagation, **both)[0]
    settled("disable-absent", code.lower())
    it.at_hub.enable_transit_gateway_route_table_propagation(**both)
    again = refused(it.at_hub.enable_transit_gateway_route_table_propagation, **both)
    assert again == ("TransitGatewayRouteTablePropagation.Duplicate", 400)
    shown = it.at_hub.get_transit_gateway_attachment_propagations(TransitGatewayAttachmentId=both["TransitGatewayAttachmentId"])
    assert [each["TransitGatewayRouteTableId"] for each in shown["TransitGatewayAttachmentPropagations"]] == [it.table]


@fact("error.tgw-route.exists", "error.tgw-route.not-found", "tgw-route.replace-is-upsert", "error.tgw-route.attachment")
def test_static_routes(network, refused):
    it = network()
    attachment = it.accepted()
    api, route = it.at_hub, it.route("10.9.0.0/16")
    assert refused(api.delete_transit_gateway_route, **route) == ("InvalidRoute.NotFound", 400)
    absent = {**route, "TransitGatewayAttachmentId": ABSENT["attachment"]}
    assert refused(api.create_transit_gateway_route, **absent)[0] == "InvalidTransitGatewayAttachmentID.NotFound"
    api.replace_transit_gateway_route(**route, TransitGatewayAttachmentId=attachment)
    assert refused(api.create_transit_gateway_route, **route, Blackhole=True) == ("RouteAlreadyExists", 400)
    again = {**route, "TransitGatewayAttachmentId": attachment}
    assert refused(api.create_transit_gateway_route, **again)[0] == "RouteAlreadyExists"
    assert refused(api.create_transit_gateway_route, **it.route("10.9.0.0/33"), Blackhole=True)[0] == "InvalidParameterValue"


@fact("error.vpc-route.exists", "error.vpc-route.replace-absent", "error.vpc-route.delete-absent", "error.vpc-route.local")
def test_routes_of_a_vpc(network, refused):
    it = network()
    it.accepted()
    api = it.at_spoke
    table = api.create_route_table(VpcId=it.vpc)["RouteTable"]["RouteTableId"]
    route = {"RouteTableId": table, "DestinationCidrBlock": "10.0.0.0/8"}
    assert refused(api.replace_route, **route, TransitGatewayId=it.gateway) == ("InvalidParameterValue", 400)
    assert refused(api.delete_route, **route) == ("InvalidRoute.NotFound", 400)
    api.create_route(**route, TransitGatewayId=it.gateway)
    assert refused(api.create_route, **route, TransitGatewayId=it.gateway) == ("RouteAlreadyExists", 400)
    api.replace_route(**route, TransitGatewayId=it.gateway)
    local = {"RouteTableId": table, "DestinationCidrBlock": "10.1.0.0/16"}
    assert refused(api.delete_route, **local)[0] == "InvalidParameterValue"
    assert refused(api.create_route, RouteTableId=ABSENT["table"], DestinationCidrBlock="10.0.0.0/8",
                   TransitGatewayId=it.gateway)[0] == "InvalidRouteTableID.NotFound"


@fact("vpc-route.normalised")
def test_a_route_is_named_as_it_is_stored(network, refused):
    it = network()
    it.accepted()
    api = it.at_spoke
    table = api.create_route_table(VpcId=it.vpc)["RouteTable"]["RouteTableId"]
    api.create_route(RouteTableId=table, DestinationCidrBlock="100.68.0.18/18", TransitGatewayId=it.gateway)
    assert refused(api.delete_route, RouteTableId=table, DestinationCidrBlock="100.68.0.18/18")[0] in (
        "InvalidRoute.NotFound", "InvalidParameterValue")
    api.delete_route(RouteTableId=table, DestinationCidrBlock="100.68.0.0/18")


@fact("error.tgw.held", "error.tgw.not-found")
def test_transit_gateways(network, refused):
    it = network()
    it.attach()
    assert refused(it.at_hub.delete_transit_gateway, TransitGatewayId=it.gateway) == ("IncorrectState", 400)
    assert refused(it.at_hub.delete_transit_gateway, TransitGatewayId=ABSENT["gateway"])[0] == "InvalidTransitGatewayID.NotFound"
    call = it.at_hub.create_transit_gateway_route_table
    assert refused(call, TransitGatewayId=ABSENT["gateway"])[0] == "InvalidTransitGatewayID.NotFound"


@fact("error.token-mismatch")
def test_a_client_token_stands_for_one_request(client, account, refused):
    api = client("ec2", account())
    vpc, _ = a_vpc(api, "10.1.0.0/16")
    other, _ = a_vpc(api, "10.2.0.0/16")
    first = api.create_route_table(VpcId=vpc, ClientToken="one")["RouteTable"]["RouteTableId"]
    assert api.create_route_table(VpcId=vpc, ClientToken="one")["RouteTable"]["RouteTableId"] == first
    assert refused(api.create_route_table, VpcId=other, ClientToken="one") == ("IdempotentParameterMismatch", 400)


@fact("error.missing-parameter")
@pytest.mark.parametrize("call", ["create_vpc", "create_subnet", "create_transit_gateway_vpc_attachment", "delete_route",
                                  "associate_transit_gateway_route_table", "create_tags"])
def test_what_has_to_be_said(client, account, refused, call):
    code, status = refused(getattr(client("ec2", account()), call))
    assert (code, status) == ("MissingParameter", 400)


@fact("error.missing-parameter")
def test_a_propagation_is_of_an_attachment(network, refused):
    """The model leaves the attachment open, for announcements of policy tables, of which there are none."""
    it = network()
    for call in (it.at_hub.enable_transit_gateway_route_table_propagation,
                 it.at_hub.disable_transit_gateway_route_table_propagation):
        assert refused(call, TransitGatewayRouteTableId=it.table) == ("MissingParameter", 400)


@fact("error.tag-without-a-key")
def test_a_tag_has_a_key(client, account, refused):
    who = account()
    api, ram = client("ec2", who), client("ram", who)
    vpc, _ = a_vpc(api, "10.1.0.0/16")
    asked = {"Resources": [vpc], "Tags": [{"Value": "x"}]}
    assert refused(api.create_tags, **asked)[0] in ("InvalidParameterValue", "MissingParameter")
    assert refused(api.delete_tags, **asked)[0] in ("InvalidParameterValue", "MissingParameter")
    assert refused(ram.create_resource_share, name="s", tags=[{"value": "x"}]) == ("InvalidParameterException", 400)
    api.create_tags(Resources=[vpc], Tags=[{"Key": "alone"}])
    assert api.describe_vpcs(VpcIds=[vpc])["Vpcs"][0]["Tags"] == [{"Key": "alone", "Value": ""}]


@fact("error.ram")
def test_shares(client, account, refused):
    ram = client("ram", account())
    absent = f"arn:aws:ram:us-east-1:{account()}:resource-share/01234567-89ab-cdef-0123-456789abcdef"
    assert refused(ram.delete_resource_share, resourceShareArn=absent) == ("UnknownResourceException", 400)
    assert refused(ram.delete_resource_share, resourceShareArn="nonsense") == ("MalformedArnException", 400)
    for call, more in ((ram.get_resource_shares, {"resourceOwner": "SELF"}),
                       (ram.get_resource_share_associations, {"associationType": "PRINCIPAL"})):
        assert refused(call, **more, resourceShareArns=[absent]) == ("UnknownResourceException", 400)
        assert refused(call, **more, resourceShareArns=["nonsense"]) == ("MalformedArnException", 400)
    asked = {"name": "s", "resourceArns": ["nonsense"]}
    assert refused(ram.create_resource_share, **asked) == ("MalformedArnException", 400)
    invitation = absent.replace("resource-share/", "resource-share-invitation/")
    code = refused(ram.accept_resource_share_invitation, resourceShareInvitationArn=invitation)
    assert code == ("ResourceShareInvitationArnNotFoundException", 400)


@fact("error.pattern")
def test_patterns_of_organizations(organization, refused):
    org = organization(accounts=0)
    wrong = [
        (org.api.list_accounts_for_parent, {"ParentId": "nonsense"}),
        (org.api.create_organizational_unit, {"ParentId": "ou-1", "Name": "x"}),
        (org.api.describe_organizational_unit, {"OrganizationalUnitId": org.root}),
        (org.api.describe_account, {"AccountId": "12345678901x"}),
        (org.api.list_parents, {"ChildId": org.root}),
        (org.api.tag_resource, {"ResourceId": "nonsense", "Tags": []}),
        (org.api.describe_create_account_status, {"CreateAccountRequestId": "car-"}),
        (org.api.create_account, {"AccountName": "x", "Email": "nobody.example.com"}),
    ]
    for call, params in wrong:
        assert refused(call, **params) == ("InvalidInputException", 400), params


@fact("error.pattern")
def test_patterns_of_roles_and_sessions(client, account, refused):
    iam, sts = client("iam", account()), client("sts", account())
    trust = '{"Version": "2012-10-17", "Statement": []}'
    for wrong in ({"RoleName": "a b"}, {"RoleName": "rôle"}, {"RoleName": "a", "Path": "no-slash"}):
        assert refused(iam.create_role, AssumeRolePolicyDocument=trust, **wrong) == ("ValidationError", 400), wrong
    arn = "arn:aws:iam::111111111111:role/a"
    for wrong in ({"RoleSessionName": "a b"}, {"RoleSessionName": "ab", "ExternalId": "a b"}, {"RoleSessionName": "ab", "SourceIdentity": "a:b"}):
        assert refused(sts.assume_role, RoleArn=arn, **wrong) == ("ValidationError", 400), wrong
