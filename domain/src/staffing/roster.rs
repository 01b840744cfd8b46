//! Rosters: how many people are on duty in which hours of the week, by the wall clock of the tenant's zone.
//!
//! Shifts at the same time add up. The week of a roster is cut into slots with a constant number of people, the hours
//! without anybody included, so every handoff arrives in one of them.

use serde::{Deserialize, Serialize};

use crate::{
    calendar::{DAY, INTERVALS, Interval},
    week::Weekday,
};

/// The most people of one shift.
pub const MOST_PEOPLE: u16 = 500;
/// The most shifts that begin on one weekday.
pub const MOST_SHIFTS: usize = INTERVALS;

/// People who are on duty every week at the same time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Shift {
    /// The day on which it begins.
    pub weekday: Weekday,
    /// May end on the next day.
    pub hours: Interval,
    pub people: u16,
}

/// The shifts of a week.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Roster {
    /// Sorted, with each weekday and hours once.
    shifts: Vec<Shift>,
}

/// A part of the week with a constant number of people.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WeekSlot {
    pub weekday: Weekday,
    /// In minutes after midnight.
    pub from: u16,
    /// In minutes after the same midnight, exclusive; 1440 is the end of the day.
    pub until: u16,
    /// 0 where nobody is on duty.
    pub people: u32,
}

/// Why a roster cannot be used, and what to do.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum RosterError {
    #[error("“{0}” is not a shift. Write days, hours and people, like mon-fri.0900-1700.3")]
    Shift(String),
    #[error("“{0}” is not a weekday. Use mon, tue, wed, thu, fri, sat or sun, or a range like mon-fri.")]
    Weekday(String),
    #[error("“{0}” is not a time range. Write it like 0900-1700, between 0000 and 2400.")]
    Hours(String),
    #[error("{0} starts and ends at the same time. For a whole day, enter 0000-2400.")]
    Empty(Interval),
    #[error("“{0}” is not a number of people. Enter 1 to {most}; leave out hours without anybody.", most = MOST_PEOPLE)]
    People(String),
    #[error("{0} {1} is listed twice. Keep one of them, with the sum of the people.")]
    Twice(Weekday, Interval),
    #[error("{0} can have up to {most} shifts. Remove one.", most = MOST_SHIFTS)]
    TooMany(Weekday),
}

impl Roster {
    /// # Errors
    /// [`RosterError`] for the first fault.
    pub fn new(mut shifts: Vec<Shift>) -> Result<Self, RosterError> {
        for shift in &shifts {
            let Shift { hours, people, .. } = *shift;
            if hours.from >= DAY || hours.to > DAY {
                return Err(RosterError::Hours(hours.to_string()));
            }
            if hours.from == hours.to {
                return Err(RosterError::Empty(hours));
            }
            if people == 0 || people > MOST_PEOPLE {
                return Err(RosterError::People(people.to_string()));
            }
        }
        shifts.sort_unstable();
        for pair in shifts.windows(2) {
            if (pair[0].weekday, pair[0].hours) == (pair[1].weekday, pair[1].hours) {
                return Err(RosterError::Twice(pair[0].weekday, pair[0].hours));
            }
        }
        for weekday in Weekday::ALL {
            if shifts.iter().filter(|shift| shift.weekday == weekday).count() > MOST_SHIFTS {
                return Err(RosterError::TooMany(weekday));
            }
        }
        Ok(Self { shifts })
    }

    /// By weekday and hours.
    pub fn shifts(&self) -> &[Shift] {
        &self.shifts
    }

    /// Whether nobody is ever on duty.
    pub fn is_empty(&self) -> bool {
        self.shifts.is_empty()
    }

    /// The whole week, from Monday's midnight on. A slot ends where a shift begins or ends, and at midnight.
    pub fn week(&self) -> Vec<WeekSlot> {
        let mut slots = Vec::new();
        for weekday in Weekday::ALL {
            let parts = self.parts(weekday);
            let mut bounds: Vec<u16> = parts.iter().flat_map(|part| [part.from, part.until]).chain([0, DAY]).collect();
            bounds.sort_unstable();
            bounds.dedup();
            for pair in bounds.windows(2) {
                let (from, until) = (pair[0], pair[1]);
                let on_duty = parts.iter().filter(|part| part.from <= from && from < part.until);
                slots.push(WeekSlot { weekday, from, until, people: on_duty.map(|part| part.people).sum() });
            }
        }
        slots
    }

    /// What of each shift lies on a weekday: shifts that begin on it, and the rest of those that began the day before.
    fn parts(&self, weekday: Weekday) -> Vec<WeekSlot> {
        let part = |shift: &Shift| {
            let (from, end, people) = (shift.hours.from, shift.hours.end(), u32::from(shift.people));
            if shift.weekday == weekday {
                Some(WeekSlot { weekday, from, until: end.min(DAY), people })
            } else if shift.weekday.following() == weekday && end > DAY {
                Some(WeekSlot { weekday, from: 0, until: end - DAY, people })
            } else {
                None
            }
        };
        self.shifts.iter().filter_map(part).collect()
    }
}

#[cfg(test)]
#[path = "roster_tests.rs"]
mod tests;
