//! One of each: every variant that has to be worded, so that none is forgotten. Each list is a chain of complete
//! matches: a new variant does not compile until it has a place in it.

use std::collections::BTreeSet;
use std::iter::successors;

use super::world::{GATEWAY, billing, data, id, on_main, route, table, trouble, vpc_key};
use crate::apply::Outcome;
use crate::model::*;
use crate::plan::{Risk, StepId, Wait, Why};
use crate::review::Violation;

pub fn problems() -> Vec<Problem> {
    let (hub, gateway): (HubName, TransitGatewayId) = (id("main"), id(GATEWAY));
    let first = Problem::HubMissing { hub: hub.clone(), gateway: gateway.clone() };
    let stranger = || vpc_key("222222222222", "vpc-0cc");
    let elsewhere = |held| Problem::AssociatedElsewhere {
        attachment: on_main(billing()),
        id: id("tgw-attach-0a"),
        table: id("tgw-rtb-0f"),
        held,
    };
    let next = |problem: &Problem| {
        let (hub, gateway) = (hub.clone(), gateway.clone());
        Some(match problem {
            Problem::HubMissing { .. } => Problem::HubNotAvailable { hub, gateway, state: "failed".to_owned() },
            Problem::HubNotAvailable { .. } => Problem::HubForeign { hub, gateway, owner: id("222222222222") },
            Problem::HubForeign { .. } => {
                Problem::HubDefaultTable { hub, gateway, association: true, propagation: false }
            }
            Problem::HubDefaultTable { .. } => Problem::TableMissing { table: table("prod"), id: id("tgw-rtb-0f") },
            Problem::TableMissing { .. } => {
                Problem::TableOfOtherGateway { table: table("prod"), id: id("tgw-rtb-0f"), gateway: id("tgw-0f") }
            }
            Problem::TableOfOtherGateway { .. } => Problem::TableDoubled {
                table: table("prod"),
                ids: BTreeSet::from([id("tgw-rtb-0a"), id("tgw-rtb-0f")]),
            },
            Problem::TableDoubled { .. } => {
                Problem::TwoSegments { vpc: stranger(), segments: BTreeSet::from([id("prod"), id("shared")]) }
            }
            Problem::TwoSegments { .. } => Problem::AccountPlaceless { account: id("333333333333") },
            Problem::AccountPlaceless { .. } => Problem::NoSubnetTagged { vpc: data() },
            Problem::NoSubnetTagged { .. } => Problem::SubnetsAmbiguous {
                vpc: data(),
                zone: id("euw1-az1"),
                subnets: BTreeSet::from([id("subnet-0b1"), id("subnet-0b3")]),
            },
            Problem::SubnetsAmbiguous { .. } => Problem::NoTableTagged { vpc: data() },
            Problem::NoTableTagged { .. } => {
                Problem::ZoneTaken { attachment: on_main(billing()), zone: id("euw1-az1") }
            }
            Problem::ZoneTaken { .. } => Problem::Overlap {
                hub,
                one: billing(),
                one_cidr: id("10.1.0.0/16"),
                other: data(),
                other_cidr: id("10.1.128.0/17"),
            },
            Problem::Overlap { .. } => {
                Problem::NotCovered { segment: id("prod"), reaches: data(), cidr: id("172.20.0.0/16") }
            }
            Problem::NotCovered { .. } => Problem::HubNotShared { attachment: on_main(data()), gateway },
            Problem::HubNotShared { .. } => {
                Problem::AttachmentFailed { attachment: on_main(data()), id: id("tgw-attach-0f"), rejected: true }
            }
            Problem::AttachmentFailed { rejected: true, .. } => {
                Problem::AttachmentFailed { attachment: on_main(data()), id: id("tgw-attach-0f"), rejected: false }
            }
            Problem::AttachmentFailed { rejected: false, .. } => {
                Problem::StateUnclear { key: Key::Association(on_main(data())), state: "thawing".to_owned() }
            }
            Problem::StateUnclear { .. } => elsewhere(Held::Ask),
            Problem::AssociatedElsewhere { held: Held::Ask, .. } => elsewhere(Held::Forbid),
            Problem::AssociatedElsewhere { held: Held::Forbid, .. } => elsewhere(Held::Freeze),
            Problem::AssociatedElsewhere { held: Held::Freeze, .. } => {
                let by = "static route 10.2.0.0/16 to tgw-attach-0f".to_owned();
                Problem::Shadowed { table: table("prod"), vpc: data(), cidr: id("10.2.0.0/16"), by }
            }
            Problem::Shadowed { .. } => {
                Problem::NotRouted { table: table("prod"), vpc: data(), cidr: id("10.2.0.0/16") }
            }
            Problem::NotRouted { .. } => Problem::RouteShadowed {
                vpc: billing(),
                table: id("rtb-0a"),
                destination: "10.2.128.0/17".to_owned(),
                target: "pcx-0cc".to_owned(),
                reaches: data(),
            },
            Problem::RouteShadowed { .. } => {
                Problem::DefaultPropagationOpens { attachment: on_main(data()), table: table("prod") }
            }
            Problem::DefaultPropagationOpens { .. } => {
                Problem::TableUntagged { table: table("prod"), id: id("tgw-rtb-0a") }
            }
            Problem::TableUntagged { .. } => Problem::HubAutoAccepts { hub, gateway },
            Problem::HubAutoAccepts { .. } => {
                Problem::RuleFitsNothing { segment: id("prod"), rule: "ou: Tpyo".to_owned() }
            }
            Problem::RuleFitsNothing { .. } => Problem::ExcludeFitsNothing { account: id("555555555555") },
            Problem::ExcludeFitsNothing { .. } => {
                Problem::ForeignRoute { route: route(billing(), "rtb-0a"), target: "nat-0cc".to_owned() }
            }
            Problem::ForeignRoute { .. } => Problem::StepRefused {
                step: "create VPC route 333333333333/vpc-0bb/rtb-0b 10.0.0.0/8".to_owned(),
                trouble: trouble(
                    Fault::Denied,
                    "CreateRoute",
                    "UnauthorizedOperation",
                    "You are not authorized to perform this operation.",
                ),
            },
            Problem::StepRefused { .. } => return None,
        })
    };
    successors(Some(first), next).collect()
}

