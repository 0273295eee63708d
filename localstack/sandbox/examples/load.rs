//! How fast the sandbox is, and how large: `cargo run --release -p aws-sandbox --example load`.
//!
//! Builds a world of 1,000 accounts with five VPCs each, all attached to one transit gateway of 20 tables with 10,000
//! routes, and prints the memory that it takes and how many calls of each kind one core answers in a second, in process
//! and over the wire.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use aws_sandbox::{Call, Clock, Pace, Sandbox, Service, Settings, wire};
use serde_json::{Value, json};

const HUB: &str = "100000000000";
const ACCOUNTS: usize = 1000;
const VPCS: usize = 5;
const TABLES: usize = 20;
const ROUTES: usize = 5000;

fn call(sandbox: &mut Sandbox, account: &str, action: &str, params: Value) -> Value {
    let call = Call {
        access_key_id: account.to_owned(),
        session_token: None,
        region: "us-east-1".to_owned(),
        service: Service::Ec2,
        action: action.to_owned(),
        params,
    };
    sandbox.call(&call).unwrap_or_else(|error| panic!("{action}: {error}"))
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("no text: {value}")).to_owned()
}

#[expect(clippy::disallowed_methods, reason = "this program measures time")]
fn now() -> Instant {
    Instant::now()
}

/// Returns the time that this thread has had a core for itself; where the system does not tell it, the time of day.
fn core_time(since: Instant) -> Duration {
    let told = std::fs::read_to_string("/proc/thread-self/schedstat").ok();
    let nanoseconds = told.and_then(|text| text.split_whitespace().next()?.parse().ok());
    nanoseconds.map_or_else(|| since.elapsed(), Duration::from_nanos)
}

struct Built {
    sandbox: Sandbox,
    gateway: String,
    tables: Vec<String>,
    attachments: Vec<String>,
    vpcs: Vec<(String, String)>,
}

fn build() -> Built {
    let mut sandbox = Sandbox::new(Settings { pace: Pace::Instant, clock: Clock::manual(), ..Settings::default() });
    let options = json!({"DefaultRouteTableAssociation": "disable", "DefaultRouteTablePropagation": "disable",
        "AutoAcceptSharedAttachments": "enable"});
    let made = call(&mut sandbox, HUB, "CreateTransitGateway", json!({"Options": options}));
    let gateway = text(&made["TransitGateway"]["TransitGatewayId"]);
    let tables: Vec<String> = (0..TABLES)
        .map(|_| {
            let made = call(&mut sandbox, HUB, "CreateTransitGatewayRouteTable", json!({"TransitGatewayId": gateway}));
            text(&made["TransitGatewayRouteTable"]["TransitGatewayRouteTableId"])
        })
        .collect();
    let organization = |sandbox: &mut Sandbox, service, action: &str, params| {
        let call = Call {
            access_key_id: HUB.to_owned(),
            session_token: None,
            region: "us-east-1".to_owned(),
            service,
            action: action.to_owned(),
            params,
        };
        sandbox.call(&call).unwrap_or_else(|error| panic!("{action}: {error}"))
    };
    sandbox.world.organization.account_quota = ACCOUNTS + 1;
    organization(&mut sandbox, Service::Organizations, "CreateOrganization", json!({"FeatureSet": "ALL"}));
    let mut accounts = Vec::new();
    for number in 0..ACCOUNTS {
        let params = json!({"AccountName": format!("a{number}"), "Email": format!("a{number}@example.com")});
        let made = organization(&mut sandbox, Service::Organizations, "CreateAccount", params);
        let params = json!({"CreateAccountRequestId": made["CreateAccountStatus"]["Id"]});
        let made = organization(&mut sandbox, Service::Organizations, "DescribeCreateAccountStatus", params);
        accounts.push(text(&made["CreateAccountStatus"]["AccountId"]));
    }
    organization(&mut sandbox, Service::Ram, "EnableSharingWithAwsOrganization", json!({}));
    let of = organization(&mut sandbox, Service::Organizations, "DescribeOrganization", json!({}));
    let arn = format!("arn:aws:ec2:us-east-1:{HUB}:transit-gateway/{gateway}");
    let params = json!({"name": "hub", "resourceArns": [arn], "principals": [of["Organization"]["Arn"]]});
    organization(&mut sandbox, Service::Ram, "CreateResourceShare", params);
    sandbox.advance(Duration::from_secs(60));
    let (mut vpcs, mut attachments) = (Vec::new(), Vec::new());
    for (number, account) in accounts.iter().enumerate() {
        for vpc in 0..VPCS {
            let at = number * VPCS + vpc;
            let range = format!("{}.{}.{}.0/24", 11 + at / 65536, at / 256 % 256, at % 256);
            let asked = json!({"CidrBlock": range});
            let vpc = text(&call(&mut sandbox, account, "CreateVpc", asked)["Vpc"]["VpcId"]);
            let asked = json!({"VpcId": vpc, "CidrBlock": range});
            let subnet = text(&call(&mut sandbox, account, "CreateSubnet", asked)["Subnet"]["SubnetId"]);
            let asked = json!({"TransitGatewayId": gateway, "VpcId": vpc, "SubnetIds": [subnet]});
            let made = call(&mut sandbox, account, "CreateTransitGatewayVpcAttachment", asked);
            let attachment = text(&made["TransitGatewayVpcAttachment"]["TransitGatewayAttachmentId"]);
            vpcs.push((account.clone(), vpc));
            attachments.push(attachment);
        }
    }
    sandbox.advance(Duration::from_secs(60));
    for (at, attachment) in attachments.iter().enumerate() {
        let both = json!({"TransitGatewayRouteTableId": tables[at % TABLES], "TransitGatewayAttachmentId": attachment});
        call(&mut sandbox, HUB, "AssociateTransitGatewayRouteTable", both.clone());
        call(&mut sandbox, HUB, "EnableTransitGatewayRouteTablePropagation", both);
    }
    for at in 0..ROUTES {
        let asked = json!({"TransitGatewayRouteTableId": tables[at % TABLES], "Blackhole": true,
            "DestinationCidrBlock": format!("192.{}.{}.0/24", at / 256, at % 256)});
        call(&mut sandbox, HUB, "CreateTransitGatewayRoute", asked);
    }
    sandbox.advance(Duration::from_secs(60));
    sandbox.clear_log();
    Built { sandbox, gateway, tables, attachments, vpcs }
}

