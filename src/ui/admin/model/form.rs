//! The model's settings: server, key, prompt and limits, in one form.

use leptos::prelude::*;

use super::typed::TypedModel;
use crate::{
    api::bot::{model_key_forget, model_save},
    contract::{ApiError, bot::KeyState},
    domain::model::{ModelField, Provider},
    ui::{
        admin::{bot::BotPageState, password_prompt::PasswordPrompt},
        components::icon::Icon,
        format::TimeStyle,
        kit::{
            ConflictNotice, FieldKind, Part, Progress, SaveBar, SelectField, Submit, SwitchField, TextBinding,
            TextField, fault_of, options, part,
        },
        local_time::LocalTime,
        number::grouped,
        render_environment::hydrated,
    },
};

#[component]
pub fn ModelForm(page: BotPageState) -> impl IntoView {
    let BotPageState { form, key, refresh, .. } = page;
    let prompt = PasswordPrompt::expect();
    let faults = Memo::new(move |_| form.typed.with(|typed| typed.read().err().unwrap_or_default()));
    let text = move |field: ModelField, part: Part<TypedModel>| form.text(part, fault_of(faults, field));
    // A typed key is an unsaved change, too.
    let progress = Signal::derive(move || match form.progress() {
        Progress::Untouched | Progress::Saved if key.with(|key| !key.trim().is_empty()) => Progress::Unsaved,
        progress => progress,
    });
    let save = move || {
        if faults.with_untracked(|faults| !faults.is_empty()) {
            return;
        }
        form.save(refresh, move |typed| async move {
            let Ok(model) = typed.read() else { return Err(ApiError::Invalid("Fix the fields above.".to_owned())) };
            let sent = key.try_get_untracked().unwrap_or_default();
            let new_key = Some(sent.clone()).filter(|key| !key.trim().is_empty());
            prompt.confirmed(|| model_save(model.clone(), new_key.clone())).await?;
            // A key that was typed meanwhile stays.
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
    let undo = move |()| {
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
                <SwitchField
                    label="The model answers customers"
                    is_on=Signal::derive(move || form.typed.with(|typed| typed.enabled))
                    toggle=move |now| form.edit(|typed| typed.enabled = now)
                />
                <div class="pair">
                    <SelectField
                        id="model-provider"
                        label="Provider"
                        options=options(Provider::ALL, Provider::label, Provider::label)
                        value=Signal::derive(move || form.typed.with(|typed| typed.provider.label().to_owned()))
                        choose=move |chosen: String| {
                            if let Some(provider) = Provider::ALL.into_iter().find(|one| one.label() == chosen) {
                                form.edit(|typed| typed.provider = provider);
                            }
                        }
                    />
                    <TextField
                        id="model-name"
                        label="Model"
                        hint="The model's name at your provider."
                        kind=FieldKind::Code
                        text=text(ModelField::Model, part!(model))
                    />
                </div>
                <TextField
                    id="model-address"
                    label="Address"
                    hint="API base URL incl. version. Leave empty for the default."
                    kind=FieldKind::Code
                    placeholder=Signal::derive(move || form.typed.with(|typed| typed.provider.address().to_owned()))
                    text=text(ModelField::Address, part!(address))
                />
                <Key page/>
            </div>
            <div class="form part">
                <TextField
                    id="model-instructions"
                    label="Instructions"
                    hint="Who the bot is, what it knows, how it speaks, and when to call an agent. Customers' messages are never mixed in."
                    rows=8
                    text=text(ModelField::Instructions, part!(instructions))
                />
                <TextField
                    id="model-unreadable"
                    label="Reply to unsupported messages"
                    hint="Sent for voice notes, pictures and documents. Leave empty to call an agent instead."
                    rows=2
                    text=text(ModelField::Unreadable, part!(unreadable))
                />
            </div>
            <fieldset class="form part">
                <legend class="legend">"Limits"</legend>
                <p class="hint">"Past any of these, an agent is called, so that no customer is left without a reply."</p>
                <div class="pair three">
                    <TextField
                        id="model-turns"
                        label="Replies per conversation"
                        kind=FieldKind::Number
                        text=text(ModelField::MaxTurns, part!(max_turns))
                    />
                    <TextField
                        id="model-rounds"
                        label="Model calls per reply"
                        hint="Each round of tool calls takes one."
                        kind=FieldKind::Number
                        text=text(ModelField::MaxRounds, part!(max_rounds))
                    />
                    <TextField
                        id="model-tokens"
                        label="Tokens per reply"
                        kind=FieldKind::Number
                        text=text(ModelField::MaxTokens, part!(max_tokens))
                    />
                    <TextField
                        id="model-time"
                        label="Time per reply (s)"
                        hint="Tools included."
                        kind=FieldKind::Number
                        text=text(ModelField::TimeOut, part!(time_out))
                    />
                    <TextField
                        id="model-silence"
                        label="Time to first token (s)"
                        kind=FieldKind::Number
                        text=text(ModelField::Silence, part!(silence))
                    />
                    <TextField
                        id="model-temperature"
                        label="Temperature"
                        hint="0 to 2. Leave empty for the model's default."
                        text=text(ModelField::Temperature, part!(temperature))
                    />
                </div>
                <div class="pair">
                    <TextField
                        id="model-budget"
                        label="Tokens per day"
                        kind=FieldKind::Number
                        text=text(ModelField::DailyBudget, part!(daily_budget))
                    />
                    <Used page/>
                </div>
                <ConflictNotice shown=form.conflict label="Reload the model" reload=undo/>
            </fieldset>
            <SaveBar progress undo blocked=Signal::derive(move || faults.with(|faults| !faults.is_empty()))/>
        </form>
    }
}

/// The key's field. The server never returns the key, only whether one is set and since when.
#[component]
fn Key(page: BotPageState) -> impl IntoView {
    let BotPageState { data, key, form, refresh } = page;
    let state = Memo::new(move |_| data.with(|bot| bot.key));
    let is_set = Memo::new(move |_| state.get() != KeyState::Missing);
    // A self-hosted server may need no key.
    let is_missing = Memo::new(move |_| {
        let is_theirs = form.typed.with(|typed| typed.enabled && typed.address.trim().is_empty());
        is_theirs && !is_set.get() && key.with(|typed| typed.trim().is_empty())
    });
    let (forget, prompt) = (Submit::with_toasts(), PasswordPrompt::expect());
    let hydrated = hydrated();
    let edit = Callback::new(move |now| {
        form.error.set(None);
        key.set(now);
    });
    view! {
        <div class="stack tight">
            <TextField
                id="model-key"
                label="Key"
                hint="Stored encrypted. Never shown again or logged."
                kind=FieldKind::Secret
                placeholder=Signal::derive(move || {
                    if is_set.get() { "A key is set. Type to replace it." } else { "No key is set." }.to_owned()
                })
                text=TextBinding { value: key.into(), edit, error: Some(form.error.into()) }
            />
            <span class="warn" role="status" hidden=move || !is_missing.get()>
                <Icon name="warn"/>
                <span>"This provider needs a key. Without one, every question goes to an agent."</span>
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
                        disabled=move || !hydrated.get()
                        aria-disabled=move || forget.pending().to_string()
                        on:click=move |_| forget.run(prompt.confirmed(model_key_forget), move |()| refresh.mark())
                    >
                        "Remove the key"
                    </button>
                </div>
            </Show>
        </div>
    }
}

/// The tokens used today, and the daily budget.
#[component]
fn Used(page: BotPageState) -> impl IntoView {
    let numbers = Memo::new(move |_| page.data.with(|bot| (bot.used_today, bot.model.daily_budget)));
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
