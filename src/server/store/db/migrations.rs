//! Migrates a database to this build's schema, and refuses databases that cannot be migrated.
//!
//! Both engines run the files of `migrations/`. The search index alone has a file per engine, in a folder of its own.

use std::sync::LazyLock;

use sqlx::migrate::{AppliedMigration, Migrate, Migrator};

use super::{Db, Engine, Result, StoreError, file_lock::FileLock};

static SHARED: Migrator = sqlx::migrate!("./migrations");
static OF_SQLITE: Migrator = sqlx::migrate!("./migrations/sqlite");
static OF_POSTGRES: Migrator = sqlx::migrate!("./migrations/postgres");

static SQLITE: LazyLock<Migrator> = LazyLock::new(|| with_shared(&OF_SQLITE));
static POSTGRES: LazyLock<Migrator> = LazyLock::new(|| with_shared(&OF_POSTGRES));

/// The migrations of one engine in order.
fn with_shared(own: &Migrator) -> Migrator {
    Migrator::with_migrations(SHARED.iter().chain(own.iter()).cloned().collect())
}

/// The oldest version whose databases are upgraded, and its newest migration.
const OLDEST: &str = "97b2322";
const OLDEST_MIGRATION: i64 = 4;

impl Db {
    /// # Errors
    /// [`StoreError::Unusable`] for a database of a version before `OLDEST`, or of a newer version than this one.
    pub async fn migrate(&self) -> Result<()> {
        match &self.0 {
            Engine::Sqlite { writer, .. } => {
                // sqlx takes no lock on SQLite, so two servers that start at once would both migrate.
                let lock = FileLock::acquire(writer.connect_options().get_filename())?;
                let mut connection = writer.acquire().await?;
                let contents = contents(&sqlx::query_scalar(TENANTS).fetch_one(&mut *connection).await);
                bring_up(&mut *connection, &SQLITE, contents).await?;
                drop(lock);
            }
            Engine::Postgres(pool) => {
                let mut connection = pool.acquire().await?;
                let contents = contents(&sqlx::query_scalar(TENANTS).fetch_one(&mut *connection).await);
                bring_up(&mut *connection, &POSTGRES, contents).await?;
            }
        }
        Ok(())
    }
}

const TENANTS: &str = "SELECT COUNT(*) FROM tenants";

/// Whether a database contains tenants.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Contents {
    /// No tenants. Some tables may exist, if the first start was interrupted.
    None,
    Some,
}

fn contents(tenants: &sqlx::Result<i64>) -> Contents {
    match tenants {
        Ok(0) | Err(_) => Contents::None,
        Ok(_) => Contents::Some,
    }
}

async fn bring_up<C: Migrate>(connection: &mut C, migrations: &Migrator, contents: Contents) -> Result<()> {
    // Locked here as well, because creating the migrations table is not covered by sqlx's own lock. PostgreSQL's
    // advisory locks can be taken twice.
    connection.lock().await?;
    let outcome = async {
        connection.ensure_migrations_table(&migrations.table_name).await?;
        let applied = connection.list_applied_migrations(&migrations.table_name).await?;
        check(&applied, migrations, contents)?;
        Ok(migrations.run_direct(None, connection, false).await?)
    }
    .await;
    connection.unlock().await?;
    outcome
}

/// Checks that the applied migrations are a prefix of this build's, and that the database is not too old.
fn check(applied: &[AppliedMigration], migrations: &Migrator, contents: Contents) -> Result<()> {
    let newest = migrations.iter().map(|migration| migration.version).max().unwrap_or_default();
    for it in applied {
        let Some(own) = migrations.iter().find(|own| own.version == it.version) else {
            return Err(StoreError::Unusable(format!(
                "the database was made by a newer version of Handoff: it has migration {}, and this version ends with \
                 {newest}. Run that version or a later one, or restore the backup that was made before the upgrade",
                it.version
            )));
        };
        if own.checksum != it.checksum {
            return Err(too_old(&format!("its migration {} differs from this version's", it.version)));
        }
    }
    let reached = applied.iter().map(|it| it.version).max().unwrap_or_default();
    if reached < OLDEST_MIGRATION && contents == Contents::Some {
        return Err(too_old(&format!("it ends with migration {reached}")));
    }
    Ok(())
}

fn too_old(why: &str) -> StoreError {
    StoreError::Unusable(format!(
        "the database was made by a version of Handoff before {OLDEST} ({why}), and only databases of {OLDEST} or later \
         can be upgraded. Continue with the version that created it, or set DATABASE_URL to a new, empty database"
    ))
}

#[cfg(test)]
mod tests {
    use std::{collections::BTreeMap, fs, path::Path};

    use sha2::{Digest, Sha256};

