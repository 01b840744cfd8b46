//! Loads the transcript of a conversation for the language model, and how earlier handoffs ended.

use super::Bot;
use crate::{
    domain::{
        handoff::HandoffEnd,
        ids::{ConversationId, MessageId, Seq, TenantId},
        message::{Author, Content},
        time::Timestamp,
    },
    server::{
        conversations::{ConversationError, Result},
        store::{Tx, conversations, handoffs, messages, model_sessions},
    },
};

/// The messages so far, for a language model.
#[derive(Clone, Debug)]
pub struct Transcript {
    /// Oldest first.
    pub lines: Vec<TranscriptLine>,
    pub read: ReadMark,
    /// The model's turns since the conversation came to the bot.
    pub answers: i64,
}

/// How far the transcript goes.
#[derive(Clone, Debug)]
pub struct ReadMark {
    /// The customer's newest turn.
    pub message: Option<MessageId>,
    /// The sequence number of the customer's newest message.
    pub seq: Seq,
}

#[derive(Clone, Debug, PartialEq)]
pub enum TranscriptLine {
    Message {
        author: Author,
        content: Content,
    },
    /// An earlier handoff that has ended, and how.
    Escalation {
        reason: String,
        end: HandoffEnd,
        at: Timestamp,
    },
}

/// Most messages of a transcript.
const MAX_MESSAGES: i64 = 40;
/// How many earlier conversations are searched for the last handoff.
const MAX_EARLIER: usize = 5;

impl Bot {
    /// The transcript of a conversation. Of earlier conversations it contains only how the last handoff ended: without
    /// that the model would escalate again what an agent has resolved.
    pub async fn transcript(&self, tenant: &TenantId, conversation: &ConversationId) -> Result<Transcript> {
        let mut tx = self.conversations.db.begin_read().await?;
        let stored = conversations::load(&mut tx, tenant, conversation).await?.ok_or(ConversationError::NotFound)?;
        let it = stored.conversation;
        let mut read = ReadMark { message: it.last_turn, seq: Seq(0) };
        let mut timed: Vec<(Timestamp, Seq, TranscriptLine)> = Vec::new();
        for record in messages::page(&mut tx, tenant, conversation, None, MAX_MESSAGES).await? {
            if record.author.is_customer() {
                read.seq = read.seq.max(record.seq);
            }
            if !record.revoked {
                let line = TranscriptLine::Message { author: record.author, content: record.content };
                timed.push((record.at, record.seq, line));
            }
        }
        // Messages with the same time are sorted by sequence number, and the end of a handoff comes after them.
        timed.extend(
            ended_handoffs(&mut tx, tenant, conversation)
                .await?
                .into_iter()
                .map(|(at, line)| (at, Seq(i64::MAX), line)),
        );
        timed.sort_by_key(|(at, seq, _)| (*at, *seq));
        let mut lines: Vec<TranscriptLine> = timed.into_iter().map(|(_, _, line)| line).collect();
        if let Some(last) = last_earlier_handoff(&mut tx, tenant, it.previous).await? {
            lines.insert(0, last);
        }
        let session = model_sessions::find(&mut tx, tenant, conversation, it.epoch).await?;
        Ok(Transcript { lines, read, answers: session.map_or(0, |session| session.answers) })
    }
}

/// The ended handoffs of a conversation, newest first.
async fn ended_handoffs(
    tx: &mut Tx,
    tenant: &TenantId,
    id: &ConversationId,
) -> Result<Vec<(Timestamp, TranscriptLine)>> {
    let mut ended_handoffs = Vec::new();
    for past in handoffs::of(tx, tenant, id).await? {
        if let (Some(at), Some(end)) = (past.ended_at, past.end) {
            let reason = match past.brief.reason.is_empty() {
                true => past.handoff.trigger.sentence(),
                false => past.brief.reason,
            };
            ended_handoffs.push((at, TranscriptLine::Escalation { reason, end, at }));
        }
    }
    Ok(ended_handoffs)
}

/// How the customer's last handoff before this conversation ended.
async fn last_earlier_handoff(
    tx: &mut Tx,
    tenant: &TenantId,
    previous: Option<ConversationId>,
) -> Result<Option<TranscriptLine>> {
    let mut next = previous;
    for _ in 0..MAX_EARLIER {
        let Some(id) = next else { break };
        if let Some((_, line)) = ended_handoffs(tx, tenant, &id).await?.into_iter().next() {
            return Ok(Some(line));
        }
        next = conversations::load(tx, tenant, &id).await?.and_then(|stored| stored.conversation.previous);
    }
    Ok(None)
}
