//! A notice: what is new, in words for people and as data for machines.

use std::collections::BTreeMap;

use jiff::Timestamp;
use serde_json::{Value, json};

use crate::model::Finding;

/// How many matters of a kind a notice names. Whoever has more has one cause, and `transitd history` has them all.
const NAMED: usize = 50;

/// How many things of which the same is said a line names.
const TOGETHER: usize = 8;

/// What there is to tell.
#[derive(Debug, Default)]
pub struct News {
    pub stands: BTreeMap<String, Finding>,
    pub over: BTreeMap<String, Finding>,
}

/// What is sent to a person.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notice {
    /// One line of printable ASCII, less than 100 characters: what an e-mail's subject may be (SNS API reference,
    /// `Publish`).
    pub subject: String,
    /// All of it, with what helps.
    pub text: String,
    /// The same as data, with a short text that chat services show.
    pub data: Value,
}

impl News {
    pub fn is_empty(&self) -> bool {
        self.stands.is_empty() && self.over.is_empty()
    }

    pub fn notice(&self, network: &str, now: Timestamp) -> Notice {
        let kinds = [("transitd asks", &self.stands), ("over", &self.over)];
        let heading = format!("network {network}\n");
        let (mut short, mut text) = (heading.clone(), heading);
        for (word, matters) in kinds {
            let groups = grouped(matters);
            for group in groups.iter().take(NAMED) {
                let line = format!("{word}: {}\n", group.text());
                short.push_str(&line);
                text.push_str(&format!("\n{line}"));
                if group.first.over.is_none() {
                    text.push_str(&format!("  {}\n", group.first.help));
                }
            }
            let more: usize = groups.iter().skip(NAMED).map(|group| group.of.len()).sum();
            if more > 0 {
                let line = format!("{word}: {more} more, which `transitd history` has\n");
                short.push_str(&line);
                text.push_str(&format!("\n{line}"));
            }
        }
        let data = json!({
            "format": "transitd.notice/1",
            "network": network,
            "at": now,
            "text": short.trim_end(),
            "stands": listed(&self.stands),
            "over": listed(&self.over),
            "left_out": kinds.map(|(_, matters)| matters.len().saturating_sub(NAMED)).iter().sum::<usize>(),
        });
        Notice { subject: self.subject(network), text, data }
    }

    /// Counts in a line: the network's name has at most 64 letters.
    fn subject(&self, network: &str) -> String {
        let stands = match self.stands.len() {
            0 => None,
            1 => Some("1 matter".to_owned()),
            count => Some(format!("{count} matters")),
        };
        let over = Some(self.over.len()).filter(|count| *count > 0).map(|count| format!("{count} over"));
        let counts: Vec<String> = stands.into_iter().chain(over).collect();
        format!("transitd {network}: {}", counts.join(", "))
    }
}

/// Matters of which the same is to be said, each of something else.
struct Group<'a> {
    of: Vec<&'a str>,
    /// What is said of the first of them.
    says: &'a str,
    first: &'a Finding,
}

impl Group<'_> {
    fn text(&self) -> String {
        let (of, says) = (&self.of, self.says);
        match of.len().saturating_sub(TOGETHER) {
            _ if says.is_empty() => of.join(", "),
            0 => format!("{}: {says}", of.join(", ")),
            more => format!("{} and {more} more: {says}", of[..TOGETHER].join(", ")),
        }
    }
}

/// Puts matters together of which the same is said but for the account: one cause, such as a role that was changed
/// everywhere, is one line.
fn grouped(matters: &BTreeMap<String, Finding>) -> Vec<Group<'_>> {
    let mut groups: Vec<Group<'_>> = Vec::new();
    let mut places: BTreeMap<(String, String), usize> = BTreeMap::new();
    for finding in matters.values() {
        let Some((of, says)) = finding.text.split_once(": ") else {
            groups.push(Group { of: vec![&finding.text], says: "", first: finding });
            continue;
        };
        let place = *places.entry((without_accounts(says), without_accounts(&finding.help))).or_insert(groups.len());
        match groups.get_mut(place) {
            Some(group) => group.of.push(of),
            None => groups.push(Group { of: vec![of], says, first: finding }),
        }
    }
    groups
}

/// Takes the ids of accounts, which are of twelve digits, out of a text.
fn without_accounts(text: &str) -> String {
    let words = text.split_inclusive(|c: char| !c.is_ascii_digit());
    let digits = |word: &str| word.bytes().take_while(u8::is_ascii_digit).count();
    words.map(|word| if digits(word) == 12 { &word[12..] } else { word }).collect()
}

