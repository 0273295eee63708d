//! transitd keeps the network of an AWS organization the way one file says it should be.
//!
//! # The way data flows
//!
//! ```text
//! config file ─intent→ Intent ─┐
//!                              ├─compile→ Topology ─┐
//! AWS ──observe→ Snapshot ─────┘                    ├─plan→ Plan ─review→ ApprovedPlan ─apply→ Outcomes ─→ store
//! store ──────────────────────→ History ────────────┘         └──────────────→ report
//! ```
//!
//! One direction, each arrow one module, each thing passed a value. [`compile`], [`plan`] and [`review`] are pure: no
//! I/O, clock, randomness or environment. All decisions are made there; [`observe`] and [`apply`] decide nothing.
//!
//! # Where to look
//!
//! | question | room |
//! |---|---|
//! | what is a thing called, what is it made of | [`model`] |
//! | which calls are made, how fast, how often, with whose keys; what does an error code mean | [`api`] |
//! | what may the config file say | [`intent`] |
//! | what is read, in which order | [`observe`] |
//! | what should be | [`compile`] |
//! | what is to be done, and why | [`plan`] |
//! | what is never allowed | [`review`] |
//! | how a step is sent and settled | [`apply`] |
//! | how the stages make a pass, and passes an end | [`pass`] |
//! | the loop: what wakes it, what it tells, how it can be asked after its health | [`daemon`] |
//! | what is remembered | [`store`] |
//! | how a message is worded | [`report`] |
//! | arguments and exit codes | [`cli`] |
//! | the AWS SDK, in this place alone | `aws` (feature `aws`) |
//! | time, environment, signals | `process` (feature `aws`) |
//!
//! Each kind of resource has a file of the same name in each stage that it passes: `compile/association.rs`,
//! `plan/association.rs`.

pub mod api;
pub mod apply;
#[cfg(feature = "aws")]
pub mod aws;
pub mod cli;
pub mod compile;
pub mod daemon;
pub mod intent;
pub mod model;
pub mod observe;
pub mod pass;
pub mod plan;
#[cfg(feature = "aws")]
pub mod process;
pub mod report;
pub mod review;
#[cfg(test)]
mod specimen;
pub mod store;
