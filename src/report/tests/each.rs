//! One of each: every variant that has to be worded, so that none is forgotten. Each list is a chain of complete
//! matches: a new variant does not compile until it has a place in it.

mod problems;
mod steps;

use std::iter::successors;

use super::world::{billing, id, on_main, table, trouble};
use crate::apply::Outcome;
use crate::model::*;
use crate::plan::StepId;
use crate::review::Violation;

pub use problems::problems;
pub use steps::{keys, lefts, outlooks, risks, steps, waits, whys};

/// A VPN that others have attached.
pub fn vpn() -> GivenKey {
    GivenKey { kind: GivenKind::Vpn, id: "vpn-0123456789abcdef0".to_owned() }
}

pub fn of(vpc: &VpcKey) -> Attached {
    Attached::Vpc(vpc.clone())
}

/// One of each of the types of attachments that others make.
pub fn givens() -> Vec<GivenKey> {
    let key = |kind| GivenKey { kind, id: "0123".to_owned() };
    let next = |given: &GivenKey| match given.kind {
        GivenKind::Vpn => Some(key(GivenKind::DirectConnectGateway)),
        GivenKind::DirectConnectGateway => Some(key(GivenKind::Connect)),
        GivenKind::Connect => Some(key(GivenKind::NetworkFunction)),
        GivenKind::NetworkFunction => None,
    };
    successors(Some(key(GivenKind::Vpn)), next).collect()
}

pub fn unmanaged() -> Vec<Unmanaged> {
    let attachment = |pending| Unmanaged::Attachment {
        hub: id("main"),
        id: id(if pending { "tgw-attach-0e" } else { "tgw-attach-0f" }),
        resource_type: if pending { "vpc" } else { "vpn" }.to_owned(),
        resource: if pending { "vpc-0ee" } else { "vpn-0f" }.to_owned(),
        owner: Some(id(if pending { "222222222222" } else { "111111111111" })),
        pending,
    };
    let next = |thing: &Unmanaged| {
        Some(match thing {
            Unmanaged::Attachment { pending: false, .. } => attachment(true),
            Unmanaged::Attachment { pending: true, .. } => Unmanaged::Table {
                hub: id("main"),
                id: id("tgw-rtb-0f"),
                name: Some("by hand".to_owned()),
                associated: (1..=9).map(|number| format!("vpc 222222222222/vpc-0{number}")).collect(),
                propagated: Vec::new(),
                static_routes: vec!["blackhole 192.168.0.0/16".to_owned()],
            },
            Unmanaged::Table { .. } => Unmanaged::Association {
                table: table("prod"),
                attachment: id("tgw-attach-0f"),
                resource: "vpn 111111111111/vpn-0f".to_owned(),
            },
            Unmanaged::Association { .. } => Unmanaged::Propagation {
                table: table("prod"),
                attachment: id("tgw-attach-0f"),
                resource: "vpn 111111111111/vpn-0f".to_owned(),
            },
            Unmanaged::Propagation { .. } => Unmanaged::PropagationElsewhere {
                hub: id("main"),
                table: id("tgw-rtb-0f"),
                attachment: id("tgw-attach-0a"),
                resource: "vpc 222222222222/vpc-0aa".to_owned(),
            },
            Unmanaged::PropagationElsewhere { .. } => Unmanaged::TransitGatewayRoute {
                table: table("prod"),
                destination: "10.66.0.0/16".to_owned(),
                blackhole: true,
            },
            Unmanaged::TransitGatewayRoute { blackhole: true, .. } => Unmanaged::TransitGatewayRoute {
                table: table("prod"),
                destination: "0.0.0.0/0".to_owned(),
                blackhole: false,
            },
            Unmanaged::TransitGatewayRoute { blackhole: false, .. } => {
                Unmanaged::AttachedSubnet { attachment: on_main(billing()), subnet: id("subnet-0a3") }
            }
            Unmanaged::AttachedSubnet { .. } => {
                Unmanaged::Hub { id: id("tgw-0f"), region: "eu-west-1".to_owned(), name: Some("corp/old".to_owned()) }
            }
            Unmanaged::Hub { .. } => {
                let arn = "arn:aws:ram:eu-west-1:111111111111:resource-share/0a".to_owned();
                Unmanaged::Share { hub: id("main"), arn }
            }
            Unmanaged::Share { .. } => Unmanaged::Principal { hub: id("main"), principal: "555555555555".to_owned() },
            Unmanaged::Principal { .. } => {
                Unmanaged::VpcRoute { vpc: billing(), table: id("rtb-0a"), destination: "pl-0123".to_owned() }
            }
            Unmanaged::VpcRoute { .. } => return None,
        })
    };
    successors(Some(attachment(false)), next).collect()
}

/// What somebody who took a VPC out of the file finds.
pub fn leftovers() -> Vec<Unmanaged> {
    let resource = "vpc 222222222222/vpc-0cc".to_owned();
    let attachment = Unmanaged::Attachment {
        hub: id("main"),
        id: id("tgw-attach-0c"),
        resource_type: "vpc".to_owned(),
        resource: "vpc-0cc".to_owned(),
        owner: Some(id("222222222222")),
        pending: false,
    };
    vec![attachment, Unmanaged::Propagation { table: table("shared"), attachment: id("tgw-attach-0c"), resource }]
}

