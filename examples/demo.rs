//! transitd on a local AWS, from nothing to repaired: `cargo run --example demo`.
//!
//! Starts the sandbox on a loopback port with a small organization in it, and runs the real transitd against it,
//! through the real AWS SDK, as a process of its own: drift, apply, drift. Then somebody breaks things behind its back,
//! and it finds and repairs each one. Nothing outside this machine is called.

use std::error::Error;
use std::net::IpAddr;
use std::path::PathBuf;
use std::process::{Command, ExitCode};
use std::sync::{Arc, Mutex};

use aws_sandbox::network::walk::{self, Start};
use aws_sandbox::seed::{Seed, text};
use aws_sandbox::{Clock, Pace, Sandbox, Settings};
use serde_json::json;
use tokio::net::TcpListener;

/// How much faster than AWS the sandbox works: a minute takes a second.
const FACTOR: f64 = 60.0;
const REGION: &str = "eu-west-1";

#[tokio::main]
async fn main() -> ExitCode {
    let mut arguments = std::env::args_os().skip(1);
    if arguments.next().is_some_and(|first| first == "transitd") {
        // Called by itself, as the transitd process that it shows.
        return ExitCode::from(transitd::process::run(std::env::args_os().skip(1)).await);
    }
    match show().await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("demo: {error}");
            ExitCode::FAILURE
        }
    }
}

async fn show() -> Result<(), Box<dyn Error>> {
    let settings = Settings { seed: 7, pace: Pace::Times { factor: FACTOR }, clock: Clock::wall(FACTOR) };
    let sandbox = Arc::new(Mutex::new(Sandbox::new(settings)));
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let endpoint = format!("http://{}", listener.local_addr()?);
    tokio::spawn(aws_sandbox::wire::serve(listener, sandbox.clone(), std::future::pending()));

    heading("A local AWS, a minute in a second, at ", &endpoint);
    let world = World::build(sandbox);
    let directory = tempfile::tempdir()?;
    let config = directory.path().join("network.yaml");
    std::fs::write(&config, world.config())?;
    println!("{}", world.config());

    let transitd = Transitd { endpoint, home: world.home.clone(), config, state: directory.path().join("state") };
    heading("What is missing", "");
    transitd.run("drift", 2)?;
    heading("Make it so", "");
    transitd.run("apply", 0)?;
    heading("Follow packets through the routes that are there now", "");
    world.walk()?;

    heading("Somebody breaks things behind its back", "");
    world.break_things();
    heading("What is broken", "");
    transitd.run("drift", 2)?;
    heading("Repair it", "");
    transitd.run("apply", 0)?;
    transitd.run("drift", 0)?;
    heading("Follow the same packets once more", "");
    world.walk()
}

fn heading(text: &str, more: &str) {
    println!(
        "\n── {text}{more} {}\n",
        "─".repeat(96_usize.saturating_sub(text.chars().count() + more.chars().count()))
    );
}

/// The transitd that is shown: this same program, as a process of its own.
struct Transitd {
    endpoint: String,
    home: String,
    config: PathBuf,
    state: PathBuf,
}

impl Transitd {
    /// Runs a command and holds it to the exit code that it should end with.
    #[expect(clippy::disallowed_methods, reason = "the child's surroundings are made from nothing but this")]
    fn run(&self, command: &str, expected: i32) -> Result<(), Box<dyn Error>> {
        println!("$ transitd {command} --config network.yaml");
        let status = Command::new(std::env::current_exe()?)
            .args(["transitd", command, "--config"])
            .arg(&self.config)
            .arg("--state")
            .arg(&self.state)
            // Nothing of the surroundings: only the sandbox and its home account's key.
            .env_clear()
            .envs(std::env::var("NO_COLOR").map(|value| ("NO_COLOR", value)))
            .env("AWS_ENDPOINT_URL", &self.endpoint)
            .env("AWS_REGION", REGION)
            .env("AWS_ACCESS_KEY_ID", &self.home)
            .env("AWS_SECRET_ACCESS_KEY", "local")
            .env("AWS_EC2_METADATA_DISABLED", "true")
            .env("EXTERNAL_ID", EXTERNAL_ID)
            .status()?;
        println!("exit code {}", status.code().map_or_else(|| "none".to_owned(), |code| code.to_string()));
        if status.code() != Some(expected) {
            return Err(format!("transitd {command} should have ended with {expected}").into());
        }
        Ok(())
    }
}

const EXTERNAL_ID: &str = "demo-external-id";

/// One organization: a network account with the hub, and four VPCs in three member accounts.
struct World {
    seed: Seed,
    home: String,
    gateway: String,
    billing: Spoke,
    shop: Spoke,
    lab: Spoke,
    tools: Spoke,
}

struct Spoke {
    name: &'static str,
    account: String,
    vpc: String,
    table: String,
    subnet: String,
    address: IpAddr,
}

impl World {
    fn build(sandbox: Arc<Mutex<Sandbox>>) -> Self {
        let seed = Seed::organization(sandbox, REGION, "100000000001");
        let workloads = seed.unit("Workloads", None);
        let prod = seed.unit("Prod", Some(&workloads));
        let dev = seed.unit("Dev", Some(&workloads));
        let home = seed.account("network", None);
        let (pay, sell) = (seed.account("billing", Some(&prod)), seed.account("shop", Some(&prod)));
        let (play, work) = (seed.account("lab", Some(&dev)), seed.account("tools", None));
        seed.delegate(&home);
        for member in [&pay, &sell, &play, &work] {
            seed.role(member, "transitd-member", &home, Some(EXTERNAL_ID));
        }
        let gateway = seed.transit_gateway(&home);
        seed.share(&home, &gateway);
        let spoke = |name, account: &str, net: u8, tag| Spoke::build(&seed, name, account, net, tag);
        Self {
            billing: spoke("billing", &pay, 1, "prod"),
            shop: spoke("shop", &sell, 2, "prod"),
            lab: spoke("lab", &play, 3, "dev"),
            tools: spoke("tools", &work, 4, "shared"),
            seed,
            home,
            gateway,
        }
    }

