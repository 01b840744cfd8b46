//! What the signed-in pages can do besides showing the list: the strip of calls, the rail's controls, the filters, the
//! results of a search, the dialogs, the alerts, and the keys. Its code is one lazy part, `extras`, which is fetched once
//! the live stream is open, so that it does not delay the list. The page is shown as live when the extras are ready.
//!
//! Nothing is lost until then, and nothing moves:
//!
//! - The state is in the main module, in the contexts that the layout provides: frames change it, and a piece that comes
//!   later reads it. The part has the code that reads frames, and `ui/live.rs` keeps them until then. What they only
//!   mention (alerts) is kept for the piece that hears it (`AppState::early_changes`).
//! - What the main module asks the server for waits for the part as well: the code of requests is in it (`requests.rs`).
//! - A piece that is seen first is a part of the server's HTML. That stands in until the piece itself is drawn, in the
//!   same frame, in its place.
//! - A press of a control in a stand-in, the focus in it, and the keys of the extras (`keyboard/early.rs`) are kept, and
//!   handed to the pieces when they are drawn.
//!
//! To add a piece: a variant of [`ExtraPiece`], its arm in `draw.rs`, and `<Extra piece=ExtraPiece::.. />` in its place.
//! Nothing else of the layout and the list may name its component, or everybody waits for it. What the list needs to be
//! shown belongs into the list, and what a single page needs into the part of its route.

mod draw;
pub mod requests;

use leptos::{
    ev::MouseEvent,
    prelude::*,
    reactive::owner::Owner,
    task::{spawn_local, tick},
    wasm_split::wasm_split,
};

use self::requests::Requests;
use super::{
    browser::{self, ControlPlace},
    conversations::{
        list::{DeskLocation, Listing, SearchAnswer},
        reply_price::PricedReply,
        splitter::SidePane,
    },
    frames::{Reading, receive},
    keyboard::Keyboard,
    page_styles::add_page_styles,
    snapshot::Snapshot,
    state::AppState,
};

/// The part's code that others call.
#[derive(Clone, Copy)]
pub struct ExtrasCode {
    /// Takes what the calls hold for the pieces.
    take_asides: fn(AppState, &str),
    /// Draws a piece.
    draw: fn(ExtraPiece) -> AnyView,
    /// Takes a frame of the stream, as [`receive`] does.
    pub receive: fn(Reading, &str) -> bool,
    requests: Requests,
}

/// A piece of the extras, and what it is given.
#[derive(Clone, Copy)]
pub enum ExtraPiece {
    /// Sound, theme, presence and the account menu, at the end of the rail.
    RailControls,
    /// What the banner says while the page is connected.
    BannerNotice,
    CallStrip,
    /// What has no place of its own: dialogs, what is typed ahead, alerts.
    Overlays,
    /// The toasts, with what can be undone and what was returned.
    Notices,
    PaletteOptions,
    /// The list's keys, what it tells screen readers, and how its rows move.
    ListKeys(Listing, DeskLocation),
    /// The panel of filters, and the applied ones.
    Narrowing(DeskLocation),
    /// The results of a search, in place of the groups.
    FoundRows(Snapshot<SearchAnswer>, Listing, DeskLocation),
    /// Why the list is empty.
    NoRows(DeskLocation),
    /// The question about notifications.
    Invitation,
    /// What stands in place of a conversation while none is open.
    NothingOpen(DeskLocation),
    /// What the next reply costs.
    ReplyPrice(PricedReply),
    Splitter(SidePane),
}

impl ExtraPiece {
    /// The id of the element that holds it. A piece is on a page at most once.
    fn element(self) -> &'static str {
        match self {
            Self::RailControls => "extra-rail",
            Self::BannerNotice => "extra-banner",
            Self::CallStrip => "extra-calls",
            Self::Overlays => "extra-overlays",
            Self::Notices => "extra-notices",
            Self::PaletteOptions => "extra-palette",
            Self::ListKeys(..) => "extra-keys",
            Self::Narrowing(_) => "extra-narrowing",
            Self::FoundRows(..) => "extra-found",
            Self::NoRows(_) => "extra-no-rows",
            Self::Invitation => "extra-invitation",
            Self::NothingOpen(_) => "extra-nothing-open",
            Self::ReplyPrice(_) => "extra-reply-price",
            Self::Splitter(SidePane::List) => "extra-splitter-list",
            Self::Splitter(SidePane::Details) => "extra-splitter-details",
        }
    }

    /// Whether it is seen before anything is done, so that the server's HTML must hold it.
    fn is_seen_first(self) -> bool {
        match self {
            Self::RailControls
            | Self::BannerNotice
            | Self::CallStrip
            | Self::Narrowing(_)
            | Self::FoundRows(..)
            | Self::NoRows(_)
            | Self::NothingOpen(_)
            | Self::Splitter(_) => true,
            // The toasts lie over the page: what comes there later moves nothing.
            Self::Overlays
            | Self::Notices
            | Self::PaletteOptions
            | Self::ListKeys(..)
            | Self::Invitation
            // It stands in a line that is there without it.
            | Self::ReplyPrice(_) => false,
        }
    }
}

/// The part's code. The server does not name its files in the document, where they would compete with the main module.
#[wasm_split(extras, wasm_split_path = leptos::wasm_split)]
fn code() -> ExtrasCode {
    // Other pages can be opened from here on.
    add_page_styles();
    ExtrasCode {
        take_asides: |app, asides| app.take_asides(asides),
        draw: draw::draw,
        receive,
        requests: Requests::code(),
    }
}

