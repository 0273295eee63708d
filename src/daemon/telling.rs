//! What the daemon says after each pass: to the log, the service manager and the board, and to people what concerns them.

use std::collections::{BTreeMap, BTreeSet};

use super::{Address, Channel, Course, Daemon, Word, log};
use crate::model::Finding;
use crate::pass::{Broken, Ended, Observer, Pass, with};
use crate::report::{self, Matter, UNREAD, View};

/// The name of the matter of a config file that is refused.
const CONFIG: &str = "config";

impl Daemon<'_> {
    /// Tells of a pass that was made: log, board, matters.
    pub(super) async fn passed(&self, course: &mut Course, pass: &Pass, ended: Option<&Ended>) {
        let mode = if course.setup.door.is_some() { log::ended(ended) } else { "observed" };
        let said = report::verdict_text(&pass.plan);
        self.board.metrics.pass(pass, mode);
        self.board.metrics.unknown_scopes(report::unknown_scopes(&pass.plan));
        self.board.metrics.orders(!pass.plan.pauses.is_empty(), pass.plan.holds.len());
        // A process that has just begun has said nothing yet.
        let remembered =
            if course.said.is_empty() && pass.number == 1 { format!("after a start: {said}") } else { said.clone() };
        let record = pass.record(mode, &remembered, self.clock.now(), said != course.said);
        match with(&self.store, |store| store.record(&record)) {
            Ok(connected) => connected.into_iter().for_each(|took| self.board.metrics.connected(took)),
            Err(error) => tracing::error!(%error, "the pass could not be recorded"),
        }
        let at = pass.seen.at.strftime("%F %T UTC");
        self.say(format!("pass {} at {at}: {said}{}", pass.number, asides(course)));
        course.outage.is_over(pass.number);
        log::pass(pass, mode, &said, said == course.said);
        course.said = said;
        self.judge(course, pass, ended).await;
    }

    /// Finds the matters of a pass, and which of those before are over.
    async fn judge(&self, course: &mut Course, pass: &Pass, ended: Option<&Ended>) {
        let violations = match ended {
            Some(Ended::Refused(violations)) => violations.as_slice(),
            Some(Ended::InSync | Ended::Blocked | Ended::TimeOver | Ended::Stopped | Ended::Moved(_)) | None => &[],
        };
        let view = view(pass, &course.setup.observer);
        let mut matters = report::matters(&view, violations);
        let unready = report::unready(&view, &pass.outcomes);
        matters.extend(course.unready.lasting(self.clock.now(), unready, &course.matters));
        matters.extend(course.refused.as_ref().map(|why| refused_config(why)));
        let gone = || course.matters.all().iter().filter(|(name, _)| !matters.contains_key(*name));
        let is_over = |name: &&String| *name == CONFIG || report::is_over(&view, name);
        let over: BTreeSet<String> = gone().map(|(name, _)| name).filter(is_over).cloned().collect();
        let endings: BTreeMap<String, String> = gone()
            .filter_map(|(name, matter)| Some((name.clone(), report::ended(&view, name, &matter.text)?)))
            .collect();
        self.consider(course, matters, &over, &endings).await;
    }

    /// Tells of a pass that could not be made.
    pub(super) async fn broke(&self, course: &mut Course, broken: &Broken) {
        course.outage.broke(course.number, &broken.to_string());
        self.board.metrics.no_pass("broken");
        self.say(format!("pass {} could not be made: {broken}{}", course.number, asides(course)));
        course.said = String::new();
        let help = "mend what it names; transitd tries again every minute, and sends nothing until then".to_owned();
        let matter = Matter { text: broken.to_string(), help };
        // The other matters could not be looked at, but for the file.
        let others = course.matters.standing().filter(|(name, _)| *name != CONFIG);
        let mut matters: BTreeMap<String, Matter> =
            others.map(|(name, standing)| (name.clone(), as_matter(standing))).collect();
        matters.insert(format!("{UNREAD}everything"), matter);
        matters.extend(course.refused.as_ref().map(|why| refused_config(why)));
        self.consider(course, matters, &BTreeSet::from([CONFIG.to_owned()]), &BTreeMap::new()).await;
    }

    /// Lets an address that was not told before, by this process or the one before it, hear all that stands.
    pub(super) fn introduce(&self, course: &mut Course) {
        let marks = course.setup.addresses.iter().map(Address::mark).collect();
        match with(&self.store, |store| store.told_through(&marks)) {
            Ok(before) => {
                // A state that never had this has told all that it knows.
                let before = before.unwrap_or_else(|| marks.clone());
                for address in course.setup.addresses.iter().filter(|address| !before.contains(&address.mark())) {
                    course.matters.join(address.channel());
                }
            }
            Err(error) => tracing::error!(%error, "it could not be recorded through what people are told"),
        }
    }

    fn say(&self, status: String) {
        self.host.tell(&Word::Status(status.clone()));
        self.board.status(status);
    }

    /// Takes note of the matters of a pass, and tells a person what is new.
    async fn consider(
        &self,
        course: &mut Course,
        seen: BTreeMap<String, Matter>,
        over: &BTreeSet<String>,
        endings: &BTreeMap<String, String>,
    ) {
        let now = self.clock.now();
        log::matters(&course.matters, &seen);
        course.matters.see(now, seen, over);
        course.matters.explain(now, endings);
        self.board.metrics.matters(course.matters.standing().count());
        self.tell_people(course).await;
    }

    /// Tells a person what is new, and remembers who was told of what.
    pub(super) async fn tell_people(&self, course: &mut Course) {
        self.tell_news(course).await;
        let now = self.clock.now();
        if let Err(error) = with(&self.store, |store| store.note_findings(course.matters.all(), now)) {
            tracing::error!(%error, "what was found could not be recorded");
        }
    }

    /// Tells a person what is new, through each channel what it has not brought yet.
    async fn tell_news(&self, course: &mut Course) {
        let now = self.clock.now();
        let Course { setup, matters, resend, .. } = course;
        let news = matters.news(Channel::Log, now);
        log::news(&news);
        matters.told(Channel::Log, &news);
        let mut channels = vec![Channel::Log];
        for address in &setup.addresses {
            let channel = address.channel();
            channels.push(channel);
            let news = matters.news(channel, now);
            if news.is_empty() {
                // What did not arrive may be over by now: then nothing is left to be tried again.
                resend.forget(channel);
                continue;
            }
            if resend.waits(channel, now) {
                continue;
            }
            let notice = news.notice(setup.observer.intent.network.as_str(), now);
            let arrived = self.host.send(address, &notice).await;
            self.board.metrics.notice(channel, arrived.is_ok());
            resend.note(channel, self.clock.now(), arrived.is_ok());
            match arrived {
                Ok(()) => matters.told(channel, &news),
                Err(why) => {
                    let through = channel.name();
                    tracing::warn!(through, why, "a notice did not arrive, and is sent again");
                }
            }
        }
        matters.settle(&channels, now);
    }
}

/// Adds to the status line in what state the daemon is beside its pass.
fn asides(course: &Course) -> String {
    let observes = if course.setup.door.is_some() { "" } else { "; only observed, as the file says" };
    let refused = if course.refused.is_some() { "; the config file is refused" } else { "" };
    format!("{observes}{refused}")
}

/// A person is told that the file does not say what is kept: whoever asked to read it may have gone.
fn refused_config(why: &str) -> (String, Matter) {
    let text = format!("the config file is refused, and what it said before is kept: {why}");
    let help = "mend it (`transitd check` shows each problem in its place), then send SIGHUP again".to_owned();
    (CONFIG.to_owned(), Matter { text, help })
}

fn as_matter(finding: &Finding) -> Matter {
    Matter { text: finding.text.clone(), help: finding.help.clone() }
}

fn view<'a>(pass: &'a Pass, observer: &'a Observer) -> View<'a> {
    View {
        network: &observer.intent.network,
        home: &observer.intent.home.account,
        organization: &observer.intent.home.organization,
        plan: &pass.plan,
        want: &pass.want,
        seen: &pass.seen,
        calls: pass.calls,
    }
}
