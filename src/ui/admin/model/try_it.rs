//! A question to the model with the settings as typed. Nothing is sent to a customer; its tool calls are shown.

use leptos::prelude::*;

use super::typed::TypedModel;
use crate::{
    api::bot::model_try,
    contract::{
        ApiError, Result,
        bot::{ModelTrial, TrialCall},
    },
    domain::model::ModelSettings,
    ui::{
        admin::bot::BotPageState,
        kit::{PhonePreview, Submit, SubmitButton, TextBinding, TextInput},
        number::grouped,
    },
};

#[component]
pub fn TryModel(page: BotPageState) -> impl IntoView {
    let question = RwSignal::new(String::new());
    let answer = RwSignal::new(None::<(String, Result<ModelTrial>)>);
    let missing = Memo::new(move |_| page.form.typed.with(|typed| missing(typed.read().ok().as_ref())));
    let submit = Submit::with_toasts();
    let ask = move || {
        let asked = question.get_untracked().trim().to_owned();
        if asked.is_empty() {
            return;
        }
        let Ok(model) = page.form.typed.with_untracked(TypedModel::read) else { return };
        let key = Some(page.key.get_untracked()).filter(|key| !key.trim().is_empty());
        // A failure counts as an answer, because it is shown in its place.
        let request = async move {
            let answered = model_try(model, key, asked.clone()).await;
            Ok((asked, answered))
        };
        submit.run(request, move |answered| {
            answer.try_set(Some(answered));
            // Reads the used budget again.
            page.refresh.mark();
        });
    };
    let blocked = move || missing.with(Option::is_some) || question.with(|question| question.trim().is_empty());
    view! {
        <form
            class="card try"
            on:submit=move |event| {
                event.prevent_default();
                ask();
            }
        >
            <div>
                <h2 class="legend">"Try it"</h2>
                <p>"Asks the model with the settings as typed, saved or not. Nothing is sent, and no tool is called."</p>
            </div>
            <TextInput
                id="question"
                rows=3
                aria_label="A customer's question"
                placeholder="Do you deliver on Saturdays?"
                text=TextBinding::new(question)
            />
            <div class="actions end">
                <SubmitButton submit label="Ask" busy="Asking…" blocked=Signal::derive(blocked)/>
            </div>
            {move || missing.get().map(|words| view! { <p class="hint">{words}</p> })}
            <div aria-live="polite">
                {move || answer.get().map(|(asked, answered)| match answered {
                    Ok(trial) => outcome(asked, trial).into_any(),
                    Err(error) => failure(&error).into_any(),
                })}
            </div>
        </form>
    }
}

/// What is missing before a question can be asked.
fn missing(model: Option<&ModelSettings>) -> Option<&'static str> {
    match model {
        None => Some("Fix the model's fields first."),
        Some(model) if model.model.is_empty() => Some("Enter a model first."),
        Some(_) => None,
    }
}

fn failure(error: &ApiError) -> impl IntoView + use<> {
    view! { <div class="res bad"><b>"Couldn't ask the model."</b>" "{error.to_string()}</div> }
}

fn outcome(asked: String, trial: ModelTrial) -> impl IntoView {
    let ModelTrial { answer, then, calls, fault, tokens } = trial;
    let broke = fault.map(|words| {
        view! { <div class="res bad"><b>"No answer."</b>" "{words}" In a conversation, an agent would be called."</div> }
    });
    view! {
        <div class="stack">
            <PhonePreview
                wrote=Signal::stored(asked)
                reads=Signal::stored(answer)
                silence=Signal::stored("Nothing is sent")
            />
            {broke}
            {(!calls.is_empty()).then(|| view! { <Calls calls/> })}
            {then.map(|words| view! { <div class="res">{words}</div> })}
            <small class="hint">{format!("{} tokens, counted for today", grouped(tokens))}</small>
        </div>
    }
}

#[component]
fn Calls(calls: Vec<TrialCall>) -> impl IntoView {
    view! {
        <div>
            <h3 class="legend">"Tools called"</h3>
            <ul class="stack tight">
                {calls
                    .into_iter()
                    .map(|call| view! { <li><b>{call.name}</b><pre class="code" tabindex="0">{call.arguments}</pre></li> })
                    .collect_view()}
            </ul>
        </div>
    }
}
