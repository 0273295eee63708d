//! RAM's kinds, IAM's and Organizations'.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use serde_json::{Map, Value, json};

use super::{KindOf, Kinds, Modelled, Told};
use crate::identity::policy::Policy;
use crate::identity::trust::Trust;
use crate::identity::{self, Identity, Role};
use crate::organization::{AccountState, Organization, Organizations, structure};
use crate::sharing::association::{self, Association};
use crate::sharing::invitation::{self, Invitation};
use crate::sharing::resource_share::{self, ResourceShare};
use crate::sharing::{Sharing, resource_share::Tag as ShareTag};

plain! { association::Status, invitation::Status, resource_share::Status, ShareTag, identity::roles::Tag }

impl Told for &'static str {
    fn told(&self) -> Value {
        json!(self)
    }
}

impl Told for AccountState {
    fn told(&self) -> Value {
        json!(format!("{self:?}"))
    }
}

impl Told for Policy {
    fn told(&self) -> Value {
        json!(self.text)
    }
}

impl Told for Trust {
    fn told(&self) -> Value {
        json!(self.text)
    }
}

modelled! {
    ResourceShare {
        arn: String, name: String, owner: String, region: String, allow_external: bool, status: resource_share::Status,
        created: Timestamp, updated: Timestamp, tags: Vec<ShareTag>, resources: BTreeMap<String, Association>,
        principals: BTreeMap<String, Association>, permissions: BTreeSet<&'static str>, retains: bool,
    }
    Association {
        status: association::Status, created: Timestamp, updated: Timestamp, invited: bool, external: bool, sees: bool,
    }
    Invitation {
        arn: String, share: String, share_name: String, region: String, sender: String, receiver: String,
        sent: Timestamp, status: invitation::Status,
    }
    Role {
        id: String, arn: String, name: String, path: String, description: Option<String>, created: Timestamp,
        max_session_duration: u32, trust: Trust, tags: Vec<identity::roles::Tag>, inline: BTreeMap<String, Policy>,
        attached: Vec<String>, boundary: Option<String>, is_held: bool,
    }
    structure::Account {
        name: String, email: String, parent: String, state: AccountState, joined_method: &'static str,
        joined: Timestamp,
    }
    structure::Unit { name: String, parent: String }
}

/// Within a share, an association only says that it is there: what it holds counts as a kind of its own.
impl Told for Association {
    fn told(&self) -> Value {
        json!("there")
    }
}

fn kind<'a, T: Modelled + 'a>(items: impl Iterator<Item = (String, &'a T)>) -> KindOf {
    KindOf { fields: T::fields(), items: items.map(|(id, item)| (id, Value::Object(item.values()))).collect() }
}

pub(super) fn sharing(sharing: &Sharing) -> Kinds {
    let Sharing {
        shares,
        by_place: _,
        by_principal: _,
        invitations,
        organizations: _,
        tokens: _,
        switches: _,
        quotas: _,
    } = sharing;
    let within = |of: fn(&ResourceShare) -> &BTreeMap<String, Association>| {
        let all = shares.values().flat_map(move |share| of(share).iter().map(move |(entity, it)| (share, entity, it)));
        kind(all.map(|(share, entity, it)| (format!("{} {entity}", share.arn), it)))
    };
    BTreeMap::from([
        ("resource-share", kind(shares.iter().map(|(arn, share)| (arn.clone(), share)))),
        ("share-principal", within(|share| &share.principals)),
        ("share-resource", within(|share| &share.resources)),
        ("invitation", kind(invitations.iter().map(|(arn, invitation)| (arn.clone(), invitation)))),
    ])
}

pub(super) fn identity(identity: &Identity) -> Kinds {
    let Identity { enforcement: _, accounts, sessions: _, deletions: _ } = identity;
    let roles = accounts.iter().flat_map(|(account, of)| {
        let identity::Account { roles, policies: _ } = of;
        roles.iter().map(move |(name, role)| (format!("{account}/{name}"), role))
    });
    BTreeMap::from([("role", kind(roles))])
}

pub(super) fn organization(organizations: &Organizations) -> Kinds {
    let Organizations {
        organizations,
        membership: _,
        gone: _,
        handshakes: _,
        empty_pages: _,
        status_retired: _,
        account_quota: _,
    } = organizations;
    let each = |organization: &Organization| {
        let Organization {
            id: _,
            management: _,
            root: _,
            all_features: _,
            units: _,
            accounts: _,
            creations: _,
            services: _,
            delegated: _,
            tags: _,
            policies: _,
        } = organization;
    };
    organizations.values().for_each(each);
    let accounts = organizations.values().flat_map(|it| &it.accounts);
    let units = organizations.values().flat_map(|it| &it.units);
    let tags = organizations.values().flat_map(|it| &it.tags).map(|(id, tags)| (id.clone(), json!({"tags": tags})));
    let described = organizations.values().map(|it| (it.id.clone(), json!({"management": it.management})));
    BTreeMap::from([
        ("account", kind(accounts.map(|(id, account)| (id.clone(), account)))),
        ("unit", kind(units.map(|(id, unit)| (id.clone(), unit)))),
        ("organization", KindOf { fields: vec!["management".to_owned()], items: described.collect::<Map<_, _>>() }),
        ("organization-tags", KindOf { fields: vec!["tags".to_owned()], items: tags.collect::<Map<_, _>>() }),
    ])
}
