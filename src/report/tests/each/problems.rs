//! One of each problem.

use std::collections::BTreeSet;
use std::iter::successors;

use crate::model::*;
use crate::report::tests::world::{GATEWAY, at_main, billing, data, id, now, on_main, route, table, trouble, vpc_key};

pub fn problems() -> Vec<Problem> {
    let first = Problem::HubDoubled { hub: id("main"), ids: BTreeSet::from([id(GATEWAY), id("tgw-0f")]) };
    successors(Some(first), |problem| of_hubs(problem).or_else(|| of_members(problem)).or_else(|| of_ways(problem)))
        .collect()
}

/// Hands the chain on to the next part.
const ELSEWHERE: Option<Problem> = None;

fn of_hubs(problem: &Problem) -> Option<Problem> {
    let (hub, gateway): (HubName, TransitGatewayId) = (id("main"), id(GATEWAY));
    let organization = || PrincipalKey { hub: id("main"), principal: Principal::Unit(id("Workloads/Prod")) };
    let invited = || PrincipalKey { hub: id("main"), principal: Principal::Account(id("555555555555")) };
    Some(match problem {
        Problem::HubDoubled { .. } => {
            let (have, want) = ("64999".to_owned(), "64512".to_owned());
            Problem::HubSettingFixed { hub, gateway, setting: "AmazonSideAsn".to_owned(), have, want }
        }
        Problem::HubSettingFixed { .. } => {
            let (have, usual) = ("disable".to_owned(), "enable".to_owned());
            Problem::HubSetting { hub, gateway, setting: "DnsSupport".to_owned(), have, usual }
        }
        Problem::HubSetting { .. } => {
            let arn = |end: &str| format!("arn:aws:ram:eu-west-1:111111111111:resource-share/{end}");
            Problem::ShareDoubled { hub, arns: BTreeSet::from([arn("0a"), arn("0b")]) }
        }
        Problem::ShareDoubled { .. } => {
            Problem::ShareFailed { key: Key::Principal(organization()), state: "FAILED".to_owned() }
        }
        Problem::ShareFailed { .. } => Problem::PrincipalMissing { principal: organization() },
        Problem::PrincipalMissing { .. } => {
            Problem::InvitationLost { principal: invited(), state: "expired".to_owned() }
        }
        Problem::InvitationLost { .. } => Problem::InvitationRejected { principal: invited() },
        Problem::InvitationRejected { .. } => Problem::HubMissing { hub, gateway },
        Problem::HubMissing { .. } => Problem::HubNotAvailable { hub, gateway, state: "failed".to_owned() },
        Problem::HubNotAvailable { .. } => Problem::HubForeign { hub, gateway, owner: id("222222222222") },
        Problem::HubForeign { .. } => Problem::HubDefaultTable { hub, gateway, association: true, propagation: false },
        Problem::HubDefaultTable { association: true, propagation: false, .. } => {
            Problem::HubDefaultTable { hub, gateway, association: false, propagation: true }
        }
        Problem::HubDefaultTable { association: false, .. } => {
            Problem::HubDefaultTable { hub, gateway, association: true, propagation: true }
        }
        Problem::HubDefaultTable { association: true, propagation: true, .. } => {
            Problem::HubAutoAccepts { hub, gateway }
        }
        Problem::HubAutoAccepts { .. } => Problem::TableMissing { table: table("prod"), id: id("tgw-rtb-0f") },
        Problem::TableMissing { .. } => {
            Problem::TableOfOtherGateway { table: table("prod"), id: id("tgw-rtb-0f"), gateway: id("tgw-0f") }
        }
        Problem::TableOfOtherGateway { .. } => {
            Problem::TableDoubled { table: table("prod"), ids: BTreeSet::from([id("tgw-rtb-0a"), id("tgw-rtb-0f")]) }
        }
        Problem::TableDoubled { .. } => over_quota(Quota::AttachmentsPerHub),
        Problem::OverQuota { quota, .. } => match quota {
            Quota::AttachmentsPerHub => over_quota(Quota::TablesPerHub),
            Quota::TablesPerHub => over_quota(Quota::RoutesPerHub),
            Quota::RoutesPerHub => over_quota(Quota::RoutesPerVpcTable),
            Quota::RoutesPerVpcTable => over_quota(Quota::HubsPerVpc),
            Quota::HubsPerVpc => Problem::Shrunk { what: "accounts".to_owned(), before: 12, now: 5 },
        },
        Problem::Shrunk { .. } => Problem::RuleFitsNothing { segment: id("prod"), rule: "ou: Tpyo".to_owned() },
        Problem::RuleFitsNothing { .. } => Problem::ExcludeFitsNothing { account: id("555555555555") },
        Problem::ExcludeFitsNothing { .. } => {
            Problem::Contested { key: Key::VpcRoute(route(data(), "rtb-0b")), times: 3 }
        }
        Problem::Contested { .. } => {
            let key = Key::Association(at_main(&data()));
            Problem::StateUnclear { key, state: "thawing".to_owned() }
        }
        Problem::StateUnclear { .. } => Problem::StepRefused {
            step: "create VPC route 333333333333/vpc-0bb/rtb-0b 10.0.0.0/8".to_owned(),
            trouble: trouble(
                Fault::Denied,
                "CreateRoute",
                "UnauthorizedOperation",
                "You are not authorized to perform this operation.",
            ),
        },
        Problem::StepRefused { .. } => Problem::TwoSegments {
            vpc: vpc_key("222222222222", "vpc-0cc"),
            segments: BTreeSet::from([id("prod"), id("shared")]),
        },
        Problem::TwoSegments { .. }
        | Problem::AccountPlaceless { .. }
        | Problem::NoSubnetTagged { .. }
        | Problem::SubnetsAmbiguous { .. }
        | Problem::NoTableTagged { .. }
        | Problem::ZoneTaken { .. }
        | Problem::SubnetSwap { .. }
        | Problem::HubNotShared { .. }
        | Problem::AttachmentFailed { .. }
        | Problem::RoleTrustOpen { .. }
        | Problem::Departing { .. }
        | Problem::AssociatedElsewhere { .. }
        | Problem::GivenMissing { .. }
        | Problem::GivenNotAvailable { .. }
        | Problem::UnexpectedRange { .. }
        | Problem::InspectionMissing { .. }
        | Problem::InspectionAmbiguous { .. }
        | Problem::InspectionReturn { .. }
        | Problem::InspectionBypassed { .. }
        | Problem::NoCommonHub { .. }
        | Problem::RouteTargetMissing { .. }
        | Problem::ForeignStaticRoute { .. }
        | Problem::RoutesCollide { .. }
        | Problem::PrefixListMissing { .. }
        | Problem::IsolationBroken { .. }
        | Problem::IsolationUnclear { .. }
        | Problem::Overlap { .. }
        | Problem::NotCovered { .. }
        | Problem::Shadowed { .. }
        | Problem::NotRouted { .. }
        | Problem::RouteShadowed { .. }
        | Problem::DefaultPropagationOpens { .. }
        | Problem::ForeignRoute { .. } => return ELSEWHERE,
    })
}

