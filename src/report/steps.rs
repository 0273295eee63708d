//! The steps of a plan as text, hub by hub and in the order in which they are done: the gateway and its sharing, the
//! segments' tables, VPC after VPC, what others have attached, static routes. What is taken away stands by itself behind
//! that, and behind all what is shown and not sent.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::{
    Attached, AttachedKey, AttachmentKey, GivenKey, HubName, Key, Kind, ListId, RouteVia, SegmentName, VpcKey,
};
use crate::plan::{Left, Outlook, Step, Why};

use super::View;
use super::drift::{MANY, more};
use super::names::{Names, Place};
use super::style::{Page, Paint, Piece, count, piece};
use super::summary::is_taken_away;
use super::wording;

/// How many accounts or tables are named where removals say what lists they rest on; of more, their number is.
const NAMED: usize = 2;

/// What a block of steps has in common.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Block {
    Done,
    TakenAway,
    /// Not sent, and why.
    Left(Left),
}

/// Under whose heading a step stands. The order is that in which things are done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Under<'a> {
    Gateway,
    Tables,
    /// A VPC, segment by segment and by the name of its account, and whether it has left its segment.
    Vpc {
        segment: Option<&'a SegmentName>,
        account: &'a str,
        vpc: &'a VpcKey,
        departed: bool,
    },
    Given(&'a GivenKey),
    /// A segment's static routes, and where they lead.
    Routes(&'a SegmentName, Option<&'a RouteVia>),
}

type Groups<'a> = BTreeMap<Under<'a>, Vec<&'a Step>>;

/// Writes the steps.
pub(super) fn steps(page: &mut Page, view: &View<'_>, names: &Names<'_>) {
    let mut hubs: BTreeMap<Option<&HubName>, BTreeMap<Block, Groups<'_>>> = BTreeMap::new();
    for step in &view.plan.steps {
        let blocks = hubs.entry(names.hub_of(&step.key)).or_default();
        blocks.entry(block(step)).or_default().entry(under(step, names)).or_default().push(step);
    }
    let mut is_told = false;
    for (hub, blocks) in hubs {
        let mut place = place(hub, view, names);
        for (block, groups) in blocks {
            page.gap();
            let number = groups.values().map(Vec::len).sum();
            page.line(0, 2, &[piece(Paint::Heading, heading(&block, &place, number))]);
            place = hub.map_or(place, |hub| format!("hub {hub}"));
            rule(page, &block, &mut is_told, names);
            let mut shown = BTreeMap::new();
            for (under, steps) in &groups {
                group(page, &block, *under, hub, steps, names, &mut shown);
            }
            for (kind, number) in shown {
                more(page, 2, number, wording::several(kind));
            }
            foot(page, &block, &groups.values().flatten().copied().collect::<Vec<_>>());
        }
    }
}

fn block(step: &Step) -> Block {
    match &step.outlook {
        Outlook::Left { why } => Block::Left(why.clone()),
        Outlook::Ready | Outlook::Waits { .. } if is_taken_away(step) => Block::TakenAway,
        Outlook::Ready | Outlook::Waits { .. } => Block::Done,
    }
}

fn under<'a>(step: &'a Step, names: &Names<'a>) -> Under<'a> {
    let departed = matches!(step.why, Why::Departed { .. });
    let of_vpc = |vpc: &'a VpcKey| {
        let account = names.account_name(&vpc.account).unwrap_or_default();
        Under::Vpc { segment: names.segment(vpc), account, vpc, departed }
    };
    let of = |of: &'a Attached| match of {
        Attached::Vpc(vpc) => of_vpc(vpc),
        Attached::Given(given) => Under::Given(given),
    };
    match &step.key {
        Key::Hub(_) | Key::Share(_) | Key::Principal(_) => Under::Gateway,
        Key::Table(_) => Under::Tables,
        Key::Attachment(key) => of_vpc(&key.vpc),
        Key::Association(key) => of(&key.of),
        Key::Propagation(key) => of(&key.of),
        Key::StaticRoute(key) => {
            let via = names.static_route(key).map(|route| &route.via);
            Under::Routes(&key.table.segment, via.filter(|_| !is_taken_away(step)))
        }
        Key::VpcRoute(key) => of_vpc(&key.vpc),
    }
}

