//! Helpers for statements: the macro that runs one on either engine, and lists of rows and ids.

use sqlx::{Database, Encode, QueryBuilder, Type};

use crate::domain::ids::{ChannelId, TenantId};

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

/// Adds the condition for a tenant's rows whose `column` is one of `ids`, of which there is at least one.
pub(in crate::server::store) fn push_ids<'a, DB>(
    query: &mut QueryBuilder<DB>,
    tenant: &'a TenantId,
    column: &str,
    ids: impl Iterator<Item = &'a str>,
) where
    DB: Database,
    &'a str: Encode<'a, DB> + Type<DB>,
{
    query.push(TENANT_BESIDE_IDS).push(" = ").push_bind(tenant.as_str()).push(" AND ").push(column).push(" IN (");
    let mut list = query.separated(", ");
    for id in ids {
        list.push_bind(id);
    }
    query.push(")");
}

/// Begins a statement that looks up pairs, with a table `asked` of the columns `number` and `value`: one statement serves
/// all numbers of a tenant. The statement goes on with `FROM asked CROSS JOIN`, which SQLite reads in this order.
pub(in crate::server::store) fn push_asked<'a, DB>(
    query: &mut QueryBuilder<DB>,
    pairs: impl Iterator<Item = (&'a ChannelId, &'a str)>,
) where
    DB: Database,
    &'a str: Encode<'a, DB> + Type<DB>,
{
    query.push("WITH asked (number, value) AS (").push_values(pairs, |mut row, (channel, value)| {
        row.push_bind(channel.as_str()).push_bind(value);
    });
    query.push(") ");
}

#[cfg(test)]
mod tests {
    use sqlx::{Postgres, Sqlite};

    use super::*;

    #[test]
    fn a_list_of_ids_is_the_same_condition_on_both_engines() {
        let (tenant, ids) = (TenantId::from("tnt_1"), ["one", "two"]);
        let mut query = QueryBuilder::<Postgres>::new("SELECT id FROM messages WHERE ");
        push_ids(&mut query, &tenant, "id", ids.into_iter());
        assert_eq!(query.into_string(), "SELECT id FROM messages WHERE tenant_id || '' = $1 AND id IN ($2, $3)");
        let mut query = QueryBuilder::<Sqlite>::new("SELECT id FROM messages WHERE ");
        push_ids(&mut query, &tenant, "id", ids.into_iter());
        assert_eq!(
            query.into_string().replace('?', "$"),
            "SELECT id FROM messages WHERE tenant_id || '' = $ AND id IN ($, $)"
        );
    }

    #[test]
    fn pairs_are_one_table_on_both_engines() {
        let (one, other) = (ChannelId::from("chn_1"), ChannelId::from("chn_2"));
        let asked = [(&one, "a"), (&other, "b")];
        let mut query = QueryBuilder::<Postgres>::new("");
        push_asked(&mut query, asked.into_iter());
        assert_eq!(query.into_string().trim(), "WITH asked (number, value) AS (VALUES ($1, $2), ($3, $4))");
        let mut query = QueryBuilder::<Sqlite>::new("");
        push_asked(&mut query, asked.into_iter());
        assert_eq!(query.into_string().trim(), "WITH asked (number, value) AS (VALUES (?, ?), (?, ?))");
    }
}
