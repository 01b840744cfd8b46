//! The checklist of a new company: what is missing, and where it is done. Its words come from the server.

use leptos::prelude::*;

use crate::{
    api::settings::dismiss_setup,
    contract::desk::SetupStep,
    domain::access::{Action, may},
    ui::{
        browser::focus_if_lost, components::icon::Icon, conversations::pane_focus::REGION, kit::send_optimistic,
        render_environment::hydrated, state::AppState,
    },
};

/// Nothing once everything is done, or an admin has dismissed it.
#[component]
pub fn SetupChecklist() -> impl IntoView {
    let app = AppState::expect();
    let is_admin = Memo::new(move |_| app.viewer.with(|viewer| may(viewer.role, Action::Administer)));
    let hydrated = hydrated();
    let dismiss = move |_| {
        let before = app.setup.get_untracked();
        app.setup.set(Vec::new());
        send_optimistic(app, dismiss_setup(), move || {
            let _left = app.setup.try_set(before);
        });
        // The button that had the focus is removed with the checklist.
        request_animation_frame(|| focus_if_lost(REGION));
    };
    move || {
        let steps = app.setup.get();
        let (done, all) = (steps.iter().filter(|step| step.is_done).count(), steps.len());
        let after = if is_admin.get() {
            view! {
                <button type="button" class="btn ghost" disabled=move || !hydrated.get() on:click=dismiss>
                    "Dismiss checklist"
                </button>
            }
            .into_any()
        } else {
            view! { <p>"Your admins set this up."</p> }.into_any()
        };
        (all > 0).then(|| {
            view! {
                <section class="setup" aria-label="Setup">
                    <h2>"Get started"</h2>
                    <p>{format!("{done} of {all} done")}</p>
                    <ol>{steps.into_iter().map(line).collect_view()}</ol>
                    {after}
                </section>
            }
        })
    }
}

fn line(step: SetupStep) -> impl IntoView {
    let SetupStep { label, hint, href, is_done } = step;
    let (icon, state) = if is_done { ("check", "Done: ") } else { ("circle", "To do: ") };
    let label = match href.filter(|_| !is_done) {
        Some(href) => view! { <a href=href>{label}</a> }.into_any(),
        None => view! { <b>{label}</b> }.into_any(),
    };
    view! {
        <li class:done=is_done>
            <Icon name=icon />
            <span>
                <span class="visually-hidden">{state}</span>
                {label}
                {(!is_done).then(|| view! { <small>{hint}</small> })}
            </span>
        </li>
    }
}
