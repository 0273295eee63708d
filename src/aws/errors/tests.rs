//! Real calls of the SDK against a server on loopback that misbehaves in one way each.

use std::io::{Read as _, Write as _};
use std::net::{Shutdown, TcpListener, TcpStream};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::Duration;

use aws_config::timeout::TimeoutConfig;
use aws_config::{BehaviorVersion, SdkConfig};
use aws_credential_types::Credentials as Keys;
use aws_credential_types::provider::error::CredentialsError;
use aws_credential_types::provider::{ProvideCredentials, SharedCredentialsProvider, future};

use super::super::door::AwsDoor;
use crate::api::{ApiError, Credentials, Read, ReadCall, Ref, Sending, Session, Write, WriteCall};
use crate::model::Scope;

/// Long enough for loopback, short enough for a test of what never comes.
const PATIENCE: Duration = Duration::from_millis(700);

/// A server that reads each request whole and then does `answer` to its connection.
struct Server {
    address: String,
    requests: Receiver<String>,
}

impl Server {
    fn start(answer: impl Fn(&mut TcpStream) + Send + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap().to_string();
        let (sender, requests) = channel();
        thread::spawn(move || {
            for stream in listener.incoming() {
                let mut stream = stream.unwrap();
                let request = request(&mut stream);
                answer(&mut stream);
                if sender.send(request).is_err() {
                    break;
                }
            }
        });
        Self { address, requests }
    }

    fn answering(status: &'static str, kind: &'static str, body: &'static str) -> Self {
        Self::start(move |stream| {
            let head = format!(
                "HTTP/1.1 {status}\r\ncontent-type: {kind}\r\nx-amzn-requestid: request-7\r\ncontent-length: {}\r\nconnection: close\r\n\r\n",
                body.len()
            );
            stream.write_all(head.as_bytes()).unwrap();
            stream.write_all(body.as_bytes()).unwrap();
        })
    }

    fn url(&self) -> String {
        format!("http://{}", self.address)
    }
}

/// Reads one request: head and, by its content-length, body. What is no HTTP is read once.
fn request(stream: &mut TcpStream) -> String {
    let mut bytes = Vec::new();
    let mut buffer = [0; 4096];
    loop {
        let read = stream.read(&mut buffer).unwrap_or(0);
        bytes.extend_from_slice(&buffer[..read]);
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let whole = text.split_once("\r\n\r\n").is_some_and(|(head, body)| body.len() >= content_length(head));
        if read == 0 || whole || !text.starts_with("POST") {
            return text;
        }
    }
}

fn content_length(head: &str) -> usize {
    let mut lines = head.lines().filter_map(|line| line.split_once(": "));
    lines.find(|(name, _)| name.eq_ignore_ascii_case("content-length")).map_or(0, |(_, value)| value.parse().unwrap())
}

fn settings(url: &str, keys: impl ProvideCredentials + 'static) -> SdkConfig {
    SdkConfig::builder()
        .behavior_version(BehaviorVersion::v2026_01_12())
        .endpoint_url(url)
        .credentials_provider(SharedCredentialsProvider::new(keys))
        .build()
}

fn door_with(url: &str, keys: impl ProvideCredentials + 'static) -> AwsDoor {
    let limits = TimeoutConfig::builder().connect_timeout(PATIENCE).operation_timeout(PATIENCE).build();
    AwsDoor::with_limits(&settings(url, keys), limits)
}

fn door(url: &str) -> AwsDoor {
    door_with(url, Keys::new("AKIAAMBIENT", "planted-secret", None, None, "test"))
}

fn session(credentials: Credentials) -> Session {
    let scope = Scope { account: "111111111111".parse().unwrap(), region: "eu-west-1".parse().unwrap() };
    Session { scope, credentials }
}

async fn read(door: &AwsDoor) -> ApiError {
    door.page(&session(Credentials::Ambient), &ReadCall::DescribeVpcs, None).await.unwrap_err()
}

async fn write(door: &AwsDoor) -> ApiError {
    let call = WriteCall::CreateTransitGatewayRouteTable {
        gateway: Ref::Known("tgw-0123456789abcdef0".parse().unwrap()),
        tags: Default::default(),
    };
    door.send(&session(Credentials::Ambient), &call).await.unwrap_err()
}

/// Returns the address of a port of loopback on which nobody listens.
fn nobody() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    format!("http://{}", listener.local_addr().unwrap())
}

