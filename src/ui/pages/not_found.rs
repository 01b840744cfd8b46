//! The page for addresses that lead nowhere.

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
                <h1>"There is nothing here"</h1>
                <p>"The address may be mistyped, or what it showed is gone."</p>
                <a class="btn primary" href="/conversations">
                    "To the conversations"
                </a>
            </div>
        </main>
    }
}
