//! Where the files of customers and agents are kept: a folder, or a bucket of an S3-compatible service. Whoever reads and
//! writes files knows paths and bytes only, and both places hold the same paths.
//!
//! `settings.rs` is what the operator says about a bucket, `bucket.rs` opens it, `probe.rs` tries it at the start, `write.rs`
//! writes a file in parts, and `leftovers/` removes what a killed server left half written.

mod bucket;
mod leftovers;
mod probe;
mod settings;
mod write;

use std::{ops::Range, path::PathBuf, sync::Arc};

use object_store::{GetOptions, GetRange, GetResult, ObjectStore, ObjectStoreExt, local::LocalFileSystem, path::Path};

use self::bucket::S3Bucket;
pub use self::{
    leftovers::{LeftoverError, Leftovers},
    settings::{Addressing, S3Settings},
    write::FileWriter,
};
use super::private_files;

/// The folder of what is arriving, within that of a tenant.
pub const ARRIVING: &str = "arriving";

/// Where a tenant's folder would be: the folder in which a bucket is tried.
const PROBE: &str = "probe";

/// Bytes that are collected before they are written to a folder: all that a file in transfer holds in memory.
const FOLDER_PART: usize = 512 * 1024;
/// The same for a bucket: no service accepts smaller parts, except the last one.
const BUCKET_PART: usize = 5 * 1024 * 1024;

/// Files cannot be kept: one sentence for the operator, with what to do.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct FileStoreUnusable(String);

/// The place of all files. Cheap to clone.
#[derive(Clone)]
pub struct FileStore {
    objects: Arc<dyn ObjectStore>,
    place: Place,
}

#[derive(Clone)]
enum Place {
    Folder(PathBuf),
    Bucket(Arc<S3Bucket>),
}

impl FileStore {
    /// A folder, created if it is missing. A write returns when the file is on disk.
    ///
    /// # Errors
    /// It cannot be created or read.
    pub fn folder(at: &std::path::Path) -> Result<Self, FileStoreUnusable> {
        let unusable = |error: &dyn std::fmt::Display| {
            FileStoreUnusable(format!("couldn't use the media folder {}: {error}", at.display()))
        };
        std::fs::create_dir_all(at).map_err(|error| unusable(&error))?;
        if let Err(error) = private_files::close_to_others(at) {
            tracing::warn!(%error, folder = %at.display(), "media: folder readable by other users");
        }
        let folder = LocalFileSystem::new_with_prefix(at).map_err(|error| unusable(&error))?;
        Ok(Self { objects: Arc::new(folder.with_fsync(true)), place: Place::Folder(at.to_owned()) })
    }

    /// A bucket. Nothing is asked of the service yet: see [`Self::probe`].
    ///
    /// # Errors
    /// The settings name no address that can be called.
    pub fn bucket(settings: &S3Settings) -> Result<Self, FileStoreUnusable> {
        let bucket = S3Bucket::open(settings)?;
        Ok(Self { objects: bucket.objects(), place: Place::Bucket(Arc::new(bucket)) })
    }

    /// Begins a file, which appears at its path when it is finished.
    pub fn begin(&self, path: Path) -> FileWriter {
        let part = match self.place {
            Place::Folder(_) => FOLDER_PART,
            Place::Bucket(_) => BUCKET_PART,
        };
        FileWriter::new(Arc::clone(&self.objects), path, part)
    }

    /// A file, or a part of it.
    ///
    /// # Errors
    /// [`object_store::Error::NotFound`]; or the place does not answer.
    pub async fn read(&self, path: &Path, range: Option<Range<u64>>) -> object_store::Result<GetResult> {
        let options = GetOptions { range: range.map(GetRange::Bounded), ..GetOptions::default() };
        self.objects.get_opts(path, options).await
    }

    /// Moves a file. What is at the new path is replaced.
    ///
    /// # Errors
    /// The file is at its old path, at the new one, or at both.
    pub async fn rename(&self, from: &Path, to: &Path) -> object_store::Result<()> {
        if let Place::Folder(_) = self.place {
            return self.objects.rename(from, to).await;
        }
        // A bucket can only copy.
        self.objects.copy(from, to).await?;
        if let Err(error) = self.objects.delete(from).await {
            tracing::warn!(%error, "media: a file that was moved is also at its old path, until leftovers are removed");
        }
        Ok(())
    }

    /// Removes a file. One that does not exist is removed already.
    ///
    /// # Errors
    /// The place does not answer, or refuses it.
    pub async fn delete(&self, path: &Path) -> object_store::Result<()> {
        match self.objects.delete(path).await {
            Err(object_store::Error::NotFound { .. }) => Ok(()),
            done => done,
        }
    }
}
