//! Facts of handoffs for reports. They are derived from the log by `domain::report`, and can be deleted at any time.

use sqlx::{FromRow, QueryBuilder};

use super::{
    Result, RowId, StoreError, Tx,
    db::{on, push_ids, slices},
};
use crate::domain::{
    ids::{AgentId, HandoffId, Seq, TenantId},
    report::facts::{EndedFact, FirstReplyFact, HandoffFact, Lasted, Replier, TriggerFact},
    time::{Span, Timestamp},
    variant_names::UnknownName,
};

/// A row; lists read it, too.
#[derive(FromRow)]
pub(super) struct RawFact {
    handoff_id: String,
    conversation_id: String,
    channel_id: String,
    begun_by: String,
    language: Option<String>,
    trigger_kind: String,
    keyword_id: Option<String>,
    flow: Option<String>,
    step: Option<String>,
    failure: Option<String>,
    trigger_agent_id: Option<String>,
    team_id: String,
    target: i64,
    requested_at: i64,
    requested_seq: i64,
    claimed_at: Option<i64>,
    claimed_by: Option<String>,
    first_reply_at: Option<i64>,
    first_reply_by: Option<String>,
    first_reply_agent_id: Option<String>,
    first_reply_message_id: Option<String>,
    released_at: Option<i64>,
    releases: i64,
    takeovers: i64,
    ended_at: Option<i64>,
    ended_seq: Option<i64>,
    end_reason: Option<String>,
    close_reason: Option<String>,
    outcome_id: Option<String>,
    owner_id: Option<String>,
    lost: bool,
    waiting: Option<i64>,
    open_waiting: Option<i64>,
    response: Option<i64>,
    open_response: Option<i64>,
    handling: Option<i64>,
    open_handling: Option<i64>,
    resolution: Option<i64>,
    open_resolution: Option<i64>,
}

/// The columns of a person who answers: the word, and the agent.
pub(super) fn replier_columns(by: &Replier) -> (&'static str, Option<&str>) {
    match by {
        Replier::Agent(agent) => ("agent", Some(agent.as_str())),
        Replier::Phone => ("phone", None),
    }
}

pub(super) fn replier(this: RowId<'_>, column: &str, word: &str, agent: Option<&str>) -> Result<Replier> {
    match word {
        "agent" => Ok(Replier::Agent(AgentId::from(this.present(column, agent)?))),
        "phone" => Ok(Replier::Phone),
        unknown => Err(this.unreadable(column, UnknownName(unknown.to_owned()))),
    }
}

fn lasted(raw: Option<i64>, open: Option<i64>) -> Option<Lasted> {
    raw.map(|raw| Lasted { raw: Span(raw), open: open.map(Span) })
}

impl TryFrom<RawFact> for HandoffFact {
    type Error = StoreError;
    fn try_from(row: RawFact) -> Result<Self> {
        let this = RowId::new("report_handoffs", &row.handoff_id);
        let first_reply = match row.first_reply_at {
            Some(at) => {
                let word = this.present("first_reply_by", row.first_reply_by.as_deref())?;
                let by = replier(this, "first_reply_by", word, row.first_reply_agent_id.as_deref())?;
                Some(FirstReplyFact { at: Timestamp(at), by, message: row.first_reply_message_id.map(Into::into) })
            }
            None => None,
        };
        let ended = match row.ended_at {
            Some(at) => Some(EndedFact {
                at: Timestamp(at),
                seq: Seq(this.present("ended_seq", row.ended_seq)?),
                end: this.variant("end_reason", this.present("end_reason", row.end_reason.as_deref())?)?,
                reason: this.variant_if("close_reason", row.close_reason.as_deref())?,
                outcome: row.outcome_id.map(Into::into),
                owner: row.owner_id.map(Into::into),
            }),
            None => None,
        };
        Ok(Self {
            begun_by: this.variant("begun_by", &row.begun_by)?,
            trigger: TriggerFact {
                kind: this.variant("trigger_kind", &row.trigger_kind)?,
                keyword: row.keyword_id.map(Into::into),
                flow: row.flow,
                step: row.step,
                failure: this.variant_if("failure", row.failure.as_deref())?,
                agent: row.trigger_agent_id.map(Into::into),
            },
            first_reply,
            ended,
            handoff: row.handoff_id.into(),
            conversation: row.conversation_id.into(),
            channel: row.channel_id.into(),
            language: row.language,
            team: row.team_id.into(),
            target: Span(row.target),
            requested_at: Timestamp(row.requested_at),
            requested_seq: Seq(row.requested_seq),
            claimed: row.claimed_by.zip(row.claimed_at).map(|(by, at)| (by.into(), Timestamp(at))),
            released_at: row.released_at.map(Timestamp),
            releases: row.releases,
            takeovers: row.takeovers,
            lost: row.lost,
            waiting: lasted(row.waiting, row.open_waiting),
            response: lasted(row.response, row.open_response),
            handling: lasted(row.handling, row.open_handling),
            resolution: lasted(row.resolution, row.open_resolution),
        })
    }
}

pub(super) const COLUMNS: &str = "SELECT handoff_id, conversation_id, channel_id, begun_by, language, trigger_kind, keyword_id, flow, \
     step, failure, trigger_agent_id, team_id, target, requested_at, requested_seq, claimed_at, claimed_by, first_reply_at, \
     first_reply_by, first_reply_agent_id, first_reply_message_id, released_at, releases, takeovers, ended_at, ended_seq, \
     end_reason, close_reason, outcome_id, owner_id, lost, waiting, open_waiting, response, open_response, handling, \
     open_handling, resolution, open_resolution FROM report_handoffs";

