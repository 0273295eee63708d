"""The role that transit gateways need in an account that attaches a VPC."""

from harness.marks import fact

ROLE = "AWSServiceRoleForVPCTransitGateway"


def attach(client, who):
    api = client("ec2", who)
    gateway = api.create_transit_gateway()["TransitGateway"]["TransitGatewayId"]
    vpc = api.create_vpc(CidrBlock="10.1.0.0/16")["Vpc"]["VpcId"]
    subnet = api.create_subnet(VpcId=vpc, CidrBlock="10.1.0.0/24")["Subnet"]["SubnetId"]
    asked = {"TransitGatewayId": gateway, "VpcId": vpc, "SubnetIds": [subnet]}
    made = api.create_transit_gateway_vpc_attachment(**asked)["TransitGatewayVpcAttachment"]
    return {"TransitGatewayAttachmentId": made["TransitGatewayAttachmentId"]}


def deletion(iam):
    task = iam.delete_service_linked_role(RoleName=ROLE)["DeletionTaskId"]
    return iam.get_service_linked_role_deletion_status(DeletionTaskId=task)


@fact("linked-role.made")
def test_the_first_attachment_makes_it(client, account, refused):
    """VPC guide, "Service-linked roles for transit gateways": made when a VPC of the account is attached."""
    who = account()
    iam = client("iam", who)
    assert refused(iam.get_role, RoleName=ROLE) == ("NoSuchEntity", 404)
    attach(client, who)
    role = iam.get_role(RoleName=ROLE)["Role"]
    [statement] = role["AssumeRolePolicyDocument"]["Statement"]
    assert statement["Principal"] == {"Service": "transitgateway.amazonaws.com"}
    listed = iam.list_roles(PathPrefix="/aws-service-role/transitgateway.amazonaws.com/")["Roles"]
    assert [it["RoleName"] for it in listed] == [ROLE]


@fact("linked-role.held")
def test_it_stays_while_attachments_use_it(client, account):
    """IAM API, DeleteServiceLinkedRole: the task fails and its reason names what uses the role. VPC guide: delete all
    VPC attachments first."""
    who = account()
    iam = client("iam", who)
    named = attach(client, who)
    ended = deletion(iam)
    assert ended["Status"] == "FAILED"
    [usage] = ended["Reason"]["RoleUsageList"]
    assert usage["Region"] == "us-east-1"
    [arn] = usage["Resources"]
    assert arn.endswith(named["TransitGatewayAttachmentId"])
    client("ec2", who).delete_transit_gateway_vpc_attachment(**named)
    assert deletion(iam)["Status"] == "SUCCEEDED"


@fact("linked-role.held")
def test_other_roles_are_not_deleted_so(client, account, refused):
    """IAM API, DeleteServiceLinkedRole: NoSuchEntity 404; DeleteRole: UnmodifiableEntity for a service-linked role."""
    iam = client("iam", account())
    assert refused(iam.delete_service_linked_role, RoleName=ROLE) == ("NoSuchEntity", 404)
    iam.create_service_linked_role(AWSServiceName="transitgateway.amazonaws.com")
    assert refused(iam.delete_role, RoleName=ROLE) == ("UnmodifiableEntity", 400)
