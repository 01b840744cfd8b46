//! Bot throughput: a thousand conversations in a flow at once, and a thousand that wait for a language model.
//!
//! Journal, projector and bot run as in production; the outbox is not started, because Meta limits the rate of sending.
//! A message counts as answered when another connection can read its outbox row; this file measures the time until
//! then.

use std::{collections::HashMap, sync::Arc, time::Duration};

use handoff::{
    domain::{
        flow::definition::{Expect, Flow, Jump, Question, Start, Step, StepKind},
        ids::{FlowId, TenantId},
        model::ModelSettings,
    },
    server::store::{flows, models},
};
use sqlx::{Connection, SqliteConnection};
use tokio::{net::TcpListener, task::JoinSet};

use super::{
    Failure,
    numbers::{self, Sample, instant, millis, seconds, verdict, wait_until},
    stage::Stage,
    wire::Connection as Wire,
};

const CUSTOMERS: usize = 1_000;
/// How many turns wait for the model: as many as one tenant may have of the 1,024, half of which stay free for others.
const MODEL_TURNS: usize = 512;
/// Messages per customer, sent as fast as they are accepted.
const ROUNDS: usize = 5;
/// Messages per second of the open loop, and for how many seconds.
const PACE: usize = 300;
const PACED: usize = 10;
const CONNECTIONS: usize = 64;
/// Memory limit of a turn that waits for its model, in bytes.
const WAITING: u64 = 64 * 1024;

pub async fn measure() -> Result<(), Failure> {
    let stage = Stage::start().await?;
    go_live(&stage, &stage.tenant).await?;
    let mut stage = stage;
    let mut workers = JoinSet::new();
    stage.services.start_journal(&mut workers);
    workers.spawn(stage.services.projector.clone().run(stage.services.stop.clone()));
    workers.spawn(stage.services.bot.clone().run(stage.services.stop.clone()));
    // The first message of every customer starts the flow.
    say(&stage, 0..CUSTOMERS).await?;
    rows(&stage, CUSTOMERS).await?;

    let start = instant();
    for round in 1..=ROUNDS {
        say(&stage, round * CUSTOMERS..(round + 1) * CUSTOMERS).await?;
    }
    rows(&stage, (ROUNDS + 1) * CUSTOMERS).await?;
    let turns = ROUNDS * CUSTOMERS;
    println!("{CUSTOMERS} conversations in a flow, {turns} messages: {:.0} turns/s", turns as f64 / seconds(start));

    let times = paced(&stage, (ROUNDS + 1) * CUSTOMERS).await?;
    println!("webhook to outbox row at {PACE}/s, open loop, {PACED} s: {}", times.line("ms"));
    stage.services.stop.cancel();
    while workers.join_next().await.is_some() {}
    stage.end().await;
    Ok(())
}

/// A flow that repeats the same question forever: one outbox row per message.
pub async fn go_live(stage: &Stage, tenant: &TenantId) -> Result<(), Failure> {
    let question = Question {
        text: "Thank you, {{ customer.name }}. What else?".to_owned(),
        variable: "answer".to_owned(),
        expect: Expect::Text,
        retries: 0,
        retry_text: String::new(),
        patience: None,
        on_failure: Vec::new(),
    };
    let step = |id: &str, act| Step { id: id.into(), name: String::new(), act };
    let flow = Flow {
        name: "Bench".to_owned(),
        starts: vec![Start::NewConversation],
        steps: vec![
            step("ask", StepKind::Question(question)),
            step("again", StepKind::Jump(Jump { to: "ask".into() })),
        ],
        ..Flow::default()
    };
    let now = stage.services.clock.now();
    let mut tx = stage.services.db.begin_write().await?;
    let id = FlowId::from(format!("flw_bench_{}", tenant.as_str()));
    flows::insert(&mut tx, tenant, &id, &flow, None, now).await?;
    flows::publish(&mut tx, tenant, &id, &flow, None, now).await?;
    tx.commit().await?;
    Ok(())
}

/// Sends the messages `numbers`, each for its customer, as fast as they are accepted.
async fn say(stage: &Stage, numbers: std::ops::Range<usize>) -> Result<(), Failure> {
    let requests: Arc<Vec<Vec<u8>>> =
        Arc::new(numbers.map(|number| stage.request(number % CUSTOMERS, number)).collect());
    let next = Arc::new(std::sync::atomic::AtomicUsize::new(0));
    let mut clients = JoinSet::new();
    for _ in 0..CONNECTIONS {
        let (requests, next, address) = (requests.clone(), next.clone(), stage.address);
        clients.spawn(async move {
            let mut wire = Wire::open(address).await?;
            while let Some(request) = requests.get(next.fetch_add(1, std::sync::atomic::Ordering::Relaxed)) {
                wire.ask(request).await?;
            }
            Ok::<_, Failure>(())
        });
    }
    while let Some(done) = clients.join_next().await {
        done??;
    }
    Ok(())
}

