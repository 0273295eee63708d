//! Delayed visibility: what was just made may not show yet, and each account sees it in its own time.
//!
//! EC2 is eventually consistent ("Eventual consistency in the Amazon EC2 API"): an id just returned may be NotFound in
//! the next call. Here that concerns the Describe, Get and Search operations; a write finds what there is.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};

use crate::call::AccountId;
use crate::world::World;

/// Who does not see what until when.
#[derive(Clone, Debug, Default)]
pub struct Visibility {
    hidden: BTreeMap<(AccountId, String), Timestamp>,
}

/// Keeps a new resource from an account's sight for a time drawn up to [`super::Network::visibility_lag_seconds`].
pub fn hide(world: &mut World, account: &str, id: &str) {
    let bound = world.network.visibility_lag_seconds;
    if bound > 0.0 {
        let until = world.now + SignedDuration::from_secs_f64(world.dice.fraction() * bound);
        world.network.visibility.hidden.insert((account.to_owned(), id.to_owned()), until);
    }
}

/// Tells whether an account's sight of a resource has arrived.
pub fn shows(world: &World, account: &str, id: &str) -> bool {
    let hidden = &world.network.visibility.hidden;
    hidden.is_empty() || hidden.get(&(account.to_owned(), id.to_owned())).is_none_or(|until| *until <= world.now)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use serde_json::json;

    use crate::network::support::Bench;

    #[test]
    fn a_new_vpc_is_not_found_until_the_lag_is_over() {
        let mut bench = Bench::new();
        bench.sandbox.world.network.visibility_lag_seconds = 30.0;
        let vpc = bench.vpc("111111111111", "10.0.0.0/16");
        bench.refused("111111111111", "DescribeVpcs", json!({"VpcIds": [vpc]}), "InvalidVpcID.NotFound");
        assert_eq!(bench.ec2("111111111111", "DescribeVpcs", json!({}))["Vpcs"], json!([]));
        bench.sandbox.advance(Duration::from_secs(30));
        assert_eq!(bench.ec2("111111111111", "DescribeVpcs", json!({}))["Vpcs"][0]["VpcId"], vpc);
    }

    #[test]
    fn a_write_finds_what_a_describe_does_not_show_yet() {
        let mut bench = Bench::new();
        bench.sandbox.world.network.visibility_lag_seconds = 30.0;
        let vpc = bench.vpc("111111111111", "10.0.0.0/16");
        bench.ec2("111111111111", "CreateSubnet", json!({"VpcId": vpc, "CidrBlock": "10.0.0.0/24"}));
    }
}
