//! The list behind a number: its number again, and a row for everything that makes it up.

use leptos::prelude::*;

use super::{
    DEFINITIONS, LIST, address,
    left_out::LeftOutControl,
    list_address,
    progress::{Notes, ProgressNote},
    report_address,
    tiles::HowCounted,
    use_busy, use_query,
    words::{duration, few_values, rating, tenths},
};
use crate::{
    api::report::read_report_list,
    contract::report::{ReportList, ReportListRow, ReportScope},
    domain::report::{list::ListQuery, measure::Measure},
    ui::{
        conversations,
        format::iso,
        kit::{Column, EmptyState, PageHead, RefreshTrigger, Table, chart::Dots, lazy_route, live_resource_by},
        number::grouped,
    },
};

lazy_route!(ReportListRoute in reports, ListRead);

const EXPORT: &str = "/reports/export/list";

const COLUMNS: [Column; 6] = [
    Column::new("When"),
    Column::number("Value"),
    Column::new("Who"),
    Column::new("Customer"),
    Column::new("Why"),
    Column::actions("Leave out of the reports"),
];

#[component]
fn ListRead() -> impl IntoView {
    let refresh = RefreshTrigger::by_hand();
    let query = use_query(LIST);
    let busy = use_busy(query);
    let read = move |query| async move {
        let list = read_report_list(query).await;
        busy.try_set(false);
        list
    };
    view! {
        <main class="page reports" id="main" tabindex="-1" aria-busy=move || busy.get().then_some("true")>
            <PageHead title="What the number is made of" lead="Each row opens the place in the conversation."/>
            {live_resource_by(refresh, query, read, move |list| view! { <List list refresh/> })}
        </main>
    }
}

#[component]
fn List(list: RwSignal<ReportList>, refresh: RefreshTrigger) -> impl IntoView {
    let head = move || view! { <ListHead list=list.get()/> };
    let rows = Memo::new(move |_| list.with(|list| list.rows.clone()));
    let may_leave_out = list.with_untracked(|list| list.scope == ReportScope::Everyone);
    let empty = || {
        view! {
            <EmptyState icon="chart" title="Nothing to list">
                "Nothing in this period counts for this number. Choose other days or fewer filters."
            </EmptyState>
        }
    };
    let pages = move || {
        list.with(|list| {
            let first = ListQuery { after: None, ..list.query.clone() };
            let newest =
                list.query.after.is_some().then(|| view! { <a class="btn" href=list_address(&first)>"Newest"</a> });
            let older = list.next.clone().map(|after| {
                let next = ListQuery { after: Some(after), ..list.query.clone() };
                view! { <a class="btn" href=list_address(&next)>"Older"</a> }
            });
            view! {
                {newest}
                {older}
            }
        })
    };
    let line = move |row: Memo<ReportListRow>| move || view! { <ListLine row=row.get() refresh may_leave_out/> };
    view! {
        {head}
        <div class="card">
            <Table
                columns=&COLUMNS
                caption="What the number is made of"
                rows
                key=|row: &ReportListRow| row.key.clone()
                empty
                row=line
            />
            <nav class="foot" aria-label="Pages of the list">
                {pages}
            </nav>
        </div>
    }
}

/// The number of the list, and what it is about.
#[component]
fn ListHead(list: ReportList) -> impl IntoView {
    let ReportList { query, notes, days, zone, filters, progress, measured, concurrency, .. } = list;
    let measure = query.measure;
    let times = format!("Times of {}", zone.replace('_', " "));
    let about: Vec<String> = std::iter::once(days).chain(query.part()).chain(filters).chain([times]).collect();
    let back = report_address(&query.report);
    let export = query.query();
    let (csv, json) = (address(&format!("{EXPORT}.csv"), &export), address(&format!("{EXPORT}.json"), &export));
    let figure = |name: &'static str, value: String| {
        view! {
            <div>
                <dt>{name}</dt>
                <dd>{value}</dd>
            </div>
        }
    };
    let has_values = measured.summary.n > 0;
    // Few values are shown each, where many have a 90th percentile.
    let dots = few_values(&measured.summary).map(|words| {
        let values = measured.summary.dots.iter().map(|span| span.0).collect::<Vec<_>>();
        view! { <Dots words values/> }
    });
    let is_held = matches!(measure, Measure::Stints | Measure::Online | Measure::Handling);
    view! {
        <p><a href=back>"Back to the report"</a></p>
        <Notes notes/>
        <ProgressNote progress/>
        <section class="card pad list-number" aria-labelledby="list-number" data-measure=measure.as_str()>
            <h2 id="list-number">{measure.label()}</h2>
            <p class="report-days">{about.join(" · ")}</p>
            <dl class="figures">
                {figure("Rows", grouped(measured.n))}
                {has_values.then(|| figure("Median", duration(measured.summary.median)))}
                {measured.summary.p90.map(|p90| figure("90% within", p90.clock()))}
                {(measured.ratings.rated() > 0).then(|| figure("Average", rating(measured.ratings)))}
                {(has_values && is_held).then(|| figure("Total", measured.total.clock()))}
                {concurrency.map(|held| figure("In parallel", tenths(Some(held))))}
            </dl>
            {dots}
            <HowCounted measure/>
            <p class="report-files">
                "These rows: " <a href=csv rel="external" download="">"CSV"</a> " or "
                <a href=json rel="external" download="">"JSON"</a> ". " <a href=DEFINITIONS>"How these are counted"</a>
            </p>
        </section>
    }
}

#[component]
fn ListLine(row: ReportListRow, refresh: RefreshTrigger, may_leave_out: bool) -> impl IntoView {
    let ReportListRow {
        key,
        at,
        when,
        value,
        score,
        who,
        customer,
        why,
        reason,
        conversation,
        anchor,
        handoff,
        left_out,
    } = row;
    let id = format!("leave-out-{key}");
    let name = customer.unwrap_or_else(|| "Conversation".to_owned());
    let place = conversation.map(|id| {
        let thread = conversations::address(&id);
        let href = anchor.map_or_else(|| thread.clone(), |anchor| format!("{thread}#{anchor}"));
        view! { <a href=href><bdi>{name}</bdi></a> }
    });
    let reason = reason.map(|reason| view! { <small class="hint"><bdi>{reason}</bdi></small> });
    let control = handoff.map(|handoff| view! { <LeftOutControl id handoff left_out refresh may_leave_out/> });
    view! {
        <tr>
            <td class="dim"><time datetime=iso(at)>{when}</time></td>
            <td class="num">{score.map_or_else(|| duration(value), |score| score.to_string())}</td>
            <td><bdi>{who}</bdi></td>
            <td>{place}</td>
            <td><bdi>{why}</bdi> {reason}</td>
            <td class="tight">{control}</td>
        </tr>
    }
}
