use std::{cell::Cell, pin::pin};

use futures::{
    future::{join, join_all},
    poll,
};

use super::*;
use crate::{
    domain::{ids::Wamid, settings::TenantSettings, time::Timestamp},
    server::{
        bus::{Bus, Presence},
        clock::{Clock, Entropy, ManualClock},
        store::{
            Db,
            outbox::{OutboxState, Sender},
            tenants,
        },
        workers::Lease,
    },
};

const NOON: Timestamp = Timestamp(1_790_000_000_000);
const MANY: usize = 500;

/// A row whose lease was lost: recording its outcome is a transaction that changes nothing.
fn sent(tenant: &str, nth: usize) -> Sent {
    let row = OutboxRow {
        id: format!("out_{nth}").into(),
        tenant_id: tenant.into(),
        channel_id: "chn_1".into(),
        conversation_id: format!("cnv_{nth}").into(),
        message_id: format!("msg_{nth}").into(),
        ord: 0,
        author: Sender::Bot,
        epoch: None,
        body: String::new(),
        state: OutboxState::Sending,
        due_at: NOON.0,
        attempts: 0,
        created_at: NOON.0,
    };
    let lease = Lease { owner: "nod_1".into(), token: "lost".to_owned() };
    (Leased { row, lease }, SendOutcome::Accepted { wamid: Wamid(format!("wamid.{nth}")) })
}

#[tokio::test]
async fn five_hundred_outcomes_of_one_tenant_delay_another_by_one_transaction_at_most() {
    let folder = tempfile::tempdir().expect("a folder");
    let db = Db::open(&format!("sqlite://{}", folder.path().join("settle.db").display())).await.expect("opens");
    db.migrate().await.expect("migrates");
    let mut tx = db.begin_write().await.expect("begins");
    for tenant in ["tnt_busy", "tnt_small"] {
        let (id, team, settings) = (tenant.into(), format!("tem_{tenant}").into(), TenantSettings::default());
        tenants::insert(&mut tx, &id, tenant, &team, &settings, NOON).await.expect("a tenant");
    }
    tx.commit().await.expect("commits");
    let clock = Clock::manual(ManualClock::at(NOON));
    let conversations = Conversations::new(db.clone(), clock, Entropy::seeded(5), Bus::default(), Presence::default());
    let queue = SettleQueue::new(conversations);
    let recorded = Cell::new(0);
    let (queue, recorded) = (&queue, &recorded);
    let settle = |(row, outcome): Sent| async move {
        queue.settle(&row, outcome).await.expect("recorded");
        recorded.set(recorded.get() + 1);
    };
    // given many outcomes of one tenant, of which the first is recorded and the next transaction is under way
    let mut many = pin!(join_all((0..MANY).map(|nth| settle(sent("tnt_busy", nth)))));
    while recorded.get() == 0 {
        assert!(poll!(&mut many).is_pending(), "they are many");
        tokio::task::yield_now().await;
    }
    let before = recorded.get();
    // when an outcome of another tenant comes
    let mut other = pin!(async {
        settle(sent("tnt_small", MANY)).await;
        recorded.get()
    });
    assert!(poll!(&mut other).is_pending(), "a transaction is under way");
    let (_, after) = join(many, other).await;
    // then it waits for that transaction and no other
    assert!(after - before <= BATCH + 1, "{} others were recorded first", after - before - 1);
    assert_eq!(recorded.get(), MANY + 1);
    db.close().await;
}
