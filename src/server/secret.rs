//! A text that must not be printed: tokens, app secrets, keys of language models.

use std::fmt;

/// A secret. `Debug` hides the value, and there is no `Display`.
#[derive(Clone)]
pub struct Secret(String);

impl Secret {
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The value itself. Use it for headers, keys and encrypted storage only, never in a message or a log.
    pub fn expose(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("***")
    }
}

#[cfg(test)]
mod tests {
    use super::Secret;

    #[test]
    fn it_does_not_print_itself() {
        assert_eq!(format!("{:?}", Some(Secret::new("EAAG-very-secret"))), "Some(***)");
    }
}
