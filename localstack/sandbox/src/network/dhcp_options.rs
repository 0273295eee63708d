//! DHCP option sets, as far as every account has one in each Region: the default one, which all its VPCs use.
//!
//! It names Amazon's own name server and the Region's domain (VPC guide, "DHCP option sets in Amazon VPC"). Sets that
//! people make are not modelled, so nothing of it is kept: [`id_in`] tells its id from the account and the Region.

use super::describe::describe_request;
use super::filters::Sieve;
use super::members::answer;
use super::resource::Kind;
use super::tags::Tag;
use crate::call::{AwsError, Caller};
use crate::random::Dice;
use crate::world::World;

/// Tells the id of an account's default set in a Region.
pub fn id_in(account: &str, region: &str) -> String {
    Kind::DhcpOptions.new_id(&mut Dice::of(&format!("{account} {region} DHCP options")))
}

answer! { "PascalCase" Value { value: String } }
answer! { "PascalCase" Configuration { key: &'static str, values: Vec<Value> } }
answer! { "PascalCase"
    Description {
        dhcp_options_id: String, dhcp_configurations: Vec<Configuration>, owner_id: String, tags: Vec<Tag>,
    }
}

fn description(world: &World, caller: &Caller, id: &str) -> Description {
    let domain = match caller.region.as_str() {
        "us-east-1" => "ec2.internal".to_owned(),
        region => format!("{region}.compute.internal"),
    };
    let options = [("domain-name", domain), ("domain-name-servers", "AmazonProvidedDNS".to_owned())];
    Description {
        dhcp_options_id: id.to_owned(),
        dhcp_configurations: options.map(|(key, value)| Configuration { key, values: vec![Value { value }] }).into(),
        owner_id: caller.account.clone(),
        tags: world.network.tags.of(&caller.account, id),
    }
}

describe_request! { DescribeDhcpOptions { dhcp_options_ids: Kind::DhcpOptions } }
answer! { "PascalCase" DescribedDhcpOptions { dhcp_options: Vec<Description>, next_token: Option<String> } }

const SIEVE: Sieve<Description> = Sieve {
    fields: &[
        ("dhcp-options-id", |it| vec![it.dhcp_options_id.clone()]),
        ("key", |it| it.dhcp_configurations.iter().map(|it| it.key.to_owned()).collect()),
        ("owner-id", |it| vec![it.owner_id.clone()]),
        ("value", |it| it.dhcp_configurations.iter().flat_map(|it| &it.values).map(|it| it.value.clone()).collect()),
    ],
    tags: Some(|it| &it.tags),
};

pub fn describe(
    world: &mut World,
    caller: &Caller,
    input: DescribeDhcpOptions,
) -> Result<DescribedDhcpOptions, AwsError> {
    let world = &*world;
    let default = id_in(&caller.account, &caller.region);
    let question = input.question().names_or_pages("dhcpOptionsIds")?;
    let page = question.answer(world, caller, &SIEVE, std::iter::once(default.as_str()), |id| {
        (id == default).then(|| description(world, caller, id))
    })?;
    Ok(DescribedDhcpOptions { dhcp_options: page.items, next_token: page.next })
}
