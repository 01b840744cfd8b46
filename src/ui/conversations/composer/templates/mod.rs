//! Templates in the composer: the only messages that reach a customer whose 24-hour window is closed. The notice of the closed
//! window offers them, *Add* and the palette do in an open one. The panel takes the composer's place; what is in the field
//! stays there. The page of a new conversation has the same panel.
//!
//! This file has the state, a part of the thread, so that what was filled in outlives the panel. The code that reads, draws
//! and sends is in the part of the composer's tools, fetched when the panel is first opened: `panel.rs` is the frame, `list.rs` finds a
//! template, `suggestion.rs` offers one in a closed
//! window, `form.rs` fills it in, with `value_field.rs` and `file_field.rs` for its fields, `send.rs` sends it, `change.rs`
//! follows a template that changed meanwhile, `kept.rs` keeps what was typed in this browser. `place.rs` tells the composer and
//! the page of a new conversation apart, and `first.rs` is what that page sends.

mod change;
mod file_field;
mod first;
mod form;
mod kept;
mod list;
mod panel;
mod place;
mod send;
mod suggestion;
mod value_field;

use std::collections::BTreeMap;

use leptos::{prelude::*, task::spawn_local, wasm_split::wasm_split};

pub use self::first::{AGREED, FirstWord, NUMBER};
use self::place::TemplatePlace;
use super::{lock::Locking, tabs::ComposerTabs};
use crate::{
    contract::templates::{ListedTemplate, TemplatePicker, TemplateSend},
    domain::{ids::TemplateId, template::field::TemplateValues},
    ui::{
        components::icon::Icon,
        conversations::thread::state::ThreadState,
        kit::Submit,
        page_styles::add_page_styles,
        palette::{ActScope, Impact, Palette, PaletteAct},
    },
};

/// The part's code that is called from here.
#[derive(Clone, Copy)]
pub struct TemplatesCode {
    draw: fn(TemplateSender) -> AnyView,
    /// The panel was opened: reads the templates.
    opened: fn(TemplateSender),
    /// Draws the template that is offered in a closed window.
    suggest: fn(TemplateSender) -> AnyView,
}

#[wasm_split(composer_tools, wasm_split_path = leptos::wasm_split)]
fn templates_code() -> TemplatesCode {
    add_page_styles();
    panel::CODE
}

/// The templates of the open conversation, or of one that is to begin. Cheap to copy; lives as long as its pane.
#[derive(Clone, Copy)]
pub struct TemplateSender {
    place: TemplatePlace,
    /// The panel is open. It is drawn while a template can be sent.
    is_open: RwSignal<bool>,
    code: RwSignal<Option<TemplatesCode>>,
    /// What can be sent; `None` until it was read.
    list: RwSignal<Option<TemplatePicker>>,
    /// Why it could not be read.
    failure: RwSignal<Option<String>>,
    search: RwSignal<String>,
    /// The template in the form; `None` while the list is shown.
    chosen: RwSignal<Option<ListedTemplate>>,
    /// What is in the form.
    values: RwSignal<TemplateValues>,
    /// What was typed into the forms of all templates.
    kept: StoredValue<BTreeMap<TemplateId, TemplateValues>>,
    /// What has changed in the template while it was filled in.
    news: RwSignal<Option<String>>,
    sending: Submit,
    /// The last press of *Send*. Repeated unchanged it keeps its id, so that the server does not send it twice.
    pressed: StoredValue<Option<TemplateSend>>,
    /// What is drawn next takes the focus.
    takes_focus: StoredValue<bool>,
}

impl TemplateSender {
    /// Provides it to the components below. Lock and tabs must have been provided before.
    pub fn provide(open: ThreadState) {
        let lock = Locking::expect();
        let sender = Self::at(TemplatePlace::Thread(open, lock, ComposerTabs::expect()));
        provide_context(sender);
        // Whoever quotes is about to reply.
        Effect::new(move |_| {
            if open.quote.with(Option::is_some) {
                sender.give_way();
            }
        });
        Palette::expect().offer(ActScope::Conversation, move || {
            let offered = lock.takes_templates().then(|| {
                let key = format!("template-{}", open.id());
                PaletteAct::new(key, "zap", "Send template…", Impact::Opens, move || sender.begin())
                    .also("whatsapp approved message")
            });
            offered.into_iter().collect()
        });
    }

    pub fn expect() -> Self {
        expect_context::<Self>()
    }

    /// For the page of a new conversation.
    pub fn for_first(word: FirstWord) -> Self {
        Self::at(TemplatePlace::First(word))
    }

    fn at(place: TemplatePlace) -> Self {
        Self {
            place,
            is_open: RwSignal::new(false),
            code: RwSignal::new(None),
            list: RwSignal::new(None),
            failure: RwSignal::new(None),
            search: RwSignal::new(String::new()),
            chosen: RwSignal::new(None),
            values: RwSignal::new(TemplateValues::default()),
            kept: StoredValue::new(BTreeMap::new()),
            news: RwSignal::new(None),
            sending: Submit::in_form(),
            pressed: StoredValue::new(None),
            takes_focus: StoredValue::new(false),
        }
    }

    /// Whether the panel stands in the composer's place. Tracks.
    pub fn is_shown(self) -> bool {
        self.is_open.get() && self.place.takes_templates()
    }

    /// Opens the panel, and fetches its code the first time.
    pub fn begin(self) {
        self.takes_focus.set_value(true);
        self.place.show();
        self.is_open.set(true);
        self.place.stick();
        if let Some(code) = self.code.get_untracked() {
            (code.opened)(self);
            return;
        }
        self.fetch();
    }

    /// Fetches the code, and reads the templates.
    fn fetch(self) {
        spawn_local(async move {
            let code = templates_code().await;
            // The pane may be gone.
            if self.code.try_set(Some(code)).is_none() {
                (code.opened)(self);
            }
        });
    }

    /// Shows the reply again, without moving the focus. What was filled in is kept.
    pub fn give_way(self) {
        self.is_open.set(false);
    }

    /// Closes the panel. What was filled in is kept.
    fn close(self) {
        self.give_way();
        self.place.stick();
        self.place.after_panel();
    }

    /// The panel.
    pub fn view(self) -> impl IntoView {
        move || match self.code.get() {
            Some(code) => untrack(|| (code.draw)(self)),
            None => view! {
                <div class="composer locked" role="status">
                    <p>"Loading templates…"</p>
                </div>
            }
            .into_any(),
        }
    }
}

/// In the notice of a closed window: the button that opens the panel, and the template that fits best, once it is read.
/// What finds it is fetched when the window is seen to be closed, so that it costs no other page anything.
#[component]
pub fn OfferTemplate() -> impl IntoView {
    let sender = TemplateSender::expect();
    Effect::new(move |_| match sender.code.get_untracked() {
        Some(code) => (code.opened)(sender),
        None => sender.fetch(),
    });
    view! {
        <button type="button" class="btn" on:click=move |_| sender.begin()>
            "Send template"
        </button>
        {move || sender.code.get().map(|code| untrack(|| (code.suggest)(sender)))}
    }
}

/// The entry of the composer's menu.
#[component]
pub fn TemplateEntry() -> impl IntoView {
    let sender = TemplateSender::expect();
    view! {
        <button type="button" title="Send a template that WhatsApp has approved" on:click=move |_| sender.begin()>
            <Icon name="zap"/>
            "Send template…"
        </button>
    }
}
