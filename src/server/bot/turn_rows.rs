//! What the tables hold about the turns that are loaded together: each table is read once.

use std::collections::{BTreeMap, HashMap};

use crate::{
    domain::{
        conversation::{Conversation, State},
        ids::{ConversationId, CustomerId, MessageId, TenantId},
        message::Referral,
    },
    server::{
        conversations::Result,
        store::{
            Tx, conversations,
            customers::{self, CustomerRow},
            facts,
            flow_runs::{self, FlowRunRow},
            messages::{self, MessageRow},
        },
    },
};

/// The conversation of a turn, and its message; `None`: a response arrived, or a wait is over.
pub(super) type Asked<'a> = (&'a ConversationId, Option<&'a MessageId>);

/// Conversations that the bot does not have are left out, with all that is about them.
#[derive(Default)]
pub(super) struct TurnRows {
    pub(super) conversations: HashMap<ConversationId, Conversation>,
    pub(super) messages: HashMap<MessageId, MessageRow>,
    pub(super) customers: HashMap<CustomerId, CustomerRow>,
    pub(super) runs: HashMap<ConversationId, FlowRunRow>,
    /// The customer's first message of each conversation whose turn needs it, and the ad from which they came.
    pub(super) oldest: HashMap<ConversationId, (MessageId, Option<Referral>)>,
    /// The variables of conversations in a flow, and of all if the tenant has a model.
    pub(super) variables: HashMap<ConversationId, BTreeMap<String, String>>,
}

impl TurnRows {
    pub(super) async fn read(tx: &mut Tx, tenant: &TenantId, asked: &[Asked<'_>], model: WithModel) -> Result<Self> {
        let mut rows = Self::default();
        let ids: Vec<&ConversationId> = asked.iter().map(|(id, _)| *id).collect();
        for stored in conversations::load_all(tx, tenant, &ids).await? {
            if stored.conversation.state == State::Bot {
                rows.conversations.insert(stored.conversation.id.clone(), stored.conversation);
            }
        }
        let mut newest = Vec::with_capacity(asked.len());
        let mut customer_ids = Vec::with_capacity(asked.len());
        for (id, message) in asked {
            let Some(it) = rows.conversations.get(*id) else { continue };
            newest.extend(message.or(it.last_turn.as_ref()));
            customer_ids.push(it.customer.as_str());
        }
        let found = messages::by_ids(tx, tenant, &newest).await?;
        let customers = customers::by_ids(tx, tenant, &customer_ids).await?;
        let ids: Vec<&ConversationId> = ids.into_iter().filter(|id| rows.conversations.contains_key(*id)).collect();
        rows.runs = flow_runs::find_all(tx, tenant, &ids).await?;
        // Only a running flow needs to know, in turns without a message, from which ad the customer came.
        let mut with_ad: Vec<&ConversationId> = Vec::with_capacity(asked.len());
        for (id, message) in asked {
            let needs_ad = message.is_some() || rows.runs.contains_key(*id);
            if needs_ad && rows.conversations.contains_key(*id) {
                with_ad.push(*id);
            }
        }
        rows.oldest = messages::oldest_inbound(tx, tenant, &with_ad).await?;
        // Variables can exist only if a flow runs or the tenant has a model.
        let with_variables: Vec<&ConversationId> =
            ids.into_iter().filter(|id| model == WithModel::Yes || rows.runs.contains_key(*id)).collect();
        for (id, row) in facts::variables_of_all(tx, tenant, &with_variables).await? {
            rows.variables.entry(id).or_default().insert(row.name, row.value);
        }
        rows.messages.extend(found.into_iter().map(|record| (record.id.clone(), record)));
        rows.customers.extend(customers.into_iter().map(|customer| (customer.id.clone(), customer)));
        Ok(rows)
    }
}

/// Whether the tenant has a model.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum WithModel {
    Yes,
    No,
}
