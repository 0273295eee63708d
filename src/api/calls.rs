//! The calls that transitd makes: two closed lists. What is not in here cannot be sent.

use serde::Serialize;

use super::session::Credentials;
use crate::model::{
    Account, AccountId, Association, Attachment, AttachmentId, AttachmentOptions, CallerIdentity, Destination,
    Invitation, Key, Organization, OrganizationalUnit, PrefixList, PrefixListId, PrefixListReference, Propagation,
    ResourceShare, Role, RoleName, RouteTable, RouteTableId, ShareAssociation, Subnet, SubnetId, Tags, TransitGateway,
    TransitGatewayId, TransitGatewayOptions, TransitGatewayRoute, TransitGatewayRouteTable, TransitGatewayRouteTableId,
    Vpc, VpcAttachment, VpcId,
};

/// The AWS services that transitd speaks with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Service {
    Ec2,
    Iam,
    Organizations,
    Ram,
    Sts,
}

impl Service {
    /// Returns the service's prefix in IAM's action names.
    pub fn prefix(self) -> &'static str {
        match self {
            Service::Ec2 => "ec2",
            Service::Iam => "iam",
            Service::Organizations => "organizations",
            Service::Ram => "ram",
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
    /// An account's tags in the organization.
    ListTagsForResource {
        account: AccountId,
    },
    /// One role of the account that the call is made in.
    GetRole {
        role: RoleName,
    },
    /// The account's own resource shares.
    GetResourceShares,
    /// What the account's own resource shares are associated with.
    GetResourceShareAssociations {
        of: ShareSide,
    },
    GetResourceShareInvitations,
    DescribeVpcs,
    DescribeSubnets,
    DescribeRouteTables,
    DescribeManagedPrefixLists,
    DescribeTransitGateways,
    DescribeTransitGatewayAttachments,
    DescribeTransitGatewayVpcAttachments,
    DescribeTransitGatewayRouteTables,
    GetTransitGatewayPrefixListReferences {
        table: TransitGatewayRouteTableId,
    },
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

/// The two sides of a resource share.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub enum ShareSide {
    Principals,
    Resources,
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
            ReadCall::ListTagsForResource { .. } => "ListTagsForResource",
            ReadCall::GetRole { .. } => "GetRole",
            ReadCall::GetResourceShares => "GetResourceShares",
            ReadCall::GetResourceShareAssociations { .. } => "GetResourceShareAssociations",
            ReadCall::GetResourceShareInvitations => "GetResourceShareInvitations",
            ReadCall::DescribeManagedPrefixLists => "DescribeManagedPrefixLists",
            ReadCall::GetTransitGatewayPrefixListReferences { .. } => "GetTransitGatewayPrefixListReferences",
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
            | ReadCall::ListAccountsForParent { .. }
            | ReadCall::ListTagsForResource { .. } => Service::Organizations,
            ReadCall::GetRole { .. } => Service::Iam,
            ReadCall::GetResourceShares
            | ReadCall::GetResourceShareAssociations { .. }
            | ReadCall::GetResourceShareInvitations => Service::Ram,
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
            | ReadCall::SearchTransitGatewayRoutes { .. } => Service::Ec2,
        }
    }

    /// Returns how many items to ask for in one page: the most that AWS gives; none for a call without pages.
    ///
    /// Source: the `MaxResults` ranges of botocore's models (EC2 5 to 1000, DescribeRouteTables and DescribeManagedPrefixLists
    /// to 100; Organizations 1 to 20, but tags come in pages without a size; RAM 1 to 500).
    pub fn page_size(&self) -> Option<i32> {
        match self {
            ReadCall::GetCallerIdentity
            | ReadCall::AssumeRole { .. }
            | ReadCall::DescribeOrganization
            | ReadCall::ListTagsForResource { .. }
            | ReadCall::GetRole { .. } => None,
            ReadCall::GetResourceShares
            | ReadCall::GetResourceShareAssociations { .. }
            | ReadCall::GetResourceShareInvitations => Some(500),
            ReadCall::ListAccounts
            | ReadCall::ListRoots
            | ReadCall::ListOrganizationalUnitsForParent { .. }
            | ReadCall::ListAccountsForParent { .. } => Some(20),
            ReadCall::DescribeRouteTables | ReadCall::DescribeManagedPrefixLists => Some(100),
            ReadCall::DescribeVpcs
            | ReadCall::GetTransitGatewayPrefixListReferences { .. }
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
    /// One account's tags, as one item.
    AccountTags(Vec<Tags>),
    Roles(Vec<Role>),
    PrefixLists(Vec<PrefixList>),
    PrefixListReferences(Vec<PrefixListReference>),
    ResourceShares(Vec<ResourceShare>),
    ShareAssociations(Vec<ShareAssociation>),
    Invitations(Vec<Invitation>),
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

    /// Returns the thing that has to be made first, if it is so.
    pub fn planned(&self) -> Option<&Key> {
        match self {
            Ref::Known(_) => None,
            Ref::Planned(key) => Some(key),
        }
    }
}

/// One write.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "action")]
pub enum WriteCall {
    CreateTransitGateway {
        options: TransitGatewayOptions,
        tags: Tags,
    },
    /// Sets the options of a gateway that can be changed; each is given, so that the call says what will be.
    ModifyTransitGateway {
        gateway: TransitGatewayId,
        options: TransitGatewayOptions,
    },
    /// Shares one transit gateway, with nobody yet: each principal is a step of its own.
    CreateResourceShare {
        name: String,
        gateway: Ref<TransitGatewayId>,
        allow_external: bool,
        tags: Tags,
    },
    UpdateResourceShare {
        share: Ref<String>,
        name: String,
        allow_external: bool,
    },
    /// Takes in a gateway, principals, or both.
    AssociateResourceShare {
        share: Ref<String>,
        gateway: Option<Ref<TransitGatewayId>>,
        principals: Vec<String>,
    },
    DisassociateResourceShare {
        share: String,
        principals: Vec<String>,
    },
    DeleteResourceShare {
        share: String,
    },
    /// RAM's own way to tag a share.
    TagResource {
        share: String,
        tags: Tags,
    },
    AcceptResourceShareInvitation {
        invitation: String,
    },
    CreateTransitGatewayRouteTable {
        gateway: Ref<TransitGatewayId>,
        tags: Tags,
    },
    DeleteTransitGatewayRouteTable {
        table: TransitGatewayRouteTableId,
    },
    CreateTransitGatewayVpcAttachment {
        gateway: Ref<TransitGatewayId>,
        vpc: VpcId,
        subnets: Vec<SubnetId>,
        options: AttachmentOptions,
        tags: Tags,
    },
    /// Adds subnets, or takes some away, or sets options. AWS takes away before it adds, so one call never does both.
    ModifyTransitGatewayVpcAttachment {
        attachment: Ref<AttachmentId>,
        add_subnets: Vec<SubnetId>,
        remove_subnets: Vec<SubnetId>,
        options: Option<AttachmentOptions>,
    },
    AcceptTransitGatewayVpcAttachment {
        attachment: Ref<AttachmentId>,
    },
    DeleteTransitGatewayVpcAttachment {
        attachment: AttachmentId,
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
    DisableTransitGatewayRouteTablePropagation {
        table: TransitGatewayRouteTableId,
        attachment: AttachmentId,
    },
    /// Makes a static route to an attachment, or to nowhere.
    CreateTransitGatewayRoute {
        table: Ref<TransitGatewayRouteTableId>,
        destination: Destination,
        attachment: Option<Ref<AttachmentId>>,
    },
    /// Leads a static route elsewhere in one call.
    ReplaceTransitGatewayRoute {
        table: TransitGatewayRouteTableId,
        destination: Destination,
        attachment: Option<Ref<AttachmentId>>,
    },
    DeleteTransitGatewayRoute {
        table: TransitGatewayRouteTableId,
        destination: Destination,
    },
    CreateTransitGatewayPrefixListReference {
        table: Ref<TransitGatewayRouteTableId>,
        prefix_list: PrefixListId,
        attachment: Option<Ref<AttachmentId>>,
    },
    ModifyTransitGatewayPrefixListReference {
        table: TransitGatewayRouteTableId,
        prefix_list: PrefixListId,
        attachment: Option<Ref<AttachmentId>>,
    },
    DeleteTransitGatewayPrefixListReference {
        table: TransitGatewayRouteTableId,
        prefix_list: PrefixListId,
    },
    CreateRoute {
        route_table: RouteTableId,
        destination: Destination,
        gateway: Ref<TransitGatewayId>,
    },
    ReplaceRoute {
        route_table: RouteTableId,
        destination: Destination,
        gateway: Ref<TransitGatewayId>,
    },
    DeleteRoute {
        route_table: RouteTableId,
        destination: Destination,
    },
    /// Sets tags on one resource of EC2, in the account that the call is made in. Other tags stay.
    CreateTags {
        resource: Ref<String>,
        tags: Tags,
    },
}

impl WriteCall {
    /// Returns AWS's name for the call.
    pub fn action(&self) -> &'static str {
        match self {
            WriteCall::CreateTransitGateway { .. } => "CreateTransitGateway",
            WriteCall::ModifyTransitGateway { .. } => "ModifyTransitGateway",
            WriteCall::CreateResourceShare { .. } => "CreateResourceShare",
            WriteCall::UpdateResourceShare { .. } => "UpdateResourceShare",
            WriteCall::AssociateResourceShare { .. } => "AssociateResourceShare",
            WriteCall::DisassociateResourceShare { .. } => "DisassociateResourceShare",
            WriteCall::DeleteResourceShare { .. } => "DeleteResourceShare",
            WriteCall::AcceptResourceShareInvitation { .. } => "AcceptResourceShareInvitation",
            WriteCall::TagResource { .. } => "TagResource",
            WriteCall::CreateTransitGatewayRouteTable { .. } => "CreateTransitGatewayRouteTable",
            WriteCall::DeleteTransitGatewayRouteTable { .. } => "DeleteTransitGatewayRouteTable",
            WriteCall::CreateTransitGatewayVpcAttachment { .. } => "CreateTransitGatewayVpcAttachment",
            WriteCall::ModifyTransitGatewayVpcAttachment { .. } => "ModifyTransitGatewayVpcAttachment",
            WriteCall::AcceptTransitGatewayVpcAttachment { .. } => "AcceptTransitGatewayVpcAttachment",
            WriteCall::DeleteTransitGatewayVpcAttachment { .. } => "DeleteTransitGatewayVpcAttachment",
            WriteCall::AssociateTransitGatewayRouteTable { .. } => "AssociateTransitGatewayRouteTable",
            WriteCall::DisassociateTransitGatewayRouteTable { .. } => "DisassociateTransitGatewayRouteTable",
            WriteCall::EnableTransitGatewayRouteTablePropagation { .. } => "EnableTransitGatewayRouteTablePropagation",
            WriteCall::DisableTransitGatewayRouteTablePropagation { .. } => {
                "DisableTransitGatewayRouteTablePropagation"
            }
            WriteCall::CreateTransitGatewayRoute { .. } => "CreateTransitGatewayRoute",
            WriteCall::ReplaceTransitGatewayRoute { .. } => "ReplaceTransitGatewayRoute",
            WriteCall::DeleteTransitGatewayRoute { .. } => "DeleteTransitGatewayRoute",
            WriteCall::CreateTransitGatewayPrefixListReference { .. } => "CreateTransitGatewayPrefixListReference",
            WriteCall::ModifyTransitGatewayPrefixListReference { .. } => "ModifyTransitGatewayPrefixListReference",
            WriteCall::DeleteTransitGatewayPrefixListReference { .. } => "DeleteTransitGatewayPrefixListReference",
            WriteCall::CreateRoute { .. } => "CreateRoute",
            WriteCall::ReplaceRoute { .. } => "ReplaceRoute",
            WriteCall::DeleteRoute { .. } => "DeleteRoute",
            WriteCall::CreateTags { .. } => "CreateTags",
        }
    }

    pub fn service(&self) -> Service {
        match self {
            WriteCall::CreateResourceShare { .. }
            | WriteCall::UpdateResourceShare { .. }
            | WriteCall::AssociateResourceShare { .. }
            | WriteCall::DisassociateResourceShare { .. }
            | WriteCall::DeleteResourceShare { .. }
            | WriteCall::AcceptResourceShareInvitation { .. }
            | WriteCall::TagResource { .. } => Service::Ram,
            WriteCall::CreateTransitGateway { .. }
            | WriteCall::ModifyTransitGateway { .. }
            | WriteCall::CreateTransitGatewayRouteTable { .. }
            | WriteCall::DeleteTransitGatewayRouteTable { .. }
            | WriteCall::CreateTransitGatewayVpcAttachment { .. }
            | WriteCall::ModifyTransitGatewayVpcAttachment { .. }
            | WriteCall::AcceptTransitGatewayVpcAttachment { .. }
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
            | WriteCall::DeleteTransitGatewayPrefixListReference { .. }
            | WriteCall::CreateRoute { .. }
            | WriteCall::ReplaceRoute { .. }
            | WriteCall::DeleteRoute { .. }
            | WriteCall::CreateTags { .. } => Service::Ec2,
        }
    }

    /// Tells whether the call takes something away as a whole.
    pub fn takes_away(&self) -> bool {
        match self {
            WriteCall::DisassociateResourceShare { .. }
            | WriteCall::DeleteResourceShare { .. }
            | WriteCall::DeleteTransitGatewayRouteTable { .. }
            | WriteCall::DeleteTransitGatewayVpcAttachment { .. }
            | WriteCall::DisassociateTransitGatewayRouteTable { .. }
            | WriteCall::DisableTransitGatewayRouteTablePropagation { .. }
            | WriteCall::DeleteTransitGatewayRoute { .. }
            | WriteCall::DeleteTransitGatewayPrefixListReference { .. }
            | WriteCall::DeleteRoute { .. } => true,
            WriteCall::CreateTransitGateway { .. }
            | WriteCall::ModifyTransitGateway { .. }
            | WriteCall::CreateResourceShare { .. }
            | WriteCall::UpdateResourceShare { .. }
            | WriteCall::AssociateResourceShare { .. }
            | WriteCall::AcceptResourceShareInvitation { .. }
            | WriteCall::TagResource { .. }
            | WriteCall::CreateTransitGatewayRouteTable { .. }
            | WriteCall::CreateTransitGatewayVpcAttachment { .. }
            | WriteCall::ModifyTransitGatewayVpcAttachment { .. }
            | WriteCall::AcceptTransitGatewayVpcAttachment { .. }
            | WriteCall::AssociateTransitGatewayRouteTable { .. }
            | WriteCall::EnableTransitGatewayRouteTablePropagation { .. }
            | WriteCall::CreateTransitGatewayRoute { .. }
            | WriteCall::ReplaceTransitGatewayRoute { .. }
            | WriteCall::CreateTransitGatewayPrefixListReference { .. }
            | WriteCall::ModifyTransitGatewayPrefixListReference { .. }
            | WriteCall::CreateRoute { .. }
            | WriteCall::ReplaceRoute { .. }
            | WriteCall::CreateTags { .. } => false,
        }
    }

    /// Names the things whose ids the call needs and that were not made yet. Empty for a call that can be sent.
    pub fn planned(&self) -> Vec<&Key> {
        match self {
            WriteCall::CreateTransitGateway { .. }
            | WriteCall::ModifyTransitGateway { .. }
            | WriteCall::DisassociateResourceShare { .. }
            | WriteCall::DeleteResourceShare { .. }
            | WriteCall::AcceptResourceShareInvitation { .. }
            | WriteCall::TagResource { .. }
            | WriteCall::DeleteTransitGatewayRouteTable { .. }
            | WriteCall::DeleteTransitGatewayVpcAttachment { .. }
            | WriteCall::DisassociateTransitGatewayRouteTable { .. }
            | WriteCall::DisableTransitGatewayRouteTablePropagation { .. }
            | WriteCall::DeleteTransitGatewayRoute { .. }
            | WriteCall::DeleteTransitGatewayPrefixListReference { .. }
            | WriteCall::DeleteRoute { .. } => Vec::new(),
            WriteCall::CreateResourceShare { gateway, .. }
            | WriteCall::CreateTransitGatewayRouteTable { gateway, .. }
            | WriteCall::CreateTransitGatewayVpcAttachment { gateway, .. }
            | WriteCall::CreateRoute { gateway, .. }
            | WriteCall::ReplaceRoute { gateway, .. } => gateway.planned().into_iter().collect(),
            WriteCall::UpdateResourceShare { share, .. } => share.planned().into_iter().collect(),
            WriteCall::AssociateResourceShare { share, gateway, .. } => {
                share.planned().into_iter().chain(gateway.as_ref().and_then(Ref::planned)).collect()
            }
            WriteCall::ModifyTransitGatewayVpcAttachment { attachment, .. }
            | WriteCall::AcceptTransitGatewayVpcAttachment { attachment } => attachment.planned().into_iter().collect(),
            WriteCall::AssociateTransitGatewayRouteTable { table, attachment }
            | WriteCall::EnableTransitGatewayRouteTablePropagation { table, attachment } => {
                table.planned().into_iter().chain(attachment.planned()).collect()
            }
            WriteCall::CreateTransitGatewayRoute { table, attachment, .. }
            | WriteCall::CreateTransitGatewayPrefixListReference { table, attachment, .. } => {
                table.planned().into_iter().chain(attachment.as_ref().and_then(Ref::planned)).collect()
            }
            WriteCall::ReplaceTransitGatewayRoute { attachment, .. }
            | WriteCall::ModifyTransitGatewayPrefixListReference { attachment, .. } => {
                attachment.as_ref().and_then(Ref::planned).into_iter().collect()
            }
            WriteCall::CreateTags { resource, .. } => resource.planned().into_iter().collect(),
        }
    }

    /// Tells whether every id that the call needs is known.
    pub fn is_sendable(&self) -> bool {
        self.planned().is_empty()
    }
}

/// What a write answers, as far as transitd has a use for it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reply {
    /// The id of what was made; none for things without one.
    pub id: Option<String>,
}
