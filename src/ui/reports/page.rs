//! The report of a period.

use leptos::prelude::*;

use super::{
    DEFINITIONS, REPORTS,
    filters::{FilterForm, PeriodChoice},
    heat::HeatCard,
    progress::{Notes, ProgressNote},
    staffing::STAFFING,
    tables::{AgentsCard, OutcomesCard, TriggersCard},
    tiles::Tiles,
    times::{QueueCard, ResponsesCard},
    use_query,
};
use crate::{
    api::report::read_report,
    contract::report::{ReportPage, ReportScope},
    ui::{
        components::icon::Icon,
        cost::COST,
        kit::{EmptyState, PageHead, RefreshTrigger, lazy_route, live_resource_by},
        state::AppState,
    },
};

lazy_route!(ReportRoute in reports, ReportRead);

/// Where files of the report are.
const EXPORT: &str = "/reports/export/handoffs";

#[component]
fn ReportRead() -> impl IntoView {
    let refresh = RefreshTrigger::watch(AppState::expect());
    let query = use_query(REPORTS);
    view! {
        <main class="page reports" id="main" tabindex="-1">
            <PageHead title="Reports" lead="Every number opens the list behind it."/>
            {live_resource_by(refresh, query, read_report, move |page| {
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
        choices,
        tiles,
        agents,
        triggers,
        heat,
        responses,
        queue,
        outcomes,
    } = page;
    let is_new = progress.is_new;
    let is_own = scope == ReportScope::Own;
    // What nobody has claimed is no agent's.
    let is_of_one = query.filters.agent.is_some();
    let compared = format!("{}, compared with {}. Days of {}.", days.words, days.before, days.zone.replace('_', " "));
    let file = format!("{EXPORT}.csv?{}", query.query());
    let json = format!("{EXPORT}.json?{}", query.query());
    let parts = (!is_new).then(|| {
        let waiting = (!is_of_one).then(|| view! { <QueueCard report=query.clone() queue/> });
        view! {
            <Tiles report=query.clone() tiles/>
            <AgentsCard report=query.clone() agents/>
            <TriggersCard report=query.clone() triggers/>
            {waiting}
            <HeatCard report=query.clone() heat/>
            <ResponsesCard report=query.clone() responses/>
            <OutcomesCard report=query.clone() outcomes/>
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
    });
    view! {
        <PeriodChoice report=query.clone() days/>
        <FilterForm report=query.clone() choices is_own/>
        <Notes notes/>
        <ProgressNote progress/>
        <p class="report-days">{compared}</p>
        {is_new.then(|| view! { <NothingYet/> })}
        {parts}
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
