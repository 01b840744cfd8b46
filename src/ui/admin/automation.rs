//! How much the bot may send to one customer: a form below the messages.

use leptos::prelude::*;

use crate::{
    api::settings::automation_save,
    contract::ApiError,
    domain::{
        automation::{AutomationBounds, bounds_fault},
        settings::TenantSettings,
    },
    ui::{
        kit::{EditForm, EditState, FieldError, FieldKind, RefreshTrigger, TextField, part},
        number::parse_whole_or_zero,
    },
};

/// The form as it is typed.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Typed {
    daily: String,
    repeats: String,
}

impl Typed {
    fn of(settings: &TenantSettings) -> Self {
        let AutomationBounds { daily_messages, repeats } = settings.automation;
        Self { daily: daily_messages.to_string(), repeats: repeats.to_string() }
    }

    /// The bounds, or what is wrong with them.
    fn bounds(&self) -> Result<AutomationBounds, String> {
        let (Some(daily_messages), Some(repeats)) = (amount(&self.daily), amount(&self.repeats)) else {
            return Err("Enter whole numbers.".to_owned());
        };
        let bounds = AutomationBounds { daily_messages, repeats };
        bounds_fault(bounds).map_or(Ok(bounds), Err)
    }
}

/// Parses a whole number. Empty is 0, which is no limit.
fn amount(typed: &str) -> Option<u32> {
    u32::try_from(parse_whole_or_zero(typed)?).ok()
}

#[component]
pub fn AutomationForm(settings: RwSignal<TenantSettings>, refresh: RefreshTrigger) -> impl IntoView {
    let saved = Memo::new(move |_| settings.with(Typed::of));
    let form = EditState::new(saved, None);
    let fault = Memo::new(move |_| form.typed.with(|typed| typed.bounds().err()));
    let save = move || {
        if untrack(|| form.typed.with(|typed| typed.bounds().is_err())) {
            return;
        }
        form.save(refresh, |typed: Typed| async move {
            let AutomationBounds { daily_messages, repeats } = typed.bounds().map_err(ApiError::Invalid)?;
            automation_save(daily_messages, repeats).await
        });
    };
    view! {
        <EditForm
            form
            label="Limits per customer"
            reload_label="Reload these limits"
            save
            blocked=Signal::derive(move || fault.with(Option::is_some))
        >
            <fieldset aria-describedby="automation-hint automation-error">
                <legend class="legend">"Limits per customer"</legend>
                <p class="hint" id="automation-hint">
                    "At a limit, the bot sends this customer nothing more, and an agent is requested once. When the messages of a day are used up, handoff messages, reminders, requests to keep the reply window open, closing messages and rating questions are left out, too, and the conversation says so. What agents write is always sent. The day is one in your time zone. Repeats are the same message and the same answer within a minute of each other, as with another bot. 0 is no limit."
                </p>
                <div class="pair">
                    <TextField
                        id="automation-daily"
                        label="Automatic messages per day"
                        kind=FieldKind::Number
                        text=form.text(part!(daily), fault)
                        error_id="automation-error"
                    />
                    <TextField
                        id="automation-repeats"
                        label="Repeats of the same answer"
                        kind=FieldKind::Number
                        text=form.text(part!(repeats), fault)
                        error_id="automation-error"
                    />
                </div>
                <FieldError id="automation-error" text=fault/>
                <FieldError text=form.error/>
            </fieldset>
        </EditForm>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_survive_the_form_and_nothing_is_no_limit() {
        let typed = Typed::of(&TenantSettings::default());
        assert_eq!(typed.bounds(), Ok(AutomationBounds::default()));
        let bounds = |daily: &str, repeats: &str| Typed { daily: daily.into(), repeats: repeats.into() }.bounds();
        assert_eq!(bounds("", "0"), Ok(AutomationBounds { daily_messages: 0, repeats: 0 }));
        for (daily, repeats) in [("10001", "3"), ("100", "51"), ("-1", "3"), ("1.5", "3")] {
            assert!(bounds(daily, repeats).is_err(), "{daily} {repeats}");
        }
    }
}
