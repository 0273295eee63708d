//! Single values: ids, ranges, words, time spans, and tags.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::str::FromStr;
use std::time::Duration;

use jiff::SignedDuration;
use jiff::civil::Date;

use super::decode::Decoder;
use super::problems::shown;
use super::shape;
use super::tree::{Node, Value};
use super::types::{Tables, TagFilter};
use crate::model::{AccountId, Cidr, Malformed, OuPath, RoleName};

/// The longest tag key and value, in characters (EC2 user guide, "Tag your resources", restrictions).
const TAG_KEY_CHARACTERS: usize = 128;
const TAG_VALUE_CHARACTERS: usize = 256;

impl Decoder {
    /// Reads a text that is not empty.
    pub fn text(&mut self, node: &Node) -> Option<String> {
        let (text, _) = self.scalar(node, "a text")?;
        if text.trim().is_empty() {
            self.wrong(node.span, "an empty text").help("say something a person can read");
            return None;
        }
        Some(text.to_owned())
    }

    /// Reads a name or an id; `noun` is what it is called in messages, with its article.
    pub fn parsed<T: FromStr<Err = Malformed>>(&mut self, node: &Node, noun: &str) -> Option<T> {
        let (text, _) = self.scalar(node, noun)?;
        self.name(text, node.span, noun)
    }

    /// Reads an account id. It has to be quoted: other YAML readers, and the next person's editor, take it for a
    /// number, whose leading zeros are nothing.
    pub fn account(&mut self, node: &Node) -> Option<AccountId> {
        let (text, quoted) = self.scalar(node, "an account id")?;
        let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        if !quoted && digits && text.len() <= 12 {
            let help = if text.len() == 12 {
                format!("write \"{text}\"")
            } else {
                format!("write all 12 digits in quotes; if leading zeros got lost, it is \"{text:0>12}\"")
            };
            self.wrong(node.span, "an account id without quotes is a number to YAML, and loses its leading zeros")
                .help(help);
            return None;
        }
        match text.parse() {
            Ok(account) => Some(account),
            Err(_) => {
                let without_dashes = text.replace(['-', ' '], "");
                let help = match without_dashes.parse::<AccountId>() {
                    Ok(account) => format!("write \"{account}\""),
                    Err(_) => "an account id has 12 digits, in quotes: \"222222222222\"".to_owned(),
                };
                self.wrong(node.span, format!("`{}` is not an account id", shown(text))).help(help);
                None
            }
        }
    }

    /// Reads the name of a role.
    pub fn role(&mut self, node: &Node) -> Option<RoleName> {
        let (text, _) = self.scalar(node, "a role's name")?;
        match text.split_once(":role/").filter(|(account, _)| account.starts_with("arn:")) {
            Some((_, name)) => {
                self.wrong(node.span, format!("`{}` is an ARN, not a role's name", shown(text)))
                    .help(format!("write {}: the account is known from where the role is used", shown(name)));
                None
            }
            None => self.name(text, node.span, "a role's name"),
        }
    }

    /// Reads a path of organizational units.
    pub fn ou(&mut self, node: &Node) -> Option<OuPath> {
        let (text, _) = self.scalar(node, "a path of organizational units")?;
        if is_ou_id(text) {
            self.wrong(node.span, format!("`{}` is an id, not a path of organizational units", shown(text)))
                .help("name the units as people do, from below the root: Workloads/Prod; the root itself is /");
            return None;
        }
        match text.parse() {
            Ok(path) => Some(path),
            Err(malformed) => {
                let trimmed = text.trim_matches(['/', ' ']);
                let help = match trimmed.parse::<OuPath>() {
                    Ok(path) => format!("write {path}"),
                    Err(_) => malformed.to_string(),
                };
                self.wrong(node.span, format!("`{}` is not a path of organizational units", shown(text))).help(help);
                None
            }
        }
    }

    /// Reads an address range without host bits.
    pub fn cidr(&mut self, node: &Node) -> Option<Cidr> {
        let (text, _) = self.scalar(node, "an address range")?;
        if let Ok(cidr) = text.parse() {
            return Some(cidr);
        }
        let (message, help) = match (Cidr::normalised(text), text.parse::<IpAddr>()) {
            (Ok(range), _) => ("has host bits set", format!("the range is {range}")),
            (Err(_), Ok(address)) => {
                let bits = if address.is_ipv4() { 32 } else { 128 };
                ("has no prefix length", format!("this one address alone is {address}/{bits}"))
            }
            (Err(malformed), Err(_)) => ("is not an address range", malformed.to_string()),
        };
        self.wrong(node.span, format!("`{}` {message}", shown(text))).help(help);
        None
    }

    /// Reads one of a few words.
    pub fn word<T: Copy>(&mut self, node: &Node, words: &[(&str, T)]) -> Option<T> {
        let known: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
        let (text, _) = self.scalar(node, &format!("one of {}", known.join(", ")))?;
        match words.iter().find(|(word, _)| *word == text) {
            Some((_, value)) => Some(*value),
            None => {
                self.unknown_word(node.span, text, "is not a word that fits here", &known);
                None
            }
        }
    }

