//! What the bot does with a message. Pure: the same turn at the same moment leads to the same outcome.

use super::walk;
use crate::{
    domain::{
        flow::{
            definition::{Expect, Flow, Start, StepId, StepKind},
            run::{Input, Modelled, Position},
        },
        handoff::{Brief, Failure, Trigger},
        interpolation::{self, Values},
        keyword::{self, Setting},
        message::{Content, Referral},
        settings::Texts,
        text,
        time::Timestamp,
    },
    server::inbox::bot::{Escalation, FlowChange, FlowRun, Live, NextAction, Outcome, Turn},
};

/// A person who asks for a person is always honoured: keywords come first, whatever a flow or a model would say.
pub fn decide(turn: &Turn, now: Timestamp) -> Outcome {
    let Some(content) = &turn.content else { return Outcome::default() };
    let setting = Setting { channel: Some(&turn.channel), language: turn.customer.language.as_deref() };
    let called = content.words().and_then(|words| keyword::first_match(&turn.keywords, words, setting));
    if let Some((rule, _)) = called {
        let trigger = Trigger::Keyword { keyword: rule.id.clone(), phrase: rule.phrase.clone() };
        return Outcome::hand_off(Escalation::new(trigger, turn.message.clone()));
    }
    let input = input(content);
    if let Some(payload) = payload(content)
        && !is_option(turn.run.as_ref(), payload)
        && let Some(live) =
            started(turn, |start| matches!(start, Start::Button { payload: wanted } if wanted == payload))
    {
        return walk::begin(turn, live, now);
    }
    match &turn.run {
        Some(run) => in_flow(turn, run, content, &input, now),
        None => match first(turn, content) {
            Some(live) => walk::begin(turn, live, now),
            None => without_flow(turn, content),
        },
    }
}

fn in_flow(turn: &Turn, run: &FlowRun, content: &Content, input: &Input, now: Timestamp) -> Outcome {
    if run.flow.is_none() {
        // Wherever it stood, it cannot go on: another flow may begin, else a person is called.
        return by_words(turn, content)
            .map_or_else(|| walk::on(turn, run, input, now), |live| walk::begin(turn, live, now));
    }
    match &run.position {
        Position::Waiting { .. } => walk::on(turn, run, input, now),
        // Another system is being asked: the words stay in the thread, and the next question is asked when it answers.
        Position::Fetching { .. } => Outcome::default(),
        Position::Start | Position::Before { .. } => match by_words(turn, content) {
            Some(live) => walk::begin(turn, live, now),
            None => walk::on(turn, run, &Input::Begin, now),
        },
        Position::Modelling { .. } => match by_words(turn, content) {
            Some(live) => walk::begin(turn, live, now),
            None if turn.model.is_none() => {
                let gone = Input::Modelled(Modelled::Failed("The language model was turned off.".to_owned()));
                walk::on(turn, run, &gone, now)
            }
            None => model(turn, content),
        },
    }
}

/// No flow is under way and none begins: the model, else the tenant's texts, else a person.
fn without_flow(turn: &Turn, content: &Content) -> Outcome {
    if turn.model.is_some() {
        return model(turn, content);
    }
    let values = Values { customer_name: &turn.customer.name, tenant_name: &turn.tenant_name };
    match answer(&turn.settings.texts, turn.is_first).map(|text| interpolation::filled(text, &values)) {
        Some(Ok(words)) => Outcome::say(words),
        // A text that cannot be filled in is no answer either.
        Some(Err(_)) | None => {
            let trigger = Trigger::Failure { failure: Failure::NoAnswer };
            Outcome::hand_off(Escalation::new(trigger, turn.message.clone()))
        }
    }
}

/// The model answers words. What it cannot read gets the configured answer, or a person.
fn model(turn: &Turn, content: &Content) -> Outcome {
    let Some(settings) = &turn.model else { return Outcome::default() };
    if content.words().is_some() {
        return Outcome { then: NextAction::Model, place: FlowChange::Keep, ..Outcome::default() };
    }
    match settings.unreadable.trim() {
        "" => {
            let mut escalation =
                Escalation::new(Trigger::Failure { failure: Failure::Unreadable }, turn.message.clone());
            escalation.brief =
                Brief { reason: format!("The customer sent: {}", content.preview()), ..Brief::default() };
            Outcome::hand_off(escalation)
        }
        // Five pictures in a row are told once.
        _ if turn.is_told_unreadable => Outcome::default(),
        words => Outcome::say(words),
    }
}

/// The greeting first, the fallback after; nothing configured is no answer.
pub fn answer(texts: &Texts, is_first: bool) -> Option<&str> {
    let greeting = Some(texts.greeting.trim()).filter(|text| is_first && !text.is_empty());
    greeting.or_else(|| Some(texts.fallback.trim()).filter(|text| !text.is_empty()))
}

/// Which flow a message begins when none is under way. The narrowest start wins: an ad, then words, then any first
/// message.
fn first<'t>(turn: &'t Turn, content: &Content) -> Option<&'t Live> {
    let by_ad = turn.referral.as_ref().and_then(|referral| {
        started(turn, |start| matches!(start, Start::Ad { contains } if came_from(referral, contains)))
    });
    let opening = |start: &Start| turn.is_first && matches!(start, Start::NewConversation);
    by_ad.or_else(|| by_words(turn, content)).or_else(|| started(turn, opening))
}

fn by_words<'t>(turn: &'t Turn, content: &Content) -> Option<&'t Live> {
    let words = content.words()?;
    started(
        turn,
        |start| matches!(start, Start::Words { phrase, matching } if keyword::stands_in(words, phrase, *matching)),
    )
}

fn started(turn: &Turn, fits: impl Fn(&Start) -> bool) -> Option<&Live> {
    turn.live.iter().find(|live| live.flow.starts.iter().any(&fits))
}

fn came_from(referral: &Referral, contains: &str) -> bool {
    let wanted = text::folded(contains);
    let parts = [&referral.headline, &referral.body, &referral.source_url];
    wanted.is_empty() || parts.into_iter().flatten().any(|part| text::folded(part).contains(&wanted))
}

/// The customer's words as a flow takes them.
fn input(content: &Content) -> Input {
    match content.words() {
        Some(words) => Input::Said { text: words.to_owned(), payload: payload(content).map(ToOwned::to_owned) },
        None => Input::Wordless,
    }
}

fn payload(content: &Content) -> Option<&str> {
    match content {
        Content::ButtonReply { id, .. } | Content::ListReply { id, .. } => Some(id),
        Content::TemplateButton { payload, .. } => payload.as_deref(),
        _ => None,
    }
}

/// Whether a payload is an answer to the question that is waiting.
fn is_option(run: Option<&FlowRun>, payload: &str) -> bool {
    let Some(FlowRun { position: Position::Waiting { step, .. }, flow: Some(flow), .. }) = run else { return false };
    option_ids(flow, step).iter().any(|id| id == payload)
}

fn option_ids(flow: &Flow, step: &StepId) -> Vec<String> {
    match flow.find(step).map(|step| &step.act) {
        Some(StepKind::Question(question)) => match &question.expect {
            Expect::Choice { options } => options.iter().map(|option| option.id.clone()).collect(),
            _ => Vec::new(),
        },
        _ => Vec::new(),
    }
}
