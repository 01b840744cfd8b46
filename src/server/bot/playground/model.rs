//! Asks the language model one question with the settings as typed. No conversation is created, and tool calls are
//! shown instead of executed.

use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use tokio_util::sync::CancellationToken;

use crate::{
    contract::bot::{ModelTrial, TrialCall},
    domain::{ids::TenantId, message::TEXT_LIMIT, model::ModelSettings, time::Span},
    server::{
        bot::budget,
        llm::{
            BuiltIn, End, Endpoint, Limits, LlmFault, Prompt, PromptMessage, SetVariable, ToolAnswer, ToolCall,
            ToolSpec, Tools, TurnResult,
        },
        seal::SealedField,
        secret::Secret,
        settings::{
            Result, SettingsError,
            model::{OTHER_SERVER, trimmed, usable},
        },
        store::{models, tenants, tools},
    },
};

use super::Playground;

/// The tenant's data that a question needs.
struct TenantModel {
    tenant_name: String,
    tools: Vec<Arc<ToolSpec>>,
    key: Secret,
    tokens_left: u64,
}

impl Playground {
    /// Asks one question as a customer who has written nothing else. Its tokens count against the tenant's daily
    /// budget.
    ///
    /// # Errors
    /// [`SettingsError::Invalid`] if the settings or the question cannot be used, or if the saved key belongs to
    /// another server than the one typed. A failure of the model is not an error: the result describes it.
    pub async fn model_try(
        &self,
        tenant: &TenantId,
        model: ModelSettings,
        key: Option<&str>,
        question: &str,
    ) -> Result<ModelTrial> {
        let model = ModelSettings { enabled: true, ..trimmed(model) };
        let key = usable(&model, key)?;
        let question = question.trim();
        if question.is_empty() || question.chars().count() > TEXT_LIMIT {
            return Err(SettingsError::Invalid(format!("Enter a question of 1 to {TEXT_LIMIT} characters.")));
        }
        let tenant_model = self.tenant_model(tenant, &model, key).await?;
        let mut offered: Vec<Arc<ToolSpec>> =
            BuiltIn::ALL.into_iter().filter(|tool| *tool != BuiltIn::Finish).map(BuiltIn::spec).collect();
        offered.extend(tenant_model.tools);
        let system = format!(
            "{}\n\nYou write for {} on WhatsApp.",
            model.instructions.trim(),
            serde_json::Value::String(tenant_model.tenant_name)
        );
        let prompt = Prompt { system, messages: vec![PromptMessage::Customer(question.to_owned())], tools: offered };
        let limits = Limits { rounds: model.max_rounds };
        let tools = RecordingTools {
            tenant: tenant.clone(),
            recorded: Mutex::default(),
            tokens_left: tenant_model.tokens_left,
        };
        // If the admin leaves the page, the request is dropped and with it the connection.
        let cancel = CancellationToken::new();
        let outcome = self.llm.run_turn(&Endpoint::of(&model, tenant_model.key), prompt, &tools, limits, &cancel).await;
        let Recorded { calls, tokens } = tools.recorded.into_inner().unwrap_or_else(PoisonError::into_inner);
        budget::spend(&self.db, tenant, self.clock.now(), tokens).await?;
        Ok(trial(outcome, calls, tokens))
    }

    async fn tenant_model(&self, tenant: &TenantId, model: &ModelSettings, key: Option<&str>) -> Result<TenantModel> {
        let mut tx = self.db.begin_read().await?;
        let record = tenants::find(&mut tx, tenant).await?.ok_or(SettingsError::NotFound)?;
        let now = self.clock.now();
        let tokens_left = budget::tokens_left(&mut tx, tenant, &record.settings.zone, model, now).await?;
        let key = match (key, models::find(&mut tx, tenant).await?) {
            (Some(key), _) => Secret::new(key),
            (None, Some(models::ModelRow { settings, key: Some(sealed), .. })) => {
                if !settings.same_server(model) {
                    return Err(SettingsError::Invalid(OTHER_SERVER.to_owned()));
                }
                self.seal.open(SealedField::ModelKey(tenant), &sealed)?
            }
            (None, _) => Secret::new(""),
        };
        let tools = tools::list(&mut tx, tenant).await?.iter().map(|tool| Arc::new(ToolSpec::from(tool))).collect();
        Ok(TenantModel { tenant_name: record.name, tools, key, tokens_left })
    }
}

