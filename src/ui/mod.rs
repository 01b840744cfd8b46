//! What people see. Pages and components over signals that live frames feed.
//!
//! Names `domain` and `api`, never `server`. To add a page: a file in `pages/`, its route in `app.rs`, its link in
//! `components/shell.rs`.

pub mod app;
pub mod browser;
pub mod components;
pub mod first_look;
pub mod format;
pub mod letters;
pub mod live;
pub mod pages;
pub mod snapshot;
pub mod state;

pub use app::{App, shell};
