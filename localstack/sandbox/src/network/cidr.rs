//! Ranges of addresses as EC2 takes them.

use std::net::IpAddr;

use ipnet::IpNet;

use super::resource::invalid_value;
use crate::call::AwsError;

/// Reads a range; bits beyond the prefix are cleared, as CreateRoute does with "100.68.0.18/18".
///
/// # Errors
/// `InvalidParameterValue`, naming the member.
pub fn normalised(name: &str, text: &str) -> Result<IpNet, AwsError> {
    read(name, text).map(|net| net.trunc())
}

/// Reads a range that must be written with no bits beyond the prefix: how routes are named once they exist.
///
/// # Errors
/// `InvalidParameterValue`, naming the member.
pub fn read(name: &str, text: &str) -> Result<IpNet, AwsError> {
    text.parse().map_err(|_| {
        invalid_value(format!("Value ({text}) for parameter {name} is invalid. This is not a valid CIDR block."))
    })
}

/// Tells whether two ranges share an address.
pub fn overlap(one: &IpNet, other: &IpNet) -> bool {
    one.contains(other) || other.contains(one)
}

/// Picks the longest prefix that holds an address.
pub fn longest<'a, T>(address: IpAddr, routes: impl Iterator<Item = (&'a IpNet, T)>) -> Option<(&'a IpNet, T)> {
    routes.filter(|(net, _)| net.contains(&address)).max_by_key(|(net, _)| net.prefix_len())
}

/// Writes a range so that text sorts as ranges do.
pub fn sort_key(range: &IpNet) -> String {
    match range {
        IpNet::V4(net) => format!("4{:08x}/{:03}", u32::from(net.addr()), net.prefix_len()),
        IpNet::V6(net) => format!("6{:032x}/{:03}", u128::from(net.addr()), net.prefix_len()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn host_bits_are_cleared_and_nonsense_is_refused() {
        assert_eq!(normalised("destinationCidrBlock", "100.68.0.18/18").unwrap().to_string(), "100.68.0.0/18");
        assert_eq!(normalised("x", "2001:db8::1/64").unwrap().to_string(), "2001:db8::/64");
        for text in ["10.0.0.0", "10.0.0.0/33", "", "ten/8"] {
            assert_eq!(normalised("x", text).unwrap_err().code, "InvalidParameterValue", "{text}");
        }
    }

    #[test]
    fn ranges_overlap_when_one_holds_the_other() {
        let net = |text: &str| text.parse::<IpNet>().unwrap();
        assert!(overlap(&net("10.0.0.0/8"), &net("10.1.0.0/16")));
        assert!(overlap(&net("10.1.0.0/16"), &net("10.0.0.0/8")));
        assert!(!overlap(&net("10.0.0.0/16"), &net("10.1.0.0/16")));
        assert!(!overlap(&net("0.0.0.0/0"), &net("::/0")));
    }
}
