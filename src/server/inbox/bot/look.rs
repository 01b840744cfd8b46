//! What a turn needs, read in one view.

use std::{collections::BTreeMap, sync::Arc};

use super::{Live, Standing, Turn};
use crate::{
    domain::{
        conversation::State,
        handoff::HandoffEnd,
        ids::{ConversationId, MessageId, Seq, TenantId},
        keyword::Keyword,
        message::{Author, Content},
        model::ModelSettings,
        settings::Settings,
        time::Timestamp,
    },
    server::{
        inbox::{Inbox, InboxError, Result},
        store::{Tx, conversations, customers, facts, flows, handoffs, keywords, messages, models, runs, tenants},
    },
};

/// The customer as templates and models know them.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Customer {
    pub name: String,
    /// With its `+`; empty when WhatsApp hides it.
    pub phone: String,
    pub language: Option<String>,
}

/// The talk so far, for a language model.
#[derive(Clone, Debug)]
pub struct Lines {
    /// Oldest first.
    pub said: Vec<Said>,
    /// The newest message of the customer among them.
    pub seen: Option<(Timestamp, Seq)>,
    /// Answers of the bot since the last marker.
    pub answers: usize,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Said {
    Message {
        author: Author,
        content: Content,
    },
    /// A person came and went: how an earlier handoff ended.
    Person {
        reason: String,
        end: HandoffEnd,
    },
}

/// Messages a model is shown.
const RECENT: i64 = 40;

impl Inbox {
    /// The turn that a message asks for; `None` when a person has the conversation or it is over.
    pub async fn turn(
        &self,
        tenant: &TenantId,
        conversation: &ConversationId,
        message: &MessageId,
    ) -> Result<Option<Turn>> {
        let mut tx = self.db.begin_read().await?;
        let Some(rules) = self.rules(&mut tx, tenant).await? else { return Err(InboxError::NotFound) };
        self.look(&mut tx, tenant, conversation, Some(message), &rules).await
    }

    /// A turn that no message asks for: an answer came from elsewhere, a wait is over.
    pub async fn next_turn(&self, tenant: &TenantId, conversation: &ConversationId) -> Result<Option<Turn>> {
        let mut tx = self.db.begin_read().await?;
        let Some(rules) = self.rules(&mut tx, tenant).await? else { return Err(InboxError::NotFound) };
        self.look(&mut tx, tenant, conversation, None, &rules).await
    }

    /// As [`Self::turn`] for several of one tenant, in one view.
    pub async fn turns(&self, tenant: &TenantId, asked: &[(ConversationId, MessageId)]) -> Result<Vec<Option<Turn>>> {
        let mut tx = self.db.begin_read().await?;
        let Some(rules) = self.rules(&mut tx, tenant).await? else { return Err(InboxError::NotFound) };
        let mut turns = Vec::with_capacity(asked.len());
        for (conversation, message) in asked {
            turns.push(self.look(&mut tx, tenant, conversation, Some(message), &rules).await?);
        }
        Ok(turns)
    }

    /// The talk of a conversation as a model is told it.
    pub async fn lines(&self, tenant: &TenantId, conversation: &ConversationId) -> Result<Lines> {
        let mut tx = self.db.begin_read().await?;
        let records = messages::page(&mut tx, tenant, conversation, None, RECENT).await?;
        let mut placed: Vec<(Timestamp, Said)> = Vec::with_capacity(records.len());
        let mut seen = None;
        for record in records.into_iter().filter(|record| !record.revoked) {
            if record.author.is_customer() {
                seen = seen.max(Some((record.at, record.seq)));
            }
            placed.push((record.at, Said::Message { author: record.author, content: record.content }));
        }
        for past in handoffs::of(&mut tx, tenant, conversation).await? {
            if let (Some(at), Some(end)) = (past.ended_at, past.end) {
                let reason = match past.brief.reason.is_empty() {
                    true => past.handoff.trigger.sentence(),
                    false => past.brief.reason,
                };
                placed.push((at, Said::Person { reason, end }));
            }
        }
        placed.sort_by_key(|(at, _)| *at);
        let said: Vec<Said> = placed.into_iter().map(|(_, said)| said).collect();
        let answers = said
            .iter()
            .rev()
            .take_while(|said| matches!(said, Said::Message { .. }))
            .filter(|said| matches!(said, Said::Message { author: Author::Bot, .. }))
            .count();
        Ok(Lines { said, seen, answers })
    }

