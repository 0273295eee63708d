//! A small organization, made the same way each time: one seed gives the same ids in every sandbox.

use std::collections::BTreeMap;
use std::time::Duration;

use aws_sandbox::call::{Caller, Principal};
use aws_sandbox::network::attachment::ResourceType;
use aws_sandbox::network::given_attachment;
use aws_sandbox::{Call, Sandbox, Service, Settings};
use serde_json::{Value, json};

/// The home account: manages the organization and owns the transit gateways.
pub const HOME: &str = "111111111111";
pub const REGION: &str = "eu-west-1";
pub const ROLE: &str = "transitd-member";
pub const EXTERNAL_ID: &str = "planted-secret";

/// The ids of what is there.
#[derive(Debug, PartialEq, Eq)]
pub struct World {
    pub root: String,
    pub alpha: Member,
    pub beta: Member,
    /// Shared with the organization; nothing happens in it by itself.
    pub gateway: String,
    /// The home account's own, with both defaults on.
    pub busy_gateway: String,
}

/// A member account with a VPC.
#[derive(Debug, PartialEq, Eq)]
pub struct Member {
    pub account: String,
    pub vpc: String,
    pub subnets: Vec<String>,
    pub route_table: String,
}

/// Makes a sandbox and what is in it.
pub fn sandbox() -> (Sandbox, World) {
    let mut sandbox = Sandbox::new(Settings::default());
    let world = Builder { sandbox: &mut sandbox }.world();
    (sandbox, world)
}

/// Lets so much time pass that every transition is over.
pub fn settle(sandbox: &mut Sandbox) {
    sandbox.advance(Duration::from_secs(600));
}

struct Builder<'a> {
    sandbox: &'a mut Sandbox,
}

