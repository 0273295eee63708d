//! One of each that a step can be: its call, its reason, its risk, what it waits for.

use std::collections::BTreeSet;
use std::iter::successors;

use super::{of, vpn};
use crate::api::{Ref, WriteCall};
use crate::model::*;
use crate::plan::{Left, Outlook, Risk, Step, StepId, Verb, Wait, Why};
use crate::report::tests::world::{
    GATEWAY, at_main, billing, gateway_options, id, now, on_main, options, route, table,
};

pub fn waits() -> Vec<Wait> {
    let key = Key::Association(at_main(&billing()));
    let first = Wait::Present { kind: key.kind(), key };
    let next = |wait: &Wait| match wait {
        Wait::Present { kind, key } => Some(Wait::Gone { kind: *kind, key: key.clone() }),
        Wait::Gone { .. } => Some(Wait::Seen { until: id("2026-11-22T03:04:00.123456789Z") }),
        Wait::Seen { .. } => Some(Wait::Budget { until: now() + jiff::SignedDuration::from_mins(40) }),
        Wait::Budget { .. } => None,
    };
    successors(Some(first), next).collect()
}

pub fn lefts() -> Vec<Left> {
    let next = |left: &Left| match left {
        Left::Observed => Some(Left::Frozen),
        Left::Frozen => Some(Left::Unknown),
        Left::Unknown => Some(Left::Departing),
        Left::Departing => Some(Left::Needed),
        Left::Needed => Some(Left::Shrunk),
        Left::Shrunk => Some(Left::Held),
        Left::Held => Some(Left::Paused),
        Left::Paused => None,
    };
    successors(Some(Left::Observed), next).collect()
}

pub fn outlooks() -> Vec<Outlook> {
    let waits = waits().into_iter().map(|on| Outlook::Waits { on });
    let lefts = lefts().into_iter().map(|why| Outlook::Left { why });
    let all: Vec<Outlook> = waits.chain(lefts).chain([Outlook::Ready]).collect();
    for outlook in &all {
        match outlook {
            Outlook::Ready | Outlook::Waits { .. } | Outlook::Left { .. } => {}
        }
    }
    all
}

