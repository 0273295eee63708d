//! What may be asked of VPC attachments, and by whom.
//!
//! The VPC's owner makes and modifies them; the transit gateway's owner accepts and rejects; either deletes. There is
//! no client token: a second create of the same pair is refused as a duplicate.

use std::collections::BTreeSet;

use super::attachment::has_room;
use super::members::{Switch, request};
use super::resource::{Kind, incorrect_state, invalid_value, missing, not_authorized};
use super::shelf::Key;
use super::tags::{TagSpecification, on_creation};
use super::transit_gateway;
use super::vpc_attachment::{
    Event, MODIFY_SECONDS, OneAttachment, Options, REJECT_SECONDS, State, VpcAttachment, begin, begin_deleting,
    description, schedule, schedule_expiry, seen,
};
use super::{connect, propagation, subnet, visibility, vpc};
use crate::call::{AwsError, Caller};
use crate::identity::make_transit_gateway_role;
use crate::world::World;

request! { "PascalCase"
    AttachmentOptions {
        dns_support: Option<Switch>, security_group_referencing_support: Option<Switch>, ipv6_support: Option<Switch>,
        appliance_mode_support: Option<Switch>,
    }
}

impl AttachmentOptions {
    fn over(&self, options: &Options) -> Options {
        Options {
            dns_support: self.dns_support.unwrap_or(options.dns_support),
            security_group_referencing_support: self
                .security_group_referencing_support
                .unwrap_or(options.security_group_referencing_support),
            ipv6_support: self.ipv6_support.unwrap_or(options.ipv6_support),
            appliance_mode_support: self.appliance_mode_support.unwrap_or(options.appliance_mode_support),
        }
    }
}

/// The options of an attachment that says nothing about them (EC2 API Reference).
const DEFAULTS: Options = Options {
    dns_support: Switch::Enable,
    security_group_referencing_support: Switch::Enable,
    ipv6_support: Switch::Disable,
    appliance_mode_support: Switch::Disable,
};

request! { "PascalCase"
    CreateTransitGatewayVpcAttachment {
        transit_gateway_id: String, vpc_id: String, subnet_ids: Vec<String>, options: AttachmentOptions,
        tag_specifications: Vec<TagSpecification>,
    }
}

pub fn create(
    world: &mut World,
    caller: &Caller,
    input: CreateTransitGatewayVpcAttachment,
) -> Result<OneAttachment, AwsError> {
    let tags = on_creation(Kind::TransitGatewayAttachment, &input.tag_specifications)?;
    let gateway = transit_gateway::seen(world, caller, &input.transit_gateway_id)?.clone();
    let vpc = vpc::own(world, caller, &input.vpc_id)?.id.clone();
    if input.subnet_ids.is_empty() {
        return Err(missing("SubnetIds"));
    }
    check_subnets(world, caller, &vpc, &[], &input.subnet_ids)?;
    if !matches!(gateway.state, transit_gateway::State::Available | transit_gateway::State::Modifying) {
        return Err(incorrect_state(&gateway.id));
    }
    check_room(world, &gateway.id, &vpc)?;
    let id = Kind::TransitGatewayAttachment.new_id(&mut world.dice);
    let at_once = gateway.owner == caller.account || gateway.options.auto_accept_shared_attachments.is_on();
    world.network.vpc_attachments.insert(VpcAttachment {
        id: id.clone(),
        transit_gateway: gateway.id,
        transit_gateway_owner: gateway.owner.clone(),
        vpc,
        vpc_owner: caller.account.clone(),
        region: caller.region.clone(),
        state: State::PendingAcceptance,
        subnets: input.subnet_ids,
        options: input.options.over(&DEFAULTS),
        created: world.now,
        association: None,
        shown_association: None,
        propagations: Vec::new(),
    });
    // The first attachment of an account makes it ("Service-linked roles for transit gateways").
    make_transit_gateway_role(world, caller);
    world.network.tags.set(&caller.account, &id, &tags);
    visibility::hide(world, &caller.account, &id);
    if gateway.owner != caller.account {
        visibility::hide(world, &gateway.owner, &id);
    }
    if at_once {
        begin(world, &id);
    } else {
        schedule_expiry(world, &id);
    }
    one(world, caller, &id)
}

fn one(world: &World, caller: &Caller, id: &str) -> Result<OneAttachment, AwsError> {
    let attachment = seen(world, caller, id)?;
    Ok(OneAttachment { transit_gateway_vpc_attachment: description(world, caller, attachment) })
}

/// Refuses a second attachment of the same pair, and more attachments than the quotas allow.
fn check_room(world: &World, gateway: &str, vpc: &str) -> Result<(), AwsError> {
    let network = &world.network;
    let switches = &network.switches;
    let stands = |it: &&VpcAttachment| match it.state {
        State::Deleted | State::Rejected => false,
        State::Failed => switches.failed_attachments_block,
        State::InitiatingRequest
        | State::PendingAcceptance
        | State::Pending
        | State::Available
        | State::Modifying
        | State::Deleting
        | State::Failing
        | State::Rejecting => true,
    };
    let of_vpc = network.vpc_attachments.under(&Key::Vpc(vpc.to_owned())).filter(stands);
    let others: Vec<&VpcAttachment> = of_vpc.collect();
    if others.iter().any(|it| it.transit_gateway == gateway) {
        let message = format!("{gateway} has non-deleted Transit Gateway Attachments with same VPC ID.");
        return Err(AwsError::new("DuplicateTransitGatewayAttachment", message));
    }
    let quotas = &network.quotas;
    let live = others.iter().filter(|it| !it.state.is_over()).count();
    if live >= quotas.transit_gateways_per_vpc || !has_room(network, gateway) {
        let message = format!("The maximum number of attachments of {gateway} or {vpc} has been reached.");
        return Err(AwsError::new("TransitGatewayAttachmentLimitExceeded", message));
    }
    Ok(())
}

