//! The kinds of resources: how their ids look, what tags call them, and how EC2 says that one is not there.

use crate::call::AwsError;
use crate::random::Dice;

/// A kind of resource with an id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    CustomerGateway,
    DhcpOptions,
    EgressOnlyInternetGateway,
    ElasticIp,
    InternetGateway,
    NatGateway,
    NetworkAcl,
    NetworkInterface,
    PrefixList,
    RouteTable,
    SecurityGroup,
    Subnet,
    TransitGateway,
    TransitGatewayAttachment,
    TransitGatewayConnectPeer,
    TransitGatewayRouteTable,
    Vpc,
    VpcPeeringConnection,
    VpnConnection,
}

impl Kind {
    pub const ALL: [Kind; 19] = [
        Kind::CustomerGateway,
        Kind::DhcpOptions,
        Kind::EgressOnlyInternetGateway,
        Kind::ElasticIp,
        Kind::InternetGateway,
        Kind::NatGateway,
        Kind::NetworkAcl,
        Kind::NetworkInterface,
        Kind::PrefixList,
        Kind::RouteTable,
        Kind::SecurityGroup,
        Kind::Subnet,
        Kind::TransitGateway,
        Kind::TransitGatewayAttachment,
        Kind::TransitGatewayConnectPeer,
        Kind::TransitGatewayRouteTable,
        Kind::Vpc,
        Kind::VpcPeeringConnection,
        Kind::VpnConnection,
    ];

