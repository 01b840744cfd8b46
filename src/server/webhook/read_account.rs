//! Parses updates about an account, a number or a template. One is [`UpdateBody::ChannelAlert`] if an admin must know
//! it, [`UpdateBody::TemplatesChanged`] if it names a template, and [`UpdateBody::IgnoredEvent`] otherwise.
//! `domain::trouble` turns its title and details into a sentence.

use serde_json::Value;

use super::{
    read::{ItemContext, channel_alert},
    read_content::language,
    read_items::parse_as,
};
use crate::{
    domain::{
        inbound::{IgnoredEvent, TemplateChange, TemplateNews, UpdateBody, WabaId},
        text,
        trouble::plain,
    },
    server::gateway::wire::{
        envelope::{AccountValue, Metadata},
        lenient,
    },
};

/// The number that a field may name.
pub(super) fn metadata(value: &Value) -> Option<Metadata> {
    let named = value.get("metadata").filter(|part| part.is_object()).and_then(|part| parse_as(part).ok());
    named.or_else(|| {
        let display_phone_number = value.get("display_phone_number").and_then(lenient::as_text);
        // Alerts say whether they are about a number, an account or a company.
        let is_number = value.get("entity_type").and_then(lenient::as_text).as_deref() == Some("PHONE_NUMBER");
        let phone_number_id = value.get("entity_id").and_then(lenient::as_text).filter(|_| is_number);
        let is_named = display_phone_number.is_some() || phone_number_id.is_some();
        is_named.then_some(Metadata { display_phone_number, phone_number_id })
    })
}

/// The account that an update names itself. The entry's id is then another one, for example a partner's.
pub(super) fn account_id(value: &Value) -> Option<WabaId> {
    value.get("waba_info")?.get("waba_id").and_then(lenient::as_text).map(WabaId)
}

/// Events of `account_update` that change what the account can do.
const ACCOUNT_ALERTS: [&str; 8] = [
    "ACCOUNT_VIOLATION",
    "ACCOUNT_RESTRICTION",
    "ACCOUNT_RECONNECTED",
    "DISABLED_UPDATE",
    "ACCOUNT_DELETED",
    "ACCOUNT_OFFBOARDED",
    "PARTNER_REMOVED",
    "PARTNER_APP_UNINSTALLED",
];
/// The states of a ban. Meta also sends them with the events of restrictions and violations.
const BAN_STATES: [&str; 3] = ["SCHEDULE_FOR_DISABLE", "DISABLE", "REINSTATE"];

/// A field that does not concern customers.
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
            channel_alert(meaning(event, &parsed), Some(details(&parsed)))
        }
        "account_review_update" if !matches!(event, "APPROVED" | "PENDING" | "DEFERRED" | "") => {
            channel_alert(event, parsed.reason)
        }
        "phone_number_quality_update" if matches!(event, "FLAGGED" | "UNFLAGGED" | "DOWNGRADE") => {
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
                    let description = parsed.alert_description.or(inner.alert_description).unwrap_or_default();
                    tracing::warn!(kind, description, "webhook: account alert from Meta");
                    channel_alert(&kind, None)
                }
            }
        }
        _ => match parsed.message_template_name {
            Some(name) => {
                let spoken = parsed.message_template_language.as_deref().map(language).unwrap_or_default();
                let news = parsed.event.or(parsed.new_quality_score).or(parsed.new_category).unwrap_or_default();
                let summary = text::clip(format!("{name} {spoken} {news}").trim_end(), 160);
                UpdateBody::TemplatesChanged(TemplateNews {
                    change: TemplateChange::read(&ctx.field, &news),
                    event: IgnoredEvent { field: ctx.field.clone(), summary },
                    language: spoken,
                    name,
                })
            }
            None if event.is_empty() => ctx.ignored(keys(value)),
            None => ctx.ignored(text::clip(event, 160)),
        },
    }
}

/// What an event of `account_update` says. The event `ACCOUNT_RESTRICTION` also carries bans, their end, and warnings:
/// what is in it decides.
fn meaning<'a>(event: &'a str, value: &AccountValue) -> &'a str {
    let restrictions: Vec<&str> =
        value.restriction_info.iter().filter_map(|item| item.restriction_type.as_deref()).collect();
    if ban_states(value).any(|state| BAN_STATES.contains(&state)) {
        return "DISABLED_UPDATE";
    }
    if event != "ACCOUNT_RESTRICTION" {
        return event;
    }
    match (restrictions.as_slice(), &value.violation_info) {
        ([], Some(_)) => "ACCOUNT_VIOLATION",
        ([], None) => event,
        (restrictions, _) if restrictions.iter().all(|kind| kind.contains("WARN")) => "ACCOUNT_WARNING",
        _ => event,
    }
}

fn ban_states(value: &AccountValue) -> impl Iterator<Item = &str> {
    value.ban_info.iter().flat_map(|ban| &ban.waba_ban_state).map(String::as_str)
}

/// Meta's constants of an account update, and its date.
fn details(value: &AccountValue) -> String {
    let restrictions = value.restriction_info.iter().filter_map(|item| item.restriction_type.clone());
    let ban = ban_states(value).map(str::to_owned);
    let violation = value.violation_info.iter().filter_map(|violation| violation.violation_type.clone());
    let banned_at = value.ban_info.iter().filter_map(|ban| date(ban.waba_ban_date.as_deref()?));
    let ends: Option<String> = value.restriction_info.iter().filter_map(|item| date(item.expiration.as_deref()?)).max();
    let ends = ends.map(|date| format!("until {date}"));
    restrictions.chain(ban).chain(violation).chain(banned_at).chain(ends).collect::<Vec<_>>().join(", ")
}

/// A date: Meta's own text, or Unix seconds as a date.
fn date(given: &str) -> Option<String> {
    if let Ok(seconds) = given.parse::<i64>() {
        let moment = jiff::Timestamp::from_second(seconds).ok().filter(|_| seconds > 0)?;
        return Some(moment.strftime("%Y-%m-%d").to_string());
    }
    // A constant or a sentence is no date.
    let is_date = given.len() <= 30 && given.contains(|c: char| c.is_ascii_digit());
    is_date.then(|| given.replace(',', " "))
}

/// The names of a value's keys. The values could be personal data.
fn keys(value: &Value) -> String {
    let names: Vec<&str> = value.as_object().into_iter().flat_map(|object| object.keys()).map(String::as_str).collect();
    text::clip(&names.join(", "), 160)
}
