//! Reads what reports of costs count: messages with a price in groups, how much of the free part of a month is used, and what
//! could be cheaper. The tables belong to other files; nothing is written here.
//!
//! Which messages use the free part is decided in `domain::report::cost`, whose words the statements contain.

use sqlx::FromRow;

use super::{Result, RowId, StoreError, Tx, db::on, report_messages::sender};
use crate::domain::{
    ids::{ChannelId, ConversationId, FlowId, TenantId},
    pricing::Pricing,
    report::{
        cost::{FREE_PART_CATEGORIES, FREE_SERVICE, PricedMessages, REGULAR, TEMPLATES, list::CostKey},
        facts::MessageSender,
    },
    time::{Span, Timestamp},
};

/// A part of time, without its end.
#[derive(Clone, Copy, Debug)]
pub struct Within {
    pub from: Timestamp,
    pub to: Timestamp,
}

#[derive(FromRow)]
struct RawGroup {
    author: String,
    agent_id: Option<String>,
    flow_id: Option<String>,
    notice: Option<String>,
    market: Option<String>,
    category: Option<String>,
    pricing_type: Option<String>,
    billable: Option<bool>,
    in_handoff: i64,
    is_template: i64,
    messages: i64,
}

impl RawGroup {
    fn read(self, channel: &ChannelId) -> Result<PricedMessages> {
        // A group has no id of its own.
        let this = RowId::new("report_messages", channel.as_str());
        let pricing = Pricing {
            model: String::new(),
            category: this.present("category", self.category)?,
            kind: self.pricing_type,
            billable: self.billable,
            piece: 0,
        };
        Ok(PricedMessages {
            sender: sender(this, &self.author, self.agent_id.as_deref())?,
            flow: self.flow_id.map(Into::into),
            notice: this.variant_if("notice", self.notice.as_deref())?,
            market: self.market,
            in_handoff: self.in_handoff > 0,
            is_template: self.is_template > 0,
            pricing,
            count: self.messages,
        })
    }
}

/// The columns of [`RawGroup`] without the number of messages.
fn columns() -> String {
    let templates = texts(TEMPLATES);
    format!(
        "author, agent_id, flow_id, notice, market, category, pricing_type, billable,
         CAST(CASE WHEN handoff_id IS NULL THEN 0 ELSE 1 END AS BIGINT) AS in_handoff,
         CAST(CASE WHEN kind IN ({templates}) THEN 1 ELSE 0 END AS BIGINT) AS is_template"
    )
}

/// Constants as a list of SQL.
fn texts<const N: usize>(words: [&str; N]) -> String {
    words.map(|word| format!("'{word}'")).join(", ")
}

/// The messages of a number's month that have a price.
const PRICED: &str = "report_messages WHERE tenant_id = $1 AND channel_id = $2 AND priced_at >= $3 AND priced_at < $4";

/// As `PricedMessages::use_free_part`.
fn uses_free_part() -> String {
    let (categories, templates) = (texts(FREE_PART_CATEGORIES), texts(TEMPLATES));
    format!(
        "category IN ({categories})
         AND (pricing_type = '{FREE_SERVICE}' OR (pricing_type = '{REGULAR}' AND kind NOT IN ({templates})))"
    )
}

/// The messages of a number with a price that was told within a time, in groups.
pub async fn priced(tx: &mut Tx, tenant: &TenantId, channel: &ChannelId, time: Within) -> Result<Vec<PricedMessages>> {
    let sql = format!(
        "SELECT {}, COUNT(*) AS messages FROM {PRICED}
         GROUP BY author, agent_id, flow_id, notice, market, category, pricing_type, billable, 9, 10",
        columns()
    );
    let rows: Vec<RawGroup> = on!(tx, c => sqlx::query_as(sqlx::AssertSqlSafe(sql.as_str()))
        .bind(tenant.as_str()).bind(channel.as_str()).bind(time.from.0).bind(time.to.0).fetch_all(c).await)?;
    rows.into_iter().map(|row| row.read(channel)).collect()
}

/// The first messages, one by one, that use the free part and that WhatsApp calls regular.
pub async fn first_regular(
    tx: &mut Tx,
    tenant: &TenantId,
    channel: &ChannelId,
    time: Within,
    most: i64,
) -> Result<Vec<PricedMessages>> {
    let sql = format!(
        "SELECT {}, CAST(1 AS BIGINT) AS messages FROM {PRICED} AND pricing_type = '{REGULAR}' AND {}
         ORDER BY priced_at, message_id, piece LIMIT $5",
        columns(),
        uses_free_part()
    );
    let rows: Vec<RawGroup> = on!(tx, c => sqlx::query_as(sqlx::AssertSqlSafe(sql.as_str()))
        .bind(tenant.as_str()).bind(channel.as_str()).bind(time.from.0).bind(time.to.0).bind(most)
        .fetch_all(c).await)?;
    rows.into_iter().map(|row| row.read(channel)).collect()
}

