//! The field in which a reply is written, its buttons and its keys.

use leptos::{ev, html, prelude::*};

use super::{
    FIELD, draft,
    emoji::EmojiPicker,
    files::{AttachButton, AttachedFiles, send::send_files},
    forms::AddMenu,
    later::SendLater,
    length::{NEAR_LIMIT, hard_limit, length_words},
    lock::{Interrupted, Locking},
    notices::QuotingBar,
    replies::ReplyPicker,
    saving::Saving,
    send::send,
    voice::VoiceRecorder,
};
use crate::{
    domain::{message::split_text, scheduled::SendChoice},
    ui::{
        browser,
        conversations::{pane_focus::REGION, reply_price::PricedReply, thread::state::ThreadState},
        extras::{Extra, ExtraPiece},
        keyboard::is_composing,
        kit::ToastTone,
        state::InFlight,
    },
};

#[component]
pub fn Writing(saving: Saving, unclear: StoredValue<Option<InFlight>>) -> impl IntoView {
    let open = ThreadState::expect();
    let (text, lock) = (open.text, Locking::expect());
    let field = NodeRef::<html::Textarea>::new();
    let length = Memo::new(move |_| text.with(|text| text.trim().chars().count()));
    let sendable = move || match open.files.is_empty() {
        true => (1..=hard_limit()).contains(&length.get()),
        false => open.files.are_ready() && length.get() <= hard_limit(),
    };
    fill_field(saving, field, text);
    focus_after_claim(open, field, saving);
    let replies = ReplyPicker::attach(open, saving, field);
    let voice = VoiceRecorder::attach(open);
    let emoji = EmojiPicker::attach(open, saving, field);

    let typed = move |event: ev::Event| {
        text.set(event_target_value(&event));
        saving.changed();
        replies.typed(&event);
        open.stick();
    };
    let send = move |choice| {
        if replies.holds_back() {
            return;
        }
        if open.files.is_empty_untracked() {
            send(open, saving, unclear, choice);
        } else {
            send_files(open, saving, choice);
        }
    };
    let later = move |choice| {
        if untrack(sendable) {
            send(choice);
        } else {
            let words = match (length.get_untracked(), open.files.is_empty_untracked()) {
                (length, _) if length > hard_limit() => "This text is too long for one message. Shorten it.",
                (_, false) => "Wait until every file is uploaded, or remove it.",
                (_, true) => "Enter a message first.",
            };
            open.app.toast(ToastTone::Error, words);
        }
        focus_after_menu();
    };
    let keyed = move |event: ev::KeyboardEvent| match event.key().as_str() {
        _ if is_composing(&event) || replies.takes(&event) => {}
        "Enter" if sends(&event) => {
            event.prevent_default();
            send(SendChoice::AfterUndo);
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
    let next = PricedReply::new(open.id(), Memo::new(move |_| open.sending.with(Vec::len)));
    view! {
        <form
            class="composer"
            class:dropping=move || open.files.is_dropping.get()
            on:submit=move |event: ev::SubmitEvent| event.prevent_default()
        >
            {move || open.quote.get().map(|quoting| view! { <QuotingBar quoting/> })}
            {replies.view()}
            {emoji.view()}
            <AttachedFiles/>
            {voice.view()}
            <textarea
                id=FIELD
                node_ref=field
                aria-label=move || format!("Reply to {}", name())
                aria-describedby="reply-length"
                aria-autocomplete="list"
                aria-controls=move || replies.list_element()
                aria-activedescendant=move || replies.active_element()
                placeholder=move || {
                    let cancels = if open.own_ending().is_some() { " – sending cancels the close or return" } else { "" };
                    format!("Message {}{cancels}", name())
                }
                dir="auto"
                readonly=move || !lock.is_open()
                rows=move || text.with(|text| text.matches('\n').count().min(7) + 1)
                on:input=typed
                on:keydown=keyed
                on:paste=move |event: ev::ClipboardEvent| open.files.paste(open, &event)
                on:blur=move |_| {
                    saving.save();
                    replies.blurred();
                }
            ></textarea>
            <Interrupted/>
            <div class="bar" hidden=move || !lock.is_open()>
                {replies.button()}
                <AttachButton/>
                {voice.button()}
                {emoji.button()}
                <AddMenu/>
                <Extra piece=ExtraPiece::ReplyPrice(next)/>
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
                <button type="button" class="btn primary" disabled=move || !sendable() on:click=move |_| send(SendChoice::AfterUndo)>
                    "Send"
                    <kbd aria-hidden="true">"↵"</kbd>
                </button>
                <SendLater send=later/>
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
fn fill_field(saving: Saving, field: NodeRef<html::Textarea>, text: RwSignal<String>) {
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
            text.set(draft::joined(vec![wanted, shown]));
            saving.changed();
        }
        true
    });
}

/// Takes the focus if the agent just claimed this conversation, and what they typed while it was loading.
fn focus_after_claim(open: ThreadState, field: NodeRef<html::Textarea>, saving: Saving) {
    Effect::new(move |_| {
        if field.get().is_some() && open.app.claiming.get() == Some(open.id()) {
            focus_when_inserted(open, field, saving);
        }
    });
}

/// A page that was just opened is built before it is inserted, and only an inserted field can take the focus. Until then
/// the keys go on to the field that keeps what is typed ahead.
fn focus_when_inserted(open: ThreadState, field: NodeRef<html::Textarea>, saving: Saving) {
    // The pane may be left, or another conversation claimed, by the next frame.
    let Some(Some(element)) = field.try_get_untracked() else { return };
    if open.app.claiming.get_untracked() != Some(open.id()) {
        return;
    }
    if !element.is_connected() {
        request_animation_frame(move || focus_when_inserted(open, field, saving));
        return;
    }
    saving.take_typed_ahead();
    browser::focus(FIELD);
    open.app.claiming.set(None);
}

/// The focus is lost with a menu that closes after a press. Not where the field opens a keyboard.
fn focus_after_menu() {
    request_animation_frame(|| {
        if !browser::has_coarse_pointer() {
            browser::focus(FIELD);
        }
    });
}
