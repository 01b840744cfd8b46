//! How long a customer may wait, whose days are counted, and when customers see blue ticks.

use leptos::{html, prefetch_lazy_fn_on_server, prelude::*, wasm_split::wasm_split};
use leptos_meta::Title;
use leptos_router::LazyRoute;

use super::{
    editing::{Edited, Elsewhere, Progress, ProgressWord},
    faults::FieldFault,
    reading::{Stale, fresh},
    typing::{hydrated, take_over},
    zones::ZONES,
};
use crate::{
    api::settings::{read_settings, targets_save},
    domain::{
        settings::{ReadPolicy, Settings, target_fault},
        time::Span,
    },
    ui::state::AppState,
};

/// The form as it is typed.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Typed {
    minutes: String,
    seconds: String,
    zone: String,
    policy: ReadPolicy,
}

impl Typed {
    fn of(settings: &Settings) -> Self {
        let seconds = settings.waiting_target.millis() / 1_000;
        Self {
            minutes: (seconds / 60).to_string(),
            seconds: (seconds % 60).to_string(),
            zone: settings.zone.clone(),
            policy: settings.read_policy,
        }
    }

    /// The target, or why there is none in what is typed. An empty field counts as 0.
    fn target(&self) -> Result<Span, String> {
        let (Some(minutes), Some(seconds)) = (whole(&self.minutes), whole(&self.seconds)) else {
            return Err("Enter whole minutes and seconds.".to_owned());
        };
        let target = Span::seconds(minutes.saturating_mul(60).saturating_add(seconds));
        target_fault(target).map_or(Ok(target), Err)
    }
}

/// Digits only, and so few that no unit of time overflows.
fn whole(typed: &str) -> Option<i64> {
    let typed = typed.trim();
    if typed.is_empty() {
        return Some(0);
    }
    let digits = typed.len() <= 6 && typed.bytes().all(|byte| byte.is_ascii_digit());
    digits.then(|| typed.parse().ok()).flatten()
}

/// The route. The page's code comes when it is first opened.
pub struct TargetsRoute;

impl LazyRoute for TargetsRoute {
    fn data() -> Self {
        Self
    }

    async fn view(_page: Self) -> AnyView {
        targets_page().await
    }

    async fn preload() {
        fetch_targets_page().await;
    }
}

#[wasm_split(settings, wasm_split_path = leptos::wasm_split, preload(fetch_targets_page))]
fn targets_page() -> AnyView {
    prefetch_lazy_fn_on_server("settings");
    view! { <TargetsPage/> }.into_any()
}

#[component]
fn TargetsPage() -> impl IntoView {
    let app = AppState::expect();
    let stale = Stale::watch(app);
    view! {
        <Title text="Targets"/>
        <h1>"Targets and time zone"</h1>
        <p class="lead">"What “too long” means at your desk, and whose midnight begins a day."</p>
        {fresh(
            stale,
            Signal::derive(|| ()),
            |()| read_settings(),
            move |settings| view! { <TargetsForm settings stale/> },
        )}
    }
}

