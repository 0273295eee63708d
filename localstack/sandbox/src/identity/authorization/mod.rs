//! Who may do what: the one place where every call is judged before it is answered.
//!
//! | room | what is in it |
//! |---|---|
//! | [`layers`] | the policies that count for a caller, and how their verdicts add up |
//! | [`context`] | what a request has under the condition keys |
//! | [`ec2`], [`services`] | what each call is judged on: actions, resources, keys |
//! | [`refusal`] | how each service says no |
//!
//! A call may be judged on several things: creating an attachment is judged on the gateway, the VPC, each subnet and the
//! attachment to be, and on tagging it. All must be allowed ("How IAM works with other services"; "Actions, resources,
//! and condition keys for Amazon EC2"). What the resources of an action are stands in `shapes/permissions.json`.

use std::collections::BTreeMap;
use std::sync::OnceLock;

use crate::call::{AwsError, Call, Caller, Principal, Service};
use crate::world::World;

pub mod context;
pub mod ec2;
pub mod layers;
pub mod refusal;
pub mod services;

use super::Session;
use super::policy::Question;
use super::policy::keys::Context;
use layers::Layers;

/// Whom identity policies hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub enum Enforcement {
    /// Nobody: every session may do everything in its account.
    Never,
    /// Sessions of roles that have a policy or had one, or that have a permissions boundary. A role that never had any
    /// is an administrator's, so that a world is built without writing policies.
    #[default]
    WherePoliciesAre,
    /// Every session, as AWS does: a role without policies may do nothing.
    Always,
}

/// One thing that a call is judged on.
#[derive(Clone, Debug)]
pub struct Asked {
    /// `ec2:CreateRoute`
    pub action: String,
    /// An ARN, or `*` where the action takes no resource.
    pub resource: String,
    /// What the request has besides what the caller brings.
    pub context: Context,
}

impl Asked {
    /// Makes the question for an action that takes no resource.
    pub fn plain(service: Service, action: &str, context: Context) -> Self {
        Self { action: format!("{service}:{action}"), resource: "*".to_owned(), context }
    }
}

/// Judges a call.
///
/// # Errors
/// `UnauthorizedOperation` 403 of EC2, `AccessDenied` 403 of IAM and STS, `AccessDeniedException` of the others.
pub fn authorize(world: &World, caller: &Caller, call: &Call) -> Result<(), AwsError> {
    if is_free(call) {
        return Ok(());
    }
    let layers = Layers::of(world, caller);
    if layers.allow_everything() {
        return Ok(());
    }
    let asked = match call.service {
        Service::Ec2 => ec2::asked(world, caller, &call.action, &call.params),
        Service::Iam | Service::Organizations | Service::Ram | Service::Sns | Service::Sts => {
            services::asked(world, caller, call)
        }
    };
    for one in &asked {
        judge(world, caller, &layers, one, call.service)?;
    }
    Ok(())
}

/// Says whether a call needs no permission, or is judged where it is answered: AssumeRole together with the trust policy.
fn is_free(call: &Call) -> bool {
    call.service == Service::Sts && ["GetCallerIdentity", "AssumeRole"].contains(&call.action.as_str())
}

/// Judges one thing, on behalf of a call to a service.
fn judge(world: &World, caller: &Caller, layers: &Layers, asked: &Asked, service: Service) -> Result<(), AwsError> {
    let mut context = context::of_caller(world, caller);
    context.extend(&asked.context);
    let question = Question { action: &asked.action, resource: &asked.resource, context: &context };
    layers.judge(&question).map_err(|reason| refusal::of(caller, &question, reason, service))
}

/// Says whether a caller may do a thing that another call of its does on its behalf.
pub fn may(world: &World, caller: &Caller, asked: &Asked) -> bool {
    let layers = Layers::of(world, caller);
    layers.allow_everything() || judge(world, caller, &layers, asked, Service::Iam).is_ok()
}

/// Judges the entering of a role: what the caller's own policies say to it. `exact` says that the trust policy names the
/// caller itself, which is enough within one account.
///
/// # Errors
/// `AccessDenied` 403.
pub fn authorize_entering(world: &World, caller: &Caller, asked: &Asked, exact: bool) -> Result<(), AwsError> {
    let layers = Layers::of(world, caller);
    if layers.allow_everything() {
        return Ok(());
    }
    let layers = if exact { layers.with_everything_of_its_own() } else { layers };
    judge(world, caller, &layers, asked, Service::Sts)
}

/// Lists the kinds of resources that an action is judged on, by AWS's own names; none for `*`.
pub fn kinds(service: Service, action: &str) -> &'static [String] {
    static TABLE: OnceLock<BTreeMap<String, BTreeMap<String, Vec<String>>>> = OnceLock::new();
    let table = TABLE.get_or_init(|| {
        serde_json::from_str(include_str!("../../../shapes/permissions.json")).expect("the table is in the repository")
    });
    let actions = table.get(service.name());
    actions.and_then(|actions| actions.get(&action.to_ascii_lowercase())).map_or(&[], Vec::as_slice)
}

/// Finds the session that a caller is.
pub fn session_of<'w>(world: &'w World, caller: &Caller) -> Option<&'w Session> {
    world.identity.sessions.get(session_key(caller)?)
}

/// Returns the key of the session that a caller is.
fn session_key(caller: &Caller) -> Option<&str> {
    match &caller.principal {
        Principal::Root => None,
        Principal::AssumedRole { key, .. } => Some(key),
    }
}

#[cfg(test)]
mod tests;
