//! What a report says, as files to be read; and what holds for every report.

mod days;
mod each;
mod history;
mod organization;
pub(super) mod world;

use std::collections::BTreeSet;

use super::names::{Names, Place};
use super::{
    PassView, Style, View, drift_json, drift_text, moved_text, pass_json, pass_text, standing_text, violations_text,
    wording,
};
use crate::apply::{Outcome, Outcomes};
use crate::model::*;
use crate::plan::{Gaps, Moved, Outlook, PendingKey, Plan};
use world::{GATEWAY, World, at_main, billing, data, id, listed, on_main, table, trouble};

/// Steps of every verb and reason that the planner knows, with each risk.
fn drifted() -> World {
    let mut world = World::built();
    world.want.attachments.get_mut(&on_main(billing())).unwrap().options.appliance_mode = true;
    let mut attachments = world.hub().vpc_attachments.known().unwrap().to_vec();
    attachments[1].subnets = vec![id("subnet-0b1")];
    world.hub().vpc_attachments = listed(attachments);
    let elsewhere = world.hub().associations.insert(id("tgw-rtb-0b"), listed(Vec::new())).unwrap();
    world.hub().associations.insert(id("tgw-rtb-0f"), elsewhere);
    let mut tables = world.hub().tables.known().unwrap().to_vec();
    tables.push(TransitGatewayRouteTable { id: id("tgw-rtb-0f"), tags: Tags::new(), ..tables[0].clone() });
    world.hub().tables = listed(tables);
    world.set_route(&billing(), Target::TransitGateway(id(GATEWAY)), RouteState::Blackhole);
    world.set_route(&data(), Target::TransitGateway(id("tgw-0f")), RouteState::Active);
    let old = Key::VpcRoute(world::route(data(), "rtb-0b"));
    world.past.owned.insert(old.ledger(), Owned { id: None, value: "tgw-0f".to_owned(), at: world::now() });
    world
}

/// One of each problem, unmanaged thing and wait, on top of the drifted network.
fn worst() -> (World, Plan) {
    let world = drifted();
    let mut plan = world.plan(Gaps::Allow);
    plan.problems = each::problems().into_iter().collect();
    plan.unmanaged = each::unmanaged().into_iter().collect();
    plan.leftovers = each::leftovers().into_iter().collect();
    let pending = Key::Propagation(PropagationKey { table: table("prod"), of: each::of(&data()) });
    plan.pending.insert(PendingKey { kind: pending.kind(), key: pending });
    for (step, outlook) in plan.steps.iter_mut().zip(each::outlooks()) {
        step.outlook = outlook;
    }
    (world, plan)
}

/// One account that cannot be entered in two regions, one with a list that could not be read, and one table's routes.
fn half_seen() -> World {
    let mut world = World::built();
    let shut = trouble(
        Fault::Denied,
        "AssumeRole",
        "AccessDenied",
        "User: arn:aws:sts::111111111111:assumed-role/transitd-hub/corp is not authorized to perform: sts:AssumeRole on \
         resource: arn:aws:iam::333333333333:role/transitd-member",
    );
    let nothing = |request: &str| {
        let shut = Trouble { request_id: Some(request.to_owned()), ..shut.clone() };
        MemberInventory {
            vpcs: Listed::Unknown(shut.clone()),
            subnets: Listed::Unknown(shut.clone()),
            route_tables: Listed::Unknown(shut.clone()),
            gateways: Listed::Unknown(shut.clone()),
            attachments: Listed::Unknown(shut),
            prefix_lists: None,
            invitations: None,
            roles: None,
        }
    };
    *world.member(&data()) = nothing("4f0c-2");
    world.seen.members.insert(Scope::new(&id("333333333333"), &id("us-east-1")), nothing("4f0c-3"));
    let slow = |action: &str| trouble(Fault::Throttled, action, "RequestLimitExceeded", "Request limit exceeded.");
    world.member(&billing()).subnets = Listed::Unknown(slow("DescribeSubnets"));
    world.member(&billing()).route_tables = Listed::Unknown(slow("DescribeRouteTables"));
    let lost = trouble(Fault::Transient, "SearchTransitGatewayRoutes", "InternalError", "");
    world.hub().routes.insert(id("tgw-rtb-0a"), Listed::Unknown(lost));
    world
}

