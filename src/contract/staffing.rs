//! The staffing page: a roster tried on the handoffs of the last weeks, and how well forecasts were.

use jiff::civil::Date;
use serde::{Deserialize, Serialize};

use crate::domain::{
    staffing::{
        concurrency::Concurrency,
        forecast::Forecast,
        forecast_check::{BackTest, ForecastCheck},
        prediction::Prediction,
        replay::HandlingClock,
    },
    time::Timestamp,
};

/// What is to be tried. Each part is in the page's address.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StaffingRequest {
    /// How many weeks before today are replayed: one of [`WEEKS`].
    pub weeks: u16,
    /// As text, like `mon-fri.0900-1700.3`. The server reads it again, and answers with what is wrong in it. `None` for
    /// the [`StartingRoster`].
    #[serde(default)]
    pub roster: Option<String>,
    /// Conversations per person at a time; `None` for what was observed.
    #[serde(default)]
    pub concurrency: Option<u32>,
}

/// The numbers of weeks to choose from.
pub const WEEKS: [u16; 4] = [2, 4, 8, 12];

/// The roster to begin with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StartingRoster {
    /// In its shortest form.
    pub roster: String,
    pub source: RosterSource,
}

/// What a roster was made from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RosterSource {
    /// How many people were online from one day on until before another one, in the tenant's zone.
    Online { from: Date, until: Date },
    /// Nobody was online, or it was not recorded.
    Example,
}

/// What the page shows.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct StaffingReport {
    /// The roster as it was understood, in its shortest form.
    pub roster: String,
    pub zone: String,
    /// How many weeks were replayed: fewer than requested where there are too many handoffs.
    pub weeks: u16,
    /// The first day that was replayed, and the day after the last one, in that zone.
    pub from: Date,
    pub until: Date,
    /// What was calculated with.
    pub concurrency: Concurrency,
    /// The mean of the team; `None` if nobody had a conversation.
    pub observed: Option<Concurrency>,
    pub clock: HandlingClock,
    /// The handoffs until then are not all counted yet.
    pub unfinished: Option<UnfinishedCount>,
    pub prediction: Prediction,
    /// For the seven days from `until` on.
    pub forecast: Forecast,
    /// The last seven days beside their forecast; `None` before there was anything to forecast from.
    pub last_week: Option<ForecastCheck>,
    pub back_test: Option<BackTest>,
}

/// How far handoffs are counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct UnfinishedCount {
    /// `None` if none are.
    pub up_to: Option<Timestamp>,
}
