//! The tools that a tenant's model may call. A tool is saved only if its schema defines all arguments of its templates.

use crate::{
    domain::{
        event::{Change, Setting},
        flow::definition::{Flow, StepKind},
        ids::TenantId,
        interpolation::{self, Form},
        model::{ToolDefinition, ToolField},
    },
    server::{
        accounts::Reauthenticated,
        llm::schema,
        store::{flows, secrets, tools},
    },
};

use super::{Result, Settings, SettingsError, configured, secret_hosts};

/// Most tools of one tenant. Models cannot choose well among more.
const TOOLS: usize = 64;

impl Settings {
    /// All faults of a tool that is being edited, each with its field.
    pub async fn tool_check(&self, tenant: &TenantId, tool: &ToolDefinition) -> Vec<(ToolField, String)> {
        faults_aside(tenant, tool).await
    }

    /// `was` is the tool's current name; `None` creates a new tool.
    ///
    /// # Errors
    /// [`SettingsError::Invalid`] for a tool with a fault, [`SettingsError::Taken`] if another tool has the name,
    /// [`SettingsError::NotFound`] if there is no tool of the name `was`.
    pub async fn tool_save(
        &self,
        tenant: &TenantId,
        by: Reauthenticated,
        was: Option<&str>,
        tool: ToolDefinition,
    ) -> Result<()> {
        if let Some((_, detail)) = faults_aside(tenant, &tool).await.into_iter().next() {
            return Err(SettingsError::Invalid(detail));
        }
        let (mut tx, _) = self.begin(tenant).await?;
        let known = tools::list(&mut tx, tenant).await?;
        let before = known.iter().find(|known| Some(known.name.as_str()) == was);
        if was.is_some() && before.is_none() {
            return Err(SettingsError::NotFound);
        }
        if before == Some(&tool) {
            return Ok(tx.rollback().await?);
        }
        let set = secrets::list(&mut tx, tenant).await?;
        if let Some(detail) = secret_hosts::refusal(&tool.url, &secrets_of(&tool), &set) {
            return Err(SettingsError::Invalid(detail));
        }
        let renamed = was.filter(|was| *was != tool.name);
        if (was.is_none() || renamed.is_some()) && known.iter().any(|known| known.name == tool.name) {
            return Err(SettingsError::Taken(format!("There is already a tool “{}”. Choose another name.", tool.name)));
        }
        if let Some(was) = renamed
            && let Some(live) = flows::live(&mut tx, tenant).await?.into_iter().find(|live| offers(&live.flow, was))
        {
            return Err(SettingsError::Invalid(format!(
                "The live flow “{}” uses the tool “{was}”. Add a tool with the new name, and remove this one from the \
                 flow first.",
                live.flow.name
            )));
        }
        if was.is_none() && known.len() >= TOOLS {
            return Err(SettingsError::Invalid(format!("You can have up to {TOOLS} tools. Remove one first.")));
        }
        if let Some(was) = renamed {
            tools::remove(&mut tx, tenant, was).await?;
        }
        tools::save(&mut tx, tenant, &tool).await?;
        let change = if was.is_some() { Change::Changed } else { Change::Added };
        let changes = vec![configured(Setting::Tool, Some(&tool.name), change)];
        self.commit(tx, tenant, self.clock.now(), by.into_initiator(), changes).await
    }

    /// # Errors
    /// [`SettingsError::NotFound`] if there is no tool of that name.
    pub async fn tool_remove(&self, tenant: &TenantId, by: Reauthenticated, name: &str) -> Result<()> {
        let (mut tx, _) = self.begin(tenant).await?;
        if !tools::remove(&mut tx, tenant, name).await? {
            return Err(SettingsError::NotFound);
        }
        let changes = vec![configured(Setting::Tool, Some(name), Change::Removed)];
        self.commit(tx, tenant, self.clock.now(), by.into_initiator(), changes).await
    }
}

/// Whether a model step of a flow allows a tool.
fn offers(flow: &Flow, tool: &str) -> bool {
    flow.all()
        .iter()
        .any(|step| matches!(&step.act, StepKind::Model(model) if model.tools.iter().any(|name| name == tool)))
}

