//! When silent customers are reminded, and when their conversations close: a form below the messages.

use leptos::prelude::*;

use crate::{
    api::settings::silence_save,
    contract::ApiError,
    domain::{
        settings::{SilenceTimes, TenantSettings, silence_fault},
        time::Span,
    },
    ui::{
        kit::{EditForm, EditState, FieldError, FieldKind, RefreshTrigger, TextField, part},
        number::parse_whole_or_zero,
    },
};

/// The form as it is typed, in minutes.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Typed {
    remind: String,
    close: String,
}

impl Typed {
    fn of(settings: &TenantSettings) -> Self {
        let minutes = |span: Span| (span.millis() / 60_000).to_string();
        Self { remind: minutes(settings.silence.remind_after), close: minutes(settings.silence.close_after) }
    }

    /// The times, or what is wrong with them.
    fn times(&self) -> Result<SilenceTimes, String> {
        let (Some(remind_after), Some(close_after)) = (minutes(&self.remind), minutes(&self.close)) else {
            return Err("Enter whole minutes.".to_owned());
        };
        let times = SilenceTimes { remind_after, close_after };
        silence_fault(times).map_or(Ok(times), Err)
    }
}

/// Parses whole minutes. Empty is 0, which is never.
fn minutes(typed: &str) -> Option<Span> {
    let minutes = i64::try_from(parse_whole_or_zero(typed)?).ok()?;
    Some(Span::seconds(minutes.saturating_mul(60)))
}

#[component]
pub fn SilenceForm(settings: RwSignal<TenantSettings>, refresh: RefreshTrigger) -> impl IntoView {
    let saved = Memo::new(move |_| settings.with(Typed::of));
    let form = EditState::new(saved, None);
    let fault = Memo::new(move |_| form.typed.with(|typed| typed.times().err()));
    let save = move || {
        if untrack(|| form.typed.with(|typed| typed.times().is_err())) {
            return;
        }
        form.save(refresh, |typed: Typed| async move {
            let SilenceTimes { remind_after, close_after } = typed.times().map_err(ApiError::Invalid)?;
            silence_save(remind_after, close_after).await
        });
    };
    view! {
        <EditForm
            form
            label="Silent customers"
            reload_label="Reload these times"
            save
            blocked=Signal::derive(move || fault.with(Option::is_some))
        >
            <fieldset aria-describedby="silence-hint silence-error">
                <legend class="legend">"Silent customers"</legend>
                <p class="hint" id="silence-hint">
                    "What happens when a customer doesn't answer an agent. In minutes after the agent's last reply, 5 minutes to 23 hours; 0 is never. A customer who waits for a reply is never reminded and their conversation never closes by itself, and once the reply window is closed, nothing happens that has no template for it above."
                </p>
                <div class="pair">
                    <TextField
                        id="silence-remind"
                        label="Send the reminder after"
                        kind=FieldKind::Number
                        text=form.text(part!(remind), fault)
                        error_id="silence-error"
                    />
                    <TextField
                        id="silence-close"
                        label="Close the conversation after"
                        kind=FieldKind::Number
                        text=form.text(part!(close), fault)
                        error_id="silence-error"
                    />
                </div>
                <FieldError id="silence-error" text=fault/>
                <FieldError text=form.error/>
            </fieldset>
        </EditForm>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn times(remind: &str, close: &str) -> Result<SilenceTimes, String> {
        Typed { remind: remind.to_owned(), close: close.to_owned() }.times()
    }

    #[test]
    fn minutes_make_times_and_nothing_is_never() {
        let silence =
            |remind, close| SilenceTimes { remind_after: Span::minutes(remind), close_after: Span::minutes(close) };
        assert_eq!(times("", "0"), Ok(SilenceTimes::default()));
        assert_eq!(times(" 30", "120"), Ok(silence(30, 120)));
        assert_eq!(times("0", "1 380"), Ok(silence(0, 1_380)));
    }

    #[test]
    fn what_is_no_time_is_said_in_words() {
        for (remind, close) in
            [("1.5", "0"), ("-5", "0"), ("4", "0"), ("0", "1381"), ("60", "60"), ("999999999999", "0")]
        {
            assert!(times(remind, close).is_err(), "{remind} {close}");
        }
    }

    #[test]
    fn settings_survive_the_form() {
        let silence = SilenceTimes { remind_after: Span::minutes(30), close_after: Span::hours(2) };
        let settings = TenantSettings { silence, ..TenantSettings::default() };
        assert_eq!(Typed::of(&settings).times(), Ok(silence));
        assert_eq!(Typed::of(&TenantSettings::default()).times(), Ok(SilenceTimes::default()));
    }
}
