//! What can be tried on every codec: any bytes at all. No panic, no hang, no answer out of proportion.
//!
//! Each trial takes bytes and breaks its word by panicking. The fuzz targets in `fuzz/` run them without end, the tests
//! here briefly, with bytes that are made of the words of the protocol and so get further in.

use std::fmt::Write as _;
use std::sync::Mutex;

use axum::http::Request;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::{Value, json};

use crate::call::{Call, Service};
use crate::clock::Pace;
use crate::identity::policy::keys::Context;
use crate::identity::policy::{Policy, Question};
use crate::sandbox::{Sandbox, Settings};
use crate::wire;

/// One thing to try.
#[derive(Clone, Copy, Debug)]
pub struct Trial {
    /// The name of its fuzz target.
    pub name: &'static str,
    pub run: fn(&[u8]),
    /// What bytes that get further are made of.
    pub words: &'static [&'static str],
}

pub const ALL: [Trial; 8] = [
    Trial { name: "authorization_header", run: authorization_header, words: &HEADER_WORDS },
    Trial { name: "ec2_form", run: ec2_form, words: &EC2_WORDS },
    Trial { name: "iam_form", run: iam_form, words: &IAM_WORDS },
    Trial { name: "organizations_json", run: organizations_json, words: &JSON_WORDS },
    Trial { name: "paging_token", run: paging_token, words: &TOKEN_WORDS },
    Trial { name: "policy_document", run: policy_document, words: &POLICY_WORDS },
    Trial { name: "ram_rest_json", run: ram_rest_json, words: &JSON_WORDS },
    Trial { name: "xml_answer", run: xml_answer, words: &TEXT_WORDS },
];

const ACCOUNT: &str = "111111111111";

const HEADER_WORDS: [&str; 10] = [
    "AWS4-HMAC-SHA256 ",
    "Credential=",
    "111111111111",
    "/20260101",
    "/eu-west-1",
    "/ec2",
    "/aws4_request",
    ", SignedHeaders=host",
    ",",
    "/",
];
const EC2_WORDS: [&str; 22] = [
    "Action=CreateVpc&",
    "Action=DescribeVpcs&",
    "Action=CreateTags&",
    "Version=2016-11-15&",
    "CidrBlock=",
    "10.0.0.0/16&",
    "TagSpecification",
    "Filter",
    ".1",
    ".2",
    ".Tag",
    ".Key=",
    ".Value=",
    ".ResourceType=vpc&",
    ".Name=",
    "DryRun=true&",
    "MaxResults=5&",
    "NextToken=",
    "VpcId.1=vpc-0123456789abcdef0&",
    "%00",
    "&",
    "=",
];
const IAM_WORDS: [&str; 16] = [
    "Action=CreateRole&",
    "Action=TagRole&",
    "Action=ListRoles&",
    "Action=SimulatePrincipalPolicy&",
    "Version=2010-05-08&",
    "RoleName=",
    "spoke&",
    "Tags.member.",
    "1.",
    "Key=a&",
    "Value=b&",
    "AssumeRolePolicyDocument=",
    "%7B%22Statement%22%3A%5B%5D%7D&",
    "MaxItems=1&",
    "Marker=1&",
    "&",
];
const JSON_WORDS: [&str; 20] = [
    "{",
    "}",
    "[",
    "]",
    ":",
    ",",
    "\"MaxResults\"",
    "\"NextToken\"",
    "\"Email\"",
    "\"AccountName\"",
    "\"a@example.com\"",
    "\"name\"",
    "\"principals\"",
    "\"222222222222\"",
    "\"tags\"",
    "\"key\"",
    "null",
    "1e9",
    "-0",
    "true",
];
const TOKEN_WORDS: [&str; 8] =
    ["DescribeVpcs\n", "GetResourceShares\n", "accounts\n", "start", "after ", "\n", "vpc-", "99999999999999999999"];
