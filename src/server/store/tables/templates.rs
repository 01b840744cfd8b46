//! Message templates of a tenant's WhatsApp accounts, as WhatsApp last reported them, when that was, and who used them.

use std::collections::{BTreeMap, HashMap};

use sqlx::FromRow;

use super::{
    Result, RowId, StoreError, Tx, channels::ChannelRow, customers::CustomerRow, db::on, entries, facts, to_json,
};
use crate::domain::{
    event::Skipped,
    ids::{AgentId, ConversationId, TemplateId, TenantId},
    template::{
        MessageTemplate, TemplateCategory, TemplateStatus, message::TemplateMessage, rank::LastUse,
        value_source::KnownValues,
    },
    time::Timestamp,
    window::closed::{KnownTemplate, WindowRecipient, WindowTemplate},
};

/// A template of an account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TemplateRow {
    pub id: TemplateId,
    pub waba_id: String,
    pub revision: i64,
    pub template: MessageTemplate,
}

impl TemplateRow {
    fn known(&self) -> KnownTemplate<'_> {
        KnownTemplate { template: &self.template, revision: self.revision }
    }
}

#[derive(FromRow)]
struct RawTemplate {
    id: String,
    waba_id: String,
    name: String,
    language: String,
    category: String,
    status: String,
    quality: String,
    definition: String,
    revision: i64,
}

impl TryFrom<RawTemplate> for TemplateRow {
    type Error = StoreError;
    fn try_from(row: RawTemplate) -> Result<Self> {
        let of_row = || RowId::new("templates", &row.id);
        let template = MessageTemplate {
            category: of_row().variant("category", &row.category)?,
            status: of_row().variant("status", &row.status)?,
            quality: of_row().variant("quality", &row.quality)?,
            definition: of_row().json("definition", &row.definition)?,
            name: row.name,
            language: row.language,
        };
        Ok(Self { id: row.id.into(), waba_id: row.waba_id, revision: row.revision, template })
    }
}

const COLUMNS: &str =
    "SELECT id, waba_id, name, language, category, status, quality, definition, revision FROM templates";

/// The templates of an account by name and language.
pub async fn list(tx: &mut Tx, tenant: &TenantId, waba_id: &str) -> Result<Vec<TemplateRow>> {
    let rows: Vec<RawTemplate> = on!(tx, c => sqlx::query_as(sqlx::AssertSqlSafe(format!(
        "{COLUMNS} WHERE tenant_id = $1 AND waba_id = $2 ORDER BY name, language")))
        .bind(tenant.as_str()).bind(waba_id).fetch_all(c).await)?;
    rows.into_iter().map(TemplateRow::try_from).collect()
}

/// A template of an account.
pub async fn find(tx: &mut Tx, tenant: &TenantId, waba_id: &str, id: &TemplateId) -> Result<Option<TemplateRow>> {
    let row: Option<RawTemplate> = on!(tx, c => sqlx::query_as(sqlx::AssertSqlSafe(format!(
        "{COLUMNS} WHERE tenant_id = $1 AND id = $2 AND waba_id = $3")))
        .bind(tenant.as_str()).bind(id.as_str()).bind(waba_id).fetch_optional(c).await)?;
    row.map(TemplateRow::try_from).transpose()
}

/// The template of an account by what WhatsApp calls it in sends.
pub async fn named(
    tx: &mut Tx,
    tenant: &TenantId,
    waba_id: &str,
    name: &str,
    language: &str,
) -> Result<Option<TemplateRow>> {
    let row: Option<RawTemplate> = on!(tx, c => sqlx::query_as(sqlx::AssertSqlSafe(format!(
        "{COLUMNS} WHERE tenant_id = $1 AND waba_id = $2 AND name = $3 AND language = $4")))
        .bind(tenant.as_str()).bind(waba_id).bind(name).bind(language).fetch_optional(c).await)?;
    row.map(TemplateRow::try_from).transpose()
}

/// A template of an account in all its languages, by language.
async fn versions(tx: &mut Tx, tenant: &TenantId, waba_id: &str, name: &str) -> Result<Vec<TemplateRow>> {
    let rows: Vec<RawTemplate> = on!(tx, c => sqlx::query_as(sqlx::AssertSqlSafe(format!(
        "{COLUMNS} WHERE tenant_id = $1 AND waba_id = $2 AND name = $3 ORDER BY language")))
        .bind(tenant.as_str()).bind(waba_id).bind(name).fetch_all(c).await)?;
    rows.into_iter().map(TemplateRow::try_from).collect()
}

