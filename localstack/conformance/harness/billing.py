"""What a run against AWS costs, as far as that can be said without AWS's price list."""

PRICES = "https://aws.amazon.com/transit-gateway/pricing/"
VPN_PRICES = "https://aws.amazon.com/vpn/pricing/"
# What makes an attachment, and how many the two sides pay for.
ATTACHING = {
    "CreateTransitGatewayVpcAttachment": 1,
    "CreateTransitGatewayConnect": 1,
    "CreateTransitGatewayPeeringAttachment": 2,
    "CreateVpnConnection": 1,
}


def text(attachments, region):
    """Says what is billed and where the prices stand. No price is written down here: it would be wrong some day."""
    return "\n".join([
        "What it costs:",
        f"  AWS bills each hour, or part of one, for each attachment to a transit gateway in {region}, and each GB through it.",
        f"  This run makes {attachments} attachments at most, each for minutes: {attachments} attachment-hours. It sends no data.",
        f"  VPN connections are billed by the hour as well; each is one of the attachments above: {VPN_PRICES}",
        f"  Look up the price of an attachment-hour for {region}: {PRICES}",
        "  VPCs, subnets, route tables, internet gateways without addresses, shares and roles are free.",
    ])