/// Returns the memory of this process in MiB, where the system tells it.
fn memory() -> usize {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
    line.and_then(|line| line.split_whitespace().next()?.parse::<usize>().ok()).unwrap_or_default() / 1024
}

/// Prints how many calls a second there are of one kind.
fn measure(built: &mut Built, name: &str, account: &str, action: &str, params: &dyn Fn(usize) -> Value) {
    let begin = now();
    let started = core_time(begin);
    let mut count = 0_u32;
    while core_time(begin) - started < Duration::from_millis(300) {
        for _ in 0..20 {
            call(&mut built.sandbox, account, action, params(count as usize));
            count += 1;
        }
    }
    let spent = core_time(begin) - started;
    built.sandbox.clear_log();
    println!("{:>12.0} /s  {name}", f64::from(count) / spent.as_secs_f64());
}

fn in_process(built: &mut Built) {
    let (table, gateway) = (built.tables[0].clone(), built.gateway.clone());
    let (attachments, vpcs) = (built.attachments.clone(), built.vpcs.clone());
    let (account, vpc) = vpcs[17].clone();
    let member = account.as_str();
    measure(built, "DescribeVpcs of a member", member, "DescribeVpcs", &|_| json!({}));
    measure(built, "DescribeVpcs by id", member, "DescribeVpcs", &|_| json!({"VpcIds": [vpc]}));
    measure(built, "DescribeSubnets of a member", member, "DescribeSubnets", &|_| json!({}));
    measure(built, "DescribeRouteTables of a member", member, "DescribeRouteTables", &|_| json!({}));
    measure(built, "DescribeTransitGateways of a member", member, "DescribeTransitGateways", &|_| json!({}));
    measure(
        built,
        "DescribeTransitGatewayVpcAttachments of a member",
        member,
        "DescribeTransitGatewayVpcAttachments",
        &|_| json!({}),
    );
    let one = |at: usize| json!({"TransitGatewayAttachmentIds": [attachments[at % attachments.len()]]});
    measure(built, "DescribeTransitGatewayAttachments by id, hub", HUB, "DescribeTransitGatewayAttachments", &one);
    measure(
        built,
        "DescribeTransitGatewayAttachments, 1000 a page, hub",
        HUB,
        "DescribeTransitGatewayAttachments",
        &|_| json!({"MaxResults": 1000}),
    );
    let filtered = |state: &str| json!([{"Name": "transit-gateway-id", "Values": [gateway]}, {"Name": "state", "Values": [state]}]);
    measure(
        built,
        "DescribeTransitGatewayVpcAttachments by state, hub",
        HUB,
        "DescribeTransitGatewayVpcAttachments",
        &|_| json!({"Filters": filtered("pending")}),
    );
    measure(
        built,
        "GetTransitGatewayRouteTableAssociations, 250 rows",
        HUB,
        "GetTransitGatewayRouteTableAssociations",
        &|_| json!({"TransitGatewayRouteTableId": table}),
    );
    let search = |name: &str, value: &str| json!({"TransitGatewayRouteTableId": table, "Filters": [{"Name": name, "Values": [value]}]});
    measure(built, "SearchTransitGatewayRoutes, exact", HUB, "SearchTransitGatewayRoutes", &|_| {
        search("route-search.exact-match", "192.0.0.0/24")
    });
    measure(built, "SearchTransitGatewayRoutes, active: 250 rows", HUB, "SearchTransitGatewayRoutes", &|_| {
        search("state", "active")
    });
    let write = |at: usize| {
        json!({"TransitGatewayRouteTableId": table, "DestinationCidrBlock": "192.0.0.0/24",
        "TransitGatewayAttachmentId": attachments[at % attachments.len()]})
    };
    measure(built, "ReplaceTransitGatewayRoute", HUB, "ReplaceTransitGatewayRoute", &write);
    measure(
        built,
        "CreateTags",
        HUB,
        "CreateTags",
        &|at| json!({"Resources": [attachments[at % attachments.len()]], "Tags": [{"Key": "a", "Value": at.to_string()}]}),
    );
    measure(built, "DescribeRegions", HUB, "DescribeRegions", &|_| json!({"RegionNames": ["us-east-1"]}));
}

