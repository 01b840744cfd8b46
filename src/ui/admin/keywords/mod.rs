//! The handoff keywords: the rules in the order they are tried, a form for a new one, and a place to try them.

mod add;
mod fields;
mod row;
mod try_it;

use leptos::{prefetch_lazy_fn_on_server, prelude::*, wasm_split::wasm_split};
use leptos_meta::Title;
use leptos_router::LazyRoute;

use self::{add::AddRule, row::RuleRow, try_it::TryIt};
use super::reading::{Stale, fresh};
use crate::{
    api::keywords::read_keywords,
    contract::keywords::{KeywordRow, Keywords},
    domain::ids::{ChannelId, KeywordId},
    ui::{components::icon::Icon, state::AppState},
};

/// What the parts of this page share.
#[derive(Clone, Copy)]
struct Rules {
    data: RwSignal<Keywords>,
    stale: Stale,
    app: AppState,
}

impl Rules {
    /// One rule, for as long as it is there.
    fn row(self, id: KeywordId) -> Memo<Option<KeywordRow>> {
        Memo::new(move |_| self.data.with(|data| data.rules.iter().find(|row| row.rule.id == id).cloned()))
    }

    /// The name of a number; one that is gone is called so.
    fn channel_name(self, id: &ChannelId) -> String {
        self.data.with(|data| {
            let known = data.channels.iter().find(|(channel, _)| channel == id);
            known.map_or_else(|| "a number that is gone".to_owned(), |(_, name)| name.clone())
        })
    }
}

/// The route. The page's code comes when it is first opened.
pub struct KeywordsRoute;

impl LazyRoute for KeywordsRoute {
    fn data() -> Self {
        Self
    }

    async fn view(_page: Self) -> AnyView {
        keywords_page().await
    }

    async fn preload() {
        fetch_keywords_page().await;
    }
}

#[wasm_split(settings, wasm_split_path = leptos::wasm_split, preload(fetch_keywords_page))]
fn keywords_page() -> AnyView {
    prefetch_lazy_fn_on_server("settings");
    view! { <KeywordsPage/> }.into_any()
}

#[component]
fn KeywordsPage() -> impl IntoView {
    let app = AppState::expect();
    let stale = Stale::watch(app);
    view! {
        <Title text="Handoff keywords"/>
        <h1>"Handoff keywords"</h1>
        <p class="lead">
            "When a customer writes one of these, the bot steps back and every online agent is called. Capitals, accents and spaces do not matter."
        </p>
        {fresh(
            stale,
            Signal::derive(|| ()),
            |()| read_keywords(),
            move |data| {
                let rules = Rules { data, stale, app };
                view! {
                    <div class="cols full">
                        <div class="card">
                            <RuleTable rules/>
                            <AddRule rules/>
                        </div>
                        <TryIt rules/>
                    </div>
                }
            },
        )}
    }
}

#[component]
fn RuleTable(rules: Rules) -> impl IntoView {
    let none = Memo::new(move |_| rules.data.with(|data| data.rules.is_empty()));
    let ids = move || rules.data.with(|data| data.rules.iter().map(|row| row.rule.id.clone()).collect::<Vec<_>>());
    view! {
        <Show when=move || none.get()>
            <div class="empty">
                <Icon name="key"/>
                <h2>"No keyword yet"</h2>
                <p>"Without one, customers reach a person only when the bot fails or an agent takes over. Add the words they would write, below."</p>
            </div>
        </Show>
        <div class="wide" hidden=move || none.get()>
            <table>
                <caption class="visually-hidden">"Rules in the order they are tried. The first that fits calls the agents."</caption>
                <thead>
                    <tr>
                        <th scope="col">"Phrase"</th>
                        <th scope="col">"Matches"</th>
                        <th scope="col" class="opt">"Language, number"</th>
                        <th scope="col" class="num opt">
                            <span aria-hidden="true">"30 days"</span>
                            <span class="visually-hidden">"Fired in the last 30 days"</span>
                        </th>
                        <th scope="col">"On"</th>
                        <th scope="col"><span class="visually-hidden">"Edit or remove"</span></th>
                    </tr>
                </thead>
                <tbody>
                    <For each=ids key=|id| id.as_str().to_owned() let:id>
                        <RuleRow rules id/>
                    </For>
                </tbody>
            </table>
        </div>
    }
}
