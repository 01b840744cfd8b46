//! Decides what answers a customer's message. The bot and the keyword page's *try it* call this one function.

use super::{FlowRun, LiveFlow, QuestionFit};
use crate::{
    flow::{
        definition::{Flow, Start, StepId, StepKind},
        run::{Input, ModelResult, Position},
    },
    keyword::{Found, Keyword, MatchContext, Matcher},
    message::{Content, Referral},
    model::ModelSettings,
    settings::Texts,
    text,
};

/// The input of a decision.
#[derive(Clone, Copy, Debug)]
pub struct Situation<'t> {
    /// What the customer sent.
    pub content: &'t Content,
    /// The ad or post that came with this message.
    pub referral: Option<&'t Referral>,
    /// The channel, and the customer's language.
    pub setting: MatchContext<'t>,
    /// Whether it is the customer's first message of this conversation.
    pub is_first: bool,
    /// Whether the customer has received the "unreadable" text since they last sent text.
    pub unreadable_text_sent: bool,
    pub keywords: &'t Matcher,
    /// In the order in which start conditions are tried.
    pub live: &'t [LiveFlow],
    pub run: Option<&'t FlowRun>,
    /// What the message is for the question that waits.
    pub question: QuestionFit,
    /// The tenant's language model, if it may answer.
    pub model: Option<&'t ModelSettings>,
    pub texts: &'t Texts,
}

/// What answers the message.
#[derive(Clone, Debug)]
pub enum Decision<'t> {
    /// A keyword requests an agent; [`Found`] is the matched range of the customer's text.
    Keyword(&'t Keyword, Found),
    /// Start a flow and end the running one, if any.
    BeginFlow(&'t LiveFlow),
    /// Continue the running flow with this input.
    AdvanceFlow(&'t FlowRun, Input),
    /// The language model.
    Model,
    /// A text of the tenant, sent unchanged.
    FixedText(&'t str),
    /// A text of the tenant whose variables are filled in.
    Text(&'t str),
    /// Escalate: the language model cannot read what the customer sent.
    Unreadable,
    /// Escalate: nothing that could answer is configured.
    NoAnswer,
    /// No answer now.
    Nothing,
}

/// Keywords come first: a customer who asks for a person gets one, whatever a flow or the model would answer.
pub fn decide<'t>(situation: &Situation<'t>) -> Decision<'t> {
    let &Situation { content, run, .. } = situation;
    if let Some((rule, found)) = requested(situation) {
        return Decision::Keyword(rule, found);
    }
    if let Some(payload) = content.payload()
        && !(is_option(run, payload) && situation.question != QuestionFit::OtherMessage)
        && let Some(live) =
            started(situation, |start| matches!(start, Start::Button { payload: wanted } if wanted == payload))
    {
        return Decision::BeginFlow(live);
    }
    match run {
        Some(run) => in_flow(situation, run),
        None => first(situation).map_or_else(|| without_flow(situation), Decision::BeginFlow),
    }
}

/// The keyword that requests an agent, and the matched range of the customer's text.
pub fn requested<'t>(situation: &Situation<'t>) -> Option<(&'t Keyword, Found)> {
    situation.keywords.first_match(situation.content.text()?, situation.setting)
}

fn in_flow<'t>(situation: &Situation<'t>, run: &'t FlowRun) -> Decision<'t> {
    let begin_or = |otherwise: fn(&Situation<'t>, &'t FlowRun) -> Decision<'t>| {
        by_phrase(situation).map_or_else(|| otherwise(situation, run), Decision::BeginFlow)
    };
    if run.flow.is_none() {
        // Its version cannot be read: start another flow that matches, else escalate.
        return begin_or(|situation, run| Decision::AdvanceFlow(run, input(situation.content)));
    }
    match &run.position {
        Position::Waiting { .. } => at_question(situation, run),
        // An HTTP request is running: the message stays in the thread, and the flow continues when the response
        // arrives.
        Position::Fetching { .. } => Decision::Nothing,
        Position::Start => begin_or(|_, run| Decision::AdvanceFlow(run, Input::Begin)),
        // An agent returned the conversation with this message unanswered: the step with which the flow goes on would
        // pass over it, unless the language model reads it there.
        Position::Before { step } if !is_model_step(run, step) => begin_or(|situation, _| without_flow(situation)),
        Position::Before { .. } => begin_or(|_, run| Decision::AdvanceFlow(run, Input::Begin)),
        Position::Modelling { .. } => begin_or(|situation, run| {
            let gone = || Input::ModelDone(ModelResult::Failed("The language model was turned off.".to_owned()));
            model(situation).unwrap_or_else(|| Decision::AdvanceFlow(run, gone()))
        }),
    }
}

