//! The guard against sentences that are typed at a button.
//!
//! A button or link that has the focus takes no letters, but a space or Enter presses it. A person who believes that
//! their reply has the focus, and types "Hello Maria" and Enter, would press it twice: with *Close* in focus, the
//! conversation ends. So a space or Enter within two seconds after such a letter presses nothing. Whoever moves the
//! focus by hand (a click, Tab, an arrow, Escape) means what they press next.
//!
//! The guard also knows whether a sentence began at a control. If that control goes away, the rest of the sentence must
//! not start a reply to the customer who happens to be open.

/// How long a letter counts, in milliseconds of an event's `timeStamp`.
const MEMORY: f64 = 2_000.0;

/// A key that presses a control.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PressKey {
    Enter,
    /// Presses when it is released.
    Space,
}

/// The state, from one key to the next. Times are the events' own.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct TypingGuard {
    /// The last character that was typed at a control and did nothing.
    stray_at: Option<f64>,
    /// The last character that was typed at a control, or was a command.
    typed_at: Option<f64>,
    /// A space was swallowed and is still down.
    swallowed_space: bool,
}

fn is_recent(then: Option<f64>, now: f64) -> bool {
    then.is_some_and(|then| now - then < MEMORY)
}

impl TypingGuard {
    /// A character at a control, which did nothing.
    pub fn stray(&mut self, at: f64) {
        self.stray_at = Some(at);
        self.typed_at = Some(at);
    }

    /// A character that was a command, such as `J` in the list.
    pub fn command(&mut self, at: f64) {
        self.typed_at = Some(at);
    }

    /// The person moved the focus.
    pub fn moved(&mut self) {
        *self = Self { swallowed_space: self.swallowed_space, ..Self::default() };
    }

    /// Whether this key at a control belongs to a sentence and must press nothing.
    pub fn swallows(&mut self, key: PressKey, at: f64) -> bool {
        let swallows = is_recent(self.stray_at, at);
        self.swallowed_space = swallows && key == PressKey::Space;
        swallows
    }

    /// The space was released. Whether its press was swallowed.
    pub fn releases_space(&mut self) -> bool {
        std::mem::take(&mut self.swallowed_space)
    }

    /// Whether a sentence that began elsewhere may go on now.
    pub fn is_mid_sentence(&self, at: f64) -> bool {
        is_recent(self.typed_at, at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(times: &[f64]) -> TypingGuard {
        let mut guard = TypingGuard::default();
        times.iter().for_each(|at| guard.stray(*at));
        guard
    }

    #[test]
    fn the_space_and_enter_of_a_sentence_press_nothing() {
        // given a sentence at a button
        let mut guard = typed(&[10.0, 20.0]);
        // when its space comes, then neither its press nor its release presses the button
        assert!(guard.swallows(PressKey::Space, 30.0));
        assert!(guard.releases_space());
        assert!(!guard.releases_space());
        // when its Enter comes, then nothing is pressed, and there is no release to swallow
        guard.stray(40.0);
        assert!(guard.swallows(PressKey::Enter, 2_039.0));
        assert!(!guard.releases_space());
    }

    #[test]
    fn a_press_after_a_while_or_after_moving_the_focus_is_meant() {
        let mut guard = typed(&[10.0]);
        assert!(!guard.swallows(PressKey::Enter, 2_010.0));

        let mut guard = typed(&[10.0]);
        guard.moved();
        assert!(!guard.swallows(PressKey::Space, 20.0));
        assert!(!guard.is_mid_sentence(20.0));

        assert!(!TypingGuard::default().swallows(PressKey::Enter, 0.0));
    }

    #[test]
    fn a_press_after_a_command_is_meant_but_the_sentence_may_go_on() {
        let mut guard = TypingGuard::default();
        guard.command(10.0);
        assert!(guard.is_mid_sentence(20.0));
        assert!(!guard.swallows(PressKey::Enter, 20.0));
        // A command within a sentence does not end it.
        guard.stray(30.0);
        guard.command(40.0);
        assert!(guard.swallows(PressKey::Enter, 50.0));
        assert!(!guard.is_mid_sentence(2_040.0));
    }

    #[test]
    fn a_space_that_is_down_while_the_focus_moves_is_still_swallowed() {
        let mut guard = typed(&[10.0]);
        assert!(guard.swallows(PressKey::Space, 20.0));
        guard.moved();
        assert!(guard.releases_space());
    }
}