fn over_quota(quota: Quota) -> Problem {
    Problem::OverQuota { quota, of: "hub main".to_owned(), limit: 20, wanted: 23, left_out: 3 }
}

fn of_members(problem: &Problem) -> Option<Problem> {
    let attachment = on_main(data());
    let failed = |cause| Problem::AttachmentFailed { attachment: on_main(data()), id: id("tgw-attach-0f"), cause };
    let elsewhere = |held| Problem::AssociatedElsewhere {
        attachment: at_main(&billing()),
        id: id("tgw-attach-0a"),
        table: id("tgw-rtb-0f"),
        held,
    };
    let swap = |held| Problem::SubnetSwap {
        attachment: on_main(billing()),
        zone: id("euw1-az1"),
        have: id("subnet-0a3"),
        want: id("subnet-0a1"),
        held,
    };
    Some(match problem {
        Problem::TwoSegments { .. } => Problem::AccountPlaceless { account: id("333333333333") },
        Problem::AccountPlaceless { .. } => Problem::NoSubnetTagged { vpc: data() },
        Problem::NoSubnetTagged { .. } => Problem::SubnetsAmbiguous {
            vpc: data(),
            zone: id("euw1-az1"),
            subnets: BTreeSet::from([id("subnet-0b1"), id("subnet-0b3")]),
        },
        Problem::SubnetsAmbiguous { .. } => Problem::NoTableTagged { vpc: data() },
        Problem::NoTableTagged { .. } => Problem::ZoneTaken { attachment: on_main(billing()), zone: id("euw1-az1") },
        Problem::ZoneTaken { .. } => swap(Held::Ask),
        Problem::SubnetSwap { held, .. } => match held {
            Held::Ask => swap(Held::Forbid),
            Held::Forbid => swap(Held::Freeze),
            Held::Freeze => Problem::HubNotShared { attachment, gateway: id(GATEWAY) },
        },
        Problem::HubNotShared { .. } => failed(Cause::Rejected),
        Problem::AttachmentFailed { cause, .. } => match cause {
            Cause::Rejected => failed(Cause::NoServiceLinkedRole),
            Cause::NoServiceLinkedRole => failed(Cause::Other),
            Cause::Other => failed(Cause::Unknown),
            Cause::Unknown => {
                Problem::RoleTrustOpen { account: id("333333333333"), role: "transitd-member".to_owned() }
            }
        },
        Problem::RoleTrustOpen { .. } => {
            let until = now() + jiff::SignedDuration::from_mins(200);
            Problem::Departing { attachment, why: "it fits no segment".to_owned(), until }
        }
        Problem::Departing { .. } => elsewhere(Held::Ask),
        Problem::AssociatedElsewhere { held, .. } => match held {
            Held::Ask => elsewhere(Held::Forbid),
            Held::Forbid => elsewhere(Held::Freeze),
            Held::Freeze => Problem::GivenMissing { segment: id("onprem"), hub: id("main"), given: super::vpn() },
        },
        Problem::HubDoubled { .. }
        | Problem::HubSettingFixed { .. }
        | Problem::HubSetting { .. }
        | Problem::ShareDoubled { .. }
        | Problem::ShareFailed { .. }
        | Problem::PrincipalMissing { .. }
        | Problem::InvitationLost { .. }
        | Problem::InvitationRejected { .. }
        | Problem::HubMissing { .. }
        | Problem::HubNotAvailable { .. }
        | Problem::HubForeign { .. }
        | Problem::HubDefaultTable { .. }
        | Problem::HubAutoAccepts { .. }
        | Problem::TableMissing { .. }
        | Problem::TableOfOtherGateway { .. }
        | Problem::TableDoubled { .. }
        | Problem::OverQuota { .. }
        | Problem::Shrunk { .. }
        | Problem::RuleFitsNothing { .. }
        | Problem::ExcludeFitsNothing { .. }
        | Problem::Contested { .. }
        | Problem::StateUnclear { .. }
        | Problem::StepRefused { .. }
        | Problem::GivenMissing { .. }
        | Problem::GivenNotAvailable { .. }
        | Problem::UnexpectedRange { .. }
        | Problem::InspectionMissing { .. }
        | Problem::InspectionAmbiguous { .. }
        | Problem::InspectionReturn { .. }
        | Problem::InspectionBypassed { .. }
        | Problem::NoCommonHub { .. }
        | Problem::RouteTargetMissing { .. }
        | Problem::ForeignStaticRoute { .. }
        | Problem::RoutesCollide { .. }
        | Problem::PrefixListMissing { .. }
        | Problem::IsolationBroken { .. }
        | Problem::IsolationUnclear { .. }
        | Problem::Overlap { .. }
        | Problem::NotCovered { .. }
        | Problem::Shadowed { .. }
        | Problem::NotRouted { .. }
        | Problem::RouteShadowed { .. }
        | Problem::DefaultPropagationOpens { .. }
        | Problem::ForeignRoute { .. } => return ELSEWHERE,
    })
}

