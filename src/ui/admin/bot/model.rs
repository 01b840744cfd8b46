//! The model: where it is, what it is told, and how much it may take. One form, saved at once.

use leptos::{prelude::*, task::spawn_local};

use super::{
    Room,
    typed::{TypedModel, grouped},
};
use crate::{
    api::bot::{model_key_forget, model_save},
    contract::{ApiError, bot::KeyState},
    domain::model::{ModelField, Provider},
    ui::{
        admin::{
            editing::{Elsewhere, Progress, ProgressWord},
            faults::tell,
            fields::{Area, Kind, Line, Text},
            typing::hydrated,
        },
        components::icon::Icon,
        format::{LocalTime, TimeStyle},
    },
};

type Part = fn(&mut TypedModel) -> &mut String;

#[component]
pub fn ModelForm(room: Room) -> impl IntoView {
    let Room { form, key, app, stale, .. } = room;
    let faults = Memo::new(move |_| form.typed.with(|typed| typed.read().err().unwrap_or_default()));
    let text = move |field: ModelField, part: Part| Text {
        value: Signal::derive(move || form.typed.with(|typed| part(&mut typed.clone()).clone())),
        retype: Callback::new(move |now| form.retype(|typed| *part(typed) = now)),
        fault: Signal::derive(move || {
            faults.with(|faults| faults.iter().find(|(at, _)| *at == field).map(|(_, words)| words.clone()))
        }),
    };
    let progress = Signal::derive(move || match form.progress() {
        Progress::Untouched | Progress::Saved if key.with(|key| !key.trim().is_empty()) => Progress::Unsaved,
        progress => progress,
    });
    let hydrated = hydrated();
    let resting = move || {
        faults.with(|faults| !faults.is_empty()) || !hydrated.get() || !matches!(progress.get(), Progress::Unsaved)
    };
    let save = move || {
        if faults.with_untracked(|faults| !faults.is_empty()) {
            return;
        }
        form.save(app, stale, move |typed| async move {
            let Ok(model) = typed.read() else { return Err(ApiError::Invalid("Mend the fields above.".to_owned())) };
            let sent = key.try_get_untracked().unwrap_or_default();
            model_save(model, Some(sent.clone()).filter(|key| !key.trim().is_empty())).await?;
            // Somebody may have typed on meanwhile: that is the next key.
            key.try_maybe_update(|key| {
                let same = *key == sent;
                if same {
                    key.clear();
                }
                (same, ())
            });
            Ok(())
        });
    };
    let undo = move || {
        form.reload();
        key.set(String::new());
    };
    view! {
        <form
            class="card"
            aria-labelledby="model-title"
            on:submit=move |event| {
                event.prevent_default();
                save();
            }
        >
            <header><h2 id="model-title">"Language model"</h2></header>
            <div class="form">
                <Switch room/>
                <div class="pair">
                    <Providers room/>
                    <Line
                        id="model-name"
                        label="Model"
                        hint="As its server calls it."
                        kind=Kind::Code
                        text=text(ModelField::Model, |typed| &mut typed.model)
                    />
                </div>
                <Line
                    id="model-address"
                    label="Address"
                    hint="The base of its API, version included. Empty is the provider's own."
                    kind=Kind::Code
                    placeholder=Signal::derive(move || form.typed.with(|typed| typed.provider.address().to_owned()))
                    text=text(ModelField::Address, |typed| &mut typed.address)
                />
                <Key room/>
            </div>
            <div class="form part">
                <Area
                    id="model-instructions"
                    label="Instructions"
                    hint="Who the bot is, what it knows, how it speaks, and when it should ask for a person. What customers write is never mixed into them."
                    rows="8"
                    text=text(ModelField::Instructions, |typed| &mut typed.instructions)
                />
                <Area
                    id="model-unreadable"
                    label="Answer to what it cannot read"
                    hint="Voice notes, pictures and documents are answered with this. Empty: a person is asked for."
                    rows="2"
                    text=text(ModelField::Unreadable, |typed| &mut typed.unreadable)
                />
            </div>
            <fieldset class="form part">
                <legend class="legend">"Limits"</legend>
                <p class="hint">"Past any of them a person is asked for, so that no customer is left waiting."</p>
                <div class="pair three">
                    <Line
                        id="model-turns"
                        label="Answers per conversation"
                        kind=Kind::Number
                        text=text(ModelField::MaxTurns, |typed| &mut typed.max_turns)
                    />
                    <Line
                        id="model-rounds"
                        label="Questions per answer"
                        hint="Each round of tool calls takes one."
                        kind=Kind::Number
                        text=text(ModelField::MaxRounds, |typed| &mut typed.max_rounds)
                    />
                    <Line
                        id="model-tokens"
                        label="Tokens per answer"
                        kind=Kind::Number
                        text=text(ModelField::MaxTokens, |typed| &mut typed.max_tokens)
                    />
                    <Line
                        id="model-time"
                        label="Seconds per answer"
                        hint="Tools included."
                        kind=Kind::Number
                        text=text(ModelField::TimeOut, |typed| &mut typed.time_out)
                    />
                    <Line
                        id="model-silence"
                        label="Seconds to its first word"
                        kind=Kind::Number
                        text=text(ModelField::Silence, |typed| &mut typed.silence)
                    />
                    <Line
                        id="model-temperature"
                        label="Temperature"
                        hint="0 to 2. Empty leaves it to the model."
                        text=text(ModelField::Temperature, |typed| &mut typed.temperature)
                    />
                </div>
                <div class="pair">
                    <Line
                        id="model-budget"
                        label="Tokens per day"
                        kind=Kind::Number
                        text=text(ModelField::DailyBudget, |typed| &mut typed.daily_budget)
                    />
                    <Used room/>
                </div>
                <Elsewhere shown=form.elsewhere label="Reload the model" reload=Callback::new(move |()| undo())/>
            </fieldset>
            <div class="foot actions">
                <ProgressWord progress/>
                <Show when=move || progress.get() == Progress::Unsaved>
                    <button class="btn ghost" type="button" on:click=move |_| undo()>"Undo changes"</button>
                </Show>
                <button class="btn primary" type="submit" disabled=resting>"Save"</button>
            </div>
        </form>
    }
}

