//! An Enter that is pressed before the results of the typed text are there. It chooses the first of them when they come.

/// The text that it was pressed for. Forgotten with another text, an arrow key, and the palette.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct EarlyEnter(Option<String>);

impl EarlyEnter {
    /// Keeps it. An empty text has no results.
    pub fn press(&mut self, typed: &str) {
        self.0 = Some(typed.to_owned()).filter(|typed| !typed.is_empty());
    }

    pub fn forget(&mut self) {
        self.0 = None;
    }

    /// The text is this one now.
    pub fn forget_other(&mut self, typed: &str) {
        if self.0.as_deref() != Some(typed) {
            self.forget();
        }
    }

    /// Takes it, once the results of this text are there. Whether it was pressed for exactly this text.
    pub fn take(&mut self, typed: &str) -> bool {
        self.0.take().as_deref() == Some(typed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pressed(typed: &str) -> EarlyEnter {
        let mut early = EarlyEnter::default();
        early.press(typed);
        early
    }

    #[test]
    fn it_takes_effect_once_for_exactly_its_text() {
        let mut early = pressed("maria");
        early.forget_other("maria");
        assert!(early.take("maria"));
        assert!(!early.take("maria"), "it was one press");
        assert!(!pressed("maria").take("mari"));
        assert!(!pressed("").take(""), "an empty text has no results");
    }

    #[test]
    fn another_text_and_an_arrow_key_forget_it() {
        let mut early = pressed("maria");
        early.forget_other("maria b");
        early.forget_other("maria");
        assert!(!early.take("maria"), "another text was typed meanwhile");
        let mut early = pressed("maria");
        early.forget();
        assert!(!early.take("maria"));
    }
}
