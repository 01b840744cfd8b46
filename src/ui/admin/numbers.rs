//! The WhatsApp numbers: whether each can send, and whether another app answers on it, too. Numbers are added on the server
//! for now.

use leptos::prelude::*;

use crate::{
    api::numbers::read_numbers,
    contract::numbers::NumberRow,
    ui::{
        format::TimeStyle,
        kit::{Column, EmptyState, PageHead, RefreshTrigger, Table, lazy_route, live_resource},
        local_time::LocalTime,
        state::AppState,
    },
};

const COLUMNS: [Column; 3] = [Column::new("Number"), Column::new("Sending"), Column::new("Other apps")];

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

#[component]
fn NumberLine(number: Memo<NumberRow>) -> impl IntoView {
    let name = move || number.with(|number| number.name.clone());
    let phone = move || number.with(|number| number.phone.clone());
    let sending = move || number.with(|number| number.fault.clone().unwrap_or_else(|| "Can send".to_owned()));
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
            <td>{sending}</td>
            <td>{shared}</td>
        </tr>
    }
}
