//! Handshakes: by an invitation that it accepts, an account that is already there joins an organization.
//!
//! `OPEN → ACCEPTED | DECLINED | CANCELED | EXPIRED`. The invited account accepts or declines, the management account
//! cancels, and after 15 days it is too late; what became of a handshake is shown for 30 days more ("Inviting an AWS
//! account to join your organization"). An account that joins so is at the root, and has no role for the management
//! account. Of the kinds of handshakes there is this one alone.

use std::time::Duration;

use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};

use super::listing::page;
use super::structure::{Account, OrgId};
use super::tags::Tag;
use super::{AccountState, Event, Organization, as_management, as_reader, invalid, violates};
use crate::call::{AccountId, AwsError, Caller};
use crate::identity::{self, ServiceLinked};
use crate::world::{self, World};

const LIFE: Duration = Duration::from_secs(15 * 24 * 3600);
const SHOWN_AFTER: Duration = Duration::from_secs(30 * 24 * 3600);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum State {
    Open,
    Accepted,
    Declined,
    Canceled,
    Expired,
}

impl State {
    fn word(self) -> &'static str {
        match self {
            State::Open => "OPEN",
            State::Accepted => "ACCEPTED",
            State::Declined => "DECLINED",
            State::Canceled => "CANCELED",
            State::Expired => "EXPIRED",
        }
    }
}

/// An invitation.
#[derive(Clone, Debug)]
pub(crate) struct Handshake {
    id: String,
    organization: OrgId,
    management: AccountId,
    account: AccountId,
    state: State,
    requested: Timestamp,
    notes: Option<String>,
    tags: Vec<Tag>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct OneHandshake {
    handshake: Shown,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Shown {
    id: String,
    arn: String,
    parties: Vec<Party>,
    state: &'static str,
    requested_timestamp: Timestamp,
    expiration_timestamp: Timestamp,
    action: &'static str,
    resources: Vec<Resource>,
}

#[derive(Deserialize, Serialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct Party {
    id: String,
    r#type: PartyType,
}

#[derive(Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "SCREAMING_SNAKE_CASE")]
enum PartyType {
    Account,
    Organization,
    Email,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Resource {
    value: String,
    r#type: &'static str,
}

impl Handshake {
    fn expires(&self) -> Timestamp {
        self.requested + SignedDuration::try_from(LIFE).expect("15 days")
    }