/// Names a hub with what a person has to know of it once.
fn place(hub: Option<&HubName>, view: &View<'_>, names: &Names<'_>) -> String {
    let Some(hub) = hub else { return "on no hub".to_owned() };
    match (view.want.hubs.get(hub), names.gateway(hub)) {
        (Some(wanted), Some(gateway)) => format!("hub {hub} ({gateway}) in {}", wanted.scope.region),
        (Some(wanted), None) => format!("hub {hub}, to be made, in {}", wanted.scope.region),
        (None, _) => format!("hub {hub}"),
    }
}

fn heading(block: &Block, place: &str, number: usize) -> String {
    let steps = count(number, "step", "steps");
    match block {
        Block::Done => format!("{place}: {steps}"),
        Block::TakenAway => format!("{place}: {steps} to take away what is no longer declared"),
        Block::Left(why) => format!("{place}: {steps} not sent, since {}", wording::left(why)),
    }
}

/// Says what holds for all steps of a block, so that no line has to.
fn rule(page: &mut Page, block: &Block, is_told: &mut bool, names: &Names<'_>) {
    let text = match block {
        Block::Done if !*is_told => {
            *is_told = true;
            format!(
                "in the order in which they are done; each adds only, unless it says otherwise, and one that waits is \
                 sent by a later pass. Attachments and VPC routes are made in the VPC's own account, all else in {}",
                names.account(names.home())
            )
        }
        Block::TakenAway => {
            "transitd made all of it, it still is as transitd left it, and no declared traffic uses it; \
                             none of it comes back by itself, unless it is declared again"
                .to_owned()
        }
        Block::Done | Block::Left(_) => return,
    };
    page.line(2, 2, &[piece(Paint::Aside, text)]);
}

fn group<'a>(
    page: &mut Page,
    block: &Block,
    under: Under<'a>,
    hub: Option<&'a HubName>,
    steps: &[&'a Step],
    names: &Names<'_>,
    shown: &mut BTreeMap<Kind, usize>,
) {
    let mut here = Place { hub, ..Place::default() };
    match under {
        Under::Vpc { vpc, .. } => here.vpc = Some(vpc),
        Under::Given(given) => here.given = Some(given),
        Under::Routes(_, via) => here.via = via,
        Under::Gateway | Under::Tables => {}
    }
    let mut listed = Vec::new();
    for step in steps {
        let number = shown.entry(step.kind).or_default();
        *number += 1;
        if *number <= MANY {
            listed.push(*step);
        }
    }
    if listed.is_empty() {
        return;
    }
    page.line(2, 4, &[piece(Paint::Heading, title(under, hub, steps, names))]);
    for step in &listed {
        page.line(4, 13, &line_of(step, block, here, names));
    }
}

fn title(under: Under<'_>, hub: Option<&HubName>, steps: &[&Step], names: &Names<'_>) -> String {
    match under {
        Under::Gateway => "the gateway and whom it is shared with".to_owned(),
        Under::Tables => "the segments' route tables".to_owned(),
        Under::Vpc { segment, vpc, departed, .. } => {
            let segment = segment.map(|segment| format!(", segment {segment}")).unwrap_or_default();
            let why = if departed { self::departed(vpc, hub, steps, names) } else { String::new() };
            format!("{}{segment}{why}", names.vpc(vpc))
        }
        Under::Given(given) => {
            let of = Attached::Given(given.clone());
            let key = hub.map(|hub| AttachedKey { hub: hub.clone(), of: of.clone() });
            let segment = key.and_then(|key| names.segment_of(&key));
            let segment = segment.map(|segment| format!(", segment {segment}")).unwrap_or_default();
            format!("{}{segment}, attached by others", names.attached(&of))
        }
        Under::Routes(segment, via) => {
            let to = via.map(|via| format!(", to {}", wording::target(via, names))).unwrap_or_default();
            format!("static routes in {segment}'s route table{to}")
        }
    }
}

