//! The template that fits a customer whose window has closed, at the place where the composer is locked: how it reads, what
//! it costs and why it is offered. What is left to fill in opens its form; the others are in the menu beside *Send*. What
//! WhatsApp held back is offered for the time at which it may go again.

use leptos::prelude::*;

use super::{
    TemplateSender,
    list::{candidate, find},
    place::TemplatePlace,
};
use crate::{
    api::scheduled::schedule_template,
    contract::templates::{HeldTemplate, ListedTemplate, TemplateSend},
    domain::{
        delivery::Delivery,
        desk::ItemBody,
        ids::MessageId,
        message::Author,
        scheduled::SendChoice,
        text::{capitalized, clip, one_line},
    },
    ui::{
        browser::random_id,
        components::icon::Icon,
        conversations::{composer::SendMenu, thread::state::ThreadState},
        format::{TimeStyle, Zone},
        kit::{FieldError, Menu, show_field_error},
    },
};

/// How many others the menu names.
const OTHERS: usize = 3;
/// How much of the text is shown, in characters.
const EXCERPT: usize = 200;

#[component]
pub fn SuggestedTemplate(sender: TemplateSender) -> impl IntoView {
    let best = Memo::new(move |_| {
        let language = sender.place.language();
        let found = sender
            .list
            .with(|list| list.as_ref().map(|list| find(&list.templates, "", language.as_deref())).unwrap_or_default());
        found.into_iter().filter(|listed| listed.refusal.is_none()).take(1 + OTHERS).collect::<Vec<_>>()
    });
    let held = Memo::new(move |_| sender.list.with(|list| list.as_ref().and_then(|list| list.held.clone())));
    Effect::new(move |_| {
        best.track();
        held.track();
        sender.place.stick();
    });
    // What became of the newest message decides whether something was held back.
    if let TemplatePlace::Thread(open, ..) = sender.place {
        let newest = Memo::new(move |_| newest_sent(&open));
        Effect::watch(move || newest.get(), move |_, _, _| sender.read(), false);
    }
    let suggestion = move || {
        let mut best = best.get().into_iter();
        let first = best.next()?;
        let others: Vec<ListedTemplate> = best.collect();
        Some(view! { <Suggestion sender first others/> })
    };
    view! {
        {move || held.get().map(|held| view! { <HeldBack sender held/> })}
        {suggestion}
    }
}

/// The newest message of an agent, and whether it failed.
fn newest_sent(open: &ThreadState) -> Option<(MessageId, bool)> {
    open.slots.with(|slots| {
        slots.iter().rev().find_map(|slot| {
            slot.item.with(|item| match &item.body {
                ItemBody::Message(message) if matches!(message.author, Author::Agent(_)) => {
                    Some((message.id.clone(), message.delivery == Some(Delivery::Failed)))
                }
                ItemBody::Message(_) | ItemBody::Line(_) | ItemBody::Note(_) => None,
            })
        })
    })
}

/// What WhatsApp held back, with the time at which it goes again if the agent wants that.
#[component]
fn HeldBack(sender: TemplateSender, held: HeldTemplate) -> impl IntoView {
    let HeldTemplate { name, at, reason, price, .. } = held.clone();
    let zone = Zone::current();
    let open = match sender.place {
        TemplatePlace::Thread(open, ..) => open,
        TemplatePlace::First(_) => return ().into_any(),
    };
    let when = move || {
        let today = open.app.today.get();
        match zone.day(at) == today + 1 {
            true => format!("tomorrow {}", zone.words(at, TimeStyle::Clock, today)),
            false => zone.words(at, TimeStyle::Full, today),
        }
    };
    let price =
        price.map_or_else(|| "Marketing, charged by WhatsApp".to_owned(), |price| format!("Marketing · {price}"));
    // Of one press, repeated or not.
    let client_id = StoredValue::new(random_id());
    let press = move |_| {
        let HeldTemplate { template, revision, values, .. } = held.clone();
        let send = TemplateSend { client_id: client_id.get_value(), template, revision, values };
        let scheduled = schedule_template(open.id(), send, SendChoice::At(at));
        sender.sending.run_as((), scheduled, move |answer| match answer {
            Ok(message) => {
                if let Some(message) = message.filter(|_| !sender.list.is_disposed()) {
                    open.scheduled.add(message);
                    sender.read();
                }
            }
            Err(error) if sender.list.is_disposed() => open.app.show_error(&error),
            Err(error) => show_field_error(open.app, sender.sending.error, &error),
        });
    };
    view! {
        <div class="suggestion" role="group" aria-label="Held back by WhatsApp">
            <p class="words">
                <b dir="auto">{name}</b>
                <span>{reason}</span>
                <small>{price}</small>
            </p>
            <button
                type="button"
                class="btn"
                aria-disabled=move || sender.sending.pending().to_string()
                on:click=press
            >
                <Icon name="clock"/>
                {move || format!("Send {}", when())}
            </button>
        </div>
    }
    .into_any()
}

