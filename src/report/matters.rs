//! Matters: what transitd cannot decide or mend by itself, each under a name that stays the same from pass to pass.
//!
//! The daemon tells a person of each once, and once more when it is over.

use std::collections::{BTreeMap, BTreeSet};

use crate::apply::{Outcome, Outcomes};
use crate::model::{AccountState, Fault, ListId, Problem, Trouble, plain};
use crate::plan::{Outlook, Plan, Step, Wait};
use crate::review::Violation;

use super::View;
use super::names::{Names, Place};
use super::summary::verdict;
use super::wording::{self, scope_of};

/// Something that a person has to decide or mend.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Matter {
    pub text: String,
    pub help: String,
}

/// What the names of matters about lists that could not be read begin with.
pub const UNREAD: &str = "unread ";

/// What the names of matters about what AWS is not ready for begin with.
const UNREADY: &str = "unready: ";

/// What the names of matters about VPCs that have left their segment begin with.
const DEPARTING: &str = "departing: ";

/// The name of the matter of a plan that review refused.
const REFUSED: &str = "refused plan";

/// What the names of matters begin with that hang on all that there is, and so can be over only where all was read.
const OF_ALL: [&str; 6] = [
    "shrunk: ",
    "over quota: ",
    "no common hub: ",
    "inspection missing: ",
    "inspection ambiguous: ",
    "route target missing: ",
];

/// Names every matter of a look, and of the review that refused its plan.
pub fn matters(view: &View<'_>, violations: &[Violation]) -> BTreeMap<String, Matter> {
    let names = Names::to_keep(view);
    let mut matters: BTreeMap<String, Matter> = BTreeMap::new();
    for problem in view.plan.problems.iter().filter(|problem| problem.asks_for_a_person()) {
        let worded = wording::problem(problem, &names);
        matters.insert(name(problem), Matter { text: worded.text(), help: worded.help });
    }
    for (place, unread) in unread(&view.plan.unknown, &names) {
        matters.insert(format!("{UNREAD}{place}"), Matter { text: unread.text(), help: unread.help() });
    }
    if let Some(first) = violations.first() {
        let text = format!("review refused the plan, and nothing was sent: {}", wording::list(violations));
        let help = wording::violation_help(first).to_owned();
        matters.insert(REFUSED.to_owned(), Matter { text, help });
    }
    matters
}

/// Names what AWS is not ready for, or busy with: steps that it put off, that it calls done and does not show, or whose
/// answers were lost, and things in states between. Much of it is over with the next look, and no matter for anybody.
pub fn unready(view: &View<'_>, outcomes: &Outcomes) -> BTreeMap<String, Matter> {
    let names = Names::to_keep(view);
    let help = "see in AWS what keeps it; transitd looks again with every pass, and tries again what can be tried";
    let matter =
        |what: String, why: &str| Matter { text: format!("AWS is not ready: {what}, {why}"), help: help.to_owned() };
    let mut all = BTreeMap::new();
    for step in &view.plan.steps {
        let why = match (outcomes.get(&step.id), &step.outlook) {
            (Some(Outcome::Later(why) | Outcome::InDoubt(why)), _) => why.to_string(),
            (Some(Outcome::AlreadyDone), _) => "it is done, says AWS, and does not show".to_owned(),
            (None, Outlook::Waits { on: Wait::Seen { .. } }) => "it was sent, and does not show".to_owned(),
            (
                Some(
                    Outcome::Done
                    | Outcome::Failed(_)
                    | Outcome::NotSent
                    | Outcome::Overruled
                    | Outcome::NotJournaled(_),
                ),
                _,
            )
            | (None, Outlook::Ready | Outlook::Waits { .. } | Outlook::Left { .. }) => continue,
        };
        all.insert(format!("{UNREADY}{}", step.id), matter(names.planned(step), &why));
    }
    for pending in &view.plan.pending {
        let thing = names.thing(&pending.key, Place::default());
        all.insert(format!("{UNREADY}{}", pending.key.ledger()), matter(thing, "which it is still busy with"));
    }
    all
}

