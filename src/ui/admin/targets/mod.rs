//! The targets for first and further replies, the grace time after a close, and what becomes of conversations of offline
//! agents.

mod gone_agents;

use leptos::prelude::*;

use self::gone_agents::GoneAgentsSwitch;
use crate::{
    api::settings::{read_settings, targets_save},
    contract::ApiError,
    domain::{
        settings::{TenantSettings, grace_fault, target_fault},
        time::Span,
    },
    ui::{
        kit::{
            EditForm, EditState, FieldError, FieldKind, PageHead, RefreshTrigger, TextBinding, TextField, lazy_route,
            live_resource, part,
        },
        number::parse_whole_or_zero,
        state::AppState,
    },
};

/// The form as it is typed.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Typed {
    minutes: String,
    seconds: String,
    reply_minutes: String,
    reply_seconds: String,
    /// Minutes.
    grace: String,
}

impl Typed {
    fn of(settings: &TenantSettings) -> Self {
        let (minutes, seconds) = parts(settings.waiting_target);
        let (reply_minutes, reply_seconds) = parts(settings.reply_target);
        let grace = (settings.grace_time.millis() / 60_000).to_string();
        Self { minutes, seconds, reply_minutes, reply_seconds, grace }
    }

    /// The target for the first reply, or the fault of what is typed.
    fn waiting_target(&self) -> Result<Span, String> {
        target(&self.minutes, &self.seconds)
    }

    /// The target for further replies, or the fault of what is typed.
    fn reply_target(&self) -> Result<Span, String> {
        target(&self.reply_minutes, &self.reply_seconds)
    }

    /// The grace time, or its fault. An empty field counts as 0, which switches it off.
    fn grace_time(&self) -> Result<Span, String> {
        let Some(minutes) = amount(&self.grace) else { return Err("Enter whole minutes.".to_owned()) };
        let grace = Span::seconds(minutes.saturating_mul(60));
        grace_fault(grace).map_or(Ok(grace), Err)
    }

    fn is_valid(&self) -> bool {
        self.waiting_target().is_ok() && self.reply_target().is_ok() && self.grace_time().is_ok()
    }
}

/// A target as typed minutes and seconds.
fn parts(target: Span) -> (String, String) {
    let seconds = target.millis() / 1_000;
    ((seconds / 60).to_string(), (seconds % 60).to_string())
}

/// The target that is typed. An empty field counts as 0.
fn target(minutes: &str, seconds: &str) -> Result<Span, String> {
    let (Some(minutes), Some(seconds)) = (amount(minutes), amount(seconds)) else {
        return Err("Enter whole minutes and seconds.".to_owned());
    };
    let target = Span::seconds(minutes.saturating_mul(60).saturating_add(seconds));
    target_fault(target).map_or(Ok(target), Err)
}

/// Parses whole minutes or seconds. Empty is 0.
fn amount(typed: &str) -> Option<i64> {
    i64::try_from(parse_whole_or_zero(typed)?).ok()
}

lazy_route!(TargetsRoute in settings, TargetsPage);

#[component]
fn TargetsPage() -> impl IntoView {
    let refresh = RefreshTrigger::watch(AppState::expect());
    view! {
        <PageHead
            title="Targets"
            lead="How long customers may wait for a reply, and what happens after a close or when an agent goes offline."
        />
        {live_resource(refresh, read_settings, move |settings| {
            view! {
                <div class="stack">
                    <TargetsForm settings refresh/>
                    <GoneAgentsSwitch settings refresh/>
                </div>
            }
        })}
    }
}

