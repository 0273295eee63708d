//! The class of a failed call: one table of AWS's codes.
//!
//! Codes are compared without regard to case, since EC2 spells some in two ways (`InvalidRouteTableId.Malformed`,
//! `InvalidRouteTableID.NotFound`). Messages are never matched.
//!
//! Sources: "Error codes for the Amazon EC2 API", the error lists of botocore's models, the retry tables of the AWS
//! SDK for Rust and of botocore, and for the transit gateway's codes, which no page of AWS lists, sightings in
//! hashicorp/terraform-provider-aws (#9222, #10025, #26754) and in its constants.

use super::calls::{Service, WriteCall};
use super::door::{ApiError, Sending};
use crate::model::Fault;

/// Whether a call reads or writes: a lost answer means nothing to a read and everything to a write. And whether a write
/// takes something away: that it is not there is then no trouble.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Intention {
    Read,
    Write,
    Remove,
}

impl Intention {
    /// Returns what a write intends.
    pub fn of(call: &WriteCall) -> Self {
        if call.takes_away() { Intention::Remove } else { Intention::Write }
    }
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
    ("InvalidStateTransitionException", Fault::Settling),
    // RAM says so for some time after sharing with the organization was turned on (awslabs/landing-zone-accelerator-on-aws
    // tries it again).
    ("OperationNotPermittedException", Fault::Settling),
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
    // Sent by CreateRoute for minutes after an attachment was made (the provider of Terraform tries it again for five). RAM
    // means something else by it: see `RAM_CODES`.
    ("InvalidParameterException", Fault::Settling),
    // It is so already, AWS says.
    ("DuplicateTransitGatewayAttachment", Fault::AlreadyDone),
    ("RouteAlreadyExists", Fault::AlreadyDone),
    ("InvalidAssociation.NotFound", Fault::AlreadyDone),
    ("ResourceShareInvitationAlreadyAcceptedException", Fault::AlreadyDone),
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
    ("InvalidID", Fault::Invalid),
    ("InvalidInputException", Fault::Invalid),
    ("InvalidNextToken", Fault::Invalid),
    ("InvalidNextTokenException", Fault::Invalid),
    ("InvalidPaginationToken", Fault::Invalid),
    ("InvalidParameter", Fault::Invalid),
    ("InvalidParameterCombination", Fault::Invalid),
    ("InvalidParameterValue", Fault::Invalid),
    ("InvalidPrefixListID.NotFound", Fault::Invalid),
    ("InvalidRouteTableId.Malformed", Fault::Invalid),
    ("InvalidSubnetID.NotFound", Fault::Invalid),
    ("InvalidTransitGatewayID.Malformed", Fault::Invalid),
    ("InvalidVpcID.NotFound", Fault::Invalid),
    ("MalformedArnException", Fault::Invalid),
    ("MalformedPolicyDocument", Fault::Invalid),
    ("NoSuchEntity", Fault::Invalid),
    ("ParentNotFoundException", Fault::Invalid),
    ("ResourceShareInvitationAlreadyRejectedException", Fault::Invalid),
    ("ResourceShareInvitationArnNotFoundException", Fault::Invalid),
    ("ResourceShareInvitationExpiredException", Fault::Invalid),
    ("UnknownResourceException", Fault::Invalid),
    ("MissingParameter", Fault::Invalid),
    ("TagPolicyViolation", Fault::Invalid),
    ("TagPolicyViolationException", Fault::Invalid),
    ("TargetNotFoundException", Fault::Invalid),
    ("UnknownParameter", Fault::Invalid),
    ("ValidationError", Fault::Invalid),
    ("ValidationException", Fault::Invalid),
];

/// The codes by which RAM means something else than the others.
const RAM_CODES: &[(&str, Fault)] = &[
    // A principal outside the organization, among other things (RAM API reference).
    ("InvalidParameterException", Fault::Invalid),
];

