//! The user interface: pages and components over signals that live frames update.
//!
//! Names `domain`, `contract` and `api`, never `server`. To add a page: a file in `pages/`, or a folder in `admin/`,
//! its route in `app.rs`, its link in `components/shell.rs`.

pub mod account;
pub mod admin;
pub mod alerts;
pub mod app;
pub mod browser;
pub mod components;
pub mod conversations;
pub mod cost;
pub mod extras;
pub mod flow_editor;
pub mod format;
pub mod frames;
pub mod keyboard;
pub mod kit;
pub mod live;
pub mod local_time;
pub mod number;
pub mod page_styles;
pub mod pages;
pub mod palette;
pub mod render_environment;
pub mod reports;
pub mod saved_replies;
pub mod second_factor;
pub mod server_clock;
pub mod snapshot;
pub mod state;
pub mod uploads;
pub mod wall;

pub use app::{App, shell};
