//! Matters: what transitd cannot decide or mend by itself, each under a name that stays the same from pass to pass.
//!
//! The daemon tells a person of each once, and once more when it is over.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::{AccountId, ListId, Problem, Trouble};
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

/// Names every matter of a look, and of the review that refused its plan.
pub fn matters(view: &View<'_>, violations: &[Violation]) -> BTreeMap<String, Matter> {
    let names = Names::of(view);
    let mut matters: BTreeMap<String, Matter> = BTreeMap::new();
    for problem in view.plan.problems.iter().filter(|problem| problem.blocks()) {
        let worded = wording::problem(problem, &names);
        matters.insert(name(problem), Matter { text: worded.text(), help: worded.help });
    }
    for ((place, trouble), lists) in unread(&view.plan.unknown) {
        let text = format!("could not be read: {} of {place}; {}", wording::list(lists), wording::trouble(trouble));
        matters.insert(format!("{UNREAD}{place}"), Matter { text, help: wording::fault_help(trouble) });
    }
    if let Some(first) = violations.first() {
        let text = format!("review refused the plan, and nothing was sent: {}", wording::list(violations));
        let help = wording::violation_help(first).to_owned();
        matters.insert("refused plan".to_owned(), Matter { text, help });
    }
    matters
}

/// Counts the accounts and regions of which something could not be read.
pub fn unknown_scopes(plan: &Plan) -> usize {
    plan.unknown.keys().map(scope_of).collect::<BTreeSet<_>>().len()
}

/// Returns a plan's verdict in one line.
pub fn verdict_text(plan: &Plan) -> String {
    verdict(plan).1
}

/// Names a problem by its sort and what it is about, without what AWS said this time.
fn name(problem: &Problem) -> String {
    let mut value = serde_json::to_value(problem).unwrap_or_default();
    if let Some(parts) = value.as_object_mut() {
        parts.remove("trouble");
    }
    value.to_string()
}

/// Sorts the lists that could not be read by where they are; an account that could not be entered is one place.
fn unread(unknown: &BTreeMap<ListId, Trouble>) -> BTreeMap<(String, &Trouble), Vec<String>> {
    let mut places: BTreeMap<String, (&Trouble, Vec<String>)> = BTreeMap::new();
    for (list, trouble) in unknown {
        let account = |id: &AccountId| format!("account {id}");
        let place = match scope_of(list) {
            None => "the organization".to_owned(),
            Some(scope) if trouble.action == ENTERING => account(&scope.account),
            Some(scope) => format!("{} in {}", account(&scope.account), scope.region),
        };
        places.entry(place).or_insert((trouble, Vec::new())).1.push(wording::list_words(list));
    }
    places.into_iter().map(|(place, (trouble, lists))| ((place, trouble), lists)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Fault, Listed};
    use crate::plan::Gaps;
    use crate::report::tests::world::{World, trouble};

    fn seen(world: &World) -> BTreeMap<String, Matter> {
        let plan = world.plan(Gaps::Ask);
        matters(&world.view(&plan), &[])
    }

    #[test]
    fn an_account_that_cannot_be_entered_is_one_matter_whatever_aws_calls_the_request() {
        let mut world = World::unbuilt();
        let mut names = Vec::new();
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
            assert!(matters["unread account 222222222222"].text.contains("VPCs, subnets, route tables"), "{matters:?}");
            names.push(matters.into_keys().collect::<Vec<_>>());
        }
        assert_eq!(names[0], names[1]);
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
