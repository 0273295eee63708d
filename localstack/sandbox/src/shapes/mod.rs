//! The operations and their members, as `shapes/operations.json` has them, and the check of a request against them.
//!
//! The table is derived from botocore's models by `shapes/derive.py` and is the only description of AWS's messages
//! here: requests are checked against it at the one door, the wire's codecs are driven by it, and what it lacks does
//! not exist. A request by any door and an answer have one form, the canonical one: JSON with AWS's own member names,
//! numbers as numbers, times as RFC 3339 text, and null the same as absent.

mod check;
mod refusal;
mod table;

use std::collections::BTreeMap;
use std::sync::OnceLock;

use crate::call::{AwsError, Service};

pub(crate) use refusal::{Fault, join};
pub use table::{Location, Member, Operation, Protocol, ServiceTable, Shape, Structure};

/// Finds an operation.
///
/// # Errors
/// What the service answers to an action that it does not know.
pub fn operation(service: Service, action: &str) -> Result<&'static Operation, AwsError> {
    let table = self::service(service);
    table.operations.get(action).ok_or_else(|| unknown_operation(table, action))
}

/// Returns what the table has of a service.
pub fn service(service: Service) -> &'static ServiceTable {
    static TABLE: OnceLock<BTreeMap<Service, ServiceTable>> = OnceLock::new();
    let services = TABLE.get_or_init(|| table::read(include_str!("../../shapes/operations.json")));
    services.get(&service).expect("the table has every service; reading it checks that")
}

/// The error for an action that a service does not know: `InvalidAction` for the query protocols,
/// `UnknownOperationException` for the JSON ones.
fn unknown_operation(service: &ServiceTable, action: &str) -> AwsError {
    match service.protocol {
        Protocol::Ec2 => {
            AwsError::new("InvalidAction", format!("The action {action} is not valid for this web service."))
        }
        Protocol::Query => {
            let version = &service.version;
            AwsError::new("InvalidAction", format!("Could not find operation {action} for version {version}"))
        }
        Protocol::Json => AwsError::new("UnknownOperationException", format!("Unknown operation {action}")),
        Protocol::RestJson => {
            AwsError::new("UnknownOperationException", format!("Unknown operation {action}")).with_status(404)
        }
    }
}

#[cfg(test)]
mod tests;
