//! The bot page: the language model, its tools, the secrets of both, and a form to try it.

use leptos::prelude::*;

use super::{
    model::{ModelForm, TryModel, TypedModel},
    secrets::Secrets,
    tools::Tools,
};
use crate::{
    api::bot::read_bot,
    contract::bot::BotSettings,
    ui::{
        kit::{EditState, PageHead, RefreshTrigger, lazy_route, live_resource},
        state::AppState,
    },
};

/// What the model's form and the form to try it share.
#[derive(Clone, Copy)]
pub struct BotPageState {
    pub data: RwSignal<BotSettings>,
    pub refresh: RefreshTrigger,
    pub form: EditState<TypedModel>,
    /// The typed key. Not part of the form's value, because the saved key is never read.
    pub key: RwSignal<String>,
}

lazy_route!(BotRoute in settings, BotPage);

#[component]
fn BotPage() -> impl IntoView {
    let refresh = RefreshTrigger::watch(AppState::expect());
    view! {
        <PageHead
            title="Bot"
            lead="A language model that answers where no flow does, or where a flow hands the conversation to it. A customer who asks for an agent always gets one."
        />
        {live_resource(refresh, read_bot, move |data| {
            let saved = Memo::new(move |_| data.with(|bot| TypedModel::of(&bot.model)));
            let page = BotPageState { data, refresh, form: EditState::new(saved, None), key: RwSignal::new(String::new()) };
            view! {
                <div class="cols full">
                    <div class="stack">
                        <ModelForm page/>
                        <Tools bot=data refresh/>
                        <Secrets bot=data refresh/>
                    </div>
                    <TryModel page/>
                </div>
            }
        })}
    }
}
