//! Network interfaces, as far as AWS makes them: one in each subnet of a VPC attachment, and one for a NAT gateway.
//!
//! An interface is there as long as its holder needs it, and belongs to the VPC's owner, who cannot take it away: its
//! requester manages it. So nothing of it is kept: [`of`] tells the interfaces of a subnet from what holds them, and an
//! interface's id from its holder's and its subnet's. Interfaces of other makers are not modelled.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr};

use jiff::Timestamp;

use super::describe::describe_request;
use super::filters::{Sieve, none};
use super::members::answer;
use super::nat_gateway::NatGateway;
use super::resource::Kind;
use super::shelf::Key;
use super::subnet::Subnet;
use super::tags::Tag;
use super::vpc_attachment::VpcAttachment;
use super::zones;
use crate::call::{AwsError, Caller};
use crate::random::Dice;
use crate::world::World;

/// The first addresses of a subnet that AWS leaves to others; the last one it keeps as well ("Subnet CIDR blocks").
const FIRST: u32 = 4;

/// What an interface is there for.
#[derive(Clone, Copy, Debug)]
pub enum Holder<'w> {
    Attachment(&'w VpcAttachment),
    NatGateway(&'w NatGateway),
}

impl Holder<'_> {
    pub fn id(&self) -> &str {
        match self {
            Holder::Attachment(it) => &it.id,
            Holder::NatGateway(it) => &it.id,
        }
    }

    fn created(&self) -> Timestamp {
        match self {
            Holder::Attachment(it) => it.created,
            Holder::NatGateway(it) => it.created,
        }
    }

    fn interface_type(&self) -> &'static str {
        match self {
            Holder::Attachment(_) => "transit_gateway",
            Holder::NatGateway(_) => "nat_gateway",
        }
    }

    fn description(&self) -> String {
        match self {
            Holder::Attachment(it) => format!("Network Interface for Transit Gateway Attachment {}", it.id),
            Holder::NatGateway(it) => format!("Interface for NAT Gateway {}", it.id),
        }
    }
}

/// One interface: where it is and whose.
#[derive(Debug)]
pub struct NetworkInterface<'w> {
    pub id: String,
    pub holder: Holder<'w>,
    pub subnet: &'w Subnet,
    pub address: Ipv4Addr,
    /// What else about it looks drawn.
    mark: u64,
}

/// Lists the interfaces in a subnet, in the order in which their holders were made.
pub fn of<'w>(world: &'w World, subnet: &'w Subnet) -> Vec<NetworkInterface<'w>> {
    let mut holders: Vec<Holder> = holders(world, subnet).collect();
    holders.sort_by(|one, other| (one.created(), one.id()).cmp(&(other.created(), other.id())));
    let mut interfaces: Vec<NetworkInterface> = Vec::new();
    for holder in holders {
        // Dice that fall the same for the same holder and subnet.
        let mut dice = Dice::of(&format!("{} {}", holder.id(), subnet.id));
        let id = Kind::NetworkInterface.new_id(&mut dice);
        let mark = dice.next();
        let taken = |address: &Ipv4Addr| interfaces.iter().any(|it| it.address == *address);
        let address = addresses(subnet, mark).find(|address| !taken(address));
        // A subnet without a free address has been refused, or a NAT gateway in it fails (InsufficientFreeAddressesInSubnet).
        let Some(address) = address else { continue };
        interfaces.push(NetworkInterface { id, holder, subnet, address, mark });
    }
    interfaces
}

/// Counts the interfaces in a subnet.
pub fn count(world: &World, subnet: &Subnet) -> usize {
    holders(world, subnet).count()
}

fn holders<'w>(world: &'w World, subnet: &'w Subnet) -> impl Iterator<Item = Holder<'w>> {
    let inside = Key::Vpc(subnet.vpc.clone());
    let attachments = world.network.vpc_attachments.under(&inside);
    let attachments = attachments.filter(|it| it.state.holds_interfaces() && it.subnets.contains(&subnet.id));
    let gateways = world.network.nat_gateways.under(&inside);
    let gateways = gateways.filter(|it| it.state.holds_interface() && it.subnet == subnet.id);
    attachments.map(Holder::Attachment).chain(gateways.map(Holder::NatGateway))
}

