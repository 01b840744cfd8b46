//! `POST /{version}/{phone_number_id}/messages`: sends, read marks and typing indicators, with injected faults.

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
        fault::{ALL_RECIPIENTS, Effect},
        ids::{self, WamidDirection},
        pricing::Price,
        settings::{TemplateAnswer, WindowAnswer},
        statuses::DeliveryPlan,
        thread::{Address, Responder, SendFacts, TakeRule, ThreadAuthor, ThreadLine, Tick},
        world::{SentRequest, World},
    },
    At, auth, body,
    check::{self, KnownFields},
    error::GraphError,
    faults::{self, Course},
    template,
};

/// How long the typing indicator is shown, unless a message arrives first.
const TYPING_MS: i64 = 25_000;
/// How old a message may be that the business reacts to.
const REACTABLE_MS: i64 = 30 * 24 * 60 * 60 * 1_000;

/// The handler.
pub(super) async fn post(
    State(simulator): State<Simulator>,
    Path(At { version, node }): Path<At>,
    Query(query): Query<HashMap<String, String>>,
    headers: HeaderMap,
    connection: faults::CallConnection,
    body: Bytes,
) -> Response {
    let request = auth::check(&simulator, &headers, &query).and_then(|()| read(&simulator, &node, &headers, &body));
    let (body, customer) = match request {
        Ok(request) => request,
        Err(refusal) => return refusal.answer(&simulator),
    };
    let targets = customer.as_ref().map_or_else(|| vec![ALL_RECIPIENTS], To::targets);
    let effect = match faults::before(&simulator, &targets, &connection).await {
        Course::On(effect) => effect,
        Course::Ends(response) => return response,
    };
    let (answer, early) = match take(&simulator, version.as_deref(), &body, customer.as_ref(), effect.as_ref()) {
        Ok(taken) => taken,
        Err(refusal) => return refusal.answer(&simulator),
    };
    if let Some(early) = early {
        tokio::select! {
            answered = early => if answered.is_err() { tracing::debug!("simulator: early status dropped") },
            () = simulator.inner.stop.cancelled() => {}
        }
    }
    faults::after(&simulator, effect, &connection, Json(answer).into_response()).await
}

/// The recipient of a request: the customer's id, and how the business addressed them.
pub(super) struct To {
    pub(super) id: String,
    names: Vec<String>,
    pub(super) address: Address,
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

impl To {
    /// The targets of the faults that apply to a call for this recipient.
    pub(super) fn targets(&self) -> Vec<&str> {
        let names = self.names.iter().map(String::as_str);
        names.chain([ALL_RECIPIENTS]).collect()
    }
}

type SendAnswer = (Value, Option<tokio::sync::oneshot::Receiver<()>>);

fn take(
    simulator: &Simulator,
    version: Option<&str>,
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
        let fails = matches!(plan, DeliveryPlan::Fails(_)) || matches!(effect, Some(Effect::Status { .. }));
        if !fails && body["type"] != "reaction" {
            let conversation = ids::conversation(&mut world.rng);
            if let Some(phone) = world.find_mut(&to.id) {
                phone.answered(conversation, now);
            }
        }
        let wamid = accept(&mut world, version, body, to, now, &mut plan)?;
        match effect {
            Some(Effect::Status { code }) => plan = DeliveryPlan::Fails(*code),
            Some(Effect::Silent) => plan = DeliveryPlan::NoStatuses,
            Some(
                Effect::Http { .. }
                | Effect::Error { .. }
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
            message["message_status"] = match world.settings.templates {
                TemplateAnswer::Accepted => "accepted".into(),
                TemplateAnswer::Held => {
                    plan = DeliveryPlan::NoStatuses;
                    "held_for_quality_assessment".into()
                }
            };
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
    let category = template::category(&body["template"], &world.templates);
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
    // Meta sends no marketing to numbers of the United States. Canada's area codes are not told apart.
    if category.as_deref() == Some("marketing") && phone.customer.phone.as_deref().is_some_and(|it| it.starts_with('1'))
    {
        return Ok(DeliveryPlan::Fails(131_049));
    }
    if settings.pair_limit && !phone.take_pair(now) {
        return Err(GraphError::new(131_056, "Too many messages from this number to this customer in a short time."));
    }
    Ok(DeliveryPlan::Arrives)
}

/// Assigns the id and adds the message to the phone.
fn accept(
    world: &mut World,
    version: Option<&str>,
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
        shown = template::drawn(&shown, &world.templates);
    }
    let party = world.find(&to.id).map(|phone| phone.customer.party().to_owned()).unwrap_or_default();
    let wamid = ids::wamid(&mut world.rng, now, &party, WamidDirection::FromBusiness);
    let phone = world.find_mut(&to.id).ok_or_else(|| GraphError::new(131_026, "The customer no longer exists."))?;
    phone.typing_until = 0;
    let callback_data = body["biz_opaque_callback_data"].as_str().map(str::to_owned);
    let mut line = ThreadLine::new(wamid.clone(), ThreadAuthor::Business, now, kind, shown);
    line.quote = body["context"]["message_id"].as_str().map(str::to_owned);
    line.facts = Some(SendFacts { address: to.address, price: Price::of(category, phone, now), callback_data });
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
        version: version.map(str::to_owned),
    };
    world.sent.push(sent);
    Ok(wamid)
}

/// Applies a reaction to its message. One to an unknown message, an old one or another reaction fails later.
fn react(phone: &mut super::super::thread::Phone, line: &ThreadLine, plan: &mut DeliveryPlan) {
    let emoji = line.body["emoji"].as_str().filter(|emoji| !emoji.is_empty()).map(str::to_owned);
    let target = line.body["message_id"].as_str().and_then(|id| phone.line(id));
    let is_fresh = |target: &ThreadLine| line.at.saturating_sub(target.at) < REACTABLE_MS;
    match target.filter(|target| target.kind != "reaction" && !target.revoked && is_fresh(target)) {
        Some(target) if *plan == DeliveryPlan::Arrives => {
            target.business_reaction = emoji;
            *plan = DeliveryPlan::SentOnly;
        }
        // It fails for another reason.
        Some(_) => {}
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
