//! Parses the fields other than `messages`: handovers, preferences, history, and account updates. An account update is
//! [`UpdateBody::ChannelAlert`] if an admin must act on it, and [`UpdateBody::IgnoredEvent`] otherwise.

use serde_json::Value;

use super::{
    read::{Place, Reading, Walk, trouble},
    read_content::{language, meta_error},
    read_items::{of_thread, shape},
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
pub(super) fn handover(place: &Place, value: &ChangeValue) -> Option<UpdateBody> {
    let kind = value.kind.as_deref();
    let (control, said) = match (kind, &value.control_passed, &value.control_taken) {
        (Some("control_passed"), said, _) => (Control::Passed, said),
        (Some("control_taken"), _, said) => (Control::Taken, said),
        (None, said @ Some(_), _) => (Control::Passed, said),
        (None, None, said @ Some(_)) => (Control::Taken, said),
        _ => return None,
    };
    let said = said.clone().unwrap_or_default();
    let sender = value.sender.clone().unwrap_or_default();
    let people = People::new(value.contacts.clone());
    let identity = people.identity(Ids {
        user_id: sender.user_id.as_deref(),
        parent_user_id: sender.parent_user_id.as_deref(),
        wa_id: sender.wa_id.as_deref().or(sender.phone_number.as_deref()),
    });
    let context = said.conversation_context.or_else(|| value.conversation_context.clone());
    Some(UpdateBody::Handover(Box::new(Handover {
        identity,
        control,
        previous_role: said.previous_owner_role.or(said.previous_owner_app_role),
        new_role: said.new_owner_role,
        note: said.metadata,
        summary: context.and_then(|context| context.summary?.text),
        at: place.time(value.timestamp),
        mark: place.print(value.timestamp, &(&value.kind, &value.sender, &value.control_passed, &value.control_taken)),
    })))
}

pub(super) fn preference(place: &Place, people: &People, raw: &Value) -> Reading {
    let said: event::WirePreference = shape(raw)?;
    let identity = people.identity(Ids {
        user_id: said.user_id.as_deref(),
        parent_user_id: said.parent_user_id.as_deref(),
        wa_id: said.wa_id.as_deref(),
    });
    if !identity.is_known() {
        return Err("preference without a customer".to_owned());
    }
    let (at, mark) = (place.time(said.timestamp), place.print(said.timestamp, &said));
    let value = said.value.ok_or("preference without a value")?;
    Ok(UpdateBody::Preference(Box::new(Preference { identity, category: said.category, value, at, mark })))
}

/// A call that a customer begins. Its end, and calls that the business begins, are ignored.
pub(super) fn call(place: &Place, people: &People, raw: &Value) -> Reading {
    let said: event::WireCall = shape(raw)?;
    let ours = said.direction.as_deref() == Some("BUSINESS_INITIATED");
    let (Some(id), false, true) = (&said.id, ours, said.event.as_deref() == Some("connect")) else {
        return Ok(place.foreign(text::clip(said.event.as_deref().unwrap_or("call"), 60)));
    };
    let ids = Ids { user_id: said.from_user_id.as_deref(), parent_user_id: None, wa_id: said.from.as_deref() };
    let identity = people.identity(ids);
    if !identity.is_known() || place.channel.is_none() {
        return Ok(place.foreign("call without a customer"));
    }
    let (at, mark) = (place.time(said.timestamp), Wamid(format!("call.{id}")));
    Ok(UpdateBody::CallReceived(Box::new(CallReceived { identity, at, mark })))
}

/// The withdrawn field `user_id_update`, an older form of the `system` message `user_changed_user_id`.
pub(super) fn user_id_update(place: &Place, raw: &Value) -> Reading {
    let said: UserIdUpdate = shape(raw)?;
    let mark = place.print(said.timestamp, &said);
    let renewal = said.user_id.unwrap_or_default();
    if renewal.current.is_none() {
        return Err("missing new user ID".to_owned());
    }
    Ok(UpdateBody::IdentityChanged(Box::new(IdentityChange {
        previous_user_id: renewal.previous,
        new_user_id: renewal.current,
        previous_wa_id: said.wa_id.as_deref().map(digits),
        new_wa_id: None,
        mark,
        at: place.time(said.timestamp),
        what: NewIdentity::UserId,
    })))
}

/// A number's message history, thread by thread.
pub(super) fn history(walk: &mut Walk, place: &Place, chunks: Vec<Value>) {
    for (index, raw) in chunks.into_iter().enumerate() {
        let place = place.under(&format!("history/{index}"));
        let chunk: HistoryChunk = match shape(&raw) {
            Ok(chunk) => chunk,
            Err(why) => {
                walk.fault(&place.path, why, &raw);
                continue;
            }
        };
        for error in chunk.errors.iter().map(meta_error) {
            let mark = place.print(None, &error);
            let title = error.title.unwrap_or_else(|| "not shared".to_owned());
            walk.tell(&place, UpdateBody::ChannelAlert(trouble(&place.field, error.code, title, None, mark)));
        }
        if let Some(about) = &chunk.metadata {
            let part = |name: &str, number: Option<i64>| number.map(|number| format!("{name} {number}"));
            let parts = [
                part("phase", about.phase),
                part("chunk", about.chunk_order),
                about.progress.map(|percent| format!("{percent} %")),
            ];
            walk.tell(&place, place.foreign(parts.into_iter().flatten().collect::<Vec<_>>().join(", ")));
        }
        for (index, thread) in chunk.threads.into_iter().enumerate() {
            let place = place.under(&format!("threads/{index}"));
            let customer = read_people::of_thread(thread.id.as_deref(), thread.context.as_ref());
            walk.each(&place, "messages", thread.messages, |place, raw| of_thread(place, &customer, raw));
        }
    }
}

/// The number that an unknown field may name.
pub(super) fn metadata(value: &Value) -> Option<Metadata> {
    let named = value.get("metadata").filter(|part| part.is_object()).and_then(|part| shape(part).ok());
    named.or_else(|| {
        let display_phone_number = value.get("display_phone_number").and_then(lenient::as_text)?;
        Some(Metadata { display_phone_number: Some(display_phone_number), phone_number_id: None })
    })
}

/// Events of `account_update` that reduce what the account can do.
const ACCOUNT_TROUBLE: [&str; 7] = [
    "ACCOUNT_VIOLATION",
    "ACCOUNT_RESTRICTION",
    "DISABLED_UPDATE",
    "ACCOUNT_DELETED",
    "ACCOUNT_OFFBOARDED",
    "PARTNER_REMOVED",
    "PARTNER_APP_UNINSTALLED",
];

/// A field that does not concern customers: an alert for an admin, or an ignored event.
pub(super) fn account(place: &Place, value: &Value) -> UpdateBody {
    let said: AccountValue = match shape(value) {
        Ok(said) => said,
        Err(_) => return place.foreign(keys(value)),
    };
    let event = said.event.as_deref().or(said.decision.as_deref()).unwrap_or_default();
    let mark = place.print(None, &said);
    let trouble = |title: &str, details: Option<String>| {
        UpdateBody::ChannelAlert(trouble(&place.field, None, title.to_owned(), details, mark.clone()))
    };
    match place.field.as_str() {
        "account_update" if ACCOUNT_TROUBLE.contains(&event) => {
            let restrictions = said.restriction_info.iter().filter_map(|item| item.restriction_type.clone());
            let ban = said.ban_info.as_ref().and_then(|ban| ban.waba_ban_state.clone());
            let violation = said.violation_info.as_ref().and_then(|violation| violation.violation_type.clone());
            let details: Vec<String> = restrictions.chain(ban).chain(violation).collect();
            trouble(event, Some(details.join(", ")))
        }
        "account_review_update" if !matches!(event, "APPROVED" | "PENDING" | "DEFERRED" | "") => {
            trouble(event, said.reason)
        }
        "phone_number_quality_update" if matches!(event, "FLAGGED" | "DOWNGRADE") => trouble(event, said.current_limit),
        "phone_number_name_update" if matches!(event, "REJECTED" | "DECLINED") => trouble(event, said.rejection_reason),
        "security" => trouble(event, None),
        "account_alerts" => {
            let inner = said.alert_info.unwrap_or_default();
            let severity = said.alert_severity.or(inner.alert_severity);
            let kind = said.alert_type.or(inner.alert_type).unwrap_or_else(|| "alert".to_owned());
            match severity.as_deref() {
                Some("INFORMATIONAL") => place.foreign(plain(&kind)),
                _ => {
                    // The text describes the company. It goes to the operator's log, not into the tenant's log, which
                    // is never erased.
                    let prose = said.alert_description.or(inner.alert_description).unwrap_or_default();
                    tracing::warn!(kind, prose, "webhook: account alert from Meta");
                    trouble(&kind, None)
                }
            }
        }
        _ => match said.message_template_name {
            Some(name) => {
                let spoken = said.message_template_language.as_deref().map(language).unwrap_or_default();
                let news = said.event.or(said.new_quality_score).or(said.new_category).unwrap_or_default();
                place.foreign(text::clip(format!("{name} {spoken} {news}").trim_end(), 160))
            }
            None if event.is_empty() => place.foreign(keys(value)),
            None => place.foreign(text::clip(event, 160)),
        },
    }
}

/// The names of a value's keys. The values could be personal data.
fn keys(value: &Value) -> String {
    let names: Vec<&str> = value.as_object().into_iter().flat_map(|object| object.keys()).map(String::as_str).collect();
    text::clip(&names.join(", "), 160)
}
