//! A file per page, as the routes in `app.rs` name them.

pub mod desk;
pub mod not_found;
pub mod sign_in;
