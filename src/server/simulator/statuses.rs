//! The statuses of an accepted message: sent, delivered, read, played, failed, each with its own webhook.
//!
//! `failed` has no contacts, and the user id only if the business used it. This is Meta's shape, and a receiver that
//! depends on either must fail here.

use std::time::Duration;

use rand::seq::SliceRandom;
use serde_json::{Value, json};
use tokio::sync::oneshot;

use super::{
    Simulator, codes,
    customers::PhoneUser,
    delivery::WebhookEvent,
    settings::{Reads, StatusOrder},
    thread::{Address, SendFacts, ThreadAuthor, ThreadLine, Tick},
};

/// A status of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum SentStatus {
    Sent,
    Delivered,
    Read,
    Played,
    Failed(u32),
}

impl SentStatus {
    fn as_str(self) -> &'static str {
        match self {
            Self::Sent => "sent",
            Self::Delivered => "delivered",
            Self::Read => "read",
            Self::Played => "played",
            Self::Failed(_) => "failed",
        }
    }
}

/// A planned status. Its time is set before statuses are shuffled, so that a late status keeps its original timestamp.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Step {
    status: SentStatus,
    pause_ms: u64,
    at: i64,
}

/// What will happen to an accepted message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum DeliveryPlan {
    /// It is delivered.
    Arrives,
    /// `sent` only, as for reactions.
    SentOnly,
    /// `failed` with a code.
    Fails(u32),
    /// It is delivered, but no status is sent.
    NoStatuses,
}

impl Simulator {
    /// Plans the statuses of an accepted message. With `before_answer`, returns a signal for the callback's response to
    /// the first one.
    pub(super) fn plan(&self, wamid: &str, plan: DeliveryPlan) -> Option<oneshot::Receiver<()>> {
        let (steps, before_answer) = self.steps(wamid, plan);
        let mut steps = steps.into_iter();
        let early = before_answer.then(|| steps.next()).flatten().map(|step| {
            let (answered, wait) = oneshot::channel();
            self.emit(wamid, step.status, self.inner.now(), Some(answered));
            wait
        });
        let (rest, simulator, wamid) = (steps.collect::<Vec<_>>(), self.clone(), wamid.to_owned());
        self.inner.add_pending(1);
        self.inner.tasks.spawn(async move {
            for step in rest {
                simulator.inner.pause(Duration::from_millis(step.pause_ms)).await;
                if simulator.inner.stop.is_cancelled() {
                    break;
                }
                simulator.emit(&wamid, step.status, step.at, None);
            }
            simulator.inner.finish_pending(1);
        });
        early
    }

    fn steps(&self, wamid: &str, plan: DeliveryPlan) -> (Vec<Step>, bool) {
        let mut world = self.inner.world();
        let settings = world.settings.clone();
        let receipts = world.holder(wamid).is_some_and(|phone| phone.customer.read_receipts);
        let status = settings.status;
        let mut steps = vec![(SentStatus::Sent, status.sent_ms)];
        match plan {
            DeliveryPlan::Fails(code) => steps = vec![(SentStatus::Failed(code), status.sent_ms)],
            DeliveryPlan::SentOnly => {}
            DeliveryPlan::NoStatuses => steps.clear(),
            DeliveryPlan::Arrives => {
                let reads = settings.reads == Reads::Auto && receipts;
                // Meta omits `delivered` only if `read` follows.
                if !(status.skip_delivered && (reads || settings.reads == Reads::WhenOpen)) {
                    steps.push((SentStatus::Delivered, status.delivered_ms));
                }
                if reads {
                    steps.push((SentStatus::Read, status.read_ms));
                }
            }
        }
        let mut at = self.inner.now();
        let mut steps: Vec<Step> = steps
            .into_iter()
            .map(|(status, pause_ms)| {
                at = at.saturating_add_unsigned(pause_ms);
                Step { status, pause_ms, at }
            })
            .collect();
        if status.order == StatusOrder::Shuffled && steps.len() > 1 {
            let natural = steps.clone();
            steps.shuffle(&mut world.rng);
            if steps == natural {
                steps.rotate_left(1);
            }
        }
        (steps, status.before_answer)
    }

    /// Sends one status now and shows it on the phone.
    fn emit(&self, wamid: &str, status: SentStatus, at: i64, mut answered: Option<oneshot::Sender<()>>) {
        let (value, copies) = {
            let mut world = self.inner.world();
            let copies = world.settings.status.copies.max(1);
            let Some(phone) = world.holder(wamid) else { return };
            let customer = phone.customer.clone();
            let Some(line) = phone.line(wamid) else { return };
            // The price is told with `sent`, and with whichever of the others says first that it arrived.
            let tells_price = match status {
                SentStatus::Sent => true,
                SentStatus::Delivered | SentStatus::Read => line.tick < Tick::Delivered,
                SentStatus::Played | SentStatus::Failed(_) => false,
            };
            show(line, status);
            let Some(facts) = line.facts.clone() else { return };
            let mut value = self.status_value(wamid, status, at, &customer, &facts);
            if tells_price {
                let entry = &mut value["statuses"][0];
                entry["pricing"] = facts.price.pricing();
                if let Some(conversation) = facts.price.conversation(status) {
                    entry["conversation"] = conversation;
                }
            }
            (value, copies)
        };
        for _ in 0..copies {
            self.enqueue(WebhookEvent {
                field: "messages".to_owned(),
                value: value.clone(),
                wamid: None,
                answered: answered.take(),
            });
        }
        self.inner.changed();
    }

