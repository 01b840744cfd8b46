//! Files of a report: comma-separated values, JSON, and times with the zone's offset. To add a file: its columns, and a row
//! of cells per item.

use jiff::tz::TimeZone;

use crate::{
    csv,
    time::{Span, Timestamp},
    variant_names::variant_names,
};

/// The format of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExportFormat {
    Csv,
    Json,
}

// The ends of file names.
variant_names!(ExportFormat {
    Csv => "csv",
    Json => "json",
});

/// A value of a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cell {
    Empty,
    Text(String),
    /// Written in seconds, with milliseconds.
    Duration(Span),
    Number(i64),
    Flag(bool),
}

impl Cell {
    pub fn text(text: Option<String>) -> Self {
        text.map_or(Self::Empty, Self::Text)
    }

    pub fn duration(span: Option<Span>) -> Self {
        span.map_or(Self::Empty, Self::Duration)
    }

    pub fn number(number: Option<i64>) -> Self {
        number.map_or(Self::Empty, Self::Number)
    }

    fn plain(&self) -> String {
        match self {
            Self::Empty => String::new(),
            Self::Text(text) => text.clone(),
            Self::Duration(Span(millis)) => format!("{}.{:03}", millis / 1_000, millis % 1_000),
            Self::Number(number) => number.to_string(),
            Self::Flag(true) => "true".to_owned(),
            Self::Flag(false) => "false".to_owned(),
        }
    }

    fn json(&self) -> String {
        match self {
            Self::Empty => "null".to_owned(),
            Self::Text(text) => serde_json::Value::from(text.as_str()).to_string(),
            Self::Duration(_) | Self::Number(_) | Self::Flag(_) => self.plain(),
        }
    }
}

impl ExportFormat {
    /// What comes before the rows.
    pub fn head(self, columns: &[&str]) -> String {
        match self {
            Self::Csv => {
                format!("{}{}", csv::BYTE_ORDER_MARK, csv::row(columns.iter().map(|column| (*column).to_owned())))
            }
            Self::Json => "[".to_owned(),
        }
    }

    /// A row. `place` counts the rows from 0.
    pub fn row(self, columns: &[&str], cells: &[Cell], place: usize) -> String {
        match self {
            Self::Csv => csv::row(cells.iter().map(Cell::plain)),
            Self::Json => {
                let pairs: Vec<String> =
                    columns.iter().zip(cells).map(|(column, cell)| format!("\"{column}\":{}", cell.json())).collect();
                let before = if place == 0 { "\n" } else { ",\n" };
                format!("{before}{{{}}}", pairs.join(","))
            }
        }
    }

    /// What comes after the rows.
    pub const fn tail(self) -> &'static str {
        match self {
            Self::Csv => "",
            Self::Json => "\n]\n",
        }
    }
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

    fn line(texts: &[&str]) -> String {
        let cells: Vec<Cell> = texts.iter().map(|text| Cell::Text((*text).to_owned())).collect();
        ExportFormat::Csv.row(&[], &cells, 0)
    }

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
            assert_eq!(line(&[text]), expected, "{text}");
        }
        assert_eq!(line(&["a", "", "b"]), "a,,b\r\n");
    }

    #[test]
    fn what_looks_like_a_formula_is_text() {
        for text in ["=1+1", "+49 30 1", "-1", "@SUM(A1)", "\t=1", "＝1", "  =1", "\u{a0}@x", "\n1"] {
            assert_eq!(line(&[text]), format!("\"'{text}\"\r\n"));
        }
        // Within a text nothing is a formula.
        assert_eq!(line(&["1=1"]), "1=1\r\n");
    }

    #[test]
    fn both_formats_hold_the_same_values() {
        let columns = ["name", "seconds", "score", "late", "agent"];
        let cells = [
            Cell::text(Some("=\"x\"".to_owned())),
            Cell::duration(Some(Span(61_005))),
            Cell::number(Some(3)),
            Cell::Flag(true),
            Cell::text(None),
        ];
        let file = |format: ExportFormat| {
            let rows = [0, 1].map(|place| format.row(&columns, &cells, place));
            format!("{}{}{}", format.head(&columns), rows.concat(), format.tail())
        };
        let row = "\"'=\"\"x\"\"\",61.005,3,true,\r\n";
        assert_eq!(file(ExportFormat::Csv), format!("\u{feff}name,seconds,score,late,agent\r\n{row}{row}"));
        let object = r#"{"name":"=\"x\"","seconds":61.005,"score":3,"late":true,"agent":null}"#;
        assert_eq!(file(ExportFormat::Json), format!("[\n{object},\n{object}\n]\n"));
        assert!(serde_json::from_str::<serde_json::Value>(&file(ExportFormat::Json)).is_ok());
        assert_eq!(format!("{}{}", ExportFormat::Json.head(&columns), ExportFormat::Json.tail()), "[\n]\n");
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
