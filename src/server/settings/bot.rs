//! Reads the data of the bot's page: the model, its tools, names of secrets, and today's tokens. Nothing is written,
//! and encrypted values are not returned.

use crate::{
    contract::bot::{BotSettings, KeyState, SecretRow, ToolRow},
    domain::{
        calendar,
        flow::definition::{Flow, StepKind},
        ids::TenantId,
    },
    server::store::{flows, models, secrets, tenants, tools},
};

use super::{
    Result, Settings, SettingsError,
    tools::{secrets_in, secrets_of},
};

impl Settings {
    pub async fn read_bot(&self, tenant: &TenantId) -> Result<BotSettings> {
        let mut tx = self.db.begin_read().await?;
        let zone = tenants::find(&mut tx, tenant).await?.ok_or(SettingsError::NotFound)?.settings.zone;
        let used = models::used(&mut tx, tenant, &calendar::date(&zone, self.clock.now())).await?;
        let row = models::find(&mut tx, tenant).await?;
        let named = secrets::names(&mut tx, tenant).await?;
        let tools = tools::list(&mut tx, tenant).await?;
        let live = flows::live(&mut tx, tenant).await?;
        let rows = named.iter().map(|(name, changed)| {
            let of_tools = tools.iter().filter(|tool| secrets_of(tool).contains(name));
            let of_flows = live.iter().filter(|live| secrets_of_flow(&live.flow).contains(name));
            let used_by = of_tools
                .map(|tool| tool.name.clone())
                .chain(of_flows.map(|live| format!("flow “{}”", live.flow.name)))
                .collect();
            SecretRow { name: name.clone(), changed: *changed, used_by }
        });
        let secrets = rows.collect();
        let is_set = |name: &String| named.iter().any(|(set, _)| set == name);
        let tools = tools
            .into_iter()
            .map(|tool| ToolRow { missing: secrets_of(&tool).into_iter().filter(|name| !is_set(name)).collect(), tool })
            .collect();
        let key = match &row {
            Some(row) if row.key.is_some() => KeyState::Set(row.key_changed),
            _ => KeyState::Missing,
        };
        let model = row.map(|row| row.settings).unwrap_or_default();
        Ok(BotSettings { model, key, used_today: u64::try_from(used).unwrap_or(0), tools, secrets })
    }
}

/// Names of the secrets that a flow's requests use.
fn secrets_of_flow(flow: &Flow) -> Vec<String> {
    let requests = flow.all().into_iter().filter_map(|step| {
        let StepKind::Http(http) = &step.act else { return None };
        Some(http)
    });
    secrets_in(requests.flat_map(|http| http.headers.iter().map(|header| header.value.as_str())))
}
