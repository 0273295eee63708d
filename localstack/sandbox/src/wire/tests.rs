//! The codecs, byte by byte, without a server.

mod round_trips;

use axum::http::{Method, Request as HttpRequest};
use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::sandbox::Settings;

const SIGNED: &str = "AWS4-HMAC-SHA256 Credential=111111111111/20260101/eu-west-1/SERVICE/aws4_request, \
                      SignedHeaders=host;x-amz-date, Signature=0";

struct Heard {
    status: u16,
    headers: HeaderMap,
    body: String,
}

impl Heard {
    fn json(&self) -> Value {
        serde_json::from_str(&self.body).unwrap()
    }
}

fn hear(response: Response) -> Heard {
    let (parts, body) = response.into_parts();
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let body = runtime.block_on(axum::body::to_bytes(body, usize::MAX)).unwrap();
    Heard {
        status: parts.status.as_u16(),
        headers: parts.headers,
        body: String::from_utf8(body.to_vec()).expect("answers are text"),
    }
}

fn send(method: &str, uri: &str, headers: &[(&str, &str)], body: &[u8]) -> Heard {
    let mut request = HttpRequest::builder().method(method).uri(uri);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let (parts, ()) = request.body(()).unwrap().into_parts();
    let sandbox = Mutex::new(Sandbox::new(Settings::default()));
    hear(answer_aws(sandbox.lock().unwrap(), &parts, &Bytes::copy_from_slice(body)).map(Body::from))
}

fn signed(service: Service) -> String {
    SIGNED.replace("SERVICE", service.name())
}

fn post(service: Service, body: &str) -> Heard {
    send("POST", "/", &[("authorization", &signed(service))], body.as_bytes())
}

fn organizations(target: &str, body: &str) -> Heard {
    let headers = [("authorization", signed(Service::Organizations)), ("x-amz-target", target.to_owned())];
    let headers: Vec<(&str, &str)> = headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
    send("POST", "/", &headers, body.as_bytes())
}

fn ram(method: &str, uri: &str, body: &str) -> Heard {
    send(method, uri, &[("authorization", &signed(Service::Ram))], body.as_bytes())
}

#[test]
fn an_sts_answer_has_the_query_protocols_form() {
    let heard = post(Service::Sts, "Action=GetCallerIdentity&Version=2011-06-15");
    assert_eq!(heard.status, 200);
    let id = heard.headers["x-amzn-requestid"].to_str().unwrap();
    assert_eq!(
        heard.body,
        format!(
            "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
             <GetCallerIdentityResponse xmlns=\"https://sts.amazonaws.com/doc/2011-06-15/\"><GetCallerIdentityResult>\
             <Account>111111111111</Account><Arn>arn:aws:iam::111111111111:root</Arn><UserId>111111111111</UserId>\
             </GetCallerIdentityResult><ResponseMetadata><RequestId>{id}</RequestId></ResponseMetadata>\
             </GetCallerIdentityResponse>"
        )
    );
}

#[test]
fn an_unsigned_request_is_refused_in_the_form_that_its_sender_reads() {
    let query = send("POST", "/", &[], b"Action=DescribeVpcs");
    assert_eq!(query.status, 403);
    assert!(query.body.contains("<Code>MissingAuthenticationToken</Code>"), "{}", query.body);
    let json = send("POST", "/", &[("x-amz-target", "AWSOrganizationsV20161128.ListRoots")], b"{}");
    assert_eq!((json.status, &json.json()["__type"]), (403, &json!("MissingAuthenticationToken")));
    let rest = send("POST", "/getresourceshares", &[], b"{}");
    assert_eq!(rest.headers["x-amzn-errortype"], "MissingAuthenticationToken");
}

#[test]
fn a_signature_that_cannot_be_read_is_refused() {
    for authorization in [
        "Basic dXNlcjpwYXNz",
        "AWS4-HMAC-SHA256",
        "AWS4-HMAC-SHA256 Credential=",
        "AWS4-HMAC-SHA256 Credential=1/2/3/ec2",
        "AWS4-HMAC-SHA256 Credential=1/2/3/ec2/other_request",
        "AWS4-HMAC-SHA256 Credential=1/2//ec2/aws4_request",
    ] {
        let heard = send("POST", "/", &[("authorization", authorization)], b"");
        assert!(heard.body.contains("IncompleteSignature"), "{authorization}: {}", heard.body);
    }
}

#[test]
fn the_credential_scope_says_key_region_and_service() {
    let mut headers = HeaderMap::new();
    headers.insert("authorization", signed(Service::Ram).parse().unwrap());
    headers.insert("x-amz-security-token", "token".parse().unwrap());
    let signed = credentials::read(&headers).unwrap();
    assert_eq!(signed.access_key_id, "111111111111");
    assert_eq!((signed.region.as_str(), signed.service), ("eu-west-1", Service::Ram));
    assert_eq!(signed.session_token.as_deref(), Some("token"));
}

