//! Hostile connections: what `/health` and a signed webhook take while heads and bodies are sent by halves, one agent opens
//! as many streams as possible, and large bodies with a wrong signature come slowly; and the memory that this costs.
//!
//! The attackers run in a child process (this program again), so that their memory is not counted for the server.

use std::{
    io::{BufRead, BufReader},
    process::{Child, ChildStdout, Command, Stdio},
    time::Duration,
};

use super::{
    Failure,
    attackers::{ALL, ATTACKERS, BODIES, HALVES, HEADS, SLOW, STREAMS},
    business::Business,
    numbers::{self, Sample, instant, millis, resident, verdict},
    stage::{Front, Stage},
    wire::Connection,
};

const CALLS: usize = 300;
/// The goal: times under attack, in times of a quiet server; and memory over the idle server in megabytes.
const RATIO: f64 = 4.0;
const MEMORY: f64 = 60.0;
/// What bodies of webhooks may take together, as the README's table of limits says.
const BODY_MEMORY: f64 = 128.0;
/// Milliseconds. A time below this is as good as none: a ratio of two such times says nothing.
const LEAST: f64 = 10.0;

/// Times at p99 in milliseconds.
struct Times {
    health: f64,
    webhook: f64,
}

pub async fn measure() -> Result<(), Failure> {
    let mut stage = Stage::start_with("http://127.0.0.1:9/v26.0".to_owned(), Front::Limited).await?;
    let shop = Business::open(&stage, "shop", 1).await?;
    let (_, cookie) = stage.agent(1).await?;
    let mut workers = stage.services.start().await?;
    // What all requests share is there before memory is measured.
    times(&stage, &shop, 0).await?;
    let quiet = times(&stage, &shop, CALLS).await?;
    numbers::wait(Duration::from_secs(2)).await;
    let idle = resident("self")?;

    let (mut attackers, mut voice) = attack(&stage, &shop, &cookie)?;
    begun(&mut voice, HALVES)?;
    let halves = resident("self")?;
    begun(&mut voice, ALL)?;
    let during = times(&stage, &shop, 2 * CALLS).await?;
    let most = resident("self")?;
    attackers.kill()?;
    attackers.wait()?;
    println!(
        "{HEADS} half heads, {BODIES} half bodies, {STREAMS} streams of one agent, {SLOW} slow bodies of 4 MB with a wrong \
         signature"
    );
    println!("quiet: /health p99 {:.2} ms, signed webhook p99 {:.2} ms", quiet.health, quiet.webhook);
    println!("during: /health p99 {:.2} ms, signed webhook p99 {:.2} ms", during.health, during.webhook);
    for (what, quiet, during) in
        [("/health", quiet.health, during.health), ("signed webhook", quiet.webhook, during.webhook)]
    {
        let ratio = during.max(LEAST) / quiet.max(LEAST);
        let what = format!("{what} under attack, p99");
        verdict(&what, format!("{ratio:.2} of quiet"), &format!("<= {RATIO}"), ratio <= RATIO);
    }
    let over_idle = |bytes: u64| bytes.saturating_sub(idle) as f64 / 1024.0 / 1024.0;
    for (what, more, goal) in [
        ("memory for half requests and streams", over_idle(halves), MEMORY),
        ("memory with the slow bodies", over_idle(most), MEMORY + BODY_MEMORY),
    ] {
        verdict(what, format!("{more:.1} MB over idle"), &format!("<= {goal} MB"), more <= goal);
    }
    stage.services.stop.cancel();
    while workers.join_next().await.is_some() {}
    stage.end().await;
    Ok(())
}

/// Waits until the attackers have begun.
fn begun(voice: &mut BufReader<ChildStdout>, what: &str) -> Result<(), Failure> {
    let mut line = String::new();
    voice.read_line(&mut line)?;
    if line.trim() == what { Ok(()) } else { Err("the attackers ended".into()) }
}

/// Starts the attackers, which print what has begun.
fn attack(stage: &Stage, shop: &Business, cookie: &str) -> Result<(Child, BufReader<ChildStdout>), Failure> {
    let address = stage.address.to_string();
    let mut child = Command::new(std::env::current_exe()?)
        .args([ATTACKERS, address.as_str(), shop.app(), cookie])
        .stdout(Stdio::piped())
        .spawn()?;
    let voice = BufReader::new(child.stdout.take().ok_or("the attackers have no voice")?);
    Ok((child, voice))
}

/// One call after the other, each on a connection of its own.
async fn times(stage: &Stage, shop: &Business, first: usize) -> Result<Times, Failure> {
    let health = format!("GET /health HTTP/1.1\r\nhost: {}\r\n\r\n", stage.address);
    let (mut healths, mut webhooks) = (Vec::with_capacity(CALLS), Vec::with_capacity(CALLS));
    for nth in 0..CALLS {
        let start = instant();
        Connection::open(stage.address).await?.ask(health.as_bytes()).await?;
        healths.push(millis(start));
        let request = shop.text(nth, first + nth);
        let start = instant();
        Connection::open(stage.address).await?.ask(&request).await?;
        webhooks.push(millis(start));
    }
    Ok(Times { health: Sample::of(healths).at(99), webhook: Sample::of(webhooks).at(99) })
}
