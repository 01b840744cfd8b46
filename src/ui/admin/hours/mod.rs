//! Opening hours: the week, the holidays, whether it is open now, and the time zone.

mod day;
mod holidays;
mod typed;
mod zone;
mod zones;

use leptos::prelude::*;

use self::{
    day::DayRow,
    holidays::Holidays,
    typed::{Day, HoursFaults, TypedHours},
    zone::ZoneForm,
};
use crate::{
    api::hours::{hours_save, read_hours},
    contract::{ApiError, hours::OpeningHours},
    domain::{calendar::WEEKDAYS, time::Span},
    ui::{
        components::icon::Icon,
        kit::{
            ConflictNotice, EditState, FieldError, PageHead, RefreshTrigger, SaveBar, fault_of, lazy_route,
            live_resource,
        },
        state::AppState,
    },
};

/// What the parts of this page share.
#[derive(Clone, Copy)]
struct HoursState {
    form: EditState<TypedHours>,
    faults: Memo<HoursFaults>,
}

impl HoursState {
    fn fault(self, day: Day) -> Signal<Option<String>> {
        fault_of(self.faults, day)
    }
}

lazy_route!(HoursRoute in settings, HoursPage);

#[component]
fn HoursPage() -> impl IntoView {
    let refresh = RefreshTrigger::watch(AppState::expect());
    view! {
        <PageHead
            title="Opening hours"
            lead="When your team is available. Flows can branch on them with the step “Opening hours”."
        />
        {live_resource(refresh, read_hours, move |data| view! { <HoursForm data refresh/> })}
    }
}

#[component]
fn HoursForm(data: RwSignal<OpeningHours>, refresh: RefreshTrigger) -> impl IntoView {
    let saved = Memo::new(move |_| data.with(|hours| TypedHours::of(&hours.calendar)));
    let form = EditState::new(saved, None);
    let faults = Memo::new(move |_| form.typed.with(|typed| typed.read().err().unwrap_or_default()));
    let hours = HoursState { form, faults };
    let save = move || {
        form.save(refresh, |typed: TypedHours| async move {
            match typed.read() {
                Ok(calendar) => hours_save(calendar).await,
                Err(_) => Err(ApiError::Invalid("Fix the highlighted days first.".to_owned())),
            }
        });
    };
    let monday = Memo::new(move |_| form.typed.with(|typed| !typed.days[0].is_empty()));
    let always = Memo::new(move |_| form.typed.with(TypedHours::is_always_open));
    view! {
        <div class="stack">
            <Now data refresh/>
            <form
                class="card"
                aria-label="Opening hours"
                on:submit=move |event| {
                    event.prevent_default();
                    save();
                }
            >
                <header>
                    <h2>"Every week"</h2>
                    <Show when=move || monday.get()>
                        <button class="btn" type="button" on:click=move |_| form.edit(TypedHours::copy_monday)>
                            <Icon name="copy"/>
                            "Copy Monday to Friday"
                        </button>
                    </Show>
                </header>
                <Show when=move || always.get()>
                    <p class="note">"No hours are set: you are always open, except on the dates below."</p>
                </Show>
                <div class="week-days">
                    {WEEKDAYS
                        .into_iter()
                        .enumerate()
                        .map(|(at, name)| view! { <DayRow hours day=Day::Week(at) name always/> })
                        .collect_view()}
                </div>
                <Holidays hours/>
                <div class="form part">
                    <FieldError text=form.error/>
                    <ConflictNotice shown=form.conflict label="Reload the hours" reload=move |()| form.reload()/>
                    <p class="hint">
                        "Times are in the time zone " <b>{move || data.with(|hours| hours.zone.clone())}</b> ", set below."
                    </p>
                </div>
                <SaveBar
                    progress=Signal::derive(move || form.progress())
                    undo=move |()| form.reload()
                    blocked=Signal::derive(move || faults.with(|faults| !faults.is_empty()))
                />
            </form>
            <ZoneForm data refresh/>
        </div>
    }
}

/// Whether it is open now by the saved hours, read again when that changes.
#[component]
fn Now(data: RwSignal<OpeningHours>, refresh: RefreshTrigger) -> impl IntoView {
    let app = AppState::expect();
    // A little later than the server says, because the clocks may differ.
    let passed = Memo::new(move |_| {
        let until = data.with(|hours| hours.now.until);
        until.filter(|until| app.now.get() > until.plus(Span::seconds(5)))
    });
    Effect::new(move |_| {
        if passed.get().is_some() {
            refresh.mark();
        }
    });
    let open = Memo::new(move |_| data.with(|hours| hours.now.open));
    view! {
        <p class="res" class:none=move || !open.get() role="status">
            <b>{move || if open.get() { "Open now" } else { "Closed now" }}</b>
            " ("
            {move || data.with(|hours| hours.now.description.clone())}
            ")"
        </p>
    }
}
