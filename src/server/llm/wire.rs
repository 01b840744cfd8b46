//! Converts to the types of `genai`: endpoint, options and messages.

use genai::{
    ModelIden, ServiceTarget,
    adapter::AdapterKind,
    chat::{
        ChatMessage, ChatOptions, ChatRequest, ChatResponseFormat, ContentPart, JsonSpec, MessageContent,
        ReasoningEffort, Tool, ToolCall as WireCall, ToolResponse,
    },
    resolver::{AuthData, Endpoint as Base},
};
use reqwest::Url;

use super::{
    answer,
    prompt::{self, PromptLine},
    types::{Endpoint, Prompt, ToolCall},
};
use crate::domain::model::Provider;

/// Whether the answer's form is sent as a schema, or only described in the prompt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum AnswerFormat {
    Schema,
    Prompt,
}

pub(super) fn target(endpoint: &Endpoint, base: &Url) -> ServiceTarget {
    let kind = match endpoint.provider {
        Provider::OpenAi => AdapterKind::OpenAI,
        Provider::Anthropic => AdapterKind::Anthropic,
    };
    // `genai` joins paths to it. Without the slash the last segment would be replaced.
    let mut base = base.clone();
    base.set_query(None);
    base.set_fragment(None);
    let base = format!("{}/", base.as_str().trim_end_matches('/'));
    ServiceTarget {
        endpoint: Base::from_owned(base),
        auth: AuthData::from_single(endpoint.key.expose()),
        model: ModelIden::new(kind, endpoint.model.as_str()),
    }
}

pub(super) fn options(endpoint: &Endpoint, max_tokens: u32, format: AnswerFormat) -> ChatOptions {
    let mut options = ChatOptions::default()
        .with_capture_usage(true)
        .with_capture_content(false)
        .with_capture_tool_calls(false)
        .with_max_tokens(max_tokens)
        // `genai` cuts off `-low`, `-max` and similar ends of a name as an effort, and reads `a::b` as a namespace. The
        // body therefore sets the exact name.
        .with_extra_body(serde_json::json!({"model": endpoint.model}))
        .with_reasoning_effort(match endpoint.provider {
            // Results in no effort in the request, and keeps `genai` from deriving one from the name.
            Provider::OpenAi => ReasoningEffort::Budget(0),
            // Thoughts would have to be sent back, signed, with every tool result.
            Provider::Anthropic => ReasoningEffort::Zero,
        });
    if let Some(tenths) = endpoint.temperature {
        options = options.with_temperature(f64::from(tenths) / 10.0);
    }
    if format == AnswerFormat::Schema {
        let spec = JsonSpec::new("answer", answer::schema());
        options = options.with_response_format(ChatResponseFormat::JsonSpec(spec));
    }
    options
}

pub(super) fn request(prompt: &Prompt) -> ChatRequest {
    let mut request = ChatRequest::default().with_system(prompt::system(prompt));
    for line in prompt::lines(&prompt.messages) {
        request = request.append_message(match line {
            PromptLine::Customer(text) => ChatMessage::user(text),
            PromptLine::Bot(text) => ChatMessage::assistant(text),
        });
    }
    if prompt.tools.is_empty() {
        return request;
    }
    request.with_tools(prompt.tools.iter().map(|tool| {
        Tool::new(tool.name.as_str()).with_description(tool.description.as_str()).with_schema(tool.schema.clone())
    }))
}

/// The model's text together with its calls.
pub(super) fn called(text: &str, calls: &[ToolCall]) -> ChatMessage {
    let mut parts = Vec::with_capacity(calls.len() + 1);
    if !text.trim().is_empty() {
        parts.push(ContentPart::Text(text.to_owned()));
    }
    parts.extend(calls.iter().map(|call| {
        ContentPart::ToolCall(WireCall {
            call_id: call.id.clone(),
            fn_name: call.name.clone(),
            fn_arguments: call.arguments.clone(),
            thought_signatures: None,
        })
    }));
    ChatMessage::assistant(MessageContent::from_parts(parts))
}

/// All tool results in one message, as Anthropic requires.
pub(super) fn results(results: Vec<(ToolCall, String)>) -> ChatMessage {
    let parts: Vec<ContentPart> = results
        .into_iter()
        .map(|(call, text)| ContentPart::ToolResponse(ToolResponse::new(call.id, text).with_fn_name(call.name)))
        .collect();
    ChatMessage::tool(MessageContent::from_parts(parts))
}
