//! The scenario's language: one line, one thing done; `> ` lines are what it printed.
//!
//! | line | what it does |
//! |---|---|
//! | `region eu-west-1` | where everything that follows is made |
//! | `organization 100000000001` | makes the organization; first of all |
//! | `account NAME [in OU/PATH]` | makes an account, and the units on the way |
//! | `home NAME` | the account whose keys transitd runs with; it may ask Organizations |
//! | `role NAME ROLE [external-id ID]` | makes a role that the home account may assume, with the external id |
//! | `vpc ACCOUNT.NAME CIDR [KEY=VALUE …]` | makes a VPC, with a `Name` tag |
//! | `subnet ACCOUNT.NAME CIDR zone N [KEY=VALUE …]` | makes a subnet |
//! | `hub NAME [defaults\|unshared]` | makes a transit gateway in the home account, and shares it with the organization |
//! | `share NAME` | shares a hub with the organization |
//! | `config` and lines behind `\| ` | writes the config file |
//! | `edit OLD => NEW` | changes the config file; OLD is in it once, `\n` in either begins a line |
//! | `world NAME` | plays the lines of `NAME.world`, unseen |
//! | `outsider NAME ID` | names an account outside the organization |
//! | `vpn NAME on HUB brings RANGE …` | makes a VPN connection, over which BGP brings these ranges; `{NAME}` is its attachment |
//! | `given NAME TYPE on HUB brings RANGE …` | gives the hub an attachment of another service |
//! | `prefix-list ACCOUNT.NAME most N RANGE …` | makes a prefix list |
//! | `call ACCOUNT SERVICE ACTION JSON [=> NAME JSON-POINTER]` | makes a call that must succeed; may name an id of the answer |
//! | `spokes N in OU/PATH ROLE [KEY=VALUE …]` | makes N accounts, each with the role, a VPC of a /24 and a subnet to attach in |
//! | `before ACCOUNT ACTION call …` | makes the call once, right before transitd's next such call arrives |
//! | `deny ACCOUNT ACTION`, `allow ACCOUNT ACTION` | refuses transitd's calls, until allowed |
//! | `refuse ACCOUNT ACTION CODE` | refuses transitd's next such call with this code |
//! | `outage ACCOUNT ACTION` | answers transitd's calls with a 500, until allowed |
//! | `lose ACCOUNT ACTION` | does transitd's next such call, and loses the answer |
//! | `failing ACCOUNT [no more]` | lets the account's attachments fail |
//! | `in process alone` | is not played over the wire, where it would take minutes |
//! | `pace instant` | lets AWS do its own work at once |
//! | `set NAME=VALUE` | sets a switch or a quota, as `aws-sandbox serve --set` does |
//! | `wait 10m` | moves the sandbox's clock on |
//! | `forget` | loses transitd's state |
//! | `$ transitd … [\| last]` | runs transitd; prints its output, or that of the last pass, and the exit code |
//! | `converge` | runs `transitd apply`, which must end in sync; prints nothing |
//! | `daemon 6h [rung]` | runs `transitd run` for so long; rung: somebody sends SIGUSR1 after every pass |
//! | `writes` | lists what the last run of transitd wrote |
//! | `calls` | counts the calls of the last run, by action, and how long it took |
//! | `walk VPC -> VPC` | follows a packet, both ways; prints how far each came |
//!
//! `{name}` stands for the id of an account, VPC, hub, or of what a call named; `{vpc/table}` for a VPC's main route
//! table, `{vpc/attachment}` for its living attachment, `{vpc/10.1.0.0/24}` for a subnet, `{hub/default}` for a hub's
//! default table, `{table of SEGMENT}`, `{gateway of HUB}` and `{share of HUB}` for what transitd made, `{NAME/resource}` for
//! what a VPN or another given attachment leads to. A range may be many: `172.16.0.0/24+1200` are 1,200 from there on.

use std::collections::BTreeMap;
use std::ops::Range;
use std::time::Duration;

use aws_sandbox::Service;
use aws_sandbox::network::adjustment;
use aws_sandbox::network::attachment::ResourceType;
use aws_sandbox::network::shelf::Key;
use aws_sandbox::network::vpc_attachment::State;
use aws_sandbox::seed::{Seed, text};
use jiff::SignedDuration;
use serde_json::{Value, json};

use super::build::pairs;
use super::names::Names;
use super::stage::{DoorKind, EXTERNAL_ID, Life, Stage};
use super::troubles::Foreign;

pub(super) type Failure = Box<dyn std::error::Error + Send + Sync>;

