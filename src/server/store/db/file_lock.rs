//! Lock files beside SQLite's file.

use std::{
    fs::{File, TryLockError},
    path::Path,
};

use super::StoreError;

/// An exclusive lock on a file, held until it is dropped. The system releases it when the process ends, even if it
/// crashes.
#[derive(Debug)]
pub struct FileLock {
    /// Closing the file releases the lock.
    _file: File,
}

impl FileLock {
    /// The lock for migrations, `<database>.lock`. Waits while another process holds it.
    ///
    /// # Errors
    /// The file cannot be created or locked.
    pub(super) fn acquire(database: &Path) -> Result<Self, StoreError> {
        let path = database.with_extension("lock");
        File::create(&path)
            .and_then(|file| file.lock().map(|()| Self { _file: file }))
            .map_err(|error| StoreError::Unusable(format!("couldn't lock {}: {error}", path.display())))
    }

    /// The lock of the server that uses the database, `<database>.serve.lock`.
    ///
    /// # Errors
    /// Another process holds it, or the file cannot be created or locked.
    pub(super) fn try_serve(database: &Path) -> Result<Self, StoreError> {
        let path = database.with_extension("serve.lock");
        let unusable = |error: &dyn std::fmt::Display| {
            StoreError::Unusable(format!("{} cannot be locked: {error}", path.display()))
        };
        let file = File::create(&path).map_err(|error| unusable(&error))?;
        match file.try_lock() {
            Ok(()) => Ok(Self { _file: file }),
            Err(TryLockError::WouldBlock) => Err(StoreError::Unusable(format!(
                "another Handoff works on {}: stop it first, or let DATABASE_URL name another file. Several servers on \
                 one database need PostgreSQL",
                database.display()
            ))),
            Err(TryLockError::Error(error)) => Err(unusable(&error)),
        }
    }
}
