//! Transit gateways, made and adopted, and their route tables.

use aws_sandbox::network::association::State as AssociationState;
use aws_sandbox::network::transit_gateway::State;
use aws_sandbox::network::transit_gateway_route_table::State as TableState;
use jiff::Timestamp;

use super::ComesTo::{Ignored, Repaired, Reported};
use super::Row;

/// What drift says where the adopted hub is gone: what hangs on it is not looked at.
const OLD_GONE: &[&str] = &[
    "problem: hub-missing old old",
    "gone: unmanaged: attachment old peering/here lab false lab.gateway peering",
    "gone: unmanaged: table old lab/table -",
];

pub fn rows() -> Vec<Row> {
    [gateways(), tables(), contents()].into_iter().flatten().collect()
}

/// A setting of the made hub and the same of the adopted one.
macro_rules! setting {
    ($field:expr, $member:expr, $value:expr, $made:expr, $adopted:expr, $comes_to:expr) => {
        [
            row!("transit-gateway", $field, call!("network", "ModifyTransitGateway", { "TransitGatewayId": "{eu}", "Options": { $member: $value } }), $made, Repaired),
            row!("transit-gateway", $field, call!("network", "ModifyTransitGateway", { "TransitGatewayId": "{old}", "Options": { $member: $value } }), $adopted, $comes_to),
        ]
    };
}

fn gateways() -> Vec<Row> {
    const KIND: &str = "transit-gateway";
    const PLAIN: &str = "an adopted hub's settings are its owner's, and this one is told where it has effect";
    let mut rows = vec![
        row!(
            KIND,
            "id",
            model!(transit_gateways, "eu", it => it.id = "tgw-0ffffffffffffffff".into()),
            &["problem: hub-missing eu eu"],
            Reported
        ),
        row!(
            KIND,
            "owner",
            model!(transit_gateways, "eu", it => it.owner = "999999999999".into()),
            &["problem: hub-missing eu eu"],
            Reported
        ),
        row!(
            KIND,
            "region",
            model!(transit_gateways, "eu", it => it.region = "eu-north-1".into()),
            &["problem: hub-missing eu eu"],
            Reported
        ),
        row!(
            KIND,
            "region",
            model!(transit_gateways, "old", it => it.region = "eu-north-1".into()),
            OLD_GONE,
            Reported
        ),
        row!(
            KIND,
            "description",
            call!("network", "ModifyTransitGateway", { "TransitGatewayId": "{eu}", "Description": "somebody's" }),
            &[],
            Ignored("a description is for people")
        ),
        row!(
            KIND,
            "state",
            model!(transit_gateways, "eu", it => it.state = State::Deleted),
            &["problem: hub-missing eu eu"],
            Reported
        ),
        row!(KIND, "state", model!(transit_gateways, "old", it => it.state = State::Deleting), OLD_GONE, Reported),
        row!(
            KIND,
            "created",
            model!(transit_gateways, "eu", it => it.created = Timestamp::UNIX_EPOCH),
            &[],
            Ignored("a time decides nothing")
        ),
        row!(
            KIND,
            "options.amazon_side_asn",
            model!(transit_gateways, "eu", it => it.options.amazon_side_asn = 64513),
            &["problem: hub-setting-fixed eu 64513 eu AmazonSideAsn 64512"],
            Reported
        ),
        row!(
            KIND,
            "options.transit_gateway_cidr_blocks",
            call!("network", "ModifyTransitGateway", { "TransitGatewayId": "{eu}", "Options": { "AddTransitGatewayCidrBlocks": ["10.250.0.0/24"] } }),
            &[],
            Ignored("ranges of a gateway's own are for Connect peers, which are others'")
        ),
        row!(
            KIND,
            "options.multicast_support",
            model!(transit_gateways, "eu", it => it.options.multicast_support = aws_sandbox::network::members::Switch::Enable),
            &["problem: hub-setting-fixed eu enable eu MulticastSupport disable"],
            Reported
        ),
        row!(
            KIND,
            "options.association_default_route_table_id",
            call!("network", "ModifyTransitGateway", { "TransitGatewayId": "{old}", "Options": { "DefaultRouteTableAssociation": "enable", "AssociationDefaultRouteTableId": "{lab/table}" } }),
            &["problem: hub-default-table true old old false"],
            Reported
        ),
        row!(
            KIND,
            "options.propagation_default_route_table_id",
            call!("network", "ModifyTransitGateway", { "TransitGatewayId": "{old}", "Options": { "DefaultRouteTablePropagation": "enable", "PropagationDefaultRouteTableId": "{lab/table}" } }),
            &["problem: hub-default-table false old old true"],
            Reported
        ),
        row!(
            KIND,
            "options.default_route_table_association",
            call!("network", "ModifyTransitGateway", { "TransitGatewayId": "{eu}", "Options": { "DefaultRouteTableAssociation": "enable", "AssociationDefaultRouteTableId": "{table of prod}" } }),
            &["modify transit gateway eu"],
            Repaired
        ),
        row!(
            KIND,
            "options.default_route_table_propagation",
            call!("network", "ModifyTransitGateway", { "TransitGatewayId": "{eu}", "Options": { "DefaultRouteTablePropagation": "enable", "PropagationDefaultRouteTableId": "{table of prod}" } }),
            &["modify transit gateway eu"],
            Repaired
        ),
    ];
    rows.extend(setting!(
        "options.auto_accept_shared_attachments",
        "AutoAcceptSharedAttachments",
        "enable",
        &["modify transit gateway eu"],
        &["problem: hub-auto-accepts old old"],
        Reported
    ));
    rows.extend(setting!(
        "options.vpn_ecmp_support",
        "VpnEcmpSupport",
        "disable",
        &["modify transit gateway eu"],
        &["problem: hub-setting old disable old VpnEcmpSupport enable"],
        Reported
    ));
    rows.extend(setting!(
        "options.dns_support",
        "DnsSupport",
        "disable",
        &["modify transit gateway eu"],
        &["problem: hub-setting old disable old DnsSupport enable"],
        Reported
    ));
    rows.extend(setting!(
        "options.security_group_referencing_support",
        "SecurityGroupReferencingSupport",
        "enable",
        &["modify transit gateway eu"],
        &[],
        Ignored(PLAIN)
    ));
    rows
}

