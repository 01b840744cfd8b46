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
    super::{Simulator, codes, customers::PhoneUser, ids, settings::WindowAnswer, thread::Address},
    At,
    account::reply,
    auth, body,
    error::GraphError,
    faults,
    messages::{To, recipient},
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
    Path(At { node, .. }): Path<At>,
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
        match one(&simulator, &user, act).await {
            Ok(entry) => changed.push(entry),
            // The Graph API's own errors are about the whole call.
            Err(refusal) if refusal.code < 1_000 => return refusal.answer(&simulator),
            Err(refusal) => {
                let error = json!({"message": codes::find(refusal.code).title, "code": refusal.code,
                    "error_data": {"details": refusal.details}});
                failed.push(json!({"input": user.input, "errors": [error]}));
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
    Path(At { node, .. }): Path<At>,
    Query(query): Params,
    headers: HeaderMap,
) -> Response {
    let answer = auth::check(&simulator, &headers, &query).and_then(|()| own(&simulator, &node)).map(|()| {
        let world = simulator.inner.world();
        let blocked = world.customers.iter().filter(|phone| phone.is_blocked);
        let users: Vec<Value> = blocked
            .map(|phone| {
                let address = if phone.customer.phone.is_some() { Address::Phone } else { Address::UserId };
                named(json!({"messaging_product": "whatsapp"}), &phone.customer, address)
            })
            .collect();
        json!({"data": users, "paging": {"cursors": {"before": "0", "after": users.len().to_string()}}})
    });
    reply(&simulator, answer)
}

fn own(simulator: &Simulator, node: &str) -> Result<(), GraphError> {
    if node == simulator.inner.config.phone_number_id { Ok(()) } else { Err(GraphError::no_object(node)) }
}

/// A user as a call names them.
struct NamedUser {
    input: String,
    /// As the recipient of a message.
    recipient: Value,
}

/// Numbers are in `user`, user ids in `user_id`.
fn users(simulator: &Simulator, node: &str, headers: &HeaderMap, body: &[u8]) -> Result<Vec<NamedUser>, GraphError> {
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
    let user = |user: &Value| match (user["user"].as_str(), user["user_id"].as_str()) {
        (Some(number), _) => Ok(NamedUser { input: number.to_owned(), recipient: json!({"to": number}) }),
        (None, Some(id)) => Ok(NamedUser { input: id.to_owned(), recipient: json!({"recipient": id}) }),
        (None, None) => Err(GraphError::shape("The parameter user is required.")),
    };
    listed.iter().map(user).collect()
}

/// Blocks or unblocks one user. Returns their entry in the response.
async fn one(simulator: &Simulator, user: &NamedUser, act: Act) -> Result<Value, GraphError> {
    let to = recipient(simulator, &user.recipient)?;
    if let Some(error) = faults::take(simulator, &to.targets()).await.as_ref().and_then(faults::error) {
        return Err(error);
    }
    change_one(simulator, user, &to, act)
}

fn change_one(simulator: &Simulator, user: &NamedUser, to: &To, act: Act) -> Result<Value, GraphError> {
    let now = simulator.inner.now();
    let mut world = simulator.inner.world();
    let enforced = world.settings.window != WindowAnswer::Open;
    let unknown = || GraphError::new(139_100, "The user does not exist.");
    let phone = world.find_mut(&to.id).ok_or_else(unknown)?;
    if act == Act::Block && enforced && !phone.window_open(now) {
        return Err(GraphError::new(131_047, "User has not messaged in the last 24 hours"));
    }
    phone.is_blocked = act == Act::Block;
    Ok(named(json!({"input": user.input}), &phone.customer, to.address))
}

/// Adds the id by which the business knows the customer.
fn named(mut entry: Value, customer: &PhoneUser, address: Address) -> Value {
    match address {
        Address::Phone => entry["wa_id"] = customer.phone.clone().into(),
        Address::UserId => entry["user_id"] = customer.user_id.clone().into(),
    }
    entry
}
