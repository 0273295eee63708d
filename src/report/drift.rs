//! The drift report as text, in the order in which a person decides: the verdict, what is blocked and why, what could
//! not be read, what would be done VPC by VPC, what AWS is busy with, what is there and not declared, and the counts.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::{AccountId, Fault, HubName, Kind, ListId, Problem, Scope, Trouble, Unmanaged, VpcKey};
use crate::plan::{Plan, Risk, Step};

use super::View;
use super::names::{Names, Place, vpc_of};
use super::style::{Page, Paint, Piece, Style, count, piece};
use super::summary::{ENTERING, Summary, verdict};
use super::wording::{self, scope_of};

/// How many of one sort are listed one by one; the rest is counted. A network that is built from nothing has
/// thousands of steps, and nobody reads the two hundredth route to learn more than the first hundred told.
const MANY: usize = 200;
/// How far help stands in, under what it is about.
const HELP: usize = 2;

/// Writes the drift report for a person.
pub fn drift_text(view: &View<'_>, style: Style) -> String {
    let names = Names::of(view);
    let mut page = Page::new(style);
    let (paint, text) = verdict(view.plan);
    page.line(0, 2, &[piece(paint, text)]);
    let place = format!(
        "network {}, home account {}, organization {}",
        view.network,
        names.account(view.home),
        view.organization
    );
    page.line(0, 2, &[piece(Paint::Aside, place)]);
    findings(&mut page, view, &names);
    steps(&mut page, view, &names);
    pending(&mut page, view.plan, &names);
    undeclared(&mut page, &view.plan.leftovers, &LEFTOVERS, &names);
    undeclared(&mut page, &view.plan.unmanaged, &UNMANAGED, &names);
    page.gap();
    page.line(0, 2, &[piece(Paint::Aside, Summary::of(view).text(view))]);
    page.finish()
}

/// Writes what stands in the way, and no more: what `apply` says last when it ends before all is done. Empty when
/// nothing is blocked, worth knowing or unknown.
pub fn standing_text(view: &View<'_>, style: Style) -> String {
    let mut page = Page::new(style);
    findings(&mut page, view, &Names::of(view));
    page.finish()
}

/// Writes what stands in the way: what is blocked, what is worth knowing, and what is unknown.
pub(super) fn findings(page: &mut Page, view: &View<'_>, names: &Names<'_>) {
    let (blocked, notes): (Vec<&Problem>, Vec<&Problem>) =
        view.plan.problems.iter().partition(|problem| problem.blocks());
    problems(page, "blocked", Paint::Bad, &blocked, names);
    problems(page, "note", Paint::Notable, &notes, names);
    unknown(page, view, names);
}

/// Writes problems, each sort together; what helps against several in a row is said once.
fn problems(page: &mut Page, label: &str, paint: Paint, problems: &[&Problem], names: &Names<'_>) {
    if !problems.is_empty() {
        page.gap();
    }
    for sort in problems.chunk_by(same_sort) {
        let worded = sort.iter().take(MANY).map(|problem| wording::problem(problem, names)).collect::<Vec<_>>();
        for same in worded.chunk_by(|one, other| one.help == other.help) {
            for wording in same {
                page.line(0, label.len() + 2, &[piece(paint, label), piece(Paint::Text, wording.text())]);
            }
            if let Some(wording) = same.first() {
                help(page, HELP, &wording.help);
            }
        }
        more(page, 0, sort.len(), "like it");
    }
}

fn help(page: &mut Page, indent: usize, text: &str) {
    page.line(indent, indent + "help: ".len(), &[piece(Paint::Aside, format!("help: {text}"))]);
}

/// Says how many are not listed, if any.
fn more(page: &mut Page, indent: usize, all: usize, what: &str) {
    if let Some(rest @ 1..) = all.checked_sub(MANY) {
        page.line(
            indent,
            indent + 2,
            &[piece(Paint::Aside, format!("and {rest} more {what}: --format json lists all"))],
        );
    }
}

/// Where lists could not be read: what is told once.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Where<'a> {
    Organization,
    /// The account could not be entered, in any region.
    Account(&'a AccountId),
    Scope(&'a Scope),
}

/// Lists that could not be read in one place and for one reason.
struct Unread<'a> {
    trouble: Trouble,
    lists: Vec<&'a ListId>,
    actions: BTreeSet<&'a str>,
}

impl Unread<'_> {
    /// Returns what kept the lists from being read, with every call that it befell.
    fn trouble(&self) -> Trouble {
        Trouble { action: wording::list(&self.actions), ..self.trouble.clone() }
    }

    fn help(&self) -> String {
        wording::fault_help(&self.trouble())
    }
}

