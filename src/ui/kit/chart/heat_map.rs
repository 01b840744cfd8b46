//! A grid of cells, darker where there is more. A cell of few values has a dot for each instead of a shade.
//!
//! `<HeatMap id="week" title heads rows/>`: `heads` are over the columns, each row has its name and its cells.

use leptos::prelude::*;

use super::{amount_of, link::ChartLink, part_of, percent};

/// The height of a row, in pixels.
const ROW: usize = 26;
/// The room for the heads of the columns.
const HEAD: usize = 20;
/// The part of the width that the names of rows take: room for three letters on a phone.
const NAMES: f64 = 0.085;
/// The radius of a dot, in pixels.
const DOT: &str = "2";
/// How many shades there are above nothing.
const SHADES: i64 = 5;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeatMapCell {
    /// 0 for nothing, 5 for the most: see [`heat_level`].
    pub level: u8,
    /// In the cell; empty for none.
    pub text: String,
    /// A dot for each, from zero at the left edge to the largest one of all cells at the right; empty for none.
    pub dots: Vec<i64>,
    /// All that it says.
    pub words: String,
    pub href: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeatMapRow {
    pub name: String,
    pub cells: Vec<HeatMapCell>,
}

/// The shade of a value: of equal parts of the largest one.
pub fn heat_level(value: i64, most: i64) -> u8 {
    if value <= 0 || most <= 0 {
        return 0;
    }
    let shade = i128::from(value.min(most)) * i128::from(SHADES);
    let level = (shade + i128::from(most) - 1) / i128::from(most);
    u8::try_from(level).unwrap_or(0)
}

#[component]
pub fn HeatMap(
    id: &'static str,
    /// What is drawn, for screen readers.
    title: String,
    heads: Vec<String>,
    rows: Vec<HeatMapRow>,
) -> impl IntoView {
    let width = (1.0 - NAMES) / amount_of(heads.len().max(1));
    let most = rows.iter().flat_map(|row| &row.cells).flat_map(|cell| &cell.dots).copied().max().unwrap_or(0);
    let left = move |column: usize| NAMES + width * amount_of(column);
    let height = (HEAD + rows.len() * ROW).to_string();
    let title_id = format!("{id}-title");
    let end_id = format!("{id}-end");
    let heads = heads
        .into_iter()
        .enumerate()
        .map(|(column, head)| {
            view! { <text class="head" x=percent(left(column) + width / 2.0) y="13">{head}</text> }
        })
        .collect_view();
    let rows = rows
        .into_iter()
        .enumerate()
        .map(|(row, HeatMapRow { name, cells })| {
            let top = HEAD + row * ROW;
            let cells = cells
                .into_iter()
                .enumerate()
                .map(|(column, cell)| view! { <OneCell cell x=left(column) width top most/> })
                .collect_view();
            view! {
                <g>
                    <text class="name" x="0" y=(top + 17).to_string()>{name}</text>
                    {cells}
                </g>
            }
        })
        .collect_view();
    view! {
        // A week has 168 cells, and each may be a link. `external`: the router would not move the focus.
        <a class="visually-hidden" href=format!("#{end_id}") rel="external">
            "Skip the chart"
        </a>
        <svg class="chart heat" role="group" aria-labelledby=title_id width="100%" height=height>
            <title id=title_id.clone()>{title}</title>
            {heads}
            {rows}
        </svg>
        <span id=end_id tabindex="-1"></span>
    }
}

#[component]
fn OneCell(
    cell: HeatMapCell,
    x: f64,
    width: f64,
    top: usize,
    /// The largest value that is drawn as a dot.
    most: i64,
) -> impl IntoView {
    let HeatMapCell { level, text, dots, words, href } = cell;
    let middle = (top + ROW / 2).to_string();
    // The first and the last dot are within the cell.
    let place = move |value: i64| percent(x + width * (0.12 + 0.76 * part_of(value, most)));
    let dots = dots
        .into_iter()
        .map(|value| view! { <circle class="dot" cx=place(value) cy=middle.clone() r=DOT></circle> })
        .collect_view();
    let shape = view! {
        <g>
            <rect
                class=format!("cell l{level}")
                x=percent(x)
                width=percent(width)
                y=top.to_string()
                height=ROW.to_string()
            ></rect>
            {dots}
            <text class=format!("text l{level}") x=percent(x + width / 2.0) y=(top + 17).to_string()>{text}</text>
        </g>
    };
    match href {
        Some(href) => view! { <ChartLink href words>{shape}</ChartLink> }.into_any(),
        None => view! { <g><title>{words}</title>{shape}</g> }.into_any(),
    }
}

#[cfg(test)]
mod tests {
    use super::heat_level;

    #[test]
    fn the_largest_value_is_darkest_and_nothing_is_nothing() {
        let levels = [0, 1, 20, 21, 99, 100, 200].map(|value| heat_level(value, 100));
        assert_eq!(levels, [0, 1, 1, 2, 5, 5, 5]);
        assert_eq!((heat_level(1, 1), heat_level(5, 0), heat_level(-1, 5)), (5, 0, 0));
    }
}
