//! A company with a past: its facts and its log of the last four weeks, inserted by SQL with the values that the server would
//! write. Deriving the facts of ten million messages from the log would take hours.
//!
//! A quarter of the conversations has a handoff: by a keyword, a flow, the language model or a failure. Each has five messages
//! of the customer and five answers, four of them by an agent where there is one.

use handoff::{
    domain::{
        access::Role,
        ids::{ChannelId, OutcomeId, TenantId},
    },
    server::{
        accounts::{Agent, CallerDevice},
        store::{channels, tenants},
    },
};
use sqlx::Connection;

use super::{Failure, business::Business, numbers::wall_micros, pages::open, stage::Stage};

const NUMBERS: usize = 4;
const AGENTS: usize = 20;
const OUTCOMES: usize = 5;
const PASSWORD: &str = "a-bench-password";
/// The number of the first conversation. The entries before are those of the people and numbers.
const FIRST: i64 = 1_000;

pub struct Past {
    pub tenant: TenantId,
    pub admin: Agent,
    /// The value of the admin's cookie header.
    pub cookie: String,
    pub channel: ChannelId,
    pub outcome: OutcomeId,
    /// When it was made: everything happened before.
    pub now: i64,
    team: String,
    conversations: i64,
}

/// Of a statement about the conversations `$1..$2`: the tenant `$3`, the time `$4` and the team `$5`. Each conversation has
/// its own second of the last 28 days. What it has is decided by the higher bits of a hash.
const PLAN: &str = "WITH RECURSIVE n(i) AS (SELECT $1 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < $2),
    hashed AS (SELECT i, ((i * 2654435761) % 4294967296) >> 7 AS h, $4 - 3600000 - 1000 * ((i * 48271) % 2400000) AS at FROM n),
    drawn AS (SELECT i, at, h % 4 AS channel, h / 4 % 5 AS language, h / 20 % 20 AS agent, h / 400 % 10 AS why,
        h / 4000 % 5 AS outcome, 1000 * (h / 20000 % 600) AS took, i % 4 = 0 AS asked FROM hashed),
    c AS (SELECT i, at, took, asked, printf('cnv_%026d', i) AS conversation, printf('hof_%026d', i) AS handoff,
        ch.id AS channel, la.id AS language, ag.id AS agent, oc.id AS outcome, w.trigger_kind, w.keyword_id, w.flow, w.step,
        w.failure, at + 300000 AS requested_at, at + 310000 + took AS claimed_at, at + 340000 + 2 * took AS replied_at,
        at + 900000 + 4 * took AS closed_at, $3 AS tenant, $5 AS team
        FROM drawn JOIN bench_names ch ON ch.list = 'channel' AND ch.nth = drawn.channel
        JOIN bench_names la ON la.list = 'language' AND la.nth = drawn.language
        JOIN bench_names ag ON ag.list = 'agent' AND ag.nth = drawn.agent
        JOIN bench_names oc ON oc.list = 'outcome' AND oc.nth = drawn.outcome
        JOIN bench_why w ON w.nth = drawn.why)";

