//! The tenant's log for everything outside conversations: appends entries in the caller's transaction, commits it and
//! notifies the bus. Conversations append through `conversations::UnitOfWork`, in one transaction with their state.

use std::net::IpAddr;

use crate::{
    domain::{
        event::{Entry, Event, Initiator},
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
        initiator: Initiator,
        mut changes: Vec<Event>,
    ) -> store::Result<()> {
        let Some(last) = changes.pop() else { return tx.rollback().await };
        if !changes.is_empty() {
            let Seq(first) = tenants::advance(&mut tx, tenant, changes.len()).await?;
            let actor = &initiator.actor;
            let earlier: Vec<Entry> = (first..)
                .zip(changes)
                .map(|(seq, event)| Entry { seq: Seq(seq), at, actor: actor.clone(), conversation: None, event })
                .collect();
            append(&mut tx, tenant, &earlier, initiator.address).await?;
        }
        self.commit(tx, tenant, at, initiator, last).await?;
        Ok(())
    }

    /// Appends one entry, commits the transaction and notifies the bus. Returns the entry's sequence number.
    pub async fn commit(
        &self,
        mut tx: Tx,
        tenant: &TenantId,
        at: Timestamp,
        initiator: Initiator,
        event: Event,
    ) -> store::Result<Seq> {
        let seq = tenants::advance(&mut tx, tenant, 1).await?;
        let Initiator { actor, address } = initiator;
        let entry = Entry { seq, at, actor, conversation: None, event };
        append(&mut tx, tenant, std::slice::from_ref(&entry), address).await?;
        tx.commit().await?;
        self.bus.publish(tenant, seq);
        Ok(seq)
    }
}

async fn append(tx: &mut Tx, tenant: &TenantId, log: &[Entry], address: Option<IpAddr>) -> store::Result<()> {
    entries::append(tx, tenant, log).await?;
    let Some(address) = address else { return Ok(()) };
    let seqs: Vec<Seq> = log.iter().map(|entry| entry.seq).collect();
    entries::keep_address(tx, tenant, &seqs, address).await
}
