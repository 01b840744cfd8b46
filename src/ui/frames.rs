//! What a frame of the live stream changes. `live` keeps the stream and hands the frames on; the code here is a part of the
//! extras. Nothing in the main module may call [`receive`]: it would get the readers of all that a frame can carry.

use std::time::Duration;

use leptos::{prelude::*, task::spawn_local};

use super::state::AppState;
use crate::{
    api::desk::read_calls,
    contract::ApiError,
    domain::{desk::Frame, ids::Seq},
};

/// After how long the calls are asked for again, if they could not be read.
const RETRY: Duration = Duration::from_secs(15);

/// What the frames of all streams of a page change besides its state. Cheap to copy; lives as long as the layout.
#[derive(Clone, Copy)]
pub struct Reading {
    pub app: AppState,
    /// Everything up to here has been received.
    pub cursor: StoredValue<Seq>,
    /// The server's build when this page was opened.
    build: StoredValue<Option<String>>,
    /// The next attempt to read the calls again, if the last one failed.
    pub calls_retry: StoredValue<Option<TimeoutHandle>>,
}

impl Reading {
    /// Starts where the page's snapshot ends.
    pub fn new(app: AppState) -> Self {
        Self {
            app,
            cursor: StoredValue::new(app.desk.with_untracked(|desk| desk.seq)),
            build: StoredValue::new(None),
            calls_retry: StoredValue::new(None),
        }
    }
}

/// Takes a frame. Returns whether the viewer and their settings must be read again, because another tab or device changed
/// them, or an admin what the page has of the company's.
pub fn receive(reading: Reading, data: &str) -> bool {
    // A frame that cannot be read comes from a newer server, whose next heartbeat offers a reload.
    let Ok(frame) = serde_json::from_slice::<Frame>(data.as_bytes()) else { return false };
    let app = reading.app;
    let mut is_viewer_old = false;
    match &frame {
        Frame::Changes(changes) => {
            reading.advance(changes.seq);
            is_viewer_old = changes.configured;
        }
        Frame::Heartbeat { seq, build, .. } => {
            reading.advance(*seq);
            reading.compare_build(build);
        }
        Frame::Reset { seq } => {
            reading.cursor.set_value(*seq);
            reading.reread_calls();
        }
        // A connected agent is online unless away.
        Frame::Presence { online, .. } => {
            is_viewer_old = app.viewer.with_untracked(|viewer| online.contains(&viewer.agent) == viewer.away);
        }
        Frame::Activity { .. } => {}
    }
    app.receive(&frame);
    if app.needs_more_calls() {
        reading.reread_calls();
    }
    is_viewer_old
}

impl Reading {
    fn advance(self, seq: Seq) {
        self.cursor.update_value(|cursor| *cursor = seq.max(*cursor));
    }

    fn compare_build(self, build: &str) {
        let first = self.build.with_value(Clone::clone);
        match first {
            None => self.build.set_value(Some(build.to_owned())),
            Some(first) if first != build && !self.app.outdated.get_untracked() => self.app.outdated.set(true),
            Some(_) => {}
        }
    }

    /// Reads the calls again. Changes that the stream brings meanwhile are applied on top.
    fn reread_calls(self) {
        self.app.hold_changes();
        spawn_local(async move {
            let calls = read_calls().await;
            // The layout may be gone.
            if self.cursor.is_disposed() {
                return;
            }
            match calls {
                Ok(calls) => self.app.replace_calls(calls),
                Err(ApiError::SignedOut) => self.app.show_signed_out(),
                // The stream does not repeat the reset, so this retries until it succeeds. Pages keep showing old
                // values.
                Err(_unreachable) => {
                    let again = set_timeout_with_handle(move || self.reread_calls(), RETRY);
                    self.calls_retry.set_value(again.ok());
                }
            }
        });
    }
}
