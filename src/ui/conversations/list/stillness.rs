//! How long the rows hold still: for a while after the pointer last moved over them, so that no click hits a row that
//! has just moved there.

use crate::domain::time::Span;

/// From the last movement of the pointer until rows may move.
const REST: Span = Span::of_millis(1_500);

/// When the pointer last moved over the rows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Stillness {
    /// By the monotonic clock.
    moved_at: Option<Span>,
}

impl Stillness {
    /// The pointer moved over the rows.
    pub fn moved(&mut self, now: Span) {
        self.moved_at = Some(now);
    }

    /// The pointer left the rows.
    pub fn left(&mut self) {
        self.moved_at = None;
    }

    /// How much longer no row may move; `None` if rows may move.
    pub fn remaining(self, now: Span) -> Option<Span> {
        let left = REST.0 - (now.0 - self.moved_at?.0);
        (left > 0).then_some(Span(left))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_hold_still_for_a_while_after_the_last_movement() {
        // given a pointer that moved twice
        let mut stillness = Stillness::default();
        assert_eq!(stillness.remaining(Span(0)), None);
        stillness.moved(Span(10_000));
        stillness.moved(Span(11_000));
        // then the time runs from the second movement, and ends although the pointer is still there
        assert_eq!(stillness.remaining(Span(11_000)), Some(REST));
        assert_eq!(stillness.remaining(Span(12_499)), Some(Span(1)));
        assert_eq!(stillness.remaining(Span(12_500)), None);
        // and begins again with the next movement
        stillness.moved(Span(20_000));
        assert_eq!(stillness.remaining(Span(20_100)), Some(Span(1_400)));
    }

    #[test]
    fn a_pointer_that_left_holds_nothing() {
        let mut stillness = Stillness::default();
        stillness.moved(Span(10_000));
        stillness.left();
        assert_eq!(stillness.remaining(Span(10_000)), None);
    }
}
