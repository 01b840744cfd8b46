//! `cargo xtask bench`: throughput, latency and size of the server, as absolute numbers and ratios of one run.
//!
//! Each file measures one goal. Nothing is stored between runs, because results of different machines or times are not
//! comparable. Names after `--` select benchmarks (`cargo xtask bench -- ingest pages`); without names all run. Each
//! one runs in its own process, and a missed goal makes the run fail. To add a benchmark: a file with `measure`, its
//! line in [`BENCHES`] and its arm in [`alone`].

mod attack;
mod attackers;
mod bare;
mod business;
mod fairness;
mod flows;
mod graph;
mod ingest;
mod load;
mod numbers;
mod pages;
mod past;
mod peers;
mod place;
mod reports;
mod returning;
mod search;
mod server;
mod stage;
mod streams;
mod uploads;
mod weight;
mod wire;

use std::process::{Command, ExitCode};

use tikv_jemallocator::Jemalloc;

/// As in the server.
#[global_allocator]
static ALLOCATOR: Jemalloc = Jemalloc;

/// Ends the run, with a one-line message.
pub type Failure = Box<dyn std::error::Error + Send + Sync>;

/// The names of the benchmarks, and what they measure.
const BENCHES: [(&str, &str); 12] = [
    ("ingest", "durable ingest"),
    ("returning", "customers who write again"),
    ("fairness", "a tenant beside a busy one"),
    ("attack", "hostile connections"),
    ("flows", "flows"),
    ("models", "waiting for a language model"),
    ("pages", "desk pages"),
    ("reports", "reports"),
    ("search", "search"),
    ("streams", "live streams"),
    ("uploads", "files of agents"),
    ("weight", "weight"),
];

/// The first argument of a process that runs one benchmark: memory that an earlier benchmark freed would otherwise be
/// reused and make a later one seem to need less.
const ALONE: &str = "measure-alone";
/// The exit status of such a process if the benchmark ran but missed a goal.
const MISSED: u8 = 3;

/// Milliseconds per sync. On slower disks, the results describe the disk instead of the server.
const SLOWEST_SYNC: f64 = 1.0;

fn main() -> ExitCode {
    // Cargo adds its own flags (`--bench`); all other arguments are names.
    let names: Vec<String> = std::env::args().skip(1).filter(|name| !name.starts_with("--")).collect();
    let done = match names.first().map(String::as_str) {
        Some(streams::READER) => streams::read(&names[1..]),
        Some(attackers::ATTACKERS) => attackers::attack(&names[1..]),
        Some(ALONE) => names.get(1).ok_or_else(|| "measure what?".into()).and_then(|name| alone(name)),
        _ => all(&names),
    };
    match done {
        Ok(()) if numbers::missed() > 0 => ExitCode::from(MISSED),
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("bench: {error}");
            ExitCode::FAILURE
        }
    }
}

fn all(names: &[String]) -> Result<(), Failure> {
    if let Some(unknown) = names.iter().find(|name| !BENCHES.iter().any(|(known, _)| known == name)) {
        let known = BENCHES.map(|(name, _)| name).join(", ");
        return Err(format!("there is no benchmark “{unknown}”; there are {known}").into());
    }
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
    let mut missed = Vec::new();
    for (name, title) in BENCHES.iter().filter(|(name, _)| names.is_empty() || names.iter().any(|one| one == name)) {
        println!("\n# {title}");
        let ended = Command::new(std::env::current_exe()?).args([ALONE, *name]).status()?;
        match ended.code() {
            Some(0) => {}
            Some(code) if code == i32::from(MISSED) => missed.push(*name),
            _ => return Err(format!("{name} ended with {ended}").into()),
        }
    }
    if missed.is_empty() { Ok(()) } else { Err(format!("goals were missed: {}", missed.join(", ")).into()) }
}

fn alone(name: &str) -> Result<(), Failure> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        match name {
            "ingest" => ingest::measure().await,
            "returning" => returning::measure().await,
            "fairness" => fairness::measure().await,
            "attack" => attack::measure().await,
            "flows" => flows::measure().await,
            "models" => flows::measure_models().await,
            "pages" => pages::measure().await,
            "reports" => reports::measure().await,
            "search" => search::measure().await,
            "streams" => streams::measure().await,
            "uploads" => uploads::measure().await,
            "weight" => weight::measure().await,
            other => Err(format!("there is no benchmark “{other}”").into()),
        }
    })
}
