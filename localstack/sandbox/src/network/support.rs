//! What tests of the network start from: a sandbox at AWS's own pace, and short words for what they make in it.

use std::time::Duration;

use serde_json::{Value, json};

use crate::call::{AwsError, Call, Service};
use crate::sandbox::{Sandbox, Settings};

pub struct Bench {
    pub sandbox: Sandbox,
    pub region: String,
}

impl Default for Bench {
    fn default() -> Self {
        Self::new()
    }
}

impl Bench {
    pub fn new() -> Self {
        Self { sandbox: Sandbox::new(Settings::default()), region: "us-east-1".to_owned() }
    }

    fn send(&mut self, service: Service, account: &str, action: &str, params: Value) -> Result<Value, AwsError> {
        self.sandbox.call(&Call {
            access_key_id: account.to_owned(),
            session_token: None,
            region: self.region.clone(),
            service,
            action: action.to_owned(),
            params,
        })
    }

    pub fn call(&mut self, account: &str, action: &str, params: Value) -> Result<Value, AwsError> {
        self.send(Service::Ec2, account, action, params)
    }

    /// Calls EC2; the call must succeed.
    pub fn ec2(&mut self, account: &str, action: &str, params: Value) -> Value {
        self.call(account, action, params.clone()).unwrap_or_else(|error| panic!("{action} {params}: {error}"))
    }

    /// Calls EC2; the call must be refused with this code.
    pub fn refused(&mut self, account: &str, action: &str, params: Value, code: &str) -> AwsError {
        let error = self.call(account, action, params.clone()).expect_err(&format!("{action} {params} succeeded"));
        assert_eq!(error.code, code, "{action} {params}: {error}");
        error
    }

    pub fn ram(&mut self, account: &str, action: &str, params: Value) -> Result<Value, AwsError> {
        self.send(Service::Ram, account, action, params)
    }

    pub fn organizations(&mut self, account: &str, action: &str, params: Value) -> Value {
        let answer = self.send(Service::Organizations, account, action, params.clone());
        answer.unwrap_or_else(|error| panic!("{action} {params}: {error}"))
    }

    /// Lets ten minutes pass: every transition is over by then.
    pub fn wait(&mut self) {
        self.sandbox.advance(Duration::from_secs(600));
    }

    pub fn vpc(&mut self, account: &str, range: &str) -> String {
        text(&self.ec2(account, "CreateVpc", json!({"CidrBlock": range}))["Vpc"]["VpcId"])
    }

    /// Makes a subnet in the zone of that number, as every account numbers them: by zone id.
    pub fn subnet(&mut self, account: &str, vpc: &str, range: &str, zone: usize) -> String {
        let zone = format!("use1-az{}", zone + 1);
        let asked = json!({"VpcId": vpc, "CidrBlock": range, "AvailabilityZoneId": zone});
        text(&self.ec2(account, "CreateSubnet", asked)["Subnet"]["SubnetId"])
    }

    pub fn route_table(&mut self, account: &str, vpc: &str) -> String {
        text(&self.ec2(account, "CreateRouteTable", json!({"VpcId": vpc}))["RouteTable"]["RouteTableId"])
    }

    /// Makes a transit gateway and waits for it.
    pub fn transit_gateway(&mut self, account: &str, options: Value) -> String {
        let made = self.ec2(account, "CreateTransitGateway", json!({"Options": options}));
        self.wait();
        text(&made["TransitGateway"]["TransitGatewayId"])
    }

    /// Makes a transit gateway with both defaults off and waits for it.
    pub fn plain_transit_gateway(&mut self, account: &str) -> String {
        let off = json!({"DefaultRouteTableAssociation": "disable", "DefaultRouteTablePropagation": "disable"});
        self.transit_gateway(account, off)
    }

    /// Makes a route table in a transit gateway and waits for it.
    pub fn transit_gateway_route_table(&mut self, account: &str, gateway: &str) -> String {
        let made = self.ec2(account, "CreateTransitGatewayRouteTable", json!({"TransitGatewayId": gateway}));
        self.wait();
        text(&made["TransitGatewayRouteTable"]["TransitGatewayRouteTableId"])
    }