    fn config(&self) -> String {
        format!(
            r#"version: 1
network: demo
home: {{ account: "{home}", organization: {organization} }}
accounts:
  from: organizations
  role: {{ name: transitd-member, external_id: {{ env: EXTERNAL_ID }} }}
hubs:
  eu: {{ region: {REGION}, adopt: {gateway} }}
attach:
  subnets: {{ tags: {{ transitd: attach }} }}
segments:
  prod:
    members: [{{ ou: Workloads/Prod, vpc_tags: {{ network: prod }} }}]
    inside: open
    spoke_routes: {{ cidrs: [10.0.0.0/8], tables: all }}
  dev:
    members: [{{ ou: Workloads/Dev, vpc_tags: {{ network: dev }} }}]
    spoke_routes: {{ cidrs: [10.0.0.0/8], tables: all }}
  shared:
    members: [{{ account: "{tools}", vpc_tags: {{ network: shared }} }}]
    spoke_routes: {{ cidrs: [10.0.0.0/8], tables: all }}
connect:
  - [prod, shared]
  - [dev, shared]
"#,
            home = self.home,
            organization = self.seed.organization_id(),
            gateway = self.gateway,
            tools = self.tools.account,
        )
    }

    /// Deletes a route, disables a propagation, deletes an attachment.
    fn break_things(&self) {
        let (billing, lab, shop) = (&self.billing, &self.lab, &self.shop);
        println!("in {}: DeleteRoute 10.0.0.0/8 from {}", billing.name, billing.table);
        let route = json!({ "RouteTableId": billing.table, "DestinationCidrBlock": "10.0.0.0/8" });
        self.seed.ec2(&billing.account, "DeleteRoute", route);

        let attachment = self.attachment(lab);
        let table = self.table("shared");
        println!("in network: DisableTransitGatewayRouteTablePropagation of {}'s {attachment} into {table}", lab.name);
        let propagation = json!({ "TransitGatewayRouteTableId": table, "TransitGatewayAttachmentId": attachment });
        self.seed.ec2(&self.home, "DisableTransitGatewayRouteTablePropagation", propagation);

        let attachment = self.attachment(shop);
        println!("in {}: DeleteTransitGatewayVpcAttachment {attachment}", shop.name);
        let asked = json!({ "TransitGatewayAttachmentId": attachment });
        self.seed.ec2(&shop.account, "DeleteTransitGatewayVpcAttachment", asked);
    }

    fn attachment(&self, spoke: &Spoke) -> String {
        let filters = json!([
            { "Name": "resource-id", "Values": [spoke.vpc] }, { "Name": "state", "Values": ["available"] },
        ]);
        let answer = self.seed.ec2(&self.home, "DescribeTransitGatewayAttachments", json!({ "Filters": filters }));
        text(&answer["TransitGatewayAttachments"][0]["TransitGatewayAttachmentId"])
    }

    fn table(&self, segment: &str) -> String {
        let filters = json!([{ "Name": "tag:transitd:segment", "Values": [segment] }]);
        let answer = self.seed.ec2(&self.home, "DescribeTransitGatewayRouteTables", json!({ "Filters": filters }));
        text(&answer["TransitGatewayRouteTables"][0]["TransitGatewayRouteTableId"])
    }

    /// Sends a packet each way between pairs of VPCs, by the routes alone, and holds the result to the config.
    fn walk(&self) -> Result<(), Box<dyn Error>> {
        let pairs = [
            (&self.billing, &self.shop, true),
            (&self.billing, &self.tools, true),
            (&self.lab, &self.tools, true),
            (&self.billing, &self.lab, false),
        ];
        let mut wrong = 0;
        for (one, other, connected) in pairs {
            for (from, to) in [(one, other), (other, one)] {
                let path = walk::walk(&self.seed.lock().world, Start::Subnet(&from.subnet), to.address);
                let arrives = matches!(&path, walk::Path::Delivered { vpc, .. } if *vpc == to.vpc);
                wrong += usize::from(arrives != connected);
                let mark = if arrives == connected { "as declared" } else { "WRONG" };
                println!("{:8} → {:8} {:12} {mark}: {}", from.name, to.name, to.address, describe(&path));
            }
        }
        if wrong > 0 { Err(format!("{wrong} packets did not go as declared").into()) } else { Ok(()) }
    }
}

fn describe(path: &walk::Path) -> String {
    match path {
        walk::Path::Delivered { hops, .. } => format!("delivered, {} hops", hops.len()),
        walk::Path::Handed { attachment, .. } => format!("delivered to {attachment}"),
        walk::Path::Left { gateway, .. } => format!("left by {gateway}"),
        walk::Path::Dropped { at, why } => format!("dropped at {at}, {why:?}"),
    }
}

impl Spoke {
    fn build(seed: &Seed, name: &'static str, account: &str, net: u8, tag: &str) -> Self {
        let vpc = seed.vpc(account, &format!("10.{net}.0.0/16"), &[("network", tag), ("Name", name)]);
        let attach: &[(&str, &str)] = &[("transitd", "attach")];
        let subnet = seed.subnet(account, &vpc, &format!("10.{net}.0.0/24"), 1, attach);
        seed.subnet(account, &vpc, &format!("10.{net}.1.0/24"), 2, attach);
        let table = seed.main_table(account, &vpc);
        let address = IpAddr::from([10, net, 0, 10]);
        Self { name, account: account.to_owned(), vpc, table, subnet, address }
    }
}
