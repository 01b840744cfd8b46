//! What statements share: the macro that runs one on either engine, and how lists of rows and ids are bound.

/// Runs one query on the engine of the transaction: `on!(tx, c => sqlx::query("..").execute(c).await)`.
macro_rules! on {
    ($tx:expr, $connection:ident => $body:expr) => {
        match &mut $tx.0 {
            $crate::server::store::db::TxEngine::Sqlite(tx) => {
                let $connection = &mut **tx;
                $body
            }
            $crate::server::store::db::TxEngine::Postgres(tx) => {
                let $connection = &mut **tx;
                $body
            }
        }
    };
}
pub(in crate::server::store) use on;

/// The most rows of one statement: far below both engines' limit of bound values.
const MOST: usize = 64;

/// Cuts `rows` into slices for statements of many rows. The lengths are powers of two, so that each table has a handful
/// of statements that stay prepared, not one for each number of rows.
pub(in crate::server::store) fn slices<T>(mut rows: &[T]) -> impl Iterator<Item = &[T]> {
    std::iter::from_fn(move || {
        let most = rows.len().min(MOST);
        let length = 1 << most.checked_ilog2()?;
        let (slice, rest) = rows.split_at(length);
        rows = rest;
        Some(slice)
    })
}

/// The tenant's column beside a list of ids: an expression, which no index holds.
///
/// Without statistics SQLite assumes ten rows per tenant. Beside more than one id it would read all rows of the tenant
/// instead of looking the ids up.
pub(in crate::server::store) const TENANT_BESIDE_IDS: &str = "tenant_id || ''";
