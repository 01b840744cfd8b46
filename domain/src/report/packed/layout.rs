//! The columns of each kind. Column 0 holds the time of the cohort. A new column comes last, with another version.

use super::RowKind;
use crate::handoff::HandoffEnd;

pub mod handoff {
    pub const REQUESTED_AT: usize = 0;
    pub const TARGET: usize = 1;
    pub const CLAIMED_AT: usize = 2;
    pub const CLAIMED_BY: usize = 3;
    pub const REPLIED_AT: usize = 4;
    /// Missing where staff replied in the WhatsApp app.
    pub const REPLIED_BY: usize = 5;
    pub const ENDED_AT: usize = 6;
    pub const END: usize = 7;
    pub const OWNER: usize = 8;
    pub const LOST: usize = 9;
    /// Waiting, response, handling and resolution time: each with its part within opening hours in the next column.
    pub const LASTED: [usize; 4] = [10, 12, 14, 16];
    pub const COUNT: usize = 18;
}

pub mod wait {
    pub const ENDED_AT: usize = 0;
    pub const AGENT: usize = 1;
    pub const WAIT: usize = 2;
    pub const OPEN_WAIT: usize = 3;
    pub const ANSWERED: usize = 4;
    pub const COUNT: usize = 5;
}

pub mod conversation {
    pub const STARTED_AT: usize = 0;
    pub const BOT_TOOK_PART: usize = 1;
    pub const FIRST_HANDOFF_AT: usize = 2;
    pub const COUNT: usize = 3;
}

pub mod closing {
    pub const AT: usize = 0;
    pub const AGENT: usize = 1;
    pub const BOT_ALONE: usize = 2;
    pub const REOPENED_AT: usize = 3;
    pub const FOLLOWED_AT: usize = 4;
    pub const COUNT: usize = 5;
}

pub mod message {
    pub const SENT_AT: usize = 0;
    pub const AGENT: usize = 1;
    pub const COUNT: usize = 2;
}

pub mod stint {
    pub const BEGAN_AT: usize = 0;
    pub const ENDED_AT: usize = 1;
    pub const AGENT: usize = 2;
    pub const COUNT: usize = 3;
}

/// How many columns a kind has.
pub const fn columns(kind: RowKind) -> usize {
    match kind {
        RowKind::Handoffs => handoff::COUNT,
        RowKind::Waits => wait::COUNT,
        RowKind::Conversations => conversation::COUNT,
        RowKind::Closings => closing::COUNT,
        RowKind::Messages => message::COUNT,
        RowKind::Stints => stint::COUNT,
    }
}

/// Whether rows are told apart by the number of an entry, not by an id.
pub const fn is_numbered(kind: RowKind) -> bool {
    match kind {
        RowKind::Waits | RowKind::Closings | RowKind::Stints => true,
        RowKind::Handoffs | RowKind::Conversations | RowKind::Messages => false,
    }
}

/// The number of an end, which never changes.
pub const fn end_number(end: HandoffEnd) -> i64 {
    match end {
        HandoffEnd::Closed => 0,
        HandoffEnd::ReturnedToBot => 1,
        HandoffEnd::Merged => 2,
    }
}

pub fn end_of(number: i64) -> Option<HandoffEnd> {
    HandoffEnd::ALL.into_iter().find(|end| end_number(*end) == number)
}
