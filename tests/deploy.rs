//! What an operator installs says the same as the code: the roles' templates hold the policies, the unit the commands.
//!
//! The policies themselves are held to the calls that are made by a test beside `api/permissions.rs`.
//! `UPDATE_DEPLOY=1 cargo test --no-default-features --test deploy` writes the templates' policies anew.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

const BEGIN: &str = "# begin of the policy, made from ";
const END: &str = "# end of the policy\n";

fn deploy() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("deploy")
}

/// What stands in a policy for something that a template has a parameter for.
const PARAMETERS: [(&str, &str); 3] = [
    ("arn:aws:sns:REGION:HOME-ACCOUNT-ID:TOPIC", "!Ref TopicArn"),
    ("o-REPLACE", "!Ref OrganizationId"),
    ("arn:aws:iam::*:role/transitd-member", "!Sub arn:${AWS::Partition}:iam::*:role/${MemberRoleName}"),
];

/// The order in which people read a policy.
const ORDER: [&str; 7] = ["Version", "Statement", "Sid", "Effect", "Action", "Resource", "Condition"];

/// What YAML reads as something else than text.
const WORDS: [&str; 7] = ["true", "false", "null", "yes", "no", "on", "off"];

/// Writes a policy as YAML, at an indent.
fn yaml(value: &Value, indent: usize) -> String {
    let pad = " ".repeat(indent);
    match value {
        Value::String(text) => scalar(text),
        Value::Array(items) => {
            let item = |item: &Value| format!("\n{pad}- {}", yaml(item, indent + 2).trim_start());
            items.iter().map(item).collect()
        }
        Value::Object(fields) => {
            let field = |(key, value): (&String, &Value)| {
                let value = yaml(value, indent + 2);
                let space = if value.starts_with('\n') { "" } else { " " };
                let key = if WORDS.contains(&key.to_lowercase().as_str()) { format!("\"{key}\"") } else { key.clone() };
                format!("\n{pad}{key}:{space}{value}")
            };
            let mut fields: Vec<(&String, &Value)> = fields.iter().collect();
            fields.sort_by_key(|(key, _)| ORDER.iter().position(|known| known == key));
            fields.into_iter().map(field).collect()
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => panic!("no policy has {value}"),
    }
}

fn scalar(text: &str) -> String {
    if let Some((_, parameter)) = PARAMETERS.iter().find(|(placeholder, _)| *placeholder == text) {
        return (*parameter).to_owned();
    }
    // Every partition has its own ARNs.
    if let Some(rest) = text.strip_prefix("arn:aws:") {
        return format!("!Sub \"arn:${{AWS::Partition}}:{rest}\"");
    }
    let plain = text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b":.-".contains(&byte))
        && text.starts_with(|first: char| first.is_ascii_alphabetic());
    if plain && !WORDS.contains(&text.to_lowercase().as_str()) { text.to_owned() } else { format!("\"{text}\"") }
}

/// Puts the policies that a template names into it.
fn filled(template: &str, is_members: bool) -> String {
    let mut all = String::new();
    let mut rest = template;
    while let Some((before, after)) = rest.split_once(BEGIN) {
        let (source, after) = after.split_once('\n').expect("the policy's file");
        let (_, after) = after.split_once(END).expect("the end of the policy");
        let indent = before.len() - before.trim_end_matches(' ').len();
        let file = deploy().join(source.trim_start_matches("deploy/"));
        let policy: Value = serde_json::from_str(&fs::read_to_string(file).unwrap()).unwrap();
        let policy = yaml(&policy, indent);
        // What is a member's role to the hub is the role itself to a member.
        let policy = if is_members { policy.replace("${MemberRoleName}", "${RoleName}") } else { policy };
        let home = if is_members { "!Select [4, !Split [\":\", !Ref HubRoleArn]]" } else { "!Ref AWS::AccountId" };
        let policy = policy.replace("HOME-ACCOUNT-ID", home);
        all.push_str(&format!("{before}{BEGIN}{source}{policy}\n{}{END}", " ".repeat(indent)));
        rest = after;
    }
    assert!(!all.is_empty(), "a place for the policy");
    all + rest
}

#[test]
fn the_templates_hold_the_policies_to_the_letter() {
    for name in ["hub-role.yaml", "member-role.yaml"] {
        let path = deploy().join("cloudformation").join(name);
        let written = fs::read_to_string(&path).unwrap();
        let wanted = filled(&written, name == "member-role.yaml");
        if updates() {
            fs::write(&path, wanted).unwrap();
        } else {
            let diff = similar::TextDiff::from_lines(&written, &wanted).unified_diff().to_string();
            assert!(
                written == wanted,
                "{name}: run `UPDATE_DEPLOY=1 cargo test --no-default-features --test deploy`\n{diff}"
            );
        }
    }
}

