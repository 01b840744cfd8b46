//! The response of an API call whose turn has to wait: kept in the payload of the call's job, because the call is never
//! repeated.

use serde::{Deserialize, Serialize};

use crate::{
    domain::{bot::EndedCall, event::CallOutcome, flow::run::Answered, ids::CallId, time::Span},
    server::{
        conversations::Result,
        store::{RowId, jobs::JobRow, to_json},
    },
};

/// What the flow gets for a call: the response, or why there is none.
pub type CallAnswer = std::result::Result<Answered, String>;

/// A call's job as it is stored: the call's id alone, or this as JSON.
#[derive(Debug, Serialize, Deserialize)]
pub struct HeldCall {
    call: CallId,
    outcome: CallOutcome,
    output: String,
    took: Span,
    /// `None` if there was no response.
    status: Option<u16>,
    /// The response's body, or why there is no response.
    body: String,
}

impl HeldCall {
    /// The response that a job holds; `None` if its call has not been sent yet.
    pub fn of(job: &JobRow) -> Result<Option<Self>> {
        if !job.payload.starts_with('{') {
            return Ok(None);
        }
        Ok(Some(RowId::new("jobs", job.id.as_str()).json("payload", &job.payload)?))
    }

    /// The payload that holds a response.
    pub fn payload(answer: &CallAnswer, ended: &EndedCall) -> Result<String> {
        let (status, body) = match answer {
            Ok(response) => (Some(response.status), response.body.clone()),
            Err(detail) => (None, detail.clone()),
        };
        let EndedCall { call, outcome, output, took } = ended;
        let held = Self { call: call.clone(), outcome: *outcome, output: output.clone(), took: *took, status, body };
        Ok(to_json(&held)?)
    }

    pub fn call(&self) -> &CallId {
        &self.call
    }

    /// What [`Self::payload`] got.
    pub fn into_parts(self) -> (CallAnswer, EndedCall) {
        let Self { call, outcome, output, took, status, body } = self;
        let answer = match status {
            Some(status) => Ok(Answered { status, body }),
            None => Err(body),
        };
        (answer, EndedCall { call, outcome, output, took })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Jobs store them as JSON. Never change a line here, only add.
    const GOLDEN: &[&str] = &[
        r#"{"call":"cal_1","outcome":"answered","output":"200\nok","took":5,"status":200,"body":"ok"}"#,
        r#"{"call":"cal_1","outcome":"failed","output":"no answer","took":5,"status":null,"body":"no answer"}"#,
    ];

    #[test]
    fn a_held_response_is_read_as_it_was_written() {
        for line in GOLDEN {
            let held: HeldCall = serde_json::from_str(line).expect("golden JSON");
            let (answer, ended) = held.into_parts();
            assert_eq!(HeldCall::payload(&answer, &ended).expect("is JSON"), *line);
        }
    }
}
