//! Changing the own password. Only the server knows the lists of common ones; its sentence is shown at the form.

use leptos::{ev::SubmitEvent, prelude::*};

use crate::{
    api::account::password_change,
    domain::{
        access::{Action, may},
        password::{MIN_LENGTH, length_fault},
    },
    ui::{
        kit::{FieldError, FieldKind, RefreshTrigger, Submit, SubmitButton, TextField},
        state::AppState,
    },
};

#[component]
pub fn PasswordCard(refresh: RefreshTrigger) -> impl IntoView {
    let app = AppState::expect();
    let submit = Submit::in_form();
    let [current, new, again] = [(); 3].map(|()| RwSignal::new(String::new()));
    let is_changed = RwSignal::new(false);
    let differs = Signal::derive(move || {
        let is_other = again.with(|again| !again.is_empty() && new.with(|new| again != new));
        is_other.then(|| "This isn't what you typed above.".to_owned())
    });
    let blocked = Signal::derive(move || {
        let is_empty = [current, new, again].iter().any(|field| field.with(String::is_empty));
        is_empty || new.with(|new| length_fault(new).is_some()) || differs.with(Option::is_some)
    });
    let change = move |event: SubmitEvent| {
        event.prevent_default();
        if blocked.get_untracked() {
            return;
        }
        is_changed.set(false);
        let call = password_change(current.get_untracked(), new.get_untracked());
        submit.run(app.changing_session(call), move |()| {
            for field in [current, new, again] {
                field.try_set(String::new());
            }
            is_changed.try_set(true);
            app.viewer.try_update(|viewer| viewer.short_password = false);
            refresh.mark();
        });
    };
    let done = move || match app.viewer.with(|viewer| may(viewer.role, Action::Administer)) {
        true => "Password changed. You were signed out everywhere else, and links that you made no longer work.",
        false => "Password changed. You were signed out everywhere else.",
    };
    view! {
        <section class="card" aria-labelledby="password-title">
            <header><h2 id="password-title">"Password"</h2></header>
            <form class="form" on:submit=change>
                <TextField
                    id="password-current"
                    label="Current password"
                    kind=FieldKind::CurrentPassword
                    text=submit.text(current)
                />
                <div class="pair">
                    <TextField
                        id="password-new"
                        label="New password"
                        hint=format!("{MIN_LENGTH} characters or more. A few words that don't belong together are easy to remember.")
                        kind=FieldKind::Secret
                        text=submit.text(new).checked(length_fault)
                    />
                    <TextField
                        id="password-again"
                        label="New password again"
                        kind=FieldKind::Secret
                        text=submit.text(again).with_error(differs)
                    />
                </div>
                <FieldError text=submit.error/>
                <div class="actions">
                    <SubmitButton submit label="Change password" busy="Changing…" blocked/>
                    <span class="hint" role="status">
                        {move || is_changed.get().then(done)}
                    </span>
                </div>
            </form>
        </section>
    }
}