/// What follows the plan in each statement. An entry of a conversation is numbered from 32 times its number on.
const STATEMENTS: [&str; 8] = [
    "INSERT INTO report_conversations (conversation_id, tenant_id, channel_id, started_at, begun_by, language, bot_took_part,
        bot_turns, customer_messages, handoffs, first_handoff_id, first_handoff_at, closed_at, close_reason, outcome_id,
        handoff_id, closing_seq, turn_answered)
     SELECT conversation, tenant, channel, at, 'customer', language, TRUE, 1, 5, asked, CASE WHEN asked THEN handoff END,
        CASE WHEN asked THEN requested_at END, closed_at, CASE WHEN asked THEN 'done' ELSE 'bot' END,
        CASE WHEN asked THEN outcome END, CASE WHEN asked THEN handoff END, i * 32 + 14, TRUE FROM c",
    "INSERT INTO report_handoffs (handoff_id, tenant_id, conversation_id, channel_id, begun_by, language, trigger_kind,
        keyword_id, flow, step, failure, team_id, target, requested_at, requested_seq, claimed_at, claimed_by, first_reply_at,
        first_reply_by, first_reply_agent_id, first_reply_message_id, releases, takeovers, ended_at, ended_seq, end_reason,
        close_reason, outcome_id, owner_id, lost, waiting, response, handling, resolution)
     SELECT handoff, tenant, conversation, channel, 'customer', language, trigger_kind, keyword_id, flow, step, failure, team,
        300000, requested_at, i * 32 + 11, claimed_at, agent, replied_at, 'agent', agent, printf('msg_%025d6', i), 0, 0,
        closed_at, i * 32 + 14, 'closed', 'done', outcome, agent, FALSE, claimed_at - requested_at, replied_at - requested_at,
        closed_at - claimed_at, closed_at - requested_at FROM c WHERE asked",
    "INSERT INTO report_waits (tenant_id, seq, conversation_id, handoff_id, channel_id, since, target, ended_at, end_reason,
        message_id, answered_by, agent_id, wait)
     SELECT tenant, i * 32 + 15 + nth, conversation, handoff, channel, replied_at + nth * 60000, 300000,
        replied_at + nth * 60000 + took, 'answered', printf('msg_%025d', i) || (7 + nth), 'agent', agent, took
     FROM c JOIN bench_names answers ON answers.list = 'answer' AND answers.nth < 2 WHERE asked",
    "INSERT INTO report_stints (tenant_id, seq, conversation_id, handoff_id, channel_id, agent_id, began_at, began_by, ended_at,
        ended_by)
     SELECT tenant, i * 32 + 12, conversation, handoff, channel, agent, claimed_at, 'claimed', closed_at, 'closed'
     FROM c WHERE asked",
    "INSERT INTO report_closings (tenant_id, seq, conversation_id, channel_id, handoff_id, at, reason, agent_id, bot_alone,
        outcome_id)
     SELECT tenant, i * 32 + 14, conversation, channel, CASE WHEN asked THEN handoff END, closed_at,
        CASE WHEN asked THEN 'done' ELSE 'bot' END, CASE WHEN asked THEN agent END, NOT asked,
        CASE WHEN asked THEN outcome END FROM c",
    "INSERT INTO report_messages (tenant_id, message_id, piece, conversation_id, channel_id, handoff_id, author, agent_id, kind,
        queued_at, sent_at)
     SELECT tenant, printf('msg_%025d', i) || (5 + nth), 0, conversation, channel,
        CASE WHEN asked AND nth > 0 THEN handoff END, CASE WHEN asked AND nth > 0 THEN 'agent' ELSE 'bot' END,
        CASE WHEN asked AND nth > 0 THEN agent END, 'text', at + 60000 * nth, at + 60000 * nth + 1000
     FROM c JOIN bench_names answers ON answers.list = 'answer'",
    // Ten messages: what the customer wrote, and the answers.
    r#"INSERT INTO entries (tenant_id, seq, at, actor, conversation_id, name, event)
     SELECT tenant, i * 32 + 1 + nth, at + 30000 * nth, CASE WHEN nth < 5 THEN '{"actor":"customer"}' ELSE '{"actor":"bot"}' END,
        conversation, CASE WHEN nth < 5 THEN 'customer_wrote' ELSE 'queued' END,
        CASE WHEN nth < 5 THEN json_object('event', 'customer_wrote', 'message', printf('msg_%025d', i) || nth, 'kind', 'text',
            'turn', json('true'), 'unread', json('true'), 'at', at + 30000 * nth, 'late', json('false'),
            'digest', printf('%064d', i))
        ELSE json_object('event', 'queued', 'message', printf('msg_%025d', i) || nth, 'author', json('{"by":"bot"}'), 'kind',
            'text', 'digest', printf('%064d', i)) END
     FROM c JOIN bench_names messages ON messages.list = 'message'"#,
    // The beginning, the request, the claim, the first reply, and the end.
    r#"INSERT INTO entries (tenant_id, seq, at, actor, conversation_id, name, event)
     SELECT tenant, i * 32 + k.seq, CASE k.seq WHEN 0 THEN at WHEN 11 THEN requested_at WHEN 12 THEN claimed_at
            WHEN 13 THEN replied_at ELSE closed_at END, '{"actor":"bot"}', conversation, k.name,
        CASE k.seq WHEN 0 THEN json_object('event', k.name, 'channel', channel, 'customer', printf('cus_%026d', i),
                'previous', NULL)
            WHEN 11 THEN json_object('event', k.name, 'handoff', handoff, 'trigger', json_object('trigger', trigger_kind,
                'keyword', keyword_id, 'phrase', 'human'), 'message', NULL, 'team', team, 'target', 300000)
            WHEN 12 THEN json_object('event', k.name, 'handoff', handoff, 'agent', agent, 'waited', claimed_at - requested_at)
            WHEN 13 THEN json_object('event', k.name, 'handoff', handoff, 'message', printf('msg_%025d6', i),
                'by', json_object('by', 'agent', 'id', agent), 'after', replied_at - requested_at)
            ELSE json_object('event', k.name, 'reason', CASE WHEN asked THEN 'done' ELSE 'bot' END, 'handoff',
                CASE WHEN asked THEN handoff END, 'outcome', CASE WHEN asked THEN outcome END) END
     FROM c JOIN (SELECT 0 AS seq, 'started' AS name UNION ALL SELECT 11, 'handed_off' UNION ALL SELECT 12, 'claimed'
        UNION ALL SELECT 13, 'first_reply_sent' UNION ALL SELECT 14, 'closed') k ON asked OR k.seq IN (0, 14)"#,
];