    async fn rules(&self, tx: &mut Tx, tenant: &TenantId) -> Result<Option<Rules>> {
        let Some(record) = tenants::find(tx, tenant).await? else { return Ok(None) };
        let mut live = Vec::new();
        for (id, version) in flows::live_versions(tx, tenant).await? {
            if let Some(flow) = self.shelf.version(tx, tenant, &id, version).await? {
                live.push(Live { id, version, flow });
            }
        }
        Ok(Some(Rules {
            name: record.name,
            settings: record.settings,
            keywords: keywords::list(tx, tenant).await?.into(),
            live: live.into(),
            model: models::find(tx, tenant).await?.map(|row| row.settings).filter(|it| it.enabled).map(Arc::new),
        }))
    }

    async fn look(
        &self,
        tx: &mut Tx,
        tenant: &TenantId,
        conversation: &ConversationId,
        message: Option<&MessageId>,
        rules: &Rules,
    ) -> Result<Option<Turn>> {
        let Some(stored) = conversations::load(tx, tenant, conversation).await? else { return Ok(None) };
        let it = stored.conversation;
        if it.state != State::Bot {
            return Ok(None);
        }
        let newest = message.or(it.last_turn.as_ref()).cloned();
        let record = match &newest {
            Some(newest) => messages::find(tx, tenant, newest).await?,
            None => None,
        };
        if message.is_some() && record.is_none() {
            return Ok(None);
        }
        let last_words = record
            .as_ref()
            .map(|record| record.content.words().map_or_else(|| record.content.preview(), ToOwned::to_owned))
            .unwrap_or_default();
        let (content, referral) = match (message, record) {
            (Some(_), Some(record)) => (Some(record.content), record.referral),
            _ => (None, None),
        };
        let is_first = match message {
            Some(message) => messages::oldest_inbound(tx, tenant, conversation).await?.as_ref() == Some(message),
            None => false,
        };
        let customer = customers::find(tx, tenant, &it.customer).await?.map(|customer| Customer {
            name: customer.name,
            phone: customer.wa_id.map(|digits| format!("+{digits}")).unwrap_or_default(),
            language: customer.language,
        });
        let run = match runs::find(tx, tenant, conversation).await? {
            Some(run) => {
                let flow = self.shelf.version(tx, tenant, &run.flow, run.version).await?;
                let runs::Run { flow: id, version, position, revision } = run;
                Some(Standing { id, version, position, revision, flow })
            }
            None => None,
        };
        let mut variables = BTreeMap::new();
        // What was never begun has collected nothing, unless a model did.
        if run.is_some() || rules.model.is_some() {
            for row in facts::variables(tx, tenant, conversation).await? {
                variables.insert(row.name, row.value);
            }
        }
        Ok(Some(Turn {
            tenant: tenant.clone(),
            tenant_name: rules.name.clone(),
            conversation: it.id,
            channel: it.channel,
            message: newest,
            epoch: it.epoch,
            content,
            referral,
            is_first,
            last_words,
            customer: customer.unwrap_or_default(),
            settings: rules.settings.clone(),
            keywords: rules.keywords.clone(),
            live: rules.live.clone(),
            run,
            variables,
            model: rules.model.clone(),
        }))
    }
}

/// What all turns of a tenant go by.
struct Rules {
    name: String,
    settings: Settings,
    keywords: Arc<[Keyword]>,
    live: Arc<[Live]>,
    model: Option<Arc<ModelSettings>>,
}
