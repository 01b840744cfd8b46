//! The page of saved replies: those for everyone, which leads and admins keep, and the viewer's own. Agents insert them in the
//! composer (`conversations/composer/replies`).
//!
//! `row.rs` shows and edits one, `fields.rs` holds what is typed, `files.rs` the files that go with it, `import.rs` reads CSV files.

mod fields;
mod files;
mod import;
mod row;

use leptos::prelude::*;

use self::{fields::AddReply, import::Import, row::ReplyLine};
use crate::{
    api::saved_reply::read_saved_replies,
    contract::saved_reply::SavedReplies,
    domain::{
        saved_reply::search::{ListedReply, find_replies},
        text::folded_decomposed,
    },
    ui::{
        browser,
        components::icon::Icon,
        kit::{Column, EmptyState, PageHead, RefreshTrigger, Table, TextBinding, TextField, lazy_route, live_resource},
        state::AppState,
    },
};

const COLUMNS: [Column; 5] = [
    Column::new("Reply"),
    Column::new("For"),
    Column::optional("Language"),
    Column::optional_number("Used", "How often it was inserted"),
    Column::actions("Edit or remove"),
];

/// How many rows are drawn at first, and how many more at a press.
const STEP: usize = 100;

/// What the parts of this page share.
#[derive(Clone, Copy)]
struct Replies {
    data: RwSignal<Option<SavedReplies>>,
    refresh: RefreshTrigger,
    /// What is being edited stays when a colleague removes it or the search hides it: what was typed is not lost.
    edited: RwSignal<Vec<ListedReply>>,
}

impl Replies {
    /// Whether the viewer keeps the replies for everyone. Tracks.
    fn may_share(self) -> bool {
        self.data.with(|data| data.as_ref().is_some_and(|data| data.may_share))
    }

    fn with<T: Default>(self, look: impl FnOnce(&[ListedReply]) -> T) -> T {
        self.data.with(|data| data.as_ref().map(|data| look(&data.replies)).unwrap_or_default())
    }
}

lazy_route!(SavedRepliesRoute in settings, SavedRepliesPage);

#[component]
fn SavedRepliesPage() -> impl IntoView {
    let refresh = RefreshTrigger::watch(AppState::expect());
    view! {
        <main class="page" id="main" tabindex="-1">
            <PageHead
                title="Saved replies"
                lead="Replies you use often. Type / in a message to insert one. Nothing is sent until you press Send."
            />
            {live_resource(refresh, move || read_saved_replies(None), move |data| {
                let replies = Replies { data, refresh, edited: RwSignal::new(Vec::new()) };
                view! {
                    <div class="stack">
                        <div class="card">
                            <ReplyTable replies/>
                            <AddReply replies/>
                        </div>
                        <Import replies/>
                    </div>
                }
            })}
        </main>
    }
}

#[component]
fn ReplyTable(replies: Replies) -> impl IntoView {
    let (typed, drawn) = (RwSignal::new(String::new()), RwSignal::new(STEP));
    let found = Memo::new(move |_| {
        let typed = typed.with(|typed| folded_decomposed(&browser::decomposed(typed)));
        replies.with(|all| if typed.is_empty() { (0..all.len()).collect() } else { find_replies(&typed, None, all) })
    });
    let rows = Memo::new(move |_| {
        let mut rows: Vec<ListedReply> = replies.with(|all| {
            found.with(|found| found.iter().take(drawn.get()).filter_map(|place| all.get(*place).cloned()).collect())
        });
        let is_gone = |edited: &&ListedReply| rows.iter().all(|row| row.reply.id != edited.reply.id);
        let gone: Vec<ListedReply> = replies.edited.with(|edited| edited.iter().filter(is_gone).cloned().collect());
        rows.extend(gone);
        rows
    });
    let count = Memo::new(move |_| replies.with(<[ListedReply]>::len));
    let more = Memo::new(move |_| found.with(Vec::len).saturating_sub(drawn.get()));
    let empty = move || {
        let title = if count.get() == 0 { "No saved replies yet" } else { "No results" };
        let words = if count.get() == 0 { "Add the ones you use often below." } else { "Try other words." };
        view! { <EmptyState icon="saved-reply" title>{words}</EmptyState> }
    };
    view! {
        <div class="form">
            <div class="actions beside">
                <TextField id="reply-search" label="Find" text=TextBinding::new(typed)/>
                <a class="btn" href="/saved-replies/export" rel="external" download="">
                    <Icon name="download"/>
                    "Export as CSV"
                </a>
            </div>
        </div>
        <Table
            columns=&COLUMNS
            caption="Saved replies by name"
            rows
            key=|listed: &ListedReply| format!("{}-{}", listed.reply.id, listed.reply.saved.scope.as_str())
            empty
            row=move |listed| view! { <ReplyLine replies listed/> }
        />
        <div class="actions" hidden=move || more.get() == 0>
            <button class="btn" type="button" on:click=move |_| drawn.update(|drawn| *drawn += STEP)>
                {move || format!("Show more ({})", more.get())}
            </button>
        </div>
    }
}
