"""Shares the hub with the spoke, for which Ansible has no module. Says what it did; nothing where all was done.

python share.py ENDPOINT TRANSIT_GATEWAY_ARN
"""

import sys
import time

import boto3


def client(service, account):
    return boto3.client(service, endpoint_url=sys.argv[1], region_name="us-east-1", aws_access_key_id=account,
                        aws_secret_access_key="any")


hub, spoke = client("ram", "111111111111"), client("ram", "222222222222")
if not hub.list_resources(resourceOwner="SELF", resourceArns=[sys.argv[2]])["resources"]:
    hub.create_resource_share(name="hub", resourceArns=[sys.argv[2]], principals=["222222222222"])
    for _ in range(100):
        for invitation in spoke.get_resource_share_invitations()["resourceShareInvitations"]:
            if invitation["status"] == "PENDING":
                spoke.accept_resource_share_invitation(resourceShareInvitationArn=invitation["resourceShareInvitationArn"])
        if client("ec2", "222222222222").describe_transit_gateways()["TransitGateways"]:
            print("shared")
            break
        time.sleep(0.1)
    else:
        sys.exit("the spoke does not see the transit gateway")
