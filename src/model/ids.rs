//! The names of things: AWS's ids and our own names, each a type of its own, checked when it is read.
//!
//! A value of one of these types is well formed. Whether such a thing exists is what a snapshot says.

/// Tells why a text is not a well-formed name: a lower-case sentence that fits behind "`text`: ".
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Malformed(pub String);

/// Makes types of checked text. Others make their own with it, for what only they know.
macro_rules! names {
    ($($(#[$doc:meta])* $name:ident: $check:expr, $want:literal;)*) => {$(
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(std::sync::Arc<str>);

        impl $name {
            /// Returns the text as AWS or the config file writes it.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::model::Malformed;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                let check: fn(&str) -> bool = $check;
                if check(text) { Ok(Self(text.into())) } else { Err($crate::model::Malformed(format!("expected {}", $want))) }
            }
        }

        impl TryFrom<String> for $name {
            type Error = $crate::model::Malformed;

            fn try_from(text: String) -> Result<Self, Self::Error> {
                text.parse()
            }
        }

        impl From<$name> for String {
            fn from(name: $name) -> String {
                name.0.as_ref().to_owned()
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(&self.0)
            }
        }

        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&self.0)
            }
        }
    )*};
}

pub(crate) use names;

names! {
    /// A 12-digit AWS account id.
    AccountId: |text| text.len() == 12 && text.bytes().all(|b| b.is_ascii_digit()), "12 digits";
    /// An organization's id: `o-` and 10 to 32 lower-case letters or digits.
    OrganizationId: |text| after(text, "o-", 10..=32, is_lower_alphanumeric), "an organization id, such as o-a1b2c3d4e5";
    /// A region's name: `eu-west-1`.
    Region: is_region, "a region, such as eu-west-1";
    /// A VPC's id.
    VpcId: |text| ec2_id(text, "vpc-"), "a VPC id, such as vpc-0123456789abcdef0";
    /// A subnet's id.
    SubnetId: |text| ec2_id(text, "subnet-"), "a subnet id, such as subnet-0123456789abcdef0";
    /// The id of a VPC's route table.
    RouteTableId: |text| ec2_id(text, "rtb-"), "a route table id, such as rtb-0123456789abcdef0";
    /// A transit gateway's id.
    TransitGatewayId: |text| ec2_id(text, "tgw-") && !text.starts_with("tgw-rtb-") && !text.starts_with("tgw-attach-"), "a transit gateway id, such as tgw-0123456789abcdef0";
    /// The id of a transit gateway route table.
    TransitGatewayRouteTableId: |text| ec2_id(text, "tgw-rtb-"), "a transit gateway route table id, such as tgw-rtb-0123456789abcdef0";
    /// The id of a transit gateway attachment, of whatever type.
    AttachmentId: |text| ec2_id(text, "tgw-attach-"), "an attachment id, such as tgw-attach-0123456789abcdef0";
    /// A prefix list's id.
    PrefixListId: |text| ec2_id(text, "pl-"), "a prefix list id, such as pl-0123456789abcdef0";
    /// The id of an availability zone, the same in every account: `euw1-az1`.
    ZoneId: |text| (1..=64).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-'), "an availability zone id, such as euw1-az1";
    /// The name of one declared network; what transitd makes is tagged with it.
    NetworkName: is_name, "1 to 64 lower-case letters, digits or dashes, beginning with a letter";
    /// A hub's name in the config file.
    HubName: is_name, "1 to 64 lower-case letters, digits or dashes, beginning with a letter";
    /// A segment's name in the config file.
    SegmentName: is_name, "1 to 64 lower-case letters, digits or dashes, beginning with a letter";
    /// The name of an IAM role, with its path if it has one, without the `role/` in front.
    RoleName: |text| (1..=512).contains(&text.len()) && text.rsplit('/').next().is_some_and(|name| (1..=64).contains(&name.len())) && text.bytes().all(|b| b.is_ascii_alphanumeric() || b"+=,.@_-/".contains(&b)) && !text.starts_with('/'), "a role's name: at most 64 letters, digits or + = , . @ _ -";
    /// A path of organizational units by name, from below the root: `Workloads/Prod`. The root itself is `/`.
    OuPath: |text| text == "/" || (!text.is_empty() && text.split('/').all(|part| !part.trim().is_empty() && part.len() <= 128)), "organizational units by name, such as Workloads/Prod, or / for the root";
}

