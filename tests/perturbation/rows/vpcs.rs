//! VPCs, their subnets, their route tables, and their tags: what people own, and transitd reads and adds routes to.

use aws_sandbox::network::route::Route;
use aws_sandbox::network::route_table::RouteTable;
use aws_sandbox::network::route_target::Target;
use aws_sandbox::network::subnet::State as SubnetState;
use aws_sandbox::network::subnet_attribute::HostnameType;
use aws_sandbox::network::vpc::{State, Tenancy};

use super::ComesTo::{Ignored, Mended, Repaired, Reported};
use super::Row;

/// What drift says where a VPC is nowhere to be seen any more.
const SIDE_LEFT: &[&str] = &[
    "no longer declared: association billing.side/attachment vpc billing/billing.side eu/prod",
    "no longer declared: attachment eu billing.side/attachment billing false billing.side vpc",
    "no longer declared: propagation billing.side/attachment vpc billing/billing.side eu/inspection",
    "no longer declared: propagation billing.side/attachment vpc billing/billing.side eu/prod",
    "no longer declared: transit-gateway-route false 10.2.0.0/16 eu/shared",
];

pub fn rows() -> Vec<Row> {
    [vpcs(), subnets(), route_tables(), tags()].into_iter().flatten().collect()
}

fn vpcs() -> Vec<Row> {
    const KIND: &str = "vpc";
    const OWN: &str = "it is within the VPC, and nothing of the network hangs on it";
    vec![
        row!(
            KIND,
            "id",
            model!(vpcs, "billing.side", it => it.id = "vpc-0ffffffffffffffff".into()),
            SIDE_LEFT,
            Reported
        ),
        row!(KIND, "owner", model!(vpcs, "billing.side", it => it.owner = "999999999999".into()), SIDE_LEFT, Reported),
        row!(KIND, "region", model!(vpcs, "billing.side", it => it.region = "eu-north-1".into()), SIDE_LEFT, Reported),
        row!(
            KIND,
            "state",
            model!(vpcs, "billing.side", it => it.state = State::Pending),
            &[],
            Ignored("a VPC is pending for moments only, and AWS refuses by itself what it cannot take then")
        ),
        row!(KIND, "tenancy", model!(vpcs, "billing.side", it => it.tenancy = Tenancy::Dedicated), &[], Ignored(OWN)),
        row!(
            KIND,
            "cidrs",
            call!("billing", "AssociateVpcCidrBlock", { "VpcId": "{billing.side}", "CidrBlock": "10.22.0.0/16" }),
            &["create static route eu/shared 10.22.0.0/16"],
            Mended
        ),
        row!(
            KIND,
            "cidrs",
            call!("data", "AssociateVpcCidrBlock", { "VpcId": "{data.one}", "CidrBlock": "100.64.0.0/16" }),
            &[],
            Ignored("the segment says that this range is never routed")
        ),
        row!(KIND, "dns_support", model!(vpcs, "billing.side", it => it.dns_support = false), &[], Ignored(OWN)),
        row!(KIND, "dns_hostnames", model!(vpcs, "billing.side", it => it.dns_hostnames = true), &[], Ignored(OWN)),
        row!(
            KIND,
            "address_usage_metrics",
            model!(vpcs, "billing.side", it => it.address_usage_metrics = true),
            &[],
            Ignored(OWN)
        ),
        row!(
            KIND,
            "is_default",
            model!(vpcs, "billing.side", it => it.is_default = true),
            &[],
            Ignored("a rule that names VPCs by their tags means a default VPC too")
        ),
    ]
}

