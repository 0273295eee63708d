//! The routes of the members' own tables. Only ours are ever changed: what leads elsewhere at the same range is a
//! conflict, reported and left alone.

use std::collections::{BTreeMap, BTreeSet};

use crate::api::{Ref, WriteCall};
use crate::model::{
    Attached, AttachedKey, Destination, HubName, Key, Problem, Route, RouteState, RouteTable, RouteTableId, Scope,
    Target, TransitGatewayId, VpcRouteKey,
};

use super::association;
use super::draft::{Change, Draft};
use super::step::{Risk, Verb, Why};

pub(super) fn compare(draft: &mut Draft<'_>) {
    let want = draft.want;
    let tables = route_tables(draft);
    for (key, hub_name) in &want.vpc_routes {
        let Some(table) = tables.get(&(key.vpc.scope(), &key.table)) else { continue };
        let Some(gateway) = draft.hubs.get(hub_name).map(|hub| hub.gateway.id.clone()) else { continue };
        match table.routes.iter().find(|route| route.destination == key.destination) {
            None => write(draft, key, hub_name, gateway, Verb::Create, Why::Missing),
            Some(route) => present(draft, key, hub_name, gateway, route),
        }
    }
}

fn route_tables<'a>(draft: &Draft<'a>) -> BTreeMap<(Scope, &'a RouteTableId), &'a RouteTable> {
    let members = draft.seen.members.iter();
    members
        .flat_map(|(scope, member)| {
            member.route_tables.known().unwrap_or_default().iter().map(move |table| (scope, table))
        })
        .map(|(scope, table)| ((scope.clone(), &table.id), table))
        .collect()
}

fn present(draft: &mut Draft<'_>, key: &VpcRouteKey, hub_name: &HubName, hub: Ref<TransitGatewayId>, route: &Route) {
    let this = Key::VpcRoute(key.clone());
    match &route.target {
        Target::TransitGateway(gateway) if hub.known() == Some(gateway) => {
            draft.confirm(Verb::Create, &this);
            if route.state != RouteState::Blackhole {
                draft.confirm(Verb::Replace, &this);
                draft.in_place(&this);
            } else {
                // It leads to the hub, and the hub did not know the VPC when AWS last looked. Writing the same once more
                // makes AWS look again; where AWS does so by itself, the write changes nothing.
                write(draft, key, hub_name, hub, Verb::Replace, Why::Blackholed);
            }
        }
        Target::TransitGateway(gateway) if draft.wrote(&this, gateway.as_str()) => {
            let target = gateway.to_string();
            write(draft, key, hub_name, hub, Verb::Replace, Why::OldTarget { target });
        }
        // A range that the VPC itself carries needs no route to the hub.
        Target::Local => draft.in_place(&this),
        Target::TransitGateway(other) => foreign(draft, key, other.to_string()),
        Target::Other(other) => foreign(draft, key, other.clone()),
    }
}

fn foreign(draft: &mut Draft<'_>, key: &VpcRouteKey, target: String) {
    draft.problem(Problem::ForeignRoute { route: key.clone(), target });
}

/// A route is written once the attachment is there and associated.
fn write(
    draft: &mut Draft<'_>,
    key: &VpcRouteKey,
    hub_name: &HubName,
    gateway: Ref<TransitGatewayId>,
    verb: Verb,
    why: Why,
) {
    let of = AttachedKey { hub: hub_name.clone(), of: Attached::from(&key.vpc) };
    let Some(attachment) = draft.attachments.get(&of).cloned() else { return };
    let Some((association, step)) = association::awaited(draft, &of) else { return };
    let wait = attachment.wait.or(association);
    let (route_table, destination) = (key.table.clone(), key.destination.clone());
    let mut after = attachment.steps;
    after.extend(step);
    let change = Change {
        verb,
        key: Key::VpcRoute(key.clone()),
        scope: key.vpc.scope(),
        call: call(verb, route_table, destination, gateway),
        after,
        wait,
        why,
        risk: if verb == Verb::Create { Risk::Adds } else { Risk::Changes },
        evidence: BTreeSet::new(),
    };
    draft.step(change);
}

fn call(verb: Verb, route_table: RouteTableId, destination: Destination, gateway: Ref<TransitGatewayId>) -> WriteCall {
    if verb == Verb::Create {
        WriteCall::CreateRoute { route_table, destination, gateway }
    } else {
        WriteCall::ReplaceRoute { route_table, destination, gateway }
    }
}