    /// Reads `true` or `false`.
    pub fn boolean(&mut self, node: &Node) -> Option<bool> {
        let (text, quoted) = self.scalar(node, "true or false")?;
        match (text, quoted) {
            ("true", false) => Some(true),
            ("false", false) => Some(false),
            (_, true) => {
                self.wrong(node.span, "a text where true or false is expected").help("leave the quotes out");
                None
            }
            (_, false) => {
                self.wrong(node.span, format!("`{}` is neither true nor false", shown(text)))
                    .help("write true or false; YAML 1.2 does not know yes, no, on and off");
                None
            }
        }
    }

    /// Reads a whole number, zero or more.
    pub fn number(&mut self, node: &Node) -> Option<u32> {
        let (text, quoted) = self.scalar(node, "a whole number")?;
        let digits = !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
        let (message, help) = match text.parse() {
            Ok(number) if digits && !quoted => return Some(number),
            Ok(_) | Err(_) if digits && quoted => {
                ("is quoted, so it is not a number", "leave the quotes out".to_owned())
            }
            Err(_) if digits => ("is too large", format!("at most {}", u32::MAX)),
            Ok(_) | Err(_) => ("is not a whole number", "expected digits alone".to_owned()),
        };
        self.wrong(node.span, format!("`{}` {message}", shown(text))).help(help);
        None
    }

    /// Reads a time span, in hours, minutes and seconds; more than zero and at most `longest`.
    pub fn span_of_time(&mut self, node: &Node, longest: Duration) -> Option<Duration> {
        let (text, _) = self.scalar(node, "a time span")?;
        if text.bytes().all(|byte| byte.is_ascii_digit()) {
            self.wrong(node.span, format!("`{}` has no unit", shown(text)))
                .help(format!("write {text}s, {text}m or {text}h", text = shown(text)));
            return None;
        }
        let compact = text.bytes().all(|byte| byte.is_ascii_digit() || b"hms".contains(&byte));
        let parsed = text.parse::<SignedDuration>().ok().and_then(|span| Duration::try_from(span).ok());
        match parsed {
            Some(span) if compact && span > longest => {
                self.wrong(node.span, format!("`{}` is too long", shown(text)))
                    .help(format!("at most {:#}", SignedDuration::try_from(longest).unwrap_or(SignedDuration::MAX)));
                None
            }
            Some(span) if compact && !span.is_zero() => Some(span),
            Some(_) | None => {
                self.wrong(node.span, format!("`{}` is not a time span", shown(text)))
                    .help("expected hours, minutes and seconds, more than zero: 24h, 5m, 1h30m");
                None
            }
        }
    }

    /// Reads a day.
    pub fn day(&mut self, node: &Node) -> Option<Date> {
        let (text, _) = self.scalar(node, "a day")?;
        let bare = text.len() == "2026-12-20".len();
        match text.parse() {
            Ok(day) if bare => Some(day),
            Ok(_) | Err(_) => {
                self.wrong(node.span, format!("`{}` is not a day", shown(text)))
                    .help("expected year, month and day of one that exists: 2026-12-20");
                None
            }
        }
    }

    /// Reads tags: keys and values, at least one.
    pub fn tags(&mut self, node: &Node) -> Option<TagFilter> {
        let entries = self.entries(node, "tags: { key: value }")?;
        if matches!(&node.value, Value::Map(all) if all.is_empty()) {
            self.wrong(node.span, "no tags").help("name at least one: { network: prod }");
        }
        let mut tags = BTreeMap::new();
        for entry in entries {
            let Some((value, _)) = self.scalar(&entry.node, "a tag's value") else { continue };
            if entry.key.is_empty() || entry.key.chars().count() > TAG_KEY_CHARACTERS {
                self.wrong(entry.key_span, format!("a tag's key has 1 to {TAG_KEY_CHARACTERS} characters"))
                    .help("AWS takes no other");
            }
            if value.chars().count() > TAG_VALUE_CHARACTERS {
                self.wrong(entry.node.span, format!("a tag's value has at most {TAG_VALUE_CHARACTERS} characters"))
                    .help("AWS takes no other");
            }
            tags.insert(entry.key.clone(), value.to_owned());
        }
        Some(tags)
    }

    /// Reads `{ tags: { key: value } }`.
    pub fn tagged(&mut self, node: &Node) -> Option<TagFilter> {
        let mut fields = self.open::<shape::Tagged>(node, "tags to look for")?;
        let tags = fields.get(self, "tags", Self::tags);
        fields.close(self);
        tags
    }

    /// Reads `all`, or `{ tags: { key: value } }`.
    pub fn tables(&mut self, node: &Node) -> Option<Tables> {
        match &node.value {
            Value::Scalar { .. } => self.word(node, &[("all", ())]).map(|()| Tables::All),
            Value::Map(_) | Value::List(_) | Value::Refused => self.tagged(node).map(Tables::Tagged),
        }
    }
}

/// Tells whether a text has the form of AWS's ids of organizational units (Organizations API reference,
/// `OrganizationalUnit`). People name units like that too, but hardly with a digit in the last part.
fn is_ou_id(text: &str) -> bool {
    let alphanumeric = |part: &str, least: usize| {
        (least..=32).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
    };
    match text.split('-').collect::<Vec<_>>()[..] {
        ["ou", root, unit] => {
            alphanumeric(root, 4) && alphanumeric(unit, 8) && unit.bytes().any(|byte| byte.is_ascii_digit())
        }
        _ => false,
    }
}
