//! What calls to IAM, STS, RAM, SNS and Organizations are judged on.

use std::collections::BTreeMap;

use serde_json::Value;

use super::super::policy::keys::Context;
use super::super::{Role, ServiceLinked};
use super::{Asked, context, kinds};
use crate::call::{Call, Caller, Service};
use crate::notification::topic;
use crate::sharing::resource_type::ResourceType;
use crate::world::World;

/// Lists what a call is judged on: the resources that it names, where its action takes any, else `*`.
pub fn asked(world: &World, caller: &Caller, call: &Call) -> Vec<Asked> {
    let (action, params) = (call.action.as_str(), &call.params);
    let request = request(call);
    let plain = Asked::plain(call.service, action, request.clone());
    let resources = match call.service {
        _ if kinds(call.service, action).is_empty() => Vec::new(),
        Service::Iam => iam(world, caller, action, params),
        Service::Ram => ram(world, params),
        Service::Organizations => organizations(world, caller, params),
        Service::Sns => sns(world, caller, params),
        Service::Ec2 | Service::Sts => Vec::new(),
    };
    if resources.is_empty() {
        let mut all = vec![plain];
        all.extend(enabling_sharing(caller, call, &request));
        return all;
    }
    let one = |(resource, mut context): (String, Context)| {
        context.extend(&request);
        Asked { action: plain.action.clone(), resource, context }
    };
    resources.into_iter().map(one).collect()
}

/// What EnableSharingWithAwsOrganization does on the caller's behalf ("Enable resource sharing within AWS
/// Organizations", RAM User Guide).
fn enabling_sharing(caller: &Caller, call: &Call, request: &Context) -> Vec<Asked> {
    if call.service != Service::Ram || call.action != "EnableSharingWithAwsOrganization" {
        return Vec::new();
    }
    let mut linked = request.clone();
    linked.put("iam:AWSServiceName", "ram.amazonaws.com");
    let mut enabled = request.clone();
    enabled.put("organizations:ServicePrincipal", "ram.amazonaws.com");
    let of_ram = ServiceLinked::ResourceAccessManager;
    vec![
        Asked {
            resource: of_ram.role_arn(&caller.account),
            ..Asked::plain(Service::Iam, "CreateServiceLinkedRole", linked)
        },
        Asked::plain(Service::Organizations, "EnableAWSServiceAccess", enabled),
        Asked::plain(Service::Organizations, "DescribeOrganization", request.clone()),
    ]
}

fn text<'p>(params: &'p Value, name: &str) -> Option<&'p str> {
    params.get(name).and_then(Value::as_str)
}

fn texts(params: &Value, name: &str) -> Vec<String> {
    let items = params.get(name).and_then(Value::as_array).into_iter().flatten();
    items.filter_map(Value::as_str).map(str::to_owned).collect()
}

/// Returns what the request itself brings under the services' keys.
fn request(call: &Call) -> Context {
    let params = &call.params;
    let mut context = Context::default();
    let mut put = |key: &str, value: Option<&str>| context.put_all(key, value.map(str::to_owned));
    match call.service {
        Service::Iam => {
            put("iam:AWSServiceName", text(params, "AWSServiceName"));
            put("iam:PolicyARN", text(params, "PolicyArn"));
            put("iam:PermissionsBoundary", text(params, "PermissionsBoundary"));
        }
        Service::Organizations => {
            put("organizations:ServicePrincipal", text(params, "ServicePrincipal"));
            let kind = ["PolicyType", "Type", "Filter"].iter().find_map(|name| text(params, name));
            let held = text(params, "PolicyId").map(|_| "SERVICE_CONTROL_POLICY");
            put("organizations:PolicyType", kind.or(held));
        }
        Service::Ram => {
            put("ram:PermissionArn", text(params, "permissionArn"));
            let external = params.get("allowExternalPrincipals").and_then(Value::as_bool);
            let external = external.or((call.action == "CreateResourceShare").then_some(true));
            put("ram:RequestedAllowsExternalPrincipals", external.map(|yes| if yes { "true" } else { "false" }));
            context.put_all("ram:Principal", texts(params, "principals"));
            let arns = texts(params, "resourceArns");
            let types = arns.iter().filter_map(|arn| ResourceType::of(arn)).map(|it| it.name.to_owned());
            context.put_all("ram:RequestedResourceType", types);
            context.put_all("ram:ResourceArn", arns.clone());
        }
        Service::Ec2 | Service::Sns | Service::Sts => {}
    }
    context::put_request_tags(&mut context, &tags(params));
    context
}