/// A thousand route tables that lack their route.
fn with_a_thousand_tables() -> World {
    let mut world = World::built();
    let mut tables = world.member(&billing()).route_tables.known().unwrap().to_vec();
    let template = RouteTable { routes: Vec::new(), ..tables[0].clone() };
    for number in 0..1000 {
        let name = format!("rtb-0c{number:04}");
        tables.push(RouteTable { id: id(&name), ..template.clone() });
        world.want.vpc_routes.insert(world::route(billing(), &name), id("main"));
    }
    world.member(&billing()).route_tables = listed(tables);
    world
}

#[test]
fn a_network_in_sync_is_called_so_first_of_all() {
    let world = World::built();
    let plan = world.plan(Gaps::Ask);
    assert!(plan.is_in_sync(), "{:?}", plan.steps);
    insta::assert_snapshot!(drift_text(&world.view(&plan), Style::Plain));
}

#[test]
fn a_network_to_be_built_is_told_vpc_by_vpc() {
    let world = World::unbuilt();
    let plan = world.plan(Gaps::Ask);
    insta::assert_snapshot!(drift_text(&world.view(&plan), Style::Plain));
}

#[test]
fn the_worst_day_is_told_in_order() {
    let (world, plan) = worst();
    insta::assert_snapshot!(drift_text(&world.view(&plan), Style::Plain));
}

#[test]
fn a_step_that_cuts_traffic_is_told_in_the_first_line_and_in_its_own() {
    let world = drifted();
    let plan = world.plan(Gaps::Allow);
    let text = drift_text(&world.view(&plan), Style::Plain);
    assert!(text.lines().next().unwrap().contains("1 cuts traffic"), "{text}");
    assert!(text.contains("remove   association with tgw-rtb-0f"), "{text}");
    assert!(text.contains("(cuts its traffic for about 90 s)"), "{text}");
}

#[test]
fn an_account_that_cannot_be_entered_is_told_once() {
    let world = half_seen();
    let plan = world.plan(Gaps::Ask);
    let text = drift_text(&world.view(&plan), Style::Plain);
    assert_eq!(text.matches("333333333333 (data) cannot be entered").count(), 1, "{text}");
    insta::assert_snapshot!(text);
}

#[test]
fn json_says_all_that_the_text_says() {
    let (world, plan) = worst();
    insta::assert_json_snapshot!(drift_json(&world.view(&plan), 2));
    let world = half_seen();
    insta::assert_json_snapshot!("json_of_a_half_seen_network", drift_json(&world.view(&world.plan(Gaps::Ask)), 3));
}

#[test]
fn colour_changes_no_word() {
    let (world, plan) = worst();
    let view = world.view(&plan);
    let coloured = drift_text(&view, Style::Colour);
    assert!(coloured.contains("\u{1b}[31m"));
    let mut stripped = String::new();
    for (index, part) in coloured.split('\u{1b}').enumerate() {
        stripped.push_str(if index == 0 { part } else { part.split_once('m').unwrap().1 });
    }
    assert_eq!(stripped, drift_text(&view, Style::Plain));
}

#[test]
fn a_name_that_somebody_chose_cannot_act_on_the_terminal() {
    let mut world = World::unbuilt();
    let mut vpcs = world.member(&billing()).vpcs.known().unwrap().to_vec();
    vpcs[0].tags.insert("Name".to_owned(), "x\u{1b}]0;owned\u{7}\nin sync".to_owned());
    world.member(&billing()).vpcs = listed(vpcs);
    let plan = world.plan(Gaps::Ask);
    let text = drift_text(&world.view(&plan), Style::Plain);
    assert!(!text.contains(['\u{1b}', '\u{7}']), "{text}");
    assert!(!text.lines().any(|line| line.starts_with("in sync")), "{text}");
}

