//! A VPC owner's side in one region: VPCs, subnets, route tables, and the transit gateways that it can see.

use crate::api::{ReadCall, Reader};
use crate::model::{Listed, MemberInventory, Scope};

use super::listed;

pub(super) async fn read(reader: &Reader, scope: &Scope) -> MemberInventory {
    let at = reader.now();
    // One AssumeRole first: if the account cannot be entered, that is said once for all its lists, with one call.
    if let Err(trouble) = reader.credentials(&scope.account).await {
        return MemberInventory {
            vpcs: Listed::Unknown(trouble.clone()),
            subnets: Listed::Unknown(trouble.clone()),
            route_tables: Listed::Unknown(trouble.clone()),
            gateways: Listed::Unknown(trouble),
        };
    }
    let (vpcs, subnets, route_tables, gateways) = tokio::join!(
        reader.list(scope, &ReadCall::DescribeVpcs),
        reader.list(scope, &ReadCall::DescribeSubnets),
        reader.list(scope, &ReadCall::DescribeRouteTables),
        reader.list(scope, &ReadCall::DescribeTransitGateways),
    );
    MemberInventory {
        vpcs: listed(at, vpcs),
        subnets: listed(at, subnets),
        route_tables: listed(at, route_tables),
        gateways: listed(at, gateways),
    }
}
