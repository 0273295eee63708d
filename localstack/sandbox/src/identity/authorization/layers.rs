//! The policies that count for a caller, and how their verdicts add up.
//!
//! A Deny in any of them is the end. Then each layer that is there must allow: service control policies at every level
//! from the root down to the account, the permissions boundary, the session policy, and the role's own policies
//! ("Policy evaluation logic", IAM User Guide).

use std::collections::BTreeSet;

use super::super::policy::{Policy, Question, Verdict};
use super::super::{Identity, Role, managed};
use super::{Enforcement, session_key};
use crate::call::Caller;
use crate::world::World;

/// A layer, as refusals call it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Layer {
    ServiceControl,
    Boundary,
    Session,
    Identity,
}

impl Layer {
    /// Returns AWS's words for it.
    pub fn words(self) -> &'static str {
        match self {
            Layer::ServiceControl => "service control policy",
            Layer::Boundary => "permissions boundary",
            Layer::Session => "session policy",
            Layer::Identity => "identity-based policy",
        }
    }
}

/// Why a thing is not allowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reason {
    pub layer: Layer,
    /// A statement denies; else none allows.
    pub explicit: bool,
}

/// The policies that count for one caller.
#[derive(Debug, Default)]
pub struct Layers<'w> {
    /// By level, from the root down; none where no service control policies count.
    pub service_control: Vec<Vec<&'w Policy>>,
    pub boundary: Option<Vec<&'w Policy>>,
    pub session: Option<Vec<&'w Policy>>,
    /// None for an administrator.
    pub own: Option<Vec<&'w Policy>>,
    /// Whether the caller's own policies need not allow, only not deny.
    own_allow: bool,
}

impl<'w> Layers<'w> {
    pub fn of(world: &'w World, caller: &Caller) -> Self {
        let identity = &world.identity;
        let mut layers =
            Self { service_control: world.organization.service_control_policies(&caller.account), ..Self::default() };
        let Some(session) = session_key(caller).and_then(|key| identity.sessions.get(key)) else { return layers };
        layers.session = session.policies(world);
        if identity.enforcement == Enforcement::Never {
            return Self { session: None, ..layers };
        }
        let role = identity.role(&session.account, &session.role).filter(|role| role.id == session.role_id);
        let Some(role) = role else {
            // The role is gone, and with it all that it allowed.
            return Self { own: Some(Vec::new()), ..layers };
        };
        let (own, boundary) = identity.policies_of(&session.account, role);
        layers.boundary = boundary;
        layers.own = (role.is_held || identity.enforcement == Enforcement::Always).then_some(own);
        layers
    }

    /// Makes the layers of a role itself, for whoever asks what it may do.
    pub fn of_role(world: &'w World, account: &str, role: &'w Role) -> Self {
        let (own, boundary) = world.identity.policies_of(account, role);
        let service_control = world.organization.service_control_policies(account);
        Self { service_control, boundary, own: Some(own), ..Self::default() }
    }

    /// Makes the layers of whoever has just these policies, and this permissions boundary.
    pub fn given(own: &'w [Policy], boundary: &'w [Policy]) -> Self {
        let boundary = (!boundary.is_empty()).then(|| boundary.iter().collect());
        Self { own: Some(own.iter().collect()), boundary, ..Self::default() }
    }

    /// Lets the caller's own policies only deny: something else allows.
    pub fn with_everything_of_its_own(self) -> Self {
        Self { own_allow: true, ..self }
    }

    /// Says that nothing needs to be asked.
    pub fn allow_everything(&self) -> bool {
        self.service_control.is_empty() && self.boundary.is_none() && self.session.is_none() && self.own.is_none()
    }

    /// Lists the keys that conditions ask for and that the request has nothing under.
    pub fn missing(&self, question: &Question) -> Vec<String> {
        let policies =
            self.boundary.iter().chain(&self.session).chain(&self.own).chain(&self.service_control).flatten();
        let missing: BTreeSet<String> = policies.flat_map(|policy| policy.missing(question)).collect();
        missing.into_iter().collect()
    }

    /// Judges one thing.
    ///
    /// # Errors
    /// Which layer is in the way, and how.
    pub fn judge(&self, question: &Question) -> Result<(), Reason> {
        let mut verdicts: Vec<(Layer, Verdict)> = Vec::new();
        let mut add = |layer, policies: &[&Policy]| {
            verdicts.push((layer, Verdict::of(policies.iter().map(|policy| policy.judge(question)))));
        };
        for level in &self.service_control {
            add(Layer::ServiceControl, level);
        }
        for (layer, policies) in
            [(Layer::Boundary, &self.boundary), (Layer::Session, &self.session), (Layer::Identity, &self.own)]
        {
            if let Some(policies) = policies {
                add(layer, policies);
            }
        }
        if let Some((layer, _)) = verdicts.iter().find(|(_, verdict)| *verdict == Verdict::Denied) {
            return Err(Reason { layer: *layer, explicit: true });
        }
        let needs_allow = |layer: Layer| !(self.own_allow && layer == Layer::Identity);
        let silent = verdicts.iter().find(|(layer, verdict)| *verdict == Verdict::Silent && needs_allow(*layer));
        silent.map_or(Ok(()), |(layer, _)| Err(Reason { layer: *layer, explicit: false }))
    }
}

/// A role's own policies, and its permissions boundary.
type OfRole<'w> = (Vec<&'w Policy>, Option<Vec<&'w Policy>>);

impl Identity {
    /// Lists a role's own policies, inline and managed, and its permissions boundary.
    pub(in crate::identity) fn policies_of<'w>(&'w self, account: &str, role: &'w Role) -> OfRole<'w> {
        let attached = role.attached.iter().filter_map(|arn| self.managed_policy(account, arn));
        let boundary = role.boundary.as_deref().map(|arn| self.managed_policy(account, arn).into_iter().collect());
        (role.inline.values().chain(attached).collect(), boundary)
    }

    /// Finds a managed policy by its ARN: AWS's own, or the account's.
    pub(in crate::identity) fn managed_policy(&self, account: &str, arn: &str) -> Option<&Policy> {
        let own = || self.accounts.get(account)?.policies.values().find(|policy| policy.arn == arn);
        managed::of_aws(arn).or_else(|| own().map(|policy| policy.document()))
    }
}
