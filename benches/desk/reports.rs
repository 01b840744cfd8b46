//! Reports of the last 30 days with three filters, of 100,000 and 1,000,000 conversations that all lie within them: the page as
//! a browser without scripts gets it; what the log's best query takes beside it; what writing the facts costs ingest; and the
//! memory of a file with a row for each conversation.
//!
//! Facts and log are inserted by SQL ([`past`](super::past)), and their days are packed as the worker does it. With
//! `HANDOFF_BENCH_CONVERSATIONS` (such as 20000) everything is smaller, and nothing is judged.

use std::{env, time::Duration};

use handoff::{
    domain::{
        report::packed::{RowKind, UtcDay},
        time::{Span, Timestamp},
    },
    server::reports::Reports,
};
use sqlx::Connection;
use tokio::task::JoinSet;

use super::{
    Failure, ingest,
    numbers::{self, Sample, instant, millis, seconds, verdict},
    pages::open,
    past::Past,
    place,
    server::Server,
    stage::{SECRET_KEY, Stage},
};

const SIZE: &str = "HANDOFF_BENCH_CONVERSATIONS";
const CONVERSATIONS: i64 = 1_000_000;
/// The smaller size is this part of the larger one.
const PART: i64 = 10;
const LOADS: usize = 60;
const GROWTH: f64 = 1.5;
const P99: f64 = 200.0;
const FASTER: f64 = 100.0;
/// Of how much of its speed without facts ingest may need with them.
const SLOWER: f64 = 1.05;
const WARM: usize = 500;
const MESSAGES: usize = 10_000;
const ROUNDS: usize = 3;
const MEMORY: f64 = 32.0;

/// The sizes, and whether the goals are about them.
struct Scale {
    conversations: i64,
    is_full: bool,
}

impl Scale {
    fn chosen() -> Result<Self, Failure> {
        let conversations = match env::var(SIZE) {
            Ok(size) => size.parse::<i64>().map_err(|error| format!("{SIZE}: {error}"))?,
            Err(_) => CONVERSATIONS,
        };
        Ok(Self { conversations, is_full: conversations == CONVERSATIONS })
    }

    fn verdict(&self, what: &str, value: String, goal: &str, is_kept: bool) {
        match self.is_full {
            true => verdict(what, value, goal, is_kept),
            false => println!("small, not judged: {what}: {value} (goal {goal})"),
        }
    }
}

pub async fn measure() -> Result<(), Failure> {
    let scale = Scale::chosen()?;
    cost_of_facts(&scale).await?;
    let stage = Stage::start().await?;
    stage.services.db.stop_syncing().await?;
    let mut past = Past::begin(&stage).await?;
    let mut loads = Vec::new();
    for size in [scale.conversations / PART, scale.conversations] {
        let start = instant();
        past.fill(&stage, size).await?;
        let filled = seconds(start);
        let start = instant();
        let days = pack(&stage, &past).await?;
        println!(
            "{size} conversations, {} messages: filled in {filled:.0} s, {days} days of facts packed in {:.1} s",
            10 * size,
            seconds(start)
        );
        loads.push(dashboard(&stage, &past).await?);
    }
    let (small, large) = (loads[0].at(50), loads[1].at(50));
    let growth = large / small;
    let what = format!("dashboard, t({})/t({})", scale.conversations, scale.conversations / PART);
    scale.verdict(&what, format!("{growth:.2}"), &format!("<= {GROWTH}"), growth <= GROWTH);
    let p99 = loads[1].at(99);
    scale.verdict("dashboard, p99", format!("{p99:.1} ms"), &format!("<= {P99} ms"), p99 <= P99);
    by_rows(&stage, &past).await?;
    println!("without filters: {}", numbers_alone(&stage, &past, "period=last_30_days").await?.line("ms"));
    let query = log_query(&stage, &past).await?;
    let faster = query / large;
    let value = format!("{faster:.0} ({query:.0} ms)");
    scale.verdict("the log's query, in dashboards", value, &format!(">= {FASTER}"), faster >= FASTER);
    with_changes(&stage, &past).await?;
    memory_of_file(&stage, &past, &scale).await?;
    stage.end().await;
    Ok(())
}

