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

/// What of it a hub with default tables may have made by itself, just before transitd's call arrives.
const BY_ITSELF: [&str; 2] = ["TransitGatewayRouteTablePropagation.Duplicate", "Resource.AlreadyAssociated"];

/// What is known of the calls, shared by the door, the memory and the test.
#[derive(Clone)]
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
    /// Whether the hub associates and propagates by itself.
    defaults: bool,
    calls: u64,
    /// How many of them before the present look.
    before: u64,
    writes: u64,
    /// Why no write belongs here, if none does.
    quiet: Option<&'static str>,
    /// Whether the file that transitd has read says to look only.
    observing: bool,
    /// Whether nothing stands in the way: then AWS has no reason to refuse a write.
    fair: bool,
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
    pub fn new(defaults: bool) -> Self {
        Self(Arc::new(Mutex::new(Seen { defaults, ..Seen::default() })))
    }

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

    /// Notes that a look begins, with this call.
    pub fn look(&self, now: Timestamp) {
        let mut seen = self.seen();
        seen.look = Some(now);
        seen.before = seen.calls - 1;
    }

    /// Returns how many calls were made since the present look began.
    pub fn calls_of_look(&self) -> u64 {
        let seen = self.seen();
        seen.calls - seen.before
    }

    pub fn writes(&self) -> u64 {
        self.seen().writes
    }

    /// Forbids writes.
    pub fn quiet(&self, why: &'static str) {
        self.seen().quiet = Some(why);
    }

    /// Notes whether the file that transitd has read says to look only.
    pub fn observing(&self, observing: bool) {
        self.seen().observing = observing;
    }

    /// Notes that nothing stands in the way any more.
    pub fn fair(&self) {
        self.seen().fair = true;
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
        if let Some(why) = seen.quiet {
            seen.wrongs.push(format!("{why}, and written: {text}"));
        }
        if seen.observing {
            seen.wrongs.push(format!("the file says to look only, and written: {text}"));
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

    /// Judges by what code AWS itself refused a write. One to an attachment that is being changed comes too soon, and is none
    /// the worse for it: waiting instead could be for hours.
    pub fn refused(&self, call: &WriteCall, code: &str, is_changing: bool) {
        let too_soon = is_changing && code == "IncorrectState";
        let Seen { fair, defaults, .. } = *self.seen();
        let by_itself = defaults && BY_ITSELF.contains(&code);
        if (THERE_ALREADY.contains(&code) && !by_itself) || (fair && !too_soon) {
            self.wrong(format!("AWS says {code}: {}", fingerprint(call)));
        }
    }
}
