//! Request throttling beside EC2's own: Organizations, STS, IAM and RAM.
//!
//! Organizations counts each action twice, for the calling account and for the whole organization ("Quotas for AWS
//! Organizations"). STS counts some actions together, 600 a second for the calling account in each Region ("IAM and AWS
//! STS quotas"). IAM and RAM publish nothing: theirs are guesses that can be changed. Buckets start full; a call that
//! finds no token is refused, and by default spends nothing. All of it is on when EC2's is
//! ([`crate::network::Network::throttling`]).

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::call::{AwsError, Call, Caller, Service};
use crate::network;
use crate::network::throttling::Size;
use crate::world::World;

/// All buckets that have been drawn from, by service, who is counted, Region, and what is counted.
#[derive(Clone, Debug)]
pub struct Throttling {
    buckets: BTreeMap<(Service, String, String, String), Bucket>,
    /// For each action of IAM, account by account.
    pub iam: Size,
    /// For each of RAM's writes, account by account and in each Region.
    pub ram: Size,
}

impl Default for Throttling {
    fn default() -> Self {
        Self {
            buckets: BTreeMap::new(),
            iam: Size { most: 100.0, per_second: 20.0 },
            ram: Size { most: 50.0, per_second: 5.0 },
        }
    }
}

#[derive(Clone, Debug)]
struct Bucket {
    tokens: f64,
    at: Timestamp,
}

/// STS's actions that are counted together.
const STS_TOGETHER: [&str; 6] = [
    "AssumeRole",
    "DecodeAuthorizationMessage",
    "GetAccessKeyInfo",
    "GetCallerIdentity",
    "GetFederationToken",
    "GetSessionToken",
];

/// RAM's actions whose model has a `ThrottlingException`.
const RAM_WRITES: [&str; 4] =
    ["AssociateResourceShare", "CreateResourceShare", "DeleteResourceShare", "DisassociateResourceShare"];

/// Returns the sizes of an Organizations action: for the calling account, and for the organization. What the quota page
/// does not list is not counted.
pub fn organizations(action: &str) -> (Option<Size>, Option<Size>) {
    let size = |per_second, most| Some(Size { most, per_second });
    match action {
        "ListAccounts" => (size(8.0, 12.0), size(9.0, 15.0)),
        "DescribeAccount" => (size(20.0, 30.0), size(24.0, 36.0)),
        "ListChildren" => (size(6.0, 10.0), size(7.0, 12.0)),
        "ListParents"
        | "ListAccountsForParent"
        | "ListOrganizationalUnitsForParent"
        | "ListDelegatedAdministrators" => (size(5.0, 8.0), size(6.0, 10.0)),
        "ListTagsForResource" => (size(10.0, 15.0), size(12.0, 18.0)),
        "ListRoots" => (size(1.0, 2.0), size(1.0, 3.0)),
        "ListAWSServiceAccessForOrganization" | "ListDelegatedServicesForAccount" => (size(1.0, 3.0), size(1.0, 4.0)),
        "DescribeOrganizationalUnit" => (size(2.0, 2.0), size(2.0, 3.0)),
        "DescribeOrganization"
        | "CreateOrganizationalUnit"
        | "EnableAWSServiceAccess"
        | "DisableAWSServiceAccess"
        | "RegisterDelegatedAdministrator"
        | "DeregisterDelegatedAdministrator" => (size(1.0, 2.0), None),
        "TagResource" | "UntagResource" => (size(4.0, 6.0), None),
        _ => (None, None),
    }
}

