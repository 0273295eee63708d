//! What a scenario looks at: the calls that were made, and how far packets come.

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr};

use aws_sandbox::network::walk::{self, Path, Start};
use aws_sandbox::sandbox::LogEntry;
use aws_sandbox::seed::text;
use jiff::Unit;
use serde_json::json;

use super::script::{Failure, Play};

impl Play {
    /// Counts what the last run of transitd wrote. The order of writes that are sent together says nothing.
    pub(super) fn writes(&self) -> Result<String, Failure> {
        let counts = self.count(|entry| {
            (!entry.is_read())
                .then(|| format!("{} in {}: {}", entry.action, self.names.hide(&entry.account), entry.outcome))
        })?;
        Ok(if counts.is_empty() { "none\n".to_owned() } else { counts })
    }

    /// Counts all calls of the last run of transitd, whoever's account they were made in, and tells how long it took.
    pub(super) fn calls(&self) -> Result<String, Failure> {
        let counts = self.count(|entry| Some(format!("{}: {}", entry.action, entry.outcome)))?;
        Ok(format!("{counts}in {:#}\n", self.last_run.took.round(Unit::Second)?))
    }

    fn count(&self, name: impl Fn(&LogEntry) -> Option<String>) -> Result<String, Failure> {
        let sandbox = self.seed()?.lock();
        let mut counts: BTreeMap<String, usize> = BTreeMap::new();
        for name in sandbox.log()[self.last_run.calls.clone()].iter().filter_map(name) {
            *counts.entry(name).or_default() += 1;
        }
        Ok(counts.into_iter().map(|(name, count)| format!("{count} x {name}\n")).collect())
    }

    /// Follows a packet from the first subnet of each VPC to the tenth address of the other.
    pub(super) fn walk(&self, from: &str, to: &str) -> Result<String, Failure> {
        let mut lines = String::new();
        for (from, to) in [(from, to), (to, from)] {
            let (source, target) = (self.names.id(from)?, self.names.id(to)?);
            let subnet = self.first_subnet(from, &source)?;
            let address = self.address(to, &target)?;
            let path = walk::walk(&self.seed()?.lock().world, Start::Subnet(&subnet), address);
            let end = match path {
                Path::Delivered { vpc, .. } if vpc == target => "delivered".to_owned(),
                Path::Delivered { vpc, .. } => format!("delivered to {vpc}"),
                Path::Handed { attachment, .. } => format!("delivered to {attachment}"),
                Path::Left { gateway, .. } => format!("left by {gateway}"),
                Path::Dropped { at, why } => format!("dropped at {at}, {why:?}"),
            };
            lines.push_str(&format!("{from} -> {to}: {}\n", self.names.hide(&end)));
        }
        Ok(lines)
    }

    fn first_subnet(&self, name: &str, vpc: &str) -> Result<String, Failure> {
        let filters = json!([{ "Name": "vpc-id", "Values": [vpc] }]);
        let found = self.seed()?.ec2(&self.owner(name)?, "DescribeSubnets", json!({ "Filters": filters }));
        Ok(text(&found["Subnets"][0]["SubnetId"]))
    }

    fn address(&self, name: &str, vpc: &str) -> Result<IpAddr, Failure> {
        let found = self.seed()?.ec2(&self.owner(name)?, "DescribeVpcs", json!({ "VpcIds": [vpc] }));
        let range: ipnet::Ipv4Net = text(&found["Vpcs"][0]["CidrBlock"]).parse()?;
        Ok(IpAddr::V4(Ipv4Addr::from(u32::from(range.network()) + 10)))
    }
}