    /// Attaches a VPC by a new subnet, the first /28 of its range, without waiting.
    pub fn attachment(&mut self, account: &str, gateway: &str, vpc: &str) -> String {
        let shown = self.ec2(account, "DescribeVpcs", json!({"VpcIds": [vpc]}));
        let range = text(&shown["Vpcs"][0]["CidrBlock"]);
        let (network, _) = range.split_once('/').expect("a range");
        self.subnet(account, vpc, &format!("{network}/28"), 0);
        self.attach_again(account, gateway, vpc)
    }

    /// Attaches a VPC by the first of its subnets, without waiting.
    pub fn attach_again(&mut self, account: &str, gateway: &str, vpc: &str) -> String {
        let asked = json!({"Filters": [{"Name": "vpc-id", "Values": [vpc]}]});
        let subnet = text(&self.ec2(account, "DescribeSubnets", asked)["Subnets"][0]["SubnetId"]);
        let asked = json!({"TransitGatewayId": gateway, "VpcId": vpc, "SubnetIds": [subnet]});
        let made = self.ec2(account, "CreateTransitGatewayVpcAttachment", asked);
        text(&made["TransitGatewayVpcAttachment"]["TransitGatewayAttachmentId"])
    }

    /// Tells an attachment's state, as an account sees it.
    pub fn state(&mut self, account: &str, attachment: &str) -> String {
        let asked = json!({"TransitGatewayAttachmentIds": [attachment]});
        let shown = self.ec2(account, "DescribeTransitGatewayVpcAttachments", asked);
        text(&shown["TransitGatewayVpcAttachments"][0]["State"])
    }

    /// Shares a transit gateway with an account outside any organization, which accepts; and waits.
    pub fn share(&mut self, owner: &str, gateway: &str, with: &str) -> String {
        let arn = format!("arn:aws:ec2:{}:{owner}:transit-gateway/{gateway}", self.region);
        self.share_arn(owner, &arn, with)
    }

    /// Shares a resource with an account outside any organization, which accepts; and waits.
    pub fn share_arn(&mut self, owner: &str, arn: &str, with: &str) -> String {
        let asked = json!({"name": "hub", "resourceArns": [arn], "principals": [with]});
        let made = self.ram(owner, "CreateResourceShare", asked).unwrap();
        self.wait();
        let invitations = self.ram(with, "GetResourceShareInvitations", json!({})).unwrap();
        let invitation = invitations["resourceShareInvitations"]
            .as_array()
            .and_then(|all| all.iter().find(|it| it["status"] == "PENDING"))
            .expect("an invitation")["resourceShareInvitationArn"]
            .clone();
        let asked = json!({"resourceShareInvitationArn": invitation});
        self.ram(with, "AcceptResourceShareInvitation", asked).unwrap();
        self.wait();
        text(&made["resourceShare"]["resourceShareArn"])
    }

    pub fn associate(&mut self, account: &str, table: &str, attachment: &str) {
        let asked = json!({"TransitGatewayRouteTableId": table, "TransitGatewayAttachmentId": attachment});
        self.ec2(account, "AssociateTransitGatewayRouteTable", asked);
    }

    pub fn propagate(&mut self, account: &str, table: &str, attachment: &str) {
        let asked = json!({"TransitGatewayRouteTableId": table, "TransitGatewayAttachmentId": attachment});
        self.ec2(account, "EnableTransitGatewayRouteTablePropagation", asked);
    }

    /// Makes a prefix list with these ranges and room for so many, and waits.
    pub fn prefix_list(&mut self, account: &str, ranges: &[&str], most: usize) -> String {
        let entries: Vec<Value> = ranges.iter().map(|range| json!({"Cidr": range})).collect();
        let asked = json!({"PrefixListName": "list", "Entries": entries, "MaxEntries": most, "AddressFamily": "IPv4"});
        let made = self.ec2(account, "CreateManagedPrefixList", asked);
        self.wait();
        text(&made["PrefixList"]["PrefixListId"])
    }

