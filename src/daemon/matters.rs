//! What a person is told: each matter once, when it has stood for a while, and once more when it is over.
//!
//! A matter that is not seen in a pass is over only if that pass could have seen it: what is unknown is not absent. Each
//! channel hears each thing once: what one of them missed is no reason to tell it again to the others.

use std::collections::{BTreeMap, BTreeSet};

use jiff::{SignedDuration, Timestamp};

use super::News;
use crate::model::Finding;
use crate::report::Matter;

/// For how long a matter stands before a person is told. Much of what is in the way while a network is being built
/// goes away by itself within one look.
pub const STANDS: SignedDuration = SignedDuration::from_secs(15);

/// What notices go through.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Channel {
    Log,
    Webhook,
    Sns,
}

impl Channel {
    const ALL: [Channel; 3] = [Channel::Log, Channel::Webhook, Channel::Sns];

    /// Names the channel as the config file does.
    pub fn name(self) -> &'static str {
        match self {
            Channel::Log => "log",
            Channel::Webhook => "webhook",
            Channel::Sns => "sns",
        }
    }
}

/// What a channel has heard last of a matter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Heard {
    Stands,
    Over,
}

/// The matters that stand, or are over and somebody waits to hear so.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Matters {
    all: BTreeMap<String, Finding>,
    /// What some channels have heard and others have not. A restart forgets it: then some hear a thing again.
    heard: BTreeMap<(String, Channel), Heard>,
}

impl Matters {
    pub fn of(standing: BTreeMap<String, Finding>) -> Self {
        Self { all: standing, heard: BTreeMap::new() }
    }

    /// Notes the matters of a pass, and which of those before it shows to be over.
    pub fn see(&mut self, now: Timestamp, seen: BTreeMap<String, Matter>, over: &BTreeSet<String>) {
        for (_, standing) in self.all.iter_mut().filter(|(name, _)| over.contains(*name) && !seen.contains_key(*name)) {
            standing.over.get_or_insert(now);
        }
        for (name, matter) in seen {
            let Matter { text, help } = matter;
            let before = self.all.remove(&name);
            let (since, told) = before.map_or((now, None), |before| (before.since, before.told));
            self.all.insert(name, Finding { text, help, since, told, over: None });
        }
    }

    /// Takes over what is said at its end of what was found to be over just now: by the name of the matter.
    pub fn explain(&mut self, now: Timestamp, endings: &BTreeMap<String, String>) {
        for (name, matter) in self.all.iter_mut().filter(|(_, matter)| matter.over == Some(now)) {
            if let Some(said) = endings.get(name) {
                matter.text.clone_from(said);
            }
        }
    }

    /// Returns what a channel has not heard yet.
    pub fn news(&self, channel: Channel, now: Timestamp) -> News {
        let mut news = News::default();
        for (name, standing) in &self.all {
            let knows = self.knows(channel, name, standing);
            if standing.over.is_some() {
                if knows == Some(Heard::Stands) {
                    news.over.insert(name.clone(), standing.clone());
                }
            } else if knows != Some(Heard::Stands) && now.duration_since(standing.since) >= STANDS {
                news.stands.insert(name.clone(), standing.clone());
            }
        }
        news
    }

    /// Notes that a channel has heard the news.
    pub fn told(&mut self, channel: Channel, news: &News) {
        let stands = news.stands.keys().map(|name| (name, Heard::Stands));
        for (name, heard) in stands.chain(news.over.keys().map(|name| (name, Heard::Over))) {
            self.heard.insert((name.clone(), channel), heard);
        }
    }

    /// Notes what all of these channels have heard, and lets go of what nobody waits to hear more of.
    pub fn settle(&mut self, channels: &[Channel], now: Timestamp) {
        let mut settled = Vec::new();
        for (name, standing) in &self.all {
            let stands = |channel: &Channel| self.knows(*channel, name, standing) == Some(Heard::Stands);
            match standing.over {
                None if channels.iter().all(stands) => settled.push((name.clone(), true)),
                Some(_) if !channels.iter().any(stands) => settled.push((name.clone(), false)),
                None | Some(_) => {}
            }
        }
        for (name, stands) in settled {
            self.heard.retain(|(of, _), _| *of != name);
            if !stands {
                self.all.remove(&name);
            } else if let Some(standing) = self.all.get_mut(&name) {
                standing.told.get_or_insert(now);
            }
        }
    }