/// Lists the addresses of a subnet that an interface can have, from one of them round to it.
fn addresses(subnet: &Subnet, start: u64) -> impl Iterator<Item = Ipv4Addr> + use<> {
    let first = match subnet.cidr.network() {
        IpAddr::V4(address) => u32::from(address) + FIRST,
        IpAddr::V6(_) => unreachable!("a subnet's first range is IPv4"),
    };
    let size = (1_u32 << (32 - subnet.cidr.prefix_len())) - FIRST - 1;
    let start = (start % u64::from(size)) as u32;
    (0..size).map(move |step| Ipv4Addr::from(first + (start + step) % size))
}

answer! { "PascalCase"
    Attachment {
        attachment_id: String, status: &'static str, device_index: i64, delete_on_termination: bool,
        instance_owner_id: &'static str, attach_time: Timestamp,
    }
}
answer! { "PascalCase" Address { primary: bool, private_ip_address: String } }
answer! { "PascalCase"
    Description {
        network_interface_id: String, interface_type: &'static str, status: &'static str, description: String,
        owner_id: String, requester_managed: bool, vpc_id: String, subnet_id: String, availability_zone: Option<String>,
        availability_zone_id: String, mac_address: String, source_dest_check: bool, private_ip_address: String,
        private_ip_addresses: Vec<Address>, ipv6_addresses: Vec<Nothing>, groups: Vec<Nothing>,
        attachment: Attachment, tag_set: Vec<Tag>,
    }
}
answer! { "PascalCase" Nothing {} }

fn description(world: &World, caller: &Caller, it: &NetworkInterface) -> Description {
    let zone = &it.subnet.zone.id;
    let [.., a, b, c, d, e] = it.mark.to_be_bytes();
    Description {
        network_interface_id: it.id.clone(),
        interface_type: it.holder.interface_type(),
        status: "in-use",
        description: it.holder.description(),
        owner_id: it.subnet.owner.clone(),
        requester_managed: true,
        vpc_id: it.subnet.vpc.clone(),
        subnet_id: it.subnet.id.clone(),
        availability_zone: zones::name_of(&caller.account, &it.subnet.region, zone),
        availability_zone_id: zone.clone(),
        mac_address: format!("02:{a:02x}:{b:02x}:{c:02x}:{d:02x}:{e:02x}"),
        source_dest_check: false,
        private_ip_address: it.address.to_string(),
        private_ip_addresses: vec![Address { primary: true, private_ip_address: it.address.to_string() }],
        ipv6_addresses: Vec::new(),
        groups: Vec::new(),
        attachment: Attachment {
            attachment_id: it.id.replacen("eni-", "ela-attach-", 1),
            status: "attached",
            device_index: 1,
            delete_on_termination: false,
            instance_owner_id: "amazon-aws",
            attach_time: it.holder.created(),
        },
        tag_set: world.network.tags.of(&caller.account, &it.id),
    }
}

/// Lists the caller's interfaces, by their ids.
fn own<'w>(world: &'w World, caller: &Caller) -> BTreeMap<String, NetworkInterface<'w>> {
    let subnets = world.network.subnets.under(&Key::place(caller));
    subnets.flat_map(|subnet| of(world, subnet)).map(|it| (it.id.clone(), it)).collect()
}

/// Tells whether the caller owns an interface.
pub fn is_callers(world: &World, caller: &Caller, id: &str) -> bool {
    own(world, caller).contains_key(id)
}

describe_request! { DescribeNetworkInterfaces { network_interface_ids: Kind::NetworkInterface } }
answer! { "PascalCase"
    DescribedNetworkInterfaces { network_interfaces: Vec<Description>, next_token: Option<String> }
}