    use super::*;
    use crate::{
        domain::{settings::TenantSettings, time::Timestamp},
        server::store::tenants,
    };

    /// The SHA-256 of every committed migration. Databases have run them: lines are added, never changed or removed.
    const FROZEN: &[(&str, &str)] = &[
        ("0001_foundation.sql", "6e2e70faaf3609dc05393f8791a325a991fc741b6843fbfde26788b8643620a7"),
        ("0002_flows.sql", "4bde49908ed4a280cb890a2c3c693805f08336c98afc57e3ecc1e9b73788922f"),
        ("0003_bot.sql", "0b4b8f3fff75839f086c3e9600971a6df1e4d501f19d12aba4c2b5f4ffb0673f"),
        ("0004_model_key.sql", "eba1752b58d896790dcca9cf45ab8ab7faa3445e4bd5abc513cb962a24a693c6"),
        ("0005_table_names.sql", "201677cc0f07fb547a9e9b8b5be26a8f69f77775bd79409d48a1e9198ec1ae5c"),
        ("0006_lease_owners.sql", "0a524ed9aac24418200d7cda55de81c9e0e87b3806431e7b9729a21e7395cd16"),
        ("0007_pending_endings.sql", "dc012b45b11c03a8cc7f690758c37bc56b6c64f837d6cf08847428fc8606471f"),
        ("0008_agent_preferences.sql", "1ef2e24cf9586aeaa6341621015d9a55f93e98bb82b5c294eb93b546df6282c7"),
        ("0009_needs_me.sql", "ca6ef609b92d903d53e776f7ed457fbad7cb58bec24ab6259f501c77cd25315e"),
        ("0010_outcomes.sql", "b226ff806e721e23a50973076b5ae1246ef57dacc077c75793a284ec996ada59"),
        ("0011_presence.sql", "2960c6c904ad2117a12c70c0f65693975faeac50fed8157d702f794beea55d28"),
        ("0013_compact_list.sql", "8cc17c5181deacd2d8a1a8a3e2a5d888fc97aff34001b6558ee66ec30811297c"),
        ("0014_conversation_trigger.sql", "506a736d574afae2f711e321ab432a1b31adaf03d8825bd39829629ee71ca145"),
        ("0015_closing_outcome.sql", "55a8a242ef2dea0daca38cd441b327757846cc5127148558180973377eece55c"),
        ("0016_customer_ids.sql", "6642f73ade58121fefc243adcd56dab75489d63c95a914b2fec458a5621a771e"),
        ("0017_abuse.sql", "4abb8f661a21eb4bc4a93c8bd226a5df56d8dc5ea32ea8b02451b895f644753c"),
        ("0018_fair_shares.sql", "f44f6d81bfe621110f1ec72dc5eaa09749229cf58e257bc2832e1f7fbbc5cfa8"),
        ("0019_secret_hosts.sql", "6c864dda612313f4e85f098a2d3e651befcd54ef3b6440c8fabe095fcf3a8864"),
        ("0020_account_links.sql", "75700b0a5f6dfeef04b1f127fd9986401c7986c348568635bc421b7b7adbe9b6"),
        ("0023_sessions.sql", "6493a784253bd26f0909e194f00bcd665e43dee1d7c17b2db931b58dfe8dcfc4"),
        ("0024_devices.sql", "b0f16e602ba0937bf4ac3b1928868a4cef96625ab954914128b65c3a793af0ba"),
        ("0025_entry_addresses.sql", "bdc34a8c9f19713911da547460acf9c626135ffe97c9f2fc0ab504313ff1358b"),
        ("0028_thread_control.sql", "06d9d6013743b2f355f739c464caae305be3f8120be2e4952591c1acdef5bc03"),
        ("0032_second_factors.sql", "a8d014ef977ed529037433ba1393b42df179d43854a57a889f1b728a0b9bfeff"),
        ("0033_facts.sql", "b7c13c4a210576e512384e1bd42fba0504b43279e396e1900483b9908e9e85df"),
        ("0035_cost.sql", "efa1227b9a3d17f84553c45579ac342f5753e239e50a30f2943de52d27c0ec50"),
        ("0036_ratings.sql", "e396ff0b4ffd81bf22757044a083acc99bd4d9cec7fe826896891c4a92879d96"),
        ("0037_packed_days.sql", "c58216822b4a4b66c3ecdf167559ffb28ae6fa1c9f62b97a870f4d8d803a13a3"),
        ("0039_drafts_of_agent.sql", "a631e8aa8498596b35a18c832d169419c252c5f868f58280a07c12c3a333d9a6"),
        ("0040_notes.sql", "fbf96bc9afdf8d2c81bdd1000c5b1ccf3419f6e5beeefdf41004255fbac69db9"),
        ("0041_saved_replies.sql", "4c4578ddca0a147ca8e66280b8b5b9ce50e1673cc1f65b17f10705e40ce8d9a9"),
        ("0042_files_out.sql", "58dd48eff932b71f0f3da58112b83bb95ecd1cfee2299d7b4d91a33a03b57a7f"),
        ("0043_names_of_pending_updates.sql", "03706a257ff091a24d7256db22edbbdad6da812557b4b856ddaf3ebc92afeba6"),
        ("0044_templates.sql", "b4078fcdc2eb5c413bcabac2af7ceed0686477f22a596c8ddbfc4c65d06bbf34"),
        ("0045_scheduled_messages.sql", "6bc75a648f931c82aa4d02eb7e8144f5524fbedf90d8241dcfdc9542ac7e625a"),
        ("0046_outbound.sql", "212209965f00b9b6d412ece01054b7b7b812c3657ce1329ec71183e1e6e5db4c"),
        ("0047_joined_presses.sql", "059f915be0def29d59cad4374b35ecf4b7d9d0a43a67d44ed306e969d2f8c23c"),
        ("0048_send_as.sql", "fcf84031034584f5632f5e6b283558f8d7c52e33e8a3cf88a9687d9ea43f1b73"),
        ("0051_preferences.sql", "c4169470b44305ddf03a28c0bc982d7c8b2392670a49bddbf308bd4eb5903d1c"),
        ("postgres/0012_search.sql", "8f8addfc1f196c2cefe2d69c3afacbdcbe7502da28659e23b3a26acdabd3fb6d"),
        ("postgres/0049_note_search.sql", "8cdc1b5e926c747ef411ab8c6f4e32dfb698fa1a76148a58086c3a42ac44d04b"),
        ("sqlite/0012_search.sql", "ab57436fe270698fcf7f8348bd5deb6866825e70f2bf9aa5646a33f667d2ca1c"),
        ("sqlite/0049_note_search.sql", "236727172871f50246b7f76eaba1469f9240f3b8cffadc384ee49af0edfce8ad"),
    ];

