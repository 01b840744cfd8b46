//! What became of a customer's file: kept or failed, told in its conversation. The job ends in the same transaction, so
//! that whoever lost the lease changes nothing.

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

/// A file that lies in the store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct KeptFile {
    pub path: String,
    /// What its first bytes say, not what the sender said.
    pub mime: String,
    /// In bytes.
    pub size: i64,
}

impl Conversations {
    /// A file was fetched and checked. `false`: the lease was lost, and nothing is written.
    ///
    /// # Errors
    /// [`ConversationError::NotFound`] for a file that is not this tenant's, [`ConversationError::Store`] from below.
    pub async fn file_kept(
        &self,
        tenant: &TenantId,
        job: &Leased<JobRow>,
        id: &MediaId,
        file: &KeptFile,
    ) -> Result<bool> {
        self.transact(tenant, move |mut work| async move {
            if !jobs::finish(&mut work.tx, job).await? {
                return work.discard(false);
            }
            let row = work.file(id).await?;
            media::keep(&mut work.tx, tenant, id, &file.path, &file.mime, file.size).await?;
            work.tell_file(&row, Amendment::FileKept).await?;
            work.done_with(true)
        })
        .await
    }

    /// A file will never be had; `words` are for the agent. `false`: the lease was lost, and nothing is written.
    ///
    /// # Errors
    /// As [`Self::file_kept`].
    pub async fn file_failed(
        &self,
        tenant: &TenantId,
        job: &Leased<JobRow>,
        id: &MediaId,
        words: &str,
    ) -> Result<bool> {
        self.transact(tenant, move |mut work| async move {
            if !jobs::finish(&mut work.tx, job).await? {
                return work.discard(false);
            }
            let row = work.file(id).await?;
            media::fail(&mut work.tx, tenant, id, words).await?;
            work.tell_file(&row, Amendment::FileFailed).await?;
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

    async fn tell_file(&mut self, row: &MediaRow, what: Amendment) -> Result<()> {
        self.lock(&row.conversation_id).await?;
        let event = Event::Amended { message: row.message_id.clone(), what };
        self.append(Some(&row.conversation_id), Actor::System, event);
        Ok(())
    }
}