/// The facts of these handoffs. Unknown ones are left out.
pub async fn by_ids(tx: &mut Tx, tenant: &TenantId, ids: &[&HandoffId]) -> Result<Vec<HandoffFact>> {
    let mut found = Vec::with_capacity(ids.len());
    for slice in slices(ids) {
        let rows: Vec<RawFact> = on!(tx, c => {
            let mut query = QueryBuilder::new(COLUMNS);
            query.push(" WHERE ");
            push_ids(&mut query, tenant, "handoff_id", slice.iter().map(|id| id.as_str()));
            query.build_query_as().fetch_all(c).await
        })?;
        for row in rows {
            found.push(HandoffFact::try_from(row)?);
        }
    }
    Ok(found)
}

/// Inserts or updates facts. What a request says is not updated.
pub async fn save(tx: &mut Tx, tenant: &TenantId, facts: &[&HandoffFact]) -> Result<()> {
    for slice in slices(facts) {
        on!(tx, c => {
            let mut query = QueryBuilder::new(
                "INSERT INTO report_handoffs (handoff_id, tenant_id, conversation_id, channel_id, begun_by, language,
                    trigger_kind, keyword_id, flow, step, failure, trigger_agent_id, team_id, target, requested_at,
                    requested_seq, claimed_at, claimed_by, first_reply_at, first_reply_by, first_reply_agent_id,
                    first_reply_message_id, released_at, releases, takeovers, ended_at, ended_seq, end_reason, close_reason,
                    outcome_id, owner_id, lost, waiting, open_waiting, response, open_response, handling, open_handling,
                    resolution, open_resolution) ");
            query.push_values(slice, |mut row, fact| {
                let (trigger, claimed) = (&fact.trigger, fact.claimed.as_ref());
                let (reply, ended) = (fact.first_reply.as_ref(), fact.ended.as_ref());
                let reply_by = reply.map(|reply| replier_columns(&reply.by));
                row.push_bind(fact.handoff.as_str()).push_bind(tenant.as_str()).push_bind(fact.conversation.as_str())
                    .push_bind(fact.channel.as_str()).push_bind(fact.begun_by.as_str()).push_bind(fact.language.as_deref())
                    .push_bind(trigger.kind.as_str()).push_bind(trigger.keyword.as_ref().map(|keyword| keyword.as_str()))
                    .push_bind(trigger.flow.as_deref()).push_bind(trigger.step.as_deref())
                    .push_bind(trigger.failure.map(|failure| failure.as_str()))
                    .push_bind(trigger.agent.as_ref().map(|agent| agent.as_str())).push_bind(fact.team.as_str())
                    .push_bind(fact.target.0).push_bind(fact.requested_at.0).push_bind(fact.requested_seq.0)
                    .push_bind(claimed.map(|(_, at)| at.0)).push_bind(claimed.map(|(by, _)| by.as_str()))
                    .push_bind(reply.map(|reply| reply.at.0)).push_bind(reply_by.map(|(word, _)| word))
                    .push_bind(reply_by.and_then(|(_, agent)| agent))
                    .push_bind(reply.and_then(|reply| reply.message.as_ref()).map(|message| message.as_str()))
                    .push_bind(fact.released_at.map(|at| at.0)).push_bind(fact.releases).push_bind(fact.takeovers).push_bind(ended.map(|ended| ended.at.0))
                    .push_bind(ended.map(|ended| ended.seq.0)).push_bind(ended.map(|ended| ended.end.as_str()))
                    .push_bind(ended.and_then(|ended| ended.reason).map(|reason| reason.as_str()))
                    .push_bind(ended.and_then(|ended| ended.outcome.as_ref()).map(|outcome| outcome.as_str()))
                    .push_bind(ended.and_then(|ended| ended.owner.as_ref()).map(|owner| owner.as_str()))
                    .push_bind(fact.lost);
                for lasted in [fact.waiting, fact.response, fact.handling, fact.resolution] {
                    row.push_bind(lasted.map(|lasted| lasted.raw.0));
                    row.push_bind(lasted.and_then(|lasted| lasted.open).map(|open| open.0));
                }
            });
            query.push(
                " ON CONFLICT (handoff_id) DO UPDATE SET language = excluded.language, claimed_at = excluded.claimed_at,
                    claimed_by = excluded.claimed_by, first_reply_at = excluded.first_reply_at,
                    first_reply_by = excluded.first_reply_by, first_reply_agent_id = excluded.first_reply_agent_id,
                    first_reply_message_id = excluded.first_reply_message_id, released_at = excluded.released_at,
                    releases = excluded.releases, takeovers = excluded.takeovers, ended_at = excluded.ended_at,
                    ended_seq = excluded.ended_seq, end_reason = excluded.end_reason, close_reason = excluded.close_reason,
                    outcome_id = excluded.outcome_id, owner_id = excluded.owner_id, lost = excluded.lost,
                    waiting = excluded.waiting, open_waiting = excluded.open_waiting, response = excluded.response,
                    open_response = excluded.open_response, handling = excluded.handling,
                    open_handling = excluded.open_handling, resolution = excluded.resolution,
                    open_resolution = excluded.open_resolution");
            query.build().execute(c).await.map(|_| ())
        })?;
    }
    Ok(())
}

/// Deletes up to `limit` facts of a tenant. Returns how many.
pub async fn delete_some(tx: &mut Tx, tenant: &TenantId, limit: i64) -> Result<u64> {
    Ok(on!(tx, c => sqlx::query(
        "DELETE FROM report_handoffs WHERE handoff_id IN (
            SELECT handoff_id FROM report_handoffs WHERE tenant_id = $1 ORDER BY requested_at LIMIT $2)")
        .bind(tenant.as_str()).bind(limit).execute(c).await.map(|done| done.rows_affected()))?)
}
