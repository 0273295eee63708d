//! VPCs. The account that owns one sees it, and so does each account that one of its subnets is shared with.
//!
//! A VPC is `pending` for a moment and then `available`. It is made with a main route table, a network ACL and a security
//! group, and cannot be deleted while anything else stands in it.

use std::collections::{BTreeMap, BTreeSet};

use ipnet::IpNet;

use super::cidr;
use super::describe::describe_request;
use super::filters::Sieve;
use super::members::{Nothing, answer, request, words};
use super::resource::{Kind, invalid_combination, invalid_value, missing, not_authorized};
use super::shelf::{Kept, Key, merged};
use super::tags::{Tag, TagSpecification, on_creation};
use super::vpc_cidr::{self, CidrAssociation, CidrBlockAssociation, Ipv6CidrBlockAssociation};
use super::{dhcp_options, network_acl, route_table, security_group, shareable, visibility, vpc_peering};
use crate::call::{AccountId, AwsError, Caller};
use crate::sharing;
use crate::world::{self, World};

/// A new VPC is available after a moment.
const PENDING_SECONDS: f64 = 2.0;

words! { State { Pending = "pending", Available = "available" } }
words! { Tenancy { Default = "default", Dedicated = "dedicated" } }

#[derive(Clone, Debug)]
pub struct Vpc {
    pub id: String,
    pub owner: AccountId,
    pub region: String,
    pub state: State,
    pub tenancy: Tenancy,
    /// The primary range first; IPv4 and IPv6 together.
    pub cidrs: Vec<CidrAssociation>,
    pub dns_support: bool,
    pub dns_hostnames: bool,
    pub address_usage_metrics: bool,
    /// Whether it is the default VPC of its account and Region; see [`super::default_vpc`].
    pub is_default: bool,
}

impl Kept for Vpc {
    fn id(&self) -> &str {
        &self.id
    }
    fn keys(&self) -> Vec<Key> {
        vec![Key::Place(self.owner.clone(), self.region.clone())]
    }
}

impl Vpc {
    /// Lists the ranges that are the VPC's own and stay so.
    pub fn associated(&self) -> impl Iterator<Item = &ipnet::IpNet> {
        self.cidrs.iter().filter(|it| it.state == vpc_cidr::State::Associated).map(|it| &it.cidr)
    }

    pub fn has_ipv6(&self) -> bool {
        self.associated().any(|range| matches!(range, IpNet::V6(_)))
    }
}

#[derive(Clone, Debug)]
pub enum Event {
    Available,
    CidrAssociated(String),
    CidrDisassociated(String),
}

pub fn happen(world: &mut World, id: &str, event: Event) {
    match event {
        Event::Available => {
            if let Some(vpc) = world.network.vpcs.get_mut(id) {
                vpc.state = State::Available;
            }
        }
        Event::CidrAssociated(association) => vpc_cidr::become_associated(world, id, &association),
        Event::CidrDisassociated(association) => vpc_cidr::become_disassociated(world, id, &association),
    }
}

/// Finds a VPC that the caller owns or of which a subnet is shared with it.
///
/// # Errors
/// `InvalidVpcID.Malformed` and `InvalidVpcID.NotFound`.
pub fn seen<'w>(world: &'w World, caller: &Caller, id: &str) -> Result<&'w Vpc, AwsError> {
    Kind::Vpc.check(id)?;
    let vpc = world.network.vpcs.get(id).filter(|it| it.region == caller.region);
    vpc.filter(|it| it.owner == caller.account || participates(world, &caller.account, id))
        .ok_or_else(|| Kind::Vpc.not_found(id))
}

fn participates(world: &World, account: &str, id: &str) -> bool {
    let mut subnets = world.network.subnets.under(&Key::Vpc(id.to_owned()));
    subnets.any(|it| sharing::reaches(world, account, &it.arn()))
}

/// Finds a VPC that the caller owns.
///
/// # Errors
/// As [`seen`], and `UnauthorizedOperation` for one that the caller only takes part in.
pub fn own<'w>(world: &'w World, caller: &Caller, id: &str) -> Result<&'w Vpc, AwsError> {
    let vpc = seen(world, caller, id)?;
    if vpc.owner == caller.account { Ok(vpc) } else { Err(not_authorized()) }
}

