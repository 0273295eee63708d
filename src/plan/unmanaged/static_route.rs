//! Static routes and prefix list references of segments' tables that nothing declares.

use crate::api::WriteCall;
use crate::model::{
    AttachmentId, Destination, Key, ListId, RouteState, StaticRouteKey, TableKey, TransitGatewayRouteTableId, Unmanaged,
};

use super::{Place, Resource, Resources, all_vpcs_known, departed};
use crate::plan::draft::Draft;
use crate::plan::removal::{self, Removal};
use crate::plan::static_route::{lost_its_attachment, value};

/// One static route, or prefix list reference, as it is there.
pub(super) struct Static {
    pub destination: Destination,
    blackhole: bool,
    pub to: Option<AttachmentId>,
}

/// Lists the static routes and the prefix list references of a table that are not declared.
pub(super) fn compare(
    draft: &mut Draft<'_>,
    hub: &Place<'_>,
    table: &TableKey,
    id: &TransitGatewayRouteTableId,
    resources: &Resources,
) {
    if !all_vpcs_known(draft) {
        return;
    }
    for route in live_statics(hub, id) {
        let key = StaticRouteKey { table: table.clone(), destination: route.destination.clone() };
        if draft.want.static_routes.contains_key(&key) || draft.want.withheld_routes.contains(&key) {
            continue;
        }
        let thing = Unmanaged::TransitGatewayRoute {
            table: table.clone(),
            destination: route.destination.to_string(),
            blackhole: route.blackhole,
        };
        let lost = route.to.is_none() && lost_its_attachment(draft, &key, id);
        let this = Key::StaticRoute(key);
        let ours = lost || draft.wrote(&this, &value(id, route.to.as_ref()));
        if !ours {
            draft.undeclared(thing, false);
            continue;
        }
        let (table_id, destination) = (id.clone(), route.destination);
        let call = match destination {
            Destination::PrefixList(prefix_list) => {
                WriteCall::DeleteTransitGatewayPrefixListReference { table: table_id, prefix_list }
            }
            destination @ Destination::Cidr(_) => WriteCall::DeleteTransitGatewayRoute { table: table_id, destination },
        };
        let vpc = route.to.as_ref().and_then(|to| resources.get(to)).and_then(Resource::vpc);
        let mut evidence = removal::of_route(draft);
        evidence.insert(ListId::TransitGatewayRoutes(hub.scope.clone(), id.clone()));
        let removal = Removal {
            segment: Some(table.segment.clone()),
            departed: vpc.and_then(|vpc| departed(draft, hub.name, vpc)),
            ..Removal::new(this, hub.scope.clone(), call, thing, evidence)
        };
        removal::remove(draft, removal);
    }
}

/// Tells whether a table that was made as `table` has a static route which is not as transitd wrote it.
pub(super) fn has_strange(
    draft: &Draft<'_>,
    hub: &Place<'_>,
    table: &TableKey,
    id: &TransitGatewayRouteTableId,
) -> bool {
    live_statics(hub, id).into_iter().any(|route| {
        let key = Key::StaticRoute(StaticRouteKey { table: table.clone(), destination: route.destination });
        !draft.wrote(&key, &value(id, route.to.as_ref()))
    })
}

pub(super) fn live_statics(hub: &Place<'_>, id: &TransitGatewayRouteTableId) -> Vec<Static> {
    let routes = hub.inventory.routes.get(id).and_then(|list| list.known()).unwrap_or_default().iter();
    let routes = routes.filter(|route| route.is_static && route.prefix_list.is_none()).map(|route| {
        let blackhole = route.state == RouteState::Blackhole;
        let to = route.attachments.first().filter(|_| !blackhole).cloned();
        Static { destination: route.destination.clone(), blackhole, to }
    });
    let references = hub.inventory.references.get(id).and_then(|list| list.known()).unwrap_or_default().iter();
    let references = references.filter(|reference| reference.state.is_live()).map(|reference| Static {
        destination: Destination::PrefixList(reference.prefix_list.clone()),
        blackhole: reference.attachment.is_none(),
        to: reference.attachment.clone(),
    });
    routes.chain(references).collect()
}
