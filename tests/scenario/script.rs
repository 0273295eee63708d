//! The scenario's language: one line, one thing done; `> ` lines are what it printed.
//!
//! | line | what it does |
//! |---|---|
//! | `region eu-west-1` | where everything that follows is made |
//! | `organization 100000000001` | makes the organization; first of all |
//! | `account NAME [in OU/PATH]` | makes an account, and the units on the way |
//! | `home NAME` | the account whose keys transitd runs with; it may ask Organizations |
//! | `role NAME ROLE` | makes a role that the home account may assume, with the external id |
//! | `vpc ACCOUNT.NAME CIDR [KEY=VALUE …]` | makes a VPC, with a `Name` tag |
//! | `subnet ACCOUNT.NAME CIDR zone N [KEY=VALUE …]` | makes a subnet |
//! | `hub NAME [plain\|defaults]` | makes a transit gateway in the home account, and shares it with the organization |
//! | `config` and lines behind `\| ` | writes the config file |
//! | `call ACCOUNT SERVICE ACTION JSON [=> NAME JSON-POINTER]` | makes a call that must succeed; may name an id of the answer |
//! | `wait 10m` | moves the sandbox's clock on |
//! | `forget` | loses transitd's state |
//! | `$ transitd …` | runs transitd; prints its output and exit code |
//! | `walk VPC -> VPC` | follows a packet, both ways; prints how far each came |
//!
//! `{name}` stands for the id of an account, VPC, hub, or of what a call named; `{name/table}` for a VPC's main route
//! table and `{name/attachment}` for its living attachment.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::time::Duration;

use aws_sandbox::Service;
use aws_sandbox::network::walk::{self, Path, Start};
use aws_sandbox::seed::{Seed, text};
use serde_json::{Value, json};

use super::stage::{DoorKind, Stage};

type Failure = Box<dyn std::error::Error + Send + Sync>;

/// Plays a scenario, and returns its text with what it printed this time.
pub async fn play(written: &str, door: DoorKind) -> Result<String, Failure> {
    let mut play = Play {
        stage: Stage::new(door)?,
        region: "eu-west-1".to_owned(),
        seed: None,
        names: Names::default(),
        units: BTreeMap::new(),
        home: String::new(),
    };
    let mut printed = String::new();
    let mut config: Option<String> = None;
    for (index, line) in written.lines().enumerate() {
        if line.starts_with("> ") || line == ">" {
            continue;
        }
        printed.push_str(line);
        printed.push('\n');
        if let (Some(text), Some(more)) = (&mut config, line.strip_prefix('|')) {
            text.push_str(more.strip_prefix(' ').unwrap_or(more));
            text.push('\n');
            continue;
        }
        if let Some(text) = config.take() {
            play.name_places()?;
            play.stage.configure(&play.names.fill(&text))?;
        }
        if line == "config" {
            config = Some(String::new());
            continue;
        }
        let output = play.line(line).await.map_err(|error| at(index, line, &error.to_string()))?;
        for line in output.lines() {
            printed.push_str(if line.is_empty() { ">" } else { "> " });
            printed.push_str(line);
            printed.push('\n');
        }
    }
    Ok(printed)
}

fn at(index: usize, line: &str, error: &str) -> Failure {
    format!("line {}: {line}\n{error}", index + 1).into()
}

/// Ids by name, both ways.
#[derive(Default)]
struct Names(BTreeMap<String, String>);

impl Names {
    fn id(&self, name: &str) -> Result<String, String> {
        self.0.get(name).cloned().ok_or_else(|| format!("nothing is called '{name}'"))
    }

    /// Puts ids for `{names}`. Braces that hold no known name, such as JSON's, stay as they are.
    fn fill(&self, text: &str) -> String {
        self.0.iter().fold(text.to_owned(), |text, (name, id)| text.replace(&format!("{{{name}}}"), id))
    }

    /// Puts `{names}` for ids, longest id first.
    fn hide(&self, text: &str) -> String {
        let mut ids: Vec<_> = self.0.iter().collect();
        ids.sort_by_key(|(_, id)| std::cmp::Reverse(id.len()));
        ids.into_iter().fold(text.to_owned(), |text, (name, id)| text.replace(id.as_str(), &format!("{{{name}}}")))
    }
}

struct Play {
    stage: Stage,
    region: String,
    seed: Option<Seed>,
    names: Names,
    units: BTreeMap<String, String>,
    home: String,
}

