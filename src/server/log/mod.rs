//! The tenant's log for everything outside conversations: appends entries in the caller's transaction, commits it and
//! notifies the bus. Conversations append through `conversations::UnitOfWork`, in one transaction with their state.

use crate::{
    domain::{
        event::{Actor, Entry, Event},
        ids::{Seq, TenantId},
        time::Timestamp,
    },
    server::{
        bus::Bus,
        store::{self, Tx, entries, tenants},
    },
};

#[derive(Clone)]
pub struct Log {
    bus: Bus,
}

impl Log {
    pub fn new(bus: Bus) -> Self {
        Self { bus }
    }

    /// Appends one entry per change, in order, and commits the transaction. Without changes it is rolled back.
    pub async fn commit_all(
        &self,
        mut tx: Tx,
        tenant: &TenantId,
        at: Timestamp,
        actor: Actor,
        mut changes: Vec<Event>,
    ) -> store::Result<()> {
        let Some(last) = changes.pop() else { return tx.rollback().await };
        if !changes.is_empty() {
            let Seq(first) = tenants::advance(&mut tx, tenant, changes.len()).await?;
            let earlier: Vec<Entry> = (first..)
                .zip(changes)
                .map(|(seq, event)| Entry { seq: Seq(seq), at, actor: actor.clone(), conversation: None, event })
                .collect();
            entries::append(&mut tx, tenant, &earlier).await?;
        }
        self.commit(tx, tenant, at, actor, last).await?;
        Ok(())
    }

    /// Appends one entry, commits the transaction and notifies the bus. Returns the entry's sequence number.
    pub async fn commit(
        &self,
        mut tx: Tx,
        tenant: &TenantId,
        at: Timestamp,
        actor: Actor,
        event: Event,
    ) -> store::Result<Seq> {
        let seq = tenants::advance(&mut tx, tenant, 1).await?;
        let entry = Entry { seq, at, actor, conversation: None, event };
        entries::append(&mut tx, tenant, std::slice::from_ref(&entry)).await?;
        tx.commit().await?;
        self.bus.publish(tenant, seq);
        Ok(seq)
    }
}
