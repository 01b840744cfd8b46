//! The download worker: takes a due job, downloads its file from Meta, checks and stores it. The download comes first,
//! then one short transaction with the result (`conversations::media`), fenced by the job's token.

use base64::{
    Engine,
    engine::general_purpose::{STANDARD, STANDARD_NO_PAD},
};
use futures::{StreamExt, TryFutureExt};
use sha2::{Digest, Sha256};
use tokio_util::sync::CancellationToken;

use super::{Media, kind, path_of};
use crate::{
    domain::{
        codes::Class,
        ids::{MediaId, TenantId},
        time::Span,
    },
    server::{
        conversations::{self, ConversationError, media::StoredFile},
        gateway::{Credentials, Download, MediaError, MediaInfo, SendError},
        store::{
            channels,
            jobs::JobRow,
            media::{self, MediaRow, MediaState},
        },
        workers::{AtStop, JobKind, Leased, Selection, WorkerPool, catch_panic},
    },
};

/// The largest file in bytes. Meta accepts no larger one from a customer.
pub const LIMIT: u64 = 100 * 1024 * 1024;
/// How long a job is leased: longer than two downloads and the calls before them can take (`gateway::Timeouts`).
/// Otherwise a second worker would download the same file.
const LEASE: Span = Span::minutes(10);
/// The wait after each failed attempt. After the last one the download is given up if the cause is the file itself.
const WAITS: [Span; 5] = [Span::minutes(1), Span::minutes(5), Span::minutes(30), Span::hours(2), Span::hours(6)];
/// Most attempts for other causes: every 6 hours, until the 7 days are over for which Meta keeps the file.
const MAX_ATTEMPTS: usize = WAITS.len() + 26;
/// Downloads at the same time, so that one large video does not delay all pictures. A tenant gets half of what is free,
/// so that its slow files do not delay those of the others.
const MAX_CONCURRENT: usize = 8;

const GONE: &str = "WhatsApp no longer has this file.";
const DAMAGED: &str = "The file arrived damaged several times. Ask the customer to send it again.";
const TOO_LARGE: &str = "The file is larger than 100 MB. Ask the customer to send a smaller one.";
const NOT_PROVIDED: &str = "WhatsApp didn't provide the file. Ask the customer to send it again.";
const NO_ACCESS: &str =
    "WhatsApp no longer accepts this number's access token, so the file couldn't be downloaded. Ask an admin.";
const SAVE_FAILED: &str = "Couldn't save the file. Contact the administrator of your Handoff server.";

/// A failed attempt.
#[derive(Debug)]
struct DownloadFailure {
    /// The text that an agent sees if no attempt follows.
    detail: &'static str,
    /// For operators. Contains no personal data.
    why: String,
    retry: Retry,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Retry {
    /// The cause is the connection to Meta or our own server, and an operator can fix it: token, network or disk. The
    /// file is still at Meta.
    UntilExpiry,
    Limited,
    Never,
}

impl DownloadFailure {
    fn limited(detail: &'static str, why: impl Into<String>) -> Self {
        Self { detail, why: why.into(), retry: Retry::Limited }
    }

    fn internal(error: impl std::fmt::Display) -> Self {
        Self { detail: SAVE_FAILED, why: error.to_string(), retry: Retry::UntilExpiry }
    }

    /// How long to wait after `attempts` failures; `None` if it is not tried again.
    fn wait(&self, attempts: i64) -> Option<Span> {
        let attempts = usize::try_from(attempts).ok()?;
        match self.retry {
            Retry::Never => None,
            Retry::Limited => WAITS.get(attempts).copied(),
            Retry::UntilExpiry if attempts < MAX_ATTEMPTS => WAITS.get(attempts).or(WAITS.last()).copied(),
            Retry::UntilExpiry => None,
        }
    }
}

impl From<MediaError> for DownloadFailure {
    fn from(error: MediaError) -> Self {
        let why = error.to_string();
        let (detail, retry) = match error {
            MediaError::Gone => (GONE, Retry::Limited),
            MediaError::ForeignHost => (NOT_PROVIDED, Retry::Never),
            MediaError::TooLarge { .. } => (TOO_LARGE, Retry::Never),
            // Meta answers "does not exist" for an id that has expired.
            MediaError::Call(SendError::Refused { code: 100 | 33, .. }) => (GONE, Retry::Limited),
            MediaError::Call(SendError::Refused { class: Class::ChannelDown, .. } | SendError::SecretRefused) => {
                (NO_ACCESS, Retry::UntilExpiry)
            }
            MediaError::Call(_) | MediaError::Broken(_) => (NOT_PROVIDED, Retry::UntilExpiry),
        };
        Self { detail, why, retry }
    }
}

impl Media {
    /// Processes one due job, if there is one. Returns the number of jobs processed.
    ///
    /// # Errors
    /// The database failed. The lease expires, and the job is due again.
    pub async fn run_once(&self) -> conversations::Result<usize> {
        let Some(job) = self.jobs.take(JobKind::Fetch, Selection::Any, LEASE, 1).await?.pop() else { return Ok(0) };
        self.fetch_for(&job).await?;
        Ok(1)
    }

