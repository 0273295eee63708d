//! Subnets. Each lies in one Availability Zone and in one of its VPC's ranges; no two of a VPC overlap.

use ipnet::IpNet;

use super::describe::describe_request;
use super::filters::{Sieve, none};
use super::members::{Nothing, answer, request, words};
use super::resource::{Kind, invalid_combination, invalid_value, missing, not_authorized};
use super::shelf::{Kept, Key, merged};
use super::subnet_attribute::{Attributes, PrivateDnsNameOptions};
use super::tags::{Tag, TagSpecification, on_creation};
use super::zones::Zone;
use super::{cidr, network_interface, shareable, subnet_cidr, visibility, vpc, zones};
use crate::call::{AccountId, AwsError, Caller};
use crate::sharing;
use crate::world::{self, World};

/// A new subnet is available after a moment.
const PENDING_SECONDS: f64 = 2.0;
/// Addresses of each subnet that AWS keeps: the first four and the last ("Subnet CIDR blocks").
const RESERVED: u64 = 5;

words! { State { Pending = "pending", Available = "available" } }

#[derive(Clone, Debug)]
pub struct Subnet {
    pub id: String,
    pub owner: AccountId,
    pub region: String,
    pub vpc: String,
    pub cidr: IpNet,
    pub ipv6: Option<IpNet>,
    pub zone: Zone,
    pub state: State,
    /// Whether it is its zone's in a default VPC.
    pub default_for_zone: bool,
    pub attributes: Attributes,
}

impl Subnet {
    pub fn arn(&self) -> String {
        Kind::Subnet.arn(&self.region, &self.owner, &self.id)
    }
}

impl Kept for Subnet {
    fn id(&self) -> &str {
        &self.id
    }
    fn keys(&self) -> Vec<Key> {
        vec![Key::Place(self.owner.clone(), self.region.clone()), Key::Vpc(self.vpc.clone())]
    }
}

/// Finds a subnet that the caller owns or that is shared with it.
///
/// # Errors
/// `InvalidSubnetID.Malformed` and `InvalidSubnetID.NotFound`.
pub fn seen<'w>(world: &'w World, caller: &Caller, id: &str) -> Result<&'w Subnet, AwsError> {
    Kind::Subnet.check(id)?;
    let subnet = world.network.subnets.get(id).filter(|it| it.region == caller.region);
    subnet
        .filter(|it| it.owner == caller.account || sharing::reaches(world, &caller.account, &it.arn()))
        .ok_or_else(|| Kind::Subnet.not_found(id))
}

/// Finds a subnet that the caller owns.
///
/// # Errors
/// As [`seen`], and `UnauthorizedOperation` for one that is only shared with the caller.
pub fn own<'w>(world: &'w World, caller: &Caller, id: &str) -> Result<&'w Subnet, AwsError> {
    let subnet = seen(world, caller, id)?;
    if subnet.owner == caller.account { Ok(subnet) } else { Err(not_authorized()) }
}

pub fn become_available(world: &mut World, id: &str) {
    if let Some(subnet) = world.network.subnets.get_mut(id) {
        subnet.state = State::Available;
    }
}

request! { "PascalCase"
    CreateSubnet {
        vpc_id: String, cidr_block: Option<String>, ipv6_cidr_block: Option<String>,
        availability_zone: Option<String>, availability_zone_id: Option<String>,
        tag_specifications: Vec<TagSpecification>,
    }
}
answer! { "PascalCase"
    SubnetDescription {
        subnet_id: String, subnet_arn: String, vpc_id: String, owner_id: String, state: State, cidr_block: String,
        availability_zone: String, availability_zone_id: String, available_ip_address_count: u64, default_for_az: bool,
        map_public_ip_on_launch: bool, map_customer_owned_ip_on_launch: bool, assign_ipv6_address_on_creation: bool,
        ipv6_native: bool,
        #[serde(rename = "EnableDns64")]
        enable_dns64: bool,
        private_dns_name_options_on_launch: PrivateDnsNameOptions,
        ipv6_cidr_block_association_set: Vec<subnet_cidr::Association>, tags: Vec<Tag>,
    }
}
answer! { "PascalCase" CreatedSubnet { subnet: SubnetDescription } }

