//! What the page's address asks for: as links say it, and as the form sends it without scripts.
//!
//! A link holds the roster as one text. The form without scripts sends a field for each part of each shift, and the button
//! that was pressed. What an address does not say, or says in a way that is not understood, is as at first; a roster that
//! is not understood is refused by the server, which says why.

use crate::{
    contract::staffing::{StaffingRequest, WEEKS},
    domain::{
        percent::encoded,
        staffing::roster::{Roster, RosterError},
    },
};

pub const STAFFING: &str = "/reports/staffing";
/// How many weeks are replayed at first.
const WEEKS_AT_FIRST: u16 = 4;
/// The most conversations per person at a time to choose from.
pub const MOST_AT_ONCE: u32 = 10;
/// The field that says that the form has sent its shifts, even if there are none.
pub const SENT: &str = "shifts";

/// A shift of the form, as it was typed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ShiftInput {
    /// Names of weekdays, like `mon`.
    pub first: String,
    pub last: String,
    /// `09:00`, or nothing yet.
    pub from: String,
    pub until: String,
    pub people: String,
}

/// The roster of an address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RosterInput {
    /// None: the one to begin with.
    Starting,
    Text(String),
    Typed(Vec<ShiftInput>),
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StaffingQuery {
    pub weeks: u16,
    /// Conversations per person at a time; `None` for what was observed.
    pub concurrency: Option<u32>,
    pub roster: RosterInput,
}

impl Default for StaffingQuery {
    fn default() -> Self {
        Self { weeks: WEEKS_AT_FIRST, concurrency: None, roster: RosterInput::Starting }
    }
}

impl StaffingQuery {
    /// Of an address or a form, whose values `get` returns by the name of their field.
    pub fn read(get: impl Fn(&str) -> Vec<String>) -> Self {
        let one = |name: &str| get(name).pop();
        let weeks = one("weeks").and_then(|weeks| weeks.parse().ok()).filter(|weeks| WEEKS.contains(weeks));
        let concurrency = one("concurrency").and_then(|at_once| at_once.parse().ok());
        let roster = match one("roster") {
            Some(text) => RosterInput::Text(text),
            None if one(SENT).is_some() => RosterInput::Typed(typed(&get)),
            None => RosterInput::Starting,
        };
        Self {
            weeks: weeks.unwrap_or(WEEKS_AT_FIRST),
            concurrency: concurrency.filter(|at_once| (1..=MOST_AT_ONCE).contains(at_once)),
            roster,
        }
    }

    /// With the roster in its shortest form.
    ///
    /// # Errors
    /// [`RosterError`] for the first fault.
    pub fn checked(self) -> Result<Self, RosterError> {
        let roster = match self.roster_text() {
            Some(text) => RosterInput::Text(text.parse::<Roster>()?.to_string()),
            None => RosterInput::Starting,
        };
        Ok(Self { roster, ..self })
    }

    pub fn request(&self) -> StaffingRequest {
        StaffingRequest { weeks: self.weeks, roster: self.roster_text(), concurrency: self.concurrency }
    }

    pub fn address(&self) -> String {
        let mut address = format!("{STAFFING}?weeks={}", self.weeks);
        if let Some(at_once) = self.concurrency {
            address.push_str(&format!("&concurrency={at_once}"));
        }
        if let Some(text) = self.roster_text() {
            address.push_str(&format!("&roster={}", encoded(&text)));
        }
        address
    }

    /// The shifts of the form. `starting` is the roster to begin with.
    pub fn shifts(&self, starting: &str) -> Vec<ShiftInput> {
        match &self.roster {
            RosterInput::Starting => shifts_of(starting),
            RosterInput::Text(text) => shifts_of(text),
            RosterInput::Typed(shifts) => shifts.clone(),
        }
    }