/// Reads the tags that a request sets or takes away; RAM's have small letters.
fn tags(params: &Value) -> BTreeMap<String, Option<String>> {
    let pairs = ["Tags", "tags"].iter().filter_map(|name| params.get(name)).filter_map(Value::as_array).flatten();
    let field = |tag: &Value, names: [&str; 2]| names.iter().find_map(|name| text(tag, name)).map(str::to_owned);
    let set = pairs.filter_map(|tag| Some((field(tag, ["Key", "key"])?, field(tag, ["Value", "value"]))));
    let taken = texts(params, "TagKeys").into_iter().chain(texts(params, "tagKeys")).map(|key| (key, None));
    set.chain(taken).collect()
}

fn iam(world: &World, caller: &Caller, action: &str, params: &Value) -> Vec<(String, Context)> {
    let account = &caller.account;
    if action == "CreateServiceLinkedRole" {
        let service = text(params, "AWSServiceName").unwrap_or_default();
        let any = || format!("arn:aws:iam::{account}:role/aws-service-role/{service}/*");
        let arn = ServiceLinked::to(service).map_or_else(any, |linked| linked.role_arn(account));
        return vec![(arn, context::of_resource(world, account, "iam", &BTreeMap::new()))];
    }
    let path = text(params, "Path").unwrap_or("/");
    let role = |name: &str| {
        let held = world.identity.role(account, name);
        let arn = held.map_or_else(|| format!("arn:aws:iam::{account}:role{path}{name}"), |role| role.arn.clone());
        let tags = held.map(Role::tags).unwrap_or_default();
        (arn, context::of_resource(world, account, "iam", &tags))
    };
    let arn = |arn: &str| (arn.to_owned(), context::of_resource(world, account, "iam", &BTreeMap::new()));
    let wanted = |kind: &str| kinds(Service::Iam, action).iter().any(|it| it == kind);
    let task = text(params, "DeletionTaskId").and_then(|task| task.split('/').nth(3));
    let roles = text(params, "RoleName").or(task).filter(|_| wanted("role")).map(role);
    let policies = text(params, "PolicyArn").filter(|_| wanted("policy")).map(arn);
    let created = text(params, "PolicyName").filter(|_| wanted("policy"));
    let created = created.map(|name| arn(&format!("arn:aws:iam::{account}:policy{path}{name}")));
    let source = text(params, "PolicySourceArn").map(arn);
    roles.into_iter().chain(policies).chain(created).chain(source).collect()
}

fn ram(world: &World, params: &Value) -> Vec<(String, Context)> {
    let members = params.as_object().into_iter().flatten();
    let named = members.filter(|(name, _)| name.ends_with("Arn") && name.as_str() != "permissionArn");
    let arns = named.filter_map(|(_, value)| value.as_str());
    arns.map(|arn| (arn.to_owned(), world.sharing.context_of(world, arn))).collect()
}

/// Finds the topic that a call names, or will make.
fn sns(world: &World, caller: &Caller, params: &Value) -> Vec<(String, Context)> {
    let made = text(params, "Name").map(|name| topic::arn(caller, name));
    let named = ["TopicArn", "TargetArn"].into_iter().find_map(|name| text(params, name)).map(str::to_owned);
    let context = |arn: &str| {
        let tags = world.notification.topics.get(arn).map(|topic| topic.tags.clone()).unwrap_or_default();
        context::of_resource(world, &caller.account, "sns", &tags)
    };
    made.or(named).map(|arn| (arn.clone(), context(&arn))).into_iter().collect()
}

/// Finds roots, units, accounts and policies by the look of their ids.
fn organizations(world: &World, caller: &Caller, params: &Value) -> Vec<(String, Context)> {
    let id = world.organization.organization_of(&caller.account);
    let Some(organization) = id.and_then(|id| world.organization.organization(&id)) else { return Vec::new() };
    let members = params.as_object().into_iter().flatten();
    let ids = members.filter(|(name, _)| name.ends_with("Id")).filter_map(|(_, value)| value.as_str());
    let arns = ids.filter_map(|id| Some((organization.arn_of(id)?, organization.tags_of(id))));
    let context =
        |tags: BTreeMap<String, String>| context::of_resource(world, &organization.management, "organizations", &tags);
    arns.map(|(arn, tags)| (arn, context(tags))).collect()
}
