//! A message's row, and its conversion from the columns.

use sqlx::FromRow;

use super::super::{Result, RowId, StoreError};
use crate::domain::{
    ids::{ChannelId, ConversationId, MessageId, Seq, Wamid},
    message::{Author, Content, Delivery, DeliveryFault, Forwarded, MessageContext, Reaction, Referral},
    time::Timestamp,
    variant_names::UnknownName,
};

/// A message as it is stored.
#[derive(Clone, Debug)]
pub struct MessageRow {
    pub id: MessageId,
    pub conversation: ConversationId,
    pub channel: ChannelId,
    pub wamid: Option<Wamid>,
    /// Chosen by the sender's page, so that a double click sends once.
    pub client_id: Option<String>,
    pub author: Author,
    pub content: Content,
    pub at: Timestamp,
    /// Assigned with its entry: see `conversations::unit_of_work`.
    pub seq: Seq,
    pub written_at: Timestamp,
    pub delivery: Option<Delivery>,
    pub fault: Option<DeliveryFault>,
    pub quote: Option<Wamid>,
    pub forwarded: Forwarded,
    pub reactions: Vec<Reaction>,
    pub revoked: bool,
    pub edited: bool,
    pub late: bool,
    pub resent: bool,
    pub referral: Option<Referral>,
    pub hidden: bool,
    pub context: MessageContext,
    /// Which pieces have a recorded price: a bit per piece, from the lowest. Meta tells it with several statuses and
    /// charges for what arrived, so it is recorded once, with the first status that shows the piece delivered.
    pub priced_pieces: i64,
}

impl MessageRow {
    /// A message with its content alone, written when it is positioned, at `at`. Its entry assigns the position.
    pub fn new(
        id: MessageId,
        conversation: &ConversationId,
        channel: &ChannelId,
        author: Author,
        content: Content,
        at: Timestamp,
    ) -> Self {
        Self {
            id,
            conversation: conversation.clone(),
            channel: channel.clone(),
            wamid: None,
            client_id: None,
            author,
            content,
            at,
            seq: Seq(0),
            written_at: at,
            delivery: None,
            fault: None,
            quote: None,
            forwarded: Forwarded::No,
            reactions: Vec::new(),
            revoked: false,
            edited: false,
            late: false,
            resent: false,
            referral: None,
            hidden: false,
            context: MessageContext::default(),
            priced_pieces: 0,
        }
    }

    /// Notes that the price of a piece is recorded. Returns `false` if it was noted before, or if there is no such piece.
    pub fn mark_priced(&mut self, piece: i64) -> bool {
        let bit = u32::try_from(piece).ok().and_then(|piece| 1_i64.checked_shl(piece));
        let is_new = bit.is_some_and(|bit| self.priced_pieces & bit == 0);
        self.priced_pieces |= bit.unwrap_or_default();
        is_new
    }
}

/// Where a message is, and how far it came.
#[derive(Clone, Debug)]
pub struct MessageHead {
    pub id: MessageId,
    pub conversation: ConversationId,
    pub channel: ChannelId,
    pub wamid: Option<Wamid>,
    pub delivery: Option<Delivery>,
}

#[derive(FromRow)]
pub(super) struct RawHead {
    id: String,
    conversation_id: String,
    channel_id: String,
    wamid: Option<String>,
    delivery: Option<String>,
}

impl TryFrom<RawHead> for MessageHead {
    type Error = StoreError;
    fn try_from(row: RawHead) -> Result<Self> {
        Ok(Self {
            delivery: RowId::new(TABLE, &row.id).variant_if("delivery", row.delivery.as_deref())?,
            id: row.id.into(),
            conversation: row.conversation_id.into(),
            channel: row.channel_id.into(),
            wamid: row.wamid.map(Wamid),
        })
    }
}

#[derive(FromRow)]
pub(super) struct RawMessage {
    id: String,
    conversation_id: String,
    channel_id: String,
    wamid: Option<String>,
    client_id: Option<String>,
    author: String,
    author_id: Option<String>,
    content: String,
    at: i64,
    seq: i64,
    written_at: i64,
    delivery: Option<String>,
    fault_code: Option<i64>,
    fault_words: Option<String>,
    fault_again: Option<i64>,
    quote_wamid: Option<String>,
    forwarded: String,
    reactions: String,
    revoked: bool,
    edited: bool,
    late: bool,
    resent: bool,
    referral: Option<String>,
    hidden: bool,
    beside: Option<String>,
    priced_pieces: i64,
}

pub(super) fn author_columns(author: &Author) -> (&'static str, Option<&str>) {
    match author {
        Author::Customer => ("customer", None),
        Author::Bot => ("bot", None),
        Author::System => ("system", None),
        Author::Agent(agent) => ("agent", Some(agent.as_str())),
        Author::Phone => ("phone", None),
        Author::Partner => ("partner", None),
    }
}

fn author(this: RowId<'_>, name: &str, id: Option<&str>) -> Result<Author> {
    Ok(match name {
        "customer" => Author::Customer,
        "bot" => Author::Bot,
        "system" => Author::System,
        "agent" => Author::Agent(this.present("author_id", id)?.into()),
        "phone" => Author::Phone,
        "partner" => Author::Partner,
        unknown => return Err(this.unreadable("author", UnknownName(unknown.to_owned()))),
    })
}

impl TryFrom<RawMessage> for MessageRow {
    type Error = StoreError;
    fn try_from(row: RawMessage) -> Result<Self> {
        let this = RowId::new(TABLE, &row.id);
        Ok(Self {
            author: author(this, &row.author, row.author_id.as_deref())?,
            content: this.json("content", &row.content)?,
            delivery: this.variant_if("delivery", row.delivery.as_deref())?,
            forwarded: this.json("forwarded", &row.forwarded)?,
            reactions: this.json("reactions", &row.reactions)?,
            referral: this.json_if("referral", row.referral.as_deref())?,
            context: this.json_if("beside", row.beside.as_deref())?.unwrap_or_default(),
            id: row.id.into(),
            conversation: row.conversation_id.into(),
            channel: row.channel_id.into(),
            wamid: row.wamid.map(Wamid),
            client_id: row.client_id,
            at: Timestamp(row.at),
            seq: Seq(row.seq),
            written_at: Timestamp(row.written_at),
            fault: row.fault_words.map(|words| DeliveryFault {
                code: row.fault_code,
                detail: words,
                again: row.fault_again.map(Timestamp),
            }),
            quote: row.quote_wamid.map(Wamid),
            revoked: row.revoked,
            edited: row.edited,
            late: row.late,
            resent: row.resent,
            hidden: row.hidden,
            priced_pieces: row.priced_pieces,
        })
    }
}

pub(super) const TABLE: &str = "messages";

pub(super) const COLUMNS: &str = "SELECT id, conversation_id, channel_id, wamid, client_id, author, author_id, \
     content, at, seq, written_at, delivery, fault_code, fault_words, fault_again, quote_wamid, forwarded, reactions, \
     revoked, edited, late, resent, referral, hidden, beside, priced_pieces FROM messages";

pub(super) const HEAD_COLUMNS: &str = "id, conversation_id, channel_id, wamid, delivery";