    fn roster_text(&self) -> Option<String> {
        match &self.roster {
            RosterInput::Starting => None,
            RosterInput::Text(text) => Some(text.clone()),
            RosterInput::Typed(shifts) => {
                let filled = shifts.iter().filter(|shift| !shift.is_blank());
                Some(filled.map(ShiftInput::text).collect::<Vec<_>>().join("~"))
            }
        }
    }
}

/// The shifts that the form has sent, after the button that was pressed.
fn typed(get: &impl Fn(&str) -> Vec<String>) -> Vec<ShiftInput> {
    let [first, last, from, until, people] = ["first", "last", "from", "until", "people"].map(get);
    let cell = |column: &[String], row: usize| column.get(row).cloned().unwrap_or_default();
    let shift = |row| ShiftInput {
        first: cell(&first, row),
        last: cell(&last, row),
        from: cell(&from, row),
        until: cell(&until, row),
        people: cell(&people, row),
    };
    let mut shifts: Vec<ShiftInput> = (0..first.len()).map(shift).collect();
    if let Some(row) = get("remove").pop().and_then(|row| row.parse::<usize>().ok())
        && row < shifts.len()
    {
        shifts.remove(row);
    }
    if !get("add").is_empty() {
        shifts.push(ShiftInput::new());
    }
    shifts
}

impl ShiftInput {
    /// One that is not filled in yet.
    pub fn new() -> Self {
        Self { first: "mon".to_owned(), last: "fri".to_owned(), ..Self::default() }
    }

    fn is_blank(&self) -> bool {
        self.from.is_empty() && self.until.is_empty() && self.people.is_empty()
    }

    /// As a part of a roster's text, also if it is none.
    fn text(&self) -> String {
        let days = if self.first == self.last { self.first.clone() } else { format!("{}-{}", self.first, self.last) };
        // Time fields have no 24:00.
        let until = Some(digits(&self.until)).filter(|until| until != "0000").unwrap_or_else(|| "2400".to_owned());
        format!("{days}.{}-{until}.{}", digits(&self.from), self.people.trim())
    }
}

/// `0900` of `09:00`. Some browsers add seconds.
fn digits(time: &str) -> String {
    time.get(..5).unwrap_or(time).replace(':', "")
}

/// The shifts of a roster; one to fill in if the text is none.
fn shifts_of(text: &str) -> Vec<ShiftInput> {
    match text.parse::<Roster>() {
        // The parts of a text that was just written.
        Ok(roster) => roster.to_string().split('~').filter_map(shift_of).collect(),
        Err(_) => vec![ShiftInput::new()],
    }
}

fn shift_of(part: &str) -> Option<ShiftInput> {
    let mut pieces = part.split('.');
    let (days, hours, people) = (pieces.next()?, pieces.next()?, pieces.next()?);
    let (first, last) = days.split_once('-').unwrap_or((days, days));
    let (from, until) = hours.split_once('-')?;
    Some(ShiftInput {
        first: first.to_owned(),
        last: last.to_owned(),
        from: time(from)?,
        until: time(until)?,
        people: people.to_owned(),
    })
}

