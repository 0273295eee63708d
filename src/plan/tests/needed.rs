//! What nothing declares any more and is still needed: it stays until what takes its place is there.

use super::removal::{ledger, own, removing};
use super::*;
use crate::model::{PrefixListReference, Refused, TransitGatewayRoute};
use crate::specimen::complete;

/// Tells which steps are ready, and which removals are only shown since they are needed.
fn removals(plan: &Plan) -> (Vec<&str>, Vec<&str>) {
    let needed = plan.steps.iter().filter(|step| step.outlook == Outlook::Left { why: Left::Needed });
    let ready = plan.ready().filter(|step| step.risk == Risk::Removes);
    (ready.map(|step| step.id.as_str()).collect(), needed.map(|step| step.id.as_str()).collect())
}

fn tag(seen: &mut Snapshot, account: &str, pairs: &[(&str, &str)]) {
    items(&mut seen.members.get_mut(&scope(account)).unwrap().vpcs)[0].tags = tags(pairs);
}

fn vpc_routes<'a>(seen: &'a mut Snapshot, account: &str) -> &'a mut Vec<crate::model::Route> {
    &mut items(&mut seen.members.get_mut(&scope(account)).unwrap().route_tables)[0].routes
}

#[test]
fn a_segment_s_new_name_empties_no_table_that_its_vpcs_still_stand_in() {
    let renamed = CONFIG.replace("  prod:\n", "  production:\n").replace("[prod, shared]", "[production, shared]");
    let plan = plan_with(&intent_of(&renamed), &converged(), &ledger(), &removing());
    let (ready, needed) = removals(&plan);
    assert_eq!(ready, [""; 0], "{}", shown(&plan));
    for of in ["222222222222/vpc-b", "333333333333/vpc-c"] {
        let propagation = format!("remove propagation eu/prod < {of}");
        assert!(needed.contains(&propagation.as_str()), "{propagation}: {}", shown(&plan));
    }
    assert!(plan.problems.iter().any(|problem| matches!(problem, Problem::AssociatedElsewhere { .. })));
}

#[test]
fn a_vpc_that_changes_its_segment_keeps_what_it_had_until_it_stands_in_its_new_table() {
    let lab = CONFIG.replace(
        "  shared:\n",
        "  lab:\n    members: [{ ou: Workloads/Prod, vpc_tags: { network: lab } }]\n    spoke_routes: { cidrs: [10.64.0.0/16], tables: all }\n  shared:\n",
    );
    let mut seen = converged();
    tag(&mut seen, BILLING, &[("network", "lab")]);
    let plan = plan_with(&intent_of(&lab), &seen, &ledger(), &removing());
    let (ready, needed) = removals(&plan);
    assert_eq!(ready, [""; 0], "{}", shown(&plan));
    let own =
        ["remove VPC route 222222222222/vpc-b/rtb-b 10.0.0.0/8", "remove propagation eu/shared < 222222222222/vpc-b"];
    assert!(own.iter().all(|step| needed.contains(step)), "{}", shown(&plan));
}

/// Without `spoke_routes`: each VPC's table has a route for each range that it reaches.
fn bare() -> crate::intent::Intent {
    intent_of(&CONFIG.replace("    spoke_routes: { cidrs: [10.0.0.0/8], tables: all }\n", ""))
}

fn reached() -> (Snapshot, History) {
    let (mut seen, mut past) = (converged(), ledger());
    vpc_routes(&mut seen, BILLING)[1] = crate::specimen::to_hub("10.2.0.0/16");
    vpc_routes(&mut seen, TOOLS)[1] = crate::specimen::to_hub("10.1.0.0/16");
    own(&mut past, "VPC route 222222222222/vpc-b/rtb-b 10.2.0.0/16", None, "tgw-1");
    own(&mut past, "VPC route 333333333333/vpc-c/rtb-c 10.1.0.0/16", None, "tgw-1");
    (seen, past)
}

