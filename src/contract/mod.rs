//! The types that page and server exchange: the serde types of every call, a file per noun, and the one error.
//!
//! Server functions belong in `api`, and types with rules belong in `domain`. Nothing here depends on Leptos, and a
//! type that only one side uses stays on that side. To add a type, put it into the file of its noun.

pub mod account;
pub mod account_link;
pub mod audit;
pub mod bot;
pub mod conversation;
pub mod cost;
pub mod desk;
pub mod error;
pub mod flow;
pub mod hours;
pub mod keywords;
pub mod numbers;
pub mod outbound;
pub mod outcomes;
pub mod prices;
pub mod report;
pub mod saved_reply;
pub mod search;
pub mod second_factor;
pub mod session;
pub mod staffing;
pub mod team;
pub mod templates;
pub mod wall;
pub mod window_templates;

pub use error::{ApiError, Result};
