//! Flows: the list, and the editor of one.

mod editor;
mod import;
mod list;

use leptos::prelude::*;
use leptos_router::{LazyRoute, lazy_route};

use self::{editor::FlowEditorPage, list::FlowsPage};

/// The route of the list. The page's code comes when it is first opened.
pub struct FlowsRoute;

#[lazy_route]
impl LazyRoute for FlowsRoute {
    fn data() -> Self {
        Self
    }

    fn view(_page: Self) -> AnyView {
        view! { <FlowsPage/> }.into_any()
    }
}

/// The route of the editor: by far the largest page.
pub struct FlowEditorRoute;

#[lazy_route]
impl LazyRoute for FlowEditorRoute {
    fn data() -> Self {
        Self
    }

    fn view(_page: Self) -> AnyView {
        view! { <FlowEditorPage/> }.into_any()
    }
}
