//! The report of a period. It is read when it is opened, not with every change of settings as other pages are: it takes
//! seconds where there are many rows, and what is open on it would close.

use leptos::prelude::*;

use super::{
    DEFINITIONS, REPORTS,
    filters::{FilterForm, PeriodChoice},
    heat::HeatCard,
    progress::{Notes, ProgressNote},
    staffing::STAFFING,
    tables::{AgentsCard, OutcomesCard, ReasonsCard, TriggersCard},
    tiles::Tiles,
    times::{QueueCard, ResponsesCard},
    use_busy, use_query,
};
use crate::{
    api::report::read_report,
    contract::report::{ReportPage, ReportScope},
    ui::{
        components::icon::Icon,
        cost::COST,
        kit::{EmptyState, PageHead, RefreshTrigger, lazy_route, live_resource_by},
    },
};

lazy_route!(ReportRoute in reports, ReportRead);

/// Where files of the report are.
const EXPORT: &str = "/reports/export/handoffs";

#[component]
fn ReportRead() -> impl IntoView {
    // Not with every changed setting: what is opened on a long page would close while somebody reads it.
    let refresh = RefreshTrigger::by_hand();
    let query = use_query(REPORTS);
    let busy = use_busy(query);
    let read = move |query| async move {
        let page = read_report(query).await;
        busy.try_set(false);
        page
    };
    view! {
        <main class="page reports" id="main" tabindex="-1" aria-busy=move || busy.get().then_some("true")>
            <PageHead title="Reports" lead="Every number opens the list behind it."/>
            {live_resource_by(refresh, query, read, move |page| {
                // Read again, everything may have changed.
                view! { {move || view! { <Report page=page.get()/> }} }
            })}
        </main>
    }
}

#[component]
fn Report(page: ReportPage) -> impl IntoView {
    let ReportPage {
        scope,
        query,
        notes,
        days,
        progress,
        too_many,
        choices,
        tiles,
        agents,
        triggers,
        heat,
        responses,
        queue,
        outcomes,
        reasons,
    } = page;
    let is_new = progress.is_new;
    let is_own = scope == ReportScope::Own;
    // What nobody has claimed is no agent's.
    let is_of_one = query.filters.agent.is_some();
    let whose = if is_own { "Your own numbers. " } else { "" };
    let zone = days.zone.replace('_', " ");
    let compared = format!("{whose}{}, compared with {}. Days of {zone}.", days.words, days.before);
    let file = format!("{EXPORT}.csv?{}", query.query());
    let json = format!("{EXPORT}.json?{}", query.query());
    let too_much = too_many.then(|| view! { <TooMuch file=file.clone() json=json.clone() is_own/> });
    let parts = (!is_new && !too_many).then(|| {
        let reasons = (!reasons.is_empty()).then(|| view! { <ReasonsCard report=query.clone() reasons/> });
        let waiting = (!is_of_one).then(|| view! { <QueueCard report=query.clone() queue/> });
        view! {
            <Tiles report=query.clone() tiles/>
            <AgentsCard report=query.clone() agents/>
            <TriggersCard report=query.clone() triggers/>
            {reasons}
            {waiting}
            <HeatCard report=query.clone() heat/>
            <ResponsesCard report=query.clone() responses/>
            <OutcomesCard report=query.clone() outcomes/>
            <Files file json is_own/>
        }
    });
    view! {
        <PeriodChoice report=query.clone() days/>
        <FilterForm report=query.clone() choices is_own/>
        <Notes notes/>
        <ProgressNote progress/>
        <p class="report-days">{compared}</p>
        {is_new.then(|| view! { <NothingYet/> })}
        {too_much}
        {parts}
    }
}

/// The handoffs of the period as files, and where to read on.
#[component]
fn Files(
    file: String,
    json: String,
    /// The viewer sees their own numbers only.
    is_own: bool,
) -> impl IntoView {
    view! {
        <p class="report-files">
            <Icon name="download"/>
            "All handoffs of these days: "
            <a href=file rel="external" download="">"CSV"</a>
            " or "
            <a href=json rel="external" download="">"JSON"</a>
            ". "
            <a href=DEFINITIONS>"How these are counted"</a>
            {(!is_own).then(|| view! { ". " <a href=STAFFING>"Staffing"</a> ". " <a href=COST>"Cost"</a> })}
        </p>
    }
}

#[component]
fn TooMuch(file: String, json: String, is_own: bool) -> impl IntoView {
    view! {
        <EmptyState icon="chart" title="Too much for one report">
            "These days have more handoffs, messages or conversations than one report can count. Choose fewer days, or take the
            handoffs as a file."
        </EmptyState>
        <Files file json is_own/>
    }
}

#[component]
fn NothingYet() -> impl IntoView {
    view! {
        <EmptyState icon="chart" title="No numbers yet">
            "Once customers write, this page shows how many of them ask for an agent and why, how long they wait, how long
            conversations take, and when you need most people. Every number opens the conversations behind it."
        </EmptyState>
    }
}
