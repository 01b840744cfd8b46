//! A message's bubble: author, quote, content (`content.rs`), time, delivery, reactions.
//!
//! The content is redrawn only when it changes: a new delivery status must not stop a voice message that is playing.

use leptos::prelude::*;

use super::{
    aside::{Above, Below},
    content::{ContentView, event_words},
    items::reveal,
    outgoing::Quoting,
    reactions::{self, ReactButton},
    state::ThreadState,
    ticks::Ticks,
};
use crate::{
    api::conversation::retry,
    domain::{
        access::advice,
        desk::{Item, ItemBody},
        formatting::is_web,
        ids::{AgentId, MessageId},
        message::{Author, Delivery, Forwarded, Message, Quote, Referral, reaction::REACTABLE_FOR},
    },
    ui::{
        browser::focus,
        components::icon::Icon,
        conversations::composer::{self, Locking},
        format::TimeStyle,
        kit::{Submit, ToastTone},
        local_time::LocalTime,
        state::Connection,
    },
};

/// The author in words; `None` for the customer, whose bubbles are on the other side.
pub fn author_words(author: &Author, name: Option<&str>, me: &AgentId) -> Option<String> {
    match author {
        Author::Customer => None,
        Author::Bot => Some("Bot".to_owned()),
        Author::System => Some("Automatic message".to_owned()),
        Author::Agent(agent) if agent == me => Some("You".to_owned()),
        Author::Agent(_) => Some(name.unwrap_or("A colleague").to_owned()),
        Author::Phone => Some("From the phone app".to_owned()),
        Author::Partner => Some("Another system".to_owned()),
    }
}

fn class_of(message: &Message) -> String {
    let mut class = match message.author {
        Author::Customer => "msg in".to_owned(),
        Author::Bot => "msg out bot".to_owned(),
        Author::System | Author::Partner => "msg out system".to_owned(),
        Author::Phone => "msg out phone".to_owned(),
        Author::Agent(_) => "msg out".to_owned(),
    };
    if message.delivery == Some(Delivery::Failed) {
        class.push_str(" failed");
    }
    if message.revoked {
        class.push_str(" revoked");
    }
    class
}

#[component]
pub fn Bubble(message: Memo<Message>) -> AnyView {
    let open = ThreadState::expect();
    let me = open.me();
    let first = message.get_untracked();
    if event_words(&first.content).is_some() {
        return view! {
            <div class="sys">
                <span dir="auto">{move || message.with(|message| event_words(&message.content))}</span>
            </div>
        }
        .into_any();
    }
    let who = author_words(&first.author, first.author_name.as_deref(), &me);
    let icon = match first.author {
        Author::Bot => Some("bot"),
        Author::Phone => Some("phone"),
        Author::Customer | Author::System | Author::Agent(_) | Author::Partner => None,
    };
    let is_reactable = first.author.is_customer() && untrack(|| open.now()).since(first.at) < REACTABLE_FOR;
    let content_and_file = Memo::new(move |_| message.with(|message| (message.content.clone(), message.file.clone())));
    let locking = Locking::expect();
    let quotable = Memo::new(move |_| {
        let arrived = message.with(|message| {
            matches!(
                message.delivery,
                None | Some(Delivery::Sent | Delivery::Delivered | Delivery::Read | Delivery::Played)
            )
        });
        arrived && locking.is_open()
    });
    view! {
        <div role="article" class=move || message.with(class_of)>
            {who
                .map(|who| {
                    view! {
                        <div class="who">
                            {icon.map(|icon| view! { <Icon name=icon/> })} <span dir="auto">{who}</span>
                        </div>
                    }
                })}
            {first.author.is_customer().then(|| view! { <span class="visually-hidden">"Customer: "</span> })}
            {forwarded_view(first.forwarded)}
            {first.referral.map(|referral| view! { <ReferralCard referral/> })}
            <Above context=first.context.clone()/>
            {first.quote.map(|quote| view! { <QuoteBlock quote/> })}
            {move || {
                let (content, file) = content_and_file.get();
                view! { <ContentView content file/> }
            }}
            <Below context=first.context/>
            <small class="when">
                {move || message.with(marks)} <LocalTime at=first.at style=TimeStyle::Clock/>
                {move || message.with(|message| message.delivery).map(|delivery| view! { <Ticks delivery/> })}
            </small>
            {move || message.with(|message| fault(open, message))}
            {move || message.with(|message| reactions::shown(&message.reactions, &me))}
            <Show when=move || quotable.get()>
                <span class="tools">
                    <button
                        type="button"
                        class="btn ghost icon"
                        aria-label="Quote this message"
                        title="Quote"
                        on:click=move |_| quote(open, &message.get_untracked())
                    >
                        <Icon name="reply"/>
                    </button>
                    {is_reactable.then(|| view! { <ReactButton message/> })}
                </span>
            </Show>
        </div>
    }
    .into_any()
}

