//! Where the benchmark keeps its files: the build folder, whose disk is a real one; `/tmp` may be memory.

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

/// The build folder: this program stands in `target/release/deps`.
pub fn folder() -> PathBuf {
    let here = std::env::current_exe().unwrap_or_default();
    here.ancestors().nth(3).map_or_else(|| PathBuf::from("target"), Path::to_owned)
}

/// A folder of its own that goes when it is dropped.
pub fn fresh() -> Result<TempDir, Failure> {
    Ok(tempfile::Builder::new().prefix("bench-").tempdir_in(folder())?)
}

/// What a durable write costs here, before anything is measured against it. In milliseconds.
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
