use serde_json::{Value, json};

use crate::network::support::Bench;

const HUB: &str = "111111111111";

struct Hub {
    bench: Bench,
    table: String,
    attachments: Vec<String>,
}

impl Hub {
    /// A transit gateway with a table, and an available attachment for each range.
    fn new(ranges: &[&str]) -> Self {
        let mut bench = Bench::new();
        let gateway = bench.plain_transit_gateway(HUB);
        let table = bench.transit_gateway_route_table(HUB, &gateway);
        let attach = |range: &&str| {
            let vpc = bench.vpc(HUB, range);
            bench.attachment(HUB, &gateway, &vpc)
        };
        let attachments = ranges.iter().map(attach).collect();
        bench.wait();
        Self { bench, table, attachments }
    }

    fn route(&self, range: &str, attachment: usize) -> Value {
        json!({"TransitGatewayRouteTableId": self.table, "DestinationCidrBlock": range,
            "TransitGatewayAttachmentId": self.attachments[attachment]})
    }

    fn found(&mut self, filters: Value) -> Vec<String> {
        let asked = json!({"TransitGatewayRouteTableId": self.table, "Filters": filters});
        let found = self.bench.ec2(HUB, "SearchTransitGatewayRoutes", asked);
        let routes = found["Routes"].as_array().unwrap();
        routes.iter().map(|route| route["DestinationCidrBlock"].as_str().unwrap().to_owned()).collect()
    }
}

#[test]
fn creating_twice_is_refused_and_replacing_works_either_way() {
    let mut hub = Hub::new(&["10.0.0.0/16", "10.1.0.0/16"]);
    let made = hub.bench.ec2(HUB, "CreateTransitGatewayRoute", hub.route("192.168.0.0/16", 0));
    assert_eq!(made["Route"]["State"], "active");
    let error =
        hub.bench.refused(HUB, "CreateTransitGatewayRoute", hub.route("192.168.0.0/16", 0), "RouteAlreadyExists");
    assert_eq!(
        error.message,
        format!("Route 192.168.0.0/16 already exists in Transit Gateway Route Table {}.", hub.table)
    );
    hub.bench.ec2(HUB, "ReplaceTransitGatewayRoute", hub.route("192.168.0.0/16", 1));
    hub.bench.ec2(HUB, "ReplaceTransitGatewayRoute", hub.route("172.16.0.0/12", 1));
    let table = hub.table.clone();
    let targets: Vec<String> = hub.bench.routes(HUB, &table).into_iter().map(|route| route.3).collect();
    assert_eq!(targets, [hub.attachments[1].clone(), hub.attachments[1].clone()]);
}

#[test]
fn deleting_names_the_destination_exactly() {
    let mut hub = Hub::new(&["10.0.0.0/16"]);
    hub.bench.ec2(HUB, "CreateTransitGatewayRoute", hub.route("192.168.7.7/16", 0));
    let gone = |range: &str| json!({"TransitGatewayRouteTableId": hub.table, "DestinationCidrBlock": range});
    let (wrong, right) = (gone("192.168.7.7/16"), gone("192.168.0.0/16"));
    let error = hub.bench.refused(HUB, "DeleteTransitGatewayRoute", wrong, "InvalidRoute.NotFound");
    assert!(error.message.starts_with("The route 192.168.7.7/16 does not exist in"), "{error}");
    assert_eq!(hub.bench.ec2(HUB, "DeleteTransitGatewayRoute", right)["Route"]["State"], "deleted");
}

#[test]
fn a_static_route_hides_the_propagated_one_until_it_goes() {
    let mut hub = Hub::new(&["10.0.0.0/16", "10.1.0.0/16"]);
    let table = hub.table.clone();
    let (one, two) = (hub.attachments[0].clone(), hub.attachments[1].clone());
    hub.bench.propagate(HUB, &table, &one);
    hub.bench.ec2(HUB, "CreateTransitGatewayRoute", hub.route("10.0.0.0/16", 1));
    let routes = hub.bench.routes(HUB, &table);
    assert_eq!(routes, [("10.0.0.0/16".into(), "static".into(), "active".into(), two)]);
    let gone = json!({"TransitGatewayRouteTableId": table, "DestinationCidrBlock": "10.0.0.0/16"});
    hub.bench.ec2(HUB, "DeleteTransitGatewayRoute", gone.clone());
    let routes = hub.bench.routes(HUB, &table);
    assert_eq!(routes, [("10.0.0.0/16".into(), "propagated".into(), "active".into(), one)]);
    hub.bench.refused(HUB, "DeleteTransitGatewayRoute", gone, "InvalidRoute.NotFound");
}

#[test]
fn a_static_route_outlives_its_attachment_as_a_blackhole() {
    let mut hub = Hub::new(&["10.0.0.0/16"]);
    let (table, attachment) = (hub.table.clone(), hub.attachments[0].clone());
    hub.bench.propagate(HUB, &table, &attachment);
    hub.bench.ec2(HUB, "CreateTransitGatewayRoute", hub.route("0.0.0.0/0", 0));
    hub.bench.ec2(HUB, "DeleteTransitGatewayVpcAttachment", json!({"TransitGatewayAttachmentId": attachment}));
    hub.bench.wait();
    let routes = hub.bench.routes(HUB, &table);
    assert_eq!(routes, [("0.0.0.0/0".into(), "static".into(), "blackhole".into(), String::new())]);
}