fn unknown(page: &mut Page, view: &View<'_>, names: &Names<'_>) {
    let mut groups: BTreeMap<(Where<'_>, Fault, &str, &str), Unread<'_>> = BTreeMap::new();
    for (list, trouble) in &view.plan.unknown {
        let place = match scope_of(list) {
            None => Where::Organization,
            Some(scope) if trouble.action == ENTERING => Where::Account(&scope.account),
            Some(scope) => Where::Scope(scope),
        };
        let unread = groups.entry((place, trouble.fault, &trouble.code, &trouble.message)).or_insert_with(|| Unread {
            trouble: trouble.clone(),
            lists: Vec::new(),
            actions: BTreeSet::new(),
        });
        unread.lists.push(list);
        unread.actions.insert(&trouble.action);
    }
    if groups.is_empty() {
        return;
    }
    page.gap();
    let groups: Vec<_> = groups.iter().map(|((place, ..), unread)| (place, unread)).collect();
    let listed = groups.get(..MANY).unwrap_or(&groups);
    for same in listed.chunk_by(|(_, one), (_, other)| one.help() == other.help()) {
        for (place, unread) in same {
            unread_lines(page, place, unread, names);
        }
        if let Some((_, unread)) = same.first() {
            help(page, HELP, &unread.help());
        }
    }
    more(page, 0, groups.len(), "like it");
    let rule = "unknown is not absent: what depends on these lists is neither changed nor called missing";
    page.line(0, 2, &[piece(Paint::Aside, rule)]);
}

fn unread_lines(page: &mut Page, place: &Where<'_>, unread: &Unread<'_>, names: &Names<'_>) {
    let trouble = unread.trouble();
    let lists = wording::list(unread.lists.iter().map(|list| wording::list_words(list)));
    let what = match place {
        Where::Organization => lists,
        Where::Account(account) => format!("account {} cannot be entered", names.account(account)),
        Where::Scope(scope) => format!("account {} in {}: {lists}", names.account(&scope.account), scope.region),
    };
    let why = format!("{what}: {}; {}", wording::fault(trouble.fault), wording::trouble(&trouble));
    page.line(0, 9, &[piece(Paint::Bad, "unknown"), piece(Paint::Text, why)]);
    match place {
        Where::Organization | Where::Scope(_) => {}
        Where::Account(_) => {
            let regions: BTreeSet<_> =
                unread.lists.iter().filter_map(|list| scope_of(list)).map(|scope| &scope.region).collect();
            let lists = count(unread.lists.len(), "list", "lists");
            page.line(
                HELP,
                HELP + 2,
                &[piece(Paint::Aside, format!("nothing of it is known: {lists} in {}", wording::list(regions)))],
            );
        }
    }
}

/// The steps of one hub, as they are read.
#[derive(Default)]
struct OfHub<'a> {
    own: Vec<&'a Step>,
    vpcs: BTreeMap<&'a VpcKey, Vec<&'a Step>>,
}

fn steps(page: &mut Page, view: &View<'_>, names: &Names<'_>) {
    let mut hubs: BTreeMap<Option<&HubName>, OfHub<'_>> = BTreeMap::new();
    for step in &view.plan.steps {
        let of_hub = hubs.entry(names.hub_of(&step.key)).or_default();
        match vpc_of(&step.key) {
            Some(vpc) => of_hub.vpcs.entry(vpc).or_default().push(step),
            None => of_hub.own.push(step),
        }
    }
    for (hub, of_hub) in hubs {
        page.gap();
        let number = of_hub.own.len() + of_hub.vpcs.values().map(Vec::len).sum::<usize>();
        heading(page, hub, &count(number, "step", "steps"), view, names);
        let mut shown = Shown::default();
        group(page, "route tables of the hub", &of_hub.own, Place { hub, vpc: None }, names, &mut shown);
        for (vpc, steps) in &of_hub.vpcs {
            let segment = names.segment(vpc).map(|segment| format!(", segment {segment}")).unwrap_or_default();
            let title = format!("{}{segment}", names.vpc(vpc));
            group(page, &title, steps, Place { hub, vpc: Some(vpc) }, names, &mut shown);
        }
        for (kind, number) in shown.by_kind {
            more(page, 2, number, wording::several(kind));
        }
    }
}

