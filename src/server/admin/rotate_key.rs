//! Changes the key that encrypts the stored secrets, while the server is stopped: a running server has one key, and
//! some of the values would not open for it.
//!
//! The database says from which key to which it is being rotated, and no server starts until the rotation has ended. A
//! run that was interrupted is repeated: what has the new key already is left as it is.

use super::secret;
use crate::{
    domain::time::Timestamp,
    server::{
        clock::{Clock, Entropy},
        config::Config,
        seal::{KeySetting, Seal, SealError, SealedField, key_fault},
        secret::Secret,
        serve::BoxError,
        services::sealing,
        store::{Db, FileLock, Tx, apps, channels, models, nodes, seal_state, second_factors, secrets},
    },
};

/// Rows of one transaction.
const BATCH: i64 = 100;

/// Rotates from the configuration's key to the one that is prompted for.
pub async fn run(config: &Config) -> Result<(), BoxError> {
    let new = new_key()?;
    let db = Db::open(&config.database_url).await?;
    db.migrate().await?;
    let (old, new) = (KeySetting::new(config.secret_key.clone()), KeySetting::new(new));
    let mut rotation = KeyRotation::begin(db, Clock::real().now(), Entropy::real(), old, new).await?;
    while rotation.batch(BATCH).await? {}
    let report = rotation.finish().await?;
    println!(
        "Encrypted {} values with the new key. Set HANDOFF_SECRET_KEY to it, then start the server. Backups from \
         before need the old key.",
        report.resealed
    );
    for value in &report.unreadable {
        println!("Neither key opens {value}. It was left as it is; enter it again.");
    }
    Ok(())
}

/// A key that is typed is typed twice, because a slip would lose every secret.
fn new_key() -> Result<Secret, BoxError> {
    const VARIABLE: &str = "HANDOFF_NEW_SECRET_KEY";
    let typed = secret(VARIABLE, "New secret key: ")?;
    if let Some(detail) = key_fault(&typed) {
        return Err(format!("the new key is too short: {detail}").into());
    }
    if secret(VARIABLE, "Once more: ")? != typed {
        return Err("the two keys differ".into());
    }
    Ok(Secret::new(typed))
}

/// What a rotation did.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RotationReport {
    pub resealed: usize,
    /// Values that neither key opens.
    pub unreadable: Vec<String>,
}

/// A rotation in progress. It goes through the tables row by row, in the order of their keys.
pub struct KeyRotation {
    db: Db,
    sealer: Resealer,
    next: Place,
    /// On SQLite, no server can start while it is held.
    _lock: Option<FileLock>,
}

/// After which row the next batch begins.
enum Place {
    Apps(String),
    Channels(String),
    Models(String),
    Secrets(String, String),
    SecondFactors(String),
    End,
}

struct Resealer {
    old: Seal,
    new: Seal,
    entropy: Entropy,
    report: RotationReport,
}

impl KeyRotation {
    /// Records that the rotation has begun. The keys may be the same: then values of version 1 become version 2.
    ///
    /// # Errors
    /// A server is running, `old` is not the key of the stored secrets, or a rotation with other keys has not ended.
    pub async fn begin(
        db: Db,
        now: Timestamp,
        entropy: Entropy,
        old: KeySetting,
        new: KeySetting,
    ) -> Result<Self, BoxError> {
        let lock = db.lock_for_serving()?;
        let old = sealing::derive(&db, &entropy, old).await?;
        let new = sealing::derive(&db, &entropy, new).await?;
        let rotation = format!("{}:{}", old.key_id(), new.key_id());
        let mut tx = db.begin_write().await?;
        let state = seal_state::read(&mut tx).await?;
        if state.rotation.as_ref().is_some_and(|begun| *begun != rotation) {
            return Err("a rotation with other keys was interrupted: run it once more with those keys".into());
        }
        if let Some(sealed) = apps::any_sealed(&mut tx).await?
            && !old.is_own(&sealed)
            && !(state.rotation.is_some() && new.is_own(&sealed))
        {
            return Err("HANDOFF_SECRET_KEY isn't the key that encrypted the secrets in this database".into());
        }
        seal_state::set_rotation(&mut tx, Some(&rotation)).await?;
        tx.commit().await?;
        let begun = Self {
            db,
            sealer: Resealer { old, new, entropy, report: RotationReport::default() },
            next: Place::Apps(String::new()),
            _lock: lock,
        };
        if let Err(refused) = begun.refuse_running(now).await {
            if state.rotation.is_none() {
                begun.forget().await?;
            }
            return Err(refused);
        }
        Ok(begun)
    }

