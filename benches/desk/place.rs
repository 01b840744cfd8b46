//! The folder of the benchmark's files: the build folder, which is on a real disk; `/tmp` may be in memory.

use std::{
    fs::File,
    io::Write,
    path::{Path, PathBuf},
};

use tempfile::TempDir;

use super::{
    Failure,
    numbers::{Sample, instant, millis, verdict},
};

/// The build folder: this program is in `target/release/deps`.
pub fn folder() -> PathBuf {
    let here = std::env::current_exe().unwrap_or_default();
    here.ancestors().nth(3).map_or_else(|| PathBuf::from("target"), Path::to_owned)
}

/// A temporary folder that is removed when dropped.
pub fn fresh() -> Result<TempDir, Failure> {
    Ok(tempfile::Builder::new().prefix("bench-").tempdir_in(folder())?)
}

/// The durations of a durable write here in milliseconds, measured before all benchmarks.
pub fn sync_times() -> Result<Sample, Failure> {
    let folder = fresh()?;
    let mut file = File::create(folder.path().join("sync"))?;
    let page = [7; 4096];
    let mut times = Vec::new();
    for _ in 0..200 {
        file.write_all(&page)?;
        let start = instant();
        file.sync_data()?;
        times.push(millis(start));
    }
    Ok(Sample::of(times))
}

/// The disk's own speed in this run, which the goals of times depend on.
pub struct Disk {
    sync: f64,
}

/// Milliseconds of a durable write at p50. On slower disks a time describes the disk instead of the server.
const SLOW_SYNC: f64 = 0.5;

impl Disk {
    pub fn measure() -> Result<Self, Failure> {
        Ok(Self { sync: sync_times()?.at(50) })
    }

    /// Prints a goal and the result of this run. On a slow disk the result is not judged.
    pub fn verdict(&self, what: &str, value: String, goal: &str, is_kept: bool) {
        if self.sync > SLOW_SYNC {
            println!("SLOW DISK (fdatasync p50 {:.2} ms), not judged: {what}: {value} (goal {goal})", self.sync);
        } else {
            verdict(what, value, goal, is_kept);
        }
    }
}
