//! The target for the waiting time, the grace time after a close, the time zone, and when customers see read receipts.

mod zones;

use leptos::prelude::*;

use self::zones::ZONES;
use crate::{
    api::settings::{read_settings, targets_save},
    contract::ApiError,
    domain::{
        settings::{ReadPolicy, TenantSettings, grace_fault, target_fault},
        time::Span,
    },
    ui::{
        kit::{
            ConflictNotice, EditState, FieldError, FieldKind, PageHead, RefreshTrigger, SaveBar, TextField, lazy_route,
            live_resource, part,
        },
        number::parse_whole,
        state::AppState,
    },
};

/// The form as it is typed.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Typed {
    minutes: String,
    seconds: String,
    /// Minutes.
    grace: String,
    zone: String,
    policy: ReadPolicy,
}

impl Typed {
    fn of(settings: &TenantSettings) -> Self {
        let seconds = settings.waiting_target.millis() / 1_000;
        Self {
            minutes: (seconds / 60).to_string(),
            seconds: (seconds % 60).to_string(),
            grace: (settings.grace_time.millis() / 60_000).to_string(),
            zone: settings.zone.clone(),
            policy: settings.read_policy,
        }
    }

    /// The target, or the fault of what is typed. An empty field counts as 0.
    fn target(&self) -> Result<Span, String> {
        let (Some(minutes), Some(seconds)) = (amount(&self.minutes), amount(&self.seconds)) else {
            return Err("Enter whole minutes and seconds.".to_owned());
        };
        let target = Span::seconds(minutes.saturating_mul(60).saturating_add(seconds));
        target_fault(target).map_or(Ok(target), Err)
    }

    /// The grace time, or its fault. An empty field counts as 0, which switches it off.
    fn grace_time(&self) -> Result<Span, String> {
        let Some(minutes) = amount(&self.grace) else { return Err("Enter whole minutes.".to_owned()) };
        let grace = Span::seconds(minutes.saturating_mul(60));
        grace_fault(grace).map_or(Ok(grace), Err)
    }
}

/// Parses whole minutes or seconds. Empty is 0.
fn amount(typed: &str) -> Option<i64> {
    if typed.trim().is_empty() { Some(0) } else { parse_whole(typed).and_then(|number| i64::try_from(number).ok()) }
}

lazy_route!(TargetsRoute in settings, TargetsPage);

#[component]
fn TargetsPage() -> impl IntoView {
    let refresh = RefreshTrigger::watch(AppState::expect());
    view! {
        <PageHead
            title="Targets"
            heading="Targets and time zone"
            lead="Response-time target, time zone and read receipts."
        />
        {live_resource(refresh, read_settings, move |settings| view! { <TargetsForm settings refresh/> })}
    }
}

#[component]
fn TargetsForm(settings: RwSignal<TenantSettings>, refresh: RefreshTrigger) -> impl IntoView {
    let saved = Memo::new(move |_| settings.with(Typed::of));
    let form = EditState::new(saved, None);
    let fault = Memo::new(move |_| form.typed.with(|typed| typed.target().err()));
    let grace_fault = Memo::new(move |_| form.typed.with(|typed| typed.grace_time().err()));
    let save = move || {
        if untrack(|| form.typed.with(|typed| typed.target().is_err() || typed.grace_time().is_err())) {
            return;
        }
        form.save(refresh, |typed: Typed| async move {
            let target = typed.target().map_err(ApiError::Invalid)?;
            let grace = typed.grace_time().map_err(ApiError::Invalid)?;
            targets_save(target, typed.zone.trim().to_owned(), typed.policy, None, Some(grace)).await
        });
    };
    view! {
        <form
            class="card"
            on:submit=move |event| {
                event.prevent_default();
                save();
            }
        >
            <div class="form">
                <fieldset aria-describedby="target-hint target-error">
                    <legend class="legend">"Response-time target"</legend>
                    <p class="hint" id="target-hint">
                        "How long a customer may wait for an agent's first reply, 10 seconds to 24 hours. The clock turns amber at half of it and red past it. A new target applies to new handoffs."
                    </p>
                    <div class="pair">
                        <TextField
                            id="minutes"
                            label="Minutes"
                            kind=FieldKind::Number
                            text=form.text(part!(minutes), fault)
                            error_id="target-error"
                        />
                        <TextField
                            id="seconds"
                            label="Seconds"
                            kind=FieldKind::Number
                            text=form.text(part!(seconds), fault)
                            error_id="target-error"
                        />
                    </div>
                    <FieldError id="target-error" text=fault/>
                </fieldset>
                <TextField
                    id="grace"
                    label="Grace time after a close"
                    hint="In minutes. A thank-you, emoji, sticker or rating that comes within it goes to the closed conversation and gets no reply. Anything else goes to the agent who closed it, if they are online, or starts a new conversation. 0 switches it off."
                    kind=FieldKind::Number
                    text=form.text(part!(grace), grace_fault)
                />
                <TextField
                    id="zone"
                    label="Time zone"
                    hint="An IANA name such as America/Sao_Paulo. Opening hours, the model's daily limit and dates in flows use it. Agents see times, and filter by days, in their own zone."
                    kind=FieldKind::Identifier
                    list="zones"
                    text=form.text(part!(zone), form.error)
                />
                <datalist id="zones">
                    {ZONES.into_iter().map(|zone| view! { <option value=zone></option> }).collect_view()}
                </datalist>
                <ReadPolicies form/>
                <ConflictNotice
                    shown=form.conflict
                    label="Reload these settings"
                    reload=move |()| form.reload()
                />
            </div>
            <SaveBar
                progress=Signal::derive(move || form.progress())
                undo=move |()| form.reload()
                blocked=Signal::derive(move || fault.with(Option::is_some) || grace_fault.with(Option::is_some))
            />
        </form>
    }
}

