//! What the program creates can be read by its own user only, whatever the umask of whoever starts it.
#![cfg(unix)]

use std::{
    fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::Command,
};

use crate::app::SECRET_KEY;

/// Starts the program in a shell with an open umask, so that the test's own is not changed.
fn migrate(data: &Path) {
    let started = Command::new("sh")
        .args(["-c", "umask 000; exec \"$0\" migrate", env!("CARGO_BIN_EXE_handoff")])
        .env("HANDOFF_DATA", data)
        .env("HANDOFF_SECRET_KEY", SECRET_KEY)
        .env_remove("DATABASE_URL")
        .env_remove("HANDOFF_CONFIG")
        .current_dir(data.parent().expect("a folder"))
        .output()
        .expect("starts");
    assert!(started.status.success(), "{}", String::from_utf8_lossy(&started.stderr));
}

fn mode(path: &Path) -> u32 {
    fs::metadata(path).expect("is there").permissions().mode() & 0o777
}

/// Everything below a folder.
fn below(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path());
    entries
        .flat_map(|path| if path.is_dir() { [vec![path.clone()], below(&path)].concat() } else { vec![path] })
        .collect()
}

#[test]
fn files_are_0600_and_folders_0700() {
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("data");
    migrate(&data);
    assert_eq!(mode(&data), 0o700);
    let found = below(&data);
    assert!(found.contains(&data.join("handoff.db")) && found.contains(&data.join("media")), "{found:?}");
    for path in found {
        let expected = if path.is_dir() { 0o700 } else { 0o600 };
        assert_eq!(mode(&path), expected, "{}", path.display());
    }
}

#[test]
fn what_an_older_version_left_open_is_closed_to_strangers() {
    // given files as the versions before made them, and a group that the operator lets in
    let folder = tempfile::tempdir().expect("a folder");
    let data = folder.path().join("data");
    migrate(&data);
    for (path, was) in [("handoff.db", 0o644), ("media", 0o755)] {
        fs::set_permissions(data.join(path), fs::Permissions::from_mode(was)).expect("sets");
    }
    // when
    migrate(&data);
    // then
    assert_eq!((mode(&data.join("handoff.db")), mode(&data.join("media"))), (0o640, 0o750));
}
