//! Taking away: only what is ours, undeclared for sure, and due; and in order.

use super::made::put;
use super::*;
use crate::model::{
    AccountState, AttachmentKey, Counts, Destination, Removal, RouteState, TransitGatewayRoute, VpcKey,
};
use crate::specimen::complete;

/// A ledger that has everything of the specimen as it is.
pub fn ledger() -> History {
    let mut past = History::default();
    for (letter, account, segment) in [("b", BILLING, "prod"), ("c", TOOLS, "shared")] {
        let (vpc, attachment) = (format!("{account}/vpc-{letter}"), format!("tgw-attach-{letter}"));
        own(&mut past, &format!("attachment eu/{vpc}"), Some(&attachment), "tgw-1");
        own(&mut past, &format!("association eu/{vpc}"), None, &format!("tgw-rtb-{segment} {attachment}"));
        own(&mut past, &format!("VPC route {vpc}/rtb-{letter} 10.0.0.0/8"), None, "tgw-1");
        own(&mut past, &format!("route table eu/{segment}"), Some(&format!("tgw-rtb-{segment}")), "tgw-1");
    }
    own(&mut past, &format!("propagation eu/prod < {BILLING}/vpc-b"), None, "tgw-rtb-prod tgw-attach-b");
    own(&mut past, &format!("propagation eu/prod < {TOOLS}/vpc-c"), None, "tgw-rtb-prod tgw-attach-c");
    own(&mut past, &format!("propagation eu/shared < {BILLING}/vpc-b"), None, "tgw-rtb-shared tgw-attach-b");
    past
}

pub fn own(past: &mut History, key: &str, id: Option<&str>, value: &str) {
    past.owned.insert(key.into(), Owned { id: id.map(str::to_owned), value: value.into(), at: now() });
}

const ALL: [Kind; 8] = [
    Kind::Share,
    Kind::Principal,
    Kind::Table,
    Kind::Attachment,
    Kind::Association,
    Kind::Propagation,
    Kind::StaticRoute,
    Kind::VpcRoute,
];

pub fn removing() -> Policy {
    let budgets = Budgets { per_hour: 50, per_day: 50, per_segment_per_day: 50 };
    let departures = Some(SignedDuration::from_hours(24));
    Policy { remove: ALL.into_iter().collect(), departures, budgets, ..policy() }
}

/// The specimen, after somebody took the tag off tools' VPC.
pub fn departed() -> Snapshot {
    let mut seen = converged();
    items(&mut seen.members.get_mut(&scope(TOOLS)).unwrap().vpcs)[0].tags = tags(&[]);
    seen
}

pub fn since(hours: i64) -> History {
    let mut past = ledger();
    let vpc = VpcKey { account: id(TOOLS), region: region(), vpc: id("vpc-c") };
    let key = AttachmentKey { hub: id("eu"), vpc };
    past.departures.insert(key.to_string(), now() - SignedDuration::from_hours(hours));
    past
}

#[test]
fn what_is_as_declared_and_ours_is_not_taken_away() {
    assert_eq!(shown(&plan_with(&intent(), &converged(), &ledger(), &removing())), "");
}