#[test]
fn thousands_of_steps_are_counted_in_text_and_listed_in_json() {
    let world = with_a_thousand_tables();
    let plan = world.plan(Gaps::Ask);
    let view = world.view(&plan);
    let text = drift_text(&view, Style::Plain);
    assert!(text.starts_with("drift: 1000 steps (1000 ready)\n"), "{text}");
    assert_eq!(text.matches("  create ").count(), 200, "{text}");
    assert!(text.contains("and 800 more VPC routes: --format json lists all"), "{text}");
    assert_eq!(drift_json(&view, 2)["steps"].as_array().unwrap().len(), 1000);
}

#[test]
fn a_pass_tells_what_was_sent_and_what_is_waited_for() {
    let world = World::unbuilt();
    let plan = world.plan(Gaps::Ask);
    let outcomes: Outcomes = plan.ready().map(|step| step.id.clone()).zip(each::outcomes().into_iter().rev()).collect();
    assert!(outcomes.len() >= 4);
    let pass = PassView { number: 1, view: world.view(&plan), outcomes: &outcomes };
    insta::assert_snapshot!(pass_text(&pass, Style::Plain));
    insta::assert_json_snapshot!("json_of_a_pass", pass_json(&pass)["outcomes"]);
}

#[test]
fn the_last_pass_says_what_stands_in_the_way() {
    let mut world = World::built();
    world.set_route(&billing(), Target::Other("nat-0cc".to_owned()), RouteState::Active);
    let plan = world.plan(Gaps::Ask);
    let outcomes = Outcomes::new();
    let pass = PassView { number: 4, view: world.view(&plan), outcomes: &outcomes };
    insta::assert_snapshot!(pass_text(&pass, Style::Plain));
}

#[test]
fn a_pass_of_a_thousand_steps_stays_on_a_screen() {
    let world = with_a_thousand_tables();
    let plan = world.plan(Gaps::Ask);
    let outcomes: Outcomes = plan.ready().map(|step| (step.id.clone(), Outcome::Done)).collect();
    let pass = PassView { number: 1, view: world.view(&plan), outcomes: &outcomes };
    let text = pass_text(&pass, Style::Plain);
    assert!(text.lines().count() < 40, "{text}");
    assert!(text.contains("done           and 985 more"), "{text}");
}

#[test]
fn a_refused_plan_is_explained() {
    let plan = World::unbuilt().plan(Gaps::Ask);
    let violations = each::violations(&plan.steps[0].id, &plan.steps[1].id);
    insta::assert_snapshot!(violations_text(&violations, Style::Plain));
}

/// Checks what every message has to be: said, a fragment, no two the same.
fn messages(of: &str, texts: impl IntoIterator<Item = String>) {
    let mut seen = BTreeSet::new();
    for text in texts {
        assert!(!text.trim().is_empty(), "{of}: empty");
        assert!(!text.ends_with(['.', ' ', ':']), "{of}: {text:?} ends like a sentence");
        assert!(!text.contains("  "), "{of}: {text:?} has a gap in it");
        assert!(seen.insert(text.clone()), "{of}: {text:?} is said twice");
    }
}

