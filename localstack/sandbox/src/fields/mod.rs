//! The model as data: which fields each kind of resource has, and what a world's resources hold in them.
//!
//! For tests that change every field behind somebody's back, or compare two worlds. The lists cannot forget a field: each
//! struct is taken apart by name, so that one more field does not compile until it is named here, and so are the rooms that
//! hold the kinds. A struct within a resource counts field by field (`options.dns_support`); lists and maps are one value.
//!
//! | room | whose kinds |
//! |---|---|
//! | [`network`] | EC2's |
//! | [`others`] | RAM's, IAM's and Organizations' |

use std::collections::{BTreeMap, BTreeSet};

use ipnet::IpNet;
use jiff::Timestamp;
use serde_json::{Map, Value, json};

use crate::clock::Pace;
use crate::network::shelf::{Kept, Shelf};
use crate::world::World;

/// A value that a field may have.
trait Told {
    fn told(&self) -> Value;

    /// Lists the fields that a field of this type counts as, by their paths.
    fn paths(field: &str) -> Vec<String> {
        vec![field.to_owned()]
    }

    /// Writes the field's value, or those that it counts as, by their paths.
    fn write(&self, field: &str, into: &mut Map<String, Value>) {
        into.insert(field.to_owned(), self.told());
    }
}

/// A struct of the model, taken apart.
trait Modelled {
    fn fields() -> Vec<String>;
    fn values(&self) -> Map<String, Value>;
}

macro_rules! modelled {
    ($($name:path { $($field:ident: $type:ty),* $(,)? })*) => { $(
        impl Modelled for $name {
            fn fields() -> Vec<String> {
                [$(<$type as Told>::paths(stringify!($field))),*].concat()
            }

            fn values(&self) -> Map<String, Value> {
                let Self { $($field),* } = self;
                let mut values = Map::new();
                $(<$type as Told>::write($field, stringify!($field), &mut values);)*
                values
            }
        }
    )* };
}

/// Lets structs stand as fields of others, each of their fields counted by itself.
macro_rules! inner {
    ($($name:path),* $(,)?) => { $(
        impl Told for $name {
            fn told(&self) -> Value {
                Value::Object(self.values())
            }

            fn paths(field: &str) -> Vec<String> {
                Self::fields().into_iter().map(|inner| format!("{field}.{inner}")).collect()
            }

            fn write(&self, field: &str, into: &mut Map<String, Value>) {
                into.extend(self.values().into_iter().map(|(inner, value)| (format!("{field}.{inner}"), value)));
            }
        }
    )* };
}

/// Lets values stand as they are written in answers.
macro_rules! plain {
    ($($name:path),* $(,)?) => { $(
        impl Told for $name {
            fn told(&self) -> Value {
                json!(self)
            }
        }
    )* };
}

plain! { String, bool, i64, u32, usize, Timestamp }

impl Told for IpNet {
    fn told(&self) -> Value {
        json!(self.to_string())
    }
}

impl<T: Told> Told for Option<T> {
    fn told(&self) -> Value {
        self.as_ref().map_or(Value::Null, Told::told)
    }
}

impl<T: Told> Told for Vec<T> {
    fn told(&self) -> Value {
        self.iter().map(Told::told).collect()
    }
}

impl<K: ToString, T: Told> Told for BTreeMap<K, T> {
    fn told(&self) -> Value {
        self.iter().map(|(key, value)| (key.to_string(), value.told())).collect::<Map<_, _>>().into()
    }
}

impl<T: Told> Told for BTreeSet<T> {
    fn told(&self) -> Value {
        self.iter().map(Told::told).collect()
    }
}

mod network;
mod others;

/// What there is of one kind.
#[derive(Clone, Debug)]
struct KindOf {
    fields: Vec<String>,
    items: Map<String, Value>,
}

fn kind_of<T: Kept + Modelled>(shelf: &Shelf<T>) -> KindOf {
    let items = shelf.iter().map(|item| (item.id().to_owned(), Value::Object(item.values()))).collect();
    KindOf { fields: T::fields(), items }
}

type Kinds = BTreeMap<&'static str, KindOf>;

fn kinds(world: &World) -> Kinds {
    let mut kinds = network::kinds(&world.network);
    kinds.extend(others::sharing(&world.sharing));
    kinds.extend(others::identity(&world.identity));
    kinds.extend(others::organization(&world.organization));
    kinds
}

/// Lists the kinds of resources and the fields of each.
pub fn fields() -> BTreeMap<&'static str, Vec<String>> {
    kinds(&World::new(Timestamp::UNIX_EPOCH, Pace::Instant, 0))
        .into_iter()
        .map(|(kind, it)| (kind, it.fields))
        .collect()
}

