//! Which of the waiting calls the strip shows: the newest one for a while, else the one that has waited longest. That is
//! decided by the server's time alone, so every page, reload and tab agrees.

use crate::domain::{
    desk::Row,
    ids::ConversationId,
    time::{Span, Timestamp},
};

/// How long a new call is unfolded.
pub const UNFOLDED: Span = Span::seconds(10);

/// One call for an agent. A conversation that requests one again, or is released, is another call.
pub type CallKey = (ConversationId, Option<Timestamp>);

pub fn call_key(row: &Row) -> CallKey {
    (row.id.clone(), row.alerted_at)
}

/// The newest call that came within the last ten seconds, of those that the viewer has neither dismissed nor open.
pub fn newest<'a>(
    waiting: &'a [Row],
    now: Timestamp,
    dismissed: &[CallKey],
    open: Option<&ConversationId>,
) -> Option<&'a Row> {
    let is_new = |row: &&Row| {
        row.alerted_at.is_some_and(|at| at.plus(UNFOLDED) > now)
            && Some(&row.id) != open
            && !dismissed.contains(&call_key(row))
    };
    waiting.iter().filter(is_new).max_by_key(|row| row.alerted_at)
}

/// The call that has waited longest. Those that the viewer has dismissed come last.
pub fn longest<'a>(waiting: &'a [Row], dismissed: &[CallKey]) -> Option<&'a Row> {
    waiting.iter().min_by_key(|row| (dismissed.contains(&call_key(row)), waiting_since(row)))
}

/// Since when the customer has waited for an agent.
pub fn waiting_since(row: &Row) -> Timestamp {
    row.wait.map_or(row.last_at, |wait| wait.since)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{desk::RowState, sla::Wait};

    /// A call that has waited since it came.
    fn row(id: &str, second: i64) -> Row {
        let at = Timestamp(0).plus(Span::seconds(second));
        let wait = Wait { since: at, until: None, answered: false, target: Span::minutes(5) };
        Row { alerted_at: Some(at), wait: Some(wait), ..Row::sample(id, RowState::Waiting) }
    }

    fn at(second: i64) -> Timestamp {
        Timestamp(0).plus(Span::seconds(second))
    }

    fn id(row: Option<&Row>) -> Option<&str> {
        row.map(|row| row.id.as_str())
    }

    #[test]
    fn the_newest_call_is_unfolded_for_ten_seconds() {
        // given a call of the first second and one three seconds later
        let waiting = [row("cnv_a", 0), row("cnv_b", 3)];
        // then each is the newest one until another comes or ten seconds are over
        assert_eq!(id(newest(&waiting[..1], at(2), &[], None)), Some("cnv_a"));
        assert_eq!(id(newest(&waiting, at(4), &[], None)), Some("cnv_b"));
        assert_eq!(id(newest(&waiting, at(12), &[], None)), Some("cnv_b"));
        assert_eq!(id(newest(&waiting, at(13), &[], None)), None);
    }

    #[test]
    fn a_call_that_is_dismissed_or_open_is_not_unfolded() {
        let waiting = [row("cnv_a", 0), row("cnv_b", 3)];
        let dismissed = [call_key(&waiting[1])];
        assert_eq!(id(newest(&waiting, at(4), &dismissed, None)), Some("cnv_a"));
        let open = ConversationId::from("cnv_b");
        assert_eq!(id(newest(&waiting, at(4), &[], Some(&open))), Some("cnv_a"));
        assert_eq!(id(newest(&waiting, at(4), &dismissed, Some(&waiting[0].id))), None);
        // A conversation that is released later is another call.
        let released = [row("cnv_b", 5)];
        assert_eq!(id(newest(&released, at(6), &dismissed, None)), Some("cnv_b"));
    }

    #[test]
    fn the_longest_wait_is_offered_and_dismissed_calls_come_last() {
        // given a conversation that was released: it is the first of its group, and waits since the release
        let waiting = [row("cnv_released", 60), row("cnv_a", 10), row("cnv_b", 20)];
        assert_eq!(id(longest(&waiting, &[])), Some("cnv_a"));
        assert_eq!(id(longest(&waiting, &[call_key(&waiting[1])])), Some("cnv_b"));
        let all: Vec<_> = waiting.iter().map(call_key).collect();
        assert_eq!(id(longest(&waiting, &all)), Some("cnv_a"));
        assert_eq!(id(longest(&[], &[])), None);
    }
}