fn tables() -> Vec<Row> {
    const KIND: &str = "transit-gateway-route-table";
    vec![
        row!(
            KIND,
            "id",
            model!(transit_gateway_route_tables, "table of shared", it => it.id = "tgw-rtb-0ffffffffffffffff".into()),
            &[
                "problem: table-missing table of shared eu/shared",
                "unmanaged: propagation-elsewhere vpn eu vpn network/vpn/resource tgw-rtb-0ffffffffffffffff",
                "unmanaged: table vpc tools/tools.main eu tgw-rtb-0ffffffffffffffff - vpn network/vpn/resource 10.1.0.0/16 to vpc network/network.fw+10.2.0.0/16 to vpc network/network.fw+10.77.0.0/16 to vpc tools/tools.main+blackhole network.list"
            ],
            Reported
        ),
        row!(
            KIND,
            "transit_gateway",
            model!(transit_gateway_route_tables, "table of shared", it, bench => it.transit_gateway = bench.id("old")),
            &[
                "no longer declared: table old table of shared corp/shared blackhole 10.1.0.0/16+blackhole 10.2.0.0/16+blackhole 10.77.0.0/16+blackhole network.list",
                "problem: table-missing table of shared eu/shared"
            ],
            Reported
        ),
        row!(
            KIND,
            "transit_gateway",
            model!(transit_gateway_route_tables, "old/table", it, bench => it.transit_gateway = bench.id("eu")),
            &["problem: table-of-other-gateway eu old/table old/legacy"],
            Reported
        ),
        row!(
            KIND,
            "owner",
            model!(transit_gateway_route_tables, "table of shared", it => it.owner = "999999999999".into()),
            &["problem: table-missing table of shared eu/shared"],
            Reported
        ),
        row!(
            KIND,
            "region",
            model!(transit_gateway_route_tables, "table of shared", it => it.region = "eu-north-1".into()),
            &["problem: table-missing table of shared eu/shared"],
            Reported
        ),
        row!(
            KIND,
            "state",
            model!(transit_gateway_route_tables, "table of shared", it => it.state = TableState::Deleted),
            &["problem: table-missing table of shared eu/shared"],
            Reported
        ),
        row!(
            KIND,
            "state",
            model!(transit_gateway_route_tables, "old/table", it => it.state = TableState::Deleting),
            &["problem: table-missing old/table old/legacy"],
            Reported
        ),
        row!(
            KIND,
            "created",
            model!(transit_gateway_route_tables, "table of shared", it => it.created = Timestamp::UNIX_EPOCH),
            &[],
            Ignored("a time decides nothing")
        ),
        row!(
            KIND,
            "associations",
            call!("network", "DisassociateTransitGatewayRouteTable", { "TransitGatewayAttachmentId": "{billing.side/attachment}", "TransitGatewayRouteTableId": "{table of prod}" }),
            &["create association eu/billing/billing.side"],
            Repaired
        ),
        row!(
            KIND,
            "associations",
            |bench| {
                bench.call("network", "DisassociateTransitGatewayRouteTable", serde_json::json!({ "TransitGatewayAttachmentId": "{billing.side/attachment}", "TransitGatewayRouteTableId": "{table of prod}" }));
                bench.call("network", "AssociateTransitGatewayRouteTable", serde_json::json!({ "TransitGatewayAttachmentId": "{billing.side/attachment}", "TransitGatewayRouteTableId": "{table of shared}" }));
            },
            &["problem: associated-elsewhere eu/billing/billing.side ask billing.side/attachment table of shared"],
            Reported
        ),
        row!(
            KIND,
            "associations",
            model!(transit_gateway_route_tables, "table of prod", it, bench => { it.associations.insert(bench.id("billing.side/attachment"), AssociationState::Disassociating); }),
            &["create association eu/billing/billing.side"],
            Reported
        ),
    ]
}