#[test]
fn a_departed_vpc_is_held_and_then_detached_in_order() {
    let held = plan_with(&intent(), &departed(), &ledger(), &removing());
    assert!(held.steps.is_empty() && held.leftovers.is_empty(), "{}", shown(&held));
    assert!(held.problems.iter().any(|problem| matches!(problem, Problem::Departing { .. })));
    assert_eq!(held.departures.len(), 1, "remembered since now");
    let held = plan_with(&intent(), &departed(), &since(23), &removing());
    assert!(held.steps.is_empty(), "{}", shown(&held));
    insta::assert_snapshot!(shown(&plan_with(&intent(), &departed(), &since(24), &removing())), @"
    remove VPC route 333333333333/vpc-c/rtb-c 10.0.0.0/8 [DeleteRoute]
    remove propagation eu/prod < 333333333333/vpc-c [DisableTransitGatewayRouteTablePropagation] waits for the end of VPC route 333333333333/vpc-c/rtb-c 10.0.0.0/8
    remove association eu/333333333333/vpc-c [DisassociateTransitGatewayRouteTable] waits for the end of VPC route 333333333333/vpc-c/rtb-c 10.0.0.0/8
    remove attachment eu/333333333333/vpc-c [DeleteTransitGatewayVpcAttachment] waits for the end of VPC route 333333333333/vpc-c/rtb-c 10.0.0.0/8
    ");
}

#[test]
fn a_departed_vpc_is_held_whatever_of_it_is_provably_ours() {
    let leads_to_it = |seen: &mut Snapshot| {
        let hub = seen.hubs.get_mut(&region()).unwrap();
        // The ledger has a propagation into the same table by the same words.
        let propagated = items(hub.propagations.get_mut(&id("tgw-rtb-prod")).unwrap());
        propagated.retain(|it| it.attachment.as_str() != "tgw-attach-c");
        items(hub.routes.get_mut(&id("tgw-rtb-prod")).unwrap()).push(TransitGatewayRoute {
            destination: Destination::Cidr("10.3.0.0/24".parse().unwrap()),
            state: RouteState::Active,
            is_static: true,
            prefix_list: None,
            attachments: vec![id("tgw-attach-c")],
        });
    };
    for (key, value, goes) in [
        (format!("VPC route {TOOLS}/vpc-c/rtb-c 10.0.0.0/8"), "tgw-1", "remove VPC route"),
        (format!("association eu/{TOOLS}/vpc-c"), "tgw-rtb-shared tgw-attach-c", "remove association"),
        (format!("propagation eu/prod < {TOOLS}/vpc-c"), "tgw-rtb-prod tgw-attach-c", "remove propagation"),
        ("static route eu/prod 10.3.0.0/24".to_owned(), "tgw-rtb-prod tgw-attach-c", "remove static route"),
    ] {
        let mut seen = departed();
        if goes == "remove static route" {
            leads_to_it(&mut seen);
        }
        let mut past = since(23);
        past.owned.clear();
        own(&mut past, &key, None, value);
        let held = plan_with(&intent(), &seen, &past, &removing());
        assert_eq!(held.ready().count(), 0, "{key}: {}", shown(&held));
        assert!(held.problems.iter().any(|it| matches!(it, Problem::Departing { .. })), "{key}: {}", shown(&held));
        past.departures = since(24).departures;
        let over = plan_with(&intent(), &seen, &past, &removing());
        assert!(shown(&over).contains(goes), "{key}: {}", shown(&over));
    }
}

#[test]
fn a_departure_is_forgotten_once_the_vpc_is_back_and_kept_while_something_is_unknown() {
    let back = plan_with(&intent(), &converged(), &since(23), &removing());
    assert!(back.departures.is_empty());
    let mut seen = departed();
    seen.accounts = Listed::Unknown(denied());
    assert_eq!(plan_with(&intent(), &seen, &since(23), &removing()).departures, since(23).departures);
}

#[test]
fn what_stays_of_a_departed_vpc_and_is_not_provably_ours_does_not_keep_all_from_being_well() {
    let held = plan_with(&intent(), &departed(), &ledger(), &removing());
    assert!(held.is_in_sync() && !held.is_all_well(), "it is on its way out: {}", shown(&held));
    // Its segment is gone, and nothing proves that its attachment and table are ours: what is ours in that table stays.
    let (segment, _) = CONFIG.split_once("connect:").unwrap();
    let (rest, _) = segment.split_once("  shared:").unwrap();
    let (mut seen, mut past) = (converged(), since(1000));
    for made in [format!("attachment eu/{TOOLS}/vpc-c"), "route table eu/shared".to_owned()] {
        past.owned.remove(made.as_str()).unwrap();
    }
    let hub = seen.hubs.get_mut(&region()).unwrap();
    let prod = hub.propagations.get_mut(&id("tgw-rtb-prod")).unwrap();
    items(prod).retain(|it| it.attachment.as_str() != "tgw-attach-c");
    for table in items(&mut seen.members.get_mut(&scope(TOOLS)).unwrap().route_tables) {
        table.routes.retain(|route| route.destination.to_string() != "10.0.0.0/8");
    }
    let stays = plan_with(&intent_of(rest), &seen, &past, &removing());
    assert!(!stays.departures.is_empty(), "{}", shown(&stays));
    assert!(stays.is_all_well(), "{}\n{:?}", shown(&stays), stays.problems);
}

#[test]
fn without_a_word_in_the_file_a_departed_vpc_stays_and_is_reported() {
    let kept = plan_with(&intent(), &departed(), &since(1000), &policy());
    assert!(kept.steps.is_empty(), "{}", shown(&kept));
    assert_eq!(kept.leftovers.len(), 4);
}

#[test]
fn an_account_that_is_closed_or_gone_is_left_by_the_hub_alone() {
    type Change = fn(&mut Snapshot);
    let changes: [Change; 2] = [
        |seen| items(&mut seen.accounts)[2].state = AccountState::SetAside("SUSPENDED".into()),
        |seen| {
            items(&mut seen.accounts).remove(2);
        },
    ];
    for change in changes {
        let mut seen = converged();
        change(&mut seen);
        seen.members.remove(&scope(TOOLS));
        let plan = plan_with(&intent(), &seen, &since(24), &removing());
        assert!(plan.steps.iter().all(|step| step.scope == scope(HOME)), "{}", shown(&plan));
        assert!(shown(&plan).contains("remove attachment eu/333333333333/vpc-c"), "{}", shown(&plan));
    }
}

#[test]
fn an_account_that_the_file_leaves_alone_is_left_alone() {
    let excluded = CONFIG.replace(
        "role: { name: transitd-member } }",
        "role: { name: transitd-member }, exclude: [{ account: \"222222222222\", why: audit }] }",
    );
    let mut seen = converged();
    seen.members.remove(&scope(BILLING));
    let mut past = ledger();
    past.departures.insert(format!("eu/{BILLING}/vpc-b"), now() - SignedDuration::from_hours(1000));
    let plan = plan_with(&intent_of(&excluded), &seen, &past, &removing());
    let touches = |step: &Step| step.key.vpc().is_some_and(|vpc| vpc.account.as_str() == BILLING);
    assert!(!plan.steps.iter().any(touches), "{}", shown(&plan));
    assert!(!plan.leftovers.is_empty(), "and reported");
}

#[test]
fn only_what_the_ledger_has_as_it_is_live_is_taken_away() {
    let apart = intent_of(&CONFIG.replace("connect:\n  - [prod, shared]", "connect: []"));
    let key = format!("propagation eu/prod < {TOOLS}/vpc-c");
    let removed = plan_with(&apart, &converged(), &ledger(), &removing());
    assert!(shown(&removed).contains("remove propagation eu/prod < 333333333333/vpc-c"), "{}", shown(&removed));
    for change in [None, Some("tgw-rtb-prod tgw-attach-other")] {
        let mut past = ledger();
        past.owned.remove(&key);
        if let Some(value) = change {
            own(&mut past, &key, None, value);
        }
        let kept = plan_with(&apart, &converged(), &past, &removing());
        assert!(!shown(&kept).contains("remove propagation eu/prod < 333333333333/vpc-c"), "{}", shown(&kept));
        assert!(!kept.unmanaged.is_empty());
    }
}

#[test]
fn a_blackhole_is_taken_for_what_is_left_of_our_route_only_in_the_table_that_we_wrote_it_into() {
    let mut seen = converged();
    put(&mut seen, "10.77.0.0/16", None);
    let removed = "remove static route eu/prod 10.77.0.0/16 [DeleteTransitGatewayRoute]";
    for (table, is_ours) in [("tgw-rtb-prod", true), ("tgw-rtb-old", false)] {
        let mut past = ledger();
        own(&mut past, "static route eu/prod 10.77.0.0/16", None, &format!("{table} tgw-attach-gone"));
        let planned = plan_with(&intent(), &seen, &past, &removing());
        assert_eq!(shown(&planned) == removed, is_ours, "{}", shown(&planned));
        assert_eq!(planned.unmanaged.is_empty(), is_ours, "what is not ours is reported");
    }
}

/// The specimen, where prod has taken in a table that was there before, and the one that transitd made is still there.
fn replaced() -> (crate::intent::Intent, Snapshot, History) {
    let text = CONFIG.replacen("    inside: open", "    inside: open\n    table: { eu: tgw-rtb-prod }", 1);
    let (mut seen, mut past, made) = (converged(), ledger(), table_id("made"));
    own(&mut past, "route table eu/prod", Some(made.as_str()), "tgw-1");
    let inventory = hub(&mut seen);
    let mut table = items(&mut inventory.tables)[0].clone();
    table.id = made.clone();
    table.tags.insert("transitd:segment".into(), "prod".into());
    items(&mut inventory.tables).push(table);
    inventory.associations.insert(made.clone(), complete(Vec::new()));
    inventory.propagations.insert(made.clone(), complete(Vec::new()));
    inventory.routes.insert(made.clone(), complete(Vec::new()));
    inventory.references.insert(made, complete(Vec::new()));
    (intent_of(&text), seen, past)
}

#[test]
fn a_made_table_goes_once_another_is_in_its_place_unless_somebody_uses_it() {
    let (intent, seen, past) = replaced();
    assert_eq!(
        shown(&plan_with(&intent, &seen, &past, &removing())),
        "remove route table eu/prod [DeleteTransitGatewayRouteTable]"
    );
    let kept = plan_with(&intent, &seen, &past, &policy());
    assert!(kept.steps.is_empty() && kept.leftovers.len() == 1, "{}", shown(&kept));
    let stays = |change: &dyn Fn(&mut crate::model::HubInventory)| {
        let (intent, mut seen, past) = replaced();
        change(hub(&mut seen));
        let plan = plan_with(&intent, &seen, &past, &removing());
        assert!(plan.steps.is_empty() && plan.leftovers.len() == 1, "{}", shown(&plan));
    };
    stays(&|inventory| {
        let route = TransitGatewayRoute {
            destination: Destination::Cidr(id("192.168.0.0/16")),
            is_static: true,
            state: RouteState::Blackhole,
            attachments: Vec::new(),
            prefix_list: None,
        };
        items(inventory.routes.get_mut(&table_id("made")).unwrap()).push(route);
    });
    stays(&|inventory| {
        let association = items(inventory.associations.get_mut(&table_id("shared")).unwrap())[0].clone();
        items(inventory.associations.get_mut(&table_id("made")).unwrap()).push(association);
    });
}

#[test]
fn a_made_table_that_was_replaced_and_is_nowhere_to_be_seen_is_believed_to_be_removed() {
    let (intent, mut seen, mut past) = replaced();
    past.unconfirmed.insert("remove route table eu/prod".into(), Sent { at: now(), answered: true });
    let of = |seen: &Snapshot, past: &History| plan_with(&intent, seen, past, &policy()).confirmed.len();
    assert_eq!(of(&seen, &past), 0, "still there");
    items(&mut hub(&mut seen).tables).pop();
    assert_eq!(of(&seen, &past), 1);
}

#[test]
fn what_leads_to_a_held_vpc_stays_with_it() {
    let bare = intent_of(&CONFIG.replacen("    spoke_routes: { cidrs: [10.0.0.0/8], tables: all }\n", "", 1));
    let mut seen = departed();
    let route = &mut items(&mut seen.members.get_mut(&scope(BILLING)).unwrap().route_tables)[0].routes[1];
    *route = to_hub("10.2.0.0/16");
    let mut past = since(1);
    own(&mut past, "VPC route 222222222222/vpc-b/rtb-b 10.2.0.0/16", None, "tgw-1");
    let held = plan_with(&bare, &seen, &past, &removing());
    assert_eq!(held.ready().count(), 0, "{}", shown(&held));
    assert!(shown(&held).contains("10.2.0.0/16 [DeleteRoute] left: Departing"), "{}", shown(&held));
}

#[test]
fn a_segment_that_left_the_file_takes_its_table_along_once_nothing_is_in_it() {
    let dropped = CONFIG
        .replace("  shared:\n    members: [{ account: \"333333333333\", vpc_tags: { network: shared } }]\n    spoke_routes: { cidrs: [10.0.0.0/8], tables: all }\n", "")
        .replace("connect:\n  - [prod, shared]\n", "");
    let plan = plan_with(&intent_of(&dropped), &converged(), &since(24), &removing());
    let order: Vec<String> =
        plan.steps.iter().filter(|step| step.is_removal()).map(|step| step.kind.words().to_owned()).collect();
    assert_eq!(order.last().map(String::as_str), Some("route table"), "{}", shown(&plan));
    assert!(order.iter().position(|kind| kind == "association") < order.iter().position(|kind| kind == "attachment"));
    let table = plan.steps.iter().find(|step| step.kind == Kind::Table).unwrap();
    assert!(!table.after.is_empty(), "it comes after what is associated with it");
    assert_eq!(table.segment, Some(id("shared")));
}

#[test]
fn removals_beyond_the_budget_wait_until_there_is_room() {
    let apart = intent_of(&CONFIG.replace("connect:\n  - [prod, shared]", "connect: []"));
    let budgets = Budgets { per_hour: 1, per_day: 50, per_segment_per_day: 50 };
    let one = Policy { budgets, ..removing() };
    let first = plan_with(&apart, &converged(), &ledger(), &one);
    assert_eq!(first.ready().count(), 1, "{}", shown(&first));
    let mut past = ledger();
    past.removals.push(Removal { at: now() - SignedDuration::from_mins(10), segment: None });
    let none = plan_with(&apart, &converged(), &past, &one);
    assert_eq!(none.ready().count(), 0);
    assert!(shown(&none).contains("waits for the budget at 2026-03-01T12:50:00Z"), "{}", shown(&none));
    assert!(none.is_at_rest() && none.look_again.is_none());
}

#[test]
fn nothing_is_taken_away_while_something_is_unknown_the_file_freezes_or_far_less_is_there() {
    let apart = intent_of(&CONFIG.replace("connect:\n  - [prod, shared]", "connect: []"));
    let mut seen = converged();
    seen.members.get_mut(&scope(BILLING)).unwrap().subnets = Listed::Unknown(denied());
    assert_eq!(plan_with(&apart, &seen, &ledger(), &removing()).ready().count(), 0);
    let frozen = Policy { frozen: true, ..removing() };
    assert_eq!(plan_with(&apart, &converged(), &ledger(), &frozen).ready().count(), 0);
    let mut past = ledger();
    past.last_good = Some(Counts { accounts: 30, vpcs: 2, declared: 4 });
    let shrunk = plan_with(&apart, &converged(), &past, &removing());
    assert_eq!(shrunk.ready().count(), 0, "{}", shown(&shrunk));
    assert!(shrunk.problems.iter().any(|problem| matches!(problem, Problem::Shrunk { before: 30, now: 3, .. })));
    let meant = Policy { accept_shrink: true, ..removing() };
    assert_eq!(plan_with(&apart, &converged(), &past, &meant).ready().count(), 2);
    past.last_good = Some(Counts { accounts: 4, vpcs: 3, declared: 5 });
    assert_eq!(plan_with(&apart, &converged(), &past, &removing()).ready().count(), 2, "one less is no sharp fall");
}

#[test]
fn what_is_made_again_and_again_is_contested_and_left() {
    let mut seen = converged();
    items(&mut seen.members.get_mut(&scope(BILLING)).unwrap().route_tables)[0].routes.pop();
    let first = plan(&intent(), &seen, &History::default());
    let step = &first.steps[0];
    let mut past = History::default();
    past.repairs.insert((step.id.to_string(), fingerprint(&step.call)), 2);
    assert_eq!(plan(&intent(), &seen, &past).steps.len(), 1, "twice may be chance");
    past.repairs.insert((step.id.to_string(), fingerprint(&step.call)), 3);
    let left = plan(&intent(), &seen, &past);
    assert!(left.steps.is_empty(), "{}", shown(&left));
    assert!(left.problems.iter().any(|problem| matches!(problem, Problem::Contested { times: 3, .. })));
}

#[test]
fn a_removal_that_was_sent_is_believed_once_its_thing_is_nowhere_to_be_seen() {
    let id_of = "remove VPC route 222222222222/vpc-b/rtb-b 10.9.0.0/16".to_owned();
    let mut past = ledger();
    past.unconfirmed.insert(id_of.clone(), Sent { at: now(), answered: true });
    let seen_gone = plan(&intent(), &converged(), &past);
    assert!(seen_gone.confirmed.iter().any(|step| step.as_str() == id_of));
    let mut seen = converged();
    items(&mut seen.members.get_mut(&scope(BILLING)).unwrap().route_tables)[0].routes.push(to_hub("10.9.0.0/16"));
    own(&mut past, "VPC route 222222222222/vpc-b/rtb-b 10.9.0.0/16", None, "tgw-1");
    assert!(plan(&intent(), &seen, &past).confirmed.is_empty(), "it is still there");
    let mut seen = converged();
    seen.members.get_mut(&scope(TOOLS)).unwrap().vpcs = Listed::Unknown(denied());
    assert!(plan(&intent(), &seen, &past).confirmed.is_empty(), "not everything was seen");
}