fn subnets() -> Vec<Row> {
    const KIND: &str = "subnet";
    const OWN: &str = "the attachment is in it whatever it says";
    vec![
        row!(
            KIND,
            "id",
            model!(subnets, "billing.side/2", it => it.id = "subnet-0ffffffffffffffff".into()),
            &["unmanaged: attached-subnet eu/billing/billing.side billing.side/2"],
            Reported
        ),
        row!(
            KIND,
            "owner",
            model!(subnets, "billing.side/2", it => it.owner = "999999999999".into()),
            &["unmanaged: attached-subnet eu/billing/billing.side billing.side/2"],
            Reported
        ),
        row!(
            KIND,
            "region",
            model!(subnets, "billing.side/2", it => it.region = "eu-north-1".into()),
            &["unmanaged: attached-subnet eu/billing/billing.side billing.side/2"],
            Reported
        ),
        row!(
            KIND,
            "vpc",
            model!(subnets, "billing.side/2", it, bench => it.vpc = bench.id("billing.main")),
            &["unmanaged: attached-subnet eu/billing/billing.side billing.side/2"],
            Reported
        ),
        row!(
            KIND,
            "cidr",
            model!(subnets, "billing.side/2", it => it.cidr = "10.2.9.0/24".parse().expect("a range")),
            &[],
            Ignored(OWN)
        ),
        row!(
            KIND,
            "ipv6",
            model!(subnets, "billing.side/2", it => it.ipv6 = Some("2001:db8::/64".parse().expect("a range"))),
            &[],
            Ignored(OWN)
        ),
        row!(
            KIND,
            "zone.name",
            model!(subnets, "billing.side/2", it => it.zone.name = "eu-west-1z".into()),
            &[],
            Ignored("names of zones differ from account to account: ids count")
        ),
        row!(
            KIND,
            "zone.id",
            model!(subnets, "billing.side/2", it => it.zone.id = "euw1-az9".into()),
            &[],
            Ignored(OWN)
        ),
        row!(
            KIND,
            "state",
            model!(subnets, "billing.side/2", it => it.state = SubnetState::Pending),
            &[],
            Ignored(OWN)
        ),
        row!(
            KIND,
            "default_for_zone",
            model!(subnets, "billing.side/2", it => it.default_for_zone = true),
            &[],
            Ignored(OWN)
        ),
        row!(
            KIND,
            "attributes.public_addresses",
            model!(subnets, "billing.side/2", it => it.attributes.public_addresses = true),
            &[],
            Ignored(OWN)
        ),
        row!(
            KIND,
            "attributes.ipv6_addresses",
            model!(subnets, "billing.side/2", it => it.attributes.ipv6_addresses = true),
            &[],
            Ignored(OWN)
        ),
        row!(
            KIND,
            "attributes.dns64",
            model!(subnets, "billing.side/2", it => it.attributes.dns64 = true),
            &[],
            Ignored(OWN)
        ),
        row!(
            KIND,
            "attributes.hostname_type",
            model!(subnets, "billing.side/2", it => it.attributes.hostname_type = HostnameType::ResourceName),
            &[],
            Ignored(OWN)
        ),
        row!(
            KIND,
            "attributes.a_records",
            model!(subnets, "billing.side/2", it => it.attributes.a_records = true),
            &[],
            Ignored(OWN)
        ),
        row!(
            KIND,
            "attributes.aaaa_records",
            model!(subnets, "billing.side/2", it => it.attributes.aaaa_records = true),
            &[],
            Ignored(OWN)
        ),
    ]
}

