//! The key of the stored secrets: derived from the operator's setting, and checked against the database.

use super::StartError;
use crate::server::{
    clock::Entropy,
    seal::{KeySetting, Seal},
    secret::Secret,
    store::{Db, apps, seal_state},
};

/// The seal of a database whose key is not being rotated.
///
/// # Errors
/// [`StartError::ForeignKey`]: the setting is not the key of the stored secrets;
/// [`StartError::RotationUnfinished`]: some of them have the old key, and others the new one.
pub(super) async fn open_seal(db: &Db, entropy: &Entropy, setting: &Secret) -> Result<Seal, StartError> {
    refuse_rotation(db).await?;
    let seal = derive(db, entropy, KeySetting::new(setting.clone())).await?;
    if let Some(sealed) = apps::any_sealed(&mut db.begin_read().await?).await?
        && !seal.is_own(&sealed)
    {
        return Err(StartError::ForeignKey);
    }
    Ok(seal)
}

/// # Errors
/// [`StartError::RotationUnfinished`].
pub(super) async fn refuse_rotation(db: &Db) -> Result<(), StartError> {
    match seal_state::read(&mut db.begin_read().await?).await?.rotation {
        None => Ok(()),
        Some(_) => Err(StartError::RotationUnfinished),
    }
}

/// Derives the key of a setting, with the database's salt if it is a passphrase.
///
/// # Errors
/// The database fails, or there is not enough memory for argon2id.
pub async fn derive(db: &Db, entropy: &Entropy, setting: KeySetting) -> Result<Seal, StartError> {
    let salt = if setting.needs_salt() { salt(db, entropy).await? } else { Vec::new() };
    let derived = tokio::task::spawn_blocking(move || Seal::new(&setting, &salt)).await;
    Ok(derived.map_err(std::io::Error::other)??)
}

/// The database's salt. The first start that needs one makes it.
async fn salt(db: &Db, entropy: &Entropy) -> Result<Vec<u8>, StartError> {
    if let Some(salt) = seal_state::read(&mut db.begin_read().await?).await?.salt {
        return Ok(salt);
    }
    let mut tx = db.begin_write().await?;
    seal_state::set_salt(&mut tx, &entropy.bytes::<16>()).await?;
    // Another process may have set it first.
    let salt = seal_state::read(&mut tx).await?.salt.unwrap_or_default();
    tx.commit().await?;
    Ok(salt)
}