/// Plays a scenario, and returns its text with what it printed this time.
pub async fn play(written: &str, door: DoorKind) -> Result<String, Failure> {
    let mut play = Play {
        stage: Stage::new(door)?,
        region: "eu-west-1".to_owned(),
        seed: None,
        names: Names::default(),
        units: BTreeMap::new(),
        home: String::new(),
        config: String::new(),
        last_run: LastRun::default(),
    };
    let mut printed = String::new();
    for (index, line) in written.lines().enumerate().filter(|(_, line)| !line.starts_with("> ") && *line != ">") {
        printed.push_str(line);
        printed.push('\n');
        let at = |error: Failure| -> Failure { format!("line {}: {line}\n{error}", index + 1).into() };
        if let Some(world) = line.strip_prefix("world ") {
            let lines = std::fs::read_to_string(super::folder().join(format!("{world}.world")))?;
            for line in lines.lines() {
                play.line(line).await.map_err(at)?;
            }
            continue;
        }
        for line in play.line(line).await.map_err(at)?.lines() {
            printed.push_str(if line.is_empty() { ">" } else { "> " });
            printed.push_str(line);
            printed.push('\n');
        }
    }
    Ok(printed)
}

pub(super) struct Play {
    pub(super) stage: Stage,
    region: String,
    seed: Option<Seed>,
    pub(super) names: Names,
    pub(super) units: BTreeMap<String, String>,
    pub(super) home: String,
    /// The config file, with names in it.
    config: String,
    pub(super) last_run: LastRun,
}

/// What is told of the last run of transitd.
#[derive(Default)]
pub(super) struct LastRun {
    /// The part of the sandbox's log that it wrote.
    pub(super) calls: Range<usize>,
    /// How long it took, in the sandbox's time.
    pub(super) took: SignedDuration,
}

impl Play {
    pub(super) fn seed(&self) -> Result<&Seed, Failure> {
        self.seed.as_ref().ok_or_else(|| "the scenario has no organization yet".into())
    }

    async fn line(&mut self, line: &str) -> Result<String, Failure> {
        if let Some(more) = line.strip_prefix('|') {
            self.config.push_str(more.strip_prefix(' ').unwrap_or(more));
            self.config.push('\n');
            return Ok(String::new());
        }
        let words: Vec<&str> = line.split_whitespace().collect();
        match words.as_slice() {
            ["config"] => self.config.clear(),
            ["edit", ..] => self.edit(line)?,
            [] | ["#", ..] => {}
            ["region", region] => self.region = (*region).to_owned(),
            ["organization", management] => {
                let seed = Seed::organization(self.stage.sandbox.clone(), &self.region, management);
                self.names.0.insert("organization".to_owned(), seed.organization_id());
                self.names.0.insert("management".to_owned(), (*management).to_owned());
                self.seed = Some(seed);
            }
            ["account", name] => self.account(name, None)?,
            ["account", name, "in", path] => self.account(name, Some(path))?,
            ["home", name] => {
                self.home = self.names.id(name)?;
                self.seed()?.delegate(&self.home);
            }
            ["role", name, role] => self.role(name, role, EXTERNAL_ID)?,
            ["role", name, role, "external-id", id] => self.role(name, role, id)?,
            ["spokes", number, "in", path, role, tags @ ..] => self.spokes(number.parse()?, path, role, tags)?,
            ["vpc", name, range, tags @ ..] => self.vpc(name, range, tags)?,
            ["subnet", vpc, range, "zone", zone, tags @ ..] => self.subnet(vpc, range, zone.parse()?, &pairs(tags)?)?,
            ["hub", name] => {
                self.hub(name, "disable")?;
                self.share(name)?;
            }
            ["hub", name, "defaults"] => {
                self.hub(name, "enable")?;
                self.share(name)?;
            }
            ["hub", name, "unshared"] => self.hub(name, "disable")?,
            ["share", name] => self.share(name)?,
            ["call", ..] => self.call(line)?,
            ["before", account, action, "call", ..] => self.forestall(line, account, action)?,
            ["deny", account, action] => self.stage.troubles.deny(&self.names.id(account)?, action),
            ["allow", account, action] => self.stage.troubles.allow(&self.names.id(account)?, action),
            ["refuse", account, action, code] => self.stage.troubles.refuse(&self.names.id(account)?, action, code),
            ["outage", account, action] => self.stage.troubles.outage(&self.names.id(account)?, action),
            ["outsider", name, id] => {
                self.names.0.insert((*name).to_owned(), (*id).to_owned());
            }
            ["vpn", name, "on", hub, "brings", ranges @ ..] => {
                self.name_tables()?;
                let attachment = self.seed()?.vpn(&self.home, &self.names.id(hub)?, "198.51.100.7");
                self.given(name, attachment, ranges)?;
            }
            ["given", name, kind, "on", hub, "brings", ranges @ ..] => {
                self.name_tables()?;
                let kind: ResourceType = serde_json::from_value(json!(kind))?;
                let attachment = self.seed()?.give(&self.home, &self.names.id(hub)?, kind);
                self.given(name, attachment, ranges)?;
            }
            ["prefix-list", name, "most", most, ranges @ ..] => {
                let list = self.seed()?.prefix_list(&self.owner(name)?, name, ranges, most.parse()?);
                self.names.0.insert((*name).to_owned(), list);
            }
            ["lose", account, action] => self.stage.troubles.lose(&self.names.id(account)?, action),
            ["failing", account] => self.failing(account, true)?,
            ["failing", account, "no", "more"] => self.failing(account, false)?,
            ["in", "process", "alone"] => {}
            ["pace", pace] => self.seed()?.lock().world.pace = pace.parse()?,
            ["set", assignment] => adjustment::set(&mut self.seed()?.lock().world.network, assignment)?,
            ["wait", time] => self.wait(time)?,
            ["forget"] => self.stage.forget()?,
            ["converge"] => self.converge().await?,
            ["daemon", time] => self.daemon(time, false).await?,
            ["daemon", time, "rung"] => self.daemon(time, true).await?,
            ["writes"] => return self.writes(),
            ["calls"] => return self.calls(),
            ["$", "transitd", ..] => return self.transitd(line).await,
            ["walk", from, "->", to] => return self.walk(from, to),
            _ => return Err("no such line".into()),
        }
        Ok(String::new())
    }

