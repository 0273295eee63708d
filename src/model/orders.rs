//! What people tell transitd beside the file: to leave a thing alone for a time, or to write nothing at all.

use std::fmt;

use jiff::Timestamp;
use serde::Serialize;

use super::cidr::Cidr;

/// Something that a person told transitd to leave alone.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct Hold {
    /// What is held, in a person's words: see [`Hold::covers`].
    pub name: String,
    pub why: String,
    pub by: String,
    pub since: Timestamp,
    pub until: Timestamp,
}

/// Who told transitd to write nothing.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(tag = "paused", rename_all = "kebab-case")]
pub enum Pause {
    /// Somebody with access to the state: `transitd pause`.
    Command { why: String, by: String, since: Timestamp },
    /// Somebody with access to a hub: a tag on it.
    Tag { hub: super::HubName, value: String },
}

impl Hold {
    /// Tells whether the hold is in force.
    pub fn is_in_force(&self, at: Timestamp) -> bool {
        at < self.until
    }

    /// Tells whether the hold covers a step. Every word of the hold's name has to be in the step's name, whole or as a part
    /// between slashes, or to be an id in its call or on its way (`also`). So `vpc-1` covers all that is done to the VPC,
    /// `rtb-1` all routes of the table, `rtb-1 10.0.0.0/8` one of them, and a step's name just that step.
    pub fn covers(&self, step: &str, call: &str, also: &[&str]) -> bool {
        let mut words = self.name.split_whitespace().peekable();
        words.peek().is_some()
            && words.all(|word| {
                also.contains(&word)
                    || step.split_whitespace().any(|part| is_part(part, word))
                    || call.contains(&format!("\"{word}\""))
            })
    }
}

fn is_part(whole: &str, part: &str) -> bool {
    // A range is one word, for all its slash.
    if whole.parse::<Cidr>().is_ok() {
        return whole == part;
    }
    format!("/{whole}/").contains(&format!("/{part}/"))
}

impl fmt::Display for Hold {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Hold { name, why, by, until, .. } = self;
        write!(f, "{name} is held by {by} until {}: {why}", until.strftime("%F %H:%M UTC"))
    }
}

impl fmt::Display for Pause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Pause::Command { why, by, since } => {
                write!(f, "paused by {by} since {}: {why}", since.strftime("%F %H:%M UTC"))
            }
            Pause::Tag { hub, value } if value.is_empty() => write!(f, "paused by the tag {PAUSE_TAG} on hub {hub}"),
            Pause::Tag { hub, value } => write!(f, "paused by the tag {PAUSE_TAG} on hub {hub}: {value}"),
        }
    }
}

/// The tag on a hub that pauses the network, whatever its value: it works from the console.
pub const PAUSE_TAG: &str = "transitd:pause";

#[cfg(test)]
mod tests {
    use super::*;

    const STEP: &str = "create VPC route 222222222222/vpc-1/rtb-1 10.0.0.0/8";
    const CALL: &str = r#"{"action":"CreateRoute","route_table":"rtb-1","destination":"10.0.0.0/8","gateway":"tgw-1"}"#;

    fn hold(name: &str) -> Hold {
        let at: Timestamp = "2026-03-01T12:00:00Z".parse().unwrap();
        Hold { name: name.into(), why: "w".into(), by: "b".into(), since: at, until: at }
    }

    #[test]
    fn a_hold_covers_what_its_words_name_and_nothing_else() {
        for name in [
            STEP,
            "vpc-1",
            "rtb-1",
            "222222222222",
            "222222222222/vpc-1",
            "rtb-1 10.0.0.0/8",
            "10.0.0.0/8",
            "VPC route",
            "tgw-1",
        ] {
            assert!(hold(name).covers(STEP, CALL, &[]), "{name}");
        }
        for name in ["", " ", "vpc-11", "rtb-1 10.1.0.0/16", "rtb", "pc-1", "tgw-2", "10.0.0.0", "attachment"] {
            assert!(!hold(name).covers(STEP, CALL, &[]), "{name}");
        }
        assert!(hold("tgw-rtb-9").covers(STEP, CALL, &["tgw-rtb-9"]));
    }

    #[test]
    fn a_hold_ends_by_itself() {
        let hold = hold("vpc-1");
        assert!(!hold.is_in_force(hold.until));
        assert!(hold.is_in_force(hold.until - jiff::SignedDuration::from_secs(1)));
    }
}
