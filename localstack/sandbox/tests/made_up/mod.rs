//! Requests that are made up from the table of shapes: the members that they must have, and nothing else.

use aws_sandbox::Service;
use aws_sandbox::shapes::{self, Shape};
use serde_json::{Map, Value, json};

/// Makes up the members that a structure must have.
pub fn required(service: Service, shape: &str, resource: &str) -> Value {
    let table = shapes::service(service);
    let mut members = Map::new();
    for member in table.structure(shape).members.iter().filter(|member| member.required) {
        members.insert(member.name.clone(), made_up(service, &member.name, &member.shape, resource));
    }
    Value::Object(members)
}

/// Makes up a value: an id by the member's name, or the last part of the resource that the policy names.
fn made_up(service: Service, name: &str, shape: &str, resource: &str) -> Value {
    match shapes::service(service).shape(shape) {
        Shape::Structure(_) => required(service, shape, resource),
        Shape::List { of, .. } => json!([made_up(service, name, of, resource)]),
        Shape::Integer { .. } => json!(1),
        Shape::Boolean => json!(true),
        Shape::Timestamp => json!("2026-01-01T00:00:00Z"),
        Shape::Text { values, .. } if !values.is_empty() => json!(values.iter().next()),
        Shape::Text { min, pattern, .. } => {
            let shortest = min.and_then(|min| usize::try_from(min).ok()).unwrap_or_default();
            let text = format!("{:x<shortest$}", text_for(name, resource));
            match pattern {
                Some(pattern) if !pattern.fits(&text) => {
                    let fitting = LOOKS.iter().find(|it| pattern.fits(it));
                    json!(fitting.unwrap_or_else(|| panic!("no made-up {name} looks like {}", pattern.text)))
                }
                Some(_) | None => json!(text),
            }
        }
    }
}

/// Texts of the looks that the models' patterns ask for.
const LOOKS: [&str; 10] = [
    "AKIAIOSFODNN7EXAMPLE",
    "111111111111",
    "r-0000",
    "ou-0000-00000000",
    "p-00000000",
    "h-00000000",
    "car-00000000",
    "v1",
    "somebody@example.com",
    "/made-up/",
];

fn text_for(name: &str, resource: &str) -> String {
    let known = [
        ("TransitGatewayAttachmentId", "tgw-attach-0123456789abcdef0"),
        ("TransitGatewayRouteTableId", "tgw-rtb-0123456789abcdef0"),
        ("TransitGatewayId", "tgw-0123456789abcdef0"),
        ("RouteTableId", "rtb-0123456789abcdef0"),
        ("SubnetIds", "subnet-0123456789abcdef0"),
        ("VpcId", "vpc-0123456789abcdef0"),
        ("AWSServiceName", "transitgateway.amazonaws.com"),
        ("DestinationCidrBlock", "10.0.0.0/8"),
        ("Resources", "vpc-0123456789abcdef0"),
    ];
    if name == "RoleArn" {
        return "arn:aws:iam::111111111111:role/made-up".to_owned();
    }
    if name.ends_with("Arn") {
        return "arn:aws:iam::111111111111:policy/made-up".to_owned();
    }
    let last = resource.rsplit('/').next().unwrap_or_default();
    let named = known.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_owned());
    named.unwrap_or_else(|| if last.contains('*') || last.is_empty() { "made-up".to_owned() } else { last.to_owned() })
}
