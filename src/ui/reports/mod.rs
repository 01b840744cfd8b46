//! The reports: a period's numbers, the list behind each, and how they are counted.
//!
//! What is asked for is in the address, and the server reads it: only it knows the days of the tenant's zone, and what it
//! corrects it says. Links and forms work without scripts. To add a part of the report: its component here, drawn by
//! [`page`], whose numbers lead to `list_address`.

pub mod definitions;
mod filters;
mod heat;
mod left_out;
pub mod list;
pub mod page;
pub(super) mod progress;
pub mod staffing;
mod tables;
mod tiles;
mod times;
mod words;

use leptos::prelude::*;
use leptos_router::hooks::use_location;

use crate::domain::report::{
    list::ListQuery,
    measure::Measure,
    query::{ReportFilters, ReportQuery},
};

/// The report. The layout's link leads there.
pub const REPORTS: &str = "/reports";
const LIST: &str = "/reports/list";
const DEFINITIONS: &str = "/reports/definitions";

pub(super) fn address(path: &str, query: &str) -> String {
    if query.is_empty() { path.to_owned() } else { format!("{path}?{query}") }
}

fn report_address(query: &ReportQuery) -> String {
    address(REPORTS, &query.query())
}

fn list_address(query: &ListQuery) -> String {
    address(LIST, &query.query())
}

/// The list of a measure under the filters of a report.
fn measure_address(report: &ReportQuery, measure: Measure) -> String {
    list_address(&ListQuery::of(report.clone(), measure))
}

/// The report with other filters.
fn narrowed(report: &ReportQuery, narrow: impl FnOnce(&mut ReportFilters)) -> ReportQuery {
    let mut query = report.clone();
    narrow(&mut query.filters);
    query
}

/// Whether the page shows an older address than the one that is being read. The first read is that of the whole page.
pub(super) fn use_busy(query: Signal<String>) -> RwSignal<bool> {
    let busy = RwSignal::new(false);
    Effect::watch(move || query.get(), move |_, _, _| busy.set(true), false);
    busy
}

/// The query string of the address, as long as this page is open. While a link leads to another page the last one stays, so
/// that nothing is read again.
pub(super) fn use_query(path: &'static str) -> Signal<String> {
    let location = use_location();
    let query = Memo::new(move |last: Option<&String>| {
        let is_here = location.pathname.with(|here| here.trim_end_matches('/') == path);
        if is_here { location.search.get() } else { last.cloned().unwrap_or_default() }
    });
    query.into()
}