/// The address of the report: a number, a trigger and an outcome.
fn query(past: &Past) -> String {
    format!("period=last_30_days&number={}&trigger=keyword&outcome={}", past.channel, past.outcome)
}

/// Packs every day, as the worker does when it is over or has many changes. Returns how many.
async fn pack(stage: &Stage, past: &Past) -> Result<usize, Failure> {
    let (first, last) = (Timestamp(past.now).minus(Span::days(31)), Timestamp(past.now));
    let mut packed = 0;
    for day in UtcDay::of(first).0..=UtcDay::of(last).0 {
        for kind in RowKind::ALL {
            packed += usize::from(stage.services.day_packer.pack(&past.tenant, kind, UtcDay(day)).await?);
        }
    }
    Ok(packed)
}

/// Loads of the page, and of its numbers alone.
async fn dashboard(stage: &Stage, past: &Past) -> Result<Sample, Failure> {
    let client = reqwest::Client::new();
    let address = format!("http://{}/reports?{}", stage.address, query(past));
    let mut pages = Vec::new();
    // The first one reads the packed days from the database.
    let start = instant();
    numbers_of(&stage.services.reports, past).await?;
    println!("  numbers, nothing in memory: {:.1} ms", millis(start));
    for _ in 0..LOADS {
        let start = instant();
        let page = client.get(&address).header("cookie", past.cookie.as_str()).send().await?.error_for_status()?;
        let html = page.text().await?;
        pages.push(millis(start));
        if !html.contains("Handoff response time") {
            return Err("the page has no numbers".into());
        }
    }
    let pages = Sample::of(pages);
    println!("  page, nothing changed since the days were packed: {}", pages.line("ms"));
    println!("  numbers: {}", numbers_alone(stage, past, &query(past)).await?.line("ms"));
    Ok(pages)
}

async fn numbers_alone(stage: &Stage, past: &Past, query: &str) -> Result<Sample, Failure> {
    let mut times = Vec::new();
    for _ in 0..LOADS {
        let start = instant();
        handoffs_of(&stage.services.reports, past, query).await?;
        times.push(millis(start));
    }
    Ok(Sample::of(times))
}

async fn numbers_of(reports: &Reports, past: &Past) -> Result<i64, Failure> {
    handoffs_of(reports, past, &query(past)).await
}

async fn handoffs_of(reports: &Reports, past: &Past, query: &str) -> Result<i64, Failure> {
    let page = reports.read_report(&past.admin, query).await?;
    if page.too_many || !page.notes.is_empty() || page.progress.counting.is_some() {
        return Err(format!("no whole report: {:?}, {:?}", page.notes, page.progress).into());
    }
    let handoffs = page.tiles.first().and_then(|tile| tile.now.as_ref()).map(|number| number.measured.n);
    handoffs.filter(|n| *n > 0).ok_or_else(|| "no handoffs were counted".into())
}

/// What the same numbers take without packed days.
async fn by_rows(stage: &Stage, past: &Past) -> Result<(), Failure> {
    let start = instant();
    let reports = stage.services.reports.clone().without_packed_days().with_most_rows(usize::MAX);
    let found = numbers_of(&reports, past).await?;
    let took = millis(start);
    if found != numbers_of(&stage.services.reports, past).await? {
        return Err("packed days give other numbers than rows".into());
    }
    println!("the same numbers from the rows of the tables: {took:.0} ms");
    Ok(())
}

