//! Columns along an axis: how much there is at each place, with a line across each for a second value, and one upright line
//! that marks a place.
//!
//! `<Columns id="waits" title columns line_before=Some((3, "Target 5:00".to_owned()))/>`

use leptos::prelude::*;

use super::{amount_of, link::ChartLink, part_of, percent};

/// The height of the highest column, in pixels.
const PLOT: f64 = 140.0;
/// The room above it.
const TOP: f64 = 18.0;
/// The room for the labels below.
const BOTTOM: f64 = 22.0;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChartColumn {
    /// Below the column, at its left edge; empty for none.
    pub label: String,
    /// All that it says: `Mon 09:00–10:00: 12`.
    pub words: String,
    pub value: i64,
    /// Drawn as a line across the column, on the same scale, in tenths.
    pub line_tenths: Option<i64>,
    pub href: Option<String>,
    /// `late` for what is past a limit.
    pub class: &'static str,
}

#[component]
pub fn Columns(
    id: &'static str,
    /// What is drawn, for screen readers.
    title: String,
    columns: Vec<ChartColumn>,
    /// An upright line before this column, with its label.
    #[prop(optional_no_strip)]
    line_before: Option<(usize, String)>,
) -> impl IntoView {
    let most =
        columns.iter().map(|column| column.value.max(column.line_tenths.unwrap_or(0) / 10)).max().unwrap_or(0).max(1);
    let width = 1.0 / amount_of(columns.len().max(1));
    let title_id = format!("{id}-title");
    let place = |at: usize| amount_of(at) * width;
    let mark = line_before.map(|(at, label)| {
        let x = percent(place(at));
        view! {
            <g class="limit">
                <line x1=x.clone() x2=x.clone() y1="4" y2=(TOP + PLOT).to_string()></line>
                <text x=x dx="4" y="12">{label}</text>
            </g>
        }
    });
    let drawn = columns
        .into_iter()
        .enumerate()
        .map(|(at, column)| view! { <OneColumn column x=place(at) width most/> })
        .collect_view();
    view! {
        <svg
            class="chart columns"
            role="group"
            aria-labelledby=title_id
            width="100%"
            height=(TOP + PLOT + BOTTOM).to_string()
        >
            <title id=title_id.clone()>{title}</title>
            <line class="axis" x1="0" x2="100%" y1=(TOP + PLOT).to_string() y2=(TOP + PLOT).to_string()></line>
            <text class="most" x="100%" y="12">{most.to_string()}</text>
            {drawn}
            {mark}
        </svg>
    }
}

#[component]
fn OneColumn(column: ChartColumn, x: f64, width: f64, most: i64) -> impl IntoView {
    let ChartColumn { label, words, value, line_tenths, href, class } = column;
    let height = PLOT * part_of(value, most);
    // A count of one is visible beside a thousand.
    let height = if value > 0 { height.max(2.0) } else { 0.0 };
    let (left, wide) = (percent(x + width * 0.1), percent(width * 0.8));
    let shape = view! {
        <g>
            <rect class="hit" x=percent(x) width=percent(width) y=TOP.to_string() height=PLOT.to_string()></rect>
            <rect
                class=format!("bar {class}")
                x=left.clone()
                width=wide
                y=(TOP + PLOT - height).to_string()
                height=height.to_string()
            ></rect>
            {line_tenths.map(|value| {
                let y = (TOP + PLOT * (1.0 - part_of(value, most * 10))).to_string();
                view! {
                    <line class="second" x1=percent(x) x2=percent(x + width) y1=y.clone() y2=y></line>
                }
            })}
        </g>
    };
    let shape = match href {
        Some(href) => view! { <ChartLink href words>{shape}</ChartLink> }.into_any(),
        None => view! { <g><title>{words}</title>{shape}</g> }.into_any(),
    };
    view! {
        <g>
            {shape}
            <text class="label" x=left y=(TOP + PLOT + 15.0).to_string()>{label}</text>
        </g>
    }
}
