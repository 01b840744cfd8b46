//! The control API under `/sim`, for the phone's page and the browser tests. It accepts JSON and returns JSON, or an
//! error status with a sentence.

use std::convert::Infallible;

use axum::{
    Json, Router,
    extract::{Path, Query, State},
    http::{HeaderMap, StatusCode, header},
    response::{
        IntoResponse, Response, Sse,
        sse::{self, KeepAlive},
    },
    routing::{get, post},
};
use bytes::Bytes;
use futures::{Stream, StreamExt};
use serde::Deserialize;
use serde_json::{Value, json};
use tokio_stream::wrappers::WatchStream;

use super::{
    Fault, InboundMessage, NewCustomer, PartnerAct, SayError, Simulator, SimulatorSettings, codes,
    thread::{Phone, ThreadAuthor, ThreadLine},
    world::INBOUND_LIFE_MS,
};

pub(super) fn routes() -> Router<Simulator> {
    Router::new()
        .route("/sim/customers", get(customers).post(add_customer))
        .route("/sim/customers/{id}", axum::routing::patch(change_customer))
        .route("/sim/customers/{id}/thread", get(thread))
        .route("/sim/customers/{id}/say", post(say))
        .route("/sim/customers/{id}/seen", post(seen))
        .route("/sim/customers/{id}/partner", get(responder).post(partner))
        .route("/sim/played", post(played))
        .route("/sim/upload", post(upload))
        .route("/sim/media/{id}", get(media))
        .route("/sim/faults", get(faults).post(add_fault).delete(clear_faults))
        .route("/sim/settings", get(settings).put(set_settings))
        .route("/sim/codes", get(|| async { Json(codes::CODES) }))
        .route("/sim/sent", get(|State(simulator): State<Simulator>| async move { Json(simulator.sent()) }))
        .route("/sim/deliveries", get(deliveries))
        .route("/sim/deliveries/retry", post(retry))
        .route("/sim/deliver", post(deliver))
        .route("/sim/verify", post(verify))
        .route("/sim/events", get(events))
}

/// An error: a status and a sentence.
struct Problem(StatusCode, String);

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        (self.0, Json(json!({"error": self.1}))).into_response()
    }
}

impl From<SayError> for Problem {
    fn from(error: SayError) -> Self {
        Self(StatusCode::NOT_FOUND, error.to_string())
    }
}

fn nobody(id: &str) -> Problem {
    SayError::NoCustomer(id.to_owned()).into()
}

/// The longest preview in a list, in characters.
const PREVIEW: usize = 120;

async fn customers(State(simulator): State<Simulator>) -> Json<Value> {
    let now = simulator.inner.now();
    let world = simulator.inner.world();
    let rows: Vec<Value> = world.customers.iter().map(|phone| row(phone, now)).collect();
    let business = &simulator.inner.config.display_phone_number;
    Json(json!({"now": now, "business": business, "suggestions": world.suggestions, "customers": rows}))
}

fn row(phone: &Phone, now: i64) -> Value {
    let visible = |line: &&ThreadLine| line.kind != "reaction" && line.failed.is_none();
    let last = phone.lines.iter().rev().find(visible);
    let mut row = json!(phone.customer);
    row["unread"] = phone.unread().into();
    row["typing_ms"] = phone.typing_until.saturating_sub(now).max(0).into();
    if let Some(line) = last {
        let own = line.author == ThreadAuthor::Customer;
        row["last"] = json!({"at": line.at, "kind": line.kind, "own": own, "tick": line.tick, "text": preview(line)});
    }
    row
}

/// The text of a line, if it has any.
fn preview(line: &ThreadLine) -> Option<String> {
    let body = &line.body;
    let places =
        [&body["body"], &body["body"]["text"], &body["text"], &body["caption"], &body["button_reply"]["title"]];
    let more = [&body["list_reply"]["title"], &body["filename"], &body["name"]];
    let text = places.into_iter().chain(more).find_map(Value::as_str)?;
    Some(text.chars().take(PREVIEW).collect())
}

