#!/usr/bin/env python3
"""Derives the sandbox's shape table from botocore's service models.

    python3 derive.py            writes operations.json beside this script
    python3 derive.py --check    says whether the table is what would be written; exit code 1 when it is not

The table holds, for each operation below, what its messages look like and what each protocol calls their members:
nothing else of the models, and no documentation. It is checked in, so that building needs neither Python nor botocore.
A member's or a list's type is either a bare type (`string`, `integer` ..) or the name of a shape of the same service.
"""

import argparse
import json
import pathlib
import sys

import botocore
from botocore.loaders import Loader

TABLE = pathlib.Path(__file__).with_name("operations.json")

OPERATIONS = {
    ("ec2", "2016-11-15"): """
        AcceptTransitGatewayPeeringAttachment AcceptTransitGatewayVpcAttachment AcceptVpcPeeringConnection
        AllocateAddress AssociateRouteTable AssociateSubnetCidrBlock AssociateTransitGatewayRouteTable
        AssociateVpcCidrBlock AttachInternetGateway CreateCustomerGateway CreateDefaultVpc
        CreateEgressOnlyInternetGateway CreateInternetGateway CreateManagedPrefixList CreateNatGateway CreateRoute
        CreateRouteTable CreateSubnet CreateTags CreateTransitGateway CreateTransitGatewayConnect
        CreateTransitGatewayConnectPeer CreateTransitGatewayPeeringAttachment CreateTransitGatewayPrefixListReference
        CreateTransitGatewayRoute CreateTransitGatewayRouteTable CreateTransitGatewayVpcAttachment CreateVpc
        CreateVpcPeeringConnection CreateVpnConnection DeleteCustomerGateway DeleteEgressOnlyInternetGateway
        DeleteInternetGateway DeleteManagedPrefixList DeleteNatGateway DeleteRoute DeleteRouteTable DeleteSubnet
        DeleteTags DeleteTransitGateway DeleteTransitGatewayConnect DeleteTransitGatewayConnectPeer
        DeleteTransitGatewayPeeringAttachment DeleteTransitGatewayPrefixListReference DeleteTransitGatewayRoute
        DeleteTransitGatewayRouteTable DeleteTransitGatewayVpcAttachment DeleteVpc DeleteVpcPeeringConnection
        DeleteVpnConnection DescribeAccountAttributes DescribeAddresses DescribeAvailabilityZones
        DescribeCustomerGateways DescribeDhcpOptions DescribeEgressOnlyInternetGateways DescribeInternetGateways
        DescribeManagedPrefixLists DescribeNatGateways DescribeNetworkAcls DescribeNetworkInterfaces DescribePrefixLists
        DescribeRegions DescribeRouteTables DescribeSecurityGroups DescribeSubnets DescribeTags
        DescribeTransitGatewayAttachments DescribeTransitGatewayConnectPeers DescribeTransitGatewayConnects
        DescribeTransitGatewayPeeringAttachments DescribeTransitGatewayRouteTables DescribeTransitGatewayVpcAttachments
        DescribeTransitGateways DescribeVpcAttribute DescribeVpcPeeringConnections DescribeVpcs DescribeVpnConnections
        DetachInternetGateway DisableTransitGatewayRouteTablePropagation DisassociateRouteTable
        DisassociateSubnetCidrBlock DisassociateTransitGatewayRouteTable DisassociateVpcCidrBlock
        EnableTransitGatewayRouteTablePropagation GetManagedPrefixListAssociations GetManagedPrefixListEntries
        GetTransitGatewayAttachmentPropagations GetTransitGatewayPrefixListReferences
        GetTransitGatewayRouteTableAssociations GetTransitGatewayRouteTablePropagations ModifyManagedPrefixList
        ModifySubnetAttribute ModifyTransitGateway ModifyTransitGatewayPrefixListReference
        ModifyTransitGatewayVpcAttachment ModifyVpcAttribute ModifyVpcPeeringConnectionOptions
        RejectTransitGatewayPeeringAttachment RejectTransitGatewayVpcAttachment RejectVpcPeeringConnection
        ReleaseAddress ReplaceRoute ReplaceRouteTableAssociation ReplaceTransitGatewayRoute
        RestoreManagedPrefixListVersion SearchTransitGatewayRoutes
    """,
    ("iam", "2010-05-08"): """
        AttachRolePolicy CreatePolicy CreatePolicyVersion CreateRole CreateServiceLinkedRole DeletePolicy
        DeletePolicyVersion DeleteRole DeleteRolePermissionsBoundary DeleteRolePolicy DeleteServiceLinkedRole
        DetachRolePolicy GetPolicy GetPolicyVersion GetRole GetRolePolicy GetServiceLinkedRoleDeletionStatus
        ListAccountAliases ListAttachedRolePolicies ListEntitiesForPolicy ListInstanceProfilesForRole ListPolicies
        ListPolicyVersions ListRolePolicies ListRoleTags ListRoles PutRolePermissionsBoundary PutRolePolicy
        SetDefaultPolicyVersion SimulateCustomPolicy SimulatePrincipalPolicy TagRole UntagRole UpdateAssumeRolePolicy
        UpdateRole
    """,
    ("organizations", "2016-11-28"): """
        AcceptHandshake AttachPolicy CancelHandshake CloseAccount CreateAccount CreateOrganization
        CreateOrganizationalUnit CreatePolicy DeclineHandshake DeleteOrganization DeleteOrganizationalUnit DeletePolicy
        DeregisterDelegatedAdministrator DescribeAccount DescribeCreateAccountStatus DescribeHandshake
        DescribeOrganization DescribeOrganizationalUnit DescribePolicy DetachPolicy DisableAWSServiceAccess
        DisablePolicyType EnableAWSServiceAccess EnablePolicyType InviteAccountToOrganization LeaveOrganization
        ListAWSServiceAccessForOrganization ListAccounts ListAccountsForParent ListChildren ListCreateAccountStatus
        ListDelegatedAdministrators ListDelegatedServicesForAccount ListHandshakesForAccount
        ListHandshakesForOrganization ListOrganizationalUnitsForParent ListParents ListPolicies ListPoliciesForTarget
        ListRoots ListTagsForResource ListTargetsForPolicy MoveAccount RegisterDelegatedAdministrator
        RemoveAccountFromOrganization TagResource UntagResource UpdateOrganizationalUnit UpdatePolicy
    """,
    ("ram", "2018-01-04"): """
        AcceptResourceShareInvitation AssociateResourceShare AssociateResourceSharePermission CreateResourceShare
        DeleteResourceShare DisassociateResourceShare DisassociateResourceSharePermission
        EnableSharingWithAwsOrganization GetPermission GetResourcePolicies GetResourceShareAssociations
        GetResourceShareInvitations GetResourceShares ListPendingInvitationResources ListPermissionAssociations
        ListPermissionVersions ListPermissions ListPrincipals ListResourceSharePermissions ListResourceTypes
        ListResources RejectResourceShareInvitation TagResource UntagResource UpdateResourceShare
    """,
    ("sns", "2010-03-31"): "CreateTopic DeleteTopic ListTopics Publish",
    ("sts", "2011-06-15"): "AssumeRole DecodeAuthorizationMessage GetAccessKeyInfo GetCallerIdentity",
}

