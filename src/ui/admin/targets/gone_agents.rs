//! Whether the conversations of agents who are offline go back to Unassigned: a switch below the targets.

use leptos::prelude::*;

use crate::{
    api::settings::gone_agents_save,
    contract::Result,
    domain::settings::{GoneAgents, TenantSettings},
    ui::{
        kit::{RefreshTrigger, SwitchField, send_optimistic},
        state::AppState,
    },
};

#[component]
pub fn GoneAgentsSwitch(settings: RwSignal<TenantSettings>, refresh: RefreshTrigger) -> impl IntoView {
    let app = AppState::expect();
    let is_on = Signal::derive(move || settings.with(|settings| settings.gone_agents == GoneAgents::Release));
    let toggle = move |on: bool| {
        let (before, now) = match on {
            true => (GoneAgents::Keep, GoneAgents::Release),
            false => (GoneAgents::Release, GoneAgents::Keep),
        };
        settings.update(|settings| settings.gone_agents = now);
        let save = async move {
            gone_agents_save(now).await?;
            refresh.mark();
            Result::Ok(())
        };
        send_optimistic(app, save, move || {
            let _left = settings.try_update(|settings| settings.gone_agents = before);
        });
    };
    view! {
        <div class="card">
            <div class="form">
                <fieldset aria-describedby="gone-agents-hint">
                    <legend class="legend">"Offline agents"</legend>
                    <p class="hint" id="gone-agents-hint">
                        "When an agent has been offline for five minutes within opening hours, conversations in which the customer waits for their reply go back to Unassigned. The customer's waiting time keeps running, and the agent is told when they are back."
                    </p>
                    <SwitchField label="Return waiting conversations of offline agents to Unassigned" is_on toggle />
                </fieldset>
            </div>
        </div>
    }
}
