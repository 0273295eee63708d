//! The daemon as a process of its own, with real signals, against the sandbox on the wire.
//!
//! Both live in hurried time: two minutes pass in a second. So this program, called with `transitd` before its arguments,
//! is transitd by a hurried clock, and the same to the letter otherwise; the built binary itself is run as well.

#[path = "daemon/land.rs"]
mod land;
#[path = "process/running.rs"]
mod running;

#[path = "process/hurried.rs"]
mod hurried;

use std::io::Write as _;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use aws_sandbox::network::shelf::Key;
use land::Land;
use libtest_mimic::{Arguments, Trial};
use running::{Binary, Place, WEBHOOK_SECRET};

/// Longer than anything here takes, and shorter than somebody's patience with a test that hangs.
const PATIENCE: Duration = Duration::from_secs(60);

fn main() -> ExitCode {
    let mut arguments = std::env::args_os().skip(1);
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    if arguments.next().is_some_and(|first| first == "transitd") {
        let all = std::env::args_os().skip(1);
        return ExitCode::from(runtime.block_on(transitd::process::run_by(all, Arc::new(hurried::Hurried))));
    }
    let trials = vec![
        trial("a day in the life of a daemon", || a_day_in_the_life_of_a_daemon(Binary::Hurried)),
        trial("the built binary lives the same day", || a_day_in_the_life_of_a_daemon(Binary::Built)),
        trial("signals do not end a daemon that is only starting", signals_while_it_starts),
        trial("killed again and again it makes nothing twice and gets there", killed_again_and_again),
        trial("with mode observe it writes nothing, from its start on and from a reload on", it_only_observes),
        trial("a notice that does not arrive tells nobody its address", a_notice_does_not_arrive),
        trial("a person is told over the webhook and no secret is told to anybody", a_person_is_told),
    ];
    libtest_mimic::run(&Arguments::from_args(), trials).exit_code()
}

fn trial<F: Future<Output = ()>>(name: &str, test: impl FnOnce() -> F + Send + 'static) -> Trial {
    Trial::test(name, || {
        tokio::runtime::Runtime::new()?.block_on(test());
        Ok(())
    })
}

async fn a_day_in_the_life_of_a_daemon(binary: Binary) {
    let place = Place::new(binary, "{ every: 24h, listen: 127.0.0.1:0 }").await;
    let mut daemon = place.start().await;
    daemon.notified("READY=1").await;
    let begins = daemon.until(|log| log["message"] == "begins").await;
    assert_eq!((&begins["version"], &begins["network"]), (&env!("CARGO_PKG_VERSION").into(), &"corp".into()));
    daemon.until(|log| log["verdict"] == "in sync").await;
    assert!(place.land.has_route(&place.land.billing) && place.land.has_route(&place.land.tools));
    daemon.notified("STATUS=pass").await;

    // Health.
    let (status, page) = daemon.get("/healthz").await;
    assert_eq!((status, page.contains("\"alive\":true")), (200, true), "{page}");
    assert_eq!(daemon.get("/readyz").await.0, 200);
    let (_, metrics) = daemon.get("/metrics").await;
    for line in [
        "transitd_steps_total{kind=\"attachment\",outcome=\"done\"}",
        "transitd_calls_total{action=\"AssumeRole\"}",
        "transitd_unknown_scopes 0",
        "transitd_drift{kind=\"vpc-route\"} 0",
        "transitd_knowledge_age_seconds",
    ] {
        assert!(metrics.contains(line), "{line} is not in\n{metrics}");
    }

    // SIGUSR2 reports and repairs nothing, SIGUSR1 repairs.
    place.land.delete_route(&place.land.tools);
    daemon.signal("USR2");
    let report = daemon.report().await;
    assert_eq!(report["steps"].as_array().unwrap().len(), 1, "{report:#}");
    assert!(!place.land.has_route(&place.land.tools));
    daemon.signal("USR1");
    let asked = daemon.until(|log| log["message"] == "asked by a signal" && log["reconcile"] == true).await;
    assert_eq!((&asked["report"], &asked["reload"]), (&false.into(), &false.into()));
    daemon
        .until(|log| {
            log["step"].as_str().is_some_and(|step| step.starts_with("create VPC route")) && log["outcome"] == "done"
        })
        .await;
    assert!(place.land.has_route(&place.land.tools));

    // A bad config is refused, and the old one kept.
    let good = place.config();
    place.configure("version: 1\nnetwork: corp\nhubs: none\n");
    daemon.signal("HUP");
    daemon.notified("RELOADING=1").await;
    let refused = daemon.until(|log| log["message"] == "the config is refused, and the old one kept").await;
    assert!(refused["why"].as_str().unwrap().contains("line 3, column 7"), "{refused}");
    daemon.notified("READY=1").await;
    place.configure(&good.replace("every: 24h", "every: 23h"));
    daemon.signal("HUP");
    let taken = daemon.until(|log| log["message"] == "the config was read again").await;
    assert_eq!(taken["every"], "82800s");

    orders_beside(&place, &mut daemon).await;

    // Beside it: a report, but no second writer.
    let (code, out, _) = place.command(&["drift"]).await;
    assert_eq!((code, out.starts_with("in sync")), (0, true), "{out}");
    let (code, _, err) = place.command(&["apply"]).await;
    assert_eq!((code, err.contains("is in use by transitd, process")), (1, true), "{err}");
    let (code, _, err) = place.command(&["run"]).await;
    assert_eq!((code, err.contains("is in use by transitd, process")), (1, true), "{err}");

    daemon.signal("TERM");
    daemon.notified("STOPPING=1").await;
    assert_eq!(daemon.ended(PATIENCE).await, Some(0));
    assert!(daemon.all_of_the_log().contains("ends: what was in flight is settled"));
}

