//! Opening hours: a week, the days that are different, and whether it is open right now.

mod day;
mod holidays;
mod typed;

use leptos::{prefetch_lazy_fn_on_server, prelude::*, wasm_split::wasm_split};
use leptos_meta::Title;
use leptos_router::LazyRoute;

use self::{
    day::DayRow,
    holidays::Holidays,
    typed::{Day, Faults, TypedHours},
};
use super::{
    editing::{Edited, Elsewhere, Progress, ProgressWord},
    faults::FieldFault,
    reading::{Stale, fresh},
    typing::hydrated,
};
use crate::{
    api::hours::{hours_save, read_hours},
    contract::{ApiError, hours::Hours},
    domain::{calendar::WEEKDAYS, time::Span},
    ui::{components::icon::Icon, state::AppState},
};

/// What the parts of this page share.
#[derive(Clone, Copy)]
struct Room {
    form: Edited<TypedHours>,
    faults: Memo<Faults>,
}

impl Room {
    fn fault(self, day: Day) -> Signal<Option<String>> {
        Signal::derive(move || {
            self.faults.with(|faults| faults.iter().find(|(at, _)| *at == day).map(|(_, words)| words.clone()))
        })
    }
}

/// The route. The page's code comes when it is first opened.
pub struct HoursRoute;

impl LazyRoute for HoursRoute {
    fn data() -> Self {
        Self
    }

    async fn view(_page: Self) -> AnyView {
        hours_page().await
    }

    async fn preload() {
        fetch_hours_page().await;
    }
}

#[wasm_split(settings, wasm_split_path = leptos::wasm_split, preload(fetch_hours_page))]
fn hours_page() -> AnyView {
    prefetch_lazy_fn_on_server("settings");
    view! { <HoursPage/> }.into_any()
}

#[component]
fn HoursPage() -> impl IntoView {
    let app = AppState::expect();
    let stale = Stale::watch(app);
    view! {
        <Title text="Opening hours"/>
        <h1>"Opening hours"</h1>
        <p class="lead">
            "When your team is there. Flows ask for them with the step “opening hours”, to say something else at night than by day."
        </p>
        {fresh(
            stale,
            Signal::derive(|| ()),
            |()| read_hours(),
            move |data| view! { <HoursForm data stale/> },
        )}
    }
}

#[component]
fn HoursForm(data: RwSignal<Hours>, stale: Stale) -> impl IntoView {
    let app = AppState::expect();
    let saved = Memo::new(move |_| data.with(|hours| TypedHours::of(&hours.calendar)));
    let form = Edited::new(saved, None);
    let faults = Memo::new(move |_| form.typed.with(|typed| typed.read().err().unwrap_or_default()));
    let room = Room { form, faults };
    let progress = Signal::derive(move || form.progress());
    let hydrated = hydrated();
    let resting =
        move || faults.with(|faults| !faults.is_empty()) || !hydrated.get() || progress.get() != Progress::Unsaved;
    let save = move || {
        form.save(app, stale, |typed: TypedHours| async move {
            match typed.read() {
                Ok(calendar) => hours_save(calendar).await,
                Err(_) => Err(ApiError::Invalid("Mend the days that are marked first.".to_owned())),
            }
        });
    };
    let monday = Memo::new(move |_| form.typed.with(|typed| !typed.days[0].is_empty()));
    let always = Memo::new(move |_| form.typed.with(TypedHours::is_always_open));
    view! {
        <div class="stack">
            <Now data stale/>
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
                        <button
                            class="btn"
                            type="button"
                            on:click=move |_| form.retype(TypedHours::copy_monday)
                        >
                            <Icon name="copy"/>
                            "Monday's hours to Friday"
                        </button>
                    </Show>
                </header>
                <Show when=move || always.get()>
                    <p class="note">"No hours are set on any day: you are always open, holidays excepted."</p>
                </Show>
                <div class="week-days">
                    {WEEKDAYS
                        .into_iter()
                        .enumerate()
                        .map(|(at, name)| view! { <DayRow room day=Day::Week(at) name always/> })
                        .collect_view()}
                </div>
                <Holidays room/>
                <div class="form part">
                    <FieldFault words=form.fault/>
                    <Elsewhere shown=form.elsewhere label="Reload the hours" reload=Callback::new(move |()| form.reload())/>
                    <p class="hint">
                        "Times are those of " <b>{move || data.with(|hours| hours.zone.clone())}</b> ". The time zone is set under "
                        <a href="/admin/targets">"Targets"</a>
                        "."
                    </p>
                </div>
                <div class="foot actions">
                    <ProgressWord progress/>
                    <Show when=move || progress.get() == Progress::Unsaved>
                        <button class="btn ghost" type="button" on:click=move |_| form.reload()>"Undo changes"</button>
                    </Show>
                    <button class="btn primary" type="submit" disabled=resting>"Save"</button>
                </div>
            </form>
        </div>
    }
}

/// What the saved hours say of this moment, read again when it changes.
#[component]
fn Now(data: RwSignal<Hours>, stale: Stale) -> impl IntoView {
    let app = AppState::expect();
    // A little later than the server says, because two clocks never agree.
    let passed = Memo::new(move |_| {
        let until = data.with(|hours| hours.now.until);
        until.filter(|until| app.now.get() > until.plus(Span::seconds(5)))
    });
    Effect::new(move |_| {
        if passed.get().is_some() {
            stale.mark();
        }
    });
    let open = Memo::new(move |_| data.with(|hours| hours.now.open));
    view! {
        <p class="res" class:none=move || !open.get() role="status">
            "Right now: "
            <b>{move || if open.get() { "open" } else { "closed" }}</b>
            ", "
            {move || data.with(|hours| hours.now.description.clone())}
            "."
        </p>
    }
}
