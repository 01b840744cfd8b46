//! Parses the bytes of a webhook into domain values. Pure: no I/O, no clock, no tenant, no storage.
//!
//! Walks all four levels on which Meta batches (entry, change, list, item) and parses each item alone. One that cannot
//! be parsed becomes a fault with its JSON and does not affect the others. To read one more field, add its name to
//! `Parser::change`, its parsing to `read_fields.rs` or `read_account.rs`, and a row to the tables of `read_tests.rs`.

use serde::Deserialize;
use serde_json::Value;
use sha2::{Digest, Sha256};

use super::{
    read_account,
    read_content::meta_error,
    read_fields, read_items, read_json,
    read_limits::{self, Cut},
    read_people::People,
};
use crate::{
    domain::{
        ids::Wamid,
        inbound::{
            Batch, ChannelAlert, IgnoredEvent, InboundOrigin, MetaError, PhoneNumberId, ReadFault, Update, UpdateBody,
            WabaId,
        },
        message::{Content, TEXT_LIMIT},
        phone_number::digits,
        text,
        time::{Span, Timestamp},
    },
    server::gateway::wire::{
        envelope::{ChangeValue, Metadata},
        lenient,
    },
};

/// Why a whole body could not be parsed. A retry never helps.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    #[error("the body is not JSON (line {line}, column {column})")]
    NotJson { line: usize, column: usize },
    #[error("the body is JSON without an `entry` list")]
    NotAnEnvelope,
}

/// Parses one body. `arrived` is used where Meta's own time is missing or invalid.
pub fn read(body: &[u8], arrived: Timestamp) -> Result<Batch, Unreadable> {
    let mut root = read_json::parse(body)?;
    let entries = match root.get_mut("entry").map(Value::take) {
        Some(Value::Array(entries)) => entries,
        Some(entry @ Value::Object(_)) => vec![entry],
        _ => return Err(Unreadable::NotAnEnvelope),
    };
    let mut parser = Parser { batch: Batch::default(), arrived };
    for (index, entry) in entries.into_iter().enumerate() {
        parser.entry(&format!("/entry/{index}"), entry);
    }
    Ok(parser.batch)
}

/// The JSON of items, for the quarantine. Empty for what is not in the body.
pub(super) fn items(body: &[u8], paths: &[String]) -> Vec<String> {
    let parsed = read_json::parse(body).unwrap_or_default();
    paths.iter().map(|path| parsed.pointer(path).map(Value::to_string).unwrap_or_default()).collect()
}

/// Context that an item inherits from the levels around it.
#[derive(Clone)]
pub(super) struct ItemContext {
    pub(super) path: String,
    pub(super) field: String,
    pub(super) waba: Option<WabaId>,
    pub(super) channel: Option<PhoneNumberId>,
    pub(super) display_phone: Option<String>,
    pub(super) origin: InboundOrigin,
    pub(super) arrived: Timestamp,
    /// In Unix seconds; present on updates of accounts and templates only.
    pub(super) entry_time: Option<i64>,
}

/// Two items with equal content and no time are the same update if they arrive within this span.
const DEDUP_WINDOW: Span = Span::hours(1);

impl ItemContext {
    /// A digest that identifies an item to which Meta gives no id, by its content and time, so that repetitions are
    /// recognised.
    pub(super) fn fingerprint(&self, timestamp: Option<i64>, content: &impl std::fmt::Debug) -> Wamid {
        let hour = self.arrived.0.div_euclid(DEDUP_WINDOW.0);
        let when = timestamp.or(self.entry_time).map_or_else(|| format!("hour {hour}"), |seconds| seconds.to_string());
        let source = format!("{} {when} {content:?}", self.field);
        Wamid(format!("print.{}", hex::encode(&Sha256::digest(source.as_bytes())[..16])))
    }

    pub(super) fn under(&self, key: &str) -> Self {
        Self { path: format!("{}/{key}", self.path), ..self.clone() }
    }

    pub(super) fn update(&self, body: UpdateBody) -> Update {
        Update {
            path: self.path.clone(),
            waba: self.waba.clone(),
            channel: self.channel.clone(),
            display_phone: self.display_phone.clone(),
            body,
        }
    }

    pub(super) fn ignored(&self, summary: impl Into<String>) -> UpdateBody {
        UpdateBody::IgnoredEvent(IgnoredEvent { field: self.field.clone(), summary: summary.into() })
    }