#[test]
fn everything_has_words_of_its_own() {
    let world = drifted();
    let plan = world.plan(Gaps::Allow);
    let view = world.view(&plan);
    let names = Names::of(&view);
    let here = Place::default();
    let problems = each::problems();
    messages("problem", problems.iter().map(|it| wording::problem(it, &names).reason));
    messages("what helps", problems.iter().map(|it| wording::problem(it, &names).help));
    messages("about", problems.iter().map(|it| wording::problem(it, &names).text()));
    messages("unmanaged", each::unmanaged().iter().map(|it| wording::unmanaged(it, &names, here)));
    messages("wait", each::waits().iter().map(|it| wording::wait(it, &names, here)));
    messages("left", each::lefts().iter().map(|it| wording::left(it).to_owned()));
    messages("why", each::whys().iter().map(wording::why));
    messages(
        "step",
        each::steps().iter().map(|it| format!("{} {}", wording::verb(&it.call), wording::object(it, &names, here))),
    );
    messages("deed", each::keys().iter().map(|it| names.thing(it, here)));
    messages("given", each::givens().into_iter().map(|it| names.attached(&Attached::Given(it))));
    messages("list", each::lists().iter().map(wording::list_words));
    messages("several", each::keys().iter().map(|it| wording::several(it.kind()).to_owned()));
    messages("risk", each::risks().into_iter().map(wording::risk));
    messages("fault", each::faults().into_iter().map(|it| wording::fault(&trouble(it, "A", "Code", "no")).to_owned()));
    let troubles = each::faults().into_iter().map(|it| trouble(it, "DescribeVpcs", "Code", "message."));
    messages("what helps", troubles.map(|it| wording::fault_help(&it)));
    messages("outcome", each::outcomes().iter().map(|it| wording::outcome(it).word.to_owned()));
    let violations = each::violations(&plan.steps[0].id, &plan.steps[1].id);
    messages("violation", violations.iter().map(ToString::to_string));
    messages("what helps", violations.iter().map(|it| wording::violation_help(it).to_owned()));
}

#[test]
fn a_call_whose_time_was_over_was_not_refused_for_its_rate() {
    let said = |code: &str| wording::fault(&trouble(crate::model::Fault::Throttled, "DescribeVpcs", code, "no"));
    assert_eq!(said("RequestLimitExceeded"), "AWS refused the call for its rate");
    assert_eq!(said(crate::api::ApiError::NOT_SENT), "the time for the call was over before its turn came");
}

#[test]
fn what_waits_for_a_stopped_daemon_says_how_to_stop_it() {
    let world = World::unbuilt();
    let plan = world.plan(Gaps::Ask);
    let view = world.view(&plan);
    let names = Names::of(&view);
    let shrunk = Problem::Shrunk { what: "accounts".to_owned(), before: 100, now: 10 };
    let gap = crate::review::Violation::Gap { step: plan.steps[0].id.clone(), seconds: 90 };
    for help in [wording::problem(&shrunk, &names).help, wording::violation_help(&gap).to_owned()] {
        let stop = help.find("systemctl stop transitd").expect(&help);
        let apply = help.find("transitd apply --").expect(&help);
        assert!(stop < apply && help[apply..].contains("then start it again"), "{help}");
    }
}

#[test]
fn in_sync_does_not_stand_alone_where_something_is_left_or_opens_a_segment() {
    let world = World::built();
    let first_line = |plan: &Plan| drift_text(&world.view(plan), Style::Plain).lines().next().unwrap().to_owned();
    let mut plan = world.plan(Gaps::Ask);
    plan.unmanaged =
        each::unmanaged().into_iter().filter(|it| matches!(it, Unmanaged::PropagationElsewhere { .. })).collect();
    assert_eq!(first_line(&plan), "in sync");
    plan.unmanaged = each::unmanaged().into_iter().collect();
    assert_eq!(first_line(&plan), "in sync; 4 undeclared in a segment's table");
    plan.leftovers = each::leftovers().into_iter().collect();
    assert_eq!(first_line(&plan), "in sync; 2 no longer declared, 4 undeclared in a segment's table");
    plan.unmanaged.clear();
    assert_eq!(first_line(&plan), "in sync; 2 no longer declared");
    assert_eq!(drift_json(&world.view(&plan), 0)["verdict"], "in sync; 2 no longer declared");
}

