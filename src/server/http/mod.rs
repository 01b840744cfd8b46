//! The HTTP side of calls: extractors of the caller, the request's context, mapping of errors, and the endpoints that
//! are neither pages nor server functions.
//!
//! Business rules, SQL and types of services do not belong here: a service takes a tenant and an actor and returns its
//! own error. To add an error, add its arm in `error.rs`. To add an endpoint: its handler here, with [`Agent`] or
//! [`Admin`] as an argument, its route in `router.rs` and its row in `ENDPOINTS`.
//!
//! [`Agent`]: super::accounts::Agent
//! [`Admin`]: super::accounts::Admin

pub mod account_link;
mod caller;
mod context;
pub mod cookie;
pub mod error;
pub mod files;
pub mod flow_export;
pub mod health;
pub mod limits;
pub mod origin;
pub mod report_export;
pub mod request_owner;
pub mod saved_reply_export;
pub mod second_factor;
pub mod session;
pub mod stream;
pub mod uploads;
pub mod zero_bytes;

pub use caller::{
    AuthorizedCall, admin, agent, confirmed_agent, confirmed_owner, factor_owner, reauthenticated, report_viewer,
    wall_viewer,
};
pub use context::{RequestContext, ServiceRegistry};
pub use cookie::{Callers, CookieKind};
