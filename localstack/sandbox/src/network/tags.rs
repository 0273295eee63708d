//! Tags: kept for each account apart, so that the two sides of an attachment never see each other's.
//!
//! (AWS Prescriptive Guidance: at the hub, the name of an attachment that another account made is blank.) What is
//! set on creation is set on the side of whoever creates.

use std::collections::BTreeMap;

use super::attachment;
use super::filters::{Filter, Sieve};
use super::members::{Nothing, answer, request};
use super::paging::{Asked, SIZES, page};
use super::resource::{Kind, invalid_value, missing};
use super::{
    connect_peer, dhcp_options, network_acl, network_interface, peering_attachment, security_group, vpc, vpc_peering,
};
use crate::call::{AccountId, AwsError, Caller};
use crate::world::World;

/// Tags that one resource may have, those of AWS not counted (EC2 User Guide, "Tag restrictions").
const MOST_TAGS: usize = 50;

#[derive(Clone, Debug, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields, default)]
pub struct Tag {
    pub key: String,
    pub value: String,
}

request! { "PascalCase" TagSpecification { resource_type: Option<String>, tags: Vec<Tag> } }

/// All tags of all accounts.
#[derive(Clone, Debug, Default)]
pub struct Tags {
    by_account: BTreeMap<AccountId, BTreeMap<String, BTreeMap<String, String>>>,
}

impl Tags {
    /// Lists the tags that an account put on a resource, in the order of their keys.
    pub fn of(&self, account: &str, id: &str) -> Vec<Tag> {
        let tags = self.by_account.get(account).and_then(|resources| resources.get(id));
        tags.into_iter().flatten().map(|(key, value)| Tag { key: key.clone(), value: value.clone() }).collect()
    }

    /// Lists all sets of tags that are not empty, with whose they are and on what.
    pub fn all(&self) -> impl Iterator<Item = (&AccountId, &String, &BTreeMap<String, String>)> {
        let all =
            self.by_account.iter().flat_map(|(account, held)| held.iter().map(move |(id, set)| (account, id, set)));
        all.filter(|(_, _, set)| !set.is_empty())
    }

    /// Sets tags; they have been checked.
    pub fn set(&mut self, account: &str, id: &str, tags: &[Tag]) {
        if tags.is_empty() {
            return;
        }
        let set = self.by_account.entry(account.to_owned()).or_default().entry(id.to_owned()).or_default();
        set.extend(tags.iter().map(|tag| (tag.key.clone(), tag.value.clone())));
    }

    /// Forgets the tags of a resource that is no more, on all sides.
    pub fn forget(&mut self, accounts: &[&str], id: &str) {
        for account in accounts {
            if let Some(resources) = self.by_account.get_mut(*account) {
                resources.remove(id);
            }
        }
    }
}

/// Returns the name that the tags are kept under of what has two sides with one id, which may be in one account and two
/// Regions: peerings.
pub fn at_region(id: &str, region: &str) -> String {
    format!("{id}@{region}")
}

/// Returns the name that tags are kept under when the caller sets them.
pub fn kept_under(world: &World, caller: &Caller, id: &str) -> String {
    let network = &world.network;
    let has_sides = network.vpc_peering_connections.get(id).is_some()
        || peering_attachment::at(network, &caller.account, &caller.region, id).is_some();
    if has_sides { at_region(id, &caller.region) } else { id.to_owned() }
}

/// Reads the tags that a create call sets on the one resource that it makes.
///
/// # Errors
/// `InvalidParameterValue` for another resource type or a bad tag, `TagLimitExceeded` beyond 50.
pub fn on_creation(kind: Kind, specifications: &[TagSpecification]) -> Result<Vec<Tag>, AwsError> {
    let mut tags = Vec::new();
    for specification in specifications {
        let named = specification.resource_type.as_deref().unwrap_or_default();
        if named != kind.tag_type() {
            return Err(invalid_value(format!("'{named}' is not a valid taggable resource type for this operation.")));
        }
        tags.extend(specification.tags.iter().cloned());
    }
    check(&tags)?;
    if tags.len() > MOST_TAGS {
        return Err(too_many());
    }
    Ok(tags)
}