    fn prefix(self) -> &'static str {
        match self {
            Kind::CustomerGateway => "cgw",
            Kind::DhcpOptions => "dopt",
            Kind::EgressOnlyInternetGateway => "eigw",
            Kind::ElasticIp => "eipalloc",
            Kind::InternetGateway => "igw",
            Kind::NatGateway => "nat",
            Kind::NetworkAcl => "acl",
            Kind::NetworkInterface => "eni",
            Kind::PrefixList => "pl",
            Kind::RouteTable => "rtb",
            Kind::SecurityGroup => "sg",
            Kind::Subnet => "subnet",
            Kind::TransitGateway => "tgw",
            Kind::TransitGatewayAttachment => "tgw-attach",
            Kind::TransitGatewayConnectPeer => "tgw-connect-peer",
            Kind::TransitGatewayRouteTable => "tgw-rtb",
            Kind::Vpc => "vpc",
            Kind::VpcPeeringConnection => "pcx",
            Kind::VpnConnection => "vpn",
        }
    }

    /// Returns the resource type as TagSpecifications, DescribeTags and ARNs write it.
    pub fn tag_type(self) -> &'static str {
        match self {
            Kind::CustomerGateway => "customer-gateway",
            Kind::DhcpOptions => "dhcp-options",
            Kind::EgressOnlyInternetGateway => "egress-only-internet-gateway",
            Kind::ElasticIp => "elastic-ip",
            Kind::InternetGateway => "internet-gateway",
            Kind::NatGateway => "natgateway",
            Kind::NetworkAcl => "network-acl",
            Kind::NetworkInterface => "network-interface",
            Kind::PrefixList => "prefix-list",
            Kind::RouteTable => "route-table",
            Kind::SecurityGroup => "security-group",
            Kind::Subnet => "subnet",
            Kind::TransitGateway => "transit-gateway",
            Kind::TransitGatewayAttachment => "transit-gateway-attachment",
            Kind::TransitGatewayConnectPeer => "transit-gateway-connect-peer",
            Kind::TransitGatewayRouteTable => "transit-gateway-route-table",
            Kind::Vpc => "vpc",
            Kind::VpcPeeringConnection => "vpc-peering-connection",
            Kind::VpnConnection => "vpn-connection",
        }
    }

    pub fn new_id(self, dice: &mut Dice) -> String {
        dice.id(self.prefix())
    }

    pub fn arn(self, region: &str, account: &str, id: &str) -> String {
        format!("arn:aws:ec2:{region}:{account}:{}/{id}", self.tag_type())
    }

    /// Tells the kind from an id's prefix.
    pub fn of(id: &str) -> Option<Kind> {
        Kind::ALL.into_iter().find(|kind| kind.is_well_formed(id))
    }

    fn is_well_formed(self, id: &str) -> bool {
        // EC2 still takes the short ids of before 2018.
        id.strip_prefix(self.prefix()).and_then(|rest| rest.strip_prefix('-')).is_some_and(|digits| {
            matches!(digits.len(), 8 | 17) && digits.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
        })
    }

    /// Checks that an id looks like one of this kind.
    ///
    /// # Errors
    /// `Invalid…ID.Malformed`.
    pub fn check(self, id: &str) -> Result<(), AwsError> {
        if self.is_well_formed(id) {
            return Ok(());
        }
        let code = format!("{}{}Malformed", self.malformed_stem(), self.dot());
        Err(AwsError::new(code, format!("Invalid id: \"{id}\"")))
    }

    /// Returns what stands between stem and fault: EC2 writes `NatGatewayNotFound`.
    fn dot(self) -> &'static str {
        if self == Kind::NatGateway { "" } else { "." }
    }

    fn stem(self) -> &'static str {
        match self {
            Kind::CustomerGateway => "InvalidCustomerGatewayID",
            Kind::DhcpOptions => "InvalidDhcpOptionID",
            Kind::EgressOnlyInternetGateway => "InvalidGatewayID",
            Kind::ElasticIp => "InvalidAllocationID",
            Kind::InternetGateway => "InvalidInternetGatewayID",
            Kind::NatGateway => "NatGateway",
            Kind::NetworkAcl => "InvalidNetworkAclID",
            Kind::NetworkInterface => "InvalidNetworkInterfaceID",
            Kind::PrefixList => "InvalidPrefixListID",
            Kind::RouteTable | Kind::TransitGatewayRouteTable => "InvalidRouteTableID",
            Kind::SecurityGroup => "InvalidGroup",
            Kind::Subnet => "InvalidSubnetID",
            Kind::TransitGateway => "InvalidTransitGatewayID",
            Kind::TransitGatewayAttachment => "InvalidTransitGatewayAttachmentID",
            Kind::TransitGatewayConnectPeer => "InvalidTransitGatewayConnectPeerID",
            Kind::Vpc => "InvalidVpcID",
            Kind::VpcPeeringConnection => "InvalidVpcPeeringConnectionID",
            Kind::VpnConnection => "InvalidVpnConnectionID",
        }
    }

    /// EC2 writes `InvalidRouteTableId.Malformed`, with a small d, for tables of both kinds, and of some other kinds.
    fn malformed_stem(self) -> &'static str {
        match self {
            Kind::RouteTable | Kind::TransitGatewayRouteTable => "InvalidRouteTableId",
            Kind::PrefixList => "InvalidPrefixListId",
            Kind::CustomerGateway => "InvalidCustomerGatewayId",
            Kind::DhcpOptions => "InvalidDhcpOptionsId",
            Kind::EgressOnlyInternetGateway => "InvalidEgressOnlyInternetGatewayId",
            Kind::NetworkAcl => "InvalidNetworkAclId",
            Kind::SecurityGroup => "InvalidGroupId",
            Kind::NetworkInterface => "InvalidNetworkInterfaceId",
            Kind::VpcPeeringConnection => "InvalidVpcPeeringConnectionId",
            Kind::ElasticIp
            | Kind::InternetGateway
            | Kind::NatGateway
            | Kind::Subnet
            | Kind::TransitGateway
            | Kind::TransitGatewayAttachment
            | Kind::TransitGatewayConnectPeer
            | Kind::Vpc
            | Kind::VpnConnection => self.stem(),
        }
    }

    /// Makes the error for an id that does not exist, or that the caller may not see.
    pub fn not_found(self, id: &str) -> AwsError {
        let message = match self {
            Kind::CustomerGateway => format!("The customerGateway ID '{id}' does not exist"),
            Kind::DhcpOptions => format!("The dhcpOption ID '{id}' does not exist"),
            Kind::EgressOnlyInternetGateway => format!("The eigw ID '{id}' does not exist"),
            Kind::ElasticIp => format!("The allocation ID '{id}' does not exist"),
            Kind::InternetGateway => format!("The internetGateway ID '{id}' does not exist"),
            Kind::NatGateway => format!("NAT gateway {id} was not found"),
            Kind::NetworkAcl => format!("The networkAcl ID '{id}' does not exist"),
            Kind::NetworkInterface => format!("The networkInterface ID '{id}' does not exist"),
            Kind::PrefixList => format!("The prefix list ID '{id}' does not exist"),
            Kind::RouteTable => format!("The routeTable ID '{id}' does not exist"),
            Kind::SecurityGroup => format!("The security group '{id}' does not exist"),
            Kind::Subnet => format!("The subnet ID '{id}' does not exist"),
            Kind::TransitGateway => format!("Transit Gateway {id} was deleted or does not exist."),
            Kind::TransitGatewayAttachment => {
                format!("Transit Gateway Attachment {id} was deleted or does not exist.")
            }
            Kind::TransitGatewayConnectPeer => {
                format!("Transit Gateway Connect Peer {id} was deleted or does not exist.")
            }
            Kind::TransitGatewayRouteTable => {
                format!("Transit Gateway Route Table {id} was deleted or does not exist.")
            }
            Kind::Vpc => format!("The vpc ID '{id}' does not exist"),
            Kind::VpcPeeringConnection => format!("The vpcPeeringConnection ID '{id}' does not exist"),
            Kind::VpnConnection => format!("The vpnConnection ID '{id}' does not exist"),
        };
        AwsError::new(format!("{}{}NotFound", self.stem(), self.dot()), message)
    }
}

