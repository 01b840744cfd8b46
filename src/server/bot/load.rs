//! Loads what a turn needs, in one read transaction.

use std::{collections::BTreeMap, sync::Arc};

use super::{
    Bot,
    turn_rows::{Asked, TurnRows, WithModel},
};
use crate::{
    domain::{
        bot::{FlowRun, LiveFlow, TappedMessage, Turn, TurnCustomer},
        conversation::State,
        flow::run::Position,
        ids::{ChannelId, ConversationId, FlowId, MessageId, TenantId},
        keyword::Matcher,
        message::{Author, Content},
        model::ModelSettings,
        settings::TenantSettings,
        time::Timestamp,
    },
    server::{
        conversations::{ConversationError, Result},
        store::{
            Tx,
            channels::{self, ChannelRow},
            conversations, customers,
            flow_runs::{self, FlowRunRow},
            flows, handoffs,
            messages::{self, MessageRow},
            models, tenants,
        },
    },
};

impl Bot {
    /// The turn for a message; `None` if an agent has the conversation, it is closed, or its customer is blocked.
    pub async fn turn(
        &self,
        tenant: &TenantId,
        conversation: &ConversationId,
        message: &MessageId,
    ) -> Result<Option<Turn>> {
        let mut tx = self.conversations.db.begin_read().await?;
        let tenant_data = self.tenant_data(&mut tx, tenant).await?;
        self.load_turn(&mut tx, tenant, (conversation, Some(message)), &tenant_data).await
    }

    /// A turn without a message: a response arrived, or a wait is over.
    pub async fn next_turn(&self, tenant: &TenantId, conversation: &ConversationId) -> Result<Option<Turn>> {
        let mut tx = self.conversations.db.begin_read().await?;
        let tenant_data = self.tenant_data(&mut tx, tenant).await?;
        self.load_turn(&mut tx, tenant, (conversation, None), &tenant_data).await
    }

    /// As [`Self::turn`], with the rules that requested an agent for the message before.
    pub async fn reread_turn(
        &self,
        tenant: &TenantId,
        conversation: &ConversationId,
        message: &MessageId,
    ) -> Result<Option<Turn>> {
        let mut tx = self.conversations.db.begin_read().await?;
        let tenant_data = self.tenant_data(&mut tx, tenant).await?;
        let turn = self.load_turn(&mut tx, tenant, (conversation, Some(message)), &tenant_data).await?;
        let Some(mut turn) = turn else { return Ok(None) };
        let about = handoffs::of(&mut tx, tenant, conversation).await?.into_iter().map(|past| past.handoff);
        turn.fired = about
            .filter(|handoff| handoff.message.as_ref() == Some(message))
            .filter_map(|handoff| handoff.trigger.keyword().cloned())
            .collect();
        Ok(Some(turn))
    }

    /// As [`Self::turn`], for several conversations of one tenant in one read transaction.
    pub async fn turns(&self, tenant: &TenantId, asked: &[(ConversationId, MessageId)]) -> Result<Vec<Option<Turn>>> {
        let mut tx = self.conversations.db.begin_read().await?;
        let tenant_data = self.tenant_data(&mut tx, tenant).await?;
        let asked: Vec<Asked<'_>> = asked.iter().map(|(id, message)| (id, Some(message))).collect();
        let mut rows = TurnRows::read(&mut tx, tenant, &asked, tenant_data.model_kind()).await?;
        let mut turns = Vec::with_capacity(asked.len());
        for asked in asked {
            turns.push(self.make_turn(&mut tx, tenant, asked, &tenant_data, &mut rows).await?);
        }
        Ok(turns)
    }

