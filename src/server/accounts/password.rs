//! Passwords: argon2id on blocking threads, a bounded number at a time, and whether a new one is too easy to guess.

use std::{num::NonZero, sync::Arc};

use argon2::{
    Argon2, Params,
    password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash},
};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use zxcvbn::{Score, zxcvbn};

use crate::{
    domain::{
        password::{length_fault, own_words_fault},
        time::Span,
    },
    server::clock::Clock,
};

#[derive(Debug, thiserror::Error)]
pub enum HashError {
    /// More passwords wait than can be checked soon.
    #[error("Too many people are signing in right now. Wait a few seconds and try again.")]
    Busy,
    #[error("hashing failed: {0}")]
    Failed(String),
}

/// Whose passwords wait for each other. Those of strangers, of whom there may be any number, never delay the others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HashQueue {
    /// People who are signed in, or whose device is known; and the operator.
    Known,
    Stranger,
}

/// What a new hash costs to compute. Each hash names its own cost, so the cost of others does not matter to verify it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HashCost {
    /// What OWASP recommends, and argon2's default: 19 MB, two passes.
    Full,
    /// Next to nothing: for tests, which create thousands of people.
    Least,
}

impl HashCost {
    fn params(self) -> Params {
        match self {
            Self::Full => Params::DEFAULT,
            Self::Least => Params::new(Params::MIN_M_COST, Params::MIN_T_COST, Params::MIN_P_COST, None)
                .expect("the least values are allowed"),
        }
    }
}

/// How many passwords of a queue wait at most.
pub const WAITING: usize = 32;
/// How long a password waits at most. Afterwards the person has given up, or presses the button again.
pub const LONGEST_WAIT: Span = Span::seconds(5);

/// Hashes and verifies passwords. Each queue has half of the cores, one at least: each password uses 19 MB, and more at
/// once would not be faster. Cheap to clone.
#[derive(Clone)]
pub struct Hasher {
    known: Queue,
    strangers: Queue,
    cost: HashCost,
    clock: Clock,
}

#[derive(Clone)]
struct Queue {
    running: Arc<Semaphore>,
    places: Arc<Semaphore>,
}

impl Queue {
    fn running_at_most(most: usize) -> Self {
        Self { running: Arc::new(Semaphore::new(most.max(1))), places: Arc::new(Semaphore::new(WAITING)) }
    }
}

/// The right to keep one core busy, until it is dropped.
#[derive(Debug)]
pub struct HashSlot {
    _permit: OwnedSemaphorePermit,
}

impl Hasher {
    pub fn new(clock: Clock, cost: HashCost) -> Self {
        let cores = std::thread::available_parallelism().map_or(1, NonZero::get);
        let known = Queue::running_at_most(cores.div_ceil(2));
        Self { known, strangers: Queue::running_at_most(cores / 2), cost, clock }
    }

    /// Waits for a slot.
    ///
    /// # Errors
    /// [`HashError::Busy`] if too many wait, or after [`LONGEST_WAIT`].
    pub async fn slot(&self, queue: HashQueue) -> Result<HashSlot, HashError> {
        let queue = match queue {
            HashQueue::Known => &self.known,
            HashQueue::Stranger => &self.strangers,
        };
        let _place = queue.places.try_acquire().map_err(|_full| HashError::Busy)?;
        tokio::select! {
            biased;
            permit = queue.running.clone().acquire_owned() => {
                permit.map(|permit| HashSlot { _permit: permit }).map_err(|error| HashError::Failed(error.to_string()))
            }
            () = self.clock.sleep(LONGEST_WAIT) => Err(HashError::Busy),
        }
    }

    /// Hashes a password with `salt`.
    pub async fn hash(&self, password: String, salt: [u8; 16]) -> Result<String, HashError> {
        let slot = self.slot(HashQueue::Known).await?;
        let params = self.cost.params();
        run_blocking(slot, move || {
            Argon2::from(params)
                .hash_password_with_salt(password.as_bytes(), &salt)
                .map(|hash| hash.to_string())
                .map_err(|error| HashError::Failed(error.to_string()))
        })
        .await?
    }

    /// Whether `password` matches `hash`. An unreadable hash matches nothing.
    pub async fn verify(&self, slot: HashSlot, password: String, hash: String) -> Result<bool, HashError> {
        run_blocking(slot, move || {
            PasswordHash::new(&hash)
                .is_ok_and(|parsed| Argon2::default().verify_password(password.as_bytes(), &parsed).is_ok())
        })
        .await
    }

    /// Why a new password is not acceptable; `None` if it is. `own` are the words of `domain::password::own_words`.
    pub async fn fault(&self, password: String, own: Vec<String>) -> Result<Option<String>, HashError> {
        let slot = self.slot(HashQueue::Known).await?;
        run_blocking(slot, move || {
            length_fault(&password).or_else(|| own_words_fault(&password, &own)).or_else(|| too_common(&password, &own))
        })
        .await
    }
}

async fn run_blocking<T: Send + 'static>(
    slot: HashSlot,
    work: impl FnOnce() -> T + Send + 'static,
) -> Result<T, HashError> {
    tokio::task::spawn_blocking(move || {
        // The slot belongs to the blocking task, which continues if the caller is dropped.
        let _slot = slot;
        work()
    })
    .await
    .map_err(|error| HashError::Failed(error.to_string()))
}