/// `09:00` of `0900`.
fn time(digits: &str) -> Option<String> {
    let (hours, minutes) = digits.split_at_checked(2)?;
    Some(if hours == "24" { "00:00".to_owned() } else { format!("{hours}:{minutes}") })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::percent::decoded;

    /// As an address or a form is read.
    fn read(query: &str) -> StaffingQuery {
        StaffingQuery::read(|name| {
            let pairs = query.split('&').filter_map(|pair| pair.split_once('='));
            let own = pairs.filter(|(key, _)| *key == name);
            own.map(|(_, value)| String::from_utf8_lossy(&decoded(value)).into_owned()).collect()
        })
    }

    fn query_of(query: &StaffingQuery) -> String {
        query.address().strip_prefix(STAFFING).and_then(|query| query.strip_prefix('?')).expect("a query").to_owned()
    }

    #[test]
    fn an_address_and_what_it_asks_for_say_the_same() {
        let query = StaffingQuery {
            weeks: 8,
            concurrency: Some(3),
            roster: RosterInput::Text("mon-fri.0900-1700.3~sat.1000-1400.1".to_owned()),
        };
        assert_eq!(query_of(&query), "weeks=8&concurrency=3&roster=mon-fri.0900-1700.3~sat.1000-1400.1");
        assert_eq!(read(&query_of(&query)), query);
        // Nobody is another roster than none.
        let nobody = StaffingQuery { roster: RosterInput::Text(String::new()), ..query };
        assert_eq!(read(&query_of(&nobody)), nobody);
        assert_eq!(read(&query_of(&StaffingQuery::default())), StaffingQuery::default());
    }

    #[test]
    fn what_is_not_understood_is_as_at_first() {
        for query in ["", "weeks=3", "weeks=soon&concurrency=0", "concurrency=11&x=y", "first=mon&people=2"] {
            assert_eq!(read(query), StaffingQuery::default(), "{query}");
        }
    }

    const SENT_SHIFTS: &str = "weeks=4&concurrency=&shifts=sent&first=mon&last=fri&from=09%3A00&until=17%3A00&people=3\
                               &first=sat&last=sat&from=22%3A00%3A00&until=00%3A00&people=+1";

    #[test]
    fn the_form_without_scripts_sends_a_roster() {
        let sent = read(&SENT_SHIFTS.replace('+', "%20"));
        assert_eq!(sent.request().roster.as_deref(), Some("mon-fri.0900-1700.3~sat.2200-2400.1"));
        assert_eq!(sent.request().concurrency, None);
        let checked = sent.clone().checked().expect("a roster");
        assert_eq!(checked.address(), "/reports/staffing?weeks=4&roster=mon-fri.0900-1700.3~sat.2200-2400.1");
        // The form shows it again, in any case.
        let shown = [checked.shifts(""), sent.shifts("")].map(|shifts| shifts.len());
        assert_eq!(shown, [2, 2]);
        let saturday = &checked.shifts("")[1];
        assert_eq!((saturday.from.as_str(), saturday.until.as_str()), ("22:00", "00:00"));
    }

    #[test]
    fn its_buttons_add_and_remove_shifts() {
        let added = read(&format!("{SENT_SHIFTS}&add=1"));
        assert_eq!(added.shifts("").len(), 3);
        assert_eq!(added.request().roster, read(SENT_SHIFTS).request().roster, "it is not filled in yet");
        let removed = read(&format!("{SENT_SHIFTS}&remove=0"));
        assert_eq!(removed.shifts("").len(), 1);
        assert_eq!(read(&format!("{SENT_SHIFTS}&remove=7")).shifts("").len(), 2);
        // The last one was removed.
        assert_eq!(read("shifts=sent").request().roster.as_deref(), Some(""));
    }

    #[test]
    fn a_faulty_shift_is_refused_with_its_sentence() {
        let sent = read("shifts=sent&first=mon&last=fri&from=&until=17%3A00&people=3");
        let error = sent.checked().expect_err("no begin").to_string();
        assert!(error.starts_with("“-1700” is not a time range."), "{error}");
        let hello = read("roster=hello");
        assert_eq!(hello.shifts("mon.0900-1700.1"), [ShiftInput::new()]);
        assert_eq!(hello.request().roster.as_deref(), Some("hello"), "the server says why");
    }

    #[test]
    fn the_form_begins_with_the_roster_to_begin_with() {
        let shifts = StaffingQuery::default().shifts("mon-fri.0900-1700.3~sun.0000-2400.1");
        let expected = |first: &str, last: &str, from: &str, until: &str, people: &str| ShiftInput {
            first: first.to_owned(),
            last: last.to_owned(),
            from: from.to_owned(),
            until: until.to_owned(),
            people: people.to_owned(),
        };
        let all = [expected("mon", "fri", "09:00", "17:00", "3"), expected("sun", "sun", "00:00", "00:00", "1")];
        assert_eq!(shifts, all);
    }
}
