//! Sending a message, and the blue ticks.

use serde::Serialize;

use super::{
    Credentials, Gateway,
    call::{self, Broken, Raw},
    wire::{
        answer::Answer,
        event::MetaError,
        request::{Body, Context, ReadRequest, SendRequest, TypingIndicator},
    },
};
use crate::domain::{
    codes::{self, Class},
    ids::Wamid,
    message::outgoing::{OutgoingMessage, Recipient},
};

/// One message to send.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Send {
    pub to: Recipient,
    pub quote: Option<Wamid>,
    /// Our own id, which comes back in every status of this message: the only thread to follow after an answer is lost.
    /// At most 512 characters.
    pub callback: String,
    /// One call's worth: the caller cuts what is longer, and keeps to Meta's limits.
    pub message: OutgoingMessage,
}

/// Meta took it. Not yet that it arrived.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Accepted {
    pub wamid: Wamid,
    /// As Meta knows the customer; may differ from the number we gave.
    pub wa_id: Option<String>,
    pub user_id: Option<String>,
    /// `held_for_quality_assessment` or `paused`: a paced template that waits at Meta's.
    pub held: Option<String>,
}

/// Whether the customer sees three dots along with the ticks. They go after 25 s or with our message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Typing {
    Show,
    No,
}

/// Why a call failed, told by what is known of the message.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SendError {
    /// Meta said no, or would have: it was not sent.
    #[error("refused with code {code}")]
    Refused {
        code: i64,
        /// Deprecated by Meta, but support asks for it.
        subcode: Option<i64>,
        class: Class,
        /// For an agent.
        detail: String,
        /// Meta's own explanation, for operators. May name numbers: never log it.
        details: Option<String>,
    },
    /// Surely not sent: there was no connection.
    #[error("not reached: {0}")]
    Unreachable(String),
    /// It may have been sent: the answer is missing or no answer of Meta's.
    #[error("unknown outcome: {0}")]
    Ambiguous(String),
}

impl From<Broken> for SendError {
    fn from(broken: Broken) -> Self {
        match broken {
            Broken::Unfit => {
                let verdict = codes::verdict(codes::TOKEN_INVALID, None);
                let details = Some("the token contains characters that aren't allowed in a header".to_owned());
                Self::Refused {
                    code: codes::TOKEN_INVALID,
                    subcode: None,
                    class: verdict.class,
                    detail: verdict.detail,
                    details,
                }
            }
            Broken::Before(words) => Self::Unreachable(words),
            Broken::After(words) => Self::Ambiguous(words),
        }
    }
}

impl SendError {
    /// A refusal in Meta's own form.
    pub(super) fn refused(error: MetaError) -> Option<Self> {
        let code = error.code?;
        let said = [error.title.as_deref(), error.message.as_deref()].into_iter().flatten().collect::<String>();
        let code = codes::meant(code, error.error_subcode, &said);
        let title = error.title.or(error.message);
        let verdict = codes::verdict(code, title.as_deref());
        let details = error.error_data.and_then(|data| data.details).or(error.details).or(title);
        Some(Self::Refused {
            code,
            subcode: error.error_subcode,
            class: verdict.class,
            detail: verdict.detail,
            details,
        })
    }
}

impl Gateway {
    /// Sends one message, once. There is no idempotency at Meta's: after [`SendError::Ambiguous`] only a status with
    /// our callback tells.
    pub async fn send(&self, credentials: &Credentials, send: &Send) -> Result<Accepted, SendError> {
        let (to, recipient) = match &send.to {
            Recipient::Phone(phone) => (Some(international(phone)), None),
            Recipient::UserId(id) => (None, Some(id.as_str())),
        };
        let request = SendRequest {
            messaging_product: "whatsapp",
            recipient_type: "individual",
            to,
            recipient,
            context: send.quote.as_ref().map(|wamid| Context { message_id: &wamid.0 }),
            biz_opaque_callback_data: &send.callback,
            body: Body::of(&send.message),
        };
        let answer = self.post(credentials, &request).await?;
        let message = answer.messages.into_iter().next().unwrap_or_default();
        let id = message.id.ok_or_else(|| SendError::Ambiguous("accepted without a message ID".to_owned()))?;
        let contact = answer.contacts.into_iter().next().unwrap_or_default();
        Ok(Accepted {
            wamid: Wamid(id),
            wa_id: contact.wa_id,
            user_id: contact.user_id,
            held: message.message_status.filter(|status| status != "accepted"),
        })
    }

    /// Blue ticks on a customer's message and everything before it. Meta takes it for 30 days after the message.
    pub async fn mark_read(&self, credentials: &Credentials, wamid: &Wamid, typing: Typing) -> Result<(), SendError> {
        let typing_indicator = match typing {
            Typing::Show => Some(TypingIndicator { kind: "text" }),
            Typing::No => None,
        };
        let request =
            ReadRequest { messaging_product: "whatsapp", status: "read", message_id: &wamid.0, typing_indicator };
        let answer = self.post(credentials, &request).await?;
        if answer.success { Ok(()) } else { Err(SendError::Ambiguous("neither accepted nor refused".to_owned())) }
    }

    async fn post(&self, credentials: &Credentials, body: &impl Serialize) -> Result<Answer, SendError> {
        let url = call::address(&self.base, &[&credentials.phone_number_id, "messages"], credentials)?;
        let request = self.client.post(url).bearer_auth(credentials.token.expose()).json(body);
        answered(call::make(request).await?)
    }
}

/// Meta's answer, if it is one. Only the body decides; the status is a hint for whoever reads the failure.
fn answered(raw: Raw) -> Result<Answer, SendError> {
    let foreign = || SendError::Ambiguous(format!("HTTP {} without a response from Meta", raw.status));
    let mut answer: Answer = serde_json::from_slice(&raw.body).map_err(|_| foreign())?;
    if let Some(refusal) = answer.error.take() {
        return Err(SendError::refused(refusal).unwrap_or_else(foreign));
    }
    if (200..300).contains(&raw.status) { Ok(answer) } else { Err(foreign()) }
}

/// `+` and digits. Without the plus Meta would put the business's own country code in front.
fn international(phone: &str) -> String {
    let digits: String = phone.chars().filter(char::is_ascii_digit).collect();
    format!("+{digits}")
}