pub fn whys() -> Vec<Why> {
    let next = |why: &Why| {
        let have = AttachmentOptions { dns: false, appliance_mode: true, ..options() };
        Some(match why {
            Why::Missing => Why::NotAccepted,
            Why::NotAccepted => Why::SubnetsMissing { subnets: vec![id("subnet-0a1")] },
            Why::SubnetsMissing { .. } => Why::Options { have, want: AttachmentOptions { dns: true, ..have } },
            Why::Options { .. } => Why::WrongTable { table: id("tgw-rtb-0f") },
            Why::WrongTable { .. } => Why::Blackholed,
            Why::Blackholed => Why::OldTarget { target: "tgw-0f".to_owned() },
            Why::OldTarget { .. } => Why::MissingRoute { purpose: RoutePurpose::Declared },
            Why::MissingRoute { purpose } => match purpose {
                RoutePurpose::Declared => Why::MissingRoute { purpose: RoutePurpose::Inspect },
                RoutePurpose::Inspect => Why::MissingRoute { purpose: RoutePurpose::Egress },
                RoutePurpose::Egress => Why::MissingRoute { purpose: RoutePurpose::Connect },
                RoutePurpose::Connect => Why::Settings {
                    have: gateway_options(),
                    want: TransitGatewayOptions { security_group_referencing: true, ..gateway_options() },
                },
            },
            Why::Settings { .. } => Why::ExternalAccounts { have: true, want: false },
            Why::ExternalAccounts { have: true, .. } => Why::ExternalAccounts { have: false, want: true },
            Why::ExternalAccounts { have: false, .. } => Why::NotShared,
            Why::NotShared => Why::NotAcceptedInvitation,
            Why::NotAcceptedInvitation => {
                let missing = Tags::from([(NETWORK_TAG.to_owned(), "corp".to_owned())]);
                Why::Tags { missing }
            }
            Why::Tags { .. } => Why::SubnetsUndeclared { subnets: vec![id("subnet-0a3")] },
            Why::SubnetsUndeclared { .. } => Why::SubnetSwapped { have: id("subnet-0a3"), want: id("subnet-0a1") },
            Why::SubnetSwapped { .. } => Why::Undeclared,
            Why::Undeclared => Why::Departed { reason: "it fits no segment".to_owned() },
            Why::Departed { .. } => return None,
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

/// One key of each kind, in the order of the kinds.
pub fn keys() -> Vec<Key> {
    let next = |key: &Key| {
        Some(match key {
            Key::Hub(hub) => Key::Share(hub.clone()),
            Key::Share(_) => Key::Principal(PrincipalKey { hub: id("main"), principal: Principal::Organization }),
            Key::Principal(_) => Key::Table(table("prod")),
            Key::Table(_) => Key::Attachment(on_main(billing())),
            Key::Attachment(_) => Key::Association(at_main(&billing())),
            Key::Association(_) => Key::Propagation(PropagationKey { table: table("shared"), of: of(&billing()) }),
            Key::Propagation(_) => Key::StaticRoute(to("10.66.0.0/16")),
            Key::StaticRoute(_) => Key::VpcRoute(route(billing(), "rtb-0a")),
            Key::VpcRoute(_) => return None,
        })
    };
    successors(Some(Key::Hub(id("main"))), next).collect()
}

fn to(destination: &str) -> StaticRouteKey {
    StaticRouteKey { table: table("prod"), destination: Destination::Cidr(id(destination)) }
}

fn to_list() -> StaticRouteKey {
    StaticRouteKey { table: table("prod"), destination: Destination::PrefixList(id("pl-0123")) }
}

const SHARE: &str = "arn:aws:ram:eu-west-1:111111111111:resource-share/0a";

/// One of each call, with the key of what it is about.
fn calls() -> Vec<(Key, WriteCall)> {
    let gateway = || Ref::Known(id(GATEWAY));
    let share = || Ref::Known(SHARE.to_owned());
    let (rtb, at) = (|| id::<TransitGatewayRouteTableId>("tgw-rtb-0a"), || id::<AttachmentId>("tgw-attach-0a"));
    let attachment = || Some(Ref::Known(at()));
    let next = |(_, call): &(Key, WriteCall)| {
        let (hub, main) = (Key::Hub(id("main")), Key::Share(id("main")));
        let organization = Key::Principal(PrincipalKey { hub: id("main"), principal: Principal::Organization });
        let invited = PrincipalKey { hub: id("main"), principal: Principal::Account(id("555555555555")) };
        let of_table = Key::Table(table("prod"));
        let of_attachment = Key::Attachment(on_main(billing()));
        let of_association = Key::Association(at_main(&billing()));
        let of_propagation = Key::Propagation(PropagationKey { table: table("shared"), of: of(&billing()) });
        let (of_route, of_list) = (Key::StaticRoute(to("10.66.0.0/16")), Key::StaticRoute(to_list()));
        let of_vpc_route = Key::VpcRoute(route(billing(), "rtb-0a"));
        let (destination, prefix_list) = (Destination::Cidr(id("10.66.0.0/16")), id::<PrefixListId>("pl-0123"));
        let (route_table, range) = (id::<RouteTableId>("rtb-0a"), Destination::Cidr(id("10.0.0.0/8")));
        Some(match call {
            WriteCall::CreateTransitGateway { .. } => {
                (hub, WriteCall::ModifyTransitGateway { gateway: id(GATEWAY), options: gateway_options() })
            }
            WriteCall::ModifyTransitGateway { .. } => {
                let name = "corp-main".to_owned();
                let gateway = gateway();
                (main, WriteCall::CreateResourceShare { name, gateway, allow_external: false, tags: Tags::new() })
            }
            WriteCall::CreateResourceShare { .. } => {
                let name = "corp-main".to_owned();
                (main, WriteCall::UpdateResourceShare { share: share(), name, allow_external: true })
            }
            WriteCall::UpdateResourceShare { .. } => {
                let (share, gateway) = (share(), Some(gateway()));
                (main, WriteCall::AssociateResourceShare { share, gateway, principals: Vec::new() })
            }
            WriteCall::AssociateResourceShare { gateway: Some(_), .. } => {
                let principals = vec!["arn:aws:organizations::100000000001:organization/o-a1b2c3d4e5".to_owned()];
                (organization, WriteCall::AssociateResourceShare { share: share(), gateway: None, principals })
            }
            WriteCall::AssociateResourceShare { gateway: None, .. } => {
                let principals = vec!["555555555555".to_owned()];
                (Key::Principal(invited), WriteCall::DisassociateResourceShare { share: SHARE.to_owned(), principals })
            }
            WriteCall::DisassociateResourceShare { .. } => {
                (main, WriteCall::DeleteResourceShare { share: SHARE.to_owned() })
            }
            WriteCall::DeleteResourceShare { .. } => {
                (main, WriteCall::TagResource { share: SHARE.to_owned(), tags: Tags::new() })
            }
            WriteCall::TagResource { .. } => {
                let invitation = "arn:aws:ram:eu-west-1:111111111111:resource-share-invitation/0a".to_owned();
                (Key::Principal(invited), WriteCall::AcceptResourceShareInvitation { invitation })
            }
            WriteCall::AcceptResourceShareInvitation { .. } => {
                (of_table, WriteCall::CreateTransitGatewayRouteTable { gateway: gateway(), tags: Tags::new() })
            }
            WriteCall::CreateTransitGatewayRouteTable { .. } => {
                (of_table, WriteCall::DeleteTransitGatewayRouteTable { table: rtb() })
            }
            WriteCall::DeleteTransitGatewayRouteTable { .. } => {
                let call = WriteCall::CreateTransitGatewayVpcAttachment {
                    gateway: gateway(),
                    vpc: billing().vpc,
                    subnets: vec![id("subnet-0a1"), id("subnet-0a2")],
                    options: options(),
                    tags: Tags::new(),
                };
                (of_attachment, call)
            }
            WriteCall::CreateTransitGatewayVpcAttachment { .. } => {
                let call = WriteCall::ModifyTransitGatewayVpcAttachment {
                    attachment: Ref::Known(at()),
                    add_subnets: vec![id("subnet-0a1")],
                    remove_subnets: Vec::new(),
                    options: None,
                };
                (of_attachment, call)
            }
            WriteCall::ModifyTransitGatewayVpcAttachment { .. } => {
                (of_attachment, WriteCall::AcceptTransitGatewayVpcAttachment { attachment: Ref::Known(at()) })
            }
            WriteCall::AcceptTransitGatewayVpcAttachment { .. } => {
                (of_attachment, WriteCall::DeleteTransitGatewayVpcAttachment { attachment: at() })
            }
            WriteCall::DeleteTransitGatewayVpcAttachment { .. } => {
                let (table, attachment) = (Ref::Known(rtb()), Ref::Known(at()));
                (of_association, WriteCall::AssociateTransitGatewayRouteTable { table, attachment })
            }
            WriteCall::AssociateTransitGatewayRouteTable { .. } => {
                let (table, attachment) = (rtb(), at());
                (of_association, WriteCall::DisassociateTransitGatewayRouteTable { table, attachment })
            }
            WriteCall::DisassociateTransitGatewayRouteTable { .. } => {
                let (table, attachment) = (Ref::Known(rtb()), Ref::Known(at()));
                (of_propagation, WriteCall::EnableTransitGatewayRouteTablePropagation { table, attachment })
            }
            WriteCall::EnableTransitGatewayRouteTablePropagation { .. } => {
                let (table, attachment) = (rtb(), at());
                (of_propagation, WriteCall::DisableTransitGatewayRouteTablePropagation { table, attachment })
            }
            WriteCall::DisableTransitGatewayRouteTablePropagation { .. } => {
                let (table, attachment) = (Ref::Known(rtb()), attachment());
                (of_route, WriteCall::CreateTransitGatewayRoute { table, destination, attachment })
            }
            WriteCall::CreateTransitGatewayRoute { .. } => {
                let (table, attachment) = (rtb(), attachment());
                (of_route, WriteCall::ReplaceTransitGatewayRoute { table, destination, attachment })
            }
            WriteCall::ReplaceTransitGatewayRoute { .. } => {
                (of_route, WriteCall::DeleteTransitGatewayRoute { table: rtb(), destination })
            }
            WriteCall::DeleteTransitGatewayRoute { .. } => {
                let (table, attachment) = (Ref::Known(rtb()), attachment());
                (of_list, WriteCall::CreateTransitGatewayPrefixListReference { table, prefix_list, attachment })
            }
            WriteCall::CreateTransitGatewayPrefixListReference { .. } => {
                let (table, attachment) = (rtb(), attachment());
                (of_list, WriteCall::ModifyTransitGatewayPrefixListReference { table, prefix_list, attachment })
            }
            WriteCall::ModifyTransitGatewayPrefixListReference { .. } => {
                (of_list, WriteCall::DeleteTransitGatewayPrefixListReference { table: rtb(), prefix_list })
            }
            WriteCall::DeleteTransitGatewayPrefixListReference { .. } => {
                (of_vpc_route, WriteCall::CreateRoute { route_table, destination: range, gateway: gateway() })
            }
            WriteCall::CreateRoute { .. } => {
                (of_vpc_route, WriteCall::ReplaceRoute { route_table, destination: range, gateway: gateway() })
            }
            WriteCall::ReplaceRoute { .. } => {
                (of_vpc_route, WriteCall::DeleteRoute { route_table, destination: range })
            }
            WriteCall::DeleteRoute { .. } => {
                let (resource, tags) = (Ref::Known("tgw-attach-0a".to_owned()), Tags::new());
                (of_attachment, WriteCall::CreateTags { resource, tags })
            }
            WriteCall::CreateTags { .. } => return None,
        })
    };
    let options = gateway_options();
    let first = (Key::Hub(id("main")), WriteCall::CreateTransitGateway { options, tags: Tags::new() });
    successors(Some(first), next).collect()
}

/// Makes a step of a key and a call. What a step does to a VPN is one more, since it stands under no VPC.
pub fn steps() -> Vec<Step> {
    let given = |table: &str| {
        let key =
            Key::Propagation(PropagationKey { table: super::super::world::table(table), of: Attached::Given(vpn()) });
        let (table, attachment) = (Ref::Known(id("tgw-rtb-0b")), Ref::Known(id("tgw-attach-0d")));
        (key, WriteCall::EnableTransitGatewayRouteTablePropagation { table, attachment })
    };
    calls().into_iter().chain([given("shared")]).map(|(key, call)| step(key, call)).collect()
}

fn step(key: Key, call: WriteCall) -> Step {
    let takes_away = call.takes_away();
    let scope = Scope::new(&id("111111111111"), &id("eu-west-1"));
    Step {
        id: StepId::new(if takes_away { Verb::Remove } else { Verb::Create }, &key),
        kind: key.kind(),
        key,
        segment: None,
        scope: scope.clone(),
        call,
        after: Vec::new(),
        outlook: Outlook::Ready,
        why: if takes_away { Why::Undeclared } else { Why::Missing },
        risk: if takes_away { Risk::Removes } else { Risk::Adds },
        evidence: if takes_away { BTreeSet::from([ListId::Accounts, ListId::Vpcs(scope)]) } else { BTreeSet::new() },
    }
}
