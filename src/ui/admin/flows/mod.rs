//! The list of flows, and the ways to begin one. The editor of one is `ui/flow_editor`.

mod import;
mod list;

use leptos::{prefetch_lazy_fn_on_server, prelude::*, wasm_split::wasm_split};
use leptos_router::LazyRoute;

use self::list::FlowsPage;

/// The route. The page's code comes when it is first opened.
pub struct FlowsRoute;

impl LazyRoute for FlowsRoute {
    fn data() -> Self {
        Self
    }

    async fn view(_page: Self) -> AnyView {
        flows_page().await
    }

    async fn preload() {
        fetch_flows_page().await;
    }
}

#[wasm_split(flows, wasm_split_path = leptos::wasm_split, preload(fetch_flows_page))]
fn flows_page() -> AnyView {
    prefetch_lazy_fn_on_server("flows");
    view! { <FlowsPage/> }.into_any()
}
