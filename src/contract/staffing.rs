//! The staffing page: a roster tried on the handoffs of the last weeks, and how well forecasts were.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::domain::staffing::{
    concurrency::Concurrency,
    forecast::Forecast,
    forecast_check::{BackTest, ForecastCheck},
    prediction::Prediction,
    replay::HandlingClock,
};

/// What is to be tried. Each part is in the page's address.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StaffingRequest {
    /// How many weeks before today are replayed: one of [`WEEKS`].
    pub weeks: u16,
    /// As text, like `mon-fri.0900-1700.3`. The server reads it again, and answers with what is wrong in it.
    pub roster: String,
    /// Conversations of a person at once; `None` for what was observed.
    pub concurrency: Option<u32>,
}

/// The numbers of weeks to choose from.
pub const WEEKS: [u16; 4] = [2, 4, 8, 12];

/// What the page shows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StaffingReport {
    /// The roster as it was understood, in its shortest form.
    pub roster: String,
    pub zone: String,
    /// The first day that was replayed, and the day after the last one, in that zone.
    pub from: Date,
    pub until: Date,
    /// What was calculated with.
    pub concurrency: Concurrency,
    /// The mean of the team; `None` if nobody had a conversation.
    pub observed: Option<Concurrency>,
    pub clock: HandlingClock,
    pub prediction: Prediction,
    /// For the seven days from `until` on.
    pub forecast: Forecast,
    /// The last seven days beside their forecast; `None` before there was anything to forecast from.
    pub last_week: Option<ForecastCheck>,
    pub back_test: Option<BackTest>,
}