/// Inserts it, or replaces what WhatsApp reports of the one of that name and language. The revision increases if the
/// components have changed.
pub async fn save(
    tx: &mut Tx,
    tenant: &TenantId,
    waba_id: &str,
    new_id: &TemplateId,
    template: &MessageTemplate,
) -> Result<()> {
    let definition = to_json(&template.definition)?;
    on!(tx, c => sqlx::query(
        "INSERT INTO templates
           (id, tenant_id, waba_id, name, language, category, status, quality, definition, revision)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 1)
         ON CONFLICT (tenant_id, waba_id, name, language) DO UPDATE
         SET category = excluded.category, status = excluded.status, quality = excluded.quality,
             revision = templates.revision + CASE WHEN templates.definition = excluded.definition THEN 0 ELSE 1 END,
             definition = excluded.definition")
        .bind(new_id.as_str()).bind(tenant.as_str()).bind(waba_id).bind(template.name.as_str())
        .bind(template.language.as_str()).bind(template.category.as_str()).bind(template.status.as_str())
        .bind(template.quality.as_str()).bind(definition.as_str())
        .execute(c).await.map(|_| ()))?;
    Ok(())
}

/// WhatsApp sends one no more, which is known before the templates are read again. `name` is that of sends, with the
/// language.
pub async fn stop(
    tx: &mut Tx,
    tenant: &TenantId,
    waba_id: &str,
    (name, language): (&str, &str),
    status: TemplateStatus,
) -> Result<()> {
    on!(tx, c => sqlx::query(
        "UPDATE templates SET status = $5 WHERE tenant_id = $1 AND waba_id = $2 AND name = $3 AND language = $4")
        .bind(tenant.as_str()).bind(waba_id).bind(name).bind(language).bind(status.as_str())
        .execute(c).await.map(|_| ()))?;
    Ok(())
}

/// The components of one have changed, before they are read again: what was filled in for it does not count.
pub async fn revise(tx: &mut Tx, tenant: &TenantId, waba_id: &str, (name, language): (&str, &str)) -> Result<()> {
    on!(tx, c => sqlx::query(
        "UPDATE templates SET revision = revision + 1
         WHERE tenant_id = $1 AND waba_id = $2 AND name = $3 AND language = $4")
        .bind(tenant.as_str()).bind(waba_id).bind(name).bind(language).execute(c).await.map(|_| ()))?;
    Ok(())
}

/// What is known of a conversation for the fields of a template.
pub async fn known_values(
    tx: &mut Tx,
    tenant: &TenantId,
    conversation: &ConversationId,
    people: KnownPeople<'_>,
) -> Result<KnownValues> {
    // The newest value of a name counts, and they come in the order in which they were set.
    let collected = facts::variables(tx, tenant, conversation).await?;
    Ok(KnownValues {
        collected: collected.into_iter().map(|variable| (variable.name, variable.value)).collect(),
        ..people.values()
    })
}

/// Who writes to whom.
#[derive(Clone, Copy, Debug)]
pub struct KnownPeople<'a> {
    pub customer: Option<&'a str>,
    pub agent: Option<&'a str>,
    pub tenant: &'a str,
    /// The business's number.
    pub number: &'a str,
}

impl KnownPeople<'_> {
    pub fn values(self) -> KnownValues {
        KnownValues {
            customer_name: self.customer.and_then(KnownValues::name),
            agent_name: self.agent.map(str::to_owned),
            tenant_name: Some(self.tenant.to_owned()),
            number: Some(self.number.to_owned()),
            collected: BTreeMap::new(),
        }
    }
}

/// The customer of a closed window.
#[derive(Clone, Copy)]
pub struct WindowCustomer<'a> {
    pub conversation: &'a ConversationId,
    pub customer: &'a CustomerRow,
    pub channel: &'a ChannelRow,
    pub agent_name: Option<&'a str>,
    pub tenant_name: &'a str,
}

/// The template in the place of a text, in the customer's language and filled for them, or why they get none. What an agent
/// sees before a close is what is sent.
pub async fn window_message(
    tx: &mut Tx,
    tenant: &TenantId,
    chosen: &WindowTemplate,
    to: WindowCustomer<'_>,
) -> Result<std::result::Result<(TemplateCategory, TemplateMessage), Skipped>> {
    let WindowCustomer { conversation, customer, channel, agent_name, tenant_name } = to;
    let Some(row) = find(tx, tenant, &channel.waba_id, &chosen.template).await? else {
        return Ok(Err(Skipped::TemplateGone));
    };
    let category = row.template.category;
    let people = KnownPeople {
        customer: Some(&customer.name),
        agent: agent_name.filter(|name| !name.is_empty()),
        tenant: tenant_name,
        number: &channel.display_phone,
    };
    let recipient = WindowRecipient {
        known: &known_values(tx, tenant, conversation, people).await?,
        phone: customer.wa_id.as_deref(),
        user_id: customer.user_id.as_deref(),
        has_opted_out: entries::has_opted_out(tx, tenant, &customer.id, category).await?,
        language: customer.language.as_deref(),
    };
    let versions = match &customer.language {
        Some(_) => versions(tx, tenant, &channel.waba_id, &row.template.name).await?,
        None => Vec::new(),
    };
    let versions: Vec<KnownTemplate<'_>> = versions.iter().map(TemplateRow::known).collect();
    Ok(chosen.message(Some(row.known()), &versions, &recipient).map(|message| (category, message)))
}

