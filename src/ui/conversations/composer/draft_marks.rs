//! Follows which conversations hold a draft of the viewer, for the marks of the list. The server has told those that it
//! knew. Others are in this browser alone, are typed in another tab, or were sent by another device since.

use leptos::{ev, prelude::*};

use super::draft;
use crate::{
    domain::{
        delivery::Delivery,
        desk::{Changes, PreviewBy, Row},
        scheduled::{ScheduledAct, SendDoubt},
    },
    ui::state::AppState,
};

/// Follows them until the current owner is cleaned up. Does nothing on the server.
pub fn follow_drafts(app: AppState) {
    Effect::new(move |_| {
        let own = draft::unsaved_here(&app.me());
        if app.drafts.with(|known| own.iter().any(|id| !known.contains(id))) {
            app.drafts.update(|known| known.extend(own));
        }
    });
    Effect::new(move |_| {
        // The event is fired in the other tabs only.
        let stored = window_event_listener(ev::storage, move |event| {
            let id = event.key().and_then(|key| draft::conversation_of(&app.me(), &key));
            if let Some(id) = id {
                app.note_draft(&id, &event.new_value().unwrap_or_default());
            }
        });
        on_cleanup(move || stored.remove());
    });
    app.on_changes(move |changes| {
        forget_sent(app, changes);
        follow_asking(app, changes);
    });
}

/// A message of the viewer that was not sent at its time, and asks what to do, has the mark of a draft.
fn follow_asking(app: AppState, changes: &Changes) {
    let me = app.me();
    for (conversation, step) in changes.scheduled.iter().filter(|(_, step)| step.agent == me) {
        match step.act {
            ScheduledAct::Written => {}
            ScheduledAct::Asked => app.note_draft(conversation, step.doubt.map_or("", SendDoubt::sentence)),
            ScheduledAct::Sent | ScheduledAct::Cancelled => {
                app.note_draft(conversation, &draft::load(&me, conversation).body);
            }
        }
    }
}

/// What another device has typed is no draft once it is sent. What is typed here and not saved stays one.
fn forget_sent(app: AppState, changes: &Changes) {
    let me = app.me();
    let is_sent = |row: &&Row| {
        let by_viewer = matches!(&row.preview_by, PreviewBy::Agent { agent, .. } if *agent == me);
        by_viewer && row.last_delivery == Some(Delivery::Queued)
    };
    for row in changes.rows.iter().filter(is_sent) {
        if !draft::load(&me, &row.id).unsaved {
            app.note_draft(&row.id, "");
        }
    }
}
