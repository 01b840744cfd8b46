//! A link around a part of a chart.

use leptos::{ev::MouseEvent, prelude::*};
use leptos_router::{NavigateOptions, hooks::use_navigate};

use crate::ui::browser::opens_elsewhere;

/// What the part says as a whole is its name and its tooltip.
#[component]
pub fn ChartLink(href: String, words: String, children: Children) -> impl IntoView {
    let navigate = use_navigate();
    let address = href.clone();
    // The router follows links of HTML only; without it the browser would load the whole page anew.
    let open = move |event: MouseEvent| {
        if event.button() == 0 && !opens_elsewhere(&event) {
            event.prevent_default();
            navigate(&address, NavigateOptions::default());
        }
    };
    let name = words.clone();
    view! {
        // Inside of the group the macro makes a link and a title of SVG, not those of HTML.
        <g>
            <a href=href aria-label=name on:click=open>
                <title>{words}</title>
                {children()}
            </a>
        </g>
    }
}