    fn edit(&mut self, line: &str) -> Result<(), Failure> {
        let (old, new) = line["edit ".len()..].split_once(" => ").ok_or("edit OLD => NEW")?;
        let old = &old.replace("\\n", "\n");
        if self.config.matches(old.as_str()).count() != 1 {
            return Err(format!("the config does not have '{old}' exactly once").into());
        }
        self.config = self.config.replace(old.as_str(), &new.replace("\\n", "\n"));
        Ok(())
    }

    fn call(&mut self, line: &str) -> Result<(), Failure> {
        let (call, naming) = match line.split_once(" => ") {
            Some((call, naming)) => (call, Some(naming)),
            None => (line, None),
        };
        let Foreign { account, service, action, params } = self.read_call(call)?;
        let answer = self.seed()?.call(&account, service, &action, params)?;
        if let Some((name, pointer)) = naming.and_then(|naming| naming.split_once(' ')) {
            let id =
                answer.pointer(pointer).and_then(Value::as_str).ok_or_else(|| format!("{answer} has no {pointer}"))?;
            self.names.0.insert(name.to_owned(), id.to_owned());
        }
        Ok(())
    }

    fn forestall(&mut self, line: &str, account: &str, action: &str) -> Result<(), Failure> {
        let (_, call) = line.split_once(" call ").ok_or("a call")?;
        let call = self.read_call(&format!("call {call}"))?;
        self.stage.troubles.forestall(&self.names.id(account)?, action, call);
        Ok(())
    }

    /// Reads `call ACCOUNT SERVICE ACTION [JSON]`.
    fn read_call(&mut self, line: &str) -> Result<Foreign, Failure> {
        self.name_places()?;
        let mut parts = line.splitn(5, ' ').skip(1);
        let account = self.names.id(parts.next().unwrap_or_default())?;
        let service = Service::named(parts.next().unwrap_or_default()).ok_or("no such service")?;
        let action = parts.next().ok_or("an action")?.to_owned();
        let params = serde_json::from_str(&self.names.fill(parts.next().unwrap_or("{}")))?;
        Ok(Foreign { account, service, action, params })
    }

    /// Names the main table of each VPC, and its attachment: the one that lives, or else the one that failed.
    fn name_places(&mut self) -> Result<(), Failure> {
        let Some(seed) = &self.seed else { return Ok(()) };
        let vpcs: Vec<(String, String)> = self
            .names
            .0
            .iter()
            .filter(|(name, _)| name.contains('.') && !name.contains('/'))
            .map(|(name, id)| (name.clone(), id.clone()))
            .collect();
        let sandbox = seed.lock();
        let network = &sandbox.world.network;
        for (name, vpc) in vpcs {
            let key = Key::Vpc(vpc);
            let main = network.route_tables.under(&key).find(|table| table.main.is_some());
            let attachments = || network.vpc_attachments.under(&key);
            let lives = |state: State| state.holds_interfaces_or_waits() && state != State::Deleting;
            let living = attachments().find(|it| lives(it.state));
            let attachment = living.or_else(|| attachments().find(|it| it.state == State::Failed));
            self.names.0.extend(main.map(|table| (format!("{name}/table"), table.id.clone())));
            self.names.0.extend(attachment.map(|it| (format!("{name}/attachment"), it.id.clone())));
        }
        Ok(())
    }

