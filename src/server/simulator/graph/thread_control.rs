//! `/{version}/{phone_number_id}/thread_control`: pass, take and release of Conversation Routing, by the app under test.
//! It is the escalation partner, unless the second app was told to refuse its takes.

use std::{collections::HashMap, time::Duration};

use axum::{
    Json,
    extract::{Path, Query, State},
    http::HeaderMap,
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use serde_json::{Value, json};

use super::{
    super::{
        Simulator,
        fault::{Effect, Moment},
        partner::ThreadControlCall,
        thread::{Responder, TakeRule},
    },
    auth, body, check,
    error::GraphError,
    messages::{Conn, To, lose, recipient},
};

/// Most characters of a note.
const NOTE_LIMIT: usize = 2_000;
/// The escalation partner may take; others may not.
const TAKE_NOT_PERMITTED: u32 = 2_494_191;

/// The handler.
pub(super) async fn post(
    State(simulator): State<Simulator>,
    Path((_, node)): Path<(String, String)>,
    Query(query): Query<HashMap<String, String>>,
    headers: HeaderMap,
    connection: Conn,
    body: Bytes,
) -> Response {
    let read = auth::check(&simulator, &headers, &query).and_then(|()| read(&simulator, &node, &headers, &body));
    let (body, to) = match read {
        Ok(read) => read,
        Err(refusal) => return refusal.answer(&simulator),
    };
    let applied = simulator.take_matching(Some(&to));
    simulator.inner.pause(Duration::from_millis(applied.latency_ms)).await;
    let lost = match applied.effect {
        Some(Effect::Http { code }) => {
            record(&simulator, &body, &to);
            return GraphError::new(code, "Ordered from the simulator.").answer(&simulator);
        }
        Some(
            effect @ (Effect::Hang { moment: Moment::Before }
            | Effect::Drop { moment: Moment::Before }
            | Effect::Garbage { moment: Moment::Before }),
        ) => {
            record(&simulator, &body, &to);
            return lose(&simulator, &effect, connection).await;
        }
        Some(effect @ (Effect::Hang { .. } | Effect::Drop { .. } | Effect::Garbage { .. })) => Some(effect),
        Some(Effect::Status { .. } | Effect::Silent | Effect::Latency { .. }) | None => None,
    };
    record(&simulator, &body, &to);
    if let Err(refusal) = act(&simulator, &body, &to) {
        return refusal.answer(&simulator);
    }
    simulator.inner.changed();
    match lost {
        Some(effect) => lose(&simulator, &effect, connection).await,
        None => Json(json!({"messaging_product": "whatsapp"})).into_response(),
    }
}

fn read(simulator: &Simulator, node: &str, headers: &HeaderMap, body: &[u8]) -> Result<(Value, To), GraphError> {
    if node != simulator.inner.config.phone_number_id {
        return Err(GraphError::no_object(node));
    }
    let body = body::read(headers, body)?;
    if body["messaging_product"] != "whatsapp" {
        return Err(GraphError::shape("The parameter messaging_product is required."));
    }
    let action = body["action"].as_str().unwrap_or_default();
    if !["pass", "take", "release"].contains(&action) {
        return Err(GraphError::shape("Param action must be one of {PASS, RELEASE, TAKE}."));
    }
    check::text(&body["metadata"], "metadata", NOTE_LIMIT, check::Requirement::Optional)?;
    let to = recipient(simulator, &body)?;
    Ok((body, to))
}

fn record(simulator: &Simulator, body: &Value, to: &To) {
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let call = ThreadControlCall {
        customer: to.id.clone(),
        action: text(&body["action"]).unwrap_or_default(),
        metadata: text(&body["metadata"]),
        target_role: text(&body["control_pass"]["target_role"]),
    };
    simulator.inner.world().control_calls.push(call);
}

/// A pass to `ai_agent` goes to the second app; without a target it would go to the escalation partner, which is us.
fn act(simulator: &Simulator, body: &Value, to: &To) -> Result<(), GraphError> {
    let mut world = simulator.inner.world();
    let unknown = || GraphError::new(131_026, "The customer no longer exists.");
    let phone = world.find_mut(&to.id).ok_or_else(unknown)?;
    match body["action"].as_str() {
        Some("take") if phone.takes == TakeRule::Refused => {
            return Err(GraphError::new(TAKE_NOT_PERMITTED, "Only the escalation partner may take control."));
        }
        Some("take") => phone.responder = Responder::Us,
        _ if phone.responder == Responder::Partner => {
            return Err(GraphError::shape("The app does not own this thread."));
        }
        Some("pass") if body["control_pass"].is_null() => {}
        _ => phone.responder = Responder::Partner,
    }
    Ok(())
}
