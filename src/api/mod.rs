//! The calls that transitd makes, and all that stands between a decision and a door.
//!
//! A door ([`Read`], [`Write`]) makes one single API call. Everything else is in here, knows nothing of the SDK, and so
//! runs in simulation exactly as in production:
//!
//! | file | what it decides |
//! |---|---|
//! | [`calls`] | the closed lists of reads and writes, in our own types |
//! | [`door`] | the two traits that an AWS, real or local, stands behind |
//! | [`answer`] | the rules by which AWS's words become our types, the same for every door |
//! | [`session`] | where a call goes and whose keys it is signed with |
//! | [`faults`] | which class a failed call is of: one table of AWS's codes |
//! | [`bucket`], [`limits`], [`pace`] | how fast each account, region and action may be called |
//! | [`retry`], [`attempts`] | what is sent again, and when |
//! | [`credentials`] | AssumeRole, refresh, and whose keys a scope is called with |
//! | [`permissions`] | which role needs what to be allowed |
//! | [`reader`], [`writer`] | one list read to its end; one write sent at most once |

pub mod answer;
pub mod attempts;
pub mod bucket;
pub mod calls;
pub mod clock;
pub mod credentials;
pub mod door;
pub mod faults;
pub mod limits;
pub mod pace;
pub mod permissions;
pub mod reader;
pub mod retry;
pub mod session;
pub mod writer;

pub use attempts::Line;
pub use calls::{Items, Page, ReadCall, Ref, Reply, Service, ShareSide, WriteCall};
pub use clock::{Clock, WallClock};
pub use credentials::Roles;
pub use door::{ApiError, Read, Sending, Write};
pub use pace::{Pace, Tally};
pub use reader::{Item, Reader};
pub use retry::Policy;
pub use session::{Credentials, Session};
pub use writer::{Sender, Writer};

#[cfg(test)]
mod tests;
