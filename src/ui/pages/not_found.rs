//! The page for unknown addresses.

use leptos::prelude::*;
use leptos_meta::Title;

use crate::ui::components::icon::Icon;

#[component]
pub fn NotFoundPage() -> impl IntoView {
    view! {
        <Title text="Not found · Handoff" />
        <main class="auth" id="main">
            <a class="brand" href="/">
                <Icon name="logo" />
                "Handoff"
            </a>
            <div class="card">
                <h1>"Page not found"</h1>
                <p>"Check the link, or go back."</p>
                <a class="btn primary" href="/conversations">
                    "Go to conversations"
                </a>
            </div>
        </main>
    }
}
