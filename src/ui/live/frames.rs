//! What a frame of the stream changes. Read by the code of the extras, so nothing in the main module may call it: it
//! would get the readers of all that a frame can carry.

use std::time::Duration;

use leptos::{prelude::*, task::spawn_local};

use super::{Live, MAX_RETRY_SECONDS};
use crate::{
    api::desk::read_calls,
    contract::ApiError,
    domain::{desk::Frame, ids::Seq},
};

/// Takes a frame of the stream.
pub fn receive(live: Live, data: &str) {
    // A frame that cannot be read comes from a newer server, whose next heartbeat offers a reload.
    let Ok(frame) = serde_json::from_slice::<Frame>(data.as_bytes()) else { return };
    match &frame {
        Frame::Changes(changes) => live.advance(changes.seq),
        Frame::Heartbeat { seq, build, .. } => {
            live.advance(*seq);
            live.compare_build(build);
        }
        Frame::Reset { seq } => {
            live.cursor.set_value(*seq);
            live.reread_calls();
        }
        // A connected agent is online unless away. A difference means that another tab or device changed it.
        Frame::Presence { online, .. } => {
            let viewer = live.app.viewer.get_untracked();
            if online.contains(&viewer.agent) == viewer.away {
                live.reread_viewer();
            }
        }
        Frame::Activity { .. } => {}
    }
    live.app.receive(&frame);
    if live.app.needs_more_calls() {
        live.reread_calls();
    }
}

impl Live {
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
            if self.is_gone() {
                return;
            }
            match calls {
                Ok(calls) => self.app.replace_calls(calls),
                Err(ApiError::SignedOut) => self.app.show_signed_out(),
                // The stream does not repeat the reset, so this retries until it succeeds. Pages keep showing old
                // values.
                Err(_unreachable) => {
                    let again =
                        set_timeout_with_handle(move || self.reread_calls(), Duration::from_secs(MAX_RETRY_SECONDS));
                    self.calls_retry.set_value(again.ok());
                }
            }
        });
    }
}
