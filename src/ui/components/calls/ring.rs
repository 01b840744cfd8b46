//! How a call reaches a person who does not look at the card: a spoken line, a soft sound, a desktop notification.

use std::collections::BTreeSet;

use leptos::prelude::*;

use super::{CallKey, Calls, call_key};
use crate::{
    domain::desk::Row,
    ui::browser::{self, Permission},
};

/// Where the newest call that rang is kept, so that several open tabs ring once.
const RANG: &str = "handoff.rang";

/// Rings for calls that appear from now on: those of the first snapshot were there before. The line that it gives is
/// for a live region.
pub fn ring(calls: Calls) -> ReadSignal<String> {
    let (told, tell) = signal(String::new());
    Effect::new(move |known: Option<BTreeSet<CallKey>>| {
        // Of all that wait, not of the cards: coming back from away must not ring for everything at once.
        let waiting = calls.shared.waiting();
        let keys = waiting.iter().map(call_key).collect();
        if let Some(known) = known {
            let fresh: Vec<Row> = waiting.into_iter().filter(|row| !known.contains(&call_key(row))).collect();
            if !fresh.is_empty() && !calls.shared.viewer.with_untracked(|viewer| viewer.away) {
                tell.set(fresh.iter().map(spoken).collect::<Vec<_>>().join(". "));
                alert(calls, &fresh);
            }
        }
        keys
    });
    told
}

fn spoken(row: &Row) -> String {
    match &row.trigger {
        Some((_, label)) => format!("Handoff: {}, {label}", row.name),
        None => format!("Handoff: {}", row.name),
    }
}

fn alert(calls: Calls, fresh: &[Row]) {
    let Some(newest) = fresh.iter().max_by_key(|row| row.requested_at) else { return };
    let mark = format!("{}@{}", newest.id, newest.requested_at.unwrap_or_default().0);
    let rings_here = browser::local_get(RANG).as_deref() != Some(mark.as_str());
    browser::local_set(RANG, &mark);
    if rings_here && !calls.shared.viewer.with_untracked(|viewer| viewer.muted) {
        browser::play_chime();
    }
    if browser::hidden() && browser::permission() == Permission::Granted {
        for row in fresh {
            let title =
                row.trigger.as_ref().map_or_else(|| row.name.clone(), |(_, label)| format!("{} · {label}", row.name));
            let called = row.clone();
            // The tag makes the notifications of several tabs one.
            browser::notify(&title, &row.preview, row.id.as_str(), move || calls.look(&called));
        }
    }
}
