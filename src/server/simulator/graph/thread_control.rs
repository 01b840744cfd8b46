//! `/{version}/{phone_number_id}/thread_control`: pass, take and release of Conversation Routing, by the app under test.
//! It is the escalation partner, unless the second app was told to refuse its takes.

use std::collections::HashMap;

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
        partner::ThreadControlCall,
        thread::{Responder, TakeRule},
    },
    At, auth, body, check,
    error::GraphError,
    faults::{self, CallConnection, Course},
    messages::{To, recipient},
};

/// Most characters of a note.
const NOTE_LIMIT: usize = 2_000;
/// The escalation partner may take; others may not.
const TAKE_NOT_PERMITTED: u32 = 2_494_191;

/// The handler.
pub(super) async fn post(
    State(simulator): State<Simulator>,
    Path(At { node, .. }): Path<At>,
    Query(query): Query<HashMap<String, String>>,
    headers: HeaderMap,
    connection: CallConnection,
    body: Bytes,
) -> Response {
    let read = auth::check(&simulator, &headers, &query).and_then(|()| read(&simulator, &node, &headers, &body));
    let (body, to) = match read {
        Ok(read) => read,
        Err(refusal) => return refusal.answer(&simulator),
    };
    record(&simulator, &body, &to);
    let effect = match faults::before(&simulator, &to.targets(), &connection).await {
        Course::On(effect) => effect,
        Course::Ends(response) => return response,
    };
    if let Err(refusal) = act(&simulator, &body, &to) {
        return refusal.answer(&simulator);
    }
    simulator.inner.changed();
    faults::after(&simulator, effect, &connection, Json(json!({"messaging_product": "whatsapp"})).into_response()).await
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