pub fn create(world: &mut World, caller: &Caller, input: CreateSubnet) -> Result<CreatedSubnet, AwsError> {
    let tags = on_creation(Kind::Subnet, &input.tag_specifications)?;
    let vpc = vpc::own(world, caller, &input.vpc_id)?;
    let text = input.cidr_block.as_deref().ok_or_else(|| missing("cidrBlock"))?;
    let range = cidr::normalised("cidrBlock", text)?;
    if !matches!(range, IpNet::V4(_)) || !(16..=28).contains(&range.prefix_len()) {
        return Err(invalid_range(&range));
    }
    let ipv6 = input.ipv6_cidr_block.as_deref().map(|text| cidr::normalised("ipv6CidrBlock", text)).transpose()?;
    check_place(world, &vpc.id, &range)?;
    if let Some(v6) = ipv6 {
        subnet_cidr::check(world, &vpc.id, &v6)?;
    }
    let inside = Key::Vpc(vpc.id.clone());
    if world.network.subnets.ids(&inside).count() >= world.network.quotas.subnets_per_vpc {
        let message = "The maximum number of subnets for this VPC has been reached.";
        return Err(AwsError::new("SubnetLimitExceeded", message));
    }
    let zone = zone(caller, input.availability_zone.as_deref(), input.availability_zone_id.as_deref())?;
    let (vpc, id) = (vpc.id.clone(), Kind::Subnet.new_id(&mut world.dice));
    let subnet = Subnet {
        id: id.clone(),
        owner: caller.account.clone(),
        region: caller.region.clone(),
        vpc,
        cidr: range,
        ipv6,
        zone,
        state: State::Pending,
        default_for_zone: false,
        attributes: Attributes::default(),
    };
    put(world, subnet, &tags);
    Ok(CreatedSubnet { subnet: description(world, caller, own(world, caller, &id)?) })
}

/// Puts a new subnet into the world; it has been checked.
pub fn put(world: &mut World, subnet: Subnet, tags: &[Tag]) {
    world.network.tags.set(&subnet.owner, &subnet.id, tags);
    visibility::hide(world, &subnet.owner, &subnet.id);
    world.later(PENDING_SECONDS, world::Event::Network(super::Event::Subnet(subnet.id.clone())));
    world.network.subnets.insert(subnet);
}

/// Checks that a range is in one of a VPC's, and in none of its subnets.
///
/// # Errors
/// `InvalidSubnet.Range` and `InvalidSubnet.Conflict`.
pub fn check_place(world: &World, vpc: &str, wanted: &IpNet) -> Result<(), AwsError> {
    let network = &world.network;
    if !network.vpcs.get(vpc).is_some_and(|vpc| vpc.associated().any(|held| held.contains(wanted))) {
        return Err(invalid_range(wanted));
    }
    let taken =
        |held: &Subnet| [Some(held.cidr), held.ipv6].into_iter().flatten().any(|held| cidr::overlap(&held, wanted));
    if network.subnets.under(&Key::Vpc(vpc.to_owned())).any(taken) {
        let message = format!("The CIDR '{wanted}' conflicts with another subnet");
        return Err(AwsError::new("InvalidSubnet.Conflict", message));
    }
    Ok(())
}

pub fn invalid_range(range: &IpNet) -> AwsError {
    AwsError::new("InvalidSubnet.Range", format!("The CIDR '{range}' is invalid."))
}

/// Finds the zone that is asked for; AWS chooses one when none is.
fn zone(caller: &Caller, name: Option<&str>, id: Option<&str>) -> Result<Zone, AwsError> {
    let mut zones = zones::zones(&caller.account, &caller.region)?.into_iter();
    let found = match (name, id) {
        (Some(_), Some(_)) => {
            return Err(invalid_combination("AvailabilityZone and AvailabilityZoneId cannot both be given"));
        }
        (Some(name), None) => zones.find(|zone| zone.name == name),
        (None, Some(id)) => zones.find(|zone| zone.id == id),
        (None, None) => zones.next(),
    };
    found.ok_or_else(|| {
        let asked = name.or(id).unwrap_or_default();
        invalid_value(format!("Value ({asked}) for parameter availabilityZone is invalid."))
    })
}