fn quote(open: ThreadState, message: &Message) {
    open.quote.set(Some(Quoting::of(message, open)));
    // The field may be drawn only after this change.
    request_animation_frame(|| focus(composer::FIELD));
}

fn forwarded_view(forwarded: Forwarded) -> Option<impl IntoView> {
    let words = match forwarded {
        Forwarded::No => return None,
        Forwarded::Once => "Forwarded",
        Forwarded::Often => "Forwarded many times",
    };
    Some(view! {
        <div class="who fwd">
            <Icon name="forward"/>
            {words}
        </div>
    })
}

/// What happened to the message itself, beside the time.
fn marks(message: &Message) -> Option<String> {
    let mut marks = Vec::new();
    if message.revoked {
        // Staff delete from the WhatsApp app.
        marks.push(if message.author.is_customer() { "deleted by the customer" } else { "deleted" });
    }
    if message.edited {
        marks.push("edited");
    }
    if message.late {
        marks.push("arrived late");
    }
    if message.resent {
        marks.push("sent again, may be a duplicate");
    }
    (!marks.is_empty()).then(|| format!("{} · ", marks.join(" · ")))
}

fn fault(open: ThreadState, message: &Message) -> Option<AnyView> {
    let id = message.id.clone();
    let role = open.app.viewer.with_untracked(|viewer| viewer.role);
    match message.delivery? {
        Delivery::Failed => {
            let fault = message.fault.as_ref();
            let words = fault.map_or_else(
                || "WhatsApp didn't deliver this message and gave no reason. Try again.".to_owned(),
                |fault| advice(role, &fault.detail),
            );
            let code = fault.and_then(|fault| fault.code).map(|code| format!("WhatsApp error {code}"));
            let ours = matches!(message.author, Author::Agent(_) | Author::System);
            Some(
                view! {
                    <div class="fault">
                        <Icon name="alert"/>
                        <span title=code>{words}</span>
                        {ours.then(|| view! { <RetryButton open id label="Try again"/> })}
                    </div>
                }
                .into_any(),
            )
        }
        Delivery::Unknown => {
            // Agents resend their own messages; the bot's and the tenant's are resent by the server (promise 12).
            let own = message.author == Author::Agent(open.me());
            Some(
                view! {
                    <span class="footer">"No response from WhatsApp yet. It may or may not have arrived."</span>
                    {own.then(|| view! { <RetryButton open id label="Send again (may arrive twice)"/> })}
                }
                .into_any(),
            )
        }
        Delivery::Cancelled => Some(view! { <span class="footer">"Not sent: an agent took over."</span> }.into_any()),
        Delivery::Queued => {
            // WhatsApp has it and holds it.
            if let Some(fault) = message.fault.as_ref().filter(|fault| fault.again.is_none()) {
                return Some(view! { <span class="footer">{advice(role, &fault.detail)}</span> }.into_any());
            }
            let Some((fault, again)) = message.fault.as_ref().and_then(|fault| Some((fault, fault.again?))) else {
                let on_hold = "On hold until the previous message goes through, to keep the order.";
                return is_behind_unclear(open, &id)
                    .then(|| view! { <span class="footer">{on_hold}</span> }.into_any());
            };
            Some(
                view! {
                    <span class="footer">
                        {advice(role, &fault.detail)} " Next try at " <LocalTime at=again style=TimeStyle::Clock/> "."
                    </span>
                }
                .into_any(),
            )
        }
        Delivery::Sent | Delivery::Delivered | Delivery::Read | Delivery::Played => None,
    }
}

