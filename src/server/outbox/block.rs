//! Blocks and unblocks of customers at Meta: retried while Meta may answer otherwise later, then recorded as refused.
//! The block holds in Handoff meanwhile.

use crate::{
    domain::{block::refusal, codes::Class, time::Span},
    server::{
        conversations::{
            ConversationError,
            block::{BlockAnswer, BlockCall},
        },
        gateway::SendError,
        store::jobs::JobRow,
        workers::Leased,
    },
};

use super::Outbox;

/// Most attempts of a job: about half an hour.
const MAX_ATTEMPTS: i64 = 10;
/// The wait after the first failed attempt. It doubles up to the sixth.
const FIRST_WAIT: Span = Span::seconds(5);
const DOUBLINGS: i64 = 6;

impl Outbox {
    pub(super) async fn block(&self, job: &Leased<JobRow>) -> Result<(), ConversationError> {
        let Some(BlockCall { channel, user, act }) = self.conversations.block_call(job).await? else {
            return Ok(self.jobs.finish(job).await?);
        };
        let Some(credentials) = self.credentials(&channel).await? else {
            let detail = "the number's access token can't be decrypted.".to_owned();
            return self.conversations.settle_block(job, &BlockAnswer::Unanswered { detail }).await;
        };
        let refused = match self.gateway.set_blocked(&credentials, &user, act).await {
            Ok(()) => return self.conversations.settle_block(job, &BlockAnswer::Accepted).await,
            Err(refused) => refused,
        };
        if job.attempts + 1 < MAX_ATTEMPTS && may_change(&refused) {
            tracing::info!(error = %refused, job = %job.id, "outbox: block not answered, will retry");
            let doublings = job.attempts.clamp(0, DOUBLINGS);
            return Ok(self.jobs.reschedule(job, Span(FIRST_WAIT.0 << doublings)).await?);
        }
        let answer = match refused {
            SendError::Refused { code, details, .. } => {
                BlockAnswer::Refused { code: Some(code), detail: refusal(code, details.as_deref()) }
            }
            SendError::SecretRefused => {
                BlockAnswer::Refused { code: None, detail: "it refused the app's secret.".to_owned() }
            }
            SendError::Throttled | SendError::Unreachable(_) | SendError::Ambiguous(_) => {
                BlockAnswer::Unanswered { detail: "it could not be reached.".to_owned() }
            }
        };
        self.conversations.settle_block(job, &answer).await
    }
}

/// Whether Meta may answer otherwise later. A block may be repeated, so a lost response is retried.
fn may_change(error: &SendError) -> bool {
    match error {
        SendError::Throttled | SendError::Unreachable(_) | SendError::Ambiguous(_) => true,
        SendError::SecretRefused => false,
        SendError::Refused { class, .. } => match class {
            Class::Transient(_) => true,
            Class::Permanent | Class::Alert | Class::Inbound | Class::WindowClosed | Class::ChannelDown => false,
        },
    }
}