/// Counts the addresses that are left: transit gateway attachments take one in each of their subnets, NAT gateways one.
pub fn free_addresses(world: &World, subnet: &Subnet) -> u64 {
    let all = 1_u64 << (32 - u32::from(subnet.cidr.prefix_len()));
    all.saturating_sub(RESERVED + network_interface::count(world, subnet) as u64)
}

fn description(world: &World, caller: &Caller, subnet: &Subnet) -> SubnetDescription {
    // Each account has names of its own for zones.
    let zone = zones::name_of(&caller.account, &subnet.region, &subnet.zone.id);
    SubnetDescription {
        subnet_id: subnet.id.clone(),
        subnet_arn: subnet.arn(),
        vpc_id: subnet.vpc.clone(),
        owner_id: subnet.owner.clone(),
        state: subnet.state,
        cidr_block: subnet.cidr.to_string(),
        availability_zone: zone.unwrap_or_else(|| subnet.zone.name.clone()),
        availability_zone_id: subnet.zone.id.clone(),
        available_ip_address_count: free_addresses(world, subnet),
        default_for_az: subnet.default_for_zone,
        map_public_ip_on_launch: subnet.attributes.public_addresses,
        map_customer_owned_ip_on_launch: false,
        assign_ipv6_address_on_creation: subnet.attributes.ipv6_addresses,
        ipv6_native: false,
        enable_dns64: subnet.attributes.dns64,
        private_dns_name_options_on_launch: subnet.attributes.names(),
        ipv6_cidr_block_association_set: subnet_cidr::association(subnet, "associated").into_iter().collect(),
        tags: world.network.tags.of(&caller.account, &subnet.id),
    }
}

describe_request! { DescribeSubnets { subnet_ids: Kind::Subnet } }
answer! { "PascalCase" DescribedSubnets { subnets: Vec<SubnetDescription>, next_token: Option<String> } }

const SIEVE: Sieve<SubnetDescription> = Sieve {
    fields: &[
        ("availability-zone", |it| vec![it.availability_zone.clone()]),
        ("availabilityZone", |it| vec![it.availability_zone.clone()]),
        ("availability-zone-id", |it| vec![it.availability_zone_id.clone()]),
        ("availabilityZoneId", |it| vec![it.availability_zone_id.clone()]),
        ("available-ip-address-count", |it| vec![it.available_ip_address_count.to_string()]),
        ("cidr", |it| vec![it.cidr_block.clone()]),
        ("cidr-block", |it| vec![it.cidr_block.clone()]),
        ("cidrBlock", |it| vec![it.cidr_block.clone()]),
        ("default-for-az", |it| vec![it.default_for_az.to_string()]),
        ("defaultForAz", |it| vec![it.default_for_az.to_string()]),
        ("customer-owned-ipv4-pool", none),
        ("enable-dns64", |it| vec![it.enable_dns64.to_string()]),
        ("enable-lni-at-device-index", none),
        ("ipv6-cidr-block-association.association-id", |it| {
            it.ipv6_cidr_block_association_set.iter().map(|it| it.association_id.clone()).collect()
        }),
        ("ipv6-cidr-block-association.state", |it| {
            it.ipv6_cidr_block_association_set.iter().map(|it| it.ipv6_cidr_block_state.state.to_owned()).collect()
        }),
        ("ipv6-native", |_| vec!["false".to_owned()]),
        ("map-customer-owned-ip-on-launch", |_| vec!["false".to_owned()]),
        ("outpost-arn", none),
        ("private-dns-name-options-on-launch.enable-resource-name-dns-a-record", |it| {
            vec![it.private_dns_name_options_on_launch.a_records.to_string()]
        }),
        ("private-dns-name-options-on-launch.enable-resource-name-dns-aaaa-record", |it| {
            vec![it.private_dns_name_options_on_launch.aaaa_records.to_string()]
        }),
        ("private-dns-name-options-on-launch.hostname-type", |it| {
            vec![it.private_dns_name_options_on_launch.hostname_type.word().to_owned()]
        }),
        ("ipv6-cidr-block-association.ipv6-cidr-block", |it| {
            it.ipv6_cidr_block_association_set.iter().map(|it| it.ipv6_cidr_block.clone()).collect()
        }),
        ("map-public-ip-on-launch", |it| vec![it.map_public_ip_on_launch.to_string()]),
        ("owner-id", |it| vec![it.owner_id.clone()]),
        ("state", |it| vec![it.state.word().to_owned()]),
        ("subnet-arn", |it| vec![it.subnet_arn.clone()]),
        ("subnet-id", |it| vec![it.subnet_id.clone()]),
        ("vpc-id", |it| vec![it.vpc_id.clone()]),
    ],
    tags: Some(|it| &it.tags),
};

