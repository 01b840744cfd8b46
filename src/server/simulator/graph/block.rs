//! `/{version}/{phone_number_id}/block_users`: blocks, unblocks and the list, with errors per user. What a blocked
//! customer writes still arrives, as messages do that are under way.

use std::collections::HashMap;

use axum::{
    Json,
    extract::{Path, Query, State},
    http::{HeaderMap, Method, StatusCode},
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use serde_json::{Value, json};

use super::{
    super::{Simulator, codes, fault::Effect, ids, settings::WindowAnswer},
    account::reply,
    auth, body,
    error::GraphError,
    messages::recipient,
};

/// Most users of one call.
const MOST_USERS: usize = 1_000;

#[derive(Clone, Copy, PartialEq, Eq)]
enum Act {
    Block,
    Unblock,
}

type Params = Query<HashMap<String, String>>;

impl Simulator {
    /// The ids of the blocked customers.
    pub fn blocked(&self) -> Vec<String> {
        let world = self.inner.world();
        let blocked = world.customers.iter().filter(|phone| phone.is_blocked);
        blocked.map(|phone| phone.customer.party().to_owned()).collect()
    }
}

/// POST blocks, DELETE unblocks.
pub(super) async fn change(
    State(simulator): State<Simulator>,
    Path((_, node)): Path<(String, String)>,
    Query(query): Params,
    method: Method,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let read = auth::check(&simulator, &headers, &query).and_then(|()| users(&simulator, &node, &headers, &body));
    let users = match read {
        Ok(users) => users,
        Err(refusal) => return refusal.answer(&simulator),
    };
    let act = if method == Method::POST { Act::Block } else { Act::Unblock };
    let (mut changed, mut failed) = (Vec::new(), Vec::new());
    for user in users {
        match one(&simulator, &user, act) {
            Ok(wa_id) => changed.push(json!({"input": user, "wa_id": wa_id})),
            // The Graph API's own errors are about the whole call.
            Err(refusal) if refusal.code < 1_000 => return refusal.answer(&simulator),
            Err(refusal) => {
                let error = json!({"message": codes::find(refusal.code).title, "code": refusal.code,
                    "error_data": {"details": refusal.details}});
                failed.push(json!({"input": user, "errors": [error]}));
            }
        }
    }
    simulator.inner.changed();
    let list = match act {
        Act::Block => "added_users",
        Act::Unblock => "removed_users",
    };
    let mut answer = json!({"messaging_product": "whatsapp", "block_users": {list: changed}});
    if failed.is_empty() {
        return Json(answer).into_response();
    }
    let trace = ids::trace(&mut simulator.inner.world().rng);
    answer["block_users"]["failed_users"] = failed.into();
    let details = "Failed to block some users, see the block_users response list for details";
    answer["error"] = json!({"message": "(#139100) Failed to block/unblock users", "type": "OAuthException",
        "code": 139_100, "error_data": {"details": details}, "fbtrace_id": trace});
    (StatusCode::BAD_REQUEST, Json(answer)).into_response()
}

/// The list of blocked users.
pub(super) async fn list(
    State(simulator): State<Simulator>,
    Path((_, node)): Path<(String, String)>,
    Query(query): Params,
    headers: HeaderMap,
) -> Response {
    let answer = auth::check(&simulator, &headers, &query).and_then(|()| own(&simulator, &node)).map(|()| {
        let blocked = simulator.blocked();
        let users: Vec<Value> =
            blocked.iter().map(|id| json!({"messaging_product": "whatsapp", "wa_id": id})).collect();
        json!({"data": users, "paging": {"cursors": {"before": "0", "after": users.len().to_string()}}})
    });
    reply(&simulator, answer)
}

fn own(simulator: &Simulator, node: &str) -> Result<(), GraphError> {
    if node == simulator.inner.config.phone_number_id { Ok(()) } else { Err(GraphError::no_object(node)) }
}

fn users(simulator: &Simulator, node: &str, headers: &HeaderMap, body: &[u8]) -> Result<Vec<String>, GraphError> {
    own(simulator, node)?;
    let body = body::read(headers, body)?;
    if body["messaging_product"] != "whatsapp" {
        return Err(GraphError::shape("The parameter messaging_product is required."));
    }
    let listed = body["block_users"].as_array().filter(|users| !users.is_empty());
    let listed = listed.ok_or_else(|| GraphError::shape("The parameter block_users is required."))?;
    if listed.len() > MOST_USERS {
        return Err(GraphError::shape("Param block_users must have at most 1000 elements."));
    }
    let name = |user: &Value| user["user"].as_str().map(str::to_owned);
    listed.iter().map(|user| name(user).ok_or_else(|| GraphError::shape("The parameter user is required."))).collect()
}

/// Blocks or unblocks one user. Returns their id.
fn one(simulator: &Simulator, user: &str, act: Act) -> Result<String, GraphError> {
    let is_number = user.trim_start_matches('+').bytes().all(|byte| byte.is_ascii_digit());
    let to = if is_number { json!({"to": user}) } else { json!({"recipient": user}) };
    let to = recipient(simulator, &to)?;
    if let Some(Effect::Http { code }) = simulator.take_matching(Some(&to)).effect {
        return Err(GraphError::new(code, "Ordered from the simulator."));
    }
    let now = simulator.inner.now();
    let mut world = simulator.inner.world();
    let enforced = world.settings.window != WindowAnswer::Open;
    let unknown = || GraphError::new(139_100, "The user does not exist.");
    let phone = world.find_mut(&to.id).ok_or_else(unknown)?;
    if act == Act::Block && enforced && !phone.window_open(now) {
        return Err(GraphError::new(131_047, "User has not messaged in the last 24 hours"));
    }
    phone.is_blocked = act == Act::Block;
    Ok(phone.customer.party().to_owned())
}
