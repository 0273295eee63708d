//! `members`: the rules that say which VPCs belong to a segment.

use std::collections::BTreeSet;

use super::decode::Decoder;
use super::problems::Span;
use super::segments::Seen;
use super::shape;
use super::tree::{Node, Value};
use super::types::MemberRule;
use crate::model::AccountId;

pub(super) fn read(decoder: &mut Decoder, node: &Node, seen: &mut Seen) -> Option<Vec<MemberRule>> {
    if matches!(&node.value, Value::List(items) if items.is_empty()) {
        decoder
            .wrong(node.at, "no member rules, so no VPC can belong to this segment")
            .help("write at least one, for instance `- { vpc_tags: { network: prod } }`");
    }
    let rules = decoder.each(node, "member rules", rule)?;
    for (rule, span) in &rules {
        let twin = seen.rules.iter().find(|(other, _)| other == rule).map(|(_, before)| *before);
        if let Some(before) = twin {
            decoder
                .wrong(*span, "the same rule stands twice")
                .also(before, "first here")
                .help("a VPC that fits two segments is frozen: tell the rules apart, or keep one");
        }
        seen.rules.push((rule.clone(), *span));
    }
    Some(rules.into_iter().map(|(rule, _)| rule).collect())
}

/// Reads one rule, whole or not at all: half a rule would fit more VPCs than the file says.
fn rule(decoder: &mut Decoder, node: &Node) -> Option<MemberRule> {
    let before = decoder.problems.len();
    let mut fields = decoder.open::<shape::MemberRule>(node, "a rule, such as { vpc_tags: { network: prod } }")?;
    if matches!(&node.value, Value::Map(entries) if entries.is_empty()) {
        decoder
            .wrong(node.span, "a rule that names nothing fits every VPC of every account")
            .help("if that is meant, say `ou: /`");
    }
    let ou = fields.get(decoder, "ou", Decoder::ou);
    let one = fields.get(decoder, "account", |d, n| member_account(d, n).map(|account| BTreeSet::from([account])));
    let several = fields.get(decoder, "accounts", |d, n| d.set(n, "accounts", member_account));
    let account_tags = fields.get(decoder, "account_tags", Decoder::tags);
    let vpc = fields.get(decoder, "vpc", |d, n| d.parsed(n, "a VPC id"));
    let vpc_tags = fields.get(decoder, "vpc_tags", Decoder::tags);
    fields.both(decoder, "account", "accounts", "put all of them into `accounts`");
    fields.close(decoder);
    if decoder.problems.len() > before {
        return None;
    }
    Some(MemberRule {
        ou,
        accounts: one.or(several).unwrap_or_default(),
        account_tags: account_tags.unwrap_or_default(),
        vpc,
        vpc_tags: vpc_tags.unwrap_or_default(),
    })
}

/// Reads an account that a rule names. One that is left alone, or that the fixed list does not have, would make a
/// rule that never fits.
fn member_account(decoder: &mut Decoder, node: &Node) -> Option<AccountId> {
    let account = decoder.account(node)?;
    if let Some(excluded) = decoder.declared.excluded.get(&account).copied() {
        decoder
            .wrong(node.span, format!("account {account} is excluded, so this rule can never fit"))
            .also(excluded, "excluded here")
            .help("take the account out of `exclude`, or the rule out of the segment");
        return None;
    }
    if is_unlisted(decoder, &account) {
        never_listed(decoder, node.span, &account);
        return None;
    }
    Some(account)
}

/// Tells whether there is a fixed list of accounts that does not have this one. The home account is known without it.
pub(super) fn is_unlisted(decoder: &Decoder, account: &AccountId) -> bool {
    decoder.declared.home.as_ref() != Some(account)
        && decoder.declared.listed.as_ref().is_some_and(|listed| !listed.contains(account))
}

pub(super) fn never_listed(decoder: &mut Decoder, span: Span, account: &AccountId) {
    decoder
        .wrong(span, format!("account {account} is not among `accounts.list`"))
        .help("add it to the list, or correct the id");
}