impl Builder<'_> {
    fn call(&mut self, account: &str, service: Service, action: &str, params: Value) -> Value {
        let call = Call {
            access_key_id: account.to_owned(),
            session_token: None,
            region: if service == Service::Organizations { "us-east-1".to_owned() } else { REGION.to_owned() },
            service,
            action: action.to_owned(),
            params,
        };
        self.sandbox.call(&call).unwrap_or_else(|error| panic!("{action} {}: {error}", call.params))
    }

    fn ec2(&mut self, account: &str, action: &str, params: Value) -> Value {
        self.call(account, Service::Ec2, action, params)
    }

    fn organizations(&mut self, action: &str, params: Value) -> Value {
        self.call(HOME, Service::Organizations, action, params)
    }

    fn world(&mut self) -> World {
        self.organizations("CreateOrganization", json!({"FeatureSet": "ALL"}));
        let root = text(&self.organizations("ListRoots", json!({}))["Roots"][0]["Id"]);
        // More units than fit on one page of Organizations, which is 20.
        for number in 0..23 {
            let name = format!("Unit {number:02}");
            self.organizations("CreateOrganizationalUnit", json!({"ParentId": root, "Name": name}));
        }
        let closed = self.account("closed");
        self.organizations("CloseAccount", json!({"AccountId": closed}));
        let (alpha, beta) = (self.account("alpha"), self.account("beta"));
        self.call(HOME, Service::Ram, "EnableSharingWithAwsOrganization", json!({}));
        let gateway = self.gateway(json!({
            "DefaultRouteTableAssociation": "disable", "DefaultRouteTablePropagation": "disable",
        }));
        let busy_gateway = self.gateway(json!({"AutoAcceptSharedAttachments": "enable"}));
        settle(self.sandbox);
        self.share(&gateway);
        let world = World {
            root,
            alpha: self.member(alpha, "10.1.0.0", "10.101.0.0/16"),
            beta: self.member(beta, "10.2.0.0", "10.102.0.0/16"),
            gateway,
            busy_gateway,
        };
        settle(self.sandbox);
        world
    }

    fn account(&mut self, name: &str) -> String {
        let asked = json!({"AccountName": name, "Email": format!("{name}@example.com")});
        let request = self.organizations("CreateAccount", asked)["CreateAccountStatus"]["Id"].clone();
        settle(self.sandbox);
        let status = self.organizations("DescribeCreateAccountStatus", json!({"CreateAccountRequestId": request}));
        text(&status["CreateAccountStatus"]["AccountId"])
    }

    fn gateway(&mut self, options: Value) -> String {
        let tags = json!([{"ResourceType": "transit-gateway", "Tags": [{"Key": "Name", "Value": "hub"}]}]);
        let asked = json!({"Options": options, "TagSpecifications": tags});
        text(&self.ec2(HOME, "CreateTransitGateway", asked)["TransitGateway"]["TransitGatewayId"])
    }

    fn share(&mut self, gateway: &str) {
        let organization = self.organizations("DescribeOrganization", json!({}))["Organization"]["Arn"].clone();
        let resource = format!("arn:aws:ec2:{REGION}:{HOME}:transit-gateway/{gateway}");
        let asked = json!({
            "name": "hub", "resourceArns": [resource], "principals": [organization], "allowExternalPrincipals": false,
        });
        self.call(HOME, Service::Ram, "CreateResourceShare", asked);
    }

    /// Makes a role that the home account may assume, and a VPC with ranges of both families, two subnets, a table with
    /// a route to the internet, and tags.
    fn member(&mut self, account: String, network: &str, second: &str) -> Member {
        let trust = json!({"Version": "2012-10-17", "Statement": [{
            "Effect": "Allow",
            "Principal": {"AWS": format!("arn:aws:iam::{HOME}:root")},
            "Action": "sts:AssumeRole",
            "Condition": {"StringEquals": {"sts:ExternalId": EXTERNAL_ID}},
        }]});
        let asked = json!({"RoleName": ROLE, "AssumeRolePolicyDocument": trust.to_string()});
        self.call(&account, Service::Iam, "CreateRole", asked);
        let tags = json!([{"ResourceType": "vpc", "Tags": [{"Key": "segment", "Value": "prod"}, {"Key": "empty", "Value": ""}]}]);
        let asked = json!({"CidrBlock": format!("{network}/16"), "AmazonProvidedIpv6CidrBlock": true, "TagSpecifications": tags});
        let vpc = text(&self.ec2(&account, "CreateVpc", asked)["Vpc"]["VpcId"]);
        self.ec2(&account, "AssociateVpcCidrBlock", json!({"VpcId": vpc, "CidrBlock": second}));
        let prefix = network.trim_end_matches("0.0");
        let subnets = ["euw1-az1", "euw1-az2"].iter().enumerate().map(|(number, zone)| {
            let range = format!("{prefix}{number}.0/24");
            let asked = json!({"VpcId": vpc, "CidrBlock": range, "AvailabilityZoneId": zone});
            text(&self.ec2(&account, "CreateSubnet", asked)["Subnet"]["SubnetId"])
        });
        let subnets = subnets.collect();
        let route_table =
            text(&self.ec2(&account, "CreateRouteTable", json!({"VpcId": vpc}))["RouteTable"]["RouteTableId"]);
        let internet =
            text(&self.ec2(&account, "CreateInternetGateway", json!({}))["InternetGateway"]["InternetGatewayId"]);
        self.ec2(&account, "AttachInternetGateway", json!({"InternetGatewayId": internet, "VpcId": vpc}));
        let asked = json!({"RouteTableId": route_table, "DestinationCidrBlock": "0.0.0.0/0", "GatewayId": internet});
        self.ec2(&account, "CreateRoute", asked);
        Member { account, vpc, subnets, route_table }
    }
}

