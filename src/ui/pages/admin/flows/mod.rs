//! Flows: the list, and the editor of one.

mod editor;
mod import;
mod list;

use leptos::{prefetch_lazy_fn_on_server, prelude::*, wasm_split::wasm_split};
use leptos_router::LazyRoute;

use self::{editor::FlowEditorPage, list::FlowsPage};

/// The route of the list. The page's code comes when it is first opened.
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

/// The route of the editor: by far the largest page.
pub struct FlowEditorRoute;

impl LazyRoute for FlowEditorRoute {
    fn data() -> Self {
        Self
    }

    async fn view(_page: Self) -> AnyView {
        flow_editor_page().await
    }

    async fn preload() {
        fetch_flow_editor_page().await;
    }
}

#[wasm_split(flows, wasm_split_path = leptos::wasm_split, preload(fetch_flow_editor_page))]
fn flow_editor_page() -> AnyView {
    prefetch_lazy_fn_on_server("flows");
    view! { <FlowEditorPage/> }.into_any()
}
