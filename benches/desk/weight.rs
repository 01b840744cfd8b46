//! The size of the product: the memory of an idle server, and what a browser loads for the desk.

use std::{collections::BTreeMap, fs, path::Path, time::Duration};

use super::{
    Failure,
    numbers::{self, verdict},
    pages, place,
    server::Server,
    stage::Stage,
};

const IDLE: f64 = 60.0;
const LOAD: f64 = 337.0;
/// The files that every page of the desk references. The code of lazy parts is fetched once the stream is open, or when
/// their page is opened.
const FIRST: [&str; 8] = [
    "panes.js",
    "stopped.js",
    "pkg/handoff.js",
    "pkg/__wasm_split.______________________.js",
    "pkg/handoff_bg.wasm",
    "pkg/handoff.css",
    "icons.svg",
    "favicon.svg",
];

pub async fn measure() -> Result<(), Failure> {
    idle().await?;
    load().await
}

async fn idle() -> Result<(), Failure> {
    let folder = place::fresh()?;
    let server = Server::start(folder.path(), &folder.path().join("idle.db"), "a secret key for measuring").await?;
    numbers::wait(Duration::from_secs(5)).await;
    let megabytes = server.resident()? as f64 / 1024.0 / 1024.0;
    verdict("idle server", format!("{megabytes:.1} MB resident"), &format!("<= {IDLE} MB"), megabytes <= IDLE);
    Ok(())
}

/// What a browser fetches before the desk is shown and used, compressed by `cargo xtask dist`: the files that the page
/// references, the module, and the HTML of a full desk. What it fetches once its stream is open, for everything else that
/// the page can do and for the first opened conversation, is reported separately, without a goal.
async fn load() -> Result<(), Failure> {
    let what = "first load of the desk";
    let goal = format!("<= {LOAD} kB");
    let site = place::folder().join("dist/site");
    if !site.join("pkg").exists() {
        verdict(what, format!("{} is not there; `cargo xtask dist` makes it", site.display()), &goal, false);
        return Ok(());
    }
    let stage = Stage::start().await?;
    let (viewer, cookie) = stage.agent(1).await?;
    let (colleague, _) = stage.agent(2).await?;
    pages::fill(&stage, &viewer, &colleague, 0, 1_000).await?;
    let page = reqwest::Client::new()
        .get(format!("http://{}/conversations", stage.address))
        .header("cookie", cookie)
        .header("accept-encoding", "br");
    let page = page.send().await?.error_for_status()?;
    if page.headers().get("content-encoding").is_none_or(|encoding| encoding != "br") {
        return Err("the desk's HTML is not compressed".into());
    }
    let html = page.bytes().await?.len() as f64 / 1_000.0;
    stage.end().await;
    let mut total = html;
    let mut parts = vec![format!("html {html:.1}")];
    for file in FIRST {
        let size = compressed(&site, file)?;
        parts.push(format!("{} {size:.1}", file.rsplit('/').next().unwrap_or(file)));
        total += size;
    }
    verdict(what, format!("{total:.0} kB ({})", parts.join(", ")), &goal, total <= LOAD);
    let extras = part(&site, "extras")?;
    // What both need is fetched with the extras.
    let thread: Vec<String> = part(&site, "thread")?.into_iter().filter(|file| !extras.contains(file)).collect();
    let mut fetched = total;
    for (name, files) in [("extras", extras), ("thread", thread)] {
        let size =
            files.iter().map(|file| compressed(&site, &format!("pkg/{file}.wasm"))).sum::<Result<f64, Failure>>()?;
        fetched += size;
        let count = files.len();
        println!("{name}, fetched while the desk is looked at: {size:.0} kB in {count} files; with it {fetched:.0} kB");
    }
    Ok(())
}

/// Size of a file of the page in kilobytes, as a browser loads it.
fn compressed(site: &Path, file: &str) -> Result<f64, Failure> {
    Ok(fs::metadata(site.join(format!("{file}.br")))?.len() as f64 / 1_000.0)
}

/// The files of a lazy part, without their ending.
fn part(site: &Path, name: &str) -> Result<Vec<String>, Failure> {
    let mut lazy: BTreeMap<String, Vec<String>> =
        serde_json::from_slice(&fs::read(site.join("pkg/__wasm_split_manifest.json"))?)?;
    lazy.remove(name).ok_or_else(|| format!("there is no lazy part {name}").into())
}