/// Whether an earlier message was sent and its outcome is unknown.
fn is_behind_unclear(open: ThreadState, id: &MessageId) -> bool {
    let is_unclear = |item: &Item| matches!(&item.body, ItemBody::Message(m) if m.delivery == Some(Delivery::Unknown));
    open.slots
        .with(|slots| slots.iter().take_while(|slot| slot.key != id.as_str()).any(|slot| slot.item.with(is_unclear)))
}

/// Sends a message again. Shown only while a reply can be written.
#[component]
fn RetryButton(open: ThreadState, id: MessageId, label: &'static str) -> impl IntoView {
    let submit = Submit::with_toasts();
    let locking = Locking::expect();
    let press = move |_| {
        submit.run(retry(open.id(), id.clone()), move |()| {
            // With a stream, the frame of the message redraws the bubble without this button.
            if open.app.connection.get_untracked() != Connection::Live {
                open.reread();
            }
        });
    };
    view! {
        <Show when=move || locking.is_open()>
            <button type="button" class="btn danger" disabled=move || submit.pending() on:click=press.clone()>
                <Icon name="retry"/>
                {label}
            </button>
        </Show>
    }
}

/// The quoted message, with a link if it is part of this conversation.
#[component]
fn QuoteBlock(quote: Quote) -> AnyView {
    let open = ThreadState::expect();
    let words = quote.preview.unwrap_or_else(|| "Message not available".to_owned());
    let Some(message) = quote.message else {
        return view! {
            <div class="quote">
                <span dir="auto">{words}</span>
            </div>
        }
        .into_any();
    };
    let id = message.into_string();
    let who = {
        let id = id.clone();
        move || quoted_author(&open, &id)
    };
    let href = format!("#{id}");
    view! {
        <a
            class="quote"
            href=href
            on:click=move |event| {
                event.prevent_default();
                reveal(open, id.clone());
            }
        >
            <b dir="auto">{who}</b>
            <span dir="auto">{words}</span>
        </a>
    }
    .into_any()
}

fn quoted_author(open: &ThreadState, id: &str) -> String {
    let me = open.me();
    let found = open.slots.with(|slots| {
        let slot = slots.iter().find(|slot| slot.key == id)?;
        slot.item.with_untracked(|item| match &item.body {
            ItemBody::Message(message) => Some(author_words(&message.author, message.author_name.as_deref(), &me)),
            ItemBody::Line(_) | ItemBody::Note(_) => None,
        })
    });
    match found {
        Some(Some(who)) => who,
        Some(None) => open.row.with(|row| row.name.clone()),
        None => "Earlier message".to_owned(),
    }
}

/// The ad or post that the customer came from.
#[component]
fn ReferralCard(referral: Referral) -> impl IntoView {
    let source = match referral.source_type.as_deref() {
        Some("ad") => "From an ad",
        Some("post") => "From a post",
        _ => "From outside WhatsApp",
    };
    let link = referral.source_url.filter(|url| is_web(url));
    view! {
        <div class="quote">
            <b>{source}</b>
            {referral.headline.map(|words| view! { <span dir="auto">{words}</span> })}
            {referral.body.map(|words| view! { <span dir="auto">{words}</span> })}
            {link
                .map(|url| {
                    view! {
                        <a href=url target="_blank" rel="noopener noreferrer nofollow">
                            "View"
                        </a>
                    }
                })}
        </div>
    }
}

/// Shows a toast that a message is not part of this conversation.
pub fn show_missing(open: ThreadState) {
    open.app.toast(ToastTone::Info, "That message isn't in this conversation.");
}