#[test]
fn a_refused_step_is_named_like_the_thing_and_by_its_name_where_nothing_declares_it() {
    let world = World::unbuilt();
    let mut plan = world.plan(Gaps::Ask);
    let refused = |key: &Key, verb: &str| Problem::StepRefused {
        step: format!("{verb} {}", key.ledger()),
        trouble: trouble(Fault::Invalid, "CreateRoute", "InvalidParameterValue", "no"),
    };
    let propagation = Key::Propagation(PropagationKey { table: table("prod"), of: each::of(&data()) });
    let gone = Key::Attachment(on_main(world::vpc_key("222222222222", "vpc-0cc")));
    let of_all = [
        (Key::Table(table("prod")), "create", "create the route table of segment prod on hub main"),
        (Key::Association(at_main(&data())), "clear", "remove the association of 333333333333/vpc-0bb \"data\" (data)"),
        (propagation, "create", "create the propagation of 333333333333/vpc-0bb \"data\" (data) into the route table"),
        (gone, "create", "the step 'create attachment main/222222222222/vpc-0cc'"),
    ];
    plan.problems = of_all.iter().map(|(key, verb, _)| refused(key, verb)).collect();
    let view = world.view(&plan);
    let names = Names::of(&view);
    for (key, verb, text) in &of_all {
        let about = wording::problem(&refused(key, verb), &names).about;
        assert!(about.starts_with(text), "{about}");
    }
}

/// Returns a report's text with its long lines in one.
fn unfolded(view: &View<'_>) -> String {
    drift_text(view, Style::Plain).replace("\n  ", " ")
}

#[test]
fn the_accounts_that_are_set_aside_are_named_as_far_as_they_fit() {
    let mut world = World::built();
    let mut accounts = world.seen.accounts.known().unwrap().to_vec();
    let aside = |number: u64, name: &str, state: &str| Account {
        id: id(&number.to_string()),
        name: name.to_owned(),
        state: AccountState::SetAside(state.to_owned()),
        ou: None,
        tags: Tags::new(),
    };
    accounts.extend([aside(555_555_555_555, "", "CLOSED"), aside(666_666_666_666, "c", "PENDING_CLOSURE")]);
    world.seen.accounts = listed(accounts.clone());
    let plan = world.plan(Gaps::Ask);
    let last = |world: &World| unfolded(&world.view(&plan));
    let three = "3 set aside (old 444444444444: SUSPENDED, 555555555555: CLOSED, c 666666666666: PENDING_CLOSURE)";
    assert!(last(&world).contains(three), "{}", last(&world));
    accounts.extend([aside(777_777_777_777, "d", "CLOSED"), aside(888_888_888_888, "e", "CLOSED")]);
    world.seen.accounts = listed(accounts);
    let five =
        "5 set aside (old 444444444444: SUSPENDED, 555555555555: CLOSED, c 666666666666: PENDING_CLOSURE, 2 more)";
    assert!(last(&world).contains(five), "{}", last(&world));
}

#[test]
fn vpcs_that_are_not_known_are_not_counted_as_none() {
    let world = half_seen();
    let plan = world.plan(Gaps::Ask);
    let view = world.view(&plan);
    assert!(unfolded(&view).contains("; VPCs, at least: prod "), "{}", unfolded(&view));
    assert_eq!(drift_json(&view, 3)["counts"]["vpcs_complete"], false);
    let mut world = World::built();
    let plan = world.plan(Gaps::Ask);
    assert!(unfolded(&world.view(&plan)).contains("; VPCs: prod 1, shared 1; "));
    world.seen.accounts = Listed::Unknown(trouble(Fault::Throttled, "ListAccounts", "TooManyRequests", ""));
    assert!(unfolded(&world.view(&plan)).contains("; VPCs, at least: prod "));
}

#[test]
fn what_stands_in_the_way_can_be_told_alone() {
    let world = World::built();
    let mut plan = world.plan(Gaps::Ask);
    assert_eq!(standing_text(&world.view(&plan), Style::Plain), "");
    plan.problems = each::problems().into_iter().filter(|it| matches!(it, Problem::NotRouted { .. })).collect();
    plan.problems.insert(Problem::ExcludeFitsNothing { account: id("555555555555") });
    insta::assert_snapshot!(standing_text(&world.view(&plan), Style::Plain));
}

