//! Who may read the files that the program creates: its own user only. They hold messages and password hashes.

use std::{io, path::Path};

/// Makes every file that the process creates from now on 0600, and every folder 0700. The umask does it, not modes per
/// file, because SQLite's log and `object_store` create files without asking us. Call it before the first thread
/// starts.
pub fn restrict_new_files() {
    #[cfg(unix)]
    rustix::process::umask(rustix::fs::Mode::RWXG | rustix::fs::Mode::RWXO);
}

/// Takes the rights of other users from a file or folder that an older version created. Those of its group stay: the
/// operator may have let a program for backups in. A missing file is no error.
///
/// # Errors
/// The file belongs to another user.
pub fn close_to_others(path: &Path) -> io::Result<()> {
    match without_others(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        done => done,
    }
}

#[cfg(unix)]
fn without_others(path: &Path) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;

    let mut permissions = std::fs::metadata(path)?.permissions();
    let closed = permissions.mode() & !0o007;
    if permissions.mode() == closed {
        return Ok(());
    }
    permissions.set_mode(closed);
    std::fs::set_permissions(path, permissions)
}

/// Other systems let new files inherit the rights of their folder.
#[cfg(not(unix))]
fn without_others(_path: &Path) -> io::Result<()> {
    Ok(())
}