    async fn fetch_for(&self, job: &Leased<JobRow>) -> conversations::Result<()> {
        let tenant = &job.tenant_id;
        let id = MediaId::from(job.key.as_str());
        let mut tx = self.db.begin_read().await?;
        let row = media::find(&mut tx, tenant, &id).await?.filter(|row| row.state == MediaState::Pending);
        tx.rollback().await?;
        let Some(row) = row else {
            self.jobs.finish(job).await?;
            return Ok(());
        };
        let lease_held = match catch_panic(self.fetch(tenant, &row)).await {
            Ok(Ok(file)) => self.conversations.file_stored(tenant, job, &id, &file).await,
            Ok(Err(failure)) => self.record_failure(job, &failure).await,
            Err(panic) => self.record_failure(job, &DownloadFailure::limited(SAVE_FAILED, panic.to_string())).await,
        };
        match lease_held {
            Ok(true) => {}
            Ok(false) => tracing::info!(media = %id, "media: lease lost"),
            // The media row was erased during the download.
            Err(ConversationError::NotFound) => self.jobs.finish(job).await?,
            Err(error) => return Err(error),
        }
        Ok(())
    }

    async fn record_failure(&self, job: &Leased<JobRow>, failure: &DownloadFailure) -> conversations::Result<bool> {
        tracing::warn!(media = %job.key, tries = job.attempts + 1, why = %failure.why, "media: download failed");
        match failure.wait(job.attempts) {
            Some(wait) => {
                self.jobs.reschedule(job, wait).await?;
                Ok(true)
            }
            None => {
                let id = MediaId::from(job.key.as_str());
                self.conversations.file_failed(&job.tenant_id, job, &id, failure.detail).await
            }
        }
    }

    async fn fetch(&self, tenant: &TenantId, row: &MediaRow) -> Result<StoredFile, DownloadFailure> {
        let credentials = self.credentials(tenant, row).await?;
        let mut info = self.gateway.media_info(&credentials, &row.remote_id).await?;
        let download = match self.gateway.download(&credentials, &info.url, LIMIT).await {
            // A URL is valid for 5 minutes, sometimes less. Ask for a new one once.
            Err(MediaError::Gone) => {
                info = self.gateway.media_info(&credentials, &row.remote_id).await?;
                self.gateway.download(&credentials, &info.url, LIMIT).await?
            }
            other => other?,
        };
        self.store_file(tenant, row, &info, download).await
    }

    async fn credentials(&self, tenant: &TenantId, row: &MediaRow) -> Result<Credentials, DownloadFailure> {
        let internal = |error: &dyn std::fmt::Display| DownloadFailure::internal(error);
        let mut tx = self.db.begin_read().await.map_err(|error| internal(&error))?;
        let found = channels::find(&mut tx, tenant, &row.channel_id).await.map_err(|error| internal(&error))?;
        let channel = found.ok_or_else(|| internal(&"its number is no longer connected"))?;
        drop(tx);
        self.channels.credentials(&channel).await.map_err(|error| internal(&error))
    }

