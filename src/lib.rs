//! Handoff: seamless human handoff for WhatsApp.
//!
//! One crate, two builds. `ssr` is the server; `hydrate` is the page. What both agree on is in [`domain`] (a crate of its
//! own, pure) and [`contract`] (what they exchange); [`api`] holds the calls. Everything that only the server may know is
//! behind the one gate below.

// Built by hand with RUSTFLAGS of its own, views keep their full types, and the layout of the pages is deeper than 128.
#![recursion_limit = "512"]

pub mod api;
pub mod contract;
pub mod ui;
pub use handoff_domain as domain;

#[cfg(feature = "ssr")]
pub mod server;

/// Where the browser enters: takes over the HTML that the server rendered, once the code of a lazy page is there.
#[cfg(feature = "hydrate")]
#[wasm_bindgen::prelude::wasm_bindgen]
pub fn hydrate() {
    console_error_panic_hook::set_once();
    leptos::mount::hydrate_lazy(ui::App);
}
