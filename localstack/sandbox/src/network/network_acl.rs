//! Network ACLs, as far as each VPC is made with one: the default one, which lets everything through.
//!
//! All subnets are associated with it, since ACLs that people make are not modelled, and its entries stay as AWS makes
//! them (VPC guide, "Default network ACL"). So nothing of it is kept: [`id_of`] tells its id from the VPC's.

use super::describe::describe_request;
use super::filters::{Sieve, none};
use super::members::answer;
use super::resource::Kind;
use super::shelf::Key;
use super::tags::Tag;
use super::vpc::{self, Vpc};
use crate::call::{AwsError, Caller};
use crate::random::Dice;
use crate::world::World;

/// The numbers of the entry that allows everything and of the one after all others, for IPv4 and for IPv6.
const NUMBERS: [(i64, i64); 2] = [(100, 32767), (101, 32768)];

/// Tells the id of a VPC's default ACL.
pub fn id_of(vpc: &str) -> String {
    Kind::NetworkAcl.new_id(&mut Dice::of(&format!("{vpc} network ACL")))
}

answer! { "PascalCase" Association { network_acl_association_id: String, network_acl_id: String, subnet_id: String } }
answer! { "PascalCase"
    Entry {
        rule_number: i64, protocol: &'static str, rule_action: &'static str, egress: bool,
        cidr_block: Option<&'static str>, ipv6_cidr_block: Option<&'static str>,
    }
}
answer! { "PascalCase"
    Description {
        network_acl_id: String, vpc_id: String, owner_id: String, is_default: bool, associations: Vec<Association>,
        entries: Vec<Entry>, tags: Vec<Tag>,
    }
}

fn description(world: &World, vpc: &Vpc) -> Description {
    let id = id_of(&vpc.id);
    let subnets = world.network.subnets.ids(&Key::Vpc(vpc.id.clone()));
    let associations = subnets.map(|subnet| Association {
        network_acl_association_id: Dice::of(&format!("{id} {subnet}")).id("aclassoc"),
        network_acl_id: id.clone(),
        subnet_id: subnet.to_owned(),
    });
    Description {
        vpc_id: vpc.id.clone(),
        owner_id: vpc.owner.clone(),
        is_default: true,
        associations: associations.collect(),
        entries: [true, false].into_iter().flat_map(|egress| entries(vpc, egress)).collect(),
        tags: world.network.tags.of(&vpc.owner, &id),
        network_acl_id: id,
    }
}

/// Lists the entries for one direction.
fn entries(vpc: &Vpc, egress: bool) -> Vec<Entry> {
    let families = if vpc.has_ipv6() { &NUMBERS[..] } else { &NUMBERS[..1] };
    let of_family = |(family, (allow, deny)): (usize, &(i64, i64))| {
        [(*allow, "allow"), (*deny, "deny")].map(|(rule_number, rule_action)| Entry {
            rule_number,
            protocol: "-1",
            rule_action,
            egress,
            cidr_block: (family == 0).then_some("0.0.0.0/0"),
            ipv6_cidr_block: (family == 1).then_some("::/0"),
        })
    };
    families.iter().enumerate().flat_map(of_family).collect()
}

describe_request! { DescribeNetworkAcls { network_acl_ids: Kind::NetworkAcl } }
answer! { "PascalCase" DescribedNetworkAcls { network_acls: Vec<Description>, next_token: Option<String> } }

fn of_entries(acl: &Description, value: fn(&Entry) -> Option<String>) -> Vec<String> {
    acl.entries.iter().filter_map(value).collect()
}

const SIEVE: Sieve<Description> = Sieve {
    fields: &[
        ("association.association-id", |it| {
            it.associations.iter().map(|it| it.network_acl_association_id.clone()).collect()
        }),
        ("association.network-acl-id", |it| it.associations.iter().map(|it| it.network_acl_id.clone()).collect()),
        ("association.subnet-id", |it| it.associations.iter().map(|it| it.subnet_id.clone()).collect()),
        ("default", |it| vec![it.is_default.to_string()]),
        ("entry.cidr", |it| of_entries(it, |entry| entry.cidr_block.map(str::to_owned))),
        ("entry.egress", |it| of_entries(it, |entry| Some(entry.egress.to_string()))),
        ("entry.icmp.code", none),
        ("entry.icmp.type", none),
        ("entry.ipv6-cidr", |it| of_entries(it, |entry| entry.ipv6_cidr_block.map(str::to_owned))),
        ("entry.port-range.from", none),
        ("entry.port-range.to", none),
        ("entry.protocol", |it| of_entries(it, |entry| Some(entry.protocol.to_owned()))),
        ("entry.rule-action", |it| of_entries(it, |entry| Some(entry.rule_action.to_owned()))),
        ("entry.rule-number", |it| of_entries(it, |entry| Some(entry.rule_number.to_string()))),
        ("network-acl-id", |it| vec![it.network_acl_id.clone()]),
        ("owner-id", |it| vec![it.owner_id.clone()]),
        ("vpc-id", |it| vec![it.vpc_id.clone()]),
    ],
    tags: Some(|it| &it.tags),
};

pub fn describe(
    world: &mut World,
    caller: &Caller,
    input: DescribeNetworkAcls,
) -> Result<DescribedNetworkAcls, AwsError> {
    let world = &*world;
    let own = vpc::own_by(world, caller, id_of);
    let question = input.question().names_or_pages("networkAclIds")?;
    let page = question.answer(world, caller, &SIEVE, own.keys().map(String::as_str), |id| {
        own.get(id).map(|vpc| description(world, vpc))
    })?;
    Ok(DescribedNetworkAcls { network_acls: page.items, next_token: page.next })
}