pub fn describe(world: &mut World, caller: &Caller, input: DescribeSubnets) -> Result<DescribedSubnets, AwsError> {
    let world = &*world;
    let shared = shareable::shared_with(world, &caller.account, Kind::Subnet);
    let candidates = merged(world.network.subnets.ids(&Key::place(caller)), shared.iter().map(String::as_str));
    let page = input.question().names_or_pages("subnetIds")?.answer(world, caller, &SIEVE, candidates, |id| {
        let subnet = seen(world, caller, id).ok()?;
        Some(description(world, caller, subnet))
    })?;
    Ok(DescribedSubnets { subnets: page.items, next_token: page.next })
}

request! { "PascalCase" DeleteSubnet { subnet_id: String } }

pub fn delete(world: &mut World, caller: &Caller, input: DeleteSubnet) -> Result<Nothing, AwsError> {
    let subnet = own(world, caller, &input.subnet_id)?.clone();
    let inside = Key::Vpc(subnet.vpc.clone());
    let attachments = world.network.vpc_attachments.under(&inside);
    let waits =
        attachments.into_iter().any(|it| it.state.holds_interfaces_or_waits() && it.subnets.contains(&subnet.id));
    if waits || network_interface::count(world, &subnet) > 0 {
        let message = format!("The subnet '{}' has dependencies and cannot be deleted.", subnet.id);
        return Err(AwsError::new("DependencyViolation", message));
    }
    super::route_table::forget_subnet(world, &subnet);
    world.network.subnets.remove(&subnet.id);
    world.network.tags.forget(&[&caller.account], &subnet.id);
    Ok(Nothing {})
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::network::support::Bench;

    const ONE: &str = "111111111111";

    #[test]
    fn a_subnet_lies_in_its_vpc_and_beside_the_others() {
        let mut bench = Bench::new();
        let vpc = bench.vpc(ONE, "10.0.0.0/16");
        let asked = |range: &str| json!({"VpcId": vpc, "CidrBlock": range});
        bench.ec2(ONE, "CreateSubnet", asked("10.0.0.0/24"));
        bench.refused(ONE, "CreateSubnet", asked("10.0.0.0/25"), "InvalidSubnet.Conflict");
        bench.refused(ONE, "CreateSubnet", asked("10.1.0.0/24"), "InvalidSubnet.Range");
        bench.refused(ONE, "CreateSubnet", asked("10.0.1.0/29"), "InvalidSubnet.Range");
    }

    #[test]
    fn a_zone_can_be_asked_for_by_id() {
        let mut bench = Bench::new();
        let vpc = bench.vpc(ONE, "10.0.0.0/16");
        let asked = json!({"VpcId": vpc, "CidrBlock": "10.0.0.0/24", "AvailabilityZoneId": "use1-az2"});
        let subnet = bench.ec2(ONE, "CreateSubnet", asked)["Subnet"].clone();
        assert_eq!(subnet["AvailabilityZoneId"], "use1-az2");
        assert_eq!(subnet["AvailableIpAddressCount"], 251);
        let zones = bench.ec2(ONE, "DescribeAvailabilityZones", json!({"ZoneIds": ["use1-az2"]}));
        assert_eq!(zones["AvailabilityZones"][0]["ZoneName"], subnet["AvailabilityZone"]);
    }
}
