//! Matters: what transitd cannot decide or mend by itself, each under a name that stays the same from pass to pass.
//!
//! The daemon tells a person of each once, and once more when it is over.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::{AccountState, ListId, Problem, Trouble, plain};
use crate::plan::Plan;
use crate::review::Violation;

use super::View;
use super::names::Names;
use super::summary::{ENTERING, verdict};
use super::wording::{self, scope_of};

/// Something that a person has to decide or mend.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Matter {
    pub text: String,
    pub help: String,
}

/// What the names of matters about lists that could not be read begin with.
pub const UNREAD: &str = "unread ";

/// What the names of matters about VPCs that have left their segment begin with.
const DEPARTING: &str = "departing: ";

/// Names every matter of a look, and of the review that refused its plan.
pub fn matters(view: &View<'_>, violations: &[Violation]) -> BTreeMap<String, Matter> {
    let names = Names::of(view);
    let mut matters: BTreeMap<String, Matter> = BTreeMap::new();
    for problem in view.plan.problems.iter().filter(|problem| problem.asks_for_a_person()) {
        let worded = wording::problem(problem, &names);
        matters.insert(name(problem), Matter { text: worded.text(), help: worded.help });
    }
    for (place, unread) in unread(&view.plan.unknown, &names) {
        matters.insert(
            format!("{UNREAD}{place}"),
            Matter { text: unread.text(), help: wording::fault_help(unread.trouble) },
        );
    }
    if let Some(first) = violations.first() {
        let text = format!("review refused the plan, and nothing was sent: {}", wording::list(violations));
        let help = wording::violation_help(first).to_owned();
        matters.insert("refused plan".to_owned(), Matter { text, help });
    }
    matters
}

/// Says how the matter of a name ended that a look no longer has, where it was not mended.
pub fn ended(view: &View<'_>, name: &str) -> Option<String> {
    if name.starts_with(DEPARTING) {
        let is_due = view.plan.departures.keys().any(|attachment| name.contains(attachment.as_str()));
        return is_due.then(|| "its time is over, and what transitd made of it goes now".to_owned());
    }
    let accounts = view.seen.accounts.known().unwrap_or_default();
    accounts.iter().filter(|account| name.contains(account.id.as_str())).find_map(|account| match &account.state {
        AccountState::Active => None,
        AccountState::SetAside(state) => Some(format!("no longer looked at, since its account is {state}")),
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
    trouble: &'a Trouble,
    lists: Vec<String>,
}

impl Unread<'_> {
    /// Says it without the request's id, which differs from try to try: `drift` and the log have it.
    fn text(&self) -> String {
        let Self { place, trouble, lists } = self;
        if trouble.action == ENTERING {
            return format!("{place}: cannot be entered, {}; {trouble}", wording::fault(trouble.fault));
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
                let at = if trouble.action == ENTERING { String::new() } else { format!(" in {}", scope.region) };
                (format!("account {}{at}", scope.account), format!("account {}{at}", names.account(&scope.account)))
            }
        };
        let lists = Vec::new();
        places.entry(id).or_insert(Unread { place, trouble, lists }).lists.push(wording::list_words(list));
    }
    places
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Fault, Listed};
    use crate::plan::Gaps;
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
        assert_eq!(ended(&world.view(&plan), &departing), None, "it is back");
        plan.departures.insert(on_main(billing()).to_string(), now());
        assert!(ended(&world.view(&plan), &departing).unwrap().contains("goes now"));

        let route = "contested: key 222222222222/vpc-0aa/rtb-0aa 10.0.0.0/8";
        assert_eq!(ended(&world.view(&plan), route), None);
        let Listed::Complete { items, .. } = &mut world.seen.accounts else { panic!("no accounts") };
        let billing = items.iter_mut().find(|account| account.id.as_str() == "222222222222").unwrap();
        billing.state = AccountState::SetAside("SUSPENDED".to_owned());
        let said = ended(&world.view(&plan), route);
        assert_eq!(said.as_deref(), Some("no longer looked at, since its account is SUSPENDED"));
        assert_eq!(ended(&world.view(&plan), "contested: key 333333333333/vpc-0bb/rtb-0bb 10.0.0.0/8"), None);
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