const POLICY_WORDS: [&str; 26] = [
    "{\"Version\":\"2012-10-17\",\"Statement\":",
    "{\"Effect\":\"Allow\",",
    "\"Action\":",
    "\"Resource\":",
    "\"Condition\":",
    "\"NotAction\":",
    "\"StringLike\"",
    "\"ForAllValues:StringEqualsIfExists\"",
    "\"NumericLessThan\"",
    "\"DateGreaterThan\"",
    "\"aws:TagKeys\"",
    "\"aws:CurrentTime\"",
    "\"*\"",
    "\"ec2:*\"",
    "\"arn:aws:ec2:*:${aws:PrincipalAccount}:vpc/*\"",
    "\"${aws:PrincipalTag/a, 'b'}\"",
    "\"2026-01-01\"",
    "\"${\"",
    "{",
    "}",
    "[",
    "]",
    ":",
    ",",
    "\"***?***\"",
    "1",
];
const TEXT_WORDS: [&str; 10] = ["<", ">", "&", "&amp;", "]]>", "\u{0}", "\r\n", "\u{fffe}", "\u{1f600}", "\"'"];

fn sandbox() -> Sandbox {
    Sandbox::new(Settings { pace: Pace::Instant, ..Settings::default() })
}

fn signed(service: Service) -> String {
    format!(
        "AWS4-HMAC-SHA256 Credential={ACCOUNT}/20260101/eu-west-1/{service}/aws4_request, SignedHeaders=host, Signature=0"
    )
}

/// Sends one request to a fresh sandbox, and checks what every answer is: a status, text, and not out of proportion.
fn heard(uri: &str, headers: &[(&str, &[u8])], body: &[u8]) -> (u16, String) {
    let mut request = Request::builder().method("POST").uri(uri);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    // What cannot stand in a header at all never comes this far.
    let Ok(request) = request.body(body.to_vec()) else { return (400, String::new()) };
    let response = wire::respond(&Mutex::new(sandbox()), request);
    let status = response.status().as_u16();
    assert!((200..=599).contains(&status) && status != 500, "status {status}");
    let answer = response.into_body();
    assert!(answer.len() <= (1 << 16) + 8 * body.len(), "{} bytes for {}", answer.len(), body.len());
    (status, answer)
}

fn is_well_formed(xml: &str) -> bool {
    let mut reader = quick_xml::Reader::from_str(xml);
    loop {
        match reader.read_event() {
            Ok(quick_xml::events::Event::Eof) => return true,
            Ok(_) => {}
            Err(_) => return false,
        }
    }
}

/// Tries a header that says who signs.
pub fn authorization_header(bytes: &[u8]) {
    heard("/", &[("authorization", bytes)], b"Action=DescribeVpcs&Version=2016-11-15");
}

/// Tries a request to EC2.
pub fn ec2_form(bytes: &[u8]) {
    let (_, answer) = heard("/", &[("authorization", signed(Service::Ec2).as_bytes())], bytes);
    assert!(is_well_formed(&answer), "{answer}");
}

/// Tries a request to IAM.
pub fn iam_form(bytes: &[u8]) {
    let (_, answer) = heard("/", &[("authorization", signed(Service::Iam).as_bytes())], bytes);
    assert!(is_well_formed(&answer), "{answer}");
}

/// Tries a request to Organizations: to make an account, in an organization that is there, and to list them.
pub fn organizations_json(bytes: &[u8]) {
    for target in ["CreateOrganization", "CreateAccount", "ListAccounts"] {
        let target = format!("AWSOrganizationsV20161128.{target}");
        let signed = signed(Service::Organizations);
        let headers: [(&str, &[u8]); 2] = [("authorization", signed.as_bytes()), ("x-amz-target", target.as_bytes())];
        let (_, answer) = heard("/", &headers, bytes);
        assert!(serde_json::from_str::<Value>(&answer).is_ok(), "{answer}");
    }
}

/// Tries a request to RAM.
pub fn ram_rest_json(bytes: &[u8]) {
    for path in ["/createresourceshare", "/getresourceshares", "/tagresource"] {
        let (_, answer) = heard(path, &[("authorization", signed(Service::Ram).as_bytes())], bytes);
        assert!(serde_json::from_str::<Value>(&answer).is_ok(), "{answer}");
    }
}