/// Says since when and why a VPC has left its segment.
fn departed(vpc: &VpcKey, hub: Option<&HubName>, steps: &[&Step], names: &Names<'_>) -> String {
    let since = hub.and_then(|hub| names.departed_since(&AttachmentKey { hub: hub.clone(), vpc: vpc.clone() }));
    let since = since.map(|since| format!(" (since {})", names.time(since))).unwrap_or_default();
    let why = steps.iter().find(|step| matches!(step.why, Why::Departed { .. }));
    why.map(|step| {
        let ends = match block(step) {
            Block::Done | Block::TakenAway => ": what it still sends through the hub ends",
            Block::Left(_) => "",
        };
        format!(", {}{since}{ends}", wording::why(&step.why))
    })
    .unwrap_or_default()
}

/// Returns a step as one line: what, why, what it can do to traffic, and what it waits for.
fn line_of(step: &Step, block: &Block, here: Place<'_>, names: &Names<'_>) -> Vec<Piece> {
    let verb = format!("{:<7}", wording::verb(&step.call));
    let paint = wording::risk_paint(step.risk);
    let object = wording::object(step, names, here);
    // Why a thing is taken away, and what that can do, is said above.
    let is_said = *block == Block::TakenAway || matches!(step.why, Why::Departed { .. });
    let what = if is_said { object } else { format!("{object}: {}", wording::reason(step, names)) };
    let mut pieces = vec![piece(paint, verb), piece(Paint::Text, what)];
    if let Some(danger) = wording::danger(step).filter(|_| !is_taken_away(step)) {
        pieces.push(piece(paint, format!("({danger})")));
    }
    if let Some(wait) = wording::waits(step, names, here) {
        pieces.push(piece(Paint::Notable, format!("({wait})")));
    }
    pieces
}

/// Says what the steps of a block rest on, where they take something away, and counts their calls, for whoever checks them
/// against policies and trails.
fn foot(page: &mut Page, block: &Block, steps: &[&Step]) {
    match block {
        Block::Left(_) => return,
        Block::Done => {}
        Block::TakenAway => {
            let text = format!("rests on complete lists of {}", rests_on(steps));
            page.line(2, 4, &[piece(Paint::Aside, text)]);
        }
    }
    let mut calls: BTreeMap<&str, usize> = BTreeMap::new();
    for step in steps {
        *calls.entry(step.call.action()).or_default() += 1;
    }
    let each = calls.into_iter().map(|(action, number)| format!("{action}({number})"));
    page.line(2, 4, &[piece(Paint::Aside, format!("as calls: {}", wording::list(each)))]);
}

/// Names the lists that steps rest on in few words: each sort once, with what it is of, or how many that are.
fn rests_on(steps: &[&Step]) -> String {
    let mut lists: BTreeSet<&ListId> = BTreeSet::new();
    lists.extend(steps.iter().flat_map(|step| &step.evidence));
    let lists: Vec<&ListId> = lists.into_iter().collect();
    let sorts = lists.chunk_by(|one, other| std::mem::discriminant(*one) == std::mem::discriminant(*other));
    let each = sorts.filter_map(|sort| {
        let noun = wording::list_noun(sort.first()?);
        let of: BTreeSet<String> = sort.iter().filter_map(|list| wording::list_of(list)).collect();
        Some(match of.len() {
            0 => noun.to_owned(),
            1..=NAMED => format!("{noun} of {}", of.into_iter().collect::<Vec<_>>().join(" and ")),
            number => format!("{noun} of {number} {}", wording::list_owners(sort.first()?)),
        })
    });
    wording::list(each)
}
