use serde_json::json;

use crate::network::support::Bench;

const ONE: &str = "111111111111";
const TWO: &str = "222222222222";

#[test]
fn a_vpc_is_seen_by_its_owner_in_its_region_alone() {
    let mut bench = Bench::new();
    let vpc = bench.vpc(ONE, "10.0.0.0/16");
    assert_eq!(bench.ec2(ONE, "DescribeVpcs", json!({}))["Vpcs"][0]["State"], "pending");
    bench.wait();
    assert_eq!(bench.ec2(ONE, "DescribeVpcs", json!({}))["Vpcs"][0]["State"], "available");
    assert_eq!(bench.ec2(TWO, "DescribeVpcs", json!({}))["Vpcs"], json!([]));
    bench.refused(TWO, "DescribeVpcs", json!({"VpcIds": [vpc]}), "InvalidVpcID.NotFound");
    bench.region = "eu-west-1".into();
    assert_eq!(bench.ec2(ONE, "DescribeVpcs", json!({}))["Vpcs"], json!([]));
}

#[test]
fn a_vpc_comes_with_a_main_table_and_a_local_route() {
    let mut bench = Bench::new();
    let vpc = bench.vpc(ONE, "10.0.0.0/16");
    let asked = json!({"Filters": [{"Name": "vpc-id", "Values": [vpc]}]});
    let tables = bench.ec2(ONE, "DescribeRouteTables", asked);
    assert_eq!(tables["RouteTables"][0]["Associations"][0]["Main"], true);
    assert_eq!(tables["RouteTables"][0]["Routes"][0]["GatewayId"], "local");
}

#[test]
fn a_vpc_with_a_subnet_cannot_be_deleted() {
    let mut bench = Bench::new();
    let vpc = bench.vpc(ONE, "10.0.0.0/16");
    let subnet = bench.subnet(ONE, &vpc, "10.0.0.0/24", 0);
    bench.refused(ONE, "DeleteVpc", json!({"VpcId": vpc}), "DependencyViolation");
    bench.ec2(ONE, "DeleteSubnet", json!({"SubnetId": subnet}));
    bench.ec2(ONE, "DeleteVpc", json!({"VpcId": vpc}));
    bench.refused(ONE, "DeleteVpc", json!({"VpcId": vpc}), "InvalidVpcID.NotFound");
    assert_eq!(bench.ec2(ONE, "DescribeRouteTables", json!({}))["RouteTables"], json!([]));
}

#[test]
fn filters_by_tag_and_by_range_find_what_they_name() {
    let mut bench = Bench::new();
    bench.vpc(ONE, "10.0.0.0/16");
    let tagged = bench.ec2(
        ONE,
        "CreateVpc",
        json!({"CidrBlock": "10.1.0.0/16", "TagSpecifications": [
            {"ResourceType": "vpc", "Tags": [{"Key": "env", "Value": "prod"}]}]}),
    )["Vpc"]["VpcId"]
        .clone();
    for filter in [
        json!({"Name": "tag:env", "Values": ["pr*"]}),
        json!({"Name": "tag-key", "Values": ["env"]}),
        json!({"Name": "cidr", "Values": ["10.1.0.0/16"]}),
    ] {
        let found = bench.ec2(ONE, "DescribeVpcs", json!({"Filters": [filter]}));
        assert_eq!(found["Vpcs"].as_array().unwrap().len(), 1, "{filter}");
        assert_eq!(found["Vpcs"][0]["VpcId"], tagged);
    }
    let unknown = json!({"Filters": [{"Name": "colour", "Values": ["red"]}]});
    let error = bench.refused(ONE, "DescribeVpcs", unknown, "InvalidParameterValue");
    assert_eq!(error.message, "The filter 'colour' is invalid");
}

#[test]
fn attributes_are_read_one_by_one_and_set_one_by_one() {
    let mut bench = Bench::new();
    let vpc = bench.vpc(ONE, "10.0.0.0/16");
    bench.ec2(ONE, "ModifyVpcAttribute", json!({"VpcId": vpc, "EnableDnsHostnames": {"Value": true}}));
    let read = bench.ec2(ONE, "DescribeVpcAttribute", json!({"VpcId": vpc, "Attribute": "enableDnsHostnames"}));
    assert_eq!(read, json!({"VpcId": vpc, "EnableDnsHostnames": {"Value": true}}));
    let both = json!({"VpcId": vpc, "EnableDnsHostnames": {"Value": true}, "EnableDnsSupport": {"Value": true}});
    bench.refused(ONE, "ModifyVpcAttribute", both, "InvalidParameterCombination");
}

#[test]
fn ids_and_max_results_do_not_go_together() {
    let mut bench = Bench::new();
    let vpc = bench.vpc(ONE, "10.0.0.0/16");
    let both = json!({"VpcIds": [vpc], "MaxResults": 5});
    bench.refused(ONE, "DescribeVpcs", both, "InvalidParameterCombination");
}

#[test]
fn a_create_refuses_tags_for_another_kind() {
    let mut bench = Bench::new();
    let tags = json!([{"ResourceType": "subnet", "Tags": [{"Key": "a", "Value": "b"}]}]);
    let asked = json!({"CidrBlock": "10.0.0.0/16", "TagSpecifications": tags});
    bench.refused(ONE, "CreateVpc", asked, "InvalidParameterValue");
    assert_eq!(bench.ec2(ONE, "DescribeVpcs", json!({}))["Vpcs"], json!([]));
}
