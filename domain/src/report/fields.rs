//! The fields of an address: names and values of its query string, as a form submits them.

use crate::percent;

/// Fields that were not taken yet, in their order.
#[derive(Clone, Debug, Default)]
pub struct Fields(Vec<(String, String)>);

impl Fields {
    /// Of a query string with or without its `?`. Empty values are no fields: a form submits all of its fields.
    pub fn parse(query: &str) -> Self {
        let pairs = query.trim_start_matches('?').split('&').map(|pair| pair.split_once('=').unwrap_or((pair, "")));
        let pairs =
            pairs.map(|(name, value)| (percent::decoded_value(name), percent::decoded_value(value).trim().to_owned()));
        Self(pairs.filter(|(name, value)| !name.is_empty() && !value.is_empty()).collect())
    }

    /// The first value of this name. Later ones are dropped.
    pub fn take(&mut self, name: &str) -> Option<String> {
        let found = self.0.iter().find(|(own, _)| own == name).map(|(_, value)| value.clone());
        self.0.retain(|(own, _)| own != name);
        found
    }

    /// The names of what was not taken.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|(name, _)| name.as_str())
    }
}

/// A query string without its `?`, of the fields that have a value.
pub fn query_string(fields: impl IntoIterator<Item = (&'static str, Option<String>)>) -> String {
    let mut query = String::new();
    for (name, value) in fields {
        let Some(value) = value else { continue };
        if !query.is_empty() {
            query.push('&');
        }
        query.push_str(name);
        query.push('=');
        query.push_str(&percent::encoded(&value));
    }
    query
}

/// What somebody typed into an address, as a sentence quotes it.
pub(super) fn quoted(text: &str) -> String {
    const SHOWN: usize = 40;
    let shown: String = text.chars().filter(|c| !c.is_control()).take(SHOWN).collect();
    let rest = if text.chars().count() > SHOWN { "…" } else { "" };
    format!("“{shown}{rest}”")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_taken_once_and_the_rest_is_known() {
        let mut fields = Fields::parse("?period=today&agent=&note=a+b%20c&&=x&period=yesterday&colour=red");
        assert_eq!(fields.take("period").as_deref(), Some("today"));
        assert_eq!(fields.take("period"), None);
        assert_eq!(fields.take("agent"), None, "it is empty");
        assert_eq!(fields.take("note").as_deref(), Some("a b c"));
        assert_eq!(fields.names().collect::<Vec<_>>(), ["colour"]);
    }

    #[test]
    fn a_query_string_holds_what_is_set() {
        let query = query_string([("a", Some("x y&z".to_owned())), ("b", None), ("c", Some("1".to_owned()))]);
        assert_eq!(query, "a=x%20y%26z&c=1");
        assert_eq!(query_string([("a", None)]), "");
    }

    #[test]
    fn a_long_text_is_quoted_in_part() {
        assert_eq!(quoted("soon"), "“soon”");
        assert_eq!(quoted(&"x".repeat(41)), format!("“{}…”", "x".repeat(40)));
    }
}
