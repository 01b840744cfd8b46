//! The lock file beside SQLite's file.

use std::{fs::File, path::Path};

use super::StoreError;

/// An exclusive lock on the file `<database>.lock`, held until it is dropped.
pub(super) struct FileLock {
    /// Closing the file releases the lock.
    _file: File,
}

impl FileLock {
    /// Waits until no other process holds the lock.
    ///
    /// # Errors
    /// The file cannot be made or locked.
    pub(super) fn acquire(database: &Path) -> Result<Self, StoreError> {
        let path = database.with_extension("lock");
        File::create(&path)
            .and_then(|file| file.lock().map(|()| Self { _file: file }))
            .map_err(|error| StoreError::Unusable(format!("couldn't lock {}: {error}", path.display())))
    }
}
