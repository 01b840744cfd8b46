//! One conversation: its thread and the actions of an agent.

use leptos::{prelude::*, server_fn::codec::Json};

use crate::{
    contract::{
        Result,
        conversation::{OlderItems, Thread},
    },
    domain::{
        activity::Activity,
        block::BlockReason,
        conversation::{EndingPress, Epoch, SnoozeUntil},
        desk::EndingMark,
        ids::{ConversationId, EndingId, MediaId, MessageId, Seq},
        message::{draft::ReplyDraft, reply::ReplyKind},
        time::Timestamp,
    },
};

#[server(endpoint = "thread")]
pub async fn read_thread(id: ConversationId) -> Result<Thread> {
    let call = crate::server::http::agent().await?;
    let found = call.service::<crate::server::live::Live>()?.thread(&call.caller, &id).await?;
    call.context().answers_not_found(found.ok_or(crate::contract::ApiError::NotFound))
}

/// The page of items before `(at, seq)`.
#[server(endpoint = "thread_older")]
pub async fn read_older(id: ConversationId, at: Timestamp, seq: Seq) -> Result<OlderItems> {
    let call = crate::server::http::agent().await?;
    let found = call.service::<crate::server::live::Live>()?.older(&call.caller, &id, at, seq).await?;
    found.ok_or(crate::contract::ApiError::NotFound)
}

#[server(endpoint = "claim")]
pub async fn claim(id: ConversationId) -> Result<()> {
    let call = crate::server::http::agent().await?;
    let conversations = call.service::<crate::server::conversations::Conversations>()?;
    let done = conversations.claim(&call.caller, &id).await;
    crate::server::http::error::answered(&conversations, &call.caller, &id, done).await
}

/// Takes the conversation over. Returns what [`undo_take_over`] needs.
#[server(endpoint = "take_over")]
pub async fn take_over(id: ConversationId) -> Result<Epoch> {
    let call = crate::server::http::agent().await?;
    let conversations = call.service::<crate::server::conversations::Conversations>()?;
    let done = conversations.take_over(&call.caller, &id).await;
    crate::server::http::error::answered(&conversations, &call.caller, &id, done).await
}

/// Gives the conversation back to the list of those that wait. Returns what [`undo_release`] needs.
#[server(endpoint = "release")]
pub async fn release(id: ConversationId) -> Result<Epoch> {
    let call = crate::server::http::agent().await?;
    let conversations = call.service::<crate::server::conversations::Conversations>()?;
    let done = conversations.release(&call.caller, &id).await;
    crate::server::http::error::answered(&conversations, &call.caller, &id, done).await
}

#[server(endpoint = "return_to_bot")]
pub async fn return_to_bot(id: ConversationId) -> Result<()> {
    let call = crate::server::http::agent().await?;
    let conversations = call.service::<crate::server::conversations::Conversations>()?;
    let done = conversations.return_to_bot(&call.caller, &id).await;
    crate::server::http::error::answered(&conversations, &call.caller, &id, done).await
}

/// Closes the conversation. `seen` is the customer's newest message on the caller's screen (`Row::last_turn`): if there is
/// a newer one, the call fails with an error that says that the customer just wrote.
#[server(endpoint = "close")]
pub async fn close(id: ConversationId, seen: Option<MessageId>) -> Result<()> {
    let call = crate::server::http::agent().await?;
    let conversations = call.service::<crate::server::conversations::Conversations>()?;
    let done = conversations.close(&call.caller, &id, seen).await;
    crate::server::http::error::answered(&conversations, &call.caller, &id, done).await
}

/// Closes, or returns to the bot, after a time in which the caller can undo it. `None`: one was pending, and this second
/// press cancelled it.
#[server(endpoint = "schedule_ending", input = Json)]
pub async fn schedule_ending(id: ConversationId, press: EndingPress) -> Result<Option<EndingMark>> {
    let call = crate::server::http::agent().await?;
    let conversations = call.service::<crate::server::conversations::Conversations>()?;
    let done = conversations.schedule_ending(&call.caller, &id, &press).await;
    crate::server::http::error::answered(&conversations, &call.caller, &id, done).await
}

/// Undoes a pending close or return (`Row::ending`).
#[server(endpoint = "undo_ending")]
pub async fn undo_ending(id: ConversationId, ending: EndingId) -> Result<()> {
    let call = crate::server::http::agent().await?;
    let conversations = call.service::<crate::server::conversations::Conversations>()?;
    let done = conversations.undo_ending(&call.caller, &id, &ending).await;
    crate::server::http::error::answered(&conversations, &call.caller, &id, done).await
}

/// Takes a released conversation back, unless somebody acted since.
#[server(endpoint = "undo_release")]
pub async fn undo_release(id: ConversationId, epoch: Epoch) -> Result<()> {
    let call = crate::server::http::agent().await?;
    let conversations = call.service::<crate::server::conversations::Conversations>()?;
    let done = conversations.undo_release(&call.caller, &id, epoch).await;
    crate::server::http::error::answered(&conversations, &call.caller, &id, done).await
}

/// Gives a conversation that was taken over back to its previous owner, unless somebody acted since.
#[server(endpoint = "undo_take_over")]
pub async fn undo_take_over(id: ConversationId, epoch: Epoch) -> Result<()> {
    let call = crate::server::http::agent().await?;
    let conversations = call.service::<crate::server::conversations::Conversations>()?;
    let done = conversations.undo_take_over(&call.caller, &id, epoch).await;
    crate::server::http::error::answered(&conversations, &call.caller, &id, done).await
}