fn check(tags: &[Tag]) -> Result<(), AwsError> {
    for (at, tag) in tags.iter().enumerate() {
        if tag.key.is_empty() || tag.key.chars().count() > 128 {
            return Err(invalid_value(format!("Tag key '{}' is not 1 to 128 characters long.", tag.key)));
        }
        if tag.value.chars().count() > 256 {
            return Err(invalid_value(format!("The value of tag '{}' is longer than 256 characters.", tag.key)));
        }
        if tag.key.to_ascii_lowercase().starts_with("aws:") {
            return Err(invalid_value(format!(
                "Tag keys starting with 'aws:' are reserved for internal use: {}",
                tag.key
            )));
        }
        if tags[..at].iter().any(|other| other.key == tag.key) {
            return Err(invalid_value(format!("Duplicate tag key '{}' specified.", tag.key)));
        }
    }
    Ok(())
}

fn too_many() -> AwsError {
    AwsError::new("TagLimitExceeded", "The maximum number of Tags for a resource has been reached.")
}

/// Checks that the caller may tag a resource: its own, or an attachment of which it has one side.
fn taggable(world: &World, caller: &Caller, id: &str) -> Result<Kind, AwsError> {
    let network = &world.network;
    let kind = Kind::of(id).ok_or_else(|| AwsError::new("InvalidID", format!("The ID '{id}' is not valid")))?;
    let here = |account: &str, region: &str| account == caller.account && region == caller.region;
    let may = match kind {
        Kind::CustomerGateway => network.customer_gateways.get(id).is_some_and(|it| here(&it.owner, &it.region)),
        Kind::DhcpOptions => dhcp_options::id_in(&caller.account, &caller.region) == id,
        Kind::EgressOnlyInternetGateway => {
            network.egress_only_internet_gateways.get(id).is_some_and(|it| here(&it.owner, &it.region))
        }
        Kind::ElasticIp => network.elastic_ips.get(id).is_some_and(|it| here(&it.owner, &it.region)),
        Kind::InternetGateway => network.internet_gateways.get(id).is_some_and(|it| here(&it.owner, &it.region)),
        Kind::NatGateway => network.nat_gateways.get(id).is_some_and(|it| here(&it.owner, &it.region)),
        Kind::NetworkAcl => vpc::own_by(world, caller, network_acl::id_of).contains_key(id),
        Kind::NetworkInterface => network_interface::is_callers(world, caller, id),
        Kind::PrefixList => network.prefix_lists.get(id).is_some_and(|it| here(&it.owner, &it.region)),
        Kind::RouteTable => network.route_tables.get(id).is_some_and(|it| here(&it.owner, &it.region)),
        Kind::SecurityGroup => vpc::own_by(world, caller, security_group::id_of).contains_key(id),
        Kind::Subnet => network.subnets.get(id).is_some_and(|it| here(&it.owner, &it.region)),
        Kind::TransitGateway => network.transit_gateways.get(id).is_some_and(|it| here(&it.owner, &it.region)),
        Kind::TransitGatewayAttachment => attachment::at(network, &caller.account, &caller.region, id).is_some(),
        Kind::TransitGatewayConnectPeer => connect_peer::is_callers(world, caller, id),
        Kind::TransitGatewayRouteTable => {
            network.transit_gateway_route_tables.get(id).is_some_and(|it| here(&it.owner, &it.region))
        }
        Kind::Vpc => network.vpcs.get(id).is_some_and(|it| here(&it.owner, &it.region)),
        Kind::VpcPeeringConnection => vpc_peering::seen(world, caller, id).is_ok(),
        Kind::VpnConnection => network.vpn_connections.get(id).is_some_and(|it| here(&it.owner, &it.region)),
    };
    if may { Ok(kind) } else { Err(kind.not_found(id)) }
}

request! { "PascalCase" CreateTags { resources: Vec<String>, tags: Vec<Tag> } }

pub fn create_tags(world: &mut World, caller: &Caller, input: CreateTags) -> Result<Nothing, AwsError> {
    check(&input.tags)?;
    for id in &input.resources {
        taggable(world, caller, id)?;
        let has = world.network.tags.of(&caller.account, &kept_under(world, caller, id));
        let new = input.tags.iter().filter(|tag| !has.iter().any(|old| old.key == tag.key)).count();
        if has.len() + new > MOST_TAGS {
            return Err(too_many());
        }
    }
    for id in &input.resources {
        let id = kept_under(world, caller, id);
        world.network.tags.set(&caller.account, &id, &input.tags);
    }
    Ok(Nothing {})
}

/// A tag to take away: whatever its value, or only while it has this one.
#[derive(Clone, Debug, Default, serde::Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields, default)]
pub struct TagToDelete {
    pub key: String,
    pub value: Option<String>,
}

