//! The second app of the business number, as with Conversation Routing: it holds customers, answers them, takes them and
//! passes them on. The app under test gets copies of its traffic on `standby`, and `messaging_handovers`.
//!
//! Calls of the app under test are in `graph/thread_control.rs`. To add an act: a variant of [`PartnerAct`].

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{
    SayError, Simulator,
    customers::PhoneUser,
    delivery::WebhookEvent,
    ids::{self, WamidDirection},
    thread::{Responder, TakeRule, ThreadAuthor, ThreadLine},
};

/// What the second app does.
#[derive(Clone, Debug, Deserialize)]
#[serde(tag = "act", rename_all = "snake_case")]
pub enum PartnerAct {
    /// It answers the customer from now on. Nobody is told, as when a conversation begins there.
    Hold,
    /// It writes to the customer.
    Say {
        /// The text.
        text: String,
    },
    /// It takes the customer from the app under test, which is told.
    Take,
    /// It passes the customer to the app under test, which is told.
    Pass {
        /// Its note.
        #[serde(default)]
        note: Option<String>,
        /// The summary that Meta adds.
        #[serde(default)]
        summary: Option<String>,
    },
    /// The app under test may not take the customer any more.
    RefuseTakes,
    /// It may again.
    AllowTakes,
}

/// A call of the app under test about who answers a customer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ThreadControlCall {
    /// The simulator's id of the customer.
    pub customer: String,
    /// `pass`, `take` or `release`.
    pub action: String,
    /// The note.
    pub metadata: Option<String>,
    /// Whom a pass is for.
    pub target_role: Option<String>,
}

impl Simulator {
    /// Lets the second app act. `customer` is an id, user id, username or number. An unknown number creates a customer.
    pub fn partner(&self, customer: &str, act: PartnerAct) -> Result<(), SayError> {
        let now = self.inner.now();
        let who = {
            let mut world = self.inner.world();
            let unknown = || SayError::NoCustomer(customer.to_owned());
            let id = world.find_or_add(customer, now).ok_or_else(unknown)?;
            let phone = world.find_mut(&id).ok_or_else(unknown)?;
            match &act {
                PartnerAct::Hold | PartnerAct::Take => phone.responder = Responder::Partner,
                PartnerAct::Pass { .. } => phone.responder = Responder::Us,
                PartnerAct::RefuseTakes => phone.takes = TakeRule::Refused,
                PartnerAct::AllowTakes => phone.takes = TakeRule::Allowed,
                PartnerAct::Say { .. } => {}
            }
            phone.customer.clone()
        };
        match act {
            PartnerAct::Hold | PartnerAct::RefuseTakes | PartnerAct::AllowTakes => {}
            PartnerAct::Say { text } => self.partner_says(&who, &text, now),
            PartnerAct::Take => {
                let said = json!({"previous_owner_role": "escalation", "new_owner_role": "ai_agent"});
                self.handover(&who, "control_taken", said, now);
            }
            PartnerAct::Pass { note, summary } => {
                let mut said = json!({"previous_owner_role": "ai_agent", "new_owner_role": "escalation"});
                if let Some(note) = note {
                    said["metadata"] = note.into();
                }
                if let Some(summary) = summary {
                    said["conversation_context"] = json!({"type": "summary", "summary": {"text": summary}});
                }
                self.handover(&who, "control_passed", said, now);
            }
        }
        self.inner.changed();
        Ok(())
    }

    /// Who answers a customer; `None` for an unknown customer.
    pub fn responder(&self, customer: &str) -> Option<Responder> {
        self.inner.world().find(customer).map(|phone| phone.responder)
    }

    /// The accepted and refused calls about a customer, oldest first.
    pub fn control_calls(&self, customer: &str) -> Vec<ThreadControlCall> {
        let world = self.inner.world();
        let id = world.find(customer).map(|phone| phone.customer.id.clone());
        world.control_calls.iter().filter(|call| Some(&call.customer) == id.as_ref()).cloned().collect()
    }

    /// The field and the value of a customer's message: the app that does not answer gets a copy.
    pub(super) fn addressed(&self, who: &PhoneUser, inner: Value) -> (&'static str, Value) {
        let mut value = self.value_head();
        match self.responder(&who.id) {
            Some(Responder::Partner) => {
                value["standby"] = inner;
                ("standby", value)
            }
            Some(Responder::Us) | None => {
                if let (Some(value), Value::Object(inner)) = (value.as_object_mut(), inner) {
                    value.extend(inner);
                }
                ("messages", value)
            }
        }
    }

    fn partner_says(&self, who: &PhoneUser, text: &str, at: i64) {
        let wamid = {
            let mut world = self.inner.world();
            let wamid = ids::wamid(&mut world.rng, at, who.party(), WamidDirection::FromBusiness);
            if let Some(phone) = world.find_mut(&who.id) {
                let body = json!({"body": text});
                phone.lines.push(ThreadLine::new(wamid.clone(), ThreadAuthor::Partner, at, "text", body));
            }
            wamid
        };
        let mut sent = json!({"messaging_product": "whatsapp", "recipient_type": "individual", "type": "text",
            "text": {"body": text}});
        match (&who.phone, &who.user_id) {
            (Some(phone), _) => sent["to"] = format!("+{phone}").into(),
            (None, Some(user)) => sent["recipient"] = user.as_str().into(),
            (None, None) => {}
        }
        let echo = json!({"id": wamid, "timestamp": (at / 1000).to_string(), "message": sent});
        let mut value = self.value_head();
        value["standby"] = json!({"message_echoes": [echo]});
        self.enqueue(WebhookEvent { field: "standby".to_owned(), value, wamid: None, answered: None });
    }

    fn handover(&self, who: &PhoneUser, kind: &str, said: Value, at: i64) {
        let config = &self.inner.config;
        let mut sender = json!({});
        if let Some(phone) = &who.phone {
            sender["phone_number"] = phone.as_str().into();
        }
        if let Some(user) = &who.user_id {
            sender["user_id"] = user.as_str().into();
        }
        let mut value = json!({"messaging_product": "whatsapp", "sender": sender, "recipient": {
            "phone_number_id": config.phone_number_id,
            "display_phone_number": ids::digits(&config.display_phone_number),
        }, "type": kind, "timestamp": (at / 1000).to_string()});
        value[kind] = said;
        self.enqueue(WebhookEvent { field: "messaging_handovers".to_owned(), value, wamid: None, answered: None });
    }
}
