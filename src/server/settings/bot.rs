//! Reads the data of the bot's page: the model, its tools, names of secrets, and today's tokens. Nothing is written,
//! and encrypted values are not returned.

use crate::{
    contract::bot::{BotSettings, KeyState, SecretRow, ToolRow},
    domain::{calendar, flow::definition::Flow, ids::TenantId},
    server::store::{flows, models, secrets, tenants, tools},
};

use super::{
    Result, Settings, SettingsError,
    secret_hosts::{requests, shown},
    tools::secrets_of,
};

impl Settings {
    pub async fn read_bot(&self, tenant: &TenantId) -> Result<BotSettings> {
        let mut tx = self.db.begin_read().await?;
        let zone = tenants::find(&mut tx, tenant).await?.ok_or(SettingsError::NotFound)?.settings.zone;
        let used = models::used(&mut tx, tenant, &calendar::date(&zone, self.clock.now())).await?;
        let row = models::find(&mut tx, tenant).await?;
        let named = secrets::list(&mut tx, tenant).await?;
        let tools = tools::list(&mut tx, tenant).await?;
        let live = flows::live(&mut tx, tenant).await?;
        let rows = named.iter().map(|secret| {
            let of_tools = tools.iter().filter(|tool| secrets_of(tool).contains(&secret.name));
            let of_flows = live.iter().filter(|live| uses(&live.flow, &secret.name));
            let used_by = of_tools
                .map(|tool| tool.name.clone())
                .chain(of_flows.map(|live| format!("flow “{}”", live.flow.name)))
                .collect();
            let hosts = secret.hosts.iter().map(|origin| shown(origin).to_owned()).collect();
            SecretRow { name: secret.name.clone(), hosts, changed: secret.changed, used_by }
        });
        let secrets = rows.collect();
        let is_set = |name: &String| named.iter().any(|set| set.name == *name);
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

/// Whether a request of a flow uses a secret.
fn uses(flow: &Flow, name: &str) -> bool {
    requests(flow).any(|(_, used)| used.iter().any(|used| used == name))
}