impl Play {
    fn seed(&self) -> Result<&Seed, Failure> {
        self.seed.as_ref().ok_or_else(|| "the scenario has no organization yet".into())
    }

    async fn line(&mut self, line: &str) -> Result<String, Failure> {
        let words: Vec<&str> = line.split_whitespace().collect();
        match words.as_slice() {
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
            ["role", name, role] => {
                self.seed()?.role(&self.names.id(name)?, role, &self.home, Some("scenario-external-id"));
            }
            ["vpc", name, range, tags @ ..] => self.vpc(name, range, tags)?,
            ["subnet", vpc, range, "zone", zone, tags @ ..] => {
                let account = self.owner(vpc)?;
                self.seed()?.subnet(&account, &self.names.id(vpc)?, range, zone.parse()?, &pairs(tags)?);
            }
            ["hub", name] => self.hub(name, "disable")?,
            ["hub", name, "defaults"] => self.hub(name, "enable")?,
            ["call", account, service, action, ..] => self.call(line, account, service, action)?,
            ["wait", time] => self.wait(time)?,
            ["forget"] => self.stage.forget()?,
            ["$", "transitd", ..] => return self.transitd(line).await,
            ["walk", from, "->", to] => return self.walk(from, to),
            _ => return Err("no such line".into()),
        }
        Ok(String::new())
    }

    fn account(&mut self, name: &str, path: Option<&str>) -> Result<(), Failure> {
        let unit = path.map(|path| self.unit(path)).transpose()?;
        let id = self.seed()?.account(name, unit.as_deref());
        self.names.0.insert(name.to_owned(), id);
        Ok(())
    }

    fn unit(&mut self, path: &str) -> Result<String, Failure> {
        let mut parent: Option<String> = None;
        let mut so_far = String::new();
        for part in path.split('/') {
            so_far.push_str(part);
            if !self.units.contains_key(&so_far) {
                let id = self.seed()?.unit(part, parent.as_deref());
                self.units.insert(so_far.clone(), id);
            }
            parent = self.units.get(&so_far).cloned();
            so_far.push('/');
        }
        parent.ok_or_else(|| "a unit needs a name".into())
    }

    fn vpc(&mut self, name: &str, range: &str, tags: &[&str]) -> Result<(), Failure> {
        let mut tags = pairs(tags)?;
        tags.push(("Name", name));
        let id = self.seed()?.vpc(&self.owner(name)?, range, &tags);
        self.names.0.insert(name.to_owned(), id);
        Ok(())
    }

    /// `billing.main` is a VPC of `billing`.
    fn owner(&self, vpc: &str) -> Result<String, Failure> {
        let (account, _) = vpc.split_once('.').ok_or("a VPC is called ACCOUNT.NAME")?;
        Ok(self.names.id(account)?)
    }

    fn hub(&mut self, name: &str, defaults: &str) -> Result<(), Failure> {
        let options = json!({ "DefaultRouteTableAssociation": defaults, "DefaultRouteTablePropagation": defaults });
        let id = self.seed()?.transit_gateway_with(&self.home, options);
        self.seed()?.share(&self.home, &id);
        self.names.0.insert(name.to_owned(), id);
        Ok(())
    }

    fn call(&mut self, line: &str, account: &str, service: &str, action: &str) -> Result<(), Failure> {
        let (before, after) = line.split_once(action).ok_or("an action")?;
        debug_assert!(before.starts_with("call"));
        let (params, naming) = match after.split_once(" => ") {
            Some((params, naming)) => (params, Some(naming)),
            None => (after, None),
        };
        self.name_places()?;
        let filled = self.names.fill(params);
        let params: Value = serde_json::from_str(if filled.trim().is_empty() { "{}" } else { filled.trim() })?;
        let service = Service::named(service).ok_or("no such service")?;
        let answer = self.seed()?.call(&self.names.id(account)?, service, action, params)?;
        if let Some((name, pointer)) = naming.and_then(|naming| naming.split_once(' ')) {
            let id =
                answer.pointer(pointer).and_then(Value::as_str).ok_or_else(|| format!("{answer} has no {pointer}"))?;
            self.names.0.insert(name.to_owned(), id.to_owned());
        }
        Ok(())
    }

