//! Whether what an agent writes within some seconds is sent as one message: a form below the messages.

use leptos::prelude::*;

use crate::{
    api::settings::join_time_save,
    domain::{scheduled::joined::JOIN_SECONDS, settings::TenantSettings, time::Span},
    ui::kit::{EditForm, EditState, FieldError, RefreshTrigger, Select, SelectOption},
};

#[component]
pub fn JoinTimeForm(settings: RwSignal<TenantSettings>, refresh: RefreshTrigger) -> impl IntoView {
    let saved = Memo::new(move |_| settings.with(|settings| settings.join_within));
    let form = EditState::new(saved, None);
    let value = Signal::derive(move || form.typed.get().millis().to_string());
    let choose = move |chosen: String| {
        if let Ok(millis) = chosen.parse() {
            form.edit(|typed| *typed = Span::of_millis(millis));
        }
    };
    let save = move || form.save(refresh, join_time_save);
    view! {
        <EditForm form label="One message" reload_label="Reload this time" save>
            <fieldset aria-describedby="join-hint">
                <legend class="legend">"One message"</legend>
                <p class="hint" id="join-hint">
                    "What an agent writes to a customer within this time is sent as one WhatsApp message, up to 4,096 characters. Until then the texts stand at the end of the conversation with the seconds that are left; each can be undone, and all can be sent at once. A file, a quote, a template, and the customer's next message send what is waiting."
                </p>
                <div class="field">
                    <label for="join-within">"Send what is written within"</label>
                    <Select id="join-within" options=options() value choose described_by="join-hint"/>
                </div>
                <FieldError text=form.error/>
            </fieldset>
        </EditForm>
    }
}

/// The times with their labels.
fn options() -> Vec<SelectOption> {
    let label = |seconds: i64| match seconds {
        0 => "Off: each text is a message".to_owned(),
        _ => format!("{seconds} seconds as one message"),
    };
    JOIN_SECONDS.into_iter().map(|seconds| (Span::seconds(seconds).millis().to_string(), label(seconds))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_time_has_its_label_and_the_first_is_off() {
        let options = options();
        assert_eq!(options[0], ("0".to_owned(), "Off: each text is a message".to_owned()));
        assert_eq!(options[2], ("5000".to_owned(), "5 seconds as one message".to_owned()));
        assert_eq!(options.len(), JOIN_SECONDS.len());
    }
}
