//! Durable ingest: webhooks over real HTTP, from the first byte until every message is stored and its body is settled.
//!
//! Journal, projector and bot run as in production, with the default greeting, so every message also causes a turn of
//! the bot. The outbox is not started, because Meta limits the rate of sending. Each customer is new and writes once,
//! which is the most expensive kind of message.

use std::{net::SocketAddr, sync::Arc, time::Duration};

use handoff::server::store::journal;
use sqlx::{Connection, SqliteConnection};
use tokio::task::JoinSet;

use super::{
    Failure,
    bare::{self, Rows},
    numbers::{self, Sample, instant, millis, seconds, verdict, wait_until},
    search,
    stage::Stage,
    wire::Connection as Wire,
};

const CONNECTIONS: usize = 64;
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
    workers.spawn(stage.services.indexer.clone().run(stage.services.stop.clone()));

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
    search::cost_of_index(&stage, cpu / COUNT as f64).await?;
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

/// Sends every request as fast as answers arrive, from a separate thread, and returns the latencies.
async fn flood(stage: &Stage, numbers: std::ops::Range<usize>) -> Result<Sample, Failure> {
    let requests: Arc<Vec<Vec<u8>>> = Arc::new(numbers.map(|number| stage.request(number, number)).collect());
    let address = stage.address;
    apart(async move {
        let next = Arc::new(std::sync::atomic::AtomicUsize::new(0));
        let mut clients = JoinSet::new();
        for _ in 0..CONNECTIONS {
            let (requests, next) = (requests.clone(), next.clone());
            clients.spawn(async move {
                let mut wire = Wire::open(address).await?;
                let mut times = Vec::new();
                while let Some(request) = requests.get(next.fetch_add(1, std::sync::atomic::Ordering::Relaxed)) {
                    let start = instant();
                    wire.ask(request).await?;
                    times.push(millis(start));
                }
                Ok::<_, Failure>(times)
            });
        }
        gather(clients).await
    })
    .await
}

/// Sends at a fixed rate regardless of answers (an open loop); the latency of a request is measured from when it was
/// due.
async fn paced(stage: &Stage, first: usize) -> Result<Sample, Failure> {
    let requests: Vec<Vec<u8>> = (first..first + PACE * PACED).map(|number| stage.request(number, number)).collect();
    let address: SocketAddr = stage.address;
    apart(async move {
        let (returned, mut free) = tokio::sync::mpsc::unbounded_channel();
        for _ in 0..CONNECTIONS * 4 {
            returned.send(Wire::open(address).await?)?;
        }
        let begin = instant() + Duration::from_millis(50);
        let mut asked = JoinSet::new();
        for (number, request) in requests.into_iter().enumerate() {
            let due = begin + Duration::from_secs(1) * u32::try_from(number)? / u32::try_from(PACE)?;
            wait_until(due).await;
            let mut wire = free.recv().await.ok_or("no connection is left")?;
            let returned = returned.clone();
            asked.spawn(async move {
                wire.ask(&request).await?;
                let time = millis(due);
                returned.send(wire)?;
                Ok::<_, Failure>(vec![time])
            });
        }
        gather(asked).await
    })
    .await
}

async fn gather(mut tasks: JoinSet<Result<Vec<f64>, Failure>>) -> Result<Sample, Failure> {
    let mut all = Vec::new();
    while let Some(done) = tasks.join_next().await {
        all.extend(done??);
    }
    Ok(Sample::of(all))
}

/// Runs the client on a thread with its own runtime, so that it is not scheduled between the server's tasks.
async fn apart<T: Send + 'static>(
    client: impl Future<Output = Result<T, Failure>> + Send + 'static,
) -> Result<T, Failure> {
    let thread = tokio::task::spawn_blocking(move || {
        tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(client)
    });
    thread.await?
}

/// Waits until no body is unprocessed.
async fn backlog(stage: &Stage) -> Result<(), Failure> {
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
async fn turns(stage: &Stage) -> Result<(), Failure> {
    while turns_left(stage).await? > 0 {
        numbers::wait(Duration::from_millis(20)).await;
    }
    Ok(())
}

async fn turns_left(stage: &Stage) -> Result<usize, Failure> {
    ask(stage, "SELECT COUNT(*) FROM jobs").await
}

async fn stored(stage: &Stage) -> Result<usize, Failure> {
    ask(stage, "SELECT COUNT(*) FROM messages WHERE author = 'customer'").await
}

async fn ask(stage: &Stage, question: &'static str) -> Result<usize, Failure> {
    let mut connection = SqliteConnection::connect(&format!("sqlite://{}", stage.file.display())).await?;
    let count: i64 = sqlx::query_scalar(question).fetch_one(&mut connection).await?;
    connection.close().await?;
    Ok(usize::try_from(count)?)
}