/// Takes a closed conversation up again. If the customer has another one that is open, the error names it.
#[server(endpoint = "reopen")]
pub async fn reopen(id: ConversationId) -> Result<()> {
    let call = crate::server::http::agent().await?;
    let conversations = call.service::<crate::server::conversations::Conversations>()?;
    let done = conversations.reopen(&call.caller, &id).await;
    crate::server::http::error::answered(&conversations, &call.caller, &id, done).await
}

/// Sends `body` as `kind`. The page makes one `client_id` per press of Send: a repeated call with the same id sends
/// nothing. `draft` is the version of the draft that is sent, which is then removed. With `file`, which the caller uploaded
/// before, `body` is its caption.
#[server(endpoint = "reply")]
pub async fn reply(
    id: ConversationId,
    client_id: String,
    body: String,
    quote: Option<MessageId>,
    #[server(default)] kind: ReplyKind,
    #[server(default)] draft: Option<i64>,
    #[server(default)] file: Option<MediaId>,
) -> Result<()> {
    let call = crate::server::http::agent().await?;
    let conversations = call.service::<crate::server::conversations::Conversations>()?;
    let reply = crate::server::conversations::agent::NewReply {
        client_id: &client_id,
        kind,
        body: &body,
        quote: quote.as_ref(),
        draft,
        file: file.as_ref(),
    };
    let done = conversations.send_reply(&call.caller, &id, reply).await;
    crate::server::http::error::answered(&conversations, &call.caller, &id, done).await
}

/// Sends a message again whose delivery failed or is unknown.
#[server(endpoint = "retry")]
pub async fn retry(id: ConversationId, message: MessageId) -> Result<()> {
    let call = crate::server::http::agent().await?;
    let conversations = call.service::<crate::server::conversations::Conversations>()?;
    let done = conversations.retry(&call.caller, &id, &message).await;
    crate::server::http::error::answered(&conversations, &call.caller, &id, done).await
}

/// Reacts to a message of the customer with one emoji; without one, the reaction is taken back.
#[server(endpoint = "react")]
pub async fn react(id: ConversationId, message: MessageId, #[server(default)] emoji: Option<String>) -> Result<()> {
    let call = crate::server::http::agent().await?;
    let conversations = call.service::<crate::server::conversations::Conversations>()?;
    let done = conversations.react(&call.caller, &id, &message, emoji.as_deref()).await;
    crate::server::http::error::answered(&conversations, &call.caller, &id, done).await
}

/// Marks the caller's own conversation as read up to the log position `seen` that the page showed; if the tenant's policy
/// says so, the customer sees blue ticks. To be called only while the end of the thread is on the screen.
#[server(endpoint = "see")]
pub async fn see(id: ConversationId, seen: Seq) -> Result<()> {
    let call = crate::server::http::agent().await?;
    let conversations = call.service::<crate::server::conversations::Conversations>()?;
    let done = conversations.see(&call.caller, &id, seen).await;
    crate::server::http::error::answered(&conversations, &call.caller, &id, done).await
}

/// Puts the caller's own conversation aside. News of the customer end it in any case.
#[server(endpoint = "snooze", input = Json)]
pub async fn snooze(id: ConversationId, until: SnoozeUntil) -> Result<()> {
    let call = crate::server::http::agent().await?;
    let conversations = call.service::<crate::server::conversations::Conversations>()?;
    let done = conversations.snooze(&call.caller, &id, until).await;
    crate::server::http::error::answered(&conversations, &call.caller, &id, done).await
}

/// Blocks the customer, here and at WhatsApp.
#[server(endpoint = "block")]
pub async fn block(id: ConversationId, reason: BlockReason) -> Result<()> {
    let call = crate::server::http::agent().await?;
    let conversations = call.service::<crate::server::conversations::Conversations>()?;
    let done = conversations.block(&call.caller, &id, reason).await;
    crate::server::http::error::answered(&conversations, &call.caller, &id, done).await
}

/// Undoes [`block`].
#[server(endpoint = "unblock")]
pub async fn unblock(id: ConversationId) -> Result<()> {
    let call = crate::server::http::agent().await?;
    let conversations = call.service::<crate::server::conversations::Conversations>()?;
    let done = conversations.unblock(&call.caller, &id).await;
    crate::server::http::error::answered(&conversations, &call.caller, &id, done).await
}

/// Ends a snooze before its time.
#[server(endpoint = "unsnooze")]
pub async fn unsnooze(id: ConversationId) -> Result<()> {
    let call = crate::server::http::agent().await?;
    let conversations = call.service::<crate::server::conversations::Conversations>()?;
    let done = conversations.unsnooze(&call.caller, &id).await;
    crate::server::http::error::answered(&conversations, &call.caller, &id, done).await
}

/// Keeps what the caller has typed. Returns the newest draft: another device may have saved a later version.
#[server(endpoint = "save_draft", input = Json)]
pub async fn save_draft(id: ConversationId, draft: ReplyDraft) -> Result<ReplyDraft> {
    let call = crate::server::http::agent().await?;
    let conversations = call.service::<crate::server::conversations::Conversations>()?;
    let done = conversations.save_draft(&call.caller, &id, draft).await;
    crate::server::http::error::answered(&conversations, &call.caller, &id, done).await
}

/// Tells the colleagues who have the conversation open what the caller does there. Expires unless it is repeated.
#[server(endpoint = "report_activity")]
pub async fn report_activity(id: ConversationId, activity: Activity) -> Result<()> {
    let call = crate::server::http::agent().await?;
    Ok(call.service::<crate::server::live::Live>()?.report_activity(&call.caller, &id, activity).await?)
}