#[test]
fn a_route_leads_to_one_attachment_or_to_nowhere() {
    let mut hub = Hub::new(&["10.0.0.0/16"]);
    let asked = |target: Value| {
        let mut asked = json!({"TransitGatewayRouteTableId": hub.table, "DestinationCidrBlock": "10.9.0.0/16"});
        asked.as_object_mut().unwrap().extend(target.as_object().unwrap().clone());
        asked
    };
    let (none, both) =
        (asked(json!({})), asked(json!({"Blackhole": true, "TransitGatewayAttachmentId": hub.attachments[0]})));
    let hole = asked(json!({"Blackhole": true}));
    hub.bench.refused(HUB, "CreateTransitGatewayRoute", none, "MissingParameter");
    hub.bench.refused(HUB, "CreateTransitGatewayRoute", both, "InvalidParameterCombination");
    assert_eq!(hub.bench.ec2(HUB, "CreateTransitGatewayRoute", hole)["Route"]["State"], "blackhole");
}

#[test]
fn routes_are_limited_over_all_tables() {
    let mut hub = Hub::new(&["10.0.0.0/16"]);
    hub.bench.sandbox.world.network.quotas.routes_per_transit_gateway = 1;
    hub.bench.ec2(HUB, "CreateTransitGatewayRoute", hub.route("10.1.0.0/16", 0));
    hub.bench.refused(HUB, "CreateTransitGatewayRoute", hub.route("10.2.0.0/16", 0), "RouteLimitExceeded");
    hub.bench.ec2(HUB, "ReplaceTransitGatewayRoute", hub.route("10.1.0.0/16", 0));
}

#[test]
fn searches_find_by_every_filter() {
    let mut hub = Hub::new(&["10.0.0.0/16", "10.1.0.0/16"]);
    let (table, one) = (hub.table.clone(), hub.attachments[0].clone());
    hub.bench.propagate(HUB, &table, &one);
    hub.bench.ec2(HUB, "CreateTransitGatewayRoute", hub.route("10.0.0.0/8", 1));
    hub.bench.ec2(HUB, "CreateTransitGatewayRoute", hub.route("10.1.2.0/24", 1));
    let hole = json!({"TransitGatewayRouteTableId": table, "DestinationCidrBlock": "0.0.0.0/0", "Blackhole": true});
    hub.bench.ec2(HUB, "CreateTransitGatewayRoute", hole);
    for (name, value, expected) in [
        ("type", "propagated", vec!["10.0.0.0/16"]),
        ("state", "blackhole", vec!["0.0.0.0/0"]),
        ("state", "active", vec!["10.0.0.0/8", "10.0.0.0/16", "10.1.2.0/24"]),
        ("attachment.transit-gateway-attachment-id", one.as_str(), vec!["10.0.0.0/16"]),
        ("attachment.resource-type", "vpc", vec!["10.0.0.0/8", "10.0.0.0/16", "10.1.2.0/24"]),
        ("prefix-list-id", "*", vec![]),
        ("route-search.exact-match", "10.0.0.0/8", vec!["10.0.0.0/8"]),
        ("route-search.longest-prefix-match", "10.1.2.3", vec!["10.1.2.0/24"]),
        ("route-search.longest-prefix-match", "10.1.2.0/24", vec![]),
        ("route-search.subnet-of-match", "10.0.0.0/8", vec!["10.0.0.0/8", "10.0.0.0/16", "10.1.2.0/24"]),
        ("route-search.subnet-of-match", "10.0.0.0", vec![]),
        ("route-search.supernet-of-match", "10.0.0.0/16", vec!["0.0.0.0/0", "10.0.0.0/8", "10.0.0.0/16"]),
    ] {
        assert_eq!(hub.found(json!([{"Name": name, "Values": [value]}])), expected, "{name}={value}");
    }
    let asked = |filters: Value| json!({"TransitGatewayRouteTableId": table, "Filters": filters});
    let unknown = asked(json!([{"Name": "colour", "Values": ["red"]}]));
    hub.bench.refused(HUB, "SearchTransitGatewayRoutes", unknown, "InvalidParameterValue");
    hub.bench.refused(HUB, "SearchTransitGatewayRoutes", asked(json!([])), "MissingParameter");
}

#[test]
fn searches_come_in_pages_with_or_without_tokens() {
    let mut hub = Hub::new(&["10.0.0.0/16"]);
    for number in 0..7 {
        hub.bench.ec2(HUB, "CreateTransitGatewayRoute", hub.route(&format!("10.{number}.0.0/16"), 0));
    }
    let asked = |token: Value| {
        json!({"TransitGatewayRouteTableId": hub.table, "MaxResults": 5, "NextToken": token,
            "Filters": [{"Name": "type", "Values": ["static"]}]})
    };
    let first = hub.bench.ec2(HUB, "SearchTransitGatewayRoutes", {
        let mut first = asked(Value::Null);
        first.as_object_mut().unwrap().remove("NextToken");
        first
    });
    assert_eq!((first["Routes"].as_array().unwrap().len(), &first["AdditionalRoutesAvailable"]), (5, &json!(true)));
    let second_asked = asked(first["NextToken"].clone());
    let second = hub.bench.ec2(HUB, "SearchTransitGatewayRoutes", second_asked);
    assert_eq!((second["Routes"].as_array().unwrap().len(), &second["AdditionalRoutesAvailable"]), (2, &json!(false)));
    hub.bench.sandbox.world.network.switches.route_search_has_tokens = false;
    let mut bare = json!({"TransitGatewayRouteTableId": hub.table, "MaxResults": 5});
    bare["Filters"] = json!([{"Name": "type", "Values": ["static"]}]);
    let cut = hub.bench.ec2(HUB, "SearchTransitGatewayRoutes", bare);
    assert!(cut.get("NextToken").is_none() && cut["AdditionalRoutesAvailable"] == true);
}