/// A password that a million guesses find, the likeliest first. Guesses over the network are far fewer, and those over
/// a stolen database pay for argon2 each time. On the server only, because the lists of `zxcvbn` would double the page;
/// and not alone, because it rates “AnaCosta2026!” as strong: `domain::password` takes out a person's own words.
fn too_common(password: &str, own: &[String]) -> Option<String> {
    let own: Vec<&str> = own.iter().map(String::as_str).collect();
    let strength = zxcvbn(password, &own);
    if strength.score() >= Score::Two {
        return None;
    }
    let warning = strength.feedback().and_then(|feedback| feedback.warning());
    let why = warning.map_or_else(|| "This password is easy to guess.".to_owned(), |warning| warning.to_string());
    Some(format!("{why} Use a few words that don't belong together."))
}

/// A hash that no password matches. Unknown emails are checked against it, so that both cases take as long.
pub const DUMMY_HASH: &str =
    "$argon2id$v=19$m=19456,t=2,p=1$bm9ib2R5bm9ib2R5bm9ib2R5$yLnVqZQmYc7ZxvPpgD2r2cX3L8cJx7mS8bqT3oWqv1I";

#[cfg(test)]
mod tests {
    use futures::FutureExt;

    use super::*;
    use crate::{
        domain::{password::own_words, time::Timestamp},
        server::clock::ManualClock,
    };

    fn hasher() -> (Hasher, ManualClock) {
        let manual_clock = ManualClock::at(Timestamp(1_000_000));
        (Hasher::new(Clock::manual(manual_clock.clone()), HashCost::Full), manual_clock)
    }

    async fn verifies(hasher: &Hasher, password: &str, hash: &str) -> bool {
        let slot = hasher.slot(HashQueue::Stranger).await.expect("a slot");
        hasher.verify(slot, password.to_owned(), hash.to_owned()).await.expect("runs")
    }

    #[tokio::test]
    async fn only_the_same_password_matches() {
        let (hasher, _) = hasher();
        let made = hasher.hash("handoff-demo".into(), [7; 16]).await.expect("hashes");
        assert!(verifies(&hasher, "handoff-demo", &made).await);
        assert!(!verifies(&hasher, "handoff-Demo", &made).await);
        assert!(!verifies(&hasher, "anything", DUMMY_HASH).await);
        assert!(PasswordHash::new(DUMMY_HASH).is_ok(), "or an unknown e-mail would answer faster");
        // and what another process hashed at another cost is verified, too
        let least = Hasher { cost: HashCost::Least, ..hasher.clone() };
        let cheap = least.hash("handoff-demo".into(), [7; 16]).await.expect("hashes");
        assert!(cheap.starts_with("$argon2id$v=19$m=8,t=1,p=1$"), "{cheap}");
        assert!(verifies(&hasher, "handoff-demo", &cheap).await && verifies(&least, "handoff-demo", &made).await);
        assert!(!verifies(&hasher, "handoff-Demo", &cheap).await);
    }

    /// All slots of a queue.
    fn all_slots(hasher: &Hasher, queue: HashQueue) -> Vec<HashSlot> {
        let next = || hasher.slot(queue).now_or_never().map(|slot| slot.expect("a place"));
        std::iter::from_fn(next).collect()
    }

    #[tokio::test]
    async fn strangers_wait_for_each_other_only_and_not_without_end() {
        let (hasher, manual_clock) = hasher();
        // given strangers who keep their queue busy, and as many who wait as may
        let mut held = all_slots(&hasher, HashQueue::Stranger);
        assert!(!held.is_empty());
        let mut waiting: Vec<_> = (0..WAITING).map(|_| Box::pin(hasher.slot(HashQueue::Stranger))).collect();
        for one in &mut waiting {
            assert!(futures::poll!(one).is_pending());
        }
        // then one more is refused at once, and people who are known are not affected
        assert!(matches!(hasher.slot(HashQueue::Stranger).now_or_never(), Some(Err(HashError::Busy))));
        assert!(matches!(hasher.slot(HashQueue::Known).now_or_never(), Some(Ok(_))));
        // when one ends, the first who waits has the slot
        drop(held.pop());
        let slot = waiting.remove(0).await.expect("has a slot");
        // and the others are refused when they have waited for too long
        manual_clock.advance(LONGEST_WAIT);
        assert!(matches!(waiting.remove(0).await, Err(HashError::Busy)));
        drop((slot, held));
    }

    #[tokio::test]
    async fn a_new_password_is_long_and_hard_to_guess_for_this_person() {
        let (hasher, _) = hasher();
        let own = own_words(&["Ana Costa", "ana@acme.test", "Acme"]);
        let fault = async |password: &str| hasher.fault(password.to_owned(), own.clone()).await.expect("runs");
        let table = [
            ("short", "at least 12 characters"),
            ("password1234", "Use a few words"),
            ("aaaaaaaaaaaaaa", "Use a few words"),
            ("1234567890123", "Use a few words"),
            ("AnaCosta2026!", "Your name, address and company"),
            ("acme.handoff.ana", "Your name, address and company"),
        ];
        for (password, expected) in table {
            let told = fault(password).await.unwrap_or_default();
            assert!(told.contains(expected), "{password}: {told}");
        }
        // The demo's passwords are public, and long enough that nobody is asked for another one.
        for fine in ["handoff-demo", "tall green paper boats", "x7#Qm2!vLp9@"] {
            assert_eq!(fault(fine).await, None, "{fine}");
        }
    }
}
