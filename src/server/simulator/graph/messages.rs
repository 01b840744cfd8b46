//! `POST /{version}/{phone_number_id}/messages`: sends, read marks and typing indicators, with injected faults.

use std::{collections::HashMap, time::Duration};

use axum::{
    Extension, Json,
    extract::{ConnectInfo, Path, Query, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use serde_json::{Value, json};

use super::{
    super::{
        Simulator,
        cut::ConnectionFlag,
        fault::{ALL_RECIPIENTS, Effect, Moment},
        ids::{self, WamidDirection},
        settings::WindowAnswer,
        statuses::DeliveryPlan,
        thread::{Address, Responder, SendFacts, TakeRule, ThreadAuthor, ThreadLine, Tick},
        world::{SentRequest, World},
    },
    auth, body,
    check::{self, KnownFields},
    error::GraphError,
    template,
};

/// How long the typing indicator is shown, unless a message arrives first.
const TYPING_MS: i64 = 25_000;

pub(super) type Conn = Option<Extension<ConnectInfo<ConnectionFlag>>>;

/// The handler.
pub(super) async fn post(
    State(simulator): State<Simulator>,
    Path((version, node)): Path<(String, String)>,
    Query(query): Query<HashMap<String, String>>,
    headers: HeaderMap,
    connection: Conn,
    body: Bytes,
) -> Response {
    let request = auth::check(&simulator, &headers, &query).and_then(|()| read(&simulator, &node, &headers, &body));
    let (body, customer) = match request {
        Ok(request) => request,
        Err(refusal) => return refusal.answer(&simulator),
    };
    let applied = simulator.take_matching(customer.as_ref());
    simulator.inner.pause(Duration::from_millis(applied.latency_ms)).await;
    let (effect, moment) = match applied.effect {
        Some(Effect::Http { code }) => {
            return GraphError::new(code, "Ordered from the simulator.").answer(&simulator);
        }
        Some(
            effect @ (Effect::Hang { moment: Moment::Before }
            | Effect::Drop { moment: Moment::Before }
            | Effect::Garbage { moment: Moment::Before }),
        ) => return lose(&simulator, &effect, connection).await,
        taken => (taken, Moment::After),
    };
    let taken = take(&simulator, &version, &body, customer.as_ref(), effect.as_ref());
    let (answer, early) = match taken {
        Ok(taken) => taken,
        Err(refusal) => return refusal.answer(&simulator),
    };
    if let Some(early) = early {
        tokio::select! {
            answered = early => if answered.is_err() { tracing::debug!("simulator: early status dropped") },
            () = simulator.inner.stop.cancelled() => {}
        }
    }
    match effect.filter(|effect| moment == Moment::After && !matches!(effect, Effect::Status { .. } | Effect::Silent)) {
        Some(effect) => lose(&simulator, &effect, connection).await,
        None => Json(answer).into_response(),
    }
}

/// The recipient of a request: the customer's id, and how the business addressed them.
pub(super) struct To {
    pub(super) id: String,
    names: Vec<String>,
    address: Address,
    input: String,
}

fn read(
    simulator: &Simulator,
    node: &str,
    headers: &HeaderMap,
    body: &[u8],
) -> Result<(Value, Option<To>), GraphError> {
    if node != simulator.inner.config.phone_number_id {
        return Err(GraphError::no_object(node));
    }
    let body = body::read(headers, body)?;
    if body["messaging_product"] != "whatsapp" {
        return Err(GraphError::shape("The parameter messaging_product is required."));
    }
    if body["status"] == "read" {
        return Ok((body, None));
    }
    let to = recipient(simulator, &body)?;
    Ok((body, Some(to)))
}

/// `to` takes precedence over `recipient`. As at Meta, the business's own country code is prepended to a number without
/// `+`, so a reply to a plain `wa_id` reaches another person.
pub(super) fn recipient(simulator: &Simulator, body: &Value) -> Result<To, GraphError> {
    let kind = body["recipient_type"].as_str().unwrap_or("individual");
    if kind != "individual" {
        return Err(GraphError::shape("Param recipient_type must be individual: this simulator has no groups."));
    }
    let now = simulator.inner.now();
    let own = ids::digits(&simulator.inner.config.display_phone_number);
    let (key, input, address) = match (body["to"].as_str(), body["recipient"].as_str()) {
        (Some(to), _) if !to.trim().is_empty() => {
            let digits = ids::digits(to);
            let reached =
                if to.trim().starts_with('+') { digits } else { format!("{}{digits}", ids::calling_code(&own)) };
            if ids::same_number(&reached, &own) {
                return Err(GraphError::new(131_021, "The recipient is the business itself."));
            }
            (format!("+{reached}"), to, Address::Phone)
        }
        (_, Some(user_id)) if !user_id.is_empty() => (user_id.to_owned(), user_id, Address::UserId),
        _ => return Err(GraphError::shape("The parameter to is required.")),
    };
    let mut world = simulator.inner.world();
    let unknown = || GraphError::invalid("to", "is not a valid WhatsApp number or user id.");
    let id = world.find_or_add_recipient(&key, now).ok_or_else(unknown)?;
    let customer = &world.find(&id).ok_or_else(unknown)?.customer;
    let mut names = vec![id.clone()];
    names.extend(customer.phone.clone());
    names.extend(customer.user_id.clone());
    Ok(To { id, names, address, input: input.to_owned() })
}

impl Simulator {
    pub(super) fn take_matching(&self, to: Option<&To>) -> super::super::fault::AppliedFaults {
        let mut targets: Vec<&str> = to.map(|to| to.names.iter().map(String::as_str).collect()).unwrap_or_default();
        targets.push(ALL_RECIPIENTS);
        self.inner.world().faults.take_matching(&targets)
    }
}

type SendAnswer = (Value, Option<tokio::sync::oneshot::Receiver<()>>);

fn take(
    simulator: &Simulator,
    version: &str,
    body: &Value,
    to: Option<&To>,
    effect: Option<&Effect>,
) -> Result<SendAnswer, GraphError> {
    let Some(to) = to else { return mark_read(simulator, body).map(|answer| (answer, None)) };
    let now = simulator.inner.now();
    let (wamid, plan, answer) = {
        let mut world = simulator.inner.world();
        check_send(&world, body, to, now)?;
        let mut plan = limits(&mut world, body, to, now)?;
        let wamid = accept(&mut world, version, body, to, now, &mut plan)?;
        match effect {
            Some(Effect::Status { code }) => plan = DeliveryPlan::Fails(*code),
            Some(Effect::Silent) => plan = DeliveryPlan::NoStatuses,
            Some(
                Effect::Http { .. }
                | Effect::Hang { .. }
                | Effect::Drop { .. }
                | Effect::Garbage { .. }
                | Effect::Latency { .. },
            )
            | None => {}
        }
        let customer =
            &world.find(&to.id).ok_or_else(|| GraphError::new(131_026, "The customer no longer exists."))?.customer;
        let mut contact = json!({"input": to.input});
        match to.address {
            Address::Phone => contact["wa_id"] = customer.phone.clone().into(),
            Address::UserId => contact["user_id"] = customer.user_id.clone().into(),
        }
        let mut message = json!({"id": wamid});
        if body["type"] == "template" {
            message["message_status"] = "accepted".into();
        }
        let answer = json!({"messaging_product": "whatsapp", "contacts": [contact], "messages": [message]});
        (wamid, plan, answer)
    };
    simulator.inner.changed();
    Ok((answer, simulator.plan(&wamid, plan)))
}

fn check_send(world: &World, body: &Value, to: &To, now: i64) -> Result<(), GraphError> {
    let media = |id: &str| world.media(id, now).map(|media| media.mime.clone());
    let known = KnownFields { media: &media, templates: &world.templates };
    check::content(body, &known)?;
    check::text(&body["biz_opaque_callback_data"], "biz_opaque_callback_data", 512, check::Requirement::Optional)?;
    let category = template::category(&body["template"], &world.templates);
    if to.address == Address::UserId && category.as_deref() == Some("authentication") {
        return Err(GraphError::new(131_062, "Authentication templates need a phone number."));
    }
    Ok(())
}

/// Checks the 24-hour window and the pair limit, if the settings enable them.
fn limits(world: &mut World, body: &Value, to: &To, now: i64) -> Result<DeliveryPlan, GraphError> {
    let settings = world.settings.clone();
    let Some(phone) = world.find_mut(&to.id) else { return Ok(DeliveryPlan::Arrives) };
    if phone.is_blocked {
        return Err(GraphError::new(130_403, "The business has blocked this user."));
    }
    if body["type"] != "template" && !phone.window_open(now) {
        match settings.window {
            WindowAnswer::Open => {}
            WindowAnswer::Http => {
                return Err(GraphError::new(131_047, "More than 24 hours have passed since the customer last wrote."));
            }
            WindowAnswer::Status => return Ok(DeliveryPlan::Fails(131_047)),
        }
    }
    if settings.pair_limit && !phone.take_pair(now) {
        return Err(GraphError::new(131_056, "Too many messages from this number to this customer in a short time."));
    }
    Ok(DeliveryPlan::Arrives)
}

/// Assigns the id and adds the message to the phone.
fn accept(
    world: &mut World,
    version: &str,
    body: &Value,
    to: &To,
    now: i64,
    plan: &mut DeliveryPlan,
) -> Result<String, GraphError> {
    let kind = body["type"].as_str().unwrap_or("text");
    let mut shown = body[kind].clone();
    let mut category = "service".to_owned();
    if kind == "template" {
        category = template::category(&shown, &world.templates).unwrap_or(category);
        let text = template::rendered(&shown, &world.templates);
        let replies = template::quick_replies(&shown, &world.templates);
        shown = json!({"template": shown, "text": text, "quick_replies": replies});
    }
    let party = world.find(&to.id).map(|phone| phone.customer.party().to_owned()).unwrap_or_default();
    let wamid = ids::wamid(&mut world.rng, now, &party, WamidDirection::FromBusiness);
    let phone = world.find_mut(&to.id).ok_or_else(|| GraphError::new(131_026, "The customer no longer exists."))?;
    phone.typing_until = 0;
    let callback_data = body["biz_opaque_callback_data"].as_str().map(str::to_owned);
    let mut line = ThreadLine::new(wamid.clone(), ThreadAuthor::Business, now, kind, shown);
    line.quote = body["context"]["message_id"].as_str().map(str::to_owned);
    line.facts = Some(SendFacts { address: to.address, category, callback_data });
    if kind == "reaction" {
        react(phone, &line, plan);
    }
    phone.lines.push(line);
    // A free-form message of the escalation partner takes the customer.
    if kind != "template" && phone.takes == TakeRule::Allowed {
        phone.responder = Responder::Us;
    }
    let sent = SentRequest {
        wamid: wamid.clone(),
        at: now,
        customer: to.id.clone(),
        body: body.clone(),
        version: version.to_owned(),
    };
    world.sent.push(sent);
    Ok(wamid)
}

/// Applies a reaction to its message. One to an unknown message or to another reaction fails later.
fn react(phone: &mut super::super::thread::Phone, line: &ThreadLine, plan: &mut DeliveryPlan) {
    let emoji = line.body["emoji"].as_str().filter(|emoji| !emoji.is_empty()).map(str::to_owned);
    let target = line.body["message_id"].as_str().and_then(|id| phone.line(id));
    match target.filter(|target| target.kind != "reaction" && !target.revoked) {
        Some(target) => {
            target.business_reaction = emoji;
            if *plan == DeliveryPlan::Arrives {
                *plan = DeliveryPlan::SentOnly;
            }
        }
        None => *plan = DeliveryPlan::Fails(131_009),
    }
}

/// Marks one message of a customer and all before it as read, with an optional typing indicator.
fn mark_read(simulator: &Simulator, body: &Value) -> Result<Value, GraphError> {
    let id = body["message_id"].as_str().ok_or_else(|| GraphError::shape("The parameter message_id is required."))?;
    let typing = &body["typing_indicator"];
    if !typing.is_null() && typing["type"] != "text" {
        return Err(GraphError::shape("Param typing_indicator.type must be text."));
    }
    let now = simulator.inner.now();
    {
        let mut world = simulator.inner.world();
        let no_message = || GraphError::invalid("message_id", "is not a message this number received.");
        let phone = world.holder(id).ok_or_else(no_message)?;
        let at = phone.lines.iter().position(|line| line.id == id).ok_or_else(no_message)?;
        if phone.lines.get(at).is_none_or(|line| line.author != ThreadAuthor::Customer) {
            return Err(no_message());
        }
        for line in phone.lines.iter_mut().take(at + 1).filter(|line| line.author == ThreadAuthor::Customer) {
            line.tick = Tick::Read;
        }
        if !typing.is_null() {
            phone.typing_until = now.saturating_add(TYPING_MS);
        }
    }
    simulator.inner.changed();
    Ok(json!({"success": true}))
}

/// Loses the response.
pub(super) async fn lose(simulator: &Simulator, effect: &Effect, connection: Conn) -> Response {
    match (effect, connection) {
        (Effect::Hang { .. }, _) => {
            simulator.inner.stop.cancelled().await;
            StatusCode::SERVICE_UNAVAILABLE.into_response()
        }
        (Effect::Drop { .. }, Some(Extension(ConnectInfo(wire)))) => {
            wire.cut();
            StatusCode::OK.into_response()
        }
        // A 502 as from a proxy. Also used for a closed connection if the router does not run on our own listener.
        (
            Effect::Drop { .. }
            | Effect::Garbage { .. }
            | Effect::Http { .. }
            | Effect::Status { .. }
            | Effect::Silent
            | Effect::Latency { .. },
            _,
        ) => {
            let page = "<html><head><title>502 Bad Gateway</title></head><body>502 Bad Gateway</body></html>";
            (StatusCode::BAD_GATEWAY, [(header::CONTENT_TYPE, "text/html")], page).into_response()
        }
    }
}
