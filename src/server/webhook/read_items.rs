//! Parses the items of a value's lists: customers' messages, statuses, echoes, and the `system` messages that change a
//! customer's identity.

use serde::Deserialize;
use serde_json::Value;

use super::{
    read::{ItemContext, ParseResult},
    read_content::{content, forwarded, meta_errors, product, quote, referral, unsupported},
    read_people::{Ids, People, sorted},
    read_template::template,
};
use crate::{
    domain::{
        event::NewIdentity,
        ids::Wamid,
        inbound::{Echo, Identity, IdentityChange, InboundOrigin, Incoming, StatusNews, UpdateBody},
        message::{Author, Content, Delivery},
        phone_number::{digits, is_same},
        pricing::Pricing,
    },
    server::gateway::wire::{
        event::{StandbyEcho, WirePricing, WireStatus},
        message::{System, WireMessage},
    },
};

/// A message from a customer.
pub(super) fn message(ctx: &ItemContext, people: &People, raw: &Value) -> ParseResult {
    let message: WireMessage = parse_as(raw)?;
    let identity = people.identity(sender(&message));
    from_customer(ctx, &message, identity)
}

fn from_customer(ctx: &ItemContext, message: &WireMessage, identity: Identity) -> ParseResult {
    let wamid = wamid(message.id.as_deref())?;
    if message.kind.as_deref() == Some("system")
        && let Some(system) = &message.system
        && let Some(change) = identity_change(ctx, message, system, &wamid)
    {
        return if has_any_id(&change) { Ok(UpdateBody::IdentityChanged(Box::new(change))) } else { Err(no_sender()) };
    }
    if !identity.is_known() {
        return Err(no_sender());
    }
    let (content, media) = match &message.system {
        Some(system) => (unsupported(message, system.kind.as_deref().or(Some("system"))), None),
        None => content(message),
    };
    Ok(UpdateBody::Message(Box::new(Incoming {
        identity,
        wamid,
        at: ctx.time(message.timestamp),
        content,
        media,
        quote: quote(message.context.as_ref()),
        forwarded: forwarded(message.context.as_ref()),
        referral: referral(message),
        product: product(message.context.as_ref()),
        group: message.group_id.clone(),
        origin: ctx.origin,
        summary: None,
        errors: meta_errors(&message.errors),
    })))
}

fn sender(message: &WireMessage) -> Ids<'_> {
    Ids {
        user_id: message.from_user_id.as_deref(),
        parent_user_id: message.from_parent_user_id.as_deref(),
        wa_id: message.from.as_deref(),
    }
}

/// The identity change in a `system` message. `None` for other kinds of `system` messages.
fn identity_change(ctx: &ItemContext, message: &WireMessage, system: &System, wamid: &Wamid) -> Option<IdentityChange> {
    let what = match system.kind.as_deref()? {
        "user_changed_number" | "customer_changed_number" => NewIdentity::Number,
        "user_changed_user_id" => NewIdentity::UserId,
        "customer_identity_changed" => NewIdentity::Keys,
        _ => return None,
    };
    let changed = |new: Option<String>, previous: &Option<String>| new.filter(|new| Some(new) != previous.as_ref());
    let (new_user_id, new_wa_id) =
        sorted(system.user_id.as_deref(), system.wa_id.as_deref().or(system.new_wa_id.as_deref()));
    let (sender, previous_wa_id) = sorted(message.from_user_id.as_deref(), message.from.as_deref());
    // Without `previous_user_id` the sender's own id is the old one, unless it is already the new one.
    let sender = sender.filter(|sender| Some(sender) != new_user_id.as_ref());
    let previous_user_id = system.previous_user_id.clone().or(sender);
    Some(IdentityChange {
        new_user_id: changed(new_user_id, &previous_user_id),
        new_wa_id: changed(new_wa_id, &previous_wa_id),
        previous_user_id,
        previous_wa_id,
        mark: wamid.clone(),
        at: ctx.time(message.timestamp),
        what,
    })
}

