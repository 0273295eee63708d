//! A VPC owner's side in one region: VPCs, subnets, route tables, its attachments, and the transit gateways that it can see.

use jiff::Timestamp;

use crate::api::{ReadCall, Reader};
use crate::model::{Listed, MemberInventory, Progress, Role, RoleName, Scope, Trouble, VpcAttachment};

use super::{Survey, listed};

pub(super) async fn read(reader: &Reader, scope: &Scope, survey: &Survey) -> MemberInventory {
    let at = reader.now();
    // One AssumeRole first: if the account cannot be entered, that is said once for all its lists, with one call.
    if let Err(trouble) = reader.credentials(&scope.account).await {
        return closed(&trouble);
    }
    let (vpcs, subnets, route_tables, gateways, attachments) = tokio::join!(
        reader.list(scope, &ReadCall::DescribeVpcs),
        reader.list(scope, &ReadCall::DescribeSubnets),
        reader.list(scope, &ReadCall::DescribeRouteTables),
        reader.list(scope, &ReadCall::DescribeTransitGateways),
        reader.list::<VpcAttachment>(scope, &ReadCall::DescribeTransitGatewayVpcAttachments),
    );
    let mut inventory = MemberInventory {
        vpcs: listed(at, vpcs),
        subnets: listed(at, subnets),
        route_tables: listed(at, route_tables),
        gateways: listed(at, gateways),
        attachments: listed(at, attachments),
        prefix_lists: None,
        invitations: None,
        roles: None,
    };
    if survey.member_prefix_lists {
        let at = reader.now();
        inventory.prefix_lists = Some(listed(at, reader.list(scope, &ReadCall::DescribeManagedPrefixLists).await));
    }
    if survey.invitations {
        let at = reader.now();
        inventory.invitations = Some(listed(at, reader.list(scope, &ReadCall::GetResourceShareInvitations).await));
    }
    // The role that attaches comes to be with the first attachment: while one works, there is nothing to ask.
    let own = inventory.attachments.known();
    if own.is_some_and(|own| !own.iter().any(|attachment| attachment.state == Progress::Ready)) {
        inventory.roles = Some(roles(reader, scope, survey).await);
    }
    inventory
}

/// An account that cannot be entered.
fn closed(trouble: &Trouble) -> MemberInventory {
    MemberInventory {
        vpcs: Listed::Unknown(trouble.clone()),
        subnets: Listed::Unknown(trouble.clone()),
        route_tables: Listed::Unknown(trouble.clone()),
        gateways: Listed::Unknown(trouble.clone()),
        attachments: Listed::Unknown(trouble.clone()),
        prefix_lists: None,
        invitations: None,
        roles: None,
    }
}

/// Reads the roles that are asked after, one by one; one that is not there is known not to be.
async fn roles(reader: &Reader, scope: &Scope, survey: &Survey) -> Listed<Role> {
    let at: Timestamp = reader.now();
    let mut roles = Vec::new();
    for role in survey.roles.iter() {
        match role_of(reader, scope, role).await {
            Ok(found) => roles.extend(found),
            Err(trouble) => return Listed::Unknown(trouble),
        }
    }
    Listed::Complete { items: roles, at }
}

async fn role_of(reader: &Reader, scope: &Scope, role: &RoleName) -> Result<Option<Role>, Trouble> {
    match reader.one(scope, &ReadCall::GetRole { role: role.clone() }).await {
        Ok(role) => Ok(Some(role)),
        Err(trouble) if trouble.code == ABSENT => Ok(None),
        Err(trouble) => Err(trouble),
    }
}

/// What IAM says of a role that is not there.
const ABSENT: &str = "NoSuchEntity";