/// The last message of [`first_regular`].
pub async fn last_free(
    tx: &mut Tx,
    tenant: &TenantId,
    channel: &ChannelId,
    time: Within,
    most: i64,
) -> Result<Option<CostKey>> {
    let sql = format!(
        "SELECT priced_at, message_id, piece FROM (
            SELECT priced_at, message_id, piece FROM {PRICED} AND pricing_type = '{REGULAR}' AND {}
            ORDER BY priced_at, message_id, piece LIMIT $5
         ) AS free ORDER BY priced_at DESC, message_id DESC, piece DESC LIMIT 1",
        uses_free_part()
    );
    let found: Option<(i64, String, i64)> = on!(tx, c => sqlx::query_as(sqlx::AssertSqlSafe(sql.as_str()))
        .bind(tenant.as_str()).bind(channel.as_str()).bind(time.from.0).bind(time.to.0).bind(most)
        .fetch_optional(c).await)?;
    Ok(found.map(|(at, message, piece)| CostKey { at: Timestamp(at), message: message.into(), piece }))
}

/// How many messages of a number used the free part within a time, up to `most`.
pub async fn free_part_used(
    tx: &mut Tx,
    tenant: &TenantId,
    channel: &ChannelId,
    time: Within,
    most: i64,
) -> Result<i64> {
    let sql =
        format!("SELECT COUNT(*) FROM (SELECT message_id FROM {PRICED} AND {} LIMIT $5) AS used", uses_free_part());
    Ok(on!(tx, c => sqlx::query_scalar(sqlx::AssertSqlSafe(sql.as_str()))
        .bind(tenant.as_str()).bind(channel.as_str()).bind(time.from.0).bind(time.to.0).bind(most)
        .fetch_one(c).await)?)
}

/// How many conversations and handoffs the messages with a price belong to.
pub async fn shared_by(tx: &mut Tx, tenant: &TenantId, channel: &ChannelId, time: Within) -> Result<(i64, i64)> {
    let sql = format!("SELECT COUNT(DISTINCT conversation_id), COUNT(DISTINCT handoff_id) FROM {PRICED}");
    Ok(on!(tx, c => sqlx::query_as(sqlx::AssertSqlSafe(sql.as_str()))
        .bind(tenant.as_str()).bind(channel.as_str()).bind(time.from.0).bind(time.to.0).fetch_one(c).await)?)
}

/// The messages that were sent within a time and that WhatsApp told no price of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct UnpricedRow {
    /// Typed in the WhatsApp app.
    pub phone: i64,
    pub all: i64,
}

/// How many messages of all numbers or one have no price.
pub async fn unpriced(
    tx: &mut Tx,
    tenant: &TenantId,
    channel: Option<&ChannelId>,
    time: Within,
) -> Result<UnpricedRow> {
    let channel = channel.map_or("", |channel| channel.as_str());
    let (phone, all): (i64, i64) = on!(tx, c => sqlx::query_as(
        "SELECT CAST(COALESCE(SUM(CASE WHEN author = 'phone' THEN 1 ELSE 0 END), 0) AS BIGINT), COUNT(*)
         FROM report_messages WHERE tenant_id = $1 AND sent_at >= $2 AND sent_at < $3 AND priced_at IS NULL AND piece = 0
            AND ($4 = '' OR channel_id = $4)")
        .bind(tenant.as_str()).bind(time.from.0).bind(time.to.0).bind(channel).fetch_one(c).await)?;
    Ok(UnpricedRow { phone, all })
}

/// The messages of one sender that were sent within a time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LineRow {
    pub sender: MessageSender,
    pub flow: Option<FlowId>,
    /// Texts that followed a text of the same sender in the conversation.
    pub joinable: i64,
    pub all: i64,
}

#[derive(FromRow)]
struct RawLine {
    author: String,
    agent_id: Option<String>,
    flow_id: Option<String>,
    joinable: i64,
    messages: i64,
}

impl TryFrom<RawLine> for LineRow {
    type Error = StoreError;
    fn try_from(row: RawLine) -> Result<Self> {
        let this = RowId::new("report_messages", row.agent_id.as_deref().unwrap_or(&row.author));
        Ok(Self {
            sender: sender(this, &row.author, row.agent_id.as_deref())?,
            flow: row.flow_id.map(Into::into),
            joinable: row.joinable,
            all: row.messages,
        })
    }
}