    #[test]
    fn committed_migrations_are_unchanged() {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("migrations");
        let files: BTreeMap<String, String> = ["", "postgres", "sqlite"]
            .into_iter()
            .flat_map(|engine| fs::read_dir(folder.join(engine)).expect("the migrations"))
            .map(|entry| entry.expect("an entry").path())
            .filter(|path| path.is_file())
            .map(|path| {
                let name = path.strip_prefix(&folder).expect("it is in the folder").to_string_lossy().into_owned();
                (name, hex::encode(Sha256::digest(fs::read(&path).expect("a migration"))))
            })
            .collect();
        for (name, digest) in FROZEN {
            assert_eq!(
                files.get(*name).map(String::as_str),
                Some(*digest),
                "migrations/{name} was edited or removed, and databases have run it as it was: restore it and add a new \
                 migration instead"
            );
        }
        for (name, digest) in &files {
            let frozen = FROZEN.iter().any(|(known, _)| known == name);
            assert!(frozen, "migrations/{name} is new: add (\"{name}\", \"{digest}\") to FROZEN in {}", file!());
        }
    }

    /// A SQLite database that has run the first `target` migrations.
    async fn migrated_to(target: i64) -> (Db, tempfile::TempDir) {
        let folder = tempfile::tempdir().expect("a folder");
        let url = format!("sqlite://{}", folder.path().join("old.db").display());
        let db = Db::open(&url).await.expect("opens");
        let Engine::Sqlite { writer, .. } = &db.0 else { panic!("a file of SQLite") };
        SQLITE.run_to(target, writer).await.expect("migrates");
        (db, folder)
    }

    #[tokio::test]
    async fn an_interrupted_first_start_can_be_repeated() {
        for reached in 0..OLDEST_MIGRATION {
            let (db, _folder) = migrated_to(reached).await;
            db.migrate().await.expect("migrates");
            db.close().await;
        }
    }

    #[tokio::test]
    async fn a_database_with_fewer_migrations_than_the_oldest_supported_one_is_refused() {
        let (db, _folder) = migrated_to(OLDEST_MIGRATION - 1).await;
        let mut tx = db.begin_write().await.expect("a transaction");
        tenants::insert(&mut tx, &"ten_1".into(), "Acme", &"tem_1".into(), &TenantSettings::default(), Timestamp(0))
            .await
            .expect("a tenant");
        tx.commit().await.expect("commits");
        let refused = db.migrate().await.expect_err("too old").to_string();
        assert!(refused.contains("before 97b2322 (it ends with migration 3)"), "{refused}");
        db.close().await;
    }
}
