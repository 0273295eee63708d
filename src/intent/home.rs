//! `home`: the central network account.

use super::decode::Decoder;
use super::shape;
use super::tree::Node;
use super::types::Home;

pub(super) fn read(decoder: &mut Decoder, node: &Node) -> Option<Home> {
    let mut fields = decoder.open::<shape::Home>(node, "the home account")?;
    let account = fields.get(decoder, "account", Decoder::account);
    let organization = fields.get(decoder, "organization", |d, n| d.parsed(n, "an organization id"));
    let role = fields.get(decoder, "role", Decoder::role);
    fields.close(decoder);
    decoder.declared.home.clone_from(&account);
    Some(Home { account: account?, organization: organization?, role })
}