    /// A turn with only what an escalation needs, for a conversation whose full turn cannot be loaded.
    pub async fn bare_turn(
        &self,
        tenant: &TenantId,
        conversation: &ConversationId,
        message: Option<&MessageId>,
    ) -> Result<Option<Turn>> {
        let mut tx = self.conversations.db.begin_read().await?;
        let record = tenants::find(&mut tx, tenant).await?.ok_or(ConversationError::NotFound)?;
        let Some(stored) = conversations::load(&mut tx, tenant, conversation).await? else { return Ok(None) };
        let it = stored.conversation;
        let customer = customers::find(&mut tx, tenant, &it.customer).await?;
        if it.state != State::Bot || customer.is_some_and(|customer| customer.blocked) {
            return Ok(None);
        }
        let revision = flow_runs::revisions(&mut tx, tenant, &[conversation]).await?.remove(conversation);
        let run = revision.map(|revision| FlowRun {
            id: FlowId::from(""),
            version: 0,
            position: Position::Start,
            revision,
            auto_steps: 0,
            moved_at: Timestamp(0),
            flow: None,
        });
        Ok(Some(Turn {
            tenant: tenant.clone(),
            tenant_name: record.name,
            conversation: it.id,
            channel: it.channel,
            channel_name: String::new(),
            message: message.or(it.last_turn.as_ref()).cloned(),
            seen: it.last_turn,
            epoch: it.epoch,
            content: None,
            sent_at: Timestamp(0),
            tapped: None,
            referral: None,
            ad: String::new(),
            is_first: false,
            is_newest: true,
            last_words: String::new(),
            unreadable_text_sent: false,
            customer: TurnCustomer::default(),
            settings: record.settings,
            keywords: Matcher::none().clone(),
            fired: Vec::new(),
            live: Arc::new([]),
            run,
            variables: BTreeMap::new(),
            model: None,
        }))
    }

    async fn tenant_data(&self, tx: &mut Tx, tenant: &TenantId) -> Result<TenantData> {
        let record = tenants::find(tx, tenant).await?.ok_or(ConversationError::NotFound)?;
        let mut live = Vec::new();
        for (id, version) in flows::live_versions(tx, tenant).await? {
            live.extend(self.flow_cache.live(tx, tenant, &id, version).await?);
        }
        Ok(TenantData {
            name: record.name,
            channels: channels::list(tx, tenant)
                .await?
                .into_iter()
                .map(|row| (row.id.clone(), channel_label(row)))
                .collect(),
            settings: record.settings,
            keywords: self.matchers.of(tx, tenant).await?,
            live: live.into(),
            model: models::find(tx, tenant).await?.map(|row| row.settings).filter(|it| it.enabled).map(Arc::new),
        })
    }

    async fn load_turn(
        &self,
        tx: &mut Tx,
        tenant: &TenantId,
        asked: Asked<'_>,
        tenant_data: &TenantData,
    ) -> Result<Option<Turn>> {
        let mut rows = TurnRows::read(tx, tenant, &[asked], tenant_data.model_kind()).await?;
        self.make_turn(tx, tenant, asked, tenant_data, &mut rows).await
    }