/// Whether the change names any id. A new id alone is enough, because the customer may be known by it already.
fn has_any_id(change: &IdentityChange) -> bool {
    [&change.previous_user_id, &change.previous_wa_id, &change.new_user_id, &change.new_wa_id]
        .iter()
        .any(|id| id.is_some())
}

/// A delivery status of a message that the business sent.
pub(super) fn status(ctx: &ItemContext, people: &People, raw: &Value) -> ParseResult {
    let status: WireStatus = parse_as(raw)?;
    let wamid = wamid(status.id.as_deref())?;
    let word = status.status.as_deref().unwrap_or("missing");
    let delivery = match word {
        "sent" => Delivery::Sent,
        "delivered" => Delivery::Delivered,
        "read" => Delivery::Read,
        "played" => Delivery::Played,
        "failed" => Delivery::Failed,
        other => return Ok(ctx.ignored(format!("status {}", crate::domain::text::clip(other, 40)))),
    };
    let member = Ids {
        user_id: status.recipient_participant_user_id.as_deref(),
        parent_user_id: status.recipient_participant_parent_user_id.as_deref(),
        wa_id: status.recipient_participant_id.as_deref().or(status.participant_recipient_id.as_deref()),
    };
    let in_group = status.recipient_type.as_deref() == Some("group");
    let person = Ids {
        user_id: status.recipient_user_id.as_deref(),
        parent_user_id: status.recipient_parent_user_id.as_deref(),
        wa_id: status.recipient_id.as_deref(),
    };
    Ok(UpdateBody::Status(Box::new(StatusNews {
        wamid,
        status: delivery,
        at: ctx.time(status.timestamp),
        callback: status.biz_opaque_callback_data.clone(),
        errors: meta_errors(&status.errors),
        pricing: status.pricing.as_ref().and_then(pricing),
        identity: if in_group { Identity::default() } else { people.identity(person) },
        group: status.recipient_id.clone().filter(|_| in_group),
        participant: in_group.then(|| people.identity(member)).filter(Identity::is_known),
        origin: ctx.origin,
    })))
}

fn pricing(wire: &WirePricing) -> Option<Pricing> {
    let billable = wire.billable.as_deref().and_then(|word| word.to_ascii_lowercase().parse().ok());
    Pricing::read(wire.pricing_model.as_deref(), wire.category.as_deref(), wire.kind.as_deref(), billable)
}

/// A message that the business sent from elsewhere. An echo of another responder contains its send request; one from
/// the WhatsApp Business app is an ordinary message with `to`.
pub(super) fn echo(ctx: &ItemContext, people: &People, raw: &Value) -> ParseResult {
    let outer: StandbyEcho = parse_as(raw)?;
    let Some(mut message) = outer.message else {
        let message: WireMessage = parse_as(raw)?;
        let author = if ctx.origin == InboundOrigin::Standby { Author::Partner } else { Author::Phone };
        let identity = people.identity(addressee(&message, ctx.display_phone.as_deref()));
        return from_business(ctx, &message, identity, author);
    };
    message.id = outer.id;
    message.timestamp = outer.timestamp;
    let identity = people.identity(addressee(&message, ctx.display_phone.as_deref()));
    let mut parsed = from_business(ctx, &message, identity, Author::Partner)?;
    if let UpdateBody::Echo(echo) = &mut parsed
        && matches!(echo.content, Content::Template { .. })
        && let Some(sent) = &message.template
    {
        echo.content = template(sent, outer.template.as_ref());
    }
    Ok(parsed)
}

