//! Detects that SQLite's file was moved, deleted or replaced while it is open. SQLite would go on writing to the old
//! file, and all those writes would be lost at the end of the process.

use std::{
    io,
    path::{Path, PathBuf},
};

use super::StoreError;

/// The file's identity when the database was opened.
#[derive(Clone)]
pub(super) struct DataFile {
    path: PathBuf,
    identity: Identity,
}

/// Device and inode, which a file keeps when it is moved.
#[cfg(unix)]
type Identity = (u64, u64);
/// On other systems an open file can hardly be removed.
#[cfg(not(unix))]
type Identity = ();

impl DataFile {
    pub(super) fn of(path: &Path) -> Result<Self, StoreError> {
        let identity = identity(path).map_err(|error| {
            StoreError::Unusable(format!(
                "DATABASE_URL must name a file, and “{}” wasn't found: {error}",
                path.display()
            ))
        })?;
        Ok(Self { path: path.to_owned(), identity })
    }

    /// # Errors
    /// The path names another file, or none. The error ends when the file is back.
    pub(super) fn still_there(&self) -> Result<(), StoreError> {
        match identity(&self.path) {
            Ok(now) if now == self.identity => Ok(()),
            Ok(_) => Err(StoreError::Unusable(format!(
                "{} is no longer the database that was opened: restore that file, or restart to use this one",
                self.path.display()
            ))),
            Err(error) => Err(StoreError::Unusable(format!(
                "the database {} is missing ({error}): restore it, or restart to create a new one",
                self.path.display()
            ))),
        }
    }
}

#[cfg(unix)]
fn identity(path: &Path) -> io::Result<Identity> {
    use std::os::unix::fs::MetadataExt;

    let file = std::fs::metadata(path)?;
    Ok((file.dev(), file.ino()))
}

#[cfg(not(unix))]
fn identity(path: &Path) -> io::Result<Identity> {
    std::fs::metadata(path).map(|_| ())
}
