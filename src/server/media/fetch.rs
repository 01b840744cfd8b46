//! The download worker: takes a due job, downloads its file from Meta, checks and stores it. The download comes first,
//! then one short transaction with the result (`conversations::media`), fenced by the job's token.

use base64::{
    Engine,
    engine::general_purpose::{STANDARD, STANDARD_NO_PAD},
};
use futures::{StreamExt, TryFutureExt};
use object_store::{ObjectStoreExt, WriteMultipart};
use sha2::{Digest, Sha256};
use tokio_util::sync::CancellationToken;

use super::{Media, kind, place};
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
            self, channels,
            jobs::JobRow,
            media::{self, MediaRow, MediaState},
        },
        workers::{AtStop, JobKind, Leased, Selection, WorkerPool},
    },
};

/// The largest file in bytes. Meta accepts no larger one from a customer.
pub const LIMIT: u64 = 100 * 1024 * 1024;
/// How long a job is leased: longer than two downloads and the calls before them can take (`gateway::Patience`).
/// Otherwise a second worker would download the same file.
const LEASE: Span = Span::minutes(10);
/// The wait after each failed attempt. After the last one the download is given up if the cause is the file itself.
const WAITS: [Span; 5] = [Span::minutes(1), Span::minutes(5), Span::minutes(30), Span::hours(2), Span::hours(6)];
/// Most attempts for other causes: every 6 hours, until the 7 days are over for which Meta keeps the file.
const LAST: usize = WAITS.len() + 26;
/// Downloads at the same time, so that one large video does not delay all pictures.
const MAX_CONCURRENT: usize = 4;

const GONE: &str = "WhatsApp no longer has this file.";
const DAMAGED: &str = "The file arrived damaged several times. Ask the customer to send it again.";
const TOO_LARGE: &str = "The file is larger than 100 MB. Ask the customer to send a smaller one.";
const UNREACHED: &str = "WhatsApp didn't provide the file. Ask the customer to send it again.";
const NO_ACCESS: &str =
    "WhatsApp no longer accepts this number's access token, so the file couldn't be downloaded. Ask an admin.";
const OURS: &str = "Couldn't save the file. Contact whoever runs your Handoff server.";

/// A failed attempt.
#[derive(Debug)]
struct Missed {
    /// The text that an agent sees if no attempt follows.
    detail: &'static str,
    /// For operators. Contains no personal data.
    why: String,
    again: Again,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Again {
    /// The cause is the connection to Meta or our own server, and an operator can fix it: token, network or disk. The
    /// file is still at Meta.
    Mended,
    Later,
    Never,
}

impl Missed {
    fn later(words: &'static str, why: impl Into<String>) -> Self {
        Self { detail: words, why: why.into(), again: Again::Later }
    }

    fn ours(error: impl std::fmt::Display) -> Self {
        Self { detail: OURS, why: error.to_string(), again: Again::Mended }
    }

    /// How long to wait after `tries` failures; `None` if it is not tried again.
    fn wait(&self, tries: i64) -> Option<Span> {
        let tries = usize::try_from(tries).ok()?;
        match self.again {
            Again::Never => None,
            Again::Later => WAITS.get(tries).copied(),
            Again::Mended if tries < LAST => WAITS.get(tries).or(WAITS.last()).copied(),
            Again::Mended => None,
        }
    }
}

impl From<MediaError> for Missed {
    fn from(error: MediaError) -> Self {
        let why = error.to_string();
        let (words, again) = match error {
            MediaError::Gone => (GONE, Again::Later),
            MediaError::ForeignHost => (UNREACHED, Again::Never),
            MediaError::TooLarge { .. } => (TOO_LARGE, Again::Never),
            // Meta answers "does not exist" for an id that has expired.
            MediaError::Call(SendError::Refused { code: 100 | 33, .. }) => (GONE, Again::Later),
            MediaError::Call(SendError::Refused { class: Class::ChannelDown, .. }) => (NO_ACCESS, Again::Mended),
            MediaError::Call(_) | MediaError::Broken(_) => (UNREACHED, Again::Mended),
        };
        Self { detail: words, why, again }
    }
}

impl Media {
    /// Processes one due job, if there is one. Returns the number of jobs processed.
    ///
    /// # Errors
    /// The database failed. The lease expires, and the job is due again.
    pub async fn run_once(&self) -> conversations::Result<usize> {
        let Some(job) = self.due(1).await?.pop() else { return Ok(0) };
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
        let still_ours = match self.fetch(tenant, &row).await {
            Ok(file) => self.conversations.file_stored(tenant, job, &id, &file).await,
            Err(missed) => self.missed(job, &missed).await,
        };
        match still_ours {
            Ok(true) => {}
            Ok(false) => tracing::info!(media = %id, "media: lease lost"),
            // The media row was erased during the download.
            Err(ConversationError::NotFound) => self.jobs.finish(job).await?,
            Err(error) => return Err(error),
        }
        Ok(())
    }