    /// A turn of the rows that were read for it.
    async fn make_turn(
        &self,
        tx: &mut Tx,
        tenant: &TenantId,
        (conversation, message): Asked<'_>,
        tenant_data: &TenantData,
        rows: &mut TurnRows,
    ) -> Result<Option<Turn>> {
        let Some(it) = rows.conversations.remove(conversation) else { return Ok(None) };
        let newest = message.or(it.last_turn.as_ref()).cloned();
        let record = newest.as_ref().and_then(|newest| rows.messages.remove(newest));
        if message.is_some() && record.is_none() {
            return Ok(None);
        }
        let last_words = record
            .as_ref()
            .map(|record| record.content.text().map_or_else(|| record.content.preview(), ToOwned::to_owned))
            .unwrap_or_default();
        let tapped = match &record {
            Some(record) => tapped_message(tx, tenant, record).await?,
            None => None,
        };
        let sent_at = record.as_ref().map_or(Timestamp(0), |record| record.written_at);
        let (content, referral) = match (message, record) {
            (Some(_), Some(record)) => (Some(record.content), record.referral),
            _ => (None, None),
        };
        let unreadable_text_sent = match (&tenant_data.model, &content) {
            (Some(model), Some(content)) if content.text().is_none() => {
                was_sent(tx, tenant, conversation, &model.unreadable).await?
            }
            _ => false,
        };
        let customer = rows.customers.get(&it.customer);
        if customer.is_some_and(|customer| customer.blocked) {
            return Ok(None);
        }
        let customer = customer.map(|customer| TurnCustomer {
            name: customer.name.clone(),
            phone: customer.wa_id.as_ref().map(|digits| format!("+{digits}")).unwrap_or_default(),
            language: customer.language.clone(),
        });
        let run = match rows.runs.remove(conversation) {
            Some(run) => {
                let flow = self.flow_cache.version(tx, tenant, &run.flow, run.version).await?;
                let FlowRunRow { flow: id, version, position, revision, auto_steps, moved_at } = run;
                Some(FlowRun { id, version, position, revision, auto_steps, moved_at, flow })
            }
            None => None,
        };
        let oldest = rows.oldest.remove(conversation);
        let is_newest = [it.last_turn.as_ref(), it.last_item.as_ref()].contains(&newest.as_ref());
        let is_first = message.is_some() && oldest.as_ref().map(|(id, _)| id) == message;
        let came_by = referral.as_ref().or(oldest.as_ref().and_then(|(_, referral)| referral.as_ref()));
        let ad = came_by.and_then(|referral| referral.headline.clone()).unwrap_or_default();
        let variables = rows.variables.remove(conversation).unwrap_or_default();
        Ok(Some(Turn {
            tenant: tenant.clone(),
            tenant_name: tenant_data.name.clone(),
            channel_name: tenant_data.channels.get(&it.channel).cloned().unwrap_or_default(),
            conversation: it.id,
            channel: it.channel,
            seen: newest.clone(),
            message: newest,
            epoch: it.epoch,
            content,
            sent_at,
            tapped,
            referral,
            ad,
            is_first,
            is_newest,
            last_words,
            unreadable_text_sent,
            customer: customer.unwrap_or_default(),
            settings: tenant_data.settings.clone(),
            keywords: tenant_data.keywords.clone(),
            fired: Vec::new(),
            live: tenant_data.live.clone(),
            run,
            variables,
            model: tenant_data.model.clone(),
        }))
    }
}

/// How many messages `was_sent` searches. After more pictures in a row the notice is sent again.
const NOTICE_SEARCH_LIMIT: i64 = 20;

/// Whether the bot sent `words` since the customer's last message with text.
async fn was_sent(tx: &mut Tx, tenant: &TenantId, conversation: &ConversationId, text: &str) -> Result<bool> {
    let newest_first = messages::page(tx, tenant, conversation, None, NOTICE_SEARCH_LIMIT).await?;
    let since = newest_first.into_iter().take_while(|it| !it.author.is_customer() || it.content.text().is_none());
    let is_notice = |content: &Content| matches!(content, Content::Text { body } if body.trim() == text.trim());
    Ok(since.into_iter().any(|it| it.author == Author::Bot && is_notice(&it.content)))
}

/// The message that a tap belongs to; `None` for other messages, and if it is not ours.
async fn tapped_message(tx: &mut Tx, tenant: &TenantId, record: &MessageRow) -> Result<Option<TappedMessage>> {
    let (Some(_), Some(quote)) = (record.content.payload(), &record.quote) else { return Ok(None) };
    let tapped = messages::named(tx, tenant, &record.channel, &record.conversation, quote).await?;
    let body = |content: &Content| {
        if let Content::InteractiveSent(message) = content {
            return message.body().to_owned();
        }
        if let Content::TemplateSent(message) = content {
            return message.preview.body.clone();
        }
        content.text().unwrap_or_default().to_owned()
    };
    Ok(tapped.map(|tapped| {
        let body = body(&tapped.content);
        TappedMessage { author: tapped.author, at: tapped.at, body }
    }))
}

/// What all turns of a tenant share.
struct TenantData {
    name: String,
    /// The names of its numbers, as people see them.
    channels: BTreeMap<ChannelId, String>,
    settings: TenantSettings,
    keywords: Matcher,
    live: Arc<[LiveFlow]>,
    model: Option<Arc<ModelSettings>>,
}

impl TenantData {
    fn model_kind(&self) -> WithModel {
        if self.model.is_some() { WithModel::Yes } else { WithModel::No }
    }
}

fn channel_label(channel: ChannelRow) -> String {
    if channel.name.trim().is_empty() { channel.display_phone } else { channel.name }
}
