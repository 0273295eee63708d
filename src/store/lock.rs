//! One process for each state: a lock that ends with the process, and a file that names the holder.

use std::fs::{DirBuilder, File, OpenOptions, TryLockError};
use std::io::{Read as _, Seek as _, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _, PermissionsExt as _};
use std::path::Path;

use super::StoreError;

/// Makes a state directory that its owner alone can read, if there is none yet. One that others can write in is refused:
/// whoever can put a file there decides what transitd remembers. The files themselves are their owner's in any case.
pub(super) fn make_directory(directory: &Path) -> Result<(), StoreError> {
    let path = || directory.display().to_string();
    let mode = DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(directory)
        .and_then(|()| directory.metadata())
        .map_err(|source| StoreError::Directory { path: path(), source })?
        .permissions()
        .mode();
    if mode & WRITTEN_BY_OTHERS != 0 {
        return Err(StoreError::Open { path: path(), mode: mode & 0o777 });
    }
    Ok(())
}

/// What a mode grants to others than the owner.
const WRITTEN_BY_OTHERS: u32 = 0o022;

/// The right to write the state, until it is dropped.
#[derive(Debug)]
pub struct Lock(#[expect(dead_code, reason = "held, not read: the lock ends with it")] File);

/// What trying to take the lock came to.
#[derive(Debug)]
pub enum Locked {
    Mine(Lock),
    /// Another process has it; what it wrote of itself.
    Theirs(String),
}

impl Lock {
    /// Takes the lock of a state directory if it is free, and writes `holder` into its file.
    ///
    /// # Errors
    /// When the lock file cannot be opened or written.
    pub fn take(directory: &Path, holder: &str) -> Result<Locked, StoreError> {
        make_directory(directory)?;
        let path = directory.join("lock");
        let fail = |source| StoreError::Directory { path: path.display().to_string(), source };
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .mode(0o600)
            .open(&path)
            .map_err(fail)?;
        match file.try_lock() {
            Ok(()) => {
                file.set_len(0).and_then(|()| file.rewind()).map_err(fail)?;
                writeln!(file, "{holder}").map_err(fail)?;
                Ok(Locked::Mine(Lock(file)))
            }
            Err(TryLockError::WouldBlock) => {
                let mut text = String::new();
                file.read_to_string(&mut text).map_err(fail)?;
                Ok(Locked::Theirs(text.trim().to_owned()))
            }
            Err(TryLockError::Error(source)) => Err(fail(source)),
        }
    }
}
