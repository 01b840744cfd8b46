//! Tries the bot without a customer: a question to the language model (`model.rs`), or one step of a draft (`flow.rs`).
//! Both run the same code as for customers, but send and store nothing and call no other system.
//!
//! Saving what is tried does not belong here (see `settings`). To add something to try: a file with a method of
//! [`Playground`].

mod flow;
mod model;

use crate::server::{clock::Clock, llm::Llm, seal::Seal, store::Db};

/// The service. Cheap to clone.
#[derive(Clone)]
pub struct Playground {
    db: Db,
    clock: Clock,
    seal: Seal,
    llm: Llm,
}

impl Playground {
    pub fn new(db: Db, clock: Clock, seal: Seal, llm: Llm) -> Self {
        Self { db, clock, seal, llm }
    }
}