#[tokio::test]
async fn a_refused_connection_has_not_been_sent() {
    let error = write(&door(&nobody())).await;
    assert_eq!((error.sending, error.code.as_str()), (Sending::NotSent, ApiError::NOT_SENT), "{error}");
    assert!(error.message.contains("refused"), "{error}");
}

#[tokio::test]
async fn a_server_that_speaks_no_tls_has_not_been_sent_anything() {
    let server = Server::start(|stream| stream.shutdown(Shutdown::Both).unwrap());
    let error = write(&door(&format!("https://{}", server.address))).await;
    assert_eq!(error.sending, Sending::NotSent, "{error}");
}

#[tokio::test]
async fn a_connection_that_closes_after_the_request_leaves_it_unanswered() {
    let server = Server::start(|stream| stream.shutdown(Shutdown::Both).unwrap());
    let error = write(&door(&server.url())).await;
    assert_eq!((error.sending, error.code.as_str()), (Sending::Unanswered, ApiError::NO_ANSWER), "{error}");
}

#[tokio::test]
async fn an_answer_that_never_comes_leaves_the_request_unanswered() {
    let server = Server::start(|_| thread::sleep(PATIENCE * 3));
    let error = write(&door(&server.url())).await;
    assert_eq!((error.sending, error.status), (Sending::Unanswered, None), "{error}");
}

#[tokio::test]
async fn an_answer_that_breaks_off_leaves_the_request_unanswered() {
    let server = Server::start(|stream| {
        stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 900\r\n\r\n<CreateTransit").unwrap();
        stream.shutdown(Shutdown::Both).unwrap();
    });
    let error = write(&door(&server.url())).await;
    assert_eq!(error.sending, Sending::Unanswered, "{error}");
}

#[tokio::test]
async fn success_with_a_body_that_is_no_answer_leaves_the_request_unanswered() {
    let server = Server::answering("200 OK", "text/html", "<html><p>Please log in to this network</html>");
    let error = write(&door(&server.url())).await;
    assert_eq!((error.sending, error.status), (Sending::Unanswered, Some(200)), "{error}");
}

#[tokio::test]
async fn a_gateways_own_error_page_is_no_answer_of_aws() {
    let server = Server::answering("502 Bad Gateway", "text/html", "<html>upstream</html>");
    let error = write(&door(&server.url())).await;
    assert_eq!((error.sending, error.status), (Sending::Unanswered, Some(502)), "{error}");
}

#[tokio::test]
async fn an_error_of_ec2_keeps_code_status_message_and_request_id() {
    let body = "<?xml version=\"1.0\"?><Response><Errors><Error><Code>IncorrectState</Code>\
        <Message>tgw-1 is in invalid state</Message></Error></Errors><RequestID>request-7</RequestID></Response>";
    let error = write(&door(&Server::answering("400 Bad Request", "text/xml", body).url())).await;
    let expected = ApiError {
        code: "IncorrectState".into(),
        status: Some(400),
        message: "tgw-1 is in invalid state".into(),
        request_id: Some("request-7".into()),
        sending: Sending::Answered,
    };
    assert_eq!(error, expected);
}

#[tokio::test]
async fn an_error_of_organizations_keeps_its_code() {
    let body = r#"{"__type":"AWSOrganizationsNotInUseException","Message":"Your account is not a member."}"#;
    let server = Server::answering("400 Bad Request", "application/x-amz-json-1.1", body);
    let error =
        door(&server.url()).page(&session(Credentials::Ambient), &ReadCall::ListAccounts, None).await.unwrap_err();
    assert_eq!((error.sending, error.code.as_str()), (Sending::Answered, "AWSOrganizationsNotInUseException"));
    assert_eq!((error.status, error.request_id.as_deref()), (Some(400), Some("request-7")));
}

