"""Tags all that a run makes, as it is made, and keeps that tag out of what the tests read."""

KEY = "transitd-conformance"

# Resource types as TagSpecifications write them, by the call that makes one.
SPECIFIED = {
    "CreateVpc": "vpc",
    "CreateSubnet": "subnet",
    "CreateRouteTable": "route-table",
    "CreateInternetGateway": "internet-gateway",
    "CreateEgressOnlyInternetGateway": "egress-only-internet-gateway",
    "CreateTransitGateway": "transit-gateway",
    "CreateTransitGatewayRouteTable": "transit-gateway-route-table",
    "CreateTransitGatewayVpcAttachment": "transit-gateway-attachment",
    "CreateTransitGatewayPeeringAttachment": "transit-gateway-attachment",
    "CreateTransitGatewayConnect": "transit-gateway-attachment",
    "CreateTransitGatewayConnectPeer": "transit-gateway-connect-peer",
    "CreateCustomerGateway": "customer-gateway",
    "CreateVpnConnection": "vpn-connection",
    "CreateVpcPeeringConnection": "vpc-peering-connection",
    "CreateManagedPrefixList": "prefix-list",
}


def add(client, run):
    """Adds the run's tag to each call of this client that makes something which can be tagged."""
    service = client.meta.service_model.service_name

    def specify(params, model, **_):
        # The caller's own lists stay as they are: it may use them again.
        specifications = params.get("TagSpecifications", [])
        kind = SPECIFIED[model.name]
        tag = {"Key": KEY, "Value": run}
        own = [it for it in specifications if it.get("ResourceType") == kind]
        others = [it for it in specifications if it.get("ResourceType") != kind]
        tags = [it for specification in own for it in specification.get("Tags", [])]
        params["TagSpecifications"] = [*others, {"ResourceType": kind, "Tags": [*tags, tag]}]

    if service == "ec2":
        for name in SPECIFIED:
            client.meta.events.register(f"provide-client-params.ec2.{name}", specify)
    elif service == "ram":
        client.meta.events.register("provide-client-params.ram.CreateResourceShare", lambda params, **_: params.update(
            tags=[*params.get("tags", []), {"key": KEY, "value": run}]))
    elif service == "iam":
        for name in ("CreateRole", "CreatePolicy"):
            client.meta.events.register(f"provide-client-params.iam.{name}", lambda params, **_: params.update(
                Tags=[*params.get("Tags", []), {"Key": KEY, "Value": run}]))


def is_ours(tags, run=None):
    """Tells whether a resource's tags have a run's tag: of this run, or of any."""
    values = {tag.get("Key", tag.get("key")): tag.get("Value", tag.get("value")) for tag in tags or []}
    return KEY in values if run is None else values.get(KEY) == run


def strip(parsed, run):
    """Takes the run's tag out of an answer, wherever it stands."""
    if isinstance(parsed, dict):
        for name in ("Tags", "tags"):
            if isinstance(parsed.get(name), list):
                parsed[name] = [tag for tag in parsed[name] if tag.get("Key", tag.get("key")) != KEY]
        for value in parsed.values():
            strip(value, run)
    elif isinstance(parsed, list):
        for value in parsed:
            strip(value, run)
