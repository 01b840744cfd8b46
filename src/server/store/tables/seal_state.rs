//! From what the operator's key is derived, and a rotation of the key that has not ended: one row.

use sqlx::FromRow;

use super::{Result, Tx, db::on};

#[derive(Clone, Debug, Default, PartialEq, Eq, FromRow)]
pub struct SealState {
    /// Makes a key of a passphrase.
    pub salt: Option<Vec<u8>>,
    /// The ids of the old and of the new key of a rotation that has not ended: `old:new`.
    pub rotation: Option<String>,
}

const ROW: &str = "seal";

/// The row, or an empty one.
pub async fn read(tx: &mut Tx) -> Result<SealState> {
    let row: Option<SealState> = on!(tx, c => sqlx::query_as("SELECT salt, rotation FROM seal_state WHERE id = $1")
        .bind(ROW).fetch_optional(c).await)?;
    Ok(row.unwrap_or_default())
}

/// Sets the salt unless there is one: values depend on it from then on.
pub async fn set_salt(tx: &mut Tx, salt: &[u8]) -> Result<()> {
    on!(tx, c => sqlx::query(
        "INSERT INTO seal_state (id, salt) VALUES ($1, $2)
         ON CONFLICT (id) DO UPDATE SET salt = COALESCE(seal_state.salt, excluded.salt)")
        .bind(ROW).bind(salt).execute(c).await.map(|_| ()))?;
    Ok(())
}

/// Begins a rotation, or ends it.
pub async fn set_rotation(tx: &mut Tx, rotation: Option<&str>) -> Result<()> {
    on!(tx, c => sqlx::query(
        "INSERT INTO seal_state (id, rotation) VALUES ($1, $2)
         ON CONFLICT (id) DO UPDATE SET rotation = excluded.rotation")
        .bind(ROW).bind(rotation).execute(c).await.map(|_| ()))?;
    Ok(())
}
