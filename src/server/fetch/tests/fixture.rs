//! A hostile server on the loopback: the test decides what it sends, byte by byte.

use std::{
    collections::HashMap,
    future::pending,
    io,
    net::{IpAddr, SocketAddr},
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
};

use futures::future::BoxFuture;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    sync::mpsc,
    task::JoinHandle,
};

use crate::{
    domain::time::Timestamp,
    server::{
        clock::{Clock, ManualClock},
        fetch::{Fetch, Lookup, Policy, Request},
    },
};

/// A step of the server on a connection. The connection is closed after the last one.
#[derive(Clone)]
pub enum ServerStep {
    Say(Vec<u8>),
    /// Sends this many zero bytes.
    Flood(usize),
    /// Notifies the test and never continues.
    Stall,
}

pub fn say(text: &str) -> ServerStep {
    ServerStep::Say(text.as_bytes().to_vec())
}

pub struct TestServer {
    pub address: SocketAddr,
    requests: Arc<Mutex<Vec<String>>>,
    stalled: mpsc::UnboundedReceiver<()>,
    task: JoinHandle<()>,
}

impl Drop for TestServer {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl TestServer {
    /// `act` gets the head and body of each request.
    pub async fn with_script(act: impl Fn(&str) -> Vec<ServerStep> + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let (stalled_tx, stalled) = mpsc::unbounded_channel();
        let requests: Arc<Mutex<Vec<String>>> = Arc::default();
        let (act, recorded) = (Arc::new(act), requests.clone());
        let task = tokio::spawn(async move {
            loop {
                let (stream, _) = listener.accept().await.expect("a connection");
                tokio::spawn(serve(stream, act.clone(), recorded.clone(), stalled_tx.clone()));
            }
        });
        Self { address, requests, stalled, task }
    }

    pub async fn replying(text: &str) -> Self {
        let steps = vec![say(text)];
        Self::with_script(move |_| steps.clone()).await
    }

    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    pub fn requests(&self) -> Vec<String> {
        self.requests.lock().expect("no panic").clone()
    }

    /// Waits until the server has reached a [`ServerStep::Stall`].
    pub async fn stalls(&mut self) {
        self.stalled.recv().await.expect("a running server");
    }
}

async fn serve<A: Fn(&str) -> Vec<ServerStep>>(
    mut stream: TcpStream,
    act: Arc<A>,
    requests: Arc<Mutex<Vec<String>>>,
    stalled_tx: mpsc::UnboundedSender<()>,
) {
    let Ok(request) = read(&mut stream).await else { return };
    let steps = act(&request);
    requests.lock().expect("no panic").push(request);
    for step in steps {
        let said = match step {
            ServerStep::Say(bytes) => stream.write_all(&bytes).await,
            ServerStep::Flood(bytes) => flood(&mut stream, bytes).await,
            ServerStep::Stall => {
                stalled_tx.send(()).expect("a test that listens");
                pending().await
            }
        };
        // Some tests expect the client to hang up before the end.
        if said.is_err() {
            return;
        }
    }
    // Shut down the writing half first, so that the client receives everything.
    drop(stream.shutdown().await);
}

async fn flood(stream: &mut TcpStream, bytes: usize) -> io::Result<()> {
    let block = vec![b'x'; 64 * 1024];
    let mut left = bytes;
    while left > 0 {
        let now = left.min(block.len());
        stream.write_all(&block[..now]).await?;
        left -= now;
    }
    Ok(())
}

async fn read(stream: &mut TcpStream) -> io::Result<String> {
    let mut bytes = Vec::new();
    loop {
        let text = String::from_utf8_lossy(&bytes).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = head.lines().find_map(|line| {
                line.to_ascii_lowercase().strip_prefix("content-length:").and_then(|n| n.trim().parse::<usize>().ok())
            });
            if body.len() >= length.unwrap_or(0) {
                return Ok(text);
            }
        }
        if stream.read_buf(&mut bytes).await? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
    }
}

/// Names and their addresses: one list per lookup, and the last one repeats.
#[derive(Default)]
pub struct TestLookup {
    names: HashMap<&'static str, Vec<Vec<IpAddr>>>,
    pub lookups: AtomicUsize,
}

impl TestLookup {
    pub fn resolving(name: &'static str, answers: &[&[&str]]) -> Arc<Self> {
        let read = |list: &&[&str]| list.iter().map(|ip| ip.parse().expect("an address")).collect();
        Arc::new(Self {
            names: HashMap::from([(name, answers.iter().map(read).collect())]),
            lookups: AtomicUsize::new(0),
        })
    }
}

impl Lookup for TestLookup {
    fn look_up(&self, name: &str) -> BoxFuture<'static, io::Result<Vec<IpAddr>>> {
        let lookups = self.lookups.fetch_add(1, Ordering::SeqCst);
        let found = self.names.get(name).and_then(|answers| answers.get(lookups).or(answers.last())).cloned();
        Box::pin(async move { found.ok_or_else(|| io::ErrorKind::NotFound.into()) })
    }
}

/// The client under test: loopback is allowed, everything else is as in production, and the clock is manual.
pub struct TestClient {
    pub fetch: Fetch,
    pub clock: ManualClock,
}

impl TestClient {
    pub fn new() -> Self {
        Self::with_lookup(Arc::new(TestLookup::default()))
    }

    pub fn with_lookup(names: Arc<dyn Lookup>) -> Self {
        let clock = ManualClock::at(Timestamp(1_000_000));
        let policy = Policy::allowing(vec!["127.0.0.0/8".parse().expect("a network")]);
        let fetch = Fetch::with_lookup(policy, Clock::manual(clock.clone()), names).expect("a client");
        Self { fetch, clock }
    }
}

pub fn get(url: impl Into<String>) -> Request {
    Request { url: url.into(), ..Request::default() }
}