#[test]
fn what_leads_to_a_vpc_that_is_left_as_it_is_stays() {
    let (seen, past) = reached();
    assert_eq!(shown(&plan_with(&bare(), &seen, &past, &removing())), "");
    let route = "remove VPC route 222222222222/vpc-b/rtb-b 10.2.0.0/16";
    // It fits two segments, and is frozen.
    let two = intent_of(
        &CONFIG
            .replace("    spoke_routes: { cidrs: [10.0.0.0/8], tables: all }\n", "")
            .replace("  shared:\n", "  other:\n    members: [{ account: \"333333333333\" }]\n  shared:\n"),
    );
    let frozen = plan_with(&two, &seen, &past, &removing());
    assert!(frozen.problems.iter().any(|problem| matches!(problem, Problem::TwoSegments { .. })));
    assert_eq!(removals(&frozen).0, [""; 0], "{}", shown(&frozen));
    assert!(removals(&frozen).1.contains(&route), "{}", shown(&frozen));
    // Its account is left out.
    let excluded = CONFIG
        .replace("    spoke_routes: { cidrs: [10.0.0.0/8], tables: all }\n", "")
        .replace("{ account: \"333333333333\", vpc_tags", "{ ou: Shared, vpc_tags")
        .replace("organizations, role", "organizations, exclude: [{ account: \"333333333333\", why: theirs }], role");
    let excluded = plan_with(&intent_of(&excluded), &seen, &past, &removing());
    assert_eq!(removals(&excluded).0, [""; 0], "{}", shown(&excluded));
    // It has lost its tag where nothing says that departed VPCs are detached, whether or not anything of it is ours.
    let mut lost = seen.clone();
    tag(&mut lost, TOOLS, &[]);
    let mut keeps = Policy { departures: None, ..removing() };
    keeps.remove.remove(&Kind::Attachment);
    for mut past in [past.clone(), past] {
        past.owned.retain(|key, _| !key.starts_with("attachment eu/333333333333"));
        let plan = plan_with(&bare(), &lost, &past, &keeps);
        assert_eq!(removals(&plan).0, [""; 0], "{}", shown(&plan));
        past.owned.retain(|key, _| !key.contains("333333333333"));
    }
}

#[test]
fn a_vpc_of_which_nothing_is_ours_is_held_while_our_routes_lead_to_it_and_then_they_go() {
    let (mut seen, mut past) = reached();
    tag(&mut seen, TOOLS, &[]);
    past.owned.retain(|key, _| !key.contains("333333333333"));
    let held = plan_with(&bare(), &seen, &past, &removing());
    assert_eq!(held.ready().count(), 0, "{}", shown(&held));
    assert_eq!(held.departures.len(), 1);
    past.departures = held.departures.keys().map(|key| (key.clone(), now() - SignedDuration::from_hours(24))).collect();
    let due = plan_with(&bare(), &seen, &past, &removing());
    assert_eq!(removals(&due), (vec!["remove VPC route 222222222222/vpc-b/rtb-b 10.2.0.0/16"], vec![]));
}

#[test]
fn an_account_that_nobody_can_place_has_lost_nothing() {
    let (mut seen, past) = reached();
    let Listed::Complete { items: accounts, .. } = &mut seen.accounts else { panic!("no accounts") };
    accounts.iter_mut().find(|account| account.id.as_str() == BILLING).unwrap().ou = None;
    seen.members.remove(&scope(BILLING));
    let plan = plan_with(&bare(), &seen, &past, &removing());
    assert!(plan.problems.iter().any(|problem| matches!(problem, Problem::AccountPlaceless { .. })));
    assert_eq!((plan.departures.len(), plan.steps.len()), (0, 0), "{}", shown(&plan));
}

#[test]
fn an_old_route_goes_once_the_new_ones_are_there() {
    let halves = CONFIG.replacen("cidrs: [10.0.0.0/8]", "cidrs: [10.0.0.0/9, 10.128.0.0/9]", 1);
    let mut seen = converged();
    let old = "remove VPC route 222222222222/vpc-b/rtb-b 10.0.0.0/8";
    let plan = |seen: &Snapshot, past: &History| plan_with(&intent_of(&halves), seen, past, &removing());
    let first = plan(&seen, &ledger());
    assert_eq!(removals(&first), (vec![], vec![old]), "{}", shown(&first));
    // One of them is refused.
    vpc_routes(&mut seen, BILLING).push(crate::specimen::to_hub("10.0.0.0/9"));
    let mut past = ledger();
    let step = first.ready().find(|step| step.id.as_str().ends_with("10.128.0.0/9")).unwrap();
    past.refused.insert(step.id.to_string(), Refused { call: fingerprint(&step.call), trouble: denied() });
    assert_eq!(removals(&plan(&seen, &past)), (vec![], vec![old]));
    vpc_routes(&mut seen, BILLING).push(crate::specimen::to_hub("10.128.0.0/9"));
    assert_eq!(removals(&plan(&seen, &ledger())), (vec![old], vec![]));
}

