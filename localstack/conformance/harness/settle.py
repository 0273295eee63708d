"""Waits after a write until what it asked for has happened, so that tests need not.

What is under way is read from AWS itself: states that pass. A pause stands for what shows nowhere, such as the time
until every reader sees a route.
"""

import contextlib
import time

from botocore.exceptions import ClientError

PASSING = ["initiating", "initiatingRequest", "pending", "modifying", "deleting", "rejecting", "rollingBack", "failing"]
# At most, in seconds at AWS's own pace; the Terraform provider waits ten minutes for the slowest of these.
LONGEST = 900
# Until what is over is also seen by every reader.
PAUSE = 5


def settle(endpoint, model, asked, parsed):
    """Waits for what a call of this model set going."""
    service, name = model.service_model.service_name, model.name
    patience = endpoint.plan["patience"]
    if service == "ec2":
        if any(word in name for word in ("TransitGateway", "Vpc", "Subnet", "Vpn", "PrefixList")):
            for account in endpoint.accounts:
                api = endpoint.plain("ec2", account)
                until(lambda api=api: not passing(api), patience)
        if table := asked.get("TransitGatewayRouteTableId"):
            for account in endpoint.accounts:
                api = endpoint.plain("ec2", account)
                until(lambda api=api: not associations_pass(api, table), patience)
        time.sleep(PAUSE * patience)
    elif service == "ram":
        time.sleep(PAUSE * patience)
        if name == "CreateResourceShare":
            invited(endpoint, parsed["resourceShare"]["resourceShareArn"], asked, patience)
        elif name == "AcceptResourceShareInvitation":
            visible(endpoint, parsed["resourceShareInvitation"], patience)
    elif service == "iam":
        # Roles and policies are global, and seen everywhere some seconds later.
        time.sleep(3 * PAUSE * patience)


def until(done, patience):
    """Asks until it is done; gives up in time, so that the test then says what it missed."""
    deadline = time.time() + max(LONGEST * patience, 5)
    while time.time() < deadline:
        with contextlib.suppress(ClientError):
            if done():
                return
        time.sleep(PAUSE * patience)


def passing(api):
    """Lists what is in a state that passes by itself."""
    asked = {"Filters": [{"Name": "state", "Values": PASSING}]}
    return (
        api.describe_transit_gateways(**asked)["TransitGateways"]
        + api.describe_transit_gateway_route_tables(**asked)["TransitGatewayRouteTables"]
        + api.describe_transit_gateway_vpc_attachments(**asked)["TransitGatewayVpcAttachments"]
        + api.describe_transit_gateway_peering_attachments(**asked)["TransitGatewayPeeringAttachments"]
        + api.describe_transit_gateway_connects(**asked)["TransitGatewayConnects"]
        + api.describe_transit_gateway_connect_peers(**asked)["TransitGatewayConnectPeers"]
        + api.describe_vpn_connections(**asked)["VpnConnections"]
        + api.describe_vpcs(Filters=[{"Name": "state", "Values": ["pending"]}])["Vpcs"]
        + [it for it in api.describe_managed_prefix_lists()["PrefixLists"] if it.get("State", "").endswith("-in-progress")]
        + [it for it in api.describe_vpc_peering_connections()["VpcPeeringConnections"]
           if it["Status"]["Code"] in ("initiating-request", "provisioning", "deleting")]
    )


def associations_pass(api, table):
    try:
        rows = api.get_transit_gateway_route_table_associations(TransitGatewayRouteTableId=table)["Associations"]
    except ClientError:
        return False  # the table is another account's, or gone
    return any(row["State"] in ("associating", "disassociating") for row in rows)


def invited(endpoint, share, asked, patience):
    """Waits until each of our accounts that a share names is shown its invitation."""
    for account in set(asked.get("principals", [])) & set(endpoint.accounts):
        ram = endpoint.plain("ram", account)
        until(lambda ram=ram: any(it["resourceShareArn"] == share for it in ram.get_resource_share_invitations()[
            "resourceShareInvitations"]), patience)


def visible(endpoint, invitation, patience):
    """Waits until what an invitation offers is seen by the account of ours that accepted it."""
    account, share = invitation["receiverAccountId"], invitation["resourceShareArn"]
    ram, api = endpoint.plain("ram", account), endpoint.plain("ec2", account)

    def ids():
        resources = ram.list_resources(resourceOwner="OTHER-ACCOUNTS", resourceShareArns=[share])["resources"]
        return [it["arn"].split("/")[-1] for it in resources]

    until(ids, patience)
    if gateways := [it for it in ids() if it.startswith("tgw-")]:
        until(lambda: api.describe_transit_gateways(TransitGatewayIds=gateways)["TransitGateways"], patience)
    if lists := [it for it in ids() if it.startswith("pl-")]:
        until(lambda: api.describe_managed_prefix_lists(PrefixListIds=lists)["PrefixLists"], patience)
