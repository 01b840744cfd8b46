//! A PostgreSQL server for the tests: a new one on a free loopback port, removed afterwards.
//!
//! It is configured for speed, not for durability. Another engine gets a file like this one.
use crate::{
    layout::Layout,
    machine,
    step::{Attempting, Outcome, Stop, ask, on_path, run},
};
use std::{
    env,
    fs::{self, File},
    path::{Path, PathBuf},
    process::Command,
};

/// The server for the tests, which must allow to create and drop databases.
pub const VARIABLE: &str = "HANDOFF_TEST_POSTGRES";

/// A running server, stopped and removed when dropped, also after a failure.
pub struct Postgres {
    bin: PathBuf,
    home: PathBuf,
    port: u16,
}

/// The server named in the environment, if any, else one started here.
pub fn start(layout: &Layout) -> Outcome<(String, Option<Postgres>)> {
    if let Ok(url) = env::var(VARIABLE) {
        println!("    using {VARIABLE} of the environment");
        return Ok((url, None));
    }
    let bin = match programs() {
        Some(bin) => bin,
        None => {
            machine::install("testing on PostgreSQL", &["postgresql"], "brew install postgresql@17")?;
            programs()
                .ok_or_else(|| Stop("PostgreSQL is installed, but its initdb is not where packages put it".into()))?
        }
    };
    let homes = homes(layout)?;
    clear_abandoned(&bin, &homes);
    let server = Postgres { bin, home: homes.join(std::process::id().to_string()), port: machine::free_port()? };
    server.create()?;
    let url = format!("postgres://postgres@127.0.0.1:{}/postgres", server.port);
    println!("    {VARIABLE}={url}");
    Ok((url, Some(server)))
}

/// The folder of `initdb` and `pg_ctl`, which Debian installs outside of PATH, in a folder per version.
fn programs() -> Option<PathBuf> {
    let version = |path: &Path| path.parent()?.file_name()?.to_str()?.parse::<u32>().ok();
    let packaged = fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .filter_map(Result::ok)
        .map(|entry| entry.path().join("bin"))
        .filter(|bin| bin.join("initdb").is_file())
        .max_by_key(|bin| version(bin));
    packaged
        .or_else(|| ask("pg_config", &["--bindir"]).map(PathBuf::from).filter(|bin| bin.join("initdb").is_file()))
        .or_else(|| on_path("initdb").and_then(|initdb| initdb.parent().map(PathBuf::from)))
}

/// A folder that the server's user can access, in memory if possible. As root the server runs as another user, who cannot
/// enter a checkout below /root.
fn homes(layout: &Layout) -> Outcome<PathBuf> {
    let homes = if let Some(memory) = machine::folder_in_memory() {
        // Others may test on this machine, too.
        memory.join(format!("handoff-postgres-{}", ask("id", &["-u"]).unwrap_or_default()))
    } else if !machine::is_root() || open_to_all(&layout.target) {
        layout.target.join("postgres")
    } else {
        env::temp_dir().join("handoff-postgres")
    };
    fs::create_dir_all(&homes).attempting(homes.display())?;
    Ok(homes)
}

#[cfg(unix)]
fn open_to_all(folder: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    folder.ancestors().all(|part| fs::metadata(part).is_ok_and(|about| about.permissions().mode() & 0o001 != 0))
}

#[cfg(not(unix))]
fn open_to_all(_folder: &Path) -> bool {
    true
}

/// Removes servers of killed test runs: each folder is named after the process that created it.
fn clear_abandoned(bin: &Path, homes: &Path) {
    for home in fs::read_dir(homes).into_iter().flatten().filter_map(Result::ok).map(|entry| entry.path()) {
        let owner = home.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        if owner.parse::<u32>().is_ok() && ask("kill", &["-0", &owner]).is_none() {
            drop(Postgres { bin: bin.to_path_buf(), home, port: 0 });
        }
    }
}

impl Postgres {
    fn create(&self) -> Outcome {
        fs::create_dir_all(&self.home).attempting(self.home.display())?;
        if machine::is_root() {
            run(Command::new("chown").arg("postgres").arg(&self.home))?;
        }
        let data = self.data();
        // Collation C, because the product requires it and checks it at start.
        self.owned("initdb", &["-D", &data, "-U", "postgres", "-A", "trust", "--locale=C", "-E", "UTF8", "--no-sync"])?;
        let log = self.home.join("server.log");
        // No socket file: its default folder belongs to the system's own server. Many connections, because each test
        // has a pool. No vacuum: a database is dropped after a second or two, and there are hundreds to visit. Statements
        // are planned once: each is run a few times only, and five plans with its values take longer than the statements
        // do. Neither compiled nor spread over processes, for the same reason.
        let settings = format!(
            "-c listen_addresses=127.0.0.1 -c port={} -c unix_socket_directories= -c fsync=off -c full_page_writes=off \
             -c synchronous_commit=off -c wal_level=minimal -c max_wal_senders=0 -c max_wal_size=128MB \
             -c max_connections=400 -c shared_buffers=64MB -c autovacuum=off -c plan_cache_mode=force_generic_plan \
             -c jit=off -c max_parallel_workers_per_gather=0",
            self.port
        );
        let log = log.to_string_lossy();
        self.owned("pg_ctl", &["-D", &data, "-w", "-t", "60", "-l", &log, "-o", &settings, "start"])
            .map_err(|stop| Stop(format!("{stop}\n{}", fs::read_to_string(log.as_ref()).unwrap_or_default())))
    }

    fn data(&self) -> String {
        self.home.join("data").to_string_lossy().into_owned()
    }

    /// Runs a PostgreSQL program as a permitted user: it refuses to run as root.
    fn owned(&self, program: &str, args: &[&str]) -> Outcome {
        let program = self.bin.join(program);
        let mut command = if machine::is_root() {
            let mut command = Command::new("runuser");
            command.args(["-u", "postgres", "--"]).arg(program);
            command
        } else {
            Command::new(program)
        };
        command.args(args).current_dir(&self.home);
        // A file instead of a pipe: the server inherits it and would keep the reader waiting as long as it runs.
        let said = self.home.join("said.log");
        let output = File::create(&said).attempting(said.display())?;
        command.stdout(output.try_clone()?).stderr(output);
        let status = command.status().attempting(format_args!("cannot start `{}`", crate::step::shown(&command)))?;
        if status.success() {
            return Ok(());
        }
        let said = fs::read_to_string(&said).unwrap_or_default();
        Err(Stop(format!("`{}` ended with {status}\n{said}", crate::step::shown(&command))))
    }
}

impl Drop for Postgres {
    fn drop(&mut self) {
        let data = self.data();
        if Path::new(&data).join("postmaster.pid").exists()
            && let Err(stop) = self.owned("pg_ctl", &["-D", &data, "-w", "-m", "immediate", "stop"])
        {
            println!("    {stop}");
        }
        if let Err(error) = fs::remove_dir_all(&self.home) {
            println!("    {} stays behind: {error}", self.home.display());
        }
    }
}
