//! A database for each test: a copy of one whose tables were made once, or what an older version left behind. It is
//! dropped when the test is over.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::{Mutex, OnceLock, PoisonError},
};

use handoff::{
    domain::time::Timestamp,
    server::{clock::Entropy, store::Db},
};
use sha2::{Digest, Sha256};
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, PgConnection, sqlite::SqliteConnectOptions};
use tempfile::TempDir;
use tokio::runtime::{self, Runtime};

use super::{RESTARTED, START};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Engine {
    Sqlite,
    Postgres,
}

impl Engine {
    fn as_str(self) -> &'static str {
        match self {
            Self::Sqlite => "sqlite",
            Self::Postgres => "postgres",
        }
    }
}

/// The operator's key: random bytes, because a passphrase would cost every test a tenth of a second.
pub const SECRET_KEY: &str = "qL0wJm4p3m1Zc8g0Yy6oVdHn2bSx7uTkE5rAfI9hWwM=";

/// What a test's database holds before its server opens it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// Every table and no row.
    Empty,
    /// What this version left behind, from `tests/fixtures/<version>.<engine>.sql`.
    Version(&'static str),
}

impl Origin {
    /// When the test's clock starts.
    pub fn start(self) -> Timestamp {
        match self {
            Self::Empty => START,
            Self::Version(_) => RESTARTED,
        }
    }

    /// The key that encrypted its secrets. The first versions took any text; see also [`SECRET_KEY`].
    pub fn secret_key(self) -> &'static str {
        match self {
            Self::Version("97b2322" | "934d124" | "2e335a9") => "a secret key for tests",
            Self::Empty | Self::Version(_) => SECRET_KEY,
        }
    }

    /// Seeds of the server and of the simulator. Those that made the rows would give out the same ids once more.
    pub fn seeds(self) -> (u64, u64) {
        match self {
            Self::Empty => (7, 11),
            Self::Version(_) => (70, 110),
        }
    }
}

/// Where the server of one test keeps everything.
#[derive(Clone, Debug)]
pub struct DatabaseSetup {
    pub engine: Engine,
    pub origin: Origin,
    pub url: String,
    /// The folder of its files, including SQLite's database.
    pub folder: PathBuf,
}

/// The database and folder of one test. Dropping it removes both, also after a failure.
pub struct Database {
    pub place: DatabaseSetup,
    _folder: TempDir,
}

impl Database {
    /// Blocks: call it outside of any runtime.
    pub fn create(engine: Engine, origin: Origin) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let file = folder.path().join("test.db");
        let url = match (engine, origin) {
            (Engine::Sqlite, Origin::Empty) => {
                fs::write(&file, sqlite_template()).expect("a file");
                sqlite_url(&file)
            }
            (Engine::Sqlite, Origin::Version(version)) => {
                alone().block_on(restore_sqlite(&file, fixture(version, engine)));
                sqlite_url(&file)
            }
            (Engine::Postgres, Origin::Empty) => copy_of_template(),
            (Engine::Postgres, Origin::Version(version)) => {
                alone().block_on(restored_postgres(fixture(version, engine)))
            }
        };
        Self { place: DatabaseSetup { engine, origin, url, folder: folder.path().to_owned() }, _folder: folder }
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        // A database takes about ten megabytes, and a run creates hundreds.
        if self.place.engine == Engine::Postgres
            && let Err(error) = drop_database(&self.place.url)
        {
            // A panic here after a failed test would abort the whole process.
            eprintln!("{} stays behind: {error}", self.place.url);
        }
    }
}

/// A runtime for connections that are needed before and after the test's own runtime exists.
fn alone() -> Runtime {
    runtime::Builder::new_current_thread().enable_all().build().expect("a runtime")
}

fn sqlite_url(file: &Path) -> String {
    format!("sqlite://{}", file.display())
}

/// The bytes of a SQLite file with all tables and no rows. Created once per process.
fn sqlite_template() -> &'static [u8] {
    static TEMPLATE: OnceLock<Vec<u8>> = OnceLock::new();
    TEMPLATE.get_or_init(|| {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let file = folder.path().join("template.db");
        alone().block_on(migrate(&sqlite_url(&file)));
        fs::read(&file).expect("the file is closed and whole")
    })
}

/// Where the statements are that make a database as a version left it.
pub fn fixture_path(version: &str, engine: Engine) -> PathBuf {
    let name = format!("tests/fixtures/{version}.{}.sql", engine.as_str());
    Path::new(env!("CARGO_MANIFEST_DIR")).join(name)
}

fn fixture(version: &str, engine: Engine) -> String {
    fs::read_to_string(fixture_path(version, engine)).expect("the fixture of this version")
}

async fn restore_sqlite(file: &Path, sql: String) {
    // A dump has its tables in any order.
    let options = SqliteConnectOptions::new().filename(file).create_if_missing(true).foreign_keys(false);
    let mut connection = options.connect().await.expect("SQLite opens");
    sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut connection).await.expect("restores");
    connection.close().await.expect("closes");
}

async fn restored_postgres(sql: String) -> String {
    let server = postgres();
    let name = new_name();
    run_on_postgres(&server, &[format!("CREATE DATABASE {name} {EMPTY}")]).await;
    let url = beside(&server, &name);
    let mut connection = PgConnection::connect(&url).await.expect("PostgreSQL answers");
    sqlx::raw_sql(AssertSqlSafe(sql)).execute(&mut connection).await.expect("restores");
    connection.close().await.expect("closes");
    url
}

/// A PostgreSQL database as the product asks for it.
const EMPTY: &str = "TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C'";

