//! A page whose code is a file of its own, fetched when the page is first opened.
//!
//! `lazy_route!(TeamRoute in settings, TeamPage);` makes the route `TeamRoute` of the component `TeamPage`, whose code
//! is in the part `settings`; pages of one part are fetched together. The route is named in `ui/app.rs` as
//! `view={Lazy::<TeamRoute>::new()}`. Nothing else outside of the part may name the page's component, or everybody
//! loads it.

/// Makes the route of a page: its name, the part that its code is in, and the page's component.
macro_rules! lazy_route {
    ($route:ident in $part:ident, $page:ident) => {
        /// The route. The page's code is fetched when it is first opened.
        pub struct $route;

        const _: () = {
            use leptos::{prefetch_lazy_fn_on_server, prelude::*, wasm_split::wasm_split};

            impl leptos_router::LazyRoute for $route {
                fn data() -> Self {
                    Self
                }

                async fn view(_page: Self) -> AnyView {
                    page().await
                }

                async fn preload() {
                    fetch_page().await;
                }
            }

            // The server names the part's files in the document, by the same name.
            #[wasm_split($part, wasm_split_path = leptos::wasm_split, preload(fetch_page))]
            fn page() -> AnyView {
                $crate::ui::page_styles::add_page_styles();
                prefetch_lazy_fn_on_server(stringify!($part));
                view! { <$page/> }.into_any()
            }
        };
    };
}

pub(crate) use lazy_route;
