//! Records the result of downloading a customer's file: stored or failed, with an entry in its conversation. The job
//! ends in the same transaction, so that a worker that has lost its lease changes nothing.

use crate::{
    domain::{
        event::{Actor, Amendment, Event},
        ids::{MediaId, TenantId},
    },
    server::store::{
        Leased,
        jobs::{self, JobRow},
        media::{self, MediaRow},
    },
};

use super::{ConversationError, Conversations, Result, UnitOfWork};

/// A file in the store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredFile {
    pub path: String,
    /// Detected from its first bytes, not the declared one.
    pub mime: String,
    /// In bytes.
    pub size: i64,
}

impl Conversations {
    /// Records a downloaded and checked file. Returns `false` if the lease was lost; nothing is written then.
    ///
    /// # Errors
    /// [`ConversationError::NotFound`] for a file that is not this tenant's, [`ConversationError::Store`] from the
    /// database.
    pub async fn file_stored(
        &self,
        tenant: &TenantId,
        job: &Leased<JobRow>,
        id: &MediaId,
        file: &StoredFile,
    ) -> Result<bool> {
        self.transact(tenant, move |mut work| async move {
            if !jobs::finish(&mut work.tx, job).await? {
                return work.discard(false);
            }
            let row = work.file(id).await?;
            media::keep(&mut work.tx, tenant, id, &file.path, &file.mime, file.size).await?;
            work.append_amendment(&row, Amendment::FileKept).await?;
            work.done_with(true)
        })
        .await
    }

    /// Records that a file cannot be downloaded. `detail` explains it to the agent. Returns `false` if the lease was
    /// lost; nothing is written then.
    ///
    /// # Errors
    /// As [`Self::file_stored`].
    pub async fn file_failed(
        &self,
        tenant: &TenantId,
        job: &Leased<JobRow>,
        id: &MediaId,
        detail: &str,
    ) -> Result<bool> {
        self.transact(tenant, move |mut work| async move {
            if !jobs::finish(&mut work.tx, job).await? {
                return work.discard(false);
            }
            let row = work.file(id).await?;
            media::fail(&mut work.tx, tenant, id, detail).await?;
            work.append_amendment(&row, Amendment::FileFailed).await?;
            work.done_with(true)
        })
        .await
    }
}

impl UnitOfWork {
    async fn file(&mut self, id: &MediaId) -> Result<MediaRow> {
        let tenant = self.tenant_id();
        media::find(&mut self.tx, &tenant, id).await?.ok_or(ConversationError::NotFound)
    }

    async fn append_amendment(&mut self, row: &MediaRow, what: Amendment) -> Result<()> {
        self.lock(&row.conversation_id).await?;
        let event = Event::Amended { message: row.message_id.clone(), what };
        self.append(Some(&row.conversation_id), Actor::System, event);
        Ok(())
    }
}