/// Takes a token for a call, if throttling is on.
///
/// # Errors
/// Each service's own: `RequestLimitExceeded` 503 of EC2, `TooManyRequestsException` 400 of Organizations, `Throttling` 400 of STS and IAM,
/// `ThrottlingException` 429 of RAM.
pub fn admit(world: &mut World, caller: &Caller, call: &Call) -> Result<(), AwsError> {
    if call.service == Service::Ec2 {
        return network::throttling::admit(world, caller, &call.action);
    }
    if !world.network.throttling {
        return Ok(());
    }
    let action = call.action.as_str();
    let counted = |who: &str, region: &str, what: &str, size: Size| {
        ((call.service, who.to_owned(), region.to_owned(), what.to_owned()), size)
    };
    let account = caller.account.as_str();
    let drawn = match call.service {
        // EC2 counts for itself.
        Service::Ec2 => Vec::new(),
        Service::Sts if STS_TOGETHER.contains(&action) => {
            vec![counted(account, &caller.region, "together", Size { most: 600.0, per_second: 600.0 })]
        }
        Service::Sts => Vec::new(),
        Service::Iam => vec![counted(account, "", action, world.throttling.iam)],
        Service::Ram if RAM_WRITES.contains(&action) => {
            vec![counted(account, &caller.region, action, world.throttling.ram)]
        }
        // SNS takes messages by the thousand.
        Service::Ram | Service::Sns => Vec::new(),
        Service::Organizations => {
            let (own, whole) = organizations(action);
            let organization = world.organization.organization_of(account);
            let whole = whole.zip(organization);
            let own = own.map(|size| counted(account, "", action, size));
            own.into_iter().chain(whole.map(|(size, id)| counted(&id, "", action, size))).collect()
        }
    };
    if take(world, drawn) { Ok(()) } else { Err(refusal(call.service)) }
}

/// Takes a token from each bucket, or from none when one of them is empty.
fn take(world: &mut World, drawn: Vec<((Service, String, String, String), Size)>) -> bool {
    let now = world.now;
    let buckets = &mut world.throttling.buckets;
    let mut full = true;
    for (key, size) in &drawn {
        let bucket = buckets.entry(key.clone()).or_insert(Bucket { tokens: size.most, at: now });
        let passed = now.duration_since(bucket.at).as_secs_f64();
        bucket.tokens = (bucket.tokens + passed * size.per_second).min(size.most);
        bucket.at = now;
        full &= bucket.tokens >= 1.0;
    }
    if full || world.network.switches.throttled_calls_spend {
        for (key, _) in &drawn {
            if let Some(bucket) = buckets.get_mut(key) {
                bucket.tokens = (bucket.tokens - 1.0).max(0.0);
            }
        }
    }
    full
}