fn route_tables() -> Vec<Row> {
    const KIND: &str = "route-table";
    const OWN: &str =
        "which subnets use a table is for the VPC's owner: the segment means all tables, or those with the tags";
    vec![
        row!(
            KIND,
            "id",
            model!(route_tables, "billing.side/second", it => it.id = "rtb-0ffffffffffffffff".into()),
            &[],
            Ignored("it has the routes already, under whatever id")
        ),
        row!(
            KIND,
            "owner",
            model!(route_tables, "billing.side/second", it => it.owner = "999999999999".into()),
            &[],
            Ignored("a table that is not the account's is not listed there, and none of the segment's")
        ),
        row!(
            KIND,
            "region",
            model!(route_tables, "billing.side/second", it => it.region = "eu-north-1".into()),
            &[],
            Ignored("a table in another region is none of the segment's")
        ),
        row!(
            KIND,
            "vpc",
            model!(route_tables, "billing.side/second", it, bench => it.vpc = bench.id("billing.main")),
            &[],
            Ignored("both VPCs' tables send the same to the same hub")
        ),
        row!(
            KIND,
            "routes",
            call!("billing", "DeleteRoute", { "RouteTableId": "{billing.side/second}", "DestinationCidrBlock": "10.0.0.0/8" }),
            &["create VPC route billing/billing.side/billing.side/second 10.0.0.0/8"],
            Repaired
        ),
        row!(
            KIND,
            "routes",
            |bench| {
                bench.call("network", "ReplaceRoute", serde_json::json!({ "RouteTableId": "{network.fw/table}", "DestinationCidrBlock": "10.0.0.0/8", "GatewayId": "{igw}" }));
            },
            &["problem: inspection-return 10.1.0.0/16+10.2.0.0/16+10.3.0.0/16 network/network.fw"],
            Reported
        ),
        row!(
            KIND,
            "routes",
            model!(route_tables, "billing.side/table", it => lead_out(&mut it, Target::InternetGateway("igw-0eeeeeeeeeeeeeeee".into()))),
            &["problem: foreign-route billing/billing.side/billing.side/table 0.0.0.0/0 igw-0eeeeeeeeeeeeeeee"],
            Reported
        ),
        row!(
            KIND,
            "routes",
            model!(route_tables, "billing.side/table", it => lead_out(&mut it, Target::NatGateway("nat-0eeeeeeeeeeeeeeee".into()))),
            &["problem: foreign-route billing/billing.side/billing.side/table 0.0.0.0/0 nat-0eeeeeeeeeeeeeeee"],
            Reported
        ),
        row!(
            KIND,
            "routes",
            |bench| {
                bench.call("billing", "CreateRoute", serde_json::json!({ "RouteTableId": "{billing.side/table}", "DestinationCidrBlock": "192.168.0.0/16", "TransitGatewayId": "{eu}" }));
            },
            &["unmanaged: vpc-route 192.168.0.0/16 billing.side/table billing/billing.side"],
            Reported
        ),
        row!(
            KIND,
            "routes",
            |bench| {
                let (id, range) = (bench.id("billing.side/table"), "10.0.0.0/8".parse().expect("a range"));
                let mut sandbox = bench.seed.lock();
                sandbox.world.network.switches.revive_blackholes = false;
                let table = sandbox.settled().network.route_tables.get_mut(&id).expect("a table");
                table.routes.get_mut(&range).expect("a route").orphaned = true;
            },
            &["replace VPC route billing/billing.side/billing.side/table 10.0.0.0/8"],
            Repaired
        ),
        row!(
            KIND,
            "prefix_list_routes",
            call!("tools", "DeleteRoute", { "RouteTableId": "{tools.main/second}", "DestinationPrefixListId": "{tools.list}" }),
            &["create VPC route tools/tools.main/tools.main/second tools.list"],
            Repaired
        ),
        row!(
            KIND,
            "subnets",
            call!("billing", "AssociateRouteTable", { "RouteTableId": "{billing.side/second}", "SubnetId": "{billing.side/1}" }),
            &[],
            Ignored(OWN)
        ),
        row!(
            KIND,
            "gateways",
            model!(route_tables, "billing.side/second", it => { it.gateways.insert("rtbassoc-0ffffffffffffffff".into(), "igw-0ffffffffffffffff".into()); }),
            &[
                "no longer declared: vpc-route 0.0.0.0/0 billing.side/second billing/billing.side",
                "no longer declared: vpc-route 10.0.0.0/8 billing.side/second billing/billing.side"
            ],
            Reported
        ),
        row!(
            KIND,
            "main",
            model!(route_tables, "billing.side/second", it => it.main = Some("rtbassoc-0ffffffffffffffff".into())),
            &[],
            Ignored(OWN)
        ),
        row!(
            KIND,
            "client_token",
            model!(route_tables, "billing.side/second", it => it.client_token = Some("a".into())),
            &[],
            Ignored("a token is for who made the table")
        ),
    ]
}