    /// Meta's time in Unix seconds, or the time of arrival if there is none.
    pub(super) fn time(&self, seconds: Option<i64>) -> Timestamp {
        seconds.filter(|seconds| *seconds > 0).map_or(self.arrived, Timestamp::from_seconds)
    }

    fn with_number(mut self, metadata: Option<&Metadata>) -> Self {
        if let Some(metadata) = metadata {
            self.channel = metadata.phone_number_id.clone().map(PhoneNumberId).or(self.channel);
            self.display_phone = metadata.display_phone_number.as_deref().map(digits).or(self.display_phone);
        }
        self
    }
}

/// The parsed item, or the reason why it could not be parsed.
pub(super) type ParseResult = Result<UpdateBody, String>;

pub(super) struct Parser {
    pub(super) batch: Batch,
    arrived: Timestamp,
}

impl Parser {
    pub(super) fn push_update(&mut self, ctx: &ItemContext, body: UpdateBody) {
        self.batch.updates.push(ctx.update(body));
    }

    pub(super) fn push_fault(&mut self, path: &str, why: impl Into<String>, raw: &Value) {
        self.batch.faults.push(ReadFault { path: path.to_owned(), why: why.into(), raw: raw.to_string() });
    }

    /// Parses each item of a list. Invalid ones become faults.
    pub(super) fn each(
        &mut self,
        ctx: &ItemContext,
        list: &str,
        items: Vec<Value>,
        read: impl Fn(&ItemContext, &Value) -> ParseResult,
    ) {
        for (index, mut raw) in items.into_iter().enumerate() {
            let ctx = ctx.under(&format!("{list}/{index}"));
            let cut = read_limits::cut(&mut raw);
            let parsed = if raw.is_object() { read(&ctx, &raw) } else { Err("not an object".to_owned()) };
            match (parsed, cut) {
                (Ok(UpdateBody::Message(mut message)), Cut::Shortened) => {
                    tracing::warn!(path = ctx.path, "webhook: message too long, truncated");
                    message.errors.insert(0, MetaError::cut());
                    self.push_update(&ctx, UpdateBody::Message(message));
                }
                (Ok(body), Cut::Whole | Cut::Shortened) => self.push_update(&ctx, body),
                (Err(why), Cut::Whole | Cut::Shortened) => self.push_fault(&ctx.path, why, &raw),
            }
        }
    }

    fn entry(&mut self, path: &str, mut entry: Value) {
        let waba = entry.get("id").and_then(lenient::as_text).map(WabaId);
        let changes = match entry.get_mut("changes") {
            Some(Value::Array(changes)) => std::mem::take(changes),
            Some(change) if change.is_object() => vec![change.take()],
            _ => return self.push_fault(path, "an entry without changes", &entry),
        };
        let time = entry.get("time").and_then(lenient::as_int);
        for (index, change) in changes.into_iter().enumerate() {
            self.change(&format!("{path}/changes/{index}"), waba.clone(), time, change);
        }
    }

    fn change(&mut self, path: &str, waba: Option<WabaId>, entry_time: Option<i64>, mut change: Value) {
        let field = change.get("field").and_then(lenient::as_text).unwrap_or_default();
        let value = match change.get_mut("value") {
            Some(value) if value.is_object() => value.take(),
            _ => return self.push_fault(path, "a change without a value", &change),
        };
        let (channel, display_phone, arrived) = (None, None, self.arrived);
        let path = format!("{path}/value");
        let origin = InboundOrigin::Live;
        let ctx = ItemContext { path, field, waba, channel, display_phone, origin, arrived, entry_time };
        match ctx.field.as_str() {
            "messages"
            | "standby"
            | "smb_message_echoes"
            | "history"
            | "messaging_handovers"
            | "user_preferences"
            | "calls"
            | "user_id_update" => match ChangeValue::deserialize(&value) {
                Ok(value) => self.value(ctx, value),
                // Cannot happen, because the type accepts any object. If it does, the value must not be lost silently.
                Err(error) => self.push_fault(&ctx.path, error.to_string(), &value),
            },
            _ => {
                let mut ctx = ctx.with_number(read_account::metadata(&value).as_ref());
                ctx.waba = read_account::account_id(&value).or(ctx.waba);
                let body = read_account::account(&ctx, &value);
                self.push_update(&ctx, body);
            }
        }
    }