    async fn missed(&self, job: &Leased<JobRow>, missed: &Missed) -> conversations::Result<bool> {
        tracing::warn!(media = %job.key, tries = job.attempts + 1, why = %missed.why, "media: download failed");
        match missed.wait(job.attempts) {
            Some(wait) => {
                self.jobs.reschedule(job, wait).await?;
                Ok(true)
            }
            None => {
                let id = MediaId::from(job.key.as_str());
                self.conversations.file_failed(&job.tenant_id, job, &id, missed.detail).await
            }
        }
    }

    async fn fetch(&self, tenant: &TenantId, row: &MediaRow) -> Result<StoredFile, Missed> {
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
        self.keep(tenant, row, &info, download).await
    }

    async fn credentials(&self, tenant: &TenantId, row: &MediaRow) -> Result<Credentials, Missed> {
        let ours = |error: &dyn std::fmt::Display| Missed::ours(error);
        let mut tx = self.db.begin_read().await.map_err(|error| ours(&error))?;
        let found = channels::find(&mut tx, tenant, &row.channel_id).await.map_err(|error| ours(&error))?;
        let channel = found.ok_or_else(|| ours(&"its number is no longer connected"))?;
        drop(tx);
        self.channels.credentials(&channel).await.map_err(|error| ours(&error))
    }

    /// Streams a file into the store. It is stored at its final path only when it is complete and its hash is the
    /// expected one.
    async fn keep(
        &self,
        tenant: &TenantId,
        row: &MediaRow,
        info: &MediaInfo,
        download: Download,
    ) -> Result<StoredFile, Missed> {
        let ours = |error: object_store::Error| Missed::ours(error);
        let path = place(tenant, &row.id);
        let announced = download.length;
        let mut writer = WriteMultipart::new(self.store.put_multipart(&path).await.map_err(ours)?);
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
                    writer.put(piece);
                    writer.wait_for_capacity(2).map_err(ours).await
                }
                Err(error) => Err(error.into()),
            };
            if written.is_err() {
                outcome = written;
                break;
            }
        }
        let promised = [row.sha256.as_deref(), info.sha256.as_deref()].into_iter().flatten().find_map(digest_of);
        let found: [u8; 32] = hash.finalize().into();
        let outcome = outcome.and_then(|()| match promised {
            _ if size == 0 => Err(Missed::later(UNREACHED, "the file is empty")),
            _ if announced.is_some_and(|announced| announced != size) => {
                Err(Missed::later(DAMAGED, "the file's length differs from what was announced"))
            }
            Some(promised) if promised != found => Err(Missed::later(DAMAGED, "the file's hash doesn't match")),
            _ => Ok(()),
        });
        if let Err(missed) = outcome {
            if let Err(error) = writer.abort().await {
                tracing::warn!(media = %row.id, %error, "media: cleanup of partial file failed");
            }
            return Err(missed);
        }
        writer.finish().await.map_err(ours)?;
        let declared = row.mime.as_deref().or(info.mime.as_deref());
        let size = i64::try_from(size).unwrap_or(i64::MAX);
        Ok(StoredFile { path: path.to_string(), mime: kind::real(&head, declared), size })
    }

    /// Runs until `stop` is cancelled. Downloads in progress are dropped; after their lease they are repeated.
    pub async fn run(self, stop: CancellationToken) {
        let pool = WorkerPool::new("media", &self.bus.wakeups().media, &self.clock, &self.entropy, &stop)
            .most(MAX_CONCURRENT)
            .at_stop(AtStop::Abort);
        let work = |job: Leased<JobRow>| {
            let media = self.clone();
            async move {
                if let Err(error) = media.fetch_for(&job).await {
                    tracing::error!(%error, job = %job.id, "media: download not settled");
                }
            }
        };
        pool.run(|room| self.due(room), work).await;
    }

    async fn due(&self, most: usize) -> store::Result<Vec<Leased<JobRow>>> {
        self.jobs.take(JobKind::Fetch, Selection::Any, LEASE, i64::try_from(most).unwrap_or(1)).await
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
    use super::{DAMAGED, MediaError, Missed, Span, digest_of};

    #[test]
    fn what_operators_can_fix_is_retried_for_as_long_as_meta_has_the_file() {
        let span = |missed: Missed| (0..100).map_while(|tries| missed.wait(tries)).map(|wait| wait.0).sum::<i64>();
        let mended = span(Missed::ours("the disk is full"));
        assert!(mended > Span::hours(6 * 24 + 12).0 && mended < Span::hours(7 * 24).0, "{mended}");
        let own = span(Missed::later(DAMAGED, "another hash"));
        assert!(own > Span::hours(8).0 && own < Span::hours(9).0, "{own}");
        assert_eq!(span(MediaError::ForeignHost.into()), 0);
    }

    #[test]
    fn a_hash_is_read_in_both_spellings() {
        let hex = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        let base64 = "47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=";
        assert!(digest_of(hex).is_some());
        assert_eq!(digest_of(hex), digest_of(base64));
        assert_eq!(digest_of(hex), digest_of(base64.trim_end_matches('=')));
        assert_eq!(digest_of("no hash"), None);
    }
}
