//! Away, muted: what an agent says about themselves.

use super::{Accounts, Agent};
use crate::{
    api::ApiError,
    domain::event::{Actor, Event},
    server::{
        context::internal,
        store::{self, agents},
    },
};

pub async fn set_away(agent: &Agent, away: bool) -> Result<(), ApiError> {
    agent.visit.service::<Accounts>()?.set_away(agent, away).await.map_err(internal)
}

pub async fn set_muted(agent: &Agent, muted: bool) -> Result<(), ApiError> {
    agent.visit.service::<Accounts>()?.set_muted(agent, muted).await.map_err(internal)
}

impl Accounts {
    pub async fn set_away(&self, agent: &Agent, away: bool) -> store::Result<()> {
        let now = self.clock.now();
        let mut tx = self.db.begin_write().await?;
        if agents::set_away(&mut tx, &agent.tenant, &agent.id, away).await? {
            let event = Event::Availability { agent: agent.id.clone(), away };
            self.log.commit(tx, &agent.tenant, now, Actor::Agent(agent.id.clone()), event).await?;
        }
        self.presence.set_away(&agent.tenant, &agent.id, away);
        Ok(())
    }

    pub async fn set_muted(&self, agent: &Agent, muted: bool) -> store::Result<()> {
        let mut tx = self.db.begin_write().await?;
        agents::set_muted(&mut tx, &agent.tenant, &agent.id, muted).await?;
        tx.commit().await
    }
}