#[test]
fn a_vpc_none_of_whose_tables_is_chosen_any_more_keeps_its_routes() {
    let chosen = CONFIG.replacen("tables: all", "tables: { tags: { hub: \"yes\" } }", 1);
    let plan = plan_with(&intent_of(&chosen), &converged(), &ledger(), &removing());
    assert!(plan.problems.iter().any(|problem| matches!(problem, Problem::NoTableTagged { .. })), "{}", shown(&plan));
    assert_eq!(removals(&plan), (vec![], vec!["remove VPC route 222222222222/vpc-b/rtb-b 10.0.0.0/8"]));
}

#[test]
fn a_departed_vpc_stays_while_a_declared_route_leads_to_it() {
    let declared = format!(
        "{CONFIG}routes:\n  - {{ in: prod, on: eu, to: 10.9.0.0/16, via: {{ attachment_of: \"333333333333/vpc-c\" }} }}\n"
    );
    let mut seen = super::removal::departed();
    let routes = items(hub(&mut seen).routes.get_mut(&crate::specimen::table_id("prod")).unwrap());
    let led =
        TransitGatewayRoute { destination: Destination::Cidr(id("10.9.0.0/16")), is_static: true, ..routes[0].clone() };
    routes.push(TransitGatewayRoute { attachments: [id("tgw-attach-c")].into(), ..led });
    let mut past = super::removal::since(24);
    own(&mut past, "static route eu/prod 10.9.0.0/16", None, "tgw-rtb-prod tgw-attach-c");
    let kept = plan_with(&intent_of(&declared), &seen, &past, &removing());
    assert_eq!(removals(&kept).0, [""; 0], "{}", shown(&kept));
    assert!(removals(&kept).1.contains(&"remove attachment eu/333333333333/vpc-c"), "{}", shown(&kept));
    // Where the file no longer has the route, it goes first.
    let gone = plan_with(&intent(), &seen, &past, &removing());
    assert!(removals(&gone).0.contains(&"remove static route eu/prod 10.9.0.0/16"), "{}", shown(&gone));
    let detach = gone.steps.iter().find(|step| step.id.as_str() == "remove attachment eu/333333333333/vpc-c").unwrap();
    assert!(detach.after.iter().any(|step| step.as_str() == "remove static route eu/prod 10.9.0.0/16"));
}

#[test]
fn an_attachment_that_carries_traffic_is_moved_out_of_the_default_table_only_with_a_person_s_word() {
    let mut seen = converged();
    let gateway = &mut items(&mut hub(&mut seen).gateways)[0];
    gateway.default_association = Some(crate::specimen::table_id("prod"));
    let lab = intent_of(&CONFIG.replace(
        "  shared:\n",
        "  lab:\n    members: [{ ou: Workloads/Prod, vpc_tags: { network: lab } }]\n    spoke_routes: { cidrs: [10.0.0.0/8], tables: all }\n  shared:\n",
    ));
    tag(&mut seen, BILLING, &[("network", "lab")]);
    let mut past = ledger();
    past.owned.remove("association eu/222222222222/vpc-b");
    let moves = |seen: &Snapshot, past: &History| {
        let plan = plan(&lab, seen, past);
        plan.steps.iter().any(|step| step.id.as_str() == "clear association eu/222222222222/vpc-b")
    };
    assert!(moves(&seen, &past), "it was made just now");
    past.owned.get_mut("attachment eu/222222222222/vpc-b").unwrap().at = now() - SignedDuration::from_hours(2);
    assert!(!moves(&seen, &past), "it sends to the hub");
    vpc_routes(&mut seen, BILLING).remove(1);
    assert!(moves(&seen, &past), "it sends nothing");
}

#[test]
fn an_association_is_not_cleared_for_one_that_would_not_follow() {
    let mut seen = converged();
    for list in hub(&mut seen).associations.values_mut() {
        items(list).retain(|association| association.attachment.as_str() != "tgw-attach-b");
    }
    let own = plan(&intent(), &seen, &ledger());
    let refused = own.ready().find(|step| step.id.as_str() == "create association eu/222222222222/vpc-b").unwrap();
    let mut past = ledger();
    past.refused.insert(refused.id.to_string(), Refused { call: fingerprint(&refused.call), trouble: denied() });
    // Somebody associates it with another table meanwhile.
    let mut seen = converged();
    let prod = hub(&mut seen).associations.get_mut(&crate::specimen::table_id("prod")).unwrap();
    let moved = items(prod).remove(0);
    items(hub(&mut seen).associations.get_mut(&crate::specimen::table_id("shared")).unwrap()).push(moved);
    let allows = Policy { gaps: Gaps::Allow, ..policy() };
    let clears = |past: &History| {
        plan_with(&intent(), &seen, past, &allows).steps.iter().any(|step| step.id.as_str().starts_with("clear"))
    };
    assert!(clears(&ledger()));
    assert!(!clears(&past));
}

