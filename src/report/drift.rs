//! The drift report as text, in the order in which a person decides: the verdict, what is blocked and why, what could
//! not be read, what would be done VPC by VPC, what AWS is busy with, what is there and not declared, and the counts.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::{AccountId, Fault, HubName, ListId, Problem, Scope, Trouble, Unmanaged};
use crate::plan::Plan;

use super::View;
use super::names::{Names, Place};
use super::orders::orders;
use super::steps::steps;
use super::style::{Page, Paint, Style, count, piece};
use super::summary::{self, Summary, verdict};
use super::wording::{self, scope_of};

/// How many of one sort are listed one by one; the rest is counted. A network that is built from nothing has
/// thousands of steps, and nobody reads the two hundredth route to learn more than the first hundred told.
pub(super) const MANY: usize = 200;
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
    orders(page, view.plan);
    let (blocked, notes) = summary::problems(view.plan);
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
pub(super) fn more(page: &mut Page, indent: usize, all: usize, what: &str) {
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
            Some(scope) if trouble.is_of_entering() => Where::Account(&scope.account),
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
    let why = format!("{what}: {}; {}", wording::fault(&trouble), wording::trouble(&trouble));
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

const LEFTOVERS: Undeclared =
    Undeclared { title: ("no longer declared", "made by transitd, and kept"), help: wording::leftover_help };
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
                    let text = wording::unmanaged(thing, names, Place { hub, ..Place::default() });
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
