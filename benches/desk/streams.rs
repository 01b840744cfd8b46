//! Live streams: the time from a commit until the last of 1,000 open pages has it, and the cost of a stream.
//!
//! The readers run in a child process (this program again), so that their CPU time and memory are not counted for the
//! server. Both use the same wall clock. A commit is a customer's message in a conversation that no page has open.

use std::{
    collections::HashMap,
    io::{BufRead, BufReader, Write},
    net::SocketAddr,
    process::{Command, Stdio},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use handoff::{
    domain::time::Timestamp,
    server::{conversations::receive::ChannelUpdate, store::tenants, webhook::read},
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    sync::mpsc,
    task::JoinSet,
};

use super::{
    Failure,
    numbers::{self, Sample, instant, millis, resident, verdict, wall_micros},
    stage::{self, Front, Stage},
};

/// The first argument that selects the readers' side of this program.
pub const READER: &str = "read-streams";

const STREAMS: usize = 1_000;
/// A session may have ten streams.
const AGENTS: usize = 100;
const COMMITS: usize = 300;
const MEMORY: f64 = 16.0;
/// Longer than any measurement; without output for this long, a reader has lost a stream.
const PATIENCE: Duration = Duration::from_secs(30);

/// A sequence that every stream has received, and when the last one received it.
type Seen = (i64, i64);

pub async fn measure() -> Result<(), Failure> {
    // As in production, whose connections are not axum's own.
    let stage = Stage::start_with("http://127.0.0.1:9/v26.0".to_owned(), Front::Limited).await?;
    let mut workers = JoinSet::new();
    workers.spawn(stage.services.live.clone().poll(stage.services.stop.clone()));
    let mut cookies = Vec::new();
    for number in 0..AGENTS {
        cookies.push(stage.agent(number).await?.1);
    }
    commit(&stage, 0).await?;
    // The first streams fill what all streams share, so that the others show the cost of one.
    let (mut child, mut seen) = readers(stage.address, AGENTS, &cookies)?;
    until(&mut seen, head(&stage).await?).await?;
    child.kill()?;
    child.wait()?;
    numbers::wait(Duration::from_secs(1)).await;

    let empty = resident("self")?;
    let opening = numbers::cpu()?;
    let start = instant();
    let (mut child, mut seen) = readers(stage.address, STREAMS, &cookies)?;
    until(&mut seen, head(&stage).await?).await?;
    println!(
        "{STREAMS} streams opened in {:.0} ms, {:.2} s of processor time",
        millis(start),
        numbers::cpu()? - opening
    );
    numbers::wait(Duration::from_secs(2)).await;
    let open = resident("self")?;

    let mut times = Vec::new();
    let mut whole = Vec::new();
    let cpu = numbers::cpu()?;
    for number in 1..=COMMITS {
        let begun = wall_micros();
        commit(&stage, number).await?;
        let committed = wall_micros();
        let (_, last) = until(&mut seen, head(&stage).await?).await?;
        times.push((last - committed) as f64 / 1e3);
        whole.push((last - begun) as f64 / 1e3);
        numbers::wait(Duration::from_millis(10)).await;
    }
    let cpu = numbers::cpu()? - cpu;
    let busy = resident("self")?;
    child.kill()?;
    child.wait()?;
    println!("commit to the last of {STREAMS}: {}", Sample::of(times).line("ms"));
    println!("begin of the transaction to the last: {}", Sample::of(whole).line("ms"));
    println!("processor time per delivery, commits included: {:.1} µs", cpu * 1e6 / (COMMITS * STREAMS) as f64);
    let per_stream = |bytes: u64| bytes.saturating_sub(empty) as f64 / 1024.0 / STREAMS as f64;
    println!(
        "resident: {:.1} MB without streams, {:.1} MB with, {:.1} MB after the deliveries",
        mb(empty),
        mb(open),
        mb(busy)
    );
    let most = per_stream(open).max(per_stream(busy));
    let value = format!("{:.1} KB quiet, {:.1} KB after deliveries", per_stream(open), per_stream(busy));
    verdict("memory per stream", value, &format!("<= {MEMORY} KB"), most <= MEMORY);
    stage.services.stop.cancel();
    while workers.join_next().await.is_some() {}
    stage.end().await;
    Ok(())
}

fn mb(bytes: u64) -> f64 {
    bytes as f64 / 1024.0 / 1024.0
}

/// Commits a customer's message through the conversations alone, without journal and bot.
async fn commit(stage: &Stage, number: usize) -> Result<(), Failure> {
    let batch = read::read(&stage::body(1, number), Timestamp(wall_micros() / 1_000))?;
    let news: Vec<ChannelUpdate> = batch
        .updates
        .into_iter()
        .map(|update| ChannelUpdate { channel: stage.channel.clone(), body: update.body })
        .collect();
    Ok(stage.services.conversations.receive(&stage.tenant, &news).await?)
}

async fn head(stage: &Stage) -> Result<i64, Failure> {
    let mut tx = stage.services.db.begin_read().await?;
    Ok(tenants::head(&mut tx, &stage.tenant).await?.0)
}

/// Waits until every stream has received `seq`.
async fn until(seen: &mut mpsc::UnboundedReceiver<Seen>, seq: i64) -> Result<Seen, Failure> {
    loop {
        let told = tokio::time::timeout(PATIENCE, seen.recv()).await;
        let told = told.map_err(|_| "the streams fell silent")?.ok_or("the readers ended")?;
        if told.0 >= seq {
            return Ok(told);
        }
    }
}

fn readers(
    address: SocketAddr,
    streams: usize,
    cookies: &[String],
) -> Result<(std::process::Child, mpsc::UnboundedReceiver<Seen>), Failure> {
    let mut child = Command::new(std::env::current_exe()?)
        .args([READER, &address.to_string(), &streams.to_string()])
        .args(cookies)
        .stdout(Stdio::piped())
        .spawn()?;
    let lines = BufReader::new(child.stdout.take().ok_or("the readers have no voice")?).lines();
    let (tell, seen) = mpsc::unbounded_channel();
    std::thread::spawn(move || {
        let numbers = |line: String| -> Option<Seen> {
            let (seq, at) = line.split_once(' ')?;
            Some((seq.parse().ok()?, at.parse().ok()?))
        };
        for told in lines.map_while(Result::ok).filter_map(numbers) {
            if tell.send(told).is_err() {
                return;
            }
        }
    });
    Ok((child, seen))
}

/// The readers' side: opens the streams and prints `sequence time` once all of them have received a sequence.
pub fn read(arguments: &[String]) -> Result<(), Failure> {
    let [address, streams, cookies @ ..] = arguments else { return Err("address, streams, cookies".into()) };
    let (address, streams): (SocketAddr, usize) = (address.parse()?, streams.parse()?);
    let counts: Counts = Counts::default();
    tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
        let mut open = JoinSet::new();
        for cookie in cookies.iter().cycle().take(streams) {
            let request = format!(
                "GET /live HTTP/1.1\r\nhost: {address}\r\ncookie: {cookie}\r\naccept: text/event-stream\r\n\r\n"
            );
            open.spawn(follow(address, request, counts.clone(), streams));
        }
        match open.join_next().await {
            Some(ended) => ended?,
            None => Err("there is no stream to read".into()),
        }
    })
}

