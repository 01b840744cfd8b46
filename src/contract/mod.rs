//! What page and server exchange: the serde types of every call, a file per noun, and the one error.
//!
//! Never here: server functions (they stand in `api`), anything of Leptos, and anything only one side needs. To add a
//! type: put it into the file of its noun; values that rules work on belong to `domain`.

pub mod audit;
pub mod bot;
pub mod conversation;
pub mod desk;
pub mod error;
pub mod flow;
pub mod hours;
pub mod keywords;
pub mod session;
pub mod team;

pub use error::{ApiError, Result};
