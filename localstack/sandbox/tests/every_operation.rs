//! What holds for every operation of every service: who has no permission is refused, and so is what nobody can mean.

mod made_up;

use aws_sandbox::shapes::{self, Operation};
use aws_sandbox::{AwsError, Call, Pace, Sandbox, Service, Settings};
use made_up::required;
use serde_json::{Value, json};

const ACCOUNT: &str = "111111111111";

struct Caller {
    sandbox: Sandbox,
    key: (String, Option<String>),
}

impl Caller {
    /// The root of an account that manages an organization.
    fn root() -> Self {
        let sandbox = Sandbox::new(Settings { pace: Pace::Instant, ..Settings::default() });
        let mut caller = Self { sandbox, key: (ACCOUNT.to_owned(), None) };
        caller.call(Service::Organizations, "CreateOrganization", json!({})).unwrap();
        caller
    }

    /// A session that may do nothing at all.
    fn nobody() -> Self {
        let mut caller = Self::root();
        let trust = r#"{"Statement":{"Effect":"Allow","Principal":"*","Action":"sts:AssumeRole"}}"#;
        let none = r#"{"Statement":{"Effect":"Deny","Action":"*","Resource":"*"}}"#;
        let role = json!({"RoleName": "nobody", "AssumeRolePolicyDocument": trust});
        caller.call(Service::Iam, "CreateRole", role).unwrap();
        let policy = json!({"RoleName": "nobody", "PolicyName": "none", "PolicyDocument": none});
        caller.call(Service::Iam, "PutRolePolicy", policy).unwrap();
        let asked = json!({"RoleArn": format!("arn:aws:iam::{ACCOUNT}:role/nobody"), "RoleSessionName": "nobody"});
        let made = caller.call(Service::Sts, "AssumeRole", asked).unwrap()["Credentials"].clone();
        let text = |name: &str| made[name].as_str().unwrap().to_owned();
        caller.key = (text("AccessKeyId"), Some(text("SessionToken")));
        caller
    }

    fn call(&mut self, service: Service, action: &str, params: Value) -> Result<Value, AwsError> {
        let (access_key_id, session_token) = self.key.clone();
        let (region, action) = ("us-east-1".to_owned(), action.to_owned());
        self.sandbox.call(&Call { access_key_id, session_token, region, service, action, params })
    }
}

/// All operations, each with a request that has just what it must have.
fn operations() -> Vec<(Service, &'static Operation, Value)> {
    let all = Service::ALL.into_iter().flat_map(|service| {
        let operations = shapes::service(service).operations.values();
        operations.map(move |operation| (service, operation))
    });
    all.map(|(service, operation)| {
        let input = operation.input.as_deref();
        (service, operation, input.map_or_else(|| json!({}), |input| required(service, input, "*")))
    })
    .collect()
}

#[test]
fn who_may_do_nothing_is_refused_everywhere_in_the_services_own_words() {
    let mut nobody = Caller::nobody();
    for (service, operation, params) in operations() {
        let outcome = nobody.call(service, &operation.name, params);
        if operation.name == "GetCallerIdentity" {
            outcome.unwrap();
            continue;
        }
        let error = outcome.expect_err(&operation.name);
        let wanted = match service {
            Service::Ec2 => ("UnauthorizedOperation", 403),
            Service::Iam | Service::Sts => ("AccessDenied", 403),
            Service::Organizations => ("AccessDeniedException", 400),
            Service::Ram => ("AccessDeniedException", 403),
            Service::Sns => ("AuthorizationError", 403),
        };
        assert_eq!((error.code.as_str(), error.status), wanted, "{service} {}: {error}", operation.name);
    }
}

#[test]
fn a_member_that_no_operation_has_is_refused_by_every_one() {
    let mut root = Caller::root();
    for (service, operation, mut params) in operations() {
        params["Colour"] = json!("red");
        let error = root.call(service, &operation.name, params).expect_err(&operation.name);
        let wanted = match service {
            Service::Ec2 | Service::Iam | Service::Sns | Service::Sts => "UnknownParameter",
            Service::Organizations | Service::Ram => "ValidationException",
        };
        assert_eq!(error.code, wanted, "{service} {}: {error}", operation.name);
    }
}

#[test]
fn each_member_that_must_be_there_is_missed() {
    let mut root = Caller::root();
    for (service, operation, params) in operations() {
        for name in params.as_object().into_iter().flat_map(|members| members.keys()) {
            let mut without = params.clone();
            without.as_object_mut().unwrap().remove(name);
            let error = root.call(service, &operation.name, without).expect_err(&operation.name);
            let wanted = match service {
                Service::Ec2 => "MissingParameter",
                Service::Iam | Service::Sns | Service::Sts => "ValidationError",
                Service::Organizations => "InvalidInputException",
                Service::Ram if operation.faults.iter().any(|fault| fault == "MissingRequiredParameterException") => {
                    "MissingRequiredParameterException"
                }
                Service::Ram if operation.faults.is_empty() => "MalformedArnException",
                Service::Ram => "InvalidParameterException",
            };
            assert_eq!(error.code, wanted, "{service} {} without {name}: {error}", operation.name);
        }
    }
}

#[test]
fn no_listing_takes_a_token_that_it_did_not_give() {
    let mut root = Caller::root();
    let mut lists = 0;
    for (service, operation, mut params) in operations() {
        let Some(input) = operation.input.as_deref() else { continue };
        let members = &operation.table().structure(input).members;
        let token = members.iter().find(|member| ["NextToken", "nextToken", "Marker"].contains(&member.name.as_str()));
        let Some(token) = token else { continue };
        params[token.name.as_str()] = json!("bm9ib2R5CmdhdmUgdGhpcw");
        let outcome = root.call(service, &operation.name, params);
        assert!(outcome.is_err(), "{service} {} takes it", operation.name);
        lists += 1;
    }
    assert!(lists > 40, "{lists} listings");
}