/// Tags, one row for what each kind of tag means.
fn tags() -> Vec<Row> {
    const KIND: &str = "tags";
    const FIELD: &str = "tags";
    vec![
        row!(
            KIND,
            FIELD,
            call!("network", "DeleteTags", { "Resources": ["{eu}"], "Tags": [{ "Key": "transitd:hub" }] }),
            &["tag transit gateway eu"],
            Repaired
        ),
        row!(
            KIND,
            FIELD,
            call!("network", "CreateTags", { "Resources": ["{eu}"], "Tags": [{ "Key": "transitd:network", "Value": "other" }] }),
            &["tag transit gateway eu"],
            Repaired
        ),
        row!(
            KIND,
            FIELD,
            call!("network", "CreateTags", { "Resources": ["{eu}"], "Tags": [{ "Key": "Name", "Value": "the hub" }] }),
            &[],
            Ignored("a name that a person has given stays")
        ),
        row!(
            KIND,
            FIELD,
            call!("network", "CreateTags", { "Resources": ["{eu}"], "Tags": [{ "Key": "cost", "Value": "7" }] }),
            &[],
            Ignored("tags of others stay")
        ),
        row!(
            KIND,
            FIELD,
            call!("network", "DeleteTags", { "Resources": ["{table of shared}"], "Tags": [{ "Key": "transitd:segment" }] }),
            &["tag route table eu/shared"],
            Repaired
        ),
        row!(
            KIND,
            FIELD,
            call!("network", "CreateTags", { "Resources": ["{table of shared}"], "Tags": [{ "Key": "transitd:segment", "Value": "prod" }] }),
            &["problem: table-doubled table of shared+table of prod eu/prod", "tag route table eu/shared"],
            Repaired
        ),
        row!(
            KIND,
            FIELD,
            call!("network", "CreateTags", { "Resources": ["{lab/table}"], "Tags": [{ "Key": "transitd:network", "Value": "corp" }, { "Key": "transitd:segment", "Value": "gone" }] }),
            &["no longer declared: table old lab/table -", "gone: unmanaged: table old lab/table -"],
            Reported
        ),
        row!(
            KIND,
            FIELD,
            call!("network", "DeleteTags", { "Resources": ["{tools.main/attachment}"], "Tags": [{ "Key": "transitd:segment" }] }),
            &["tag at the hub attachment eu/tools/tools.main"],
            Repaired
        ),
        row!(
            KIND,
            FIELD,
            call!("tools", "DeleteTags", { "Resources": ["{tools.main/attachment}"], "Tags": [{ "Key": "transitd:network" }] }),
            &["tag attachment eu/tools/tools.main"],
            Repaired
        ),
        row!(
            KIND,
            FIELD,
            call!("billing", "DeleteTags", { "Resources": ["{billing.side}"], "Tags": [{ "Key": "network" }] }),
            &[
                "no longer declared: association billing.side/attachment vpc billing/billing.side eu/prod",
                "no longer declared: attachment eu billing.side/attachment billing false billing.side vpc",
                "no longer declared: propagation billing.side/attachment vpc billing/billing.side eu/inspection",
                "no longer declared: propagation billing.side/attachment vpc billing/billing.side eu/prod",
                "no longer declared: transit-gateway-route false 10.2.0.0/16 eu/shared",
                "no longer declared: vpc-route 0.0.0.0/0 billing.side/second billing/billing.side",
                "no longer declared: vpc-route 0.0.0.0/0 billing.side/table billing/billing.side",
                "no longer declared: vpc-route 10.0.0.0/8 billing.side/second billing/billing.side",
                "no longer declared: vpc-route 10.0.0.0/8 billing.side/table billing/billing.side"
            ],
            Reported
        ),
        row!(
            KIND,
            FIELD,
            call!("billing", "DeleteTags", { "Resources": ["{billing.side/2}"], "Tags": [{ "Key": "transitd" }] }),
            &["unmanaged: attached-subnet eu/billing/billing.side billing.side/2"],
            Reported
        ),
        row!(
            KIND,
            FIELD,
            call!("tools", "DeleteTags", { "Resources": ["{tools.main/second}"], "Tags": [{ "Key": "tier" }] }),
            &[
                "no longer declared: vpc-route 10.0.0.0/8 tools.main/second tools/tools.main",
                "no longer declared: vpc-route 172.16.0.0/12 tools.main/second tools/tools.main",
                "no longer declared: vpc-route tools.list tools.main/second tools/tools.main",
                "problem: no-table-tagged tools/tools.main"
            ],
            Reported
        ),
        row!(
            KIND,
            FIELD,
            call!("tools", "CreateTags", { "Resources": ["{tools.main/table}"], "Tags": [{ "Key": "tier", "Value": "private" }] }),
            &[
                "create VPC route tools/tools.main/tools.main/table 10.0.0.0/8",
                "create VPC route tools/tools.main/tools.main/table 172.16.0.0/12",
                "create VPC route tools/tools.main/tools.main/table tools.list"
            ],
            Mended
        ),
    ]
}

/// Lets a table's default route lead somewhere else.
fn lead_out(table: &mut RouteTable, target: Target) {
    table.routes.insert("0.0.0.0/0".parse().expect("a range"), Route { target, orphaned: false });
}
