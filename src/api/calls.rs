//! The calls that transitd makes: two closed lists. What is not in here cannot be sent.

use serde::Serialize;

use super::session::Credentials;
use crate::model::{
    Account, Association, Attachment, AttachmentId, AttachmentOptions, CallerIdentity, Cidr, Key, Organization,
    OrganizationalUnit, Propagation, RouteTable, RouteTableId, Subnet, SubnetId, Tags, TransitGateway,
    TransitGatewayId, TransitGatewayRoute, TransitGatewayRouteTable, TransitGatewayRouteTableId, Vpc, VpcAttachment,
    VpcId,
};

/// The AWS services that transitd speaks with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Service {
    Ec2,
    Organizations,
    Sts,
}

impl Service {
    /// Returns the service's prefix in IAM's action names.
    pub fn prefix(self) -> &'static str {
        match self {
            Service::Ec2 => "ec2",
            Service::Organizations => "organizations",
            Service::Sts => "sts",
        }
    }
}

/// One read. Lists are read page by page: `token` is what the page before answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ReadCall {
    GetCallerIdentity,
    AssumeRole {
        role_arn: String,
        session_name: String,
        external_id: Option<String>,
        seconds: u32,
    },
    DescribeOrganization,
    ListAccounts,
    ListRoots,
    ListOrganizationalUnitsForParent {
        parent: String,
    },
    ListAccountsForParent {
        parent: String,
    },
    DescribeVpcs,
    DescribeSubnets,
    DescribeRouteTables,
    DescribeTransitGateways,
    DescribeTransitGatewayAttachments,
    DescribeTransitGatewayVpcAttachments,
    DescribeTransitGatewayRouteTables,
    GetTransitGatewayRouteTableAssociations {
        table: TransitGatewayRouteTableId,
    },
    GetTransitGatewayRouteTablePropagations {
        table: TransitGatewayRouteTableId,
    },
    /// Every route of the table, active or blackhole.
    SearchTransitGatewayRoutes {
        table: TransitGatewayRouteTableId,
    },
}

impl ReadCall {
    /// Returns AWS's name for the call.
    pub fn action(&self) -> &'static str {
        match self {
            ReadCall::GetCallerIdentity => "GetCallerIdentity",
            ReadCall::AssumeRole { .. } => "AssumeRole",
            ReadCall::DescribeOrganization => "DescribeOrganization",
            ReadCall::ListAccounts => "ListAccounts",
            ReadCall::ListRoots => "ListRoots",
            ReadCall::ListOrganizationalUnitsForParent { .. } => "ListOrganizationalUnitsForParent",
            ReadCall::ListAccountsForParent { .. } => "ListAccountsForParent",
            ReadCall::DescribeVpcs => "DescribeVpcs",
            ReadCall::DescribeSubnets => "DescribeSubnets",
            ReadCall::DescribeRouteTables => "DescribeRouteTables",
            ReadCall::DescribeTransitGateways => "DescribeTransitGateways",
            ReadCall::DescribeTransitGatewayAttachments => "DescribeTransitGatewayAttachments",
            ReadCall::DescribeTransitGatewayVpcAttachments => "DescribeTransitGatewayVpcAttachments",
            ReadCall::DescribeTransitGatewayRouteTables => "DescribeTransitGatewayRouteTables",
            ReadCall::GetTransitGatewayRouteTableAssociations { .. } => "GetTransitGatewayRouteTableAssociations",
            ReadCall::GetTransitGatewayRouteTablePropagations { .. } => "GetTransitGatewayRouteTablePropagations",
            ReadCall::SearchTransitGatewayRoutes { .. } => "SearchTransitGatewayRoutes",
        }
    }

    pub fn service(&self) -> Service {
        match self {
            ReadCall::GetCallerIdentity | ReadCall::AssumeRole { .. } => Service::Sts,
            ReadCall::DescribeOrganization
            | ReadCall::ListAccounts
            | ReadCall::ListRoots
            | ReadCall::ListOrganizationalUnitsForParent { .. }
            | ReadCall::ListAccountsForParent { .. } => Service::Organizations,
            ReadCall::DescribeVpcs
            | ReadCall::DescribeSubnets
            | ReadCall::DescribeRouteTables
            | ReadCall::DescribeTransitGateways
            | ReadCall::DescribeTransitGatewayAttachments
            | ReadCall::DescribeTransitGatewayVpcAttachments
            | ReadCall::DescribeTransitGatewayRouteTables
            | ReadCall::GetTransitGatewayRouteTableAssociations { .. }
            | ReadCall::GetTransitGatewayRouteTablePropagations { .. }
            | ReadCall::SearchTransitGatewayRoutes { .. } => Service::Ec2,
        }
    }

    /// Returns how many items to ask for in one page: the most that AWS gives; none for a call without pages.
    ///
    /// Source: the `MaxResults` ranges of botocore's models (EC2 5 to 1000, DescribeRouteTables to 100; Organizations 1 to 20).
    pub fn page_size(&self) -> Option<i32> {
        match self {
            ReadCall::GetCallerIdentity | ReadCall::AssumeRole { .. } | ReadCall::DescribeOrganization => None,
            ReadCall::ListAccounts
            | ReadCall::ListRoots
            | ReadCall::ListOrganizationalUnitsForParent { .. }
            | ReadCall::ListAccountsForParent { .. } => Some(20),
            ReadCall::DescribeRouteTables => Some(100),
            ReadCall::DescribeVpcs
            | ReadCall::DescribeSubnets
            | ReadCall::DescribeTransitGateways
            | ReadCall::DescribeTransitGatewayAttachments
            | ReadCall::DescribeTransitGatewayVpcAttachments
            | ReadCall::DescribeTransitGatewayRouteTables
            | ReadCall::GetTransitGatewayRouteTableAssociations { .. }
            | ReadCall::GetTransitGatewayRouteTablePropagations { .. }
            | ReadCall::SearchTransitGatewayRoutes { .. } => Some(1000),
        }
    }
}

