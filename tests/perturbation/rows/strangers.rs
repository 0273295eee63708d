//! What is none of transitd's: peerings, internet gateways, NAT gateways; and prefix lists, which it only names.

use aws_sandbox::network::association::{Association, State as AssociationState};
use aws_sandbox::network::members::Switch;
use aws_sandbox::network::nat_gateway::{Failure, State as NatState};
use aws_sandbox::network::prefix_list::{Family, State as ListState};
use aws_sandbox::network::vpc_attachment::State;
use aws_sandbox::network::vpc_peering::Status;
use jiff::Timestamp;

use super::ComesTo::{Ignored, Reported};
use super::Row;

pub fn rows() -> Vec<Row> {
    [peerings(), vpc_peerings(), internet_gateways(), egress_only_internet_gateways(), nat_gateways(), prefix_lists()]
        .into_iter()
        .flatten()
        .collect()
}

const FAR: &str = "a peering with a stranger's gateway is a stranger's, and told as that alone";

macro_rules! peering {
    ($it:ident => $change:expr) => {
        model!(peering_attachments, "peering", $it => $change)
    };
}

fn peerings() -> Vec<Row> {
    const KIND: &str = "peering-attachment";
    vec![
        row!(KIND, "id", peering!(it => it.id = "tgw-attach-0ffffffffffffffff".into()), &[], Ignored(FAR)),
        row!(
            KIND,
            "requester.attachment",
            peering!(it => it.requester.attachment = "tgw-attach-0ffffffffffffffff".into()),
            &[],
            Ignored(FAR)
        ),
        row!(
            KIND,
            "requester.transit_gateway",
            peering!(it => it.requester.transit_gateway = "tgw-0ffffffffffffffff".into()),
            &[
                "unmanaged: attachment old peering/here lab false tgw-0ffffffffffffffff peering",
                "gone: unmanaged: attachment old peering/here lab false lab.gateway peering"
            ],
            Reported
        ),
        row!(
            KIND,
            "requester.owner",
            peering!(it => it.requester.owner = "999999999999".into()),
            &[
                "unmanaged: attachment old peering/here 999999999999 false lab.gateway peering",
                "gone: unmanaged: attachment old peering/here lab false lab.gateway peering"
            ],
            Reported
        ),
        row!(KIND, "requester.region", peering!(it => it.requester.region = "eu-north-1".into()), &[], Ignored(FAR)),
        row!(
            KIND,
            "requester.association",
            peering!(it => it.requester.association = Some(Association { table: "tgw-rtb-0ffffffffffffffff".into(), state: AssociationState::Associated })),
            &[],
            Ignored(FAR)
        ),
        row!(
            KIND,
            "requester.shown_association",
            peering!(it => it.requester.shown_association = Some(Association { table: "tgw-rtb-0ffffffffffffffff".into(), state: AssociationState::Associated })),
            &[],
            Ignored(FAR)
        ),
        row!(
            KIND,
            "accepter.attachment",
            peering!(it => it.accepter.attachment = "tgw-attach-0fffffffffffffffe".into()),
            &[
                "unmanaged: attachment old tgw-attach-0fffffffffffffffe lab false lab.gateway peering",
                "gone: unmanaged: attachment old peering/here lab false lab.gateway peering"
            ],
            Reported
        ),
        row!(
            KIND,
            "accepter.transit_gateway",
            peering!(it => it.accepter.transit_gateway = "tgw-0ffffffffffffffff".into()),
            &["gone: unmanaged: attachment old peering/here lab false lab.gateway peering"],
            Reported
        ),
        row!(
            KIND,
            "accepter.owner",
            peering!(it => it.accepter.owner = "999999999999".into()),
            &["gone: unmanaged: attachment old peering/here lab false lab.gateway peering"],
            Reported
        ),
        row!(
            KIND,
            "accepter.region",
            peering!(it => it.accepter.region = "eu-north-1".into()),
            &["gone: unmanaged: attachment old peering/here lab false lab.gateway peering"],
            Reported
        ),
        row!(
            KIND,
            "accepter.association",
            |bench| {
                bench.call("network", "AssociateTransitGatewayRouteTable", serde_json::json!({ "TransitGatewayAttachmentId": "{peering/here}", "TransitGatewayRouteTableId": "{old/table}" }))
            },
            &["unmanaged: association peering/here peering lab/lab.gateway old/legacy"],
            Reported
        ),
        row!(
            KIND,
            "accepter.shown_association",
            peering!(it => it.accepter.shown_association = Some(Association { table: "tgw-rtb-0ffffffffffffffff".into(), state: AssociationState::Associated })),
            &[],
            Ignored(FAR)
        ),
        row!(
            KIND,
            "state",
            |bench| bench.call(
                "network",
                "DeleteTransitGatewayPeeringAttachment",
                serde_json::json!({ "TransitGatewayAttachmentId": "{peering/here}" })
            ),
            &["gone: unmanaged: attachment old peering/here lab false lab.gateway peering"],
            Reported
        ),
        row!(
            KIND,
            "state",
            peering!(it => it.state = State::PendingAcceptance),
            &[
                "unmanaged: attachment old peering/here lab true lab.gateway peering",
                "gone: unmanaged: attachment old peering/here lab false lab.gateway peering"
            ],
            Reported
        ),
        row!(KIND, "message", peering!(it => it.message = Some("somebody's".into())), &[], Ignored(FAR)),
        row!(
            KIND,
            "created",
            peering!(it => it.created = Timestamp::UNIX_EPOCH),
            &[],
            Ignored("a time decides nothing")
        ),
        row!(KIND, "dynamic_routing", peering!(it => it.dynamic_routing = Switch::Enable), &[], Ignored(FAR)),
    ]
}

