//! Every problem in words: what it is about, and what is wrong there. What a person can do is in `help`.

use crate::model::{
    Attached, AttachedKey, AttachmentId, Cause, Held, HubName, Key, Problem, Quota, TransitGatewayId,
    TransitGatewayRouteTableId, VpcKey,
};
use crate::report::names::{Names, Place};

use super::help::help;
use super::{Wording, few, list, trouble};

/// What begins the part of a departure's words that is a promise.
pub const KEPT_UNTIL: &str = "; it is kept as it is until ";

/// Puts a problem into words.
pub fn problem(problem: &Problem, names: &Names<'_>) -> Wording {
    Wording { about: about(problem, names), reason: reason(problem, names), help: help(problem, names) }
}

fn about(problem: &Problem, names: &Names<'_>) -> String {
    let nowhere = Place::default();
    match problem {
        Problem::HubMissing { hub, gateway }
        | Problem::HubNotAvailable { hub, gateway, .. }
        | Problem::HubForeign { hub, gateway, .. }
        | Problem::HubDefaultTable { hub, gateway, .. }
        | Problem::HubSettingFixed { hub, gateway, .. }
        | Problem::HubSetting { hub, gateway, .. }
        | Problem::HubAutoAccepts { hub, gateway } => hub_text(hub, gateway),
        Problem::HubDoubled { hub, .. } => format!("hub {hub}"),
        Problem::ShareDoubled { hub, .. } => names.thing(&Key::Share(hub.clone()), nowhere),
        Problem::ShareFailed { key, .. } | Problem::Contested { key, .. } => names.thing(key, nowhere),
        Problem::PrincipalMissing { principal }
        | Problem::InvitationLost { principal, .. }
        | Problem::InvitationRejected { principal } => names.thing(&Key::Principal(principal.clone()), nowhere),
        Problem::GivenMissing { hub, given, .. } | Problem::GivenNotAvailable { hub, given, .. } => {
            format!("{} on hub {hub}", names.attached(&Attached::Given(given.clone())))
        }
        Problem::Departing { attachment, .. } => format!("{} on hub {}", names.vpc(&attachment.vpc), attachment.hub),
        Problem::InspectionBypassed { table, .. } | Problem::UnexpectedRange { table, .. } => {
            names.table(table, nowhere)
        }
        Problem::InspectionMissing { through, hub } | Problem::InspectionAmbiguous { through, hub, .. } => {
            format!("segment {through} on hub {hub}")
        }
        Problem::InspectionReturn { vpc, .. } => names.vpc(vpc),
        Problem::NoCommonHub { one, other, .. } => format!("segments {one} and {other}"),
        Problem::IsolationBroken { one, other, hub, .. } | Problem::IsolationUnclear { one, other, hub, .. } => {
            format!("isolation of {one} and {other} on hub {hub}")
        }
        Problem::RouteTargetMissing { route, .. }
        | Problem::ForeignStaticRoute { route, .. }
        | Problem::RoutesCollide { route, .. } => names.thing(&Key::StaticRoute(route.clone()), nowhere),
        Problem::PrefixListMissing { list, account } => format!("{list} in account {}", names.account(account)),
        Problem::OverQuota { of, .. } => of.clone(),
        Problem::RoleTrustOpen { account, .. } => format!("account {}", names.account(account)),
        Problem::Shrunk { what, .. } => what.clone(),
        Problem::TableMissing { table, .. }
        | Problem::TableOfOtherGateway { table, .. }
        | Problem::TableDoubled { table, .. } => names.table(table, nowhere),
        Problem::Shadowed { table, .. } | Problem::NotRouted { table, .. } => {
            format!("segment {} on hub {}", table.segment, table.hub)
        }
        Problem::TwoSegments { vpc, .. }
        | Problem::NoSubnetTagged { vpc }
        | Problem::SubnetsAmbiguous { vpc, .. }
        | Problem::NoTableTagged { vpc }
        | Problem::RouteShadowed { vpc, .. } => names.vpc(vpc),
        Problem::AccountPlaceless { account } | Problem::ExcludeFitsNothing { account } => {
            format!("account {}", names.account(account))
        }
        Problem::AssociatedElsewhere { attachment, .. } => {
            format!("the attachment of {} to hub {}", names.attached(&attachment.of), attachment.hub)
        }
        Problem::ZoneTaken { attachment, .. }
        | Problem::HubNotShared { attachment, .. }
        | Problem::AttachmentFailed { attachment, .. }
        | Problem::SubnetSwap { attachment, .. }
        | Problem::DefaultPropagationOpens { attachment, .. } => {
            names.thing(&Key::Attachment(attachment.clone()), nowhere)
        }
        Problem::Overlap { hub, .. } => format!("hub {hub}"),
        Problem::NotCovered { segment, .. } | Problem::RuleFitsNothing { segment, .. } => format!("segment {segment}"),
        Problem::StateUnclear { key, .. } => names.thing(key, nowhere),
        Problem::ForeignRoute { route, .. } => names.thing(&Key::VpcRoute(route.clone()), nowhere),
        Problem::StepRefused { step, .. } => names.step(step),
    }
}

