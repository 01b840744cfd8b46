//! The bot of Acme: the order-status flow is live, the other sample flows are drafts, and there is a language model if
//! the environment names one. Created after the past week, whose conversations have no flows.

use super::{BoxError, Services, TENANT, shop};
use crate::{
    contract::flow::NewFlow,
    domain::{
        event::Initiator,
        flow::{
            definition::{Flow, Model, Step, StepKind},
            samples::{self, Sample},
        },
        ids::TenantId,
        model::{ModelSettings, ToolDefinition},
    },
    server::{
        accounts::Reauthenticated,
        config::{Config, DemoModel},
        store::{flows, tenants},
    },
};

/// The model step's instructions, besides the tenant's.
const TASK: &str = "The customer was asked for an order number and did not give a valid one. Find out what they want. \
                    Help if you can; call finish once they have what they need; ask for a person when you cannot help.";

/// Name of the tool with which the model looks up orders.
const LOOK_UP: &str = "order_status";

/// Creates the flows once, and configures the model at each start at which the environment names one.
pub async fn set_up(services: &Services, config: &Config) -> Result<(), BoxError> {
    let mut tx = services.db.begin_read().await?;
    let tenant = tenants::by_name(&mut tx, TENANT).await?.ok_or("the demo's tenant is missing")?.id;
    let known = flows::list(&mut tx, &tenant).await?;
    drop(tx);
    if known.is_empty() {
        let orders = format!("http://{}{}", config.simulator_listen, shop::ORDERS);
        services.settings.tool_save(&tenant, Reauthenticated::operator(), None, look_up(&orders)).await?;
        make_flows(services, &tenant, &orders).await?;
    }
    if let Some(model) = &config.demo_model {
        set_model(services, &tenant, model).await?;
    }
    Ok(())
}

async fn make_flows(services: &Services, tenant: &TenantId, orders: &str) -> Result<(), BoxError> {
    for sample in Sample::ALL {
        let flow = match sample {
            Sample::OrderStatus => with_model(samples::order_status(orders)),
            other => other.flow(),
        };
        let json = serde_json::to_string(&flow)?;
        let id = services.settings.flow_create(tenant, Initiator::SYSTEM, NewFlow::Import { json }).await?;
        if sample == Sample::OrderStatus {
            let page = services.settings.read_flow(tenant, &id).await?;
            services.settings.flow_publish(tenant, Initiator::SYSTEM, &id, page.revision).await?;
        }
    }
    Ok(())
}

fn look_up(orders: &str) -> ToolDefinition {
    ToolDefinition {
        name: LOOK_UP.to_owned(),
        description: "Looks up where an order is. Use it when the customer has told their order number.".to_owned(),
        schema: serde_json::json!({
            "type": "object",
            "properties": {"order": {"type": "string", "description": "The order number, such as 10042."}},
            "required": ["order"],
            "additionalProperties": false,
        }),
        url: format!("{orders}/{{{{ order }}}}"),
        ..ToolDefinition::default()
    }
}

/// If the answer to the question is invalid, the model takes over. Without a model, or if it fails, the flow escalates
/// as before.
fn with_model(mut flow: Flow) -> Flow {
    if let Some(StepKind::Question(question)) = flow.steps.first_mut().map(|step| &mut step.act) {
        let on_failure = std::mem::take(&mut question.on_failure);
        let model = Model { instructions: TASK.to_owned(), tools: vec![LOOK_UP.to_owned()], on_failure };
        question.on_failure = vec![
            Step { id: "model".into(), name: "Let the AI clarify".into(), act: StepKind::Model(model) },
            Step {
                id: "after_model".into(),
                name: String::new(),
                act: StepKind::Jump(crate::domain::flow::definition::Jump { to: "ask_more".into() }),
            },
        ];
    }
    flow
}

async fn set_model(services: &Services, tenant: &TenantId, model: &DemoModel) -> Result<(), BoxError> {
    let settings = ModelSettings {
        enabled: true,
        provider: model.provider,
        address: model.address.clone(),
        model: model.model.clone(),
        ..ModelSettings::default()
    };
    // A key from an earlier start may belong to another server.
    services.settings.model_key_forget(tenant, Reauthenticated::operator()).await?;
    services.settings.model_save(tenant, Reauthenticated::operator(), settings, Some(model.key.expose())).await?;
    Ok(())
}
