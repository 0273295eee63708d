//! What a person can do about a problem: what to write where, or which command to give.

use crate::model::{
    AttachmentKey, Cause, Cidr, HUB_TAG, Held, HubName, Principal, PrincipalKey, Problem, Quota, SegmentName,
    StaticRouteKey, TableKey, TransitGatewayRouteTableId,
};
use crate::report::names::Names;

use super::commands::{
    delete_route, delete_share, delete_static_route, modify_gateway, share_with, take_off_tag, take_out_of_share,
    who_undid,
};
use super::problem::spoke_routes;
use super::{ALLOW_GAPS, fault_help, list};

/// Says what a person can do about a problem.
pub(super) fn help(problem: &Problem, names: &Names<'_>) -> String {
    let home = names.home();
    match problem {
        Problem::HubMissing { hub, .. } => format!(
            "name a gateway that exists under hubs.{hub}.adopt; a hub that has vanished is never rebuilt unasked"
        ),
        Problem::HubDoubled { hub, .. } => format!(
            "name the right one under hubs.{hub}.adopt; or take the tag off each of the others: {}",
            take_off_tag(names, hub, "GATEWAY", HUB_TAG)
        ),
        Problem::HubSettingFixed { hub, setting, have, .. } if setting == "AmazonSideAsn" => format!(
            "say asn: {have} under hubs.{hub}; to change it on the gateway ends its BGP sessions, which is left to you"
        ),
        Problem::HubSettingFixed { .. } => {
            "nothing is replaced: change the file to what is there, or plan a move to a new hub by hand".to_owned()
        }
        Problem::HubSetting { hub, gateway, setting, usual, .. } => {
            format!("if it is not meant: {}", modify_gateway(names, hub, gateway, &format!("{setting}={usual}")))
        }
        Problem::ShareDoubled { hub, .. } => format!(
            "delete the wrong one by hand, once nobody is shared with through it alone: {}",
            delete_share(names, hub)
        ),
        Problem::ShareFailed { .. } => {
            "see in RAM's console why; sharing within an organization has to be turned on once, in the management \
             account: `aws ram enable-sharing-with-aws-organization`"
                .to_owned()
        }
        Problem::PrincipalMissing { .. } => {
            "check the spelling under share.with.ous; units are named by their path below the root".to_owned()
        }
        Problem::InvitationLost { principal, .. } => invite_anew(principal, names),
        Problem::InvitationRejected { principal } => invite_after_all(principal, names),
        Problem::GivenMissing { segment, .. } => {
            format!("see that it was not deleted, or take it out of segments.{segment}.attachments")
        }
        Problem::GivenNotAvailable { .. } => {
            "see to it where it is kept: it is placed in its segment once it is available".to_owned()
        }
        Problem::UnexpectedRange { segment, cidr, .. } => format!(
            "filter it where BGP is kept, since a transit gateway cannot; or add {cidr} to segments.{segment}.cidrs"
        ),
        Problem::InspectionMissing { through, .. } => format!(
            "attach a firewall VPC: let one fit segments.{through}.members, with appliance_mode: true; until then pairs \
             that are to be inspected stay apart"
        ),
        Problem::InspectionAmbiguous { through, .. } => {
            format!("let just one VPC of the region fit segments.{through}.members")
        }
        Problem::InspectionBypassed { table, attachment, .. } => {
            super::commands::disable_propagation(names, table, attachment)
        }
        Problem::InspectionReturn { vpc, .. } => format!(
            "add routes to the hub, or one that covers them all, in the route table that the firewalls of {} answer by: it \
             is not ours to write",
            vpc.vpc
        ),
        Problem::NoCommonHub { .. } => {
            "let both stand on one hub (`hubs`), or take the pair out: peering hubs is not supported yet".to_owned()
        }
        Problem::IsolationBroken { .. } => {
            "take away what leads there; if the path through the firewalls is meant, say except_through under isolate"
                .to_owned()
        }
        Problem::IsolationUnclear { .. } => "let it be read: nothing is concluded from what is unknown".to_owned(),
        Problem::RouteTargetMissing { .. } => {
            "let the VPC fit a segment of the hub, or take the route out of routes".to_owned()
        }
        Problem::ForeignStaticRoute { route, .. } => by_hand(route, names),
        Problem::RoutesCollide { .. } => {
            "leave one of them out: a table holds one static route for a destination".to_owned()
        }
        Problem::PrefixListMissing { .. } => {
            "share the prefix list with the account (AWS RAM), or name another one".to_owned()
        }
        Problem::OverQuota { quota, .. } => more_room(*quota).to_owned(),
        Problem::RoleTrustOpen { .. } => {
            "add the condition sts:ExternalId to the role's trust policy, as in deploy/iam/member-role-trust.json"
                .to_owned()
        }
        Problem::Shrunk { .. } => {
            "if it is meant: with the daemon stopped (`systemctl stop transitd`), `transitd apply --accept-shrink` once, \
             then start it again; if not, see what the list of accounts lacks"
                .to_owned()
        }
        Problem::Contested { key, .. } => format!(
            "find what else writes there, such as a pipeline: {}; transitd tries again when a day has passed",
            who_undid(names, key)
        ),
        Problem::Departing { .. } => {
            "to keep it: let it fit its segment again; to detach it sooner: shorten safety.departures.hold_for"
                .to_owned()
        }
        Problem::SubnetSwap { have, held, .. } => match held {
            Held::Ask => format!("tag {have} instead, or {ALLOW_GAPS}"),
            Held::Forbid => format!("tag {have} instead, or set safety.gaps to ask or allow"),
            Held::Freeze => format!("tag {have} instead, or wait for the end of the freeze under safety.freeze"),
        },
        Problem::HubNotAvailable { gateway, .. } => {
            format!("look at {gateway} in account {home}; what hangs on it goes on once it is available")
        }
        Problem::HubForeign { hub, .. } => {
            format!("name a gateway of account {home} under hubs.{hub}.adopt, or its owner under home.account")
        }
        Problem::HubDefaultTable { hub, gateway, association, propagation } => {
            format!("turn it off: {}", modify_gateway(names, hub, gateway, &turn_off(*association, *propagation)))
        }
        Problem::TableMissing { table, .. } => format!(
            "make or choose a table of the hub and name it under {}; what has vanished is never rebuilt unasked",
            adopted(&table.segment, &table.hub)
        ),
        Problem::TableOfOtherGateway { table, .. } => {
            format!(
                "name a table of hub {} under {}, or none, and transitd makes one",
                table.hub,
                adopted(&table.segment, &table.hub)
            )
        }
        Problem::TableDoubled { table, ids } => {
            format!("name the right one under {}{}", adopted(&table.segment, &table.hub), such_as(ids.first()))
        }
        Problem::TwoSegments { .. } => {
            "narrow the members of the segments, or change the VPC's tags; until then it is left as it is".to_owned()
        }
        Problem::AccountPlaceless { .. } => {
            "it may just have been moved: look again; if this stays, see that the role in the home account may read \
             all units"
                .to_owned()
        }
        Problem::NoSubnetTagged { vpc } => {
            format!("tag one subnet in each zone that is to reach the hub{}", it_has(&names.subnets(vpc)))
        }
        Problem::SubnetsAmbiguous { .. } => "leave the tags on one subnet of the zone".to_owned(),
        Problem::NoTableTagged { vpc } => format!(
            "tag the route tables that are to carry the routes, or say tables: all{}",
            it_has(&names.route_tables(vpc))
        ),
        Problem::ZoneTaken { .. } => {
            "tag the subnet that is attached; for another one, take it off by hand first, which cuts that zone"
                .to_owned()
        }
        Problem::Overlap { .. } => {
            "renumber one, take one out of its segment, or do not connect the two; propagation of both stays as it is"
                .to_owned()
        }
        Problem::NotCovered { segment, cidr, .. } => {
            format!("add {cidr}, or what holds it, to segments.{segment}.spoke_routes.cidrs")
        }
        Problem::HubNotShared { gateway, .. } => format!(
            "name the account, its unit or the organization under share, and transitd shares the hub; or share \
             {gateway} by hand (AWS RAM): this goes on once the account sees it"
        ),
        Problem::AttachmentFailed { attachment, cause, .. } => dead_attachment(attachment, *cause, names),
        Problem::StateUnclear { .. } => {
            "it is left alone until its state is another; a newer transitd may know the word".to_owned()
        }
        Problem::AssociatedElsewhere { held, .. } => match held {
            Held::Ask => ALLOW_GAPS.to_owned(),
            Held::Forbid => "when a gap can be borne: set safety.gaps to ask or allow, or move it by hand".to_owned(),
            Held::Freeze => "it waits for the end of the freeze in the file, under safety.freeze".to_owned(),
        },
        Problem::Shadowed { .. } => {
            "if nobody needs that route, remove it by hand; a propagated one goes with its propagation".to_owned()
        }
        Problem::NotRouted { table, cidr, .. } => no_route(table, cidr),
        Problem::RouteShadowed { vpc, table, destination, .. } => {
            format!("it is not ours to remove; if nobody needs it: {}", delete_route(vpc, table.as_str(), destination))
        }
        Problem::DefaultPropagationOpens { table, .. } => {
            let hub = &table.hub;
            let or = format!("name another table under {}", adopted(&table.segment, hub));
            match names.gateway(hub) {
                Some(gateway) => {
                    let command = modify_gateway(names, hub, gateway, "DefaultRouteTablePropagation=disable");
                    format!("turn that off: {command}; or {or}")
                }
                None => format!("turn off the default propagation of the hub's gateway; or {or}"),
            }
        }
        Problem::HubAutoAccepts { hub, gateway } => format!(
            "transitd accepts what is declared; to accept nothing else: {}",
            modify_gateway(names, hub, gateway, "AutoAcceptSharedAttachments=disable")
        ),
        Problem::RuleFitsNothing { segment, .. } => {
            format!("check the spelling under segments.{segment}.members; if what it names is gone, take the rule out")
        }
        Problem::ExcludeFitsNothing { .. } => {
            "check the number under accounts.exclude; if the account is gone, take the entry out".to_owned()
        }
        Problem::ForeignRoute { route, .. } => format!(
            "leave the range out of {}; or, if nobody needs that route: {}",
            spoke_routes(names, &route.vpc),
            delete_route(&route.vpc, route.table.as_str(), &route.destination.to_string())
        ),
        Problem::StepRefused { trouble, .. } => fault_help(trouble),
    }
}

