//! Where keys, regions and endpoints come from: from the places where the AWS CLI finds them, in the same order.

use aws_config::{AppName, BehaviorVersion, ConfigLoader};

use super::door::AwsDoor;

/// The SDK's defaults as of a date, so that a newer SDK brings no other behaviour unasked.
fn defaults() -> BehaviorVersion {
    BehaviorVersion::v2026_01_12()
}

/// Makes the door to AWS, with the settings of the process: environment, profiles, web identity, container and instance
/// roles, `AWS_ENDPOINT_URL` and its variants by service.
///
/// Calls nothing that needs keys: those are looked for when the first call is signed.
pub async fn connect() -> AwsDoor {
    AwsDoor::new(&settings().load().await)
}

/// The process's settings, for the door and for whoever else speaks to AWS.
pub(super) fn settings() -> ConfigLoader {
    let name = AppName::new("transitd").expect("an app name is letters alone");
    aws_config::defaults(defaults()).app_name(name)
}