/// Describes all resources of a world: kind, then id, then field, then value. Tags stand under `ACCOUNT/ID`, roles under
/// `ACCOUNT/NAME`, what a share is associated with under `SHARE ENTITY`.
pub fn describe(world: &World) -> Value {
    let kinds = kinds(world).into_iter();
    kinds.map(|(kind, it)| (kind.to_owned(), Value::Object(it.items))).collect::<Map<_, _>>().into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::network::support::{Bench, text};

    const HUB: &str = "111111111111";

    #[test]
    fn what_a_world_holds_has_all_its_fields_and_no_others() {
        let mut bench = Bench::new();
        let gateway = bench.transit_gateway(HUB, json!({"TransitGatewayCidrBlocks": ["192.0.2.0/24"]}));
        let vpc = bench.vpc(HUB, "10.0.0.0/16");
        let attachment = bench.attachment(HUB, &gateway, &vpc);
        bench.wait();
        let connect = bench.connect(HUB, &attachment);
        let asked = json!({"TransitGatewayAttachmentId": connect, "PeerAddress": "10.0.0.9",
            "InsideCidrBlocks": ["169.254.6.0/29"]});
        bench.ec2(HUB, "CreateTransitGatewayConnectPeer", asked);
        bench.gateways_peered(HUB, &gateway);
        let other = bench.vpc(HUB, "10.1.0.0/16");
        bench.ec2(HUB, "CreateVpcPeeringConnection", json!({"VpcId": vpc, "PeerVpcId": other}));
        bench.vpn(HUB, &gateway);
        bench.prefix_list(HUB, &["10.0.0.0/16"], 2);
        bench.ec2(HUB, "CreateInternetGateway", json!({}));
        bench.ec2(HUB, "CreateEgressOnlyInternetGateway", json!({"VpcId": vpc}));
        bench.ec2(HUB, "AllocateAddress", json!({}));
        let subnet = text(&bench.ec2(HUB, "DescribeSubnets", json!({}))["Subnets"][0]["SubnetId"]);
        bench.ec2(HUB, "CreateNatGateway", json!({"SubnetId": subnet, "ConnectivityType": "private"}));
        bench.ec2(HUB, "CreateTags", json!({"Resources": [vpc], "Tags": [{"Key": "a", "Value": "b"}]}));
        bench.organizations(HUB, "CreateOrganization", json!({"FeatureSet": "ALL"}));
        let root = text(&bench.organizations(HUB, "ListRoots", json!({}))["Roots"][0]["Id"]);
        let tags = json!([{"Key": "a", "Value": "b"}]);
        let asked = json!({"ParentId": root, "Name": "unit", "Tags": tags});
        bench.organizations(HUB, "CreateOrganizationalUnit", asked);
        let asked = json!({"AccountName": "member", "Email": "member@example.com"});
        bench.organizations(HUB, "CreateAccount", asked);
        bench.share(HUB, &gateway, "999999999999");
        bench.wait();
        let world = describe(&bench.sandbox.world);
        for (kind, fields) in fields() {
            let items = world[kind].as_object().unwrap();
            assert!(!items.is_empty(), "{kind}");
            for item in items.values() {
                let mut named: Vec<&String> = item.as_object().unwrap().keys().collect();
                let mut listed: Vec<&String> = fields.iter().collect();
                named.sort();
                listed.sort();
                assert_eq!(named, listed, "{kind}");
            }
        }
        assert_eq!(world["tags"][format!("{HUB}/{vpc}")]["tags"], json!({"a": "b"}));
        assert_eq!(world["vpc"][&vpc]["cidrs"][0]["cidr"], "10.0.0.0/16");
    }

    #[test]
    fn a_change_shows_as_that_field_alone() {
        let mut bench = Bench::new();
        let gateway = bench.transit_gateway(HUB, json!({}));
        let before = describe(&bench.sandbox.world);
        let off = json!({"TransitGatewayId": gateway, "Options": {"DnsSupport": "disable"}});
        bench.ec2(HUB, "ModifyTransitGateway", off);
        bench.wait();
        let after = describe(&bench.sandbox.world);
        let mut expected = before.clone();
        expected["transit-gateway"][&gateway]["options.dns_support"] = json!("disable");
        assert_eq!(after, expected);
    }

    #[test]
    fn structs_within_resources_count_field_by_field() {
        let fields = fields();
        assert!(fields["vpc-attachment"].contains(&"options.appliance_mode_support".to_owned()));
        assert!(fields["subnet"].contains(&"zone.id".to_owned()));
        assert!(fields["vpc-attachment"].contains(&"association".to_owned()), "what may be absent is one value");
    }
}
