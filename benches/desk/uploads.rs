//! Ten files of 16 MB that agents upload at the same time, and the memory that each of them costs the server over an idle
//! one: they pass through to the folder and are never collected.

use std::time::Duration;

use tokio::task::JoinSet;

use super::{
    Failure, load,
    numbers::{self, instant, seconds, verdict},
    pages::open,
    place,
    server::Server,
    stage::{SECRET_KEY, Stage},
};

const AT_ONCE: usize = 10;
const SIZE: usize = 16 * 1024 * 1024;
/// The goal: memory per file in megabytes.
const MEMORY: f64 = 2.0;
/// Between two looks at the memory.
const LOOK: Duration = Duration::from_millis(10);

pub async fn measure() -> Result<(), Failure> {
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
    let server = Server::start(folder.path(), &stage.file, SECRET_KEY).await?;
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
    let what = format!("{AT_ONCE} uploads of 16 MB at once ({:.1} s), memory of one over idle", seconds(start));
    verdict(&what, format!("{megabytes:.2} MB"), &format!("<= {MEMORY} MB"), megabytes <= MEMORY);
    Ok(())
}
