//! What EC2 says of an account in a Region: which VPC is the default one, and limits of long ago.

use super::members::{answer, request, words};
use super::shelf::Key;
use crate::call::{AwsError, Caller};
use crate::world::World;

words! {
    Name {
        SupportedPlatforms = "supported-platforms", DefaultVpc = "default-vpc", MaxInstances = "max-instances",
        MaxGroupsPerInterface = "vpc-max-security-groups-per-interface", MaxElasticIps = "max-elastic-ips",
        VpcMaxElasticIps = "vpc-max-elastic-ips",
    }
}

/// All attributes with their values, but for the default VPC's (EC2 API Reference, DescribeAccountAttributes, and the
/// answer in its examples).
const ATTRIBUTES: [(Name, &str); 6] = [
    (Name::SupportedPlatforms, "VPC"),
    (Name::DefaultVpc, "none"),
    (Name::MaxInstances, "20"),
    (Name::MaxGroupsPerInterface, "5"),
    (Name::MaxElasticIps, "5"),
    (Name::VpcMaxElasticIps, "5"),
];

request! { "PascalCase" DescribeAccountAttributes { attribute_names: Vec<Name> } }
answer! { "PascalCase" Value { attribute_value: String } }
answer! { "PascalCase" Attribute { attribute_name: Name, attribute_values: Vec<Value> } }
answer! { "PascalCase" Attributes { account_attributes: Vec<Attribute> } }

pub fn describe(world: &mut World, caller: &Caller, input: DescribeAccountAttributes) -> Result<Attributes, AwsError> {
    let default = world.network.vpcs.under(&Key::place(caller)).find(|it| it.is_default).map(|it| it.id.as_str());
    let asked = |name: Name| input.attribute_names.is_empty() || input.attribute_names.contains(&name);
    let told = ATTRIBUTES.into_iter().filter(|(name, _)| asked(*name)).map(|(name, value)| {
        let value = default.filter(|_| name == Name::DefaultVpc).unwrap_or(value);
        Attribute { attribute_name: name, attribute_values: vec![Value { attribute_value: value.to_owned() }] }
    });
    Ok(Attributes { account_attributes: told.collect() })
}