fn vpc_peerings() -> Vec<Row> {
    const KIND: &str = "vpc-peering-connection";
    const WHY: &str = "a peering between two VPCs that nobody declares is theirs";
    macro_rules! direct {
        ($field:expr, $it:ident => $change:expr) => {
            row!(KIND, $field, model!(vpc_peering_connections, "vpc peering", $it => $change), &[], Ignored(WHY))
        };
    }
    vec![
        direct!("id", it => it.id = "pcx-0ffffffffffffffff".into()),
        direct!("requester.vpc", it => it.requester.vpc = "vpc-0ffffffffffffffff".into()),
        direct!("requester.owner", it => it.requester.owner = "999999999999".into()),
        direct!("requester.region", it => it.requester.region = "eu-north-1".into()),
        direct!("requester.dns_resolution", it => it.requester.dns_resolution = true),
        direct!("requester.listed_until", it => it.requester.listed_until = Some(Timestamp::UNIX_EPOCH)),
        direct!("accepter.vpc", it => it.accepter.vpc = "vpc-0ffffffffffffffff".into()),
        direct!("accepter.owner", it => it.accepter.owner = "999999999999".into()),
        direct!("accepter.region", it => it.accepter.region = "eu-north-1".into()),
        direct!("accepter.dns_resolution", it => it.accepter.dns_resolution = true),
        direct!("accepter.listed_until", it => it.accepter.listed_until = Some(Timestamp::UNIX_EPOCH)),
        direct!("status", it => it.status = Status::Rejected),
        direct!("expires", it => it.expires = Timestamp::UNIX_EPOCH),
    ]
}

fn internet_gateways() -> Vec<Row> {
    const KIND: &str = "internet-gateway";
    const WHY: &str = "the way out behind the firewalls is for who keeps them";
    vec![
        row!(
            KIND,
            "id",
            model!(internet_gateways, "igw", it => it.id = "igw-0ffffffffffffffff".into()),
            &[],
            Ignored(WHY)
        ),
        row!(
            KIND,
            "owner",
            model!(internet_gateways, "igw", it => it.owner = "999999999999".into()),
            &[],
            Ignored(WHY)
        ),
        row!(
            KIND,
            "region",
            model!(internet_gateways, "igw", it => it.region = "eu-north-1".into()),
            &[],
            Ignored(WHY)
        ),
        row!(KIND, "vpc", model!(internet_gateways, "igw", it => it.vpc = None), &[], Ignored(WHY)),
    ]
}

fn egress_only_internet_gateways() -> Vec<Row> {
    const WHY: &str = "the way out for IPv6 is for who keeps it";
    macro_rules! gateway {
        ($field:literal, $it:ident => $change:expr) => {
            row!(
                "egress-only-internet-gateway",
                $field,
                model!(egress_only_internet_gateways, "eigw", $it => $change),
                &[],
                Ignored(WHY)
            )
        };
    }
    vec![
        gateway!("id", it => it.id = "eigw-0ffffffffffffffff".into()),
        gateway!("owner", it => it.owner = "999999999999".into()),
        gateway!("region", it => it.region = "eu-north-1".into()),
        gateway!("vpc", it => it.vpc = "vpc-0ffffffffffffffff".into()),
        gateway!("client_token", it => it.client_token = Some("token".into())),
    ]
}

