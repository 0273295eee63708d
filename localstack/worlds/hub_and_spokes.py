"""Builds an organization with a hub and spokes, through AWS's own calls, at any endpoint.

    python3 localstack/worlds/hub_and_spokes.py --endpoint http://127.0.0.1:4566 --accounts 3 --region eu-west-1

An organization with a unit for networks and one for workloads; a hub account with a transit gateway and a route table
in each Region, shared with the organization; in each of the other accounts and Regions a VPC with two subnets and a
route table, attached, associated, propagated and routed to the hub. What it made is printed as JSON.

Needs boto3, and credentials of the account that is to manage the organization: at the sandbox any 12-digit key is that
account's (AWS_ACCESS_KEY_ID=100000000001 AWS_SECRET_ACCESS_KEY=any), moto takes anything. Into the members it goes by
AssumeRole. An endpoint that does not show a shared transit gateway to a member, as moto does not, gets no attachments,
and the JSON says so; --patience is for how many seconds that is waited for.
"""

import argparse
import json
import time

import boto3
from botocore.exceptions import ClientError

ROLE = "OrganizationAccountAccessRole"
OFF = {"DefaultRouteTableAssociation": "disable", "DefaultRouteTablePropagation": "disable"}
# "Quotas for AWS Organizations": member accounts that can be created concurrently.
CONCURRENT_ACCOUNTS = 5
PASSING = {"pending", "initiating", "modifying", "associating"}


