//! What agents choose for their own desk. It concerns nobody else, so the log has no entries about it.
//!
//! Away and muted are in `availability`. To add a preference: a column with a default in a new migration, its fields in
//! `store::agents`, `Agent` and `Viewer`, and a method here.

use super::{Accounts, Agent};
use crate::{
    domain::{alert::AlertKind, conversation::UNDO_SECONDS, scheduled::SEND_DELAYS},
    server::store::{StoreError, agents},
};

/// Why a preference was not saved.
#[derive(Debug, thiserror::Error)]
pub enum PreferenceError {
    /// The sentence is for the agent.
    #[error("{0}")]
    Invalid(String),
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Accounts {
    /// Sets how long the agent can undo a close or a return to the bot.
    pub async fn set_undo_time(&self, agent: &Agent, seconds: i64) -> Result<(), PreferenceError> {
        if !UNDO_SECONDS.contains(&seconds) {
            let [short, medium, long] = UNDO_SECONDS;
            return Err(PreferenceError::Invalid(format!(
                "Choose an undo time of {short}, {medium} or {long} seconds."
            )));
        }
        self.db
            .transact(move |mut tx| async move {
                agents::set_undo_seconds(&mut tx, agent.tenant(), agent.id(), seconds).await?;
                Ok(tx.commit().await?)
            })
            .await
    }

    /// Sets for how long the agent's messages can be taken back before they are sent.
    pub async fn set_send_delay(&self, agent: &Agent, seconds: i64) -> Result<(), PreferenceError> {
        if !SEND_DELAYS.contains(&seconds) {
            let [_off, short, medium, long] = SEND_DELAYS;
            return Err(PreferenceError::Invalid(format!(
                "Choose {short}, {medium} or {long} seconds, or send immediately."
            )));
        }
        self.db
            .transact(move |mut tx| async move {
                agents::set_send_delay_seconds(&mut tx, agent.tenant(), agent.id(), seconds).await?;
                Ok(tx.commit().await?)
            })
            .await
    }

    /// Turns single-key shortcuts and typing to reply on or off.
    pub async fn set_typing_keys(&self, agent: &Agent, typing_keys: bool) -> Result<(), PreferenceError> {
        self.db
            .transact(move |mut tx| async move {
                agents::set_typing_keys(&mut tx, agent.tenant(), agent.id(), typing_keys).await?;
                Ok(tx.commit().await?)
            })
            .await
    }

    /// Makes the rows of the agent's list compact, or comfortable again.
    pub async fn set_compact_list(&self, agent: &Agent, compact: bool) -> Result<(), PreferenceError> {
        self.db
            .transact(move |mut tx| async move {
                agents::set_compact_list(&mut tx, agent.tenant(), agent.id(), compact).await?;
                Ok(tx.commit().await?)
            })
            .await
    }

    /// Turns the sound and the notification of a kind of alert on or off.
    pub async fn set_alert(&self, agent: &Agent, kind: AlertKind, heard: bool) -> Result<(), PreferenceError> {
        self.db
            .transact(move |mut tx| async move {
                // Read in this transaction: another page of the agent may have changed another kind.
                let Some(record) = agents::find(&mut tx, agent.tenant(), agent.id()).await? else {
                    return Ok(tx.rollback().await?);
                };
                let mut silenced = record.silenced_alerts;
                match heard {
                    true => silenced.hear(kind),
                    false => silenced.silence(kind),
                }
                agents::set_silenced_alerts(&mut tx, agent.tenant(), agent.id(), &silenced).await?;
                Ok(tx.commit().await?)
            })
            .await
    }
}