    /// Makes a VPN connection to a transit gateway and waits; returns its id and its attachment's.
    pub fn vpn(&mut self, account: &str, gateway: &str) -> (String, String) {
        let number = self.sandbox.world.network.customer_gateways.iter().count() + 1;
        let asked = json!({"Type": "ipsec.1", "BgpAsn": 65000, "IpAddress": format!("203.0.113.{number}")});
        let customer = text(&self.ec2(account, "CreateCustomerGateway", asked)["CustomerGateway"]["CustomerGatewayId"]);
        let asked = json!({"Type": "ipsec.1", "CustomerGatewayId": customer, "TransitGatewayId": gateway});
        let vpn = text(&self.ec2(account, "CreateVpnConnection", asked)["VpnConnection"]["VpnConnectionId"]);
        self.wait();
        let asked = json!({"Filters": [{"Name": "resource-id", "Values": [vpn]}]});
        let shown = self.ec2(account, "DescribeTransitGatewayAttachments", asked);
        let attachment = text(&shown["TransitGatewayAttachments"][0]["TransitGatewayAttachmentId"]);
        (vpn, attachment)
    }

    /// Makes a Connect attachment over another attachment, and waits.
    pub fn connect(&mut self, account: &str, transport: &str) -> String {
        let asked = json!({"TransportTransitGatewayAttachmentId": transport, "Options": {"Protocol": "gre"}});
        let made = self.ec2(account, "CreateTransitGatewayConnect", asked);
        self.wait();
        text(&made["TransitGatewayConnect"]["TransitGatewayAttachmentId"])
    }

    /// Peers a transit gateway with a new one in eu-west-1, accepted; returns that and the attachment's id.
    pub fn gateways_peered(&mut self, account: &str, gateway: &str) -> (String, String) {
        let here = std::mem::replace(&mut self.region, "eu-west-1".to_owned());
        let peer = self.plain_transit_gateway(account);
        self.region.clone_from(&here);
        let asked = json!({"TransitGatewayId": gateway, "PeerTransitGatewayId": peer, "PeerAccountId": account,
            "PeerRegion": "eu-west-1"});
        let made = self.ec2(account, "CreateTransitGatewayPeeringAttachment", asked);
        let id = text(&made["TransitGatewayPeeringAttachment"]["TransitGatewayAttachmentId"]);
        self.wait();
        "eu-west-1".clone_into(&mut self.region);
        let named = json!({"TransitGatewayAttachmentId": id});
        self.ec2(account, "AcceptTransitGatewayPeeringAttachment", named);
        self.region = here;
        self.sandbox.advance(Duration::from_secs(1800));
        (peer, id)
    }

    /// Sets what BGP brings over an attachment.
    pub fn bring(&mut self, attachment: &str, prefixes: &[&str]) {
        let prefixes: Vec<ipnet::IpNet> = prefixes.iter().map(|it| it.parse().expect("a range")).collect();
        super::given_attachment::bring(&mut self.sandbox.world, attachment, &prefixes).expect("BGP over it");
    }

    /// Lists a table's routes as (destination, type, state, attachment or nothing).
    pub fn routes(&mut self, account: &str, table: &str) -> Vec<(String, String, String, String)> {
        let filters = json!([{"Name": "state", "Values": ["active", "blackhole"]}]);
        let asked = json!({"TransitGatewayRouteTableId": table, "Filters": filters});
        let found = self.ec2(account, "SearchTransitGatewayRoutes", asked);
        let routes = found["Routes"].as_array().expect("a list");
        let row = |route: &Value| {
            let attachment = &route["TransitGatewayAttachments"][0]["TransitGatewayAttachmentId"];
            let attachment = attachment.as_str().unwrap_or_default().to_owned();
            (text(&route["DestinationCidrBlock"]), text(&route["Type"]), text(&route["State"]), attachment)
        };
        routes.iter().map(row).collect()
    }
}

/// Reads a text out of an answer.
pub fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("not a text: {value}")).to_owned()
}