#[test]
fn what_rests_on_an_unread_list_is_shown_and_refuses_nothing_else() {
    let mut seen = converged();
    let prod = hub(&mut seen).associations.get_mut(&crate::specimen::table_id("prod")).unwrap();
    let moved = items(prod).remove(0);
    items(hub(&mut seen).associations.get_mut(&crate::specimen::table_id("shared")).unwrap()).push(moved);
    vpc_routes(&mut seen, TOOLS).remove(1);
    hub(&mut seen).attachments = Listed::Unknown(denied());
    let allows = Policy { gaps: Gaps::Allow, ..policy() };
    let intent = intent();
    let plan = plan_with(&intent, &seen, &ledger(), &allows);
    let want = crate::compile::compile(&intent, &seen);
    assert!(plan.ready().any(|step| step.id.as_str() == "create VPC route 333333333333/vpc-c/rtb-c 10.0.0.0/8"));
    assert!(shown(&plan).contains("clear association eu/222222222222/vpc-b"), "{}", shown(&plan));
    assert!(crate::review::review(plan, &want, &seen, &ledger(), &allows).is_ok());
}

#[test]
fn a_hold_on_the_hub_covers_the_routes_of_a_vpc_that_has_left() {
    let mut past = super::removal::since(24);
    let hold = |name: &str| crate::model::Hold {
        name: name.to_owned(),
        why: "an incident".to_owned(),
        by: "alice".to_owned(),
        since: now(),
        until: now() + SignedDuration::from_hours(1),
    };
    for name in ["tgw-1", "eu"] {
        past.holds = vec![hold(name)];
        let plan = plan_with(&intent(), &super::removal::departed(), &past, &removing());
        assert_eq!(plan.ready().count(), 0, "{name}: {}", shown(&plan));
    }
}

#[test]
fn a_reference_that_lost_its_attachment_is_taken_away_as_ours() {
    let (mut seen, mut past) = (converged(), ledger());
    let table = crate::specimen::table_id("prod");
    let lost = PrefixListReference { prefix_list: id("pl-1"), state: Progress::Ready, attachment: None };
    hub(&mut seen).references.insert(table, complete(vec![lost]));
    own(&mut past, "static route eu/prod pl-1", None, "tgw-rtb-prod tgw-attach-gone");
    let plan = plan_with(&intent(), &seen, &past, &removing());
    assert_eq!(removals(&plan).0, ["remove static route eu/prod pl-1"], "{}", shown(&plan));
    let want = crate::compile::compile(&intent(), &seen);
    assert!(crate::review::review(plan, &want, &seen, &past, &removing()).is_ok());
}

#[test]
fn a_static_route_is_not_led_elsewhere_while_what_it_leads_to_may_be_hidden() {
    let declared = intent_of(&format!(
        "{CONFIG}routes:\n  - {{ in: prod, on: eu, to: 10.9.0.0/16, via: {{ attachment_of: \"333333333333/vpc-c\" }} }}\n"
    ));
    let mut seen = converged();
    let routes = items(hub(&mut seen).routes.get_mut(&crate::specimen::table_id("prod")).unwrap());
    let led = TransitGatewayRoute {
        destination: Destination::Cidr(id("10.9.0.0/16")),
        is_static: true,
        attachments: [id("tgw-attach-b")].into(),
        ..routes[0].clone()
    };
    routes.push(led);
    let mut past = ledger();
    own(&mut past, "static route eu/prod 10.9.0.0/16", None, "tgw-rtb-prod tgw-attach-b");
    let step = "replace static route eu/prod 10.9.0.0/16";
    let outlook = |seen: &Snapshot| {
        let plan = plan(&declared, seen, &past);
        plan.steps.iter().find(|it| it.id.as_str() == step).map(|it| it.outlook.clone())
    };
    assert_eq!(outlook(&seen), Some(Outlook::Ready));
    let mut hidden = seen.clone();
    hidden.members.get_mut(&scope(BILLING)).unwrap().vpcs = Listed::Unknown(denied());
    assert_eq!(outlook(&hidden), Some(Outlook::Left { why: Left::Unknown }));
    // One that leads to what is gone carries nothing.
    let live = hub(&mut hidden);
    items(&mut live.attachments).retain(|live| live.id.as_str() != "tgw-attach-b");
    items(live.routes.get_mut(&crate::specimen::table_id("prod")).unwrap()).last_mut().unwrap().state =
        RouteState::Blackhole;
    assert_eq!(outlook(&hidden), Some(Outlook::Ready));
}