/// The code, where it must be there before the layout is drawn: on the server, and after the first page, when there is no
/// HTML of the server to stand in. `None` while the server's HTML is hydrated.
pub async fn code_at_once() -> Option<ExtrasCode> {
    if is_hydrating() { None } else { Some(code().await) }
}

fn is_hydrating() -> bool {
    Owner::current_shared_context().is_some_and(|context| context.during_hydration())
}

/// The state of the extras. Cheap to copy; lives as long as the layout.
#[derive(Clone, Copy)]
pub struct PageExtras {
    app: AppState,
    /// What the calls hold for the pieces, which their code reads.
    asides: StoredValue<String>,
    /// Once it is there.
    code: RwSignal<Option<ExtrasCode>>,
    /// The pieces are drawn, and what came before is handed to them.
    are_ready: RwSignal<bool>,
    /// The code is being fetched, or was.
    is_asked: StoredValue<bool>,
    /// The controls in stand-ins that were pressed, in order.
    pressed: StoredValue<Vec<ControlPlace>>,
    keyboard: Keyboard,
    /// Pieces are drawn into HTML, once.
    is_server: bool,
}

impl PageExtras {
    /// Provides it to the components below. The keyboard must have been provided before. `asides` are
    /// those of the calls, `code` is what [`code_at_once`] returned.
    pub fn provide(app: AppState, asides: String, code: Option<ExtrasCode>) -> Self {
        let keyboard = Keyboard::expect();
        if let Some(code) = code {
            (code.take_asides)(app, &asides);
            keyboard.end_early();
        }
        let extras = Self {
            app,
            asides: StoredValue::new(asides),
            code: RwSignal::new(code),
            are_ready: RwSignal::new(code.is_some()),
            is_asked: StoredValue::new(code.is_some()),
            pressed: StoredValue::new(Vec::new()),
            keyboard,
            is_server: !Owner::current_shared_context().is_some_and(|context| context.is_browser()),
        };
        provide_context(extras);
        extras
    }

    /// The layout's extras. Call it below the signed-in layout only.
    pub fn expect() -> Self {
        expect_context::<Self>()
    }

    /// Whether the pieces are drawn and use every key and press. Tracks.
    pub fn are_ready(self) -> bool {
        self.are_ready.get()
    }

    /// The part's code, once it is there. Tracks.
    pub fn code(self) -> Option<ExtrasCode> {
        self.code.get()
    }

    /// The same, without tracking it.
    pub fn code_untracked(self) -> Option<ExtrasCode> {
        self.code.get_untracked()
    }

    /// Fetches the code and draws the pieces, once. What cannot be fetched is tried again, as every lazy part is.
    pub fn ask(self) {
        let was_asked = self.is_asked.try_update_value(|is_asked| std::mem::replace(is_asked, true));
        if was_asked != Some(false) {
            return;
        }
        spawn_local(async move {
            let code = code().await;
            let focus = browser::place_of_focus();
            // The layout may have been left meanwhile.
            if let Some(asides) = self.asides.try_get_value() {
                (code.take_asides)(self.app, &asides);
            }
            if self.code.try_set(Some(code)).is_some() {
                return;
            }
            // Effects draw the pieces, and effects of their own listen.
            tick().await;
            tick().await;
            if !self.are_ready.is_disposed() {
                untrack(|| self.hand_over(focus));
            }
        });
    }

    /// Gives the pieces what came before they were there.
    fn hand_over(self, focus: Option<ControlPlace>) {
        if let Some(focus) = focus {
            browser::focus_control(&focus);
        }
        for control in self.pressed.try_update_value(std::mem::take).unwrap_or_default() {
            browser::press_control(&control);
        }
        self.keyboard.play_early();
        self.are_ready.set(true);
    }

    /// Keeps a press of a control in a stand-in. Links work without the extras.
    fn keep_press(self, event: &MouseEvent, host: &'static str) {
        if self.code.with_untracked(Option::is_some) {
            return;
        }
        if let Some(control) = browser::place_of_press(event, host) {
            event.prevent_default();
            self.pressed.update_value(|pressed| pressed.push(control));
        }
    }
}

/// The place of a piece. The styles take its elements out of the layout (`display: contents`).
#[component]
pub fn Extra(piece: ExtraPiece) -> impl IntoView {
    let extras = PageExtras::expect();
    let host = piece.element();
    let content = if extras.is_server {
        // Not in a closure: boundaries run closures several times, and each run would draw the piece again.
        let code = extras.code.get_untracked().filter(|_| piece.is_seen_first());
        let drawn = code.map(|code| (code.draw)(piece));
        view! { <div class="extra">{drawn}</div> }.into_any()
    } else {
        if !is_hydrating() {
            // There is no HTML of the server that could stand in.
            extras.ask();
        }
        let shown = move || match extras.code.get() {
            Some(code) => untrack(|| (code.draw)(piece)),
            // Empty for the page alone: hydration leaves what the server has put there.
            None => view! { <div class="extra" inner_html=String::new()></div> }.into_any(),
        };
        shown.into_any()
    };
    view! {
        <div class="extra" id=host on:click=move |event| extras.keep_press(&event, host)>
            {content}
        </div>
    }
}