/// Waits until there are `count` outbox rows.
async fn rows(stage: &Stage, count: usize) -> Result<(), Failure> {
    let mut reached = stage.services.bus.watch(&stage.tenant);
    let mut connection = SqliteConnection::connect(&format!("sqlite://{}", stage.file.display())).await?;
    loop {
        let there: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM outbox").fetch_one(&mut connection).await?;
        if usize::try_from(there)? >= count {
            return Ok(());
        }
        tokio::time::timeout(Duration::from_secs(30), reached.changed()).await.map_err(|_| "the bot fell silent")??;
    }
}

/// Sends at a fixed rate; the latency of a message is measured from when it was due until its row can be read.
async fn paced(stage: &Stage, first: usize) -> Result<Sample, Failure> {
    let begin = instant() + Duration::from_millis(50);
    let due = |nth: usize| begin + Duration::from_secs(1) * u32::try_from(nth).unwrap_or(0) / PACE as u32;
    let count = PACE * PACED;
    let (address, requests) = (
        stage.address,
        (0..count).map(|nth| stage.request((first + nth) % CUSTOMERS, first + nth)).collect::<Vec<_>>(),
    );
    let sender = tokio::spawn(async move {
        let (returned, mut free) = tokio::sync::mpsc::unbounded_channel();
        for _ in 0..CONNECTIONS {
            returned.send(Wire::open(address).await?)?;
        }
        for (nth, request) in requests.into_iter().enumerate() {
            wait_until(begin + Duration::from_secs(1) * u32::try_from(nth)? / PACE as u32).await;
            let mut wire = free.recv().await.ok_or("no connection is left")?;
            let returned = returned.clone();
            tokio::spawn(async move {
                // A lost connection shows as a message without a row.
                if wire.ask(&request).await.is_ok() {
                    drop(returned.send(wire));
                }
            });
        }
        Ok::<_, Failure>(())
    });
    let mut reached = stage.services.bus.watch(&stage.tenant);
    let mut connection = SqliteConnection::connect(&format!("sqlite://{}", stage.file.display())).await?;
    let mut last: i64 =
        sqlx::query_scalar("SELECT COALESCE(MAX(rowid), 0) FROM outbox").fetch_one(&mut connection).await?;
    let mut times = Vec::with_capacity(count);
    let mut answered: HashMap<String, usize> = HashMap::new();
    while times.len() < count {
        tokio::time::timeout(Duration::from_secs(30), reached.changed()).await.map_err(|_| "the bot fell silent")??;
        let rows: Vec<(i64, String)> = sqlx::query_as(
            "SELECT o.rowid, u.wa_id FROM outbox o JOIN conversations v ON v.id = o.conversation_id
             JOIN customers u ON u.id = v.customer_id WHERE o.rowid > $1 ORDER BY o.rowid",
        )
        .bind(last)
        .fetch_all(&mut connection)
        .await?;
        for (rowid, phone) in rows {
            last = rowid;
            // A customer's rows are in the order of their messages, which are one round apart.
            let round = answered.entry(phone.clone()).or_default();
            let customer: usize = phone.trim_start_matches("49151").parse()?;
            let offset = (customer + CUSTOMERS - first % CUSTOMERS) % CUSTOMERS;
            times.push(millis(due(offset + *round * CUSTOMERS)));
            *round += 1;
        }
    }
    sender.await??;
    Ok(Sample::of(times))
}

/// A thousand conversations wait for a slow model.
pub async fn measure_models() -> Result<(), Failure> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    let (heard, mut hearing) = tokio::sync::mpsc::unbounded_channel();
    let model = tokio::spawn(async move {
        let mut held = Vec::new();
        while let Ok((stream, _)) = listener.accept().await {
            held.push(stream);
            if heard.send(held.len()).is_err() {
                return;
            }
        }
    });
    let mut stage = Stage::start().await?;
    let settings = ModelSettings {
        enabled: true,
        address: format!("http://{address}/v1"),
        model: "slow".to_owned(),
        ..ModelSettings::default()
    };
    let mut tx = stage.services.db.begin_write().await?;
    models::save_settings(&mut tx, &stage.tenant, &settings).await?;
    tx.commit().await?;
    let mut workers = JoinSet::new();
    stage.services.start_journal(&mut workers);
    workers.spawn(stage.services.projector.clone().run(stage.services.stop.clone()));
    say(&stage, 0..MODEL_TURNS).await?;
    while stage.services.projector.run_once().await? > 0 {}
    while stage.services.bot.turns_once().await? > 0 {}
    let before = numbers::resident("self")?;
    workers.spawn(stage.services.bot.clone().run(stage.services.stop.clone()));
    let mut waiting = 0;
    while waiting < MODEL_TURNS {
        let next = tokio::time::timeout(Duration::from_secs(7), hearing.recv()).await;
        waiting = next.map_err(|_| format!("only {waiting} turns asked the model"))?.ok_or("the model is gone")?;
    }
    let each = numbers::resident("self")?.saturating_sub(before) / MODEL_TURNS as u64;
    let value = format!("{:.1} KB, the model's end included", each as f64 / 1024.0);
    verdict("a waiting turn of the model", value, "<= 64 KB", each <= WAITING);
    model.abort();
    stage.services.stop.cancel();
    while workers.join_next().await.is_some() {}
    stage.end().await;
    Ok(())
}
