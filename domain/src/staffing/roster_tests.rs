use super::*;

fn shift(weekday: Weekday, from: &str, to: &str, people: u16) -> Shift {
    Shift { weekday, hours: Interval::parse(from, to).expect("hours"), people }
}

/// The slots of one weekday as minutes and people.
fn day(roster: &Roster, weekday: Weekday) -> Vec<(u16, u16, u32)> {
    let slots = roster.week();
    slots.iter().filter(|slot| slot.weekday == weekday).map(|slot| (slot.from, slot.until, slot.people)).collect()
}

#[test]
fn a_week_without_shifts_is_seven_days_without_anybody() {
    let roster = Roster::default();
    assert!(roster.is_empty());
    assert_eq!(roster.week().len(), 7);
    for weekday in Weekday::ALL {
        assert_eq!(day(&roster, weekday), [(0, 1_440, 0)]);
    }
}

#[test]
fn a_split_shift_leaves_its_break_without_anybody() {
    let roster =
        Roster::new(vec![shift(Weekday::Monday, "14:00", "18:00", 2), shift(Weekday::Monday, "09:00", "12:00", 3)])
            .expect("a roster");
    let monday = [(0, 540, 0), (540, 720, 3), (720, 840, 0), (840, 1_080, 2), (1_080, 1_440, 0)];
    assert_eq!(day(&roster, Weekday::Monday), monday);
    assert_eq!(day(&roster, Weekday::Tuesday), [(0, 1_440, 0)]);
}

#[test]
fn shifts_at_the_same_time_add_up() {
    let roster = Roster::new(vec![
        shift(Weekday::Friday, "09:00", "17:00", 2),
        shift(Weekday::Friday, "12:00", "14:00", 1),
        shift(Weekday::Friday, "12:00", "24:00", 4),
    ])
    .expect("a roster");
    let friday = [(0, 540, 0), (540, 720, 2), (720, 840, 7), (840, 1_020, 6), (1_020, 1_440, 4)];
    assert_eq!(day(&roster, Weekday::Friday), friday);
    assert_eq!(day(&roster, Weekday::Saturday), [(0, 1_440, 0)]);
}

#[test]
fn a_night_shift_goes_on_after_midnight_also_into_monday() {
    let roster =
        Roster::new(vec![shift(Weekday::Sunday, "22:00", "06:00", 1), shift(Weekday::Wednesday, "20:00", "00:00", 2)])
            .expect("a roster");
    assert_eq!(day(&roster, Weekday::Sunday), [(0, 1_320, 0), (1_320, 1_440, 1)]);
    assert_eq!(day(&roster, Weekday::Monday), [(0, 360, 1), (360, 1_440, 0)]);
    assert_eq!(day(&roster, Weekday::Wednesday), [(0, 1_200, 0), (1_200, 1_440, 2)]);
    assert_eq!(day(&roster, Weekday::Thursday), [(0, 1_440, 0)]);
}

#[test]
fn the_slots_of_every_day_are_the_whole_day() {
    let shifts = Weekday::ALL.map(|weekday| shift(weekday, "18:30", "03:15", 1));
    let roster = Roster::new(shifts.to_vec()).expect("a roster");
    for weekday in Weekday::ALL {
        let slots = day(&roster, weekday);
        assert_eq!((slots[0].0, slots[slots.len() - 1].1), (0, 1_440));
        assert!(slots.windows(2).all(|pair| pair[0].1 == pair[1].0), "{slots:?}");
    }
}

#[test]
fn a_fault_says_what_to_do() {
    let monday = |from, to, people| Shift { weekday: Weekday::Monday, hours: Interval { from, to }, people };
    let table = [
        (vec![monday(540, 540, 1)], "09:00–09:00 starts and ends at the same time. For a whole day, enter 0000-2400."),
        (vec![monday(540, 600, 0)], "“0” is not a number of people. Enter 1 to 500; leave out hours without anybody."),
        (
            vec![monday(540, 600, 501)],
            "“501” is not a number of people. Enter 1 to 500; leave out hours without anybody.",
        ),
        (
            vec![monday(540, 600, 1), monday(540, 600, 2)],
            "Monday 09:00–10:00 is listed twice. Keep one of them, with the sum of the people.",
        ),
        ((0..9).map(|at| monday(at, 600, 1)).collect(), "Monday can have up to 8 shifts. Remove one."),
        (
            vec![monday(1_440, 600, 1)],
            "“24:00–10:00” is not a time range. Write it like 0900-1700, between 0000 and 2400.",
        ),
    ];
    for (shifts, words) in table {
        let error = Roster::new(shifts).expect_err(words);
        assert_eq!(error.to_string(), words);
    }
    let eight = (0..8).map(|at| monday(at, 600, 500)).collect();
    assert_eq!(Roster::new(eight).map(|roster| roster.shifts().len()), Ok(8));
}