pub fn faults() -> Vec<Fault> {
    let next = |fault: &Fault| {
        Some(match fault {
            Fault::Throttled => Fault::Transient,
            Fault::Transient => Fault::InDoubt,
            Fault::InDoubt => Fault::Settling,
            Fault::Settling => Fault::AlreadyDone,
            Fault::AlreadyDone => Fault::StaleCredentials,
            Fault::StaleCredentials => Fault::Denied,
            Fault::Denied => Fault::Quota,
            Fault::Quota => Fault::Invalid,
            Fault::Invalid => Fault::Unexpected,
            Fault::Unexpected => return None,
        })
    };
    successors(Some(Fault::Throttled), next).collect()
}

pub fn outcomes() -> Vec<Outcome> {
    let denied = || trouble(Fault::Denied, "CreateRoute", "UnauthorizedOperation", "no");
    let next = |outcome: &Outcome| {
        Some(match outcome {
            Outcome::Done => Outcome::Overruled,
            Outcome::Overruled => Outcome::AlreadyDone,
            Outcome::AlreadyDone => {
                Outcome::Later(trouble(Fault::Settling, "CreateRoute", "IncorrectState", "not yet"))
            }
            Outcome::Later(_) => Outcome::InDoubt(trouble(Fault::InDoubt, "CreateRoute", "InternalError", "")),
            Outcome::InDoubt(_) => Outcome::NotSent,
            Outcome::NotSent => Outcome::NotJournaled("disk full".to_owned()),
            Outcome::NotJournaled(_) => Outcome::Failed(denied()),
            Outcome::Failed(_) => return None,
        })
    };
    successors(Some(Outcome::Done), next).collect()
}

/// Steps have names only where a planner made them: a violation is given those of a plan.
pub fn violations(one: &StepId, other: &StepId) -> Vec<Violation> {
    let next = |violation: &Violation| {
        let (step, after) = (one.clone(), other.clone());
        Some(match violation {
            Violation::Doubled { .. } => Violation::Order { step, after },
            Violation::Order { .. } => Violation::Early { step, after },
            Violation::Early { .. } => Violation::Incomplete { step },
            Violation::Incomplete { .. } => {
                Violation::Evidence { step, list: "222222222222/eu-west-1 VPCs".to_owned() }
            }
            Violation::Evidence { .. } => Violation::NoEvidence { step },
            Violation::NoEvidence { .. } => Violation::Gap { step, seconds: 90 },
            Violation::Gap { .. } => Violation::Frozen { step },
            Violation::Frozen { .. } => Violation::NotOurs { step },
            Violation::NotOurs { .. } => Violation::Unread { step },
            Violation::Unread { .. } => Violation::Budget { budget: "an hour".to_owned(), ready: 7, room: 3 },
            Violation::Budget { .. } => Violation::NothingDeclared { removals: 12 },
            Violation::NothingDeclared { .. } => Violation::Scope { step, scope: billing().scope() },
            Violation::Scope { .. } => Violation::Isolation {
                one: id("dev"),
                other: id("prod"),
                hub: id("main"),
                path: "10.2.0.0/16 of prod is propagated into the route table of segment dev".to_owned(),
            },
            Violation::Isolation { .. } => Violation::Held { step, hold: "rtb-0a 10.0.0.0/8".to_owned() },
            Violation::Held { .. } => Violation::Paused { step },
            Violation::Paused { .. } => return None,
        })
    };
    successors(Some(Violation::Doubled { step: one.clone() }), next).collect()
}

pub fn lists() -> Vec<ListId> {
    let (scope, table) = (billing().scope(), id::<TransitGatewayRouteTableId>("tgw-rtb-0a"));
    let next = |list: &ListId| {
        let (scope, table) = (scope.clone(), table.clone());
        Some(match list {
            ListId::Accounts => ListId::Units,
            ListId::Units => ListId::Gateways(scope),
            ListId::Gateways(_) => ListId::Attachments(scope),
            ListId::Attachments(_) => ListId::VpcAttachments(scope),
            ListId::VpcAttachments(_) => ListId::Tables(scope),
            ListId::Tables(_) => ListId::Associations(scope, table),
            ListId::Associations(..) => ListId::Propagations(scope, table),
            ListId::Propagations(..) => ListId::TransitGatewayRoutes(scope, table),
            ListId::TransitGatewayRoutes(..) => ListId::PrefixListReferences(scope, table),
            ListId::PrefixListReferences(..) => ListId::PrefixLists(scope),
            ListId::PrefixLists(_) => ListId::Shares(scope),
            ListId::Shares(_) => ListId::SharePrincipals(scope),
            ListId::SharePrincipals(_) => ListId::ShareResources(scope),
            ListId::ShareResources(_) => ListId::Vpcs(scope),
            ListId::Vpcs(_) => ListId::Subnets(scope),
            ListId::Subnets(_) => ListId::RouteTables(scope),
            ListId::RouteTables(_) => ListId::SharedGateways(scope),
            ListId::SharedGateways(_) => ListId::MemberAttachments(scope),
            ListId::MemberAttachments(_) => ListId::MemberPrefixLists(scope),
            ListId::MemberPrefixLists(_) => ListId::Invitations(scope),
            ListId::Invitations(_) => ListId::Roles(scope),
            ListId::Roles(_) => return None,
        })
    };
    successors(Some(ListId::Accounts), next).collect()
}
