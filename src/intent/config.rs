//! The whole file: its sections in the order in which they refer to one another.

use std::collections::BTreeMap;

use super::agreement::Agreement;
use super::connections::Connections;
use super::decode::{Decoder, Fields};
use super::tree::Node;
use super::types::{Intent, Segment};
use super::{accounts, attach, daemon, home, hubs, peering, routes, safety, segments, shape};
use crate::model::SegmentName;

/// The version of the config's language that this code reads.
const VERSION: u32 = 1;

/// Reads the file's root. `None` or not, the file is good only if nothing was reported.
pub(super) fn read(decoder: &mut Decoder, root: &Node) -> Option<Intent> {
    let mut config = decoder.open::<shape::Config>(root, "a mapping with `version`, `network`, `home` and so on")?;
    let version = config.get(decoder, "version", version);
    let network = config.get(decoder, "network", |d, n| d.parsed(n, "a network's name"));
    let home = config.get(decoder, "home", home::read);
    let accounts = config.get(decoder, "accounts", accounts::read);
    let hubs = config.get(decoder, "hubs", hubs::read);
    let share = config.get(decoder, "share", hubs::share);
    let segments = config.get(decoder, "segments", segments::read);
    let attach = config.get(decoder, "attach", attach::read);
    needs_attach(decoder, &config, segments.as_ref());
    let connections = Connections::read(decoder, &mut config);
    if let Some(segments) = &segments {
        Agreement::of(decoder, segments, &connections).check(decoder, config.place("peer_hubs").is_some());
    }
    let routes = config.get(decoder, "routes", routes::read).unwrap_or_default();
    let all_hubs = hubs.clone().unwrap_or_default();
    let peer_hubs = config.get(decoder, "peer_hubs", |d, n| hubs::peers(d, n, &all_hubs)).unwrap_or_default();
    let peer_vpcs = config.get(decoder, "peer_vpcs", peering::read).unwrap_or_default();
    let safety = config.get_or(decoder, "safety", safety::default(), safety::read);
    let daemon = config.get_or(decoder, "daemon", daemon::default(), daemon::read);
    config.close(decoder);
    Some(Intent {
        version: version?,
        network: network?,
        home: home?,
        accounts: accounts?,
        hubs: hubs?,
        share,
        segments: segments?,
        attach,
        connect: connections.connect(),
        inspect: connections.inspect(),
        egress: connections.egress(),
        isolate: connections.isolate(),
        routes,
        peer_hubs,
        peer_vpcs,
        safety: safety?,
        daemon: daemon?,
    })
}

fn version(decoder: &mut Decoder, node: &Node) -> Option<u32> {
    let version = decoder.number(node)?;
    if version == VERSION {
        return Some(version);
    }
    decoder
        .wrong(node.span, format!("version {version} of the config's language is unknown"))
        .help(format!("this transitd reads version {VERSION}"));
    None
}

/// Checks that the file says how VPCs are attached, if some may be.
fn needs_attach(decoder: &mut Decoder, config: &Fields<'_>, segments: Option<&BTreeMap<SegmentName, Segment>>) {
    let some_members = segments.is_some_and(|all| all.values().any(|segment| !segment.members.is_empty()));
    if some_members && config.place("attach").is_none() {
        let place = config.place("segments").unwrap_or(config.at);
        decoder
            .wrong(place, "`attach` is missing: segments have members, and nothing says which subnets to attach")
            .help("for instance `attach: { subnets: { tags: { transitd: attach } } }`");
    }
}
