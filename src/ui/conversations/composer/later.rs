//! The other ways to send: the menu beside *Send*. What is sent later waits in the thread (`thread/scheduled.rs`). A chord opens
//! it, or the menu of the template that is offered in a closed window (`templates/suggestion.rs`).

use leptos::prelude::*;

use super::templates::TemplateSender;
use crate::{
    domain::{
        scheduled::{MORNING, SendChoice},
        time::Timestamp,
    },
    ui::{
        components::icon::Icon,
        conversations::thread::{state::ThreadState, time_field::TimeField},
        format::TimeStyle,
        kit::Menu,
        local_time::LocalTime,
    },
};

/// The chord that opens it.
pub const SEND_CHORD: char = 's';

/// Whether the menu is open. Cheap to copy; lives as long as its pane.
#[derive(Clone, Copy)]
pub struct SendMenu(pub RwSignal<bool>);

impl SendMenu {
    /// Provides it to the components below.
    pub fn provide() {
        provide_context(Self(RwSignal::new(false)));
    }

    pub fn expect() -> Self {
        expect_context::<Self>()
    }

    /// The chord. It opens nothing where nothing can be sent, because no menu is drawn there.
    pub fn open(self) {
        self.0.set(true);
    }
}

#[component]
pub fn SendLater(send: impl Fn(SendChoice) + Copy + Send + Sync + 'static) -> impl IntoView {
    let open = ThreadState::expect();
    let (templates, SendMenu(menu_is_open)) = (TemplateSender::expect(), SendMenu::expect());
    let window_closes = Memo::new(move |_| open.row.with(|row| row.window_closes));
    // Drawn anew, the menu is closed: the field for a time keeps it open.
    let chosen = RwSignal::new(0_u32);
    let at_time = move |at: Timestamp| {
        send(SendChoice::At(at));
        chosen.update(|chosen| *chosen += 1);
    };
    let menu = move || {
        view! {
            <Menu
                class="later"
                summary=move || {
                    view! { <Icon name="down"/> }
                }
                summary_class="btn ghost icon"
                label="Other ways to send"
                is_open=menu_is_open
            >
                <h3>"Send"</h3>
                <button type="button" on:click=move |_| send(SendChoice::AfterUndo)>"Now, as text"</button>
                <button type="button" on:click=move |_| templates.begin()>"As template…"</button>
                <h3>"Send later"</h3>
                <button type="button" on:click=move |_| send(SendChoice::TomorrowMorning)>
                    {format!("Tomorrow at {MORNING}:00")}
                    <small>"Your company's time"</small>
                </button>
                <button type="button" on:click=move |_| send(SendChoice::CustomerBack)>"When the customer writes"</button>
                <TimeField action="Send then" choose=at_time/>
                {move || {
                    window_closes
                        .get()
                        .map(|at| {
                            view! {
                                <p class="hint">
                                    "If the customer writes first, or after the reply window closes ("
                                    <LocalTime at style=TimeStyle::Row/> "), it asks you before it is sent."
                                </p>
                            }
                        })
                }}
            </Menu>
        }
    };
    move || {
        chosen.track();
        menu()
    }
}
