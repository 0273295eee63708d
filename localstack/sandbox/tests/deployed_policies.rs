//! The policies in `deploy/iam`, word for word, on roles that the sandbox holds to them: what they grant works, and each
//! action that is dropped from them is missed by the call that needs it.
//!
//! A call here has just the members that it must have, made up where nothing better is known, and is made with DryRun where
//! EC2 has that: what counts is whether it is refused for want of a permission or goes on to be answered. The condition that
//! a resource carries transitd's tag, or comes from the home account, is left out, since nothing that is made up carries one.

mod made_up;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};

use aws_sandbox::seed::Seed;
use aws_sandbox::shapes;
use aws_sandbox::{AwsError, Call, Pace, Sandbox, Service, Settings};
use serde_json::{Value, json};

use made_up::required;

const REGION: &str = "eu-west-1";
const EXTERNAL_ID: &str = "external-id";
const RESOURCE_TAG: &str = "aws:ResourceTag/transitd:network";
const REQUEST_TAG: &str = "aws:RequestTag/transitd:network";

/// An organization with a home and a member account, and in each the role that `deploy/iam` is for.
struct World {
    seed: Seed,
    home: String,
    member: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Role {
    Hub,
    Member,
}

type Key = (String, Option<String>);

impl Role {
    fn policy(self) -> Value {
        let text = match self {
            Role::Hub => include_str!("../../../deploy/iam/hub-role-policy.json"),
            Role::Member => include_str!("../../../deploy/iam/member-role-policy.json"),
        };
        let mut policy: Value = serde_json::from_str(text).expect("a policy is JSON");
        for statement in policy["Statement"].as_array_mut().expect("statements") {
            let Some(condition) = statement.get_mut("Condition").and_then(Value::as_object_mut) else { continue };
            let asks_for_ours = condition.get("Null").is_some_and(|null| null.get(RESOURCE_TAG).is_some());
            if asks_for_ours {
                condition.remove("Null");
            }
            if let Some(equals) = condition.get_mut("StringEquals").and_then(Value::as_object_mut) {
                equals.remove("ram:ShareOwnerAccountId");
                if equals.is_empty() {
                    condition.remove("StringEquals");
                }
            }
        }
        policy
    }

    fn name(self) -> &'static str {
        match self {
            Role::Hub => "transitd-hub",
            Role::Member => "transitd-member",
        }
    }
}

impl World {
    fn new() -> Self {
        let sandbox = Sandbox::new(Settings { pace: Pace::Instant, ..Settings::default() });
        let seed = Seed::organization(Arc::new(Mutex::new(sandbox)), REGION, "100000000001");
        let (home, member) = (seed.account("home", None), seed.account("member", None));
        seed.delegate(&home);
        let world = Self { seed, home, member };
        let trust =
            json!({"Statement": {"Effect": "Allow", "Principal": {"AWS": world.home}, "Action": "sts:AssumeRole"}});
        world.make_role(Role::Hub, &trust.to_string());
        let trust = include_str!("../../../deploy/iam/member-role-trust.json");
        world.make_role(Role::Member, &world.filled(trust));
        for role in [Role::Hub, Role::Member] {
            world.put(role, &role.policy());
        }
        world
    }

    /// Fills in what `deploy/iam` leaves to the operator.
    fn filled(&self, text: &str) -> String {
        let text = text.replace("HOME-ACCOUNT-ID", &self.home).replace("HUB-ROLE", Role::Hub.name());
        text.replace("EXTERNAL-ID", EXTERNAL_ID).replace("o-REPLACE", &self.seed.organization_id())
    }

    fn account(&self, role: Role) -> &str {
        match role {
            Role::Hub => &self.home,
            Role::Member => &self.member,
        }
    }

    fn make_role(&self, role: Role, trust: &str) {
        let params = json!({"RoleName": role.name(), "AssumeRolePolicyDocument": trust});
        self.seed.ask(self.account(role), Service::Iam, "CreateRole", params);
    }

