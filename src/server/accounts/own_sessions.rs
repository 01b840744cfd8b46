//! An agent's own sessions: their list, and ending those at other devices. Streams of a session that ended end at once,
//! because each checks its session when it reads the entry.

use std::net::IpAddr;

use super::{Accounts, Agent};
use crate::{
    contract::account::OwnSession,
    domain::{device::device_name, event::Event, ids::SessionId, time::Timestamp},
    server::store::{self, sessions},
};

impl Accounts {
    /// The sessions of the agent, the last used first.
    pub async fn own_sessions(&self, agent: &Agent) -> store::Result<Vec<OwnSession>> {
        let mut tx = self.db.begin_read().await?;
        let rows = sessions::list(&mut tx, agent.tenant(), agent.id(), self.alive()).await?;
        let sessions = rows.into_iter().map(|row| OwnSession {
            is_this: row.id == *agent.session_id(),
            id: row.id,
            device: device_name(&row.user_agent),
            address: row.address,
            started: Timestamp(row.created_at),
            used: Timestamp(row.used_at),
        });
        Ok(sessions.collect())
    }

    /// Ends one session of the agent. `None` if the agent has no such session.
    pub async fn session_end(
        &self,
        agent: &Agent,
        address: Option<IpAddr>,
        id: &SessionId,
    ) -> store::Result<Option<()>> {
        self.db
            .transact(move |mut tx| async move {
                if !sessions::remove_one(&mut tx, agent.tenant(), agent.id(), id).await? {
                    tx.rollback().await?;
                    return Ok(None);
                }
                self.sessions_ended(tx, agent, address, 1).await?;
                Ok(Some(()))
            })
            .await
    }

    /// Ends all sessions of the agent except the caller's.
    pub async fn other_sessions_end(&self, agent: &Agent, address: Option<IpAddr>) -> store::Result<()> {
        self.db
            .transact(move |mut tx| async move {
                match sessions::remove_others(&mut tx, agent.tenant(), agent.id(), agent.session()).await? {
                    0 => tx.rollback().await,
                    ended => self.sessions_ended(tx, agent, address, i64::try_from(ended).unwrap_or(i64::MAX)).await,
                }
            })
            .await
    }

    async fn sessions_ended(
        &self,
        tx: store::Tx,
        agent: &Agent,
        address: Option<IpAddr>,
        sessions: i64,
    ) -> store::Result<()> {
        let event = Event::SessionsEnded { agent: agent.id().clone(), sessions };
        self.log.commit(tx, agent.tenant(), self.clock.now(), agent.initiator(address), event).await?;
        Ok(())
    }

    /// Stops telling that this session began with a recovery code.
    pub async fn dismiss_recovery_code(&self, agent: &Agent) -> store::Result<()> {
        self.db
            .transact(move |mut tx| async move {
                sessions::dismiss_recovery_code(&mut tx, agent.session()).await?;
                tx.commit().await
            })
            .await
    }

    /// Stops asking for a longer password in this session.
    pub async fn dismiss_short_password(&self, agent: &Agent) -> store::Result<()> {
        self.db
            .transact(move |mut tx| async move {
                sessions::dismiss_short_password(&mut tx, agent.session()).await?;
                tx.commit().await
            })
            .await
    }
}
