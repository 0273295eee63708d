//! What the daemon counts, in Prometheus' words. Labels are bounded: actions, kinds, outcomes; never an id.

use std::collections::BTreeMap;

use jiff::SignedDuration;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Registry, Unit};

use super::Channel;
use crate::api::Tally;
use crate::model::Kind;
use crate::pass::Pass;

type One = [(&'static str, &'static str); 1];
type Two = [(&'static str, &'static str); 2];
type Seconds = Gauge<f64, std::sync::atomic::AtomicU64>;
type SecondsCounter = Counter<f64, std::sync::atomic::AtomicU64>;

/// A pass takes from parts of a second to half an hour.
const STAGE_SECONDS: [f64; 10] = [0.1, 0.5, 1.0, 5.0, 15.0, 60.0, 180.0, 600.0, 1200.0, 1800.0];
/// A new VPC is connected within minutes, if nobody has to be asked.
const CONNECT_SECONDS: [f64; 9] = [30.0, 60.0, 120.0, 300.0, 600.0, 1800.0, 3600.0, 21_600.0, 86_400.0];

/// All kinds, so that a kind without drift is told as 0.
const KINDS: [Kind; 9] = [
    Kind::Hub,
    Kind::Share,
    Kind::Principal,
    Kind::Table,
    Kind::Attachment,
    Kind::Association,
    Kind::Propagation,
    Kind::StaticRoute,
    Kind::VpcRoute,
];

/// The counters, and the registry that writes them down.
pub struct Metrics {
    registry: Registry,
    passes: Family<One, Counter>,
    stages: Family<One, Histogram>,
    calls: Family<One, Counter>,
    throttles: Family<One, Counter>,
    waits: Family<One, SecondsCounter>,
    steps: Family<Two, Counter>,
    drift: Family<One, Gauge>,
    blocked: Gauge,
    unmanaged: Gauge,
    unknown_scopes: Gauge,
    unknown_lists: Gauge,
    matters: Gauge,
    paused: Gauge,
    holds: Gauge,
    knowledge_age: Seconds,
    connects: Histogram,
    notices: Family<Two, Counter>,
}

impl Default for Metrics {
    fn default() -> Self {
        let mut metrics = Self {
            registry: Registry::with_prefix("transitd"),
            passes: Family::default(),
            stages: Family::new_with_constructor(|| Histogram::new(STAGE_SECONDS)),
            calls: Family::default(),
            throttles: Family::default(),
            waits: Family::default(),
            steps: Family::default(),
            drift: Family::default(),
            blocked: Gauge::default(),
            unmanaged: Gauge::default(),
            unknown_scopes: Gauge::default(),
            unknown_lists: Gauge::default(),
            matters: Gauge::default(),
            paused: Gauge::default(),
            holds: Gauge::default(),
            knowledge_age: Seconds::default(),
            connects: Histogram::new(CONNECT_SECONDS),
            notices: Family::default(),
        };
        metrics.register();
        metrics
    }
}

impl Metrics {
    fn register(&mut self) {
        let Self { registry, .. } = self;
        registry.register("passes", "Passes made, by how they ended", self.passes.clone());
        let stages = "How long the stages of a pass took";
        registry.register_with_unit("stage", stages, Unit::Seconds, self.stages.clone());
        registry.register("calls", "Attempts of calls to AWS, by action", self.calls.clone());
        registry.register("throttles", "Calls that AWS refused for their rate, by action", self.throttles.clone());
        let waits = "How long calls waited for their turn, by action";
        registry.register_with_unit("wait", waits, Unit::Seconds, self.waits.clone());
        registry.register("steps", "Steps taken, by kind of thing and outcome", self.steps.clone());
        registry.register("drift", "Steps that the last look found to be taken, by kind of thing", self.drift.clone());
        registry.register(
            "blocked",
            "Problems that keep something declared from being so, at the last look",
            self.blocked.clone(),
        );
        registry.register(
            "unmanaged",
            "Things that are neither declared nor transitd's, at the last look",
            self.unmanaged.clone(),
        );
        let scopes = "Accounts and regions of which something could not be read at the last look; at least 1 after a pass \
                      that could not be made";
        registry.register("unknown_scopes", scopes, self.unknown_scopes.clone());
        registry.register("unknown_lists", "Lists that could not be read at the last look", self.unknown_lists.clone());
        registry.register("matters", "Things that a person has to decide or mend", self.matters.clone());
        registry.register("paused", "Whether a person had paused the network at the last look", self.paused.clone());
        registry.register(
            "holds",
            "Things that a person had told transitd to leave alone, at the last look",
            self.holds.clone(),
        );
        let age = "How old the last look at the network is";
        registry.register_with_unit("knowledge_age", age, Unit::Seconds, self.knowledge_age.clone());
        let connects = "How long it took from the first sight of a VPC to its being connected";
        registry.register_with_unit("vpc_connect", connects, Unit::Seconds, self.connects.clone());
        registry.register(
            "notices",
            "Notices to a person, by what they went through and whether they arrived",
            self.notices.clone(),
        );
    }

    /// Counts a pass.
    pub fn pass(&self, pass: &Pass, ended: &'static str) {
        self.passes.get_or_create(&[("ended", ended)]).inc();
        for step in &pass.plan.steps {
            if let Some(outcome) = pass.outcomes.get(&step.id) {
                self.steps.get_or_create(&[("kind", label(step.kind)), ("outcome", outcome.word())]).inc();
            }
        }
        for kind in KINDS {
            let steps = pass.plan.steps.iter().filter(|step| step.kind == kind).count();
            self.drift.get_or_create(&[("kind", label(kind))]).set(whole(steps));
        }
        self.blocked.set(whole(pass.plan.problems.iter().filter(|problem| problem.blocks()).count()));
        self.unmanaged.set(whole(pass.plan.unmanaged.len()));
        self.unknown_lists.set(whole(pass.plan.unknown.len()));
    }

