//! The attackers' side of `attack`, in a process of its own: half requests, streams, and large bodies that come slowly.

use std::{io::Write, net::SocketAddr, sync::Arc, time::Duration};

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    task::JoinSet,
};

use super::{Failure, numbers, stage};

/// The first argument that selects the attackers' side of this program.
pub const ATTACKERS: &str = "attack-server";

pub const HEADS: usize = 1_050;
pub const BODIES: usize = 300;
pub const STREAMS: usize = 999;
pub const SLOW: usize = 72;
/// Bytes of a body that comes slowly, and of each piece of it.
const SLOW_BYTES: usize = 4 * 1024 * 1024;
const PIECE: usize = 16 * 1024;
const PAUSE: Duration = Duration::from_millis(100);
/// How long attackers have to begin.
const BEGINNING: Duration = Duration::from_secs(3);

/// What is printed when all but the slow bodies have begun, and when all have.
pub const HALVES: &str = "halves";
pub const ALL: &str = "all";

fn say(what: &str) -> Result<(), Failure> {
    let mut out = std::io::stdout();
    writeln!(out, "{what}")?;
    Ok(out.flush()?)
}

/// Attacks until it is killed. Prints a line when all but the slow bodies have begun, and when all have.
pub fn attack(arguments: &[String]) -> Result<(), Failure> {
    let [address, app, cookie] = arguments else { return Err("address, app, cookie".into()) };
    let address: SocketAddr = address.parse()?;
    rlimit::increase_nofile_limit(u64::MAX)?;
    tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(async {
        let mut all = JoinSet::new();
        for _ in 0..HEADS {
            all.spawn(hold(address, format!("GET /health HTTP/1.1\r\nhost: {address}\r\nx-half").into_bytes()));
        }
        for _ in 0..BODIES {
            let mut half =
                stage::head(address, app, "not-the-secret", b"{\"object\": \"half of a body\"}").into_bytes();
            half.extend_from_slice(b"{\"object\":");
            all.spawn(hold(address, half));
        }
        for _ in 0..STREAMS {
            let request = format!(
                "GET /live HTTP/1.1\r\nhost: {address}\r\ncookie: {cookie}\r\naccept: text/event-stream\r\n\r\n"
            );
            all.spawn(hold(address, request.into_bytes()));
        }
        numbers::wait(BEGINNING).await;
        say(HALVES)?;
        let body = Arc::new(vec![b' '; SLOW_BYTES]);
        let head = Arc::new(stage::head(address, app, "not-the-secret", &body));
        for _ in 0..SLOW {
            all.spawn(trickle(address, head.clone(), body.clone()));
        }
        numbers::wait(BEGINNING).await;
        say(ALL)?;
        // Connections that the server closes are not opened again.
        while all.join_next().await.is_some() {}
        std::future::pending().await
    })
}

/// Sends the bytes and keeps the connection until the server closes it.
async fn hold(address: SocketAddr, bytes: Vec<u8>) {
    let held = async {
        let mut stream = TcpStream::connect(address).await?;
        stream.write_all(&bytes).await?;
        let mut buffer = vec![0; 4096];
        while stream.read(&mut buffer).await? > 0 {}
        Ok::<_, std::io::Error>(())
    };
    // A refusal is an end like another.
    drop(held.await);
}

/// Sends a large body piece by piece, again and again.
async fn trickle(address: SocketAddr, head: Arc<String>, body: Arc<Vec<u8>>) {
    loop {
        let sent = async {
            let mut stream = TcpStream::connect(address).await?;
            stream.write_all(head.as_bytes()).await?;
            for piece in body.chunks(PIECE) {
                stream.write_all(piece).await?;
                numbers::wait(PAUSE).await;
            }
            let mut buffer = vec![0; 4096];
            while stream.read(&mut buffer).await? > 0 {}
            Ok::<_, std::io::Error>(())
        };
        drop(sent.await);
        numbers::wait(PAUSE).await;
    }
}
