//! The dossier: why a person is needed, who the customer is, what was before. One section per kind of fact; each fact
//! links to its message.

use leptos::prelude::*;

use super::{address::desk_link, items::reveal, open::Open};
use crate::{
    api::conversation::{Earlier, HandoffFact},
    domain::{ids::MessageId, time::Timestamp},
    ui::{
        components::{avatar::Avatar, icon::Icon},
        format::{LocalTime, TimeStyle},
    },
};

#[component]
pub fn Dossier() -> impl IntoView {
    view! {
        <aside class="dossier" id="dossier" aria-label="Details">
            <a class="btn ghost icon only-narrow shut" href="#" rel="external" aria-label="Close the details">
                <Icon name="x"/>
            </a>
            <Why/>
            <CustomerFacts/>
            <EarlierOnes/>
        </aside>
    }
}

/// The newest handoff in full, the ones before it behind a line.
#[component]
fn Why() -> impl IntoView {
    let open = Open::expect();
    move || {
        let mut handoffs = open.handoffs.get().into_iter();
        let newest = handoffs.next()?;
        let before: Vec<_> = handoffs.map(|fact| view! { <li><HandoffView fact/></li> }).collect();
        Some(view! {
            <section>
                <div class="why">
                    <b>
                        <Icon name="hand"/>
                        "Why a person"
                    </b>
                    <HandoffView fact=newest/>
                </div>
                {(!before.is_empty())
                    .then(|| {
                        view! {
                            <details>
                                <summary>{format!("Earlier calls in this conversation: {}", before.len())}</summary>
                                <ul>{before}</ul>
                            </details>
                        }
                    })}
            </section>
        })
    }
}

#[component]
fn HandoffView(fact: HandoffFact) -> impl IntoView {
    let HandoffFact { sentence, message, words, requested_at, claimed, first_reply_at, ended_at } = fact;
    let after = move |at: Timestamp| at.since(requested_at).clock();
    view! {
        <p dir="auto">{sentence}</p>
        {words.filter(|words| !words.trim().is_empty()).map(|words| view! { <blockquote dir="auto">{words}</blockquote> })}
        {message.map(|message| view! { <ToMessage message/> })}
        <dl>
            <dt>"Asked"</dt>
            <dd>
                <LocalTime at=requested_at style=TimeStyle::Row/>
            </dd>
            {claimed
                .map(|(name, at)| {
                    view! {
                        <dt>"Claimed"</dt>
                        <dd>{format!("by {name} after {}", after(at))}</dd>
                    }
                })}
            {first_reply_at
                .map(|at| {
                    view! {
                        <dt>"Answered"</dt>
                        <dd>{format!("after {}", after(at))}</dd>
                    }
                })}
            {ended_at
                .map(|at| {
                    view! {
                        <dt>"Ended"</dt>
                        <dd>
                            <LocalTime at style=TimeStyle::Row/>
                        </dd>
                    }
                })}
        </dl>
    }
}

/// A plain link without scripts; with them it also finds messages that are not loaded yet.
#[component]
fn ToMessage(message: MessageId) -> impl IntoView {
    let open = Open::expect();
    let id = message.into_string();
    let href = format!("#{id}");
    view! {
        <p>
            <a
                href=href
                on:click=move |event| {
                    event.prevent_default();
                    reveal(open, id.clone());
                }
            >
                "Show the message"
            </a>
        </p>
    }
}

#[component]
fn CustomerFacts() -> impl IntoView {
    let open = Open::expect();
    move || {
        let customer = open.customer.get();
        let number = customer.phone.unwrap_or_else(|| "Kept private by WhatsApp".to_owned());
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
                    <dt>"Since"</dt>
                    <dd>
                        <LocalTime at=customer.since style=TimeStyle::Day/>
                    </dd>
                    {customer
                        .language
                        .map(|language| {
                            view! {
                                <dt>"Language"</dt>
                                <dd>{language}</dd>
                            }
                        })} <dt>"Number used"</dt>
                    <dd>{move || open.row.with(|row| row.channel_name.clone())}</dd>
                </dl>
            </section>
        }
    }
}

#[component]
fn EarlierOnes() -> impl IntoView {
    let open = Open::expect();
    move || {
        let earlier = open.earlier.get();
        if earlier.is_empty() {
            return None;
        }
        let count = earlier.len();
        let rows: Vec<_> = earlier.into_iter().map(|earlier| view! { <EarlierRow earlier/> }).collect();
        Some(view! {
            <section>
                <h3>
                    "Earlier" <span>{count}</span>
                </h3>
                {rows}
            </section>
        })
    }
}

#[component]
fn EarlierRow(earlier: Earlier) -> impl IntoView {
    let href = desk_link(Some(earlier.id.as_str()));
    let preview = if earlier.preview.trim().is_empty() { "No words".to_owned() } else { earlier.preview };
    let at = earlier.closed_at.unwrap_or(earlier.started_at);
    view! {
        <a class="past" href=href>
            <b dir="auto">{preview}</b>
            <span>
                <LocalTime at style=TimeStyle::Row/> {earlier.closed_by.map(|by| format!(" · {by}"))}
            </span>
        </a>
    }
}
