//! The desk's pages with 1,000, 100,000 and 1,000,000 conversations: old data must not slow down current work.
//!
//! Rows are inserted directly by SQL, with the values that the server would write; of 100 conversations 90 are closed,
//! 6 are with the bot, and one each is on the phone, waiting, with a colleague and with the viewer. Measured is the
//! whole service call behind a page, without HTTP and HTML, whose cost does not grow.

use std::str::FromStr;

use handoff::{
    domain::{
        desk::{Filter, Group, Key},
        handoff::Trigger,
        ids::{KeywordId, TenantId},
    },
    server::{accounts::Agent, store::tenants},
};
use sqlx::{Connection, SqliteConnection, sqlite::SqliteConnectOptions};

use super::{
    Failure,
    numbers::{Sample, instant, millis, seconds, verdict, wall_micros},
    stage::Stage,
};

const SIZES: [i64; 3] = [1_000, 100_000, 1_000_000];
const CALLS: usize = 200;
const GROWTH: f64 = 3.0;

pub async fn measure() -> Result<(), Failure> {
    let stage = Stage::start().await?;
    let (viewer, _) = stage.agent(1).await?;
    let (colleague, _) = stage.agent(2).await?;
    let mut first = Vec::new();
    let mut deep = Vec::new();
    let mut from = 0;
    for size in SIZES {
        let start = instant();
        fill(&stage, &viewer, &colleague, from, size).await?;
        let filled = seconds(start);
        from = size;
        let page = first_page(&stage, &viewer).await?;
        let beyond = deep_page(&stage, &viewer, size).await?;
        println!("{size} conversations (filled in {filled:.1} s)");
        println!("  first page: {}", page.line("ms"));
        println!("  deep page:  {}", beyond.line("ms"));
        first.push(page.at(50));
        deep.push(beyond.at(50));
    }
    for (what, times) in [("first page", &first), ("deep page", &deep)] {
        let growth = times[SIZES.len() - 1] / times[0];
        verdict(&format!("{what}, t(1M)/t(1k)"), format!("{growth:.2}"), &format!("<= {GROWTH}"), growth <= GROWTH);
    }
    stage.end().await;
    Ok(())
}

async fn first_page(stage: &Stage, viewer: &Agent) -> Result<Sample, Failure> {
    let mut times = Vec::new();
    for _ in 0..CALLS {
        let start = instant();
        let desk = stage.services.live.desk(viewer, Filter::default(), None).await.map_err(said)?;
        times.push(millis(start));
        if desk.groups.values().any(|range| range.rows.is_empty()) {
            return Err("a group of the desk is empty".into());
        }
    }
    Ok(Sample::of(times))
}

/// The page that begins in the middle of the closed conversations.
async fn deep_page(stage: &Stage, viewer: &Agent, size: i64) -> Result<Sample, Failure> {
    let mut connection = open(stage).await?;
    let (rank, id): (i64, String) = sqlx::query_as(
        "SELECT rank, id FROM conversations WHERE tenant_id = $1 AND stage = 'closed' ORDER BY rank, id LIMIT 1 OFFSET $2",
    )
    .bind(stage.tenant.as_str())
    .bind(size * 45 / 100)
    .fetch_one(&mut connection)
    .await?;
    connection.close().await?;
    let key = Key { rank, id: id.into() };
    let mut times = Vec::new();
    for _ in 0..CALLS {
        let start = instant();
        let rows = stage.services.live.more(viewer, Filter::default(), Group::Closed, &key, None).await;
        times.push(millis(start));
        if rows.map_err(said)?.rows.is_empty() {
            return Err("the deep page is empty".into());
        }
    }
    Ok(Sample::of(times))
}

fn said(error: impl std::fmt::Debug) -> Failure {
    format!("the desk cannot be read: {error:?}").into()
}

/// A connection of its own to the stage's file, which does not wait for the disk.
pub async fn open(stage: &Stage) -> Result<SqliteConnection, Failure> {
    let options = SqliteConnectOptions::from_str(&format!("sqlite://{}", stage.file.display()))?
        .foreign_keys(false)
        .pragma("synchronous", "OFF")
        .pragma("cache_size", "-400000")
        .pragma("temp_store", "MEMORY");
    Ok(SqliteConnection::connect_with(&options).await?)
}

/// Inserts the conversations `from..to` with their customers and handoffs, and adds them to the counters.
pub async fn fill(stage: &Stage, viewer: &Agent, colleague: &Agent, from: i64, to: i64) -> Result<(), Failure> {
    fill_tenant(stage, &stage.tenant, (viewer, colleague), from, to).await
}

