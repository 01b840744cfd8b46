//! A template that WhatsApp refuses: what is known of it is out of date.

use crate::{
    domain::{codes, message::outgoing::OutgoingMessage},
    server::{
        conversations::ConversationError,
        gateway::SendError,
        store::outbox::{self, OutboxRow},
        workers::Leased,
    },
};

use super::{LEASE, Outbox, files::UPLOAD_LEASE};

impl Outbox {
    /// Reads the templates of the number's account once, before the error is shown: the agent then chooses from what is
    /// true. The message is not sent again, because its values were typed for another definition.
    pub(super) async fn read_refused_template(
        &self,
        row: &Leased<OutboxRow>,
        message: &OutgoingMessage,
        error: &SendError,
    ) -> Result<(), ConversationError> {
        let SendError::Refused { code, .. } = error else { return Ok(()) };
        if !matches!(message, OutgoingMessage::Template(_)) || !codes::is_template_outdated(*code) {
            return Ok(());
        }
        // Many pages take longer than a lease. Meanwhile the row is queued, which is true: it was not sent.
        let mut tx = self.db.begin_write().await?;
        let is_held = outbox::hold(&mut tx, row, self.clock.now().plus(UPLOAD_LEASE)).await?;
        tx.commit().await?;
        if !is_held {
            return Ok(());
        }
        // It helps the next message only, so that its failure changes nothing for this one.
        if let Err(error) = self.templates.sync_now(&row.tenant_id, &row.channel_id).await {
            tracing::warn!(%error, row = %row.id, "outbox: refused template not read again");
        }
        let mut tx = self.db.begin_write().await?;
        outbox::resume(&mut tx, row, self.clock.now().plus(LEASE)).await?;
        tx.commit().await?;
        Ok(())
    }
}
