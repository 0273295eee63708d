//! A local AWS: the control plane of an organization's networks, as a value.
//!
//! One model with two doors. In process, [`Sandbox::call`] takes an operation with its parameters in AWS's own member
//! names and answers in the same way, in time that only moves when it is told to. On the wire, [`wire::serve`] speaks
//! AWS's protocols, so that any SDK and the AWS CLI run against it.
//!
//! | room | what is in it |
//! |---|---|
//! | [`call`] | what comes in and goes out: `Call`, `Caller`, `AwsError` |
//! | [`clock`], [`random`] | the sandbox's own time and its seeded dice |
//! | [`world`] | everything there is, and what will happen by itself |
//! | [`sandbox`] | the one door: who calls, is the call well formed, which handler, the log of calls |
//! | [`throttling`] | who may call how often, beside EC2 |
//! | [`seed`] | builds worlds in few words, with AWS's own calls |
//! | [`fields`] | the model as data, for tests: all fields of each kind, and what a world holds in them |
//! | [`shapes`] | the operations and their members, derived from botocore's models |
//! | [`organization`], [`identity`], [`network`], [`sharing`], [`notification`] | Organizations; IAM and STS; EC2; RAM; SNS |
//! | [`trials`] | what is tried on every codec, by fuzz targets and tests |
//! | [`wire`] | the protocols and the server; the only place that knows XML or HTTP |

pub mod call;
pub mod clock;
pub mod fields;
mod handlers;
pub mod identity;
pub mod network;
pub mod notification;
pub mod organization;
pub mod random;
pub mod sandbox;
pub mod seed;
pub mod shapes;
pub mod sharing;
pub mod throttling;
pub mod trials;
pub mod wire;
pub mod world;

pub use call::{AwsError, Call, Service};
pub use clock::{Clock, Pace};
pub use sandbox::{LogEntry, Sandbox, Settings};
