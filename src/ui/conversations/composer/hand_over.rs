//! Hands a reply to the server, which sends it at once or keeps it, as its author chose.

use leptos::prelude::*;

use crate::{
    api::{conversation::reply, scheduled::schedule_reply},
    contract::{Result, conversation::LaterReply},
    domain::{
        ids::ConversationId,
        scheduled::{ScheduledMessage, SendChoice},
    },
    ui::state::AppState,
};

/// Sends a reply, or keeps it: until its time, or for the seconds in which the viewer can take messages back, if they have
/// chosen some. `Some`: it waits.
pub async fn hand_over(app: AppState, id: ConversationId, later: LaterReply) -> Result<Option<ScheduledMessage>> {
    let is_kept = app.viewer.with_untracked(|viewer| viewer.send_delay_seconds > 0);
    if later.choice == SendChoice::AfterUndo && !is_kept {
        let LaterReply { client_id, kind, body, quote, draft, file, choice: _ } = later;
        return reply(id, client_id, body, quote, kind, draft, file).await.map(|()| None);
    }
    schedule_reply(id, later).await
}
