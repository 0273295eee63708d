//! SimulatePrincipalPolicy and SimulateCustomPolicy: what a role may do, or what a policy would let, without doing it.
//!
//! Of a role its own policies are judged, those given besides, the permissions boundary and the service control policies
//! of its account; else only what is given. The context is what the caller gives, and what the role itself brings.

use serde::{Deserialize, Serialize};

use super::authorization::layers::{Layer, Layers};
use super::policy::keys::{Context, Key};
use super::policy::{Policy, Question, Verdict};
use super::roles::{no_role, parse_role_arn};
use super::{managed, sessions};
use crate::call::{AwsError, Caller};
use crate::world::World;

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct SimulateRequest {
    policy_source_arn: String,
    action_names: Vec<String>,
    #[serde(default)]
    resource_arns: Vec<String>,
    #[serde(default)]
    policy_input_list: Vec<String>,
    #[serde(default)]
    permissions_boundary_policy_input_list: Vec<String>,
    #[serde(default)]
    context_entries: Vec<ContextEntry>,
    marker: Option<String>,
    max_items: Option<usize>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct SimulateCustomRequest {
    policy_input_list: Vec<String>,
    #[serde(default)]
    permissions_boundary_policy_input_list: Vec<String>,
    action_names: Vec<String>,
    #[serde(default)]
    resource_arns: Vec<String>,
    #[serde(default)]
    context_entries: Vec<ContextEntry>,
    marker: Option<String>,
    max_items: Option<usize>,
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct ContextEntry {
    context_key_name: String,
    #[serde(default)]
    context_key_values: Vec<String>,
    /// The values' type; the operators read them as they need.
    #[serde(rename = "ContextKeyType")]
    _context_key_type: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct Simulated {
    evaluation_results: Vec<Evaluation>,
    is_truncated: bool,
    marker: Option<String>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Evaluation {
    eval_action_name: String,
    eval_resource_name: String,
    eval_decision: &'static str,
    matched_statements: Vec<Matched>,
    missing_context_values: Vec<String>,
    organizations_decision_detail: Option<ByOrganizations>,
    permissions_boundary_decision_detail: Option<ByBoundary>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct ByOrganizations {
    allowed_by_organizations: bool,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct ByBoundary {
    allowed_by_permissions_boundary: bool,
}

/// A policy that decided; where in it is not told.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Matched {
    source_policy_id: String,
    source_policy_type: &'static str,
}

pub(super) fn simulate_principal_policy(
    world: &mut World,
    caller: &Caller,
    request: SimulateRequest,
) -> Result<Simulated, AwsError> {
    let world = &*world;
    let arn = &request.policy_source_arn;
    let invalid = || AwsError::new("InvalidInput", format!("Invalid Entity Arn: {arn} does not clearly define entity"));
    let (account, name) = parse_role_arn(arn).ok_or_else(invalid)?;
    let role = world.identity.role(account, name).filter(|role| role.arn == *arn && account == caller.account);
    let role = role.ok_or_else(|| no_role(name))?;
    let (given, bounds) = (read(&request.policy_input_list)?, read(&request.permissions_boundary_policy_input_list)?);
    let mut layers = Layers::of_role(world, account, role);
    layers.own.get_or_insert_default().extend(&given);
    if !bounds.is_empty() {
        layers.boundary = Some(bounds.iter().collect());
    }
    let mut context = sessions::context_of_role(world, account, role);
    put_entries(&mut context, request.context_entries)?;
    let inline = role.inline.iter().map(|(name, policy)| (format!("role_{}_{name}", role.name), "role", policy));
    let attached = role.attached.iter().filter_map(|arn| {
        let kind = if managed::is_of_aws(arn) { "aws-managed" } else { "user-managed" };
        Some((arn.clone(), kind, world.identity.managed_policy(account, arn)?))
    });
    let sources: Vec<Source> = inline.chain(attached).chain(inputs(&given)).collect();
    let asked = Pairs { actions: &request.action_names, resources: &request.resource_arns };
    asked.page(&layers, &sources, &context, request.marker, request.max_items)
}

pub(super) fn simulate_custom_policy(
    _world: &mut World,
    _caller: &Caller,
    request: SimulateCustomRequest,
) -> Result<Simulated, AwsError> {
    let (given, bounds) = (read(&request.policy_input_list)?, read(&request.permissions_boundary_policy_input_list)?);
    let layers = Layers::given(&given, &bounds);
    let mut context = Context::default();
    put_entries(&mut context, request.context_entries)?;
    let sources: Vec<Source> = inputs(&given).collect();
    let asked = Pairs { actions: &request.action_names, resources: &request.resource_arns };
    asked.page(&layers, &sources, &context, request.marker, request.max_items)
}

fn read(texts: &[String]) -> Result<Vec<Policy>, AwsError> {
    texts.iter().map(|text| Policy::read(text)).collect()
}

/// Names policies that came with the request by their place in it.
fn inputs(given: &[Policy]) -> impl Iterator<Item = Source<'_>> {
    given.iter().zip(1..).map(|(policy, number)| (format!("PolicyInputList.{number}"), "none", policy))
}

fn put_entries(context: &mut Context, entries: Vec<ContextEntry>) -> Result<(), AwsError> {
    for entry in entries {
        Key::read(&entry.context_key_name)?;
        context.put_all(&entry.context_key_name, entry.context_key_values);
    }
    Ok(())
}

/// Each action on each resource; on all where none is named.
struct Pairs<'a> {
    actions: &'a [String],
    resources: &'a [String],
}

impl Pairs<'_> {
    /// Judges the pairs on one page.
    fn page(
        &self,
        layers: &Layers,
        sources: &[Source],
        context: &Context,
        marker: Option<String>,
        max_items: Option<usize>,
    ) -> Result<Simulated, AwsError> {
        let everything = ["*".to_owned()];
        let resources = if self.resources.is_empty() { &everything[..] } else { self.resources };
        let actions = self.actions;
        let valid =
            |action: &&String| action.split_once(':').is_some_and(|(of, name)| !of.is_empty() && !name.is_empty());
        if let Some(action) = actions.iter().find(|action| !valid(action)) {
            return Err(AwsError::new("InvalidInput", format!("Invalid Action: {action}")));
        }
        let pairs = actions.len().saturating_mul(resources.len());
        let (range, marker) = super::page_range(pairs, marker, max_items)?;
        let results = range.map(|at| {
            let (action, resource) = (&actions[at / resources.len()], &resources[at % resources.len()]);
            evaluate(layers, sources, &Question { action, resource, context })
        });
        Ok(Simulated { evaluation_results: results.collect(), is_truncated: marker.is_some(), marker })
    }
}

/// A policy: how answers call it, of which kind it is, and what it says.
type Source<'w> = (String, &'static str, &'w Policy);

fn evaluate(layers: &Layers, sources: &[Source], question: &Question) -> Evaluation {
    let outcome = layers.judge(question);
    let in_the_way = |layer: Layer| outcome.is_err_and(|reason| reason.layer == layer);
    let eval_decision = match outcome {
        Ok(()) => "allowed",
        Err(reason) if reason.explicit => "explicitDeny",
        Err(_) => "implicitDeny",
    };
    let decided = sources.iter().filter(|(_, _, policy)| policy.judge(question) != Verdict::Silent);
    let matched_statements =
        decided.map(|(id, kind, _)| Matched { source_policy_id: id.clone(), source_policy_type: kind });
    let under_organization = !layers.service_control.is_empty();
    Evaluation {
        eval_action_name: question.action.to_owned(),
        eval_resource_name: question.resource.to_owned(),
        eval_decision,
        matched_statements: matched_statements.collect(),
        missing_context_values: layers.missing(question),
        organizations_decision_detail: under_organization
            .then(|| ByOrganizations { allowed_by_organizations: !in_the_way(Layer::ServiceControl) }),
        permissions_boundary_decision_detail: layers
            .boundary
            .is_some()
            .then(|| ByBoundary { allowed_by_permissions_boundary: !in_the_way(Layer::Boundary) }),
    }
}
