//! Durable ingest: webhooks over real HTTP, from the first byte until every message is stored and its body is settled.
//!
//! Journal, projector, bot, search index and facts of reports work as in production, with the default greeting, so every
//! message also causes a turn of the bot. The outbox is not started, because Meta limits the rate of sending. Each customer is
//! new and writes once, which is the most expensive kind of message.

use std::{ops::Range, time::Duration};

use handoff::server::store::journal;
use tokio::task::JoinSet;

use super::{
    Failure,
    bare::{self, Rows},
    load::{self, CONNECTIONS, Pace},
    numbers::{self, Sample, instant, seconds, verdict},
    search,
    stage::Stage,
};

const WARM: usize = 1_000;
const COUNT: usize = 20_000;
/// Requests per second of the open loop, and for how many seconds.
const PACE: usize = 1_000;
const PACED: usize = 10;
const RATIO: f64 = 0.2;
const ANSWER: f64 = 25.0;

pub async fn measure() -> Result<(), Failure> {
    let one_by_one = bare::measure(COUNT, Rows::OneByOne).await?;
    let together = bare::measure(COUNT, Rows::Together).await?;
    println!(
        "bare group commits of 64 messages, two rows each, through sqlx: {one_by_one:.0} messages/s with a statement per \
         row, which is the measure; {together:.0} with one per table"
    );

    let mut stage = Stage::start().await?;
    let mut workers = JoinSet::new();
    stage.services.start_journal(&mut workers);
    workers.spawn(stage.services.projector.clone().run(stage.services.stop.clone()));
    workers.spawn(stage.services.bot.clone().run(stage.services.stop.clone()));
    let indexing = stage.services.stop.child_token();
    let indexer = tokio::spawn(stage.services.indexer.clone().run(indexing.clone()));
    workers.spawn(stage.services.report_facts.clone().run(stage.services.stop.clone()));

    flood(&stage, 0..WARM).await?;
    backlog(&stage).await?;
    turns(&stage).await?;
    let cpu = numbers::cpu()?;
    let start = instant();
    let answers = flood(&stage, WARM..WARM + COUNT).await?;
    let answered = seconds(start);
    backlog(&stage).await?;
    let drained = seconds(start);
    let cpu = numbers::cpu()? - cpu;
    let early = turns_left(&stage).await?;
    let (facts, entries) = read_facts(&stage).await?;
    turns(&stage).await?;
    let turned = seconds(start);
    let stored = stored(&stage).await?;
    if stored != WARM + COUNT {
        return Err(format!("{} messages were sent and {stored} stored", WARM + COUNT).into());
    }
    let rate = COUNT as f64 / drained;
    println!(
        "{COUNT} webhooks over {CONNECTIONS} connections: answered in {answered:.2} s, all stored in {drained:.2} s"
    );
    println!("processor time, client included: {:.0} µs per message", cpu * 1e6 / COUNT as f64);
    println!("answer, closed loop: {}", answers.line("ms"));
    println!("facts of reports: {facts} of {entries} entries read by then");
    // What follows measures the processor time of the whole process.
    loop {
        let (read, entries) = read_facts(&stage).await?;
        if read >= entries {
            break;
        }
        numbers::wait(Duration::from_millis(20)).await;
    }
    indexing.cancel();
    indexer.await?;
    search::cost_of_index(&stage, cpu / COUNT as f64).await?;
    workers.spawn(stage.services.indexer.clone().run(stage.services.stop.clone()));
    println!(
        "turns of the bot: {} done by then, all after {turned:.2} s ({:.0}/s)",
        COUNT - early,
        COUNT as f64 / turned
    );
    let ratio = rate / one_by_one;
    let value = format!("{rate:.0}/s, {ratio:.3} of bare ({:.3} of one statement per table)", rate / together);
    verdict("durable ingest", value, &format!(">= {RATIO} of bare group commits"), ratio >= RATIO);

    let answers = paced(&stage, WARM + COUNT).await?;
    backlog(&stage).await?;
    println!("answer at {PACE}/s, open loop, {PACED} s: {}", answers.line("ms"));
    let p99 = answers.at(99);
    verdict("webhook answer at 1,000/s, p99", format!("{p99:.2} ms"), &format!("< {ANSWER} ms"), p99 < ANSWER);
    stage.services.stop.cancel();
    while workers.join_next().await.is_some() {}
    stage.end().await;
    Ok(())
}

/// Sends every request as fast as answers arrive, and returns the latencies.
pub async fn flood(stage: &Stage, numbers: Range<usize>) -> Result<Sample, Failure> {
    Ok(load::flood(stage.address, requests(stage, numbers)).await?.answers)
}

/// Sends at a fixed rate regardless of answers (an open loop); the latency of a request is measured from when it was
/// due.
async fn paced(stage: &Stage, first: usize) -> Result<Sample, Failure> {
    let pace = Pace { begin: instant() + Duration::from_millis(200), rate: PACE, first };
    Ok(load::paced(stage.address, requests(stage, first..first + PACE * PACED), pace).await?.answers)
}

/// A message of a new customer for each number.
fn requests(stage: &Stage, numbers: Range<usize>) -> Vec<Vec<u8>> {
    numbers.map(|number| stage.request(number, number)).collect()
}

/// Waits until no body is unprocessed.
pub async fn backlog(stage: &Stage) -> Result<(), Failure> {
    loop {
        let mut tx = stage.services.db.begin_read().await?;
        let (unread, held) = journal::backlog(&mut tx).await?;
        tx.rollback().await?;
        if held > 0 {
            return Err(format!("{held} items are in quarantine").into());
        }
        if unread == 0 {
            return Ok(());
        }
        numbers::wait(Duration::from_millis(5)).await;
    }
}

/// Waits until the bot has finished every turn.
pub async fn turns(stage: &Stage) -> Result<(), Failure> {
    while turns_left(stage).await? > 0 {
        numbers::wait(Duration::from_millis(20)).await;
    }
    Ok(())
}

/// How many entries of the log the facts of reports have read, and how many there are.
async fn read_facts(stage: &Stage) -> Result<(usize, usize), Failure> {
    let read = load::ask(&stage.file, "SELECT COALESCE(SUM(seq), 0) FROM report_progress").await?;
    Ok((read, load::ask(&stage.file, "SELECT COALESCE(SUM(last_seq), 0) FROM tenants").await?))
}

async fn turns_left(stage: &Stage) -> Result<usize, Failure> {
    load::ask(&stage.file, "SELECT COUNT(*) FROM jobs").await
}

async fn stored(stage: &Stage) -> Result<usize, Failure> {
    load::ask(&stage.file, "SELECT COUNT(*) FROM messages WHERE author = 'customer'").await
}
