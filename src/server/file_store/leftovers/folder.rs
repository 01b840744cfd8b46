//! The leftovers of a folder. The store does not list them.

use std::{fs, io, path::Path, time::SystemTime};

use super::{Leftovers, is_old};
use crate::{domain::time::Timestamp, server::file_store::ARRIVING};

/// Removes the half-written files of the folder of all files.
///
/// # Errors
/// The folder cannot be read or changed.
pub(super) fn remove_leftovers(media: &Path, now: Timestamp) -> io::Result<Leftovers> {
    let mut found = Leftovers::default();
    for tenant in fs::read_dir(media)? {
        let tenant = tenant?.path();
        // The store writes a file under its name with a number, and renames it when it is complete.
        found = found.and(remove_old(&tenant, now, |name| name.contains('#'))?);
        found = found.and(remove_old(&tenant.join(ARRIVING), now, |_| true)?);
    }
    Ok(found)
}

fn remove_old(folder: &Path, now: Timestamp, is_leftover: impl Fn(&str) -> bool) -> io::Result<Leftovers> {
    let entries = match fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => {
            return Ok(Leftovers::default());
        }
        Err(error) => return Err(error),
    };
    let mut found = Leftovers::default();
    for entry in entries {
        let entry = entry?;
        if !is_leftover(&entry.file_name().to_string_lossy()) {
            continue;
        }
        let about = entry.metadata()?;
        if !about.is_file() {
            continue;
        }
        if is_old(written_at(about.modified()?), now) {
            fs::remove_file(entry.path())?;
            found.removed += 1;
        } else {
            found.recent += 1;
        }
    }
    Ok(found)
}

fn written_at(time: SystemTime) -> Timestamp {
    let since = time.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    Timestamp(i64::try_from(since.as_millis()).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::time::Span;

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

        let found = |now| remove_leftovers(folder.path(), now).expect("removes");
        assert_eq!(found(now), Leftovers { removed: 0, recent: 3 }, "they may be arriving now");
        assert_eq!(found(later), Leftovers { removed: 3, recent: 0 });
        assert_eq!(found(later), Leftovers::default());
        assert!(tenant.join("med_1").exists() && tenant.join("sha256-00").exists());
    }
}