    /// Streams a file into the store. It is stored at its final path only when it is complete and its hash is the
    /// expected one.
    async fn store_file(
        &self,
        tenant: &TenantId,
        row: &MediaRow,
        info: &MediaInfo,
        download: Download,
    ) -> Result<StoredFile, DownloadFailure> {
        let internal = |error: object_store::Error| DownloadFailure::internal(error);
        let path = path_of(tenant, &row.id);
        let declared_length = download.length;
        let mut writer = self.store.begin(path.clone());
        let (mut hash, mut head, mut size) = (Sha256::new(), Vec::new(), 0u64);
        let mut pieces = Box::pin(download.into_stream());
        let mut outcome = Ok(());
        while let Some(piece) = pieces.next().await {
            let written = match piece {
                Ok(piece) => {
                    hash.update(&piece);
                    size += piece.len() as u64;
                    let rest = kind::HEAD.saturating_sub(head.len()).min(piece.len());
                    head.extend_from_slice(&piece[..rest]);
                    writer.write(&piece).map_err(internal).await
                }
                Err(error) => Err(error.into()),
            };
            if written.is_err() {
                outcome = written;
                break;
            }
        }
        let expected = [row.sha256.as_deref(), info.sha256.as_deref()].into_iter().flatten().find_map(digest_of);
        let found: [u8; 32] = hash.finalize().into();
        let outcome = outcome.and_then(|()| match expected {
            _ if size == 0 => Err(DownloadFailure::limited(NOT_PROVIDED, "the file is empty")),
            _ if declared_length.is_some_and(|declared_length| declared_length != size) => {
                Err(DownloadFailure::limited(DAMAGED, "the file's length differs from what was announced"))
            }
            Some(expected) if expected != found => {
                Err(DownloadFailure::limited(DAMAGED, "the file's hash doesn't match"))
            }
            _ => Ok(()),
        });
        if let Err(failure) = outcome {
            writer.abort().await;
            return Err(failure);
        }
        writer.finish().await.map_err(internal)?;
        let declared = row.mime.as_deref().or(info.mime.as_deref());
        let size = i64::try_from(size).unwrap_or(i64::MAX);
        Ok(StoredFile { path: path.to_string(), mime: kind::detect(&head, declared), size })
    }

    /// Runs until `stop` is cancelled. Downloads in progress are dropped; after their lease they are repeated. Meanwhile files
    /// of agents that nobody sends are removed.
    pub async fn run(self, stop: CancellationToken) {
        let pool = WorkerPool::new("media", &self.bus.wakeups().media, &self.clock, &self.entropy, &stop)
            .max_concurrent(MAX_CONCURRENT)
            .at_stop(AtStop::Abort);
        let work = |job: Leased<JobRow>| {
            let media = self.clone();
            async move {
                if let Err(error) = media.fetch_for(&job).await {
                    tracing::error!(%error, job = %job.id, "media: download not settled");
                }
            }
        };
        tokio::join!(
            pool.run(|free| self.jobs.take_places(JobKind::Fetch, Selection::Any, LEASE, free), work),
            self.remove_stale_until(&stop)
        );
    }
}

/// A SHA-256 as Meta writes it: base64 in webhooks, hex in some responses.
fn digest_of(text: &str) -> Option<[u8; 32]> {
    let text = text.trim();
    let bytes = match hex::decode(text) {
        Ok(bytes) if bytes.len() == 32 => bytes,
        _ => STANDARD.decode(text).or_else(|_| STANDARD_NO_PAD.decode(text)).ok()?,
    };
    bytes.try_into().ok()
}

#[cfg(test)]
mod unit {
    use super::{DAMAGED, DownloadFailure, MediaError, Span, digest_of};

    #[test]
    fn operator_faults_are_retried_until_the_file_expires_at_meta() {
        let span = |failure: DownloadFailure| {
            (0..100).map_while(|attempts| failure.wait(attempts)).map(|wait| wait.0).sum::<i64>()
        };
        let until_expiry = span(DownloadFailure::internal("the disk is full"));
        assert!(until_expiry > Span::hours(6 * 24 + 12).0 && until_expiry < Span::hours(7 * 24).0, "{until_expiry}");
        let own = span(DownloadFailure::limited(DAMAGED, "another hash"));
        assert!(own > Span::hours(8).0 && own < Span::hours(9).0, "{own}");
        assert_eq!(span(MediaError::ForeignHost.into()), 0);
    }

    #[test]
    fn hashes_are_parsed_in_hex_and_base64() {
        let hex = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        let base64 = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";
        assert!(digest_of(hex).is_some());
        assert_eq!(digest_of(hex), digest_of(base64));
        assert_eq!(digest_of(hex), digest_of(base64.trim_end_matches('=')));
        assert_eq!(digest_of("no hash"), None);
    }
}