#[test]
fn the_same_input_gives_the_same_bytes_in_whatever_order_it_was_read() {
    let (world, plan) = worst();
    let mut turned = world.seen.clone();
    for member in turned.members.values_mut() {
        member.subnets = listed(member.subnets.known().unwrap().iter().rev().cloned().collect());
    }
    let accounts: Vec<Account> = turned.accounts.known().unwrap().iter().rev().cloned().collect();
    turned.accounts = listed(accounts);
    let other = World { seen: turned, ..drifted() };
    assert_eq!(drift_text(&world.view(&plan), Style::Plain), drift_text(&other.view(&plan), Style::Plain));
}

#[test]
fn every_way_to_share_and_to_tag_reads_as_a_deed() {
    let (world, _) = worst();
    let plan = world.plan(Gaps::Allow);
    let view = world.view(&plan);
    let names = Names::of(&view);
    let deeds: Vec<String> = each::steps().iter().map(|step| wording::deed(step, &names)).collect();
    for deed in [
        "take the gateway into the resource share of hub main",
        "share hub main with the organization",
        "accept the invitation to the sharing of hub main with account 555555555555",
        "tag the attachment of 222222222222/vpc-0aa \"billing-app\" (billing) to hub main",
    ] {
        assert!(deeds.iter().any(|it| it == deed), "{deed}: {deeds:#?}");
    }
}

#[test]
fn broken_isolation_is_told_before_all_else_in_text_and_json() {
    let (world, plan) = worst();
    let view = world.view(&plan);
    let text = drift_text(&view, Style::Plain);
    assert!(text.starts_with("isolation broken: 1, drift: "), "{text}");
    let first = text.lines().find(|line| line.starts_with("blocked")).unwrap();
    assert!(first.contains("isolation of dev and prod on hub main: is broken by this path"), "{first}");
    assert_eq!(drift_json(&view, 2)["blocked"][0]["problem"], "isolation-broken");
}

#[test]
fn what_is_not_sent_is_told_apart_from_what_is() {
    for why in each::lefts() {
        let world = World::unbuilt();
        let mut plan = world.plan(Gaps::Ask);
        let step = plan.steps.last_mut().unwrap();
        step.outlook = Outlook::Left { why: why.clone() };
        let id = step.id.clone();
        let view = world.view(&plan);
        let text = drift_text(&view, Style::Plain);
        assert!(text.lines().next().unwrap().contains(" waiting, 1 left alone)"), "{text}");
        let (sent, left) = text.split_once("\nhub main: 1 step not sent, since ").unwrap();
        assert!(left.replace("\n  ", " ").starts_with(wording::left(&why)), "{left}");
        assert_eq!(sent.matches("    create   route 10.").count(), 1, "{text}");
        assert_eq!(left.matches("    create   route 10.").count(), 1, "{text}");
        assert_eq!(drift_json(&view, 2)["left"][0]["step"], id.as_str());
    }
}

#[test]
fn the_commands_name_the_destination_as_the_aws_cli_takes_it() {
    let (world, plan) = worst();
    let view = world.view(&plan);
    let names = Names::of(&view);
    let help = |destination: &str| {
        let problem = Problem::RouteShadowed {
            vpc: billing(),
            table: id("rtb-0a"),
            destination: destination.to_owned(),
            target: "pcx-0cc".to_owned(),
            reaches: None,
        };
        wording::problem(&problem, &names).help
    };
    assert!(help("10.2.0.0/16").ends_with("--destination-cidr-block 10.2.0.0/16`"));
    assert!(help("2001:db8::/56").ends_with("--destination-ipv6-cidr-block 2001:db8::/56`"));
    assert!(help("pl-0123").ends_with("--destination-prefix-list-id pl-0123`"));
}

#[test]
fn what_has_moved_since_a_plan_was_saved_is_told_sort_by_sort() {
    let plan = World::unbuilt().plan(Gaps::Ask);
    let step = |at: usize| BTreeSet::from([plan.steps[at].id.clone()]);
    let moved = Moved { appeared: step(0), vanished: step(1), changed: step(2), blocked: true };
    insta::assert_snapshot!(moved_text(&moved, Style::Plain));
}
