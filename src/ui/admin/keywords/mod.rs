//! The handoff keywords: the rules in order, a form for a new one, and a form to try them.

mod fields;
mod form;
mod row;
mod try_it;

use leptos::prelude::*;

use self::{form::AddRule, row::RuleLine, try_it::TryIt};
use crate::{
    api::keywords::read_keywords,
    contract::keywords::{KeywordRow, Keywords},
    domain::ids::ChannelId,
    ui::{
        kit::{Column, EmptyState, PageHead, RefreshTrigger, Table, lazy_route, live_resource},
        state::AppState,
    },
};

const COLUMNS: [Column; 6] = [
    Column::new("Phrase"),
    Column::new("Matches"),
    Column::optional("Language, number"),
    Column::optional_number("30 days", "Handoffs in the last 30 days"),
    Column::new("Active"),
    Column::actions("Edit or remove"),
];

/// What the parts of this page share.
#[derive(Clone, Copy)]
struct Rules {
    data: RwSignal<Keywords>,
    refresh: RefreshTrigger,
    app: AppState,
}

impl Rules {
    /// The name of a number, or that it was removed.
    fn channel_name(self, id: &ChannelId) -> String {
        self.data.with(|data| {
            let known = data.channels.iter().find(|(channel, _)| channel == id);
            known.map_or_else(|| "a removed number".to_owned(), |(_, name)| name.clone())
        })
    }
}

lazy_route!(KeywordsRoute in settings, KeywordsPage);

#[component]
fn KeywordsPage() -> impl IntoView {
    let app = AppState::expect();
    let refresh = RefreshTrigger::watch(app);
    view! {
        <PageHead
            title="Handoff keywords"
            lead="When a customer writes one of these, the bot stops and all online agents are alerted. Case, accents and spaces are ignored, and common endings are heard."
        />
        {live_resource(refresh, read_keywords, move |data| {
            let rules = Rules { data, refresh, app };
            view! {
                <div class="cols full">
                    <div class="card">
                        <RuleTable rules/>
                        <AddRule rules/>
                    </div>
                    <TryIt rules/>
                </div>
            }
        })}
    }
}

#[component]
fn RuleTable(rules: Rules) -> impl IntoView {
    let rows = Memo::new(move |_| rules.data.with(|data| data.rules.clone()));
    let empty = || {
        view! {
            <EmptyState icon="key" title="No keywords yet">
                "Customers only reach an agent when the bot fails or an agent takes over. Add the words they would write, below."
            </EmptyState>
        }
    };
    view! {
        <Table
            columns=&COLUMNS
            caption="Keywords in the order they are checked. The first match alerts the agents."
            rows
            key=|row: &KeywordRow| row.rule.id.as_str().to_owned()
            empty
            row=move |keyword| view! { <RuleLine rules keyword/> }
        />
    }
}