type Counts = Arc<Mutex<HashMap<i64, usize>>>;

async fn follow(address: SocketAddr, request: String, counts: Counts, streams: usize) -> Result<(), Failure> {
    let mut stream = TcpStream::connect(address).await?;
    stream.set_nodelay(true)?;
    stream.write_all(request.as_bytes()).await?;
    let mut buffer = Vec::with_capacity(8 * 1024);
    let (mut last, mut named) = (-1, None);
    while stream.read_buf(&mut buffer).await? > 0 {
        let mut done = 0;
        while let Some(length) = buffer[done..].iter().position(|byte| *byte == b'\n') {
            let line = &buffer[done..done + length];
            if let Some(id) = line.strip_prefix(b"id:") {
                named = std::str::from_utf8(id)?.trim().parse::<i64>().ok();
            } else if line.is_empty()
                && let Some(seq) = named.take().filter(|seq| *seq > last)
            {
                last = seq;
                let mut counts = counts.lock().unwrap_or_else(PoisonError::into_inner);
                let count = counts.entry(seq).or_default();
                *count += 1;
                if *count == streams {
                    counts.remove(&seq);
                    let mut out = std::io::stdout().lock();
                    writeln!(out, "{seq} {}", wall_micros())?;
                    out.flush()?;
                }
            }
            done += length + 1;
        }
        buffer.drain(..done);
    }
    Err("the server ended a stream".into())
}
