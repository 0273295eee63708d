"""Takes away all that carries a run's tag, in the order in which AWS lets it go.

Only what carries the tag is touched. What cannot be taken away yet is tried again until it goes or the time is over;
what is left is said.
"""

import time

from botocore.exceptions import ClientError

from . import tagging

OVER = {"deleted", "deleting", "rejected", "rejecting", "failed", "failing", "expired", "delete-in-progress",
        "delete-complete"}

# What goes by itself before the attachments, gateways and VPCs that it hangs on: how each kind is listed, where its
# items are, how one is named, and the call that takes it away.
FIRST = (
    ("describe_transit_gateway_connect_peers", "TransitGatewayConnectPeers", "TransitGatewayConnectPeerId",
     "delete_transit_gateway_connect_peer"),
    ("describe_transit_gateway_connects", "TransitGatewayConnects", "TransitGatewayAttachmentId",
     "delete_transit_gateway_connect"),
    ("describe_transit_gateway_peering_attachments", "TransitGatewayPeeringAttachments", "TransitGatewayAttachmentId",
     "delete_transit_gateway_peering_attachment"),
    ("describe_vpn_connections", "VpnConnections", "VpnConnectionId", "delete_vpn_connection"),
    ("describe_customer_gateways", "CustomerGateways", "CustomerGatewayId", "delete_customer_gateway"),
    ("describe_egress_only_internet_gateways", "EgressOnlyInternetGateways", "EgressOnlyInternetGatewayId",
     "delete_egress_only_internet_gateway"),
    ("describe_vpc_peering_connections", "VpcPeeringConnections", "VpcPeeringConnectionId",
     "delete_vpc_peering_connection"),
)
# Route tables refer to these, and go before them.
LAST = (("describe_managed_prefix_lists", "PrefixLists", "PrefixListId", "delete_managed_prefix_list"),)


def everything(api, ram):
    """Returns the ids of all networks' things and shares in an account and Region, whoever made them."""
    shares = listed(ram.get_resource_shares, "resourceShares", "nextToken", resourceOwner="SELF")
    found = {it["resourceShareArn"] for it in shares}
    invitations = listed(ram.get_resource_share_invitations, "resourceShareInvitations", "nextToken")
    found |= {it["resourceShareInvitationArn"] for it in invitations}
    for call, items, key in (
        (api.describe_vpcs, "Vpcs", "VpcId"),
        (api.describe_subnets, "Subnets", "SubnetId"),
        (api.describe_route_tables, "RouteTables", "RouteTableId"),
        (api.describe_internet_gateways, "InternetGateways", "InternetGatewayId"),
        (api.describe_transit_gateways, "TransitGateways", "TransitGatewayId"),
        (api.describe_transit_gateway_attachments, "TransitGatewayAttachments", "TransitGatewayAttachmentId"),
        (api.describe_transit_gateway_route_tables, "TransitGatewayRouteTables", "TransitGatewayRouteTableId"),
        *((getattr(api, call), items, key) for call, items, key, _ in FIRST + LAST),
    ):
        # AWS's own prefix lists are everybody's.
        found |= {item[key] for item in listed(call, items) if item.get("OwnerId") != "AWS"}
    return found


def listed(call, items, token="NextToken", **asked):
    """Reads a list to its end."""
    more = {}
    while True:
        answer = call(**asked, **more)
        yield from answer[items]
        if not answer.get(token):
            return
        more = {token: answer[token]}


def state(item):
    """Returns an item's state, wherever its kind has it."""
    found = item.get("State", item.get("status", item.get("Status", "")))
    return found.get("Code", found.get("Name", "")) if isinstance(found, dict) else found