/// Makes the error for a resource whose state does not allow the call.
pub fn incorrect_state(id: &str) -> AwsError {
    AwsError::new("IncorrectState", format!("{id} is in invalid state"))
}

/// Makes the error for a resource that the caller can see but not act on.
///
/// EC2's documentation does not say which code it sends here.
pub fn not_authorized() -> AwsError {
    AwsError::new("UnauthorizedOperation", "You are not authorized to perform this operation.").with_status(403)
}

/// Checks that an account is named by its twelve digits.
///
/// # Errors
/// `InvalidParameterValue`, naming the member.
pub fn check_account_id(name: &str, id: &str) -> Result<(), AwsError> {
    if crate::identity::is_account_id(id) {
        return Ok(());
    }
    Err(invalid_value(format!("Value ({id}) for parameter {name} is invalid. An account has an id of 12 digits.")))
}

pub fn invalid_value(message: impl Into<String>) -> AwsError {
    AwsError::new("InvalidParameterValue", message)
}

pub fn missing(name: &str) -> AwsError {
    AwsError::new("MissingParameter", format!("The request must contain the parameter {name}"))
}

pub fn invalid_combination(message: impl Into<String>) -> AwsError {
    AwsError::new("InvalidParameterCombination", message)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_is_told_from_its_own_ids_and_no_other() {
        let mut dice = Dice::new(7);
        for kind in Kind::ALL {
            let id = kind.new_id(&mut dice);
            assert_eq!(Kind::of(&id), Some(kind), "{id}");
            assert!(kind.check(&id).is_ok());
            for other in Kind::ALL.into_iter().filter(|other| *other != kind) {
                assert!(other.check(&id).is_err(), "{id} is no {other:?}");
            }
        }
    }

    #[test]
    fn a_malformed_route_table_id_has_the_small_d() {
        let error = Kind::TransitGatewayRouteTable.check("tgw-rtb-zzz").unwrap_err();
        assert_eq!(error.code, "InvalidRouteTableId.Malformed");
        assert_eq!(Kind::Vpc.check("vpc").unwrap_err().code, "InvalidVpcID.Malformed");
    }
}
