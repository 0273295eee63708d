//! What a person is told: each matter once, when it has stood for a while, and once more when it is over.
//!
//! A matter that is not seen in a pass is over only if that pass could have seen it: what is unknown is not absent.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use crate::model::Finding;
use crate::report::{Matter, UNREAD};

/// For how long a matter stands before a person is told. Much of what is in the way while a network is being built
/// goes away by itself within one look.
pub const STANDS: SignedDuration = SignedDuration::from_secs(15);

/// The matters that stand, or are over and somebody waits to hear so.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Matters(BTreeMap<String, Finding>);

/// What there is to tell.
#[derive(Debug, Default)]
pub struct News {
    pub stands: BTreeMap<String, Finding>,
    pub over: BTreeMap<String, Finding>,
}

impl Matters {
    pub fn of(standing: BTreeMap<String, Finding>) -> Self {
        Self(standing)
    }

    /// Notes the matters of a pass. `whole`: everything was read, so what is not among them is over.
    pub fn see(&mut self, now: Timestamp, seen: BTreeMap<String, Matter>, whole: bool) {
        for (name, standing) in &mut self.0 {
            // An account that could be read this time is read, whatever else could not be.
            if !seen.contains_key(name) && (whole || name.starts_with(UNREAD)) {
                standing.over.get_or_insert(now);
            }
        }
        // Nobody waits to hear that something is over which nobody was told of.
        self.0.retain(|_, standing| standing.over.is_none() || standing.told.is_some());
        for (name, matter) in seen {
            let Matter { text, help } = matter;
            let before = self.0.remove(&name);
            let (since, told) = before.map_or((now, None), |before| (before.since, before.told));
            self.0.insert(name, Finding { text, help, since, told, over: None });
        }
    }

    /// Returns what a person does not know yet.
    pub fn news(&self, now: Timestamp) -> News {
        let mut news = News::default();
        for (name, standing) in &self.0 {
            match (standing.told, standing.over) {
                (None, None) if now.duration_since(standing.since) >= STANDS => {
                    news.stands.insert(name.clone(), standing.clone());
                }
                (Some(_), Some(_)) => {
                    news.over.insert(name.clone(), standing.clone());
                }
                (None, _) | (Some(_), None) => {}
            }
        }
        news
    }

    /// Notes that the news was told.
    pub fn told(&mut self, now: Timestamp, news: &News) {
        for name in news.stands.keys() {
            if let Some(standing) = self.0.get_mut(name) {
                standing.told = Some(now);
            }
        }
        self.0.retain(|name, _| !news.over.contains_key(name));
    }

    /// Tells whether something stands that a person will have to be told of soon.
    pub fn waits_to_be_told(&self) -> bool {
        self.0.values().any(|standing| standing.told.is_none())
    }

    /// Returns what stands now.
    pub fn standing(&self) -> impl Iterator<Item = (&String, &Finding)> {
        self.0.iter().filter(|(_, standing)| standing.over.is_none())
    }

    /// Returns all that is to be remembered.
    pub fn all(&self) -> &BTreeMap<String, Finding> {
        &self.0
    }
}

impl News {
    pub fn is_empty(&self) -> bool {
        self.stands.is_empty() && self.over.is_empty()
    }

    /// Puts the news into a notice for machines, with one text for people.
    pub fn notice(&self, network: &str, now: Timestamp) -> Value {
        let lines = |all: &BTreeMap<String, Finding>, word: &str| -> Vec<String> {
            all.values().map(|standing| format!("{word}: {}", standing.text)).collect()
        };
        let mut text = lines(&self.stands, "transitd asks");
        text.extend(lines(&self.over, "over"));
        json!({
            "format": "transitd.notice/1",
            "network": network,
            "at": now,
            // What chat services show of a posted notice.
            "text": format!("network {network}\n{}", text.join("\n")),
            "stands": self.stands.iter().map(|(name, it)| matter(name, it)).collect::<Vec<_>>(),
            "over": self.over.iter().map(|(name, it)| matter(name, it)).collect::<Vec<_>>(),
        })
    }
}

fn matter(name: &str, standing: &Finding) -> Value {
    let Finding { text, help, since, over, .. } = standing;
    json!({ "matter": name, "text": text, "help": help, "since": since, "over": over })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::specimen::now;

    fn seen(names: &[&str]) -> BTreeMap<String, Matter> {
        let matter = |name: &str| Matter { text: format!("{name} is in the way"), help: "mend it".to_owned() };
        names.iter().map(|name| ((*name).to_owned(), matter(name))).collect()
    }

    fn at(seconds: i64) -> Timestamp {
        now() + SignedDuration::from_secs(seconds)
    }

    /// Sees what each time has to show, tells all news, and returns it: `+` what stands, `-` what is over.
    fn told(looks: &[(i64, &[&str], bool)]) -> Vec<String> {
        let mut matters = Matters::default();
        let mut told = Vec::new();
        for (seconds, names, whole) in looks {
            matters.see(at(*seconds), seen(names), *whole);
            let news = matters.news(at(*seconds));
            told.extend(news.stands.keys().map(|name| format!("{seconds} +{name}")));
            told.extend(news.over.keys().map(|name| format!("{seconds} -{name}")));
            matters.told(at(*seconds), &news);
        }
        told
    }

    #[test]
    fn a_matter_is_told_once_when_it_has_stood_and_once_when_it_is_over() {
        let looks: &[(i64, &[&str], bool)] = &[
            (0, &["a"], true),
            (14, &["a"], true),
            (15, &["a"], true),
            (400, &["a"], true),
            (700, &[], true),
            (1000, &[], true),
        ];
        assert_eq!(told(looks), ["15 +a", "700 -a"]);
    }

    #[test]
    fn what_goes_away_by_itself_is_nobody_s_business() {
        assert!(told(&[(0, &["a"], true), (10, &[], true), (300, &[], true)]).is_empty());
    }

    #[test]
    fn what_cannot_be_seen_is_not_over() {
        let looks: &[(i64, &[&str], bool)] = &[
            (0, &["a", "unread account 1"], false),
            (60, &["a", "unread account 1"], false),
            (120, &["unread account 2"], false),
            (180, &[], true),
        ];
        assert_eq!(told(looks), ["60 +a", "60 +unread account 1", "120 -unread account 1", "180 -a"]);
    }

    #[test]
    fn what_comes_back_after_it_was_over_is_told_again() {
        let looks: &[(i64, &[&str], bool)] =
            &[(0, &["a"], true), (60, &["a"], true), (90, &[], true), (100, &["a"], true), (200, &["a"], true)];
        assert_eq!(told(looks), ["60 +a", "90 -a", "200 +a"]);
    }

    #[test]
    fn what_could_not_be_told_is_told_later() {
        let mut matters = Matters::default();
        matters.see(at(0), seen(&["a"]), true);
        matters.see(at(60), seen(&["a"]), true);
        assert_eq!(matters.news(at(60)).stands.len(), 1);
        assert!(matters.waits_to_be_told());
        assert_eq!(matters.news(at(90)).stands.len(), 1, "the first notice did not arrive");
        matters.told(at(90), &matters.news(at(90)));
        assert!(matters.news(at(120)).is_empty() && !matters.waits_to_be_told());
    }

    #[test]
    fn a_notice_says_what_stands_and_what_is_over() {
        let mut matters = Matters::default();
        matters.see(at(0), seen(&["a"]), true);
        let notice = matters.news(at(60)).notice("corp", at(60));
        assert_eq!(notice["stands"][0]["help"], "mend it");
        assert_eq!(notice["text"], "network corp\ntransitd asks: a is in the way");
    }
}
