//! The heat map of the week: arrivals, waits and people online by hour.

use leptos::prelude::*;

use super::{
    list_address, report_address,
    words::{duration, tenths},
};
use crate::{
    domain::{
        report::{
            count::Slice,
            list::ListQuery,
            measure::Measure,
            query::{HeatValue, ReportQuery},
            tally::HeatCell,
        },
        week::{HOURS, WeekHour},
    },
    ui::{
        kit::chart::{ChartTable, HeatMap, HeatMapCell, HeatMapRow, TableCell, heat_level},
        number::{NOTHING, counted, grouped},
    },
};

#[component]
pub fn HeatCard(report: ReportQuery, heat: Vec<HeatCell>) -> impl IntoView {
    let shown = report.map;
    let choices = HeatValue::ALL
        .map(|map| {
            let href = report_address(&ReportQuery { map, ..report.clone() });
            view! {
                <a class="chip" href=href aria-current=(map == shown).then_some("true")>
                    {map.label()}
                </a>
            }
        })
        .into_iter()
        .collect_view();
    let amount = |cell: &HeatCell| match shown {
        HeatValue::Arrivals => cell.arrivals,
        HeatValue::Wait => cell.waits.p90.map_or(0, |span| span.0),
        HeatValue::Online => cell.online.unwrap_or(0),
    };
    let most = heat.iter().map(amount).max().unwrap_or(0);
    let hours = || (0..HOURS).map(|hour| format!("{hour:02}"));
    let mut rows: Vec<HeatMapRow> = Vec::new();
    let mut table: Vec<Vec<TableCell>> = Vec::new();
    for (place, hour) in WeekHour::all().enumerate() {
        let cell = heat.get(place).cloned().unwrap_or_default();
        if hour.hour == 0 {
            let name = hour.weekday.short().to_owned();
            rows.push(HeatMapRow { name: name.clone(), cells: Vec::new() });
            table.push(vec![TableCell::text(name)]);
        }
        let words = words(&cell, hour);
        let href = is_something(&cell, shown).then(|| cell_address(&report, hour));
        let text = text(&cell, shown);
        if let Some(row) = table.last_mut() {
            row.push(TableCell { text: text.clone(), href: href.clone() });
        }
        // Only counts are short enough for a cell.
        let short =
            if shown == HeatValue::Arrivals && cell.arrivals > 0 { grouped(cell.arrivals) } else { String::new() };
        let dots =
            if shown == HeatValue::Wait { cell.waits.dots.iter().map(|wait| wait.0).collect() } else { Vec::new() };
        if let Some(row) = rows.last_mut() {
            row.cells.push(HeatMapCell { level: heat_level(amount(&cell), most), text: short, dots, words, href });
        }
    }
    let title = format!("{} by weekday and hour", shown.label());
    let heads = std::iter::once("Day".to_owned()).chain(hours()).collect();
    view! {
        <section class="card pad report-card" aria-labelledby="report-heat">
            <header class="report-head">
                <h2 id="report-heat">"By weekday and hour"</h2>
                <nav class="chips" aria-label="What the cells show">
                    {choices}
                </nav>
            </header>
            <HeatMap id="heat" title=title.clone() heads=hours().collect() rows/>
            <p class="hint">{hint(shown)}</p>
            <ChartTable caption=title heads rows=table/>
        </section>
    }
}

fn hint(shown: HeatValue) -> &'static str {
    match shown {
        HeatValue::Arrivals => "Handoffs by the hour in which they were requested, over all weeks of the period.",
        HeatValue::Wait => {
            "The waiting time that 90% of the handoffs of an hour did not exceed. Hours with fewer than 20 waits have a dot \
             for each instead of a shade: the longer the wait, the further to the right."
        }
        HeatValue::Online => "How many people were online on average in each hour.",
    }
}

fn measure(shown: HeatValue) -> Measure {
    match shown {
        HeatValue::Arrivals => Measure::Handoffs,
        HeatValue::Wait => Measure::Waiting,
        HeatValue::Online => Measure::Online,
    }
}

fn cell_address(report: &ReportQuery, hour: WeekHour) -> String {
    let slice = Slice { hour: Some(hour), ..Slice::default() };
    list_address(&ListQuery { slice, ..ListQuery::of(report.clone(), measure(report.map)) })
}

fn is_something(cell: &HeatCell, shown: HeatValue) -> bool {
    match shown {
        HeatValue::Arrivals => cell.arrivals > 0,
        HeatValue::Wait => cell.waits.n > 0,
        HeatValue::Online => cell.online.is_some_and(|online| online > 0),
    }
}

/// What is shown of a cell.
fn text(cell: &HeatCell, shown: HeatValue) -> String {
    match shown {
        HeatValue::Arrivals => grouped(cell.arrivals),
        HeatValue::Wait if cell.waits.n > 0 && cell.waits.p90.is_none() => counted(cell.waits.n, "value"),
        HeatValue::Wait => duration(cell.waits.p90),
        HeatValue::Online => tenths(cell.online),
    }
}

/// All that is known of a cell.
fn words(cell: &HeatCell, hour: WeekHour) -> String {
    let waits = match cell.waits.p90 {
        Some(p90) => format!("90% waited up to {}", p90.clock()),
        None if cell.waits.n > 0 => {
            let waits: Vec<String> = cell.waits.dots.iter().map(|wait| wait.clock()).collect();
            format!("waited {}", waits.join(", "))
        }
        None => "no waits".to_owned(),
    };
    let online = if cell.online.is_some() { tenths(cell.online) } else { NOTHING.to_owned() };
    format!("{}: {}, {waits}, {online} online", hour.label(), counted(cell.arrivals, "handoff"))
}
