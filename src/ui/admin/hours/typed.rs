//! Opening hours as typed text, and the parsing of it.

use std::array;

use jiff::civil::Date;

use crate::domain::calendar::{Calendar, CalendarDay, DAY, Holiday, Interval};

/// An interval of the form. The id is the key of its row and not part of the value.
#[derive(Clone, Debug)]
pub struct IntervalInput {
    pub id: u32,
    /// `09:00`, or nothing yet.
    pub from: String,
    pub to: String,
}

#[derive(Clone, Debug)]
pub struct TypedHoliday {
    pub id: u32,
    /// `2026-12-25`, or nothing yet.
    pub date: String,
    pub name: String,
    pub slots: Vec<IntervalInput>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TypedHours {
    /// Monday first.
    pub days: [Vec<IntervalInput>; 7],
    pub holidays: Vec<TypedHoliday>,
    ids: Ids,
}

/// The next free id. All are equal, because it is not part of the value.
#[derive(Clone, Debug)]
struct Ids(u32);

/// A day of the form: a weekday by its index, a holiday by its id.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Day {
    Week(usize),
    Holiday(u32),
}

pub type HoursFaults = Vec<(Day, String)>;

impl PartialEq for IntervalInput {
    fn eq(&self, other: &Self) -> bool {
        self.from == other.from && self.to == other.to
    }
}
impl Eq for IntervalInput {}

impl PartialEq for TypedHoliday {
    fn eq(&self, other: &Self) -> bool {
        self.date == other.date && self.name == other.name && self.slots == other.slots
    }
}
impl Eq for TypedHoliday {}

impl PartialEq for Ids {
    fn eq(&self, _other: &Self) -> bool {
        true
    }
}
impl Eq for Ids {}

impl Ids {
    fn next(&mut self) -> u32 {
        self.0 += 1;
        self.0
    }

    fn slot(&mut self, interval: &Interval) -> IntervalInput {
        IntervalInput { id: self.next(), from: time(interval.from), to: time(interval.to) }
    }
}

/// `09:00`. The end of the day is `00:00`, because time fields have no 24:00.
fn time(minutes: u16) -> String {
    let minutes = minutes % DAY;
    format!("{:02}:{:02}", minutes / 60, minutes % 60)
}

impl IntervalInput {
    fn read(&self) -> Option<Interval> {
        let to = if self.to == "00:00" { "24:00" } else { &self.to };
        // Some browsers add seconds.
        let short = |time: &str| time.get(..5).unwrap_or(time).to_owned();
        Interval::parse(&short(&self.from), &short(to))
    }

    /// Whether it ends on the next day.
    pub fn is_overnight(&self) -> bool {
        self.read().is_some_and(|interval| interval.to < interval.from)
    }
}

impl TypedHours {
    pub fn of(calendar: &Calendar) -> Self {
        let mut ids = Ids(0);
        let days = array::from_fn(|day| calendar.weekly[day].iter().map(|interval| ids.slot(interval)).collect());
        let holidays = calendar
            .holidays
            .iter()
            .map(|holiday| TypedHoliday {
                id: ids.next(),
                date: holiday.date.to_string(),
                name: holiday.name.clone(),
                slots: holiday.intervals.iter().map(|interval| ids.slot(interval)).collect(),
            })
            .collect();
        Self { days, holidays, ids }
    }

    pub fn slots(&self, day: Day) -> &[IntervalInput] {
        match day {
            Day::Week(at) => self.days.get(at).map_or(&[], Vec::as_slice),
            Day::Holiday(id) => self.holiday(id).map_or(&[], |holiday| holiday.slots.as_slice()),
        }
    }

    pub fn slots_mut(&mut self, day: Day) -> Option<&mut Vec<IntervalInput>> {
        match day {
            Day::Week(at) => self.days.get_mut(at),
            Day::Holiday(id) => {
                self.holidays.iter_mut().find(|holiday| holiday.id == id).map(|holiday| &mut holiday.slots)
            }
        }
    }

    pub fn holiday(&self, id: u32) -> Option<&TypedHoliday> {
        self.holidays.iter().find(|holiday| holiday.id == id)
    }

    /// Adds an interval: nine to five on an empty day, else an empty one. Returns its id.
    pub fn add_slot(&mut self, day: Day) -> u32 {
        let id = self.ids.next();
        let is_first = self.slots(day).is_empty();
        let (from, to) = if is_first { ("09:00", "17:00") } else { ("", "") };
        if let Some(slots) = self.slots_mut(day) {
            slots.push(IntervalInput { id, from: from.to_owned(), to: to.to_owned() });
        }
        id
    }