    fn knows(&self, channel: Channel, name: &str, standing: &Finding) -> Option<Heard> {
        let told = standing.told.map(|_| Heard::Stands);
        self.heard.get(&(name.to_owned(), channel)).copied().or(told)
    }

    /// Tells whether something stands that has not stood long enough for a person to be told.
    pub fn are_young(&self) -> bool {
        self.standing().any(|(name, standing)| self.knows(Channel::Log, name, standing).is_none())
    }

    /// Lets a channel hear all that stands, as one that was not there before.
    pub fn join(&mut self, channel: Channel) {
        for (name, standing) in &mut self.all {
            if standing.told.take().is_some() {
                for other in Channel::ALL {
                    self.heard.entry((name.clone(), other)).or_insert(Heard::Stands);
                }
            }
        }
        self.heard.retain(|(_, of), _| *of != channel);
    }

    /// Returns what stands now.
    pub fn standing(&self) -> impl Iterator<Item = (&String, &Finding)> {
        self.all.iter().filter(|(_, standing)| standing.over.is_none())
    }

    /// Returns all that is to be remembered.
    pub fn all(&self) -> &BTreeMap<String, Finding> {
        &self.all
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::specimen::now;

    const CHANNELS: [Channel; 2] = [Channel::Log, Channel::Webhook];

    fn seen(names: &[&str]) -> BTreeMap<String, Matter> {
        let matter = |name: &str| Matter { text: format!("{name} is in the way"), help: "mend it".to_owned() };
        names.iter().map(|name| ((*name).to_owned(), matter(name))).collect()
    }

    fn at(seconds: i64) -> Timestamp {
        now() + SignedDuration::from_secs(seconds)
    }

    /// Tells these channels what they have not heard: `+` what stands, `-` what is over.
    fn tell(matters: &mut Matters, reached: &[Channel], seconds: i64) -> Vec<String> {
        let mut told = Vec::new();
        for channel in reached {
            let (news, name) = (matters.news(*channel, at(seconds)), channel.name());
            told.extend(news.stands.keys().map(|matter| format!("{seconds} {name} +{matter}")));
            told.extend(news.over.keys().map(|matter| format!("{seconds} {name} -{matter}")));
            matters.told(*channel, &news);
        }
        matters.settle(&CHANNELS, at(seconds));
        told
    }

    /// One look: its second, what it saw, whether what it did not see is over, whether the webhook can be reached.
    type Look = (i64, &'static [&'static str], bool, bool);

    fn all_but(matters: &Matters, names: &[&str]) -> BTreeSet<String> {
        matters.all().keys().filter(|name| !names.contains(&name.as_str())).cloned().collect()
    }

    fn told(looks: &[Look]) -> Vec<String> {
        let mut matters = Matters::default();
        let mut told = Vec::new();
        for (seconds, names, whole, reached) in looks {
            let over = if *whole { all_but(&matters, names) } else { BTreeSet::new() };
            matters.see(at(*seconds), seen(names), &over);
            told.extend(tell(&mut matters, if *reached { &CHANNELS } else { &CHANNELS[..1] }, *seconds));
        }
        told
    }