#[component]
fn TargetsForm(settings: RwSignal<Settings>, stale: Stale) -> impl IntoView {
    let app = AppState::expect();
    let saved = Memo::new(move |_| settings.with(Typed::of));
    let form = Edited::new(saved, None);
    let Edited { typed, elsewhere, fault, .. } = form;
    let target = Memo::new(move |_| typed.with(|typed| typed.target().err()));
    let progress = Signal::derive(move || form.progress());
    let hydrated = hydrated();
    let resting = move || {
        target.with(Option::is_some)
            || !hydrated.get()
            || matches!(progress.get(), Progress::Untouched | Progress::Saved | Progress::Saving)
    };
    let save = move || {
        if untrack(|| typed.with(|typed| typed.target().is_err())) {
            return;
        }
        form.save(app, stale, |typed: Typed| async move {
            let target = typed.target().map_err(crate::contract::ApiError::Invalid)?;
            targets_save(target, typed.zone.trim().to_owned(), typed.policy).await
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
                    <legend class="legend">"Waiting target"</legend>
                    <p class="hint" id="target-hint">
                        "How long a customer may wait for a person's first answer, 10 seconds to 24 hours. The clock turns amber at half of it and red past it. A new target counts for handoffs from now on; those that wait keep theirs."
                    </p>
                    <div class="pair">
                        <Amount
                            name="minutes"
                            label="Minutes"
                            value=Signal::derive(move || typed.with(|typed| typed.minutes.clone()))
                            retype=Callback::new(move |now| form.retype(|typed| typed.minutes = now))
                            invalid=Signal::derive(move || target.with(Option::is_some))
                        />
                        <Amount
                            name="seconds"
                            label="Seconds"
                            value=Signal::derive(move || typed.with(|typed| typed.seconds.clone()))
                            retype=Callback::new(move |now| form.retype(|typed| typed.seconds = now))
                            invalid=Signal::derive(move || target.with(Option::is_some))
                        />
                    </div>
                    <FieldFault id="target-error" words=target/>
                </fieldset>
                <Zone form fault/>
                <ReadPolicies form/>
                <Elsewhere shown=elsewhere label="Reload these settings" reload=Callback::new(move |()| form.reload())/>
            </div>
            <div class="foot actions">
                <ProgressWord progress/>
                <Show when=move || progress.get() == Progress::Unsaved>
                    <button class="btn ghost" type="button" on:click=move |_| form.reload()>"Undo changes"</button>
                </Show>
                <button class="btn primary" type="submit" disabled=resting>"Save"</button>
            </div>
        </form>
    }
}

/// A whole number. Text with a number pad, not `type=number`: a wheel or an arrow key must not change it by accident.
#[component]
fn Amount(
    name: &'static str,
    label: &'static str,
    value: Signal<String>,
    retype: Callback<String>,
    invalid: Signal<bool>,
) -> impl IntoView {
    let field = NodeRef::<html::Input>::new();
    let first = value.get_untracked();
    let shown = take_over(move || Some(field.get()?.value()), value, move |found| retype.run(found));
    view! {
        <label class="field">
            <span>{label}</span>
            <input
                node_ref=field
                name=name
                inputmode="numeric"
                autocomplete="off"
                maxlength="6"
                value=first
                prop:value=shown
                aria-invalid=move || invalid.get().to_string()
                on:input:target=move |event| retype.run(event.target().value())
            />
        </label>
    }
}

#[component]
fn Zone(form: Edited<Typed>, fault: RwSignal<Option<String>>) -> impl IntoView {
    let field = NodeRef::<html::Input>::new();
    let zone = Signal::derive(move || form.typed.with(|typed| typed.zone.clone()));
    let retype = move |now: String| form.retype(|typed| typed.zone = now);
    let first = zone.get_untracked();
    let shown = take_over(move || Some(field.get()?.value()), zone, retype);
    view! {
        <div class="field">
            <label for="zone">"Time zone"</label>
            <input
                id="zone"
                node_ref=field
                name="zone"
                list="zones"
                autocomplete="off"
                spellcheck="false"
                value=first
                prop:value=shown
                aria-describedby="zone-hint zone-error"
                aria-invalid=move || fault.with(|fault| fault.is_some().to_string())
                on:input:target=move |event| retype(event.target().value())
            />
            <datalist id="zones">
                {ZONES.into_iter().map(|zone| view! { <option value=zone></option> }).collect_view()}
            </datalist>
            <small class="hint" id="zone-hint">
                "An IANA name such as America/Sao_Paulo. Opening hours, the model's daily limit and dates in flows go by it. Agents see times, and filter by days, in their own zone."
            </small>
            <FieldFault id="zone-error" words=fault/>
        </div>
    }
}

#[component]
fn ReadPolicies(form: Edited<Typed>) -> impl IntoView {
    let policies = [
        (ReadPolicy::OnOpen, "When an agent opens the conversation", "Customers see at once that a person looked."),
        (ReadPolicy::OnReply, "When an agent answers", "Nobody is left with blue ticks and no answer."),
        (ReadPolicy::Never, "Never", "Messages stay at two grey ticks."),
    ];
    view! {
        <fieldset>
            <legend class="legend">"Blue ticks"</legend>
            <p class="hint">"When customers see that their messages were read."</p>
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
                                    on:change=move |_| form.retype(|typed| typed.policy = policy)
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
        Typed { minutes: minutes.into(), seconds: seconds.into(), zone: "UTC".into(), policy: ReadPolicy::OnOpen }
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
    fn settings_survive_the_form() {
        let settings = Settings { waiting_target: Span::seconds(125), ..Settings::default() };
        assert_eq!(Typed::of(&settings).target(), Ok(Span::seconds(125)));
    }
}
