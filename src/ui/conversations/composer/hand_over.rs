//! Hands a reply to the server, which sends it at once or keeps it, as its author chose.

use leptos::prelude::*;

use crate::{
    api::{conversation::reply, scheduled::schedule_reply},
    contract::{Result, conversation::LaterReply},
    domain::{
        ids::ConversationId,
        scheduled::{ScheduledMessage, SendChoice, joined::is_plain},
    },
    ui::state::AppState,
};

/// Sends a reply, or keeps it: until its time, for the seconds in which the viewer can take messages back, if they have
/// chosen some, or for those in which others join it, if the company has. `Some`: it waits.
pub async fn hand_over(app: AppState, id: ConversationId, later: LaterReply) -> Result<Option<ScheduledMessage>> {
    let can_join = is_plain(later.kind, later.quote.as_ref(), later.file.as_ref());
    let is_kept = app.viewer.with_untracked(|viewer| viewer.send_delay_seconds > 0 || (viewer.joins_texts && can_join));
    if later.choice == SendChoice::AfterUndo && !is_kept {
        let LaterReply { client_id, kind, body, quote, draft, file, choice: _ } = later;
        return reply(id, client_id, body, quote, kind, draft, file).await.map(|()| None);
    }
    schedule_reply(id, later).await
}
