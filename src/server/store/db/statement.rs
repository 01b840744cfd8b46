//! Helpers for statements: the macro that runs one on either engine, and lists of rows and ids.

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

/// Most rows of one statement, far below both engines' limit of bound values.
const MOST: usize = 64;

/// Splits `rows` into slices for multi-row statements. Their lengths are powers of two, so that each table has a few
/// prepared statements, not one for each number of rows.
pub(in crate::server::store) fn slices<T>(mut rows: &[T]) -> impl Iterator<Item = &[T]> {
    std::iter::from_fn(move || {
        let most = rows.len().min(MOST);
        let length = 1 << most.checked_ilog2()?;
        let (slice, rest) = rows.split_at(length);
        rows = rest;
        Some(slice)
    })
}

/// The tenant's column in statements with a list of ids: an expression, which no index can serve.
///
/// Without statistics SQLite assumes ten rows per tenant. With more than one id it would therefore scan all rows of the
/// tenant instead of looking the ids up.
pub(in crate::server::store) const TENANT_BESIDE_IDS: &str = "tenant_id || ''";
