//! The report of what messages cost. The month and the number are in the address, and links lead to others, so that it works
//! without scripts. What is charged is decided in `domain::report::cost`; the server reads and sums.
//!
//! `meter` draws the months of the numbers, `tables` the sums, `words` says amounts; `list` shows the messages behind a number.
//! To add a part: its component, drawn here, whose numbers lead to `list_address`.

pub mod list;
mod meter;
mod tables;
mod words;

use leptos::prelude::*;
use leptos_router::hooks::{use_location, use_query_map};

use self::{
    list::list_address,
    meter::Meters,
    tables::{AverageTable, BreakdownTable, SenderTable},
};
use crate::{
    api::cost::read_cost,
    contract::cost::{CostPage, CostProgress},
    domain::{
        access::{Action, may},
        ids::ChannelId,
        report::cost::{list::CostListQuery, month::CostMonth, tips::CostTip},
    },
    ui::{
        components::icon::Icon,
        format::TimeStyle,
        kit::{EmptyState, PageHead, RefreshTrigger, lazy_route, live_resource_by},
        local_time::LocalTime,
        state::AppState,
    },
};

/// The address of the report.
pub const COST: &str = "/reports/cost";
/// Where an admin enters prices.
const PRICES: &str = "/admin/prices";

lazy_route!(CostRoute in reports, CostReport);

/// What the address asks for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct CostQuery {
    month: Option<String>,
    channel: Option<String>,
}

fn address(month: CostMonth, channel: Option<&ChannelId>) -> String {
    let month = month.key();
    match channel {
        Some(channel) => format!("{COST}?month={month}&number={channel}"),
        None => format!("{COST}?month={month}"),
    }
}

#[component]
fn CostReport() -> impl IntoView {
    let app = AppState::expect();
    let refresh = RefreshTrigger::watch(app);
    let asked = use_cost_query();
    let is_allowed = app.viewer.with_untracked(|viewer| may(viewer.role, Action::ViewReports));
    let read = |asked: CostQuery| read_cost(asked.month, asked.channel.map(Into::into));
    view! {
        <main class="page cost" id="main" tabindex="-1">
            <PageHead
                title="Cost"
                lead="What your messages cost, as WhatsApp reports it with each one: billed, or free and why."
            />
            {if is_allowed {
                live_resource_by(refresh, asked.into(), read, move |page| {
                    // Read again, everything may have changed.
                    view! { {move || view! { <Report page=page.get()/> }} }
                })
                .into_any()
            } else {
                view! { <Closed/> }.into_any()
            }}
        </main>
    }
}

/// What the address asks for, as long as this page is open. While a link leads to another page it stays, so that nothing is
/// read again.
fn use_cost_query() -> Memo<CostQuery> {
    let (path, query) = (use_location().pathname, use_query_map());
    Memo::new(move |last: Option<&CostQuery>| {
        let is_here = path.with(|path| path.trim_end_matches('/') == COST);
        match last {
            Some(last) if !is_here => last.clone(),
            Some(_) | None => {
                let field = |name: &str| query.with(|query| query.get(name)).filter(|text| !text.is_empty());
                CostQuery { month: field("month"), channel: field("number") }
            }
        }
    })
}

/// What people see who may not read what the company pays.
#[component]
fn Closed() -> impl IntoView {
    view! {
        <EmptyState icon="lock" title="Only leads and admins can open this">
            "It shows what WhatsApp charges your company."
        </EmptyState>
    }
}

