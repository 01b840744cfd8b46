//! Tells the colleagues who have the same conversation open that the viewer looks at it, or types.
//!
//! The layout reports it, not the thread: when a person signs out, nothing is left that could report.

use std::time::Duration;

use leptos::{ev, prelude::*, task::spawn_local};

use super::composer;
use crate::{
    api::conversation::report_activity,
    domain::{activity::Activity, ids::ConversationId, time::Span},
    ui::{
        browser,
        state::{AppState, Connection},
    },
};

/// How often it is checked whether a report must be repeated.
const CHECK: Duration = Duration::from_secs(5);

/// The thread of a conversation is shown until the current owner is cleaned up.
pub fn show(app: AppState, id: ConversationId) {
    app.shown.set(Some(id.clone()));
    on_cleanup(move || {
        // The next thread may be shown already.
        if app.shown.try_with_untracked(|shown| shown.as_ref() == Some(&id)) == Some(true) {
            let _gone = app.shown.try_set(None);
        }
    });
}

/// Reports until the layout is gone. Does nothing on the server.
pub fn follow(app: AppState) {
    Effect::new(move |_| {
        let reporter = Reporter { app, reported: StoredValue::new(Reported::default()) };
        reporter.report_looks();
        reporter.report_typing();
    });
}

#[derive(Clone, Copy)]
struct Reporter {
    app: AppState,
    reported: StoredValue<Reported>,
}

impl Reporter {
    fn report_looks(self) {
        let visible = RwSignal::new(!browser::hidden());
        // The event is fired on the document and bubbles to the window.
        let turned = window_event_listener(ev::visibilitychange, move |_| visible.set(!browser::hidden()));
        let here = Memo::new(move |_| {
            let live = self.app.connection.get() == Connection::Live;
            self.app.shown.get().filter(|_| visible.get() && live)
        });
        Effect::new(move |before: Option<Option<ConversationId>>| {
            let now = here.get();
            if let Some(before) = before.flatten() {
                self.send(&before, Activity::Left);
            }
            if let Some(now) = &now {
                self.send(now, Activity::Viewing);
            }
            now
        });
        let again = set_interval_with_handle(
            move || {
                if let Some(here) = here.get_untracked()
                    && self.reported.with_value(|reported| reported.needs_renewal(monotonic()))
                {
                    self.send(&here, Activity::Viewing);
                }
            },
            CHECK,
        );
        on_cleanup(move || {
            turned.remove();
            if let Ok(timer) = again {
                timer.clear();
            }
        });
    }

    fn report_typing(self) {
        let typed = window_event_listener(ev::input, move |event| {
            if browser::focused().as_deref() != Some(composer::FIELD) {
                return;
            }
            let empty = event_target_value(&event).trim().is_empty();
            self.report(if empty { Activity::Viewing } else { Activity::Typing });
        });
        on_cleanup(move || typed.remove());
        // A reply that was sent is no longer being typed.
        Effect::new(move || {
            if self.app.in_flight.with(|all| !all.is_empty()) {
                self.report(Activity::Viewing);
            }
        });
    }

    /// Reports it of the conversation that is shown, unless that was reported a moment ago.
    fn report(self, activity: Activity) {
        let Some(id) = self.app.shown.get_untracked() else { return };
        if self.reported.with_value(|reported| reported.is_due(&id, activity, monotonic())) {
            self.send(&id, activity);
        }
    }

    /// Nothing depends on a report, so an error is not shown.
    fn send(self, id: &ConversationId, activity: Activity) {
        if self.app.connection.get_untracked() != Connection::Live {
            return;
        }
        self.reported.update_value(|reported| reported.note(id, activity, monotonic()));
        let id = id.clone();
        spawn_local(async move {
            let _unreported = report_activity(id, activity).await;
        });
    }
}

/// What was reported last, by the monotonic clock.
#[derive(Clone, Debug, Default)]
struct Reported {
    last: Option<(ConversationId, Activity)>,
    at: Span,
    typing_at: Option<Span>,
}

impl Reported {
    fn note(&mut self, id: &ConversationId, activity: Activity, now: Span) {
        if self.last.as_ref().is_none_or(|(of, _)| of != id) {
            self.typing_at = None;
        }
        if activity == Activity::Typing {
            self.typing_at = Some(now);
        }
        self.last = Some((id.clone(), activity));
        self.at = now;
    }

    /// Whether a report of a key or of a sent reply is worth a request. Replies in quick succession are one typing.
    fn is_due(&self, id: &ConversationId, activity: Activity, now: Span) -> bool {
        let Some((of, last)) = &self.last else { return true };
        let passed = |since: Span| now.0 - since.0 >= activity.renewal().0;
        match activity {
            Activity::Typing => of != id || self.typing_at.is_none_or(passed),
            Activity::Viewing | Activity::Left => of != id || *last != activity || passed(self.at),
        }
    }

    /// Whether the colleagues may soon forget that the viewer is there.
    fn needs_renewal(&self, now: Span) -> bool {
        now.0 - self.at.0 >= Activity::Viewing.renewal().0
    }
}

fn monotonic() -> Span {
    browser::monotonic().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_reported_every_few_seconds() {
        let (one, other) = (ConversationId::from("cnv_1"), ConversationId::from("cnv_2"));
        let due = |reported: &Reported, id, activity, seconds| reported.is_due(id, activity, Span::seconds(seconds));
        let mut reported = Reported::default();
        assert!(due(&reported, &one, Activity::Typing, 0));
        // given a key at 10 s
        reported.note(&one, Activity::Typing, Span::seconds(10));
        assert!(!due(&reported, &one, Activity::Typing, 13));
        assert!(due(&reported, &one, Activity::Typing, 14));
        assert!(due(&reported, &other, Activity::Typing, 11));
        // when the reply is sent at 12 s, then that is reported once
        assert!(due(&reported, &one, Activity::Viewing, 12));
        reported.note(&one, Activity::Viewing, Span::seconds(12));
        assert!(!due(&reported, &one, Activity::Viewing, 13));
        // and the next reply no earlier than if it were the same
        assert!(!due(&reported, &one, Activity::Typing, 13));
        assert!(due(&reported, &one, Activity::Typing, 14));
        // and the look is repeated before it expires
        assert!(!reported.needs_renewal(Span::seconds(31)));
        assert!(reported.needs_renewal(Span::seconds(32)));
    }
}