    /// PostgreSQL has no lock file, but a row for each running server. SQLite keeps the row of a killed one.
    async fn refuse_running(&self, now: Timestamp) -> Result<(), BoxError> {
        let nodes = nodes::all(&mut self.db.begin_read().await?).await?;
        if self.db.is_postgres() && nodes.iter().any(|node| node.expires_at > now.0) {
            return Err("a server works on this database: stop it first. After a crash, wait 15 seconds".into());
        }
        Ok(())
    }

    async fn forget(&self) -> Result<(), BoxError> {
        let mut tx = self.db.begin_write().await?;
        seal_state::set_rotation(&mut tx, None).await?;
        Ok(tx.commit().await?)
    }

    /// Encrypts the values of up to `most` rows in one transaction. Returns whether there are more.
    pub async fn batch(&mut self, most: i64) -> Result<bool, BoxError> {
        let mut tx = self.db.begin_write().await?;
        self.next = match &self.next {
            Place::Apps(after) => self.sealer.apps(&mut tx, after, most).await?,
            Place::Channels(after) => self.sealer.channels(&mut tx, after, most).await?,
            Place::Models(after) => self.sealer.models(&mut tx, after, most).await?,
            Place::Secrets(tenant, name) => self.sealer.secrets(&mut tx, tenant, name, most).await?,
            Place::SecondFactors(after) => self.sealer.second_factors(&mut tx, after, most).await?,
            Place::End => Place::End,
        };
        tx.commit().await?;
        Ok(!matches!(self.next, Place::End))
    }

    /// Records that the rotation has ended: servers start with the new key.
    pub async fn finish(self) -> Result<RotationReport, BoxError> {
        self.forget().await?;
        self.db.close().await;
        Ok(self.sealer.report)
    }
}

impl Resealer {
    async fn apps(&mut self, tx: &mut Tx, after: &str, most: i64) -> Result<Place, BoxError> {
        let rows = apps::after(tx, after, most).await?;
        for row in &rows {
            let secret = self.resealed(SealedField::AppSecret(&row.id), &row.secret)?;
            let verify_token = self.resealed(SealedField::VerifyToken(&row.id), &row.verify_token)?;
            apps::reseal(tx, row, &secret, &verify_token).await?;
        }
        Ok(rows.last().map_or(Place::Channels(String::new()), |last| Place::Apps(last.id.to_string())))
    }

    async fn channels(&mut self, tx: &mut Tx, after: &str, most: i64) -> Result<Place, BoxError> {
        let rows = channels::after(tx, after, most).await?;
        for row in &rows {
            let token = self.resealed(SealedField::AccessToken(&row.tenant_id, &row.id), &row.token)?;
            channels::reseal(tx, row, &token).await?;
        }
        Ok(rows.last().map_or(Place::Models(String::new()), |last| Place::Channels(last.id.to_string())))
    }

    async fn models(&mut self, tx: &mut Tx, after: &str, most: i64) -> Result<Place, BoxError> {
        let rows = models::keys_after(tx, after, most).await?;
        for (tenant, was) in &rows {
            let key = self.resealed(SealedField::ModelKey(tenant), was)?;
            models::reseal(tx, tenant, was, &key).await?;
        }
        let first = || Place::Secrets(String::new(), String::new());
        Ok(rows.last().map_or_else(first, |(tenant, _)| Place::Models(tenant.to_string())))
    }

    async fn secrets(&mut self, tx: &mut Tx, tenant: &str, name: &str, most: i64) -> Result<Place, BoxError> {
        let rows = secrets::values_after(tx, tenant, name, most).await?;
        for (tenant, name, was) in &rows {
            let value = self.resealed(SealedField::Named(tenant, name), was)?;
            secrets::reseal(tx, tenant, name, was, &value).await?;
        }
        let first = || Place::SecondFactors(String::new());
        Ok(rows.last().map_or_else(first, |(tenant, name, _)| Place::Secrets(tenant.to_string(), name.clone())))
    }

    async fn second_factors(&mut self, tx: &mut Tx, after: &str, most: i64) -> Result<Place, BoxError> {
        let rows = second_factors::after(tx, after, most).await?;
        for row in &rows {
            let secret = self.resealed(SealedField::SecondFactor(&row.tenant_id, &row.id), &row.secret)?;
            second_factors::reseal(tx, row, &secret).await?;
        }
        Ok(rows.last().map_or(Place::End, |last| Place::SecondFactors(last.id.to_string())))
    }

    /// The value with the new key. One that has it already, or that neither key opens, stays as it is.
    fn resealed(&mut self, field: SealedField<'_>, sealed: &[u8]) -> Result<Vec<u8>, SealError> {
        if self.new.is_current(sealed) {
            return Ok(sealed.to_vec());
        }
        let Ok(plain) = self.old.open(field, sealed) else {
            self.report.unreadable.push(field.to_string());
            return Ok(sealed.to_vec());
        };
        self.report.resealed += 1;
        self.new.seal(&self.entropy, field, plain.expose())
    }
}
