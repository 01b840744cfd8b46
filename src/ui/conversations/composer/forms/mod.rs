//! Forms for what is more than text: a location, a request for one, a contact card, buttons, a list, a link button. The menu beside the file
//! button opens them, and so does the palette.
//!
//! This file has the state and the menu, a part of the thread. The forms (`filling.rs`, `fields.rs`) are in the part of the composer's
//! tools, which is fetched when one is opened. What is filled in stays in this browser until it is sent or cleared, per agent and
//! conversation (`kept.rs`).

mod fields;
mod filling;
mod kept;

use leptos::{prelude::*, task::spawn_local, wasm_split::wasm_split};

use super::{FIELD, lock::Locking, templates::TemplateEntry};
use crate::{
    domain::message::composed::ComposedKind,
    ui::{
        browser,
        components::icon::Icon,
        conversations::{pane_focus::REGION, thread::state::ThreadState},
        kit::{Dialog, Menu},
        page_styles::add_page_styles,
        palette::{ActScope, Impact, Palette, PaletteAct},
    },
};

/// The id of the dialog.
const DIALOG: &str = "composed";
/// The id of its heading.
const TITLE: &str = "composed-title";

/// The code of the forms.
#[derive(Clone, Copy)]
pub struct FormCode {
    draw: fn(ComposerForms, ComposedKind) -> AnyView,
    fill_in_keeper: fn(ThreadState),
}

#[wasm_split(composer_tools, wasm_split_path = leptos::wasm_split)]
fn form_code() -> FormCode {
    add_page_styles();
    filling::CODE
}

/// The forms of the open conversation. Cheap to copy; lives as long as the composer.
#[derive(Clone, Copy)]
pub struct ComposerForms {
    open: ThreadState,
    /// The form that is open, with the code that draws it.
    shown: RwSignal<Option<ComposedKind>>,
    code: RwSignal<Option<FormCode>>,
}

impl ComposerForms {
    /// Provides them to the components below.
    pub fn provide(open: ThreadState) {
        let forms = Self { open, shown: RwSignal::new(None), code: RwSignal::new(None) };
        provide_context(forms);
        let lock = Locking::expect();
        Palette::expect().offer(ActScope::Conversation, move || {
            let kinds = ComposedKind::ALL.into_iter().filter(|_| lock.is_open());
            kinds
                .map(|kind| {
                    let key = format!("form-{}-{}", kind.as_str(), open.id());
                    let begin = move || forms.begin(kind);
                    PaletteAct::new(key, kind.icon(), act_label(kind), Impact::Opens, begin).also("add insert attach")
                })
                .collect()
        });
    }

    pub fn expect() -> Self {
        expect_context::<Self>()
    }

    /// Opens a form.
    fn begin(self, kind: ComposedKind) {
        self.show(kind, |_| ());
    }

    /// Opens the form of buttons with the message that keeps the reply window open, unless one is being written there.
    pub fn keep_window(self) {
        self.show(ComposedKind::Buttons, move |code| (code.fill_in_keeper)(self.open));
    }

    /// Opens a form after `prepare`. The dialog takes the keys while its code is fetched, so that they do not reach the
    /// reply.
    fn show(self, kind: ComposedKind, prepare: impl FnOnce(FormCode) + 'static) {
        if let Some(code) = self.code.get_untracked() {
            prepare(code);
            self.shown.set(Some(kind));
            return;
        }
        self.shown.set(Some(kind));
        spawn_local(async move {
            let code = form_code().await;
            // Before it is drawn.
            prepare(code);
            // The pane may be gone.
            if self.code.try_set(Some(code)).is_none() {
                request_animation_frame(|| browser::focus_first(DIALOG));
            }
        });
    }
}

fn act_label(kind: ComposedKind) -> &'static str {
    match kind {
        ComposedKind::Location => "Send a location…",
        ComposedKind::LocationRequest => "Ask for location…",
        ComposedKind::Contact => "Send a contact card…",
        ComposedKind::Buttons => "Send reply buttons…",
        ComposedKind::List => "Send a list of options…",
        ComposedKind::Link => "Send a link button…",
    }
}

/// The menu that opens the forms and the templates.
#[component]
pub fn AddMenu() -> impl IntoView {
    let forms = ComposerForms::expect();
    let entries = ComposedKind::ALL.map(|kind| {
        view! {
            <button type="button" on:click=move |_| forms.begin(kind)>
                <Icon name=kind.icon()/>
                {kind.label()}
            </button>
        }
    });
    view! {
        <Menu label="Add" class="more" summary=|| view! { <Icon name="plus"/> } summary_class="btn ghost icon">
            {entries}
            <TemplateEntry/>
        </Menu>
    }
}

/// The open form.
#[component]
pub fn FormDialog() -> impl IntoView {
    let forms = ComposerForms::expect();
    let is_open = Memo::new(move |_| forms.shown.with(Option::is_some));
    Effect::new(move |was_open: Option<bool>| {
        let is_open = is_open.get();
        if was_open == Some(true) && !is_open {
            // The entry that opened it is in a closed menu, and cannot take the focus back.
            request_animation_frame(|| {
                if !browser::has_coarse_pointer() {
                    browser::focus(FIELD);
                }
                browser::focus_if_lost(REGION);
            });
        }
        is_open
    });
    view! {
        <Dialog id=DIALOG class="composed" labelled_by=TITLE is_open close=move |()| forms.shown.set(None)>
            {move || {
                forms.shown.get().map(|kind| match forms.code.get() {
                    Some(code) => untrack(|| (code.draw)(forms, kind)),
                    None => view! {
                        <h2 id=TITLE>{kind.label()}</h2>
                        <p class="hint" role="status">"Loading the form…"</p>
                    }
                    .into_any(),
                })
            }}
        </Dialog>
    }
}
