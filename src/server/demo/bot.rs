//! Acme's bot: the order-status flow live, the other ready flows as drafts, and a language model where the environment
//! names one. Set up after the week: its conversations are from before the flows.

use super::{Failure, House, TENANT, shop};
use crate::{
    api::flow::NewFlow,
    domain::{
        event::Actor,
        flow::{
            definition::{Act, Flow, Model, Step},
            samples::{self, Sample},
        },
        ids::TenantId,
        model::ModelSettings,
    },
    server::{
        config::{Config, DemoModel},
        store::{flows, models, tenants},
    },
};

/// What the model is told beside the tenant's instructions.
const TASK: &str = "The customer was asked for an order number and did not give one that fits. Find out what they want. \
                    Help if you can; call finish once they have what they need; ask for a person when you cannot help.";

/// Makes the flows once, and the model whenever the environment names one.
pub async fn set_up(house: &House, config: &Config) -> Result<(), Failure> {
    let mut tx = house.db.begin_read().await?;
    let tenant = tenants::by_name(&mut tx, TENANT).await?.ok_or("the demo's tenant is not there")?.id;
    let known = flows::list(&mut tx, &tenant).await?;
    drop(tx);
    if known.is_empty() {
        make_flows(house, &tenant, &format!("http://{}{}", config.simulator_listen, shop::ORDERS)).await?;
    }
    if let Some(model) = &config.demo_model {
        set_model(house, &tenant, model, config).await?;
    }
    Ok(())
}

async fn make_flows(house: &House, tenant: &TenantId, orders: &str) -> Result<(), Failure> {
    for sample in Sample::ALL {
        let flow = match sample {
            Sample::OrderStatus => with_model(samples::order_status(orders)),
            other => other.flow(),
        };
        let json = serde_json::to_string(&flow)?;
        let id = house.settings.flow_create(tenant, Actor::System, NewFlow::Import { json }).await?;
        if sample == Sample::OrderStatus {
            let page = house.settings.flow(tenant, &id).await?;
            house.settings.flow_publish(tenant, Actor::System, &id, page.revision).await?;
        }
    }
    Ok(())
}

/// Where no answer fits, the model takes over the talk; without one, or when it fails, the flow calls a person as before.
fn with_model(mut flow: Flow) -> Flow {
    if let Some(Act::Question(question)) = flow.steps.first_mut().map(|step| &mut step.act) {
        let on_failure = std::mem::take(&mut question.on_failure);
        let model = Model { instructions: TASK.to_owned(), tools: Vec::new(), on_failure };
        question.on_failure = vec![
            Step { id: "model".into(), name: "Talk it over".into(), act: Act::Model(model) },
            Step {
                id: "after_model".into(),
                name: String::new(),
                act: Act::Jump(crate::domain::flow::definition::Jump { to: "ask_more".into() }),
            },
        ];
    }
    flow
}

async fn set_model(house: &House, tenant: &TenantId, model: &DemoModel, config: &Config) -> Result<(), Failure> {
    let settings = ModelSettings {
        enabled: true,
        provider: model.provider,
        address: model.address.clone(),
        model: model.model.clone(),
        ..ModelSettings::default()
    };
    if let Some(fault) = settings.fault() {
        return Err(format!("the demo's model: {fault}").into());
    }
    let sealed = match model.key.0.as_str() {
        "" => None,
        key => Some(crate::server::seal::Seal::new(&config.secret_key.0).seal(&house.entropy, key)?),
    };
    let mut tx = house.db.begin_write().await?;
    models::save_settings(&mut tx, tenant, &settings).await?;
    models::save_key(&mut tx, tenant, sealed.as_deref()).await?;
    tx.commit().await?;
    Ok(())
}
