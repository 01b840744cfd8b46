//! The folder of the benchmark's files: the build folder, which is on a real disk; `/tmp` may be in memory.

use std::{
    fs::File,
    io::Write,
    path::{Path, PathBuf},
};

use tempfile::TempDir;

use super::{
    Failure,
    numbers::{Sample, instant, millis},
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