/// Orders are given by processes of their own, and are in force at once; what came of them is told afterwards.
async fn orders_beside(place: &Place, daemon: &mut running::Running) {
    let tools = &place.land.tools;
    let (code, out, err) = place.command(&["hold", &tools.table, "--for", "200h", "--why", "a leak"]).await;
    assert_eq!((code, out.contains("is held by oncall until") && out.contains("a leak")), (0, true), "{out}{err}");
    assert!(!out.contains("note:"), "transitd has written in that table: {out}");
    place.land.delete_route(tools);
    daemon.signal("USR1");
    daemon.until(|log| log["verdict"].as_str().is_some_and(|text| text.ends_with("held: 1 thing"))).await;
    assert!(!place.land.has_route(tools));
    let (code, out, _) = place.command(&["drift"]).await;
    assert!(
        code == 2 && out.contains("held  ") && out.contains("1 step not sent, since somebody told transitd"),
        "{out}"
    );

    let (code, out, _) = place.command(&["pause", "--why", "let me look"]).await;
    assert_eq!((code, out.starts_with("paused by oncall")), (0, true), "{out}");
    let (code, _, err) = place.command(&["release", "rtb-nothing"]).await;
    assert!(code == 1 && err.contains(&format!("held: '{}'", tools.table)), "{err}");
    assert_eq!(place.command(&["release", &tools.table]).await.0, 0);
    daemon.until(|log| log["verdict"].as_str().is_some_and(|text| text.starts_with("paused; drift: 1 step"))).await;
    assert!(!place.land.has_route(tools));
    // Nobody has to be told to look: the order itself wakes it.
    assert_eq!(place.command(&["resume"]).await.0, 0);
    daemon.until(|log| log["outcome"] == "done").await;
    assert!(place.land.has_route(tools));

    let (code, out, _) = place.command(&["history", &tools.table, "--format", "json"]).await;
    let history: serde_json::Value = serde_json::from_str(&out).unwrap();
    let events: Vec<&str> =
        history["events"].as_array().unwrap().iter().filter_map(|it| it["event"].as_str()).collect();
    assert_eq!(code, 0);
    assert!(events.iter().filter(|event| **event == "order").count() == 4, "{events:?}");
    assert!(events.iter().filter(|event| **event == "step").count() >= 2, "{events:?}");
    let (_, out, _) = place.command(&["history"]).await;
    for line in ["hold", "release", "pause", "resume", "done", "pass"] {
        assert!(out.lines().any(|it| it.get(20..).is_some_and(|text| text.trim().starts_with(line))), "{line}: {out}");
    }
}

