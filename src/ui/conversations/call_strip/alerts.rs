//! Alerts for new calls: a text for screen readers, a sound, a desktop notification.

use leptos::prelude::*;

use super::{
    Calls,
    selection::{CallKey, call_key},
};
use crate::{
    domain::{
        alert::AlertKind,
        desk::Row,
        time::{Span, Timestamp},
    },
    ui::{
        alerts::{concerns, is_heard},
        browser::{self, Notice, Permission},
        state::FirstCalls,
    },
};

/// The key in local storage of the newest call that was alerted, so that only one of several open tabs plays the sound.
const LAST_ALERTED: &str = "handoff.rang";
/// A call's time is taken before its commit, so one that is a little older than a snapshot may be missing from it.
const UNDER_WAY: Span = Span::seconds(10);
/// What a click on a desktop notification does. It claims, so the notification says it.
const CLICK: &str = "Click to claim.";

/// The known calls, and the time up to which no others can exist.
struct KnownCalls {
    until: Timestamp,
    known: Vec<CallKey>,
}

impl KnownCalls {
    fn of(FirstCalls { until, known }: FirstCalls) -> Self {
        Self { until, known }
    }

    /// The calls among `waiting` that are new. Not every unknown call is: a snapshot has the first twenty, and older
    /// calls are read when those are claimed.
    fn new_calls<'a>(&self, waiting: &'a [Row]) -> Vec<&'a Row> {
        let new = |row: &&Row| {
            let later = row.alerted_at.is_none_or(|at| at.plus(UNDER_WAY) > self.until);
            later && !self.known.contains(&call_key(row))
        };
        waiting.iter().filter(new).collect()
    }
}

/// Alerts for calls that appear since the page was opened. Those of the first snapshot are not new. Returns the text for
/// a live region.
pub fn alert_on_new_calls(calls: Calls) -> ReadSignal<String> {
    let (announcement, set_announcement) = signal(String::new());
    // Effects run in the browser only. The notifications are kept in an effect because they belong to one thread: on
    // the server another thread would drop them and panic.
    Effect::new(move |_| {
        let notices = StoredValue::new_local(Vec::<(CallKey, Notice)>::new());
        let first = calls.app.first_calls;
        Effect::new(move |known_before: Option<KnownCalls>| {
            // All waiting calls, also while away: coming back must not alert for all of them.
            let waiting = calls.app.waiting();
            let known: Vec<CallKey> = waiting.iter().map(call_key).collect();
            // A claimed call's notification is closed.
            notices.update_value(|notices| notices.retain(|(key, _)| known.contains(key)));
            let known_before = known_before.unwrap_or_else(|| KnownCalls::of(first.get_value()));
            let mut new_calls = known_before.new_calls(&waiting);
            let viewer = calls.app.me();
            new_calls.retain(|row| concerns(row, &viewer));
            if !new_calls.is_empty() && !calls.app.viewer.with_untracked(|viewer| viewer.away) {
                set_announcement.set(new_calls.iter().map(|row| spoken(row)).collect::<Vec<_>>().join(". "));
                alert(calls, &new_calls, notices);
            }
            KnownCalls { until: calls.app.called_until.get_value(), known }
        });
    });
    announcement
}

fn spoken(row: &Row) -> String {
    match &row.trigger {
        Some((_, label)) => format!("Handoff: {}, {label}", row.name),
        None => format!("Handoff: {}", row.name),
    }
}

fn alert(calls: Calls, new_calls: &[&Row], notices: StoredValue<Vec<(CallKey, Notice)>, LocalStorage>) {
    let Some(newest) = new_calls.iter().max_by_key(|row| row.alerted_at) else { return };
    if !is_heard(calls.app, AlertKind::Handoffs) {
        return;
    }
    let mark = format!("{}@{}", newest.id, newest.alerted_at.unwrap_or_default().0);
    let alerts_here = browser::local_get(LAST_ALERTED).as_deref() != Some(mark.as_str());
    // Browsers refuse sound in a tab without a click or key press. Then another tab may play it.
    if alerts_here && !calls.app.viewer.with_untracked(|viewer| viewer.muted) && browser::play_chime() {
        browser::local_set(LAST_ALERTED, &mark);
    }
    if !browser::has_focus_here() && browser::permission() == Permission::Granted {
        for row in new_calls {
            let title =
                row.trigger.as_ref().map_or_else(|| row.name.clone(), |(_, label)| format!("{} · {label}", row.name));
            let body = format!("{}\n{CLICK}", row.preview);
            let id = row.id.clone();
            // With the same tag, the notifications of several tabs replace each other.
            let notice = browser::notify(&title, &body, row.id.as_str(), move || calls.claim(id));
            if let Some(notice) = notice {
                notices.update_value(|notices| notices.push((call_key(row), notice)));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::desk::RowState;

    fn row(id: &str, alerted_at: i64) -> Row {
        Row { alerted_at: Some(Timestamp(alerted_at)), ..Row::sample(id, RowState::Waiting) }
    }

    #[test]
    fn new_and_released_calls_are_alerted_and_known_ones_are_not() {
        // given a snapshot of the first minute with one call
        let minute = 60_000;
        let heard = KnownCalls { until: Timestamp(minute), known: vec![call_key(&row("cnv_a", 5))] };
        // when it changes, is released again, an older one is read, and a new one arrives
        let waiting = [row("cnv_a", 5), row("cnv_a", 2 * minute), row("cnv_b", 7), row("cnv_c", minute + 1)];
        // then the released and the new one are alerted
        let rang: Vec<_> = heard.new_calls(&waiting).into_iter().map(call_key).collect();
        assert_eq!(rang, [call_key(&waiting[1]), call_key(&waiting[3])]);
    }
}
