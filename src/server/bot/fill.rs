//! Completes a request right before it is sent: a tool's arguments go into its templates, secrets into headers. Secrets
//! are never stored with a request.

use std::collections::{BTreeMap, HashMap};

use serde_json::Value;

use super::Bot;
use crate::{
    domain::{
        flow::run::HttpCall,
        ids::TenantId,
        interpolation::{self, Form, InterpolationFault, NamePolicy, Scope},
        model::ToolDefinition,
        percent,
    },
    server::{
        conversations::ConversationError, fetch, seal::SealedField, secret::Secret, settings::secret_hosts::not_sent,
    },
};

/// A tool's request with the model's arguments filled in. Secrets are still named, not filled in.
///
/// # Errors
/// [`InterpolationFault`] if a template names an argument that the model left out, or if the result is invalid.
pub fn build_call(tool: &ToolDefinition, arguments: &BTreeMap<String, String>) -> Result<HttpCall, InterpolationFault> {
    let scope = Scope::new(NamePolicy::Open, arguments.iter().map(|(name, value)| (name.as_str(), value.as_str())));
    let headers = tool
        .headers
        .iter()
        .map(|header| Ok((header.name.clone(), interpolation::render(&header.value, &scope, Form::Header)?)))
        .collect::<Result<_, InterpolationFault>>()?;
    let body = match tool.body.trim() {
        "" => None,
        body => Some(interpolation::render(body, &scope, Form::Json)?),
    };
    Ok(HttpCall {
        method: tool.method,
        url: interpolation::render(&tool.url, &scope, Form::Url)?,
        headers,
        body,
        time_out: tool.time_out,
    })
}

/// A request as it is sent, and the secrets to redact from its response.
pub struct FilledRequest {
    pub request: fetch::Request,
    pub mask: SecretMask,
}

/// Redacts a request's secrets from its response. A server may return them in an error or an echo; agents, variables
/// and models must see their names only.
#[derive(Default)]
pub struct SecretMask(Vec<(String, String)>);

/// Shortest secret that is redacted, in bytes. A shorter one would match parts of any response.
const MIN_MASKED_LENGTH: usize = 4;

impl SecretMask {
    fn of(decrypted: HashMap<String, String>) -> Self {
        let mut secrets: Vec<_> = decrypted.into_iter().filter(|(_, value)| value.len() >= MIN_MASKED_LENGTH).collect();
        // The longest first, because one secret may be a part of another.
        secrets.sort_by(|(_, one), (_, other)| other.len().cmp(&one.len()).then_with(|| one.cmp(other)));
        Self(secrets)
    }

    /// Replaces each secret by its name, in plain, JSON-escaped and percent-encoded form.
    pub fn apply(&self, text: String) -> String {
        self.0.iter().fold(text, |text, (name, value)| {
            let placeholder = format!("[secret {name}]");
            let in_json = Value::from(value.as_str()).to_string();
            let spellings = [value.as_str(), &in_json[1..in_json.len() - 1], &percent::encoded(value)];
            spellings.into_iter().fold(text, |text, spelling| text.replace(spelling, &placeholder))
        })
    }
}

/// Decrypts the secrets that a request names and puts them into its headers.
///
/// # Errors
/// The inner error is a sentence: a secret is not set, is not for the request's server, or cannot be decrypted.
pub async fn fill_secrets(
    bot: &Bot,
    tenant: &TenantId,
    call: &HttpCall,
) -> Result<Result<FilledRequest, String>, ConversationError> {
    let mut decrypted: HashMap<String, String> = HashMap::new();
    let mut headers = Vec::with_capacity(call.headers.len());
    for (name, value) in &call.headers {
        let filled = loop {
            match interpolation::put_in_secrets(value, |secret| decrypted.get(secret).cloned()) {
                Ok(filled) => break filled,
                Err(missing) => match decrypt_for(bot, tenant, &missing, &call.url).await? {
                    Ok(secret) => _ = decrypted.insert(missing, secret.expose().to_owned()),
                    Err(detail) => return Ok(Err(detail)),
                },
            }
        };
        headers.push((name.clone(), filled));
    }
    if call.body.is_some() && !headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("content-type")) {
        headers.push(("Content-Type".to_owned(), "application/json".to_owned()));
    }
    let request = fetch::Request {
        method: call.method,
        url: call.url.clone(),
        headers,
        body: call.body.clone().map(String::into_bytes),
        time_out: call.time_out,
    };
    Ok(Ok(FilledRequest { request, mask: SecretMask::of(decrypted) }))
}

/// Decrypts a secret for a request to `url`. The check uses the same parser as the request, so that both mean the same
/// server; a redirect to another one gets no headers with secrets.
async fn decrypt_for(
    bot: &Bot,
    tenant: &TenantId,
    name: &str,
    url: &str,
) -> Result<Result<Secret, String>, ConversationError> {
    let origin = match bot.fetch.check(url) {
        Ok(url) => url.origin().ascii_serialization(),
        Err(fault) => return Ok(Err(fault.to_string())),
    };
    let Some(sealed) = bot.secret(tenant, name).await? else {
        return Ok(Err(format!("The secret {name} isn't set. Add it in Admin.")));
    };
    if !sealed.hosts.contains(&origin) {
        return Ok(Err(not_sent(name, &origin)));
    }
    Ok(bot.seal.open(SealedField::Named(tenant, name), &sealed.value).map_err(|error| {
        tracing::error!(%error, %tenant, "bot: secret decryption failed");
        format!("The secret {name} can't be decrypted. Enter it again.")
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_in_responses_are_replaced_by_their_names() {
        let decrypted = [("SHOP", "s/e\"cret"), ("LONG", "s/e\"cret-two"), ("TINY", "a")];
        let mask = SecretMask::of(decrypted.map(|(name, value)| (name.to_owned(), value.to_owned())).into());
        let told = r#"a Bearer s/e"cret-two, {"auth": "s/e\"cret"}, ?key=s%2Fe%22cret"#;
        assert_eq!(
            mask.apply(told.to_owned()),
            r#"a Bearer [secret LONG], {"auth": "[secret SHOP]"}, ?key=[secret SHOP]"#
        );
    }
}
