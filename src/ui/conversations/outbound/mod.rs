//! The page of a new conversation: the business's number, to whom, the noted agreement, and the template; below them first
//! messages that failed. The panel of templates is the composer's, and so is the part of the code.
//!
//! `fields.rs` has what is beside the template, `failed.rs` the list.

mod failed;
mod fields;

use leptos::prelude::*;
use leptos_router::{
    NavigateOptions,
    hooks::{use_navigate, use_query_map},
};

use self::{failed::FailedFirsts, fields::Fields};
use super::{
    address,
    composer::templates::{FirstWord, TemplateSender},
};
use crate::{
    api::outbound::read_outbound,
    contract::outbound::OutboundPage,
    domain::{delivery::Delivery, ids::ConversationId},
    ui::{
        kit::{EmptyState, PageHead, RefreshTrigger, lazy_route, live_resource_by},
        state::AppState,
    },
};

lazy_route!(OutboundRoute in composer_tools, NewConversationPage);

#[component]
fn NewConversationPage() -> impl IntoView {
    let app = AppState::expect();
    let refresh = RefreshTrigger::watch(app);
    app.on_changes(move |changes| {
        // It may be a first message.
        if changes.rows.iter().any(|row| row.last_delivery == Some(Delivery::Failed)) {
            refresh.mark();
        }
    });
    let query = use_query_map();
    let from = Memo::new(move |_| query.with(|query| query.get("from")).map(ConversationId::from));
    let navigate = use_navigate();
    let begun = Callback::new(move |id: ConversationId| navigate(&address(&id), NavigateOptions::default()));
    view! {
        <main class="page" id="main" tabindex="-1">
            <PageHead
                title="New conversation"
                lead="Write to one person first, with a template that WhatsApp has approved. The bot stays out until you return \
                      the conversation to it."
            />
            {live_resource_by(refresh, from.into(), read_outbound, move |page| view! { <Outbound page begun/> })}
        </main>
    }
}

#[component]
fn Outbound(page: RwSignal<OutboundPage>, begun: Callback<ConversationId>) -> impl IntoView {
    let app = AppState::expect();
    let (channels, channel, customer) = page.with_untracked(|page| {
        let channel = page.channel.clone().or_else(|| page.channels.first().map(|channel| channel.id.clone()));
        (page.channels.clone(), channel, page.customer.clone())
    });
    let form = match channel {
        Some(channel) => {
            let word = FirstWord::new(app, Some(channel), customer, begun);
            let sender = TemplateSender::for_first(word);
            view! {
                <div class="card outbound">
                    <h2 class="visually-hidden">"First message"</h2>
                    <Fields word channels/>
                    {sender.first_panel(word)}
                    {move || {
                        word.open
                            .get()
                            .map(|id| {
                                view! {
                                    <p class="go-on">
                                        <a class="btn" href=address(&id)>"Go to the open conversation"</a>
                                    </p>
                                }
                            })
                    }}
                </div>
            }
            .into_any()
        }
        None => view! {
            <EmptyState icon="phone" title="No number yet">
                "Conversations can begin when your company's WhatsApp number is connected."
            </EmptyState>
        }
        .into_any(),
    };
    view! {
        <div class="stack">
            {form}
            <FailedFirsts page/>
        </div>
    }
}