/// The config is a pipe that nobody has written to yet: whatever comes, comes at the start.
async fn signals_while_it_starts() {
    let place = Place::new(Binary::Built, "{ every: 24h, listen: off }").await;
    let good = place.config();
    place.make_config_a_pipe();
    let mut daemon = place.start().await;
    let mut pipe = place.asked_for_config().await;
    place.configure(&good);
    for signal in ["USR1", "USR2", "HUP"] {
        daemon.signal(signal);
    }
    pipe.write_all(good.as_bytes()).unwrap();
    drop(pipe);
    daemon.notified("READY=1").await;
    daemon.signal("TERM");
    assert_eq!(daemon.ended(PATIENCE).await, Some(0));
}

async fn killed_again_and_again() {
    let place = Place::new(Binary::Hurried, "{ every: 1m, listen: off }").await;
    for life in 0..8_u64 {
        let mut daemon = place.start().await;
        daemon.notified("READY=1").await;
        // At another moment each time: while it looks, while it sends, while it waits.
        tokio::time::sleep(Duration::from_millis(15 + 37 * life)).await;
        daemon.signal("KILL");
        assert_eq!(daemon.ended(PATIENCE).await, None);
    }
    let mut daemon = place.start().await;
    daemon.until(|log| log["verdict"] == "in sync").await;
    assert_eq!(doubled(&place.land), Vec::<String>::new());
    daemon.signal("INT");
    assert_eq!(daemon.ended(PATIENCE).await, Some(0));
}

async fn it_only_observes() {
    let place = Place::new(Binary::Built, "{ every: 24h, listen: off, mode: observe }").await;
    let observing = place.config();
    let mut daemon = place.start().await;
    let pass = daemon.until(|log| log["message"] == "pass").await;
    assert_eq!((&pass["ended"], pass["steps"].as_u64() > Some(0)), (&"observed".into(), true), "{pass}");
    assert_eq!(place.writes(), Vec::<String>::new());

    place.configure(&observing.replace(", mode: observe", ""));
    daemon.signal("HUP");
    daemon.until(|log| log["verdict"] == "in sync").await;
    assert!(place.land.has_route(&place.land.tools));

    place.configure(&observing);
    daemon.signal("HUP");
    let taken = daemon.until(|log| log["message"] == "the config was read again").await;
    assert_eq!(taken["mode"], "observe");
    place.land.delete_route(&place.land.tools);
    daemon.signal("USR1");
    let seen = daemon.until(|log| log["verdict"].as_str().is_some_and(|text| text.starts_with("drift: 1 step"))).await;
    assert_eq!(seen["ended"], "observed");
    assert!(!place.land.has_route(&place.land.tools));
    daemon.signal("TERM");
    assert_eq!(daemon.ended(PATIENCE).await, Some(0));
}

async fn a_notice_does_not_arrive() {
    let place = Place::new(Binary::Hurried, "{ every: 2m, listen: off, webhook: { env: WEBHOOK } }").await;
    let wrong = format!("http://example.com/{WEBHOOK_SECRET}");
    place.send_notices_to(wrong);
    let (code, out, err) = place.command(&["run"]).await;
    assert!(code == 1 && err.contains("WEBHOOK should hold an https:// address"), "{code} {err}");
    assert!(!format!("{out}{err}").contains(WEBHOOK_SECRET), "{out}{err}");

    // A port that was free a moment ago: nobody listens there.
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    place.send_notices_to(format!("http://127.0.0.1:{port}/{WEBHOOK_SECRET}"));
    place.land.lead_elsewhere(&place.land.tools);
    let mut daemon = place.start().await;
    let lost = daemon.until(|log| log["message"].as_str().is_some_and(|text| text.contains("did not arrive"))).await;
    assert!(lost["why"].as_str().unwrap().contains("could not be sent"), "{lost}");
    daemon.signal("TERM");
    assert_eq!(daemon.ended(PATIENCE).await, Some(0));
    assert!(!daemon.all_of_the_log().contains(WEBHOOK_SECRET), "{}", daemon.all_of_the_log());
}

