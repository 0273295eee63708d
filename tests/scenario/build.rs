//! What a scenario's world is built of: accounts, VPCs, hubs, and what others attach.

use std::net::Ipv4Addr;

use aws_sandbox::seed::text;
use ipnet::Ipv4Net;
use serde_json::json;

use super::script::{Failure, Play};
use super::stage::EXTERNAL_ID;

impl Play {
    pub(super) fn account(&mut self, name: &str, path: Option<&str>) -> Result<(), Failure> {
        let unit = path.map(|path| self.unit(path)).transpose()?;
        let id = self.seed()?.account(name, unit.as_deref());
        self.names.0.insert(name.to_owned(), id);
        Ok(())
    }

    fn unit(&mut self, path: &str) -> Result<String, Failure> {
        let mut parent: Option<String> = None;
        let mut so_far = String::new();
        for part in path.split('/') {
            so_far.push_str(part);
            if !self.units.contains_key(&so_far) {
                let id = self.seed()?.unit(part, parent.as_deref());
                self.units.insert(so_far.clone(), id);
            }
            parent = self.units.get(&so_far).cloned();
            so_far.push('/');
        }
        parent.ok_or_else(|| "a unit needs a name".into())
    }

    pub(super) fn vpc(&mut self, name: &str, range: &str, tags: &[&str]) -> Result<(), Failure> {
        let mut tags = pairs(tags)?;
        tags.push(("Name", name));
        let id = self.seed()?.vpc(&self.owner(name)?, range, &tags);
        self.names.0.insert(name.to_owned(), id);
        Ok(())
    }

    /// Makes accounts with one small VPC each, numbered from 1 on: `spoke-1.main` is 10.0.1.0/24.
    pub(super) fn spokes(&mut self, number: u32, path: &str, role: &str, tags: &[&str]) -> Result<(), Failure> {
        for index in 1..=number {
            let (account, vpc) = (format!("spoke-{index}"), format!("spoke-{index}.main"));
            let range = Ipv4Net::new(Ipv4Addr::from(u32::from(Ipv4Addr::new(10, 0, 0, 0)) + (index << 8)), 24)?;
            self.account(&account, Some(path))?;
            self.role(&account, role, EXTERNAL_ID)?;
            self.vpc(&vpc, &range.to_string(), tags)?;
            self.subnet(&vpc, &range.to_string(), 1, &[("transitd", "attach")])?;
        }
        Ok(())
    }

    pub(super) fn subnet(&mut self, vpc: &str, range: &str, zone: usize, tags: &[(&str, &str)]) -> Result<(), Failure> {
        let id = self.seed()?.subnet(&self.owner(vpc)?, &self.names.id(vpc)?, range, zone, tags);
        self.names.0.insert(format!("{vpc}/{range}"), id);
        Ok(())
    }

    /// `billing.main` is a VPC of `billing`.
    pub(super) fn owner(&self, vpc: &str) -> Result<String, Failure> {
        let (account, _) = vpc.split_once('.').ok_or("a VPC is called ACCOUNT.NAME")?;
        Ok(self.names.id(account)?)
    }

    pub(super) fn role(&mut self, account: &str, role: &str, external_id: &str) -> Result<(), Failure> {
        self.seed()?.role(&self.names.id(account)?, role, &self.home, Some(external_id));
        Ok(())
    }

    pub(super) fn hub(&mut self, name: &str, defaults: &str) -> Result<(), Failure> {
        let options = json!({ "DefaultRouteTableAssociation": defaults, "DefaultRouteTablePropagation": defaults });
        let id = self.seed()?.transit_gateway_with(&self.home, options);
        let found = self.seed()?.ec2(&self.home, "DescribeTransitGateways", json!({ "TransitGatewayIds": [id] }));
        if let Some(table) = found["TransitGateways"][0]["Options"]["AssociationDefaultRouteTableId"].as_str() {
            self.names.0.insert(format!("{name}/default"), table.to_owned());
        }
        self.names.0.insert(name.to_owned(), id);
        Ok(())
    }

    pub(super) fn share(&self, hub: &str) -> Result<(), Failure> {
        self.seed()?.share(&self.home, &self.names.id(hub)?);
        Ok(())
    }

    pub(super) fn failing(&self, account: &str, fails: bool) -> Result<(), Failure> {
        let account = self.names.id(account)?;
        let failing = &mut self.seed()?.lock().world.network.switches.attachments_fail_in;
        if fails {
            failing.insert(account);
        } else {
            failing.remove(&account);
        }
        Ok(())
    }

    /// Names an attachment that others make, and what it leads to.
    pub(super) fn given(&mut self, name: &str, attachment: String, ranges: &[&str]) -> Result<(), Failure> {
        let ranges = ranges.iter().map(|range| many(range)).collect::<Result<Vec<_>, _>>()?.concat();
        self.seed()?.bring(&attachment, &ranges.iter().map(String::as_str).collect::<Vec<_>>());
        let asked = json!({ "TransitGatewayAttachmentIds": [attachment] });
        let shown = self.seed()?.ec2(&self.home, "DescribeTransitGatewayAttachments", asked);
        let resource = text(&shown["TransitGatewayAttachments"][0]["ResourceId"]);
        self.names.0.insert(format!("{name}/resource"), resource);
        self.names.0.insert(name.to_owned(), attachment);
        Ok(())
    }
}

/// Reads `KEY=VALUE …`.
pub(super) fn pairs<'a>(words: &[&'a str]) -> Result<Vec<(&'a str, &'a str)>, Failure> {
    words.iter().map(|word| word.split_once('=').ok_or_else(|| format!("'{word}' is no KEY=VALUE").into())).collect()
}

/// Reads a range, or many: `172.16.0.0/24+3` are 172.16.0.0/24 and the two after it.
fn many(text: &str) -> Result<Vec<String>, Failure> {
    let Some((first, number)) = text.split_once('+') else { return Ok(vec![text.to_owned()]) };
    let first: Ipv4Net = first.parse()?;
    let size = 1_u32 << (32 - u32::from(first.prefix_len()));
    let nth = |index: u32| Ipv4Addr::from(u32::from(first.network()) + index * size);
    Ok((0..number.parse()?).map(|index| format!("{}/{}", nth(index), first.prefix_len())).collect())
}
