//! The texts of the config file: each with its pattern and an example.

use std::borrow::Cow;
use std::collections::BTreeMap;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

macro_rules! texts {
    ($($(#[doc = $about:literal])+ $name:ident: $pattern:literal, $example:literal;)*) => {$(
        $(#[doc = $about])+
        pub enum $name {}

        impl JsonSchema for $name {
            fn schema_name() -> Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(_: &mut SchemaGenerator) -> Schema {
                json_schema!({
                    "type": "string",
                    "description": concat!($($about),+).trim(),
                    "pattern": $pattern,
                    "examples": [$example],
                })
            }
        }
    )*};
}

texts! {
    /// A 12-digit account id, in quotes: YAML takes it for a number otherwise.
    Account: "^[0-9]{12}$", "222222222222";
    /// An organization id.
    Organization: "^o-[a-z0-9]{10,32}$", "o-a1b2c3d4e5";
    /// The name of an IAM role, with its path if it has one.
    Role: "^[A-Za-z0-9+=,.@_-][A-Za-z0-9+=,.@_/-]*$", "transitd-member";
    /// Organizational units by name from below the root; `/` is the root.
    Ou: "^(/|[^/]+(/[^/]+)*)$", "Workloads/Prod";
    /// A name: lower-case letters, digits and dashes, beginning with a letter.
    Name: "^[a-z][a-z0-9-]{0,63}$", "prod";
    /// A region.
    RegionName: "^[a-z0-9]+(-[a-z0-9]+)+-[0-9]+$", "eu-west-1";
    /// A VPC id.
    Vpc: "^vpc-[A-Za-z0-9-]+$", "vpc-0123456789abcdef0";
    /// A transit gateway id.
    TransitGateway: "^tgw-[A-Za-z0-9-]+$", "tgw-0123456789abcdef0";
    /// A transit gateway route table id.
    TransitGatewayTable: "^tgw-rtb-[A-Za-z0-9-]+$", "tgw-rtb-0123456789abcdef0";
    /// The id of a transit gateway attachment.
    Attachment: "^tgw-attach-[A-Za-z0-9-]+$", "tgw-attach-0123456789abcdef0";
    /// An address range without host bits.
    Range: "^[0-9A-Fa-f.:]+/[0-9]{1,3}$", "10.0.0.0/8";
    /// An address range without host bits, or a prefix list id.
    RangeOrPrefixList: "^([0-9A-Fa-f.:]+/[0-9]{1,3}|pl-[A-Za-z0-9-]+)$", "10.66.0.0/16";
    /// The id of a VPN connection.
    Vpn: "^vpn-[A-Za-z0-9]+$", "vpn-0123456789abcdef0";
    /// The id of a Direct Connect gateway.
    DirectConnectGateway: "^[0-9A-Fa-f]{8}(-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}$", "11111111-2222-3333-4444-555555555555";
    /// An account and one of its VPCs.
    AccountVpc: "^[0-9]{12}/vpc-[A-Za-z0-9-]+$", "222222222222/vpc-0123456789abcdef0";
    /// An address with its port, or `off`.
    Listen: "^(off|[0-9.]+:[0-9]{1,5}|\\[[0-9A-Fa-f:.]+\\]:[0-9]{1,5})$", "127.0.0.1:9464";
    /// An https address; http only to this machine itself.
    WebhookWord: "^(https://[^/ ][^ ]*|http://(127\\.0\\.0\\.1|localhost|\\[::1\\])(:[0-9]+)?(/[^ ]*)?)$", "https://hooks.example.com/transitd";
    /// The ARN of a standard SNS topic.
    Topic: "^arn:[a-z-]+:sns:[a-z0-9-]+:[0-9]{12}:[A-Za-z0-9_-]{1,256}$", "arn:aws:sns:eu-central-1:111111111111:transitd";
    /// A time span: hours, minutes and seconds.
    TimeSpan: "^([0-9]+(h|m|s))+$", "5m";
    /// A day: year, month, day. Days are those of UTC.
    Day: "^[0-9]{4}-[0-9]{2}-[0-9]{2}$", "2026-12-20";
    /// An external id.
    ExternalIdWord: "^[A-Za-z0-9+=,.@:/_-]{2,1224}$", "corp-network";
    /// The name of an environment variable.
    Variable: "^[A-Za-z_][A-Za-z0-9_]*$", "TRANSITD_EXTERNAL_ID";
    /// Why: for the people who read it later.
    Why: "\\S", "being closed";
}

/// Tags: keys and values, both case-sensitive.
pub type Tags = BTreeMap<String, TagValue>;

/// A tag's value.
pub enum TagValue {}

impl JsonSchema for TagValue {
    fn schema_name() -> Cow<'static, str> {
        "TagValue".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": ["string", "number", "boolean"],
            "description": "A tag's value, taken as it is written.",
        })
    }
}
