//! Snooze: the menu in the head with which the owner puts the conversation aside, and the button that ends it.
//!
//! To add a choice: a button in `SnoozeMenu`, and for another kind of end a variant of [`SnoozeUntil`].

use leptos::prelude::*;

use super::{
    actions::Ownership,
    scheduled::{KeptMessages, MessagesStay},
    state::ThreadState,
    time_field::TimeField,
};
use crate::{
    api::conversation::{snooze, unsnooze},
    contract::{ApiError, Result},
    domain::{
        conversation::{SnoozeUntil, snooze::BEFORE_WINDOW_ENDS},
        time::{Span, Timestamp},
    },
    ui::{
        browser::focus_if_lost,
        components::icon::Icon,
        conversations::{
            pane_focus::REGION,
            undo::{Undoable, UndoableAct, offer, undo_time, withdraw_snooze},
        },
        format::{TimeStyle, Zone},
        keyboard::{ChordKeys, shown_platform},
        kit::Menu,
        local_time::LocalTime,
        render_environment::hydrated,
        state::Connection,
    },
};

/// The letter of its chord.
pub const SNOOZE_CHORD: char = 'z';

/// The hour of *Tomorrow*.
const MORNING: i64 = 9;

/// The menu, or the button that ends the snooze. For the owner's head only.
#[component]
pub fn SnoozeControl() -> impl IntoView {
    let open = ThreadState::expect();
    let is_snoozed = Memo::new(move |_| open.row.with(|row| row.snooze.is_some()));
    // What had the focus is gone with the change.
    Effect::new(move |before: Option<bool>| {
        let now = is_snoozed.get();
        if before.is_some_and(|before| before != now) {
            request_animation_frame(|| focus_if_lost(REGION));
        }
        now
    });
    move || if is_snoozed.get() { view! { <Unsnooze/> }.into_any() } else { view! { <SnoozeMenu/> }.into_any() }
}

#[component]
fn Unsnooze() -> impl IntoView {
    let open = ThreadState::expect();
    let platform = shown_platform();
    let hydrated = hydrated();
    view! {
        <button
            type="button"
            class="btn ghost"
            class:busy=move || open.snoozing.pending()
            aria-disabled=move || (open.snoozing.pending() || !hydrated.get()).to_string()
            title="End the snooze"
            aria-keyshortcuts=move || platform.get().chord_for_aria(SNOOZE_CHORD)
            on:click=move |event| {
                // The second click of a double click in the menu would end the snooze at once.
                if event.detail() < 2 {
                    open.unsnooze();
                }
            }
        >
            <Icon name="moon"/>
            <span>"Unsnooze"</span>
            <ChordKeys letter=SNOOZE_CHORD/>
        </button>
    }
}

#[component]
fn SnoozeMenu() -> impl IntoView {
    let open = ThreadState::expect();
    let zone = Zone::current();
    let before_window_ends = Memo::new(move |_| {
        let ends = open.row.with(|row| row.window_closes);
        ends.map(|ends| ends.minus(BEFORE_WINDOW_ENDS)).filter(|until| *until > open.now())
    });
    let now = move || untrack(|| open.now());
    let in_an_hour = move |_| open.snooze(SnoozeUntil::Time(now().plus(Span::hours(1))));
    let at_time = move |at: Timestamp| open.snooze(SnoozeUntil::Time(at));
    let tomorrow = move |_| open.snooze(SnoozeUntil::Time(zone.tomorrow_at(now(), MORNING)));
    view! {
        <Menu
            class="snooze"
            summary=move || {
                view! {
                    <Icon name="moon"/>
                    <span>"Snooze"</span>
                    <ChordKeys letter=SNOOZE_CHORD/>
                }
            }
            summary_class="btn ghost"
            is_open=open.snooze_menu
        >
            <KeptMessages stay=MessagesStay::AreSent/>
            <button type="button" on:click=in_an_hour>"In 1 hour"</button>
            <button type="button" on:click=tomorrow>{format!("Tomorrow at {MORNING}:00")}</button>
            <button type="button" on:click=move |_| open.snooze(SnoozeUntil::Reply)>"Until they write"</button>
            {move || {
                before_window_ends
                    .get()
                    .map(|until| {
                        view! {
                            <button type="button" on:click=move |_| open.snooze(SnoozeUntil::WindowEnd)>
                                "1 hour before the reply window closes"
                                <small><LocalTime at=until style=TimeStyle::Clock/></small>
                            </button>
                        }
                    })
            }}
            <TimeField action="Snooze until then" choose=at_time/>
        </Menu>
    }
}

/// Until when it is snoozed, for the head.
pub fn snoozed_words(open: &ThreadState, zone: Zone) -> Option<String> {
    let snooze = open.row.with(|row| row.snooze)?;
    Some(match snooze.until {
        None => "Snoozed until they write".to_owned(),
        Some(until) => {
            let today = open.app.today.get();
            let style = if zone.day(until) == today { TimeStyle::Clock } else { TimeStyle::Full };
            format!("Snoozed until {}", zone.words(until, style, today))
        }
    })
}

impl ThreadState {
    /// The chord: ends the snooze, or opens the menu. Returns whether it is the viewer's to decide.
    pub fn press_snooze(&self) -> bool {
        let me = self.me();
        let (is_mine, is_snoozed) =
            self.row.with_untracked(|row| (Ownership::of(row, &me) == Ownership::Mine, row.snooze.is_some()));
        if !is_mine || untrack(|| self.own_ending()).is_some() {
            return false;
        }
        if is_snoozed {
            self.unsnooze();
        } else {
            self.snooze_menu.set(true);
        }
        true
    }

    /// Puts the viewer's conversation aside.
    pub fn snooze(&self, until: SnoozeUntil) {
        let open = *self;
        let (app, conversation) = (open.app, open.id());
        let name = open.row.with_untracked(|row| row.name.clone());
        // The menu closes with the press.
        request_animation_frame(|| focus_if_lost(REGION));
        open.snoozing.run_as((), snooze(open.id(), until), move |done| {
            if done.is_ok() {
                // The next menu must not open by itself.
                let _left = open.snooze_menu.try_set(false);
                let until = app.now.get_untracked().plus(undo_time(app));
                offer(app, Undoable { conversation, name, act: UndoableAct::Snoozed, until });
            }
            open.snooze_answered(done);
        });
    }

    /// Ends the snooze of the viewer's conversation.
    pub fn unsnooze(&self) {
        let open = *self;
        let (app, conversation) = (open.app, open.id());
        open.snoozing.run_as((), unsnooze(open.id()), move |done| {
            if done.is_ok() {
                withdraw_snooze(app, &conversation);
            }
            open.snooze_answered(done);
        });
    }

    /// The row comes with the stream. Without one, and after a refusal, the conversation is read again.
    fn snooze_answered(self, done: Result<()>) {
        let app = self.app;
        let is_stale = match &done {
            Ok(()) => !self.row.is_disposed() && app.connection.get_untracked() != Connection::Live,
            Err(error) => matches!(error, ApiError::Conflict(_) | ApiError::NotFound),
        };
        if let Err(error) = done {
            app.show_error(&error);
        }
        if is_stale && !self.row.is_disposed() {
            self.reread();
        }
    }
}