/// Returns where the file names a table that exists already.
fn adopted(segment: &SegmentName, hub: &HubName) -> String {
    format!("segments.{segment}.table.{hub}")
}

fn such_as(id: Option<&TransitGatewayRouteTableId>) -> String {
    id.map(|id| format!(", such as {id}")).unwrap_or_default()
}

/// Returns the options that turn a gateway's default tables off.
fn turn_off(association: bool, propagation: bool) -> String {
    let options: Vec<&str> = [
        association.then_some("DefaultRouteTableAssociation=disable"),
        propagation.then_some("DefaultRouteTablePropagation=disable"),
    ]
    .into_iter()
    .flatten()
    .collect();
    options.join(",")
}

/// Names what there is to choose from.
fn it_has(names: &[String]) -> String {
    if names.is_empty() { String::new() } else { format!("; it has {}", list(names)) }
}

/// Returns what RAM calls a principal.
fn entity(key: &PrincipalKey) -> String {
    match &key.principal {
        Principal::Account(account) => account.to_string(),
        Principal::Organization | Principal::Unit(_) => key.principal.to_string(),
    }
}

/// Says how an account is invited once more. An invitation that is too old cannot be accepted.
fn invite_anew(key: &PrincipalKey, names: &Names<'_>) -> String {
    match take_out_of_share(names, &key.hub, &entity(key)) {
        Some(command) => format!("take the account out of the share, and transitd invites it anew: {command}"),
        None => "take the account out of the share by hand, and transitd invites it anew".to_owned(),
    }
}

