//! Staffing: a roster is tried on the handoffs of the last weeks, and those of the next week are forecast.
//!
//! Everything that is asked for is in the address, and the form works without scripts. The numbers are the server's;
//! `domain::staffing` says what they mean. To add a figure: its field in `contract::staffing`, drawn in `results` or
//! `forecast`.

mod address;
mod forecast;
mod form;
mod method;
mod results;
mod words;

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::{use_location, use_query_map};

pub use self::address::STAFFING;
use self::{address::StaffingQuery, form::RosterForm, results::Results};
use crate::{
    api::staffing::{read_staffing, read_starting_roster},
    domain::access::{Action, may},
    ui::{
        components::icon::Icon,
        kit::{PageHead, RefreshTrigger, lazy_route, live_resource, live_resource_by},
        state::AppState,
    },
};

lazy_route!(StaffingRoute in reports, StaffingPage);

#[component]
fn StaffingPage() -> impl IntoView {
    let app = AppState::expect();
    let may_view = Memo::new(move |_| app.viewer.with(|viewer| may(viewer.role, Action::ViewReports)));
    view! {
        <main class="page reports" id="main" tabindex="-1">
            <Show when=move || may_view.get() fallback=Closed>
                <RosterTrial/>
            </Show>
        </main>
    }
}

#[component]
fn RosterTrial() -> impl IntoView {
    let refresh = RefreshTrigger::watch(AppState::expect());
    let query = use_staffing_query();
    let request = Memo::new(move |_| query.with(StaffingQuery::request));
    view! {
        <PageHead
            title="Staffing"
            lead="Try a roster on the handoffs of the last weeks: how long customers would have waited with it."
        />
        {live_resource(refresh, read_starting_roster, move |starting| view! { <RosterForm starting query/> })}
        {live_resource_by(refresh, request.into(), read_staffing, move |report| {
            let request = StoredValue::new(request.get_untracked());
            // Read again, everything may have changed.
            view! { {move || view! { <Results report=report.get() request=request.get_value()/> }} }
        })}
    }
}

/// What the address asks for, as long as this page is open. While a link leads to another page it stays, so that nothing is
/// read again.
fn use_staffing_query() -> Memo<StaffingQuery> {
    let (path, query) = (use_location().pathname, use_query_map());
    Memo::new(move |last: Option<&StaffingQuery>| {
        let is_here = path.with(|path| path.trim_end_matches('/') == STAFFING);
        match last {
            Some(last) if !is_here => last.clone(),
            _ => query.with(|query| StaffingQuery::read(|name| query.get_all(name).unwrap_or_default())),
        }
    })
}

/// What an agent sees.
#[component]
fn Closed() -> impl IntoView {
    view! {
        <Title text="Staffing"/>
        <div class="empty">
            <Icon name="lock"/>
            <h1>"Only leads and admins can open this"</h1>
            <p>"Staffing shows how the whole team works. Ask a lead or an admin."</p>
            <a class="btn" href="/conversations">"Back to conversations"</a>
        </div>
    }
}
