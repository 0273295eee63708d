//! A plan on paper: what a person reads in a pull request, and says yes to, as it stands.
//!
//! It holds what would be done and what keeps more from being done, and a fingerprint of both. Whoever applies it plans anew
//! and does nothing unless the fingerprint is the same; and from then on nothing but the steps in it, whose planned ids
//! may have come to be known. The fingerprint shows that a file was edited by accident. It is no seal: whoever can write the
//! file can write the config as well.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::step::{Outlook, Step, StepId};
use super::{Plan, Policy};
use crate::model::{AttachmentId, Key, Kind, NetworkName, Problem, TransitGatewayId, TransitGatewayRouteTableId};

/// The name of the file's form.
const FORMAT: &str = "transitd.plan/1";
/// Plans are made by one version for the same one: another may plan otherwise.
const VERSION: &str = env!("CARGO_PKG_VERSION");

/// A plan as it is saved.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SavedPlan {
    format: String,
    /// The version of transitd that made it.
    version: String,
    network: NetworkName,
    /// When the look began that it was made from.
    seen_at: Timestamp,
    allowed: Allowed,
    fingerprint: String,
    steps: Vec<SavedStep>,
    /// The problems that keep something declared from being so.
    blocked: Vec<Value>,
}

/// What a person's word allows in one run, beside what the file does.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Allowed {
    /// Steps that cut traffic for a time.
    pub gaps: bool,
    /// Removals after a sharp fall in what is seen or declared.
    pub shrink: bool,
}

/// A step as it is saved.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct SavedStep {
    id: String,
    scope: String,
    why: Value,
    risk: Value,
    call: Value,
    /// What stands in the call in place of ids that are not known yet.
    awaits: Vec<Awaited>,
    after: Vec<StepId>,
    /// Why it would not be sent, if that is so.
    left: Value,
}

/// A thing that has to be made before its id is known.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Awaited {
    kind: String,
    key: String,
}

/// Why a file is not taken for a plan that can be applied.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unfit {
    #[error("is no saved plan: {0}")]
    NoPlan(String),
    #[error("is of the form '{0}', and this transitd reads {FORMAT}")]
    Form(String),
    #[error("was made by transitd {0}, and this is {VERSION}: another version may plan otherwise; save it anew")]
    Version(String),
    #[error("is a plan for the network {saved}, and the config declares {declared}")]
    Network { saved: NetworkName, declared: NetworkName },
    #[error("was edited: its fingerprint is not that of what it holds; save it anew")]
    Edited,
}

/// How the network's plan differs from a saved one.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Moved {
    /// Steps that are planned now and are not in the saved plan.
    pub appeared: BTreeSet<StepId>,
    /// Steps of the saved plan that are not planned now.
    pub vanished: BTreeSet<StepId>,
    /// Steps that are in both and not the same.
    pub changed: BTreeSet<StepId>,
    /// Whether other things than before stand in the way.
    pub blocked: bool,
}

impl Moved {
    fn told(self) -> Result<(), Moved> {
        if self == Moved::default() { Ok(()) } else { Err(self) }
    }
}

impl SavedPlan {
    /// Puts a plan on paper. `seen_at` is when the look began that it was made from.
    pub fn of(plan: &Plan, policy: &Policy, seen_at: Timestamp, allowed: Allowed) -> Self {
        let blocking = plan.problems.iter().filter(|problem| problem.blocks());
        let mut saved = Self {
            format: FORMAT.to_owned(),
            version: VERSION.to_owned(),
            network: policy.network.clone(),
            seen_at,
            allowed,
            fingerprint: String::new(),
            steps: plan.steps.iter().map(SavedStep::of).collect(),
            blocked: blocking.map(value::<Problem>).collect(),
        };
        saved.fingerprint = saved.reckoned();
        saved
    }

    /// Reads a file's text, for the network that a config declares.
    ///
    /// # Errors
    /// When it is no plan, or not one that this transitd can apply to that network.
    pub fn read(text: &str, network: &NetworkName) -> Result<Self, Unfit> {
        let raw: Value = serde_json::from_str(text).map_err(|error| Unfit::NoPlan(error.to_string()))?;
        match raw.get("format").and_then(Value::as_str) {
            Some(FORMAT) => {}
            Some(other) => return Err(Unfit::Form(other.to_owned())),
            None => return Err(Unfit::NoPlan("it has no `format`".to_owned())),
        }
        let saved: Self = serde_json::from_value(raw).map_err(|error| Unfit::NoPlan(error.to_string()))?;
        if saved.version != VERSION {
            return Err(Unfit::Version(saved.version));
        }
        if saved.fingerprint != saved.reckoned() {
            return Err(Unfit::Edited);
        }
        if saved.network != *network {
            return Err(Unfit::Network { saved: saved.network, declared: network.clone() });
        }
        Ok(saved)
    }

    /// Returns the file's text: JSON, a line for each thing that a reviewer may ask about.
    pub fn text(&self) -> String {
        format!("{:#}\n", value(self))
    }

    /// Returns what was allowed when the plan was made: part of what a reviewer said yes to.
    pub fn allowed(&self) -> Allowed {
        self.allowed
    }

    pub fn fingerprint(&self) -> &str {
        &self.fingerprint
    }

