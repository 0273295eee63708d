//! Builds worlds in few words, with nothing but AWS's own calls: for demonstrations and for tests of what runs on the
//! sandbox.
//!
//! Every method panics when a call is refused: a world that cannot be built is a mistake of whoever wrote it.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use ipnet::IpNet;
use serde_json::{Value, json};

use crate::call::{AwsError, Call, Caller, Principal, Service};
use crate::network::attachment::ResourceType;
use crate::network::given_attachment;
use crate::sandbox::Sandbox;

/// A hand that makes calls in one region, as the root of whatever account it is told.
#[derive(Clone, Debug)]
pub struct Seed {
    pub sandbox: Arc<Mutex<Sandbox>>,
    pub region: String,
    /// The organization's management account, once there is an organization.
    pub management: String,
}

/// Tags, as pairs.
pub type Tags<'a> = &'a [(&'a str, &'a str)];

impl Seed {
    /// Makes a hand, and an organization whose management account it names.
    pub fn organization(sandbox: Arc<Mutex<Sandbox>>, region: &str, management: &str) -> Self {
        let seed = Self { sandbox, region: region.to_owned(), management: management.to_owned() };
        seed.ask(management, Service::Organizations, "CreateOrganization", json!({ "FeatureSet": "ALL" }));
        seed
    }

    /// Makes one call.
    ///
    /// # Errors
    /// What AWS would answer.
    pub fn call(&self, account: &str, service: Service, action: &str, params: Value) -> Result<Value, AwsError> {
        let global = matches!(service, Service::Organizations | Service::Iam);
        self.lock().call(&Call {
            access_key_id: account.to_owned(),
            session_token: None,
            region: if global { "us-east-1".to_owned() } else { self.region.clone() },
            service,
            action: action.to_owned(),
            params,
        })
    }

    /// Makes one call that has to succeed.
    pub fn ask(&self, account: &str, service: Service, action: &str, params: Value) -> Value {
        self.call(account, service, action, params.clone())
            .unwrap_or_else(|error| panic!("{action} {params} in {account}: {error}"))
    }

    /// Makes one call to EC2 that has to succeed.
    pub fn ec2(&self, account: &str, action: &str, params: Value) -> Value {
        self.ask(account, Service::Ec2, action, params)
    }

    /// Moves the clock on.
    pub fn wait(&self, time: Duration) {
        self.lock().advance(time);
    }

    /// Moves the clock on by ten minutes: every transition of AWS's is over by then.
    pub fn settle(&self) {
        self.wait(Duration::from_secs(600));
    }

    pub fn lock(&self) -> MutexGuard<'_, Sandbox> {
        self.sandbox.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns the organization's id.
    pub fn organization_id(&self) -> String {
        let answer = self.ask(&self.management, Service::Organizations, "DescribeOrganization", json!({}));
        text(&answer["Organization"]["Id"])
    }

    /// Makes an organizational unit below the root, or below another unit, and returns its id.
    pub fn unit(&self, name: &str, parent: Option<&str>) -> String {
        let parent = parent.map_or_else(|| self.root(), str::to_owned);
        let params = json!({ "ParentId": parent, "Name": name });
        let answer = self.ask(&self.management, Service::Organizations, "CreateOrganizationalUnit", params);
        text(&answer["OrganizationalUnit"]["Id"])
    }

    /// Makes an account in a unit, or at the root, and returns its id.
    pub fn account(&self, name: &str, unit: Option<&str>) -> String {
        let management = self.management.clone();
        let params = json!({ "AccountName": name, "Email": format!("{name}@example.com") });
        let made = self.ask(&management, Service::Organizations, "CreateAccount", params);
        self.settle();
        let params = json!({ "CreateAccountRequestId": made["CreateAccountStatus"]["Id"] });
        let status = self.ask(&management, Service::Organizations, "DescribeCreateAccountStatus", params);
        let id = text(&status["CreateAccountStatus"]["AccountId"]);
        if let Some(unit) = unit {
            let params = json!({ "AccountId": id, "SourceParentId": self.root(), "DestinationParentId": unit });
            self.ask(&management, Service::Organizations, "MoveAccount", params);
        }
        id
    }

