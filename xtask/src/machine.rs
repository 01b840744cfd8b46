//! Detects the machine and installs missing packages: through the system's package manager, as root, on Debian.
//! Elsewhere the exact command is printed and the run stops; nothing here ever raises its privileges.
//!
//! Another package manager is added in [`install`].
use crate::step::{Outcome, Stop, ask, run};
use std::{fs, path::PathBuf, process::Command, sync::OnceLock};

/// Whether packages can be installed from Debian or a derivative.
pub fn is_debian() -> bool {
    fs::metadata("/etc/debian_version").is_ok() && crate::step::on_path("apt-get").is_some()
}

/// The release number, for packages that only one release has.
pub fn debian_release() -> Option<u32> {
    let version = fs::read_to_string("/etc/debian_version").ok()?;
    version.trim().split('.').next()?.parse().ok()
}

pub fn is_root() -> bool {
    ask("id", &["-u"]).as_deref() == Some("0")
}

/// Installs packages, or stops with the command to run. `purpose` completes "... is needed for".
///
/// `elsewhere` is the command for systems that are not Debian.
pub fn install(purpose: &str, packages: &[&str], elsewhere: &str) -> Outcome {
    let list = packages.join(" ");
    if !is_debian() {
        return Err(Stop(format!(
            "{purpose} needs something that is not installed. Run this, then try again:\n\n    {elsewhere}\n"
        )));
    }
    if !is_root() {
        return Err(Stop(format!(
            "{purpose} needs packages that are not installed. Run this, then try again:\n\n    sudo apt-get update && sudo apt-get install -y --no-install-recommends {list}\n"
        )));
    }
    static LISTS_ARE_FRESH: OnceLock<()> = OnceLock::new();
    LISTS_ARE_FRESH.get_or_init(|| {
        // One of several sources may be unreachable; whether that matters shows in the install itself.
        if let Err(stop) = run(apt().args(["update", "-qq"])) {
            println!("    {stop}; going on with the lists that are here");
        }
    });
    run(apt().args(["install", "-y", "-qq", "--no-install-recommends"]).args(packages))
}

fn apt() -> Command {
    let mut command = Command::new("apt-get");
    command.env("DEBIAN_FRONTEND", "noninteractive");
    command
}

/// Finds or installs `make`, which builds the server's allocator. A C compiler is there, because Rust links with it.
pub fn ensure_make() -> Outcome {
    match crate::step::on_path("make") {
        Some(_) => Ok(()),
        None => install("building the server", &["make"], "xcode-select --install"),
    }
}

/// Finds or installs the decoder of voice messages that the tests compare ours with.
pub fn ensure_opus_tools() -> Outcome {
    const PROGRAMS: [&str; 3] = ["opusdec", "opusenc", "opusinfo"];
    if PROGRAMS.iter().all(|program| crate::step::on_path(program).is_some()) {
        return Ok(());
    }
    install("testing voice messages", &["opus-tools"], "brew install opus-tools")
}

/// The least free memory, in kilobytes, for the data of tests.
const ROOM: u64 = 4 << 20;

/// A folder in memory for the databases of tests, whose commits wait for the disk otherwise. `None` where there is none,
/// or only a small one, as in many containers.
pub fn folder_in_memory() -> Option<PathBuf> {
    const FOLDER: &str = "/dev/shm";
    let free = ask("df", &["-Pk", FOLDER]).and_then(|table| free_kilobytes(&table))?;
    (free >= ROOM).then(|| PathBuf::from(FOLDER))
}

/// What a table of `df -Pk` says about its only file system.
fn free_kilobytes(table: &str) -> Option<u64> {
    table.lines().nth(1)?.split_whitespace().nth(3)?.parse().ok()
}

/// A free port of the loopback interface.
pub fn free_port() -> Outcome<u16> {
    let listener = std::net::TcpListener::bind(("127.0.0.1", 0))?;
    Ok(listener.local_addr()?.port())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_free_space_is_read_from_the_table() {
        let table = "Filesystem     1024-blocks  Used Available Capacity Mounted on\ntmpfs             24653060     8  24653052       1% /dev/shm";
        assert_eq!(free_kilobytes(table), Some(24_653_052));
        assert_eq!(free_kilobytes("df: /dev/shm: No such file or directory"), None);
    }
}
