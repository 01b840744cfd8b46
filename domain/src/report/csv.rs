//! Files of a report: comma-separated values as RFC 4180 says, and times with the zone's offset.
//!
//! What people wrote can look like a formula, which a spreadsheet would run. Such a cell begins with an apostrophe,
//! which spreadsheets take for the sign of a text. To add a file: its columns, and a row per item.

use jiff::tz::TimeZone;

use crate::time::Timestamp;

/// A row with its line end.
pub fn row<'a>(cells: impl IntoIterator<Item = &'a str>) -> String {
    let mut row = String::new();
    for (at, text) in cells.into_iter().enumerate() {
        if at > 0 {
            row.push(',');
        }
        push_cell(&mut row, text);
    }
    row.push_str("\r\n");
    row
}

fn push_cell(row: &mut String, text: &str) {
    let is_formula = text.starts_with(['=', '+', '-', '@', '\t', '\r', '＝', '＋', '－', '＠']);
    let is_quoted = is_formula || text.contains(['"', ',', ';', '\r', '\n', '\t']) || text.trim() != text;
    if !is_quoted {
        row.push_str(text);
        return;
    }
    row.push('"');
    if is_formula {
        row.push('\'');
    }
    row.push_str(&text.replace('"', "\"\""));
    row.push('"');
}

/// `2026-03-02T11:00:00.250+01:00`: the zone's clock, and its offset at that time.
pub fn time_with_offset(zone: &TimeZone, at: Timestamp) -> String {
    let instant = jiff::Timestamp::from_millisecond(at.millis()).unwrap_or_default();
    let offset = zone.to_offset(instant);
    let local = offset.to_datetime(instant);
    let millis = at.millis().rem_euclid(1_000);
    // Offsets have whole minutes since the beginning of telephony.
    let minutes = offset.seconds() / 60;
    let sign = if minutes < 0 { '-' } else { '+' };
    let (hours, minutes) = (minutes.abs() / 60, minutes.abs() % 60);
    format!(
        "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{millis:03}{sign}{hours:02}:{minutes:02}",
        local.year(),
        local.month(),
        local.day(),
        local.hour(),
        local.minute(),
        local.second()
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_cell_is_quoted_where_it_would_be_misread() {
        let table = [
            ("plain", "plain\r\n"),
            ("", "\r\n"),
            ("a, b", "\"a, b\"\r\n"),
            ("say \"hi\"", "\"say \"\"hi\"\"\"\r\n"),
            ("two\nlines", "\"two\nlines\"\r\n"),
            (" padded", "\" padded\"\r\n"),
        ];
        for (text, expected) in table {
            assert_eq!(row([text]), expected, "{text}");
        }
        assert_eq!(row(["a", "", "b"]), "a,,b\r\n");
    }

    #[test]
    fn what_looks_like_a_formula_is_text() {
        for text in ["=1+1", "+49 30 1", "-1", "@SUM(A1)", "\t=1", "＝1"] {
            assert_eq!(row([text]), format!("\"'{text}\"\r\n"));
        }
        // Within a text nothing is a formula.
        assert_eq!(row(["1=1"]), "1=1\r\n");
    }

    #[test]
    fn a_time_has_the_offset_of_its_day() {
        let zone = |name: &str| TimeZone::get(name).expect("a zone");
        let at = |text: &str| Timestamp(text.parse::<jiff::Timestamp>().expect("a time").as_millisecond());
        let table = [
            ("Europe/Berlin", "2026-03-02T10:00:00.25Z", "2026-03-02T11:00:00.250+01:00"),
            ("Europe/Berlin", "2026-07-02T10:00:00Z", "2026-07-02T12:00:00.000+02:00"),
            ("America/St_Johns", "2026-03-02T10:00:00Z", "2026-03-02T06:30:00.000-03:30"),
            ("UTC", "2026-03-02T10:00:00Z", "2026-03-02T10:00:00.000+00:00"),
        ];
        for (name, time, expected) in table {
            assert_eq!(time_with_offset(&zone(name), at(time)), expected);
        }
    }
}
