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
        | ReadCall::ListTagsForResource { .. }
        | ReadCall::GetResourceShares
        | ReadCall::GetResourceShareAssociations { .. }
        | ReadCall::DescribeTransitGatewayAttachments
        | ReadCall::DescribeTransitGatewayRouteTables
        | ReadCall::GetTransitGatewayPrefixListReferences { .. }
        | ReadCall::GetTransitGatewayRouteTableAssociations { .. }
        | ReadCall::GetTransitGatewayRouteTablePropagations { .. }
        | ReadCall::SearchTransitGatewayRoutes { .. } => &[Role::Hub],
        ReadCall::DescribeVpcs
        | ReadCall::DescribeSubnets
        | ReadCall::DescribeRouteTables
        | ReadCall::GetRole { .. }
        | ReadCall::GetResourceShareInvitations => &[Role::Member],
        ReadCall::DescribeTransitGateways
        | ReadCall::DescribeTransitGatewayVpcAttachments
        | ReadCall::DescribeManagedPrefixLists => &[Role::Hub, Role::Member],
    };
    Some((roles, format!("{}:{}", call.service().prefix(), call.action())))
}

/// Returns the permissions that a write needs, and the roles that make it.
pub fn of_write(call: &WriteCall) -> (&'static [Role], Vec<String>) {
    let (roles, besides): (&[Role], &[&str]) = match call {
        WriteCall::CreateTransitGateway { .. } | WriteCall::CreateTransitGatewayRouteTable { .. } => {
            (&[Role::Hub], &["ec2:CreateTags"])
        }
        WriteCall::CreateResourceShare { .. } => (&[Role::Hub], &["ram:TagResource"]),
        WriteCall::CreateTransitGatewayVpcAttachment { .. } => {
            (&[Role::Member], &["ec2:CreateTags", "iam:CreateServiceLinkedRole"])
        }
        WriteCall::ModifyTransitGatewayVpcAttachment { .. }
        | WriteCall::AcceptResourceShareInvitation { .. }
        | WriteCall::CreateRoute { .. }
        | WriteCall::ReplaceRoute { .. }
        | WriteCall::DeleteRoute { .. } => (&[Role::Member], &[]),
        WriteCall::ModifyTransitGateway { .. }
        | WriteCall::UpdateResourceShare { .. }
        | WriteCall::AssociateResourceShare { .. }
        | WriteCall::DisassociateResourceShare { .. }
        | WriteCall::DeleteResourceShare { .. }
        | WriteCall::TagResource { .. }
        | WriteCall::DeleteTransitGatewayRouteTable { .. }
        | WriteCall::AcceptTransitGatewayVpcAttachment { .. }
        // From the hub's side: an account that has left cannot be entered any more.
        | WriteCall::DeleteTransitGatewayVpcAttachment { .. }
        | WriteCall::AssociateTransitGatewayRouteTable { .. }
        | WriteCall::DisassociateTransitGatewayRouteTable { .. }
        | WriteCall::EnableTransitGatewayRouteTablePropagation { .. }
        | WriteCall::DisableTransitGatewayRouteTablePropagation { .. }
        | WriteCall::CreateTransitGatewayRoute { .. }
        | WriteCall::ReplaceTransitGatewayRoute { .. }
        | WriteCall::DeleteTransitGatewayRoute { .. }
        | WriteCall::CreateTransitGatewayPrefixListReference { .. }
        | WriteCall::ModifyTransitGatewayPrefixListReference { .. }
        | WriteCall::DeleteTransitGatewayPrefixListReference { .. } => (&[Role::Hub], &[]),
        WriteCall::CreateTags { .. } => (&[Role::Hub, Role::Member], &[]),
    };
    let own = format!("{}:{}", call.service().prefix(), call.action());
    (roles, std::iter::once(own).chain(besides.iter().map(|&besides| besides.to_owned())).collect())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use serde_json::Value;

    use super::super::calls::{Ref, ShareSide};
    use super::*;
    use crate::model::{
        AttachmentOptions, HUB_TAG, NAME_TAG, NETWORK_TAG, SEGMENT_TAG, Tags, TransitGatewayId, TransitGatewayOptions,
    };
    use crate::specimen::id;

    const HUB: &str = include_str!("../../deploy/iam/hub-role-policy.json");
    const MEMBER: &str = include_str!("../../deploy/iam/member-role-policy.json");

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
            ReadCall::ListTagsForResource { account: id("111111111111") },
            ReadCall::GetRole { role: id("transitd-member") },
            ReadCall::GetResourceShares,
            ReadCall::GetResourceShareAssociations { of: ShareSide::Principals },
            ReadCall::GetResourceShareInvitations,
            ReadCall::DescribeVpcs,
            ReadCall::DescribeSubnets,
            ReadCall::DescribeRouteTables,
            ReadCall::DescribeManagedPrefixLists,
            ReadCall::DescribeTransitGateways,
            ReadCall::DescribeTransitGatewayAttachments,
            ReadCall::DescribeTransitGatewayVpcAttachments,
            ReadCall::DescribeTransitGatewayRouteTables,
            ReadCall::GetTransitGatewayPrefixListReferences { table: id("tgw-rtb-1") },
            ReadCall::GetTransitGatewayRouteTableAssociations { table: id("tgw-rtb-1") },
            ReadCall::GetTransitGatewayRouteTablePropagations { table: id("tgw-rtb-1") },
            ReadCall::SearchTransitGatewayRoutes { table: id("tgw-rtb-1") },
        ]
    }

    /// One of each write.
    fn writes() -> Vec<WriteCall> {
        let mut all = writes_of_gateways();
        all.extend(writes_of_routes());
        all.extend(writes_of_shares());
        all
    }

    fn gateway() -> Ref<TransitGatewayId> {
        Ref::Known(id("tgw-1"))
    }

    fn writes_of_gateways() -> Vec<WriteCall> {
        let options = TransitGatewayOptions {
            asn: 64512,
            auto_accept: false,
            default_association: false,
            default_propagation: false,
            dns: true,
            vpn_ecmp: true,
            security_group_referencing: false,
            multicast: false,
        };
        let of_attachment =
            AttachmentOptions { dns: true, ipv6: false, appliance_mode: false, security_group_referencing: false };
        let attachment = || Ref::Known(id("tgw-attach-1"));
        vec![
            WriteCall::CreateTransitGateway { options, tags: Tags::new() },
            WriteCall::ModifyTransitGateway { gateway: id("tgw-1"), options },
            WriteCall::CreateTransitGatewayRouteTable { gateway: gateway(), tags: Tags::new() },
            WriteCall::DeleteTransitGatewayRouteTable { table: id("tgw-rtb-1") },
            WriteCall::CreateTransitGatewayVpcAttachment {
                gateway: gateway(),
                vpc: id("vpc-1"),
                subnets: vec![],
                options: of_attachment,
                tags: Tags::new(),
            },
            WriteCall::ModifyTransitGatewayVpcAttachment {
                attachment: attachment(),
                add_subnets: vec![],
                remove_subnets: vec![],
                options: None,
            },
            WriteCall::AcceptTransitGatewayVpcAttachment { attachment: attachment() },
            WriteCall::DeleteTransitGatewayVpcAttachment { attachment: id("tgw-attach-1") },
            WriteCall::CreateTags { resource: Ref::Known("tgw-attach-1".into()), tags: Tags::new() },
        ]
    }

    fn writes_of_routes() -> Vec<WriteCall> {
        let attachment = || Ref::Known(id("tgw-attach-1"));
        let table = || Ref::Known(id("tgw-rtb-1"));
        let destination = || crate::model::Destination::Cidr(id("10.0.0.0/8"));
        vec![
            WriteCall::AssociateTransitGatewayRouteTable { table: table(), attachment: attachment() },
            WriteCall::DisassociateTransitGatewayRouteTable { table: id("tgw-rtb-1"), attachment: id("tgw-attach-1") },
            WriteCall::EnableTransitGatewayRouteTablePropagation { table: table(), attachment: attachment() },
            WriteCall::DisableTransitGatewayRouteTablePropagation {
                table: id("tgw-rtb-1"),
                attachment: id("tgw-attach-1"),
            },
            WriteCall::CreateTransitGatewayRoute { table: table(), destination: destination(), attachment: None },
            WriteCall::ReplaceTransitGatewayRoute {
                table: id("tgw-rtb-1"),
                destination: destination(),
                attachment: None,
            },
            WriteCall::DeleteTransitGatewayRoute { table: id("tgw-rtb-1"), destination: destination() },
            WriteCall::CreateTransitGatewayPrefixListReference {
                table: table(),
                prefix_list: id("pl-1"),
                attachment: None,
            },
            WriteCall::ModifyTransitGatewayPrefixListReference {
                table: id("tgw-rtb-1"),
                prefix_list: id("pl-1"),
                attachment: None,
            },
            WriteCall::DeleteTransitGatewayPrefixListReference { table: id("tgw-rtb-1"), prefix_list: id("pl-1") },
            WriteCall::CreateRoute { route_table: id("rtb-1"), destination: destination(), gateway: gateway() },
            WriteCall::ReplaceRoute { route_table: id("rtb-1"), destination: destination(), gateway: gateway() },
            WriteCall::DeleteRoute { route_table: id("rtb-1"), destination: destination() },
        ]
    }

    fn writes_of_shares() -> Vec<WriteCall> {
        let share = || Ref::Known("arn".to_owned());
        vec![
            WriteCall::CreateResourceShare {
                name: String::new(),
                gateway: gateway(),
                allow_external: false,
                tags: Tags::new(),
            },
            WriteCall::UpdateResourceShare { share: share(), name: String::new(), allow_external: false },
            WriteCall::AssociateResourceShare { share: share(), gateway: None, principals: vec![] },
            WriteCall::DisassociateResourceShare { share: String::new(), principals: vec![] },
            WriteCall::DeleteResourceShare { share: String::new() },
            WriteCall::TagResource { share: String::new(), tags: Tags::new() },
            WriteCall::AcceptResourceShareInvitation { invitation: String::new() },
        ]
    }

    fn needed(role: Role) -> BTreeSet<String> {
        let read = reads().iter().filter_map(of_read).collect::<Vec<_>>();
        let read = read.into_iter().filter(|(by, _)| by.contains(&role)).map(|(_, permission)| permission);
        let written = writes().iter().map(of_write).collect::<Vec<_>>();
        read.chain(written.into_iter().filter(|(by, _)| by.contains(&role)).flat_map(|(_, all)| all)).collect()
    }

    fn statements(policy: &str) -> Vec<Value> {
        let policy: Value = serde_json::from_str(policy).unwrap();
        policy["Statement"].as_array().unwrap().clone()
    }

    /// Returns a member that is one text or a list of texts.
    fn texts(member: &Value) -> Vec<String> {
        let several = member.as_array().cloned().unwrap_or_else(|| vec![member.clone()]);
        several.iter().map(|text| text.as_str().unwrap().to_owned()).collect()
    }

    fn granted(policy: &str) -> BTreeSet<String> {
        statements(policy).iter().flat_map(|statement| texts(&statement["Action"])).collect()
    }

    #[test]
    fn the_policies_grant_just_what_the_calls_need() {
        assert_eq!(granted(HUB), needed(Role::Hub));
        assert_eq!(granted(MEMBER), needed(Role::Member));
    }

    #[test]
    fn what_can_be_granted_on_named_resources_is_granted_on_no_others() {
        // Source: the actions without a resource type in "Actions, resources, and condition keys" of each service. Those of
        // Organizations that have one are reads of the whole tree.
        let on_all = |action: &str| {
            let reads =
                ["ec2:Describe", "ec2:GetTransitGateway", "organizations:Describe", "organizations:List", "ram:Get"];
            action == "ram:CreateResourceShare" || reads.iter().any(|read| action.starts_with(read))
        };
        for statement in [statements(HUB), statements(MEMBER)].concat() {
            let everything = texts(&statement["Resource"]).contains(&"*".to_owned());
            for action in texts(&statement["Action"]) {
                assert_eq!(everything, on_all(&action), "{action}");
            }
        }
    }

    #[test]
    fn no_tag_but_transitds_own_may_be_set() {
        let own: BTreeSet<String> = [NAME_TAG, NETWORK_TAG, HUB_TAG, SEGMENT_TAG].map(str::to_owned).into();
        let sets_tags = |statement: &Value| {
            texts(&statement["Action"]).iter().any(|action| ["ec2:CreateTags", "ram:TagResource"].contains(&&**action))
        };
        let all = [statements(HUB), statements(MEMBER)].concat();
        let keys = all.iter().filter(|statement| sets_tags(statement)).map(|statement| {
            texts(&statement["Condition"]["ForAllValues:StringEquals"]["aws:TagKeys"]).into_iter().collect()
        });
        assert_eq!(keys.collect::<Vec<BTreeSet<String>>>(), [own.clone(), own.clone(), own]);
    }
}
