//! What a business reads and changes about its account: the number, the subscription, the templates.

use std::collections::HashMap;

use axum::{
    Json,
    extract::{Path, Query, State},
    http::HeaderMap,
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use serde_json::{Value, json};

use super::{super::Simulator, At, auth, body, error::GraphError, media};

type Params = Query<HashMap<String, String>>;

/// `GET /{version}/{node}`: the number, the account, or a file.
pub(super) async fn node(
    State(simulator): State<Simulator>,
    Path(At { node, .. }): Path<At>,
    Query(query): Params,
    headers: HeaderMap,
) -> Response {
    let answer = auth::check(&simulator, &headers, &query).and_then(|()| {
        let config = &simulator.inner.config;
        if node == config.phone_number_id {
            Ok(pick(number(&simulator), &query))
        } else if node == config.waba_id {
            Ok(pick(json!({"id": node, "name": "Acme", "currency": "EUR", "timezone_id": "1"}), &query))
        } else {
            media::describe(&simulator, &node, &headers)
        }
    });
    reply(&simulator, answer)
}

fn number(simulator: &Simulator) -> Value {
    let config = &simulator.inner.config;
    json!({
        "id": config.phone_number_id,
        "display_phone_number": config.display_phone_number,
        "verified_name": "Acme",
        "code_verification_status": "VERIFIED",
        "quality_rating": "GREEN",
        "platform_type": "CLOUD_API",
        "throughput": {"level": "STANDARD"},
        "webhook_configuration": {"application": config.callback},
        "whatsapp_business_manager_messaging_limit": "TIER_2K",
        "name_status": "APPROVED",
        "status": "CONNECTED",
        "account_mode": "LIVE",
        "is_official_business_account": false,
    })
}

/// Keeps only the requested fields and the id.
fn pick(mut node: Value, query: &HashMap<String, String>) -> Value {
    if let (Some(fields), Some(object)) = (query.get("fields"), node.as_object_mut()) {
        let wanted: Vec<&str> = fields.split(',').map(str::trim).collect();
        object.retain(|key, _| key == "id" || wanted.contains(&key.as_str()));
    }
    node
}

/// `POST /{version}/{phone_number_id}/register`.
pub(super) async fn register(
    State(simulator): State<Simulator>,
    Path(At { node, .. }): Path<At>,
    Query(query): Params,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let answer = auth::check(&simulator, &headers, &query).and_then(|()| {
        if node != simulator.inner.config.phone_number_id {
            return Err(GraphError::no_object(&node));
        }
        let body = body::read(&headers, &body)?;
        if body["messaging_product"] != "whatsapp" {
            return Err(GraphError::shape("The parameter messaging_product is required."));
        }
        let pin = body["pin"].as_str().unwrap_or_default();
        if pin.len() != 6 || !pin.bytes().all(|byte| byte.is_ascii_digit()) {
            return Err(GraphError::shape("Param pin must be 6 characters long."));
        }
        Ok(json!({"success": true}))
    });
    reply(&simulator, answer)
}

/// `GET /{version}/{waba_id}/subscribed_apps`.
pub(super) async fn subscriptions(
    State(simulator): State<Simulator>,
    Path(At { node, .. }): Path<At>,
    Query(query): Params,
    headers: HeaderMap,
) -> Response {
    let answer = account(&simulator, &headers, &query, &node).map(|()| {
        let app = json!({"whatsapp_business_api_data": {"id": "700700700700700", "name": "Handoff",
            "link": "https://www.facebook.com/games/?app_id=700700700700700"}});
        json!({"data": if simulator.inner.world().subscribed { vec![app] } else { Vec::new() }})
    });
    reply(&simulator, answer)
}

/// `POST /{version}/{waba_id}/subscribed_apps`.
pub(super) async fn subscribe(
    State(simulator): State<Simulator>,
    Path(At { node, .. }): Path<At>,
    Query(query): Params,
    headers: HeaderMap,
) -> Response {
    let answer = account(&simulator, &headers, &query, &node).map(|()| {
        simulator.inner.world().subscribed = true;
        json!({"success": true})
    });
    reply(&simulator, answer)
}

/// `GET /{version}/{waba_id}/message_templates`, with filters and paging.
pub(super) async fn templates(
    State(simulator): State<Simulator>,
    Path(At { node, .. }): Path<At>,
    Query(query): Params,
    headers: HeaderMap,
) -> Response {
    let answer = account(&simulator, &headers, &query, &node).and_then(|()| page(&simulator, &query));
    reply(&simulator, answer)
}

fn page(simulator: &Simulator, query: &HashMap<String, String>) -> Result<Value, GraphError> {
    let number = |key: &str, default: usize| match query.get(key).map(|text| text.parse::<usize>()) {
        None => Ok(default),
        Some(Ok(number)) => Ok(number),
        Some(Err(_)) => Err(GraphError::shape(format!("Param {key} must be a number."))),
    };
    let (limit, after) = (number("limit", 25)?.max(1), number("after", 0)?);
    let fits = |template: &&Value| {
        ["status", "name", "language", "category"].iter().all(|key| {
            query
                .get(*key)
                .is_none_or(|wanted| template[*key].as_str().is_some_and(|value| value.eq_ignore_ascii_case(wanted)))
        })
    };
    let world = simulator.inner.world();
    let matching: Vec<&Value> = world.templates.iter().filter(fits).collect();
    let end = after.saturating_add(limit).min(matching.len());
    let rows = matching.get(after..end).unwrap_or_default();
    let data: Vec<Value> = rows.iter().map(|row| pick((*row).clone(), query)).collect();
    let mut paging = json!({"cursors": {"before": after.to_string(), "after": end.to_string()}});
    if end < matching.len() {
        let base = simulator.base_url().unwrap_or_default();
        let waba = &simulator.inner.config.waba_id;
        paging["next"] = format!("{base}/v26.0/{waba}/message_templates?limit={limit}&after={end}").into();
    }
    let mut page = json!({"data": data, "paging": paging});
    if query.contains_key("summary") {
        let count = world.templates.len();
        page["summary"] = json!({"total_count": matching.len(), "message_template_count": count,
            "message_template_limit": 250, "are_translations_complete": true});
    }
    Ok(page)
}

fn account(
    simulator: &Simulator,
    headers: &HeaderMap,
    query: &HashMap<String, String>,
    node: &str,
) -> Result<(), GraphError> {
    auth::check(simulator, headers, query)?;
    if node == simulator.inner.config.waba_id { Ok(()) } else { Err(GraphError::no_object(node)) }
}

/// A result as an HTTP response.
pub(super) fn reply(simulator: &Simulator, answer: Result<Value, GraphError>) -> Response {
    match answer {
        Ok(body) => Json(body).into_response(),
        Err(refusal) => refusal.answer(simulator),
    }
}
