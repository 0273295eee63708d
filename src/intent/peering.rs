//! `peer_vpcs`: direct VPC peerings, for the pairs that want one.

use std::collections::BTreeMap;

use super::decode::Decoder;
use super::members::{is_unlisted, never_listed};
use super::problems::Span;
use super::shape;
use super::tree::{Node, Value};
use super::types::{PeeringDns, PeeringRoutes, PeeringSide, Tables, VpcPeering};
use crate::model::SegmentName;

const DNS: [(&str, PeeringDns); 4] = [
    ("both", PeeringDns::Both),
    ("requester", PeeringDns::Requester),
    ("accepter", PeeringDns::Accepter),
    ("neither", PeeringDns::Neither),
];

pub(super) fn read(decoder: &mut Decoder, node: &Node) -> Option<BTreeMap<String, VpcPeering>> {
    let mut peerings = BTreeMap::new();
    let mut first: BTreeMap<String, Span> = BTreeMap::new();
    for item in decoder.items(node, "VPC peerings")? {
        let Some(mut fields) = decoder.open::<shape::PeerVpcs>(item, "a VPC peering") else { continue };
        // Peerings are named as segments are: the name is used in tags.
        let name = fields.get(decoder, "name", |d, n| Some((d.parsed::<SegmentName>(n, "a peering's name")?, n.span)));
        let requester = fields.get(decoder, "requester", side);
        let accepter = fields.get(decoder, "accepter", side);
        let dns = fields.get_or(decoder, "dns", PeeringDns::Neither, |d, n| d.word(n, &DNS));
        let routes = fields.get(decoder, "routes", routes);
        fields.close(decoder);
        if requester.is_some() && requester == accepter {
            decoder.wrong(item.span, "both sides of the peering are the same").help("name two different VPCs");
        }
        let name = name.filter(|(name, span)| match first.insert(name.to_string(), *span) {
            Some(before) => {
                decoder
                    .wrong(*span, format!("two peerings are named `{name}`"))
                    .also(before, "the first one")
                    .help("a name is what a peering is known by: choose another");
                false
            }
            None => true,
        });
        let (Some((name, _)), Some(requester), Some(accepter), Some(dns), Some(routes)) =
            (name, requester, accepter, dns, routes)
        else {
            continue;
        };
        peerings.insert(name.to_string(), VpcPeering { requester, accepter, dns, routes });
    }
    Some(peerings)
}

fn side(decoder: &mut Decoder, node: &Node) -> Option<PeeringSide> {
    let mut fields = decoder.open::<shape::PeeringSide>(node, "one side of a peering")?;
    let account = fields.get(decoder, "account", |d, n| Some((d.account(n)?, n.span)));
    if let Some((account, span)) = account.as_ref().filter(|(account, _)| is_unlisted(decoder, account)) {
        never_listed(decoder, *span, account);
    }
    let region = fields.get(decoder, "region", |d, n| d.parsed(n, "a region"));
    let vpc = fields.get(decoder, "vpc", |d, n| d.parsed(n, "a VPC id"));
    let vpc_tags = fields.get(decoder, "vpc_tags", Decoder::tags).unwrap_or_default();
    if fields.place("vpc").is_none() && fields.place("vpc_tags").is_none() {
        decoder
            .wrong(fields.at, "neither `vpc` nor `vpc_tags` says which VPC this is")
            .help("for instance `vpc_tags: { name: billing }`");
    }
    fields.close(decoder);
    Some(PeeringSide { account: account?.0, region: region?, vpc, vpc_tags })
}

fn routes(decoder: &mut Decoder, node: &Node) -> Option<PeeringRoutes> {
    if let Value::Scalar { .. } = &node.value {
        decoder.word(node, &[("all", ())])?;
        return Some(PeeringRoutes { requester: Some(Tables::All), accepter: Some(Tables::All) });
    }
    let mut fields = decoder.open::<shape::PeeringTables>(node, "`all`, or tables on either side")?;
    let requester = fields.get(decoder, "requester", Decoder::tables);
    let accepter = fields.get(decoder, "accepter", Decoder::tables);
    if fields.place("requester").is_none() && fields.place("accepter").is_none() {
        decoder
            .wrong(fields.at, "no side of the peering gets routes")
            .help("for instance `routes: all`, or `routes: { requester: all }`");
    }
    fields.close(decoder);
    Some(PeeringRoutes { requester, accepter })
}