fn heading(page: &mut Page, hub: Option<&HubName>, what: &str, view: &View<'_>, names: &Names<'_>) {
    let place = hub.and_then(|hub| Some((hub, view.want.hubs.get(hub)?, names.gateway(hub)?)));
    let text = match (place, hub) {
        (Some((hub, wanted, gateway)), _) => format!("hub {hub} ({gateway}) in {}: {what}", wanted.scope.region),
        (None, Some(hub)) => format!("hub {hub}: {what}"),
        (None, None) => format!("on no hub: {what}"),
    };
    page.line(0, 2, &[piece(Paint::Heading, text)]);
}

/// How many steps of each kind were met in a hub, listed or not.
#[derive(Default)]
struct Shown {
    by_kind: BTreeMap<Kind, usize>,
}

fn group(page: &mut Page, title: &str, steps: &[&Step], here: Place<'_>, names: &Names<'_>, shown: &mut Shown) {
    let mut titled = false;
    for step in steps {
        let number = shown.by_kind.entry(step.kind).or_default();
        *number += 1;
        if *number > MANY {
            continue;
        }
        if !titled {
            page.line(2, 4, &[piece(Paint::Heading, title)]);
            titled = true;
        }
        page.line(4, 13, &line_of(step, here, names));
    }
}

/// Returns a step as one line: what, why, what it can do to traffic, what it waits for, and the call that it is.
fn line_of(step: &Step, here: Place<'_>, names: &Names<'_>) -> Vec<Piece> {
    let verb = format!("{:<7}", wording::verb(&step.call));
    let paint = wording::risk_paint(step.risk);
    let what = format!("{}: {}", wording::object(step, names, here), wording::why(&step.why));
    let mut pieces = vec![piece(paint, verb), piece(Paint::Text, what)];
    if step.risk != Risk::Adds {
        pieces.push(piece(paint, format!("({})", wording::risk(step.risk))));
    }
    if let Some(wait) = wording::waits(step, names, here) {
        pieces.push(piece(Paint::Notable, format!("({wait})")));
    }
    pieces.push(piece(Paint::Aside, format!("[{}, {}]", step.call.action(), step.scope.account)));
    pieces
}

fn pending(page: &mut Page, plan: &Plan, names: &Names<'_>) {
    if !plan.pending.is_empty() {
        page.gap();
    }
    for pending in plan.pending.iter().take(MANY) {
        let text = format!("{}: AWS is busy with it", names.thing(&pending.key, Place::default()));
        page.line(0, 9, &[piece(Paint::Notable, "pending"), piece(Paint::Text, text)]);
    }
    more(page, 0, plan.pending.len(), "that AWS is busy with");
}

/// Things that nothing declares, under one heading.
struct Undeclared {
    /// What they are; what becomes of them.
    title: (&'static str, &'static str),
    help: fn(&Unmanaged) -> &'static str,
}

const LEFTOVERS: Undeclared = Undeclared {
    title: ("no longer declared", "made by transitd, kept, since this version removes nothing"),
    help: |_| wording::LEFTOVER_HELP,
};
const UNMANAGED: Undeclared = Undeclared {
    title: ("unmanaged", "neither declared nor made by transitd, never touched"),
    help: wording::unmanaged_help,
};

fn undeclared(page: &mut Page, things: &BTreeSet<Unmanaged>, as_what: &Undeclared, names: &Names<'_>) {
    let mut hubs: BTreeMap<Option<&HubName>, Vec<&Unmanaged>> = BTreeMap::new();
    for thing in things {
        hubs.entry(names.hub_of_unmanaged(thing)).or_default().push(thing);
    }
    for (hub, mut things) in hubs {
        page.gap();
        let of_hub = hub.map(|hub| format!(" on hub {hub}")).unwrap_or_default();
        let (what, fate) = as_what.title;
        page.line(0, 2, &[piece(Paint::Heading, format!("{what}{of_hub}: {fate}"))]);
        // They come sort by sort; what is helped by the same stands together, so that it is said once.
        things.chunk_by_mut(same_sort).for_each(|sort| sort.sort_by_key(|thing| (as_what.help)(thing)));
        for same in things.chunk_by(|one, other| (as_what.help)(one) == (as_what.help)(other)) {
            for sort in same.chunk_by(same_sort) {
                for thing in sort.iter().take(MANY) {
                    let text = wording::unmanaged(thing, names, Place { hub, vpc: None });
                    page.line(2, 4, &[piece(Paint::Text, text)]);
                }
                more(page, 2, sort.len(), "like it");
            }
            if let Some(thing) = same.first() {
                help(page, 4, (as_what.help)(thing));
            }
        }
    }
}

fn same_sort<T>(one: &&T, other: &&T) -> bool {
    std::mem::discriminant(*one) == std::mem::discriminant(*other)
}