/// Lists the caller's VPCs by the id of something that each is made with, as `id_of` tells it from the VPC's.
pub fn own_by<'w>(world: &'w World, caller: &Caller, id_of: fn(&str) -> String) -> BTreeMap<String, &'w Vpc> {
    let own = world.network.vpcs.under(&Key::place(caller));
    let shown = own.filter(|it| visibility::shows(world, &caller.account, &it.id));
    shown.map(|it| (id_of(&it.id), it)).collect()
}

request! { "PascalCase"
    CreateVpc {
        cidr_block: Option<String>, amazon_provided_ipv6_cidr_block: bool, instance_tenancy: Option<Tenancy>,
        tag_specifications: Vec<TagSpecification>,
    }
}
answer! { "PascalCase"
    VpcDescription {
        vpc_id: String, state: State, cidr_block: String, owner_id: String, dhcp_options_id: String,
        instance_tenancy: Tenancy, is_default: bool, cidr_block_association_set: Vec<CidrBlockAssociation>,
        ipv6_cidr_block_association_set: Vec<Ipv6CidrBlockAssociation>, tags: Vec<Tag>,
    }
}
answer! { "PascalCase" CreatedVpc { vpc: VpcDescription } }

pub fn create(world: &mut World, caller: &Caller, input: CreateVpc) -> Result<CreatedVpc, AwsError> {
    let tags = on_creation(Kind::Vpc, &input.tag_specifications)?;
    let text = input.cidr_block.ok_or_else(|| missing("cidrBlock"))?;
    let primary = cidr::normalised("cidrBlock", &text)?;
    vpc_cidr::check_size(&primary)?;
    check_room(world, caller)?;
    let id = make(
        world,
        caller,
        primary,
        Plan {
            tenancy: input.instance_tenancy.unwrap_or(Tenancy::Default),
            ipv6: input.amazon_provided_ipv6_cidr_block,
            ..Plan::default()
        },
    );
    world.network.tags.set(&caller.account, &id, &tags);
    created(world, caller, &id)
}

/// Checks that an account may have one more VPC in a Region.
///
/// # Errors
/// `VpcLimitExceeded`.
pub fn check_room(world: &World, caller: &Caller) -> Result<(), AwsError> {
    if world.network.vpcs.count(&Key::place(caller)) < world.network.quotas.vpcs_per_region {
        return Ok(());
    }
    Err(AwsError::new("VpcLimitExceeded", "The maximum number of VPCs has been reached."))
}

/// What a new VPC is to be like, beside its primary range.
#[derive(Clone, Copy, Debug)]
pub struct Plan {
    pub tenancy: Tenancy,
    pub ipv6: bool,
    pub is_default: bool,
    pub dns_hostnames: bool,
}

impl Default for Plan {
    fn default() -> Self {
        Self { tenancy: Tenancy::Default, ipv6: false, is_default: false, dns_hostnames: false }
    }
}

/// Makes a VPC, pending, with its main route table; what is asked has been checked.
pub fn make(world: &mut World, caller: &Caller, primary: IpNet, plan: Plan) -> String {
    let id = Kind::Vpc.new_id(&mut world.dice);
    let mut cidrs = vec![CidrAssociation::primary(&mut world.dice, primary)];
    if plan.ipv6 {
        cidrs.push(CidrAssociation::amazon_provided(&mut world.dice, vpc_cidr::State::Associated));
    }
    world.network.vpcs.insert(Vpc {
        id: id.clone(),
        owner: caller.account.clone(),
        region: caller.region.clone(),
        state: State::Pending,
        tenancy: plan.tenancy,
        cidrs,
        dns_support: true,
        dns_hostnames: plan.dns_hostnames,
        address_usage_metrics: false,
        is_default: plan.is_default,
    });
    route_table::make_main(world, caller, &id);
    visibility::hide(world, &caller.account, &id);
    world.later(PENDING_SECONDS, world::Event::Network(super::Event::Vpc(id.clone(), Event::Available)));
    id
}

/// Answers a call that made a VPC.
///
/// # Errors
/// As [`own`].
pub fn created(world: &World, caller: &Caller, id: &str) -> Result<CreatedVpc, AwsError> {
    Ok(CreatedVpc { vpc: description(world, caller, own(world, caller, id)?) })
}