/// One page of a list, or the whole answer of a call without pages.
#[derive(Clone, Debug)]
pub struct Page {
    pub items: Items,
    /// Where the next page begins. A list ends when this is none, and only then: pages may be empty.
    pub next: Option<String>,
}

/// What a read answers.
#[derive(Clone, Debug)]
pub enum Items {
    Identity(Vec<CallerIdentity>),
    Credentials(Vec<Credentials>),
    Organization(Vec<Organization>),
    Accounts(Vec<Account>),
    Units(Vec<OrganizationalUnit>),
    Vpcs(Vec<Vpc>),
    Subnets(Vec<Subnet>),
    RouteTables(Vec<RouteTable>),
    TransitGateways(Vec<TransitGateway>),
    Attachments(Vec<Attachment>),
    VpcAttachments(Vec<VpcAttachment>),
    TransitGatewayRouteTables(Vec<TransitGatewayRouteTable>),
    Associations(Vec<Association>),
    Propagations(Vec<Propagation>),
    TransitGatewayRoutes(Vec<TransitGatewayRoute>),
}

/// An id that a call needs: one that is known, or that of a thing which an earlier step will make.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(untagged)]
pub enum Ref<T> {
    Known(T),
    Planned(Key),
}

impl<T> Ref<T> {
    pub fn known(&self) -> Option<&T> {
        match self {
            Ref::Known(id) => Some(id),
            Ref::Planned(_) => None,
        }
    }
}

/// One write.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "action")]
pub enum WriteCall {
    CreateTransitGatewayRouteTable {
        gateway: TransitGatewayId,
        tags: Tags,
    },
    CreateTransitGatewayVpcAttachment {
        gateway: TransitGatewayId,
        vpc: VpcId,
        subnets: Vec<SubnetId>,
        options: AttachmentOptions,
        tags: Tags,
    },
    /// Adds subnets and sets options; never takes a subnet away.
    ModifyTransitGatewayVpcAttachment {
        attachment: Ref<AttachmentId>,
        add_subnets: Vec<SubnetId>,
        options: Option<AttachmentOptions>,
    },
    AcceptTransitGatewayVpcAttachment {
        attachment: Ref<AttachmentId>,
    },
    AssociateTransitGatewayRouteTable {
        table: Ref<TransitGatewayRouteTableId>,
        attachment: Ref<AttachmentId>,
    },
    DisassociateTransitGatewayRouteTable {
        table: TransitGatewayRouteTableId,
        attachment: AttachmentId,
    },
    EnableTransitGatewayRouteTablePropagation {
        table: Ref<TransitGatewayRouteTableId>,
        attachment: Ref<AttachmentId>,
    },
    CreateRoute {
        route_table: RouteTableId,
        destination: Cidr,
        gateway: TransitGatewayId,
    },
    ReplaceRoute {
        route_table: RouteTableId,
        destination: Cidr,
        gateway: TransitGatewayId,
    },
}

impl WriteCall {
    /// Returns AWS's name for the call.
    pub fn action(&self) -> &'static str {
        match self {
            WriteCall::CreateTransitGatewayRouteTable { .. } => "CreateTransitGatewayRouteTable",
            WriteCall::CreateTransitGatewayVpcAttachment { .. } => "CreateTransitGatewayVpcAttachment",
            WriteCall::ModifyTransitGatewayVpcAttachment { .. } => "ModifyTransitGatewayVpcAttachment",
            WriteCall::AcceptTransitGatewayVpcAttachment { .. } => "AcceptTransitGatewayVpcAttachment",
            WriteCall::AssociateTransitGatewayRouteTable { .. } => "AssociateTransitGatewayRouteTable",
            WriteCall::DisassociateTransitGatewayRouteTable { .. } => "DisassociateTransitGatewayRouteTable",
            WriteCall::EnableTransitGatewayRouteTablePropagation { .. } => "EnableTransitGatewayRouteTablePropagation",
            WriteCall::CreateRoute { .. } => "CreateRoute",
            WriteCall::ReplaceRoute { .. } => "ReplaceRoute",
        }
    }

    pub fn service(&self) -> Service {
        Service::Ec2
    }

    /// Tells whether every id that the call needs is known.
    pub fn is_sendable(&self) -> bool {
        match self {
            WriteCall::CreateTransitGatewayRouteTable { .. }
            | WriteCall::CreateTransitGatewayVpcAttachment { .. }
            | WriteCall::DisassociateTransitGatewayRouteTable { .. }
            | WriteCall::CreateRoute { .. }
            | WriteCall::ReplaceRoute { .. } => true,
            WriteCall::ModifyTransitGatewayVpcAttachment { attachment, .. }
            | WriteCall::AcceptTransitGatewayVpcAttachment { attachment } => attachment.known().is_some(),
            WriteCall::AssociateTransitGatewayRouteTable { table, attachment }
            | WriteCall::EnableTransitGatewayRouteTablePropagation { table, attachment } => {
                table.known().is_some() && attachment.known().is_some()
            }
        }
    }
}

/// What a write answers, as far as transitd has a use for it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reply {
    /// The id of what was made; none for things without one.
    pub id: Option<String>,
}