fn contents() -> Vec<Row> {
    const KIND: &str = "transit-gateway-route-table";
    vec![
        row!(
            KIND,
            "static_routes",
            call!("network", "DeleteTransitGatewayRoute", { "TransitGatewayRouteTableId": "{table of prod}", "DestinationCidrBlock": "10.66.0.0/16" }),
            &["create static route eu/prod 10.66.0.0/16"],
            Repaired
        ),
        row!(
            KIND,
            "static_routes",
            call!("network", "DeleteTransitGatewayRoute", { "TransitGatewayRouteTableId": "{table of prod}", "DestinationCidrBlock": "0.0.0.0/0" }),
            &["create static route eu/prod 0.0.0.0/0"],
            Repaired
        ),
        row!(
            KIND,
            "static_routes",
            call!("network", "DeleteTransitGatewayRoute", { "TransitGatewayRouteTableId": "{table of shared}", "DestinationCidrBlock": "10.1.0.0/16" }),
            &["create static route eu/shared 10.1.0.0/16"],
            Repaired
        ),
        row!(
            KIND,
            "static_routes",
            call!("network", "DeleteTransitGatewayRoute", { "TransitGatewayRouteTableId": "{old/table}", "DestinationCidrBlock": "10.4.0.0/16" }),
            &["create static route old/legacy 10.4.0.0/16"],
            Repaired
        ),
        row!(
            KIND,
            "static_routes",
            call!("network", "ReplaceTransitGatewayRoute", { "TransitGatewayRouteTableId": "{table of shared}", "DestinationCidrBlock": "10.77.0.0/16", "Blackhole": true }),
            &["problem: foreign-static-route eu/shared 10.77.0.0/16 nowhere: a blackhole"],
            Reported
        ),
        row!(
            KIND,
            "static_routes",
            call!("network", "ReplaceTransitGatewayRoute", { "TransitGatewayRouteTableId": "{table of shared}", "DestinationCidrBlock": "10.77.0.0/16", "TransitGatewayAttachmentId": "{vpn}" }),
            &["problem: foreign-static-route eu/shared 10.77.0.0/16 vpn"],
            Reported
        ),
        row!(
            KIND,
            "static_routes",
            call!("network", "CreateTransitGatewayRoute", { "TransitGatewayRouteTableId": "{table of prod}", "DestinationCidrBlock": "10.88.0.0/16", "Blackhole": true }),
            &["unmanaged: transit-gateway-route true 10.88.0.0/16 eu/prod"],
            Reported
        ),
        row!(
            KIND,
            "static_routes",
            call!("network", "CreateTransitGatewayRoute", { "TransitGatewayRouteTableId": "{table of prod}", "DestinationCidrBlock": "10.2.0.0/16", "Blackhole": true }),
            &[
                "problem: shadowed static route 10.2.0.0/16, a blackhole 10.2.0.0/16 billing/billing.side eu/prod",
                "unmanaged: transit-gateway-route true 10.2.0.0/16 eu/prod"
            ],
            Reported
        ),
        row!(
            KIND,
            "prefix_list_references",
            call!("network", "DeleteTransitGatewayPrefixListReference", { "TransitGatewayRouteTableId": "{table of shared}", "PrefixListId": "{network.list}" }),
            &["create static route eu/shared network.list"],
            Repaired
        ),
        row!(
            KIND,
            "prefix_list_references",
            call!("network", "ModifyTransitGatewayPrefixListReference", { "TransitGatewayRouteTableId": "{table of shared}", "PrefixListId": "{network.list}", "TransitGatewayAttachmentId": "{vpn}" }),
            &["problem: foreign-static-route eu/shared network.list vpn"],
            Reported
        ),
        row!(
            KIND,
            "prefix_list_references",
            call!("network", "CreateTransitGatewayPrefixListReference", { "TransitGatewayRouteTableId": "{table of prod}", "PrefixListId": "{network.list}", "Blackhole": true }),
            &["unmanaged: transit-gateway-route true network.list eu/prod"],
            Reported
        ),
        row!(
            KIND,
            "propagated",
            call!("network", "DisableTransitGatewayRouteTablePropagation", { "TransitGatewayAttachmentId": "{billing.side/attachment}", "TransitGatewayRouteTableId": "{table of prod}" }),
            &["create propagation eu/prod < billing/billing.side"],
            Repaired
        ),
        row!(
            KIND,
            "propagated",
            |bench| {
                let (table, attachment) = (bench.id("table of prod"), bench.id("billing.side/attachment"));
                let mut sandbox = bench.seed.lock();
                let table = sandbox.settled().network.transit_gateway_route_tables.get_mut(&table).expect("a table");
                table.propagated.withdraw(&attachment, &"10.2.0.0/16".parse().expect("a range"), true);
            },
            &["problem: not-routed 10.2.0.0/16 billing/billing.side eu/prod"],
            Reported
        ),
    ]
}
