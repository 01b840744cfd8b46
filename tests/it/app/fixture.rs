//! Writes what a test's database holds as a fixture for later versions, and opens it as the server does that starts next.

use std::{fs, path::Path, process::Command};

use super::{
    Engine, Gate, Origin, TestApp,
    database::{DatabaseSetup, fixture_path},
};

impl TestApp {
    /// Writes the statements that restore this database: see [`Origin::Version`]. Needs `sqlite3` and `pg_dump`.
    pub fn write_fixture(&self, version: &str) {
        let url = self.config.database_url.as_str();
        let mut command = match self.engine {
            Engine::Sqlite => Command::new("sqlite3"),
            Engine::Postgres => Command::new("pg_dump"),
        };
        match self.engine {
            Engine::Sqlite => command.args([url.strip_prefix("sqlite://").expect("a file"), ".dump"]),
            Engine::Postgres => command.args(["--inserts", "--no-owner", "--no-privileges", "--no-comments", url]),
        };
        let output = command.output().expect("the program runs");
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let dump = String::from_utf8(output.stdout).expect("the dump is text");
        // Comments name pg_dump's version; what begins with a backslash is for psql.
        let lines = dump.lines().filter(|line| !line.starts_with("--") && !line.starts_with('\\'));
        let sql: String = lines.flat_map(|line| [line, "\n"]).collect();
        let path = fixture_path(version, self.engine);
        fs::create_dir_all(path.parent().unwrap_or(Path::new("."))).expect("a folder");
        fs::write(&path, without_ports(&sql)).expect("writes");
    }

    /// The server that starts after this one was killed, with a clock at [`super::RESTARTED`] and another simulator.
    pub async fn restarted(&self) -> Self {
        let place = DatabaseSetup {
            engine: self.engine,
            origin: Origin::Version("the version under test"),
            url: self.config.database_url.clone(),
            folder: self.config.data.clone(),
        };
        Self::start(&place, Gate::default()).await
    }
}

/// The ports of a test's servers may be anybody's when the fixture is restored. Nobody listens on port 9.
fn without_ports(sql: &str) -> String {
    const HOST: &str = "127.0.0.1:";
    let mut parts = sql.split(HOST);
    let mut kept = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        kept.push_str(HOST);
        kept.push('9');
        kept.push_str(part.trim_start_matches(|c: char| c.is_ascii_digit()));
    }
    kept
}
