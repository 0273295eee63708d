//! Address ranges, always in their normal form: no host bits set.
//!
//! AWS rewrites a CIDR with host bits to its network address when a route is made, and wants it exactly as stored
//! when the route is changed (EC2 API reference, CreateRoute); a normal form makes comparison plain equality.

use core::net::{Ipv4Addr, Ipv6Addr};
use std::fmt;
use std::str::FromStr;

use ipnet::{IpNet, Ipv4Net, Ipv6Net};
use serde::{Deserialize, Serialize};

use super::ids::Malformed;

/// An IPv4 or IPv6 range without host bits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Cidr(IpNet);

impl Cidr {
    /// `0.0.0.0/0`.
    pub const EVERY_IPV4: Cidr = Cidr(IpNet::V4(Ipv4Net::new_assert(Ipv4Addr::UNSPECIFIED, 0)));
    /// `::/0`.
    pub const EVERY_IPV6: Cidr = Cidr(IpNet::V6(Ipv6Net::new_assert(Ipv6Addr::UNSPECIFIED, 0)));

    /// Reads a range as AWS answers it, dropping host bits.
    ///
    /// # Errors
    /// When the text is no CIDR at all.
    pub fn normalised(text: &str) -> Result<Self, Malformed> {
        let net: IpNet = text.parse().map_err(|_| Malformed("expected a CIDR, such as 10.0.0.0/16".to_owned()))?;
        Ok(Self(net.trunc()))
    }

    /// Tells whether every address of `other` is in this range.
    pub fn contains(&self, other: &Cidr) -> bool {
        self.0.contains(&other.0)
    }

    /// Tells whether some address is in both ranges.
    pub fn overlaps(&self, other: &Cidr) -> bool {
        self.contains(other) || other.contains(self)
    }

    /// Tells whether the range is all addresses of its family.
    pub fn is_everything(&self) -> bool {
        self.0.prefix_len() == 0
    }

    /// Tells whether the range is of IPv6.
    pub fn is_ipv6(&self) -> bool {
        matches!(self.0, IpNet::V6(_))
    }

    /// Tells whether every address of `range` is in one of `ranges`, whose pieces may be smaller than it.
    pub fn is_covered_by(&self, ranges: &[Cidr]) -> bool {
        if ranges.iter().any(|range| range.contains(self)) {
            return true;
        }
        if !ranges.iter().any(|range| self.contains(range)) {
            return false;
        }
        self.halves().is_some_and(|halves| halves.iter().all(|half| half.is_covered_by(ranges)))
    }

    /// Returns what is left of this range without others, in as few ranges as can be, in order.
    pub fn without<'a>(&self, others: impl IntoIterator<Item = &'a Cidr>) -> Vec<Cidr> {
        let others: Vec<Cidr> = others.into_iter().copied().filter(|other| other.overlaps(self)).collect();
        if others.is_empty() {
            return vec![*self];
        }
        if others.iter().any(|other| other.contains(self)) {
            return Vec::new();
        }
        self.halves().into_iter().flatten().flat_map(|half| half.without(&others)).collect()
    }

    /// Returns the addresses that are in both ranges: of two that meet, one lies within the other.
    pub fn common(&self, other: &Cidr) -> Option<Cidr> {
        if self.contains(other) {
            return Some(*other);
        }
        other.contains(self).then_some(*self)
    }

    fn halves(&self) -> Option<[Cidr; 2]> {
        let mut halves = self.0.subnets(self.0.prefix_len().checked_add(1)?).ok()?;
        Some([Cidr(halves.next()?), Cidr(halves.next()?)])
    }
}

impl FromStr for Cidr {
    type Err = Malformed;

    /// Reads a range as a person wrote it: host bits are a mistake, and the message says what was probably meant.
    fn from_str(text: &str) -> Result<Self, Malformed> {
        let normal = Self::normalised(text)?;
        if text.parse::<IpNet>().is_ok_and(|net| net == normal.0) {
            Ok(normal)
        } else {
            Err(Malformed(format!("has host bits set; the range is {normal}")))
        }
    }
}

impl TryFrom<String> for Cidr {
    type Error = Malformed;

    fn try_from(text: String) -> Result<Self, Malformed> {
        Self::normalised(&text)
    }
}