fn description(world: &World, caller: &Caller, vpc: &Vpc) -> VpcDescription {
    let primary = vpc.cidrs.first().map(|it| it.cidr.to_string()).unwrap_or_default();
    VpcDescription {
        vpc_id: vpc.id.clone(),
        state: vpc.state,
        cidr_block: primary,
        owner_id: vpc.owner.clone(),
        dhcp_options_id: dhcp_options::id_in(&vpc.owner, &vpc.region),
        instance_tenancy: vpc.tenancy,
        is_default: vpc.is_default,
        cidr_block_association_set: vpc.cidrs.iter().filter_map(CidrAssociation::as_ipv4).collect(),
        ipv6_cidr_block_association_set: vpc.cidrs.iter().filter_map(|it| it.as_ipv6(&vpc.region)).collect(),
        tags: world.network.tags.of(&caller.account, &vpc.id),
    }
}

describe_request! { DescribeVpcs { vpc_ids: Kind::Vpc } }
answer! { "PascalCase" DescribedVpcs { vpcs: Vec<VpcDescription>, next_token: Option<String> } }

const SIEVE: Sieve<VpcDescription> = Sieve {
    fields: &[
        ("cidr", |vpc| vec![vpc.cidr_block.clone()]),
        // Not in the API Reference, but Ansible's ec2_vpc_net has asked AWS by this name for years.
        ("cidr-block", |vpc| vec![vpc.cidr_block.clone()]),
        ("cidr-block-association.association-id", |vpc| {
            vpc.cidr_block_association_set.iter().map(|it| it.association_id.clone()).collect()
        }),
        ("cidr-block-association.cidr-block", |vpc| {
            vpc.cidr_block_association_set.iter().map(|it| it.cidr_block.clone()).collect()
        }),
        ("cidr-block-association.state", |vpc| {
            vpc.cidr_block_association_set.iter().map(|it| it.cidr_block_state.state.word().to_owned()).collect()
        }),
        ("dhcp-options-id", |vpc| vec![vpc.dhcp_options_id.clone()]),
        ("ipv6-cidr-block-association.association-id", |vpc| {
            vpc.ipv6_cidr_block_association_set.iter().map(|it| it.association_id.clone()).collect()
        }),
        ("ipv6-cidr-block-association.ipv6-cidr-block", |vpc| {
            vpc.ipv6_cidr_block_association_set.iter().map(|it| it.ipv6_cidr_block.clone()).collect()
        }),
        ("ipv6-cidr-block-association.ipv6-pool", |vpc| {
            vpc.ipv6_cidr_block_association_set.iter().map(|it| it.ipv6_pool.to_owned()).collect()
        }),
        ("ipv6-cidr-block-association.state", |vpc| {
            vpc.ipv6_cidr_block_association_set
                .iter()
                .map(|it| it.ipv6_cidr_block_state.state.word().to_owned())
                .collect()
        }),
        ("is-default", |vpc| vec![vpc.is_default.to_string()]),
        ("isDefault", |vpc| vec![vpc.is_default.to_string()]),
        ("owner-id", |vpc| vec![vpc.owner_id.clone()]),
        ("state", |vpc| vec![vpc.state.word().to_owned()]),
        ("vpc-id", |vpc| vec![vpc.vpc_id.clone()]),
    ],
    tags: Some(|vpc| &vpc.tags),
};

pub fn describe(world: &mut World, caller: &Caller, input: DescribeVpcs) -> Result<DescribedVpcs, AwsError> {
    let world = &*world;
    let shared = shareable::shared_with(world, &caller.account, Kind::Subnet);
    let shared = shared.iter().filter_map(|id| world.network.subnets.get(id)).map(|it| it.vpc.as_str());
    let shared: BTreeSet<&str> = shared.collect();
    let candidates = merged(world.network.vpcs.ids(&Key::place(caller)), shared.into_iter());
    let page = input.question().names_or_pages("vpcIds")?.answer(world, caller, &SIEVE, candidates, |id| {
        let vpc = seen(world, caller, id).ok()?;
        Some(description(world, caller, vpc))
    })?;
    Ok(DescribedVpcs { vpcs: page.items, next_token: page.next })
}

request! { "PascalCase" DeleteVpc { vpc_id: String } }

