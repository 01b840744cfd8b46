//! How many conversations a person holds at once.
//!
//! The replay takes the mean that was observed while a person had any. Handling times grow with the number of
//! conversations in which an agent writes at once, and they were measured at that mean: by Little's law, the mean divided
//! by the mean handling time is how many handoffs a busy person finished in an hour. With more slots and the same handling
//! times, the people of a roster would work faster than they ever did.

use std::{collections::BTreeMap, fmt};

use serde::{Deserialize, Serialize};

use crate::{ids::AgentId, time::Timestamp};

/// Conversations of one person at once, in hundredths; 1 to [`MOST`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Concurrency(u32);

/// The most conversations of one person at once.
pub const MOST: u32 = 50;

/// A conversation that an agent had, on the clock of the handling times.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeldConversation {
    pub agent: AgentId,
    pub from: Timestamp,
    pub until: Timestamp,
}

impl Concurrency {
    pub const ONE: Self = Self(100);

    /// A whole number of conversations, brought within the bounds.
    pub fn whole(conversations: u32) -> Self {
        Self(conversations.clamp(1, MOST) * 100)
    }

    /// The mean over the time in which an agent had at least one; `None` if nobody had any.
    pub fn observed(held: &[HeldConversation]) -> Option<Self> {
        let mut by_agent: BTreeMap<&AgentId, Vec<(Timestamp, Timestamp)>> = BTreeMap::new();
        for held in held {
            by_agent.entry(&held.agent).or_default().push((held.from, held.until));
        }
        let (mut conversations, mut busy) = (0_i64, 0_i64);
        for mut held in by_agent.into_values() {
            held.sort_unstable();
            let mut counted_until = Timestamp(i64::MIN);
            for (from, until) in held {
                conversations = conversations.saturating_add(until.since(from).0);
                busy = busy.saturating_add(until.since(from.max(counted_until)).0);
                counted_until = counted_until.max(until);
            }
        }
        let hundredths = conversations.saturating_mul(100).checked_div(busy)?;
        Some(Self(u32::try_from(hundredths).unwrap_or(u32::MAX).clamp(100, MOST * 100)))
    }

    /// How many conversations so many people hold at once, to the nearest whole number.
    pub fn slots(self, people: u32) -> usize {
        let hundredths = u64::from(people) * u64::from(self.0);
        usize::try_from((hundredths + 50) / 100).unwrap_or(usize::MAX)
    }
}

/// `2.4`, or `3`.
impl fmt::Display for Concurrency {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let tenths = (self.0 + 5) / 10;
        match tenths % 10 {
            0 => write!(f, "{}", tenths / 10),
            rest => write!(f, "{}.{rest}", tenths / 10),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn held(agent: &str, from: i64, until: i64) -> HeldConversation {
        HeldConversation { agent: agent.into(), from: Timestamp(from), until: Timestamp(until) }
    }

    #[test]
    fn the_mean_counts_the_time_with_a_conversation_only() {
        // Ana has two at once from 10 to 20, one until 30, and one more after a break; Ben has three for 10.
        let ana = [held("agt_ana", 0, 20), held("agt_ana", 10, 30), held("agt_ana", 90, 100)];
        let ben = [held("agt_ben", 50, 60), held("agt_ben", 50, 60), held("agt_ben", 50, 60)];
        assert_eq!(Concurrency::observed(&ana), Some(Concurrency(125)));
        assert_eq!(Concurrency::observed(&ben), Some(Concurrency(300)));
        let both: Vec<_> = ben.into_iter().chain(ana).collect();
        // 80 of conversations in 50 of time.
        assert_eq!(Concurrency::observed(&both), Some(Concurrency(160)));
    }

    #[test]
    fn a_conversation_within_another_one_counts_at_the_same_time() {
        let nested = [held("agt_ana", 0, 100), held("agt_ana", 20, 30), held("agt_ana", 40, 50)];
        assert_eq!(Concurrency::observed(&nested), Some(Concurrency(120)));
    }

    #[test]
    fn nothing_observed_is_no_concurrency() {
        assert_eq!(Concurrency::observed(&[]), None);
        assert_eq!(Concurrency::observed(&[held("agt_ana", 5, 5)]), None);
        let many: Vec<_> = (0..80).map(|_| held("agt_ana", 0, 10)).collect();
        assert_eq!(Concurrency::observed(&many), Some(Concurrency::whole(MOST)));
    }

    #[test]
    fn slots_are_the_nearest_whole_number() {
        let slots = [0, 1, 2, 3, 5].map(|people| Concurrency(240).slots(people));
        assert_eq!(slots, [0, 2, 5, 7, 12]);
        assert_eq!([0, 1, 4].map(|people| Concurrency::ONE.slots(people)), [0, 1, 4]);
        assert_eq!((Concurrency::whole(0), Concurrency::whole(3)), (Concurrency::ONE, Concurrency(300)));
    }

    #[test]
    fn it_reads_as_a_number() {
        let texts = [100, 125, 240, 296, 5_000].map(|hundredths| Concurrency(hundredths).to_string());
        assert_eq!(texts, ["1", "1.3", "2.4", "3", "50"]);
    }
}
