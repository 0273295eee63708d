//! What a person can do about a problem: what to write where, or which command to give.

use crate::model::{
    AttachmentKey, Cidr, Held, HubName, Problem, SegmentName, TableKey, TransitGatewayId, TransitGatewayRouteTableId,
};
use crate::plan::{NETWORK_TAG, SEGMENT_TAG};
use crate::report::names::Names;

use super::fault_help;
use super::problem::spoke_routes;

/// Says what a person can do about a problem.
pub(super) fn help(problem: &Problem, names: &Names<'_>) -> String {
    let home = names.home();
    match problem {
        Problem::HubMissing { hub, .. } => format!(
            "name a gateway that exists under hubs.{hub}.adopt; a hub that has vanished is never rebuilt unasked"
        ),
        Problem::HubNotAvailable { gateway, .. } => {
            format!("look at {gateway} in account {home}; what hangs on it goes on once it is available")
        }
        Problem::HubForeign { hub, .. } => {
            format!("name a gateway of account {home} under hubs.{hub}.adopt, or its owner under home.account")
        }
        Problem::HubDefaultTable { gateway, association, propagation, .. } => {
            turn_off(gateway, *association, *propagation)
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
        Problem::NoSubnetTagged { .. } => "tag one subnet in each zone that is to reach the hub".to_owned(),
        Problem::SubnetsAmbiguous { .. } => "leave the tags on one subnet of the zone".to_owned(),
        Problem::NoTableTagged { .. } => {
            "tag the route tables that are to carry the routes, or say tables: all".to_owned()
        }
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
        Problem::HubNotShared { gateway, .. } => {
            format!(
                "share {gateway} with the account or the organization (AWS RAM); this goes on once the account sees it"
            )
        }
        Problem::AttachmentFailed { attachment, rejected, .. } => dead_attachment(attachment, *rejected, names),
        Problem::StateUnclear { .. } => {
            "it is left alone until its state is another; a newer transitd may know the word".to_owned()
        }
        Problem::AssociatedElsewhere { held, .. } => match held {
            Held::Ask => {
                "when a gap can be borne: `transitd apply --allow-gaps`, or `safety: { gaps: allow }`".to_owned()
            }
            Held::Forbid => "when a gap can be borne: set safety.gaps to ask or allow, or move it by hand".to_owned(),
            Held::Freeze => "it waits for the end of the freeze in the file, under safety.freeze".to_owned(),
        },
        Problem::Shadowed { .. } => {
            "if nobody needs that route, remove it by hand; a propagated one goes with its propagation".to_owned()
        }
        Problem::NotRouted { table, cidr, .. } => no_route(table, cidr),
        Problem::RouteShadowed { table, destination, .. } => {
            format!("remove route {destination} from {table} if nobody needs it: it is not ours to remove")
        }
        Problem::DefaultPropagationOpens { table, .. } => {
            let gateway = names.gateway(&table.hub).map_or("the hub's gateway", TransitGatewayId::as_str);
            format!(
                "`aws ec2 modify-transit-gateway --transit-gateway-id {gateway} --options \
                 DefaultRouteTablePropagation=disable`, or name another table under {}",
                adopted(&table.segment, &table.hub)
            )
        }
        Problem::TableUntagged { table, id } => tag_again(table, id, names),
        Problem::HubAutoAccepts { gateway, .. } => accept_no_more(gateway),
        Problem::RuleFitsNothing { segment, .. } => {
            format!("check the spelling under segments.{segment}.members; if what it names is gone, take the rule out")
        }
        Problem::ExcludeFitsNothing { .. } => {
            "check the number under accounts.exclude; if the account is gone, take the entry out".to_owned()
        }
        Problem::ForeignRoute { route, .. } => {
            format!("remove that route, or leave the range out of {}", spoke_routes(names, &route.vpc))
        }
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

/// Returns the command that turns a gateway's default table off (EC2 API reference, ModifyTransitGateway).
fn turn_off(gateway: &TransitGatewayId, association: bool, propagation: bool) -> String {
    let options: Vec<&str> = [
        association.then_some("DefaultRouteTableAssociation=disable"),
        propagation.then_some("DefaultRouteTablePropagation=disable"),
    ]
    .into_iter()
    .flatten()
    .collect();
    format!(
        "turn it off: `aws ec2 modify-transit-gateway --transit-gateway-id {gateway} --options {}`",
        options.join(",")
    )
}

/// Says what becomes of an attachment that is dead. AWS deletes none in that state, and goes on listing it for two
/// hours (Amazon VPC Transit Gateways guide, "VPC attachment lifecycle"). A missing service-linked role is a known
/// cause (network-orchestration-for-aws-transit-gateway#42); each attached zone takes a free address of its subnet.
fn dead_attachment(attachment: &AttachmentKey, rejected: bool, names: &Names<'_>) -> String {
    let anew = "it cannot be deleted: AWS drops it after about two hours, and transitd asks for it anew then";
    if rejected {
        return format!("ask in the hub's account {} who rejected it, and why; {anew}", names.home());
    }
    format!(
        "see that account {} has the service-linked role AWSServiceRoleForVPCTransitGateway, and that each chosen \
         subnet has a free address; {anew}",
        attachment.vpc.account
    )
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

/// Returns the command that gives a table its ownership tags again.
fn tag_again(table: &TableKey, id: &TransitGatewayRouteTableId, names: &Names<'_>) -> String {
    let (network, segment) = (names.network(), &table.segment);
    format!(
        "give them back: `aws ec2 create-tags --resources {id} --tags Key={NETWORK_TAG},Value={network} \
         Key={SEGMENT_TAG},Value={segment}`"
    )
}

/// Returns the command that makes a gateway wait for a yes (EC2 API reference, ModifyTransitGateway).
fn accept_no_more(gateway: &TransitGatewayId) -> String {
    format!(
        "transitd accepts what is declared: `aws ec2 modify-transit-gateway --transit-gateway-id {gateway} --options \
         AutoAcceptSharedAttachments=disable`"
    )
}
