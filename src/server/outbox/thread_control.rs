//! Takes customers from other apps of a number, and gives them back. A call is repeated only if it certainly had no
//! effect; after any other failure nobody knows who answers the customer, and only Meta's webhooks tell.

use crate::{
    domain::{codes::Class, thread_control::ControlAnswer, time::Span},
    server::{
        conversations::{
            ConversationError,
            control::{ControlCall, ControlStep},
        },
        gateway::SendError,
        store::jobs::JobRow,
        workers::Leased,
    },
};

use super::Outbox;

/// Most calls of a job: about half a minute, in which an agent waits.
const MAX_TRIES: u32 = 4;
/// The wait after the first call that had no effect. It doubles.
const FIRST_WAIT: Span = Span::seconds(2);
/// The wait for messages that have to be sent first.
const SENDS_WAIT: Span = Span::seconds(2);

/// What became of a call.
enum Called {
    Answered(ControlAnswer),
    /// It had no effect, and may have one later.
    TryAgain {
        code: Option<i64>,
    },
}

impl Outbox {
    pub(super) async fn thread_control(&self, job: &Leased<JobRow>) -> Result<(), ConversationError> {
        if job.attempts > 0 {
            // A worker that is gone had the job: it may have made the call.
            return self.conversations.settle_control(job, ControlAnswer::Unclear).await;
        }
        let call = match self.conversations.control_step(job).await? {
            ControlStep::Call(call) => call,
            ControlStep::Later => return self.conversations.hold_control(job, SENDS_WAIT).await,
            ControlStep::Impossible => {
                return self.conversations.settle_control(job, ControlAnswer::Refused { code: None }).await;
            }
            // Not called, so it certainly had no effect.
            ControlStep::Over => {
                return self.conversations.settle_control(job, ControlAnswer::Refused { code: None }).await;
            }
        };
        let tries = call.tries;
        match self.call_thread_control(&call).await? {
            Called::Answered(answer) => self.conversations.settle_control(job, answer).await,
            Called::TryAgain { .. } if tries + 1 < MAX_TRIES => {
                self.conversations.retry_control(job, Span(FIRST_WAIT.0 << tries)).await
            }
            Called::TryAgain { code } => self.conversations.settle_control(job, ControlAnswer::Refused { code }).await,
        }
    }

    async fn call_thread_control(&self, call: &ControlCall) -> Result<Called, ConversationError> {
        let ControlCall { channel, user, request, note, .. } = call;
        let Some(credentials) = self.credentials(channel).await? else {
            return Ok(Called::Answered(ControlAnswer::Refused { code: None }));
        };
        let error = match self.gateway.thread_control(&credentials, user, *request, note).await {
            Ok(()) => return Ok(Called::Answered(ControlAnswer::Accepted)),
            Err(error) => error,
        };
        tracing::info!(%error, channel = %channel.id, action = request.as_str(), "outbox: thread control not confirmed");
        Ok(match error {
            SendError::Throttled | SendError::Unreachable(_) => Called::TryAgain { code: None },
            SendError::Ambiguous(_) => Called::Answered(ControlAnswer::Unclear),
            SendError::SecretRefused => Called::Answered(ControlAnswer::Refused { code: None }),
            SendError::Refused { code, class, .. } => match class {
                Class::Transient(_) => Called::TryAgain { code: Some(code) },
                Class::Permanent | Class::Alert | Class::Inbound | Class::WindowClosed | Class::ChannelDown => {
                    Called::Answered(ControlAnswer::Refused { code: Some(code) })
                }
            },
        })
    }
}
