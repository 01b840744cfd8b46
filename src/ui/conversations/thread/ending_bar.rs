//! The bar over the composer that opens when an agent ends a conversation and there is something to decide or to know:
//! the goodbye with the question for a rating, the outcome, what waits to be sent later, and what is unsent, failed or
//! unread. Without any, the press itself starts the time to undo.
//!
//! The focus is on the bar itself, not on its button: a space or Enter that belongs to a sentence ends nothing. While
//! the bar has the focus, a digit picks an outcome, but not one that begins a sentence (`digit_pick.rs`).

use leptos::{ev, prelude::*};

use super::{
    actions::AgentAction,
    digit_pick::{DIGIT_WAIT, DigitPick, TypedAtBar, due_at},
    scheduled::{KeptMessages, MessagesStay},
    sent_with_close::{SentWithClose, TemplateSwitch},
    state::ThreadState,
};
use crate::{
    domain::{
        conversation::{EndingKind, EndingPress, Goodbye},
        delivery::Delivery,
        desk::ItemBody,
        ids::{MessageId, OutcomeId},
        message::Author,
        outcome::{Outcome, OutcomeChoice},
    },
    ui::{
        browser::{clear_timer, focus, focus_at_end, focused},
        components::icon::Icon,
        conversations::{
            composer::{self, Locking},
            pane_focus::REGION,
        },
        keyboard::{is_composing, types_text, typing_keys_are_on},
    },
};

/// The element's id, to focus it.
pub const BAR: &str = "ending-bar";

/// An ending that the agent has pressed and not confirmed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EndingDraft {
    pub kind: EndingKind,
    /// The customer's newest turn on the screen at the press.
    pub seen: Option<MessageId>,
    pub(super) sent: SentWithClose,
    /// What can be picked.
    pub outcomes: OutcomeChoice,
    /// The goodbye in the field.
    pub(super) text: ArcRwSignal<String>,
    /// Whether it is sent.
    pub(super) sends: ArcRwSignal<bool>,
}

impl EndingDraft {
    pub fn new(kind: EndingKind, seen: Option<MessageId>, sent: SentWithClose, outcomes: OutcomeChoice) -> Self {
        let text = ArcRwSignal::new(sent.goodbye.clone().unwrap_or_default());
        let sends = ArcRwSignal::new(sent.goodbye.is_some() || sent.template.is_some());
        Self { kind, seen, sent, outcomes, text, sends }
    }

    /// Whether there is a goodbye to edit.
    fn has_goodbye(&self) -> bool {
        self.sent.goodbye.is_some()
    }

    /// Whether there is a goodbye to send or an outcome to pick.
    pub fn has_choice(&self) -> bool {
        self.has_goodbye() || self.sent.template.is_some() || !self.outcomes.outcomes.is_empty()
    }

    pub fn action(&self) -> AgentAction {
        self.kind.into()
    }

    /// The press, with the goodbye that the agent left in the field and the outcome that was picked.
    pub fn press(&self, outcome: Option<OutcomeId>) -> EndingPress {
        let typed = self.sends.get_untracked().then(|| self.text.get_untracked());
        let goodbye = match (&self.sent.goodbye, typed.as_deref().map(str::trim)) {
            (Some(set), Some(text)) if set.trim() == text => Goodbye::Standard,
            (Some(_), Some("") | None) => Goodbye::Off,
            (Some(_), Some(text)) => Goodbye::Edited(text.to_owned()),
            (None, None) if self.sent.template.is_some() => Goodbye::Off,
            (None, _) => Goodbye::Standard,
        };
        EndingPress { kind: self.kind, seen: self.seen.clone(), goodbye, outcome, undo_time: None }
    }
}

/// What an ending would leave behind: replies that failed or are not sent yet, and messages that were not read.
pub fn left_behind(open: &ThreadState) -> Vec<String> {
    let (mut failed, mut queued) = (0, open.sending.with(Vec::len));
    open.slots.with(|slots| {
        for slot in slots {
            slot.item.with(|item| {
                let ItemBody::Message(message) = &item.body else { return };
                if !matches!(message.author, Author::Agent(_)) {
                    return;
                }
                match message.delivery {
                    Some(Delivery::Failed) => failed += 1,
                    Some(Delivery::Queued) => queued += 1,
                    Some(
                        Delivery::Unknown
                        | Delivery::Sent
                        | Delivery::Delivered
                        | Delivery::Read
                        | Delivery::Played
                        | Delivery::Cancelled,
                    )
                    | None => {}
                }
            });
        }
    });
    let unread = usize::try_from(open.row.with(|row| row.unread)).unwrap_or(0);
    sentences(failed, queued, unread)
}

