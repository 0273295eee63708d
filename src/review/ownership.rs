//! Is what is taken away provably ours? Asked again here, from the call itself and what is live, not from the planner's word.

use crate::api::WriteCall;
use crate::model::{
    AttachmentId, BLACKHOLE, Destination, History, HubInventory, RouteState, Snapshot, Target,
    TransitGatewayRouteTableId,
};
use crate::plan::{Step, Why};

/// Tells whether the ledger has what a step takes away, with the value that is live. Steps that take nothing away for want of
/// a declaration are not judged here.
pub(super) fn is_proved(step: &Step, seen: &Snapshot, past: &History) -> bool {
    match step.why {
        Why::Undeclared | Why::Departed { .. } => {}
        Why::Missing
        | Why::NotAccepted
        | Why::SubnetsMissing { .. }
        | Why::Options { .. }
        | Why::WrongTable { .. }
        | Why::Blackholed
        | Why::OldTarget { .. }
        | Why::MissingRoute { .. }
        | Why::Settings { .. }
        | Why::ExternalAccounts { .. }
        | Why::NotShared
        | Why::NotAcceptedInvitation
        | Why::Tags { .. }
        | Why::SubnetsUndeclared { .. }
        | Why::SubnetSwapped { .. } => return true,
    }
    let Some(owned) = past.owned.get(&step.key.ledger()) else { return false };
    let hub = seen.hubs.get(&step.scope.region);
    match &step.call {
        WriteCall::DeleteTransitGatewayVpcAttachment { attachment } => owned.id.as_deref() == Some(attachment.as_str()),
        WriteCall::DeleteTransitGatewayRouteTable { table } => owned.id.as_deref() == Some(table.as_str()),
        WriteCall::DeleteResourceShare { share } => owned.id.as_deref() == Some(share.as_str()),
        WriteCall::DisassociateResourceShare { principals, .. } => *principals == [owned.value.clone()],
        WriteCall::DisassociateTransitGatewayRouteTable { table, attachment }
        | WriteCall::DisableTransitGatewayRouteTablePropagation { table, attachment } => {
            owned.value == format!("{table} {attachment}")
        }
        WriteCall::DeleteTransitGatewayRoute { table, destination } => {
            hub.is_some_and(|hub| leads(hub, table, destination, &owned.value))
        }
        WriteCall::DeleteTransitGatewayPrefixListReference { table, prefix_list } => {
            let list = hub.and_then(|hub| hub.references.get(table)).and_then(|list| list.known());
            let mut live = list.unwrap_or_default().iter().filter(|live| live.prefix_list == *prefix_list);
            live.any(|live| {
                let lost = live.attachment.is_none() && hub.is_some_and(|hub| is_lost(hub, table, &owned.value));
                owned.value == value(table, live.attachment.as_ref()) || lost
            })
        }
        WriteCall::DeleteRoute { route_table, destination } => {
            let tables = seen.members.get(&step.scope).and_then(|member| member.route_tables.known());
            let mut live = tables.unwrap_or_default().iter().filter(|table| table.id == *route_table);
            live.any(|table| {
                table.routes.iter().any(|route| {
                    let to_gateway = matches!(&route.target, Target::TransitGateway(id) if id.as_str() == owned.value);
                    route.destination == *destination && to_gateway
                })
            })
        }
        // Nothing else takes away what was made.
        WriteCall::CreateTransitGateway { .. }
        | WriteCall::ModifyTransitGateway { .. }
        | WriteCall::CreateResourceShare { .. }
        | WriteCall::UpdateResourceShare { .. }
        | WriteCall::AssociateResourceShare { .. }
        | WriteCall::AcceptResourceShareInvitation { .. }
        | WriteCall::CreateTransitGatewayRouteTable { .. }
        | WriteCall::CreateTransitGatewayVpcAttachment { .. }
        | WriteCall::ModifyTransitGatewayVpcAttachment { .. }
        | WriteCall::AcceptTransitGatewayVpcAttachment { .. }
        | WriteCall::AssociateTransitGatewayRouteTable { .. }
        | WriteCall::EnableTransitGatewayRouteTablePropagation { .. }
        | WriteCall::CreateTransitGatewayRoute { .. }
        | WriteCall::ReplaceTransitGatewayRoute { .. }
        | WriteCall::CreateTransitGatewayPrefixListReference { .. }
        | WriteCall::ModifyTransitGatewayPrefixListReference { .. }
        | WriteCall::CreateRoute { .. }
        | WriteCall::ReplaceRoute { .. }
        | WriteCall::CreateTags { .. }
        | WriteCall::TagResource { .. } => false,
    }
}

fn value(table: &TransitGatewayRouteTableId, at: Option<&AttachmentId>) -> String {
    format!("{table} {}", at.map_or(BLACKHOLE, AttachmentId::as_str))
}

/// Tells whether a static route leads where the ledger says that we led it; or nowhere, since that attachment is gone.
fn leads(hub: &HubInventory, table: &TransitGatewayRouteTableId, destination: &Destination, owned: &str) -> bool {
    let routes = hub.routes.get(table).and_then(|list| list.known()).unwrap_or_default();
    let mut live = routes.iter().filter(|route| route.is_static && route.destination == *destination);
    live.any(|route| {
        let is_blackhole = route.state == RouteState::Blackhole;
        let at = route.attachments.first().filter(|_| !is_blackhole);
        owned == value(table, at) || (is_blackhole && is_lost(hub, table, owned))
    })
}

/// Tells whether what the ledger says that we led a destination of a table to is there no more.
fn is_lost(hub: &HubInventory, table: &TransitGatewayRouteTableId, owned: &str) -> bool {
    let was = owned.split(' ').next_back().unwrap_or_default();
    let lives = hub
        .attachments
        .known()
        .is_none_or(|list| list.iter().any(|attachment| attachment.id.as_str() == was && attachment.state.is_live()));
    !lives && owned.starts_with(table.as_str())
}
