//! Checked texts that only the config file speaks of. What other stages know too is in `model`.

use std::net::SocketAddr;

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
    /// Where the daemon answers questions after its health: an address with its port, or `off`.
    ListenAddress: is_listen_address, "an address with its port, such as 127.0.0.1:9464, or off";
    /// Where notices are posted. Not in the clear over a network: they tell how the organization's network is built.
    WebhookUrl: is_webhook, "an https:// address; http:// only to this machine itself, such as http://127.0.0.1:9000/notices";
    /// The ARN of a standard SNS topic: a FIFO topic, which ends in `.fifo`, has no subscribers that reach a person
    /// (SNS API reference, `CreateTopic`: 1 to 256 letters, digits, `-` or `_`).
    TopicArn: is_topic, "the ARN of a standard SNS topic, such as arn:aws:sns:eu-central-1:111111111111:transitd";
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

fn is_listen_address(text: &str) -> bool {
    text == "off" || text.parse::<SocketAddr>().is_ok()
}

fn is_webhook(text: &str) -> bool {
    let plain = |text: &str| {
        let host = text.strip_prefix("http://")?.split('/').next()?;
        let name = host.rsplit_once(':').map_or(host, |(name, _)| name);
        Some(["127.0.0.1", "localhost", "[::1]"].contains(&name))
    };
    let is_one = |rest: &str| !rest.is_empty() && !rest.starts_with('/');
    text.bytes().all(|byte| byte.is_ascii_graphic())
        && (text.strip_prefix("https://").is_some_and(is_one) || plain(text) == Some(true))
}

fn is_topic(text: &str) -> bool {
    let parts: Vec<&str> = text.split(':').collect();
    let ["arn", partition, "sns", region, account, name] = parts.as_slice() else { return false };
    let is_word = |word: &str, more: &[u8]| {
        !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_alphanumeric() || more.contains(&byte))
    };
    is_word(partition, b"-")
        && is_word(region, b"-")
        && account.len() == 12
        && account.bytes().all(|byte| byte.is_ascii_digit())
        && is_word(name, b"-_")
        && name.len() <= 256
}

impl ListenAddress {
    /// Returns the address, or none where it is `off`.
    #[must_use]
    pub fn address(&self) -> Option<SocketAddr> {
        self.as_str().parse().ok()
    }
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
    fn a_topic_is_a_standard_one_and_has_its_region_and_account() {
        let is_taken = |text: &str| text.parse::<TopicArn>().is_ok();
        assert!(is_taken("arn:aws:sns:eu-central-1:111111111111:transitd"));
        assert!(is_taken("arn:aws-cn:sns:cn-north-1:111111111111:Net_work-1"));
        for wrong in [
            "transitd",
            "arn:aws:sns:eu-central-1:111111111111:transitd.fifo",
            "arn:aws:sns:eu-central-1:111111111111:transitd:0a1b2c3d-subscription",
            "arn:aws:sns:eu-central-1:11111111111:transitd",
            "arn:aws:sns::111111111111:transitd",
            "arn:aws:sqs:eu-central-1:111111111111:transitd",
        ] {
            assert!(!is_taken(wrong), "{wrong}");
        }
    }

    #[test]
    fn notices_are_not_posted_in_the_clear_over_a_network() {
        let is_taken = |text: &str| text.parse::<WebhookUrl>().is_ok();
        for good in
            ["https://hooks.example.com/T0/B1", "http://127.0.0.1:9000/x", "http://[::1]:9/", "http://localhost"]
        {
            assert!(is_taken(good), "{good}");
        }
        for wrong in [
            "http://hooks.example.com/T0",
            "http://127.0.0.1.example.com/",
            "https://",
            "https:///x",
            "hooks",
            "https://a b",
        ] {
            assert!(!is_taken(wrong), "{wrong}");
        }
    }

    #[test]
    fn a_listen_address_has_a_port_or_is_off() {
        assert_eq!("off".parse::<ListenAddress>().unwrap().address(), None);
        assert!("[::1]:9464".parse::<ListenAddress>().unwrap().address().is_some());
        assert!("9464".parse::<ListenAddress>().is_err());
        assert!("localhost".parse::<ListenAddress>().is_err());
    }

    #[test]
    fn a_direct_connect_gateway_is_a_uuid() {
        assert!("11111111-2222-3333-4444-555555555555".parse::<DirectConnectGatewayId>().is_ok());
        assert!("11111111-2222-3333-4444-55555555555".parse::<DirectConnectGatewayId>().is_err());
        assert!("dxgw-0123456789abcdef0".parse::<DirectConnectGatewayId>().is_err());
    }
}