/// Asks over one connection, one call after the other.
fn over_the_wire(built: Built) {
    let (account, vpc) = built.vpcs[17].clone();
    let sandbox = Arc::new(Mutex::new(built.sandbox));
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
    let listener = runtime.block_on(tokio::net::TcpListener::bind("127.0.0.1:0")).expect("a port");
    let address = listener.local_addr().expect("an address");
    std::thread::spawn(move || runtime.block_on(wire::serve(listener, sandbox, std::future::pending())));
    for (name, body) in [
        ("DescribeVpcs by id", format!("Action=DescribeVpcs&Version=2016-11-15&VpcId.1={vpc}")),
        ("DescribeRouteTables of a member", "Action=DescribeRouteTables&Version=2016-11-15".to_owned()),
    ] {
        let request = format!(
            "POST / HTTP/1.1\r\nHost: {address}\r\nContent-Type: application/x-www-form-urlencoded; charset=utf-8\r\n\
             Authorization: AWS4-HMAC-SHA256 Credential={account}/20261124/us-east-1/ec2/aws4_request, \
             SignedHeaders=host, Signature=0\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        );
        let mut stream = TcpStream::connect(address).expect("a connection");
        stream.set_nodelay(true).expect("a socket that can be set");
        let mut answer = vec![0; 1 << 16];
        let (begin, mut count) = (now(), 0);
        while begin.elapsed() < Duration::from_secs(1) {
            stream.write_all(request.as_bytes()).expect("a request sent");
            let read = stream.read(&mut answer).expect("an answer");
            assert!(answer[..read].starts_with(b"HTTP/1.1 200"), "{}", String::from_utf8_lossy(&answer[..read]));
            count += 1;
        }
        println!("{:>12.0} /s  on the wire: {name}", f64::from(count) / begin.elapsed().as_secs_f64());
    }
}

fn main() {
    let (before, begin) = (memory(), now());
    let mut built = build();
    println!(
        "{ACCOUNTS} accounts, {} attachments, {} routes: {} MiB, built in {:.1} s",
        built.attachments.len(),
        ROUTES + built.attachments.len(),
        memory() - before,
        begin.elapsed().as_secs_f64()
    );
    in_process(&mut built);
    over_the_wire(built);
}
