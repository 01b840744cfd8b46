//! A stand-in for Meta's Graph API that accepts every message at once, and sends its statuses `sent` and `delivered` as a
//! webhook each. It runs on a thread of its own, whose processor time is the load's.

use std::{
    net::{SocketAddr, TcpListener},
    sync::{
        Arc, OnceLock,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use serde_json::{Value, json};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    sync::{Mutex, mpsc},
};

use super::{
    Failure,
    business::Business,
    numbers,
    wire::{Connection as Wire, content_length},
};

/// Webhooks with statuses at once.
const POSTS: usize = 16;

/// A message that was sent: the number, Meta's id, and the sender's own id.
type Sent = (String, String, String);

pub struct Graph {
    address: SocketAddr,
    shared: Arc<Shared>,
}

#[derive(Default)]
struct Shared {
    /// Whose messages are sent, and where their statuses go.
    business: OnceLock<(Business, SocketAddr)>,
    sent: AtomicUsize,
    posted: AtomicUsize,
    /// Processor time of the thread in hundredths of a second.
    cpu: AtomicUsize,
}

impl Graph {
    pub fn start() -> Result<Self, Failure> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        listener.set_nonblocking(true)?;
        let address = listener.local_addr()?;
        let shared = Arc::new(Shared::default());
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
        let own = shared.clone();
        std::thread::Builder::new().name("graph".to_owned()).spawn(move || {
            if let Err(error) = runtime.block_on(serve(listener, own)) {
                eprintln!("bench: the stand-in for Meta ended: {error}");
            }
        })?;
        Ok(Self { address, shared })
    }

    pub fn url(&self) -> String {
        format!("http://{}/v26.0", self.address)
    }

    /// From now on statuses of this business's messages are sent to `server`.
    pub fn answer_to(&self, business: &Business, server: SocketAddr) -> Result<(), Failure> {
        let set = self.shared.business.set((business.clone(), server));
        set.map_err(|_| "statuses are sent to one server only".into())
    }

    /// How many messages were accepted.
    pub fn sent(&self) -> usize {
        self.shared.sent.load(Ordering::Relaxed)
    }

    /// How many statuses were answered by the server.
    pub fn posted(&self) -> usize {
        self.shared.posted.load(Ordering::Relaxed)
    }

    /// Processor time in seconds.
    pub fn cpu(&self) -> f64 {
        self.shared.cpu.load(Ordering::Relaxed) as f64 / 100.0
    }
}

async fn serve(listener: TcpListener, shared: Arc<Shared>) -> Result<(), Failure> {
    let listener = tokio::net::TcpListener::from_std(listener)?;
    let (tell, told) = mpsc::unbounded_channel();
    let told = Arc::new(Mutex::new(told));
    for _ in 0..POSTS {
        let (told, shared) = (told.clone(), shared.clone());
        tokio::spawn(async move {
            if let Err(error) = post(told, shared).await {
                eprintln!("bench: a status was not sent: {error}");
            }
        });
    }
    let watched = shared.clone();
    tokio::spawn(async move {
        while let Ok(seconds) = numbers::thread_cpu() {
            watched.cpu.store((seconds * 100.0) as usize, Ordering::Relaxed);
            numbers::wait(Duration::from_millis(50)).await;
        }
    });
    loop {
        let (stream, _) = listener.accept().await?;
        stream.set_nodelay(true)?;
        let (tell, shared) = (tell.clone(), shared.clone());
        tokio::spawn(async move {
            // The server closes connections that it no longer needs.
            drop(answer(stream, tell, shared).await);
        });
    }
}

/// Answers the calls of one connection.
async fn answer(mut stream: TcpStream, tell: mpsc::UnboundedSender<Sent>, shared: Arc<Shared>) -> Result<(), Failure> {
    let mut buffer: Vec<u8> = Vec::with_capacity(4096);
    loop {
        let head = loop {
            if let Some(at) = buffer.windows(4).position(|four| four == b"\r\n\r\n") {
                break at + 4;
            }
            if stream.read_buf(&mut buffer).await? == 0 {
                return Ok(());
            }
        };
        let text = std::str::from_utf8(&buffer[..head])?;
        // POST /v26.0/<number>/messages
        let number = text.split('/').nth(2).unwrap_or_default().to_owned();
        let end = head + content_length(text)?;
        while buffer.len() < end {
            if stream.read_buf(&mut buffer).await? == 0 {
                return Ok(());
            }
        }
        let call: Value = serde_json::from_slice(&buffer[head..end])?;
        let answer = match call["biz_opaque_callback_data"].as_str() {
            // A read mark.
            None => json!({"success": true}),
            Some(callback) => {
                let wamid = format!("wamid.sent.{:012}", shared.sent.fetch_add(1, Ordering::Relaxed));
                tell.send((number, wamid.clone(), callback.to_owned()))?;
                json!({"messaging_product": "whatsapp", "messages": [{"id": wamid}]})
            }
        };
        let answer = answer.to_string();
        let response = format!(
            "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{answer}",
            answer.len()
        );
        stream.write_all(response.as_bytes()).await?;
        buffer.drain(..end);
    }
}

/// Sends the statuses of messages, one after the other.
async fn post(told: Arc<Mutex<mpsc::UnboundedReceiver<Sent>>>, shared: Arc<Shared>) -> Result<(), Failure> {
    let mut wire: Option<Wire> = None;
    loop {
        let next = told.lock().await.recv().await;
        let Some((number, wamid, callback)) = next else { return Ok(()) };
        let Some((business, server)) = shared.business.get() else { continue };
        for word in ["sent", "delivered"] {
            let request = business.status(&number, &wamid, word, &callback);
            let mut open = match wire.take() {
                Some(open) => open,
                None => Wire::open(*server).await?,
            };
            open.ask(&request).await?;
            wire = Some(open);
            shared.posted.fetch_add(1, Ordering::Relaxed);
        }
    }
}
