//! The bot's room: its language model, what that may call, the secrets of both, and a place to try it.

mod model;
mod secrets;
mod tool;
mod tool_typed;
mod tools;
mod trial;
mod typed;

use leptos::{prefetch_lazy_fn_on_server, prelude::*, wasm_split::wasm_split};
use leptos_meta::Title;
use leptos_router::LazyRoute;

use self::{model::ModelForm, secrets::Secrets, tools::Tools, trial::TryIt, typed::TypedModel};
use super::{
    editing::Edited,
    reading::{Stale, fresh},
};
use crate::{api::bot::read_bot, contract::bot::Bot, ui::state::AppState};

/// What the parts of this page share.
#[derive(Clone, Copy)]
struct Room {
    data: RwSignal<Bot>,
    stale: Stale,
    app: AppState,
    form: Edited<TypedModel>,
    /// A key that was typed and not saved. It stands beside the form, because the saved one is never read.
    key: RwSignal<String>,
}

/// The route. The page's code comes when it is first opened.
pub struct BotRoute;

impl LazyRoute for BotRoute {
    fn data() -> Self {
        Self
    }

    async fn view(_page: Self) -> AnyView {
        bot_page().await
    }

    async fn preload() {
        fetch_bot_page().await;
    }
}

#[wasm_split(bot, wasm_split_path = leptos::wasm_split, preload(fetch_bot_page))]
fn bot_page() -> AnyView {
    prefetch_lazy_fn_on_server("bot");
    view! { <BotPage/> }.into_any()
}

#[component]
fn BotPage() -> impl IntoView {
    let app = AppState::expect();
    let stale = Stale::watch(app);
    view! {
        <Title text="Bot"/>
        <h1>"Bot"</h1>
        <p class="lead">
            "A language model that answers where no flow does, or where a flow hands the talk to it. Whatever it does, a customer who asks for a person gets one."
        </p>
        {fresh(
            stale,
            Signal::derive(|| ()),
            |()| read_bot(),
            move |data| {
                let saved = Memo::new(move |_| data.with(|bot| TypedModel::of(&bot.model)));
                let room = Room { data, stale, app, form: Edited::new(saved, None), key: RwSignal::new(String::new()) };
                view! {
                    <div class="cols full">
                        <div class="stack">
                            <ModelForm room/>
                            <Tools room/>
                            <Secrets room/>
                        </div>
                        <TryIt room/>
                    </div>
                }
            },
        )}
    }
}
