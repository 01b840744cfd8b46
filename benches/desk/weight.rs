//! What the finished program weighs: an idle server's memory, and what a browser loads for the desk.

use std::{
    collections::BTreeMap,
    fs,
    net::{SocketAddr, TcpListener},
    path::Path,
    process::{Child, Command, Stdio},
    time::Duration,
};

use super::{
    Failure,
    numbers::{self, resident, verdict},
    place,
    stage::Stage,
    wire::Connection,
};

const IDLE: f64 = 60.0;
const LOAD: f64 = 350.0;
/// What a browser needs before the desk answers: the code of lazy pages is fetched later, or never.
const FIRST: [&str; 4] = ["handoff.js", "__wasm_split.______________________.js", "handoff_bg.wasm", "handoff.css"];
const STARTING: Duration = Duration::from_millis(100);
const STARTS: usize = 100;

pub async fn measure() -> Result<(), Failure> {
    idle().await?;
    load().await
}

/// Ends the server with the measurement, however that ends.
struct Server(Child);

impl Drop for Server {
    fn drop(&mut self) {
        if let Err(error) = self.0.kill().and_then(|()| self.0.wait().map(drop)) {
            eprintln!("bench: the idle server could not be ended: {error}");
        }
    }
}

async fn idle() -> Result<(), Failure> {
    let folder = place::fresh()?;
    let address: SocketAddr = TcpListener::bind("127.0.0.1:0")?.local_addr()?;
    let server = Server(
        Command::new(env!("CARGO_BIN_EXE_handoff"))
            .arg("serve")
            .current_dir(folder.path())
            .env("DATABASE_URL", format!("sqlite://{}", folder.path().join("idle.db").display()))
            .env("HANDOFF_LISTEN", address.to_string())
            .env("HANDOFF_SECRET_KEY", "a secret key for measuring")
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()?,
    );
    let request = format!("GET /health HTTP/1.1\r\nhost: {address}\r\n\r\n");
    let mut tries = 0;
    loop {
        let asked = async { Connection::open(address).await?.ask(request.as_bytes()).await };
        match asked.await {
            Ok(_) => break,
            Err(error) if tries == STARTS => return Err(format!("the idle server does not answer: {error}").into()),
            Err(_) => tries += 1,
        }
        numbers::wait(STARTING).await;
    }
    numbers::wait(Duration::from_secs(5)).await;
    let megabytes = resident(&server.0.id().to_string())? as f64 / 1024.0 / 1024.0;
    verdict("idle server", format!("{megabytes:.1} MB resident"), &format!("<= {IDLE} MB"), megabytes <= IDLE);
    Ok(())
}

/// Script, module and styles as `cargo xtask dist` compressed them, and the desk's HTML as it is sent.
async fn load() -> Result<(), Failure> {
    let site = place::folder().join("dist/site/pkg");
    if !site.exists() {
        println!("first load: {} is not there; `cargo xtask dist` makes it", site.display());
        return Ok(());
    }
    let mut total = 0.0;
    let mut parts = Vec::new();
    for file in FIRST {
        let size = compressed(&site, file)?;
        parts.push(format!("{file} {size:.1}"));
        total += size;
    }
    let stage = Stage::start().await?;
    let (_, cookie) = stage.agent(1).await?;
    let page = reqwest::Client::new().get(format!("http://{}/conversations", stage.address)).header("cookie", cookie);
    let page = page.send().await?.error_for_status()?.bytes().await?;
    stage.end().await;
    println!("the thread's code, which follows: {:.1} kB", thread(&site)?);
    let html = page.len() as f64 / 1_000.0;
    parts.push(format!("html {html:.1} (not compressed)"));
    total += html;
    verdict(
        "first load of the desk",
        format!("{total:.0} kB ({})", parts.join(", ")),
        &format!("<= {LOAD} kB"),
        total <= LOAD,
    );
    Ok(())
}

/// Kilobytes of a file of the page, as a browser loads it.
fn compressed(site: &Path, file: &str) -> Result<f64, Failure> {
    Ok(fs::metadata(site.join(format!("{file}.br")))?.len() as f64 / 1_000.0)
}

/// Kilobytes of the code that follows the list: the thread's.
fn thread(site: &Path) -> Result<f64, Failure> {
    let lazy: BTreeMap<String, Vec<String>> =
        serde_json::from_slice(&fs::read(site.join("__wasm_split_manifest.json"))?)?;
    let (_, files) = lazy.iter().find(|(page, _)| page.contains("open_thread")).ok_or("the thread is not lazy")?;
    files.iter().map(|file| compressed(site, &format!("{file}.wasm"))).sum()
}