#[component]
fn ReadPolicies(form: EditState<Typed>) -> impl IntoView {
    let policies = [
        (ReadPolicy::OnOpen, "When an agent opens the conversation", "Customers see right away that someone looked."),
        (ReadPolicy::OnReply, "When an agent replies", "Customers never see “read” without a reply."),
        (ReadPolicy::Never, "Never", "Messages stay at two grey ticks."),
    ];
    view! {
        <fieldset>
            <legend class="legend">"Read receipts"</legend>
            <p class="hint">"When customers see blue ticks on their messages."</p>
            <div class="lines">
                {policies
                    .into_iter()
                    .map(|(policy, label, description)| {
                        let chosen = move || form.typed.with(|typed| typed.policy == policy);
                        view! {
                            <label class="field line">
                                <input
                                    type="radio"
                                    name="policy"
                                    checked=untrack(chosen)
                                    prop:checked=chosen
                                    on:change=move |_| form.edit(|typed| typed.policy = policy)
                                />
                                <span>{label}<br/><small class="hint">{description}</small></span>
                            </label>
                        }
                    })
                    .collect_view()}
            </div>
        </fieldset>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(minutes: &str, seconds: &str) -> Typed {
        let (minutes, seconds, zone) = (minutes.into(), seconds.into(), "UTC".into());
        Typed { minutes, seconds, grace: "30".into(), zone, policy: ReadPolicy::OnOpen }
    }

    #[test]
    fn minutes_and_seconds_make_a_target() {
        assert_eq!(typed("5", "").target(), Ok(Span::minutes(5)));
        assert_eq!(typed(" 1", "90").target(), Ok(Span::seconds(150)));
    }

    #[test]
    fn what_is_no_target_is_said_in_words() {
        for (minutes, seconds) in [("", ""), ("0", "9"), ("1441", "0"), ("-1", "0"), ("1.5", "0"), ("999999999", "0")] {
            assert!(typed(minutes, seconds).target().is_err(), "{minutes}:{seconds}");
        }
    }

    #[test]
    fn a_grace_time_is_whole_minutes_and_may_be_off() {
        let grace = |minutes: &str| Typed { grace: minutes.into(), ..typed("5", "0") }.grace_time();
        assert_eq!((grace(""), grace("0"), grace("45")), (Ok(Span(0)), Ok(Span(0)), Ok(Span::minutes(45))));
        assert!(grace("1441").is_err() && grace("-1").is_err() && grace("1.5").is_err());
    }

    #[test]
    fn settings_survive_the_form() {
        let settings = TenantSettings { waiting_target: Span::seconds(125), ..TenantSettings::default() };
        assert_eq!(Typed::of(&settings).target(), Ok(Span::seconds(125)));
        assert_eq!(Typed::of(&settings).grace_time(), Ok(settings.grace_time));
    }
}
