//! The bot page: its language model, what that may call, the secrets of both, and a place to try it.

use leptos::prelude::*;

use super::{
    model::{ModelForm, TryModel, TypedModel},
    secrets::Secrets,
    tools::Tools,
};
use crate::{
    api::bot::read_bot,
    contract::bot::Bot,
    ui::{
        kit::{EditState, PageHead, RefreshTrigger, lazy_route, live_resource},
        state::AppState,
    },
};

/// What the model's form and its trial share.
#[derive(Clone, Copy)]
pub struct BotPageState {
    pub data: RwSignal<Bot>,
    pub refresh: RefreshTrigger,
    pub form: EditState<TypedModel>,
    /// A key that was typed and not saved. It is kept beside the form, because the saved one is never read.
    pub key: RwSignal<String>,
}

lazy_route!(BotRoute in bot, BotPage);

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
