//! Removes what a killed server left half written: files that were still arriving. The store does not list them.

use std::{fs, io, path::Path, time::SystemTime};

use super::receive::ARRIVING;
use crate::domain::time::{Span, Timestamp};

/// Longer than any file may take to arrive, from a customer or an agent.
const OLD: Span = Span::hours(1);

/// Removes the half-written files of the folder of all files, and returns how many there were.
///
/// # Errors
/// The folder cannot be read or changed.
pub fn remove_leftovers(media: &Path, now: Timestamp) -> io::Result<usize> {
    let mut removed = 0;
    for tenant in fs::read_dir(media)? {
        let tenant = tenant?.path();
        // The store writes a file under its name with a number, and renames it when it is complete.
        removed += remove_old(&tenant, now, |name| name.contains('#'))?;
        removed += remove_old(&tenant.join(ARRIVING), now, |_| true)?;
    }
    Ok(removed)
}

fn remove_old(folder: &Path, now: Timestamp, is_leftover: impl Fn(&str) -> bool) -> io::Result<usize> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => return Ok(0),
        Err(error) => return Err(error),
    };
    let mut removed = 0;
    for entry in entries {
        let entry = entry?;
        if !is_leftover(&entry.file_name().to_string_lossy()) {
            continue;
        }
        let about = entry.metadata()?;
        if about.is_file() && now.since(written_at(about.modified()?)) > OLD {
            fs::remove_file(entry.path())?;
            removed += 1;
        }
    }
    Ok(removed)
}

fn written_at(time: SystemTime) -> Timestamp {
    let since = time.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    Timestamp(i64::try_from(since.as_millis()).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_half_written_and_old_is_removed() {
        let folder = tempfile::tempdir().expect("a folder");
        let tenant = folder.path().join("tnt_1");
        fs::create_dir_all(tenant.join(ARRIVING)).expect("a folder");
        for name in ["med_1", "sha256-00", "med_2#1", "arriving/med_3", "arriving/med_4#2"] {
            fs::write(tenant.join(name), "bytes").expect("is written");
        }
        let about = fs::metadata(tenant.join("med_1")).expect("a file");
        let now = written_at(about.modified().expect("a time"));
        let later = now.plus(Span::hours(2));

        assert_eq!(remove_leftovers(folder.path(), now).expect("removes"), 0, "it may be arriving now");
        assert_eq!(remove_leftovers(folder.path(), later).expect("removes"), 3);
        assert_eq!(remove_leftovers(folder.path(), later).expect("removes"), 0);
        assert!(tenant.join("med_1").exists() && tenant.join("sha256-00").exists());
    }
}
