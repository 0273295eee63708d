//! Connect peers: the tunnels of a Connect attachment, which are for who made it.

use aws_sandbox::network::connect_peer;
use jiff::Timestamp;

use super::ComesTo::Ignored;
use super::Row;

const KIND: &str = "connect-peer";
const WHY: &str = "the attachment is what transitd looks at; the tunnels in it are for who made them";

pub fn rows() -> Vec<Row> {
    vec![
        row!(
            KIND,
            "id",
            model!(connect_peers, "connect peer", it => it.id = "tgw-connect-peer-0ffffffffffffffff".into()),
            &[],
            Ignored(WHY)
        ),
        row!(
            KIND,
            "owner",
            model!(connect_peers, "connect peer", it => it.owner = "999999999999".into()),
            &[],
            Ignored(WHY)
        ),
        row!(
            KIND,
            "region",
            model!(connect_peers, "connect peer", it => it.region = "eu-north-1".into()),
            &[],
            Ignored(WHY)
        ),
        row!(
            KIND,
            "attachment",
            model!(connect_peers, "connect peer", it => it.attachment = "tgw-attach-0ffffffffffffffff".into()),
            &[],
            Ignored(WHY)
        ),
        row!(
            KIND,
            "transit_gateway",
            model!(connect_peers, "connect peer", it => it.transit_gateway = "tgw-0ffffffffffffffff".into()),
            &[],
            Ignored(WHY)
        ),
        row!(
            KIND,
            "state",
            model!(connect_peers, "connect peer", it => it.state = connect_peer::State::Pending),
            &[],
            Ignored(WHY)
        ),
        row!(
            KIND,
            "created",
            model!(connect_peers, "connect peer", it => it.created = Timestamp::UNIX_EPOCH),
            &[],
            Ignored(WHY)
        ),
        row!(
            KIND,
            "transit_gateway_address",
            model!(connect_peers, "connect peer", it => it.transit_gateway_address = [192, 0, 2, 9].into()),
            &[],
            Ignored(WHY)
        ),
        row!(
            KIND,
            "peer_address",
            model!(connect_peers, "connect peer", it => it.peer_address = [192, 0, 2, 10].into()),
            &[],
            Ignored(WHY)
        ),
        row!(KIND, "inside", model!(connect_peers, "connect peer", it => it.inside.clear()), &[], Ignored(WHY)),
        row!(KIND, "peer_asn", model!(connect_peers, "connect peer", it => it.peer_asn = 64999), &[], Ignored(WHY)),
    ]
}