/// Checks subnets to be added: the VPC's own, one in each zone, each with a free address.
fn check_subnets(world: &World, caller: &Caller, vpc: &str, kept: &[String], added: &[String]) -> Result<(), AwsError> {
    let mut zones = BTreeSet::new();
    for id in kept {
        zones.extend(world.network.subnets.get(id).map(|it| it.zone.id.clone()));
    }
    for id in added {
        let subnet = subnet::own(world, caller, id)?;
        if subnet.vpc != vpc {
            return Err(Kind::Subnet.not_found(id));
        }
        if !zones.insert(subnet.zone.id.clone()) {
            let message = format!("Duplicate Subnets for same AZ: {}", subnet.zone.name);
            return Err(AwsError::new("DuplicateSubnetsInSameZone", message));
        }
        if subnet::free_addresses(world, subnet) == 0 {
            let message = format!("Insufficient free addresses in subnet {id}.");
            return Err(AwsError::new("InsufficientFreeAddressesInSubnet", message));
        }
    }
    Ok(())
}

request! { "PascalCase"
    ModifyTransitGatewayVpcAttachment {
        transit_gateway_attachment_id: String, add_subnet_ids: Vec<String>, remove_subnet_ids: Vec<String>,
        options: AttachmentOptions,
    }
}

/// Changes subnets and options. Removals come first, so the only subnet cannot be swapped in one call.
pub fn modify(
    world: &mut World,
    caller: &Caller,
    input: ModifyTransitGatewayVpcAttachment,
) -> Result<OneAttachment, AwsError> {
    let attachment = seen(world, caller, &input.transit_gateway_attachment_id)?;
    if attachment.vpc_owner != caller.account {
        return Err(not_authorized());
    }
    if attachment.state != State::Available {
        return Err(incorrect_state(&attachment.id));
    }
    for id in &input.remove_subnet_ids {
        if !attachment.subnets.contains(id) {
            let message = format!("{id} is not attached but supplied in RemoveSubnets");
            return Err(AwsError::new("InvalidSubnetID.NotFound", message));
        }
    }
    let mut subnets: Vec<String> =
        attachment.subnets.iter().filter(|id| !input.remove_subnet_ids.contains(id)).cloned().collect();
    if subnets.is_empty() {
        return Err(AwsError::new("InsufficientSubnetsException", "Insufficient Subnets"));
    }
    if let Some(id) = input.add_subnet_ids.iter().find(|id| subnets.contains(id)) {
        return Err(invalid_value(format!("{id} is already attached")));
    }
    check_subnets(world, caller, &attachment.vpc, &subnets, &input.add_subnet_ids)?;
    subnets.extend(input.add_subnet_ids);
    let (id, side, before) = (attachment.id.clone(), attachment.side(), attachment.options.ipv6_support);
    let options = input.options.over(&attachment.options);
    let after = options.ipv6_support;
    if let Some(attachment) = world.network.vpc_attachments.get_mut(&id) {
        attachment.subnets = subnets;
        attachment.options = options;
        attachment.state = State::Modifying;
    }
    if before != after {
        propagation::prefixes_changed(world, &side);
    }
    schedule(world, &id, MODIFY_SECONDS, Event::Modified);
    one(world, caller, &id)
}

request! { "PascalCase" NamedAttachment { transit_gateway_attachment_id: String } }

/// Finds an attachment that waits for the caller's word.
fn waiting<'w>(world: &'w World, caller: &Caller, input: &NamedAttachment) -> Result<&'w VpcAttachment, AwsError> {
    let attachment = seen(world, caller, &input.transit_gateway_attachment_id)?;
    if attachment.transit_gateway_owner != caller.account { Err(not_authorized()) } else { Ok(attachment) }
}

pub fn accept(world: &mut World, caller: &Caller, input: NamedAttachment) -> Result<OneAttachment, AwsError> {
    let attachment = waiting(world, caller, &input)?;
    let again = matches!(attachment.state, State::Pending | State::Available | State::Modifying);
    let id = attachment.id.clone();
    if attachment.state == State::PendingAcceptance {
        begin(world, &id);
    } else if !(again && world.network.switches.second_accept_succeeds) {
        return Err(incorrect_state(&id));
    }
    one(world, caller, &id)
}

pub fn reject(world: &mut World, caller: &Caller, input: NamedAttachment) -> Result<OneAttachment, AwsError> {
    let attachment = waiting(world, caller, &input)?;
    let id = attachment.id.clone();
    if attachment.state != State::PendingAcceptance {
        return Err(incorrect_state(&id));
    }
    if let Some(attachment) = world.network.vpc_attachments.get_mut(&id) {
        attachment.state = State::Rejecting;
    }
    schedule(world, &id, REJECT_SECONDS, Event::Rejected);
    one(world, caller, &id)
}

pub fn delete(world: &mut World, caller: &Caller, input: NamedAttachment) -> Result<OneAttachment, AwsError> {
    let attachment = seen(world, caller, &input.transit_gateway_attachment_id)?;
    let id = attachment.id.clone();
    let deletable = matches!(attachment.state, State::PendingAcceptance | State::Available);
    if !deletable || connect::is_transport(world, &attachment.transit_gateway, &id) {
        return Err(incorrect_state(&id));
    }
    begin_deleting(world, &id);
    one(world, caller, &id)
}

#[cfg(test)]
#[path = "attachment_tests.rs"]
mod tests;
