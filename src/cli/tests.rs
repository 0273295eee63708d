//! Exit codes and arguments.

use super::*;
use crate::apply::{Outcome, Outcomes};
use crate::model::{Fault, History, Listed, Trouble};
use crate::specimen::{BILLING, converged, intent, items, plan, scope, untouched};

fn trouble() -> Trouble {
    Trouble {
        fault: Fault::Denied,
        code: "AccessDenied".into(),
        message: String::new(),
        action: "A".into(),
        request_id: None,
    }
}

#[test]
fn the_exit_code_is_the_first_that_fits() {
    let none = Outcomes::new();
    let in_sync = plan(&intent(), &converged(), &History::default());
    assert_eq!(Exit::of(&in_sync, &none).code(), 0);
    let drift = plan(&intent(), &untouched(), &History::default());
    assert_eq!(Exit::of(&drift, &none).code(), 2);
    let failed = Outcomes::from([(drift.steps[0].id.clone(), Outcome::Failed(trouble()))]);
    assert_eq!(Exit::of(&drift, &failed).code(), 4);
    let mut seen = converged();
    seen.members.get_mut(&scope(BILLING)).unwrap().vpcs = Listed::Unknown(trouble());
    let unknown = plan(&intent(), &seen, &History::default());
    assert_eq!(Exit::of(&unknown, &failed).code(), 3);
}

#[test]
fn what_is_blocked_is_drift_even_without_a_step() {
    let mut seen = converged();
    items(&mut seen.members.get_mut(&scope(BILLING)).unwrap().subnets)
        .iter_mut()
        .for_each(|subnet| subnet.tags.clear());
    let blocked = plan(&intent(), &seen, &History::default());
    assert!(blocked.steps.is_empty());
    assert_eq!(Exit::of(&blocked, &Outcomes::new()).code(), 2);
}

#[test]
fn times_are_read_with_their_units_and_nothing_else() {
    assert_eq!(duration("90s"), Ok(Duration::from_secs(90)));
    assert_eq!(duration("1h30m"), Ok(Duration::from_secs(5400)));
    for wrong in ["90", "-5m", "soon", ""] {
        assert!(duration(wrong).is_err(), "{wrong}");
    }
}

#[test]
fn the_arguments_fit_together() {
    use clap::CommandFactory as _;
    Arguments::command().debug_assert();
}