    /// Returns its id.
    pub fn add_holiday(&mut self) -> u32 {
        let id = self.ids.next();
        self.holidays.push(TypedHoliday { id, date: String::new(), name: String::new(), slots: Vec::new() });
        id
    }

    /// Copies the hours of Monday to Tuesday until Friday.
    pub fn copy_monday(&mut self) {
        let monday = self.days[0].clone();
        for day in 1..5 {
            self.days[day] = monday.iter().map(|slot| IntervalInput { id: self.ids.next(), ..slot.clone() }).collect();
        }
    }

    pub fn is_always_open(&self) -> bool {
        self.days.iter().all(Vec::is_empty)
    }

    /// The calendar, or all faults of the form.
    pub fn read(&self) -> Result<Calendar, HoursFaults> {
        let mut faults = HoursFaults::new();
        let mut intervals = |day: Day, slots: &[IntervalInput]| -> Vec<Interval> {
            let read: Vec<Option<Interval>> = slots.iter().map(IntervalInput::read).collect();
            if read.contains(&None) {
                faults.push((day, "Enter when it opens and when it closes.".to_owned()));
            }
            read.into_iter().flatten().collect()
        };
        let weekly = array::from_fn(|at| intervals(Day::Week(at), &self.days[at]));
        let mut holidays = Vec::new();
        // Ids of the holidays that could be parsed, in their order.
        let mut known = Vec::new();
        for holiday in &self.holidays {
            let intervals = intervals(Day::Holiday(holiday.id), &holiday.slots);
            if let Ok(date) = holiday.date.parse::<Date>() {
                known.push(holiday.id);
                holidays.push(Holiday { date, name: holiday.name.trim().to_owned(), intervals });
            }
        }
        let dateless = self.holidays.iter().filter(|holiday| !known.contains(&holiday.id));
        faults.extend(dateless.map(|holiday| (Day::Holiday(holiday.id), "Choose the date.".to_owned())));
        let calendar = Calendar { weekly, holidays };
        faults.extend(calendar.faults().into_iter().map(|fault| {
            let day = match fault.day {
                CalendarDay::Weekday(at) => Day::Week(at),
                // The fault "too many" belongs to no holiday and is shown at the last one.
                CalendarDay::Holiday(at) => Day::Holiday(known.get(at).or(known.last()).copied().unwrap_or_default()),
            };
            (day, fault.detail)
        }));
        if faults.is_empty() { Ok(calendar) } else { Err(faults) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn calendar() -> Calendar {
        let mut calendar = Calendar::default();
        calendar.weekly[0] = vec![Interval { from: 540, to: 720 }, Interval { from: 780, to: 1080 }];
        calendar.weekly[5] = vec![Interval { from: 1320, to: 120 }];
        calendar.weekly[6] = vec![Interval { from: 600, to: DAY }];
        calendar.holidays =
            vec![Holiday { date: jiff::civil::date(2026, 12, 25), name: "Christmas".into(), intervals: Vec::new() }];
        calendar
    }

    #[test]
    fn hours_survive_the_form() {
        let typed = TypedHours::of(&calendar());
        assert_eq!(typed.read(), Ok(calendar()));
        assert!(typed.days[5][0].is_overnight() && !typed.days[6][0].is_overnight());
    }

    #[test]
    fn what_was_added_and_taken_away_is_no_change() {
        let before = TypedHours::of(&calendar());
        let mut typed = before.clone();
        let id = typed.add_slot(Day::Week(2));
        assert_ne!(typed, before);
        typed.slots_mut(Day::Week(2)).expect("a day").retain(|slot| slot.id != id);
        assert_eq!(typed, before);
    }

    #[test]
    fn each_fault_stands_at_its_day() {
        let mut typed = TypedHours::of(&calendar());
        typed.add_slot(Day::Week(0));
        let dateless = typed.add_holiday();
        let twin = typed.add_holiday();
        typed.holidays[2].date = "2026-12-25".into();
        let days: Vec<Day> = typed.read().expect_err("faults").into_iter().map(|(day, _)| day).collect();
        assert_eq!(days, [Day::Week(0), Day::Holiday(dateless), Day::Holiday(twin)]);
    }
}