/// Records tool calls without executing them.
struct RecordingTools {
    tenant: TenantId,
    recorded: Mutex<Recorded>,
    /// Left of the tenant's daily budget when the question was asked.
    tokens_left: u64,
}

#[derive(Default)]
struct Recorded {
    calls: Vec<TrialCall>,
    tokens: u64,
}

#[async_trait]
impl Tools for RecordingTools {
    fn tenant(&self) -> &TenantId {
        &self.tenant
    }

    async fn call(&self, call: &ToolCall, _left: Span) -> ToolAnswer {
        let arguments = call.pretty();
        let recorded_call = TrialCall { name: call.name.clone(), arguments };
        self.recorded.lock().unwrap_or_else(PoisonError::into_inner).calls.push(recorded_call);
        if BuiltIn::named(&call.name) == Some(BuiltIn::SetVariable) {
            let fits = SetVariable::read(&call.written).is_some();
            return ToolAnswer::Result(
                if fits { "saved" } else { "error: the arguments don't match the schema." }.to_owned(),
            );
        }
        // No response is invented for an API call, so the run ends here.
        ToolAnswer::End(End::Finish)
    }

    async fn spent(&self, tokens: u64) {
        let mut recorded = self.recorded.lock().unwrap_or_else(PoisonError::into_inner);
        recorded.tokens = recorded.tokens.saturating_add(tokens);
    }

    async fn tokens_left(&self) -> u64 {
        let recorded = self.recorded.lock().unwrap_or_else(PoisonError::into_inner);
        self.tokens_left.saturating_sub(recorded.tokens)
    }
}

fn trial(outcome: std::result::Result<TurnResult, LlmFault>, calls: Vec<TrialCall>, tokens: u64) -> ModelTrial {
    let ended = match outcome {
        Ok(ended) => ended,
        Err(fault) => {
            return ModelTrial { answer: None, then: None, calls, fault: Some(describe_fault(&fault)), tokens };
        }
    };
    let then = match ended.end {
        Some(End::Handoff(handoff)) => Some(format!("Hands off to an agent: {}", handoff.reason)),
        Some(End::Close) => Some("Closes the conversation.".to_owned()),
        Some(End::Finish) => Some("Would call this tool, read its result and continue. Nothing is sent.".to_owned()),
        None if ended.needs_person => {
            Some("Hands off to an agent: the reply promises one or says that one is needed.".to_owned())
        }
        None => None,
    };
    ModelTrial { answer: ended.answer, then, calls, fault: None, tokens }
}

/// Why there is no answer, for the admin who configures the model. More detailed than the reason of a handoff.
fn describe_fault(fault: &LlmFault) -> String {
    match fault {
        LlmFault::Error(Some(status @ (401 | 403))) => {
            format!("The server rejected the key (status {status}). Check the key and the address.")
        }
        LlmFault::Error(Some(404)) => {
            "The server doesn't know this model, or the address isn't its API (status 404). Check both.".to_owned()
        }
        LlmFault::Error(Some(status @ 400..=499)) => format!(
            "The server rejected the request (status {status}). Check the model's name, the temperature and the tools."
        ),
        LlmFault::Refused(fault) => fault.to_string(),
        LlmFault::MalformedArguments(tool) => {
            format!("The model called “{tool}” with arguments that don't match its schema.")
        }
        LlmFault::Cut => "The reply was cut off. Raise the tokens per reply, or ask for shorter replies.".to_owned(),
        LlmFault::Unreachable => "Couldn't connect to the server. Check the address.".to_owned(),
        other => other.failure().sentence().to_owned(),
    }
}
