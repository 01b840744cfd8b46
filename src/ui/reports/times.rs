//! Response times as a distribution, and the queue through the day.

use leptos::prelude::*;

use super::{list_address, tiles::HowCounted, words::tenths};
use crate::{
    contract::report::Distribution,
    domain::{
        report::{
            count::Slice,
            list::ListQuery,
            measure::Measure,
            query::{ReportClock, ReportQuery},
            tally::QueueHour,
        },
        time::Span,
    },
    ui::{
        kit::chart::{ChartColumn, ChartTable, Columns, TableCell},
        number::{counted, grouped},
    },
};

#[component]
pub fn ResponsesCard(report: ReportQuery, responses: Distribution) -> impl IntoView {
    let Distribution { target, bars } = responses;
    let list = |slice: Slice| list_address(&ListQuery { slice, ..ListQuery::of(report.clone(), Measure::Response) });
    // The target counts all hours. The bars begin at whole seconds.
    let edge = (report.clock == ReportClock::Wall).then(|| Span::seconds(target.0.div_euclid(1_000)));
    let is_late = |from: Span| edge.is_some_and(|edge| from >= edge);
    let limit = bars.iter().position(|bar| is_late(bar.from));
    let mut columns: Vec<ChartColumn> = Vec::with_capacity(bars.len());
    let mut rows: Vec<Vec<TableCell>> = Vec::with_capacity(bars.len());
    for bar in &bars {
        let slice = Slice { at_least: Some(bar.from), below: bar.to, ..Slice::default() };
        let href = (bar.n > 0).then(|| list(slice));
        let words = format!("{}: {}", bar.label(), counted(bar.n, "response"));
        let class = if is_late(bar.from) { "late" } else { "" };
        columns.push(ChartColumn {
            label: bar.from.clock(),
            words,
            value: bar.n,
            line_tenths: None,
            href: href.clone(),
            class,
        });
        rows.push(vec![TableCell::text(bar.label()), TableCell { text: grouped(bar.n), href }]);
    }
    let line_before = limit.map(|place| (place, format!("Target {}", target.clock())));
    let title = "Response times by length, with the target".to_owned();
    let heads = vec!["Response time".to_owned(), "Handoffs".to_owned()];
    view! {
        <section class="card pad report-card" aria-labelledby="report-responses">
            <h2 id="report-responses">"How long customers waited for a reply"</h2>
            <Columns id="responses" title=title.clone() columns line_before/>
            {limit
                .is_some()
                .then(|| {
                    view! {
                        <p class="hint">
                            "The line is today's response-time target. “Target met” counts each handoff by the target that
                            applied to it."
                        </p>
                    }
                })}
            <HowCounted measure=Measure::Response/>
            <ChartTable caption=title heads rows/>
        </section>
    }
}

#[component]
pub fn QueueCard(report: ReportQuery, queue: Vec<QueueHour>) -> impl IntoView {
    let mut columns: Vec<ChartColumn> = Vec::with_capacity(queue.len());
    let mut rows: Vec<Vec<TableCell>> = Vec::with_capacity(queue.len());
    for (hour, QueueHour { most, at, average }) in queue.into_iter().enumerate() {
        let href = at.map(|at| {
            let slice = Slice { moment: Some(at), ..Slice::default() };
            list_address(&ListQuery { slice, ..ListQuery::of(report.clone(), Measure::Queue) })
        });
        let name = format!("{hour:02}:00–{:02}:00", hour + 1);
        let words = format!("{name}: up to {} waiting, {} on average", grouped(most), tenths(average));
        columns.push(ChartColumn {
            label: if hour % 3 == 0 { format!("{hour:02}:00") } else { String::new() },
            words,
            value: most,
            line_tenths: average,
            href: href.clone(),
            class: "",
        });
        let most = TableCell { text: grouped(most), href };
        rows.push(vec![TableCell::text(name), most, TableCell::text(tenths(average))]);
    }
    let title = "Handoffs that waited for a claim at the same time, by hour of the day".to_owned();
    let heads: Vec<String> = ["Hour", "Most waiting", "On average"].map(str::to_owned).into();
    view! {
        <section class="card pad report-card" aria-labelledby="report-queue">
            <h2 id="report-queue">"The queue through the day"</h2>
            <Columns id="queue" title=title.clone() columns line_before=None/>
            <p class="hint">
                "Columns show the most customers who waited at the same time, the line shows the average of all days."
            </p>
            <HowCounted measure=Measure::Queue/>
            <ChartTable caption=title heads rows/>
        </section>
    }
}
