//! Away and muted: the availability that agents set for themselves.

use super::{Accounts, Agent};
use crate::{
    domain::event::Event,
    server::store::{self, agents},
};

impl Accounts {
    pub async fn set_away(&self, agent: &Agent, away: bool) -> store::Result<()> {
        self.db
            .transact(move |mut tx| async move {
                if agents::set_away(&mut tx, agent.tenant(), agent.id(), away).await? {
                    let event = Event::Availability { agent: agent.id().clone(), away };
                    self.log.commit(tx, agent.tenant(), self.clock.now(), agent.initiator(None), event).await?;
                }
                self.presence.set_away(agent.tenant(), agent.id(), away);
                Ok(())
            })
            .await
    }

    pub async fn set_muted(&self, agent: &Agent, muted: bool) -> store::Result<()> {
        self.db
            .transact(move |mut tx| async move {
                agents::set_muted(&mut tx, agent.tenant(), agent.id(), muted).await?;
                tx.commit().await
            })
            .await
    }
}