#[test]
fn errors_have_each_protocols_form() {
    let ec2 = post(Service::Ec2, "Action=MakeCoffee&Version=2016-11-15");
    assert!(ec2.body.contains("<Response><Errors><Error><Code>InvalidAction</Code><Message>"), "{}", ec2.body);
    assert!(ec2.body.contains("</Error></Errors><RequestID>"), "{}", ec2.body);
    let iam = post(Service::Iam, "Action=GetRole&Version=2010-05-08&RoleName=missing");
    assert_eq!(iam.status, 404);
    assert!(iam.body.contains("<ErrorResponse><Error><Type>Sender</Type><Code>NoSuchEntity</Code>"), "{}", iam.body);
    let json = organizations("AWSOrganizationsV20161128.ListRoots", "{}");
    assert_eq!((json.status, &json.json()["__type"]), (400, &json!("AWSOrganizationsNotInUseException")));
    let rest = ram("POST", "/getresourceshares", r#"{"resourceOwner": "NOBODY"}"#);
    assert_eq!(rest.headers["x-amzn-errortype"], "InvalidParameterException");
    assert!(rest.json()["message"].is_string());
}

#[test]
fn malformed_forms_are_refused() {
    let code = |body: &str| {
        let heard = post(Service::Ec2, &format!("Version=2016-11-15&Action=DescribeVpcs&{body}"));
        assert_eq!(heard.status, 400, "{body}: {}", heard.body);
        let (_, rest) = heard.body.split_once("<Code>").unwrap();
        rest.split_once("</Code>").unwrap().0.to_owned()
    };
    assert_eq!(code("VpcId.1=a&VpcId.1=b"), "MalformedQueryString");
    assert_eq!(code("VpcId.1=a&VpcId.3=b"), "MalformedQueryString");
    assert_eq!(code("VpcId.0=a"), "MalformedQueryString");
    assert_eq!(code("VpcId..1=a"), "MalformedQueryString");
    assert_eq!(code("VpcId.1=%FF%FE"), "MalformedQueryString");
    assert_eq!(code(&format!("Filter.1.{}=x", vec!["a"; 200].join("."))), "MalformedQueryString");
    assert_eq!(code("VpcId.01=a"), "UnknownParameter");
    assert_eq!(code("VpcId.1.2=a"), "UnknownParameter");
    assert_eq!(code("VpcIds.1=a"), "UnknownParameter");
    assert_eq!(code("Filter.1.Colour=a"), "UnknownParameter");
    assert_eq!(code("VpcId=a"), "InvalidParameterValue");
    assert_eq!(code("Filter.1=a"), "InvalidParameterValue");
    assert_eq!(code("MaxResults=many"), "InvalidParameterValue");
    assert_eq!(code("MaxResults=99999999999999999999"), "InvalidParameterValue");
    assert_eq!(code("DryRun=perhaps"), "InvalidParameterValue");
    let many: String = (1..=10_001).map(|number| format!("VpcId.{number}=a&")).collect();
    assert_eq!(code(&many), "MalformedQueryString");
}

#[test]
fn action_and_version_must_be_known() {
    assert!(post(Service::Ec2, "").body.contains("MissingAction"));
    assert!(post(Service::Ec2, "Action=DescribeVpcs").body.contains("NoSuchVersion"));
    assert!(post(Service::Ec2, "Action=DescribeVpcs&Version=2010-01-01").body.contains("NoSuchVersion"));
}

#[test]
fn parameters_may_stand_in_the_address() {
    let uri = "/?Action=GetCallerIdentity&Version=2011-06-15";
    let heard = send("GET", uri, &[("authorization", &signed(Service::Sts))], b"");
    assert_eq!(heard.status, 200, "{}", heard.body);
}

#[test]
fn malformed_documents_are_refused() {
    let list = "AWSOrganizationsV20161128.ListAccounts";
    let code = |target: &str, body: &str| {
        let heard = organizations(target, body);
        assert_eq!(heard.status, 400, "{}", heard.body);
        heard.json()["__type"].as_str().unwrap().to_owned()
    };
    assert_eq!(code(list, "{"), "SerializationException");
    assert_eq!(code(list, "[]"), "SerializationException");
    assert_eq!(code(list, &"[".repeat(100_000)), "SerializationException");
    assert_eq!(code(list, r#"{"MaxResults": "5"}"#), "SerializationException");
    assert_eq!(code(list, r#"{"Max": 5}"#), "ValidationException");
    assert_eq!(code("", "{}"), "UnknownOperationException");
    assert_eq!(code("AWSOrganizationsV20161128ListAccounts", "{}"), "UnknownOperationException");
}

#[test]
fn rest_members_stand_where_the_model_has_them() {
    let code = |method: &str, uri: &str, body: &str| {
        let heard = ram(method, uri, body);
        (heard.status, heard.headers["x-amzn-errortype"].to_str().unwrap().to_owned())
    };
    let missing = "InvalidParameterException".to_owned();
    assert_eq!(code("DELETE", "/deleteresourceshare", ""), (400, missing));
    let unknown = (400, "ValidationException".to_owned());
    assert_eq!(code("DELETE", "/deleteresourceshare", r#"{"resourceShareArn": "arn"}"#), unknown);
    assert_eq!(code("POST", "/getresourceshares?resourceOwner=SELF", ""), unknown);
    assert_eq!(
        code("DELETE", "/deleteresourceshare?resourceShareArn=a&resourceShareArn=b", "").1,
        "SerializationException"
    );
    assert_eq!(code("GET", "/deleteresourceshare", ""), (404, "UnknownOperationException".to_owned()));
}

#[test]
fn a_request_that_cannot_be_read_is_in_the_log() {
    let request = HttpRequest::builder().method("POST").uri("/").header("authorization", signed(Service::Ec2));
    let (parts, ()) = request.body(()).unwrap().into_parts();
    let sandbox = Mutex::new(Sandbox::new(Settings::default()));
    let body = Bytes::from_static(b"Action=DescribeVpcs&Version=2016-11-15&Colour=red");
    answer_aws(sandbox.lock().unwrap(), &parts, &body);
    let sandbox = sandbox.lock().unwrap();
    let entry = &sandbox.log()[0];
    assert_eq!((entry.action.as_str(), entry.outcome.as_str()), ("DescribeVpcs", "UnknownParameter"));
}

#[test]
fn the_clock_moves_only_when_told() {
    let mut sandbox = Sandbox::new(Settings::default());
    let mut ask = |method: Method, path: &str, query: &str| hear(admin::answer(&mut sandbox, &method, path, query));
    assert_eq!(ask(Method::GET, "clock", "").json()["now"], "2026-01-01T00:00:00Z");
    assert_eq!(ask(Method::POST, "clock/advance", "seconds=90.5").json()["now"], "2026-01-01T00:01:30.5Z");
    for query in ["", "seconds=soon", "seconds=-1", "seconds=NaN", "seconds=1e300"] {
        assert_eq!(ask(Method::POST, "clock/advance", query).status, 400, "{query}");
    }
    assert_eq!(ask(Method::GET, "clock/advance", "seconds=1").status, 405);
    assert_eq!(ask(Method::GET, "nothing", "").status, 404);
}

#[test]
fn the_log_is_read_from_an_index_on_and_can_be_cleared() {
    let mut sandbox = Sandbox::new(Settings::default());
    for _ in 0..3 {
        let error = AwsError::new("Nothing", "");
        let call = Call {
            access_key_id: String::new(),
            session_token: None,
            region: String::new(),
            service: Service::Ec2,
            action: "DescribeVpcs".to_owned(),
            params: Value::Null,
        };
        sandbox.unread(&call, error);
    }
    let mut ask = |method: Method, path: &str, query: &str| hear(admin::answer(&mut sandbox, &method, path, query));
    let log = ask(Method::GET, "calls", "since=2").json();
    assert_eq!((log["calls"].as_array().unwrap().len(), &log["next"]), (1, &json!(3)));
    assert_eq!(ask(Method::GET, "calls", "since=99").json()["calls"], json!([]));
    assert_eq!(ask(Method::GET, "calls", "since=x").status, 400);
    ask(Method::POST, "calls/clear", "");
    assert_eq!(ask(Method::GET, "calls", "").json()["next"], 0);
}

proptest! {
    #[test]
    fn no_bytes_make_it_panic(body in proptest::collection::vec(any::<u8>(), 0..300), which in 0..Service::ALL.len()) {
        let service = Service::ALL[which];
        let target = "AWSOrganizationsV20161128.CreateAccount";
        let headers = [("authorization", signed(service)), ("x-amz-target", target.to_owned())];
        let headers: Vec<(&str, &str)> = headers.iter().map(|(name, value)| (*name, value.as_str())).collect();
        let heard = send("POST", "/", &headers, &body);
        prop_assert!((400..500).contains(&heard.status), "{}", heard.status);
    }

    #[test]
    fn no_parameters_make_it_panic(
        parameters in proptest::collection::vec(
            ("(Filter|VpcId|TagSpecification|DryRun|MaxResults)?(\\.(1|2|7|Name|Value|Tag|Key|member)){0,5}", ".{0,8}"),
            0..8,
        ),
    ) {
        let mut body = form_urlencoded::Serializer::new("Action=CreateVpc&Version=2016-11-15&".to_owned());
        let body = body.extend_pairs(parameters).finish();
        // None of these is a whole request: a VPC needs a CIDR.
        let heard = post(Service::Ec2, &body);
        prop_assert!((400..600).contains(&heard.status), "{}", heard.status);
    }

    #[test]
    fn no_authorization_makes_it_panic(text in "(AWS4-HMAC-SHA256 ?)?(Credential=)?[ -~]{0,60}") {
        let heard = send("POST", "/", &[("authorization", &text)], b"");
        prop_assert!(heard.status >= 400);
    }
}
