//! Software by others that does a part of what the server does, on this machine and in this run.

use std::{
    net::{SocketAddr, TcpListener},
    path::Path,
    process::{Child, Command, Stdio},
    time::Duration,
};

use super::{
    Failure,
    business::Business,
    load::{self, ask},
    numbers::{self, instant, seconds},
    place,
    wire::Connection,
};

/// Another Python than the system's, for example of an environment with `pip install pywa starlette uvicorn`.
pub const PYTHON: &str = "HANDOFF_BENCH_PYTHON";
const COUNT: usize = 3_000;
const STARTS: usize = 100;

/// Stops the process at the end of the measurement, also after a failure.
struct Peer(Child);

impl Drop for Peer {
    fn drop(&mut self) {
        if let Err(error) = self.0.kill().and_then(|()| self.0.wait().map(drop)) {
            eprintln!("bench: a peer could not be ended: {error}");
        }
    }
}

/// Messages per second that a webhook of pywa on Starlette stores durably; `None` if they are not installed.
pub async fn pywa(business: &Business) -> Result<Option<f64>, Failure> {
    let python = std::env::var(PYTHON).unwrap_or_else(|_| "python3".to_owned());
    let installed = Command::new(&python)
        .args(["-c", "import pywa, starlette, uvicorn"])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    if !installed.is_ok_and(|status| status.success()) {
        println!("pywa is not installed for {python} (pip install pywa starlette uvicorn): nothing to compare with");
        return Ok(None);
    }
    let folder = place::fresh()?;
    let file = folder.path().join("pywa.db");
    let address: SocketAddr = TcpListener::bind("127.0.0.1:0")?.local_addr()?;
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("benches/desk/pywa_store.py");
    let business = business.moved_to(address);
    let _peer = Peer(
        Command::new(&python)
            .arg(script)
            .args([address.port().to_string(), file.display().to_string()])
            .args([business.path(), business.secret().to_owned()])
            .stdout(Stdio::null())
            .spawn()?,
    );
    let mut tries = 0;
    while let Err(error) = Connection::open(address).await {
        tries += 1;
        if tries == STARTS {
            return Err(format!("pywa does not answer: {error}").into());
        }
        numbers::wait(Duration::from_millis(100)).await;
    }
    load::flood(address, (0..100).map(|number| business.text(number, number)).collect()).await?;
    stored(&file, 100).await?;
    let start = instant();
    load::flood(address, (100..100 + COUNT).map(|number| business.text(number, number)).collect()).await?;
    stored(&file, 100 + COUNT).await?;
    let rate = COUNT as f64 / seconds(start);
    println!("pywa + Starlette + SQLite FULL: {rate:.0} messages/s stored, each in a transaction");
    Ok(Some(rate))
}

/// Waits until so many messages are stored.
async fn stored(file: &Path, count: usize) -> Result<(), Failure> {
    let start = instant();
    while ask(file, "SELECT COUNT(*) FROM messages").await? < count {
        if seconds(start) > 60.0 {
            return Err("pywa fell silent".into());
        }
        numbers::wait(Duration::from_millis(5)).await;
    }
    Ok(())
}