# Types that need no shape of their own unless they carry a constraint.
BARE = {"string", "integer", "long", "boolean", "float", "double", "timestamp", "blob"}
CONSTRAINTS = ("enum", "min", "max")
# A pattern that lets everything pass says nothing.
ANYTHING = r"[\s\S]*"
# What is wrong with a request for RAM, for which each operation has some of these errors.
FAULTS = {"InvalidMaxResultsException", "InvalidParameterException", "MissingRequiredParameterException"}
# Members whose shapes, maps, the table does not know. AWS's answers leave them out where the sandbox answers: decisions by
# the policies of other accounts' resources. Requests with them are refused.
LEFT_OUT = {
    "EvaluationResult": {"EvalDecisionDetails"},
    "ResourceSpecificResult": {"EvalDecisionDetails"},
    "CreateTopicInput": {"Attributes", "DataProtectionPolicy"},
    "PublishInput": {"MessageAttributes"},
}
# Values that AWS gives and the models leave out. InternetGatewayAttachment: "the state is available when attached"; the
# filter interface-type of DescribeNetworkInterfaces lists nat_gateway, where the model has natGateway.
UNLISTED = {"AttachmentStatus": ["available"], "NetworkInterfaceType": ["nat_gateway"]}


class Service:
    """One service's model, and the shapes that its listed operations reach."""

    def __init__(self, model):
        self.model = model
        self.metadata = model["metadata"]
        self.protocol = self.metadata["protocol"]
        self.shapes = {}
        self.requested = set()

    def derive(self, operations):
        for name in operations:
            if "input" in self.model["operations"][name]:
                self.request(self.model["operations"][name]["input"]["shape"])
        return {
            "protocol": self.protocol,
            "version": self.metadata["apiVersion"],
            **named("namespace", self.metadata.get("xmlNamespace")),
            **named("target_prefix", self.metadata.get("targetPrefix")),
            "operations": {name: self.operation(name) for name in sorted(operations)},
            "shapes": dict(sorted(self.shapes.items())),
        }

    def request(self, name):
        """Notes the shapes that requests are made of: what a text has to look like matters in these alone."""
        if name not in self.requested:
            self.requested.add(name)
            shape = self.model["shapes"][name]
            for member in (*shape.get("members", {}).values(), *([shape["member"]] if "member" in shape else ())):
                self.request(member["shape"])

    def constraints(self, name):
        shape = self.model["shapes"][name]
        pattern = shape.get("pattern") if name in self.requested else None
        return {**{key: shape[key] for key in CONSTRAINTS if key in shape},
                **named("pattern", pattern if pattern != ANYTHING else None)}

    def operation(self, name):
        operation = self.model["operations"][name]
        http = operation["http"]
        derived = {}
        for side in ("input", "output"):
            if side in operation:
                derived[side] = self.reference(operation[side]["shape"])
        if self.protocol == "rest-json":
            derived["method"], derived["uri"] = http["method"], http["requestUri"]
            derived["faults"] = sorted({it["shape"] for it in operation["errors"]} & FAULTS)
        wrapper = operation.get("output", {}).get("resultWrapper")
        return {**derived, **named("wrapper", wrapper)}

    def reference(self, name):
        """Returns the bare type, or the name of a shape that is then in the table."""
        shape = self.model["shapes"][name]
        kind = shape["type"]
        constraints = self.constraints(name)
        if kind in BARE and not constraints:
            if "timestampFormat" in shape:
                raise SystemExit(f"{name} has a time format of its own")
            return kind
        if name not in self.shapes:
            self.shapes[name] = derived = {"type": kind}
            derived.update(constraints)
            if name in UNLISTED:
                derived["enum"] = derived["enum"] + UNLISTED[name]
            if kind == "structure":
                derived.update(named("required", shape.get("required")))
                members = {key: of for key, of in shape["members"].items() if key not in LEFT_OUT.get(name, ())}
                derived["members"] = {key: self.member(key, member) for key, member in members.items()}
            elif kind == "list":
                if shape.get("flattened"):
                    raise SystemExit(f"{name} is flattened, which the table does not know")
                derived["of"] = self.reference(shape["member"]["shape"])
                derived.update(named("item", shape["member"].get("locationName")))
            elif kind not in BARE:
                raise SystemExit(f"{name} is a {kind}, which the table does not know")
        return name

    def member(self, name, member):
        """Returns the member's type alone, or with the names that differ from the member's own.

        `in` is its name in a request, `out` in an answer; `at` says that it stands outside the body.
        """
        of = self.reference(member["shape"])
        location = member.get("locationName")
        query = location
        if self.protocol == "ec2":
            query = member.get("queryName") or (location and location[0].upper() + location[1:])
        derived = {
            **named("in", query if query != name else None),
            **named("out", location if location != name else None),
            **named("at", self.location(name, member)),
        }
        return {"type": of, **derived} if derived else of

    def location(self, name, member):
        location = member.get("location")
        if location not in (None, "querystring"):
            raise SystemExit(f"{name} stands in the {location}, which the table does not know")
        return location


