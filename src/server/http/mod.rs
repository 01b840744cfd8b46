//! HTTP's side of every call: who calls, what a request brought along, how a service's error is answered, and the few
//! endpoints that are neither page nor server function.
//!
//! Never here: rules, SQL, and anything a service must know; services take a tenant and an actor and return their own
//! error. To add an error: its arm in `error.rs`. To add an endpoint: its handler here, with [`Agent`] or [`Admin`] as an
//! argument, its route in `router.rs` and its row in `ENDPOINTS`.
//!
//! [`Agent`]: super::accounts::Agent
//! [`Admin`]: super::accounts::Admin

mod caller;
mod context;
pub mod cookie;
pub mod error;
pub mod files;
pub mod flow_export;
pub mod health;
pub mod origin;
pub mod session;
pub mod stream;
pub mod zero_bytes;

pub use caller::{Call, admin, agent};
pub use context::{RequestContext, ServiceRegistry};
pub use cookie::{Callers, CookieKind};
