//! *Leave out* in a row of a list: takes a handoff out of all numbers, with a reason, and back in.

use leptos::{ev::SubmitEvent, prelude::*};

use crate::{
    api::report::{count_again, leave_out},
    contract::report::LeftOut,
    domain::ids::HandoffId,
    ui::{
        kit::{FieldError, RefreshTrigger, Submit, SubmitButton, TextField, ToastTone},
        render_environment::hydrated,
        state::AppState,
    },
};

#[component]
pub fn LeftOutControl(
    /// Of the field for the reason.
    id: String,
    handoff: HandoffId,
    left_out: Option<LeftOut>,
    refresh: RefreshTrigger,
    /// The viewer may change what counts.
    may_leave_out: bool,
) -> impl IntoView {
    match left_out {
        Some(left_out) => view! { <IsLeftOut handoff left_out refresh may_leave_out/> }.into_any(),
        None if may_leave_out => view! { <LeaveOutForm id handoff refresh/> }.into_any(),
        None => ().into_any(),
    }
}

/// Why it does not count, and a button that counts it again.
#[component]
fn IsLeftOut(handoff: HandoffId, left_out: LeftOut, refresh: RefreshTrigger, may_leave_out: bool) -> impl IntoView {
    let (app, hydrated) = (AppState::expect(), hydrated());
    let submit = Submit::with_toasts();
    let handoff = StoredValue::new(handoff);
    let press = move |_| {
        submit.run(count_again(handoff.get_value()), move |()| {
            app.toast(ToastTone::Info, "It counts again.");
            refresh.mark();
        });
    };
    let button = may_leave_out.then(|| {
        view! {
            <button
                type="button"
                class="btn"
                disabled=move || !hydrated.get()
                aria-disabled=move || submit.pending().to_string()
                on:click=press
            >
                "Count again"
            </button>
        }
    });
    let LeftOut { reason, by, at: _ } = left_out;
    view! {
        <p class="hint">
            "Left out by " <bdi>{by}</bdi> ": " <bdi>{reason}</bdi>
        </p>
        {button}
    }
}

#[component]
fn LeaveOutForm(id: String, handoff: HandoffId, refresh: RefreshTrigger) -> impl IntoView {
    let app = AppState::expect();
    let (submit, reason) = (Submit::in_form(), RwSignal::new(String::new()));
    let handoff = StoredValue::new(handoff);
    let send = move |event: SubmitEvent| {
        event.prevent_default();
        submit.run(leave_out(handoff.get_value(), reason.get_untracked()), move |()| {
            app.toast(ToastTone::Info, "Left out of all numbers.");
            refresh.mark();
        });
    };
    view! {
        <details class="leave-out">
            <summary>"Leave out"</summary>
            <form class="stack" on:submit=send>
                <TextField id=id label="Reason" hint="For example: a test, or a prank." text=submit.text(reason)/>
                <SubmitButton submit label="Leave out" busy="Leaving out…"/>
                <FieldError text=submit.error/>
            </form>
        </details>
    }
}
