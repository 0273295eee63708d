"""An attachment that cannot come to be."""

# pace: real
# set: attachments_fail_in=["222222222222"]

from harness.marks import fact, needs
from harness.network import OFF, a_vpc, state
import pytest

pytestmark = needs("sandbox")

TEN_MINUTES, TWO_HOURS = 600, 2 * 3600


@fact("attachment.failing", "attachment.failed-cannot-be-deleted")
def test_it_fails_and_goes_away_by_itself(client, advance, refused):
    api = client("ec2", "222222222222")
    gateway = api.create_transit_gateway(Options=OFF)["TransitGateway"]["TransitGatewayId"]
    vpc, subnet = a_vpc(api, "10.1.0.0/16")
    advance(TEN_MINUTES)
    made = api.create_transit_gateway_vpc_attachment(TransitGatewayId=gateway, VpcId=vpc, SubnetIds=[subnet])
    made = made["TransitGatewayVpcAttachment"]
    assert made["State"] == "pending"
    advance(TEN_MINUTES)
    assert state(api, made["TransitGatewayAttachmentId"]) == "failed"
    call = api.delete_transit_gateway_vpc_attachment
    assert refused(call, TransitGatewayAttachmentId=made["TransitGatewayAttachmentId"])[0] == "IncorrectState"
    advance(TWO_HOURS)
    assert state(api, made["TransitGatewayAttachmentId"]) is None


@fact("failed-attachments-block")
def test_whether_it_keeps_its_vpc_from_being_attached(client, advance, settled):
    api = client("ec2", "222222222222")
    gateway = api.create_transit_gateway(Options=OFF)["TransitGateway"]["TransitGatewayId"]
    vpc, subnet = a_vpc(api, "10.1.0.0/16")
    advance(TEN_MINUTES)
    asked = {"TransitGatewayId": gateway, "VpcId": vpc, "SubnetIds": [subnet]}
    api.create_transit_gateway_vpc_attachment(**asked)
    advance(TEN_MINUTES)
    try:
        api.create_transit_gateway_vpc_attachment(**asked)
        observed = "success"
    except api.exceptions.ClientError as error:
        observed = error.response["Error"]["Code"]
    settled("failed-attachments-block", observed)
