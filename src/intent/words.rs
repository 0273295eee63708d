//! Checked texts that only the config file speaks of. What other stages know too is in `model`.

use crate::model::ids::names;

names! {
    /// An external id: 2 to 1,224 letters, digits or `+=,.@:/-_` (STS API reference, `AssumeRole`).
    ExternalIdText: is_external_id, "an external id: 2 to 1224 letters, digits or + = , . @ : / - _";
    /// The name of an environment variable.
    VariableName: is_variable_name, "the name of an environment variable, such as TRANSITD_EXTERNAL_ID";
    /// The id of a site-to-site VPN connection.
    VpnConnectionId: is_vpn_id, "a VPN connection id, such as vpn-0123456789abcdef0";
    /// The id of a Direct Connect gateway: a UUID.
    DirectConnectGatewayId: is_uuid, "a Direct Connect gateway id: a UUID, such as 11111111-2222-3333-4444-555555555555";
}

fn is_external_id(text: &str) -> bool {
    (2..=1224).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+=,.@:/-_".contains(&byte))
}

fn is_variable_name(text: &str) -> bool {
    text.starts_with(|first: char| first.is_ascii_alphabetic() || first == '_')
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

fn is_vpn_id(text: &str) -> bool {
    text.strip_prefix("vpn-")
        .is_some_and(|rest| (1..=64).contains(&rest.len()) && rest.bytes().all(|byte| byte.is_ascii_alphanumeric()))
}

fn is_uuid(text: &str) -> bool {
    let groups: Vec<&str> = text.split('-').collect();
    groups.iter().map(|group| group.len()).eq([8, 4, 4, 4, 12])
        && groups.iter().all(|group| group.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_external_id_has_the_length_and_letters_that_sts_takes() {
        assert!("a".parse::<ExternalIdText>().is_err());
        assert!("a b".parse::<ExternalIdText>().is_err());
        assert!("x".repeat(1225).parse::<ExternalIdText>().is_err());
        assert!("corp:net/42".parse::<ExternalIdText>().is_ok());
    }

    #[test]
    fn a_direct_connect_gateway_is_a_uuid() {
        assert!("11111111-2222-3333-4444-555555555555".parse::<DirectConnectGatewayId>().is_ok());
        assert!("11111111-2222-3333-4444-55555555555".parse::<DirectConnectGatewayId>().is_err());
        assert!("dxgw-0123456789abcdef0".parse::<DirectConnectGatewayId>().is_err());
    }
}
