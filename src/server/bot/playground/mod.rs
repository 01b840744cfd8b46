//! Trying the bot without a customer: a question to the language model (`model.rs`), one step of a draft (`flow.rs`). Both
//! run the same code as for customers, and send, keep and ask nothing.
//!
//! Never here: saving what is tried (`settings`). To add something to try: a file with a method of [`Playground`].

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