fn from_business(ctx: &ItemContext, message: &WireMessage, identity: Identity, author: Author) -> ParseResult {
    let wamid = wamid(message.id.as_deref())?;
    let to_group = message.recipient_type.as_deref() == Some("group");
    let group = message.group_id.clone().or_else(|| message.to.clone().filter(|_| to_group));
    if !identity.is_known() && group.is_none() {
        return Err("no recipient".to_owned());
    }
    let (content, media) = content(message);
    Ok(UpdateBody::Echo(Box::new(Echo {
        identity,
        wamid,
        at: ctx.time(message.timestamp),
        content,
        media,
        quote: quote(message.context.as_ref()),
        author,
        group,
        origin: ctx.origin,
        delivery: imported_delivery(message),
    })))
}

/// How far an imported message got. `None` where the import does not say, and for a message that is still pending.
fn imported_delivery(message: &WireMessage) -> Option<Delivery> {
    let status = message.history_context.as_ref()?.status.as_deref()?;
    match status.to_ascii_uppercase().as_str() {
        "SENT" => Some(Delivery::Sent),
        "DELIVERED" => Some(Delivery::Delivered),
        "READ" => Some(Delivery::Read),
        "PLAYED" => Some(Delivery::Played),
        "ERROR" | "FAILED" => Some(Delivery::Failed),
        _ => None,
    }
}

/// The customer of an echo: `to`, or `from` where the two are swapped and `to` is the business's own number.
fn addressee<'a>(message: &'a WireMessage, own_number: Option<&str>) -> Ids<'a> {
    if message.recipient_type.as_deref() == Some("group") {
        return Ids::default();
    }
    let own = |phone: Option<&str>| phone.is_some_and(|phone| is_number(own_number, phone));
    if own(message.to.as_deref()) && !own(message.from.as_deref()) && message.from.is_some() {
        return sender(message);
    }
    Ids {
        user_id: message.to_user_id.as_deref().or(message.recipient.as_deref()),
        parent_user_id: message.to_parent_user_id.as_deref(),
        wa_id: message.to.as_deref(),
    }
}

/// A message of a history import, from either side. The business's own number shows which.
pub(super) fn history_message(
    ctx: &ItemContext,
    people: &People,
    own_number: Option<&str>,
    raw: &Value,
) -> ParseResult {
    let message: WireMessage = parse_as(raw)?;
    let by_business = message.from.as_deref().is_some_and(|from| is_number(own_number, from));
    if message.to.is_some() || message.to_user_id.is_some() || by_business {
        let identity = people.identity(addressee(&message, own_number));
        return from_business(ctx, &message, identity, Author::Phone);
    }
    from_customer(ctx, &message, people.identity(sender(&message)))
}

/// A message of an imported thread whose customer the thread names.
pub(super) fn thread_message(ctx: &ItemContext, customer: &Identity, raw: &Value) -> ParseResult {
    let message: WireMessage = parse_as(raw)?;
    let (from_user, from) = sorted(message.from_user_id.as_deref(), message.from.as_deref());
    let from_us = match (from_user, from) {
        (Some(user_id), _) if customer.user_id.is_some() => customer.user_id != Some(user_id),
        (_, Some(from)) => match customer.wa_id.as_deref() {
            Some(customer) => !is_same(customer, &from),
            None => is_number(ctx.display_phone.as_deref(), &from),
        },
        (_, None) => message.to.is_some() || message.to_user_id.is_some(),
    };
    if from_us {
        from_business(ctx, &message, customer.clone(), Author::Phone)
    } else {
        from_customer(ctx, &message, customer.clone())
    }
}

pub(super) fn parse_as<'a, T: Deserialize<'a>>(raw: &'a Value) -> Result<T, String> {
    T::deserialize(raw).map_err(|error| error.to_string())
}

/// Whether `phone`, formatted or not, is the number `own`.
fn is_number(own: Option<&str>, phone: &str) -> bool {
    own.is_some_and(|own| is_same(own, &digits(phone)))
}

fn wamid(id: Option<&str>) -> Result<Wamid, String> {
    id.map(|id| Wamid(id.to_owned())).ok_or_else(|| "no message ID".to_owned())
}

fn no_sender() -> String {
    "no sender: neither a user ID nor a number".to_owned()
}
