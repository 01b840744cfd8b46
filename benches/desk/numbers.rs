//! Times, percentiles, and the kernel's figures for a process. The benchmark's only clock is here.

use std::{
    fs,
    sync::atomic::{AtomicU32, Ordering},
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use super::Failure;

#[expect(clippy::disallowed_methods, reason = "a benchmark measures real time")]
pub fn instant() -> Instant {
    Instant::now()
}

/// Seconds since `start`.
pub fn seconds(start: Instant) -> f64 {
    (instant() - start).as_secs_f64()
}

/// Milliseconds since `start`.
pub fn millis(start: Instant) -> f64 {
    seconds(start) * 1e3
}

/// The wall clock in microseconds, which is comparable between processes of one machine.
#[expect(clippy::disallowed_methods, reason = "a benchmark measures real time")]
pub fn wall_micros() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_micros()).unwrap_or(i64::MAX)
}

#[expect(clippy::disallowed_methods, reason = "a benchmark keeps a real rhythm")]
pub async fn wait_until(at: Instant) {
    tokio::time::sleep_until(at.into()).await;
}

pub async fn wait(span: Duration) {
    wait_until(instant() + span).await;
}

/// Measured values of one kind.
pub struct Sample(Vec<f64>);

impl Sample {
    pub fn of(mut values: Vec<f64>) -> Self {
        values.sort_by(f64::total_cmp);
        Self(values)
    }

    /// The `percent`-th percentile.
    pub fn at(&self, percent: usize) -> f64 {
        let rank = (self.0.len() * percent).div_ceil(100).max(1) - 1;
        self.0.get(rank).copied().unwrap_or(f64::NAN)
    }

    pub fn line(&self, unit: &str) -> String {
        format!(
            "p50 {:.3} {unit}, p99 {:.3} {unit}, max {:.3} {unit} ({} values)",
            self.at(50),
            self.at(99),
            self.at(100),
            self.0.len()
        )
    }
}

static MISSED: AtomicU32 = AtomicU32::new(0);

/// Number of goals that this process missed.
pub fn missed() -> u32 {
    MISSED.load(Ordering::Relaxed)
}

/// Prints a goal and the result of this run.
pub fn verdict(what: &str, value: String, goal: &str, is_kept: bool) {
    if !is_kept {
        MISSED.fetch_add(1, Ordering::Relaxed);
    }
    println!("{} {what}: {value} (goal {goal})", if is_kept { "PASS" } else { "MISS" });
}

/// Resident memory of a process in bytes.
pub fn resident(process: &str) -> Result<u64, Failure> {
    let status = fs::read_to_string(format!("/proc/{process}/status"))?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).ok_or("no VmRSS: this is not Linux")?;
    Ok(line.trim().trim_end_matches(" kB").parse::<u64>()? * 1024)
}

/// CPU time of this process in seconds. A kernel tick is a hundredth of a second.
pub fn cpu() -> Result<f64, Failure> {
    ticks("/proc/self/stat")
}

/// CPU time of this thread in seconds.
pub fn thread_cpu() -> Result<f64, Failure> {
    ticks("/proc/thread-self/stat")
}

fn ticks(file: &str) -> Result<f64, Failure> {
    let stat = fs::read_to_string(file)?;
    let (_, after_name) = stat.rsplit_once(')').ok_or("an unreadable stat of the kernel")?;
    let mut fields = after_name.split_whitespace().skip(11);
    let mut ticks = || -> Result<f64, Failure> { Ok(fields.next().ok_or("a short stat of the kernel")?.parse()?) };
    Ok((ticks()? + ticks()?) / 100.0)
}
