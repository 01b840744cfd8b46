//! When customers who wait for a reply are asked to keep the reply window open: a form below the times for silent customers, with
//! the message in each of its languages.

use leptos::prelude::*;

use crate::{
    api::settings::keep_open_save,
    domain::{
        settings::TenantSettings,
        window::keep_open::{AskBefore, LANGUAGES, words},
    },
    ui::kit::{
        EditForm, EditState, FieldError, PhonePreview, RefreshTrigger, SelectField, SelectOption, language_name,
        options,
    },
};

#[component]
pub fn KeepOpenForm(settings: RwSignal<TenantSettings>, refresh: RefreshTrigger) -> impl IntoView {
    let saved = Memo::new(move |_| settings.with(|settings| settings.keep_open));
    let form = EditState::new(saved, None);
    let choose = move |chosen: String| {
        if let Ok(before) = chosen.parse() {
            form.edit(|typed| *typed = before);
        }
    };
    let language = RwSignal::new(LANGUAGES[0].to_owned());
    let shown = Memo::new(move |_| {
        (form.typed.get() != AskBefore::Never).then(|| language.with(|language| words(Some(language))))
    });
    let reads = Signal::derive(move || shown.get().map(|(text, _)| text.to_owned()));
    let buttons = Signal::derive(move || shown.get().map(|(_, button)| button.to_owned()).into_iter().collect());
    view! {
        <EditForm
            form
            label="Customers who wait"
            reload_label="Reload this setting"
            save=move || form.save(refresh, keep_open_save)
        >
            <fieldset aria-describedby="keep-open-about">
                <legend class="legend">"Customers who wait"</legend>
                <div class="pair">
                    <div class="lines">
                        <p class="hint" id="keep-open-about">
                            "When a customer still waits for an agent and the reply window is about to close, they can be asked for a tap, which opens it for another 24 hours. Each customer is asked once before a window closes. Blocked customers, and those who opted out of marketing messages, are not asked. The request counts toward the automatic messages per day."
                        </p>
                        <SelectField
                            id="keep-open"
                            label="Ask the customer to keep the conversation open"
                            options=options(AskBefore::ALL, AskBefore::as_str, label)
                            value=Signal::derive(move || form.typed.get().as_str().to_owned())
                            choose
                            hint="Applies to messages that arrive from now on. An agent's reply, a close and a return to the bot cancel it."
                        />
                        <SelectField
                            id="keep-open-language"
                            label="Preview in"
                            options=languages()
                            value=language
                            choose=move |chosen| language.set(chosen)
                            hint="The customer's language, if it is one of these, else English."
                        />
                        <FieldError text=form.error/>
                    </div>
                    <PhonePreview reads buttons silence=Signal::stored("Nothing is sent")/>
                </div>
            </fieldset>
        </EditForm>
    }
}

fn label(before: AskBefore) -> &'static str {
    match before {
        AskBefore::Never => "Never",
        AskBefore::Minutes15 => "15 minutes before the reply window closes",
        AskBefore::Minutes30 => "30 minutes before the reply window closes",
        AskBefore::Minutes60 => "60 minutes before the reply window closes",
    }
}

fn languages() -> Vec<SelectOption> {
    LANGUAGES.into_iter().map(|tag| (tag.to_owned(), language_name(tag))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_time_says_how_many_minutes_it_is() {
        for before in AskBefore::ALL {
            let minutes = before.span().map(|span| (span.millis() / 60_000).to_string());
            assert!(minutes.is_none_or(|minutes| label(before).starts_with(&minutes)), "{before:?}");
        }
    }
}
