//! The WhatsApp numbers: whether each can send, how much of the month's free messages is left, and whether another app answers
//! on it, too. Numbers are added on the server for now.

use leptos::prelude::*;

use crate::{
    api::numbers::read_numbers,
    contract::numbers::NumberRow,
    domain::{access::advice, report::cost::FREE_PER_MONTH},
    ui::{
        components::icon::Icon,
        cost::COST,
        format::TimeStyle,
        kit::{Column, EmptyState, PageHead, RefreshTrigger, Table, lazy_route, live_resource},
        local_time::LocalTime,
        number::grouped,
        state::AppState,
    },
};

const COLUMNS: [Column; 4] =
    [Column::new("Number"), Column::new("Sending"), Column::new("Free messages this month"), Column::new("Other apps")];

lazy_route!(NumbersRoute in settings, NumbersPage);

#[component]
fn NumbersPage() -> impl IntoView {
    let refresh = RefreshTrigger::watch(AppState::expect());
    view! {
        <PageHead
            title="Numbers"
            lead="Your WhatsApp numbers. On a shared number, another app may answer customers until an agent claims them."
        />
        {live_resource(refresh, read_numbers, move |numbers| {
            let empty = || view! {
                <EmptyState icon="phone" title="No numbers yet">
                    "Run “handoff admin add-number” on the server."
                </EmptyState>
            };
            view! {
                <FreePartWarnings numbers/>
                <div class="card">
                    <Table
                        columns=&COLUMNS
                        caption="WhatsApp numbers"
                        rows=numbers
                        key=|number: &NumberRow| number.id.as_str().to_owned()
                        empty
                        row=move |number| view! { <NumberLine number/> }
                    />
                </div>
            }
        })}
    }
}

/// Which numbers have used most of their free messages.
#[component]
fn FreePartWarnings(numbers: RwSignal<Vec<NumberRow>>) -> impl IntoView {
    let warnings = Memo::new(move |_| {
        let warning = |number: &NumberRow| Some(format!("{}: {}", number.name, number.free_part.warning()?));
        numbers.with(|numbers| numbers.iter().filter_map(warning).collect::<Vec<_>>())
    });
    let lines = move || {
        let line =
            |words: String| view! { <p class="note warn"><Icon name="warn"/> <span dir="auto">{words}</span></p> };
        warnings.get().into_iter().map(line).collect_view()
    };
    view! { <div role="status">{lines}</div> }
}

#[component]
fn NumberLine(number: Memo<NumberRow>) -> impl IntoView {
    let app = AppState::expect();
    let name = move || number.with(|number| number.name.clone());
    let phone = move || number.with(|number| number.phone.clone());
    let sending = move || {
        let role = app.viewer.with(|viewer| viewer.role);
        let fault = number.with(|number| number.fault.as_ref().map(|fault| advice(role, fault)));
        fault.unwrap_or_else(|| "Can send".to_owned())
    };
    let remedy = move || number.with(|number| number.remedy.clone()).map(|words| view! { <p class="hint">{words}</p> });
    let free = move || {
        number.with(|number| format!("{} of {} left", grouped(number.free_part.left()), grouped(FREE_PER_MONTH)))
    };
    let shared = move || match number.with(|number| number.shared_since) {
        Some(at) => view! {
            "Shared since "
            <LocalTime at style=TimeStyle::Full/>
        }
        .into_any(),
        None => view! { <span class="dim">"None seen"</span> }.into_any(),
    };
    view! {
        <tr>
            <td>
                <b dir="auto">{name}</b>
                <br/>
                <bdi class="dim">{phone}</bdi>
            </td>
            <td>{sending} {remedy}</td>
            <td><a href=COST>{free}</a></td>
            <td>{shared}</td>
        </tr>
    }
}