fn sentences(failed: usize, queued: usize, unread: usize) -> Vec<String> {
    let one_or_many = |count: usize, one: &str, many: &str| match count {
        0 => None,
        1 => Some(one.to_owned()),
        _ => Some(format!("{count} {many}")),
    };
    [
        one_or_many(failed, "1 message was not delivered.", "messages were not delivered."),
        one_or_many(queued, "1 message is not sent yet.", "messages are not sent yet."),
        one_or_many(unread, "1 message is unread.", "messages are unread."),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// The digits that are typed at the bar, with the timer of the one that waits. Cheap to copy; lives as long as the bar.
#[derive(Clone, Copy)]
struct BarDigits {
    state: StoredValue<DigitPick>,
    timer: StoredValue<Option<TimeoutHandle>>,
}

impl BarDigits {
    fn new() -> Self {
        let timer = StoredValue::new(None::<TimeoutHandle>);
        on_cleanup(move || clear_timer(timer));
        Self { state: StoredValue::new(DigitPick::default()), timer }
    }

    /// A key was pressed at the bar itself. `pick` is called later, with the outcome of a digit that nothing followed.
    fn pressed(
        self,
        open: ThreadState,
        event: &ev::KeyboardEvent,
        picks: &[OutcomeId],
        pick: impl Fn(OutcomeId) + 'static,
    ) {
        let (key, at) = (event.key(), event.time_stamp());
        let has_modifier = event.ctrl_key() || event.alt_key() || event.meta_key();
        let goes_on = key == " " && !has_modifier && self.state.with_value(DigitPick::is_waiting);
        if !types_text(event) && !goes_on {
            // Shift and AltGr belong to the next character. An Enter by habit says nothing.
            if !matches!(key.as_str(), "Shift" | "AltGraph" | "Enter") {
                self.forget();
            }
            return;
        }
        match self.state.try_update_value(|digits| digits.typed(&key, at, picks)) {
            Some(TypedAtBar::Waits) => {
                event.prevent_default();
                let waited = move || {
                    let due = self.state.try_update_value(|digits| digits.take_due(due_at(at)));
                    if let Some(outcome) = due.flatten() {
                        pick(outcome);
                    }
                };
                // A browser refuses a timer only while the page is unloaded.
                self.timer.set_value(set_timeout_with_handle(waited, DIGIT_WAIT).ok());
            }
            Some(TypedAtBar::Text(Some(digit))) if typing_keys_are_on(open.app) && Locking::is_writable(&open) => {
                open.text.update(|text| text.push_str(&digit));
                // The browser delivers the character of this event there, after the digit.
                focus_at_end(composer::FIELD);
            }
            // Type-to-reply takes it, if it can.
            Some(TypedAtBar::Text(_)) | None => {}
        }
    }

    fn forget(self) {
        // The focus also leaves a bar that was removed.
        let _gone = self.state.try_update_value(DigitPick::forget);
    }
}

/// Draws [`ThreadState::ending`].
#[component]
pub fn EndingBar() -> impl IntoView {
    let open = ThreadState::expect();
    Effect::new(move || {
        let shown = open.ending.with(Option::is_some);
        // The thread is shorter with the bar.
        open.stick();
        if shown {
            request_animation_frame(|| focus(BAR));
        }
    });
    // A colleague may own the conversation by now. Then there is nothing to end.
    let possible = Memo::new(move |_| open.ownership().actions().to_vec());
    move || {
        let draft = open.ending.get().filter(|draft| possible.with(|acts| acts.contains(&draft.action())));
        draft.map(|draft| view! { <Bar draft/> })
    }
}

#[component]
fn Bar(draft: EndingDraft) -> impl IntoView {
    let open = ThreadState::expect();
    let outcomes = draft.outcomes.clone();
    let is_required = outcomes.is_required();
    let (text, sends) = (RwSignal::from(draft.text.clone()), RwSignal::from(draft.sends.clone()));
    let has_goodbye = draft.has_goodbye();
    let template = draft.sent.template.clone().filter(|_| !has_goodbye);
    let rating_question = draft.sent.rating_question.clone();
    let action = draft.action();
    let name = move || open.row.with(|row| row.name.clone());
    let cancel = move || {
        open.ending.set(None);
        focus(REGION);
    };
    let draft = StoredValue::new(draft);
    let confirm = move |outcome: Option<OutcomeId>| draft.with_value(|draft| open.confirm(draft, outcome));
    let picks: Vec<OutcomeId> = outcomes.outcomes.iter().map(|outcome| outcome.id.clone()).collect();
    let digits = BarDigits::new();
    let keyed = move |event: ev::KeyboardEvent| {
        if event.key() == "Escape" && !is_composing(&event) {
            event.prevent_default();
            cancel();
        } else if !event.repeat() && focused().as_deref() == Some(BAR) {
            digits.pressed(open, &event, &picks, move |outcome| confirm(Some(outcome)));
        }
    };
    let in_field = move |event: ev::KeyboardEvent| {
        let has_command = event.ctrl_key() || event.meta_key();
        if event.key() == "Enter" && has_command && !event.repeat() && !is_composing(&event) {
            event.prevent_default();
            confirm(None);
        }
    };
    view! {
        <section
            class="ending"
            id=BAR
            tabindex="-1"
            aria-label=move || format!("{}: {}", action.label(), name())
            on:keydown=keyed
            on:focusout=move |_| digits.forget()
        >
            {move || left_behind(&open).into_iter().map(|words| view! {
                <p class="left-behind"><Icon name="warn"/> <span>{words}</span></p>
            }).collect_view()}
            <KeptMessages stay=MessagesStay::Ask/>
            {has_goodbye.then(|| view! {
                <label class="goodbye-switch">
                    <input
                        type="checkbox"
                        prop:checked=move || sends.get()
                        on:change=move |event| {
                            sends.set(event_target_checked(&event));
                            open.keep_goodbye();
                        }
                    />
                    <span>"Send a goodbye to " <bdi>{name}</bdi></span>
                </label>
                <textarea
                    aria-label="Goodbye"
                    dir="auto"
                    rows="2"
                    disabled=move || !sends.get()
                    prop:value=move || text.get()
                    on:input=move |event| {
                        text.set(event_target_value(&event));
                        open.keep_goodbye();
                    }
                    on:keydown=in_field
                ></textarea>
            })}
            {template.map(|template| view! { <TemplateSwitch template sends/> })}
            {rating_question.map(|question| view! {
                <p class="hint">"If an agent has replied, the customer is also asked: " <q dir="auto">{question}</q></p>
            })}
            {(!outcomes.outcomes.is_empty()).then(|| {
                let buttons = (1..).zip(outcomes.outcomes).map(|(key, outcome): (usize, _)| {
                    let Outcome { id, name, .. } = outcome;
                    view! {
                        <button
                            type="button"
                            class="btn"
                            aria-keyshortcuts=key.to_string()
                            on:click=move |_| confirm(Some(id.clone()))
                        >
                            <kbd>{key}</kbd>
                            <span dir="auto">{name}</span>
                        </button>
                    }
                });
                view! {
                    <div class="outcomes" role="group" aria-label="Outcome">{buttons.collect_view()}</div>
                }
            })}
            <div class="actions">
                <button type="button" class="btn ghost" on:click=move |_| cancel()>"Cancel"</button>
                <button
                    type="button"
                    class="btn primary"
                    aria-disabled=move || (is_required || open.actions.pending()).to_string()
                    on:click=move |_| confirm(None)
                >
                    <Icon name=action.icon()/>
                    {action.label()}
                </button>
            </div>
        </section>
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{contract::conversation::GoodbyeTemplate, domain::template::TemplateCategory};

    fn closing(goodbye: Option<&str>) -> EndingDraft {
        let sent = SentWithClose { goodbye: goodbye.map(str::to_owned), ..SentWithClose::default() };
        EndingDraft::new(EndingKind::Close, None, sent, OutcomeChoice::default())
    }

    #[test]
    fn the_goodbye_is_the_tenants_unless_it_was_edited_or_switched_off() {
        let draft = closing(Some("Bye, Maria."));
        assert_eq!(draft.press(None).goodbye, Goodbye::Standard);
        draft.text.set(" Bye! ".to_owned());
        assert_eq!(draft.press(None).goodbye, Goodbye::Edited("Bye!".to_owned()));
        draft.text.set("  ".to_owned());
        assert_eq!(draft.press(None).goodbye, Goodbye::Off);
        draft.text.set("Bye!".to_owned());
        draft.sends.set(false);
        assert_eq!(draft.press(None).goodbye, Goodbye::Off);
        // Without a text of the tenant there is nothing to switch off.
        assert_eq!(closing(None).press(None).goodbye, Goodbye::Standard);
        assert_eq!(closing(None).press(Some("otc_1".into())).outcome, Some("otc_1".into()));
    }

    #[test]
    fn a_template_is_sent_unless_it_was_switched_off() {
        let template = GoodbyeTemplate { category: TemplateCategory::Utility, text: "Bye.".to_owned() };
        let sent = SentWithClose { template: Some(template), ..SentWithClose::default() };
        let draft = EndingDraft::new(EndingKind::Close, None, sent, OutcomeChoice::default());
        assert!(draft.has_choice());
        assert_eq!(draft.press(None).goodbye, Goodbye::Standard);
        draft.sends.set(false);
        assert_eq!(draft.press(None).goodbye, Goodbye::Off);
    }

    #[test]
    fn what_is_left_behind_is_counted() {
        assert_eq!(sentences(0, 0, 0), Vec::<String>::new());
        let expected = ["1 message was not delivered.", "2 messages are not sent yet.", "1 message is unread."];
        assert_eq!(sentences(1, 2, 1), expected);
    }
}