fn refusal(service: Service) -> AwsError {
    match service {
        Service::Ec2 => AwsError::new("RequestLimitExceeded", "Request limit exceeded.").with_status(503),
        Service::Iam | Service::Sts => AwsError::new("Throttling", "Rate exceeded"),
        Service::Organizations => AwsError::new(
            "TooManyRequestsException",
            "AWS Organizations can't complete your request right now: rate exceeded.",
        ),
        Service::Ram => AwsError::new("ThrottlingException", "Rate exceeded").with_status(429),
        Service::Sns => AwsError::new("Throttled", "Rate exceeded").with_status(429),
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use serde_json::{Value, json};

    use super::*;
    use crate::sandbox::{Sandbox, Settings};

    const MANAGEMENT: &str = "111111111111";

    fn sandbox() -> Sandbox {
        let mut sandbox = Sandbox::new(Settings::default());
        ask(&mut sandbox, MANAGEMENT, Service::Organizations, "CreateOrganization", json!({})).unwrap();
        sandbox.world.network.throttling = true;
        sandbox
    }

    fn ask(
        sandbox: &mut Sandbox,
        account: &str,
        service: Service,
        action: &str,
        params: Value,
    ) -> Result<Value, AwsError> {
        sandbox.call(&Call {
            access_key_id: account.to_owned(),
            session_token: None,
            region: "us-east-1".to_owned(),
            service,
            action: action.to_owned(),
            params,
        })
    }

    #[test]
    fn an_account_may_list_accounts_twelve_times_at_once_and_eight_times_a_second() {
        let mut sandbox = sandbox();
        let list = |sandbox: &mut Sandbox| ask(sandbox, MANAGEMENT, Service::Organizations, "ListAccounts", json!({}));
        for _ in 0..12 {
            list(&mut sandbox).unwrap();
        }
        let error = list(&mut sandbox).unwrap_err();
        assert_eq!((error.code.as_str(), error.status), ("TooManyRequestsException", 400));
        ask(
            &mut sandbox,
            MANAGEMENT,
            Service::Organizations,
            "ListChildren",
            json!({"ParentId": "r-0000", "ChildType": "ACCOUNT"}),
        )
        .expect_err("no such root, but not throttled");
        sandbox.advance(Duration::from_secs(1));
        for _ in 0..8 {
            list(&mut sandbox).unwrap();
        }
        list(&mut sandbox).unwrap_err();
    }

    #[test]
    fn the_organization_has_a_bucket_over_all_of_its_accounts() {
        let mut sandbox = sandbox();
        sandbox.world.network.throttling = false;
        let asked = json!({"AccountName": "a", "Email": "a@example.com"});
        ask(&mut sandbox, MANAGEMENT, Service::Organizations, "CreateAccount", asked).unwrap();
        sandbox.advance(Duration::from_secs(600));
        let accounts = ask(&mut sandbox, MANAGEMENT, Service::Organizations, "ListAccounts", json!({})).unwrap();
        let other = accounts["Accounts"].as_array().unwrap().iter().find(|it| it["Id"] != MANAGEMENT).unwrap();
        let other = other["Id"].as_str().unwrap().to_owned();
        let service = json!({"ServicePrincipal": "ram.amazonaws.com"});
        ask(&mut sandbox, MANAGEMENT, Service::Organizations, "EnableAWSServiceAccess", service).unwrap();
        let asked = json!({"ServicePrincipal": "ram.amazonaws.com", "AccountId": other});
        ask(&mut sandbox, MANAGEMENT, Service::Organizations, "RegisterDelegatedAdministrator", asked).unwrap();
        sandbox.world.network.throttling = true;
        let mut given = 0;
        for account in [MANAGEMENT, &other] {
            while ask(&mut sandbox, account, Service::Organizations, "ListAccounts", json!({})).is_ok() {
                given += 1;
            }
        }
        assert_eq!(given, 15, "twelve for one account, and what the organization has left for the other");
    }

    #[test]
    fn sts_counts_its_actions_together_and_the_region_apart() {
        let mut sandbox = sandbox();
        for _ in 0..600 {
            ask(&mut sandbox, MANAGEMENT, Service::Sts, "GetCallerIdentity", json!({})).unwrap();
        }
        let role = json!({"RoleArn": "arn:aws:iam::222222222222:role/any", "RoleSessionName": "any"});
        let error = ask(&mut sandbox, MANAGEMENT, Service::Sts, "AssumeRole", role).unwrap_err();
        assert_eq!((error.code.as_str(), error.status, error.message.as_str()), ("Throttling", 400, "Rate exceeded"));
        ask(&mut sandbox, "222222222222", Service::Sts, "GetCallerIdentity", json!({})).unwrap();
    }

    #[test]
    fn iam_and_ram_are_throttled_by_guesses_that_can_be_changed() {
        let mut sandbox = sandbox();
        let one = Size { most: 1.0, per_second: 1.0 };
        (sandbox.world.throttling.iam, sandbox.world.throttling.ram) = (one, one);
        ask(&mut sandbox, MANAGEMENT, Service::Iam, "ListRoles", json!({})).unwrap();
        let error = ask(&mut sandbox, MANAGEMENT, Service::Iam, "ListRoles", json!({})).unwrap_err();
        assert_eq!((error.code.as_str(), error.status), ("Throttling", 400));
        ask(&mut sandbox, MANAGEMENT, Service::Ram, "CreateResourceShare", json!({"name": "a"})).unwrap();
        let error =
            ask(&mut sandbox, MANAGEMENT, Service::Ram, "CreateResourceShare", json!({"name": "b"})).unwrap_err();
        assert_eq!((error.code.as_str(), error.status), ("ThrottlingException", 429));
    }
}