    /// Lets an account ask Organizations, as a delegated administrator of some service may.
    pub fn delegate(&self, account: &str) {
        let service = "ram.amazonaws.com";
        let params = json!({ "ServicePrincipal": service });
        self.ask(&self.management, Service::Organizations, "EnableAWSServiceAccess", params);
        let params = json!({ "AccountId": account, "ServicePrincipal": service });
        self.ask(&self.management, Service::Organizations, "RegisterDelegatedAdministrator", params);
    }

    /// Makes a role that a principal may assume, with an external id if one is given.
    pub fn role(&self, account: &str, name: &str, trusted: &str, external_id: Option<&str>) {
        let mut statement = json!({ "Effect": "Allow", "Action": "sts:AssumeRole", "Principal": { "AWS": format!("arn:aws:iam::{trusted}:root") } });
        if let Some(id) = external_id {
            statement["Condition"] = json!({ "StringEquals": { "sts:ExternalId": id } });
        }
        let trust = json!({ "Version": "2012-10-17", "Statement": [statement] }).to_string();
        self.ask(account, Service::Iam, "CreateRole", json!({ "RoleName": name, "AssumeRolePolicyDocument": trust }));
    }

    /// Makes a VPC, and returns its id.
    pub fn vpc(&self, account: &str, range: &str, tags: Tags<'_>) -> String {
        let params = json!({ "CidrBlock": range, "TagSpecifications": specification("vpc", tags) });
        text(&self.ec2(account, "CreateVpc", params)["Vpc"]["VpcId"])
    }

    /// Makes a subnet in the zone of that number, counted by zone id from 1, and returns its id.
    pub fn subnet(&self, account: &str, vpc: &str, range: &str, zone: usize, tags: Tags<'_>) -> String {
        let zones = self.ec2(account, "DescribeAvailabilityZones", json!({}));
        let mut ids: Vec<String> =
            zones["AvailabilityZones"].as_array().into_iter().flatten().map(|zone| text(&zone["ZoneId"])).collect();
        ids.sort();
        let params = json!({
            "VpcId": vpc, "CidrBlock": range, "AvailabilityZoneId": ids[zone - 1],
            "TagSpecifications": specification("subnet", tags),
        });
        text(&self.ec2(account, "CreateSubnet", params)["Subnet"]["SubnetId"])
    }

    /// Returns the id of a VPC's main route table.
    pub fn main_table(&self, account: &str, vpc: &str) -> String {
        let filters =
            json!([{ "Name": "vpc-id", "Values": [vpc] }, { "Name": "association.main", "Values": ["true"] }]);
        text(&self.ec2(account, "DescribeRouteTables", json!({ "Filters": filters }))["RouteTables"][0]["RouteTableId"])
    }

    /// Makes a transit gateway with both default tables off, waits for it, and returns its id.
    pub fn transit_gateway(&self, account: &str) -> String {
        let options = json!({ "DefaultRouteTableAssociation": "disable", "DefaultRouteTablePropagation": "disable" });
        self.transit_gateway_with(account, options)
    }

    /// Makes a transit gateway with these options, waits for it, and returns its id.
    pub fn transit_gateway_with(&self, account: &str, options: Value) -> String {
        let made = self.ec2(account, "CreateTransitGateway", json!({ "Options": options }));
        self.settle();
        text(&made["TransitGateway"]["TransitGatewayId"])
    }

    /// Shares a transit gateway with the whole organization, and waits until the members see it.
    pub fn share(&self, account: &str, gateway: &str) {
        self.ask(&self.management, Service::Ram, "EnableSharingWithAwsOrganization", json!({}));
        let organization = self.ask(&self.management, Service::Organizations, "DescribeOrganization", json!({}));
        let params = json!({
            "name": "hub",
            "resourceArns": [format!("arn:aws:ec2:{}:{account}:transit-gateway/{gateway}", self.region)],
            "principals": [organization["Organization"]["Arn"]],
            "allowExternalPrincipals": false,
        });
        self.ask(account, Service::Ram, "CreateResourceShare", params);
        self.settle();
    }