    fn wait(&self, time: &str) -> Result<(), Failure> {
        let span: SignedDuration = time.parse()?;
        self.seed()?.wait(Duration::try_from(span)?);
        Ok(())
    }

    async fn transitd(&mut self, line: &str) -> Result<String, Failure> {
        let arguments = line.trim_start_matches("$ transitd").trim();
        let (arguments, only_last) = match arguments.strip_suffix("| last") {
            Some(arguments) => (arguments, true),
            None => (arguments, false),
        };
        let (output, code) = self.run(arguments).await?;
        let begin = if only_last { output.rfind("\npass ").map_or(0, |at| at + 1) } else { 0 };
        Ok(format!("{}exit {code}\n", &output[begin..]))
    }

    async fn converge(&mut self) -> Result<(), Failure> {
        match self.run("apply").await? {
            (_, 0) => Ok(()),
            (output, code) => Err(format!("{output}exit {code}").into()),
        }
    }

    /// Lets the daemon run for a time.
    async fn daemon(&mut self, time: &str, rung: bool) -> Result<(), Failure> {
        let span: SignedDuration = time.parse()?;
        let until = self.seed()?.lock().now() + span;
        match self.transitd_as("run", Some(Life { until, rung })).await? {
            (_, 0) => Ok(()),
            (output, code) => Err(format!("{output}exit {code}").into()),
        }
    }

    /// Runs transitd with the config as it is now; returns what it printed, in names.
    async fn run(&mut self, arguments: &str) -> Result<(String, u8), Failure> {
        self.transitd_as(arguments, None).await
    }

    async fn transitd_as(&mut self, arguments: &str, daemon: Option<Life>) -> Result<(String, u8), Failure> {
        self.name_places()?;
        self.stage.configure(&self.names.fill(&self.config))?;
        let seed = self.seed()?.clone();
        let so_far = || {
            let sandbox = seed.lock();
            (sandbox.log().len(), sandbox.now())
        };
        let (first, began) = so_far();
        let (output, code) = self.stage.transitd(arguments, &seed, &self.home, daemon).await?;
        let (next, ended) = so_far();
        self.last_run = LastRun { calls: first..next, took: ended.duration_since(began) };
        self.name_places()?;
        self.name_tables()?;
        Ok((self.names.hide(&output), code))
    }

    /// Names the hub's tables by their ownership tags.
    pub(super) fn name_tables(&mut self) -> Result<(), Failure> {
        let found = self.seed()?.ec2(&self.home, "DescribeTransitGatewayRouteTables", json!({}));
        for table in found["TransitGatewayRouteTables"].as_array().into_iter().flatten() {
            let tag = |key: &str| table["Tags"].as_array()?.iter().find(|tag| tag["Key"] == key)?["Value"].as_str();
            if let (Some("available"), Some(segment)) = (table["State"].as_str(), tag("transitd:segment")) {
                self.names.0.insert(format!("table of {segment}"), text(&table["TransitGatewayRouteTableId"]));
            }
        }
        let found = self.seed()?.ec2(&self.home, "DescribeTransitGateways", json!({}));
        for gateway in found["TransitGateways"].as_array().into_iter().flatten() {
            let tag = gateway["Tags"].as_array().and_then(|tags| tags.iter().find(|tag| tag["Key"] == "transitd:hub"));
            if let (Some(tag), false) =
                (tag, ["deleting", "deleted"].contains(&gateway["State"].as_str().unwrap_or("")))
            {
                self.names.0.insert(format!("gateway of {}", text(&tag["Value"])), text(&gateway["TransitGatewayId"]));
            }
        }
        let asked = json!({ "resourceOwner": "SELF" });
        let shares = self.seed()?.call(&self.home, Service::Ram, "GetResourceShares", asked)?;
        for share in shares["resourceShares"].as_array().into_iter().flatten() {
            let tag = share["tags"].as_array().and_then(|tags| tags.iter().find(|tag| tag["key"] == "transitd:hub"));
            if let Some(tag) = tag {
                self.names.0.insert(format!("share of {}", text(&tag["value"])), text(&share["resourceShareArn"]));
            }
        }
        Ok(())
    }
}
