//! The table of a service's actions, each with its handler.

use serde_json::Value;

use crate::call::{AwsError, Caller};
use crate::world::World;

pub(crate) type Handler = fn(&mut World, &Caller, &Value) -> Result<Value, AwsError>;

/// Declares a service's actions, `ACTIONS`, and `handler`, which finds the one of an action. The service's own `run` reads the
/// request and writes the answer.
macro_rules! handlers {
    ($($action:literal => $handler:path,)*) => {
        /// All actions that the sandbox models.
        pub const ACTIONS: &[&str] = &[$($action),*];

        fn handler(action: &str) -> Option<$crate::handlers::Handler> {
            match action {
                $($action => Some(|world, caller, params| run(world, caller, params, $handler)),)*
                _ => None,
            }
        }
    };
}

pub(crate) use handlers;
