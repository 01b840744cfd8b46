//! Refused sign-ins: a line in the operator's log, and an entry in the audit log of the account's tenant.
//!
//! The entry is written beside the answer, not before it: only accounts that exist have one, and the time of the answer
//! would tell which these are. A server that is killed in that moment loses it; the operator's log has it.

use std::{net::IpAddr, sync::Arc};

use tokio::sync::Semaphore;
use tokio_util::task::TaskTracker;

use super::{Accounts, device::CallerDevice, login::AttemptScope};
use crate::{
    domain::{
        email_address::masked,
        event::{Actor, Event, Initiator, SignInRefusal},
    },
    server::store::{self, agents},
};

/// Most entries that are being written at once. Under an attack that is faster, only the operator's log has the others.
const PENDING: usize = 64;

/// The entries that are being written. Cheap to clone.
#[derive(Clone)]
pub struct Notes {
    tasks: TaskTracker,
    places: Arc<Semaphore>,
}

impl Default for Notes {
    fn default() -> Self {
        let tasks = TaskTracker::new();
        // A tracker that is closed can be waited for, and takes tasks all the same.
        tasks.close();
        Self { tasks, places: Arc::new(Semaphore::new(PENDING)) }
    }
}

impl Accounts {
    /// Records a refused sign-in with this email, as it was typed.
    pub(super) fn record_refusal(&self, email: &str, from: &CallerDevice, why: SignInRefusal) {
        log_refusal(email, from.address, why);
        let Ok(place) = self.notes.places.clone().try_acquire_owned() else { return };
        let (accounts, email, address) = (self.clone(), email.to_owned(), from.address);
        self.notes.tasks.spawn(async move {
            let _place = place;
            if let Err(error) = accounts.note(&email, address, why).await {
                tracing::error!(%error, "accounts: couldn't write a refused sign-in to the audit log");
            }
        });
    }

    async fn note(&self, email: &str, address: Option<IpAddr>, why: SignInRefusal) -> store::Result<()> {
        let mut tx = self.db.begin_read().await?;
        let Some(record) = agents::by_email(&mut tx, email).await? else { return Ok(()) };
        drop(tx);
        let is_counted = match why {
            // These have limits of their own.
            SignInRefusal::Password | SignInRefusal::Inactive | SignInRefusal::Confirmation | SignInRefusal::Code => {
                true
            }
            SignInRefusal::TooManyAttempts | SignInRefusal::Busy => false,
        };
        if !is_counted && self.limiter.take(&[AttemptScope::Note(record.id.clone())]).is_err() {
            return Ok(());
        }
        let initiator = Initiator { actor: Actor::System, address };
        let event = Event::SignInRefused { agent: record.id, why };
        self.append(&record.tenant, &initiator, &event).await
    }

    /// Returns when all refusals so far are in the audit log, for tests.
    pub async fn refusals_noted(&self) {
        self.notes.tasks.wait().await;
    }
}

/// The email is masked, because the operator of a server need not know it.
pub(super) fn log_refusal(email: &str, address: Option<IpAddr>, why: SignInRefusal) {
    let address = address.map_or_else(|| "unknown".to_owned(), |address| address.to_canonical().to_string());
    tracing::warn!(email = %masked(email), %address, why = why.as_str(), "accounts: sign-in refused");
}
