//! What can be shared: one row for each kind of resource.

use super::{invalid, unknown};
use crate::call::{AwsError, Caller};
use crate::network::shareable;
use crate::world::World;

/// A kind of resource that RAM shares.
#[derive(Debug)]
pub struct ResourceType {
    /// As RAM writes it: `ec2:TransitGateway`.
    pub name: &'static str,
    pub service: &'static str,
    /// The name of its default managed permission, and what that allows.
    pub permission: &'static str,
    pub allows: &'static [&'static str],
    /// Whether it can be shared with accounts outside the owner's organization ("Shareable AWS resources").
    pub outside: bool,
}

/// All kinds that the sandbox shares. What the permissions allow is read from their names in "Shareable AWS resources";
/// nothing here decides by it.
pub const TYPES: &[ResourceType] = &[
    ResourceType {
        name: "ec2:PrefixList",
        service: "ec2",
        permission: "AWSRAMDefaultPermissionPrefixList",
        allows: &[
            "ec2:DescribeManagedPrefixLists",
            "ec2:GetManagedPrefixListAssociations",
            "ec2:GetManagedPrefixListEntries",
        ],
        outside: true,
    },
    ResourceType {
        name: "ec2:Subnet",
        service: "ec2",
        permission: "AWSRAMDefaultPermissionSubnet",
        allows: &["ec2:CreateNetworkInterface", "ec2:DescribeSubnets", "ec2:RunInstances"],
        outside: false,
    },
    ResourceType {
        name: "ec2:TransitGateway",
        service: "ec2",
        permission: "AWSRAMDefaultPermissionTransitGateway",
        allows: &[
            "ec2:CreateTransitGatewayVpcAttachment",
            "ec2:DeleteTransitGatewayVpcAttachment",
            "ec2:DescribeTransitGatewayVpcAttachments",
            "ec2:DescribeTransitGateways",
            "ec2:ModifyTransitGatewayVpcAttachment",
        ],
        outside: true,
    },
];

impl ResourceType {
    pub fn named(name: &str) -> Option<&'static ResourceType> {
        TYPES.iter().find(|it| it.name.eq_ignore_ascii_case(name))
    }

    /// Tells the type of what an ARN names.
    pub fn of(arn: &str) -> Option<&'static ResourceType> {
        shareable::read(arn).and_then(|it| Self::named(it.ram_type()))
    }
}

/// Checks that the caller may share a resource: it is there, in the Region, and the caller's own.
///
/// # Errors
/// `MalformedArnException`, `UnknownResourceException`, and `NotModelled` for a kind that the sandbox does not share.
pub fn check(world: &World, caller: &Caller, arn: &str) -> Result<&'static ResourceType, AwsError> {
    let parts: Vec<&str> = arn.splitn(6, ':').collect();
    let ["arn", "aws", _, region, account, _] = parts[..] else {
        return Err(AwsError::new("MalformedArnException", format!("The resource ARN {arn} is malformed.")));
    };
    let shared = shareable::read(arn).ok_or_else(|| AwsError::not_modelled(format!("sharing {arn}")))?;
    let is_callers = region == caller.region && account == caller.account && shared.is_callers(world, caller);
    let kind = ResourceType::of(arn).filter(|_| is_callers);
    kind.ok_or_else(|| unknown(&format!("Resource {arn}")))
}

/// Reads the resource type that a caller names.
///
/// # Errors
/// `InvalidParameterException`; RAM's own code for it, `InvalidResourceTypeException`, is not in the model of every call.
pub fn read(name: &str) -> Result<&'static ResourceType, AwsError> {
    ResourceType::named(name).ok_or_else(|| invalid(format!("The resource type {name} is not valid.")))
}