    /// Counts a pass that could not be made. What the look before it found stays told, but not that all is known.
    pub fn no_pass(&self, ended: &'static str) {
        self.passes.get_or_create(&[("ended", ended)]).inc();
        self.unknown_scopes.set(self.unknown_scopes.get().max(1));
    }

    pub fn stage(&self, stage: &'static str, took: SignedDuration) {
        self.stages.get_or_create(&[("stage", stage)]).observe(took.as_secs_f64());
    }

    pub fn unknown_scopes(&self, scopes: usize) {
        self.unknown_scopes.set(whole(scopes));
    }

    pub fn matters(&self, matters: usize) {
        self.matters.set(whole(matters));
    }

    pub fn notice(&self, channel: Channel, arrived: bool) {
        let arrived = if arrived { "yes" } else { "no" };
        self.notices.get_or_create(&[("through", channel.name()), ("arrived", arrived)]).inc();
    }

    pub fn orders(&self, paused: bool, holds: usize) {
        self.paused.set(i64::from(paused));
        self.holds.set(whole(holds));
    }

    /// Counts a VPC that has been connected.
    pub fn connected(&self, took: SignedDuration) {
        self.connects.observe(took.as_secs_f64());
    }

    /// Takes over what the pace has counted, which only ever grows.
    pub fn tallies(&self, tallies: &BTreeMap<&'static str, Tally>) {
        for (action, tally) in tallies {
            let action: One = [("action", action)];
            let calls = self.calls.get_or_create_owned(&action);
            calls.inc_by(tally.attempts.saturating_sub(calls.get()));
            let throttles = self.throttles.get_or_create_owned(&action);
            throttles.inc_by(tally.throttled.saturating_sub(throttles.get()));
            let waits = self.waits.get_or_create_owned(&action);
            waits.inc_by((tally.waited.as_secs_f64() - waits.get()).max(0.0));
        }
    }

    /// Writes all of it down, in OpenMetrics' text format.
    pub fn text(&self, knowledge_age: SignedDuration) -> String {
        self.knowledge_age.set(knowledge_age.as_secs_f64());
        let mut text = String::new();
        match encode(&mut text, &self.registry) {
            Ok(()) => text,
            Err(error) => format!("# {error}\n# EOF\n"),
        }
    }
}

fn whole(number: usize) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

fn label(kind: Kind) -> &'static str {
    match kind {
        Kind::Hub => "hub",
        Kind::Share => "share",
        Kind::Principal => "principal",
        Kind::Table => "table",
        Kind::Attachment => "attachment",
        Kind::Association => "association",
        Kind::Propagation => "propagation",
        Kind::StaticRoute => "static-route",
        Kind::VpcRoute => "vpc-route",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tally(attempts: u64, throttled: u64, seconds: i64) -> BTreeMap<&'static str, Tally> {
        let waited = SignedDuration::from_secs(seconds);
        BTreeMap::from([("DescribeVpcs", Tally { attempts, throttled, waited })])
    }

    #[test]
    fn what_the_pace_counted_is_taken_over_once() {
        let metrics = Metrics::default();
        metrics.tallies(&tally(3, 1, 2));
        metrics.tallies(&tally(5, 1, 4));
        let text = metrics.text(SignedDuration::from_secs(12));
        for line in [
            "transitd_calls_total{action=\"DescribeVpcs\"} 5",
            "transitd_throttles_total{action=\"DescribeVpcs\"} 1",
            "transitd_wait_seconds_total{action=\"DescribeVpcs\"} 4.0",
            "transitd_knowledge_age_seconds 12.0",
        ] {
            assert!(text.lines().any(|it| it == line), "{line} is not in\n{text}");
        }
    }

    #[test]
    fn after_a_pass_that_could_not_be_made_not_everything_is_known() {
        let metrics = Metrics::default();
        let scopes = || {
            let text = metrics.text(SignedDuration::ZERO);
            text.lines().find_map(|line| line.strip_prefix("transitd_unknown_scopes ")).unwrap().to_owned()
        };
        assert_eq!(scopes(), "0");
        metrics.no_pass("broken");
        assert_eq!(scopes(), "1");
        metrics.unknown_scopes(3);
        metrics.no_pass("broken");
        assert_eq!(scopes(), "3");
        metrics.unknown_scopes(0);
        assert_eq!(scopes(), "0");
    }

    #[test]
    fn the_metrics_that_the_readme_calls_worth_an_alert_are_served() {
        let metrics = Metrics::default();
        metrics.no_pass("broken");
        metrics.notice(Channel::Webhook, false);
        metrics.steps.get_or_create(&[("kind", "vpc-route"), ("outcome", "failed")]).inc();
        metrics.drift.get_or_create(&[("kind", "vpc-route")]).set(0);
        let text = metrics.text(SignedDuration::ZERO);
        let readme = include_str!("../../README.md");
        let named = readme.split('`').filter(|word| word.starts_with("transitd_"));
        let mut count = 0;
        for metric in named {
            let name = metric.split('{').next().unwrap();
            assert!(text.lines().any(|line| line.split(['{', ' ']).next() == Some(name)), "{metric} is not in\n{text}");
            count += 1;
        }
        assert!(count > 5, "{count}");
    }

    #[test]
    fn all_kinds_have_labels_of_their_own() {
        let labels: std::collections::BTreeSet<&str> = KINDS.into_iter().map(label).collect();
        assert_eq!(labels.len(), KINDS.len());
    }
}