async fn a_person_is_told() {
    let place = Place::new(Binary::Hurried, "{ every: 2m, listen: 127.0.0.1:0, webhook: { env: WEBHOOK } }").await;
    let topic = place.topic();
    place.configure(&place.config().replace("webhook: {", &format!("sns: \"{topic}\", webhook: {{")));
    let mut notices = place.listen_for_notices().await;
    place.land.lead_elsewhere(&place.land.tools);
    let mut daemon = place.start().await;
    let notice = notices.next().await;
    assert_eq!(notice["format"], "transitd.notice/1");
    assert!(notice["stands"][0]["text"].as_str().unwrap().contains(&place.land.tools.vpc), "{notice:#}");
    place.land.delete_route(&place.land.tools);
    let over = loop {
        let notice = notices.next().await;
        if notice["over"].as_array().is_some_and(|over| !over.is_empty()) {
            break notice;
        }
    };
    assert!(over["text"].as_str().unwrap().contains("over: "), "{over:#}");
    daemon.signal("USR2");
    let report = daemon.report().await;
    let (_, metrics) = daemon.get("/metrics").await;
    let (_, health) = daemon.get("/healthz").await;
    daemon.signal("TERM");
    assert_eq!(daemon.ended(PATIENCE).await, Some(0));
    let published = place.published(&topic);
    let subjects: Vec<&str> = published.iter().filter_map(|it| it.subject.as_deref()).collect();
    assert_eq!(subjects, ["transitd corp: 1 matter", "transitd corp: 1 over"]);
    let forms: serde_json::Value = serde_json::from_str(&published[0].message).unwrap();
    let data: serde_json::Value = serde_json::from_str(forms["default"].as_str().unwrap()).unwrap();
    assert_eq!(data["stands"], notice["stands"]);
    assert!(published[0].structured && forms["email"].as_str().unwrap().contains(&place.land.tools.vpc), "{forms:#}");

    let mut all = vec![
        report.to_string(),
        metrics,
        health,
        over.to_string(),
        notice.to_string(),
        forms.to_string(),
        daemon.all_of_the_log(),
    ];
    all.extend(place.state_files().into_iter().map(|bytes| String::from_utf8_lossy(&bytes).into_owned()));
    for secret in [land::EXTERNAL_ID, WEBHOOK_SECRET, running::KEY_SECRET] {
        assert!(all.iter().all(|text| !text.contains(secret)), "{secret} was told");
    }
    // The sessions' own secrets are the sandbox's to draw; it shows none of them but in AssumeRole's answer.
    assert!(all.iter().all(|text| !text.contains("SessionToken") && !text.contains("SecretAccessKey")));
}

/// Names what there is twice: living attachments of one VPC, tables of one segment.
fn doubled(land: &Land) -> Vec<String> {
    let sandbox = land.seed.lock();
    let network = &sandbox.world.network;
    let hub = Key::TransitGateway(land.hub.clone());
    let living = network.vpc_attachments.under(&hub).filter(|it| it.state.holds_interfaces_or_waits());
    let mut all: Vec<String> = living.map(|it| format!("attachment of {}", it.vpc)).collect();
    for table in network.transit_gateway_route_tables.under(&hub) {
        let tags = network.tags.of(&table.owner, &table.id);
        let segments = tags.iter().filter(|tag| tag.key == "transitd:segment");
        all.extend(segments.map(|tag| format!("table of {}", tag.value)));
    }
    all.sort();
    all.windows(2).filter(|pair| pair[0] == pair[1]).map(|pair| pair[0].clone()).collect()
}