/// Tells whether a look that no longer has the matter of a name shows that it is over: what is unknown is not absent, and what
/// is still to be done was not mended.
pub fn is_over(view: &View<'_>, name: &str) -> bool {
    if let Some(place) = name.strip_prefix(UNREAD) {
        // Without the list of accounts none of them was even tried.
        return !place.starts_with("account ") || view.seen.accounts.known().is_some();
    }
    if name == REFUSED {
        return true;
    }
    if let Some(step) = name.strip_prefix(UNREADY) {
        // One that is paused or held, or was not reached this time, is no more ready than before.
        return !view.plan.steps.iter().any(|left| left.id.as_str() == step);
    }
    let is_step = ["step refused: ", "contested: "].iter().any(|kind| name.starts_with(kind));
    if is_step && view.plan.steps.iter().flat_map(names_of).any(|of_step| of_step == name) {
        return false;
    }
    let decides = |list: &ListId| match scope_of(list) {
        None => true,
        Some(scope) => scope.account == *view.home || name.contains(scope.account.as_str()),
    };
    let of_all = OF_ALL.iter().any(|kind| name.starts_with(kind));
    !view.plan.unknown.keys().any(|list| of_all || decides(list))
}

/// Returns what a matter that a look no longer has says at its end, where that is not what it said before: it was not
/// mended, or promised what is past.
pub fn ended(view: &View<'_>, name: &str, text: &str) -> Option<String> {
    if name.starts_with(DEPARTING) {
        let is_named = |attachment: &str| name.contains(&format!("attachment {attachment}"));
        let is_held = view.plan.problems.iter().any(
            |problem| matches!(problem, Problem::Departing { attachment, .. } if is_named(&attachment.to_string())),
        );
        let is_due = !is_held && view.plan.departures.keys().any(|attachment| is_named(attachment));
        let back = view.want.attachments.keys().find(|attachment| is_named(&attachment.to_string()));
        let is_back = back.is_some_and(|back| view.want.members.contains_key(&back.vpc));
        let how = match (is_due, is_back) {
            (true, _) => "; its time is over, and what transitd made of it goes now",
            (false, true) => "; it is back in its segment, and stays attached",
            (false, false) => "",
        };
        let left = text.split_once(wording::KEPT_UNTIL).map_or(text, |(left, _)| left);
        return Some(format!("{left}{how}"));
    }
    let accounts = view.seen.accounts.known().unwrap_or_default();
    accounts.iter().filter(|account| name.contains(account.id.as_str())).find_map(|account| match &account.state {
        AccountState::Active => None,
        AccountState::SetAside(state) => Some(format!("{text}; no longer looked at, since its account is {state}")),
    })
}

/// Counts the accounts and regions of which something could not be read.
pub fn unknown_scopes(plan: &Plan) -> usize {
    plan.unknown.keys().map(scope_of).collect::<BTreeSet<_>>().len()
}

/// Returns a plan's verdict in one line.
pub fn verdict_text(plan: &Plan) -> String {
    verdict(plan).1
}

/// What a problem says of how things stand at the moment. It is no part of its name, which stays the same meanwhile.
const PASSING: [&str; 10] =
    ["trouble", "cidrs", "path", "unknown", "before", "now", "times", "until", "wanted", "left_out"];

/// The names that matters about a step have.
fn names_of(step: &Step) -> [String; 2] {
    let trouble = Trouble {
        fault: Fault::Unexpected,
        action: String::new(),
        code: String::new(),
        message: String::new(),
        request_id: None,
    };
    let refused = Problem::StepRefused { step: step.id.to_string(), trouble };
    [name(&refused), name(&Problem::Contested { key: step.key.clone(), times: 0 })]
}

/// Names a problem by its sort and what it is about.
fn name(problem: &Problem) -> String {
    let mut value = serde_json::to_value(problem).unwrap_or_default();
    if let Some(parts) = value.as_object_mut() {
        parts.retain(|part, _| !PASSING.contains(&part.as_str()));
    }
    plain(&value.to_string(), "problem")
}

/// Lists that could not be read in one place.
struct Unread<'a> {
    /// The place as people know it.
    place: String,
    /// Whether it is read with the home role.
    is_home: bool,
    trouble: &'a Trouble,
    lists: Vec<String>,
}

impl Unread<'_> {
    fn help(&self) -> String {
        if self.is_home && self.trouble.is_of_entering() && self.trouble.fault == Fault::Denied {
            return "see that the role under home.role exists, and trusts what transitd runs as".to_owned();
        }
        wording::fault_help(self.trouble)
    }

    /// Says it without the request's id, which differs from try to try: `drift` and the log have it.
    fn text(&self) -> String {
        let Self { place, trouble, lists, .. } = self;
        if trouble.is_of_entering() {
            let what = if self.is_home { "the home role could not be assumed" } else { "cannot be entered" };
            return format!("{place}: {what}, {}; {trouble}", wording::fault(trouble));
        }
        format!("{place}: could not be read: {}; {trouble}", wording::list(lists))
    }
}

