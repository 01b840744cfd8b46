//! Which texts are sent as one message, those of an agent and those of the bot: a form below the messages.

use leptos::prelude::*;

use crate::{
    api::settings::joined_texts_save,
    domain::{
        scheduled::joined::JOIN_SECONDS,
        settings::{BotTexts, TenantSettings},
        time::Span,
    },
    ui::kit::{CheckboxField, EditForm, EditState, FieldError, RefreshTrigger, SelectField, SelectOption},
};

/// The form as it is chosen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Chosen {
    join_within: Span,
    bot_texts: BotTexts,
}

#[component]
pub fn JoinedTextsForm(settings: RwSignal<TenantSettings>, refresh: RefreshTrigger) -> impl IntoView {
    let of = |settings: &TenantSettings| Chosen { join_within: settings.join_within, bot_texts: settings.bot_texts };
    let saved = Memo::new(move |_| settings.with(of));
    let form = EditState::new(saved, None);
    let value = Signal::derive(move || form.typed.get().join_within.millis().to_string());
    let choose = move |chosen: String| {
        if let Ok(millis) = chosen.parse() {
            form.edit(|typed| typed.join_within = Span::of_millis(millis));
        }
    };
    let save = move || {
        form.save(
            refresh,
            |chosen: Chosen| async move { joined_texts_save(chosen.join_within, chosen.bot_texts).await },
        );
    };
    view! {
        <EditForm form label="One message" reload_label="Reload these settings" save>
            <fieldset aria-describedby="joined-hint">
                <legend class="legend">"One message"</legend>
                <p class="hint" id="joined-hint">
                    "Texts that follow each other can go out as one WhatsApp message, up to 4,096 characters: each message may be billed, and each notifies the customer."
                </p>
                <SelectField
                    id="join-within"
                    label="What an agent writes"
                    options=options()
                    value
                    choose
                    hint="The texts wait at the end of the conversation with a countdown. Each can be undone, and all can be sent at once. A file, a quote, a template or the customer's next message sends what is waiting."
                />
                <CheckboxField
                    label="Send what the bot says in one turn as one message"
                    hint="Texts of a flow that follow each other, with the question or the handoff message after them, if WhatsApp allows that many characters. Files stay messages of their own."
                    is_on=Signal::derive(move || form.typed.with(|chosen| chosen.bot_texts == BotTexts::Joined))
                    toggle=move |is_on| {
                        let texts = if is_on { BotTexts::Joined } else { BotTexts::Separate };
                        form.edit(|chosen| chosen.bot_texts = texts);
                    }
                />
                <FieldError text=form.error/>
            </fieldset>
        </EditForm>
    }
}

/// The times with their labels.
fn options() -> Vec<SelectOption> {
    let label = |seconds: i64| match seconds {
        0 => "Each text is a message".to_owned(),
        _ => format!("Within {seconds} seconds is one message"),
    };
    JOIN_SECONDS.into_iter().map(|seconds| (Span::seconds(seconds).millis().to_string(), label(seconds))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_time_has_its_label_and_the_first_joins_nothing() {
        let options = options();
        assert_eq!(options[0], ("0".to_owned(), "Each text is a message".to_owned()));
        assert_eq!(options[2], ("5000".to_owned(), "Within 5 seconds is one message".to_owned()));
        assert_eq!(options.len(), JOIN_SECONDS.len());
    }
}
