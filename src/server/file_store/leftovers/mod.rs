//! Removes what a killed server left half written: files that were still arriving.
//!
//! `folder.rs` looks for the names that a folder has for such files, `bucket.rs` asks a bucket for its unfinished uploads.

mod bucket;
mod folder;

use std::io;

use http::StatusCode;
use object_store::client::HttpError;

use super::{FileStore, Place};
use crate::domain::time::{Span, Timestamp};

/// Longer than any file may take to arrive, from a customer or an agent.
const OLD: Span = Span::hours(1);

/// What was found half written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Leftovers {
    pub removed: usize,
    /// These may be arriving now.
    pub recent: usize,
}

/// Leftovers could not be listed or removed.
#[derive(Debug, thiserror::Error)]
pub enum LeftoverError {
    #[error(transparent)]
    Folder(#[from] io::Error),
    #[error(transparent)]
    Bucket(#[from] object_store::Error),
    #[error("unfinished uploads not listed: {0}")]
    NoAnswer(#[from] HttpError),
    #[error("unfinished uploads not listed: HTTP {0}")]
    Refused(StatusCode),
    #[error("the list of unfinished uploads couldn't be read: {0}")]
    Unreadable(String),
}

impl FileStore {
    /// Removes what began to arrive long before `now` and never did.
    ///
    /// # Errors
    /// See [`LeftoverError`].
    pub async fn remove_leftovers(&self, now: Timestamp) -> Result<Leftovers, LeftoverError> {
        match &self.place {
            Place::Folder(folder) => {
                let folder = folder.clone();
                let removing = tokio::task::spawn_blocking(move || folder::remove_leftovers(&folder, now));
                Ok(removing.await.map_err(io::Error::other)??)
            }
            Place::Bucket(bucket) => bucket.remove_leftovers(&self.objects, now).await,
        }
    }
}

impl Leftovers {
    fn and(self, other: Self) -> Self {
        Self { removed: self.removed + other.removed, recent: self.recent + other.recent }
    }
}

/// Whether what began at `begun` cannot be arriving any more.
fn is_old(begun: Timestamp, now: Timestamp) -> bool {
    now.since(begun) > OLD
}
