//! Writes a file: in parts, each of which is in memory once, or at once if it is smaller than a part. It appears at its
//! path when it is complete, and never half. Most files are pictures, smaller than a part: one request each.

use std::{mem, sync::Arc};

use object_store::{MultipartUpload, ObjectStore, ObjectStoreExt, PutPayloadMut, path::Path};

/// The least that is allocated at a time. Pieces of a body are copied into such blocks, because a piece may be a small part of
/// a large buffer.
const BLOCK: usize = 64 * 1024;

/// A file that is being written. If it is dropped, its upload is aborted: a bucket keeps the parts of an upload whose
/// caller went away.
#[derive(Debug)]
pub struct FileWriter {
    objects: Arc<dyn ObjectStore>,
    path: Path,
    /// Bytes of a part.
    part: usize,
    buffer: PutPayloadMut,
    /// Begun with the first full part.
    upload: Option<Box<dyn MultipartUpload>>,
}

impl FileWriter {
    pub(super) fn new(objects: Arc<dyn ObjectStore>, path: Path, part: usize) -> Self {
        Self { objects, path, part, buffer: empty(), upload: None }
    }

    /// Adds bytes. Returns when less than a part of them is in memory.
    ///
    /// # Errors
    /// A part was not stored. The file cannot be finished.
    pub async fn write(&mut self, mut bytes: &[u8]) -> object_store::Result<()> {
        while !bytes.is_empty() {
            let room = self.part.saturating_sub(self.buffer.content_length());
            let (now, later) = bytes.split_at(room.min(bytes.len()));
            self.buffer.extend_from_slice(now);
            bytes = later;
            if self.buffer.content_length() >= self.part {
                self.put_part().await?;
            }
        }
        Ok(())
    }

    /// The file is complete and appears at its path. What was there is replaced.
    ///
    /// # Errors
    /// It does not appear, and nothing of it is left.
    pub async fn finish(mut self) -> object_store::Result<()> {
        if self.upload.is_none() {
            let whole = mem::replace(&mut self.buffer, empty()).freeze();
            return self.objects.put(&self.path, whole).await.map(drop);
        }
        let completed = self.complete().await;
        if let Some(mut upload) = self.upload.take()
            && completed.is_err()
        {
            abort(&mut upload).await;
        }
        completed
    }

    /// Removes what was written of it.
    pub async fn abort(mut self) {
        if let Some(mut upload) = self.upload.take() {
            abort(&mut upload).await;
        }
    }

    async fn complete(&mut self) -> object_store::Result<()> {
        if !self.buffer.is_empty() {
            self.put_part().await?;
        }
        match &mut self.upload {
            Some(upload) => upload.complete().await.map(drop),
            None => Ok(()),
        }
    }

    async fn put_part(&mut self) -> object_store::Result<()> {
        let part = mem::replace(&mut self.buffer, empty()).freeze();
        let upload = match &mut self.upload {
            Some(upload) => upload,
            None => self.upload.insert(self.objects.put_multipart(&self.path).await?),
        };
        upload.put_part(part).await
    }
}

impl Drop for FileWriter {
    /// Whoever wrote went away. A bucket keeps the parts of an upload that nobody aborts.
    fn drop(&mut self) {
        let Some(mut upload) = self.upload.take() else { return };
        // Without a runtime the process ends, and the next one removes what is left.
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            runtime.spawn(async move { abort(&mut upload).await });
        }
    }
}

async fn abort(upload: &mut Box<dyn MultipartUpload>) {
    if let Err(error) = upload.abort().await {
        tracing::warn!(%error, "media: cleanup of a partial file failed");
    }
}

fn empty() -> PutPayloadMut {
    PutPayloadMut::new().with_block_size(BLOCK)
}

#[cfg(test)]
mod tests {
    use object_store::memory::InMemory;

    use super::*;

    #[tokio::test]
    async fn a_file_of_any_size_appears_when_it_is_finished() {
        const PART: usize = 8;
        let (objects, path): (Arc<dyn ObjectStore>, Path) = (Arc::new(InMemory::new()), Path::from("tnt_1/med_1"));
        for size in [0, 1, PART - 1, PART, PART + 1, 2 * PART, 5 * PART + 3] {
            let bytes: Vec<u8> = (0..size).map(|at| at as u8).collect();
            let mut writer = FileWriter::new(Arc::clone(&objects), path.clone(), PART);
            for piece in bytes.chunks(3) {
                writer.write(piece).await.expect("writes");
            }
            assert!(objects.head(&path).await.is_err(), "{size} bytes: not yet");
            writer.finish().await.expect("completes");
            let read = objects.get(&path).await.expect("is there").bytes().await.expect("reads");
            assert_eq!(read, bytes, "{size} bytes");
            objects.delete(&path).await.expect("removes");
        }
    }
}
