//! Parses the fields other than `messages` that concern customers: handovers, preferences, calls and history.

use serde_json::Value;

use super::{
    read::{ItemContext, ParseResult, Parser, channel_alert},
    read_content::meta_error,
    read_items::{parse_as, thread_message},
    read_people::{self, Ids, People, sorted},
};
use crate::{
    domain::{
        event::NewIdentity,
        ids::Wamid,
        inbound::{CallReceived, Control, Handover, IdentityChange, Preference, UpdateBody},
        text,
    },
    server::gateway::wire::{
        envelope::ChangeValue,
        event::{self, HistoryChunk, UserIdUpdate, WireMetaError},
    },
};

/// A handover of Meta's Conversation Routing. `None` if it is neither passed nor taken.
pub(super) fn handover(ctx: &ItemContext, value: &ChangeValue) -> Option<UpdateBody> {
    let kind = value.kind.as_deref();
    let (control, parsed) = match (kind, &value.control_passed, &value.control_taken) {
        (Some("control_passed"), parsed, _) => (Control::Passed, parsed),
        (Some("control_taken"), _, parsed) => (Control::Taken, parsed),
        (None, parsed @ Some(_), _) => (Control::Passed, parsed),
        (None, None, parsed @ Some(_)) => (Control::Taken, parsed),
        _ => return None,
    };
    let parsed = parsed.clone().unwrap_or_default();
    let sender = value.sender.clone().unwrap_or_default();
    let people = People::new(value.contacts.clone());
    let identity = people.identity(Ids {
        user_id: sender.user_id.as_deref(),
        parent_user_id: sender.parent_user_id.as_deref(),
        wa_id: sender.wa_id.as_deref().or(sender.phone_number.as_deref()),
    });
    let context = parsed.conversation_context.or_else(|| value.conversation_context.clone());
    Some(UpdateBody::Handover(Box::new(Handover {
        identity,
        control,
        previous_role: parsed.previous_owner_role.or(parsed.previous_owner_app_role),
        new_role: parsed.new_owner_role,
        note: parsed.metadata,
        summary: context.and_then(|context| context.summary?.text),
        at: ctx.time(value.timestamp),
        mark: ctx
            .fingerprint(value.timestamp, &(&value.kind, &value.sender, &value.control_passed, &value.control_taken)),
    })))
}

pub(super) fn preference(ctx: &ItemContext, people: &People, raw: &Value) -> ParseResult {
    let parsed: event::WirePreference = parse_as(raw)?;
    let identity = people.identity(Ids {
        user_id: parsed.user_id.as_deref(),
        parent_user_id: parsed.parent_user_id.as_deref(),
        wa_id: parsed.wa_id.as_deref(),
    });
    if !identity.is_known() {
        return Err("preference without a customer".to_owned());
    }
    let (at, mark) = (ctx.time(parsed.timestamp), ctx.fingerprint(parsed.timestamp, &parsed));
    let value = parsed.value.ok_or("preference without a value")?;
    Ok(UpdateBody::Preference(Box::new(Preference { identity, category: parsed.category, value, at, mark })))
}

/// A call that a customer begins. Its end, and calls that the business begins, are ignored. `errors` came beside the
/// calls: they say why a call failed, and nothing about the number.
pub(super) fn call(ctx: &ItemContext, people: &People, errors: &[WireMetaError], raw: &Value) -> ParseResult {
    let parsed: event::WireCall = parse_as(raw)?;
    let by_business = parsed.direction.as_deref() == Some("BUSINESS_INITIATED");
    let (Some(id), false, true) = (&parsed.id, by_business, parsed.event.as_deref() == Some("connect")) else {
        let event = text::clip(parsed.event.as_deref().unwrap_or("call"), 60);
        let codes = parsed.errors.iter().chain(errors).filter_map(|error| error.code);
        let parts: Vec<String> = std::iter::once(event).chain(codes.map(|code| format!("code {code}"))).collect();
        return Ok(ctx.ignored(text::clip(&parts.join(", "), 120)));
    };
    let ids = Ids { user_id: parsed.from_user_id.as_deref(), parent_user_id: None, wa_id: parsed.from.as_deref() };
    let identity = people.identity(ids);
    if !identity.is_known() || ctx.channel.is_none() {
        return Ok(ctx.ignored("call without a customer"));
    }
    let (at, mark) = (ctx.time(parsed.timestamp), Wamid(format!("call.{id}")));
    Ok(UpdateBody::CallReceived(Box::new(CallReceived { identity, at, mark })))
}

/// The withdrawn field `user_id_update`, an older form of the `system` message `user_changed_user_id`.
pub(super) fn user_id_update(ctx: &ItemContext, raw: &Value) -> ParseResult {
    let parsed: UserIdUpdate = parse_as(raw)?;
    let mark = ctx.fingerprint(parsed.timestamp, &parsed);
    let renewal = parsed.user_id.unwrap_or_default();
    let (previous_user_id, previous_wa_id) = sorted(renewal.previous.as_deref(), parsed.wa_id.as_deref());
    if renewal.current.is_none() {
        return Err("missing new user ID".to_owned());
    }
    Ok(UpdateBody::IdentityChanged(Box::new(IdentityChange {
        previous_user_id,
        new_user_id: renewal.current,
        previous_wa_id,
        new_wa_id: None,
        mark,
        at: ctx.time(parsed.timestamp),
        what: NewIdentity::UserId,
    })))
}

/// A number's message history, thread by thread.
pub(super) fn history(parser: &mut Parser, ctx: &ItemContext, chunks: Vec<Value>) {
    for (index, raw) in chunks.into_iter().enumerate() {
        let ctx = ctx.under(&format!("history/{index}"));
        let chunk: HistoryChunk = match parse_as(&raw) {
            Ok(chunk) => chunk,
            Err(why) => {
                parser.push_fault(&ctx.path, why, &raw);
                continue;
            }
        };
        for error in chunk.errors.iter().map(meta_error) {
            let mark = ctx.fingerprint(None, &error);
            let title = error.title.unwrap_or_else(|| "not shared".to_owned());
            parser
                .push_update(&ctx, UpdateBody::ChannelAlert(channel_alert(&ctx.field, error.code, title, None, mark)));
        }
        if let Some(about) = &chunk.metadata {
            let part = |name: &str, number: Option<i64>| number.map(|number| format!("{name} {number}"));
            let parts = [
                part("phase", about.phase),
                part("chunk", about.chunk_order),
                about.progress.map(|percent| format!("{percent} %")),
            ];
            parser.push_update(&ctx, ctx.ignored(parts.into_iter().flatten().collect::<Vec<_>>().join(", ")));
        }
        for (index, thread) in chunk.threads.into_iter().enumerate() {
            let ctx = ctx.under(&format!("threads/{index}"));
            let customer = read_people::thread_customer(thread.id.as_deref(), thread.context.as_ref());
            parser.each(&ctx, "messages", thread.messages, |ctx, raw| thread_message(ctx, &customer, raw));
        }
    }
}
