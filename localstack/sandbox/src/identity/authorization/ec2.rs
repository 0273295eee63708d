//! What calls to EC2 are judged on.
//!
//! The ids in a request whose kinds the action takes are its resources. What the request creates is one more, with `*`
//! for an id; tags on creation are judged as ec2:CreateTags besides, with ec2:CreateAction. Nearly all
//! reads take none. The ARN of an attachment has the account of the VPC's owner.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::super::policy::keys::Context;
use super::{Asked, context, kinds};
use crate::call::{Caller, Service};
use crate::network::resource::Kind;
use crate::network::vpc_peering::Party;
use crate::network::{network_acl, prefix_list, security_group, subnet_cidr, tags, vpc};
use crate::world::World;

/// Creations whose kind is not in their name.
const CREATED: [(&str, &str); 6] = [
    ("AllocateAddress", "elastic-ip"),
    ("CreateManagedPrefixList", "prefix-list"),
    ("CreateNatGateway", "natgateway"),
    ("CreateTransitGatewayConnect", "transit-gateway-attachment"),
    ("CreateTransitGatewayPeeringAttachment", "transit-gateway-attachment"),
    ("CreateTransitGatewayVpcAttachment", "transit-gateway-attachment"),
];

/// Lists what a call is judged on.
pub fn asked(world: &World, caller: &Caller, action: &str, params: &Value) -> Vec<Asked> {
    let kinds = kinds(Service::Ec2, action);
    let mut base = Context::default();
    base.put("ec2:Region", &caller.region);
    let mut asked = Vec::new();
    let named = format!("ec2:{action}");
    if ["CreateTags", "DeleteTags"].contains(&action) {
        context::put_request_tags(&mut base, &tags_of(params.get("Tags")));
    }
    for id in ids(world, params) {
        let kind = Kind::of(&id);
        if let Some(kind) = kind.filter(|kind| kinds.iter().any(|wanted| wanted == "*" || wanted == kind.tag_type())) {
            let (resource, mut context) = resource(world, caller, kind, &id);
            context.extend(&base);
            asked.push(Asked { action: named.clone(), resource, context });
        }
    }
    if let Some(kind) = created(action, kinds) {
        asked.extend(creation(world, caller, &named, kind, params, &base));
    }
    if asked.is_empty() {
        asked.push(Asked { action: named, resource: "*".to_owned(), context: base.clone() });
    }
    asked.extend(tagging(world, caller, action, params, &base));
    asked
}

/// Collects the ids in a request, those of the other side of a peering left out; an association's id stands for its
/// resources.
fn ids(world: &World, params: &Value) -> BTreeSet<String> {
    let mut ids = BTreeSet::new();
    for (name, value) in params.as_object().into_iter().flatten() {
        if name == "AssociationId" {
            ids.extend(value.as_str().into_iter().flat_map(|id| associated(world, id)));
        } else if !name.starts_with("Peer") && name != "TagSpecifications" && name != "Tags" {
            collect(value, &mut ids);
        }
    }
    ids
}