/// Returns the class of a failed call.
pub fn classify(service: Service, intention: Intention, error: &ApiError) -> Fault {
    let lost = match intention {
        Intention::Read => Fault::Transient,
        Intention::Write | Intention::Remove => Fault::InDoubt,
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
    if error.code == ApiError::STRANGE && intention != Intention::Read {
        return Fault::InDoubt;
    }
    if intention == Intention::Remove && says_absent(&error.code) {
        return Fault::AlreadyDone;
    }
    if intention == Intention::Write && says_present(&error.code) {
        return Fault::AlreadyDone;
    }
    let own = match service {
        Service::Ram => RAM_CODES,
        Service::Ec2 | Service::Iam | Service::Organizations | Service::Sts => &[],
    };
    if let Some((_, fault)) = own.iter().chain(CODES).find(|(code, _)| code.eq_ignore_ascii_case(&error.code)) {
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

/// Tells whether a code says that what was to be taken away is not there. DisassociateTransitGatewayRouteTable was seen to
/// answer `InvalidparameterValue` (sic) for an attachment that is not associated, and nothing else that a removal of ours
/// could get it for; as everything that is said to be done already, it is believed when it is seen.
fn says_absent(code: &str) -> bool {
    let code = code.to_ascii_lowercase();
    code.ends_with(".notfound") || ["invalidparametervalue", "unknownresourceexception"].contains(&code.as_str())
}

/// Tells whether a code says that what was to be made is there. EC2's codes for this end alike; for the double of a prefix list
/// reference AWS names none.
fn says_present(code: &str) -> bool {
    code.to_ascii_lowercase().ends_with(".duplicate")
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
    fn what_was_to_be_taken_away_and_is_not_there_is_no_failure() {
        for code in ["InvalidRoute.NotFound", "InvalidparameterValue", "InvalidTransitGatewayAttachmentID.NotFound"] {
            assert_eq!(classify(Service::Ec2, Intention::Remove, &error(code, 400)), Fault::AlreadyDone, "{code}");
            assert_ne!(classify(Service::Ec2, Intention::Write, &error(code, 400)), Fault::AlreadyDone, "{code}");
        }
        assert_eq!(classify(Service::Ec2, Intention::Remove, &error("IncorrectState", 400)), Fault::Settling);
        assert_eq!(classify(Service::Ec2, Intention::Remove, &error("InternalError", 500)), Fault::InDoubt);
    }

    #[test]
    fn a_throttle_is_no_lost_answer_though_it_comes_with_503() {
        assert_eq!(classify(Service::Ec2, Intention::Write, &error("RequestLimitExceeded", 503)), Fault::Throttled);
    }

    #[test]
    fn a_5xx_leaves_a_write_in_doubt_and_a_read_free_to_be_tried_again() {
        for code in ["InternalError", "Unavailable", "ServiceUnavailable", "SomethingNew"] {
            assert_eq!(classify(Service::Ec2, Intention::Write, &error(code, 500)), Fault::InDoubt, "{code}");
            assert_eq!(classify(Service::Ec2, Intention::Read, &error(code, 500)), Fault::Transient, "{code}");
        }
    }

    #[test]
    fn a_lost_answer_leaves_a_write_in_doubt_whatever_the_code() {
        let lost = ApiError { sending: Sending::Unanswered, ..error("RequestLimitExceeded", 503) };
        assert_eq!(classify(Service::Ec2, Intention::Write, &lost), Fault::InDoubt);
        assert_eq!(classify(Service::Ec2, Intention::Read, &lost), Fault::Transient);
        assert_eq!(classify(Service::Ec2, Intention::Write, &ApiError::not_sent("no route to host")), Fault::Transient);
    }

    #[test]
    fn a_success_that_makes_no_sense_leaves_a_write_in_doubt_and_a_read_unknown() {
        assert_eq!(classify(Service::Ec2, Intention::Write, &ApiError::strange("no id")), Fault::InDoubt);
        assert_eq!(classify(Service::Ec2, Intention::Read, &ApiError::strange("no id")), Fault::Unexpected);
    }

    #[test]
    fn a_call_without_keys_is_denied_to_a_reader_and_never_sent_for_a_writer() {
        let keyless = ApiError { code: ApiError::NO_CREDENTIALS.into(), ..ApiError::not_sent("none") };
        assert_eq!(classify(Service::Ec2, Intention::Read, &keyless), Fault::Denied);
        assert_eq!(classify(Service::Ec2, Intention::Write, &keyless), Fault::Transient);
    }

    #[test]
    fn any_full_quota_is_a_quota_and_never_a_throttle() {
        for code in ["RouteLimitExceeded", "TransitGatewayLimitExceeded", "LimitExceededException"] {
            assert_eq!(classify(Service::Ec2, Intention::Write, &error(code, 400)), Fault::Quota, "{code}");
        }
    }

    #[test]
    fn case_does_not_matter_and_unknown_codes_are_unexpected() {
        assert_eq!(classify(Service::Ec2, Intention::Write, &error("invalidparametervalue", 400)), Fault::Invalid);
        assert_eq!(classify(Service::Ec2, Intention::Write, &error("BrandNewCode", 400)), Fault::Unexpected);
    }

    #[test]
    fn what_ram_says_is_read_as_ram_means_it() {
        let class = |intention, code: &str, status| classify(Service::Ram, intention, &error(code, status));
        for (code, status, fault) in [
            ("InvalidStateTransitionException", 400, Fault::Settling),
            ("OperationNotPermittedException", 400, Fault::Settling),
            ("UnknownResourceException", 400, Fault::Invalid),
            ("MalformedArnException", 400, Fault::Invalid),
            ("InvalidParameterException", 400, Fault::Invalid),
            ("ResourceShareInvitationAlreadyAcceptedException", 400, Fault::AlreadyDone),
            ("ResourceShareInvitationAlreadyRejectedException", 400, Fault::Invalid),
            ("ResourceShareInvitationArnNotFoundException", 400, Fault::Invalid),
            ("ResourceShareInvitationExpiredException", 400, Fault::Invalid),
            ("ResourceShareLimitExceededException", 400, Fault::Quota),
            ("TagLimitExceededException", 400, Fault::Quota),
            ("TagPolicyViolationException", 400, Fault::Invalid),
            ("ThrottlingException", 429, Fault::Throttled),
            ("ServerInternalException", 500, Fault::InDoubt),
            ("ServiceUnavailableException", 503, Fault::InDoubt),
        ] {
            assert_eq!(class(Intention::Write, code, status), fault, "{code}");
        }
        assert_eq!(class(Intention::Remove, "UnknownResourceException", 400), Fault::AlreadyDone);
        let of_create_route = classify(Service::Ec2, Intention::Write, &error("InvalidParameterException", 400));
        assert_eq!(of_create_route, Fault::Settling, "the VPC's attachment is not available yet");
    }

    #[test]
    fn what_iam_and_organizations_say_about_one_thing_is_known() {
        for (service, code, status, fault) in [
            (Service::Iam, "NoSuchEntity", 404, Fault::Invalid),
            (Service::Iam, "AccessDenied", 403, Fault::Denied),
            (Service::Iam, "Throttling", 400, Fault::Throttled),
            (Service::Iam, "ServiceFailure", 500, Fault::Transient),
            (Service::Organizations, "TargetNotFoundException", 400, Fault::Invalid),
            (Service::Organizations, "AccessDeniedException", 400, Fault::Denied),
            (Service::Organizations, "TooManyRequestsException", 400, Fault::Throttled),
        ] {
            assert_eq!(classify(service, Intention::Read, &error(code, status)), fault, "{code}");
        }
    }

    #[test]
    fn what_ec2_says_about_gateways_routes_and_references_is_known() {
        for (intention, code, fault) in [
            (Intention::Write, "InvalidTransitGatewayID.NotFound", Fault::Settling),
            (Intention::Write, "InvalidTransitGatewayAttachmentID.NotFound", Fault::Settling),
            (Intention::Write, "IncorrectState", Fault::Settling),
            (Intention::Write, "InvalidParameterCombination", Fault::Invalid),
            (Intention::Write, "InsufficientSubnetsException", Fault::Invalid),
            (Intention::Write, "InvalidPrefixListID.NotFound", Fault::Invalid),
            (Intention::Write, "RouteAlreadyExists", Fault::AlreadyDone),
            (Intention::Write, "TransitGatewayRouteTablePropagation.Duplicate", Fault::AlreadyDone),
            (Intention::Write, "InvalidPrefixListReference.Duplicate", Fault::AlreadyDone),
            (Intention::Write, "TransitGatewayLimitExceeded", Fault::Quota),
            (Intention::Write, "ResourceCountLimitExceeded", Fault::Quota),
            (Intention::Write, "TagLimitExceeded", Fault::Quota),
            (Intention::Remove, "InvalidRoute.NotFound", Fault::AlreadyDone),
            (Intention::Remove, "InvalidRouteTableID.NotFound", Fault::AlreadyDone),
            (Intention::Remove, "TransitGatewayRouteTablePropagation.NotFound", Fault::AlreadyDone),
            (Intention::Remove, "DependencyViolation", Fault::Settling),
        ] {
            assert_eq!(classify(Service::Ec2, intention, &error(code, 400)), fault, "{intention:?} {code}");
        }
    }

    #[test]
    fn every_code_stands_in_the_table_once() {
        for (index, (code, _)) in CODES.iter().enumerate() {
            assert!(!CODES[..index].iter().any(|(other, _)| other.eq_ignore_ascii_case(code)), "{code} twice");
        }
    }
}
