//! E-mail addresses in the operator's log.

/// The address without its owner: `a…@acme.test`. Of a text that is no address nothing is left, because people type
/// passwords into the wrong field.
pub fn masked(typed: &str) -> String {
    let is_host = |host: &str| !host.is_empty() && host.chars().all(|c| c.is_ascii_alphanumeric() || ".-".contains(c));
    match typed.trim().rsplit_once('@') {
        Some((name, host)) if is_host(host) => {
            let first = name.chars().next().filter(char::is_ascii_alphanumeric);
            format!("{}…@{host}", first.map(String::from).unwrap_or_default())
        }
        Some(_) | None => "…".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::masked;

    #[test]
    fn only_the_first_character_and_the_host_are_left() {
        let table = [
            ("ana@acme.test", "a…@acme.test"),
            (" ana.costa@shop.acme.test ", "a…@shop.acme.test"),
            ("\u{1b}[31m@acme.test", "…@acme.test"),
            ("my-secret-password", "…"),
            ("p@ssword with spaces", "…"),
            ("ana@", "…"),
            ("", "…"),
        ];
        for (typed, expected) in table {
            assert_eq!(masked(typed), expected, "{typed:?}");
        }
    }
}