impl RoleName {
    /// Returns the name by which IAM is asked for the role: the path, if there is one, is no part of it.
    pub fn without_path(&self) -> &str {
        self.as_str().rsplit('/').next().unwrap_or_default()
    }
}

impl OuPath {
    /// Returns the root's path.
    pub fn root() -> Self {
        Self("/".into())
    }

    /// Returns the path of the unit `name` directly below this one.
    pub fn child(&self, name: &str) -> Self {
        if self.as_str() == "/" { Self(name.into()) } else { Self(format!("{self}/{name}").into()) }
    }

    /// Tells whether `other` is this unit or lies below it.
    pub fn covers(&self, other: &OuPath) -> bool {
        self.as_str() == "/"
            || other.as_str() == self.as_str()
            || other.as_str().strip_prefix(self.as_str()).is_some_and(|rest| rest.starts_with('/'))
    }
}

impl Region {
    /// Returns the partition that the region belongs to, as ARNs name it.
    pub fn partition(&self) -> &'static str {
        match self.as_str() {
            china if china.starts_with("cn-") => "aws-cn",
            gov if gov.starts_with("us-gov-") => "aws-us-gov",
            _ => "aws",
        }
    }
}

fn after(text: &str, prefix: &str, length: std::ops::RangeInclusive<usize>, each: fn(u8) -> bool) -> bool {
    text.strip_prefix(prefix).is_some_and(|rest| length.contains(&rest.len()) && rest.bytes().all(each))
}

fn is_lower_alphanumeric(byte: u8) -> bool {
    byte.is_ascii_lowercase() || byte.is_ascii_digit()
}

/// EC2's ids are hexadecimal, 8 or 17 digits; a few letters more are let through, since AWS promises no form.
fn ec2_id(text: &str, prefix: &str) -> bool {
    after(text, prefix, 1..=64, |b| b.is_ascii_alphanumeric() || b == b'-')
}

fn is_region(text: &str) -> bool {
    let parts: Vec<&str> = text.split('-').collect();
    parts.len() >= 3
        && text.len() <= 32
        && parts.iter().all(|part| !part.is_empty() && part.bytes().all(is_lower_alphanumeric))
        && parts.last().is_some_and(|last| last.bytes().all(|b| b.is_ascii_digit()))
}

fn is_name(text: &str) -> bool {
    (1..=64).contains(&text.len())
        && text.starts_with(|c: char| c.is_ascii_lowercase())
        && text.bytes().all(|b| is_lower_alphanumeric(b) || b == b'-')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_of_one_kind_is_not_taken_for_another() {
        assert!("tgw-0123456789abcdef0".parse::<TransitGatewayId>().is_ok());
        assert!("tgw-rtb-0123456789abcdef0".parse::<TransitGatewayId>().is_err());
        assert!("tgw-attach-0123456789abcdef0".parse::<TransitGatewayId>().is_err());
        assert!("rtb-0123456789abcdef0".parse::<TransitGatewayRouteTableId>().is_err());
        assert!("vpc-".parse::<VpcId>().is_err());
        assert!("11111111111".parse::<AccountId>().is_err());
        assert!("eu-west".parse::<Region>().is_err());
    }

    #[test]
    fn a_role_is_asked_for_without_its_path() {
        let name = |text: &str| text.parse::<RoleName>().unwrap().without_path().to_owned();
        assert_eq!(name("transitd-member"), "transitd-member");
        assert_eq!(name("aws-service-role/transitgateway.amazonaws.com/Linked"), "Linked");
    }

    #[test]
    fn an_ou_covers_itself_and_what_lies_below_but_not_a_longer_name() {
        let workloads: OuPath = "Workloads".parse().unwrap();
        assert!(workloads.covers(&workloads));
        assert!(workloads.covers(&workloads.child("Prod")));
        assert!(!workloads.covers(&"WorkloadsOld".parse().unwrap()));
        assert!(!workloads.child("Prod").covers(&workloads));
        assert!(OuPath::root().covers(&workloads));
        assert_eq!(OuPath::root().child("Workloads"), workloads);
    }
}