def named(name, value):
    return {name: value} if value is not None else {}


def lines(table):
    """Writes JSON with one line for each operation and each shape, so that changes read well."""
    yield "{"
    yield f'"source": {json.dumps(table["source"])},'
    yield '"services": {'
    for last, (name, service) in ends(table["services"].items()):
        yield f"{json.dumps(name)}: {{"
        for key, value in service.items():
            if key not in ("operations", "shapes"):
                yield f"  {json.dumps(key)}: {json.dumps(value)},"
        for last_part, part in ends(("operations", "shapes")):
            yield f"  {json.dumps(part)}: {{"
            for last_entry, (key, value) in ends(service[part].items()):
                yield f"    {json.dumps(key)}: {json.dumps(value)}{'' if last_entry else ','}"
            yield f"  }}{'' if last_part else ','}"
        yield f"}}{'' if last else ','}"
    yield "}"
    yield "}"


def ends(items):
    """Pairs each item with whether it is the last."""
    items = list(items)
    return [(index == len(items) - 1, item) for index, item in enumerate(items)]


def table():
    loader = Loader()
    services = {}
    for (name, version), operations in OPERATIONS.items():
        services[name] = Service(loader.load_service_model(name, "service-2", version)).derive(operations.split())
    derived = {"source": f"botocore {botocore.__version__}", "services": services}
    return "".join(f"{line}\n" for line in lines(derived))


def main():
    arguments = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    arguments.add_argument("--check", action="store_true", help="compare, and write nothing")
    derived = table()
    if not arguments.parse_args().check:
        TABLE.write_text(derived)
    elif TABLE.read_text() != derived:
        sys.exit(f"{TABLE} is not what botocore {botocore.__version__} gives: run {sys.argv[0]}")


if __name__ == "__main__":
    main()
