//! Removes files that nobody needs: those of agents that were never sent, and what a killed server left half written.

use tokio_util::sync::CancellationToken;

use super::{Media, receive::to_the_end};
use crate::{
    domain::{ids::TenantId, time::Span},
    server::{conversations::ConversationError, file_store::Leftovers, store::tenants},
};

/// The wait between two removals.
const BETWEEN_REMOVALS: Span = Span::hours(6);

impl Media {
    /// Removes what nobody needs, again and again until `stop` is cancelled.
    pub(super) async fn remove_stale_until(&self, stop: &CancellationToken) {
        loop {
            if let Err(error) = self.remove_all_stale().await {
                tracing::warn!(%error, "media: removing files that nobody sent failed");
            }
            match self.store.remove_leftovers(self.clock.now()).await {
                Ok(Leftovers { removed: 0, .. }) => {}
                Ok(Leftovers { removed, .. }) => tracing::info!(removed, "media: half-written files removed"),
                Err(error) => tracing::warn!(%error, "media: half-written files not removed"),
            }
            tokio::select! {
                () = stop.cancelled() => return,
                () = self.clock.sleep(BETWEEN_REMOVALS) => {}
            }
        }
    }

    /// Removes what nobody of any tenant sent for a week.
    pub async fn remove_all_stale(&self) -> Result<(), ConversationError> {
        let mut tx = self.db.begin_read().await?;
        let tenants = tenants::heads(&mut tx).await?;
        drop(tx);
        for (tenant, _) in tenants {
            self.remove_stale(&tenant).await?;
        }
        Ok(())
    }

    async fn remove_stale(&self, tenant: &TenantId) -> Result<(), ConversationError> {
        let (media, tenant) = (self.clone(), tenant.clone());
        to_the_end(async move {
            // Held until the bytes are gone.
            let _held = media.moves.begin(&tenant).await;
            for path in media.conversations.discard_stale_uploads(&tenant).await? {
                media.delete_named(&path).await;
            }
            Ok::<_, ConversationError>(())
        })
        .await
    }
}