/// How long the log is, and that all of it is in the facts.
const REACHED: [&str; 2] = [
    "UPDATE tenants SET last_seq = $2 * 32 WHERE id = $1",
    "INSERT INTO report_progress (tenant_id, seq, at, clearing) VALUES ($1, $2 * 32, $3, FALSE)
     ON CONFLICT (tenant_id) DO UPDATE SET seq = excluded.seq, at = excluded.at",
];

const TRIGGERS: &str = "INSERT INTO bench_why (nth, trigger_kind, keyword_id, flow, step, failure) VALUES
    (0, 'keyword', 'kwd_bench_0', NULL, NULL, NULL), (1, 'keyword', 'kwd_bench_1', NULL, NULL, NULL),
    (2, 'keyword', 'kwd_bench_2', NULL, NULL, NULL), (3, 'keyword', 'kwd_bench_0', NULL, NULL, NULL),
    (4, 'flow', NULL, 'Orders', 'ask', NULL), (5, 'flow', NULL, 'Orders', 'end', NULL),
    (6, 'flow', NULL, 'Returns', 'ask', NULL), (7, 'model', NULL, NULL, NULL, NULL), (8, 'model', NULL, NULL, NULL, NULL),
    (9, 'failure', NULL, NULL, NULL, 'no_answer')";