request! { "PascalCase" DeleteTags { resources: Vec<String>, tags: Vec<TagToDelete> } }

/// Takes tags away; with no tags named, all of them.
pub fn delete_tags(world: &mut World, caller: &Caller, input: DeleteTags) -> Result<Nothing, AwsError> {
    if input.tags.iter().any(|tag| tag.key.is_empty()) {
        return Err(missing("Tag.Key"));
    }
    for id in &input.resources {
        taggable(world, caller, id)?;
    }
    for id in &input.resources {
        let id = kept_under(world, caller, id);
        let held = world.network.tags.by_account.get_mut(&caller.account);
        let Some(set) = held.and_then(|resources| resources.get_mut(&id)) else { continue };
        if input.tags.is_empty() {
            set.clear();
        }
        for tag in &input.tags {
            if tag.value.as_ref().is_none_or(|value| set.get(&tag.key) == Some(value)) {
                set.remove(&tag.key);
            }
        }
    }
    Ok(Nothing {})
}

request! { "PascalCase" DescribeTags { filters: Vec<Filter>, max_results: Option<i64>, next_token: Option<String> } }
answer! { "PascalCase" TagDescription { key: String, resource_id: String, resource_type: &'static str, value: String } }
answer! { "PascalCase" DescribedTags { tags: Vec<TagDescription>, next_token: Option<String> } }

/// A tag, beside how it is told.
struct Row {
    tag: Vec<Tag>,
    shown: TagDescription,
}

const SIEVE: Sieve<Row> = Sieve {
    fields: &[
        ("key", |row| vec![row.shown.key.clone()]),
        ("resource-id", |row| vec![row.shown.resource_id.clone()]),
        ("resource-type", |row| vec![row.shown.resource_type.to_owned()]),
        ("value", |row| vec![row.shown.value.clone()]),
    ],
    tags: Some(|row| &row.tag),
};

pub fn describe_tags(world: &mut World, caller: &Caller, input: DescribeTags) -> Result<DescribedTags, AwsError> {
    SIEVE.check(&input.filters)?;
    let mut rows = BTreeMap::new();
    for (id, set) in world.network.tags.by_account.get(&caller.account).into_iter().flatten() {
        // The account's tags in other Regions are not listed here.
        let (id, region) = id.split_once('@').unwrap_or((id, &caller.region));
        if region != caller.region {
            continue;
        }
        let Ok(kind) = taggable(world, caller, id) else { continue };
        for (key, value) in set {
            let shown = TagDescription {
                key: key.clone(),
                resource_id: id.to_owned(),
                resource_type: kind.tag_type(),
                value: value.clone(),
            };
            let row = Row { tag: vec![Tag { key: key.clone(), value: value.clone() }], shown };
            if SIEVE.admits(&input.filters, &row) {
                rows.insert(format!("{id}\t{key}"), row.shown);
            }
        }
    }
    let asked = Asked::new("DescribeTags", input.max_results, &input.next_token, SIZES);
    let page = page(&asked, rows.keys().map(String::as_str), |key| rows.get(key).cloned())?;
    Ok(DescribedTags { tags: page.items, next_token: page.next })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::network::support::Bench;

    const ONE: &str = "111111111111";

    #[test]
    fn tags_are_set_changed_listed_and_taken_away() {
        let mut bench = Bench::new();
        let vpc = bench.vpc(ONE, "10.0.0.0/16");
        let set = |value: &str| json!({"Resources": [vpc], "Tags": [{"Key": "env", "Value": value}]});
        bench.ec2(ONE, "CreateTags", set("test"));
        bench.ec2(ONE, "CreateTags", set("prod"));
        let listed = bench.ec2(ONE, "DescribeTags", json!({"Filters": [{"Name": "resource-id", "Values": [vpc]}]}));
        let row = json!({"Key": "env", "ResourceId": vpc, "ResourceType": "vpc", "Value": "prod"});
        assert_eq!(listed["Tags"], json!([row]));
        for (value, count) in [("pr*", 1), ("test", 0)] {
            let asked = json!({"Filters": [{"Name": "tag:env", "Values": [value]}]});
            assert_eq!(bench.ec2(ONE, "DescribeTags", asked)["Tags"].as_array().unwrap().len(), count, "{value}");
        }
        let other_value = json!({"Resources": [vpc], "Tags": [{"Key": "env", "Value": "test"}]});
        bench.ec2(ONE, "DeleteTags", other_value);
        assert_eq!(bench.ec2(ONE, "DescribeTags", json!({}))["Tags"].as_array().unwrap().len(), 1);
        bench.ec2(ONE, "DeleteTags", json!({"Resources": [vpc], "Tags": [{"Key": "env"}]}));
        assert_eq!(bench.ec2(ONE, "DescribeTags", json!({}))["Tags"], json!([]));
    }

    #[test]
    fn a_resource_has_fifty_tags_at_most_and_none_of_awss() {
        let mut bench = Bench::new();
        let vpc = bench.vpc(ONE, "10.0.0.0/16");
        let fifty: Vec<_> = (0..50).map(|number| json!({"Key": format!("k{number}"), "Value": ""})).collect();
        bench.ec2(ONE, "CreateTags", json!({"Resources": [vpc], "Tags": fifty}));
        let one_more = json!({"Resources": [vpc], "Tags": [{"Key": "more", "Value": ""}]});
        bench.refused(ONE, "CreateTags", one_more, "TagLimitExceeded");
        bench.ec2(ONE, "CreateTags", json!({"Resources": [vpc], "Tags": [{"Key": "k1", "Value": "again"}]}));
        let reserved = json!({"Resources": [vpc], "Tags": [{"Key": "aws:cloudformation:stack", "Value": ""}]});
        bench.refused(ONE, "CreateTags", reserved, "InvalidParameterValue");
    }

    #[test]
    fn every_kind_is_tagged_by_its_owner_and_tags_go_with_it() {
        let mut bench = Bench::new();
        let vpc = bench.vpc(ONE, "10.0.0.0/16");
        let gateway = bench.plain_transit_gateway(ONE);
        let (vpn, over_vpn) = bench.vpn(ONE, &gateway);
        let made = bench.ec2(ONE, "CreateInternetGateway", json!({}));
        let internet = made["InternetGateway"]["InternetGatewayId"].as_str().unwrap().to_owned();
        let customers = bench.ec2(ONE, "DescribeCustomerGateways", json!({}));
        let customer = customers["CustomerGateways"][0]["CustomerGatewayId"].as_str().unwrap().to_owned();
        let all = [
            bench.subnet(ONE, &vpc, "10.0.0.0/24", 0),
            bench.route_table(ONE, &vpc),
            bench.transit_gateway_route_table(ONE, &gateway),
            bench.prefix_list(ONE, &["10.0.0.0/16"], 1),
            vpc,
            gateway,
            vpn.clone(),
            over_vpn,
            internet,
            customer,
        ];
        let tag = json!([{"Key": "a", "Value": "b"}]);
        bench.ec2(ONE, "CreateTags", json!({"Resources": all, "Tags": tag}));
        let listed = bench.ec2(ONE, "DescribeTags", json!({}))["Tags"].as_array().unwrap().len();
        assert_eq!(listed, all.len());
        for id in &all {
            let foreign = json!({"Resources": [id], "Tags": tag});
            assert!(bench.call("222222222222", "CreateTags", foreign).unwrap_err().code.ends_with(".NotFound"), "{id}");
        }
        bench.ec2(ONE, "DeleteVpnConnection", json!({"VpnConnectionId": vpn}));
        bench.wait();
        bench.sandbox.advance(std::time::Duration::from_secs(3 * 3600));
        let listed = bench.ec2(ONE, "DescribeTags", json!({}))["Tags"].as_array().unwrap().len();
        assert_eq!(listed, all.len() - 2, "the connection and its attachment are forgotten");
        bench.ec2(ONE, "DeleteTags", json!({"Resources": all[..6]}));
        let listed = bench.ec2(ONE, "DescribeTags", json!({}))["Tags"].as_array().unwrap().len();
        assert_eq!(listed, all.len() - 8);
    }

    #[test]
    fn others_and_nonsense_cannot_be_tagged() {
        let mut bench = Bench::new();
        let vpc = bench.vpc(ONE, "10.0.0.0/16");
        let tag = json!([{"Key": "a", "Value": "b"}]);
        let foreign = json!({"Resources": [vpc], "Tags": tag});
        bench.refused("222222222222", "CreateTags", foreign, "InvalidVpcID.NotFound");
        bench.refused(ONE, "CreateTags", json!({"Resources": ["nonsense"], "Tags": tag}), "InvalidID");
    }
}
