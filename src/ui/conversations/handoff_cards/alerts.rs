//! How a call reaches a person who does not look at the card: a spoken line, a soft sound, a desktop notification.

use leptos::prelude::*;

use super::{CallKey, Calls, call_key};
use crate::{
    domain::{
        desk::Row,
        time::{Span, Timestamp},
    },
    ui::browser::{self, Notice, Permission},
};

/// Where the newest call that rang is kept, so that several open tabs ring once.
const LAST_ALERTED: &str = "handoff.rang";
/// A call is stamped before it is committed: one that is a little older than a snapshot may not have been in it.
const UNDER_WAY: Span = Span::seconds(10);

/// The calls that were there or rang, and until when there can be no others.
struct KnownCalls {
    until: Timestamp,
    known: Vec<CallKey>,
}

impl KnownCalls {
    /// The calls among `waiting` that are new. Old ones come in, too: a snapshot brings the first twenty, and more when
    /// those are claimed.
    fn new_calls<'a>(&self, waiting: &'a [Row]) -> Vec<&'a Row> {
        let new = |row: &&Row| {
            let later = row.called_at.is_none_or(|at| at.plus(UNDER_WAY) > self.until);
            later && !self.known.contains(&call_key(row))
        };
        waiting.iter().filter(new).collect()
    }
}

/// Rings for calls that appear from now on: those of the first snapshot were there before. The line that it gives is
/// for a live region.
pub fn alert_on_new_calls(calls: Calls) -> ReadSignal<String> {
    let (announcement, set_announcement) = signal(String::new());
    // Effects run in the browser only. A notification belongs to one thread: made on the server, where they are kept would
    // be dropped by another one and take the request down.
    Effect::new(move |_| {
        let notices = StoredValue::new_local(Vec::<(CallKey, Notice)>::new());
        Effect::new(move |known_before: Option<KnownCalls>| {
            // Of all that wait, not of the cards: coming back from away must not ring for everything at once.
            let waiting = calls.app.waiting();
            let known: Vec<CallKey> = waiting.iter().map(call_key).collect();
            // Somebody has it: nothing calls any longer, here or beside the clock.
            notices.update_value(|notices| notices.retain(|(key, _)| known.contains(key)));
            let new_calls = known_before.map(|known| known.new_calls(&waiting)).unwrap_or_default();
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
    let Some(newest) = new_calls.iter().max_by_key(|row| row.called_at) else { return };
    let mark = format!("{}@{}", newest.id, newest.called_at.unwrap_or_default().0);
    let alerts_here = browser::local_get(LAST_ALERTED).as_deref() != Some(mark.as_str());
    // A tab that nobody touched yet is not allowed to sound: the mark is left to one that is.
    if alerts_here && !calls.app.viewer.with_untracked(|viewer| viewer.muted) && browser::play_chime() {
        browser::local_set(LAST_ALERTED, &mark);
    }
    if !browser::has_focus_here() && browser::permission() == Permission::Granted {
        for row in new_calls {
            let title =
                row.trigger.as_ref().map_or_else(|| row.name.clone(), |(_, label)| format!("{} · {label}", row.name));
            let called = (*row).clone();
            // The tag makes the notifications of several tabs one.
            let notice =
                browser::notify(&title, &row.preview, row.id.as_str(), move || calls.dismiss_and_open(&called));
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

    fn row(id: &str, called_at: i64) -> Row {
        Row { called_at: Some(Timestamp(called_at)), ..Row::sample(id, RowState::Waiting) }
    }

    #[test]
    fn what_comes_and_what_is_released_rings_and_what_was_there_does_not() {
        // given a snapshot of the first minute with one call
        let minute = 60_000;
        let heard = KnownCalls { until: Timestamp(minute), known: vec![call_key(&row("cnv_a", 5))] };
        // when it changes, is released again, one comes in that was not sent, and one that is new
        let waiting = [row("cnv_a", 5), row("cnv_a", 2 * minute), row("cnv_b", 7), row("cnv_c", minute + 1)];
        // then the released and the new one ring
        let rang: Vec<_> = heard.new_calls(&waiting).into_iter().map(call_key).collect();
        assert_eq!(rang, [call_key(&waiting[1]), call_key(&waiting[3])]);
    }
}
