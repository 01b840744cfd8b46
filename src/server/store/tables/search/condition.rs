//! The conditions of a search in each engine's SQL.

use super::{DocumentKind, key};
use crate::{
    domain::{
        ids::TenantId,
        search::{Query, Token},
    },
    server::store::db::Dialect,
};

/// A statement that is put together, with its values in their places.
#[derive(Clone, Debug, Default)]
pub(super) struct Statement(pub Vec<Part>);

#[derive(Clone, Debug)]
pub(super) enum Part {
    Sql(String),
    Text(String),
    Number(i64),
}

impl Statement {
    pub fn of(sql: impl Into<String>) -> Self {
        Self(vec![Part::Sql(sql.into())])
    }

    pub fn sql(mut self, sql: impl Into<String>) -> Self {
        self.0.push(Part::Sql(sql.into()));
        self
    }

    pub fn text(mut self, text: impl Into<String>) -> Self {
        self.0.push(Part::Text(text.into()));
        self
    }

    pub fn number(mut self, number: i64) -> Self {
        self.0.push(Part::Number(number));
        self
    }

    pub fn then(mut self, other: Self) -> Self {
        self.0.extend(other.0);
        self
    }
}

/// A condition on the column `doc.tokens` that needs no full-text index, for rows that are read anyway.
pub(super) fn on_row(dialect: Dialect, tenant: &TenantId, kind: DocumentKind, query: &Query) -> Statement {
    if query.terms.is_empty() {
        return Statement::of("1 = 1");
    }
    if dialect == Dialect::Postgres {
        return Statement::of("doc.tokens @@ CAST(").text(matching(dialect, tenant, kind, query)).sql(" AS TSQUERY)");
    }
    let key = key(tenant, kind);
    let mut statement = Statement::default();
    for (nth, term) in query.terms.iter().enumerate() {
        statement = statement.sql(if nth == 0 { "(" } else { " AND (" });
        for (nth, all) in term.alternatives().iter().enumerate() {
            statement = statement.sql(if nth == 0 { "(" } else { " OR (" });
            for (nth, token) in all.iter().enumerate() {
                let pattern = match token {
                    Token::Exact(token) => format!(" {key}{token} "),
                    Token::Prefix(token) => format!(" {key}{token}"),
                };
                let open = if nth == 0 { "INSTR(doc.tokens, " } else { " AND INSTR(doc.tokens, " };
                statement = statement.sql(open).text(pattern).sql(") > 0");
            }
            statement = statement.sql(")");
        }
        statement = statement.sql(")");
    }
    statement
}

/// The query in the language of the engine's full-text index. Tokens contain no quotation marks.
pub(super) fn matching(dialect: Dialect, tenant: &TenantId, kind: DocumentKind, query: &Query) -> String {
    let key = key(tenant, kind);
    let (and, or) = match dialect {
        Dialect::Sqlite => (" AND ", " OR "),
        Dialect::Postgres => (" & ", " | "),
    };
    let token = |token: &Token| match (dialect, token) {
        (Dialect::Sqlite, Token::Exact(token)) => format!("\"{key}{token}\""),
        (Dialect::Sqlite, Token::Prefix(token)) => format!("\"{key}{token}\"*"),
        (Dialect::Postgres, Token::Exact(token)) => format!("'{key}{token}'"),
        (Dialect::Postgres, Token::Prefix(token)) => format!("'{key}{token}':*"),
    };
    let all = |tokens: &Vec<Token>| format!("({})", tokens.iter().map(token).collect::<Vec<_>>().join(and));
    let terms = query.terms.iter().map(|term| {
        let alternatives: Vec<String> = term.alternatives().iter().map(all).collect();
        format!("({})", alternatives.join(or))
    });
    terms.collect::<Vec<_>>().join(and)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;
    use crate::domain::search::parse;

    #[test]
    fn each_engine_gets_the_same_tokens() {
        let tenant = TenantId::from("tnt_1");
        let query = parse("24/7 taxi", date(2026, 11, 28)).expect("a query");
        let key = key(&tenant, DocumentKind::Message);
        let made = |dialect| matching(dialect, &tenant, DocumentKind::Message, &query).replace(&key, "");
        assert_eq!(made(Dialect::Sqlite), r#"(("24" AND "7"*)) AND (("taxi"*))"#);
        assert_eq!(made(Dialect::Postgres), "(('24' & '7':*)) & (('taxi':*))");
        let query = parse("Müller", date(2026, 11, 28)).expect("a query");
        let made = |dialect| matching(dialect, &tenant, DocumentKind::Message, &query).replace(&key, "");
        assert_eq!(made(Dialect::Sqlite), r#"(("mueller"*) OR ("muller"*))"#);
        assert_eq!(made(Dialect::Postgres), "(('mueller':*) | ('muller':*))");
    }
}