fn collect(value: &Value, ids: &mut BTreeSet<String>) {
    match value {
        Value::String(text) => {
            ids.insert(text.clone());
        }
        Value::Array(items) => items.iter().for_each(|item| collect(item, ids)),
        Value::Object(members) => members.values().for_each(|member| collect(member, ids)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// Finds what an association associates: a route table and its subnet, or a VPC or a subnet with a range.
fn associated(world: &World, association: &str) -> Vec<String> {
    let network = &world.network;
    let mut tables = network.route_tables.iter();
    let table = tables.find(|it| {
        it.subnets.contains_key(association)
            || it.gateways.contains_key(association)
            || it.main.as_deref() == Some(association)
    });
    let of_table = table.map(|it| [Some(&it.id), it.subnets.get(association), it.gateways.get(association)]);
    let vpc = network.vpcs.iter().find(|it| it.cidrs.iter().any(|range| range.id == association));
    let subnet = network.subnets.iter().find(|it| subnet_cidr::id_for(it) == association);
    let of_range = vpc.map(|it| it.id.clone()).or_else(|| subnet.map(|it| it.id.clone()));
    of_table.into_iter().flatten().flatten().cloned().chain(of_range).collect()
}

/// Tells the kind of what an action creates, if the action is judged on it.
fn created<'k>(action: &str, kinds: &'k [String]) -> Option<&'k str> {
    let listed = CREATED.iter().find(|(creation, _)| *creation == action).map(|(_, kind)| (*kind).to_owned());
    let kind = listed.or_else(|| action.strip_prefix("Create").map(dashed))?;
    kinds.iter().find(|wanted| **wanted == kind).map(String::as_str)
}

/// Writes a name as resource types have it: `RouteTable` as `route-table`.
fn dashed(name: &str) -> String {
    let mut dashed = String::with_capacity(name.len() + 4);
    for (at, character) in name.char_indices() {
        if character.is_ascii_uppercase() && at > 0 {
            dashed.push('-');
        }
        dashed.push(character.to_ascii_lowercase());
    }
    dashed
}

fn creation(world: &World, caller: &Caller, named: &str, kind: &str, params: &Value, base: &Context) -> Option<Asked> {
    let resource = format!("arn:aws:ec2:{}:{}:{kind}/*", caller.region, caller.account);
    let mut context = context::of_resource(world, &caller.account, "ec2", &BTreeMap::new());
    context.extend(base);
    let specifications = params.get("TagSpecifications").and_then(Value::as_array).into_iter().flatten();
    let own = specifications.filter(|it| it.get("ResourceType").and_then(Value::as_str) == Some(kind));
    let tags = own.flat_map(|it| tags_of(it.get("Tags"))).collect();
    context::put_request_tags(&mut context, &tags);
    if let Some(vpc) = params.get("VpcId").and_then(Value::as_str) {
        let owner = world.network.vpcs.get(vpc).map_or(&caller.account, |it| &it.owner);
        context.put("ec2:Vpc", Kind::Vpc.arn(&caller.region, owner, vpc));
    }
    if kind == "vpc-peering-connection" {
        let text = |name: &str| params.get(name).and_then(Value::as_str);
        let other = (text("PeerOwnerId").unwrap_or(&caller.account), text("PeerRegion").unwrap_or(&caller.region));
        let vpc = |name: &str, (owner, region): (&str, &str)| text(name).map(|id| Kind::Vpc.arn(region, owner, id));
        let requester = vpc("VpcId", (&caller.account, &caller.region));
        context.put_all("ec2:RequesterVpc", requester);
        context.put_all("ec2:AccepterVpc", vpc("PeerVpcId", other));
    }
    Some(Asked { action: named.to_owned(), resource, context })
}

/// Lists what the tags on creation are judged on.
fn tagging(world: &World, caller: &Caller, action: &str, params: &Value, base: &Context) -> Vec<Asked> {
    let specifications = params.get("TagSpecifications").and_then(Value::as_array).into_iter().flatten();
    let asked = specifications.filter_map(|specification| {
        let tags = tags_of(specification.get("Tags"));
        let kind = specification.get("ResourceType").and_then(Value::as_str).filter(|_| !tags.is_empty())?;
        let mut context = context::of_resource(world, &caller.account, "ec2", &BTreeMap::new());
        context.extend(base);
        context.put("ec2:CreateAction", action);
        context::put_request_tags(&mut context, &tags);
        let resource = format!("arn:aws:ec2:{}:{}:{kind}/*", caller.region, caller.account);
        Some(Asked { action: "ec2:CreateTags".to_owned(), resource, context })
    });
    asked.collect()
}

/// Reads tags; one that is to be deleted whatever its value has none.
fn tags_of(tags: Option<&Value>) -> BTreeMap<String, Option<String>> {
    let text = |tag: &Value, name: &str| tag.get(name).and_then(Value::as_str).map(str::to_owned);
    let tags = tags.and_then(Value::as_array).into_iter().flatten();
    tags.filter_map(|tag| Some((text(tag, "Key")?, text(tag, "Value")))).collect()
}

/// Returns a resource's ARN and what it brings. One that is not there counts as the caller's own, without tags.
fn resource(world: &World, caller: &Caller, kind: Kind, id: &str) -> (String, Context) {
    let network = &world.network;
    let owner = owner(world, kind, id).unwrap_or_else(|| caller.account.clone());
    let kept = tags::kept_under(world, caller, id);
    let tags = network.tags.of(&caller.account, &kept).into_iter().map(|tag| (tag.key, tag.value)).collect();
    let mut context = context::of_resource(world, &owner, "ec2", &tags);
    let mut put_vpc = |vpc: Option<&String>| {
        if let Some(vpc) = vpc {
            context.put("ec2:Vpc", Kind::Vpc.arn(&caller.region, &owner, vpc));
        }
    };
    match kind {
        Kind::CustomerGateway
        | Kind::DhcpOptions
        | Kind::ElasticIp
        | Kind::NetworkInterface
        | Kind::PrefixList
        | Kind::TransitGatewayConnectPeer
        | Kind::VpnConnection => {}
        Kind::EgressOnlyInternetGateway => {
            put_vpc(network.egress_only_internet_gateways.get(id).map(|it| &it.vpc));
        }
        Kind::NatGateway => put_vpc(network.nat_gateways.get(id).map(|it| &it.vpc)),
        Kind::NetworkAcl => put_vpc(vpc::own_by(world, caller, network_acl::id_of).get(id).map(|vpc| &vpc.id)),
        Kind::SecurityGroup => put_vpc(vpc::own_by(world, caller, security_group::id_of).get(id).map(|vpc| &vpc.id)),
        Kind::InternetGateway => {
            put_vpc(network.internet_gateways.get(id).and_then(|it| it.vpc.as_ref()));
            context.put("ec2:InternetGatewayID", id);
        }
        Kind::RouteTable => {
            put_vpc(network.route_tables.get(id).map(|it| &it.vpc));
            context.put("ec2:RouteTableID", id);
        }
        Kind::Subnet => {
            let subnet = network.subnets.get(id);
            put_vpc(subnet.map(|it| &it.vpc));
            context.put("ec2:SubnetID", id);
            context.put_all("ec2:AvailabilityZone", subnet.map(|it| it.zone.name.clone()));
            context.put_all("ec2:AvailabilityZoneId", subnet.map(|it| it.zone.id.clone()));
        }
        Kind::TransitGateway => context.put("ec2:transitGatewayId", id),
        Kind::TransitGatewayAttachment => context.put("ec2:transitGatewayAttachmentId", id),
        Kind::TransitGatewayRouteTable => context.put("ec2:transitGatewayRouteTableId", id),
        Kind::Vpc => context.put("ec2:VpcID", id),
        Kind::VpcPeeringConnection => {
            let peering = network.vpc_peering_connections.get(id);
            let arn = |party: &Party| Kind::Vpc.arn(&party.region, &party.owner, &party.vpc);
            context.put_all("ec2:RequesterVpc", peering.map(|it| arn(&it.requester)));
            context.put_all("ec2:AccepterVpc", peering.map(|it| arn(&it.accepter)));
        }
    }
    (kind.arn(&caller.region, &owner, id), context)
}

/// Tells whose a resource is, whoever may see it. Of a peering each side has its own.
fn owner(world: &World, kind: Kind, id: &str) -> Option<String> {
    let network = &world.network;
    match kind {
        Kind::CustomerGateway => network.customer_gateways.get(id).map(|it| it.owner.clone()),
        Kind::EgressOnlyInternetGateway => network.egress_only_internet_gateways.get(id).map(|it| it.owner.clone()),
        Kind::ElasticIp => network.elastic_ips.get(id).map(|it| it.owner.clone()),
        Kind::InternetGateway => network.internet_gateways.get(id).map(|it| it.owner.clone()),
        Kind::NatGateway => network.nat_gateways.get(id).map(|it| it.owner.clone()),
        // Nobody but the owner of the VPC, or of the default set, can name these.
        Kind::DhcpOptions | Kind::NetworkAcl | Kind::NetworkInterface | Kind::SecurityGroup => None,
        Kind::PrefixList => prefix_list::find(network, id).map(|it| it.arn_account().to_owned()),
        Kind::RouteTable => network.route_tables.get(id).map(|it| it.owner.clone()),
        Kind::Subnet => network.subnets.get(id).map(|it| it.owner.clone()),
        Kind::TransitGateway => network.transit_gateways.get(id).map(|it| it.owner.clone()),
        Kind::TransitGatewayAttachment => {
            let of_vpc = network.vpc_attachments.get(id).map(|it| it.vpc_owner.clone());
            of_vpc.or_else(|| network.given_attachments.get(id).map(|it| it.resource_owner.clone()))
        }
        Kind::TransitGatewayConnectPeer => network.connect_peers.get(id).map(|it| it.owner.clone()),
        Kind::TransitGatewayRouteTable => network.transit_gateway_route_tables.get(id).map(|it| it.owner.clone()),
        Kind::Vpc => network.vpcs.get(id).map(|it| it.owner.clone()),
        Kind::VpcPeeringConnection => None,
        Kind::VpnConnection => network.vpn_connections.get(id).map(|it| it.owner.clone()),
    }
}