impl Past {
    /// A company without any.
    pub async fn begin(stage: &Stage) -> Result<Self, Failure> {
        let Business { tenant, .. } = Business::open(stage, "past", NUMBERS).await?;
        let accounts = &stage.services.accounts;
        let mut agents = Vec::new();
        for nth in 0..AGENTS {
            let (email, name) = (format!("past{nth}@bench.test"), format!("Agent {nth}"));
            let role = if nth == 0 { Role::Admin } else { Role::Agent };
            agents.push(accounts.create(&tenant, &email, &name, role, PASSWORD.to_owned()).await?.to_string());
        }
        let signed_in =
            accounts.sign_in("past0@bench.test", PASSWORD.to_owned(), &CallerDevice::default(), None).await?;
        let admin = accounts.signed_in(&signed_in.token).await?.ok_or("the session is not there")?;
        let mut tx = stage.services.db.begin_read().await?;
        let numbers = channels::list(&mut tx, &tenant).await?;
        let team = tenants::default_team(&mut tx, &tenant).await?.ok_or("the tenant has no team")?.to_string();
        tx.rollback().await?;
        let channels: Vec<String> = numbers.iter().map(|number| number.id.to_string()).collect();
        let outcomes: Vec<String> = (0..OUTCOMES).map(|nth| format!("otc_bench_{nth}")).collect();
        let past = Self {
            cookie: format!("handoff={}", signed_in.token),
            channel: channels[0].as_str().into(),
            outcome: outcomes[0].as_str().into(),
            now: wall_micros() / 1_000,
            conversations: 0,
            team,
            tenant,
            admin,
        };
        let mut connection = open(stage).await?;
        for statement in [
            "CREATE TABLE bench_names (list TEXT NOT NULL, nth INTEGER NOT NULL, id TEXT NOT NULL,
                PRIMARY KEY (list, nth))",
            "CREATE TABLE bench_why (nth INTEGER PRIMARY KEY, trigger_kind TEXT, keyword_id TEXT, flow TEXT, step TEXT,
                failure TEXT)",
            TRIGGERS,
        ] {
            sqlx::query(statement).execute(&mut connection).await?;
        }
        let texts = |texts: &[&str]| texts.iter().map(|text| (*text).to_owned()).collect::<Vec<String>>();
        let counted = |count: usize| (0..count).map(|nth| nth.to_string()).collect::<Vec<String>>();
        for (list, ids) in [
            ("channel", channels),
            ("language", texts(&["de", "en", "es", "fr", "pl"])),
            ("agent", agents),
            ("outcome", outcomes.clone()),
            ("answer", counted(5)),
            ("message", counted(10)),
        ] {
            for (nth, id) in (0_i64..).zip(ids) {
                let insert = sqlx::query("INSERT INTO bench_names (list, nth, id) VALUES ($1, $2, $3)");
                insert.bind(list).bind(nth).bind(id).execute(&mut connection).await?;
            }
        }
        for (position, id) in (0_i64..).zip(outcomes) {
            let insert = sqlx::query(
                "INSERT INTO outcomes (id, tenant_id, position, name, archived) VALUES ($1, $2, $3, $1, FALSE)",
            );
            insert.bind(id).bind(past.tenant.as_str()).bind(position).execute(&mut connection).await?;
        }
        connection.close().await?;
        Ok(past)
    }

    /// Adds conversations until there are `count`.
    pub async fn fill(&mut self, stage: &Stage, count: i64) -> Result<(), Failure> {
        let mut connection = open(stage).await?;
        let mut tx = connection.begin_with("BEGIN IMMEDIATE").await?;
        for statement in STATEMENTS {
            // The plan follows the table's name, where SQLite expects it.
            let (insert, select) = statement.split_once("SELECT").ok_or("a statement without rows")?;
            sqlx::query(sqlx::AssertSqlSafe(format!("{insert} {PLAN} SELECT {select}")))
                .bind(FIRST + self.conversations)
                .bind(FIRST + count)
                .bind(self.tenant.as_str())
                .bind(self.now)
                .bind(self.team.as_str())
                .execute(&mut *tx)
                .await?;
        }
        for statement in REACHED {
            let query = sqlx::query(statement).bind(self.tenant.as_str()).bind(FIRST + count).bind(self.now);
            query.execute(&mut *tx).await?;
        }
        tx.commit().await?;
        sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)").fetch_all(&mut connection).await?;
        connection.close().await?;
        self.conversations = count;
        Ok(())
    }
}