/// Tries a token of every listing's own making, and the bytes as they are.
pub fn paging_token(bytes: &[u8]) {
    let mut sandbox = sandbox();
    let mut ask = |service, action: &str, params: Value| {
        sandbox.call(&Call {
            access_key_id: ACCOUNT.to_owned(),
            session_token: None,
            region: "us-east-1".to_owned(),
            service,
            action: action.to_owned(),
            params,
        })
    };
    ask(Service::Organizations, "CreateOrganization", json!({})).expect("the first call of a fresh sandbox");
    let plain = String::from_utf8_lossy(bytes).into_owned();
    for token in [URL_SAFE_NO_PAD.encode(bytes), plain] {
        for (service, action, params, code) in [
            (Service::Ec2, "DescribeVpcs", json!({"NextToken": token}), "InvalidNextToken"),
            (Service::Organizations, "ListAccounts", json!({"NextToken": token}), "InvalidInputException"),
            (
                Service::Ram,
                "GetResourceShares",
                json!({"resourceOwner": "SELF", "nextToken": token}),
                "InvalidNextTokenException",
            ),
            (Service::Iam, "ListPolicies", json!({"Marker": token}), "ValidationError"),
        ] {
            if let Err(error) = ask(service, action, params) {
                assert_eq!(error.code, code, "{action} {token}");
            }
        }
    }
}

/// Tries a policy document, as an identity policy and as a trust policy; what is read must also be judged.
pub fn policy_document(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let mut context = Context::of([("aws:PrincipalAccount", ACCOUNT), ("aws:CurrentTime", "2026-01-01T00:00:00Z")]);
    context.put_all("aws:TagKeys", ["a".to_owned(), "b".to_owned()]);
    match Policy::read(&text) {
        Ok(policy) => {
            let resource = "arn:aws:ec2:eu-west-1:111111111111:vpc/vpc-1";
            policy.judge(&Question { action: "ec2:CreateVpc", resource, context: &context });
        }
        Err(error) => assert!(["MalformedPolicyDocument", "NotModelled"].contains(&error.code.as_str()), "{error}"),
    }
    let mut sandbox = sandbox();
    let role = json!({"RoleName": "any", "AssumeRolePolicyDocument": text});
    let call = |action: &str, service, params| Call {
        access_key_id: ACCOUNT.to_owned(),
        session_token: None,
        region: "us-east-1".to_owned(),
        service,
        action: action.to_owned(),
        params,
    };
    if sandbox.call(&call("CreateRole", Service::Iam, role)).is_ok() {
        let asked = json!({"RoleArn": format!("arn:aws:iam::{ACCOUNT}:role/any"), "RoleSessionName": "any"});
        let entered = sandbox.call(&call("AssumeRole", Service::Sts, asked));
        assert!(entered.map_or_else(|error| error.code == "AccessDenied", |_| true));
    }
}

/// Tries to write text into XML, and to read it back.
pub fn xml_answer(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let tag = json!({"Key": text, "Value": text, "ResourceId": "vpc-1", "ResourceType": "vpc"});
    let answer = wire::xml_of(Service::Ec2, "DescribeTags", &json!({"Tags": [tag]}));
    let mut reader = quick_xml::Reader::from_str(&answer);
    let mut read = String::new();
    loop {
        match reader.read_event().expect("an answer is well-formed") {
            quick_xml::events::Event::Text(text) => read.push_str(&text),
            quick_xml::events::Event::GeneralRef(name) => write!(read, "{}", resolved(&name)).expect("memory is there"),
            quick_xml::events::Event::Eof => break,
            quick_xml::events::Event::Start(_)
            | quick_xml::events::Event::End(_)
            | quick_xml::events::Event::Empty(_)
            | quick_xml::events::Event::CData(_)
            | quick_xml::events::Event::Comment(_)
            | quick_xml::events::Event::Decl(_)
            | quick_xml::events::Event::PI(_)
            | quick_xml::events::Event::DocType(_) => {}
        }
    }
    let allowed = |character: char| matches!(character, '\t' | '\n' | '\r' | ' '..='\u{d7ff}' | '\u{e000}'..='\u{fffd}' | '\u{10000}'..);
    let written: String = text.chars().map(|c| if allowed(c) { c } else { char::REPLACEMENT_CHARACTER }).collect();
    assert!(read.contains(&written), "{written:?} is read back as {read:?}");
}

