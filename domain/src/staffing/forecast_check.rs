//! Forecasts compared with what happened: for the last week, and for weeks that are held back one after the other.

use serde::{Deserialize, Serialize};

use super::forecast::{Forecast, WeekOfArrivals, mean};
use crate::week::Weekday;

/// How many weeks a back-test holds back.
pub const HELD_BACK: usize = 4;

/// A forecast beside the week that it was for.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ForecastCheck {
    pub forecast: Forecast,
    pub actual: WeekOfArrivals,
    pub by_hour: ForecastError,
    pub by_day: ForecastError,
}

/// How far forecasts were off.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct ForecastError {
    /// How many hours or days were compared.
    pub n: usize,
    /// The mean of the differences without their signs, in handoffs.
    pub absolute: f64,
    /// MAPE, the mean of the differences without their signs, each as a share of what happened: 0.2 is 20 %. Where
    /// nothing arrived there is no share; `None` if nothing arrived at all.
    pub relative: Option<f64>,
    /// Of how many hours or days `relative` is the mean.
    pub relative_n: usize,
    pub expected: f64,
    pub actual: u32,
}

/// What the errors would have been in the last weeks, if each had been forecast from the weeks before it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct BackTest {
    /// Oldest first; at most [`HELD_BACK`], fewer if there was nothing to make a forecast from.
    pub weeks: Vec<ForecastCheck>,
    /// Over all weeks.
    pub by_hour: ForecastError,
    pub by_day: ForecastError,
}

impl ForecastCheck {
    pub fn new(forecast: Forecast, actual: WeekOfArrivals) -> Self {
        let by_hour = ForecastError::new(&hours(&forecast, &actual));
        let by_day = ForecastError::new(&days(&forecast, &actual));
        Self { forecast, actual, by_hour, by_day }
    }

    /// The last of `weeks` against a forecast from at most `basis` weeks before it; `None` if there are none.
    pub fn last(weeks: &[WeekOfArrivals], basis: usize) -> Option<Self> {
        let (actual, before) = weeks.split_last()?;
        let before = &before[before.len().saturating_sub(basis)..];
        (!before.is_empty()).then(|| Self::new(Forecast::new(before), actual.clone()))
    }
}

impl BackTest {
    /// Holds back the last weeks one after the other: each is forecast from at most `basis` weeks right before it, as
    /// it would have been at that time. `None` if no week has one before it.
    pub fn new(weeks: &[WeekOfArrivals], basis: usize) -> Option<Self> {
        let first = weeks.len().saturating_sub(HELD_BACK);
        let checks: Vec<ForecastCheck> =
            (first..weeks.len()).filter_map(|last| ForecastCheck::last(&weeks[..=last], basis)).collect();
        if checks.is_empty() {
            return None;
        }
        let pairs = |of: fn(&Forecast, &WeekOfArrivals) -> Vec<(f64, u32)>| {
            checks.iter().flat_map(|check| of(&check.forecast, &check.actual)).collect::<Vec<_>>()
        };
        let (by_hour, by_day) = (ForecastError::new(&pairs(hours)), ForecastError::new(&pairs(days)));
        Some(Self { weeks: checks, by_hour, by_day })
    }
}

impl ForecastError {
    /// From pairs of what was expected and what happened.
    fn new(pairs: &[(f64, u32)]) -> Self {
        let off = |(expected, actual): &(f64, u32)| (expected - f64::from(*actual)).abs();
        let relative: Vec<f64> =
            pairs.iter().filter(|(_, actual)| *actual > 0).map(|pair| off(pair) / f64::from(pair.1)).collect();
        let relative_n = relative.len();
        Self {
            n: pairs.len(),
            absolute: mean(pairs.iter().map(off).collect()),
            relative: (relative_n > 0).then(|| mean(relative)),
            relative_n,
            expected: pairs.iter().map(|(expected, _)| expected).sum(),
            actual: pairs.iter().map(|(_, actual)| actual).sum(),
        }
    }
}

fn hours(forecast: &Forecast, actual: &WeekOfArrivals) -> Vec<(f64, u32)> {
    let expected = forecast.expected.iter().flatten().copied();
    expected.zip(actual.arrivals.iter().flatten().copied()).collect()
}

fn days(forecast: &Forecast, actual: &WeekOfArrivals) -> Vec<(f64, u32)> {
    Weekday::ALL.map(|weekday| (forecast.of_day(weekday), actual.of_day(weekday))).to_vec()
}
