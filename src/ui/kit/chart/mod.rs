//! Small charts: SVG that the server draws, in the colours of the tokens, with a table behind each.
//!
//! Widths are percentages and heights are pixels, so a chart fits every window and its texts keep their size. What can be
//! opened is a link with its own words, so a chart is a group, not one image, which would hide its links from keyboards and
//! screen readers. A chart knows no noun: texts and addresses come from the page. To add one: a file here, with its rules in
//! `style/charts.css`, and a table of its values beside it.

mod columns;
mod dots;
mod heat_map;
mod link;
mod share_bar;
mod table;

pub use self::{
    columns::{ChartColumn, Columns},
    dots::Dots,
    heat_map::{HeatMap, HeatMapCell, HeatMapRow, heat_level},
    share_bar::ShareBar,
    table::{ChartTable, TableCell},
};

/// `12.5%`: a part of the width.
fn percent(part: f64) -> String {
    format!("{:.3}%", part * 100.0)
}

/// A count as a number to draw with.
fn amount(value: i64) -> f64 {
    // Counts are far below where a float loses whole numbers.
    f64::from(i32::try_from(value).unwrap_or(i32::MAX))
}

/// A place among few as a number to draw with.
fn amount_of(place: usize) -> f64 {
    amount(i64::try_from(place).unwrap_or(i64::MAX))
}

/// A part of a whole, from 0 to 1.
fn part_of(value: i64, whole: i64) -> f64 {
    if whole > 0 { (amount(value) / amount(whole)).clamp(0.0, 1.0) } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_is_never_outside_of_its_chart() {
        let parts = [(1, 4), (0, 4), (4, 4), (9, 4), (3, 0)].map(|(value, whole)| percent(part_of(value, whole)));
        assert_eq!(parts, ["25.000%", "0.000%", "100.000%", "100.000%", "0.000%"]);
    }
}
