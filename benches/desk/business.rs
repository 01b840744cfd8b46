//! A business with an app and numbers of its own, and webhooks to them as Meta sends them.

use std::net::SocketAddr;

use handoff::{
    domain::{automation::AutomationBounds, event::Initiator, ids::TenantId, keyword::Matching},
    server::{channels::NewNumber, secret::Secret, settings::keywords::NewKeyword},
};
use serde_json::{Value, json};

use super::{
    Failure, numbers,
    stage::{Stage, signed},
};

const WABA: &str = "510610810101210";

/// What a customer writes: no keyword is in it.
pub const WORDS: &str = "Good morning, has my parcel with the blue lamp left your warehouse yet?";

#[derive(Clone)]
pub struct Business {
    pub tenant: TenantId,
    pub name: String,
    address: SocketAddr,
    app: String,
    secret: String,
    /// Meta's ids of its numbers.
    numbers: Vec<String>,
}

impl Business {
    /// A new tenant with so many numbers. `name` consists of lower case letters.
    pub async fn open(stage: &Stage, name: &str, count: usize) -> Result<Self, Failure> {
        let channels = &stage.services.channels;
        let tenant = channels.create_tenant(name).await?;
        let (app, secret) = (format!("{name}-app"), format!("{name}-app-secret"));
        let id =
            channels.add_app(&app, name, &Secret::new(secret.as_str()), &Secret::new("bench-verify-token")).await?;
        let mut numbers = Vec::with_capacity(count);
        let first = name.bytes().map(u64::from).sum::<u64>();
        for nth in 0..count {
            let number = format!("3{first:06}0900{nth:04}");
            let new = NewNumber {
                app: id.clone(),
                phone_number_id: number.clone(),
                waba_id: WABA.to_owned(),
                display_phone: format!("+1 555 {:03} {nth:04}", first % 1_000),
                name: format!("{name} {nth}"),
                token: Secret::new("bench-token"),
            };
            channels.add_number(&tenant, new).await?;
            numbers.push(number);
        }
        // Customers of benchmarks repeat themselves.
        let bounds = AutomationBounds { daily_messages: 10_000, repeats: 0 };
        stage.services.settings.automation_save(&tenant, Initiator::SYSTEM, bounds).await?;
        Ok(Self { tenant, name: name.to_owned(), address: stage.address, app, secret, numbers })
    }

    /// Adds so many rules that no message of [`WORDS`] matches.
    pub async fn add_rules(&self, stage: &Stage, matching: Matching, count: usize) -> Result<(), Failure> {
        for nth in 0..count {
            let phrase = format!("connect department number {nth:03}");
            let rule = NewKeyword { phrase, matching, language: None, channel: None };
            stage.services.settings.keyword_add(&self.tenant, Initiator::SYSTEM, rule).await?;
        }
        Ok(())
    }

    /// The same business behind another server.
    pub fn moved_to(&self, address: SocketAddr) -> Self {
        Self { address, ..self.clone() }
    }

    /// The path of its webhook.
    pub fn path(&self) -> String {
        format!("/webhooks/whatsapp/{}", self.app)
    }

    pub fn app(&self) -> &str {
        &self.app
    }

    pub fn secret(&self) -> &str {
        &self.secret
    }

    /// What the ids of its customers' messages begin with; their number follows.
    pub fn wamids(&self) -> String {
        format!("wamid.{}.", self.name)
    }

    /// A webhook with one text.
    pub fn text(&self, customer: usize, message: usize) -> Vec<u8> {
        self.texts(customer, 1, message, 1)
    }

    /// A webhook with the messages `first..first + count`, of the customers from `customer` on in turn, who write to one
    /// number.
    pub fn texts(&self, customer: usize, customers: usize, first: usize, count: usize) -> Vec<u8> {
        let phone = |nth: usize| format!("4915{:09}", customer + nth % customers);
        let contacts: Vec<Value> = (0..customers.min(count))
            .map(|nth| {
                let phone = phone(nth);
                json!({"profile": {"name": format!("Customer {}", customer + nth)}, "wa_id": phone,
                    "user_id": format!("DE.{phone}")})
            })
            .collect();
        let at = (numbers::wall_micros() / 1_000_000).to_string();
        let messages: Vec<Value> = (0..count)
            .map(|nth| {
                let phone = phone(nth);
                json!({"from": phone, "from_user_id": format!("DE.{phone}"), "timestamp": at,
                    "id": format!("{}{:012}", self.wamids(), first + nth), "type": "text", "text": {"body": WORDS}})
            })
            .collect();
        let number = &self.numbers[customer % self.numbers.len()];
        self.webhook(number, json!({"contacts": contacts, "messages": messages}))
    }

    /// A webhook with a status of a message that was sent from a number.
    pub fn status(&self, number: &str, wamid: &str, word: &str, callback: &str) -> Vec<u8> {
        let at = (numbers::wall_micros() / 1_000_000).to_string();
        let status = json!({"id": wamid, "status": word, "timestamp": at, "recipient_id": "49150",
            "biz_opaque_callback_data": callback});
        self.webhook(number, json!({"statuses": [status]}))
    }

    fn webhook(&self, number: &str, mut value: Value) -> Vec<u8> {
        value["messaging_product"] = json!("whatsapp");
        value["metadata"] = json!({"display_phone_number": "15550200000", "phone_number_id": number});
        let body = json!({"object": "whatsapp_business_account",
            "entry": [{"id": WABA, "changes": [{"field": "messages", "value": value}]}]});
        signed(self.address, &self.app, &self.secret, body.to_string().as_bytes())
    }
}