    /// Makes a VPN connection from a transit gateway to an address, waits for it, and returns its attachment's id.
    pub fn vpn(&self, account: &str, gateway: &str, address: &str) -> String {
        let params = json!({ "Type": "ipsec.1", "BgpAsn": 65000, "IpAddress": address });
        let made = self.ec2(account, "CreateCustomerGateway", params);
        let customer = &made["CustomerGateway"]["CustomerGatewayId"];
        let params = json!({ "Type": "ipsec.1", "CustomerGatewayId": customer, "TransitGatewayId": gateway });
        let vpn = self.ec2(account, "CreateVpnConnection", params)["VpnConnection"]["VpnConnectionId"].clone();
        self.settle();
        let filters = json!([{ "Name": "resource-id", "Values": [vpn] }]);
        let shown = self.ec2(account, "DescribeTransitGatewayAttachments", json!({ "Filters": filters }));
        text(&shown["TransitGatewayAttachments"][0]["TransitGatewayAttachmentId"])
    }

    /// Makes a Connect attachment over another attachment, waits for it, and returns its id.
    pub fn connect(&self, account: &str, transport: &str) -> String {
        let params = json!({ "TransportTransitGatewayAttachmentId": transport, "Options": { "Protocol": "gre" } });
        let made = self.ec2(account, "CreateTransitGatewayConnect", params);
        self.settle();
        text(&made["TransitGatewayConnect"]["TransitGatewayAttachmentId"])
    }

    /// Gives a transit gateway an attachment of a service that is not modelled, waits for it, and returns its id.
    pub fn give(&self, account: &str, gateway: &str, kind: ResourceType) -> String {
        let caller = Caller {
            account: account.to_owned(),
            region: self.region.clone(),
            principal: Principal::Root,
            request_id: String::new(),
        };
        let given = given_attachment::give(self.lock().settled(), &caller, gateway, kind, None);
        let id = given.unwrap_or_else(|error| panic!("{} for {gateway} in {account}: {error}", kind.word()));
        self.settle();
        id
    }

    /// Sets the prefixes that BGP brings over an attachment.
    pub fn bring(&self, attachment: &str, prefixes: &[&str]) {
        let ranges: Vec<IpNet> = prefixes.iter().map(|text| text.parse().expect("a range of addresses")).collect();
        let brought = given_attachment::bring(self.lock().settled(), attachment, &ranges);
        brought.unwrap_or_else(|error| panic!("{prefixes:?} over {attachment}: {error}"));
    }

    /// Makes a prefix list with these ranges and room for so many, waits for it, and returns its id.
    pub fn prefix_list(&self, account: &str, name: &str, ranges: &[&str], most: usize) -> String {
        let entries: Vec<Value> = ranges.iter().map(|range| json!({ "Cidr": range })).collect();
        let family = if ranges.first().is_some_and(|range| range.contains(':')) { "IPv6" } else { "IPv4" };
        let params = json!({ "PrefixListName": name, "Entries": entries, "MaxEntries": most, "AddressFamily": family });
        let made = self.ec2(account, "CreateManagedPrefixList", params);
        self.settle();
        text(&made["PrefixList"]["PrefixListId"])
    }

    fn root(&self) -> String {
        let answer = self.ask(&self.management, Service::Organizations, "ListRoots", json!({}));
        text(&answer["Roots"][0]["Id"])
    }
}

/// Returns the string in an answer; an answer without it is not what was asked for.
pub fn text(value: &Value) -> String {
    value.as_str().unwrap_or_else(|| panic!("a string where the answer has {value}")).to_owned()
}

fn specification(kind: &str, tags: Tags<'_>) -> Value {
    if tags.is_empty() {
        return json!([]);
    }
    let tags: Vec<Value> = tags.iter().map(|(key, value)| json!({ "Key": key, "Value": value })).collect();
    json!([{ "ResourceType": kind, "Tags": tags }])
}