/// A question waits for an answer. What does not answer it starts another flow if that flow's words are in it.
fn at_question<'t>(situation: &Situation<'t>, run: &'t FlowRun) -> Decision<'t> {
    let advance = |input| Decision::AdvanceFlow(run, input);
    match situation.question {
        QuestionFit::Answers | QuestionFit::NoQuestion => advance(input(situation.content)),
        QuestionFit::Misses => match other_flow(situation, run) {
            Some(other) => Decision::BeginFlow(other),
            // Asked again, without counting a try.
            None if names_own_flow(situation, run) => advance(Input::Begin),
            None => advance(input(situation.content)),
        },
        QuestionFit::SameTry => other_flow(situation, run).map_or(Decision::Nothing, Decision::BeginFlow),
        // Asked again, without counting a try. A question that was not asked because of it is no reply to it.
        QuestionFit::Precedes => other_flow(situation, run).map_or_else(|| advance(Input::Begin), Decision::BeginFlow),
        // Asked again, without counting a try.
        QuestionFit::Greets | QuestionFit::OtherMessage => advance(Input::Begin),
        QuestionFit::Expired => {
            let anew = Situation { is_first: true, ..*situation };
            first(&anew).map_or_else(|| without_flow(&anew), Decision::BeginFlow)
        }
    }
}

/// No flow is running and none starts: the model answers, else the tenant's texts, else escalate. The greeting answers
/// the first message; the fallback answers all others, and the first one if there is no greeting.
fn without_flow<'t>(situation: &Situation<'t>) -> Decision<'t> {
    let texts = || {
        let greeting = Some(situation.texts.greeting.trim()).filter(|_| situation.is_first);
        let mut texts = greeting.into_iter().chain([situation.texts.fallback.trim()]);
        texts.find(|text| !text.is_empty()).map_or(Decision::NoAnswer, Decision::Text)
    };
    model(situation).unwrap_or_else(texts)
}

/// The model answers messages with text. Other content gets the configured text, or escalates. `None` without a model.
fn model<'t>(situation: &Situation<'t>) -> Option<Decision<'t>> {
    let settings = situation.model?;
    if situation.content.text().is_some() {
        return Some(Decision::Model);
    }
    Some(match settings.unreadable.trim() {
        "" => Decision::Unreadable,
        // Several pictures in a row get the text once.
        _ if situation.unreadable_text_sent => Decision::Nothing,
        words => Decision::FixedText(words),
    })
}

/// The flow that a message starts when none is running. The most specific start condition wins: an ad, then a phrase,
/// then any first message.
fn first<'t>(situation: &Situation<'t>) -> Option<&'t LiveFlow> {
    let by_ad = situation.referral.and_then(|referral| {
        started(situation, |start| matches!(start, Start::Ad { contains } if came_from(referral, contains)))
    });
    let opening = |start: &Start| situation.is_first && matches!(start, Start::NewConversation);
    by_ad.or_else(|| by_phrase(situation)).or_else(|| started(situation, opening))
}

fn by_phrase<'t>(situation: &Situation<'t>) -> Option<&'t LiveFlow> {
    let words = situation.content.text()?;
    situation.live.iter().find(|live| live.starts_with(words))
}

/// Another flow than the one that runs whose words are in the message.
fn other_flow<'t>(situation: &Situation<'t>, run: &FlowRun) -> Option<&'t LiveFlow> {
    let words = situation.content.text()?;
    situation.live.iter().find(|live| live.id != run.id && live.starts_with(words))
}

/// Whether the message is nothing but words that start the running flow. A wrong answer with such a word in it ("I don't
/// know my order number") is none of these: the question would be asked for ever.
fn names_own_flow(situation: &Situation<'_>, run: &FlowRun) -> bool {
    let own = situation.live.iter().find(|live| live.id == run.id);
    situation.content.text().zip(own).is_some_and(|(words, live)| live.is_named_by(words))
}

fn started<'t>(situation: &Situation<'t>, fits: impl Fn(&Start) -> bool) -> Option<&'t LiveFlow> {
    situation.live.iter().find(|live| live.flow.starts.iter().any(&fits))
}

fn came_from(referral: &Referral, contains: &str) -> bool {
    let wanted = text::folded(contains);
    let parts = [&referral.headline, &referral.body, &referral.source_url];
    wanted.is_empty() || parts.into_iter().flatten().any(|part| text::folded(part).contains(&wanted))
}

/// The message as input of a flow.
pub(super) fn input(content: &Content) -> Input {
    match content.text() {
        Some(words) => Input::Said { text: words.to_owned(), payload: content.payload().map(ToOwned::to_owned) },
        None => Input::NonText,
    }
}

fn is_model_step(run: &FlowRun, step: &StepId) -> bool {
    let step = run.flow.as_ref().and_then(|flow| flow.find(step));
    step.is_some_and(|step| matches!(step.act, StepKind::Model(_)))
}

/// Whether the payload is an option of the question that waits for an answer.
fn is_option(run: Option<&FlowRun>, payload: &str) -> bool {
    let Some(FlowRun { position: Position::Waiting { step, .. }, flow: Some(flow), .. }) = run else { return false };
    option_ids(flow, step).iter().any(|id| id == payload)
}

fn option_ids(flow: &Flow, step: &StepId) -> Vec<String> {
    let Some(StepKind::Question(question)) = flow.find(step).map(|step| &step.act) else { return Vec::new() };
    question.expect.options().iter().map(|option| option.id.clone()).collect()
}
