//! Regions: those that every account has, and those that an account has to opt into first.
//!
//! A call to a Region that its account has not opted into is refused as if nobody had the key (seen in
//! turbot/steampipe-plugin-aws#75 and fog/fog-aws#585), and so is one to a Region that there is not, in words of its own
//! (STS: seen in terraform-provider-aws#34865). IAM and Organizations have no Regions. Opting in is a call of AWS's
//! service `account`, which is not modelled: [`opt`] does it.

use super::filters::{Filter, Sieve};
use super::members::{answer, request, words};
use super::resource::invalid_value;
use crate::call::{AccountId, AwsError, Caller, Service};
use crate::world::World;

/// A Region, with the number of zones that the sandbox gives it, and whether it needs opting in.
struct Region {
    name: &'static str,
    zones: usize,
    opt_in: bool,
}

const fn open(name: &'static str, zones: usize) -> Region {
    Region { name, zones, opt_in: false }
}

const fn closed(name: &'static str) -> Region {
    Region { name, zones: 3, opt_in: true }
}

const REGIONS: [Region; 34] = [
    closed("af-south-1"),
    closed("ap-east-1"),
    closed("ap-east-2"),
    open("ap-northeast-1", 3),
    open("ap-northeast-2", 4),
    open("ap-northeast-3", 3),
    open("ap-south-1", 3),
    closed("ap-south-2"),
    open("ap-southeast-1", 3),
    open("ap-southeast-2", 3),
    closed("ap-southeast-3"),
    closed("ap-southeast-4"),
    closed("ap-southeast-5"),
    closed("ap-southeast-6"),
    closed("ap-southeast-7"),
    open("ca-central-1", 3),
    closed("ca-west-1"),
    open("eu-central-1", 3),
    closed("eu-central-2"),
    open("eu-north-1", 3),
    closed("eu-south-1"),
    closed("eu-south-2"),
    open("eu-west-1", 3),
    open("eu-west-2", 3),
    open("eu-west-3", 3),
    closed("il-central-1"),
    closed("me-central-1"),
    closed("me-south-1"),
    closed("mx-central-1"),
    open("sa-east-1", 3),
    open("us-east-1", 6),
    open("us-east-2", 3),
    open("us-west-1", 3),
    open("us-west-2", 4),
];

words! {
    OptInStatus { NotRequired = "opt-in-not-required", OptedIn = "opted-in", NotOptedIn = "not-opted-in" }
}

fn find(name: &str) -> Option<&'static Region> {
    REGIONS.iter().find(|it| it.name == name)
}

/// Lists the names of all Regions.
pub fn names() -> impl Iterator<Item = &'static str> {
    REGIONS.iter().map(|it| it.name)
}

/// Counts the zones of a Region.
pub fn zones(name: &str) -> Option<usize> {
    find(name).map(|it| it.zones)
}

/// Tells how an account stands to a Region; none for a Region that there is not.
pub fn status(world: &World, account: &str, name: &str) -> Option<OptInStatus> {
    let region = find(name)?;
    let opted_in = || world.network.opted_in.contains(&(account.to_owned(), name.to_owned()));
    Some(match region.opt_in {
        false => OptInStatus::NotRequired,
        true if opted_in() => OptInStatus::OptedIn,
        true => OptInStatus::NotOptedIn,
    })
}

/// Lets an account have a Region that needs opting in, or takes it away again; what is there stays, out of reach.
///
/// # Errors
/// `InvalidParameterValue` for a Region that needs no opting in, or that there is not.
pub fn opt(world: &mut World, account: &str, name: &str, enabled: bool) -> Result<(), AwsError> {
    if !find(name).is_some_and(|it| it.opt_in) {
        return Err(invalid_value(format!("'{name}' is no Region that needs opting in")));
    }
    let place: (AccountId, String) = (account.to_owned(), name.to_owned());
    if enabled {
        world.network.opted_in.insert(place);
    } else {
        world.network.opted_in.remove(&place);
    }
    Ok(())
}

/// Makes the error for a Region that there is not.
pub fn unknown(service: Service) -> AwsError {
    let code = match service {
        Service::Ec2 => return AwsError::new("AuthFailure", MESSAGE).with_status(401),
        Service::Iam | Service::Sns | Service::Sts => "SignatureDoesNotMatch",
        Service::Organizations | Service::Ram => "InvalidSignatureException",
    };
    AwsError::new(code, MESSAGE).with_status(403)
}

