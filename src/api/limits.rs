//! How fast AWS lets each action be called, and which part of that is ours.
//!
//! Sources: "Request throttling for the Amazon EC2 API" (reads 100 at once and 20 per second, changes 50 and 5, per
//! account, region and action), "Quotas for AWS Organizations", "IAM and AWS STS quotas" (600 per second over all of
//! STS). No transit gateway action has figures of its own there. RAM and IAM publish none: they are called as slowly as the
//! slowest of the others.

use super::bucket::Limit;
use super::calls::{ReadCall, Service, WriteCall};

/// The part of each published figure that transitd uses; the rest is left to people and other tools in the account.
pub const OUR_SHARE: f64 = 0.8;

const EC2_READ: Limit = Limit { burst: 100.0, per_second: 20.0 };
const EC2_WRITE: Limit = Limit { burst: 50.0, per_second: 5.0 };
/// CreateTags has figures of its own.
const EC2_TAGS: Limit = Limit { burst: 100.0, per_second: 10.0 };
/// What is asked of services that publish no figures.
const UNPUBLISHED: Limit = Limit { burst: 10.0, per_second: 5.0 };
/// STS counts per second over all its actions; a bucket of one second's worth.
const STS: Limit = Limit { burst: 600.0, per_second: 600.0 };

/// Returns what AWS publishes for a read.
pub fn read(call: &ReadCall) -> Limit {
    let limit = |burst, per_second| Limit { burst, per_second };
    match call {
        ReadCall::GetCallerIdentity | ReadCall::AssumeRole { .. } => STS,
        ReadCall::DescribeOrganization => limit(2.0, 1.0),
        ReadCall::ListAccounts => limit(12.0, 8.0),
        ReadCall::ListRoots => limit(2.0, 1.0),
        ReadCall::ListOrganizationalUnitsForParent { .. } | ReadCall::ListAccountsForParent { .. } => limit(8.0, 5.0),
        ReadCall::ListTagsForResource { .. } => limit(15.0, 10.0),
        ReadCall::GetRole { .. }
        | ReadCall::GetResourceShares
        | ReadCall::GetResourceShareAssociations { .. }
        | ReadCall::GetResourceShareInvitations => UNPUBLISHED,
        ReadCall::DescribeVpcs
        | ReadCall::DescribeManagedPrefixLists
        | ReadCall::GetTransitGatewayPrefixListReferences { .. }
        | ReadCall::DescribeSubnets
        | ReadCall::DescribeRouteTables
        | ReadCall::DescribeTransitGateways
        | ReadCall::DescribeTransitGatewayAttachments
        | ReadCall::DescribeTransitGatewayVpcAttachments
        | ReadCall::DescribeTransitGatewayRouteTables
        | ReadCall::GetTransitGatewayRouteTableAssociations { .. }
        | ReadCall::GetTransitGatewayRouteTablePropagations { .. }
        | ReadCall::SearchTransitGatewayRoutes { .. } => EC2_READ,
    }
}

/// Returns what AWS publishes for a write.
pub fn write(call: &WriteCall) -> Limit {
    match (call, call.service()) {
        (WriteCall::CreateTags { .. }, _) => EC2_TAGS,
        (_, Service::Ec2) => EC2_WRITE,
        (_, Service::Ram | Service::Iam | Service::Organizations | Service::Sts) => UNPUBLISHED,
    }
}

/// Returns our part of a published figure; always enough for one call at a time.
pub fn ours(published: Limit) -> Limit {
    Limit { burst: (published.burst * OUR_SHARE).max(1.0), per_second: published.per_second * OUR_SHARE }
}