#[tokio::test]
async fn errors_of_iam_and_ram_keep_their_codes() {
    let body = "<ErrorResponse><Error><Type>Sender</Type><Code>NoSuchEntity</Code><Message>no such role</Message></Error>\
        <RequestId>request-7</RequestId></ErrorResponse>";
    let server = Server::answering("404 Not Found", "text/xml", body);
    let call = ReadCall::GetRole { role: "transitd-member".parse().unwrap() };
    let error = door(&server.url()).page(&session(Credentials::Ambient), &call, None).await.unwrap_err();
    assert_eq!((error.sending, error.code.as_str(), error.status), (Sending::Answered, "NoSuchEntity", Some(404)));
    let body = r#"{"__type":"UnknownResourceException","message":"no such share"}"#;
    let server = Server::answering("400 Bad Request", "application/json", body);
    let call = WriteCall::DeleteResourceShare { share: "arn:aws:ram:eu-west-1:111111111111:resource-share/1".into() };
    let error = door(&server.url()).send(&session(Credentials::Ambient), &call).await.unwrap_err();
    let said = (error.code.as_str(), error.message.as_str(), error.request_id.as_deref());
    assert_eq!(said, ("UnknownResourceException", "no such share", Some("request-7")));
    assert_eq!(error.sending, Sending::Answered);
}

#[tokio::test]
async fn a_share_whose_making_was_not_answered_is_asked_for_once_and_without_a_token() {
    let server = Server::start(|stream| stream.shutdown(Shutdown::Both).unwrap());
    let call = WriteCall::CreateResourceShare {
        name: "hub".into(),
        gateway: Ref::Known("tgw-1".parse().unwrap()),
        allow_external: false,
        tags: Default::default(),
    };
    let error = door(&server.url()).send(&session(Credentials::Ambient), &call).await.unwrap_err();
    assert_eq!(error.sending, Sending::Unanswered, "{error}");
    let request = server.requests.recv().unwrap();
    assert!(request.contains("arn:aws:ec2:eu-west-1:111111111111:transit-gateway/tgw-1"), "{request}");
    assert!(!request.contains("clientToken"), "{request}");
    assert!(server.requests.recv_timeout(PATIENCE).is_err(), "a second request");
}

#[tokio::test]
async fn a_share_that_says_it_was_not_deleted_is_not_believed_to_be() {
    let server = Server::answering("200 OK", "application/json", r#"{"returnValue":false}"#);
    let call = WriteCall::DeleteResourceShare { share: "arn:aws:ram:eu-west-1:111111111111:resource-share/1".into() };
    let error = door(&server.url()).send(&session(Credentials::Ambient), &call).await.unwrap_err();
    assert_eq!(error.code, ApiError::STRANGE, "{error}");
}

#[tokio::test]
async fn a_throttled_call_is_an_answer_and_is_not_sent_again() {
    let body = "<Response><Errors><Error><Code>RequestLimitExceeded</Code><Message>Request limit exceeded.</Message>\
        </Error></Errors><RequestID>r</RequestID></Response>";
    let server = Server::answering("503 Service Unavailable", "text/xml", body);
    let error = read(&door(&server.url())).await;
    assert_eq!((error.code.as_str(), error.status), ("RequestLimitExceeded", Some(503)));
    assert_eq!(error.sending, Sending::Answered);
    assert!(server.requests.recv().is_ok());
    assert!(server.requests.recv_timeout(PATIENCE).is_err(), "a second request");
}

#[derive(Debug)]
struct NoKeys;

impl ProvideCredentials for NoKeys {
    fn provide_credentials<'a>(&'a self) -> future::ProvideCredentials<'a>
    where
        Self: 'a,
    {
        future::ProvideCredentials::ready(Err(CredentialsError::not_loaded("no keys anywhere")))
    }
}

#[tokio::test]
async fn a_call_without_keys_has_not_been_sent() {
    let server = Server::answering("200 OK", "text/xml", "<never/>");
    let error = write(&door_with(&server.url(), NoKeys)).await;
    assert_eq!(error.sending, Sending::NotSent, "{error}");
    assert!(error.message.contains("no keys anywhere"), "{error}");
    assert!(server.requests.try_recv().is_err());
}

#[derive(Debug)]
struct SlowKeys;

impl ProvideCredentials for SlowKeys {
    fn provide_credentials<'a>(&'a self) -> future::ProvideCredentials<'a>
    where
        Self: 'a,
    {
        future::ProvideCredentials::new(std::future::pending())
    }
}

#[tokio::test]
async fn a_call_whose_time_runs_out_before_it_is_signed_has_not_been_sent() {
    let server = Server::answering("200 OK", "text/xml", "<never/>");
    let error = write(&door_with(&server.url(), SlowKeys)).await;
    assert_eq!(error.sending, Sending::NotSent, "{error}");
}

#[tokio::test]
async fn a_list_that_is_missing_is_not_an_empty_list() {
    let body = "<DescribeVpcsResponse><requestId>r</requestId></DescribeVpcsResponse>";
    let error = read(&door(&Server::answering("200 OK", "text/xml", body).url())).await;
    assert_eq!(error.code, ApiError::STRANGE, "{error}");
}