/// Sorts the lists that could not be read by where they are; an account that could not be entered is one place.
fn unread<'a>(unknown: &'a BTreeMap<ListId, Trouble>, names: &Names<'_>) -> BTreeMap<String, Unread<'a>> {
    let mut places: BTreeMap<String, Unread<'a>> = BTreeMap::new();
    for (list, trouble) in unknown {
        let (id, place) = match scope_of(list) {
            None => ("the organization".to_owned(), "the organization".to_owned()),
            Some(scope) => {
                let at = if trouble.is_of_entering() { String::new() } else { format!(" in {}", scope.region) };
                (format!("account {}{at}", scope.account), format!("account {}{at}", names.account(&scope.account)))
            }
        };
        let is_home = scope_of(list).is_none_or(|scope| scope.account == *names.home());
        places
            .entry(id)
            .or_insert(Unread { place, is_home, trouble, lists: Vec::new() })
            .lists
            .push(wording::list_words(list));
    }
    places
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Fault, Listed};
    use crate::plan::{Gaps, PendingKey, StepId};
    use crate::report::tests::world::{World, billing, id, now, on_main, trouble};

    fn seen(world: &World) -> BTreeMap<String, Matter> {
        let plan = world.plan(Gaps::Ask);
        matters(&world.view(&plan), &[])
    }

    #[test]
    fn an_account_that_cannot_be_entered_is_one_matter_whatever_aws_calls_the_request() {
        let mut world = World::unbuilt();
        let mut told = Vec::new();
        for request in ["r-1", "r-2"] {
            let member = world.seen.members.values_mut().next().unwrap();
            let mut denied = trouble(Fault::Denied, "AssumeRole", "AccessDenied", "not authorized");
            denied.request_id = Some(request.to_owned());
            member.vpcs = Listed::Unknown(denied.clone());
            member.subnets = Listed::Unknown(denied.clone());
            member.route_tables = Listed::Unknown(denied);
            let matters = seen(&world);
            let unread: Vec<&String> = matters.keys().filter(|name| name.starts_with(UNREAD)).collect();
            assert_eq!(unread, ["unread account 222222222222"]);
            let text = &matters["unread account 222222222222"].text;
            assert!(text.starts_with("account 222222222222 (billing): cannot be entered, a permission"), "{text}");
            told.push(matters);
        }
        assert_eq!(told[0], told[1]);
    }

    #[test]
    fn a_home_role_that_cannot_be_assumed_is_called_so() {
        let mut world = World::unbuilt();
        world.seen.accounts = Listed::Unknown(trouble(Fault::Denied, "AssumeRole", "AccessDenied", "no"));
        let matters = seen(&world);
        let matter = &matters["unread the organization"];
        assert!(
            matter.text.starts_with("the organization: the home role could not be assumed, a permission"),
            "{matter:?}"
        );
        assert!(matter.help.contains("home.role"), "{matter:?}");
    }

    #[test]
    fn a_list_that_cannot_be_read_is_told_with_its_place() {
        let mut world = World::unbuilt();
        let member = world.seen.members.values_mut().next().unwrap();
        member.subnets = Listed::Unknown(trouble(Fault::Denied, "DescribeSubnets", "UnauthorizedOperation", "no"));
        let matters = seen(&world);
        let text = &matters["unread account 222222222222 in eu-west-1"].text;
        let said = "account 222222222222 (billing) in eu-west-1: could not be read: subnets; DescribeSubnets: ";
        assert!(text.starts_with(said), "{text}");
    }

    #[test]
    fn a_departure_ends_with_the_vpc_s_return_or_with_its_time_and_an_account_set_aside_mends_nothing() {
        let mut world = World::unbuilt();
        let mut plan = world.plan(Gaps::Ask);
        let problem =
            Problem::Departing { attachment: on_main(billing()), why: "it fits no segment".to_owned(), until: now() };
        let departing = name(&problem);
        let text = wording::problem(&problem, &Names::to_keep(&world.view(&plan))).text();
        let said = ended(&world.view(&plan), &departing, &text).unwrap();
        assert!(said.ends_with("it fits no segment; it is back in its segment, and stays attached"), "{said}");
        let segment = world.want.members.remove(&billing()).unwrap();
        let said = ended(&world.view(&plan), &departing, &text).unwrap();
        assert!(said.ends_with("it fits no segment"), "neither back nor due: {said}");
        world.want.members.insert(billing(), segment);
        plan.departures.insert(on_main(billing()).to_string(), now());
        let said = ended(&world.view(&plan), &departing, &text).unwrap();
        assert!(said.ends_with("goes now") && !said.contains("until"), "{said}");
        let why = "its account is SUSPENDED".to_owned();
        plan.problems.insert(Problem::Departing { attachment: on_main(billing()), why, until: now() });
        world.want.members.remove(&billing());
        let said = ended(&world.view(&plan), &departing, &text).unwrap();
        assert!(said.ends_with("it fits no segment"), "it is held for another reason: {said}");

        let route = "contested: key 222222222222/vpc-0aa/rtb-0aa 10.0.0.0/8";
        assert_eq!(ended(&world.view(&plan), route, "it"), None);
        let Listed::Complete { items, .. } = &mut world.seen.accounts else { panic!("no accounts") };
        let billing = items.iter_mut().find(|account| account.id.as_str() == "222222222222").unwrap();
        billing.state = AccountState::SetAside("SUSPENDED".to_owned());
        let said = ended(&world.view(&plan), route, "it");
        assert_eq!(said.as_deref(), Some("it; no longer looked at, since its account is SUSPENDED"));
        assert_eq!(ended(&world.view(&plan), "contested: key 333333333333/vpc-0bb/rtb-0bb 10.0.0.0/8", "it"), None);
    }

    /// A look in which a list of the hub's, or else of a member's, could not be read.
    fn unread_in(world: &mut World, of_hub: bool) -> Plan {
        if of_hub {
            for hub in world.seen.hubs.values_mut() {
                hub.tables = Listed::Unknown(trouble(Fault::Denied, "DescribeTransitGatewayRouteTables", "No", "no"));
            }
        } else {
            let member = world.seen.members.values_mut().next().unwrap();
            member.subnets = Listed::Unknown(trouble(Fault::Denied, "AssumeRole", "AccessDenied", "no"));
        }
        world.plan(Gaps::Ask)
    }

    #[test]
    fn a_matter_is_over_where_nothing_that_decides_it_is_unknown() {
        let names = [
            "isolation broken: hub eu, one a, other b",
            "foreign route: route 222222222222/vpc-0aa/rtb-0aa 10.0.0.0/8",
            "foreign route: route 333333333333/vpc-0bb/rtb-0bb 10.0.0.0/8",
            "shrunk: what accounts",
            "refused plan",
            "unread account 222222222222 in eu-west-1",
            "unread everything",
        ];
        let over = |world: &World, plan: &Plan| names.map(|name| is_over(&world.view(plan), name));
        let world = World::unbuilt();
        assert_eq!(over(&world, &world.plan(Gaps::Ask)), [true; 7]);
        // One member cannot be read: what is of it is not over, nor what all are counted for.
        let mut world = World::unbuilt();
        let plan = unread_in(&mut world, false);
        assert_eq!(over(&world, &plan), [true, false, true, false, true, true, true]);
        let mut world = World::unbuilt();
        let plan = unread_in(&mut world, true);
        assert_eq!(over(&world, &plan), [false, false, false, false, true, true, true]);
        // Without the list of accounts no member was even tried.
        let mut world = World::unbuilt();
        world.seen.accounts = Listed::Unknown(trouble(Fault::Denied, "ListAccounts", "AccessDenied", "no"));
        let plan = world.plan(Gaps::Ask);
        assert_eq!(over(&world, &plan), [false, false, false, false, true, false, true]);
    }

    #[test]
    fn a_step_that_is_tried_again_or_held_was_not_mended() {
        let world = World::unbuilt();
        let mut plan = world.plan(Gaps::Ask);
        let step = plan.steps[0].clone();
        let trouble = trouble(Fault::Denied, "CreateRoute", "UnauthorizedOperation", "no");
        let refused = name(&Problem::StepRefused { step: step.id.to_string(), trouble });
        let contested = name(&Problem::Contested { key: step.key.clone(), times: 3 });
        let unready = format!("{UNREADY}{}", step.id);
        let over = |plan: &Plan| [&refused, &contested, &unready].map(|name| is_over(&world.view(plan), name));
        assert_eq!(over(&plan), [false; 3]);
        plan.steps.remove(0);
        assert_eq!(over(&plan), [true; 3]);
    }

    #[test]
    fn what_aws_puts_off_or_is_busy_with_is_named_and_what_it_did_or_refused_is_not() {
        let world = World::unbuilt();
        let plan = world.plan(Gaps::Ask);
        let ready: Vec<StepId> = plan.ready().map(|step| step.id.clone()).collect();
        let later = trouble(Fault::Settling, "CreateRoute", "IncorrectState", "not yet");
        let outcomes = |outcome: &Outcome| -> Outcomes { [(ready[0].clone(), outcome.clone())].into() };
        let named = |outcome: Outcome| unready(&world.view(&plan), &outcomes(&outcome));
        assert_eq!(named(Outcome::Done), BTreeMap::new());
        assert_eq!(named(Outcome::Failed(later.clone())), BTreeMap::new());
        for outcome in [Outcome::Later(later.clone()), Outcome::InDoubt(later.clone()), Outcome::AlreadyDone] {
            let named = named(outcome);
            assert_eq!(named.keys().collect::<Vec<_>>(), [&format!("unready: {}", ready[0])], "{named:?}");
        }
        let named = named(Outcome::Later(later));
        let text = &named.values().next().unwrap().text;
        assert!(
            text.starts_with("AWS is not ready: create ") && text.ends_with("CreateRoute: IncorrectState (not yet)"),
            "{text}"
        );
        let mut busy = plan.clone();
        let key = plan.steps[0].key.clone();
        busy.pending.insert(PendingKey { kind: key.kind(), key });
        let named = unready(&world.view(&busy), &Outcomes::new());
        assert!(named.values().next().unwrap().text.ends_with(", which it is still busy with"), "{named:?}");
    }

    #[test]
    fn a_matter_keeps_its_name_while_its_figures_change() {
        let shrunk = |now: usize| Problem::Shrunk { what: "VPCs of segments".to_owned(), before: 100, now };
        assert_eq!(name(&shrunk(10)), "shrunk: what VPCs of segments");
        assert_eq!(name(&shrunk(9)), name(&shrunk(10)));
        let until = |time: &str| Problem::Departing {
            attachment: on_main(billing()),
            why: "it fits no segment".to_owned(),
            until: id(time),
        };
        assert_eq!(name(&until("2026-11-22T03:00:00Z")), name(&until("2026-11-22T05:00:00Z")));
        assert!(name(&until("2026-11-22T03:00:00Z")).contains("222222222222/vpc-0aa"));
    }

    #[test]
    fn a_person_hears_of_a_vpc_that_is_going_to_be_detached_and_of_removals_that_are_frozen() {
        let world = World::unbuilt();
        let mut plan = world.plan(Gaps::Ask);
        let until = id("2026-11-22T05:00:00Z");
        let why = "its account is SUSPENDED".to_owned();
        plan.problems.insert(Problem::Departing { attachment: on_main(billing()), why, until });
        plan.problems.insert(Problem::Shrunk { what: "accounts".to_owned(), before: 100, now: 10 });
        let texts: Vec<String> = matters(&world.view(&plan), &[]).into_values().map(|matter| matter.text).collect();
        assert!(
            texts.iter().any(|text| text.contains("its account is SUSPENDED") && text.contains("05:00")),
            "{texts:?}"
        );
        assert!(!texts.iter().any(|text| text.contains(", in ")), "what is kept says no time from now: {texts:?}");
        assert!(texts.iter().any(|text| text.contains("only 10 are seen")), "{texts:?}");
    }

    #[test]
    fn a_network_that_is_only_not_built_yet_is_no_matter_for_a_person() {
        assert_eq!(seen(&World::unbuilt()), BTreeMap::new());
    }

    #[test]
    fn a_refused_plan_is_one_matter_with_all_its_reasons() {
        let world = World::unbuilt();
        let plan = world.plan(Gaps::Ask);
        let step = plan.steps[0].id.clone();
        let violations = [Violation::Frozen { step: step.clone() }, Violation::Gap { step, seconds: 90 }];
        let matters = matters(&world.view(&plan), &violations);
        let text = &matters["refused plan"].text;
        assert!(text.contains("freezes today") && text.contains("90 s"), "{text}");
    }
}
