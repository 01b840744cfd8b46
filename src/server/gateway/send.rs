//! Sending messages, and marking customers' messages as read.

use serde::Serialize;

use super::{
    Credentials, Gateway,
    call::{self, CallFailure, Raw},
    wire::{
        answer::GraphResponse,
        event::WireMetaError,
        request::{Body, ReadRequest, RequestQuote, SendRequest, TypingIndicator},
    },
};
use crate::domain::{
    codes::{self, Class, Meaning, ResponseHint, ResponseVerdict},
    ids::Wamid,
    message::outgoing::{OutgoingMessage, Recipient},
};

/// One message to send.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Send {
    pub to: Recipient,
    pub quote: Option<Wamid>,
    /// Our own id of the message. Meta repeats it in every status, which identifies the message if the response of the
    /// send was lost. At most 512 characters.
    pub callback: String,
    /// The caller splits longer messages and keeps Meta's limits.
    pub message: OutgoingMessage,
    /// Meta's id of the message's file, if that was uploaded ([`Gateway::upload`]).
    pub remote_file: Option<String>,
}

/// Meta accepted the message. It may not be delivered yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Accepted {
    pub wamid: Wamid,
    /// The customer's id at Meta. It may differ from the number that we sent to.
    pub wa_id: Option<String>,
    pub user_id: Option<String>,
    /// `held_for_quality_assessment` or `paused`: Meta holds the message because it paces the template.
    pub held: Option<String>,
}

/// Whether the customer sees a typing indicator. It disappears after 25 s or with our message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Typing {
    Show,
    No,
}

/// Why a call failed. The variants differ in whether the message may have been sent.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SendError {
    /// Meta refused the message, or would have. It was not sent.
    #[error("refused with code {code}")]
    Refused {
        code: i64,
        /// Deprecated by Meta, but its support asks for it.
        subcode: Option<i64>,
        class: Class,
        /// An explanation for agents.
        detail: String,
        /// Meta's own explanation, for operators. It may contain phone numbers, so it must not be logged.
        details: Option<String>,
    },
    /// Meta refuses the `appsecret_proof`: our app secret differs from its own. Nothing was sent.
    #[error("the app secret was refused")]
    SecretRefused,
    /// Refused because of the number of calls (HTTP 429), without an answer that could be read. Nothing was sent.
    #[error("too many calls")]
    Throttled,
    /// Certainly not sent: there was no connection.
    #[error("not reached: {0}")]
    Unreachable(String),
    /// Possibly sent: there was no response, it was not Meta's, or it says only that Meta's server failed.
    #[error("unknown outcome: {0}")]
    Ambiguous(String),
}

impl From<CallFailure> for SendError {
    fn from(failure: CallFailure) -> Self {
        match failure {
            CallFailure::InvalidToken => {
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
            CallFailure::NotSent(words) => Self::Unreachable(words),
            CallFailure::ResponseLost(words) => Self::Ambiguous(words),
        }
    }
}

impl SendError {
    /// A response that is none of Meta's, by its HTTP status.
    pub(super) fn unanswered(status: u16) -> Self {
        match status {
            429 => Self::Throttled,
            status => Self::Ambiguous(format!("HTTP {status} without a response from Meta")),
        }
    }

    /// Reads an error object of Meta's.
    pub(super) fn refused(error: WireMetaError, status: u16) -> Option<Self> {
        let code = error.code?;
        let said = [error.title.as_deref(), error.message.as_deref()].into_iter().flatten().collect::<String>();
        let code = match codes::meaning(code, error.error_subcode, &said) {
            Meaning::Code(code) => code,
            Meaning::SecretRefused => return Some(Self::SecretRefused),
        };
        let title = error.title.or(error.message);
        let hint = ResponseHint { status, is_transient: error.is_transient };
        let verdict = match codes::response_verdict(code, title.as_deref(), hint) {
            ResponseVerdict::Refused(verdict) => verdict,
            ResponseVerdict::Unknown => return Some(Self::Ambiguous(format!("HTTP {status} with code {code}"))),
        };
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
    /// Sends one message, once. Meta offers no idempotency: after [`SendError::Ambiguous`] only a status with our
    /// callback shows whether it was sent.
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
            context: send.quote.as_ref().map(|wamid| RequestQuote { message_id: &wamid.0 }),
            biz_opaque_callback_data: &send.callback,
            body: Body::of(&send.message, send.remote_file.as_deref()),
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

    /// Marks a customer's message and all before it as read. Meta accepts this for 30 days after the message.
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

    async fn post(&self, credentials: &Credentials, body: &impl Serialize) -> Result<GraphResponse, SendError> {
        let url = call::address(&self.base, &[&credentials.phone_number_id, "messages"], credentials)?;
        let request = self.client.post(url).bearer_auth(credentials.token.expose()).json(body);
        answered(call::make(request).await?)
    }
}

/// Parses Meta's response. The body decides; the HTTP status says what an unknown or missing one means.
pub(super) fn answered(raw: Raw) -> Result<GraphResponse, SendError> {
    let foreign = || SendError::unanswered(raw.status);
    let mut answer: GraphResponse = serde_json::from_slice(&raw.body).map_err(|_| foreign())?;
    if let Some(refusal) = answer.error.take() {
        return Err(SendError::refused(refusal, raw.status).unwrap_or_else(foreign));
    }
    if (200..300).contains(&raw.status) { Ok(answer) } else { Err(foreign()) }
}

/// `+` and digits. Without the plus, Meta prepends the business's own country code.
pub(super) fn international(phone: &str) -> String {
    let digits: String = phone.chars().filter(char::is_ascii_digit).collect();
    format!("+{digits}")
}
