//! Security groups, as far as each VPC is made with one: the default one, with the rules that AWS gives it.
//!
//! All may come in that is in the group itself, and everything may go out (VPC guide, "Default security groups"). It goes
//! with its VPC and cannot be changed here, so nothing of it is kept: [`id_of`] tells its id from the VPC's. Groups that
//! people make are not modelled.

use super::describe::describe_request;
use super::filters::{Sieve, none};
use super::members::{Nothing, answer};
use super::resource::Kind;
use super::tags::Tag;
use super::vpc::{self, Vpc};
use crate::call::{AwsError, Caller};
use crate::random::Dice;
use crate::world::World;

const NAME: &str = "default";

/// Tells the id of a VPC's default group.
pub fn id_of(vpc: &str) -> String {
    Kind::SecurityGroup.new_id(&mut Dice::of(&format!("{vpc} security group")))
}

answer! { "PascalCase" Pair { group_id: String, user_id: String } }
answer! { "PascalCase" Range { cidr_ip: &'static str } }
answer! { "PascalCase" Ipv6Range { cidr_ipv6: &'static str } }
answer! { "PascalCase"
    Permission {
        ip_protocol: &'static str, user_id_group_pairs: Vec<Pair>, ip_ranges: Vec<Range>, ipv6_ranges: Vec<Ipv6Range>,
        prefix_list_ids: Vec<Nothing>,
    }
}
answer! { "PascalCase"
    Description {
        group_id: String, group_name: &'static str, description: &'static str, owner_id: String, vpc_id: String,
        security_group_arn: String, ip_permissions: Vec<Permission>, ip_permissions_egress: Vec<Permission>,
        tags: Vec<Tag>,
    }
}

fn description(world: &World, vpc: &Vpc) -> Description {
    let id = id_of(&vpc.id);
    let all = || Permission {
        ip_protocol: "-1",
        user_id_group_pairs: Vec::new(),
        ip_ranges: Vec::new(),
        ipv6_ranges: Vec::new(),
        prefix_list_ids: Vec::new(),
    };
    let itself = Pair { group_id: id.clone(), user_id: vpc.owner.clone() };
    let everywhere = vpc.has_ipv6().then_some(Ipv6Range { cidr_ipv6: "::/0" });
    Description {
        group_name: NAME,
        description: "default VPC security group",
        owner_id: vpc.owner.clone(),
        vpc_id: vpc.id.clone(),
        security_group_arn: Kind::SecurityGroup.arn(&vpc.region, &vpc.owner, &id),
        ip_permissions: vec![Permission { user_id_group_pairs: vec![itself], ..all() }],
        ip_permissions_egress: vec![Permission {
            ip_ranges: vec![Range { cidr_ip: "0.0.0.0/0" }],
            ipv6_ranges: everywhere.into_iter().collect(),
            ..all()
        }],
        tags: world.network.tags.of(&vpc.owner, &id),
        group_id: id,
    }
}

describe_request! { DescribeSecurityGroups { group_ids: Kind::SecurityGroup, group_names: Vec<String> } }
answer! { "PascalCase"
    DescribedSecurityGroups { security_groups: Vec<Description>, next_token: Option<String> }
}

fn ranges(permissions: &[Permission]) -> Vec<String> {
    permissions.iter().flat_map(|it| &it.ip_ranges).map(|it| it.cidr_ip.to_owned()).collect()
}

fn ipv6_ranges(permissions: &[Permission]) -> Vec<String> {
    permissions.iter().flat_map(|it| &it.ipv6_ranges).map(|it| it.cidr_ipv6.to_owned()).collect()
}

fn pairs(permissions: &[Permission], of: fn(&Pair) -> &String) -> Vec<String> {
    permissions.iter().flat_map(|it| &it.user_id_group_pairs).map(|it| of(it).clone()).collect()
}

fn protocols(permissions: &[Permission]) -> Vec<String> {
    permissions.iter().map(|it| it.ip_protocol.to_owned()).collect()
}

const SIEVE: Sieve<Description> = Sieve {
    fields: &[
        ("description", |it| vec![it.description.to_owned()]),
        ("egress.ip-permission.cidr", |it| ranges(&it.ip_permissions_egress)),
        ("egress.ip-permission.from-port", none),
        ("egress.ip-permission.group-id", |it| pairs(&it.ip_permissions_egress, |it| &it.group_id)),
        ("egress.ip-permission.group-name", none),
        ("egress.ip-permission.ipv6-cidr", |it| ipv6_ranges(&it.ip_permissions_egress)),
        ("egress.ip-permission.prefix-list-id", none),
        ("egress.ip-permission.protocol", |it| protocols(&it.ip_permissions_egress)),
        ("egress.ip-permission.to-port", none),
        ("egress.ip-permission.user-id", |it| pairs(&it.ip_permissions_egress, |it| &it.user_id)),
        ("group-id", |it| vec![it.group_id.clone()]),
        ("group-name", |it| vec![it.group_name.to_owned()]),
        ("ip-permission.cidr", |it| ranges(&it.ip_permissions)),
        ("ip-permission.from-port", none),
        ("ip-permission.group-id", |it| pairs(&it.ip_permissions, |it| &it.group_id)),
        ("ip-permission.group-name", none),
        ("ip-permission.ipv6-cidr", |it| ipv6_ranges(&it.ip_permissions)),
        ("ip-permission.prefix-list-id", none),
        ("ip-permission.protocol", |it| protocols(&it.ip_permissions)),
        ("ip-permission.to-port", none),
        ("ip-permission.user-id", |it| pairs(&it.ip_permissions, |it| &it.user_id)),
        ("owner-id", |it| vec![it.owner_id.clone()]),
        ("vpc-id", |it| vec![it.vpc_id.clone()]),
    ],
    tags: Some(|it| &it.tags),
};

/// Lists the groups of the caller's VPCs. A name stands for one in the default VPC alone (EC2 API Reference).
pub fn describe(
    world: &mut World,
    caller: &Caller,
    input: DescribeSecurityGroups,
) -> Result<DescribedSecurityGroups, AwsError> {
    let world = &*world;
    let own = vpc::own_by(world, caller, id_of);
    let in_default = own.values().any(|vpc| vpc.is_default);
    if let Some(name) = input.group_names.iter().find(|name| *name != NAME || !in_default) {
        let message = format!("The security group '{name}' does not exist in the default VPC");
        return Err(AwsError::new("InvalidGroup.NotFound", message));
    }
    let named = |vpc: &Vpc| input.group_names.is_empty() || vpc.is_default;
    let question = input.question().names_or_pages("groupIds")?;
    let page = question.answer(world, caller, &SIEVE, own.keys().map(String::as_str), |id| {
        own.get(id).filter(|vpc| named(vpc)).map(|vpc| description(world, vpc))
    })?;
    Ok(DescribedSecurityGroups { security_groups: page.items, next_token: page.next })
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use crate::network::support::{Bench, text};

    const ONE: &str = "111111111111";

    #[test]
    fn the_tags_of_what_comes_with_a_vpc_go_with_it() {
        let mut bench = Bench::new();
        let vpc = bench.vpc(ONE, "10.0.0.0/16");
        let group = text(&bench.ec2(ONE, "DescribeSecurityGroups", json!({}))["SecurityGroups"][0]["GroupId"]);
        let acl = text(&bench.ec2(ONE, "DescribeNetworkAcls", json!({}))["NetworkAcls"][0]["NetworkAclId"]);
        let tags = json!({"Resources": [group, acl], "Tags": [{"Key": "a", "Value": "b"}]});
        bench.ec2(ONE, "CreateTags", tags.clone());
        bench.ec2(ONE, "DeleteVpc", json!({"VpcId": vpc}));
        assert_eq!(bench.sandbox.world.network.tags.all().count(), 0);
        bench.refused(ONE, "CreateTags", tags, "InvalidGroup.NotFound");
    }

    #[test]
    fn a_group_shows_with_its_vpc_and_not_before() {
        let mut bench = Bench::new();
        bench.sandbox.world.network.visibility_lag_seconds = 300.0;
        let lists = |bench: &mut Bench| {
            let vpcs = bench.ec2(ONE, "DescribeVpcs", json!({}))["Vpcs"].as_array().unwrap().len();
            let groups =
                bench.ec2(ONE, "DescribeSecurityGroups", json!({}))["SecurityGroups"].as_array().unwrap().len();
            (vpcs, groups)
        };
        for number in 0..5 {
            bench.vpc(ONE, &format!("10.{number}.0.0/16"));
        }
        let (vpcs, groups) = lists(&mut bench);
        assert!(vpcs < 5 && groups == vpcs, "{groups} groups of {vpcs} VPCs");
        bench.wait();
        assert_eq!(lists(&mut bench), (5, 5));
    }
}