#[tokio::test]
async fn a_vpc_with_an_unreadable_range_spoils_its_list() {
    let body = "<DescribeVpcsResponse><requestId>r</requestId><vpcSet><item><vpcId>vpc-1</vpcId>\
        <ownerId>111111111111</ownerId><isDefault>false</isDefault><cidrBlockAssociationSet><item>\
        <cidrBlock>10.0.0.0/99</cidrBlock><cidrBlockState><state>associated</state></cidrBlockState>\
        </item></cidrBlockAssociationSet></item></vpcSet></DescribeVpcsResponse>";
    let error = read(&door(&Server::answering("200 OK", "text/xml", body).url())).await;
    assert_eq!(error.code, ApiError::STRANGE, "{error}");
    assert!(error.message.contains("vpc-1") && error.message.contains("10.0.0.0/99"), "{error}");
}

#[tokio::test]
async fn keys_without_an_end_are_not_taken() {
    let body = "<AssumeRoleResponse><AssumeRoleResult><Credentials><AccessKeyId>ASIA</AccessKeyId>\
        <SecretAccessKey>planted-secret</SecretAccessKey><SessionToken>planted-token</SessionToken></Credentials>\
        </AssumeRoleResult></AssumeRoleResponse>";
    let server = Server::answering("200 OK", "text/xml", body);
    let call = ReadCall::AssumeRole {
        role_arn: "arn:aws:iam::222222222222:role/member".into(),
        session_name: "transitd-corp".into(),
        external_id: None,
        seconds: 3600,
    };
    let error = door(&server.url()).page(&session(Credentials::Ambient), &call, None).await.unwrap_err();
    assert_eq!(error.code, ApiError::STRANGE, "{error}");
    assert!(error.message.contains("Expiration"), "{error}");
}

#[tokio::test]
async fn each_call_is_signed_with_its_sessions_keys_for_its_region() {
    let body = "<DescribeVpcsResponse><requestId>r</requestId><vpcSet/></DescribeVpcsResponse>";
    let server = Server::answering("200 OK", "text/xml", body);
    let door = door(&server.url());
    let keys = Credentials::Session {
        access_key_id: "ASIASESSION".into(),
        secret_access_key: "planted-secret".into(),
        session_token: "planted-token".into(),
        expires: "2026-01-01T00:00:00Z".parse().unwrap(),
    };
    door.page(&session(keys), &ReadCall::DescribeVpcs, Some("page-2")).await.unwrap();
    let request = server.requests.recv().unwrap();
    assert!(request.contains("Credential=ASIASESSION/"), "{request}");
    assert!(request.contains("/eu-west-1/ec2/"), "{request}");
    assert!(request.contains("planted-token") && request.contains("NextToken=page-2"), "{request}");
    assert!(request.contains("MaxResults=1000"), "{request}");

    door.page(&session(Credentials::Ambient), &ReadCall::ListAccounts, None).await.unwrap_err();
    let request = server.requests.recv().unwrap();
    assert!(request.contains("Credential=AKIAAMBIENT/") && request.contains("/us-east-1/organizations/"), "{request}");
    let role = "aws-service-role/transitgateway.amazonaws.com/Linked".parse().unwrap();
    door.page(&session(Credentials::Ambient), &ReadCall::GetRole { role }, None).await.unwrap_err();
    let request = server.requests.recv().unwrap();
    assert!(request.contains("/us-east-1/iam/") && request.contains("RoleName=Linked"), "{request}");
    door.page(&session(Credentials::Ambient), &ReadCall::GetResourceShares, None).await.unwrap_err();
    let request = server.requests.recv().unwrap();
    assert!(request.contains("/eu-west-1/ram/") && request.contains(r#""resourceOwner":"SELF""#), "{request}");
}

#[tokio::test]
async fn calls_at_the_same_time_do_not_mix_their_errors_up() {
    let server = Server::start(|stream| stream.shutdown(Shutdown::Both).unwrap());
    let sent = Arc::new(door(&server.url()));
    let unsent = Arc::new(door_with(&server.url(), NoKeys));
    let (sent, unsent) = tokio::join!(write(&sent), write(&unsent));
    assert_eq!((sent.sending, unsent.sending), (Sending::Unanswered, Sending::NotSent));
}
