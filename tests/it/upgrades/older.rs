//! Databases that this build cannot upgrade are refused before anything in them changes.

use handoff::server::store::Db;

use crate::app::on_both;

/// A change to a database, and a part of the resulting error.
const REFUSED: [(&str, &str); 3] = [
    (
        "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
         SELECT 99, description, success, checksum, execution_time FROM _sqlx_migrations WHERE version = 1",
        "made by a newer version of Handoff: it has migration 99",
    ),
    ("DELETE FROM _sqlx_migrations WHERE version > 3", "before 97b2322 (it ends with migration 3)"),
    (
        "UPDATE _sqlx_migrations SET checksum = (SELECT checksum FROM _sqlx_migrations WHERE version = 1)
         WHERE version = 3",
        "before 97b2322 (its migration 3 differs from this version's)",
    ),
];

on_both!(a_database_of_another_version_is_refused_with_what_to_do, async |app| {
    for (sql, expected) in REFUSED {
        app.run(sql).await;
        let db = Db::open(&app.config.database_url).await.expect("opens");
        let refused = db.migrate().await.expect_err(sql).to_string();
        assert!(refused.contains(expected), "{refused}");
        assert!(refused.contains("the version that created it") || refused.contains("Run that version"), "{refused}");
        db.close().await;
    }
});
