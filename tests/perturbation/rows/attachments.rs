//! Attachments, the VPC's and those that others make; and what they were made from.

use aws_sandbox::network::association::{Association, State as AssociationState};
use aws_sandbox::network::attachment::ResourceType;
use aws_sandbox::network::members::Switch;
use aws_sandbox::network::vpc_attachment::State;
use aws_sandbox::network::vpn_connection;
use jiff::Timestamp;
use serde_json::json;

use super::ComesTo::{Ignored, Mended, Partly, Repaired, Reported};
use super::Row;

/// What drift says where the hub has an attachment no more that the ledger knows.
const MADE_ANEW: &[&str] = &[
    "accept attachment eu/tools/tools.main",
    "create association eu/tools/tools.main",
    "create attachment eu/tools/tools.main",
    "create propagation eu/inspection < tools/tools.main",
    "create propagation eu/onprem < tools/tools.main",
    "replace static route eu/shared 10.77.0.0/16",
    "tag at the hub attachment eu/tools/tools.main",
];

pub fn rows() -> Vec<Row> {
    [of_vpcs(), given(), vpn(), customer_gateways()].into_iter().flatten().collect()
}

fn of_vpcs() -> Vec<Row> {
    const KIND: &str = "vpc-attachment";
    vec![
        row!(
            KIND,
            "id",
            |bench| {
                let named = json!({ "TransitGatewayAttachmentId": "{tools.main/attachment}" });
                bench.call("tools", "DeleteTransitGatewayVpcAttachment", named);
                let asked = json!({ "TransitGatewayId": "{eu}", "VpcId": "{tools.main}", "SubnetIds": ["{tools.main/1}", "{tools.main/2}"] });
                bench.call("tools", "CreateTransitGatewayVpcAttachment", asked);
            },
            &[
                "accept attachment eu/tools/tools.main",
                "create association eu/tools/tools.main",
                "create propagation eu/inspection < tools/tools.main",
                "create propagation eu/onprem < tools/tools.main",
                "replace VPC route tools/tools.main/tools.main/second 10.0.0.0/8",
                "replace VPC route tools/tools.main/tools.main/second 172.16.0.0/12",
                "replace VPC route tools/tools.main/tools.main/second tools.list",
                "replace static route eu/shared 10.77.0.0/16",
                "tag at the hub attachment eu/tools/tools.main"
            ],
            Mended
        ),
        row!(
            KIND,
            "transit_gateway",
            model!(vpc_attachments, "tools.main/attachment", it => it.transit_gateway = "tgw-0ffffffffffffffff".into()),
            &[
                "accept attachment eu/tools/tools.main",
                "create association eu/tools/tools.main",
                "create attachment eu/tools/tools.main",
                "create propagation eu/inspection < tools/tools.main",
                "create propagation eu/onprem < tools/tools.main",
                "problem: foreign-static-route eu/shared 10.77.0.0/16 nowhere: a blackhole",
                "replace VPC route tools/tools.main/tools.main/second 10.0.0.0/8",
                "replace VPC route tools/tools.main/tools.main/second 172.16.0.0/12",
                "replace VPC route tools/tools.main/tools.main/second tools.list",
                "tag at the hub attachment eu/tools/tools.main"
            ],
            Partly(&[
                "problem: foreign-static-route eu/shared 10.77.0.0/16 nowhere: a blackhole",
                "problem: shadowed propagated route 10.3.0.0/16, a blackhole 10.3.0.0/16 tools/tools.main eu/inspection",
                "problem: shadowed propagated route 10.3.0.0/16, a blackhole 10.3.0.0/16 tools/tools.main eu/onprem"
            ])
        ),
        row!(
            KIND,
            "transit_gateway_owner",
            model!(vpc_attachments, "tools.main/attachment", it => it.transit_gateway_owner = "999999999999".into()),
            MADE_ANEW,
            Partly(MADE_ANEW)
        ),
        row!(
            KIND,
            "vpc",
            model!(vpc_attachments, "tools.main/attachment", it => it.vpc = "vpc-0ffffffffffffffff".into()),
            &[
                "accept attachment eu/tools/tools.main",
                "create association eu/tools/tools.main",
                "create attachment eu/tools/tools.main",
                "create propagation eu/inspection < tools/tools.main",
                "create propagation eu/onprem < tools/tools.main",
                "replace VPC route tools/tools.main/tools.main/second 10.0.0.0/8",
                "replace VPC route tools/tools.main/tools.main/second 172.16.0.0/12",
                "replace VPC route tools/tools.main/tools.main/second tools.list",
                "replace static route eu/shared 10.77.0.0/16",
                "tag at the hub attachment eu/tools/tools.main",
                "unmanaged: association tools.main/attachment vpc tools/vpc-0ffffffffffffffff eu/shared",
                "unmanaged: attachment eu tools.main/attachment tools false vpc-0ffffffffffffffff vpc",
                "unmanaged: propagation tools.main/attachment vpc tools/vpc-0ffffffffffffffff eu/inspection",
                "unmanaged: propagation tools.main/attachment vpc tools/vpc-0ffffffffffffffff eu/onprem"
            ],
            Partly(&[
                "problem: shadowed propagated route 10.3.0.0/16 to tools.main/attachment 10.3.0.0/16 tools/tools.main eu/inspection",
                "problem: shadowed propagated route 10.3.0.0/16 to tools.main/attachment 10.3.0.0/16 tools/tools.main eu/onprem",
                "unmanaged: association tools.main/attachment vpc tools/vpc-0ffffffffffffffff eu/shared",
                "unmanaged: attachment eu tools.main/attachment tools false vpc-0ffffffffffffffff vpc",
                "unmanaged: propagation tools.main/attachment vpc tools/vpc-0ffffffffffffffff eu/inspection",
                "unmanaged: propagation tools.main/attachment vpc tools/vpc-0ffffffffffffffff eu/onprem"
            ])
        ),
        row!(
            KIND,
            "vpc_owner",
            model!(vpc_attachments, "tools.main/attachment", it => it.vpc_owner = "999999999999".into()),
            &[
                "unmanaged: association tools.main/attachment vpc 999999999999/tools.main eu/shared",
                "unmanaged: attachment eu tools.main/attachment 999999999999 false tools.main vpc",
                "unmanaged: propagation tools.main/attachment vpc 999999999999/tools.main eu/inspection",
                "unmanaged: propagation tools.main/attachment vpc 999999999999/tools.main eu/onprem"
            ],
            Reported
        ),
        row!(
            KIND,
            "region",
            model!(vpc_attachments, "tools.main/attachment", it => it.region = "eu-north-1".into()),
            MADE_ANEW,
            Partly(MADE_ANEW)
        ),
        row!(
            KIND,
            "state",
            call!("tools", "DeleteTransitGatewayVpcAttachment", { "TransitGatewayAttachmentId": "{tools.main/attachment}" }),
            &[
                "accept attachment eu/tools/tools.main",
                "create association eu/tools/tools.main",
                "create attachment eu/tools/tools.main",
                "create propagation eu/inspection < tools/tools.main",
                "create propagation eu/onprem < tools/tools.main",
                "replace VPC route tools/tools.main/tools.main/second 10.0.0.0/8",
                "replace VPC route tools/tools.main/tools.main/second 172.16.0.0/12",
                "replace VPC route tools/tools.main/tools.main/second tools.list",
                "replace static route eu/shared 10.77.0.0/16",
                "tag at the hub attachment eu/tools/tools.main"
            ],
            Mended
        ),
        row!(
            KIND,
            "state",
            model!(vpc_attachments, "tools.main/attachment", it => it.state = State::Failed),
            &["problem: attachment-failed eu/tools/tools.main other tools.main/attachment"],
            Reported
        ),
        row!(
            KIND,
            "state",
            model!(vpc_attachments, "tools.main/attachment", it => it.state = State::Rejected),
            &["problem: attachment-failed eu/tools/tools.main rejected tools.main/attachment"],
            Reported
        ),
        row!(
            KIND,
            "state",
            model!(vpc_attachments, "tools.main/attachment", it => it.state = State::PendingAcceptance),
            &[
                "accept attachment eu/tools/tools.main",
                "replace VPC route tools/tools.main/tools.main/second 10.0.0.0/8",
                "replace VPC route tools/tools.main/tools.main/second 172.16.0.0/12",
                "replace VPC route tools/tools.main/tools.main/second tools.list",
                "tag at the hub attachment eu/tools/tools.main"
            ],
            Repaired
        ),
        row!(
            KIND,
            "subnets",
            call!("tools", "ModifyTransitGatewayVpcAttachment", { "TransitGatewayAttachmentId": "{tools.main/attachment}", "RemoveSubnetIds": ["{tools.main/2}"] }),
            &["modify attachment eu/tools/tools.main"],
            Repaired
        ),
        row!(
            KIND,
            "subnets",
            call!("tools", "ModifyTransitGatewayVpcAttachment", { "TransitGatewayAttachmentId": "{tools.main/attachment}", "AddSubnetIds": ["{tools.main/3}"] }),
            &["unmanaged: attached-subnet eu/tools/tools.main tools.main/3"],
            Reported
        ),
        row!(
            KIND,
            "options.dns_support",
            call!("tools", "ModifyTransitGatewayVpcAttachment", { "TransitGatewayAttachmentId": "{tools.main/attachment}", "Options": { "DnsSupport": "disable" } }),
            &["modify attachment eu/tools/tools.main"],
            Repaired
        ),
        row!(
            KIND,
            "options.security_group_referencing_support",
            call!("tools", "ModifyTransitGatewayVpcAttachment", { "TransitGatewayAttachmentId": "{tools.main/attachment}", "Options": { "SecurityGroupReferencingSupport": "disable" } }),
            &["modify attachment eu/tools/tools.main"],
            Repaired
        ),
        row!(
            KIND,
            "options.ipv6_support",
            model!(vpc_attachments, "tools.main/attachment", it => it.options.ipv6_support = Switch::Enable),
            &["modify attachment eu/tools/tools.main"],
            Repaired
        ),
        row!(
            KIND,
            "options.appliance_mode_support",
            call!("network", "ModifyTransitGatewayVpcAttachment", { "TransitGatewayAttachmentId": "{network.fw/attachment}", "Options": { "ApplianceModeSupport": "disable" } }),
            &["modify attachment eu/network/network.fw"],
            Repaired
        ),
        row!(
            KIND,
            "created",
            model!(vpc_attachments, "tools.main/attachment", it => it.created = Timestamp::UNIX_EPOCH),
            &[],
            Ignored("a time decides nothing")
        ),
        row!(
            KIND,
            "association",
            call!("network", "DisassociateTransitGatewayRouteTable", { "TransitGatewayAttachmentId": "{tools.main/attachment}", "TransitGatewayRouteTableId": "{table of shared}" }),
            &["create association eu/tools/tools.main"],
            Repaired
        ),
        row!(
            KIND,
            "shown_association",
            model!(vpc_attachments, "tools.main/attachment", it => it.shown_association = Some(Association { table: "tgw-rtb-0ffffffffffffffff".into(), state: AssociationState::Associated })),
            &[],
            Ignored("what the list of attachments says of it may lag: the table's own list is asked")
        ),
        row!(
            KIND,
            "propagations",
            call!("network", "DisableTransitGatewayRouteTablePropagation", { "TransitGatewayAttachmentId": "{tools.main/attachment}", "TransitGatewayRouteTableId": "{table of inspection}" }),
            &["create propagation eu/inspection < tools/tools.main"],
            Repaired
        ),
        row!(
            KIND,
            "propagations",
            call!("network", "EnableTransitGatewayRouteTablePropagation", { "TransitGatewayAttachmentId": "{tools.main/attachment}", "TransitGatewayRouteTableId": "{table of prod}" }),
            &[
                "problem: inspection-bypassed tools.main/attachment tools/tools.main eu/prod",
                "unmanaged: propagation tools.main/attachment vpc tools/tools.main eu/prod",
            ],
            Reported
        ),
    ]
}