pub fn delete(world: &mut World, caller: &Caller, input: DeleteVpc) -> Result<Nothing, AwsError> {
    let id = &own(world, caller, &input.vpc_id)?.id.clone();
    let inside = Key::Vpc(id.clone());
    let network = &world.network;
    let occupied = network.subnets.ids(&inside).next().is_some()
        || network.internet_gateways.under(&Key::place(caller)).any(|it| it.vpc.as_ref() == Some(id))
        || network.egress_only_internet_gateways.ids(&inside).next().is_some()
        || network.vpc_attachments.under(&inside).any(|it| it.state.holds_interfaces_or_waits())
        || vpc_peering::holds(network, id)
        || network.route_tables.under(&inside).any(|it| it.main.is_none());
    if occupied {
        return Err(AwsError::new(
            "DependencyViolation",
            format!("The vpc '{id}' has dependencies and cannot be deleted."),
        ));
    }
    let tables: Vec<String> = network.route_tables.ids(&inside).map(str::to_owned).collect();
    for table in tables {
        world.network.route_tables.remove(&table);
        world.network.tags.forget(&[&caller.account], &table);
    }
    vpc_peering::forget_vpc(world, id, &caller.account);
    world.network.vpcs.remove(id);
    for gone in [id.clone(), network_acl::id_of(id), security_group::id_of(id)] {
        world.network.tags.forget(&[&caller.account], &gone);
    }
    Ok(Nothing {})
}

words! {
    Attribute {
        DnsSupport = "enableDnsSupport",
        DnsHostnames = "enableDnsHostnames",
        AddressUsageMetrics = "enableNetworkAddressUsageMetrics",
    }
}

#[derive(Clone, Copy, Debug, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub struct AttributeValue {
    pub value: bool,
}

request! { "PascalCase"
    ModifyVpcAttribute {
        vpc_id: String, enable_dns_hostnames: Option<AttributeValue>, enable_dns_support: Option<AttributeValue>,
        enable_network_address_usage_metrics: Option<AttributeValue>,
    }
}

/// Changes one attribute; EC2 takes no more than one in a call.
pub fn modify_attribute(world: &mut World, caller: &Caller, input: ModifyVpcAttribute) -> Result<Nothing, AwsError> {
    let id = own(world, caller, &input.vpc_id)?.id.clone();
    let asked = [input.enable_dns_hostnames, input.enable_dns_support, input.enable_network_address_usage_metrics];
    match asked.iter().flatten().count() {
        0 => return Err(missing("attribute")),
        1 => {}
        _ => return Err(invalid_combination("Fields for multiple attribute types specified")),
    }
    let Some(vpc) = world.network.vpcs.get_mut(&id) else { return Err(Kind::Vpc.not_found(&id)) };
    let [hostnames, support, metrics] = asked.map(|asked| asked.map(|attribute| attribute.value));
    if hostnames == Some(true) && !vpc.dns_support {
        return Err(invalid_value("EnableDnsHostnames needs EnableDnsSupport"));
    }
    vpc.dns_hostnames = hostnames.unwrap_or(vpc.dns_hostnames);
    vpc.dns_support = support.unwrap_or(vpc.dns_support);
    vpc.address_usage_metrics = metrics.unwrap_or(vpc.address_usage_metrics);
    Ok(Nothing {})
}

request! { "PascalCase" DescribeVpcAttribute { vpc_id: String, attribute: Option<Attribute> } }
answer! { "PascalCase"
    VpcAttribute {
        vpc_id: String, enable_dns_hostnames: Option<AttributeValue>, enable_dns_support: Option<AttributeValue>,
        enable_network_address_usage_metrics: Option<AttributeValue>,
    }
}

pub fn describe_attribute(
    world: &mut World,
    caller: &Caller,
    input: DescribeVpcAttribute,
) -> Result<VpcAttribute, AwsError> {
    let vpc = own(world, caller, &input.vpc_id)?;
    let asked = input.attribute.ok_or_else(|| missing("attribute"))?;
    let told = |attribute: Attribute, value: bool| (asked == attribute).then_some(AttributeValue { value });
    Ok(VpcAttribute {
        vpc_id: vpc.id.clone(),
        enable_dns_hostnames: told(Attribute::DnsHostnames, vpc.dns_hostnames),
        enable_dns_support: told(Attribute::DnsSupport, vpc.dns_support),
        enable_network_address_usage_metrics: told(Attribute::AddressUsageMetrics, vpc.address_usage_metrics),
    })
}

#[cfg(test)]
#[path = "vpc_tests.rs"]
mod tests;
