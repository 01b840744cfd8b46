//! Staffing: what a roster would have done with the handoffs of the last weeks, forecasts, and the roster as it was.
//!
//! What is read is bounded, and the replay runs on a blocking thread, few at once. The model is in `domain::staffing`;
//! `history` reads and puts together, `starting` reads who was online. To add a figure: in the domain, and its field in
//! `contract::staffing`.

mod history;
mod starting;

use std::sync::Arc;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use self::history::History;
use crate::{
    contract::staffing::{StaffingReport, StaffingRequest, StartingRoster, WEEKS},
    domain::{
        ids::TenantId,
        staffing::{
            concurrency::Concurrency,
            replay::ReplayError,
            roster::{Roster, RosterError},
        },
        time::Span,
    },
    server::{
        clock::Clock,
        store::{Db, StoreError},
    },
};

/// How many replays are read and calculated at once. Each holds up to a hundred thousand handoffs.
const AT_ONCE: usize = 2;
/// How long a request waits for its turn. Afterwards the person presses the button again.
const LONGEST_WAIT: Span = Span::seconds(10);

/// The service. Cheap to clone.
#[derive(Clone)]
pub struct Staffing {
    db: Db,
    clock: Clock,
    turns: Arc<Semaphore>,
}

/// Why nothing was calculated.
#[derive(Debug, thiserror::Error)]
pub enum StaffingError {
    /// The tenant does not exist.
    #[error("not found")]
    NotFound,
    /// Invalid input. The sentence is for the person who entered it.
    #[error("{0}")]
    Invalid(String),
    /// Others are first.
    #[error("Other rosters are being calculated right now. Wait a few seconds and try again.")]
    Busy,
    #[error("the replay failed: {0}")]
    Failed(String),
    #[error(transparent)]
    Store(#[from] StoreError),
}

pub type Result<T> = std::result::Result<T, StaffingError>;

impl From<RosterError> for StaffingError {
    fn from(error: RosterError) -> Self {
        Self::Invalid(error.to_string())
    }
}

impl From<ReplayError> for StaffingError {
    fn from(error: ReplayError) -> Self {
        Self::Invalid(error.to_string())
    }
}

impl Staffing {
    pub fn new(db: Db, clock: Clock) -> Self {
        Self { db, clock, turns: Arc::new(Semaphore::new(AT_ONCE)) }
    }

    /// Replays the handoffs of the last weeks against a roster, and forecasts those of the next days.
    ///
    /// # Errors
    /// [`StaffingError::Invalid`] for a text that is no roster, for another number of weeks than those to choose from, and
    /// if the handoffs cannot be replayed; [`StaffingError::Busy`] after `LONGEST_WAIT`.
    pub async fn read_staffing(&self, tenant: &TenantId, request: &StaffingRequest) -> Result<StaffingReport> {
        let weeks = WEEKS.into_iter().find(|weeks| *weeks == request.weeks);
        let weeks = weeks.ok_or_else(|| StaffingError::Invalid(format!("Choose {} weeks.", listed(&WEEKS))))?;
        let roster: Roster = match &request.roster {
            Some(text) => text.parse()?,
            None => self.read_starting_roster(tenant).await?.roster.parse()?,
        };
        let chosen = request.concurrency.map(Concurrency::whole);
        let turn = self.turn().await?;
        let history = History::read(&self.db, self.clock.now(), tenant, weeks).await?;
        let replayed = tokio::task::spawn_blocking(move || {
            // The turn belongs to the blocking task, which continues if the caller is dropped.
            let _turn = turn;
            history.report(&roster, chosen)
        });
        replayed.await.map_err(|error| StaffingError::Failed(error.to_string()))?
    }

    /// The roster as it was in the last weeks.
    pub async fn read_starting_roster(&self, tenant: &TenantId) -> Result<StartingRoster> {
        starting::read(&self.db, self.clock.now(), tenant).await
    }

    async fn turn(&self) -> Result<OwnedSemaphorePermit> {
        tokio::select! {
            biased;
            turn = Arc::clone(&self.turns).acquire_owned() => {
                turn.map_err(|error| StaffingError::Failed(error.to_string()))
            }
            () = self.clock.sleep(LONGEST_WAIT) => Err(StaffingError::Busy),
        }
    }
}

/// `2, 4, 8 or 12`.
fn listed(numbers: &[u16]) -> String {
    let texts: Vec<String> = numbers.iter().map(ToString::to_string).collect();
    match texts.split_last() {
        Some((last, others)) if !others.is_empty() => format!("{} or {last}", others.join(", ")),
        _ => texts.concat(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_numbers_of_weeks_are_a_sentence() {
        assert_eq!(listed(&WEEKS), "2, 4, 8 or 12");
        assert_eq!((listed(&[2]), listed(&[])), ("2".to_owned(), String::new()));
    }
}