fn listed(matters: &BTreeMap<String, Finding>) -> Vec<Value> {
    let matter = |(name, finding): (&String, &Finding)| {
        let Finding { text, help, since, over, .. } = finding;
        json!({ "matter": name, "text": text, "help": help, "since": since, "over": over })
    };
    matters.iter().take(NAMED).map(matter).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::specimen::now;

    fn findings(count: usize, over: bool) -> BTreeMap<String, Finding> {
        let over = over.then(now);
        let finding = |number: usize| {
            let text = format!("thing {number}: stands in the way of {number}");
            (format!("{number:04}"), Finding { text, help: "mend it".to_owned(), since: now(), told: None, over })
        };
        (0..count).map(finding).collect()
    }

    #[test]
    fn a_notice_says_what_stands_and_what_helps_and_what_is_over() {
        let notice = News { stands: findings(2, false), over: findings(1, true) }.notice("corp", now());
        assert_eq!(notice.subject, "transitd corp: 2 matters, 1 over");
        assert_eq!(
            notice.text,
            "network corp\n\ntransitd asks: thing 0: stands in the way of 0\n  mend it\n\n\
             transitd asks: thing 1: stands in the way of 1\n  mend it\n\nover: thing 0: stands in the way of 0\n"
        );
        assert_eq!(notice.data["stands"][1]["help"], "mend it");
        assert_eq!(
            notice.data["text"],
            "network corp\ntransitd asks: thing 0: stands in the way of 0\n\
             transitd asks: thing 1: stands in the way of 1\nover: thing 0: stands in the way of 0"
        );
        assert_eq!(notice.data["left_out"], 0);
    }

    #[test]
    fn what_is_said_of_several_accounts_alike_is_said_once_and_nothing_else_is_put_together() {
        let unread = |number: usize, action: &str| {
            let account = format!("{number:012}");
            let text = format!(
                "account {account} (a{number}): cannot be entered; {action}: no, for arn:aws:iam::{account}:role/r"
            );
            (account, Finding { text, help: "see the role".to_owned(), since: now(), told: None, over: None })
        };
        let mut stands: BTreeMap<String, Finding> = (1..=10).map(|number| unread(number, "AssumeRole")).collect();
        stands.extend([unread(11, "DescribeVpcs")]);
        let notice = News { stands, over: BTreeMap::new() }.notice("corp", now());
        let lines: Vec<&str> = notice.data["text"].as_str().unwrap().lines().collect();
        assert_eq!(lines.len(), 3, "{lines:#?}");
        assert!(
            lines[1].starts_with("transitd asks: account 000000000001 (a1), account 000000000002 (a2), "),
            "{lines:#?}"
        );
        let end = "(a8) and 2 more: cannot be entered; AssumeRole: no, for arn:aws:iam::000000000001:role/r";
        assert!(lines[1].ends_with(end), "{lines:#?}");
        assert!(lines[2].contains("account 000000000011 (a11): cannot be entered; DescribeVpcs"), "{lines:#?}");
        assert_eq!(notice.text.matches("see the role").count(), 2);
        assert_eq!(notice.data["stands"].as_array().map(Vec::len), Some(11), "programs have each by itself");
    }

    #[test]
    fn what_is_said_of_nothing_in_particular_stands_by_itself() {
        let finding = |text: &str| Finding {
            text: text.to_owned(),
            help: "look".to_owned(),
            since: now(),
            told: None,
            over: None,
        };
        let stands = BTreeMap::from([("a".to_owned(), finding("it asks")), ("b".to_owned(), finding("so does this"))]);
        let notice = News { stands, over: BTreeMap::new() }.notice("corp", now());
        assert_eq!(notice.data["text"], "network corp\ntransitd asks: it asks\ntransitd asks: so does this");
    }

    #[test]
    fn a_thousand_matters_make_a_notice_that_can_still_be_sent() {
        let notice = News { stands: findings(1000, false), over: findings(NAMED, true) }.notice("corp", now());
        assert_eq!(notice.data["stands"].as_array().map(Vec::len), Some(NAMED));
        assert_eq!(notice.data["left_out"], 950);
        assert!(notice.text.contains("\ntransitd asks: 950 more, which `transitd history` has\n"), "{}", notice.text);
        assert!(!notice.text.contains("over: 0 more"));
    }

    #[test]
    fn the_subject_of_the_longest_notice_is_one_that_sns_takes() {
        let news = News { stands: findings(9999, false), over: findings(9999, true) };
        let subject = news.notice(&"a".repeat(64), now()).subject;
        assert!(subject.len() < 100 && subject.bytes().all(|byte| (b' '..=b'~').contains(&byte)), "{subject}");
    }
}
