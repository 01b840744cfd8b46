//! The composer: the field in which an agent writes to the customer. `lock.rs` replaces it when they cannot.
//!
//! Nothing typed is lost: a draft is in local storage from the first character until the server accepted the reply, and
//! returns to the field when the server refused it.

pub mod draft;
mod lock;

use leptos::{ev, html, prelude::*, task::spawn_local};

pub use self::lock::Locking;

use self::lock::Locked;
use super::thread::{
    actions::AgentAction,
    items::to_end,
    outgoing::{Quoting, Sending},
    state::ThreadState,
};
use crate::{
    api::conversation::reply,
    contract::ApiError,
    domain::message::{TEXT_LIMIT, reply::ReplyKind, split_text},
    ui::{
        browser::{self, random_id},
        components::icon::Icon,
        conversations::pane_focus::REGION,
        keyboard::is_composing,
        number::grouped,
        state::InFlight,
    },
};

/// The text field's id, to focus it.
pub const FIELD: &str = "reply-text";

/// The longest reply in characters. It is sent as five messages.
fn hard_limit() -> usize {
    ReplyKind::Text.text_limit()
}

/// The length is shown from this many characters on.
const NEAR_LIMIT: usize = 3_500;

#[component]
pub fn Composer() -> impl IntoView {
    let open = ThreadState::expect();
    let text = open.text;
    // A reply whose outcome is unknown. Sent again unchanged it keeps its id, so that the server does not send it
    // twice.
    let unclear = StoredValue::new(None::<InFlight>);
    let lock = Locking::expect();
    restore_draft(open, text, unclear);
    // Lock and field differ in height, so the end of the thread moves.
    Effect::new(move || {
        let _either_way = lock.is_open();
        open.quote.track();
        open.just_wrote.track();
        open.stick();
    });
    view! {
        <JustWrote/>
        {move || match lock.get() {
            Some(lock) => view! { <Locked lock text/> }.into_any(),
            None => view! { <Writing text unclear/> }.into_any(),
        }}
    }
}

fn restore_draft(open: ThreadState, text: RwSignal<String>, unclear: StoredValue<Option<InFlight>>) {
    Effect::new(move |leaving: Option<Option<String>>| {
        let here = |one: &&InFlight| one.conversation == open.id();
        let in_flight = open.app.in_flight.with(|all| all.iter().find(here).cloned());
        let kept = draft::load(&open.me(), &open.id());
        match leaving {
            // A reply that an earlier pane is sending is part of the draft until the server has accepted it.
            None => {
                text.update(|text| {
                    if text.is_empty() {
                        *text = kept;
                    }
                });
                let left = in_flight.is_some().then(|| text.get_untracked());
                unclear.set_value(in_flight);
                left
            }
            // The response arrived: the draft is what the server did not accept.
            Some(Some(shown)) if in_flight.is_none() => {
                if text.with_untracked(|text| *text == shown) {
                    text.set(kept);
                }
                None
            }
            Some(leaving) => leaving,
        }
    });
}

/// Saves the text in the field and the replies that are not accepted yet.
fn save_draft(open: ThreadState, text: RwSignal<String>) {
    let mut parts: Vec<String> = open.sending.with_untracked(|all| {
        all.iter().filter(|sending| !sending.accepted).map(|sending| sending.body.clone()).collect()
    });
    parts.push(text.get_untracked());
    draft::save_parts(&open.me(), &open.id(), parts);
}

#[component]
fn Writing(text: RwSignal<String>, unclear: StoredValue<Option<InFlight>>) -> impl IntoView {
    let open = ThreadState::expect();
    let field = NodeRef::<html::Textarea>::new();
    let length = Memo::new(move |_| text.with(|text| text.trim().chars().count()));
    let sendable = move || (1..=hard_limit()).contains(&length.get());
    fill_field(open, field, text);
    focus_after_claim(open, field, text);

    let typed = move |event: ev::Event| {
        text.set(event_target_value(&event));
        save_draft(open, text);
        open.stick();
    };
    let send = move |kind| send(open, text, unclear, kind);
    let keyed = move |event: ev::KeyboardEvent| match event.key().as_str() {
        _ if is_composing(&event) => {}
        "Enter" if sends(&event) => {
            event.prevent_default();
            send(ReplyKind::Text);
        }
        "Escape" if open.quote.get_untracked().is_some() => {
            event.prevent_default();
            open.quote.set(None);
        }
        "Escape" => {
            event.prevent_default();
            browser::focus(REGION);
        }
        _ => {}
    };
    let name = move || open.row.with(|row| row.name.clone());
    view! {
        <form class="composer" on:submit=move |event: ev::SubmitEvent| event.prevent_default()>
            {move || open.quote.get().map(|quoting| view! { <QuotingBar quoting/> })}
            <textarea
                id=FIELD
                node_ref=field
                aria-label=move || format!("Reply to {}", name())
                aria-describedby="reply-length"
                placeholder=move || {
                    let cancels = if open.own_ending().is_some() { " – sending cancels the ending" } else { "" };
                    format!("Message {}{cancels}", name())
                }
                dir="auto"
                rows=move || text.with(|text| text.matches('\n').count().min(7) + 1)
                on:input=typed
                on:keydown=keyed
            ></textarea>
            <div class="bar">
                {ReplyKind::OTHERS.map(|kind| view! { <SendAs kind length send/> })}
                <span
                    id="reply-length"
                    class="count"
                    class:near=move || (NEAR_LIMIT..=hard_limit()).contains(&length.get())
                    class:over=move || { length.get() > hard_limit() }
                    aria-live="polite"
                >
                    {move || length_words(length.get(), || text.with(|text| split_text(text).len()))}
                </span>
                // Not a submit button: before hydration, submitting would reload the page and lose the text.
                <button type="button" class="btn primary" disabled=move || !sendable() on:click=move |_| send(ReplyKind::Text)>
                    "Send"
                    <kbd aria-hidden="true">"↵"</kbd>
                </button>
            </div>
        </form>
    }
}