fn resolved(name: &quick_xml::events::BytesRef) -> String {
    let character = name.resolve_char_ref().expect("a reference that was written here").map(String::from);
    character.unwrap_or_else(|| quick_xml::escape::resolve_xml_entity(name).unwrap_or_default().to_owned())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::path::Path;

    use proptest::prelude::*;

    use super::*;

    fn bytes_of(words: &'static [&'static str]) -> impl Strategy<Value = Vec<u8>> {
        let word = prop_oneof![
            6 => proptest::sample::select(words).prop_map(|word| word.as_bytes().to_vec()),
            1 => proptest::collection::vec(any::<u8>(), 0..6),
        ];
        proptest::collection::vec(word, 0..24).prop_map(|words| words.concat())
    }

    fn try_all_of(name: &str) {
        let trial = ALL.into_iter().find(|trial| trial.name == name).expect("a trial");
        proptest!(ProptestConfig::with_cases(150), |(bytes in bytes_of(trial.words))| (trial.run)(&bytes));
    }

    #[test]
    fn any_header_is_answered() {
        try_all_of("authorization_header");
    }

    #[test]
    fn any_form_is_answered() {
        try_all_of("ec2_form");
        try_all_of("iam_form");
    }

    #[test]
    fn any_document_is_answered() {
        try_all_of("organizations_json");
        try_all_of("ram_rest_json");
    }

    #[test]
    fn any_token_is_taken_or_refused() {
        try_all_of("paging_token");
    }

    #[test]
    fn any_policy_is_judged_or_refused() {
        try_all_of("policy_document");
    }

    #[test]
    fn any_text_is_read_back_from_xml() {
        try_all_of("xml_answer");
    }

    #[test]
    fn there_is_a_fuzz_target_for_each_trial() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("fuzz/fuzz_targets");
        let files = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
        let named = ALL.iter().map(|trial| format!("{}.rs", trial.name));
        assert_eq!(files.collect::<BTreeSet<_>>(), named.collect::<BTreeSet<_>>());
    }

    /// The longest that can come in, made so that a careless reader would take long or take much.
    #[test]
    fn the_worst_bodies_end_soon_and_small() {
        let most = (1 << 20) - 64;
        let deep = |open: &str, close: &str| {
            let half = most / (open.len() + close.len());
            format!("{}{}", open.repeat(half), close.repeat(half))
        };
        for body in [deep("[", "]"), deep("{\"a\":", "}"), "[1,".repeat(most / 3), "1".repeat(most)] {
            organizations_json(body.as_bytes());
            ram_rest_json(body.as_bytes());
        }
        let same = format!("{{\"principals\":[{}\"x\"]}}", "\"x\",".repeat(most / 4 - 16));
        ram_rest_json(same.as_bytes());
        for form in [
            ".1".repeat(most / 2),
            "a=&".repeat(most / 3),
            "Action=DescribeVpcs&Version=2016-11-15&VpcId.1=".to_owned() + &"x".repeat(most - 64),
        ] {
            ec2_form(form.as_bytes());
            iam_form(form.as_bytes());
        }
        let stars = format!("\"{}\"", "*a".repeat(5000));
        let policy = format!(
            "{{\"Statement\":{{\"Effect\":\"Allow\",\"Action\":\"*\",\"Resource\":\"*\",\"Condition\":{{\"StringLike\":{{\"aws:PrincipalAccount\":{stars}}}}}}}}}"
        );
        policy_document(policy.as_bytes());
        let keys: Vec<String> = (0..30_000).map(|number| format!("\"k{number}\":1")).collect();
        policy_document(format!("{{\"Statement\":{{\"Condition\":{{{}}}}}}}", keys.join(",")).as_bytes());
    }
}
