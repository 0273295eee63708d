//! The sandbox's own calls, beside AWS's: its clock, its log, what AWS does by itself, and attachments that AWS makes by
//! calls not modelled here.
//!
//! | call | answer |
//! |---|---|
//! | `GET /_sandbox/clock` | the time in the sandbox |
//! | `POST /_sandbox/clock/advance?seconds=N` | the time after moving it on; what is due by then has happened |
//! | `GET /_sandbox/calls?since=INDEX` | the log from that entry on, and the index to ask with next; the last 100,000 calls are kept at least |
//! | `POST /_sandbox/account?id=ID&state=STATE` | nothing; a member is now in that state, as if AWS had put it there |
//! | `POST /_sandbox/region?account=ID&region=R&enabled=BOOL` | nothing; the account has opted into that Region, or out of it again |
//! | `POST /_sandbox/throttling?on=BOOL` | nothing; calls spend from token buckets from now on, or no longer |
//! | `GET /_sandbox/messages?topic=ARN` | what was published to that topic, the last hundred |
//! | `POST /_sandbox/calls/clear` | nothing; the log starts again at 0 |
//! | `POST /_sandbox/attachments/give?account=A&region=R&transit_gateway=ID&type=TYPE` | the attachment that the transit gateway is given, of type `direct-connect-gateway` or `network-function`; `&resource=ID` names what it leads to |
//! | `POST /_sandbox/attachments/take?attachment=ID` | nothing; the attachment goes, as if its service had deleted it |
//! | `POST /_sandbox/attachments/bring?attachment=ID&prefixes=RANGE,RANGE` | nothing; BGP brings these prefixes from now on |

use std::borrow::Cow;
use std::time::Duration;

use axum::body::Body;
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::response::Response;
use ipnet::IpNet;
use serde_json::{Value, json};

use super::plain;
use crate::call::{AwsError, Caller, Principal};
use crate::network::attachment::ResourceType;
use crate::network::given_attachment::{bring, give, take};
use crate::network::regions::opt;
use crate::organization::AccountState;
use crate::sandbox::Sandbox;

pub(super) const PREFIX: &str = "/_sandbox/";

/// The furthest that one call moves the clock: a year. It keeps times well within what a clock can hold.
const FURTHEST: f64 = 366.0 * 24.0 * 3600.0;

pub(super) fn answer(sandbox: &mut Sandbox, method: &Method, path: &str, query: &str) -> Response {
    let given = |name: &str| -> Option<Cow<'_, str>> {
        form_urlencoded::parse(query.as_bytes()).find(|(given, _)| given == name).map(|(_, value)| value)
    };
    match (method.as_str(), path) {
        ("GET", "clock") => document(&clock(sandbox)),
        ("POST", "clock/advance") => {
            let seconds = given("seconds").and_then(|seconds| seconds.parse::<f64>().ok());
            match seconds.filter(|seconds| (0.0..=FURTHEST).contains(seconds)) {
                Some(seconds) => {
                    sandbox.advance(Duration::from_secs_f64(seconds));
                    document(&clock(sandbox))
                }
                None => plain(StatusCode::BAD_REQUEST, "seconds= must be a number from 0 to 31622400"),
            }
        }
        ("GET", "calls") => {
            let since = given("since").map_or(Ok(0), |since| since.parse::<usize>());
            let Ok(since) = since else {
                return plain(StatusCode::BAD_REQUEST, "since= must be the index of an entry");
            };
            let (calls, next) = sandbox.log_since(since);
            document(&json!({"calls": calls, "next": next}))
        }
        ("GET", "messages") => match sandbox.world.notification.topics.get(&*given("topic").unwrap_or_default()) {
            Some(topic) => document(&json!({"messages": topic.published})),
            None => plain(StatusCode::NOT_FOUND, "topic= must be a topic's ARN"),
        },
        ("POST", "calls/clear") => {
            sandbox.clear_log();
            document(&json!({}))
        }
        ("POST", "account") => {
            let state = given("state").and_then(|state| AccountState::named(&state));
            let (Some(id), Some(state)) = (given("id"), state) else {
                return plain(StatusCode::BAD_REQUEST, "id= must be an account's, state= one of Organizations' states");
            };
            if sandbox.world.organization.put_into(&id, state) {
                document(&json!({}))
            } else {
                plain(StatusCode::NOT_FOUND, "no organization has this account")
            }
        }
        ("POST", "region") => {
            let enabled = given("enabled").and_then(|enabled| enabled.parse::<bool>().ok());
            let (Some(account), Some(region), Some(enabled)) = (given("account"), given("region"), enabled) else {
                return plain(StatusCode::BAD_REQUEST, "account= and region= must be given, enabled= true or false");
            };
            done(opt(sandbox.settled(), &account, &region, enabled).map(|()| json!({})))
        }
        ("POST", "throttling") => match given("on").as_deref() {
            Some(on @ ("true" | "false")) => {
                sandbox.world.network.throttling = on == "true";
                document(&json!({}))
            }
            Some(_) | None => plain(StatusCode::BAD_REQUEST, "on= must be true or false"),
        },
        ("POST", "attachments/give") => {
            let [Some(account), Some(region), Some(gateway), Some(kind)] =
                ["account", "region", "transit_gateway", "type"].map(given)
            else {
                return plain(StatusCode::BAD_REQUEST, "account=, region=, transit_gateway= and type= must be given");
            };
            let caller = Caller {
                account: account.into_owned(),
                region: region.into_owned(),
                principal: Principal::Root,
                request_id: String::new(),
            };
            let Ok(kind) = serde_json::from_value::<ResourceType>(json!(kind)) else {
                return plain(StatusCode::BAD_REQUEST, "type= must be direct-connect-gateway or network-function");
            };
            let id = give(sandbox.settled(), &caller, &gateway, kind, given("resource").as_deref());
            done(id.map(|id| json!({"attachment": id})))
        }
        ("POST", "attachments/take") => {
            let id = given("attachment").unwrap_or_default();
            done(take(sandbox.settled(), &id).map(|()| json!({})))
        }
        ("POST", "attachments/bring") => {
            let prefixes = given("prefixes").unwrap_or_default();
            let prefixes = prefixes.split(',').filter(|text| !text.is_empty()).map(str::parse);
            let Ok(prefixes) = prefixes.collect::<Result<Vec<IpNet>, _>>() else {
                return plain(StatusCode::BAD_REQUEST, "prefixes= must be ranges with commas between them");
            };
            let id = given("attachment").unwrap_or_default();
            done(bring(sandbox.settled(), &id, &prefixes).map(|()| json!({})))
        }
        (
            _,
            "account" | "clock" | "clock/advance" | "calls" | "calls/clear" | "messages" | "region" | "throttling"
            | "attachments/give" | "attachments/take" | "attachments/bring",
        ) => plain(StatusCode::METHOD_NOT_ALLOWED, "this is not how it is asked"),
        (_, _) => plain(
            StatusCode::NOT_FOUND,
            "known are account, clock, clock/advance, calls, calls/clear, messages, region, throttling, attachments/give, \
             attachments/take, attachments/bring",
        ),
    }
}

fn clock(sandbox: &Sandbox) -> Value {
    json!({"now": sandbox.now()})
}

/// Answers what came of a change: its document, or AWS's code and message in words.
fn done(outcome: Result<Value, AwsError>) -> Response {
    match outcome {
        Ok(value) => document(&value),
        Err(error) => plain(StatusCode::BAD_REQUEST, &error.to_string()),
    }
}

fn document(value: &Value) -> Response {
    let mut response = Response::new(Body::from(format!("{value}\n")));
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}