/// An agent sends a template.
pub async fn used(tx: &mut Tx, tenant: &TenantId, id: &TemplateId, agent: &AgentId, now: Timestamp) -> Result<()> {
    on!(tx, c => sqlx::query(
        "INSERT INTO template_uses (tenant_id, template_id, agent_id, used_at) VALUES ($1, $2, $3, $4)
         ON CONFLICT (tenant_id, template_id, agent_id) DO UPDATE SET used_at = excluded.used_at")
        .bind(tenant.as_str()).bind(id.as_str()).bind(agent.as_str()).bind(now.0).execute(c).await.map(|_| ()))?;
    Ok(())
}

/// Who used which template last, as `agent` sees it.
pub async fn last_uses(tx: &mut Tx, tenant: &TenantId, agent: &AgentId) -> Result<HashMap<TemplateId, LastUse>> {
    let rows: Vec<(String, String, i64)> = on!(tx, c => sqlx::query_as(
        "SELECT template_id, agent_id, used_at FROM template_uses WHERE tenant_id = $1 ORDER BY used_at")
        .bind(tenant.as_str()).fetch_all(c).await)?;
    let mut uses = HashMap::new();
    for (template, by, at) in rows {
        let known = uses.entry(TemplateId::from(template)).or_default();
        match (by == agent.as_str(), &known) {
            (true, _) => *known = LastUse::Own(Timestamp(at)),
            (false, LastUse::Own(_)) => {}
            (false, LastUse::Team(_) | LastUse::Never) => *known = LastUse::Team(Timestamp(at)),
        }
    }
    Ok(uses)
}

pub async fn remove(tx: &mut Tx, tenant: &TenantId, id: &TemplateId) -> Result<()> {
    on!(tx, c => sqlx::query("DELETE FROM template_uses WHERE tenant_id = $1 AND template_id = $2")
        .bind(tenant.as_str()).bind(id.as_str()).execute(c).await.map(|_| ()))?;
    on!(tx, c => sqlx::query("DELETE FROM templates WHERE tenant_id = $1 AND id = $2")
        .bind(tenant.as_str()).bind(id.as_str()).execute(c).await.map(|_| ()))?;
    Ok(())
}

/// When the templates of an account were last read; `None` if they must be read.
pub async fn synced_at(tx: &mut Tx, tenant: &TenantId, waba_id: &str) -> Result<Option<Timestamp>> {
    let row: Option<(Option<i64>,)> = on!(tx, c => sqlx::query_as(
        "SELECT synced_at FROM template_syncs WHERE tenant_id = $1 AND waba_id = $2")
        .bind(tenant.as_str()).bind(waba_id).fetch_optional(c).await)?;
    Ok(row.and_then(|(at,)| at).map(Timestamp))
}

/// Begins to read the templates of an account. Returns whether the caller is to do it: `false` if somebody began after
/// `busy_since`.
pub async fn begin_sync(
    tx: &mut Tx,
    tenant: &TenantId,
    waba_id: &str,
    now: Timestamp,
    busy_since: Timestamp,
) -> Result<bool> {
    on!(tx, c => sqlx::query(
        "INSERT INTO template_syncs (tenant_id, waba_id) VALUES ($1, $2) ON CONFLICT (tenant_id, waba_id) DO NOTHING")
        .bind(tenant.as_str()).bind(waba_id).execute(c).await.map(|_| ()))?;
    let changed = on!(tx, c => sqlx::query(
        "UPDATE template_syncs SET tried_at = $3
         WHERE tenant_id = $1 AND waba_id = $2 AND (tried_at IS NULL OR tried_at <= $4)")
        .bind(tenant.as_str()).bind(waba_id).bind(now.0).bind(busy_since.0)
        .execute(c).await.map(|done| done.rows_affected()))?;
    Ok(changed > 0)
}

/// The templates of an account have been read. What was announced since they began to be read ([`outdate`]), or is read
/// by somebody who began later, may be missing: they are read again.
pub async fn end_sync(tx: &mut Tx, tenant: &TenantId, waba_id: &str, begun: Timestamp, now: Timestamp) -> Result<()> {
    on!(tx, c => sqlx::query(
        "UPDATE template_syncs SET synced_at = $3 WHERE tenant_id = $1 AND waba_id = $2 AND tried_at = $4")
        .bind(tenant.as_str()).bind(waba_id).bind(now.0).bind(begun.0).execute(c).await.map(|_| ()))?;
    Ok(())
}

/// What is known of an account's templates is no longer true: whoever asks next reads them.
pub async fn outdate(tx: &mut Tx, tenant: &TenantId, waba_id: &str) -> Result<()> {
    on!(tx, c => sqlx::query(
        "UPDATE template_syncs SET synced_at = NULL, tried_at = NULL WHERE tenant_id = $1 AND waba_id = $2")
        .bind(tenant.as_str()).bind(waba_id).execute(c).await.map(|_| ()))?;
    Ok(())
}