async fn migrate(url: &str) {
    let db = Db::open(url).await.expect("opens");
    db.migrate().await.expect("makes the tables");
    db.close().await;
}

/// The PostgreSQL server for tests. If it is missing, tests fail; they are not skipped.
pub fn postgres() -> String {
    std::env::var("HANDOFF_TEST_POSTGRES").expect(
        "HANDOFF_TEST_POSTGRES is not set: run the tests with `cargo xtask test-server`, which starts PostgreSQL",
    )
}

/// A connection to the server's own database, which creates and drops those of the tests.
struct Administrator {
    runtime: Runtime,
    connection: PgConnection,
}

impl Administrator {
    fn connect() -> Result<Self, sqlx::Error> {
        let runtime = alone();
        let connection = runtime.block_on(PgConnection::connect(&postgres()))?;
        Ok(Self { runtime, connection })
    }
}

/// Blocks, as [`Database::create`] does.
fn administer(sql: String) -> Result<(), sqlx::Error> {
    // Kept for the next test: PostgreSQL starts a process for each connection. One that failed is not put back.
    static IDLE: Mutex<Vec<Administrator>> = Mutex::new(Vec::new());
    let idle = IDLE.lock().unwrap_or_else(PoisonError::into_inner).pop();
    let mut administrator = idle.map_or_else(Administrator::connect, Ok)?;
    let Administrator { runtime, connection } = &mut administrator;
    runtime.block_on(sqlx::raw_sql(AssertSqlSafe(sql)).execute(connection))?;
    IDLE.lock().unwrap_or_else(PoisonError::into_inner).push(administrator);
    Ok(())
}

fn copy_of_template() -> String {
    static COPIED: OnceLock<String> = OnceLock::new();
    let server = postgres();
    let copied = COPIED.get_or_init(|| alone().block_on(postgres_template(&server)));
    let name = new_name();
    administer(format!("CREATE DATABASE {name} {copied}")).expect("a copy of the template");
    beside(&server, &name)
}

fn new_name() -> String {
    format!("t_{}", hex::encode(Entropy::real().bytes::<8>()))
}

/// The address of another database of the same server.
fn beside(server: &str, name: &str) -> String {
    let (server, _) = server.rsplit_once('/').expect("the address names a database");
    format!("{server}/{name}")
}

/// A database with all tables and no rows, named after the migrations, as `CREATE DATABASE` is told to copy it. Several
/// processes may use one server, and a process that was interrupted leaves at most a database with another name.
async fn postgres_template(server: &str) -> String {
    let name = format!("template_{}", migrations_digest());
    let making = format!("{name}_making");
    let mut connection = PgConnection::connect(server).await.expect("PostgreSQL answers");
    // Held until this connection closes.
    sqlx::query("SELECT pg_advisory_lock(4711)").execute(&mut connection).await.expect("a lock");
    if !exists(&mut connection, &name).await {
        let create = format!("CREATE DATABASE {making} {EMPTY}");
        run_on_postgres(server, &[format!("DROP DATABASE IF EXISTS {making} WITH (FORCE)"), create]).await;
        migrate(&beside(server, &making)).await;
        run_on_postgres(server, &[format!("ALTER DATABASE {making} RENAME TO {name}")]).await;
    }
    let version = "SELECT current_setting('server_version_num')::int";
    let version: i32 = sqlx::query_scalar(version).fetch_one(&mut connection).await.expect("answers");
    connection.close().await.expect("closes");
    // From 15 on, PostgreSQL writes each page of the copy to its log, which takes twice as long as to copy the files.
    let files = if version >= 150_000 { " STRATEGY FILE_COPY" } else { "" };
    format!("TEMPLATE {name}{files}")
}

fn migrations_digest() -> String {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations");
    let folders = [folder.join("postgres"), folder];
    let files = folders.iter().flat_map(|folder| fs::read_dir(folder).expect("the migrations"));
    let mut files: Vec<_> = files.map(|file| file.expect("a file").path()).filter(|path| path.is_file()).collect();
    files.sort();
    let digest = files.iter().fold(Sha256::new(), |digest, file| digest.chain_update(fs::read(file).expect("reads")));
    hex::encode(&digest.finalize()[..8])
}

fn drop_database(url: &str) -> Result<(), sqlx::Error> {
    let (_, name) = url.rsplit_once('/').expect("the address names a database");
    administer(format!("DROP DATABASE {name} WITH (FORCE)"))
}

async fn exists(connection: &mut PgConnection, name: &str) -> bool {
    let exists = "SELECT EXISTS (SELECT 1 FROM pg_database WHERE datname = $1)";
    sqlx::query_scalar(exists).bind(name).fetch_one(connection).await.expect("answers")
}

pub async fn run_on_postgres(url: &str, statements: &[String]) {
    let mut connection = PgConnection::connect(url).await.expect("PostgreSQL answers");
    for sql in statements {
        sqlx::query(AssertSqlSafe(sql.clone())).execute(&mut connection).await.expect(sql);
    }
    connection.close().await.expect("closes");
}

/// Whether PostgreSQL carries a statement out.
pub async fn accepts(url: &str, sql: String) -> bool {
    let mut connection = PgConnection::connect(url).await.expect("PostgreSQL answers");
    let done = sqlx::query(AssertSqlSafe(sql)).execute(&mut connection).await;
    connection.close().await.expect("closes");
    done.is_ok()
}

/// The names of all databases on the tests' server.
pub fn names() -> Vec<String> {
    alone().block_on(async {
        let mut connection = PgConnection::connect(&postgres()).await.expect("PostgreSQL answers");
        sqlx::query_scalar("SELECT datname FROM pg_database").fetch_all(&mut connection).await.expect("answers")
    })
}
