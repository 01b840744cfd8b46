//! The time zone that the opening hours are in: a form below them.

use leptos::prelude::*;

use super::zones::ZONES;
use crate::{
    api::settings::targets_save,
    contract::hours::OpeningHours,
    ui::kit::{EditForm, EditState, FieldKind, RefreshTrigger, TextBinding, TextField},
};

#[component]
pub fn ZoneForm(data: RwSignal<OpeningHours>, refresh: RefreshTrigger) -> impl IntoView {
    let saved = Memo::new(move |_| data.with(|hours| hours.zone.clone()));
    let form = EditState::new(saved, None);
    let save = move || {
        form.save(refresh, |zone: String| async move {
            targets_save(None, Some(zone.trim().to_owned()), None, None, None).await
        });
    };
    let text = TextBinding {
        value: form.typed.into(),
        edit: Callback::new(move |now| form.edit(|typed| *typed = now)),
        error: Some(form.error.into()),
    };
    view! {
        <EditForm form label="Time zone" reload_label="Reload the time zone" save>
            <TextField
                id="zone"
                label="Time zone"
                hint="An IANA name such as America/Sao_Paulo. Opening hours, the model's daily limit and dates in flows use it. Agents see times, and filter by days, in their own zone."
                kind=FieldKind::Identifier
                list="zones"
                text
            />
            <datalist id="zones">
                {ZONES.into_iter().map(|zone| view! { <option value=zone></option> }).collect_view()}
            </datalist>
        </EditForm>
    }
}
