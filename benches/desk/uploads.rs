//! Ten files of 16 MB that agents upload at the same time, and the memory that each of them costs the server over an idle
//! one: they pass through to the folder, or in parts to a bucket, and are never collected.

use std::{
    io::{BufRead, BufReader},
    process::{Child, Command, Stdio},
    time::Duration,
};

use tokio::task::JoinSet;

use super::{
    Failure, load,
    numbers::{self, instant, seconds, verdict},
    pages::open,
    peers::PYTHON,
    place,
    server::Server,
    stage::{SECRET_KEY, Stage},
};

const AT_ONCE: usize = 10;
const SIZE: usize = 16 * 1024 * 1024;
/// The goals: memory per file in MiB, with the folder, and with a bucket: a part of 5 MiB and 1 MB.
const MEMORY: f64 = 2.0;
const MEMORY_OF_BUCKET: f64 = 5.0 + 1_000_000.0 / 1_048_576.0;
/// Between two looks at the memory.
const LOOK: Duration = Duration::from_millis(10);

const BUCKET: &str = "files";

/// An S3 server by others, which ends with its standard input.
struct Bucket {
    settings: Vec<(&'static str, String)>,
    process: Child,
}

impl Bucket {
    /// `None` if it is not installed.
    fn start() -> Result<Option<Self>, Failure> {
        let python = std::env::var(PYTHON).unwrap_or_else(|_| "python3".to_owned());
        let installed = Command::new(&python)
            .args(["-c", "import boto3, moto.server"])
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status();
        if !installed.is_ok_and(|status| status.success()) {
            println!(
                "moto is not installed for {python} (pip install 'moto[s3]' flask flask-cors): no bucket is measured"
            );
            return Ok(None);
        }
        let mut process = Command::new(&python)
            .arg("-B")
            .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/end2end/peers/s3"))
            .arg(BUCKET)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()?;
        let mut line = String::new();
        if let Some(output) = process.stdout.take() {
            BufReader::new(output).read_line(&mut line)?;
        }
        let said: serde_json::Value = serde_json::from_str(&line)?;
        let setting = |name: &str| said[name].as_str().unwrap_or_default().to_owned();
        let settings = vec![
            ("HANDOFF_S3_ENDPOINT", setting("endpoint")),
            ("HANDOFF_S3_REGION", setting("region")),
            ("HANDOFF_S3_BUCKET", BUCKET.to_owned()),
            ("HANDOFF_S3_KEY_ID", setting("key_id")),
            ("HANDOFF_S3_SECRET_KEY", setting("secret_key")),
        ];
        Ok(Some(Self { settings, process }))
    }
}

impl Drop for Bucket {
    fn drop(&mut self) {
        if let Err(error) = self.process.kill().and_then(|()| self.process.wait().map(drop)) {
            eprintln!("bench: the S3 server could not be ended: {error}");
        }
    }
}

pub async fn measure() -> Result<(), Failure> {
    upload_into("the folder", &[], MEMORY).await?;
    match Bucket::start()? {
        Some(bucket) => upload_into("a bucket", &bucket.settings, MEMORY_OF_BUCKET).await,
        None => Ok(()),
    }
}

/// Uploads into a place of files, on a server with these settings.
async fn upload_into(place_of_files: &str, settings: &[(&str, String)], goal: f64) -> Result<(), Failure> {
    let mut stage = Stage::start().await?;
    let (_, cookie) = stage.agent(1).await?;
    let mut workers = JoinSet::new();
    stage.services.start_journal(&mut workers);
    load::flood(stage.address, vec![stage.request(1, 1)]).await?;
    stage.services.projector.run_once().await?;
    let conversation: String =
        sqlx::query_scalar("SELECT id FROM conversations LIMIT 1").fetch_one(&mut open(&stage).await?).await?;
    // The other server has the file alone.
    stage.services.stop.cancel();
    while workers.join_next().await.is_some() {}
    stage.services.db.close().await;
    let folder = place::fresh()?;
    let server = Server::start_with(folder.path(), &stage.file, SECRET_KEY, settings).await?;
    let origin = format!("http://{}", server.address);
    let client = reqwest::Client::new();
    let upload = |nth: usize, size: usize| {
        // Each has bytes of its own, so that none is stored as another one.
        let mut file = format!("%PDF-1.7 {nth} {size} ").into_bytes();
        file.resize(size, b'x');
        let request = client.post(format!("{origin}/uploads/{conversation}?name=menu{nth}.pdf"));
        request.header("cookie", cookie.as_str()).header("origin", origin.as_str()).body(file)
    };
    // What all uploads share is there before memory is measured.
    upload(0, 1024).send().await?.error_for_status()?;
    numbers::wait(Duration::from_secs(3)).await;
    let idle = server.resident()?;
    let mut most = idle;
    let start = instant();
    let mut uploads = JoinSet::new();
    for nth in 0..AT_ONCE {
        let request = upload(nth, SIZE);
        uploads.spawn(async move { request.send().await?.error_for_status().map(drop) });
    }
    while !uploads.is_empty() {
        tokio::select! {
            done = uploads.join_next() => if let Some(done) = done { done??; },
            () = numbers::wait(LOOK) => most = most.max(server.resident()?),
        }
    }
    let megabytes = (most - idle) as f64 / 1024.0 / 1024.0 / AT_ONCE as f64;
    let what = format!(
        "{AT_ONCE} uploads of 16 MB at once into {place_of_files} ({:.1} s), memory of one over idle",
        seconds(start)
    );
    verdict(&what, format!("{megabytes:.2} MB"), &format!("<= {goal:.2} MB"), megabytes <= goal);
    Ok(())
}
