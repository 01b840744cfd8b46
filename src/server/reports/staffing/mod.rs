//! Staffing: what a roster would have done with the handoffs of the last weeks, forecasts, and the roster as it was.
//!
//! What is read is bounded, and the replay runs on a blocking thread, with the slots of reports. The model is in
//! `domain::staffing`; `history` reads and puts together, `starting` reads who was online. To add a figure: in the domain,
//! and its field in `contract::staffing`.

mod history;
mod starting;

use tokio::task::JoinError;

use self::history::History;
use super::counting::{Counting, CountingBusy, aside};
use crate::{
    contract::staffing::{StaffingReport, StaffingRequest, StartingRoster, WEEKS},
    domain::{
        ids::TenantId,
        staffing::{
            concurrency::Concurrency,
            replay::ReplayError,
            roster::{Roster, RosterError},
        },
    },
    server::{
        clock::Clock,
        store::{Db, StoreError},
    },
};

/// The service. Cheap to clone.
#[derive(Clone)]
pub struct Staffing {
    db: Db,
    clock: Clock,
    counting: Counting,
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
    #[error("Other reports are being counted right now. Wait a few seconds and try again.")]
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

impl From<CountingBusy> for StaffingError {
    fn from(_busy: CountingBusy) -> Self {
        Self::Busy
    }
}

impl From<JoinError> for StaffingError {
    fn from(error: JoinError) -> Self {
        Self::Failed(error.to_string())
    }
}

impl Staffing {
    pub(super) fn new(db: Db, clock: Clock, counting: Counting) -> Self {
        Self { db, clock, counting }
    }

    /// Replays the handoffs of the last weeks against a roster, and forecasts those of the next days.
    ///
    /// # Errors
    /// [`StaffingError::Invalid`] for a text that is no roster, for another number of weeks than those to choose from, and
    /// if the handoffs cannot be replayed; [`StaffingError::Busy`] where too much is counted already.
    pub async fn read_staffing(&self, tenant: &TenantId, request: &StaffingRequest) -> Result<StaffingReport> {
        let weeks = WEEKS.into_iter().find(|weeks| *weeks == request.weeks);
        let weeks = weeks.ok_or_else(|| StaffingError::Invalid(format!("Choose {} weeks.", listed(&WEEKS))))?;
        let roster: Roster = match &request.roster {
            Some(text) => text.parse()?,
            None => self.read_starting_roster(tenant).await?.roster.parse()?,
        };
        let chosen = request.concurrency.map(Concurrency::whole);
        // Before a connection is taken, as for a report.
        let slot = self.counting.slot(tenant).await?;
        let history = History::read(&self.db, self.clock.now(), tenant, weeks).await?;
        aside(move || {
            // The slot belongs to the blocking task, which continues if the caller is dropped.
            let _slot = slot;
            history.report(&roster, chosen)
        })
        .await?
    }

    /// The roster as it was in the last weeks.
    pub async fn read_starting_roster(&self, tenant: &TenantId) -> Result<StartingRoster> {
        starting::read(&self.db, self.clock.now(), tenant).await
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