/// Says how an account that has said no is asked again.
fn invite_after_all(key: &PrincipalKey, names: &Names<'_>) -> String {
    let command = share_with(names, &key.hub, &entity(key)).map(|command| format!(": {command}")).unwrap_or_default();
    format!(
        "leave the account out of the file; or agree with those who run it and invite it by hand, and transitd accepts \
         there{command}"
    )
}

/// Says how somebody else's static route makes room.
fn by_hand(route: &StaticRouteKey, names: &Names<'_>) -> String {
    let command = delete_static_route(names, route).map(|command| format!(": {command}")).unwrap_or_default();
    format!("leave the destination out; or delete that route, and transitd writes its own{command}")
}

/// Says how a quota is raised, as far as AWS does so ("Quotas for your transit gateways", "Amazon VPC quotas"), and where the
/// file is told.
fn more_room(quota: Quota) -> &'static str {
    match quota {
        Quota::AttachmentsPerHub => {
            "ask for more under Service Quotas, and say so under safety.quotas.attachments_per_hub; or declare less"
        }
        Quota::TablesPerHub => {
            "ask for more under Service Quotas, and say so under safety.quotas.tables_per_hub; or have fewer segments"
        }
        Quota::RoutesPerHub => {
            "ask your AWS account team for more, and say so under safety.quotas.routes_per_hub; or connect fewer segments"
        }
        Quota::RoutesPerVpcTable => {
            "ask for more under Service Quotas, and say so under safety.quotas.routes_per_vpc_table; or send wider ranges"
        }
        Quota::HubsPerVpc => "AWS raises this one for nobody: let the VPC's segment stand on fewer hubs",
    }
}

/// Says what becomes of an attachment that is dead. AWS deletes none in that state, and goes on listing it for two
/// hours (Amazon VPC Transit Gateways guide, "VPC attachment lifecycle"). A missing service-linked role is a known
/// cause (network-orchestration-for-aws-transit-gateway#42); each attached zone takes a free address of its subnet.
fn dead_attachment(attachment: &AttachmentKey, cause: Cause, names: &Names<'_>) -> String {
    let anew = "it cannot be deleted: AWS drops it after about two hours, and transitd asks for it anew then";
    let account = &attachment.vpc.account;
    match cause {
        Cause::Rejected => format!("ask in the hub's account {} who rejected it, and why; {anew}", names.home()),
        Cause::NoServiceLinkedRole => format!(
            "allow iam:CreateServiceLinkedRole for transitgateway.amazonaws.com in account {account}, or make the role: \
             `aws iam create-service-linked-role --aws-service-name transitgateway.amazonaws.com`; {anew}"
        ),
        Cause::Other => format!("see that each chosen subnet has a free address; {anew}"),
        Cause::Unknown => format!(
            "see that account {account} has the service-linked role AWSServiceRoleForVPCTransitGateway, and that each \
             chosen subnet has a free address; {anew}"
        ),
    }
}

/// Says where to look for what keeps a range out: one that overlaps a range propagated before is not propagated
/// ("How transit gateways work").
fn no_route(table: &TableKey, cidr: &Cidr) -> String {
    format!(
        "look for another VPC on hub {} whose ranges overlap {cidr}: AWS keeps the route that was first, and does not \
         propagate the other's",
        table.hub
    )
}