#[component]
fn TargetsForm(settings: RwSignal<TenantSettings>, refresh: RefreshTrigger) -> impl IntoView {
    let saved = Memo::new(move |_| settings.with(Typed::of));
    let form = EditState::new(saved, None);
    let waiting_fault = Memo::new(move |_| form.typed.with(|typed| typed.waiting_target().err()));
    let reply_fault = Memo::new(move |_| form.typed.with(|typed| typed.reply_target().err()));
    let grace_fault = Memo::new(move |_| form.typed.with(|typed| typed.grace_time().err()));
    let save = move || {
        if untrack(|| form.typed.with(|typed| !typed.is_valid())) {
            return;
        }
        form.save(refresh, |typed: Typed| async move {
            let waiting_target = typed.waiting_target().map_err(ApiError::Invalid)?;
            let reply_target = typed.reply_target().map_err(ApiError::Invalid)?;
            let grace_time = typed.grace_time().map_err(ApiError::Invalid)?;
            targets_save(Some(waiting_target), None, None, Some(reply_target), Some(grace_time)).await
        });
    };
    view! {
        <EditForm
            form
            reload_label="Reload these settings"
            save
            blocked=Signal::derive(move || form.typed.with(|typed| !typed.is_valid()))
        >
            <TargetFields
                id="target"
                legend="First reply"
                hint="How long a customer may wait for an agent's first reply, 10 seconds to 24 hours. The clock turns amber at half of it and red past it. A new target applies to new handoffs."
                minutes=form.text(part!(minutes), waiting_fault)
                seconds=form.text(part!(seconds), waiting_fault)
                fault=waiting_fault
            />
            <TargetFields
                id="reply-target"
                legend="Further replies"
                hint="How long a customer may wait for each reply after that, 10 seconds to 24 hours, counted from the first message that has no reply yet. A new target applies to the next message."
                minutes=form.text(part!(reply_minutes), reply_fault)
                seconds=form.text(part!(reply_seconds), reply_fault)
                fault=reply_fault
            />
            <TextField
                id="grace"
                label="Grace time after a close"
                hint="In minutes. A thank-you, emoji, sticker or rating that comes within it goes to the closed conversation and gets no reply. Anything else goes to the agent who closed it, if they are online, or starts a new conversation. 0 switches it off."
                kind=FieldKind::Number
                text=form.text(part!(grace), grace_fault)
            />
            <FieldError text=form.error/>
        </EditForm>
    }
}

/// A target in minutes and seconds.
#[component]
fn TargetFields(
    id: &'static str,
    legend: &'static str,
    hint: &'static str,
    minutes: TextBinding,
    seconds: TextBinding,
    fault: Memo<Option<String>>,
) -> impl IntoView {
    let (hint_id, error_id) = (format!("{id}-hint"), format!("{id}-error"));
    let described_by = format!("{hint_id} {error_id}");
    view! {
        <fieldset aria-describedby=described_by>
            <legend class="legend">{legend}</legend>
            <p class="hint" id=hint_id>{hint}</p>
            <div class="pair">
                <TextField
                    id=format!("{id}-minutes")
                    label="Minutes"
                    kind=FieldKind::Number
                    text=minutes
                    error_id=error_id.clone()
                />
                <TextField
                    id=format!("{id}-seconds")
                    label="Seconds"
                    kind=FieldKind::Number
                    text=seconds
                    error_id=error_id.clone()
                />
            </div>
            <FieldError id=error_id text=fault/>
        </fieldset>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn minutes_and_seconds_make_a_target() {
        assert_eq!(target("5", ""), Ok(Span::minutes(5)));
        assert_eq!(target(" 1", "90"), Ok(Span::seconds(150)));
    }

    #[test]
    fn what_is_no_target_is_said_in_words() {
        for (minutes, seconds) in [("", ""), ("0", "9"), ("1441", "0"), ("-1", "0"), ("1.5", "0"), ("999999999", "0")] {
            assert!(target(minutes, seconds).is_err(), "{minutes}:{seconds}");
        }
    }

    #[test]
    fn a_grace_time_is_whole_minutes_and_may_be_off() {
        let typed = Typed::of(&TenantSettings::default());
        let grace = |minutes: &str| Typed { grace: minutes.into(), ..typed.clone() }.grace_time();
        assert_eq!((grace(""), grace("0"), grace("45")), (Ok(Span(0)), Ok(Span(0)), Ok(Span::minutes(45))));
        assert!(grace("1441").is_err() && grace("-1").is_err() && grace("1.5").is_err());
    }

    #[test]
    fn settings_survive_the_form() {
        let settings = TenantSettings {
            waiting_target: Span::seconds(125),
            reply_target: Span::minutes(90),
            grace_time: Span::minutes(45),
            ..TenantSettings::default()
        };
        let typed = Typed::of(&settings);
        assert_eq!((typed.waiting_target(), typed.reply_target()), (Ok(Span::seconds(125)), Ok(Span::minutes(90))));
        assert_eq!(typed.grace_time(), Ok(Span::minutes(45)));
    }

    #[test]
    fn every_time_must_be_valid() {
        let typed = Typed::of(&TenantSettings::default());
        assert!(typed.is_valid());
        let wrong = || "0".to_owned();
        assert!(!Typed { minutes: wrong(), seconds: wrong(), ..typed.clone() }.is_valid());
        assert!(!Typed { reply_minutes: wrong(), reply_seconds: wrong(), ..typed.clone() }.is_valid());
        assert!(!Typed { grace: "1441".to_owned(), ..typed }.is_valid());
    }
}