/// The templates of a tool, each with its field and the form of its result.
fn templates(tool: &ToolDefinition) -> impl Iterator<Item = (ToolField, &str, Form)> {
    let headers = tool.headers.iter().enumerate();
    std::iter::once((ToolField::Url, tool.url.as_str(), Form::Url))
        .chain(headers.map(|(at, header)| (ToolField::Header(at), header.value.as_str(), Form::Header)))
        .chain(std::iter::once((ToolField::Body, tool.body.as_str(), Form::Json)))
}

/// [`faults`] on a blocking thread, because compiling a schema takes a while.
async fn faults_aside(tenant: &TenantId, tool: &ToolDefinition) -> Vec<(ToolField, String)> {
    let tool = tool.clone();
    schema::aside(tenant, move || faults(&tool)).await.unwrap_or_else(|error| {
        tracing::error!(%error, "settings: checking a tool failed");
        vec![(ToolField::Schema, "The schema couldn't be checked. Simplify it.".to_owned())]
    })
}

/// The domain's checks, and those that need the server: whether the schema is valid, and whether templates use only its
/// arguments.
fn faults(tool: &ToolDefinition) -> Vec<(ToolField, String)> {
    let mut faults = tool.faults();
    faults.extend(schema::fault(&tool.schema).map(|detail| (ToolField::Schema, detail)));
    let arguments = tool.schema.get("properties").and_then(serde_json::Value::as_object);
    let is_closed = tool.schema.get("additionalProperties") == Some(&serde_json::Value::Bool(false));
    for (field, text, form) in templates(tool) {
        if text.trim().is_empty() {
            continue;
        }
        let names = match interpolation::names(text, form) {
            Ok(names) => names,
            Err(fault) => {
                faults.push((field, fault.detail));
                continue;
            }
        };
        let is_argument = |name: &str| arguments.is_some_and(|arguments| arguments.contains_key(name));
        let unknown = names.iter().map(|name| name.name.as_str()).find(|name| {
            let base = name.split('.').next().unwrap_or_default();
            base != "secret" && !is_argument(base)
        });
        if let Some(unknown) = unknown
            && (is_closed || arguments.is_some())
        {
            faults.push((
                field,
                format!("The schema has no argument “{unknown}”. Add it to the schema, or remove it from the request."),
            ));
        }
    }
    faults
}

/// Names of the secrets that a tool's headers use.
pub(super) fn secrets_of(tool: &ToolDefinition) -> Vec<String> {
    secrets_in(tool.headers.iter().map(|header| header.value.as_str()))
}

/// Names of the secrets that header values use.
pub(super) fn secrets_in<'v>(values: impl Iterator<Item = &'v str>) -> Vec<String> {
    let mut secrets: Vec<String> = values
        .filter_map(|value| interpolation::names(value, Form::Header).ok())
        .flatten()
        .filter_map(|name| name.name.strip_prefix("secret.").map(str::to_owned))
        .collect();
    secrets.sort_unstable();
    secrets.dedup();
    secrets
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::domain::model::ToolHeader;

    fn tool() -> ToolDefinition {
        ToolDefinition {
            name: "order_status".into(),
            description: "Looks an order up.".into(),
            schema: json!({"type": "object", "properties": {"order": {"type": "string"}}, "required": ["order"]}),
            url: "https://shop.example.com/orders/{{ order }}".into(),
            headers: vec![ToolHeader { name: "Authorization".into(), value: "Bearer {{ secret.SHOP }}".into() }],
            ..ToolDefinition::default()
        }
    }

    #[test]
    fn a_valid_tool_has_no_fault_and_lists_its_secrets() {
        assert_eq!(faults(&tool()), []);
        assert_eq!(secrets_of(&tool()), ["SHOP"]);
    }

    #[test]
    fn each_fault_names_its_field() {
        let mut wrong = tool();
        wrong.schema = json!({"type": "object", "properties": {"order": {"type": "sting"}}});
        wrong.url = "https://shop.example.com/orders/{{ number }}".into();
        wrong.headers.push(ToolHeader { name: "X-A".into(), value: "{{ order".into() });
        wrong.body = r#"{"key": "{{ secret.SHOP }}"}"#.into();
        let fields: Vec<ToolField> = faults(&wrong).into_iter().map(|(field, _)| field).collect();
        assert_eq!(fields, [ToolField::Schema, ToolField::Url, ToolField::Header(1), ToolField::Body]);
    }
}
