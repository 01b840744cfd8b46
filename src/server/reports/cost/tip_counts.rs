//! Reads what tips are made of: notices, lines that follow each other, and answers to the questions of flows that are live.

use crate::{
    domain::{
        conversation::describe::AgentNames,
        flow::definition::{Expect, Flow, Question, Step, StepKind},
        ids::{ChannelId, FlowId, TenantId},
        report::{
            cost::{
                CostFigures,
                tips::{AnswerCount, LineCount, LineSender, TOGETHER, TipCounts},
            },
            facts::MessageSender,
        },
    },
    server::store::{
        self, Tx,
        costs::{self, LineRow, Within},
        flows,
    },
};

/// Most questions whose answers are read.
const QUESTIONS: usize = 50;
/// Most different answers to a question that are read.
const ANSWERS: i64 = 100;

/// How people and flows are called.
pub(super) type Names<'a> = (&'a AgentNames, &'a (dyn Fn(&FlowId) -> String + Sync));

pub(super) async fn read(
    tx: &mut Tx,
    tenant: &TenantId,
    channel: Option<&ChannelId>,
    time: Within,
    figures: &CostFigures,
    names: Names<'_>,
) -> store::Result<TipCounts> {
    let rows = costs::lines(tx, tenant, channel, time, TOGETHER).await?;
    // Questions belong to flows, which serve all numbers.
    let questions = if channel.is_none() { questions(tx, tenant, time).await? } else { Vec::new() };
    Ok(TipCounts {
        total: figures.total,
        notices: figures.notice_kinds.iter().map(|(notice, sum)| (*notice, *sum)).collect(),
        questions,
        lines: lines(rows, names),
    })
}

/// The lines of each sender. An agent's are one count.
fn lines(rows: Vec<LineRow>, (people, flow_name): Names<'_>) -> Vec<LineCount> {
    let count = |row: LineRow| {
        let sender = match (&row.sender, &row.flow) {
            (MessageSender::Agent(agent), _) => LineSender::Agent(people.of(agent)),
            (MessageSender::Bot, Some(flow)) => LineSender::Flow(flow_name(flow)),
            (MessageSender::Bot, None) => LineSender::Bot,
            (MessageSender::System | MessageSender::Phone, _) => return None,
        };
        Some(LineCount { sender, joinable: row.joinable, lines: row.all })
    };
    rows.into_iter().filter_map(count).collect()
}

async fn questions(tx: &mut Tx, tenant: &TenantId, time: Within) -> store::Result<Vec<AnswerCount>> {
    let live = flows::live(tx, tenant).await?;
    let mut asked: Vec<(&Flow, &Step, &Question)> = Vec::new();
    for flow in &live {
        asked.extend(flow.flow.all().into_iter().filter_map(|step| Some((&*flow.flow, step, typed_question(step)?))));
    }
    // An answer is stored with its step and its variable: two flows that have both in common cannot be told apart.
    let key = |(_, step, question): &(&Flow, &Step, &Question)| (step.id.clone(), question.variable.clone());
    let keys: Vec<_> = asked.iter().map(key).collect();
    asked.retain(|question| keys.iter().filter(|other| **other == key(question)).count() == 1);
    let mut counts = Vec::new();
    for (flow, step, question) in asked.into_iter().take(QUESTIONS) {
        let which = (step.id.0.as_str(), question.variable.as_str());
        let (answers, total) = costs::answers(tx, tenant, which, time, ANSWERS).await?;
        counts.push(AnswerCount { flow: flow.name.clone(), question: step.label().to_owned(), answers, total });
    }
    Ok(counts)
}

/// The question that a step asks, if customers type what could be a button.
fn typed_question(step: &Step) -> Option<&Question> {
    let StepKind::Question(question) = &step.act else { return None };
    match &question.expect {
        Expect::Text | Expect::Number { .. } | Expect::Pattern { .. } => Some(question),
        Expect::Email | Expect::Phone | Expect::Date | Expect::Choice { .. } => None,
    }
}