    fn put(&self, role: Role, policy: &Value) {
        let document = self.filled(&policy.to_string());
        let params = json!({"RoleName": role.name(), "PolicyName": "transitd", "PolicyDocument": document});
        self.seed.ask(self.account(role), Service::Iam, "PutRolePolicy", params);
    }

    fn send(&self, key: &Key, service: Service, action: &str, params: Value) -> Result<Value, AwsError> {
        let (access_key_id, session_token) = key.clone();
        let (region, action) = (REGION.to_owned(), action.to_owned());
        self.seed.lock().call(&Call { access_key_id, session_token, region, service, action, params })
    }

    fn enter(&self, key: &Key, role: Role) -> Result<Key, AwsError> {
        let arn = format!("arn:aws:iam::{}:role/{}", self.account(role), role.name());
        let mut params = json!({"RoleArn": arn, "RoleSessionName": "transitd"});
        if role == Role::Member {
            params["ExternalId"] = json!(EXTERNAL_ID);
        }
        let made = self.send(key, Service::Sts, "AssumeRole", params)?;
        let text = |name: &str| made["Credentials"][name].as_str().expect("a text").to_owned();
        Ok((text("AccessKeyId"), Some(text("SessionToken"))))
    }

    fn session(&self, role: Role) -> Key {
        let hub = self.enter(&(self.home.clone(), None), Role::Hub).expect("the hub's root gets in");
        if role == Role::Hub { hub } else { self.enter(&hub, role).expect("the hub's role gets in") }
    }

    /// Says whether a call that needs an action is refused for want of a permission.
    fn is_denied(&self, key: &Key, needs: &Needs) -> bool {
        let outcome = if needs.call == "AssumeRole" {
            self.enter(key, Role::Member).map(|_| Value::Null)
        } else {
            self.send(key, needs.service, &needs.call, needs.params.clone())
        };
        match outcome {
            Ok(_) => false,
            Err(error) => match error.code.as_str() {
                "UnauthorizedOperation" => needs.service == Service::Ec2,
                "AccessDenied" | "AccessDeniedException" | "AuthorizationError" => needs.service != Service::Ec2,
                "NotModelled" | "InvalidAction" => panic!("{}: {error}", needs.action),
                _ => false,
            },
        }
    }
}

/// An action that a policy grants, and a call that needs it.
#[derive(Debug)]
struct Needs {
    action: String,
    service: Service,
    call: String,
    params: Value,
}

fn texts(value: &Value) -> Vec<String> {
    let several = value.as_array().cloned().unwrap_or_else(|| vec![value.clone()]);
    several.iter().map(|text| text.as_str().expect("a text").to_owned()).collect()
}

/// Lists the actions of a policy, each with a call that needs it.
fn needs(role: Role) -> Vec<Needs> {
    let mut all = Vec::new();
    for statement in role.policy()["Statement"].as_array().expect("statements") {
        let resource = texts(&statement["Resource"])[0].clone();
        for action in texts(&statement["Action"]) {
            let (prefix, name) = action.split_once(':').expect("service:Action");
            let service = Service::named(prefix).unwrap_or_else(|| panic!("the sandbox has no {prefix}"));
            let creation = statement["Condition"]["StringEquals"].get("ec2:CreateAction");
            let calls = creation.map_or_else(|| vec![name.to_owned()], texts);
            for call in calls {
                let operation = shapes::operation(service, &call).unwrap_or_else(|error| panic!("{action}: {error}"));
                let input = operation.input.as_deref();
                let mut params = input.map_or_else(|| json!({}), |input| required(service, input, &resource));
                if service == Service::Ec2 {
                    params["DryRun"] = json!(true);
                }
                let asks_for_tag = !statement["Condition"]["Null"][REQUEST_TAG].is_null();
                if asks_for_tag && service == Service::Ram {
                    params["tags"] = json!([{"key": "transitd:network", "value": "x"}]);
                    params["resourceArns"] =
                        json!([format!("arn:aws:ec2:{REGION}:100000000001:transit-gateway/tgw-1")]);
                } else if creation.is_some() || asks_for_tag {
                    let kind = resource.rsplit(':').next().and_then(|rest| rest.split('/').next()).expect("a kind");
                    let tags = json!([{"Key": "transitd:network", "Value": "x"}]);
                    params["TagSpecifications"] = json!([{"ResourceType": kind, "Tags": tags}]);
                }
                if call == "CreateTags" {
                    params["Resources"] = json!(["tgw-attach-0123456789abcdef0"]);
                    params["Tags"] = json!([{"Key": "transitd:network", "Value": "x"}]);
                }
                if call.ends_with("ResourceShare") && call != "CreateResourceShare" || call == "TagResource" {
                    let id = "01234567-89ab-cdef-0123-456789abcdef";
                    params["resourceShareArn"] =
                        json!(format!("arn:aws:ram:{REGION}:100000000001:resource-share/{id}"));
                }
                if call == "AcceptResourceShareInvitation" {
                    let id = "01234567-89ab-cdef-0123-456789abcdef";
                    let arn = format!("arn:aws:ram:{REGION}:111111111111:resource-share-invitation/{id}");
                    params["resourceShareInvitationArn"] = json!(arn);
                }
                if call == "TagResource" {
                    params["tags"] = json!([{"key": "transitd:network", "value": "x"}]);
                }
                all.push(Needs { action: action.clone(), service, call, params });
            }
        }
    }
    all
}