const SIEVE: Sieve<Description> = Sieve {
    fields: &[
        ("addresses.association.owner-id", none),
        ("addresses.association.public-ip", none),
        ("addresses.primary", |it| it.private_ip_addresses.iter().map(|it| it.primary.to_string()).collect()),
        ("addresses.private-ip-address", |it| {
            it.private_ip_addresses.iter().map(|it| it.private_ip_address.clone()).collect()
        }),
        ("association.allocation-id", none),
        ("association.association-id", none),
        ("association.ip-owner-id", none),
        ("association.public-dns-name", none),
        ("association.public-ip", none),
        ("attachment.attach-time", |it| vec![it.attachment.attach_time.to_string()]),
        ("attachment.attachment-id", |it| vec![it.attachment.attachment_id.clone()]),
        ("attachment.delete-on-termination", |it| vec![it.attachment.delete_on_termination.to_string()]),
        ("attachment.device-index", |it| vec![it.attachment.device_index.to_string()]),
        ("attachment.instance-id", none),
        ("attachment.instance-owner-id", |it| vec![it.attachment.instance_owner_id.to_owned()]),
        ("attachment.status", |it| vec![it.attachment.status.to_owned()]),
        ("availability-zone", |it| it.availability_zone.iter().cloned().collect()),
        ("availability-zone-id", |it| vec![it.availability_zone_id.clone()]),
        ("description", |it| vec![it.description.clone()]),
        ("group-id", none),
        ("interface-type", |it| vec![it.interface_type.to_owned()]),
        ("ipv6-addresses.ipv6-address", none),
        ("mac-address", |it| vec![it.mac_address.clone()]),
        ("network-interface-id", |it| vec![it.network_interface_id.clone()]),
        ("operator.managed", |_| vec!["false".to_owned()]),
        ("operator.principal", none),
        ("owner-id", |it| vec![it.owner_id.clone()]),
        ("private-dns-name", none),
        ("private-ip-address", |it| vec![it.private_ip_address.clone()]),
        ("requester-id", none),
        ("requester-managed", |it| vec![it.requester_managed.to_string()]),
        ("source-dest-check", |it| vec![it.source_dest_check.to_string()]),
        ("status", |it| vec![it.status.to_owned()]),
        ("subnet-id", |it| vec![it.subnet_id.clone()]),
        ("vpc-id", |it| vec![it.vpc_id.clone()]),
    ],
    tags: Some(|it| &it.tag_set),
};

pub fn describe(
    world: &mut World,
    caller: &Caller,
    input: DescribeNetworkInterfaces,
) -> Result<DescribedNetworkInterfaces, AwsError> {
    let world = &*world;
    let own = own(world, caller);
    let question = input.question().names_or_pages("networkInterfaceIds")?;
    let page = question.answer(world, caller, &SIEVE, own.keys().map(String::as_str), |id| {
        Some(description(world, caller, own.get(id)?))
    })?;
    Ok(DescribedNetworkInterfaces { network_interfaces: page.items, next_token: page.next })
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use crate::network::support::{Bench, text};

    const ONE: &str = "111111111111";

    fn shown(bench: &mut Bench, asked: Value) -> Vec<Value> {
        bench.ec2(ONE, "DescribeNetworkInterfaces", asked)["NetworkInterfaces"].as_array().unwrap().clone()
    }

    #[test]
    fn an_attachment_has_one_in_each_subnet_as_long_as_it_holds_it() {
        let mut bench = Bench::new();
        let gateway = bench.plain_transit_gateway(ONE);
        let vpc = bench.vpc(ONE, "10.0.0.0/16");
        let attachment = bench.attachment(ONE, &gateway, &vpc);
        bench.wait();
        let before = shown(&mut bench, json!({}));
        assert_eq!(before.len(), 1);
        let address = text(&before[0]["PrivateIpAddress"]);
        let last: u8 = address.rsplit('.').next().unwrap().parse().unwrap();
        assert!(address.starts_with("10.0.0.") && (4..15).contains(&last), "{address}");
        let second = bench.subnet(ONE, &vpc, "10.0.1.0/24", 1);
        let added = json!({"TransitGatewayAttachmentId": attachment, "AddSubnetIds": [second]});
        bench.ec2(ONE, "ModifyTransitGatewayVpcAttachment", added);
        let after = shown(&mut bench, json!({}));
        assert_eq!(after.len(), 2);
        assert!(after.contains(&before[0]), "the first stays what it was");
        bench.wait();
        bench.ec2(ONE, "DeleteTransitGatewayVpcAttachment", json!({"TransitGatewayAttachmentId": attachment}));
        assert_eq!(shown(&mut bench, json!({})).len(), 2, "they go with the attachment, not before");
        bench.wait();
        assert_eq!(shown(&mut bench, json!({})), Vec::<Value>::new());
    }

    #[test]
    fn five_attachments_in_the_smallest_subnet_have_addresses_of_their_own() {
        let mut bench = Bench::new();
        let vpc = bench.vpc(ONE, "10.0.0.0/16");
        bench.subnet(ONE, &vpc, "10.0.0.0/28", 0);
        for _ in 0..5 {
            let gateway = bench.plain_transit_gateway(ONE);
            bench.attach_again(ONE, &gateway, &vpc);
        }
        let all = shown(&mut bench, json!({}));
        let addresses: std::collections::BTreeSet<String> =
            all.iter().map(|it| text(&it["PrivateIpAddress"])).collect();
        assert_eq!(addresses.len(), 5);
        let free = bench.ec2(ONE, "DescribeSubnets", json!({}))["Subnets"][0]["AvailableIpAddressCount"].clone();
        assert_eq!(free, 6);
    }
}
