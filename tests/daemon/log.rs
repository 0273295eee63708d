//! What a test's daemon logs: all of it in the test's own thread, beside those of other tests.

use std::cell::RefCell;
use std::io;
use std::sync::Once;

thread_local! {
    static LINES: RefCell<Vec<u8>> = const { RefCell::new(Vec::new()) };
}

/// One for all threads: tracing asks whichever thread logs something first whether anybody wants to hear of it.
static LISTENER: Once = Once::new();

/// Begins to keep what this thread logs.
pub fn listen() {
    LISTENER.call_once(|| tracing_subscriber::fmt().with_writer(|| Lines).with_ansi(false).init());
    LINES.with_borrow_mut(Vec::clear);
}

/// Returns the lines of this thread that contain a text.
pub fn lines_with(text: &str) -> Vec<String> {
    let lines = LINES.with_borrow(|lines| String::from_utf8(lines.clone()).unwrap());
    lines.lines().filter(|line| line.contains(text)).map(str::to_owned).collect()
}

struct Lines;

impl io::Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        LINES.with_borrow_mut(|lines| lines.extend_from_slice(bytes));
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
