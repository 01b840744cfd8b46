//! Parses the fields other than `messages`: handovers, preferences, history, and account updates. An account update is
//! [`UpdateBody::ChannelAlert`] if an admin must act on it, and [`UpdateBody::IgnoredEvent`] otherwise.

use serde_json::Value;

use super::{
    read::{ItemContext, ParseResult, Parser, channel_alert},
    read_content::{language, meta_error},
    read_items::{parse_as, thread_message},
    read_people::{self, Ids, People, digits},
};
use crate::{
    domain::{
        event::NewIdentity,
        ids::Wamid,
        inbound::{CallReceived, Control, Handover, IdentityChange, Preference, UpdateBody},
        text,
        trouble::plain,
    },
    server::gateway::wire::{
        envelope::{AccountValue, ChangeValue, Metadata},
        event::{self, HistoryChunk, UserIdUpdate},
        lenient,
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

/// A call that a customer begins. Its end, and calls that the business begins, are ignored.
pub(super) fn call(ctx: &ItemContext, people: &People, raw: &Value) -> ParseResult {
    let parsed: event::WireCall = parse_as(raw)?;
    let by_business = parsed.direction.as_deref() == Some("BUSINESS_INITIATED");
    let (Some(id), false, true) = (&parsed.id, by_business, parsed.event.as_deref() == Some("connect")) else {
        return Ok(ctx.ignored(text::clip(parsed.event.as_deref().unwrap_or("call"), 60)));
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
    if renewal.current.is_none() {
        return Err("missing new user ID".to_owned());
    }
    Ok(UpdateBody::IdentityChanged(Box::new(IdentityChange {
        previous_user_id: renewal.previous,
        new_user_id: renewal.current,
        previous_wa_id: parsed.wa_id.as_deref().map(digits),
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

/// The number that an unknown field may name.
pub(super) fn metadata(value: &Value) -> Option<Metadata> {
    let named = value.get("metadata").filter(|part| part.is_object()).and_then(|part| parse_as(part).ok());
    named.or_else(|| {
        let display_phone_number = value.get("display_phone_number").and_then(lenient::as_text)?;
        Some(Metadata { display_phone_number: Some(display_phone_number), phone_number_id: None })
    })
}

/// Events of `account_update` that reduce what the account can do.
const ACCOUNT_ALERTS: [&str; 7] = [
    "ACCOUNT_VIOLATION",
    "ACCOUNT_RESTRICTION",
    "DISABLED_UPDATE",
    "ACCOUNT_DELETED",
    "ACCOUNT_OFFBOARDED",
    "PARTNER_REMOVED",
    "PARTNER_APP_UNINSTALLED",
];

/// A field that does not concern customers: an alert for an admin, or an ignored event.
pub(super) fn account(ctx: &ItemContext, value: &Value) -> UpdateBody {
    let parsed: AccountValue = match parse_as(value) {
        Ok(parsed) => parsed,
        Err(_) => return ctx.ignored(keys(value)),
    };
    let event = parsed.event.as_deref().or(parsed.decision.as_deref()).unwrap_or_default();
    let mark = ctx.fingerprint(None, &parsed);
    let channel_alert = |title: &str, details: Option<String>| {
        UpdateBody::ChannelAlert(channel_alert(&ctx.field, None, title.to_owned(), details, mark.clone()))
    };
    match ctx.field.as_str() {
        "account_update" if ACCOUNT_ALERTS.contains(&event) => {
            let restrictions = parsed.restriction_info.iter().filter_map(|item| item.restriction_type.clone());
            let ban = parsed.ban_info.as_ref().and_then(|ban| ban.waba_ban_state.clone());
            let violation = parsed.violation_info.as_ref().and_then(|violation| violation.violation_type.clone());
            let details: Vec<String> = restrictions.chain(ban).chain(violation).collect();
            channel_alert(event, Some(details.join(", ")))
        }
        "account_review_update" if !matches!(event, "APPROVED" | "PENDING" | "DEFERRED" | "") => {
            channel_alert(event, parsed.reason)
        }
        "phone_number_quality_update" if matches!(event, "FLAGGED" | "DOWNGRADE") => {
            channel_alert(event, parsed.current_limit)
        }
        "phone_number_name_update" if matches!(event, "REJECTED" | "DECLINED") => {
            channel_alert(event, parsed.rejection_reason)
        }
        "security" => channel_alert(event, None),
        "account_alerts" => {
            let inner = parsed.alert_info.unwrap_or_default();
            let severity = parsed.alert_severity.or(inner.alert_severity);
            let kind = parsed.alert_type.or(inner.alert_type).unwrap_or_else(|| "alert".to_owned());
            match severity.as_deref() {
                Some("INFORMATIONAL") => ctx.ignored(plain(&kind)),
                _ => {
                    // The text describes the company. It goes to the operator's log, not into the tenant's log, which
                    // is never erased.
                    let prose = parsed.alert_description.or(inner.alert_description).unwrap_or_default();
                    tracing::warn!(kind, prose, "webhook: account alert from Meta");
                    channel_alert(&kind, None)
                }
            }
        }
        _ => match parsed.message_template_name {
            Some(name) => {
                let spoken = parsed.message_template_language.as_deref().map(language).unwrap_or_default();
                let news = parsed.event.or(parsed.new_quality_score).or(parsed.new_category).unwrap_or_default();
                ctx.ignored(text::clip(format!("{name} {spoken} {news}").trim_end(), 160))
            }
            None if event.is_empty() => ctx.ignored(keys(value)),
            None => ctx.ignored(text::clip(event, 160)),
        },
    }
}

/// The names of a value's keys. The values could be personal data.
fn keys(value: &Value) -> String {
    let names: Vec<&str> = value.as_object().into_iter().flat_map(|object| object.keys()).map(String::as_str).collect();
    text::clip(&names.join(", "), 160)
}
