//! `accounts`: the member accounts, the role to enter them with, and those that are left alone.

use std::collections::BTreeMap;

use super::decode::{Decoder, Fields};
use super::problems::{Span, shown};
use super::shape;
use super::tree::{Node, Value};
use super::types::{AccountSource, Accounts, ExternalId, ListedAccount, MemberRole};
use crate::model::AccountId;

pub(super) fn read(decoder: &mut Decoder, node: &Node) -> Option<Accounts> {
    let mut fields = decoder.open::<shape::Accounts>(node, "the accounts")?;
    let source = source(decoder, &mut fields);
    let role = fields.get(decoder, "role", role);
    let exclude = match fields.node(decoder, "exclude") {
        Some(node) => exclude(decoder, node),
        None => Some(BTreeMap::new()),
    };
    fields.close(decoder);
    Some(Accounts { source: source?, role: role?, exclude: exclude? })
}

fn source(decoder: &mut Decoder, fields: &mut Fields<'_>) -> Option<AccountSource> {
    let from = fields.get(decoder, "from", |d, n| d.word(n, &[("organizations", ())]));
    let list = fields.get(decoder, "list", list);
    if fields.both(decoder, "from", "list", "keep `from: organizations`, or the fixed list where it cannot be read") {
        return None;
    }
    if fields.place("from").is_none() && fields.place("list").is_none() {
        decoder
            .wrong(fields.at, "neither `from` nor `list` says which accounts there are")
            .help("write `from: organizations`; where Organizations cannot be read, `list: [...]`");
    }
    from.map(|()| AccountSource::Organizations).or(list.map(AccountSource::List))
}

fn list(decoder: &mut Decoder, node: &Node) -> Option<BTreeMap<AccountId, ListedAccount>> {
    let before = decoder.problems.len();
    let mut list = BTreeMap::new();
    let mut first: BTreeMap<AccountId, Span> = BTreeMap::new();
    let items = decoder.items(node, "accounts")?;
    if items.is_empty() {
        decoder.wrong(node.at, "a list without accounts").help("list at least one, or write `from: organizations`");
    }
    for item in items {
        let Some(mut fields) = decoder.open::<shape::Listed>(item, "an account") else { continue };
        let id = fields.get(decoder, "id", |d, n| Some((d.account(n)?, n.span)));
        let name = fields.get(decoder, "name", Decoder::text);
        let ou = fields.get(decoder, "ou", Decoder::ou);
        let tags = fields.get(decoder, "tags", Decoder::tags).unwrap_or_default();
        fields.close(decoder);
        let Some((id, span)) = id else { continue };
        if let Some(earlier) = first.get(&id).copied() {
            decoder
                .wrong(span, format!("account {id} is listed twice"))
                .also(earlier, "first listed here")
                .help("once is enough");
            continue;
        }
        first.insert(id.clone(), span);
        // A name that could not be read has been reported; the account is there all the same for what refers to it.
        list.insert(id, ListedAccount { name: name.unwrap_or_default(), ou, tags });
    }
    // References are judged only if every account could be read.
    if decoder.problems.len() == before {
        decoder.declared.listed = Some(list.keys().cloned().collect());
    }
    Some(list)
}

fn role(decoder: &mut Decoder, node: &Node) -> Option<MemberRole> {
    if let Value::Scalar { text, .. } = &node.value {
        let help = format!("write {{ name: {} }}", shown(text));
        decoder.wrong(node.span, "expected the member role with its name, found a single value").help(help);
        return None;
    }
    let mut fields = decoder.open::<shape::MemberRole>(node, "the member role with its name")?;
    let name = fields.get(decoder, "name", Decoder::role);
    let external_id = fields.get(decoder, "external_id", external_id);
    fields.close(decoder);
    Some(MemberRole { name: name?, external_id })
}

fn external_id(decoder: &mut Decoder, node: &Node) -> Option<ExternalId> {
    match &node.value {
        Value::Scalar { .. } => decoder.parsed(node, "an external id").map(ExternalId::Text),
        Value::Map(_) | Value::List(_) | Value::Refused => {
            let mut fields = decoder.open::<shape::FromEnvironment>(node, "an external id, or { env: NAME }")?;
            let name = fields.get(decoder, "env", |d, n| d.parsed(n, "the name of an environment variable"));
            fields.close(decoder);
            name.map(ExternalId::Env)
        }
    }
}

fn exclude(decoder: &mut Decoder, node: &Node) -> Option<BTreeMap<AccountId, String>> {
    let mut exclude = BTreeMap::new();
    for item in decoder.items(node, "accounts to leave alone")? {
        let Some(mut fields) = decoder.open::<shape::Excluded>(item, "an account to leave alone") else { continue };
        let account = fields.get(decoder, "account", |d, n| Some((d.account(n)?, n.span)));
        let why = fields.get(decoder, "why", Decoder::text);
        fields.close(decoder);
        let Some((account, span)) = account else { continue };
        if let Some(before) = decoder.declared.excluded.get(&account).copied() {
            decoder
                .wrong(span, format!("account {account} is excluded twice"))
                .also(before, "first excluded here")
                .help("once is enough");
            continue;
        }
        decoder.declared.excluded.insert(account.clone(), span);
        if decoder.declared.home.as_ref() == Some(&account) {
            decoder
                .wrong(span, format!("account {account} is the home account and cannot be excluded"))
                .help("the home account owns the hubs; to keep its VPCs out, write rules that they do not fit");
        }
        let unlisted = decoder.declared.listed.as_ref().is_some_and(|listed| !listed.contains(&account));
        if unlisted {
            decoder
                .wrong(span, format!("account {account} is excluded, but `list` does not have it"))
                .help("take it out of `exclude`, or correct the id");
        }
        exclude.insert(account, why.unwrap_or_default());
    }
    Some(exclude)
}