#[test]
fn no_placeholder_of_a_policy_is_left_in_a_template() {
    for name in ["hub-role.yaml", "member-role.yaml"] {
        let text = fs::read_to_string(deploy().join("cloudformation").join(name)).unwrap();
        for placeholder in ["HOME-ACCOUNT-ID", "HUB-ROLE", "EXTERNAL-ID", "REPLACE", "REGION:", ":TOPIC"] {
            let line = text.lines().find(|line| line.contains(placeholder));
            assert_eq!(line, None, "{name}: {placeholder} is for a person to fill in, and nobody will");
        }
    }
}

#[test]
fn every_action_of_a_policy_is_in_its_template_and_no_other() {
    let actions = |text: &str| -> Vec<String> {
        let words = text.split(|c: char| !(c.is_ascii_alphanumeric() || c == ':'));
        let services = ["ec2:", "sts:", "iam:", "organizations:", "ram:", "sns:"];
        let mut all: Vec<String> = words
            .filter(|word| services.iter().any(|service| word.starts_with(service)))
            .filter(|word| {
                word.split(':').nth(1).is_some_and(|action| action.starts_with(|c: char| c.is_ascii_uppercase()))
            })
            .map(|word| word.trim_end_matches(':').to_owned())
            .collect();
        all.sort();
        all
    };
    let read = |path: &str| fs::read_to_string(deploy().join(path)).unwrap();
    let mut policies = BTreeSet::new();
    for template in ["hub-role.yaml", "member-role.yaml"] {
        let text = read(&format!("cloudformation/{template}"));
        for part in text.split(BEGIN).skip(1) {
            let (source, part) = part.split_once('\n').unwrap();
            let policy = actions(&read(source.trim_start_matches("deploy/")));
            assert!(!policy.is_empty());
            assert_eq!(actions(part.split_once(END).unwrap().0), policy, "{source}");
            policies.insert(source.rsplit('/').next().unwrap().to_owned());
        }
    }
    let files = fs::read_dir(deploy().join("iam")).unwrap();
    let all = files.map(|file| file.unwrap().file_name().into_string().unwrap());
    let all: BTreeSet<String> = all.filter(|name| name.ends_with("-policy.json")).collect();
    assert_eq!(policies, all, "each policy is in a template");
}

#[test]
fn the_examples_can_enter_the_roles_that_are_deployed() {
    let trust = fs::read_to_string(deploy().join("iam/member-role-trust.json")).unwrap();
    assert!(trust.contains("sts:ExternalId"));
    let root = deploy().join("..");
    let files = ["README.md", "config/two-vpcs.yaml", "config/hub-and-spoke.yaml", "config/inspection.yaml"];
    for file in files.into_iter().chain(["config/everything.yaml"]) {
        let text = fs::read_to_string(root.join(file)).unwrap();
        let line = text.lines().find(|line| line.contains("role: { name: transitd-member")).expect(file);
        assert!(line.contains("external_id: { env: "), "{file}: {line}");
        // The hub's role is what transitd runs as; `everything.yaml` has each word, and says of this one when it is right.
        let home = text.lines().any(|line| line.trim_start().starts_with("role: transitd-hub"));
        assert_eq!(home, file == "config/everything.yaml", "{file}");
    }
}

#[test]
fn the_container_is_built_without_what_was_built_before() {
    assert!(fs::read_to_string(deploy().join("Containerfile")).unwrap().contains("COPY . ."));
    let ignored = fs::read_to_string(deploy().join("../.dockerignore")).unwrap();
    for name in ["target", ".git"] {
        assert!(ignored.lines().any(|line| line == name), "{name}");
    }
}

#[test]
fn the_unit_runs_the_daemon_and_tells_it_to_read_its_config_again() {
    let unit = fs::read_to_string(deploy().join("systemd/transitd.service")).unwrap();
    for line in [
        "Type=notify",
        "ExecStart=/usr/bin/transitd run",
        "ExecReload=/bin/kill -s HUP $MAINPID",
        "KillSignal=SIGTERM",
        "StateDirectoryMode=0700",
    ] {
        assert!(unit.lines().any(|it| it == line), "{line} is not in the unit");
    }
    let watchdog = unit.lines().find_map(|line| line.strip_prefix("WatchdogSec=")).expect("a watchdog");
    assert!(watchdog.ends_with("min"), "{watchdog}");
}

#[expect(clippy::disallowed_methods, reason = "a test's own switch")]
fn updates() -> bool {
    std::env::var_os("UPDATE_DEPLOY").is_some()
}