#[component]
fn Suggestion(sender: TemplateSender, first: ListedTemplate, others: Vec<ListedTemplate>) -> impl IntoView {
    let language = untrack(|| sender.place.language());
    let terms = terms(&first, language.as_deref());
    let missing = candidate(&first).missing();
    let (name, text) = (first.template.name.clone(), first.template.definition.preview(&first.prefilled).body);
    let text = clip(&one_line(&text), EXCERPT);
    let SendMenu(is_open) = SendMenu::expect();
    let first = StoredValue::new(first);
    let fills = move |listed: ListedTemplate| {
        sender.begin();
        sender.choose(listed);
    };
    let press = move |_| {
        let listed = first.get_value();
        if missing > 0 {
            fills(listed);
        } else if !sender.sending.pending_untracked() {
            sender.choose(listed.clone());
            sender.send(&listed);
        }
    };
    let label = if missing > 0 { "Fill in and send…" } else { "Send" };
    let entries = others.into_iter().map(|listed| {
        let name = listed.template.name.clone();
        view! {
            <button type="button" on:click=move |_| fills(listed.clone())>
                <span dir="auto">{name}</span>
                <small>{terms_of(&listed_terms(&listed))}</small>
            </button>
        }
    });
    let entries = entries.collect_view();
    view! {
        <div class="suggestion" role="group" aria-label="Suggested template">
            <p class="words">
                <b dir="auto">{name}</b>
                <q dir="auto">{text}</q>
                <small>{terms}</small>
            </p>
            <FieldError text=sender.sending.error/>
            <button
                type="button"
                class="btn primary"
                aria-disabled=move || sender.sending.pending().to_string()
                on:click=press
            >
                {move || if sender.sending.pending() { "Sending…" } else { label }}
            </button>
            <Menu
                class="later"
                summary=move || view! { <Icon name="down"/> }
                summary_class="btn ghost icon"
                label="Other ways to send"
                is_open
            >
                <h3>"Send as template"</h3>
                {entries}
                <button type="button" on:click=move |_| sender.begin()>"Another template…"</button>
                <p class="hint">"As text once the customer writes again."</p>
            </Menu>
        </div>
    }
}

/// Category and price.
fn listed_terms(listed: &ListedTemplate) -> Vec<String> {
    let category = listed.template.category.label().to_owned();
    std::iter::once(category).chain(listed.price.clone()).collect()
}

fn terms_of(parts: &[String]) -> String {
    parts.join(" · ")
}

/// What it costs, and why it is offered first.
fn terms(listed: &ListedTemplate, language: Option<&str>) -> String {
    let reasons = candidate(listed).reasons(language).into_iter().map(|reason| reason.words());
    let reasons = capitalized(&reasons.collect::<Vec<_>>().join(", "));
    let price = if listed.price.is_none() { Some("charged by WhatsApp".to_owned()) } else { None };
    let parts: Vec<String> =
        listed_terms(listed).into_iter().chain(price).chain(Some(reasons).filter(|words| !words.is_empty())).collect();
    terms_of(&parts)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{
        template::{
            MessageTemplate, TemplateCategory, TemplateDefinition, TemplateQuality, TemplateStatus,
            field::TemplateValues, rank::LastUse,
        },
        time::Timestamp,
    };

    #[test]
    fn an_offer_says_what_it_costs_and_why_it_is_made() {
        let listed = ListedTemplate {
            id: "tpl_1".into(),
            revision: 1,
            template: MessageTemplate {
                name: "back".to_owned(),
                language: "de".to_owned(),
                category: TemplateCategory::Utility,
                status: TemplateStatus::Approved,
                quality: TemplateQuality::Unknown,
                definition: TemplateDefinition { body: "Hallo.".to_owned(), ..TemplateDefinition::default() },
            },
            refusal: None,
            prefilled: TemplateValues::default(),
            last_use: LastUse::Own(Timestamp(1)),
            price: Some("€0.055".to_owned()),
        };
        let words = "Utility · €0.055 · In the customer's language, you used it before, nothing is left to fill in";
        assert_eq!(terms(&listed, Some("de")), words);
        let unknown = ListedTemplate { price: None, last_use: LastUse::Never, ..listed };
        assert_eq!(terms(&unknown, None), "Utility · charged by WhatsApp · Nothing is left to fill in");
    }
}
