//! `attach`: how a member VPC is attached.

use super::decode::Decoder;
use super::shape;
use super::tree::Node;
use super::types::Attach;

pub(super) fn read(decoder: &mut Decoder, node: &Node) -> Option<Attach> {
    let mut fields = decoder.open::<shape::Attach>(node, "how VPCs are attached")?;
    let subnets = fields.get(decoder, "subnets", Decoder::tagged);
    let dns = fields.get_or(decoder, "dns", true, Decoder::boolean);
    let ipv6 = fields.get_or(decoder, "ipv6", false, Decoder::boolean);
    let referencing = fields.get_or(decoder, "security_group_referencing", true, Decoder::boolean);
    fields.close(decoder);
    if ipv6 == Some(false) {
        for (cidr, span) in std::mem::take(&mut decoder.declared.ipv6_spoke_routes) {
            decoder
                .wrong(span, format!("{cidr} is IPv6, and attachments carry none"))
                .also(node.at, "attachments are declared here")
                .help("say `ipv6: true` under `attach`, or leave the range out");
        }
    }
    Some(Attach { subnets: subnets?, dns: dns?, ipv6: ipv6?, security_group_referencing: referencing? })
}
