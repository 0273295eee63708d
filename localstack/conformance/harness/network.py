"""A hub and a spoke, as most tests of transit gateways want them. Everything in it is made through AWS's own calls."""

OFF = {"DefaultRouteTableAssociation": "disable", "DefaultRouteTablePropagation": "disable"}
WIDEST = [{"Name": "state", "Values": ["active", "blackhole"]}]


class Network:
    """A hub's transit gateway with a route table, shared with a spoke that has accepted; and the spoke's VPC."""

    def __init__(self, client, hub, spoke, options=OFF):
        self.hub, self.spoke = hub, spoke
        self.at_hub, self.at_spoke = client("ec2", hub), client("ec2", spoke)
        gateway = self.at_hub.create_transit_gateway(Options=options)["TransitGateway"]
        self.gateway, self.arn = gateway["TransitGatewayId"], gateway["TransitGatewayArn"]
        self.share = share_with(client, hub, spoke, self.arn)
        self.table = self.a_table()
        self.vpc, self.subnet = a_vpc(self.at_spoke, "10.1.0.0/16")

    def a_table(self):
        made = self.at_hub.create_transit_gateway_route_table(TransitGatewayId=self.gateway)
        return made["TransitGatewayRouteTable"]["TransitGatewayRouteTableId"]

    def asked(self, **more):
        return {"TransitGatewayId": self.gateway, "VpcId": self.vpc, "SubnetIds": [self.subnet], **more}

    def attach(self, **more):
        made = self.at_spoke.create_transit_gateway_vpc_attachment(**self.asked(**more))
        return made["TransitGatewayVpcAttachment"]["TransitGatewayAttachmentId"]

    def accepted(self, **more):
        attachment = self.attach(**more)
        self.at_hub.accept_transit_gateway_vpc_attachment(TransitGatewayAttachmentId=attachment)
        return attachment

    def both(self, attachment):
        """The parameters of a call about an attachment and the table."""
        return {"TransitGatewayRouteTableId": self.table, "TransitGatewayAttachmentId": attachment}

    def route(self, destination):
        return {"TransitGatewayRouteTableId": self.table, "DestinationCidrBlock": destination}

    def found(self, *filters, **more):
        """The destinations that a search finds."""
        asked = [{"Name": name, "Values": list(values)} for name, *values in filters] or WIDEST
        call = self.at_hub.search_transit_gateway_routes
        return [it["DestinationCidrBlock"] for it in call(TransitGatewayRouteTableId=self.table, Filters=asked, **more)["Routes"]]

    def association(self):
        """The association states in the table, by attachment."""
        rows = self.at_hub.get_transit_gateway_route_table_associations(TransitGatewayRouteTableId=self.table)
        return {row["TransitGatewayAttachmentId"]: row["State"] for row in rows["Associations"]}

    def propagations(self):
        rows = self.at_hub.get_transit_gateway_route_table_propagations(TransitGatewayRouteTableId=self.table)
        return {it["TransitGatewayAttachmentId"]: it["State"] for it in rows["TransitGatewayRouteTablePropagations"]}


def share_with(client, hub, spoke, arn, **more):
    share = client("ram", hub).create_resource_share(name="hub", resourceArns=[arn], principals=[spoke], **more)
    accept_invitation(client, spoke)
    return share["resourceShare"]["resourceShareArn"]


def accept_invitation(client, spoke):
    ram = client("ram", spoke)
    [invitation] = [it for it in ram.get_resource_share_invitations()["resourceShareInvitations"] if it["status"] == "PENDING"]
    ram.accept_resource_share_invitation(resourceShareInvitationArn=invitation["resourceShareInvitationArn"])


def a_vpc(api, cidr):
    """Makes a VPC with one subnet."""
    vpc = api.create_vpc(CidrBlock=cidr)["Vpc"]["VpcId"]
    return vpc, a_subnet(api, vpc, cidr.replace("/16", "/24"))


def a_subnet(api, vpc, cidr, zone="use1-az1"):
    return api.create_subnet(VpcId=vpc, CidrBlock=cidr, AvailabilityZoneId=zone)["Subnet"]["SubnetId"]


def state(api, attachment):
    """How one side sees an attachment; None where it does not see it."""
    rows = api.describe_transit_gateway_vpc_attachments()["TransitGatewayVpcAttachments"]
    return {it["TransitGatewayAttachmentId"]: it["State"] for it in rows}.get(attachment)
