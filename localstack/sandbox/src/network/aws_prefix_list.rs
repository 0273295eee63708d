//! The prefix lists that AWS keeps of its services' ranges, one set in each Region (VPC guide, "AWS-managed prefix
//! lists").
//!
//! Every account sees them and may point routes at them; nobody makes, changes, shares or deletes one. What one weighs in
//! quotas is what AWS's page says, whatever entries it has. Names and weights are AWS's; ids are drawn from Region and
//! name, and the ranges are of the blocks set aside for benchmarks (RFC 2544, RFC 5180), which nobody routes.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use ipnet::IpNet;

use super::describe::describe_request;
use super::filters::Sieve;
use super::members::answer;
use super::prefix_list::{Family, PrefixList, State};
use super::regions;
use super::resource::Kind;
use crate::call::{AwsError, Caller};
use crate::random::Dice;
use crate::world::World;

/// Who owns them, as answers write it; their ARNs have it in small letters.
pub const OWNER: &str = "AWS";

/// Each service's list: its name with `*` for the Region, its family, and its weight.
const SERVICES: [(&str, Family, usize); 12] = [
    ("com.amazonaws.global.cloudfront.origin-facing", Family::V4, 55),
    ("com.amazonaws.global.groundstation", Family::V4, 5),
    ("com.amazonaws.global.ipv6.cloudfront.origin-facing", Family::V6, 55),
    ("com.amazonaws.*.dynamodb", Family::V4, 1),
    ("com.amazonaws.*.ec2-instance-connect", Family::V4, 2),
    ("com.amazonaws.*.ipv6.ec2-instance-connect", Family::V6, 2),
    ("com.amazonaws.*.ipv6.route53-healthchecks", Family::V6, 25),
    ("com.amazonaws.*.ipv6.vpc-lattice", Family::V6, 10),
    ("com.amazonaws.*.route53-healthchecks", Family::V4, 25),
    ("com.amazonaws.*.s3", Family::V4, 1),
    ("com.amazonaws.*.s3express", Family::V4, 6),
    ("com.amazonaws.*.vpc-lattice", Family::V4, 10),
];
/// Ranges in each list: more than one even where the weight is 1, as S3's has in AWS.
const RANGES: usize = 3;

/// What MaxResults may say for DescribePrefixLists, of which the API Reference names no bounds.
const SIZES: (i64, i64) = (1, 1000);

static LISTS: LazyLock<BTreeMap<String, PrefixList>> = LazyLock::new(|| {
    let places = regions::names().flat_map(|region| SERVICES.iter().map(move |service| (region, service)));
    let lists = places.zip(blocks()).map(|((region, service), block)| list(region, service, block));
    lists.map(|list| (list.id.clone(), list)).collect()
});

/// Finds a list by its id.
pub fn get(id: &str) -> Option<&'static PrefixList> {
    LISTS.get(id)
}

/// Lists the ids of a Region's lists, in order.
pub fn ids(region: &str) -> impl Iterator<Item = &str> {
    LISTS.values().filter(move |list| list.region == region).map(|list| list.id.as_str())
}

/// Lists pairs of a block for IPv4 and one for IPv6, each of a list's own.
fn blocks() -> impl Iterator<Item = (IpNet, IpNet)> {
    let of = |range: &str, length| {
        let range: IpNet = range.parse().expect("a range");
        range.subnets(length).expect("a longer prefix")
    };
    of("198.18.0.0/15", 24).zip(of("2001:2::/48", 60))
}

fn list(region: &str, (name, family, weight): &(&str, Family, usize), (v4, v6): (IpNet, IpNet)) -> PrefixList {
    let name = name.replace('*', region);
    let block = match family {
        Family::V4 => v4,
        Family::V6 => v6,
    };
    let ranges = block.subnets(block.prefix_len() + 4).expect("a longer prefix").step_by(2).take(RANGES);
    PrefixList {
        id: Kind::PrefixList.new_id(&mut Dice::of(&format!("{region} {name}"))),
        owner: OWNER.to_owned(),
        region: region.to_owned(),
        name,
        family: *family,
        state: State::CreateComplete,
        state_message: None,
        max_entries: *weight,
        version: 1,
        versions: BTreeMap::from([(1, ranges.map(|range| (range, String::new())).collect())]),
        client_token: None,
    }
}

describe_request! { DescribePrefixLists { prefix_list_ids: Kind::PrefixList } in pages of SIZES }
answer! { "PascalCase" Description { prefix_list_id: String, prefix_list_name: String, cidrs: Vec<String> } }
answer! { "PascalCase" DescribedPrefixLists { prefix_lists: Vec<Description>, next_token: Option<String> } }

