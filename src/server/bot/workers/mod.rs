//! The bot's queues: `turns.rs` for what can be decided at once, `calls.rs` for API calls of flows, `models.rs` for
//! answers of the language model. Each takes its kinds of jobs with a lease and settles them through [`Bot`].

mod calls;
mod models;
mod turns;

use super::{Bot, MAX_ATTEMPTS, conversation};

pub use calls::OUTPUT_LIMIT;
pub use models::MAX_CONCURRENT;
