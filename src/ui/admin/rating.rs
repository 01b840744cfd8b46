//! The question for a rating after a close: a form below the messages, with what it costs.

use leptos::prelude::*;

use crate::{
    api::rating::rating_save,
    domain::{
        message::limits::BUTTON_TITLE,
        rating::{QUESTION_LIMIT, RatingRule, rating_fault},
        settings::TenantSettings,
    },
    ui::kit::{CheckboxField, EditForm, EditState, FieldError, RefreshTrigger, TextField, part},
};

/// The id of what says what is wrong with the texts.
const ERROR: &str = "rating-error";

#[component]
pub fn RatingForm(settings: RwSignal<TenantSettings>, refresh: RefreshTrigger) -> impl IntoView {
    let saved = Memo::new(move |_| settings.with(|settings| settings.rating.clone()));
    let form = EditState::new(saved, None);
    let fault = Memo::new(move |_| form.typed.with(rating_fault));
    let save = move || {
        if untrack(|| form.typed.with(|typed| rating_fault(typed).is_some())) {
            return;
        }
        form.save(refresh, rating_save);
    };
    view! {
        <EditForm
            form
            label="Rating"
            reload_label="Reload the rating"
            save
            blocked=Signal::derive(move || fault.with(Option::is_some))
        >
            <fieldset aria-describedby="rating-hint rating-cost rating-error">
                <legend class="legend">"Rating"</legend>
                <p class="hint" id="rating-hint">
                    "A question with three buttons, sent when an agent closes a conversation in which someone replied, within the 24-hour window. A rating never reopens the conversation. Variables: {{ customer.first_name }}, {{ customer.name }}, {{ agent.name }}, {{ tenant.name }}."
                </p>
                <CheckboxField
                    label="Ask for a rating after a close"
                    is_on=Signal::derive(move || form.typed.with(|typed| typed.rule == RatingRule::AfterClose))
                    toggle=move |is_on| {
                        let rule = if is_on { RatingRule::AfterClose } else { RatingRule::Off };
                        form.edit(|typed| typed.rule = rule);
                    }
                />
                <p class="hint" id="rating-cost">{move || settings.with(cost)}</p>
                <TextField
                    id="rating-question"
                    label="Question"
                    limit=QUESTION_LIMIT
                    text=form.text(part!(question), fault)
                    error_id=ERROR
                />
                <div class="pair">
                    <TextField
                        id="rating-best"
                        label="Best answer"
                        limit=BUTTON_TITLE
                        text=form.text(part!(best), fault)
                        error_id=ERROR
                    />
                    <TextField
                        id="rating-middle"
                        label="Middle answer"
                        limit=BUTTON_TITLE
                        text=form.text(part!(middle), fault)
                        error_id=ERROR
                    />
                    <TextField
                        id="rating-worst"
                        label="Worst answer"
                        limit=BUTTON_TITLE
                        text=form.text(part!(worst), fault)
                        error_id=ERROR
                    />
                </div>
                <FieldError id=ERROR text=fault/>
                <FieldError text=form.error/>
            </fieldset>
        </EditForm>
    }
}

/// What the question costs, beside the closing message that is set.
fn cost(settings: &TenantSettings) -> &'static str {
    match settings.texts.closing.trim() {
        "" => {
            "There is no closing message, so each question is a message of its own, which WhatsApp may bill. The \
             customer's answer costs nothing."
        }
        _ => {
            "The question goes into the closing message and costs nothing extra. It is left out if both together are \
             longer than 1,024 characters. If the agent turns the closing message off, the question is sent alone. The \
             customer's answer costs nothing."
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_cost_depends_on_whether_there_is_a_closing_message() {
        let mut settings = TenantSettings::default();
        assert!(cost(&settings).contains("costs nothing extra"));
        settings.texts.closing = " ".to_owned();
        assert!(cost(&settings).contains("which WhatsApp may bill"));
    }
}