    /// Tells whether a plan that was just made is the saved one.
    ///
    /// # Errors
    /// What has appeared, vanished or changed since.
    pub fn stands(&self, plan: &Plan, policy: &Policy) -> Result<(), Moved> {
        let now = Self::of(plan, policy, self.seen_at, self.allowed);
        if now.fingerprint == self.fingerprint {
            return Ok(());
        }
        let (before, after) = (self.by_id(), now.by_id());
        let ids = |steps: &BTreeMap<&str, &SavedStep>| steps.keys().map(|id| (*id).to_owned()).collect::<BTreeSet<_>>();
        let (before_ids, after_ids) = (ids(&before), ids(&after));
        let both = before_ids.intersection(&after_ids);
        Moved {
            appeared: named(after_ids.difference(&before_ids)),
            vanished: named(before_ids.difference(&after_ids)),
            changed: named(both.filter(|id| before[id.as_str()] != after[id.as_str()])),
            blocked: self.blocked != now.blocked,
        }
        .told()
    }

    /// Tells whether a later pass plans nothing but what is left of the saved plan.
    ///
    /// # Errors
    /// The steps that are not in the saved plan, and those that do something else than there.
    pub fn covers(&self, plan: &Plan) -> Result<(), Moved> {
        let saved = self.by_id();
        let mut moved = Moved::default();
        for step in &plan.steps {
            match saved.get(step.id.as_str()) {
                None => drop(moved.appeared.insert(step.id.clone())),
                Some(before) if before.is_what(step) => {}
                Some(_) => drop(moved.changed.insert(step.id.clone())),
            }
        }
        moved.told()
    }

    fn by_id(&self) -> BTreeMap<&str, &SavedStep> {
        self.steps.iter().map(|step| (step.id.as_str(), step)).collect()
    }

    /// Reckons the fingerprint of what is planned: everything but when it was seen. The order of the steps counts for nothing.
    fn reckoned(&self) -> String {
        let Self { format, version, network, allowed, blocked, .. } = self;
        let steps: Vec<&SavedStep> = self.by_id().into_values().collect();
        // A step that stands twice in an edited file is one too many.
        let number = self.steps.len();
        let all = json!({
            "format": format, "version": version, "network": network, "allowed": allowed,
            "number": number, "steps": steps, "blocked": blocked,
        });
        format!("{:032x}", fnv(all.to_string().as_bytes()))
    }
}

impl SavedStep {
    fn of(step: &Step) -> Self {
        let awaited = |key: &&Key| Awaited { kind: key.kind().words().to_owned(), key: key.to_string() };
        Self {
            id: step.id.to_string(),
            scope: step.scope.to_string(),
            why: value(&step.why),
            risk: value(&step.risk),
            call: value(&step.call),
            awaits: step.call.planned().iter().map(awaited).collect(),
            after: step.after.clone(),
            left: left(step),
        }
    }

    /// Tells whether a step does what this one says, whatever has come to be known since. A step that would not be sent when
    /// the plan was saved is not sent now.
    fn is_what(&self, step: &Step) -> bool {
        let now = Self::of(step);
        self.scope == now.scope
            && self.fits(&self.call, &now.call, &now)
            && (self.left.is_null() || !now.left.is_null())
    }

    fn fits(&self, before: &Value, after: &Value, now: &SavedStep) -> bool {
        match (before, after) {
            (Value::Object(before), Value::Object(after)) => {
                before.len() == after.len()
                    && before.iter().all(|(key, value)| after.get(key).is_some_and(|it| self.fits(value, it, now)))
            }
            (Value::Array(before), Value::Array(after)) => {
                before.len() == after.len() && before.iter().zip(after).all(|(one, other)| self.fits(one, other, now))
            }
            (Value::String(before), Value::String(after)) if before != after => {
                let still = now.awaits.iter().any(|it| it.key == *after);
                !still && self.awaits.iter().filter(|it| it.key == *before).any(|it| it.is_named(after))
            }
            (_, _) => before == after,
        }
    }
}

impl Awaited {
    /// Tells whether a text is an id of such a thing.
    fn is_named(&self, text: &str) -> bool {
        let is = |kind: Kind| self.kind == kind.words();
        (is(Kind::Hub) && text.parse::<TransitGatewayId>().is_ok())
            || (is(Kind::Table) && text.parse::<TransitGatewayRouteTableId>().is_ok())
            || (is(Kind::Attachment) && text.parse::<AttachmentId>().is_ok())
            || (is(Kind::Share) && text.starts_with("arn:"))
    }
}

fn left(step: &Step) -> Value {
    match &step.outlook {
        Outlook::Ready | Outlook::Waits { .. } => Value::Null,
        Outlook::Left { why } => value(why),
    }
}

fn named<'a>(ids: impl Iterator<Item = &'a String>) -> BTreeSet<StepId> {
    ids.map(|id| StepId::read(id)).collect()
}

/// Returns a thing of a plan as a value: all of them are records of text and numbers.
fn value<T: Serialize>(thing: &T) -> Value {
    serde_json::to_value(thing).unwrap_or_else(|error| Value::String(error.to_string()))
}

/// FNV-1a of 128 bits (draft-eastlake-fnv): short, the same everywhere, and enough to tell one plan from another.
fn fnv(bytes: &[u8]) -> u128 {
    const BASIS: u128 = 0x6c62_272e_07bb_0142_62b8_2175_6295_c58d;
    const PRIME: u128 = 0x0000_0000_0100_0000_0000_0000_0000_013b;
    bytes.iter().fold(BASIS, |hash, byte| (hash ^ u128::from(*byte)).wrapping_mul(PRIME))
}

#[cfg(test)]
mod tests;