    fn status_value(&self, wamid: &str, status: SentStatus, at: i64, customer: &PhoneUser, facts: &SendFacts) -> Value {
        let mut entry = json!({"id": wamid, "status": status.as_str(), "timestamp": (at / 1000).to_string()});
        let failed = matches!(status, SentStatus::Failed(_));
        let phone = customer.phone.as_deref();
        // A failed status contains the number only if the business used it, so that a hidden number stays hidden.
        if let Some(phone) = phone.filter(|_| facts.address == Address::Phone || !failed) {
            entry["recipient_id"] = phone.into();
        }
        if let Some(user_id) = customer.user_id.as_deref().filter(|_| facts.address == Address::UserId || !failed) {
            entry["recipient_user_id"] = user_id.into();
        }
        if let Some(data) = &facts.callback_data {
            entry["biz_opaque_callback_data"] = data.as_str().into();
        }
        if let SentStatus::Failed(code) = status {
            entry["errors"] = json!([error(code)]);
        }
        let mut value = self.value_head();
        if !failed {
            let username = matches!(status, SentStatus::Delivered | SentStatus::Read);
            value["contacts"] =
                json!([contact(customer, if username { StatusProfile::Full } else { StatusProfile::Name })]);
        }
        value["statuses"] = json!([entry]);
        value
    }

    /// The beginning of every value of the field `messages`.
    pub(super) fn value_head(&self) -> Value {
        let config = &self.inner.config;
        json!({"messaging_product": "whatsapp", "metadata": {
            "display_phone_number": super::ids::digits(&config.display_phone_number),
            "phone_number_id": config.phone_number_id,
        }})
    }

    /// The phone's page shows this chat, so delivered messages are read now. Returns the number of `read` statuses.
    pub(super) fn seen(&self, customer: &str) -> Option<usize> {
        let fresh: Vec<String> = {
            let mut world = self.inner.world();
            let reads = world.settings.reads == Reads::WhenOpen;
            let from = if world.settings.status.skip_delivered { Tick::Sent } else { Tick::Delivered };
            let phone = world.find_mut(customer)?;
            phone.seen = phone.lines.len();
            let reads = reads && phone.customer.read_receipts;
            let arrived = phone.lines.iter().filter(|line| reads && unread(line, from));
            arrived.map(|line| line.id.clone()).collect()
        };
        for wamid in &fresh {
            self.emit(wamid, SentStatus::Read, self.inner.now(), None);
        }
        Some(fresh.len())
    }

    /// The customer plays a voice message. `None` if the message does not exist.
    pub fn played(&self, wamid: &str) -> Option<()> {
        {
            let mut world = self.inner.world();
            let receipts = world.holder(wamid)?.customer.read_receipts;
            let line = world.holder(wamid)?.line(wamid)?;
            let first = !std::mem::replace(&mut line.played, true);
            if !first || !receipts || line.facts.is_none() || line.body["voice"] != true {
                return Some(());
            }
        }
        self.emit(wamid, SentStatus::Played, self.inner.now(), None);
        Some(())
    }
}

/// Whether opening the chat marks this line as read, if its status is at least `from`.
fn unread(line: &ThreadLine, from: Tick) -> bool {
    line.author == ThreadAuthor::Business
        && line.facts.is_some()
        && line.failed.is_none()
        && line.kind != "reaction"
        && (from..Tick::Read).contains(&line.tick)
}

fn show(line: &mut ThreadLine, status: SentStatus) {
    match status {
        SentStatus::Sent => line.tick = line.tick.max(Tick::Sent),
        SentStatus::Delivered => line.tick = line.tick.max(Tick::Delivered),
        SentStatus::Read | SentStatus::Played => line.tick = line.tick.max(Tick::Read),
        SentStatus::Failed(code) => line.failed = Some(code),
    }
}

/// How much of the profile a webhook contains.
#[derive(Clone, Copy)]
pub(super) enum StatusProfile {
    Name,
    Full,
}

/// The `contacts[]` item of a customer. Ids that the business may not see are absent, not empty, and so is an unknown
/// name.
pub(super) fn contact(customer: &PhoneUser, profile: StatusProfile) -> Value {
    let mut contact =
        if customer.is_known_by_number_alone() { json!({}) } else { json!({"profile": {"name": customer.name}}) };
    if let (StatusProfile::Full, Some(username)) = (profile, &customer.username) {
        contact["profile"]["username"] = username.as_str().into();
    }
    if let Some(phone) = &customer.phone {
        contact["wa_id"] = phone.as_str().into();
    }
    if let Some(user_id) = &customer.user_id {
        contact["user_id"] = user_id.as_str().into();
    }
    contact
}

/// An `errors[]` item of a webhook.
pub(super) fn error(code: u32) -> Value {
    let title = codes::find(code).title;
    json!({"code": code, "title": title, "message": title, "error_data": {"details": format!("Simulated: {title}.")},
        "href": "/documentation/business-messaging/whatsapp/support/error-codes"})
}
