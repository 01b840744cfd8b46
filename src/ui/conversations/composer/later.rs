//! Send later: the menu beside *Send*. Its messages wait in the thread (`thread/scheduled.rs`).

use leptos::prelude::*;

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

#[component]
pub fn SendLater(send: impl Fn(SendChoice) + Copy + Send + Sync + 'static) -> impl IntoView {
    let open = ThreadState::expect();
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
                    view! { <Icon name="clock"/> }
                }
                summary_class="btn ghost icon"
                label="Send later"
            >
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