#[component]
fn Switch(room: Room) -> impl IntoView {
    let form = room.form;
    let on = move || form.typed.with(|typed| typed.enabled);
    view! {
        <label class="field line">
            <input
                type="checkbox"
                role="switch"
                class="switch"
                checked=untrack(on)
                prop:checked=on
                on:change:target=move |event| {
                    let now = event.target().checked();
                    form.retype(|typed| typed.enabled = now);
                }
            />
            <span>"The model answers customers"</span>
        </label>
    }
}

#[component]
fn Providers(room: Room) -> impl IntoView {
    let form = room.form;
    let chosen = move |provider: Provider| form.typed.with(|typed| typed.provider == provider);
    view! {
        <div class="field">
            <label for="model-provider">"Provider"</label>
            <select
                id="model-provider"
                on:change:target=move |event| {
                    let value = event.target().value();
                    if let Some(provider) = Provider::ALL.into_iter().find(|provider| provider.label() == value) {
                        form.retype(|typed| typed.provider = provider);
                    }
                }
            >
                {Provider::ALL
                    .into_iter()
                    .map(|provider| {
                        view! {
                            <option
                                value=provider.label()
                                selected=untrack(|| chosen(provider))
                                prop:selected=move || chosen(provider)
                            >
                                {provider.label()}
                            </option>
                        }
                    })
                    .collect_view()}
            </select>
        </div>
    }
}

/// The key goes in and never comes out: the page knows whether there is one, and since when.
#[component]
fn Key(room: Room) -> impl IntoView {
    let Room { data, key, form, app, stale } = room;
    let state = Memo::new(move |_| data.with(|bot| bot.key));
    let is_set = Memo::new(move |_| state.get() != KeyState::Missing);
    // A server of one's own may want none.
    let is_bare = Memo::new(move |_| {
        let is_theirs = form.typed.with(|typed| typed.enabled && typed.address.trim().is_empty());
        is_theirs && !is_set.get() && key.with(|typed| typed.trim().is_empty())
    });
    let busy = RwSignal::new(false);
    let hydrated = hydrated();
    let forget = move |_| {
        if busy.get_untracked() {
            return;
        }
        busy.set(true);
        spawn_local(async move {
            match model_key_forget().await {
                Ok(()) => stale.mark(),
                Err(error) => tell(app, form.fault, &error),
            }
            busy.try_set(false);
        });
    };
    let text = Text {
        value: key.into(),
        retype: Callback::new(move |now| {
            form.fault.set(None);
            key.set(now);
        }),
        fault: form.fault.into(),
    };
    view! {
        <div class="stack tight">
            <Line
                id="model-key"
                label="Key"
                hint="Kept sealed. It is never shown again and stands in no prompt, log or answer."
                kind=Kind::Secret
                placeholder=Signal::derive(move || {
                    if is_set.get() { "A key is set. Type to replace it." } else { "No key is set." }.to_owned()
                })
                text
            />
            <span class="warn" role="status" hidden=move || !is_bare.get()>
                <Icon name="warn"/>
                <span>"This provider answers nobody without a key: every question would end with a person."</span>
            </span>
            <Show when=move || is_set.get()>
                <div class="actions">
                    <span class="hint">
                        "A key is set"
                        {move || match state.get() {
                            KeyState::Set(Some(at)) => {
                                Some(view! { ", since " <LocalTime at=at style=TimeStyle::Full/> })
                            }
                            KeyState::Set(None) | KeyState::Missing => None,
                        }}
                        "."
                    </span>
                    <button
                        class="btn ghost"
                        type="button"
                        disabled=move || !hydrated.get() || busy.get()
                        on:click=forget
                    >
                        "Forget the key"
                    </button>
                </div>
            </Show>
        </div>
    }
}

/// What today cost, beside what it may cost.
#[component]
fn Used(room: Room) -> impl IntoView {
    let numbers = Memo::new(move |_| room.data.with(|bot| (bot.used_today, bot.model.daily_budget)));
    view! {
        <div class="field">
            <span id="used-label">"Used today"</span>
            <progress
                aria-labelledby="used-label"
                max=move || numbers.get().1.max(1).to_string()
                value=move || { let (used, budget) = numbers.get(); used.min(budget).to_string() }
            ></progress>
            <small class="hint">
                {move || {
                    let (used, budget) = numbers.get();
                    format!("{} of {} tokens", grouped(used), grouped(budget))
                }}
            </small>
        </div>
    }
}
