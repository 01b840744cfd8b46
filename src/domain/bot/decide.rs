//! Who or what answers a customer's message. The bot and the keyword page's *try it* ask this one function.

use super::{FlowRun, LiveFlow};
use crate::domain::{
    flow::{
        definition::{Flow, Start, StepId, StepKind},
        run::{Input, Modelled, Position},
    },
    keyword::{self, Found, Keyword, Setting},
    message::{Content, Referral},
    model::ModelSettings,
    settings::Texts,
    text,
};

/// What a decision looks at.
#[derive(Clone, Copy, Debug)]
pub struct Situation<'t> {
    /// What the customer sent.
    pub content: &'t Content,
    /// What came with this message.
    pub referral: Option<&'t Referral>,
    /// Where it came in, and the customer's language.
    pub setting: Setting<'t>,
    /// It is the customer's first message of this conversation.
    pub is_first: bool,
    /// Since the customer last wrote words, they were told that the model reads nothing else.
    pub is_told_unreadable: bool,
    pub keywords: &'t [Keyword],
    /// In the order in which starts are tried.
    pub live: &'t [LiveFlow],
    pub run: Option<&'t FlowRun>,
    /// The tenant's language model, if it may answer.
    pub model: Option<&'t ModelSettings>,
    pub texts: &'t Texts,
}

/// Who or what answers.
#[derive(Clone, Debug)]
pub enum Decision<'t> {
    /// A keyword calls a person; [`Found`] is where it stands in the customer's words.
    Keyword(&'t Keyword, Found),
    /// A flow begins, whatever was under way before.
    BeginFlow(&'t LiveFlow),
    /// The flow under way goes on with this.
    AdvanceFlow(&'t FlowRun, Input),
    /// The language model.
    Model,
    /// Words of the tenant as they stand.
    Words(&'t str),
    /// A text of the tenant in which variables are filled in.
    Text(&'t str),
    /// A person: the language model cannot read what the customer sent.
    Unreadable,
    /// A person: nothing is configured that could answer.
    NoAnswer,
    /// Nobody, for now.
    Nothing,
}

/// A person who asks for a person is always honoured: keywords come first, whatever a flow or a model would say.
pub fn decide<'t>(situation: &Situation<'t>) -> Decision<'t> {
    let &Situation { content, setting, keywords, run, .. } = situation;
    if let Some((rule, found)) = content.words().and_then(|words| keyword::first_match(keywords, words, setting)) {
        return Decision::Keyword(rule, found);
    }
    if let Some(payload) = content.payload()
        && !is_option(run, payload)
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

fn in_flow<'t>(situation: &Situation<'t>, run: &'t FlowRun) -> Decision<'t> {
    let advance = |input| Decision::AdvanceFlow(run, input);
    let begin_or = |otherwise: fn(&Situation<'t>, &'t FlowRun) -> Decision<'t>| {
        by_words(situation).map_or_else(|| otherwise(situation, run), Decision::BeginFlow)
    };
    if run.flow.is_none() {
        // Its version cannot be read: another flow may begin, else a person is called.
        return begin_or(|situation, run| Decision::AdvanceFlow(run, input(situation.content)));
    }
    match &run.position {
        Position::Waiting { .. } => advance(input(situation.content)),
        // Another system is being asked: the words stay in the thread, and the next question is asked when it answers.
        Position::Fetching { .. } => Decision::Nothing,
        Position::Start | Position::Before { .. } => begin_or(|_, run| Decision::AdvanceFlow(run, Input::Begin)),
        Position::Modelling { .. } => begin_or(|situation, run| {
            let gone = || Input::Modelled(Modelled::Failed("The language model was turned off.".to_owned()));
            model(situation).unwrap_or_else(|| Decision::AdvanceFlow(run, gone()))
        }),
    }
}

/// No flow is under way and none begins: the model, else the tenant's texts, else a person. Of the texts the greeting
/// answers the first message, the fallback all others and where there is no greeting.
fn without_flow<'t>(situation: &Situation<'t>) -> Decision<'t> {
    let texts = || {
        let greeting = Some(situation.texts.greeting.trim()).filter(|_| situation.is_first);
        let mut texts = greeting.into_iter().chain([situation.texts.fallback.trim()]);
        texts.find(|text| !text.is_empty()).map_or(Decision::NoAnswer, Decision::Text)
    };
    model(situation).unwrap_or_else(texts)
}

/// The model answers words. What it cannot read gets the configured answer, or a person. `None` without a model.
fn model<'t>(situation: &Situation<'t>) -> Option<Decision<'t>> {
    let settings = situation.model?;
    if situation.content.words().is_some() {
        return Some(Decision::Model);
    }
    Some(match settings.unreadable.trim() {
        "" => Decision::Unreadable,
        // Five pictures in a row are told once.
        _ if situation.is_told_unreadable => Decision::Nothing,
        words => Decision::Words(words),
    })
}

/// Which flow a message begins when none is under way. The narrowest start wins: an ad, then words, then any first
/// message.
fn first<'t>(situation: &Situation<'t>) -> Option<&'t LiveFlow> {
    let by_ad = situation.referral.and_then(|referral| {
        started(situation, |start| matches!(start, Start::Ad { contains } if came_from(referral, contains)))
    });
    let opening = |start: &Start| situation.is_first && matches!(start, Start::NewConversation);
    by_ad.or_else(|| by_words(situation)).or_else(|| started(situation, opening))
}

fn by_words<'t>(situation: &Situation<'t>) -> Option<&'t LiveFlow> {
    let words = situation.content.words()?;
    started(
        situation,
        |start| matches!(start, Start::Words { phrase, matching } if keyword::stands_in(words, phrase, *matching)),
    )
}

fn started<'t>(situation: &Situation<'t>, fits: impl Fn(&Start) -> bool) -> Option<&'t LiveFlow> {
    situation.live.iter().find(|live| live.flow.starts.iter().any(&fits))
}

fn came_from(referral: &Referral, contains: &str) -> bool {
    let wanted = text::folded(contains);
    let parts = [&referral.headline, &referral.body, &referral.source_url];
    wanted.is_empty() || parts.into_iter().flatten().any(|part| text::folded(part).contains(&wanted))
}

/// The customer's words as a flow takes them.
fn input(content: &Content) -> Input {
    match content.words() {
        Some(words) => Input::Said { text: words.to_owned(), payload: content.payload().map(ToOwned::to_owned) },
        None => Input::Wordless,
    }
}

/// Whether a payload is an answer to the question that is waiting.
fn is_option(run: Option<&FlowRun>, payload: &str) -> bool {
    let Some(FlowRun { position: Position::Waiting { step, .. }, flow: Some(flow), .. }) = run else { return false };
    option_ids(flow, step).iter().any(|id| id == payload)
}

fn option_ids(flow: &Flow, step: &StepId) -> Vec<String> {
    let Some(StepKind::Question(question)) = flow.find(step).map(|step| &step.act) else { return Vec::new() };
    question.expect.options().iter().map(|option| option.id.clone()).collect()
}