const SIEVE: Sieve<Description> = Sieve {
    fields: &[
        ("prefix-list-id", |it| vec![it.prefix_list_id.clone()]),
        ("prefix-list-name", |it| vec![it.prefix_list_name.clone()]),
    ],
    tags: None,
};

/// Lists the services that gateway endpoints lead to, with their ranges: S3 and DynamoDB.
pub fn describe(
    world: &mut World,
    caller: &Caller,
    input: DescribePrefixLists,
) -> Result<DescribedPrefixLists, AwsError> {
    let page = input.question().answer(world, caller, &SIEVE, ids(&caller.region), |id| {
        let list = get(id).filter(|it| it.region == caller.region && has_gateway_endpoints(&it.name))?;
        Some(Description {
            prefix_list_id: list.id.clone(),
            prefix_list_name: list.name.clone(),
            cidrs: list.entries().keys().map(IpNet::to_string).collect(),
        })
    })?;
    Ok(DescribedPrefixLists { prefix_lists: page.items, next_token: page.next })
}

fn has_gateway_endpoints(name: &str) -> bool {
    name.ends_with(".s3") || name.ends_with(".dynamodb")
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use serde_json::{Value, json};

    use super::*;
    use crate::network::support::{Bench, text};
    use crate::network::{Path, Start, walk};

    const ONE: &str = "111111111111";

    fn named(bench: &mut Bench, account: &str, name: &str) -> Value {
        let asked = json!({"Filters": [{"Name": "prefix-list-name", "Values": [name]}]});
        bench.ec2(account, "DescribeManagedPrefixLists", asked)["PrefixLists"][0].clone()
    }

    #[test]
    fn no_two_lists_have_an_id_or_a_range_in_common() {
        assert_eq!(LISTS.len(), SERVICES.len() * regions::names().count());
        let ranges: Vec<&IpNet> = LISTS.values().flat_map(|list| list.entries().keys()).collect();
        assert_eq!(ranges.len(), LISTS.len() * RANGES);
        assert_eq!(ranges.iter().collect::<BTreeSet<_>>().len(), ranges.len());
    }

    #[test]
    fn a_region_has_lists_of_its_own_and_every_account_the_same() {
        let mut bench = Bench::new();
        let s3 = named(&mut bench, ONE, "com.amazonaws.us-east-1.s3");
        assert_eq!(named(&mut bench, "222222222222", "com.amazonaws.us-east-1.s3"), s3);
        bench.region = "eu-west-1".to_owned();
        assert_eq!(named(&mut bench, ONE, "com.amazonaws.us-east-1.s3"), Value::Null);
        let asked = json!({"PrefixListIds": [s3["PrefixListId"]]});
        bench.refused(ONE, "DescribeManagedPrefixLists", asked, "InvalidPrefixListID.NotFound");
    }

    #[test]
    fn a_route_to_one_weighs_what_aws_says_and_leads_all_its_ranges() {
        let mut bench = Bench::new();
        let vpc = bench.vpc(ONE, "10.0.0.0/16");
        let subnet = bench.subnet(ONE, &vpc, "10.0.0.0/24", 0);
        let table = bench.route_table(ONE, &vpc);
        bench.ec2(ONE, "AssociateRouteTable", json!({"RouteTableId": table, "SubnetId": subnet}));
        let made = bench.ec2(ONE, "CreateInternetGateway", json!({}));
        let gateway = text(&made["InternetGateway"]["InternetGatewayId"]);
        bench.ec2(ONE, "AttachInternetGateway", json!({"InternetGatewayId": gateway, "VpcId": vpc}));
        bench.sandbox.world.network.quotas.routes_per_route_table = 1;
        let mut lead = |name: &str| {
            let list = named(&mut bench, ONE, name)["PrefixListId"].clone();
            let route = json!({"RouteTableId": table, "DestinationPrefixListId": list, "GatewayId": gateway});
            bench.call(ONE, "CreateRoute", route)
        };
        let refused = lead("com.amazonaws.us-east-1.s3express").unwrap_err();
        assert_eq!(refused.code, "RouteLimitExceeded", "it weighs 6");
        lead("com.amazonaws.us-east-1.s3").expect("it weighs 1, with three ranges");
        let s3 = LISTS.values().find(|list| list.name == "com.amazonaws.us-east-1.s3").unwrap();
        for range in s3.entries().keys() {
            let path = walk(&bench.sandbox.world, Start::Subnet(&subnet), range.addr());
            assert!(matches!(path, Path::Left { .. }), "{range}: {path:?}");
        }
    }
}
