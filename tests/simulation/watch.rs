//! The rules that hold whatever happens, judged call by call.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use jiff::{SignedDuration, Timestamp};
use transitd::api::WriteCall;
use transitd::model::Scope;
use transitd::plan::{VISIBILITY, fingerprint};
use transitd::store::Entry;

/// The codes by which AWS says that something is there already. Nobody else makes what transitd makes here, so
/// whoever gets one has sent something twice, or has taken for absent what was not.
const THERE_ALREADY: [&str; 4] = [
    "DuplicateTransitGatewayAttachment",
    "RouteAlreadyExists",
    "TransitGatewayRouteTablePropagation.Duplicate",
    "Resource.AlreadyAssociated",
];

/// What is known of the calls, shared by the door, the memory and the test.
#[derive(Clone, Default)]
pub struct Watch(Arc<Mutex<Seen>>);

#[derive(Default)]
struct Seen {
    wrongs: Vec<String>,
    /// Calls that are in the journal and were not answered yet.
    journaled: BTreeSet<String>,
    /// Calls that came to nothing without saying so, and when they were made.
    undone: BTreeMap<String, Timestamp>,
    /// When the present look began: whatever it reads, it reads later.
    look: Option<Timestamp>,
    /// VPCs that a person told transitd to leave alone, and until when.
    held: BTreeMap<String, Timestamp>,
    /// Whether a person told transitd to write nothing.
    paused: bool,
    calls: u64,
    writes: u64,
    /// Whether writes are forbidden: a dry run, or a network in sync.
    quiet: bool,
}

/// What became of a write, as the world knows and transitd may not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fate {
    /// AWS took or refused it, and said so, or it never left.
    Told,
    /// The answer was lost, and it was done.
    LostDone,
    /// The answer was lost, and it was not done.
    LostUndone,
}

impl Watch {
    fn seen(&self) -> MutexGuard<'_, Seen> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn wrong(&self, what: String) {
        self.seen().wrongs.push(what);
    }

    pub fn wrongs(&self) -> Vec<String> {
        self.seen().wrongs.clone()
    }

    pub fn call(&self) {
        self.seen().calls += 1;
    }

    /// Notes that a look begins.
    pub fn look(&self, now: Timestamp) {
        self.seen().look = Some(now);
    }

    pub fn calls(&self) -> u64 {
        self.seen().calls
    }

    pub fn writes(&self) -> u64 {
        self.seen().writes
    }

    pub fn quiet(&self, quiet: bool) {
        self.seen().quiet = quiet;
    }

    /// Judges a write that is about to be sent by what people ordered.
    pub fn journaled(&self, entry: &Entry) {
        let mut seen = self.seen();
        seen.journaled.insert(entry.call.clone());
        let held = seen.held.iter().find(|(vpc, until)| entry.at < **until && entry.step.contains(vpc.as_str()));
        if let Some((vpc, until)) = held {
            let wrong = format!("{vpc} is held until {until}, and touched at {}: {}", entry.at, entry.step);
            seen.wrongs.push(wrong);
        }
        if seen.paused {
            seen.wrongs.push(format!("paused, and written: {}", entry.step));
        }
    }

    /// Notes that a person told transitd to leave a VPC alone.
    pub fn hold(&self, vpc: &str, until: Timestamp) {
        self.seen().held.insert(vpc.to_owned(), until);
    }

    pub fn pause(&self, paused: bool) {
        self.seen().paused = paused;
    }

    /// Forgets all holds; returns whose they were.
    pub fn release(&self) -> Vec<String> {
        std::mem::take(&mut self.seen().held).into_keys().collect()
    }

    /// Judges a write that is about to reach AWS.
    pub fn sending(&self, scope: &Scope, call: &WriteCall) {
        let mut seen = self.seen();
        let text = fingerprint(call);
        let sent = format!("{scope} {text}");
        seen.writes += 1;
        if seen.quiet {
            seen.wrongs.push(format!("a write where none belongs: {text}"));
        }
        if !seen.journaled.contains(&text) {
            seen.wrongs.push(format!("sent without being journaled: {text}"));
        }
        // It was never done, so no read can have shown it, whenever it was made; and none may have been trusted not to
        // show it that began before AWS had its time.
        if let (Some(at), Some(look)) = (seen.undone.get(&sent), seen.look)
            && look < *at + VISIBILITY
        {
            let after: SignedDuration = look.duration_since(*at);
            seen.wrongs.push(format!("sent again, by a look that began {after:#} after the answer was lost: {text}"));
        }
    }

    /// Notes what became of a write.
    pub fn sent(&self, scope: &Scope, call: &WriteCall, now: Timestamp, fate: Fate) {
        let sent = format!("{scope} {}", fingerprint(call));
        let mut seen = self.seen();
        match fate {
            Fate::Told | Fate::LostDone => {
                seen.undone.remove(&sent);
            }
            Fate::LostUndone => {
                seen.undone.insert(sent, now);
            }
        }
    }

    /// Judges what AWS itself answered a write.
    pub fn answered(&self, call: &WriteCall, code: &str) {
        if THERE_ALREADY.contains(&code) {
            self.wrong(format!("AWS says {code}: {}", fingerprint(call)));
        }
    }
}