class Sweep:
    """`client` gives a client for a service and an account; `run` is a run's tag, or None for any run's."""

    def __init__(self, client, accounts, run, patience=1.0, say=lambda line: None):
        self.client, self.accounts, self.run, self.patience, self.say = client, accounts, run, patience, say

    def all(self, deadline):
        """Sweeps until nothing is left or the time is over; returns what is left, as sentences."""
        while True:
            left = []
            for account in self.accounts:
                for what, undo in self.ours(account):
                    try:
                        undo()
                        self.say(f"{account}: {what}")
                    except ClientError as error:
                        code = error.response["Error"]["Code"]
                        if not code.endswith(("NotFound", "NoSuchEntity", "UnknownResourceException")):
                            left.append(f"{account}: {what}: {code}")
            left += self.still_there()
            if not left or time.time() > deadline:
                return left
            time.sleep(10 * self.patience)

    def still_there(self):
        return [f"{account}: {what}" for account in self.accounts for what, _ in self.ours(account)]

    def known(self, call, *names, **asked):
        """Reads a list that an endpoint other than AWS may not have."""
        try:
            return list(listed(call, *names, **asked))
        except ClientError as error:
            if error.response["Error"]["Code"] != "InvalidAction":
                raise
            return []

    def is_ours(self, tags):
        return tagging.is_ours(tags, self.run)

    def ours(self, account):
        """Yields what is ours in an account, with the call that takes it away: what hangs on others first."""
        api, ram, iam = (self.client(service, account) for service in ("ec2", "ram", "iam"))
        yield from self.kinds(api, FIRST)
        yield from self.attachments(api)
        yield from self.gateways(api)
        yield from self.vpcs(api)
        yield from self.kinds(api, LAST)
        yield from self.shares(ram)
        yield from self.roles(iam)

    def kinds(self, api, kinds):
        for call, items, key, delete in kinds:
            for it in self.known(getattr(api, call), items):
                if self.is_ours(it.get("Tags")) and state(it) not in OVER:
                    named = {key: it[key]}
                    yield f"{items} {it[key]}", lambda named=named, delete=delete: getattr(api, delete)(**named)

    def attachments(self, api):
        # The hub's tags are not the spoke's: an attachment to our transit gateway or of our VPC is ours as well.
        gateways = {it["TransitGatewayId"] for it in listed(api.describe_transit_gateways, "TransitGateways")
                    if self.is_ours(it.get("Tags"))}
        for it in listed(api.describe_transit_gateway_vpc_attachments, "TransitGatewayVpcAttachments"):
            ours = self.is_ours(it.get("Tags")) or it["TransitGatewayId"] in gateways
            if ours and it["State"] not in OVER:
                named = {"TransitGatewayAttachmentId": it["TransitGatewayAttachmentId"]}
                yield f"attachment {it['TransitGatewayAttachmentId']}", lambda named=named: (
                    api.delete_transit_gateway_vpc_attachment(**named))

    def gateways(self, api):
        for it in listed(api.describe_transit_gateway_route_tables, "TransitGatewayRouteTables"):
            default = it.get("DefaultAssociationRouteTable") or it.get("DefaultPropagationRouteTable")
            if self.is_ours(it.get("Tags")) and it["State"] not in OVER and not default:
                named = {"TransitGatewayRouteTableId": it["TransitGatewayRouteTableId"]}
                yield f"route table {it['TransitGatewayRouteTableId']}", lambda named=named: (
                    api.delete_transit_gateway_route_table(**named))
        for it in listed(api.describe_transit_gateways, "TransitGateways"):
            if self.is_ours(it.get("Tags")) and it["State"] not in OVER:
                named = {"TransitGatewayId": it["TransitGatewayId"]}
                yield f"transit gateway {it['TransitGatewayId']}", lambda named=named: api.delete_transit_gateway(**named)

    def vpcs(self, api):
        for it in listed(api.describe_internet_gateways, "InternetGateways"):
            if self.is_ours(it.get("Tags")):
                named = {"InternetGatewayId": it["InternetGatewayId"]}
                for attached in it.get("Attachments", []):
                    both = {**named, "VpcId": attached["VpcId"]}
                    yield f"attachment of {it['InternetGatewayId']}", lambda both=both: api.detach_internet_gateway(**both)
                yield f"internet gateway {it['InternetGatewayId']}", lambda named=named: api.delete_internet_gateway(**named)
        for it in listed(api.describe_subnets, "Subnets"):
            if self.is_ours(it.get("Tags")):
                named = {"SubnetId": it["SubnetId"]}
                yield f"subnet {it['SubnetId']}", lambda named=named: api.delete_subnet(**named)
        for it in listed(api.describe_route_tables, "RouteTables"):
            if self.is_ours(it.get("Tags")):
                for association in it.get("Associations", []):
                    if not association.get("Main"):
                        named = {"AssociationId": association["RouteTableAssociationId"]}
                        yield f"association {named['AssociationId']}", lambda named=named: api.disassociate_route_table(**named)
                named = {"RouteTableId": it["RouteTableId"]}
                yield f"route table {it['RouteTableId']}", lambda named=named: api.delete_route_table(**named)
        for it in listed(api.describe_vpcs, "Vpcs"):
            if self.is_ours(it.get("Tags")) and not it.get("IsDefault"):
                named = {"VpcId": it["VpcId"]}
                yield f"VPC {it['VpcId']}", lambda named=named: api.delete_vpc(**named)

    def shares(self, ram):
        for it in listed(ram.get_resource_shares, "resourceShares", "nextToken", resourceOwner="SELF"):
            if self.is_ours(it.get("tags")) and it["status"] not in ("DELETED", "DELETING"):
                named = {"resourceShareArn": it["resourceShareArn"]}
                yield f"share {it['resourceShareArn']}", lambda named=named: ram.delete_resource_share(**named)

    def roles(self, iam):
        for it in listed(iam.list_roles, "Roles", "Marker"):
            name = {"RoleName": it["RoleName"]}
            if it["Path"].startswith("/aws-service-role/"):
                continue
            # ListRoles leaves tags out.
            if not self.is_ours(iam.get_role(**name)["Role"].get("Tags")):
                continue
            for policy in iam.list_role_policies(**name)["PolicyNames"]:
                both = {**name, "PolicyName": policy}
                yield f"policy {policy} of role {it['RoleName']}", lambda both=both: iam.delete_role_policy(**both)
            for policy in iam.list_attached_role_policies(**name)["AttachedPolicies"]:
                both = {**name, "PolicyArn": policy["PolicyArn"]}
                yield f"policy {policy['PolicyName']} on role {it['RoleName']}", lambda both=both: iam.detach_role_policy(**both)
            yield f"role {it['RoleName']}", lambda name=name: iam.delete_role(**name)
        for it in self.known(iam.list_policies, "Policies", "Marker", Scope="Local"):
            if self.is_ours(iam.get_policy(PolicyArn=it["Arn"])["Policy"].get("Tags")):
                named = {"PolicyArn": it["Arn"]}
                yield f"policy {it['PolicyName']}", lambda named=named: iam.delete_policy(**named)