fn given() -> Vec<Row> {
    const KIND: &str = "given-attachment";
    vec![
        row!(
            KIND,
            "id",
            model!(given_attachments, "vpn", it => it.id = "tgw-attach-0ffffffffffffffff".into()),
            &["create association eu/vpn vpn/resource", "create propagation eu/shared < vpn vpn/resource"],
            Partly(&["create association eu/vpn vpn/resource"])
        ),
        row!(
            KIND,
            "transit_gateway",
            model!(given_attachments, "vpn", it => it.transit_gateway = "tgw-0ffffffffffffffff".into()),
            &["problem: given-missing vpn vpn/resource eu onprem"],
            Reported
        ),
        row!(
            KIND,
            "transit_gateway_owner",
            model!(given_attachments, "vpn", it => it.transit_gateway_owner = "999999999999".into()),
            &["problem: given-missing vpn vpn/resource eu onprem"],
            Reported
        ),
        row!(
            KIND,
            "region",
            model!(given_attachments, "vpn", it => it.region = "eu-north-1".into()),
            &["problem: given-missing vpn vpn/resource eu onprem"],
            Reported
        ),
        row!(
            KIND,
            "resource_type",
            model!(given_attachments, "vpn", it => it.resource_type = ResourceType::Connect),
            &[
                "problem: given-missing vpn vpn/resource eu onprem",
                "unmanaged: association vpn connect network/vpn/resource eu/onprem",
                "unmanaged: attachment eu vpn network false vpn/resource connect",
                "unmanaged: propagation vpn connect network/vpn/resource eu/shared"
            ],
            Reported
        ),
        row!(
            KIND,
            "resource",
            model!(given_attachments, "vpn", it => it.resource = "vpn-0ffffffffffffffff".into()),
            &[
                "problem: given-missing vpn vpn/resource eu onprem",
                "unmanaged: association vpn vpn network/vpn-0ffffffffffffffff eu/onprem",
                "unmanaged: attachment eu vpn network false vpn-0ffffffffffffffff vpn",
                "unmanaged: propagation vpn vpn network/vpn-0ffffffffffffffff eu/shared"
            ],
            Reported
        ),
        row!(
            KIND,
            "resource_owner",
            model!(given_attachments, "vpn", it => it.resource_owner = "999999999999".into()),
            &[],
            Ignored("who owns the VPN is for who made it")
        ),
        row!(
            KIND,
            "state",
            call!("network", "DeleteVpnConnection", { "VpnConnectionId": "{vpn/resource}" }),
            &["problem: given-missing vpn vpn/resource eu onprem"],
            Reported
        ),
        row!(
            KIND,
            "state",
            model!(given_attachments, "vpn", it => it.state = State::Failed),
            &["problem: given-not-available vpn vpn/resource eu vpn onprem failed"],
            Reported
        ),
        row!(
            KIND,
            "created",
            model!(given_attachments, "vpn", it => it.created = Timestamp::UNIX_EPOCH),
            &[],
            Ignored("a time decides nothing")
        ),
        row!(
            KIND,
            "association",
            call!("network", "DisassociateTransitGatewayRouteTable", { "TransitGatewayAttachmentId": "{vpn}", "TransitGatewayRouteTableId": "{table of onprem}" }),
            &["create association eu/vpn vpn/resource"],
            Repaired
        ),
        row!(
            KIND,
            "shown_association",
            model!(given_attachments, "vpn", it => it.shown_association = None),
            &[],
            Ignored("what the list of attachments says of it may lag: the table's own list is asked")
        ),
        row!(
            KIND,
            "propagations",
            call!("network", "DisableTransitGatewayRouteTablePropagation", { "TransitGatewayAttachmentId": "{vpn}", "TransitGatewayRouteTableId": "{table of shared}" }),
            &["create propagation eu/shared < vpn vpn/resource"],
            Repaired
        ),
        row!(
            KIND,
            "propagations",
            call!("network", "EnableTransitGatewayRouteTablePropagation", { "TransitGatewayAttachmentId": "{vpn}", "TransitGatewayRouteTableId": "{table of prod}" }),
            &["unmanaged: propagation vpn vpn network/vpn/resource eu/prod"],
            Reported
        ),
        row!(
            KIND,
            "prefixes",
            |bench| bench.seed.bring(&bench.id("vpn"), &["172.16.0.0/16", "192.168.99.0/24"]),
            &["problem: unexpected-range vpn 192.168.99.0/24 onprem eu/shared"],
            Reported
        ),
        row!(
            KIND,
            "prefixes",
            |bench| bench.seed.bring(&bench.id("vpn"), &[]),
            &[],
            Ignored("what BGP brings, it brings when it likes")
        ),
    ]
}