fn of_ways(problem: &Problem) -> Option<Problem> {
    let hub: HubName = id("main");
    let to =
        |destination: &str| StaticRouteKey { table: table("prod"), destination: Destination::Cidr(id(destination)) };
    Some(match problem {
        Problem::GivenMissing { .. } => Problem::GivenNotAvailable {
            segment: id("onprem"),
            hub,
            given: super::vpn(),
            id: id("tgw-attach-0d"),
            state: "pendingacceptance".to_owned(),
        },
        Problem::GivenNotAvailable { .. } => Problem::UnexpectedRange {
            segment: id("onprem"),
            table: table("shared"),
            attachment: id("tgw-attach-0d"),
            cidr: id("192.168.0.0/16"),
        },
        Problem::UnexpectedRange { .. } => Problem::InspectionMissing { through: id("inspection"), hub },
        Problem::InspectionMissing { .. } => Problem::InspectionAmbiguous {
            through: id("inspection"),
            hub,
            candidates: BTreeSet::from([billing().to_string(), data().to_string()]),
        },
        Problem::InspectionAmbiguous { .. } => {
            Problem::InspectionReturn { vpc: billing(), cidrs: vec![id("10.2.0.0/16")] }
        }
        Problem::InspectionReturn { .. } => Problem::InspectionBypassed {
            table: table("shared"),
            of: Attached::from(&billing()),
            attachment: id("tgw-attach-0e"),
        },
        Problem::InspectionBypassed { .. } => {
            Problem::NoCommonHub { one: id("prod"), other: id("shared"), region: "eu-west-1".to_owned() }
        }
        Problem::NoCommonHub { .. } => {
            Problem::RouteTargetMissing { route: to("10.66.0.0/16"), target: "444444444444/vpc-0dd".to_owned() }
        }
        Problem::RouteTargetMissing { .. } => {
            Problem::ForeignStaticRoute { route: to("10.66.0.0/16"), target: "tgw-attach-0f".to_owned() }
        }
        Problem::ForeignStaticRoute { .. } => {
            Problem::RoutesCollide { route: to("10.66.0.0/16"), one: "blackhole".to_owned(), other: data().to_string() }
        }
        Problem::RoutesCollide { .. } => {
            Problem::PrefixListMissing { list: id("pl-0123"), account: id("333333333333") }
        }
        Problem::PrefixListMissing { .. } => Problem::IsolationBroken {
            one: id("dev"),
            other: id("prod"),
            hub,
            path: "10.2.0.0/16 of prod is propagated into the route table of segment dev (tgw-rtb-0d)".to_owned(),
        },
        Problem::IsolationBroken { .. } => Problem::IsolationUnclear {
            one: id("dev"),
            other: id("prod"),
            hub,
            unknown: "the routes of tgw-rtb-0d could not be read".to_owned(),
        },
        Problem::IsolationUnclear { .. } => Problem::Overlap {
            hub,
            one: billing(),
            one_cidr: id("10.1.0.0/16"),
            other: data(),
            other_cidr: id("10.1.128.0/17"),
        },
        Problem::Overlap { .. } => {
            Problem::NotCovered { segment: id("prod"), reaches: Some(super::of(&data())), cidr: id("172.20.0.0/16") }
        }
        Problem::NotCovered { reaches: Some(_), .. } => {
            Problem::NotCovered { segment: id("shared"), reaches: None, cidr: id("172.16.0.0/12") }
        }
        Problem::NotCovered { reaches: None, .. } => {
            let by = "static route 10.2.0.0/16 to tgw-attach-0f".to_owned();
            Problem::Shadowed { table: table("prod"), of: super::of(&data()), cidr: id("10.2.0.0/16"), by }
        }
        Problem::Shadowed { .. } => {
            Problem::NotRouted { table: table("prod"), of: super::of(&data()), cidr: id("10.2.0.0/16") }
        }
        Problem::NotRouted { .. } => Problem::RouteShadowed {
            vpc: billing(),
            table: id("rtb-0a"),
            destination: "10.2.128.0/17".to_owned(),
            target: "pcx-0cc".to_owned(),
            reaches: Some(super::of(&data())),
        },
        Problem::RouteShadowed { .. } => {
            Problem::DefaultPropagationOpens { attachment: on_main(data()), table: table("prod") }
        }
        Problem::DefaultPropagationOpens { .. } => {
            Problem::ForeignRoute { route: route(billing(), "rtb-0a"), target: "nat-0cc".to_owned() }
        }
        Problem::HubDoubled { .. }
        | Problem::HubSettingFixed { .. }
        | Problem::HubSetting { .. }
        | Problem::ShareDoubled { .. }
        | Problem::ShareFailed { .. }
        | Problem::PrincipalMissing { .. }
        | Problem::InvitationLost { .. }
        | Problem::InvitationRejected { .. }
        | Problem::HubMissing { .. }
        | Problem::HubNotAvailable { .. }
        | Problem::HubForeign { .. }
        | Problem::HubDefaultTable { .. }
        | Problem::HubAutoAccepts { .. }
        | Problem::TableMissing { .. }
        | Problem::TableOfOtherGateway { .. }
        | Problem::TableDoubled { .. }
        | Problem::OverQuota { .. }
        | Problem::Shrunk { .. }
        | Problem::RuleFitsNothing { .. }
        | Problem::ExcludeFitsNothing { .. }
        | Problem::Contested { .. }
        | Problem::StateUnclear { .. }
        | Problem::StepRefused { .. }
        | Problem::TwoSegments { .. }
        | Problem::AccountPlaceless { .. }
        | Problem::NoSubnetTagged { .. }
        | Problem::SubnetsAmbiguous { .. }
        | Problem::NoTableTagged { .. }
        | Problem::ZoneTaken { .. }
        | Problem::SubnetSwap { .. }
        | Problem::HubNotShared { .. }
        | Problem::AttachmentFailed { .. }
        | Problem::RoleTrustOpen { .. }
        | Problem::Departing { .. }
        | Problem::AssociatedElsewhere { .. }
        | Problem::ForeignRoute { .. } => return None,
    })
}
