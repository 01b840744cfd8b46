//! The load generator: requests on a thread of its own with its own runtime, so that it is not scheduled between the
//! server's tasks and its processor time is known; and the time until messages are on the desk.

use std::{
    net::SocketAddr,
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use sqlx::{Connection, SqliteConnection};
use tokio::task::JoinSet;

use super::{
    Failure,
    numbers::{self, Sample, instant, millis, seconds, wait_until},
    wire::Connection as Wire,
};

/// Requests at once of the closed loop. The open loop may have four times as many.
pub const CONNECTIONS: usize = 64;

/// What a load measured.
pub struct Load {
    /// From when a request was due, or was sent, until its answer, in milliseconds.
    pub answers: Sample,
    pub seconds: f64,
    /// Processor time of the load generator itself in seconds.
    pub cpu: f64,
}

/// Sends every request as fast as answers arrive.
pub async fn flood(address: SocketAddr, requests: Vec<Vec<u8>>) -> Result<Load, Failure> {
    let requests = Arc::new(requests);
    apart(async move {
        let next = Arc::new(AtomicUsize::new(0));
        let mut clients = JoinSet::new();
        for _ in 0..CONNECTIONS {
            let (requests, next) = (requests.clone(), next.clone());
            clients.spawn(async move {
                let mut wire = Wire::open(address).await?;
                let mut times = Vec::new();
                while let Some(request) = requests.get(next.fetch_add(1, Ordering::Relaxed)) {
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

/// When the messages from `first` on are due.
#[derive(Clone, Copy, Debug)]
pub struct Pace {
    pub begin: Instant,
    pub rate: usize,
    pub first: usize,
}

impl Pace {
    fn due(self, number: usize) -> Instant {
        let nth = u32::try_from(number - self.first).unwrap_or(u32::MAX);
        self.begin + Duration::from_secs(1) * nth / u32::try_from(self.rate).unwrap_or(1)
    }
}

/// Sends at a fixed rate regardless of answers (an open loop).
pub async fn paced(address: SocketAddr, requests: Vec<Vec<u8>>, pace: Pace) -> Result<Load, Failure> {
    apart(async move {
        let (returned, mut free) = tokio::sync::mpsc::unbounded_channel();
        for _ in 0..CONNECTIONS * 4 {
            returned.send(Wire::open(address).await?)?;
        }
        let mut asked = JoinSet::new();
        for (nth, request) in requests.into_iter().enumerate() {
            let due = pace.due(pace.first + nth);
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

/// Runs a client on a thread and a runtime of its own.
async fn apart(client: impl Future<Output = Result<Sample, Failure>> + Send + 'static) -> Result<Load, Failure> {
    let thread = tokio::task::spawn_blocking(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let (start, cpu) = (instant(), numbers::thread_cpu()?);
        let answers = runtime.block_on(client)?;
        Ok(Load { answers, seconds: seconds(start), cpu: numbers::thread_cpu()? - cpu })
    });
    thread.await?
}

/// The times in milliseconds from when messages were due until another connection can read them in their conversations.
/// `wamids` is what their ids begin with.
///
/// # Errors
/// Not all of them are there after `patience`.
pub async fn on_desk(
    file: &Path,
    wamids: &str,
    pace: Pace,
    count: usize,
    patience: Duration,
) -> Result<Sample, Failure> {
    let mut connection = SqliteConnection::connect(&format!("sqlite://{}", file.display())).await?;
    let mut last: i64 =
        sqlx::query_scalar("SELECT COALESCE(MAX(rowid), 0) FROM messages").fetch_one(&mut connection).await?;
    let mut times = Vec::with_capacity(count);
    while times.len() < count {
        let rows: Vec<(i64, String)> =
            sqlx::query_as("SELECT rowid, wamid FROM messages WHERE rowid > $1 AND author = 'customer' ORDER BY rowid")
                .bind(last)
                .fetch_all(&mut connection)
                .await?;
        for (rowid, wamid) in rows {
            last = rowid;
            let Some(number) = wamid.strip_prefix(wamids) else { continue };
            let number: usize = number.parse()?;
            if number >= pace.first {
                times.push(millis(pace.due(number)));
            }
        }
        if instant() > pace.begin + patience {
            return Err(format!("{} of {count} messages were on the desk after {patience:?}", times.len()).into());
        }
        numbers::wait(Duration::from_millis(2)).await;
    }
    connection.close().await?;
    Ok(Sample::of(times))
}

/// The number that a query answers, of the database file.
pub async fn ask(file: &Path, question: &'static str) -> Result<usize, Failure> {
    let mut connection = SqliteConnection::connect(&format!("sqlite://{}", file.display())).await?;
    let count: i64 = sqlx::query_scalar(question).fetch_one(&mut connection).await?;
    connection.close().await?;
    Ok(usize::try_from(count)?)
}