fn vpn() -> Vec<Row> {
    const KIND: &str = "vpn-connection";
    const WHY: &str = "the attachment is what transitd looks at; the VPN behind it is for who made it";
    vec![
        row!(
            KIND,
            "id",
            model!(vpn_connections, "vpn/resource", it => it.id = "vpn-0ffffffffffffffff".into()),
            &[],
            Ignored(WHY)
        ),
        row!(
            KIND,
            "owner",
            model!(vpn_connections, "vpn/resource", it => it.owner = "999999999999".into()),
            &[],
            Ignored(WHY)
        ),
        row!(
            KIND,
            "region",
            model!(vpn_connections, "vpn/resource", it => it.region = "eu-north-1".into()),
            &[],
            Ignored(WHY)
        ),
        row!(
            KIND,
            "customer_gateway",
            model!(vpn_connections, "vpn/resource", it => it.customer_gateway = "cgw-0ffffffffffffffff".into()),
            &[],
            Ignored(WHY)
        ),
        row!(
            KIND,
            "transit_gateway",
            model!(vpn_connections, "vpn/resource", it => it.transit_gateway = "tgw-0ffffffffffffffff".into()),
            &[],
            Ignored(WHY)
        ),
        row!(
            KIND,
            "attachment",
            model!(vpn_connections, "vpn/resource", it => it.attachment = "tgw-attach-0ffffffffffffffff".into()),
            &[],
            Ignored(WHY)
        ),
        row!(
            KIND,
            "state",
            model!(vpn_connections, "vpn/resource", it => it.state = vpn_connection::State::Pending),
            &[],
            Ignored(WHY)
        ),
        row!(
            KIND,
            "static_routes_only",
            model!(vpn_connections, "vpn/resource", it => it.static_routes_only = true),
            &[],
            Ignored(WHY)
        ),
    ]
}

fn customer_gateways() -> Vec<Row> {
    const KIND: &str = "customer-gateway";
    const WHY: &str = "the far side of a VPN is for who made it";
    vec![
        row!(
            KIND,
            "id",
            model!(customer_gateways, "customer gateway", it => it.id = "cgw-0ffffffffffffffff".into()),
            &[],
            Ignored(WHY)
        ),
        row!(
            KIND,
            "owner",
            model!(customer_gateways, "customer gateway", it => it.owner = "999999999999".into()),
            &[],
            Ignored(WHY)
        ),
        row!(
            KIND,
            "region",
            model!(customer_gateways, "customer gateway", it => it.region = "eu-north-1".into()),
            &[],
            Ignored(WHY)
        ),
        row!(KIND, "asn", model!(customer_gateways, "customer gateway", it => it.asn = 65001), &[], Ignored(WHY)),
        row!(
            KIND,
            "address",
            model!(customer_gateways, "customer gateway", it => it.address = [198, 51, 100, 8].into()),
            &[],
            Ignored(WHY)
        ),
        row!(
            KIND,
            "device_name",
            model!(customer_gateways, "customer gateway", it => it.device_name = Some("left".into())),
            &[],
            Ignored(WHY)
        ),
    ]
}
