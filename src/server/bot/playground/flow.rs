//! Runs a draft one step further, with the function that runs it for customers. Nothing is stored, sent or called, so
//! there is nothing to clean up: the page supplies the state, the responses of other systems and the model's answers.

use crate::{
    contract::flow::{FlowTrial, TrialContinuation, TrialEffect, TrialInput, TrialResult},
    domain::{
        calendar,
        flow::{
            run::{Answered, Continuation, Facts, Input, ModelResult, StepEffect},
            step::step,
        },
        ids::TenantId,
        interpolation, language,
    },
    server::settings::{
        Result, SettingsError,
        flows::{FlowContext, SIZE, aside, check_size},
    },
    server::store::tenants,
};

use super::Playground;

/// The customer of every test run.
const CUSTOMER: &str = "Maria Silva";
const PHONE: &str = "+15550100001";

impl Playground {
    /// # Errors
    /// [`SettingsError::Invalid`] if the draft is too large or too deeply nested to be saved, or if too
    /// much of the tenant's waits.
    pub async fn flow_try(&self, tenant: &TenantId, trial: FlowTrial) -> Result<TrialResult> {
        check_size(&trial.draft)?;
        let mut tx = self.db.begin_read().await?;
        let record = tenants::find(&mut tx, tenant).await?.ok_or(SettingsError::NotFound)?;
        let context = FlowContext::read(&mut tx, tenant).await?;
        drop(tx);
        let now = self.clock.now();
        let zone = jiff::tz::TimeZone::get(&record.settings.zone).unwrap_or(jiff::tz::TimeZone::UTC);
        let facts = Facts {
            now,
            offset: calendar::offset(&zone, now),
            open: trial.open.unwrap_or_else(|| record.settings.calendar.is_open(&zone, now)),
            customer_name: CUSTOMER.to_owned(),
            customer_phone: PHONE.to_owned(),
            customer_language: trial
                .language
                .or_else(|| language::detect(&trial.last_words).map(str::to_owned))
                .unwrap_or_default(),
            channel: record.name.clone(),
            ad: String::new(),
            tenant_name: record.name,
            last_words: trial.last_words,
            variables: trial.variables,
        };
        let (draft, position, input) = (trial.draft, trial.position, input(trial.input));
        let (stepped, facts) = aside(tenant, move || (step(&draft, &position, &input, &facts), facts)).await?;
        let effects = stepped.effects.into_iter().map(|effect| match effect {
            StepEffect::Say { step, message } => TrialEffect::Say { step, message },
            StepEffect::Set { step, label, variable, value } => TrialEffect::Set { step, label, variable, value },
        });
        let effects = effects.collect();
        let values = interpolation::TextValues { customer_name: CUSTOMER, tenant_name: &facts.tenant_name };
        let notice = interpolation::filled(&record.settings.texts.notice_online, &values).unwrap_or_default();
        Ok(TrialResult { effects, rest: rest(stepped.rest, &context, &notice) })
    }
}

fn input(input: TrialInput) -> Input {
    match input {
        TrialInput::Begin => Input::Begin,
        TrialInput::Said { text, payload } => Input::Said { text, payload },
        TrialInput::NonText => Input::NonText,
        TrialInput::TimedOut => Input::TimedOut,
        TrialInput::Answered { status, mut body } => {
            // A simulated response is cut well below the limit of real ones.
            let end = (0..=SIZE.min(body.len())).rev().find(|at| body.is_char_boundary(*at)).unwrap_or(0);
            body.truncate(end);
            Input::Fetched(Ok(Answered { status, body }))
        }
        TrialInput::Unanswered { why } => Input::Fetched(Err(why)),
        TrialInput::ModelDone => Input::ModelDone(ModelResult::Finished),
        TrialInput::ModelFailed { why } => Input::ModelDone(ModelResult::Failed(why)),
    }
}

fn rest(rest: Continuation, context: &FlowContext, notice: &str) -> TrialContinuation {
    match rest {
        Continuation::Wait { position, patience } => TrialContinuation::Wait { position, patience },
        Continuation::Fetch { position, label, call } => TrialContinuation::Fetch { position, label, call },
        Continuation::Model { position, label, task } => TrialContinuation::Model { position, label, task },
        Continuation::Handoff(handoff) => TrialContinuation::Handoff {
            team: context.team(handoff.team.as_ref()),
            step: handoff.step,
            label: handoff.label,
            cause: handoff.cause.label().to_owned(),
            reason: handoff.reason,
            note: handoff.note,
            notice: if handoff.notice.is_empty() { notice.to_owned() } else { handoff.notice },
        },
        Continuation::Close { step } => TrialContinuation::Close { step },
    }
}