fn reason(problem: &Problem, names: &Names<'_>) -> String {
    let nowhere = Place::default();
    let home = names.home();
    match problem {
        Problem::HubMissing { .. } => format!("home account {home} has no such gateway, or it is being deleted"),
        Problem::HubDoubled { ids, .. } => format!("several gateways pass for it, and one should: {}", list(ids)),
        Problem::HubSettingFixed { setting, have, want, .. } => {
            format!(
                "{setting} is {have}, and should be {want}; it is set when a gateway is made, and not changed later"
            )
        }
        Problem::HubSetting { setting, have, usual, .. } => {
            format!(
                "{setting} is {have}, where a hub that transitd makes has {usual}; an adopted gateway is not changed"
            )
        }
        Problem::ShareDoubled { arns, .. } => format!("several shares pass for it, and one should: {}", list(arns)),
        Problem::ShareFailed { state, .. } => format!("RAM calls its state {state}"),
        Problem::PrincipalMissing { .. } => "the organization has no such unit".to_owned(),
        Problem::InvitationLost { state, .. } => {
            format!("the account was invited, and has not accepted: its invitation is {state}")
        }
        Problem::InvitationRejected { .. } => "the account was invited, and somebody there has rejected it".to_owned(),
        Problem::GivenMissing { segment, .. } => {
            format!("segment {segment} takes it in, and the hub has no such attachment; transitd makes none")
        }
        Problem::GivenNotAvailable { id, state, .. } => format!("{id} is {state}, and should be available"),
        Problem::UnexpectedRange { segment, attachment, cidr, .. } => {
            format!("BGP brings {cidr} over {attachment}, which segments.{segment}.cidrs does not expect")
        }
        Problem::InspectionMissing { .. } => {
            "traffic is to pass through it, and it has no attachment there to pass through".to_owned()
        }
        Problem::InspectionAmbiguous { candidates, .. } => {
            format!("traffic is to pass through it, and a route leads to one attachment, not to {}", list(candidates))
        }
        Problem::InspectionBypassed { of, attachment, .. } => format!(
            "{attachment} of {} propagates into it, which it is to reach through the firewalls alone: what no static route \
             covers passes them by",
            names.attached(of)
        ),
        Problem::InspectionReturn { cidrs, .. } => {
            format!("firewalls stand in it, and none of its route tables leads {} back to the hub", few(cidrs))
        }
        Problem::NoCommonHub { region, .. } => {
            format!("are to reach each other, and stand on different hubs in {region}, which are not peered")
        }
        Problem::IsolationBroken { path, .. } => format!("is broken by this path: {path}"),
        Problem::IsolationUnclear { unknown, .. } => format!("cannot be proved: {unknown}"),
        Problem::RouteTargetMissing { target, .. } => {
            format!("is declared to lead to {target}, which no segment attaches to the hub")
        }
        Problem::ForeignStaticRoute { target, .. } => format!("leads to {target}, which is not ours to replace"),
        Problem::RoutesCollide { one, other, .. } => {
            format!("the file wants two things of it, {one} and {other}: neither is done")
        }
        Problem::PrefixListMissing { .. } => "a route is to it, and the account cannot see it".to_owned(),
        Problem::OverQuota { quota, limit, wanted, left_out, .. } => {
            let what = quota_words(*quota);
            let last = if *left_out == 1 { "one is".to_owned() } else { format!("{left_out} are") };
            format!("{what}: AWS allows {limit}, and {wanted} would be needed; the last {last} left out")
        }
        Problem::RoleTrustOpen { role, .. } => {
            format!(
                "its role {role} asks for no external id, though the file has one: whoever may name it may be let in"
            )
        }
        Problem::Shrunk { before, now, .. } => {
            format!("only {now} are seen, and {before} were when all was well the last time: nothing is taken away")
        }
        Problem::Contested { times, .. } => {
            format!("was made or put right {times} times in a day, and something else keeps undoing it: left alone")
        }
        Problem::Departing { attachment, why, until } => {
            let since = names.departed_since(attachment);
            let since = since.map(|since| format!(" (since {})", names.time(since))).unwrap_or_default();
            let until = names.time(*until);
            format!("has left its segment: {why}{since}{KEPT_UNTIL}{until}, and detached then")
        }
        Problem::SubnetSwap { zone, have, want, held, .. } => {
            let why = held_words(*held, "swapping them cuts that zone's traffic", "they are not swapped");
            format!("zone {zone} is attached through {have}, and should be through {want}; {why}")
        }
        Problem::HubNotAvailable { state, .. } => format!("its state is {state}, and should be available"),
        Problem::HubForeign { owner, .. } => {
            format!("belongs to account {}, and should belong to home account {home}", names.account(owner))
        }
        Problem::HubDefaultTable { association, propagation, .. } => {
            let does = match (association, propagation) {
                (true, false) => "associates new attachments with",
                (false, true) => "propagates new attachments into",
                (true, true) | (false, false) => "associates new attachments with, and propagates them into,",
            };
            format!("by itself {does} its default route table, before transitd can give them their segment's")
        }
        Problem::TableMissing { id, .. } => {
            format!("{id}, which the file or the ledger names, is gone or on its way out")
        }
        Problem::TableOfOtherGateway { table, id, gateway } => {
            let should = names.gateway(&table.hub).map_or("the hub's gateway", TransitGatewayId::as_str);
            format!("{id} belongs to {gateway}, and should belong to {should}")
        }
        Problem::TableDoubled { ids, .. } => format!("several tables pass for it, and one should: {}", list(ids)),
        Problem::TwoSegments { segments, .. } => {
            format!("fits several segments, and should fit one: {}", list(segments))
        }
        Problem::AccountPlaceless { .. } => "was listed, but found below no organizational unit".to_owned(),
        Problem::NoSubnetTagged { .. } => "none of its subnets carries the tags under attach.subnets".to_owned(),
        Problem::SubnetsAmbiguous { zone, subnets, .. } => {
            format!("zone {zone} has several tagged subnets, and should have one: {}", list(subnets))
        }
        Problem::NoTableTagged { vpc } => format!("{} chooses none of its route tables", spoke_routes(names, vpc)),
        Problem::ZoneTaken { zone, .. } => {
            format!("zone {zone} is attached through a subnet without the tags, and AWS takes one subnet for each zone")
        }
        Problem::Overlap { one, one_cidr, other, other_cidr, .. } => format!(
            "{one_cidr} of {} and {other_cidr} of {} overlap where both can be reached",
            names.vpc(one),
            names.vpc(other)
        ),
        Problem::NotCovered { reaches, cidr, .. } => {
            let whose = reaches.as_ref().map(|of| format!(", a range of {}", names.attached(of))).unwrap_or_default();
            format!("its spoke_routes send nothing for {cidr} to the hub{whose}, which it should reach")
        }
        Problem::HubNotShared { attachment, gateway } => {
            format!("account {} cannot see {gateway}", names.account(&attachment.vpc.account))
        }
        Problem::AttachmentFailed { id, cause, .. } => match cause {
            Cause::Rejected => format!("{id} was rejected"),
            Cause::NoServiceLinkedRole => {
                format!("{id} failed, and the account has no service-linked role AWSServiceRoleForVPCTransitGateway")
            }
            Cause::Other => format!("{id} failed, and the account has the role that it needs"),
            Cause::Unknown => format!("{id} failed, and the account's roles, which might say why, are not known"),
        },
        Problem::StateUnclear { state, .. } => {
            format!("AWS calls its state '{state}', a word that transitd does not know")
        }
        Problem::AssociatedElsewhere { attachment, id, table, held } => elsewhere(attachment, id, table, *held, names),
        Problem::Shadowed { of, cidr, by, .. } => format!(
            "cannot reach {cidr} of {}, or a part of it; in the way is in its route table {by}",
            names.attached(of)
        ),
        Problem::NotRouted { of, cidr, .. } => format!(
            "cannot reach {cidr} of {}; it is propagated, and the segment's route table has no route for it",
            names.attached(of)
        ),
        Problem::RouteShadowed { table, destination, target, reaches, .. } => format!(
            "cannot reach {} at {destination}; in the way is a more specific route in {table}, which leads to {target}",
            reaches.as_ref().map_or_else(|| "what it should".to_owned(), |of| names.attached(of))
        ),
        Problem::DefaultPropagationOpens { table, .. } => format!(
            "is not made, since the hub would by itself propagate it into {}, and that segment should not reach it",
            names.table(table, Place { hub: Some(&table.hub), ..nowhere })
        ),
        Problem::HubAutoAccepts { .. } => {
            "by itself accepts every attachment that somebody asks for, declared or not".to_owned()
        }
        Problem::RuleFitsNothing { rule, .. } => format!("no account or VPC of the organization fits `{rule}`"),
        Problem::ExcludeFitsNothing { .. } => {
            "the file leaves it out, and the organization has no such account".to_owned()
        }
        Problem::ForeignRoute { target, .. } => format!("leads to {target}, which is not ours to replace"),
        Problem::StepRefused { trouble: why, .. } => format!("AWS refused it: {}", trouble(why)),
    }
}

