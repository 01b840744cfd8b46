//! A tenant beside a busy one: how long its webhooks and messages take while another tenant floods the server with bodies
//! of 8,000 messages, has 1,024 turns of a language model that never answers, and 200 rules that tolerate typos.
//!
//! The goal is a ratio to the same tenant's own times while the server is quiet, in the same run.

use std::time::Duration;

use handoff::{
    domain::{keyword::Matching, model::ModelSettings},
    server::store::models,
};
use tokio::{net::TcpListener, task::JoinSet};

use super::{
    Failure,
    business::Business,
    flows,
    graph::Graph,
    load::{self, Pace, on_desk},
    numbers::{self, instant, seconds, verdict},
    stage::{Front, Stage},
};

const RATE: usize = 100;
const PACED: usize = 15;
const CUSTOMERS: usize = 500;
const RULES: usize = 200;
const HANGING: usize = 1_024;
/// Messages of one body, and how many bodies are posted one after the other.
const BODY: usize = 8_000;
const BODIES: usize = 6;
/// The goal: times beside a busy tenant, in times of a quiet server.
const RATIO: f64 = 2.0;
/// A time below this is as good as none: a ratio of two such times says nothing.
const LEAST: f64 = 10.0;
const PATIENCE: Duration = Duration::from_secs(300);

/// What one tenant's customers see, in milliseconds.
struct Times {
    webhook: f64,
    desk: f64,
}

pub async fn measure() -> Result<(), Failure> {
    let graph = Graph::start()?;
    let mut stage = Stage::start_with(graph.url(), Front::Plain).await?;
    let small = Business::open(&stage, "small", 4).await?;
    let busy = Business::open(&stage, "busy", 4).await?;
    flows::go_live(&stage, &small.tenant).await?;
    graph.answer_to(&small, stage.address)?;
    let mut workers = stage.services.start().await?;

    let quiet = times(&stage, &small, 0).await?;
    println!("quiet: webhook p99 {:.1} ms, message to desk p99 {:.1} ms", quiet.webhook, quiet.desk);

    busy.add_rules(&stage, Matching::Close, RULES).await?;
    let mut hanging = hang(&stage, &busy).await?;
    let begin = instant();
    let flood = tokio::spawn(load::flood(
        stage.address,
        (0..BODIES).map(|nth| busy.texts(100_000, 1_000, 1_000_000 + nth * BODY, BODY)).collect(),
    ));
    let beside = times(&stage, &small, RATE * PACED).await?;
    println!(
        "beside {BODIES} bodies of {BODY} messages, {HANGING} turns without an answer and {RULES} rules for {:.1} s: webhook \
         p99 {:.1} ms, message to desk p99 {:.1} ms",
        seconds(begin),
        beside.webhook,
        beside.desk
    );
    for (what, quiet, beside) in
        [("webhook", quiet.webhook, beside.webhook), ("message to desk", quiet.desk, beside.desk)]
    {
        let ratio = beside.max(LEAST) / quiet.max(LEAST);
        let what = format!("{what} beside a busy tenant, p99");
        verdict(&what, format!("{ratio:.2} of quiet"), &format!("<= {RATIO}"), ratio <= RATIO);
    }
    flood.abort();
    hanging.abort_all();
    stage.services.stop.cancel();
    while workers.join_next().await.is_some() {}
    stage.end().await;
    Ok(())
}

/// The times of a steady stream of messages.
async fn times(stage: &Stage, business: &Business, first: usize) -> Result<Times, Failure> {
    let count = RATE * PACED;
    let requests = (first..first + count).map(|number| business.text(number % CUSTOMERS, number)).collect();
    let pace = Pace { begin: instant() + Duration::from_millis(200), rate: RATE, first };
    let wamids = business.wamids();
    let desk = on_desk(&stage.file, &wamids, pace, count, PATIENCE);
    let (load, desk) = tokio::join!(load::paced(stage.address, requests, pace), desk);
    Ok(Times { webhook: load?.answers.at(99), desk: desk?.at(99) })
}

/// Gives the tenant a model that never answers, and as many turns as the server works on at once.
async fn hang(stage: &Stage, busy: &Business) -> Result<JoinSet<()>, Failure> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let settings = ModelSettings {
        enabled: true,
        address: format!("http://{}/v1", listener.local_addr()?),
        model: "silent".to_owned(),
        ..ModelSettings::default()
    };
    let mut tx = stage.services.db.begin_write().await?;
    models::save_settings(&mut tx, &busy.tenant, &settings).await?;
    tx.commit().await?;
    let (heard, mut hearing) = tokio::sync::mpsc::unbounded_channel();
    let mut model = JoinSet::new();
    model.spawn(async move {
        let mut held = Vec::new();
        while let Ok((stream, _)) = listener.accept().await {
            held.push(stream);
            if heard.send(held.len()).is_err() {
                return;
            }
        }
    });
    load::flood(stage.address, (0..HANGING).map(|number| busy.text(200_000 + number, 500_000 + number)).collect())
        .await?;
    // A tenant gets half of the places.
    let mut waiting = 0;
    while waiting < HANGING / 2 {
        let next = tokio::time::timeout(Duration::from_secs(20), hearing.recv()).await;
        waiting = next.map_err(|_| format!("only {waiting} turns asked the model"))?.ok_or("the model is gone")?;
    }
    println!("{waiting} of {HANGING} turns wait for the model");
    model.spawn(async move { while hearing.recv().await.is_some() {} });
    numbers::wait(Duration::from_secs(2)).await;
    Ok(model)
}
