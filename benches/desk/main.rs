//! `cargo xtask bench`: what the server does in a second and what it weighs, as raw numbers and ratios of one run.
//!
//! Each file measures one promise; nothing is kept between runs, because figures of two machines or two hours do not
//! compare. Names given after `--` choose (`cargo xtask bench -- ingest pages`); none means all. To measure one more
//! thing: a file with `measure`, and its line in [`BENCHES`].

mod bare;
mod flows;
mod ingest;
mod numbers;
mod pages;
mod place;
mod stage;
mod streams;
mod weight;
mod wire;

use std::process::ExitCode;

/// What ends a run, in one line.
pub type Failure = Box<dyn std::error::Error + Send + Sync>;

const BENCHES: [&str; 5] = ["ingest", "flows", "pages", "streams", "weight"];

/// Disks that are slower than this measure themselves, not the server.
const SLOWEST_SYNC: f64 = 1.0;

fn main() -> ExitCode {
    // Cargo adds flags of its own (`--bench`); names are ours.
    let names: Vec<String> = std::env::args().skip(1).filter(|name| !name.starts_with("--")).collect();
    match run(&names) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("bench: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(names: &[String]) -> Result<(), Failure> {
    if names.first().is_some_and(|name| name == streams::READER) {
        return streams::read(&names[1..]);
    }
    if let Some(unknown) = names.iter().find(|name| !BENCHES.contains(&name.as_str())) {
        return Err(format!("there is no benchmark “{unknown}”; there are {}", BENCHES.join(", ")).into());
    }
    let chosen = |name: &str| names.is_empty() || names.iter().any(|wanted| wanted == name);
    let sync = place::sync_times()?;
    println!("disk: fdatasync of 4 KiB in {}: {}", place::folder().display(), sync.line("ms"));
    if sync.at(50) > SLOWEST_SYNC {
        return Err(format!(
            "fdatasync takes {:.2} ms at p50, over {SLOWEST_SYNC} ms: nothing is reported",
            sync.at(50)
        )
        .into());
    }
    println!("cores: {}", std::thread::available_parallelism()?);
    let runtime = || tokio::runtime::Builder::new_multi_thread().enable_all().build();
    if chosen("ingest") {
        println!("\n# durable ingest");
        runtime()?.block_on(ingest::measure())?;
    }
    if chosen("flows") {
        println!("\n# flows and models");
        runtime()?.block_on(flows::measure())?;
    }
    if chosen("pages") {
        println!("\n# desk pages");
        runtime()?.block_on(pages::measure())?;
    }
    if chosen("streams") {
        println!("\n# live streams");
        runtime()?.block_on(streams::measure())?;
    }
    if chosen("weight") {
        println!("\n# weight");
        runtime()?.block_on(weight::measure())?;
    }
    Ok(())
}