fn nat_gateways() -> Vec<Row> {
    const WHY: &str = "NAT gateways and their addresses are for who keeps them; the routes to them are read as routes";
    macro_rules! gateway {
        ($field:literal, $it:ident => $change:expr) => {
            row!("nat-gateway", $field, model!(nat_gateways, "nat", $it => $change), &[], Ignored(WHY))
        };
    }
    macro_rules! address {
        ($field:literal, $it:ident => $change:expr) => {
            row!("elastic-ip", $field, model!(elastic_ips, "address", $it => $change), &[], Ignored(WHY))
        };
    }
    vec![
        gateway!("id", it => it.id = "nat-0ffffffffffffffff".into()),
        gateway!("owner", it => it.owner = "999999999999".into()),
        gateway!("region", it => it.region = "eu-north-1".into()),
        gateway!("vpc", it => it.vpc = "vpc-0ffffffffffffffff".into()),
        gateway!("subnet", it => it.subnet = "subnet-0ffffffffffffffff".into()),
        gateway!("state", it => it.state = NatState::Deleted),
        gateway!("failure", it => it.failure = Some(Failure { code: "InternalError", message: "again".into() })),
        gateway!("allocation", it => it.allocation = Some("eipalloc-0ffffffffffffffff".into())),
        gateway!("created", it => it.created = Timestamp::UNIX_EPOCH),
        gateway!("deleted", it => it.deleted = Some(Timestamp::UNIX_EPOCH)),
        gateway!("client_token", it => it.client_token = Some("token".into())),
        address!("id", it => it.id = "eipalloc-0ffffffffffffffff".into()),
        address!("owner", it => it.owner = "999999999999".into()),
        address!("region", it => it.region = "eu-north-1".into()),
        address!("public", it => it.public = std::net::Ipv4Addr::new(192, 0, 2, 1)),
    ]
}

fn prefix_lists() -> Vec<Row> {
    const KIND: &str = "prefix-list";
    const WHY: &str = "what a list holds is for who keeps it; the routes to it follow by themselves";
    const USED: &str =
        "the routes to it are there: AWS keeps a list that is in use, and refuses one that outgrows its tables";
    vec![
        row!(
            KIND,
            "id",
            model!(prefix_lists, "tools.list", it => it.id = "pl-0ffffffffffffffff".into()),
            &[],
            Ignored(USED)
        ),
        row!(
            KIND,
            "owner",
            model!(prefix_lists, "tools.list", it => it.owner = "999999999999".into()),
            &[],
            Ignored(USED)
        ),
        row!(
            KIND,
            "region",
            model!(prefix_lists, "network.list", it => it.region = "eu-north-1".into()),
            &[],
            Ignored(USED)
        ),
        row!(KIND, "name", model!(prefix_lists, "network.list", it => it.name = "other".into()), &[], Ignored(WHY)),
        row!(KIND, "family", model!(prefix_lists, "network.list", it => it.family = Family::V6), &[], Ignored(WHY)),
        row!(
            KIND,
            "state",
            model!(prefix_lists, "network.list", it => it.state = ListState::ModifyFailed),
            &[],
            Ignored(WHY)
        ),
        row!(
            KIND,
            "state_message",
            model!(prefix_lists, "network.list", it => it.state_message = Some("no".into())),
            &[],
            Ignored(WHY)
        ),
        row!(KIND, "max_entries", model!(prefix_lists, "tools.list", it => it.max_entries = 600), &[], Ignored(USED)),
        row!(KIND, "version", model!(prefix_lists, "network.list", it => it.version = 7), &[], Ignored(WHY)),
        row!(
            KIND,
            "versions",
            model!(prefix_lists, "network.list", it => it.versions.values_mut().for_each(std::collections::BTreeMap::clear)),
            &[],
            Ignored(WHY)
        ),
        row!(
            KIND,
            "client_token",
            model!(prefix_lists, "network.list", it => it.client_token = Some("a".into())),
            &[],
            Ignored(WHY)
        ),
    ]
}
