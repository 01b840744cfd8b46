//! When customers see read receipts: a form below the messages.

use leptos::prelude::*;

use crate::{
    api::settings::targets_save,
    domain::settings::{ReadPolicy, TenantSettings},
    ui::kit::{EditForm, EditState, FieldError, RefreshTrigger},
};

/// Each policy with its label and what it means for customers.
const POLICIES: [(ReadPolicy, &str, &str); 3] = [
    (ReadPolicy::OnOpen, "When an agent opens the conversation", "Customers see right away that someone looked."),
    (ReadPolicy::OnReply, "When an agent replies", "Customers never see “read” without a reply."),
    (ReadPolicy::Never, "Never", "Messages stay at two grey ticks."),
];

#[component]
pub fn ReceiptsForm(settings: RwSignal<TenantSettings>, refresh: RefreshTrigger) -> impl IntoView {
    let saved = Memo::new(move |_| settings.with(|settings| settings.read_policy));
    let form = EditState::new(saved, None);
    let save = move || {
        form.save(
            refresh,
            |policy: ReadPolicy| async move { targets_save(None, None, Some(policy), None, None).await },
        );
    };
    view! {
        <EditForm form label="Read receipts" reload_label="Reload the read receipts" save>
            <fieldset aria-describedby="receipts-hint">
                <legend class="legend">"Read receipts"</legend>
                <p class="hint" id="receipts-hint">"When customers see blue ticks on their messages."</p>
                <div class="lines">
                    {POLICIES
                        .into_iter()
                        .map(|(policy, label, description)| view! { <PolicyChoice form policy label description/> })
                        .collect_view()}
                </div>
                <FieldError text=form.error/>
            </fieldset>
        </EditForm>
    }
}

#[component]
fn PolicyChoice(
    form: EditState<ReadPolicy>,
    policy: ReadPolicy,
    label: &'static str,
    description: &'static str,
) -> impl IntoView {
    let is_chosen = move || form.typed.get() == policy;
    view! {
        <label class="field line">
            <input
                type="radio"
                name="policy"
                checked=untrack(is_chosen)
                prop:checked=is_chosen
                on:change=move |_| form.edit(|typed| *typed = policy)
            />
            <span>{label}<br/><small class="hint">{description}</small></span>
        </label>
    }
}
