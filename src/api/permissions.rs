//! The permissions that the call lists need, by role: what `deploy/iam` grants, and nothing more.
//!
//! `sts:GetCallerIdentity` needs none. Source of what a call needs besides itself: tags on creation need
//! `ec2:CreateTags`, an account's first attachment makes the service-linked role of transit gateways ("Service-linked
//! roles for transit gateways").

use super::calls::{ReadCall, WriteCall};

/// A role that transitd runs or enters with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// In the home account. If the home account owns VPCs of the network too, it needs the member's permissions besides.
    Hub,
    Member,
}

/// Returns the permission that a read needs, and the role that makes it; none for what needs no permission.
pub fn of_read(call: &ReadCall) -> Option<(&'static [Role], String)> {
    let roles: &[Role] = match call {
        ReadCall::GetCallerIdentity => return None,
        ReadCall::AssumeRole { .. }
        | ReadCall::DescribeOrganization
        | ReadCall::ListAccounts
        | ReadCall::ListRoots
        | ReadCall::ListOrganizationalUnitsForParent { .. }
        | ReadCall::ListAccountsForParent { .. }
        | ReadCall::DescribeTransitGatewayAttachments
        | ReadCall::DescribeTransitGatewayVpcAttachments
        | ReadCall::DescribeTransitGatewayRouteTables
        | ReadCall::GetTransitGatewayRouteTableAssociations { .. }
        | ReadCall::GetTransitGatewayRouteTablePropagations { .. }
        | ReadCall::SearchTransitGatewayRoutes { .. } => &[Role::Hub],
        ReadCall::DescribeVpcs | ReadCall::DescribeSubnets | ReadCall::DescribeRouteTables => &[Role::Member],
        ReadCall::DescribeTransitGateways => &[Role::Hub, Role::Member],
    };
    Some((roles, format!("{}:{}", call.service().prefix(), call.action())))
}

/// Returns the permissions that a write needs, and the role that makes it.
pub fn of_write(call: &WriteCall) -> (Role, Vec<String>) {
    let (role, besides): (Role, &[&str]) = match call {
        WriteCall::CreateTransitGatewayRouteTable { .. } => (Role::Hub, &["ec2:CreateTags"]),
        WriteCall::CreateTransitGatewayVpcAttachment { .. } => {
            (Role::Member, &["ec2:CreateTags", "iam:CreateServiceLinkedRole"])
        }
        WriteCall::ModifyTransitGatewayVpcAttachment { .. }
        | WriteCall::CreateRoute { .. }
        | WriteCall::ReplaceRoute { .. } => (Role::Member, &[]),
        WriteCall::AcceptTransitGatewayVpcAttachment { .. }
        | WriteCall::AssociateTransitGatewayRouteTable { .. }
        | WriteCall::DisassociateTransitGatewayRouteTable { .. }
        | WriteCall::EnableTransitGatewayRouteTablePropagation { .. } => (Role::Hub, &[]),
    };
    let own = format!("{}:{}", call.service().prefix(), call.action());
    (role, std::iter::once(own).chain(besides.iter().map(|&besides| besides.to_owned())).collect())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::super::calls::Ref;
    use super::*;
    use crate::model::{AttachmentOptions, Tags};
    use crate::specimen::id;

    /// One of each read. A read that is missing here is granted by nobody, and the policies' test says so.
    fn reads() -> Vec<ReadCall> {
        let parent = "r-1".to_owned();
        vec![
            ReadCall::GetCallerIdentity,
            ReadCall::AssumeRole {
                role_arn: String::new(),
                session_name: String::new(),
                external_id: None,
                seconds: 0,
            },
            ReadCall::DescribeOrganization,
            ReadCall::ListAccounts,
            ReadCall::ListRoots,
            ReadCall::ListOrganizationalUnitsForParent { parent: parent.clone() },
            ReadCall::ListAccountsForParent { parent },
            ReadCall::DescribeVpcs,
            ReadCall::DescribeSubnets,
            ReadCall::DescribeRouteTables,
            ReadCall::DescribeTransitGateways,
            ReadCall::DescribeTransitGatewayAttachments,
            ReadCall::DescribeTransitGatewayVpcAttachments,
            ReadCall::DescribeTransitGatewayRouteTables,
            ReadCall::GetTransitGatewayRouteTableAssociations { table: id("tgw-rtb-1") },
            ReadCall::GetTransitGatewayRouteTablePropagations { table: id("tgw-rtb-1") },
            ReadCall::SearchTransitGatewayRoutes { table: id("tgw-rtb-1") },
        ]
    }

    /// One of each write.
    fn writes() -> Vec<WriteCall> {
        let options = AttachmentOptions { dns: true, ipv6: false, appliance_mode: false };
        let attachment = || Ref::Known(id("tgw-attach-1"));
        let table = || Ref::Known(id("tgw-rtb-1"));
        vec![
            WriteCall::CreateTransitGatewayRouteTable { gateway: id("tgw-1"), tags: Tags::new() },
            WriteCall::CreateTransitGatewayVpcAttachment {
                gateway: id("tgw-1"),
                vpc: id("vpc-1"),
                subnets: vec![],
                options,
                tags: Tags::new(),
            },
            WriteCall::ModifyTransitGatewayVpcAttachment {
                attachment: attachment(),
                add_subnets: vec![],
                options: None,
            },
            WriteCall::AcceptTransitGatewayVpcAttachment { attachment: attachment() },
            WriteCall::AssociateTransitGatewayRouteTable { table: table(), attachment: attachment() },
            WriteCall::DisassociateTransitGatewayRouteTable { table: id("tgw-rtb-1"), attachment: id("tgw-attach-1") },
            WriteCall::EnableTransitGatewayRouteTablePropagation { table: table(), attachment: attachment() },
            WriteCall::CreateRoute { route_table: id("rtb-1"), destination: id("10.0.0.0/8"), gateway: id("tgw-1") },
            WriteCall::ReplaceRoute { route_table: id("rtb-1"), destination: id("10.0.0.0/8"), gateway: id("tgw-1") },
        ]
    }

    fn needed(role: Role) -> BTreeSet<String> {
        let read = reads().iter().filter_map(of_read).collect::<Vec<_>>();
        let read = read.into_iter().filter(|(roles, _)| roles.contains(&role)).map(|(_, permission)| permission);
        let written = writes().iter().map(of_write).collect::<Vec<_>>();
        read.chain(written.into_iter().filter(|(by, _)| *by == role).flat_map(|(_, all)| all)).collect()
    }

    fn granted(policy: &str) -> BTreeSet<String> {
        let policy: serde_json::Value = serde_json::from_str(policy).unwrap();
        let mut actions = BTreeSet::new();
        for statement in policy["Statement"].as_array().unwrap() {
            let action = &statement["Action"];
            let several = action.as_array().cloned().unwrap_or_else(|| vec![action.clone()]);
            actions.extend(several.iter().map(|action| action.as_str().unwrap().to_owned()));
        }
        actions
    }

    #[test]
    fn the_policies_grant_just_what_the_calls_need() {
        assert_eq!(granted(include_str!("../../deploy/iam/hub-role-policy.json")), needed(Role::Hub));
        assert_eq!(granted(include_str!("../../deploy/iam/member-role-policy.json")), needed(Role::Member));
    }
}