/// Takes one action out of a policy; a statement that has no other goes with it.
fn without(policy: &Value, dropped: &str) -> Value {
    let mut policy = policy.clone();
    let statements = policy["Statement"].as_array_mut().expect("statements");
    statements.retain_mut(|statement| {
        let rest: Vec<String> = texts(&statement["Action"]).into_iter().filter(|action| action != dropped).collect();
        statement["Action"] = json!(rest);
        !rest.is_empty()
    });
    policy
}

#[test]
fn what_the_policies_grant_is_not_refused() {
    let world = World::new();
    for role in [Role::Hub, Role::Member] {
        let key = world.session(role);
        for needs in needs(role) {
            assert!(!world.is_denied(&key, &needs), "{role:?} may not {needs:?}");
        }
    }
}

#[test]
fn each_action_that_is_dropped_is_missed_by_the_call_that_needs_it() {
    let world = World::new();
    let mut missed: BTreeMap<Service, usize> = BTreeMap::new();
    for role in [Role::Hub, Role::Member] {
        let key = world.session(role);
        for needs in needs(role) {
            world.put(role, &without(&role.policy(), &needs.action));
            assert!(world.is_denied(&key, &needs), "{role:?} may {needs:?} without {}", needs.action);
            world.put(role, &role.policy());
            assert!(!world.is_denied(&key, &needs), "{role:?} may not {needs:?}");
            *missed.entry(needs.service).or_default() += 1;
        }
    }
    assert!(missed.keys().len() >= 4, "every service that is called: {missed:?}");
}

#[test]
fn the_policies_grant_nothing_besides() {
    let world = World::new();
    for role in [Role::Hub, Role::Member] {
        let key = world.session(role);
        let granted: Vec<String> = needs(role).into_iter().map(|needs| needs.action).collect();
        for (service, operations) in Service::ALL.map(|service| (service, &shapes::service(service).operations)) {
            for (call, operation) in operations {
                let action = format!("{service}:{call}");
                let free = ["sts:GetCallerIdentity", "sts:AssumeRole"].contains(&action.as_str());
                if free || granted.contains(&action) {
                    continue;
                }
                let params =
                    operation.input.as_deref().map_or_else(|| json!({}), |input| required(service, input, "*"));
                let needs = Needs { action, service, call: call.clone(), params };
                assert!(world.is_denied(&key, &needs), "{role:?} may {needs:?}");
            }
        }
    }
}

/// IAM judges a role that is not there by its name alone, without the path that it would have.
#[test]
fn in_a_new_account_the_service_linked_role_is_seen_not_to_be_there() {
    let world = World::new();
    let role = json!({"RoleName": "AWSServiceRoleForVPCTransitGateway"});
    let refused = world.send(&world.session(Role::Member), Service::Iam, "GetRole", role).unwrap_err();
    assert_eq!(refused.code, "NoSuchEntity", "{}", refused.message);
}

