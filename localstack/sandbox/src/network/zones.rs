//! Availability Zones.
//!
//! A zone's id (`use1-az1`) names the same place for everybody; its name (`us-east-1a`) is dealt out for each account
//! anew ("AZ IDs for your AWS resources"). So zones of two accounts are compared by id, never by name.

use super::filters::{Filter, Sieve, none};
use super::members::{answer, request};
use super::regions::{self, OptInStatus};
use super::resource::invalid_value;
use crate::call::{AwsError, Caller};
use crate::world::World;

/// A zone as one account calls it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Zone {
    pub name: String,
    pub id: String,
}

/// Lists the zones of a Region as an account calls them, in the order of their names.
///
/// # Errors
/// `InvalidParameterValue` for a Region that the sandbox does not have.
pub fn zones(account: &str, region: &str) -> Result<Vec<Zone>, AwsError> {
    let Some(count) = regions::zones(region) else {
        return Err(invalid_value(format!("The sandbox has no Region '{region}'")));
    };
    let code = code(region);
    // A shuffle that depends on the account and the Region alone.
    let mut dice = crate::random::Dice::of(&format!("{account}{region}"));
    let mut numbers: Vec<usize> = (1..=count).collect();
    for at in (1..numbers.len()).rev() {
        numbers.swap(at, (dice.next() % (at as u64 + 1)) as usize);
    }
    let names = ('a'..='z').map(|letter| format!("{region}{letter}"));
    Ok(names.zip(numbers).map(|(name, number)| Zone { name, id: format!("{code}-az{number}") }).collect())
}

/// Returns what an account calls the zone with an id.
pub fn name_of(account: &str, region: &str, id: &str) -> Option<String> {
    zones(account, region).ok()?.into_iter().find(|zone| zone.id == id).map(|zone| zone.name)
}

/// Abbreviates a Region as zone ids do: `us-east-1` to `use1`, `ap-southeast-2` to `apse2`.
fn code(region: &str) -> String {
    let mut parts = region.splitn(3, '-');
    let (area, side, number) = (parts.next(), parts.next(), parts.next());
    let side = match side.unwrap_or_default() {
        "northeast" => "ne",
        "southeast" => "se",
        other => other.get(..1).unwrap_or_default(),
    };
    format!("{}{side}{}", area.unwrap_or_default(), number.unwrap_or_default())
}

request! { "PascalCase"
    DescribeAvailabilityZones {
        filters: Vec<Filter>, zone_names: Vec<String>, zone_ids: Vec<String>, all_availability_zones: bool,
    }
}
answer! { "PascalCase"
    AvailabilityZone {
        zone_name: String, zone_id: String, region_name: String, state: &'static str, opt_in_status: OptInStatus,
        zone_type: &'static str, group_name: String, network_border_group: String,
    }
}
answer! { "PascalCase" AvailabilityZones { availability_zones: Vec<AvailabilityZone> } }

const ZONE_SIEVE: Sieve<AvailabilityZone> = Sieve {
    fields: &[
        ("group-name", |zone| vec![zone.group_name.clone()]),
        ("group-long-name", none),
        ("message", none),
        ("parent-zone-id", none),
        ("parent-zone-name", none),
        ("opt-in-status", |zone| vec![zone.opt_in_status.word().to_owned()]),
        ("region-name", |zone| vec![zone.region_name.clone()]),
        ("state", |zone| vec![zone.state.to_owned()]),
        ("zone-id", |zone| vec![zone.zone_id.clone()]),
        ("zone-name", |zone| vec![zone.zone_name.clone()]),
        ("zone-type", |zone| vec![zone.zone_type.to_owned()]),
    ],
    tags: None,
};

/// Lists the caller's zones. The sandbox has no Local Zones, so AllAvailabilityZones adds nothing.
pub fn describe_availability_zones(
    _world: &mut World,
    caller: &Caller,
    input: DescribeAvailabilityZones,
) -> Result<AvailabilityZones, AwsError> {
    ZONE_SIEVE.check(&input.filters)?;
    let zones = zones(&caller.account, &caller.region)?;
    if let Some(name) = input.zone_names.iter().find(|name| !zones.iter().any(|zone| zone.name == **name)) {
        return Err(invalid_value(format!("Invalid availability zone: [{name}]")));
    }
    if let Some(id) = input.zone_ids.iter().find(|id| !zones.iter().any(|zone| zone.id == **id)) {
        return Err(invalid_value(format!("Invalid availability zone-id: [{id}]")));
    }
    let named = |zone: &Zone| {
        (input.zone_names.is_empty() || input.zone_names.contains(&zone.name))
            && (input.zone_ids.is_empty() || input.zone_ids.contains(&zone.id))
    };
    let availability_zones = zones
        .into_iter()
        .filter(named)
        .map(|zone| AvailabilityZone {
            zone_name: zone.name,
            zone_id: zone.id,
            region_name: caller.region.clone(),
            state: "available",
            opt_in_status: OptInStatus::NotRequired,
            zone_type: "availability-zone",
            group_name: caller.region.clone(),
            network_border_group: caller.region.clone(),
        })
        .filter(|zone| ZONE_SIEVE.admits(&input.filters, zone))
        .collect();
    Ok(AvailabilityZones { availability_zones })
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn names_are_dealt_out_for_each_account_and_ids_are_the_same_places() {
        let ids =
            |account: &str| zones(account, "us-east-1").unwrap().into_iter().map(|zone| zone.id).collect::<Vec<_>>();
        let (one, two) = (ids("111111111111"), ids("222222222222"));
        assert_eq!(one, ids("111111111111"));
        assert_ne!(one, two);
        assert_eq!(one.iter().collect::<BTreeSet<_>>(), two.iter().collect::<BTreeSet<_>>());
        assert!(one.contains(&"use1-az6".to_owned()));
    }

    #[test]
    fn zone_ids_abbreviate_regions_as_aws_does() {
        for (region, short) in [("us-east-1", "use1"), ("ap-southeast-2", "apse2"), ("eu-central-1", "euc1")] {
            assert_eq!(code(region), short);
        }
    }
}
