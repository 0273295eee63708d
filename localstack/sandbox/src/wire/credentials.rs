//! Who signs, and for which service and region: the credential scope of AWS's signature version 4.

use axum::http::HeaderMap;

use crate::call::{AwsError, Service};

/// What the `Authorization` header says.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Signed {
    pub access_key_id: String,
    pub session_token: Option<String>,
    pub region: String,
    pub service: Service,
}

/// Reads `AWS4-HMAC-SHA256 Credential=KEY/DATE/REGION/SERVICE/aws4_request, SignedHeaders=.., Signature=..`.
///
/// # Errors
/// `MissingAuthenticationToken` 403 without the header, `IncompleteSignature` 400 for one that cannot be read,
/// `NotModelled` for a service that the sandbox does not speak for.
pub(super) fn read(headers: &HeaderMap) -> Result<Signed, AwsError> {
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let Some(authorization) = headers.get("authorization") else {
        let message = "Request is missing Authentication Token";
        return Err(AwsError::new("MissingAuthenticationToken", message).with_status(403));
    };
    let scope = authorization.to_str().ok().and_then(scope);
    let Some([key, _date, region, service, "aws4_request"]) = scope else {
        let message = "Authorization header requires 'Credential' parameter with the scope of signature version 4.";
        return Err(AwsError::new("IncompleteSignature", message));
    };
    let service = Service::named(service).ok_or_else(|| AwsError::not_modelled(format!("the service {service}")))?;
    Ok(Signed {
        access_key_id: key.to_owned(),
        session_token: text("x-amz-security-token").map(str::to_owned),
        region: region.to_owned(),
        service,
    })
}

fn scope(authorization: &str) -> Option<[&str; 5]> {
    let parameters = authorization.strip_prefix("AWS4-HMAC-SHA256")?;
    let credential = parameters.split(',').find_map(|parameter| parameter.trim().strip_prefix("Credential="))?;
    let parts: Vec<&str> = credential.split('/').collect();
    <[&str; 5]>::try_from(parts).ok().filter(|parts| parts.iter().all(|part| !part.is_empty()))
}