pub fn unmanaged() -> Vec<Unmanaged> {
    let attachment = |pending| Unmanaged::Attachment {
        hub: id("main"),
        id: id(if pending { "tgw-attach-0e" } else { "tgw-attach-0f" }),
        resource_type: "vpn".to_owned(),
        resource: "vpn-0f".to_owned(),
        owner: Some(id("111111111111")),
        pending,
    };
    let next = |thing: &Unmanaged| {
        Some(match thing {
            Unmanaged::Attachment { pending: false, .. } => attachment(true),
            Unmanaged::Attachment { pending: true, .. } => {
                Unmanaged::Table { hub: id("main"), id: id("tgw-rtb-0f"), name: Some("by hand".to_owned()) }
            }
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

pub fn waits() -> Vec<Wait> {
    let key = Key::Association(on_main(billing()));
    let first = Wait::Present { kind: key.kind(), key: key.clone() };
    let next = |wait: &Wait| match wait {
        Wait::Present { kind, key } => Some(Wait::Gone { kind: *kind, key: key.clone() }),
        Wait::Gone { .. } => Some(Wait::Seen { until: id("2026-11-22T03:00:00.123456789Z") }),
        Wait::Seen { .. } => None,
    };
    successors(Some(first), next).collect()
}

pub fn whys() -> Vec<Why> {
    let next = |why: &Why| {
        let have = AttachmentOptions { dns: false, ipv6: false, appliance_mode: true };
        Some(match why {
            Why::Missing => Why::NotAccepted,
            Why::NotAccepted => Why::SubnetsMissing { subnets: vec![id("subnet-0a1")] },
            Why::SubnetsMissing { .. } => Why::Options { have, want: AttachmentOptions { dns: true, ..have } },
            Why::Options { .. } => Why::WrongTable { table: id("tgw-rtb-0f") },
            Why::WrongTable { .. } => Why::Blackholed,
            Why::Blackholed => Why::OldTarget { target: "tgw-0f".to_owned() },
            Why::OldTarget { .. } => return None,
        })
    };
    successors(Some(Why::Missing), next).collect()
}

pub fn risks() -> Vec<Risk> {
    let next = |risk: &Risk| match risk {
        Risk::Adds => Some(Risk::Changes),
        Risk::Changes => Some(Risk::Removes),
        Risk::Removes => Some(Risk::Cuts { seconds: 90 }),
        Risk::Cuts { .. } => None,
    };
    successors(Some(Risk::Adds), next).collect()
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
            Outcome::Done => Outcome::AlreadyDone,
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
            Violation::Frozen { .. } => Violation::Scope { step, scope: billing().scope() },
            Violation::Scope { .. } => return None,
        })
    };
    successors(Some(Violation::Doubled { step: one.clone() }), next).collect()
}
