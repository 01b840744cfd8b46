//! The dossier: why an agent is needed (`why.rs`), how the customer rated the help (`rating.rs`), what the bot collected and
//! called (`facts.rs`), the customer, and their other conversations. Each fact links to its item in the thread by `ToPlace`.

mod block;
mod facts;
mod rating;
mod why;

use leptos::prelude::*;

use self::{
    block::CustomerBlocking,
    facts::{Calls, Variables},
    rating::Ratings,
    why::HandoffReasons,
};
use super::{
    pane_focus::DOSSIER,
    thread::{address::desk_link, items::reveal, state::ThreadState},
};
use crate::{
    contract::conversation::Earlier,
    domain::phone_number::grouped,
    ui::{
        components::{avatar::Avatar, icon::Icon},
        format::TimeStyle,
        kit::{CopyButton, language_name},
        local_time::LocalTime,
    },
};

#[component]
pub fn Dossier() -> impl IntoView {
    view! {
        <aside class="dossier" id=DOSSIER aria-label="Details">
            <a class="btn ghost icon only-narrow shut" href="#" rel="external" aria-label="Close details">
                <Icon name="x"/>
            </a>
            <HandoffReasons/>
            <Ratings/>
            <Variables/>
            <Calls/>
            <CustomerFacts/>
            <CustomerBlocking/>
            <EarlierOnes/>
        </aside>
    }
}

/// A link to an item of the thread. With scripts it also loads an item that is not loaded yet.
#[component]
fn ToPlace(
    /// The item's key.
    anchor: String,
    children: Children,
) -> impl IntoView {
    let open = ThreadState::expect();
    let href = format!("#{anchor}");
    view! {
        <a
            href=href
            on:click=move |event| {
                event.prevent_default();
                reveal(open, anchor.clone());
            }
        >
            {children()}
        </a>
    }
}

#[component]
fn CustomerFacts() -> impl IntoView {
    let open = ThreadState::expect();
    move || {
        let customer = open.customer.get();
        let number = match customer.phone {
            Some(phone) => {
                let shown = grouped(&phone);
                view! {
                    <span class="number" dir="ltr">{shown}</span>
                    <CopyButton text=phone label="Copy number"/>
                }
                .into_any()
            }
            None => "Number hidden by WhatsApp".into_any(),
        };
        view! {
            <section>
                <h3>"Customer"</h3>
                <div class="person">
                    <Avatar name=customer.name.clone()/>
                    <div>
                        <b dir="auto">{customer.name}</b>
                        <small>{number}</small>
                    </div>
                </div>
                <dl>
                    {customer
                        .username
                        .map(|username| {
                            view! {
                                <dt>"Username"</dt>
                                <dd>{username}</dd>
                            }
                        })}
                    <dt>"Customer since"</dt>
                    <dd>
                        <LocalTime at=customer.since style=TimeStyle::Day/>
                    </dd>
                    {customer
                        .language
                        .map(|language| {
                            view! {
                                <dt>"Language"</dt>
                                <dd>{language_name(&language)}</dd>
                            }
                        })} <dt>"Contacted via"</dt>
                    <dd>{move || open.row.with(|row| row.channel_name.clone())}</dd>
                </dl>
            </section>
        }
    }
}

#[component]
fn EarlierOnes() -> impl IntoView {
    let open = ThreadState::expect();
    move || {
        let mut earlier = open.earlier.get();
        if earlier.is_empty() {
            return None;
        }
        // The open one first.
        earlier.sort_by_key(|earlier| earlier.closed_at.is_some());
        let count = earlier.len();
        let rows: Vec<_> = earlier.into_iter().map(|earlier| view! { <EarlierRow earlier/> }).collect();
        Some(view! {
            <section aria-label="Other conversations">
                <h3>
                    "Other conversations" <span>{count}</span>
                </h3>
                {rows}
            </section>
        })
    }
}

#[component]
fn EarlierRow(earlier: Earlier) -> impl IntoView {
    let href = desk_link(Some(earlier.id.as_str()));
    let preview = if earlier.preview.trim().is_empty() { "No messages".to_owned() } else { earlier.preview };
    let (state, at) = match earlier.closed_at {
        Some(at) => ("Closed", at),
        None => ("Open since", earlier.started_at),
    };
    view! {
        <a class="past" href=href>
            <b>
                {state} " " <LocalTime at style=TimeStyle::Row/>
                {earlier.closed_by.map(|by| view! { " by " <bdi>{by}</bdi> })}
            </b>
            <span dir="auto">{preview}</span>
        </a>
    }
}