async fn add_customer(
    State(simulator): State<Simulator>,
    Json(new): Json<NewCustomer>,
) -> Result<Json<Value>, Problem> {
    if new.name.trim().is_empty() || new.name.chars().count() > 100 {
        return Err(Problem(StatusCode::UNPROCESSABLE_ENTITY, "Enter a name of 1 to 100 characters.".to_owned()));
    }
    let taken = new.phone.as_deref().filter(|phone| !phone.is_empty() && simulator.inner.world().find(phone).is_some());
    if let Some(phone) = taken {
        return Err(Problem(StatusCode::CONFLICT, format!("{phone} already belongs to another customer.")));
    }
    Ok(Json(json!(simulator.add_customer(new))))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Change {
    name: Option<String>,
    read_receipts: Option<bool>,
}

async fn change_customer(
    State(simulator): State<Simulator>,
    Path(id): Path<String>,
    Json(change): Json<Change>,
) -> Result<Json<Value>, Problem> {
    let customer = {
        let mut world = simulator.inner.world();
        let customer = &mut world.find_mut(&id).ok_or_else(|| nobody(&id))?.customer;
        if let Some(name) = change.name.filter(|name| !name.trim().is_empty()) {
            customer.name = name;
        }
        if let Some(receipts) = change.read_receipts {
            customer.read_receipts = receipts;
        }
        customer.clone()
    };
    simulator.inner.changed();
    Ok(Json(json!(customer)))
}

async fn thread(State(simulator): State<Simulator>, Path(id): Path<String>) -> Result<Json<Value>, Problem> {
    let now = simulator.inner.now();
    let world = simulator.inner.world();
    let phone = world.find(&id).ok_or_else(|| nobody(&id))?;
    Ok(Json(json!({"customer": row(phone, now), "lines": phone.lines})))
}

async fn say(
    State(simulator): State<Simulator>,
    Path(id): Path<String>,
    Json(say): Json<InboundMessage>,
) -> Result<Json<Value>, Problem> {
    Ok(Json(json!({"wamid": simulator.say(&id, say)?})))
}

/// What the number's second app does with a customer.
async fn partner(
    State(simulator): State<Simulator>,
    Path(id): Path<String>,
    Json(act): Json<PartnerAct>,
) -> Result<Json<Value>, Problem> {
    simulator.partner(&id, act)?;
    responder(State(simulator), Path(id)).await
}

/// Who answers a customer, and what the business has asked about it.
async fn responder(State(simulator): State<Simulator>, Path(id): Path<String>) -> Result<Json<Value>, Problem> {
    let responder = simulator.responder(&id).ok_or_else(|| nobody(&id))?;
    Ok(Json(json!({"responder": responder, "calls": simulator.control_calls(&id)})))
}

async fn seen(State(simulator): State<Simulator>, Path(id): Path<String>) -> Result<Json<Value>, Problem> {
    Ok(Json(json!({"read": simulator.seen(&id).ok_or_else(|| nobody(&id))?})))
}

#[derive(Deserialize)]
struct Played {
    message_id: String,
}

async fn played(State(simulator): State<Simulator>, Json(played): Json<Played>) -> Result<Json<Value>, Problem> {
    let missing = || SayError::NoMessage(played.message_id.clone());
    simulator.played(&played.message_id).ok_or_else(missing)?;
    Ok(Json(json!({"success": true})))
}

#[derive(Deserialize)]
struct Upload {
    filename: Option<String>,
}

/// The body is the file; `Content-Type` is its MIME type.
async fn upload(
    State(simulator): State<Simulator>,
    Query(query): Query<Upload>,
    headers: HeaderMap,
    bytes: Bytes,
) -> Result<Json<Value>, Problem> {
    if bytes.is_empty() {
        return Err(Problem(StatusCode::UNPROCESSABLE_ENTITY, "The file is empty.".to_owned()));
    }
    let mime = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let mime = mime.filter(|mime| !mime.is_empty()).unwrap_or("application/octet-stream");
    let now = simulator.inner.now();
    let id = simulator.inner.world().keep_media(mime, query.filename, bytes, now, INBOUND_LIFE_MS);
    Ok(Json(json!({"media": id})))
}

/// A file for the phone's page. Only images, audio and video are shown; everything else is a download, so that no file
/// can run as a page of this origin.
async fn media(State(simulator): State<Simulator>, Path(id): Path<String>) -> Result<Response, Problem> {
    let missing = || Problem::from(SayError::NoMedia(id.clone()));
    let media = simulator.inner.world().media(&id, simulator.inner.now()).cloned().ok_or_else(missing)?;
    let safe = ["image/png", "image/jpeg", "image/webp", "image/gif"].contains(&media.mime.as_str())
        || media.mime.starts_with("audio/")
        || media.mime.starts_with("video/");
    let (mime, disposition) =
        if safe { (media.mime, "inline") } else { ("application/octet-stream".to_owned(), "attachment") };
    let headers = [(header::CONTENT_TYPE, mime), (header::CONTENT_DISPOSITION, disposition.to_owned())];
    Ok((headers, media.bytes).into_response())
}

#[derive(Deserialize)]
struct NewFault {
    to: String,
    fault: Fault,
}

async fn faults(State(simulator): State<Simulator>) -> Json<Value> {
    let world = simulator.inner.world();
    let rows: Vec<Value> = world.faults.list().map(|(to, fault)| json!({"to": to, "fault": fault})).collect();
    Json(json!(rows))
}

async fn add_fault(State(simulator): State<Simulator>, Json(new): Json<NewFault>) -> Json<Value> {
    simulator.inject(&new.to, new.fault);
    faults(State(simulator)).await
}

#[derive(Deserialize)]
struct Target {
    to: Option<String>,
}

async fn clear_faults(State(simulator): State<Simulator>, Query(target): Query<Target>) -> Json<Value> {
    simulator.clear_faults(target.to.as_deref());
    faults(State(simulator)).await
}

async fn settings(State(simulator): State<Simulator>) -> Json<SimulatorSettings> {
    Json(simulator.settings())
}

async fn set_settings(
    State(simulator): State<Simulator>,
    Json(settings): Json<SimulatorSettings>,
) -> Json<SimulatorSettings> {
    simulator.set_settings(settings);
    Json(simulator.settings())
}

async fn deliveries(State(simulator): State<Simulator>) -> Json<Value> {
    Json(json!({"traffic": simulator.traffic(), "undelivered": simulator.undelivered()}))
}

async fn retry(State(simulator): State<Simulator>) -> Json<Value> {
    Json(json!({"posts": simulator.redeliver()}))
}

#[derive(Deserialize)]
struct Delivery {
    #[serde(default = "messages")]
    field: String,
    value: Value,
}

fn messages() -> String {
    "messages".to_owned()
}

/// Posts any value in a signed envelope, immediately and once.
async fn deliver(State(simulator): State<Simulator>, Json(delivery): Json<Delivery>) -> Result<Json<Value>, Problem> {
    match simulator.deliver_field(&delivery.field, delivery.value).await {
        Ok(status) => Ok(Json(json!({"status": status.as_u16()}))),
        Err(error) => Err(Problem(StatusCode::BAD_GATEWAY, error.to_string())),
    }
}

#[derive(Deserialize)]
struct Verification {
    verify_token: String,
}

async fn verify(State(simulator): State<Simulator>, Json(ask): Json<Verification>) -> Result<Json<Value>, Problem> {
    let verified = simulator.verify_callback(&ask.verify_token).await;
    verified
        .map(|verified| Json(json!({"verified": verified})))
        .map_err(|error| Problem(StatusCode::BAD_GATEWAY, error.to_string()))
}

/// One event per change, after which the page reloads its data. One event may stand for several changes.
async fn events(State(simulator): State<Simulator>) -> Sse<impl Stream<Item = Result<sse::Event, Infallible>>> {
    let revisions = WatchStream::new(simulator.inner.revision.subscribe());
    let stop = simulator.inner.stop.clone();
    let stream = revisions
        .map(|revision| Ok(sse::Event::default().event("changed").data(revision.to_string())))
        .take_until(stop.cancelled_owned());
    Sse::new(stream).keep_alive(KeepAlive::default())
}
