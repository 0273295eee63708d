//! Is anything sent that a person said to leave alone? Asked again here, of the history itself and not of the plan's word.

use crate::model::{History, Key, Snapshot};
use crate::plan::{Outlook, Plan, fingerprint};

use super::Violation;

pub(super) fn check(plan: &Plan, seen: &Snapshot, past: &History, violations: &mut Vec<Violation>) {
    for step in plan.steps.iter().filter(|step| step.outlook == Outlook::Ready) {
        if past.pause.is_some() || !plan.pauses.is_empty() {
            violations.push(Violation::Paused { step: step.id.clone() });
        }
        let gateway = step.key.hub().and_then(|hub| plan.gateways.get(hub));
        let route = if let Key::VpcRoute(route) = &step.key { seen.route(route) } else { None };
        let led = route.and_then(|live| live.target.gateway());
        let also: Vec<&str> = gateway.into_iter().chain(led).map(|id| id.as_str()).collect();
        let covers = |name: &crate::model::Hold| name.covers(step.id.as_str(), &fingerprint(&step.call), &also);
        for hold in past.holds.iter().filter(|hold| hold.is_in_force(seen.at) && covers(hold)) {
            violations.push(Violation::Held { step: step.id.clone(), hold: hold.name.clone() });
        }
    }
}