    /// Names the main tables and the living attachments of all VPCs, as they are now.
    fn name_places(&mut self) -> Result<(), Failure> {
        let Some(seed) = &self.seed else { return Ok(()) };
        let vpcs: Vec<(String, String)> = self
            .names
            .0
            .iter()
            .filter(|(name, _)| name.contains('.') && !name.contains('/'))
            .map(|(name, id)| (name.clone(), id.clone()))
            .collect();
        for (name, vpc) in vpcs {
            let account = self.owner(&name)?;
            self.names.0.insert(format!("{name}/table"), seed.main_table(&account, &vpc));
            let filters = json!([
                { "Name": "vpc-id", "Values": [vpc] },
                { "Name": "state", "Values": ["pendingAcceptance", "pending", "available", "modifying"] },
            ]);
            let found = seed.ec2(&account, "DescribeTransitGatewayVpcAttachments", json!({ "Filters": filters }));
            if let Some(id) = found["TransitGatewayVpcAttachments"][0]["TransitGatewayAttachmentId"].as_str() {
                self.names.0.insert(format!("{name}/attachment"), id.to_owned());
            }
        }
        Ok(())
    }

    fn wait(&self, time: &str) -> Result<(), Failure> {
        let span: jiff::SignedDuration = time.parse()?;
        self.seed()?.wait(Duration::try_from(span)?);
        Ok(())
    }

    async fn transitd(&mut self, line: &str) -> Result<String, Failure> {
        let arguments = line.trim_start_matches("$ transitd").trim();
        let (output, code) = self.stage.transitd(arguments, &self.home).await?;
        self.name_places()?;
        self.name_tables()?;
        Ok(format!("{}exit {code}\n", self.names.hide(&output)))
    }

    /// Names the hub's tables by their ownership tags.
    fn name_tables(&mut self) -> Result<(), Failure> {
        let found = self.seed()?.ec2(&self.home, "DescribeTransitGatewayRouteTables", json!({}));
        for table in found["TransitGatewayRouteTables"].as_array().into_iter().flatten() {
            let tag = |key: &str| table["Tags"].as_array()?.iter().find(|tag| tag["Key"] == key)?["Value"].as_str();
            if let (Some("available"), Some(segment)) = (table["State"].as_str(), tag("transitd:segment")) {
                self.names.0.insert(format!("table of {segment}"), text(&table["TransitGatewayRouteTableId"]));
            }
        }
        Ok(())
    }

    /// Follows a packet from the first subnet of each VPC to the tenth address of the other.
    fn walk(&self, from: &str, to: &str) -> Result<String, Failure> {
        let mut lines = String::new();
        for (from, to) in [(from, to), (to, from)] {
            let (source, target) = (self.names.id(from)?, self.names.id(to)?);
            let subnet = self.first_subnet(from, &source)?;
            let address = self.address(to, &target)?;
            let path = walk::walk(&self.seed()?.lock().world, Start::Subnet(&subnet), address);
            let end = match path {
                Path::Delivered { vpc, .. } if vpc == target => "delivered".to_owned(),
                Path::Delivered { vpc, .. } => format!("delivered to {vpc}"),
                Path::Left { gateway, .. } => format!("left by {gateway}"),
                Path::Dropped { at, why } => format!("dropped at {at}, {why:?}"),
            };
            lines.push_str(&format!("{from} -> {to}: {}\n", self.names.hide(&end)));
        }
        Ok(lines)
    }

    fn first_subnet(&self, name: &str, vpc: &str) -> Result<String, Failure> {
        let filters = json!([{ "Name": "vpc-id", "Values": [vpc] }]);
        let found = self.seed()?.ec2(&self.owner(name)?, "DescribeSubnets", json!({ "Filters": filters }));
        Ok(text(&found["Subnets"][0]["SubnetId"]))
    }

    fn address(&self, name: &str, vpc: &str) -> Result<IpAddr, Failure> {
        let found = self.seed()?.ec2(&self.owner(name)?, "DescribeVpcs", json!({ "VpcIds": [vpc] }));
        let range: ipnet::Ipv4Net = text(&found["Vpcs"][0]["CidrBlock"]).parse()?;
        Ok(IpAddr::V4(std::net::Ipv4Addr::from(u32::from(range.network()) + 10)))
    }
}

fn pairs<'a>(words: &[&'a str]) -> Result<Vec<(&'a str, &'a str)>, Failure> {
    words.iter().map(|word| word.split_once('=').ok_or_else(|| format!("'{word}' is no KEY=VALUE").into())).collect()
}
