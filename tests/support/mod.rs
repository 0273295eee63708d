//! The door to the sandbox, in process: what transitd's decisions are tested behind, in simulated time.
//!
//! | file | what is in it |
//! |---|---|
//! | [`door`] | `SandboxDoor`: `Read` and `Write` over `aws_sandbox::Sandbox` |
//! | [`questions`] | our calls as parameters in AWS's own names |
//! | [`items`] | the sandbox's answers as our items, by the rules that every door keeps |
//! | [`wire`] | the door to AWS, led to a sandbox |
//! | [`clock`] | `SandboxClock`: the sandbox's time, moved on by whoever waits |

pub mod clock;
pub mod door;
pub mod items;
pub mod questions;
#[cfg(feature = "aws")]
pub mod wire;