#[component]
fn Report(page: CostPage) -> impl IntoView {
    let currency = page.currency.clone();
    let is_current = page.newer.is_none();
    let notes = page.notes.iter().map(|note| view! { <li>{note.clone()}</li> }).collect_view();
    let has_notes = !page.notes.is_empty();
    let is_empty = page.total.messages() == 0;
    let (month, list) = (page.month, CostListQuery::of(page.month, page.channel.clone()));
    view! {
        <Choice page=page.clone()/>
        {has_notes.then(|| view! { <ul class="note" role="status">{notes}</ul> })}
        <Progress progress=page.progress/>
        {currency.is_none().then(|| view! { <NoPrices/> })}
        <Meters numbers=page.numbers month currency=currency.clone() is_current/>
        {is_empty.then(|| view! {
            <EmptyState icon="chart" title="No messages with a price">
                "WhatsApp reports the price of a message when it is delivered."
            </EmptyState>
        })}
        {(!is_empty).then(|| {
            let currency = currency.clone();
            view! {
                <SenderTable
                    list=list.clone()
                    total=page.total
                    people=page.people
                    bot=page.bot
                    notices=page.notices
                    in_app=page.in_app
                    without_price=page.without_price
                    currency=currency.clone()
                />
                <AverageTable
                    conversations=page.conversations
                    handoffs=page.handoffs
                    currency=currency.clone()
                    list=list.clone()
                />
                <BreakdownTable
                    title="By country"
                    head="Country"
                    lines=page.markets
                    currency=currency.clone()
                    list=list.clone()
                />
                <BreakdownTable
                    title="By category"
                    head="Category"
                    lines=page.categories
                    currency=currency.clone()
                    list=list.clone()
                />
                <BreakdownTable
                    title="By flow"
                    head="Flow"
                    lines=page.flows
                    currency=currency.clone()
                    list=list.clone()
                />
                <BreakdownTable
                    title="By agent"
                    head="Agent"
                    lines=page.agents
                    currency=currency.clone()
                    list=list.clone()
                />
                <Tips tips=page.tips currency list/>
            }
        })}
        <p class="hint">
            {format!(
                "A month begins at midnight in {}; WhatsApp may count from a few hours earlier or later. The first 1,000 messages of a number's month are counted here, because WhatsApp doesn't say which they are.",
                page.zone.replace('_', " "),
            )}
        </p>
    }
}

#[component]
fn NoPrices() -> impl IntoView {
    let role = AppState::expect().viewer.with_untracked(|viewer| viewer.role);
    let next = if may(role, Action::Administer) {
        view! { <a href=PRICES>"Enter your prices"</a> }.into_any()
    } else {
        view! { "Ask an admin to enter them." }.into_any()
    };
    view! { <p class="note">"No prices yet: messages are only counted. " {next}</p> }
}

/// The months before and after, and the numbers.
#[component]
fn Choice(page: CostPage) -> impl IntoView {
    let CostPage { month, newer, channel, channels, .. } = page;
    let older = month.before();
    let chosen = channel.clone();
    let number = |id: Option<ChannelId>, name: String| {
        let href = address(month, id.as_ref());
        let is_chosen = id == chosen;
        view! { <a class="chip" href=href aria-current=is_chosen.then_some("true")>{name}</a> }
    };
    let numbers = (channels.len() > 1).then(|| {
        let all = number(None, "All numbers".to_owned());
        let each = channels.into_iter().map(|(id, name)| number(Some(id), name)).collect_view();
        view! { <nav class="chips" aria-label="Number">{all}{each}</nav> }
    });
    view! {
        <div class="cost-choice">
            <nav class="chips" aria-label="Month">
                <a class="chip" href=address(older, channel.as_ref())><Icon name="left" class="xs"/>{older.to_string()}</a>
                <a class="chip" href=address(month, channel.as_ref()) aria-current="true">{month.to_string()}</a>
                {newer.map(|newer| view! {
                    <a class="chip" href=address(newer, channel.as_ref())>
                        {newer.to_string()}
                        <Icon name="right" class="xs"/>
                    </a>
                })}
            </nav>
            {numbers}
        </div>
    }
}

#[component]
fn Progress(progress: CostProgress) -> impl IntoView {
    let CostProgress { recorded_since, is_behind, counted_until } = progress;
    let behind = is_behind.then(|| {
        let until = counted_until.map(|at| view! { " Complete up to " <LocalTime at style=TimeStyle::Full/> "." });
        view! { <p class="hint" role="status">"Still counting." {until}</p> }
    });
    let since = recorded_since.map(|at| {
        view! { <p class="hint">"Prices were not recorded before " <LocalTime at style=TimeStyle::Full/> "."</p> }
    });
    view! {
        {behind}
        {since}
    }
}

#[component]
fn Tips(
    tips: Vec<CostTip>,
    currency: Option<String>,
    /// All messages of the month.
    list: CostListQuery,
) -> impl IntoView {
    (!tips.is_empty()).then(|| {
        let line = |tip: &CostTip| {
            let part = tip.part().map(|part| list_address(&list.part(part)));
            let messages = part.map(|href| view! { " " <a href=href>"See these messages"</a> });
            view! { <li>{tip.words(currency.as_deref())} {messages}</li> }
        };
        let lines = tips.iter().map(line).collect_view();
        view! {
            <section class="card pad">
                <h2>"What could cost less"</h2>
                <p class="hint">"From this month's messages."</p>
                <ul class="cost-tips">{lines}</ul>
            </section>
        }
    })
}