const MESSAGE: &str = "Credential should be scoped to a valid region. ";

request! { "PascalCase" DescribeRegions { filters: Vec<Filter>, region_names: Vec<String>, all_regions: bool } }
answer! { "PascalCase" Description { region_name: &'static str, endpoint: String, opt_in_status: OptInStatus } }
answer! { "PascalCase" Regions { regions: Vec<Description> } }

const SIEVE: Sieve<Description> = Sieve {
    fields: &[
        ("endpoint", |region| vec![region.endpoint.clone()]),
        ("opt-in-status", |region| vec![region.opt_in_status.word().to_owned()]),
        ("region-name", |region| vec![region.region_name.to_owned()]),
    ],
    tags: None,
};

/// Lists the Regions that the caller's account has; those that it names, and with AllRegions all, whether it has them or
/// not.
pub fn describe(world: &mut World, caller: &Caller, input: DescribeRegions) -> Result<Regions, AwsError> {
    SIEVE.check(&input.filters)?;
    if let Some(name) = input.region_names.iter().find(|name| find(name).is_none()) {
        return Err(invalid_value(format!("Invalid region provided: {name}")));
    }
    let named = |name: &str| input.region_names.is_empty() || input.region_names.iter().any(|asked| asked == name);
    let all = input.all_regions || !input.region_names.is_empty();
    let shown = names().filter(|name| named(name)).filter_map(|name| {
        let opt_in_status = status(world, &caller.account, name)?;
        Some(Description { region_name: name, endpoint: format!("ec2.{name}.amazonaws.com"), opt_in_status })
    });
    let shown = shown.filter(|it| all || it.opt_in_status != OptInStatus::NotOptedIn);
    Ok(Regions { regions: shown.filter(|region| SIEVE.admits(&input.filters, region)).collect() })
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;
    use crate::network::support::Bench;

    const ONE: &str = "111111111111";

    fn shown(bench: &mut Bench, asked: Value) -> Vec<(String, String)> {
        let found = bench.ec2(ONE, "DescribeRegions", asked)["Regions"].clone();
        let text = |region: &Value, name: &str| region[name].as_str().unwrap().to_owned();
        found.as_array().unwrap().iter().map(|it| (text(it, "RegionName"), text(it, "OptInStatus"))).collect()
    }

    #[test]
    fn an_account_is_shown_the_regions_that_it_has() {
        let mut bench = Bench::new();
        assert_eq!(shown(&mut bench, json!({})).len(), 17);
        assert_eq!(shown(&mut bench, json!({"AllRegions": true})).len(), 34);
        let named = json!({"RegionNames": ["af-south-1"]});
        assert_eq!(shown(&mut bench, named.clone()), [("af-south-1".to_owned(), "not-opted-in".to_owned())]);
        opt(&mut bench.sandbox.world, ONE, "af-south-1", true).unwrap();
        assert_eq!(shown(&mut bench, named), [("af-south-1".to_owned(), "opted-in".to_owned())]);
        assert_eq!(shown(&mut bench, json!({})).len(), 18);
    }

    #[test]
    fn a_region_that_an_account_has_opted_out_of_again_keeps_what_is_there() {
        let mut bench = Bench::new();
        bench.region = "eu-south-1".to_owned();
        bench.refused(ONE, "DescribeVpcs", json!({}), "AuthFailure");
        opt(&mut bench.sandbox.world, ONE, "eu-south-1", true).unwrap();
        bench.vpc(ONE, "10.0.0.0/16");
        opt(&mut bench.sandbox.world, ONE, "eu-south-1", false).unwrap();
        bench.refused(ONE, "DescribeVpcs", json!({}), "AuthFailure");
        opt(&mut bench.sandbox.world, ONE, "eu-south-1", true).unwrap();
        assert_eq!(bench.ec2(ONE, "DescribeVpcs", json!({}))["Vpcs"].as_array().unwrap().len(), 1);
        assert!(opt(&mut bench.sandbox.world, ONE, "eu-west-1", false).is_err(), "it needs no opting in");
    }
}
