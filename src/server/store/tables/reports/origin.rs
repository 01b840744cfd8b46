//! What the rows of reports have from their conversation and handoff: the columns, how the tables are joined, and how they
//! are read.

use sqlx::FromRow;

use super::super::{Result, RowId};
use crate::domain::report::{facts::TriggerFact, rows::Origin};

/// What rows have from their conversation and handoff.
#[derive(FromRow)]
pub(super) struct RawOrigin {
    of_channel: String,
    of_begun_by: String,
    of_language: Option<String>,
    of_trigger: Option<String>,
    of_keyword: Option<String>,
    of_flow: Option<String>,
    of_step: Option<String>,
    of_failure: Option<String>,
    of_agent: Option<String>,
    of_close_reason: Option<String>,
    of_outcome: Option<String>,
}

/// The columns of [`RawOrigin`] that are those of the conversation `k` and of a handoff `h`.
pub(super) const ORIGIN: &str = "k.channel_id AS of_channel, k.begun_by AS of_begun_by, k.language AS of_language, \
     h.trigger_kind AS of_trigger, h.keyword_id AS of_keyword, h.flow AS of_flow, h.step AS of_step, \
     h.failure AS of_failure, h.trigger_agent_id AS of_agent";
/// How the handoff ended.
pub(super) const END: &str = "h.close_reason AS of_close_reason, h.outcome_id AS of_outcome";
/// The handoff of a row `x`, and the conversation, which [`OF_ROW`] finds. SQLite takes the tables of a cross join in this
/// order, so an index of the row is used.
pub(super) const JOINS: &str = "CROSS JOIN report_conversations k \
     LEFT JOIN report_handoffs h ON h.handoff_id = x.handoff_id AND h.tenant_id = x.tenant_id";
pub(super) const OF_ROW: &str = "k.conversation_id = x.conversation_id AND k.tenant_id = x.tenant_id";

impl RawOrigin {
    pub(super) fn read(self, this: RowId<'_>) -> Result<Origin> {
        let trigger = match this.variant_if("trigger_kind", self.of_trigger.as_deref())? {
            Some(kind) => Some(TriggerFact {
                kind,
                keyword: self.of_keyword.map(Into::into),
                flow: self.of_flow,
                step: self.of_step,
                failure: this.variant_if("failure", self.of_failure.as_deref())?,
                agent: self.of_agent.map(Into::into),
            }),
            None => None,
        };
        Ok(Origin {
            begun_by: this.variant("begun_by", &self.of_begun_by)?,
            close_reason: this.variant_if("close_reason", self.of_close_reason.as_deref())?,
            channel: self.of_channel.into(),
            language: self.of_language,
            trigger,
            reason: None,
            outcome: self.of_outcome.map(Into::into),
            left_out: false,
        })
    }
}
