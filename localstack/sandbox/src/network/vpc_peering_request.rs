//! What may be asked of VPC peering connections, and by whom.
//!
//! The requester's VPC must be its own. The accepter accepts, in its own Region, or rejects; before that the requester
//! alone deletes, and afterwards either. There is no client token: while a connection of the pair is wanted or there,
//! another is refused.

use std::collections::BTreeSet;

use ipnet::IpNet;
use jiff::{SignedDuration, Timestamp};

use super::describe::describe_request;
use super::filters::Sieve;
use super::members::{Done, answer, request};
use super::resource::{Kind, check_account_id, missing};
use super::shelf::Key;
use super::tags::{self, Tag, TagSpecification, on_creation};
use super::vpc_peering::{self, Event, Party, REQUEST_LIFE, Status, VpcPeeringConnection, later, seen, set_status};
use super::{visibility, vpc, zones};
use crate::call::{AwsError, Caller};
use crate::world::{self, World};

request! { "PascalCase"
    CreateVpcPeeringConnection {
        vpc_id: Option<String>, peer_vpc_id: Option<String>, peer_owner_id: Option<String>,
        peer_region: Option<String>, tag_specifications: Vec<TagSpecification>,
    }
}
answer! { "PascalCase" CidrBlock { cidr_block: String } }
answer! { "PascalCase" Ipv6CidrBlock { ipv6_cidr_block: String } }
answer! { "PascalCase" Options { allow_dns_resolution_from_remote_vpc: bool } }
answer! { "PascalCase"
    VpcInfo {
        owner_id: String, vpc_id: String, region: String, cidr_block: Option<String>,
        cidr_block_set: Option<Vec<CidrBlock>>, ipv6_cidr_block_set: Option<Vec<Ipv6CidrBlock>>,
        peering_options: Option<Options>,
    }
}
answer! { "PascalCase" StatusReason { code: Status, message: &'static str } }
answer! { "PascalCase"
    Description {
        vpc_peering_connection_id: String, requester_vpc_info: VpcInfo, accepter_vpc_info: VpcInfo,
        status: StatusReason, expiration_time: Option<Timestamp>, tags: Vec<Tag>,
    }
}
answer! { "PascalCase" OnePeering { vpc_peering_connection: Description } }

/// Tells about one side; its ranges are known to the other once the connection is accepted.
fn info(world: &World, party: &Party, ranges_show: bool) -> VpcInfo {
    let vpc = world.network.vpcs.get(&party.vpc).filter(|_| ranges_show);
    let ranges = |is_v4: bool| {
        let of = vpc.into_iter().flat_map(|vpc| vpc.associated());
        of.filter(move |range| matches!(range, IpNet::V4(_)) == is_v4).map(ToString::to_string)
    };
    let v6: Vec<Ipv6CidrBlock> = ranges(false).map(|ipv6_cidr_block| Ipv6CidrBlock { ipv6_cidr_block }).collect();
    VpcInfo {
        owner_id: party.owner.clone(),
        vpc_id: party.vpc.clone(),
        region: party.region.clone(),
        cidr_block: ranges(true).next(),
        cidr_block_set: vpc.map(|_| ranges(true).map(|cidr_block| CidrBlock { cidr_block }).collect()),
        ipv6_cidr_block_set: Some(v6).filter(|ranges| !ranges.is_empty()),
        peering_options: ranges_show.then_some(Options { allow_dns_resolution_from_remote_vpc: party.dns_resolution }),
    }
}

fn description(world: &World, caller: &Caller, it: &VpcPeeringConnection) -> Description {
    let message = match it.status {
        Status::InitiatingRequest => "Initiating Request",
        Status::PendingAcceptance => "Pending Acceptance",
        Status::Active => "Active",
        Status::Deleted => "Deleted",
        Status::Rejected => "Rejected",
        Status::Failed => "Failed due to incorrect VPC-ID, Account ID, or overlapping CIDR range",
        Status::Expired => "Expired",
        Status::Provisioning => "Provisioning",
        Status::Deleting => "Deleting",
    };
    let waits = matches!(it.status, Status::InitiatingRequest | Status::PendingAcceptance);
    Description {
        vpc_peering_connection_id: it.id.clone(),
        requester_vpc_info: info(world, &it.requester, true),
        accepter_vpc_info: info(world, &it.accepter, it.status.is_accepted()),
        status: StatusReason { code: it.status, message },
        expiration_time: waits.then_some(it.expires),
        tags: world.network.tags.of(&caller.account, &tags::at_region(&it.id, &caller.region)),
    }
}

fn one(world: &World, caller: &Caller, id: &str) -> Result<OnePeering, AwsError> {
    Ok(OnePeering { vpc_peering_connection: description(world, caller, seen(world, caller, id)?) })
}

pub fn create(world: &mut World, caller: &Caller, input: CreateVpcPeeringConnection) -> Result<OnePeering, AwsError> {
    let tags = on_creation(Kind::VpcPeeringConnection, &input.tag_specifications)?;
    let vpc = input.vpc_id.ok_or_else(|| missing("vpcId"))?;
    let peer = input.peer_vpc_id.ok_or_else(|| missing("peerVpcId"))?;
    let vpc = vpc::own(world, caller, &vpc)?.id.clone();
    Kind::Vpc.check(&peer)?;
    let owner = input.peer_owner_id.unwrap_or_else(|| caller.account.clone());
    let region = input.peer_region.unwrap_or_else(|| caller.region.clone());
    check_account_id("peerOwnerId", &owner)?;
    zones::zones(&owner, &region)?;
    check_room(world, caller, &vpc, &peer)?;
    let id = Kind::VpcPeeringConnection.new_id(&mut world.dice);
    let party = |vpc: String, owner: String, region: String| Party {
        vpc,
        owner,
        region,
        dns_resolution: false,
        listed_until: None,
    };
    let requester = party(vpc, caller.account.clone(), caller.region.clone());
    let accepter = party(peer, owner, region);
    world.network.tags.set(&caller.account, &tags::at_region(&id, &caller.region), &tags);
    visibility::hide(world, &caller.account, &id);
    if accepter.owner != caller.account {
        visibility::hide(world, &accepter.owner, &id);
    }
    let life = SignedDuration::try_from(REQUEST_LIFE).expect("a span that a clock can hold");
    let expires = world.now + life;
    world.network.vpc_peering_connections.insert(VpcPeeringConnection {
        id: id.clone(),
        requester,
        accepter,
        status: Status::InitiatingRequest,
        expires,
    });
    later(world, &id, Event::Requested);
    let event = world::Event::Network(super::Event::VpcPeering(id.clone(), Event::Expired));
    world.exactly_after(REQUEST_LIFE, event);
    one(world, caller, &id)
}

/// Refuses a second connection of the same pair, and more of them than the quotas allow.
fn check_room(world: &World, caller: &Caller, vpc: &str, peer: &str) -> Result<(), AwsError> {
    let network = &world.network;
    let of_vpc = network.vpc_peering_connections.under(&Key::Vpc(vpc.to_owned()));
    let mut live = of_vpc.filter(|it| !it.status.is_over() && it.status != Status::Deleting);
    if live.any(|it| it.across(vpc) == Some(peer)) {
        let message = "A VPC peering connection between the VPCs already exists.";
        return Err(AwsError::new("VpcPeeringConnectionAlreadyExists", message));
    }
    let waiting = network.vpc_peering_connections.under(&Key::place(caller)).filter(|it| {
        it.requester.is_at(&caller.account, &caller.region)
            && matches!(it.status, Status::InitiatingRequest | Status::PendingAcceptance)
    });
    if waiting.count() >= network.quotas.outstanding_vpc_peerings {
        let message = "You've reached the limit on the number of outstanding VPC peering connection requests.";
        return Err(AwsError::new("OutstandingVpcPeeringConnectionLimitExceeded", message));
    }
    check_active(world, vpc)
}

fn check_active(world: &World, vpc: &str) -> Result<(), AwsError> {
    let of_vpc = world.network.vpc_peering_connections.under(&Key::Vpc(vpc.to_owned()));
    if of_vpc.filter(|it| it.status.is_accepted()).count() >= world.network.quotas.active_vpc_peerings_per_vpc {
        let message = format!("{vpc} has reached the limit on the number of active VPC peering connections.");
        return Err(AwsError::new("ActiveVpcPeeringConnectionPerVpcLimitExceeded", message));
    }
    Ok(())
}

request! { "PascalCase" NamedPeering { vpc_peering_connection_id: String } }

fn wrong_transition(it: &VpcPeeringConnection, to: Status) -> AwsError {
    let message = format!(
        "Invalid state transition for {}, attempted to transition from {} to {}",
        it.id,
        it.status.word(),
        to.word()
    );
    AwsError::new("InvalidStateTransition", message)
}

/// Finds a request that waits for the caller's word, which must come from the accepter in its Region.
fn waiting<'w>(
    world: &'w World,
    caller: &Caller,
    input: &NamedPeering,
    (deed, to): (&str, Status),
) -> Result<&'w VpcPeeringConnection, AwsError> {
    let it = seen(world, caller, &input.vpc_peering_connection_id)?;
    if it.accepter.owner != caller.account {
        let message = format!("User {} cannot {deed} peering {}", caller.account, it.id);
        return Err(AwsError::new("OperationNotPermitted", message));
    }
    if it.accepter.region != caller.region {
        let message = format!(
            "Incorrect region ({}) specified for this request. VPC peering connection {} must be {deed}ed in region {}",
            caller.region, it.id, it.accepter.region
        );
        return Err(AwsError::new("OperationNotPermitted", message));
    }
    if it.status != Status::PendingAcceptance {
        return Err(wrong_transition(it, to));
    }
    Ok(it)
}

