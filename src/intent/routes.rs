//! `routes`: further static routes in the segments' tables.

use std::collections::BTreeMap;

use super::decode::Decoder;
use super::members::{is_unlisted, never_listed};
use super::problems::{Span, shown};
use super::tree::{Node, Value};
use super::types::{DeclaredRoute, Via};
use super::{hubs, segments, shape};
use crate::model::{AccountId, Destination, HubName, SegmentName, VpcId};

pub(super) fn read(decoder: &mut Decoder, node: &Node) -> Option<Vec<DeclaredRoute>> {
    let mut routes = Vec::new();
    let mut first: BTreeMap<(SegmentName, HubName, Destination), Span> = BTreeMap::new();
    for item in decoder.items(node, "routes")? {
        let Some(mut fields) = decoder.open::<shape::Route>(item, "a route") else { continue };
        let segment = fields.get(decoder, "in", segments::reference);
        let on = fields.get(decoder, "on", |d, n| Some((hubs::reference(d, n)?, n.span)));
        let hub = on.map(|(hub, span)| {
            stands_there(decoder, segment.as_ref(), &hub, span);
            hub
        });
        let to = fields.get(decoder, "to", destination);
        let via = fields.get(decoder, "via", via);
        fields.close(decoder);
        let (Some(segment), Some(hub), Some(to), Some(via)) = (segment, hub, to, via) else { continue };
        if let Some(before) = first.insert((segment.clone(), hub.clone(), to.clone()), item.span) {
            decoder
                .wrong(item.span, "two routes to one destination in one table")
                .also(before, "the first one")
                .help("a table holds one static route for a destination: keep one of them");
        }
        routes.push(DeclaredRoute { segment, hub, to, via });
    }
    Some(routes)
}

/// Checks that a route's table is there: that its segment stands on its hub.
fn stands_there(decoder: &mut Decoder, segment: Option<&SegmentName>, hub: &HubName, span: Span) {
    let all = decoder.declared.segments.as_ref();
    let Some((name, declared)) = segment.and_then(|name| Some((name, all?.get(name)?))) else { return };
    let place = declared.span;
    if declared.sound && !declared.hubs.contains(hub) {
        decoder
            .wrong(span, format!("the segment `{name}` does not stand on the hub `{hub}`, so it has no table there"))
            .also(place, "the segment and its hubs")
            .help(format!("add `{hub}` to its `hubs`, or name the table of a hub on which it stands"));
    }
}

/// Reads what a route matches: a range, or a prefix list by its id.
pub(super) fn destination(decoder: &mut Decoder, node: &Node) -> Option<Destination> {
    let (text, _) = decoder.scalar(node, "an address range or a prefix list id")?;
    if text.starts_with("pl-") {
        return decoder.parsed(node, "a prefix list id").map(Destination::PrefixList);
    }
    decoder.cidr(node).map(Destination::Cidr)
}

fn via(decoder: &mut Decoder, node: &Node) -> Option<Via> {
    if let Value::Scalar { .. } = &node.value {
        return decoder.word(node, &[("blackhole", ())]).map(|()| Via::Blackhole);
    }
    let mut fields = decoder.open::<shape::ViaAttachment>(node, "`blackhole` or { attachment_of: account/VPC }")?;
    let via = fields.get(decoder, "attachment_of", attachment_of);
    fields.close(decoder);
    via
}

fn attachment_of(decoder: &mut Decoder, node: &Node) -> Option<Via> {
    let (text, _) = decoder.scalar(node, "an account and one of its VPCs")?;
    let parts = text
        .split_once('/')
        .and_then(|(account, vpc)| Some((account.parse::<AccountId>().ok()?, vpc.parse::<VpcId>().ok()?)));
    let Some((account, vpc)) = parts else {
        decoder
            .wrong(node.span, format!("`{}` is not an account and one of its VPCs", shown(text)))
            .help("for instance \"222222222222/vpc-0123456789abcdef0\"");
        return None;
    };
    if is_unlisted(decoder, &account) {
        never_listed(decoder, node.span, &account);
        return None;
    }
    Some(Via::AttachmentOf { account, vpc })
}