    fn shown(&self) -> Shown {
        let resource = |r#type, value: &String| Resource { value: value.clone(), r#type };
        let mut resources = vec![resource("ORGANIZATION", &self.organization), resource("ACCOUNT", &self.account)];
        resources.extend(self.notes.as_ref().map(|notes| resource("NOTES", notes)));
        // Parties have their ids without what tells their kind.
        let organization = self.organization.trim_start_matches("o-").to_owned();
        Shown {
            id: self.id.clone(),
            arn: format!(
                "arn:aws:organizations::{}:handshake/{}/invite/{}",
                self.management, self.organization, self.id
            ),
            parties: vec![
                Party { id: self.account.clone(), r#type: PartyType::Account },
                Party { id: organization, r#type: PartyType::Organization },
            ],
            state: self.state.word(),
            requested_timestamp: self.requested,
            expiration_timestamp: self.expires(),
            action: "INVITE",
            resources,
        }
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct InviteRequest {
    target: Party,
    notes: Option<String>,
    #[serde(default)]
    tags: Vec<Tag>,
}

/// Invites an account, by its id.
///
/// # Errors
/// `DuplicateHandshakeException`, `HandshakeConstraintViolationException` for an account that is in an organization.
pub(super) fn invite(world: &mut World, caller: &Caller, request: InviteRequest) -> Result<OneHandshake, AwsError> {
    let (now, quota) = (world.now, world.organization.account_quota);
    let id = format!("h-{}", world.dice.letters(10));
    let organization = as_management(world, caller)?;
    let account = request.target.id;
    match request.target.r#type {
        PartyType::Account if !identity::is_account_id(&account) => {
            return Err(invalid("INVALID_PATTERN_TARGET_ID", "The id of an account has twelve digits."));
        }
        PartyType::Account => {}
        PartyType::Email => return Err(AwsError::not_modelled("an invitation by e-mail address")),
        PartyType::Organization => {
            return Err(invalid("INVALID_PARTY_TYPE_TARGET", "You can't invite an organization."));
        }
    }
    if organization.accounts.len() >= quota {
        return Err(violates("ACCOUNT_NUMBER_LIMIT_EXCEEDED", "You have exceeded the allowed number of AWS accounts."));
    }
    let (organization, management) = (organization.id.clone(), organization.management.clone());
    if world.organization.is_member(&organization, &account) {
        return Err(constraint("ALREADY_IN_AN_ORGANIZATION", "The account is already a member of this organization."));
    }
    let mut others = world.organization.handshakes.values();
    if others.any(|it| it.state == State::Open && it.organization == organization && it.account == account) {
        let message = "A handshake with the same action and target already exists.";
        return Err(AwsError::new("DuplicateHandshakeException", message));
    }
    let (state, notes, tags) = (State::Open, request.notes, request.tags);
    let handshake = Handshake { id: id.clone(), organization, management, account, state, requested: now, notes, tags };
    let shown = handshake.shown();
    world.organization.handshakes.insert(id.clone(), handshake);
    world.exactly_after(LIFE, world::Event::Organization(Event::HandshakeExpired(id)));
    Ok(OneHandshake { handshake: shown })
}

fn constraint(reason: &str, message: &str) -> AwsError {
    AwsError::new("HandshakeConstraintViolationException", message).for_reason(reason)
}

pub(super) fn expire(world: &mut World, id: &str) {
    if world.organization.handshakes.get(id).is_some_and(|it| it.state == State::Open) {
        end(world, id, State::Expired);
    }
}

pub(super) fn forget(world: &mut World, id: &str) {
    world.organization.handshakes.remove(id);
}

fn end(world: &mut World, id: &str, state: State) {
    if let Some(handshake) = world.organization.handshakes.get_mut(id) {
        handshake.state = state;
        world.exactly_after(SHOWN_AFTER, world::Event::Organization(Event::HandshakeForgotten(id.to_owned())));
    }
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct HandshakeRequest {
    handshake_id: String,
}

/// Finds a handshake that the caller is a party of.
fn party<'w>(world: &'w World, caller: &Caller, id: &str) -> Result<&'w Handshake, AwsError> {
    let handshake = world.organization.handshakes.get(id);
    handshake.filter(|it| [&it.account, &it.management].contains(&&caller.account)).ok_or_else(|| {
        let message = "We can't find a handshake with the HandshakeId that you specified.";
        AwsError::new("HandshakeNotFoundException", message)
    })
}

/// Finds an open handshake that it is for an account to end.
fn open_for(world: &World, caller: &Caller, id: &str, invited: bool) -> Result<Handshake, AwsError> {
    let handshake = party(world, caller, id)?;
    let ends = if invited { &handshake.account } else { &handshake.management };
    if *ends != caller.account {
        return Err(super::access_denied());
    }
    if handshake.state == State::Open {
        return Ok(handshake.clone());
    }
    let message =
        format!("You can't perform the operation on the handshake in its current state: {}", handshake.state.word());
    Err(AwsError::new("InvalidHandshakeTransitionException", message))
}

/// Joins the organization that the caller was invited to.
pub(super) fn accept(world: &mut World, caller: &Caller, request: HandshakeRequest) -> Result<OneHandshake, AwsError> {
    let handshake = open_for(world, caller, &request.handshake_id, true)?;
    let account = handshake.account.clone();
    if world.organization.exists(&account) {
        let message = "The account is already a member of an organization.";
        return Err(constraint("ALREADY_IN_AN_ORGANIZATION", message));
    }
    let joined = world.now;
    let gone = || AwsError::new("HandshakeNotFoundException", "The organization is no more.");
    let organization = world.organization.organizations.get_mut(&handshake.organization).ok_or_else(gone)?;
    organization.put_tags(&account, handshake.tags)?;
    organization.welcome(&account, joined);
    world.organization.membership.insert(account.clone(), handshake.organization);
    identity::ensure_service_linked_role(world, &account, ServiceLinked::Organizations);
    end(world, &handshake.id, State::Accepted);
    Ok(OneHandshake { handshake: party(world, caller, &handshake.id)?.shown() })
}

impl Organization {
    /// Puts an account that was there before at the root.
    fn welcome(&mut self, account: &str, joined: Timestamp) {
        let made = Account {
            name: format!("account {account}"),
            email: format!("account+{account}@example.com"),
            parent: self.root.clone(),
            state: AccountState::Active,
            joined_method: "INVITED",
            joined,
        };
        self.accounts.insert(account.to_owned(), made);
        self.policies.welcome(account);
    }
}

pub(super) fn decline(world: &mut World, caller: &Caller, request: HandshakeRequest) -> Result<OneHandshake, AwsError> {
    let handshake = open_for(world, caller, &request.handshake_id, true)?;
    end(world, &handshake.id, State::Declined);
    Ok(OneHandshake { handshake: party(world, caller, &handshake.id)?.shown() })
}

pub(super) fn cancel(world: &mut World, caller: &Caller, request: HandshakeRequest) -> Result<OneHandshake, AwsError> {
    let handshake = open_for(world, caller, &request.handshake_id, false)?;
    end(world, &handshake.id, State::Canceled);
    Ok(OneHandshake { handshake: party(world, caller, &handshake.id)?.shown() })
}

pub(super) fn describe(
    world: &mut World,
    caller: &Caller,
    request: HandshakeRequest,
) -> Result<OneHandshake, AwsError> {
    Ok(OneHandshake { handshake: party(world, caller, &request.handshake_id)?.shown() })
}

#[derive(Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
pub(super) struct ListRequest {
    #[serde(default)]
    filter: Filter,
    max_results: Option<usize>,
    next_token: Option<String>,
}

#[derive(Default, Deserialize)]
#[serde(rename_all = "PascalCase", deny_unknown_fields)]
struct Filter {
    action_type: Option<String>,
    parent_handshake_id: Option<String>,
}

impl Filter {
    /// Says whether invitations pass; there are no handshakes of other types, and none that belong to another.
    fn admits_invitations(&self) -> bool {
        self.action_type.as_deref().is_none_or(|wanted| wanted == "INVITE") && self.parent_handshake_id.is_none()
    }
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct HandshakeList {
    handshakes: Vec<Shown>,
    next_token: Option<String>,
}

/// Lists the invitations that the caller was sent.
pub(super) fn list_for_account(
    world: &mut World,
    caller: &Caller,
    request: ListRequest,
) -> Result<HandshakeList, AwsError> {
    let account = caller.account.clone();
    list(world, request, &format!("handshakes of {account}"), |it| it.account == account)
}

/// Lists the invitations that the caller's organization sent.
pub(super) fn list_for_organization(
    world: &mut World,
    caller: &Caller,
    request: ListRequest,
) -> Result<HandshakeList, AwsError> {
    let organization = as_reader(world, caller)?.id.clone();
    list(world, request, &format!("handshakes of {organization}"), |it| it.organization == organization)
}

fn list(
    world: &mut World,
    request: ListRequest,
    name: &str,
    wanted: impl Fn(&Handshake) -> bool,
) -> Result<HandshakeList, AwsError> {
    let admits = request.filter.admits_invitations();
    let all = world.organization.handshakes.values().filter(|it| admits && wanted(it));
    let shown = all.map(|it| (it.id.clone(), it.shown())).collect();
    let page = page(world, name, shown, request.max_results, request.next_token)?;
    Ok(HandshakeList { handshakes: page.items, next_token: page.next_token })
}