class World:
    def __init__(self, endpoint, regions, patience):
        self.endpoint, self.regions, self.patience = endpoint, regions, patience
        self.keys, self.clients = {}, {}
        self.management = self.client("sts").get_caller_identity()["Account"]

    def client(self, service, account=None, region=None):
        """A client as the management account, or as a member's access role."""
        place = service, account, region or self.regions[0]
        if place not in self.clients:
            self.clients[place] = boto3.client(
                service, endpoint_url=self.endpoint, region_name=place[2], **self.keys_of(account))
        return self.clients[place]

    def keys_of(self, account):
        if account is None or account == self.management:
            return {}
        if account not in self.keys:
            arn = f"arn:aws:iam::{account}:role/{ROLE}"
            keys = self.client("sts").assume_role(RoleArn=arn, RoleSessionName="world")["Credentials"]
            self.keys[account] = {"aws_access_key_id": keys["AccessKeyId"], "aws_secret_access_key": keys["SecretAccessKey"],
                                  "aws_session_token": keys["SessionToken"]}
        return self.keys[account]

    def organization(self):
        """Makes the organization unless there is one, and lets RAM share within it."""
        api = self.client("organizations")
        try:
            api.create_organization(FeatureSet="ALL")
        except api.exceptions.AlreadyInOrganizationException:
            pass
        self.client("ram").enable_sharing_with_aws_organization()
        return api.describe_organization()["Organization"]["Arn"]

    def unit(self, name):
        api = self.client("organizations")
        root = api.list_roots()["Roots"][0]["Id"]
        return root, api.create_organizational_unit(ParentId=root, Name=name)["OrganizationalUnit"]["Id"]

    def accounts(self, names):
        """Makes accounts, as many side by side as AWS lets, and returns their ids."""
        api, made = self.client("organizations"), {}

        def status(request):
            return api.describe_create_account_status(CreateAccountRequestId=request)["CreateAccountStatus"]

        for start in range(0, len(names), CONCURRENT_ACCOUNTS):
            asked = {name: api.create_account(AccountName=name, Email=f"{name}@example.com")["CreateAccountStatus"]["Id"]
                     for name in names[start:start + CONCURRENT_ACCOUNTS]}
            for name, request in asked.items():
                found = wait(lambda: status(request), lambda found: found["State"] != "IN_PROGRESS")
                if found["State"] != "SUCCEEDED":
                    raise SystemExit(f"the account {name} was not made: {found.get('FailureReason')}")
                made[name] = found["AccountId"]
        return made

    def move(self, accounts, root, unit):
        api = self.client("organizations")
        for account in accounts:
            api.move_account(AccountId=account, SourceParentId=root, DestinationParentId=unit)

    def hubs(self, account, organization):
        """Makes in each Region a transit gateway with a route table, and shares it with the organization."""
        hubs, arns = {}, {}
        for region in self.regions:
            made = self.client("ec2", account, region).create_transit_gateway(
                Description="hub", Options={**OFF, "AutoAcceptSharedAttachments": "enable"},
                TagSpecifications=[{"ResourceType": "transit-gateway", "Tags": [{"Key": "Name", "Value": "hub"}]}])
            hubs[region] = {"transit_gateway": made["TransitGateway"]["TransitGatewayId"]}
            arns[region] = made["TransitGateway"]["TransitGatewayArn"]
        for region, hub in hubs.items():
            api, gateway = self.client("ec2", account, region), hub["transit_gateway"]
            wait(lambda: api.describe_transit_gateways(TransitGatewayIds=[gateway])["TransitGateways"][0]["State"],
                 lambda state: state not in PASSING)
            made = api.create_transit_gateway_route_table(TransitGatewayId=gateway)["TransitGatewayRouteTable"]
            hub["route_table"] = made["TransitGatewayRouteTableId"]
            self.client("ram", account, region).create_resource_share(
                name="hub", resourceArns=[arns[region]], principals=[organization], allowExternalPrincipals=False)
        for region, hub in hubs.items():
            api, only = self.client("ec2", account, region), {"TransitGatewayRouteTableIds": [hub["route_table"]]}
            wait(lambda: api.describe_transit_gateway_route_tables(**only)["TransitGatewayRouteTables"][0]["State"],
                 lambda state: state not in PASSING)
        return hubs

    def spoke(self, account, region, number):
        """Makes a VPC with two subnets in two zones, and a route table for them."""
        api = self.client("ec2", account, region)
        network = f"10.{number}"
        vpc = api.create_vpc(CidrBlock=f"{network}.0.0/16", TagSpecifications=[
            {"ResourceType": "vpc", "Tags": [{"Key": "Name", "Value": f"spoke-{number}"}]}])["Vpc"]["VpcId"]
        zones = sorted(it["ZoneId"] for it in api.describe_availability_zones()["AvailabilityZones"])[:2]
        subnets = [
            api.create_subnet(VpcId=vpc, CidrBlock=f"{network}.{place}.0/24", AvailabilityZoneId=zone)["Subnet"]["SubnetId"]
            for place, zone in enumerate(zones)]
        table = api.create_route_table(VpcId=vpc)["RouteTable"]["RouteTableId"]
        for subnet in subnets:
            api.associate_route_table(RouteTableId=table, SubnetId=subnet)
        return {"vpc": vpc, "subnets": subnets, "route_table": table}

    def attach(self, region, hub, account, spoke):
        """Asks for a spoke's attachment; returns nothing where the member is not shown the transit gateway."""
        api, gateway = self.client("ec2", account, region), hub["transit_gateway"]
        if not wait(lambda: seen(api, gateway), bool, seconds=self.patience):
            return None
        made = api.create_transit_gateway_vpc_attachment(
            TransitGatewayId=gateway, VpcId=spoke["vpc"], SubnetIds=spoke["subnets"])["TransitGatewayVpcAttachment"]
        return made["TransitGatewayAttachmentId"]

    def route(self, hub_account, region, hub, spokes):
        """Waits for all attachments of a hub, and routes both ways over each."""
        at_hub, gateway = self.client("ec2", hub_account, region), hub["transit_gateway"]
        attached = {spoke["attachment"]: spoke for spoke in spokes if spoke["attachment"]}
        pages = at_hub.get_paginator("describe_transit_gateway_vpc_attachments")
        of_hub = [{"Name": "transit-gateway-id", "Values": [gateway]}]
        states = wait(lambda: {it["TransitGatewayAttachmentId"]: it["State"] for page in pages.paginate(Filters=of_hub)
                               for it in page["TransitGatewayVpcAttachments"]},
                      lambda states: all(states.get(name, "pending") not in PASSING for name in attached))
        for attachment, spoke in attached.items():
            if states.get(attachment) != "available":
                raise SystemExit(f"the attachment {attachment} of {spoke['account']} is {states.get(attachment)}")
            both = {"TransitGatewayRouteTableId": hub["route_table"], "TransitGatewayAttachmentId": attachment}
            at_hub.associate_transit_gateway_route_table(**both)
            at_hub.enable_transit_gateway_route_table_propagation(**both)
            self.client("ec2", spoke["account"], region).create_route(
                RouteTableId=spoke["route_table"], DestinationCidrBlock="10.0.0.0/8", TransitGatewayId=gateway)

    def build(self, accounts):
        """Makes everything; whatever takes AWS its time is asked for everywhere first, and then waited for."""
        organization = self.organization()
        root, networks = self.unit("networks")
        _, workloads = self.unit("workloads")
        names = [f"spoke-{number}" for number in range(1, accounts + 1)]
        made = self.accounts(["hub", *names])
        hub_account, members = made["hub"], [made[name] for name in names]
        self.move([hub_account], root, networks)
        self.move(members, root, workloads)
        world = {"management": self.management, "organization": organization, "hub": hub_account, "regions": {}}
        for region, hub in self.hubs(hub_account, organization).items():
            world["regions"][region] = {**hub, "spokes": []}
        for place, (region, here) in enumerate(world["regions"].items()):
            for number, account in enumerate(members, 1 + place * accounts):
                spoke = self.spoke(account, region, number)
                here["spokes"].append({"account": account, **spoke, "attachment": self.attach(region, here, account, spoke)})
        for region, here in world["regions"].items():
            self.route(hub_account, region, here, here["spokes"])
        return world


def seen(api, gateway):
    try:
        return api.describe_transit_gateways(TransitGatewayIds=[gateway])["TransitGateways"]
    except ClientError as error:
        if error.response["Error"]["Code"] == "InvalidTransitGatewayID.NotFound":
            return []
        raise


def wait(read, done, seconds=900):
    """Reads until it is done or the time is over, and returns what was read last."""
    deadline, pause = time.monotonic() + seconds, 0.05
    while not done(value := read()) and time.monotonic() < deadline:
        time.sleep(pause)
        pause = min(pause * 2, 5)
    return value


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--endpoint", help="where the calls go; AWS itself if left out, which costs money")
    parser.add_argument("--accounts", type=int, default=2, help="how many spokes")
    parser.add_argument("--region", action="append", help="may be given several times")
    parser.add_argument("--patience", type=float, default=120, help="seconds until a share has to be seen; 120 if left out")
    arguments = parser.parse_args()
    regions = arguments.region or ["us-east-1"]
    if not 0 < arguments.accounts * len(regions) < 255:
        parser.error("the VPCs get 10.1.0.0/16 to 10.254.0.0/16: at most 254 in all")
    print(json.dumps(World(arguments.endpoint, regions, arguments.patience).build(arguments.accounts), indent=2))


if __name__ == "__main__":
    main()