impl From<Cidr> for String {
    fn from(cidr: Cidr) -> String {
        cidr.to_string()
    }
}

impl fmt::Display for Cidr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0.to_string())
    }
}

impl fmt::Debug for Cidr {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cidr(text: &str) -> Cidr {
        text.parse().unwrap()
    }

    #[test]
    fn host_bits_are_a_mistake_in_the_file_and_dropped_in_an_answer() {
        assert_eq!(
            "10.1.2.3/16".parse::<Cidr>().unwrap_err().to_string(),
            "has host bits set; the range is 10.1.0.0/16"
        );
        assert_eq!(Cidr::normalised("10.1.2.3/16").unwrap(), cidr("10.1.0.0/16"));
    }

    #[test]
    fn ranges_overlap_when_one_holds_the_other_and_families_never_meet() {
        assert!(cidr("10.0.0.0/8").overlaps(&cidr("10.1.0.0/16")));
        assert!(cidr("10.1.0.0/16").overlaps(&cidr("10.0.0.0/8")));
        assert!(!cidr("10.1.0.0/16").overlaps(&cidr("10.2.0.0/16")));
        assert!(!cidr("::/0").overlaps(&cidr("0.0.0.0/0")));
    }

    #[test]
    fn what_is_left_of_a_range_is_what_the_holes_do_not_take() {
        let left = cidr("10.0.0.0/8").without(&[cidr("10.128.0.0/9"), cidr("10.64.0.0/10"), cidr("192.168.0.0/16")]);
        assert_eq!(left, [cidr("10.0.0.0/10")]);
        assert_eq!(cidr("10.1.0.0/16").without(&[cidr("10.0.0.0/8")]), []);
        assert_eq!(cidr("10.1.0.0/16").without(&[cidr("::/0")]), [cidr("10.1.0.0/16")]);
        assert_eq!(cidr("10.0.0.0/31").without(&[cidr("10.0.0.1/32")]), [cidr("10.0.0.0/32")]);
    }

    #[test]
    fn what_two_ranges_share_is_the_smaller_one_or_nothing() {
        assert_eq!(cidr("10.0.0.0/8").common(&cidr("10.1.0.0/16")), Some(cidr("10.1.0.0/16")));
        assert_eq!(cidr("10.1.0.0/16").common(&cidr("10.0.0.0/8")), Some(cidr("10.1.0.0/16")));
        assert_eq!(cidr("10.1.0.0/16").common(&cidr("10.2.0.0/16")), None);
    }

    #[test]
    fn a_range_can_be_covered_by_smaller_ones_together() {
        assert!(cidr("10.0.0.0/8").is_covered_by(&[cidr("10.0.0.0/9"), cidr("10.128.0.0/9")]));
        assert!(!cidr("10.0.0.0/8").is_covered_by(&[cidr("10.0.0.0/9"), cidr("10.128.0.0/10")]));
        assert!(cidr("10.3.0.0/16").is_covered_by(&[cidr("10.0.0.0/8")]));
        assert!(!cidr("10.3.0.0/16").is_covered_by(&[]));
        assert!(cidr("10.0.0.1/32").is_covered_by(&[cidr("10.0.0.0/31")]));
    }

    #[test]
    fn a_range_without_others_is_what_is_left_of_it() {
        let left = |range: &str, others: &[&str]| -> Vec<String> {
            let others: Vec<Cidr> = others.iter().map(|other| cidr(other)).collect();
            cidr(range).without(&others).iter().map(ToString::to_string).collect()
        };
        assert_eq!(left("10.0.0.0/16", &["10.1.0.0/16"]), ["10.0.0.0/16"]);
        assert_eq!(left("10.0.0.0/16", &["10.0.64.0/18", "::/0"]), ["10.0.0.0/18", "10.0.128.0/17"]);
        assert_eq!(left("10.0.0.0/16", &["10.0.0.0/17", "10.0.192.0/18"]), ["10.0.128.0/18"]);
        assert_eq!(left("10.0.0.0/16", &["10.0.0.0/8"]), Vec::<String>::new());
        assert_eq!(left("10.0.0.0/16", &["10.0.0.0/17", "10.0.128.0/17"]), Vec::<String>::new());
        assert_eq!(left("10.0.0.4/31", &["10.0.0.5/32"]), ["10.0.0.4/32"]);
    }
}
