//! A small organization for the daemon to keep: one hub, two connected segments, a VPC in each.

use std::sync::{Arc, Mutex};

use aws_sandbox::network::route_target::Target;
use aws_sandbox::network::shelf::Key;
use aws_sandbox::seed::Seed;
use aws_sandbox::{Sandbox, Settings};
use serde_json::json;

pub const REGION: &str = "eu-west-1";
pub const EXTERNAL_ID: &str = "land-external-id";

/// One VPC, and the account that owns it.
pub struct Spoke {
    pub account: String,
    pub vpc: String,
    /// Its main route table.
    pub table: String,
}

pub struct Land {
    pub seed: Seed,
    pub home: String,
    pub hub: String,
    pub billing: Spoke,
    pub tools: Spoke,
}

impl Land {
    pub fn new(settings: Settings) -> Self {
        let sandbox = Arc::new(Mutex::new(Sandbox::new(settings)));
        let seed = Seed::organization(sandbox, REGION, "100000000001");
        let home = seed.account("network", None);
        seed.delegate(&home);
        let hub = seed.transit_gateway_with(
            &home,
            json!({ "DefaultRouteTableAssociation": "disable", "DefaultRouteTablePropagation": "disable" }),
        );
        seed.share(&home, &hub);
        let apps = seed.unit("Apps", None);
        let spoke = |name: &str, range: &str| {
            let account = seed.account(name, Some(&apps));
            seed.role(&account, "transitd-member", &home, Some(EXTERNAL_ID));
            let vpc = seed.vpc(&account, &format!("{range}.0.0/16"), &[("network", name)]);
            seed.subnet(&account, &vpc, &format!("{range}.0.0/24"), 1, &[("transitd", "attach")]);
            let table = seed.main_table(&account, &vpc);
            Spoke { account, vpc, table }
        };
        let (billing, tools) = (spoke("billing", "10.1"), spoke("tools", "10.2"));
        seed.settle();
        seed.lock().clear_log();
        Self { seed, home, hub, billing, tools }
    }

    /// The config file that connects the two, with what it says of the daemon.
    pub fn config(&self, daemon: &str) -> String {
        let organization = self.seed.organization_id();
        format!(
            "version: 1\nnetwork: corp\nhome: {{ account: \"{home}\", organization: {organization} }}\n\
             accounts: {{ from: organizations, role: {{ name: transitd-member, external_id: {{ env: EXTERNAL_ID }} }} }}\n\
             hubs:\n  eu: {{ region: {REGION}, adopt: {hub} }}\n\
             attach: {{ subnets: {{ tags: {{ transitd: attach }} }} }}\nsegments:\n\
             \x20 billing:\n    members: [{{ ou: Apps, vpc_tags: {{ network: billing }} }}]\n    spoke_routes: {{ cidrs: [10.0.0.0/8], tables: all }}\n\
             \x20 tools:\n    members: [{{ ou: Apps, vpc_tags: {{ network: tools }} }}]\n    spoke_routes: {{ cidrs: [10.0.0.0/8], tables: all }}\n\
             connect: [[billing, tools]]\ndaemon: {daemon}\n",
            home = self.home,
            hub = self.hub,
        )
    }

    /// Tells whether a spoke's table sends 10.0.0.0/8 to the hub.
    pub fn has_route(&self, spoke: &Spoke) -> bool {
        let sandbox = self.seed.lock();
        let tables = sandbox.world.network.route_tables.under(&Key::Vpc(spoke.vpc.clone()));
        let mut routes = tables.flat_map(|table| table.routes.iter());
        routes.any(|(range, route)| range.prefix_len() == 8 && matches!(route.target, Target::TransitGateway(_)))
    }

    /// Deletes that route behind transitd's back.
    pub fn delete_route(&self, spoke: &Spoke) {
        let named = json!({ "RouteTableId": spoke.table, "DestinationCidrBlock": "10.0.0.0/8" });
        self.seed.ec2(&spoke.account, "DeleteRoute", named);
    }

    /// Puts a route of somebody else's where transitd's belongs.
    pub fn lead_elsewhere(&self, spoke: &Spoke) {
        let made = self.seed.ec2(&spoke.account, "CreateInternetGateway", json!({}));
        let gateway = &made["InternetGateway"]["InternetGatewayId"];
        let both = json!({ "InternetGatewayId": gateway, "VpcId": spoke.vpc });
        self.seed.ec2(&spoke.account, "AttachInternetGateway", both);
        let route = json!({ "RouteTableId": spoke.table, "DestinationCidrBlock": "10.0.0.0/8", "GatewayId": gateway });
        self.seed.ec2(&spoke.account, "CreateRoute", route);
    }
}