/// As [`fill`], for any tenant. Its conversations are on the stage's number.
pub async fn fill_tenant(
    stage: &Stage,
    tenant: &TenantId,
    (viewer, colleague): (&Agent, &Agent),
    from: i64,
    to: i64,
) -> Result<(), Failure> {
    let mut tx = stage.services.db.begin_read().await?;
    let team = tenants::default_team(&mut tx, tenant).await?.ok_or("the tenant has no team")?;
    tx.rollback().await?;
    let trigger = Trigger::Keyword { keyword: KeywordId::from("key_bench"), phrase: "speak to agent".to_owned() };
    let mut connection = open(stage).await?;
    let mut tx = connection.begin_with("BEGIN IMMEDIATE").await?;
    for statement in [CUSTOMERS, CONVERSATIONS, HANDOFFS, COUNTERS] {
        // All four statements take the same parameters, so that they can be bound alike.
        sqlx::query(statement)
            .bind(from)
            .bind(to)
            .bind(tenant.as_str())
            .bind(stage.channel.as_str())
            .bind(team.as_str())
            .bind(viewer.id().as_str())
            .bind(colleague.id().as_str())
            .bind(wall_micros() / 1_000)
            .bind(trigger.kind().as_str())
            .bind(serde_json::to_string(&trigger)?)
            .execute(&mut *tx)
            .await?;
    }
    tx.commit().await?;
    sqlx::query("PRAGMA wal_checkpoint(TRUNCATE)").fetch_all(&mut connection).await?;
    connection.close().await?;
    Ok(())
}

// $1 from, $2 to, $3 tenant, $4 channel, $5 team, $6 viewer, $7 colleague, $8 now, $9 trigger's kind, $10 its JSON.
const CUSTOMERS: &str = "WITH RECURSIVE n(i) AS (SELECT $1 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < $2)
    INSERT INTO customers (id, tenant_id, user_id, wa_id, name, search, created_at)
    SELECT printf('cus_%026d', i), $3, printf('DE.%d', 4915100000000 + i), printf('%d', 4915100000000 + i),
        'Customer ' || i, 'customer ' || i, $8 FROM n";

const CONVERSATIONS: &str = r#"WITH RECURSIVE n(i) AS (SELECT $1 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < $2),
    c AS (SELECT i, i % 100 AS kind, $8 - 1000 * (i * 48271 % 31536000) AS at,
        CASE WHEN i % 100 = 98 THEN 'customers_turn' WHEN i % 100 = 99 THEN
            CASE i / 100 % 3 WHEN 0 THEN 'reply_now' WHEN 1 THEN 'customers_turn' ELSE 'snoozed' END END AS own
        FROM n)
    INSERT INTO conversations (id, tenant_id, channel_id, customer_id, team_id, version, epoch, stage, agent_id,
        agent_since, handoff_id, started_at, requested_at, closed_at, closed_by, close_reason, last_turn_at,
        unread, rank, last_at, preview, preview_by, own_group, own_rank, reply_since, reply_target, snooze,
        snoozed_until, trigger_kind)
    SELECT printf('cnv_%026d', i), $3, $4, printf('cus_%026d', i), $5, 3, 1,
        CASE WHEN kind < 90 THEN 'closed' WHEN kind < 96 THEN 'bot' WHEN kind = 96 THEN 'phone'
            WHEN kind = 97 THEN 'waiting' ELSE 'claimed' END,
        CASE kind WHEN 98 THEN $7 WHEN 99 THEN $6 END, CASE WHEN kind >= 98 THEN at END,
        CASE WHEN kind < 90 OR kind >= 96 THEN printf('hof_%026d', i) END,
        at - 600000, CASE WHEN kind < 90 OR kind >= 96 THEN at - 300000 END,
        CASE WHEN kind < 90 THEN at END, CASE WHEN kind < 90 THEN '{"actor":"system"}' END,
        CASE WHEN kind < 90 THEN 'done' END, at, 0, CASE WHEN kind = 97 THEN at - 300000 ELSE -at END, at,
        'Good morning, has my parcel left yet?', '{"by":"customer"}', own,
        CASE own WHEN 'reply_now' THEN at WHEN 'customers_turn' THEN -at WHEN 'snoozed' THEN $8 + 3600000 END,
        CASE own WHEN 'reply_now' THEN at END, CASE own WHEN 'reply_now' THEN 300000 END,
        CASE own WHEN 'snoozed' THEN 'time' END, CASE own WHEN 'snoozed' THEN $8 + 3600000 END,
        CASE WHEN kind < 90 OR kind >= 96 THEN $9 END FROM c"#;

const HANDOFFS: &str = "WITH RECURSIVE n(i) AS (SELECT $1 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < $2)
    INSERT INTO handoffs (id, tenant_id, conversation_id, team_id, trigger_kind, trigger_json, keyword_id, target,
        requested_at, claimed_by, claimed_at, first_reply_by, first_reply_at, ended_at, end_reason)
    SELECT c.handoff_id, $3, c.id, $5, $9, $10, 'key_bench', 300000, c.requested_at,
        COALESCE(c.agent_id, $7), c.requested_at + 60000, $7, c.requested_at + 90000, c.closed_at,
        CASE WHEN c.stage = 'closed' THEN 'closed' END
    FROM n JOIN conversations c ON c.id = printf('cnv_%026d', i) WHERE c.handoff_id IS NOT NULL";

const COUNTERS: &str = "INSERT OR REPLACE INTO counters (tenant_id, bucket, n)
    SELECT $3, CASE own_group WHEN 'customers_turn' THEN 'claimed:' || agent_id WHEN 'reply_now' THEN
        'reply_now:' || agent_id WHEN 'snoozed' THEN 'snoozed:' || agent_id ELSE stage END, COUNT(*)
    FROM conversations WHERE tenant_id = $3 GROUP BY 2";
