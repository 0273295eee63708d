//! The door to AWS: the only place that names a crate of the AWS SDK.
//!
//! It translates and decides nothing. One [`Read`](crate::api::Read) or [`Write`](crate::api::Write) is one HTTP request,
//! sent at most once: the SDK's own retries are off, since pace, retries and what a lost answer means are decided above,
//! the same for every door. What AWS answers becomes our types by the rules of [`api::answer`](crate::api::answer); an
//! answer that cannot be right is an error and never a shorter list.
//!
//! | file | what is in it |
//! |---|---|
//! | `connect` | where keys, regions and endpoints come from: as in the AWS CLI |
//! | `door` | [`AwsDoor`]: which call goes to which function |
//! | `trip` | one call on its way: region, keys, and whether it has left |
//! | `errors` | how far a failed call got |
//! | `identity`, `iam`, `organizations`, `ram`, `vpcs`, `prefix_lists`, `transit_gateways` | the reads |
//! | `writes` | the writes |
//! | `sns` | a message to a topic, which is no call of the two doors |

mod connect;
mod door;
mod errors;
mod iam;
mod identity;
mod organizations;
mod prefix_lists;
mod ram;
mod sns;
mod transit_gateways;
mod trip;
mod vpcs;
mod writes;

pub use connect::connect;
pub use door::AwsDoor;
pub use sns::publish;