/// How many messages of the bot and of agents followed another one within `gap`, by sender and flow.
pub async fn lines(
    tx: &mut Tx,
    tenant: &TenantId,
    channel: Option<&ChannelId>,
    time: Within,
    gap: Span,
) -> Result<Vec<LineRow>> {
    let channel = channel.map_or("", |channel| channel.as_str());
    let rows: Vec<RawLine> = on!(tx, c => sqlx::query_as(
        "SELECT author, agent_id, flow_id, COUNT(*) AS messages,
            CAST(SUM(CASE WHEN kind = 'text' AND before_kind = 'text' AND author = before_author
                AND COALESCE(agent_id, '') = COALESCE(before_agent, '') AND queued_at - before_at <= $5
                THEN 1 ELSE 0 END) AS BIGINT) AS joinable
         FROM (
            SELECT author, agent_id, flow_id, kind, queued_at, LAG(kind) OVER spoken AS before_kind,
                LAG(author) OVER spoken AS before_author, LAG(agent_id) OVER spoken AS before_agent,
                LAG(queued_at) OVER spoken AS before_at
            FROM report_messages WHERE tenant_id = $1 AND sent_at >= $2 AND sent_at < $3 AND piece = 0
                AND ($4 = '' OR channel_id = $4)
            WINDOW spoken AS (PARTITION BY conversation_id ORDER BY queued_at, message_id)
         ) AS sent WHERE author IN ('bot', 'agent') GROUP BY author, agent_id, flow_id")
        .bind(tenant.as_str()).bind(time.from.0).bind(time.to.0).bind(channel).bind(gap.0).fetch_all(c).await)?;
    rows.into_iter().map(LineRow::try_from).collect()
}

#[derive(FromRow)]
struct RawPrice {
    priced_at: i64,
    category: Option<String>,
    pricing_type: Option<String>,
    billable: Option<bool>,
}

/// What WhatsApp said last about the price of a message of a conversation, and when.
pub async fn newest_price(
    tx: &mut Tx,
    tenant: &TenantId,
    conversation: &ConversationId,
) -> Result<Option<(Timestamp, Pricing)>> {
    // CROSS JOIN, so that SQLite begins with the conversation's messages, not with all of the tenant's.
    let found: Option<RawPrice> = on!(tx, c => sqlx::query_as(
        "SELECT r.priced_at, r.category, r.pricing_type, r.billable FROM messages m CROSS JOIN report_messages r
         WHERE m.conversation_id = $2 AND m.tenant_id = $1 AND r.tenant_id = $1 AND r.message_id = m.id
            AND r.priced_at IS NOT NULL
         ORDER BY m.at DESC, m.seq DESC, r.piece DESC LIMIT 1")
        .bind(tenant.as_str()).bind(conversation.as_str()).fetch_optional(c).await)?;
    let Some(RawPrice { priced_at, category, pricing_type, billable }) = found else { return Ok(None) };
    let category = RowId::new("report_messages", conversation.as_str()).present("category", category)?;
    let pricing = Pricing { model: String::new(), category, kind: pricing_type, billable, piece: 0 };
    Ok(Some((Timestamp(priced_at), pricing)))
}

/// The answers to a question that customers gave within a time: up to `most` of them with how often each was given, most
/// frequent first, and the number of all.
pub async fn answers(
    tx: &mut Tx,
    tenant: &TenantId,
    (step, variable): (&str, &str),
    time: Within,
    most: i64,
) -> Result<(Vec<(String, i64)>, i64)> {
    const GIVEN: &str = "variables WHERE tenant_id = $1 AND step = $2 AND at >= $3 AND at < $4 AND name = $5";
    let sql =
        format!("SELECT value, COUNT(*) AS times FROM {GIVEN} GROUP BY value ORDER BY times DESC, value LIMIT $6");
    let given: Vec<(String, i64)> = on!(tx, c => sqlx::query_as(sqlx::AssertSqlSafe(sql.as_str()))
        .bind(tenant.as_str()).bind(step).bind(time.from.0).bind(time.to.0).bind(variable).bind(most)
        .fetch_all(c).await)?;
    let sql = format!("SELECT COUNT(*) FROM {GIVEN}");
    let total: i64 = on!(tx, c => sqlx::query_scalar(sqlx::AssertSqlSafe(sql.as_str()))
        .bind(tenant.as_str()).bind(step).bind(time.from.0).bind(time.to.0).bind(variable).fetch_one(c).await)?;
    Ok((given, total))
}
