//! What requests have under the condition keys that every service shares.

use std::collections::BTreeMap;

use super::super::policy::keys::Context;
use super::super::{caller_arn, sessions};
use super::session_key;
use crate::call::{Caller, Principal};
use crate::world::World;

/// Returns what the caller itself brings ("AWS global condition context keys", properties of the principal and of the
/// network). Nobody here has signed in with a second factor, and a session of a role never carries one.
pub fn of_caller(world: &World, caller: &Caller) -> Context {
    let mut context = Context::default();
    context.put("aws:PrincipalAccount", &caller.account);
    context.put("aws:PrincipalIsAWSService", "false");
    context.put("aws:ViaAWSService", "false");
    context.put("aws:SecureTransport", "true");
    context.put("aws:RequestedRegion", &caller.region);
    context.put("aws:CurrentTime", world.now.to_string());
    context.put("aws:EpochTime", world.now.as_second().to_string());
    organization(world, &caller.account, "Principal", &mut context);
    match &caller.principal {
        Principal::Root => {
            context.put("aws:PrincipalArn", caller_arn(caller));
            context.put("aws:PrincipalType", "Account");
            context.put("aws:userid", &caller.account);
        }
        Principal::AssumedRole { role, session, .. } => {
            let role = world.identity.role(&caller.account, role);
            // For a session it is the role's ARN, not the session's.
            if let Some(role) = role {
                context.put("aws:PrincipalArn", &role.arn);
                context.put("aws:userid", format!("{}:{session}", role.id));
            }
            context.put("aws:PrincipalType", "AssumedRole");
            let held = session_key(caller).and_then(|key| world.identity.sessions.get(key));
            if let Some(source) = held.and_then(|held| held.source_identity.as_ref()) {
                context.put("aws:SourceIdentity", source);
            }
            for (key, value) in sessions::principal_tags(role, held) {
                context.put(&format!("aws:PrincipalTag/{key}"), value);
            }
        }
    }
    context
}

/// Returns what a resource brings: its owner, its organization, its tags under the names that its service has for them.
pub fn of_resource(world: &World, owner: &str, service: &str, tags: &BTreeMap<String, String>) -> Context {
    let mut context = Context::default();
    context.put("aws:ResourceAccount", owner);
    organization(world, owner, "Resource", &mut context);
    for (key, value) in tags {
        context.put(&format!("aws:ResourceTag/{key}"), value);
        context.put(&format!("{service}:ResourceTag/{key}"), value);
    }
    context
}

/// Puts the tags that a request sets, or the keys of those that it takes away.
pub fn put_request_tags(context: &mut Context, tags: &BTreeMap<String, Option<String>>) {
    context.put_all("aws:TagKeys", tags.keys().cloned());
    for (key, value) in tags {
        if let Some(value) = value {
            context.put(&format!("aws:RequestTag/{key}"), value);
        }
    }
}

fn organization(world: &World, account: &str, whose: &str, context: &mut Context) {
    let Some(id) = world.organization.organization_of(account) else { return };
    let path = format!("{id}/{}/", world.organization.ou_path(account).join("/"));
    context.put(&format!("aws:{whose}OrgID"), id);
    context.put_all(&format!("aws:{whose}OrgPaths"), [path]);
}
