//! How long the rows hold still: for a while after the pointer last moved over them, so that no click hits a row that
//! has just moved there.

use crate::domain::time::{Span, Timestamp};

/// From the last movement of the pointer until rows may move.
const REST: Span = Span::of_millis(1_500);

/// When the pointer last moved over the rows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stillness {
    moved_at: Option<Timestamp>,
}

impl Stillness {
    /// The pointer moved over the rows.
    pub fn moved(&mut self, now: Timestamp) {
        self.moved_at = Some(now);
    }

    /// The pointer left the rows.
    pub fn left(&mut self) {
        self.moved_at = None;
    }

    /// How much longer no row may move; `None` if rows may move.
    ///
    /// A clock that was set back must not hold the list for hours, so a movement in the future counts as none.
    pub fn remaining(self, now: Timestamp) -> Option<Span> {
        let until = self.moved_at?.plus(REST);
        let is_held = self.moved_at <= Some(now) && now < until;
        is_held.then(|| until.since(now))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_hold_still_for_a_while_after_the_last_movement() {
        // given a pointer that moved twice
        let mut stillness = Stillness::default();
        assert_eq!(stillness.remaining(Timestamp(0)), None);
        stillness.moved(Timestamp(10_000));
        stillness.moved(Timestamp(11_000));
        // then the time runs from the second movement, and ends although the pointer is still there
        assert_eq!(stillness.remaining(Timestamp(11_000)), Some(REST));
        assert_eq!(stillness.remaining(Timestamp(12_499)), Some(Span::of_millis(1)));
        assert_eq!(stillness.remaining(Timestamp(12_500)), None);
        // and begins again with the next movement
        stillness.moved(Timestamp(20_000));
        assert_eq!(stillness.remaining(Timestamp(20_100)), Some(Span::of_millis(1_400)));
    }

    #[test]
    fn a_pointer_that_left_holds_nothing() {
        let mut stillness = Stillness::default();
        stillness.moved(Timestamp(10_000));
        stillness.left();
        assert_eq!(stillness.remaining(Timestamp(10_000)), None);
    }

    #[test]
    fn a_clock_that_is_set_back_holds_nothing() {
        let mut stillness = Stillness::default();
        stillness.moved(Timestamp(10_000_000));
        assert_eq!(stillness.remaining(Timestamp(9_999_999)), None);
    }
}
