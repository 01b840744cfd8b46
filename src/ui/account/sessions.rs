//! Where the viewer is signed in, with a button for each other device and one for all of them.

use leptos::prelude::*;

use crate::{
    api::account::{other_sessions_end, session_end},
    contract::account::OwnSession,
    ui::{
        browser,
        format::TimeStyle,
        kit::{Column, RefreshTrigger, Submit, Table},
        local_time::LocalTime,
        render_environment::hydrated,
    },
};

/// The id of the card's heading. It takes the focus when the button that had it is gone.
const TITLE: &str = "sessions-title";
const COLUMNS: [Column; 5] = [
    Column::new("Device"),
    Column::optional("Signed in from"),
    Column::optional("Signed in"),
    Column::new("Last used"),
    Column::actions("Sign out"),
];

#[component]
pub fn SessionsCard(sessions: RwSignal<Vec<OwnSession>>, refresh: RefreshTrigger) -> impl IntoView {
    let (submit, hydrated) = (Submit::with_toasts(), hydrated());
    let has_others = Memo::new(move |_| sessions.with(|all| all.iter().any(|session| !session.is_this)));
    let end_others = move |_| {
        submit.run(other_sessions_end(), move |()| {
            sessions.try_update(|all| all.retain(|session| session.is_this));
            browser::focus(TITLE);
            refresh.mark();
        });
    };
    view! {
        <section class="card" aria-labelledby=TITLE>
            <header>
                <h2 id=TITLE tabindex="-1">"Signed in"</h2>
                <Show when=move || has_others.get()>
                    <button
                        class="btn"
                        type="button"
                        disabled=move || !hydrated.get()
                        aria-disabled=move || submit.pending().to_string()
                        on:click=end_others
                    >
                        "Sign out everywhere else"
                    </button>
                </Show>
            </header>
            <p class="note">
                "If you don't know a device, sign it out and change your password. Each sign-in ends after 30 days."
            </p>
            <Table
                columns=&COLUMNS
                rows=sessions
                key=|session: &OwnSession| session.id.clone()
                row=move |session| view! { <SessionLine session sessions refresh/> }
            />
        </section>
    }
}

#[component]
fn SessionLine(
    session: Memo<OwnSession>,
    sessions: RwSignal<Vec<OwnSession>>,
    refresh: RefreshTrigger,
) -> impl IntoView {
    let (submit, hydrated) = (Submit::with_toasts(), hydrated());
    let OwnSession { id, device, address, started, is_this, .. } = session.get_untracked();
    let end = move |_| {
        let ended = id.clone();
        submit.run(session_end(id.clone()), move |()| {
            sessions.try_update(|all| all.retain(|session| session.id != ended));
            browser::focus(TITLE);
            refresh.mark();
        });
    };
    let label = format!("Sign out {device}");
    view! {
        <tr>
            <td>
                <div class="actions">
                    <b>{device}</b>
                    {is_this.then(|| view! { <span class="tag n">"this device"</span> })}
                </div>
            </td>
            <td class="opt dim" dir="ltr">{address.unwrap_or_else(|| "Unknown".to_owned())}</td>
            <td class="opt dim"><LocalTime at=started style=TimeStyle::Full/></td>
            <td class="dim"><LocalTime at=Signal::derive(move || session.get().used) style=TimeStyle::Full/></td>
            <td class="tight">
                {(!is_this)
                    .then(|| {
                        view! {
                            <button
                                class="btn"
                                type="button"
                                aria-label=label
                                disabled=move || !hydrated.get()
                                aria-disabled=move || submit.pending().to_string()
                                on:click=end
                            >
                                "Sign out"
                            </button>
                        }
                    })}
            </td>
        </tr>
    }
}
