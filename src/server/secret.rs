//! Text that must not be printed: tokens, app secrets, keys of models.

use std::fmt;

/// A secret. `Debug` shows that there is one, never which; there is no `Display`.
#[derive(Clone)]
pub struct Secret(String);

impl Secret {
    pub fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }

    /// The text itself: for a header, a key or the sealed store, never for a message or a log.
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
