//! The calls that the viewer has dismissed. They are stored in this browser, per agent, so that they stay dismissed
//! after a reload and in other tabs.

use leptos::{ev, prelude::*};

use super::selection::CallKey;
use crate::{
    domain::{ids::AgentId, time::Timestamp},
    ui::{browser, state::AppState},
};

/// At most so many calls are stored: the newest.
const KEPT: usize = 50;

/// Cheap to copy.
#[derive(Clone, Copy)]
pub struct Dismissed {
    app: AppState,
    /// `None` until the page has read them, which the server cannot.
    calls: RwSignal<Option<Vec<CallKey>>>,
}

impl Dismissed {
    /// Reads the stored calls once the page is hydrated, and again after another tab has dismissed one.
    pub fn new(app: AppState) -> Self {
        let dismissed = Self { app, calls: RwSignal::new(None) };
        Effect::new(move |_| {
            dismissed.calls.set(Some(dismissed.stored()));
            let stored = window_event_listener(ev::storage, move |event| {
                if event.key() == Some(key(&dismissed.app.me())) {
                    dismissed.calls.set(Some(dismissed.stored()));
                }
            });
            on_cleanup(move || stored.remove());
        });
        dismissed
    }

    /// The calls; `None` until they were read. Tracks.
    pub fn with<T>(self, read: impl FnOnce(Option<&[CallKey]>) -> T) -> T {
        self.calls.with(|calls| read(calls.as_deref()))
    }

    /// Dismisses a call. Its conversation still waits in the list.
    pub fn add(self, call: CallKey) {
        let mut calls = self.stored();
        calls.retain(|other| *other != call);
        calls.push(call);
        let surplus = calls.len().saturating_sub(KEPT);
        calls.drain(..surplus);
        browser::local_set(&key(&self.app.me()), &write(&calls));
        self.calls.set(Some(calls));
    }

    fn stored(self) -> Vec<CallKey> {
        browser::local_get(&key(&self.app.me())).map(|text| read(&text)).unwrap_or_default()
    }
}

/// Two agents of one browser do not dismiss each other's calls.
fn key(agent: &AgentId) -> String {
    format!("handoff.dismissed.{agent}")
}

/// A line for each call: the conversation's id, `@`, and the time of the call.
fn write(calls: &[CallKey]) -> String {
    let line = |(id, at): &CallKey| format!("{id}@{}", at.map(|at| at.0.to_string()).unwrap_or_default());
    calls.iter().map(line).collect::<Vec<_>>().join("\n")
}

/// Lines that cannot be read are skipped.
fn read(text: &str) -> Vec<CallKey> {
    let call = |line: &str| -> Option<CallKey> {
        let (id, at) = line.rsplit_once('@')?;
        Some((id.into(), at.parse().ok().map(Timestamp)))
    };
    text.lines().filter_map(call).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn stored_calls_are_read_again() {
        let calls: Vec<CallKey> = vec![("cnv_a".into(), Some(Timestamp(7))), ("cnv_b".into(), None)];
        assert_eq!(read(&write(&calls)), calls);
        assert!(read("").is_empty());
        assert_eq!(read("nonsense\ncnv_a@7"), calls[..1]);
    }
}
