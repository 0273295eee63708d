//! The class of a failed call: one table of AWS's codes.
//!
//! Codes are compared without regard to case, since EC2 spells some in two ways (`InvalidRouteTableId.Malformed`,
//! `InvalidRouteTableID.NotFound`). Messages are never matched.
//!
//! Sources: "Error codes for the Amazon EC2 API", the error lists of botocore's models, the retry tables of the AWS
//! SDK for Rust and of botocore, and for the transit gateway's codes, which no page of AWS lists, sightings in
//! hashicorp/terraform-provider-aws (#9222, #10025, #26754) and in its constants.

use super::door::{ApiError, Sending};
use crate::model::Fault;

/// Whether a call reads or writes: a lost answer means nothing to a read and everything to a write.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Intention {
    Read,
    Write,
}

/// The codes that AWS is known to answer. What is not in here and no 5xx is [`Fault::Unexpected`].
const CODES: &[(&str, Fault)] = &[
    // Refused for the rate of calls; nothing was done.
    ("BandwidthLimitExceeded", Fault::Throttled),
    ("EC2ThrottledException", Fault::Throttled),
    ("PriorRequestNotComplete", Fault::Throttled),
    ("RequestLimitExceeded", Fault::Throttled),
    ("RequestThrottled", Fault::Throttled),
    ("RequestThrottledException", Fault::Throttled),
    ("SlowDown", Fault::Throttled),
    ("ThrottledException", Fault::Throttled),
    ("Throttling", Fault::Throttled),
    ("ThrottlingException", Fault::Throttled),
    ("TooManyRequestsException", Fault::Throttled),
    // AWS is not ready for the call yet.
    ("ConcurrentModificationException", Fault::Settling),
    ("ConcurrentTagAccess", Fault::Settling),
    ("DependencyViolation", Fault::Settling),
    ("IncorrectState", Fault::Settling),
    // Sent by AssociateTransitGatewayRouteTable both for this table and while an old association is going.
    ("Resource.AlreadyAssociated", Fault::Settling),
    // Seen for minutes after a gateway was shared, and by CreateRoute while the VPC's attachment is not available.
    ("InvalidTransitGatewayID.NotFound", Fault::Settling),
    ("InvalidTransitGatewayAttachmentID.NotFound", Fault::Settling),
    ("InvalidRouteTableID.NotFound", Fault::Settling),
    // Sent by CreateRoute for minutes after an attachment was made (the provider of Terraform tries it again for five).
    ("InvalidParameterException", Fault::Settling),
    // It is so already, AWS says.
    ("DuplicateTransitGatewayAttachment", Fault::AlreadyDone),
    ("RouteAlreadyExists", Fault::AlreadyDone),
    ("TransitGatewayRouteTablePropagation.Duplicate", Fault::AlreadyDone),
    ("InvalidAssociation.NotFound", Fault::AlreadyDone),
    // The keys are old or not known.
    ("AuthFailure", Fault::StaleCredentials),
    ("ExpiredToken", Fault::StaleCredentials),
    ("ExpiredTokenException", Fault::StaleCredentials),
    ("InvalidClientTokenId", Fault::StaleCredentials),
    ("RequestExpired", Fault::StaleCredentials),
    ("UnrecognizedClientException", Fault::StaleCredentials),
    // Not allowed.
    ("AccessDenied", Fault::Denied),
    ("AccessDeniedException", Fault::Denied),
    ("AWSOrganizationsNotInUseException", Fault::Denied),
    ("Blocked", Fault::Denied),
    ("OptInRequired", Fault::Denied),
    ("PendingVerification", Fault::Denied),
    ("RegionDisabledException", Fault::Denied),
    ("UnauthorizedOperation", Fault::Denied),
    // A quota is full. Other codes that end in LimitExceeded are quotas too: see `classify`.
    ("InsufficientFreeAddressesInSubnet", Fault::Quota),
    // The request itself is wrong, for AWS as it is now.
    ("DuplicateSubnetsInSameZone", Fault::Invalid),
    ("InsufficientSubnetsException", Fault::Invalid),
    ("InvalidParameter", Fault::Invalid),
    ("InvalidParameterCombination", Fault::Invalid),
    ("InvalidParameterValue", Fault::Invalid),
    ("InvalidRouteTableId.Malformed", Fault::Invalid),
    ("InvalidSubnetID.NotFound", Fault::Invalid),
    ("InvalidTransitGatewayID.Malformed", Fault::Invalid),
    ("InvalidVpcID.NotFound", Fault::Invalid),
    ("MalformedPolicyDocument", Fault::Invalid),
    ("MissingParameter", Fault::Invalid),
    ("TagPolicyViolation", Fault::Invalid),
    ("UnknownParameter", Fault::Invalid),
    ("ValidationError", Fault::Invalid),
    ("ValidationException", Fault::Invalid),
];