/// A whole network through the two roles, by real calls: hub, share, attachment, routes.
#[test]
fn a_spoke_is_connected_by_what_the_policies_grant() {
    let world = World::new();
    let seed = &world.seed;
    let gateway = seed.transit_gateway(&world.home);
    seed.share(&world.home, &gateway);
    let vpc = seed.vpc(&world.member, "10.1.0.0/16", &[]);
    let subnet = seed.subnet(&world.member, &vpc, "10.1.0.0/24", 1, &[]);
    let (hub, member) = (world.session(Role::Hub), world.session(Role::Member));
    let ask = |key: &Key, action: &str, params: Value| {
        let answer = world.send(key, Service::Ec2, action, params.clone());
        answer.unwrap_or_else(|error| panic!("{action} {params}: {error}"))
    };
    let tagged = |kind: &str| json!([{"ResourceType": kind, "Tags": [{"Key": "transitd:network", "Value": "x"}]}]);
    let asked = json!({"TransitGatewayId": gateway, "TagSpecifications": tagged("transit-gateway-route-table")});
    let table = ask(&hub, "CreateTransitGatewayRouteTable", asked);
    let table = &table["TransitGatewayRouteTable"]["TransitGatewayRouteTableId"];
    let asked = json!({
        "TransitGatewayId": gateway, "VpcId": vpc, "SubnetIds": [subnet],
        "TagSpecifications": tagged("transit-gateway-attachment"),
    });
    let attachment = ask(&member, "CreateTransitGatewayVpcAttachment", asked);
    let attachment = &attachment["TransitGatewayVpcAttachment"]["TransitGatewayAttachmentId"];
    ask(&hub, "AcceptTransitGatewayVpcAttachment", json!({"TransitGatewayAttachmentId": attachment}));
    let pair = json!({"TransitGatewayRouteTableId": table, "TransitGatewayAttachmentId": attachment});
    ask(&hub, "AssociateTransitGatewayRouteTable", pair.clone());
    ask(&hub, "EnableTransitGatewayRouteTablePropagation", pair);
    let filters = json!([{"Name": "state", "Values": ["active", "blackhole"]}]);
    let found =
        ask(&hub, "SearchTransitGatewayRoutes", json!({"TransitGatewayRouteTableId": table, "Filters": filters}));
    assert_eq!(found["Routes"][0]["DestinationCidrBlock"], "10.1.0.0/16");
    let main = seed.main_table(&world.member, &vpc);
    let route = json!({"RouteTableId": main, "DestinationCidrBlock": "10.0.0.0/8", "TransitGatewayId": gateway});
    ask(&member, "CreateRoute", route);
}

#[test]
fn the_hub_tells_people_through_its_topic_with_the_policy_for_that_and_not_without() {
    let world = World::new();
    let made = world.seed.ask(&world.home, Service::Sns, "CreateTopic", json!({"Name": "transitd"}));
    let topic = made["TopicArn"].as_str().expect("an ARN").to_owned();
    let other = world.seed.ask(&world.home, Service::Sns, "CreateTopic", json!({"Name": "other"}))["TopicArn"].clone();
    let publish = |topic: &Value| {
        let params = json!({"TopicArn": topic, "Message": "it asks"});
        world.send(&world.session(Role::Hub), Service::Sns, "Publish", params).map(drop).map_err(|error| error.code)
    };
    assert_eq!(publish(&json!(topic)), Err("AuthorizationError".to_owned()));
    let policy = include_str!("../../../deploy/iam/hub-role-notices-policy.json");
    let document = policy.replace("arn:aws:sns:REGION:HOME-ACCOUNT-ID:TOPIC", &topic);
    assert_ne!(document, policy);
    let params = json!({"RoleName": Role::Hub.name(), "PolicyName": "transitd-notices", "PolicyDocument": document});
    world.seed.ask(&world.home, Service::Iam, "PutRolePolicy", params);
    assert_eq!(publish(&json!(topic)), Ok(()));
    assert_eq!(publish(&other), Err("AuthorizationError".to_owned()));
}
