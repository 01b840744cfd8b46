//! The program itself as a process of its own: its memory is not that of a benchmark.

use std::{
    fs,
    net::{SocketAddr, TcpListener},
    path::Path,
    process::{Child, Command, Stdio},
    time::Duration,
};

use super::{
    Failure,
    numbers::{self, resident},
    wire::Connection,
};

const STARTING: Duration = Duration::from_millis(100);
const STARTS: usize = 100;

/// Stops the server at the end of the measurement, also after a failure.
pub struct Server {
    child: Child,
    pub address: SocketAddr,
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Err(error) = self.child.kill().and_then(|()| self.child.wait().map(drop)) {
            eprintln!("bench: the server could not be ended: {error}");
        }
    }
}

impl Server {
    /// In a folder, on a database that nothing else uses, with its secret key. Returns once it answers.
    pub async fn start(folder: &Path, database: &Path, key: &str) -> Result<Self, Failure> {
        Self::start_with(folder, database, key, &[]).await
    }

    /// The same, with more of the operator's settings.
    pub async fn start_with(
        folder: &Path,
        database: &Path,
        key: &str,
        settings: &[(&str, String)],
    ) -> Result<Self, Failure> {
        // A server without the built page does not start.
        let pkg = folder.join("target/site/pkg");
        fs::create_dir_all(&pkg)?;
        fs::write(pkg.join("handoff.js"), "")?;
        let address: SocketAddr = TcpListener::bind("127.0.0.1:0")?.local_addr()?;
        let child = Command::new(env!("CARGO_BIN_EXE_handoff"))
            .arg("serve")
            .current_dir(folder)
            .env("DATABASE_URL", format!("sqlite://{}", database.display()))
            .env("HANDOFF_LISTEN", address.to_string())
            .env("HANDOFF_SECRET_KEY", key)
            .envs(settings.iter().map(|(name, value)| (*name, value.as_str())))
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()?;
        let server = Self { child, address };
        let request = format!("GET /health HTTP/1.1\r\nhost: {address}\r\n\r\n");
        let mut tries = 0;
        loop {
            let asked = async { Connection::open(address).await?.ask(request.as_bytes()).await };
            match asked.await {
                Ok(_) => return Ok(server),
                Err(error) if tries == STARTS => return Err(format!("the server does not answer: {error}").into()),
                Err(_) => tries += 1,
            }
            numbers::wait(STARTING).await;
        }
    }

    /// Bytes of memory.
    pub fn resident(&self) -> Result<u64, Failure> {
        resident(&self.child.id().to_string())
    }
}