/// Returns the class of a failed call.
pub fn classify(intention: Intention, error: &ApiError) -> Fault {
    let lost = match intention {
        Intention::Read => Fault::Transient,
        Intention::Write => Fault::InDoubt,
    };
    match error.sending {
        // Whoever has no keys has none a second later; a write only waits for a later pass.
        Sending::NotSent if error.code == ApiError::NO_CREDENTIALS && intention == Intention::Read => {
            return Fault::Denied;
        }
        Sending::NotSent => return Fault::Transient,
        Sending::Unanswered => return lost,
        Sending::Answered => {}
    }
    // AWS said yes in words that make no sense: a write may well have been done.
    if error.code == ApiError::STRANGE && intention == Intention::Write {
        return Fault::InDoubt;
    }
    if let Some((_, fault)) = CODES.iter().find(|(code, _)| code.eq_ignore_ascii_case(&error.code)) {
        return *fault;
    }
    let code = error.code.to_ascii_lowercase();
    if code.ends_with("limitexceeded") || code.ends_with("limitexceededexception") {
        return Fault::Quota;
    }
    if error.status.is_some_and(|status| status >= 500) {
        return lost;
    }
    Fault::Unexpected
}

#[cfg(test)]
mod tests {
    use super::*;

    fn error(code: &str, status: u16) -> ApiError {
        ApiError {
            code: code.into(),
            status: Some(status),
            message: String::new(),
            request_id: None,
            sending: Sending::Answered,
        }
    }

    #[test]
    fn a_throttle_is_no_lost_answer_though_it_comes_with_503() {
        assert_eq!(classify(Intention::Write, &error("RequestLimitExceeded", 503)), Fault::Throttled);
    }

    #[test]
    fn a_5xx_leaves_a_write_in_doubt_and_a_read_free_to_be_tried_again() {
        for code in ["InternalError", "Unavailable", "ServiceUnavailable", "SomethingNew"] {
            assert_eq!(classify(Intention::Write, &error(code, 500)), Fault::InDoubt, "{code}");
            assert_eq!(classify(Intention::Read, &error(code, 500)), Fault::Transient, "{code}");
        }
    }

    #[test]
    fn a_lost_answer_leaves_a_write_in_doubt_whatever_the_code() {
        let lost = ApiError { sending: Sending::Unanswered, ..error("RequestLimitExceeded", 503) };
        assert_eq!(classify(Intention::Write, &lost), Fault::InDoubt);
        assert_eq!(classify(Intention::Read, &lost), Fault::Transient);
        assert_eq!(classify(Intention::Write, &ApiError::not_sent("no route to host")), Fault::Transient);
    }

    #[test]
    fn a_success_that_makes_no_sense_leaves_a_write_in_doubt_and_a_read_unknown() {
        assert_eq!(classify(Intention::Write, &ApiError::strange("no id")), Fault::InDoubt);
        assert_eq!(classify(Intention::Read, &ApiError::strange("no id")), Fault::Unexpected);
    }

    #[test]
    fn a_call_without_keys_is_denied_to_a_reader_and_never_sent_for_a_writer() {
        let keyless = ApiError { code: ApiError::NO_CREDENTIALS.into(), ..ApiError::not_sent("none") };
        assert_eq!(classify(Intention::Read, &keyless), Fault::Denied);
        assert_eq!(classify(Intention::Write, &keyless), Fault::Transient);
    }

    #[test]
    fn any_full_quota_is_a_quota_and_never_a_throttle() {
        for code in ["RouteLimitExceeded", "TransitGatewayLimitExceeded", "LimitExceededException"] {
            assert_eq!(classify(Intention::Write, &error(code, 400)), Fault::Quota, "{code}");
        }
    }

    #[test]
    fn case_does_not_matter_and_unknown_codes_are_unexpected() {
        assert_eq!(classify(Intention::Write, &error("invalidparametervalue", 400)), Fault::Invalid);
        assert_eq!(classify(Intention::Write, &error("BrandNewCode", 400)), Fault::Unexpected);
    }

    #[test]
    fn every_code_stands_in_the_table_once() {
        for (index, (code, _)) in CODES.iter().enumerate() {
            assert!(!CODES[..index].iter().any(|(other, _)| other.eq_ignore_ascii_case(code)), "{code} twice");
        }
    }
}