fn hub_text(hub: &HubName, gateway: &TransitGatewayId) -> String {
    format!("hub {hub} ({gateway})")
}

/// Returns where the file says what a VPC's route tables send to the hub.
pub(super) fn spoke_routes(names: &Names<'_>, vpc: &VpcKey) -> String {
    match names.segment(vpc) {
        Some(segment) => format!("segments.{segment}.spoke_routes"),
        None => "its segment's spoke_routes".to_owned(),
    }
}

fn elsewhere(
    attachment: &AttachedKey,
    id: &AttachmentId,
    table: &TransitGatewayRouteTableId,
    held: Held,
    names: &Names<'_>,
) -> String {
    let should =
        names.table_of(attachment).map_or("its segment".to_owned(), |table| format!("segment {}", table.segment));
    let why = held_words(held, "moving it cuts its traffic", "it is not moved");
    format!("{id} is associated with {table}, and should be with the one of {should}; {why}")
}

/// Says what keeps a step that cuts traffic from being taken.
fn held_words(held: Held, cuts: &str, is_not: &str) -> String {
    match held {
        Held::Ask => format!("{cuts}, which nobody has allowed"),
        Held::Forbid => format!("{cuts}, which the file forbids"),
        Held::Freeze => format!("{is_not} today, since the file freezes"),
    }
}

/// Names what a quota counts.
fn quota_words(quota: Quota) -> &'static str {
    match quota {
        Quota::AttachmentsPerHub => "attachments of the transit gateway",
        Quota::TablesPerHub => "route tables of the transit gateway",
        Quota::RoutesPerHub => "routes over all tables of the transit gateway",
        Quota::RoutesPerVpcTable => "routes of the table",
        Quota::HubsPerVpc => "transit gateways of the VPC",
    }
}