/// A row in 256 of each kind has changed since its day was packed. With 64 more a day is packed again.
const CHANGES: [&str; 6] = [
    "INSERT INTO report_unpacked_rows (tenant_id, kind, day, row_id, seq)
     SELECT tenant_id, 'handoffs', requested_at / 86400000, handoff_id, 0 FROM report_handoffs
     WHERE tenant_id = $1 AND requested_seq / 32 % 1024 = 0",
    "INSERT INTO report_unpacked_rows (tenant_id, kind, day, row_id, seq)
     SELECT tenant_id, 'waits', ended_at / 86400000, CAST(seq AS TEXT), 0 FROM report_waits
     WHERE tenant_id = $1 AND seq / 32 % 1024 = 0",
    "INSERT INTO report_unpacked_rows (tenant_id, kind, day, row_id, seq)
     SELECT tenant_id, 'conversations', started_at / 86400000, conversation_id, 0 FROM report_conversations
     WHERE tenant_id = $1 AND closing_seq / 32 % 256 = 0",
    "INSERT INTO report_unpacked_rows (tenant_id, kind, day, row_id, seq)
     SELECT tenant_id, 'closings', at / 86400000, CAST(seq AS TEXT), 0 FROM report_closings
     WHERE tenant_id = $1 AND seq / 32 % 256 = 0",
    "INSERT INTO report_unpacked_rows (tenant_id, kind, day, row_id, seq)
     SELECT m.tenant_id, 'messages', m.sent_at / 86400000, m.message_id, 0
     FROM report_handoffs h JOIN report_messages m ON m.tenant_id = h.tenant_id AND m.conversation_id = h.conversation_id
     WHERE h.tenant_id = $1 AND h.requested_seq / 32 % 1024 = 0 AND m.author = 'agent' AND m.piece = 0",
    "INSERT INTO report_unpacked_rows (tenant_id, kind, day, row_id, seq)
     SELECT tenant_id, 'stints', began_at / 86400000, CAST(seq AS TEXT), 0 FROM report_stints
     WHERE tenant_id = $1 AND seq / 32 % 1024 = 0",
];

/// The numbers when many rows have changed since their days were packed.
async fn with_changes(stage: &Stage, past: &Past) -> Result<(), Failure> {
    let mut connection = open(stage).await?;
    let mut changed = 0;
    for statement in CHANGES {
        let done = sqlx::query(statement).bind(past.tenant.as_str()).execute(&mut connection).await?;
        changed += done.rows_affected();
    }
    connection.close().await?;
    let numbers = numbers_alone(stage, past, &query(past)).await?;
    println!("numbers with {changed} rows that changed since their days were packed: {}", numbers.line("ms"));
    Ok(())
}

/// The handoffs of the report with their mean waiting, response and resolution time: a small part of it. Languages are not in
/// the log, and SQLite has no percentiles.
const LOG_QUERY: &str = "SELECT COUNT(*), AVG(json_extract(c.event, '$.waited')), AVG(json_extract(r.event, '$.after')),
        AVG(e.at - h.at)
    FROM entries h
    JOIN entries s ON s.tenant_id = h.tenant_id AND s.conversation_id = h.conversation_id AND s.name || '' = 'started'
    JOIN entries e ON e.tenant_id = h.tenant_id AND e.conversation_id = h.conversation_id AND e.name || '' = 'closed'
    LEFT JOIN entries c ON c.tenant_id = h.tenant_id AND c.conversation_id = h.conversation_id AND c.name || '' = 'claimed'
    LEFT JOIN entries r ON r.tenant_id = h.tenant_id AND r.conversation_id = h.conversation_id
        AND r.name || '' = 'first_reply_sent'
    WHERE h.tenant_id = $1 AND h.name = 'handed_off' AND h.at >= $2 AND h.at < $3
        AND json_extract(h.event, '$.trigger.trigger') = 'keyword'
        AND json_extract(s.event, '$.channel') = $4 AND json_extract(e.event, '$.outcome') = $5";

/// Milliseconds of the best of three.
async fn log_query(stage: &Stage, past: &Past) -> Result<f64, Failure> {
    println!(
        "the best query over the log, which finds requests by their name and the rest by conversation:\n    {LOG_QUERY}"
    );
    let mut connection = open(stage).await?;
    let from = Timestamp(past.now).minus(Span::days(30)).0;
    let mut times = Vec::new();
    for _ in 0..3 {
        let start = instant();
        let (handoffs, ..): (i64, Option<f64>, Option<f64>, Option<f64>) = sqlx::query_as(LOG_QUERY)
            .bind(past.tenant.as_str())
            .bind(from)
            .bind(past.now)
            .bind(past.channel.as_str())
            .bind(past.outcome.as_str())
            .fetch_one(&mut connection)
            .await?;
        times.push(millis(start));
        let counted = numbers_of(&stage.services.reports, past).await?;
        if handoffs != counted {
            return Err(format!("the log has {handoffs} handoffs, and the report {counted}").into());
        }
    }
    connection.close().await?;
    Ok(Sample::of(times).at(1))
}