    /// Parses a value that concerns customers.
    fn value(&mut self, ctx: ItemContext, mut value: ChangeValue) {
        let ctx = ctx.with_number(value.metadata.as_ref()).with_number(value.recipient.as_ref());
        let before = (self.batch.updates.len(), self.batch.faults.len());
        match ctx.field.as_str() {
            "messaging_handovers" => match read_fields::handover(&ctx, &value) {
                Some(body) => self.push_update(&ctx, body),
                None => self.push_update(&ctx, ctx.ignored("unknown kind of handover")),
            },
            "user_preferences" => {
                let people = People::new(std::mem::take(&mut value.contacts));
                let items = std::mem::take(&mut value.user_preferences);
                self.each(&ctx, "user_preferences", items, |ctx, raw| read_fields::preference(ctx, &people, raw));
            }
            "calls" => {
                let people = People::new(std::mem::take(&mut value.contacts));
                let items = std::mem::take(&mut value.calls);
                let errors = std::mem::take(&mut value.errors);
                self.each(&ctx, "calls", items, |ctx, raw| read_fields::call(ctx, &people, &errors, raw));
                self.items(&ctx, value);
            }
            "user_id_update" => {
                let items = std::mem::take(&mut value.user_id_update);
                self.each(&ctx, "user_id_update", items, read_fields::user_id_update);
            }
            "history" => {
                let ctx = ItemContext { origin: InboundOrigin::History, ..ctx.clone() };
                read_fields::history(self, &ctx, std::mem::take(&mut value.history));
                self.items(&ctx, value);
            }
            "standby" => {
                let ctx = ItemContext { origin: InboundOrigin::Standby, ..ctx.clone() };
                if let Some(inner) = value.standby.take() {
                    let ctx = ctx.under("standby").with_number(inner.metadata.as_ref());
                    self.items(&ctx, *inner);
                }
                self.items(&ctx, value);
            }
            _ => self.items(&ctx, value),
        }
        if before == (self.batch.updates.len(), self.batch.faults.len()) {
            self.push_update(&ctx, ctx.ignored("empty"));
        }
    }

    /// Parses the lists that `messages`, `smb_message_echoes`, `standby` and `history` share.
    fn items(&mut self, ctx: &ItemContext, value: ChangeValue) {
        let people = People::new(value.contacts);
        let first = self.batch.updates.len();
        let own_number = ctx.display_phone.as_deref();
        self.each(ctx, "messages", value.messages, |ctx, raw| match ctx.origin {
            // History mixes messages of customer and business in one list.
            InboundOrigin::History => read_items::history_message(ctx, &people, own_number, raw),
            InboundOrigin::Live | InboundOrigin::Standby => read_items::message(ctx, &people, raw),
        });
        self.each(ctx, "statuses", value.statuses, |ctx, raw| read_items::status(ctx, &people, raw));
        self.each(ctx, "message_echoes", value.message_echoes, |ctx, raw| read_items::echo(ctx, &people, raw));
        let fresh = self.batch.updates.get_mut(first..).unwrap_or_default();
        let mut messages = fresh.iter_mut().filter_map(|update| {
            let UpdateBody::Message(message) = &mut update.body else { return None };
            Some(message)
        });
        let context = value.conversation_context.and_then(|context| context.summary?.text);
        let mut errors: Vec<_> = value.errors.iter().map(meta_error).collect();
        if let Some(summary) = context
            && let Some(message) = messages.next()
        {
            message.summary = Some(text::clip(&summary, TEXT_LIMIT));
        }
        // For an interactive reply whose content Meta left out, the value's `errors` hold the reason. They are no alert
        // about the number.
        for update in self.batch.updates.get_mut(first..).unwrap_or_default() {
            if let UpdateBody::Message(message) = &mut update.body
                && message.content == Content::InteractiveMissing
            {
                message.errors.append(&mut errors);
            }
        }
        let ctx = ctx.under("errors");
        for error in errors {
            let mark = ctx.fingerprint(None, &error);
            let title = error.title.unwrap_or_else(|| "problem without a title".to_owned());
            self.push_update(&ctx, UpdateBody::ChannelAlert(channel_alert(&ctx.field, error.code, title, None, mark)));
        }
    }
}

/// Builds an alert. Its texts are clipped, because they are stored in the log.
pub(super) fn channel_alert(
    field: &str,
    code: Option<i64>,
    title: String,
    details: Option<String>,
    mark: Wamid,
) -> ChannelAlert {
    let details = details.filter(|details| !details.is_empty()).map(|details| text::clip(&details, 160));
    ChannelAlert { field: text::clip(field, 60), code, title: text::clip(&title, 120), details, mark }
}
