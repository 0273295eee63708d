"""What has to be true before a run touches AWS, and before it is swept.

An account that holds anything but default VPCs is nobody's throw-away account, and a list that cannot be read is not an
empty one: both are refused. So is an account that manages an organization, since who leads one is not thrown away.
"""

from botocore.exceptions import ClientError

from . import sweep, tagging

# How each list is asked for, where its items are, and how one is named.
HELD = (
    ("ec2", "describe_instances", "Reservations", "ReservationId"),
    ("ec2", "describe_volumes", "Volumes", "VolumeId"),
    ("ec2", "describe_network_interfaces", "NetworkInterfaces", "NetworkInterfaceId"),
    ("ec2", "describe_addresses", "Addresses", "AllocationId"),
    ("ec2", "describe_nat_gateways", "NatGateways", "NatGatewayId"),
    ("ec2", "describe_vpn_connections", "VpnConnections", "VpnConnectionId"),
    ("ec2", "describe_vpn_gateways", "VpnGateways", "VpnGatewayId"),
    ("ec2", "describe_customer_gateways", "CustomerGateways", "CustomerGatewayId"),
    ("ec2", "describe_vpc_endpoints", "VpcEndpoints", "VpcEndpointId"),
    ("ec2", "describe_vpc_peering_connections", "VpcPeeringConnections", "VpcPeeringConnectionId"),
    ("ec2", "describe_transit_gateways", "TransitGateways", "TransitGatewayId"),
    ("ec2", "describe_transit_gateway_attachments", "TransitGatewayAttachments", "TransitGatewayAttachmentId"),
    ("ram", "get_resource_shares", "resourceShares", "resourceShareArn"),
)
OVER = {"deleted", "DELETED", "rejected", "failed", "expired", "terminated"}


class Refused(Exception):
    """The run is refused; the text says why."""


def identities(client, accounts):
    """Checks that both profiles lead into accounts, and not into one; returns the two ids."""
    found = []
    for profile in accounts:
        found.append(client("sts", profile).get_caller_identity()["Account"])
    if len(set(found)) != 2:
        raise Refused(f"both profiles lead into account {found[0]}; the run needs two accounts")
    return found


def typed(accounts, ask, say, purpose):
    """Has the person type both account ids."""
    say(f"To {purpose}, type the ids of the two accounts; they are not shown here on purpose.")
    for side, account in zip(("hub", "spoke"), accounts):
        if ask(f"id of the {side} account: ").strip() != account:
            raise Refused(f"that is not the account that the {side} profile leads into")


def leads_no_organization(client, account):
    try:
        organization = client("organizations", account).describe_organization()["Organization"]
    except ClientError as error:
        code = error.response["Error"]["Code"]
        if code == "AWSOrganizationsNotInUseException":
            return
        raise Refused(f"{account}: whether it is in an organization cannot be read ({code})") from error
    if organization["MasterAccountId"] == account:
        raise Refused(f"{account} manages the organization {organization['Id']}; that is no throw-away account")


def regions(client, account):
    return [it["RegionName"] for it in client("ec2", account).describe_regions()["Regions"]]


def holds_nothing(client, account, regions, say, rehearsal=False):
    """Checks that an account holds nothing but default VPCs with what comes with them, in all its Regions."""
    held = []
    for region in regions:
        say(f"  {account} {region}")
        for service, call, items, key in HELD:
            held += [f"{region}: {it[key]}" for it in read(client, account, region, service, call, items, rehearsal)
                     if sweep.state(it) not in OVER]
        held += [f"{region}: {it['VpcId']}" for it in read(client, account, region, "ec2", "describe_vpcs", "Vpcs", False)
                 if not it["IsDefault"]]
        lists = read(client, account, region, "ec2", "describe_managed_prefix_lists", "PrefixLists", rehearsal)
        held += [f"{region}: {it['PrefixListId']}" for it in lists if it["OwnerId"] == account]
    roles = sweep.listed(client("iam", account).list_roles, "Roles", "Marker")
    held += [f"role {it['RoleName']}" for it in roles
             if not it["Path"].startswith("/aws-service-role/") and it["RoleName"] != "OrganizationAccountAccessRole"
             and not it["Path"].startswith("/aws-reserved/")]
    if held:
        hint = "; if an earlier run left it, --clean takes it away" if any(left(client, account)) else ""
        raise Refused(f"{account} is not empty: {', '.join(held[:10])}{' and more' if len(held) > 10 else ''}{hint}")


def read(client, account, region, service, call, items, rehearsal):
    """Reads a list; one that cannot be read is no empty one. A rehearsal's endpoint may lack some of AWS's operations."""
    token = "nextToken" if service == "ram" else "NextToken"
    asked = {"resourceOwner": "SELF"} if service == "ram" else {}
    try:
        return list(sweep.listed(getattr(client(service, account, region), call), items, token, **asked))
    except ClientError as error:
        code = error.response["Error"]["Code"]
        if rehearsal and code in ("InvalidAction", "NotModelled"):
            return []
        raise Refused(f"{account} {region}: {call} cannot be read ({code}), so nobody knows whether it is empty") from error


def left(client, account):
    """Lists what carries the tag of any run."""
    api = client("ec2", account)
    for call, items in ((api.describe_vpcs, "Vpcs"), (api.describe_transit_gateways, "TransitGateways")):
        yield from (it for it in sweep.listed(call, items) if tagging.is_ours(it.get("Tags")))