/// Whether facts are derived and packed during ingest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum FactWorkers {
    Running,
    Off,
}

/// Seconds of ingest with facts, in those without: the best of some rounds, in turn.
async fn cost_of_facts(scale: &Scale) -> Result<(), Failure> {
    let messages = if scale.is_full { MESSAGES } else { MESSAGES / 10 };
    let (mut with, mut without) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        without.push(ingested(messages, FactWorkers::Off).await?);
        with.push(ingested(messages, FactWorkers::Running).await?);
    }
    let (with, without) = (Sample::of(with).at(1), Sample::of(without).at(1));
    println!(
        "ingest of {messages} messages: {:.0}/s with facts, {:.0}/s without",
        messages as f64 / with,
        messages as f64 / without
    );
    let ratio = with / without;
    scale.verdict("ingest, time with facts", format!("{ratio:.3}"), &format!("<= {SLOWER}"), ratio <= SLOWER);
    Ok(())
}

async fn ingested(messages: usize, facts: FactWorkers) -> Result<f64, Failure> {
    let mut stage = Stage::start().await?;
    let (mut workers, stop) = (JoinSet::new(), stage.services.stop.clone());
    stage.services.start_journal(&mut workers);
    workers.spawn(stage.services.projector.clone().run(stop.clone()));
    workers.spawn(stage.services.bot.clone().run(stop.clone()));
    workers.spawn(stage.services.indexer.clone().run(stop.clone()));
    if facts == FactWorkers::Running {
        workers.spawn(stage.services.report_facts.clone().run(stop.clone()));
        workers.spawn(stage.services.day_packer.clone().run(stop.clone()));
    }
    ingest::flood(&stage, 0..WARM).await?;
    ingest::backlog(&stage).await?;
    ingest::turns(&stage).await?;
    let start = instant();
    ingest::flood(&stage, WARM..WARM + messages).await?;
    ingest::backlog(&stage).await?;
    ingest::turns(&stage).await?;
    let took = seconds(start);
    if facts == FactWorkers::Running {
        let progress = stage.services.report_facts.progress(&stage.tenant).await?;
        println!("  facts contain {} of {} entries at the end of ingest", progress.read, progress.entries);
    }
    stop.cancel();
    while workers.join_next().await.is_some() {}
    stage.end().await;
    Ok(took)
}

/// A list with all conversations as CSV, from a server of its own.
async fn memory_of_file(stage: &Stage, past: &Past, scale: &Scale) -> Result<(), Failure> {
    // The other server has the file alone.
    stage.services.stop.cancel();
    stage.services.db.close().await;
    let folder = place::fresh()?;
    let server = Server::start(folder.path(), &stage.file, SECRET_KEY).await?;
    numbers::wait(Duration::from_secs(3)).await;
    let idle = server.resident()?;
    let address = format!("http://{}/reports/export/list.csv?period=last_30_days&of=bot_conversations", server.address);
    let client = reqwest::Client::new();
    let start = instant();
    let mut file = client.get(address).header("cookie", past.cookie.as_str()).send().await?.error_for_status()?;
    let (mut lines, mut bytes, mut most, mut pieces) = (0_i64, 0, idle, 0_u64);
    while let Some(piece) = file.chunk().await? {
        bytes += piece.len();
        for byte in piece {
            lines += i64::from(byte == b'\n');
        }
        pieces += 1;
        if pieces.is_multiple_of(64) {
            most = most.max(server.resident()?);
        }
    }
    most = most.max(server.resident()?);
    // The first line is the head.
    if lines - 1 != scale.conversations {
        return Err(format!("the file has {} rows", lines - 1).into());
    }
    let megabytes = (most - idle) as f64 / 1024.0 / 1024.0;
    let what = format!("CSV of {} rows ({} MB in {:.1} s), memory over idle", lines - 1, bytes >> 20, seconds(start));
    scale.verdict(&what, format!("{megabytes:.1} MB"), &format!("<= {MEMORY} MB"), megabytes <= MEMORY);
    Ok(())
}
