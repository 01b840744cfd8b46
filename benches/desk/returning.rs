//! Customers who write again and again, with everything on: each message is tried against 20 keyword rules, takes a step of
//! a flow and gets a reply, which is sent to a stand-in for Meta, whose statuses `sent` and `delivered` come back.
//!
//! A message is carried when all of that is recorded. The measure is how many messages per second pywa stores, if it is
//! installed.

use std::time::Duration;

use handoff::{domain::keyword::Matching, server::store::journal};
use tokio::task::JoinSet;

use super::{
    Failure,
    business::Business,
    flows,
    graph::Graph,
    load::{self, Pace, ask, on_desk},
    numbers::{self, instant, seconds, verdict},
    peers,
    place::Disk,
    stage::{Front, Stage},
};

const CUSTOMERS: usize = 5_000;
/// Meta's pace of one number is 60 messages per second.
const NUMBERS: usize = 128;
const RULES: usize = 20;
const COUNT: usize = 20_000;
/// Messages per second of the open loops, and the goal of their p99 in milliseconds.
const PACES: [(usize, f64); 2] = [(1_000, 1_000.0), (3_000, 3_000.0)];
const PACED: usize = 30;
/// Carried messages per second, in ones that pywa stores.
const RATIO: f64 = 4.0;
/// After this long a message does not come any more.
const PATIENCE: Duration = Duration::from_secs(600);

pub async fn measure() -> Result<(), Failure> {
    let disk = Disk::measure()?;
    let graph = Graph::start()?;
    let mut stage = Stage::start_with(graph.url(), Front::Plain).await?;
    let shop = Business::open(&stage, "shop", NUMBERS).await?;
    shop.add_rules(&stage, Matching::Contains, RULES).await?;
    flows::go_live(&stage, &shop.tenant).await?;
    graph.answer_to(&shop, stage.address)?;
    let peer = peers::pywa(&shop).await?;
    let mut workers = JoinSet::new();
    stage.services.start_journal(&mut workers);
    workers.spawn(stage.services.projector.clone().run(stage.services.stop.clone()));
    workers.spawn(stage.services.bot.clone().run(stage.services.stop.clone()));
    workers.spawn(stage.services.outbox.clone().run(stage.services.stop.clone()));
    workers.spawn(stage.services.endings.clone().run(stage.services.stop.clone()));
    workers.spawn(stage.services.indexer.clone().run(stage.services.stop.clone()));
    workers.spawn(stage.services.live.clone().poll(stage.services.stop.clone()));
    println!(
        "a message: one webhook, {RULES} keyword rules, a step of a flow, one reply to the stand-in for Meta, a webhook for \
         each of its two statuses; {CUSTOMERS} customers at {NUMBERS} numbers"
    );
    // The first message of each customer begins its conversation.
    load::flood(stage.address, requests(&shop, 0, CUSTOMERS)).await?;
    carried(&stage, &graph, CUSTOMERS).await?;

    let (start, all, meta) = (instant(), numbers::cpu()?, graph.cpu());
    let flood = load::flood(stage.address, requests(&shop, CUSTOMERS, COUNT)).await?;
    let stored = seconds_until_read(&stage, start).await?;
    carried(&stage, &graph, CUSTOMERS + COUNT).await?;
    let took = seconds(start);
    let (all, meta) = (numbers::cpu()? - all, graph.cpu() - meta);
    let (rate, load) = (COUNT as f64 / took, flood.cpu + meta);
    let each = 1e6 / COUNT as f64;
    println!(
        "{COUNT} messages: answered in {:.2} s ({:.0}/s), no webhook unread after {stored:.2} s, all carried after \
         {took:.2} s",
        flood.seconds,
        COUNT as f64 / flood.seconds
    );
    println!(
        "processor time per message: server {:.0} us, load and stand-in for Meta {:.0} us",
        (all - load) * each,
        load * each
    );
    match peer {
        None => println!("carried: {rate:.0}/s, not judged without pywa"),
        Some(peer) => {
            let ratio = rate / peer;
            let value = format!("{rate:.0}/s, {ratio:.2} of what pywa stores");
            verdict("returning customers carried", value, &format!(">= {RATIO}"), ratio >= RATIO);
        }
    }

    let mut first = CUSTOMERS + COUNT;
    for (pace, goal) in PACES {
        paced(&stage, &shop, &disk, (first, pace), goal).await?;
        first += pace * PACED;
        let start = instant();
        carried(&stage, &graph, first).await?;
        println!("all of it carried {:.2} s after the last webhook's message was on the desk", seconds(start));
    }
    stage.services.stop.cancel();
    while workers.join_next().await.is_some() {}
    stage.end().await;
    Ok(())
}

fn requests(shop: &Business, first: usize, count: usize) -> Vec<Vec<u8>> {
    (first..first + count).map(|number| shop.text(number % CUSTOMERS, number)).collect()
}

async fn paced(
    stage: &Stage,
    shop: &Business,
    disk: &Disk,
    (first, rate): (usize, usize),
    goal: f64,
) -> Result<(), Failure> {
    let count = rate * PACED;
    let requests = requests(shop, first, count);
    let pace = Pace { begin: instant() + Duration::from_millis(200), rate, first };
    let wamids = shop.wamids();
    let desk = on_desk(&stage.file, &wamids, pace, count, PATIENCE);
    let (load, desk) = tokio::join!(load::paced(stage.address, requests, pace), desk);
    let (load, desk) = (load?, desk?);
    println!("at {rate}/s for {PACED} s: webhook answered {}", load.answers.line("ms"));
    println!("at {rate}/s for {PACED} s: message on the desk {}", desk.line("ms"));
    let p99 = desk.at(99);
    let what = format!("message to desk at {rate}/s, p99");
    disk.verdict(&what, format!("{p99:.0} ms"), &format!("<= {goal:.0} ms"), p99 <= goal);
    Ok(())
}

/// Waits until no webhook is unread, and returns the seconds since `start`.
async fn seconds_until_read(stage: &Stage, start: std::time::Instant) -> Result<f64, Failure> {
    loop {
        let mut tx = stage.services.db.begin_read().await?;
        let (unread, held) = journal::backlog(&mut tx).await?;
        tx.rollback().await?;
        if held > 0 {
            return Err(format!("{held} items are in quarantine").into());
        }
        if unread == 0 {
            return Ok(seconds(start));
        }
        numbers::wait(Duration::from_millis(5)).await;
    }
}

/// Waits until `count` messages have their turn, their reply and the statuses of that.
async fn carried(stage: &Stage, graph: &Graph, count: usize) -> Result<(), Failure> {
    let start = instant();
    let patience = PATIENCE.as_secs_f64();
    while graph.sent() < count || graph.posted() < 2 * count {
        if seconds(start) > patience {
            return Err(format!("{} of {count} replies were sent", graph.sent()).into());
        }
        numbers::wait(Duration::from_millis(5)).await;
    }
    seconds_until_read(stage, start).await?;
    while ask(&stage.file, "SELECT COUNT(*) FROM outbox WHERE state <> 'done'").await? > 0 {
        numbers::wait(Duration::from_millis(5)).await;
    }
    let delivered = ask(&stage.file, "SELECT COUNT(*) FROM messages WHERE delivery = 'delivered'").await?;
    if delivered != count {
        return Err(format!("{count} messages were written, and {delivered} replies delivered").into());
    }
    Ok(())
}