    /// The same where every channel can be reached: what each of them was told.
    fn told_to_both(looks: &[(i64, &'static [&'static str], bool)]) -> Vec<String> {
        let all = told(&looks.iter().map(|(at, names, whole)| (*at, *names, *whole, true)).collect::<Vec<_>>());
        let to = |channel: &str| -> Vec<String> {
            all.iter().filter(|it| it.contains(channel)).map(|it| it.replace(channel, "")).collect()
        };
        assert_eq!(to(" log"), to(" webhook"));
        to(" log")
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
        assert_eq!(told_to_both(looks), ["15 +a", "700 -a"]);
    }

    #[test]
    fn what_goes_away_by_itself_is_nobody_s_business() {
        assert!(told_to_both(&[(0, &["a"], true), (10, &[], true), (300, &[], true)]).is_empty());
    }

    #[test]
    fn what_cannot_be_seen_is_not_over() {
        let looks: &[(i64, &[&str], bool)] =
            &[(0, &["a"], true), (60, &["a"], true), (120, &[], false), (180, &[], true)];
        assert_eq!(told_to_both(looks), ["60 +a", "180 -a"]);
    }

    #[test]
    fn what_comes_back_after_it_was_over_is_told_again() {
        let looks: &[(i64, &[&str], bool)] =
            &[(0, &["a"], true), (60, &["a"], true), (90, &[], true), (100, &["a"], true), (200, &["a"], true)];
        assert_eq!(told_to_both(looks), ["60 +a", "90 -a", "200 +a"]);
    }

    #[test]
    fn what_did_not_arrive_is_told_again_there_and_nowhere_else() {
        let looks: &[Look] = &[
            (0, &["a"], true, false),
            (60, &["a"], true, false),
            (120, &["a", "b"], true, true),
            (180, &["a", "b"], true, true),
        ];
        assert_eq!(told(looks), ["60 log +a", "120 webhook +a", "180 log +b", "180 webhook +b"]);
    }

    #[test]
    fn who_never_heard_of_a_matter_does_not_hear_that_it_is_over() {
        let looks: &[Look] =
            &[(0, &["a"], true, false), (60, &["a"], true, false), (120, &[], true, false), (180, &[], true, true)];
        assert_eq!(told(looks), ["60 log +a", "120 log -a"]);
    }

    #[test]
    fn who_missed_that_a_matter_was_over_and_stands_again_hears_nothing() {
        let looks: &[Look] = &[
            (0, &["a"], true, true),
            (60, &["a"], true, true),
            (120, &[], true, false),
            (180, &["a"], true, true),
            (240, &["a"], true, true),
            (300, &[], true, true),
        ];
        let wanted = ["60 log +a", "60 webhook +a", "120 log -a", "180 log +a", "300 log -a", "300 webhook -a"];
        assert_eq!(told(looks), wanted);
    }

    #[test]
    fn a_matter_is_young_until_the_log_has_it_and_told_when_all_have_heard() {
        let mut matters = Matters::default();
        matters.see(at(0), seen(&["a"]), &BTreeSet::new());
        tell(&mut matters, &[Channel::Log], 14);
        assert!(matters.are_young());
        tell(&mut matters, &[Channel::Log], 60);
        assert!(!matters.are_young(), "who cannot be reached is no reason to look again");
        assert_eq!(matters.all()["a"].told, None);
        tell(&mut matters, &CHANNELS, 90);
        assert_eq!(matters.all()["a"].told, Some(at(90)));
    }

    #[test]
    fn a_channel_that_joins_hears_what_stands_and_the_others_hear_nothing_again() {
        let mut matters = Matters::default();
        matters.see(at(0), seen(&["a", "b"]), &BTreeSet::new());
        tell(&mut matters, &CHANNELS, 60);
        let over = all_but(&matters, &["a"]);
        matters.see(at(70), seen(&["a"]), &over);
        tell(&mut matters, &[Channel::Log], 70);
        matters.join(Channel::Webhook);
        assert_eq!(tell(&mut matters, &CHANNELS, 80), ["80 webhook +a"]);
        matters.see(at(90), seen(&[]), &all_but(&matters, &[]));
        assert_eq!(tell(&mut matters, &CHANNELS, 90), ["90 log -a", "90 webhook -a"]);
        assert!(matters.all().is_empty());
    }

    #[test]
    fn what_is_over_and_was_not_mended_says_so_and_only_when_it_ends() {
        let mut matters = Matters::default();
        matters.see(at(0), seen(&["a", "b"]), &BTreeSet::new());
        tell(&mut matters, &CHANNELS, 60);
        let mut ends = |seconds: i64, names: &[&str]| {
            let over = all_but(&matters, names);
            matters.see(at(seconds), seen(names), &over);
            matters.explain(at(seconds), &BTreeMap::from([("a".to_owned(), "nobody looks at a any more".to_owned())]));
        };
        ends(120, &["b"]);
        ends(180, &[]);
        let texts: Vec<String> = matters.news(Channel::Log, at(180)).over.into_values().map(|over| over.text).collect();
        assert_eq!(texts, ["nobody looks at a any more", "b is in the way"]);
    }

    #[test]
    fn what_was_told_before_a_restart_is_told_to_nobody_again() {
        let mut matters = Matters::default();
        matters.see(at(0), seen(&["a"]), &BTreeSet::new());
        tell(&mut matters, &CHANNELS, 60);
        let mut again = Matters::of(matters.all().clone());
        again.see(at(120), seen(&["a"]), &BTreeSet::new());
        assert_eq!(tell(&mut again, &CHANNELS, 120), Vec::<String>::new());
        again.see(at(180), seen(&[]), &BTreeSet::from(["a".to_owned()]));
        assert_eq!(tell(&mut again, &CHANNELS, 180), ["180 log -a", "180 webhook -a"]);
        assert!(again.all().is_empty());
    }
}