/// Whether Enter sends. Shift breaks the line, and so does a touch keyboard, which has no Shift with Enter.
fn sends(event: &ev::KeyboardEvent) -> bool {
    event.ctrl_key() || event.meta_key() || !(event.shift_key() || browser::has_coarse_pointer())
}

/// Keeps the field and the signal equal. The field has no `prop:value`, because that would remove what was typed before
/// hydration.
fn fill_field(open: ThreadState, field: NodeRef<html::Textarea>, text: RwSignal<String>) {
    Effect::new(move |awake: Option<bool>| {
        let wanted = text.get();
        let Some(field) = field.get() else { return false };
        let shown = field.value();
        if shown == wanted {
            return true;
        }
        if awake == Some(true) || shown.trim().is_empty() {
            field.set_value(&wanted);
        } else {
            // Text that was typed before hydration is appended to an older draft.
            text.set(if wanted.trim().is_empty() { shown } else { format!("{wanted}\n\n{shown}") });
            save_draft(open, text);
        }
        true
    });
}

/// Takes the focus if the agent just claimed this conversation, and what they typed while it was loading.
fn focus_after_claim(open: ThreadState, field: NodeRef<html::Textarea>, text: RwSignal<String>) {
    Effect::new(move |_| {
        if field.get().is_some() && open.app.claiming.get() == Some(open.id()) {
            focus_when_inserted(open, field, text);
        }
    });
}

/// A page that was just opened is built before it is inserted, and only an inserted field can take the focus. Until then
/// the keys go on to the field that keeps what is typed ahead.
fn focus_when_inserted(open: ThreadState, field: NodeRef<html::Textarea>, text: RwSignal<String>) {
    // The pane may be left, or another conversation claimed, by the next frame.
    let Some(Some(element)) = field.try_get_untracked() else { return };
    if open.app.claiming.get_untracked() != Some(open.id()) {
        return;
    }
    if !element.is_connected() {
        request_animation_frame(move || focus_when_inserted(open, field, text));
        return;
    }
    text.set(draft::load(&open.me(), &open.id()));
    browser::focus(FIELD);
    open.app.claiming.set(None);
}

/// The length in words; empty while it is far from the limit.
fn length_words(length: usize, pieces: impl Fn() -> usize) -> String {
    match length {
        0..NEAR_LIMIT => String::new(),
        NEAR_LIMIT..=TEXT_LIMIT => format!("{} / {}", grouped(length), grouped(TEXT_LIMIT)),
        _ if length <= hard_limit() => format!("{} characters, will be sent as {} messages", grouped(length), pieces()),
        _ => {
            let over = length - hard_limit();
            let noun = if over == 1 { "character" } else { "characters" };
            format!("{} {noun} over the limit of {}", grouped(over), grouped(hard_limit()))
        }
    }
}

/// A button that sends the typed text as another kind of message.
#[component]
fn SendAs(kind: ReplyKind, length: Memo<usize>, send: impl Fn(ReplyKind) + Copy + 'static) -> impl IntoView {
    let sendable = move || match length.get() {
        0 => kind.default_text().is_some(),
        length => length <= kind.text_limit(),
    };
    let title = kind.default_text().map(|text| format!("Sends your text, or “{text}”, with a button to tap"));
    view! {
        <button type="button" class="btn ghost" title=title disabled=move || !sendable() on:click=move |_| send(kind)>
            <Icon name=kind.icon()/>
            {kind.label()}
        </button>
    }
}

