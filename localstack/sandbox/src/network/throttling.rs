//! Request throttling: a token bucket for each account, Region and action.
//!
//! Sizes and refills are those of "Request throttling for the Amazon EC2 API". Buckets start full. A call that finds no
//! token is refused, not queued, and by default spends nothing.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::call::{AccountId, AwsError, Caller};
use crate::world::World;

/// What a bucket holds at most, and how many tokens come back each second.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Size {
    pub most: f64,
    pub per_second: f64,
}

const NON_MUTATING: Size = Size { most: 100.0, per_second: 20.0 };
const MUTATING: Size = Size { most: 50.0, per_second: 5.0 };
/// CreateTags and DeleteTags have figures of their own, and so has CreateDefaultVpc. The "resource-intensive" actions, of
/// VPC peering connections, have those of other mutating ones.
const TAGGING: Size = Size { most: 100.0, per_second: 10.0 };

const DEFAULT_VPC: Size = Size { most: 1.0, per_second: 1.0 };

/// All buckets that have been drawn from.
#[derive(Clone, Debug, Default)]
pub struct Buckets {
    drawn: BTreeMap<(AccountId, String, String), Bucket>,
}

#[derive(Clone, Debug)]
struct Bucket {
    tokens: f64,
    at: Timestamp,
}

/// Returns the size of an action's bucket.
pub fn size(action: &str) -> Size {
    match action {
        "CreateTags" | "DeleteTags" => TAGGING,
        "CreateDefaultVpc" => DEFAULT_VPC,
        read if ["Describe", "Get", "Search", "List"].iter().any(|verb| read.starts_with(verb)) => NON_MUTATING,
        _ => MUTATING,
    }
}

/// Takes a token for the call, if throttling is on.
///
/// # Errors
/// `RequestLimitExceeded`, HTTP 503, when there is none.
pub fn admit(world: &mut World, caller: &Caller, action: &str) -> Result<(), AwsError> {
    if !world.network.throttling {
        return Ok(());
    }
    let now = world.now;
    let size = size(action);
    let key = (caller.account.clone(), caller.region.clone(), action.to_owned());
    let bucket = world.network.buckets.drawn.entry(key).or_insert(Bucket { tokens: size.most, at: now });
    let passed = now.duration_since(bucket.at).as_secs_f64();
    bucket.tokens = (bucket.tokens + passed * size.per_second).min(size.most);
    bucket.at = now;
    if bucket.tokens >= 1.0 {
        bucket.tokens -= 1.0;
        return Ok(());
    }
    if world.network.switches.throttled_calls_spend {
        bucket.tokens = (bucket.tokens - 1.0).max(0.0);
    }
    Err(AwsError::new("RequestLimitExceeded", "Request limit exceeded.").with_status(503))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use serde_json::json;

    use super::*;
    use crate::network::support::Bench;

    const ACCOUNT: &str = "111111111111";

    #[test]
    fn a_bucket_empties_refuses_with_503_and_refills() {
        let mut bench = Bench::new();
        bench.sandbox.world.network.throttling = true;
        for _ in 0..100 {
            bench.ec2(ACCOUNT, "DescribeVpcs", json!({}));
        }
        let error = bench.refused(ACCOUNT, "DescribeVpcs", json!({}), "RequestLimitExceeded");
        assert_eq!(error.status, 503);
        bench.ec2(ACCOUNT, "DescribeSubnets", json!({}));
        bench.ec2("222222222222", "DescribeVpcs", json!({}));
        bench.sandbox.advance(Duration::from_secs(1));
        for _ in 0..20 {
            bench.ec2(ACCOUNT, "DescribeVpcs", json!({}));
        }
        bench.refused(ACCOUNT, "DescribeVpcs", json!({}), "RequestLimitExceeded");
    }

    #[test]
    fn a_throttled_call_spends_only_if_switched_so() {
        for (spends, outcome) in [(false, true), (true, false)] {
            let mut bench = Bench::new();
            bench.sandbox.world.network.throttling = true;
            bench.sandbox.world.network.switches.throttled_calls_spend = spends;
            for _ in 0..100 {
                bench.ec2(ACCOUNT, "DescribeVpcs", json!({}));
            }
            bench.sandbox.advance(Duration::from_millis(40));
            bench.refused(ACCOUNT, "DescribeVpcs", json!({}), "RequestLimitExceeded");
            bench.sandbox.advance(Duration::from_millis(20));
            assert_eq!(bench.call(ACCOUNT, "DescribeVpcs", json!({})).is_ok(), outcome);
        }
    }

    #[test]
    fn writes_have_the_smaller_bucket() {
        assert_eq!(size("AssociateTransitGatewayRouteTable"), MUTATING);
        assert_eq!(size("SearchTransitGatewayRoutes"), NON_MUTATING);
        assert_eq!(size("CreateTags"), TAGGING);
    }
}