/// Fills a transit gateway route table with so many blackholes.
pub fn fill_with_blackholes(sandbox: &mut Sandbox, table: &str, count: u32) {
    let mut builder = Builder { sandbox };
    for number in 0..count {
        let range = format!("172.{}.{}.0/24", 16 + number / 256, number % 256);
        let asked = json!({"TransitGatewayRouteTableId": table, "DestinationCidrBlock": range, "Blackhole": true});
        builder.ec2(HOME, "CreateTransitGatewayRoute", asked);
    }
    settle(sandbox);
}

/// Makes so many more route tables in a member's VPC.
pub fn add_route_tables(sandbox: &mut Sandbox, member: &Member, count: u32) {
    let mut builder = Builder { sandbox };
    for _ in 0..count {
        builder.ec2(&member.account, "CreateRouteTable", json!({"VpcId": member.vpc}));
    }
}

/// Makes a prefix list of two ranges that may have `most`, and returns its id.
pub fn add_prefix_list(sandbox: &mut Sandbox, account: &str, most: u32) -> String {
    let mut builder = Builder { sandbox };
    let asked = json!({
        "PrefixListName": "ours", "AddressFamily": "IPv4", "MaxEntries": most,
        "Entries": [{"Cidr": "172.16.0.0/16"}, {"Cidr": "172.17.0.0/16", "Description": "the other"}],
    });
    let made = text(&builder.ec2(account, "CreateManagedPrefixList", asked)["PrefixList"]["PrefixListId"]);
    settle(sandbox);
    made
}

/// Gives a gateway of the home account a VPN and a Direct Connect attachment, and returns their ids in this order.
pub fn give_attachments(sandbox: &mut Sandbox, gateway: &str) -> [String; 2] {
    let mut builder = Builder { sandbox };
    let asked = json!({"Type": "ipsec.1", "BgpAsn": 65000, "IpAddress": "203.0.113.1"});
    let customer = text(&builder.ec2(HOME, "CreateCustomerGateway", asked)["CustomerGateway"]["CustomerGatewayId"]);
    let asked = json!({"Type": "ipsec.1", "CustomerGatewayId": customer, "TransitGatewayId": gateway});
    let vpn = text(&builder.ec2(HOME, "CreateVpnConnection", asked)["VpnConnection"]["VpnConnectionId"]);
    let asked = json!({"Filters": [{"Name": "resource-id", "Values": [vpn]}]});
    let shown = builder.ec2(HOME, "DescribeTransitGatewayAttachments", asked);
    let vpn = text(&shown["TransitGatewayAttachments"][0]["TransitGatewayAttachmentId"]);
    let caller = Caller {
        account: HOME.to_owned(),
        region: REGION.to_owned(),
        principal: Principal::Root,
        request_id: String::new(),
    };
    let kind = ResourceType::DirectConnectGateway;
    let direct = given_attachment::give(&mut sandbox.world, &caller, gateway, kind, None).unwrap();
    settle(sandbox);
    given_attachment::bring(&mut sandbox.world, &vpn, &["192.168.7.0/24".parse().unwrap()]).unwrap();
    [vpn, direct]
}

/// Makes what a member has in an account that is in no organization.
pub fn add_outsider(sandbox: &mut Sandbox) -> Member {
    let member = Builder { sandbox }.member("999999999999".to_owned(), "10.9.0.0", "10.109.0.0/16");
    settle(sandbox);
    member
}

/// Returns the name by which RAM shares with the organization.
pub fn organization_arn(sandbox: &mut Sandbox) -> String {
    text(&Builder { sandbox }.organizations("DescribeOrganization", json!({}))["Organization"]["Arn"])
}

/// Sets an account's tags in the organization.
pub fn tag_account(sandbox: &mut Sandbox, account: &str, tags: &BTreeMap<String, String>) {
    let tags: Vec<Value> = tags.iter().map(|(key, value)| json!({"Key": key, "Value": value})).collect();
    Builder { sandbox }.organizations("TagResource", json!({"ResourceId": account, "Tags": tags}));
}

fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("{value} is no text")).to_owned()
}
