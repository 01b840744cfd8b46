//! Who may take how much: tenants in turn, so that the backlog of one does not delay the others.
//!
//! A worker that takes rows tells [`Rotation::begin`] which tenants have due work, and takes what
//! [`TenantShares::next_share`] allows until there is nothing more. The order of a tenant's rows is decided in the store.

use std::{
    collections::{HashMap, VecDeque},
    sync::{Arc, Mutex, PoisonError},
};

use crate::domain::ids::TenantId;

/// How much one tenant may have taken at a time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ShareLimit {
    /// As much as there is: the work is done before the next round.
    None,
    /// This many.
    AtMost(i64),
    /// As many as there are free places, of which so many are left: a tenant alone gets half of all places, the next
    /// one half of the rest. So there is a place for the next tenant even if each of several holds all it may, without
    /// a number of tenants by which the places would have to be divided.
    OfFree(i64),
}

/// The tenant that each queue served last, so that the next round begins behind it. Cheap to clone.
#[derive(Clone, Default)]
pub struct Rotation(Arc<Mutex<HashMap<&'static str, TenantId>>>);

impl Rotation {
    /// A round of a queue that takes up to `most` rows. `due` holds the tenants with due work, by id, and how many rows
    /// each has taken already.
    pub fn begin(
        &self,
        queue: &'static str,
        mut due: Vec<(TenantId, i64)>,
        most: i64,
        limit: ShareLimit,
    ) -> TenantShares {
        due.retain(|(_, held)| allowed(limit, *held) > 0);
        let mut last = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let behind = last.get(queue).map_or(0, |last| due.partition_point(|(tenant, _)| tenant <= last));
        let count = due.len();
        due.rotate_left(behind.min(count));
        let served = usize::try_from(most).unwrap_or(0).min(due.len());
        if let Some((tenant, _)) = served.checked_sub(1).and_then(|nth| due.get(nth)) {
            last.insert(queue, tenant.clone());
        }
        TenantShares { waiting: due.into(), again: VecDeque::new(), left: most, limit, share: 0 }
    }
}

/// One round: each tenant gets an equal share, and what is left over goes to those that can use it.
#[derive(Debug)]
pub struct TenantShares {
    waiting: VecDeque<(TenantId, i64)>,
    /// Tenants that used their share up. They may have more.
    again: VecDeque<(TenantId, i64)>,
    left: i64,
    limit: ShareLimit,
    share: i64,
}

impl TenantShares {
    /// The next tenant, and how many of its rows may be taken. [`Self::took`] must be told how many there were.
    pub fn next_share(&mut self) -> Option<NextShare> {
        loop {
            if self.left <= 0 {
                return None;
            }
            if self.waiting.is_empty() || self.share == 0 {
                self.waiting.append(&mut self.again);
                let tenants = i64::try_from(self.waiting.len()).unwrap_or(i64::MAX);
                self.share = (self.left / tenants.max(1)).max(1);
            }
            let (tenant, held) = self.waiting.pop_front()?;
            let most = self.share.min(self.left).min(allowed(self.limit, held));
            if most > 0 {
                return Some(NextShare { tenant, held, most });
            }
        }
    }

    /// What was taken of a share.
    pub fn took(&mut self, share: NextShare, count: usize) {
        let count = i64::try_from(count).unwrap_or(i64::MAX);
        self.left -= count;
        if let ShareLimit::OfFree(free) = &mut self.limit {
            *free -= count;
        }
        if count >= share.most {
            self.again.push_back((share.tenant, share.held + count));
        }
    }
}

/// How many rows of a tenant may be taken next.
#[derive(Debug)]
pub struct NextShare {
    pub tenant: TenantId,
    pub most: i64,
    held: i64,
}

fn allowed(limit: ShareLimit, held: i64) -> i64 {
    match limit {
        ShareLimit::None => i64::MAX,
        ShareLimit::AtMost(most) => most - held,
        // With one place left, a tenant that holds none gets it.
        ShareLimit::OfFree(free) => ((free - held) / 2).max(i64::from(held == 0)).min(free),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What each tenant gets in a round, if it has so many due rows.
    fn round(rotation: &Rotation, due: &[(&str, usize, i64)], most: i64, limit: ShareLimit) -> Vec<(String, usize)> {
        let claims = due.iter().map(|(tenant, _, held)| (TenantId::from(*tenant), *held)).collect();
        let mut left: HashMap<&str, usize> = due.iter().map(|(tenant, rows, _)| (*tenant, *rows)).collect();
        let mut shares = rotation.begin("test", claims, most, limit);
        let mut taken = Vec::new();
        while let Some(share) = shares.next_share() {
            let rows = left.get_mut(share.tenant.as_str()).expect("it has due rows");
            let count = usize::try_from(share.most).expect("positive").min(*rows);
            *rows -= count;
            taken.push((share.tenant.as_str().to_owned(), count));
            shares.took(share, count);
        }
        taken
    }

    fn got(taken: &[(String, usize)], tenant: &str) -> usize {
        taken.iter().filter(|(it, _)| it == tenant).map(|(_, count)| count).sum()
    }

    #[test]
    fn a_tenant_alone_gets_the_whole_round_at_once() {
        let taken = round(&Rotation::default(), &[("a", 8_000, 0)], 64, ShareLimit::None);
        assert_eq!(taken, [("a".to_owned(), 64)]);
    }

    #[test]
    fn what_small_tenants_leave_goes_to_the_large_one() {
        let taken = round(&Rotation::default(), &[("a", 8_000, 0), ("b", 1, 0), ("c", 2, 0)], 64, ShareLimit::None);
        assert_eq!((got(&taken, "a"), got(&taken, "b"), got(&taken, "c")), (61, 1, 2));
    }

    #[test]
    fn with_more_tenants_than_rows_all_are_served_within_as_few_rounds_as_possible() {
        let (rotation, due) = (Rotation::default(), [("a", 9, 0), ("b", 9, 0), ("c", 9, 0), ("d", 9, 0), ("e", 9, 0)]);
        let rounds: Vec<Vec<String>> = (0..3)
            .map(|_| round(&rotation, &due, 2, ShareLimit::None).into_iter().map(|(tenant, _)| tenant).collect())
            .collect();
        assert_eq!(rounds, [["a", "b"], ["c", "d"], ["e", "a"]]);
    }

    #[test]
    fn a_fixed_share_counts_what_is_taken_already() {
        let taken = round(&Rotation::default(), &[("a", 9, 2), ("b", 9, 0)], 64, ShareLimit::AtMost(3));
        assert_eq!((got(&taken, "a"), got(&taken, "b")), (1, 3));
    }

    #[test]
    fn a_tenant_holds_no_more_places_than_are_free() {
        let rotation = Rotation::default();
        let mut held = 0;
        loop {
            let limit = ShareLimit::OfFree(1_024 - held);
            let taken = got(&round(&rotation, &[("a", 8_000, held)], 64, limit), "a");
            if taken == 0 {
                break;
            }
            held += i64::try_from(taken).expect("small");
        }
        assert_eq!(held, 512);
        // Nine more that take all they may leave a place.
        let mut free = 1_024 - held;
        for _ in 0..9 {
            let taken = got(&round(&rotation, &[("b", 8_000, 0)], 1_024, ShareLimit::OfFree(free)), "b");
            free -= i64::try_from(taken).expect("small");
        }
        assert!(free > 0, "{free}");
    }

    #[test]
    fn the_last_place_goes_to_a_tenant_without_one() {
        let taken = round(&Rotation::default(), &[("a", 9, 3), ("b", 9, 0)], 64, ShareLimit::OfFree(1));
        assert_eq!(taken, [("b".to_owned(), 1)]);
        assert!(round(&Rotation::default(), &[("a", 9, 0)], 64, ShareLimit::OfFree(0)).is_empty());
    }
}