fn send(open: ThreadState, text: RwSignal<String>, unclear: StoredValue<Option<InFlight>>, kind: ReplyKind) {
    let typed = text.with_untracked(|text| text.trim().to_owned());
    let body = if typed.is_empty() { kind.default_text().unwrap_or_default().to_owned() } else { typed };
    if body.is_empty() || body.chars().count() > kind.text_limit() {
        return;
    }
    let quoting = open.quote.get_untracked();
    let quote = quoting.as_ref().map(|quoting| quoting.message.clone());
    let mut known = None;
    unclear.update_value(|unclear| known = unclear.take());
    let client_id = known
        .filter(|known| known.kind == kind && known.body == body && (quote.is_none() || known.quote == quote))
        .map_or_else(random_id, |known| known.client_id);

    // The field is emptied at once, so that a second press has nothing to send.
    text.set(String::new());
    open.quote.set(None);
    open.just_wrote.set(None);
    open.sending.update(|all| all.push(Sending { client_id: client_id.clone(), body: body.clone(), accepted: false }));
    save_draft(open, text);
    to_end(open);

    let (me, id) = (open.me(), open.id());
    let leaving = InFlight { conversation: id.clone(), client_id: client_id.clone(), kind, body: body.clone(), quote };
    let in_flight = open.app.in_flight;
    in_flight.update(|all| all.push(leaving.clone()));
    spawn_local(async move {
        let done = reply(id.clone(), client_id.clone(), body.clone(), leaving.quote.clone(), kind, None).await;
        let arrived = || {
            let _gone = in_flight.try_update(|all| all.retain(|one| *one != leaving));
        };
        if text.is_disposed() {
            // The pane was left meanwhile. The draft still contains the reply, as it should after a failure.
            match done {
                Ok(()) => draft::sent(&me, &id, &body),
                Err(error) => open.app.show_error(&error),
            }
            arrived();
            return;
        }
        arrived();
        match done {
            Ok(()) => {
                open.accepted(&client_id);
                save_draft(open, text);
            }
            Err(error) => {
                open.sending.update(|all| all.retain(|sending| sending.client_id != client_id));
                restore_reply(open, text, &body, quoting);
                if matches!(error, ApiError::Offline | ApiError::Internal) {
                    unclear.set_value(Some(leaving));
                }
                open.app.show_error(&error);
                if matches!(error, ApiError::Conflict(_)) {
                    open.reread();
                }
            }
        }
    });
}

/// Puts a refused reply back into the field, before what was typed since.
fn restore_reply(open: ThreadState, text: RwSignal<String>, body: &str, quoting: Option<Quoting>) {
    text.update(|text| {
        *text = if text.trim().is_empty() { body.to_owned() } else { format!("{body}\n\n{text}") };
    });
    if open.quote.with_untracked(Option::is_none) {
        open.quote.set(quoting);
    }
    save_draft(open, text);
}

#[component]
fn QuotingBar(quoting: Quoting) -> impl IntoView {
    let open = ThreadState::expect();
    view! {
        <div class="quoting">
            <Icon name="reply" class="xs"/>
            <span dir="auto">{format!("{}: {}", quoting.who, quoting.preview)}</span>
            <button
                type="button"
                class="btn ghost icon"
                aria-label="Remove quote"
                on:click=move |_| open.quote.set(None)
            >
                <Icon name="x"/>
            </button>
        </div>
    }
}

/// The notice that closing was refused because the customer just wrote, beside the new message.
#[component]
fn JustWrote() -> impl IntoView {
    let open = ThreadState::expect();
    // A colleague may own the conversation by now. Then the viewer cannot close it.
    let closable = Memo::new(move |_| open.ownership().actions().contains(&AgentAction::Close));
    move || {
        open.just_wrote.get().filter(|_| closable.get()).map(|words| {
            view! {
                <div class="fault" role="alert">
                    <Icon name="alert"/>
                    <span>"Not closed. " {words}</span>
                    <button type="button" class="btn" on:click=move |_| open.press(AgentAction::Close)>
                        "Close anyway"
                    </button>
                    <button
                        type="button"
                        class="btn ghost icon"
                        aria-label="Dismiss"
                        on:click=move |_| open.just_wrote.set(None)
                    >
                        <Icon name="x"/>
                    </button>
                </div>
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_length_is_said_when_it_matters() {
        assert_eq!(length_words(20, || 1), "");
        assert_eq!(length_words(3_912, || 1), "3\u{202f}912 / 4\u{202f}096");
        assert_eq!(length_words(5_200, || 2), "5\u{202f}200 characters, will be sent as 2 messages");
        assert_eq!(length_words(20_001, || 5), "1 character over the limit of 20\u{202f}000");
        assert_eq!(length_words(20_007, || 5), "7 characters over the limit of 20\u{202f}000");
    }
}