pub fn accept(world: &mut World, caller: &Caller, input: NamedPeering) -> Result<OnePeering, AwsError> {
    let it = waiting(world, caller, &input, ("accept", Status::Provisioning))?;
    for party in it.parties() {
        check_active(world, &party.vpc)?;
    }
    let id = it.id.clone();
    set_status(world, &id, Status::Provisioning);
    later(world, &id, Event::Active);
    one(world, caller, &id)
}

pub fn reject(world: &mut World, caller: &Caller, input: NamedPeering) -> Result<Done, AwsError> {
    let id = waiting(world, caller, &input, ("reject", Status::Rejected))?.id.clone();
    vpc_peering::reject(world, &id);
    Ok(Done { r#return: true })
}

pub fn delete(world: &mut World, caller: &Caller, input: NamedPeering) -> Result<Done, AwsError> {
    let it = seen(world, caller, &input.vpc_peering_connection_id)?;
    let may = match it.status {
        Status::Active => true,
        Status::PendingAcceptance => it.requester.owner == caller.account,
        Status::InitiatingRequest
        | Status::Provisioning
        | Status::Deleting
        | Status::Deleted
        | Status::Rejected
        | Status::Failed
        | Status::Expired => false,
    };
    if !may {
        return Err(wrong_transition(it, Status::Deleted));
    }
    let id = it.id.clone();
    vpc_peering::delete(world, &id, &caller.account);
    Ok(Done { r#return: true })
}

request! { "PascalCase" ChangedOptions { allow_dns_resolution_from_remote_vpc: Option<bool> } }
request! { "PascalCase"
    ModifyVpcPeeringConnectionOptions {
        vpc_peering_connection_id: String, requester_peering_connection_options: Option<ChangedOptions>,
        accepter_peering_connection_options: Option<ChangedOptions>,
    }
}
answer! { "PascalCase"
    ModifiedOptions {
        requester_peering_connection_options: Option<Options>, accepter_peering_connection_options: Option<Options>,
    }
}

/// Changes the DNS option of the caller's own side, or of both where both are its own.
pub fn modify_options(
    world: &mut World,
    caller: &Caller,
    input: ModifyVpcPeeringConnectionOptions,
) -> Result<ModifiedOptions, AwsError> {
    let it = seen(world, caller, &input.vpc_peering_connection_id)?;
    let id = it.id.clone();
    if it.status != Status::Active {
        let message = format!("Peering {id} is not active. Peering options can be added only to active peerings.");
        return Err(AwsError::new("OperationNotPermitted", message));
    }
    let (requester, accepter) = (input.requester_peering_connection_options, input.accepter_peering_connection_options);
    if requester.is_none() && accepter.is_none() {
        return Err(missing("peeringConnectionOptions"));
    }
    let asked = |it: &Option<ChangedOptions>| it.as_ref().and_then(|it| it.allow_dns_resolution_from_remote_vpc);
    for (party, options) in [(&it.requester, &requester), (&it.accepter, &accepter)] {
        if options.is_none() {
            continue;
        }
        if !party.is_at(&caller.account, &caller.region) {
            let message = format!("User {} cannot modify the options of {} in {id}", caller.account, party.vpc);
            return Err(AwsError::new("OperationNotPermitted", message));
        }
        let vpc = world.network.vpcs.get(&party.vpc);
        if asked(options) == Some(true) && !vpc.is_some_and(|vpc| vpc.dns_support && vpc.dns_hostnames) {
            let message = format!("DNS hostnames or DNS support is disabled for {}.", party.vpc);
            return Err(AwsError::new("InvalidVpcPeeringConnectionState.DnsHostnamesDisabled", message));
        }
    }
    let Some(it) = world.network.vpc_peering_connections.get_mut(&id) else {
        return Err(Kind::VpcPeeringConnection.not_found(&id));
    };
    let change = |party: &mut Party, options: Option<ChangedOptions>| {
        options.map(|options| {
            party.dns_resolution = options.allow_dns_resolution_from_remote_vpc.unwrap_or(party.dns_resolution);
            Options { allow_dns_resolution_from_remote_vpc: party.dns_resolution }
        })
    };
    Ok(ModifiedOptions {
        requester_peering_connection_options: change(&mut it.requester, requester),
        accepter_peering_connection_options: change(&mut it.accepter, accepter),
    })
}

describe_request! { DescribeVpcPeeringConnections { vpc_peering_connection_ids: Kind::VpcPeeringConnection } }
answer! { "PascalCase"
    DescribedPeerings { vpc_peering_connections: Vec<Description>, next_token: Option<String> }
}

fn blocks(info: &VpcInfo) -> Vec<String> {
    info.cidr_block_set.iter().flatten().map(|it| it.cidr_block.clone()).collect()
}

const SIEVE: Sieve<Description> = Sieve {
    fields: &[
        ("accepter-vpc-info.cidr-block", |it| blocks(&it.accepter_vpc_info)),
        ("accepter-vpc-info.owner-id", |it| vec![it.accepter_vpc_info.owner_id.clone()]),
        ("accepter-vpc-info.vpc-id", |it| vec![it.accepter_vpc_info.vpc_id.clone()]),
        ("expiration-time", |it| it.expiration_time.iter().map(ToString::to_string).collect()),
        ("requester-vpc-info.cidr-block", |it| blocks(&it.requester_vpc_info)),
        ("requester-vpc-info.owner-id", |it| vec![it.requester_vpc_info.owner_id.clone()]),
        ("requester-vpc-info.vpc-id", |it| vec![it.requester_vpc_info.vpc_id.clone()]),
        ("status-code", |it| vec![it.status.code.word().to_owned()]),
        ("status-message", |it| vec![it.status.message.to_owned()]),
        ("vpc-peering-connection-id", |it| vec![it.vpc_peering_connection_id.clone()]),
    ],
    tags: Some(|it| &it.tags),
};

pub fn describe(
    world: &mut World,
    caller: &Caller,
    input: DescribeVpcPeeringConnections,
) -> Result<DescribedPeerings, AwsError> {
    let world = &*world;
    let candidates: BTreeSet<&str> = world.network.vpc_peering_connections.ids(&Key::place(caller)).collect();
    let page = input.question().answer(world, caller, &SIEVE, candidates.into_iter(), |id| {
        let it = seen(world, caller, id).ok()?;
        Some(description(world, caller, it))
    })?;
    Ok(DescribedPeerings { vpc_peering_connections: page.items, next_token: page.next })
}
