//! Facts as lines, with times as minutes after the beginning and agents by their names.

use crate::{
    ids::AgentId,
    report::facts::{
        ClosingFact, ConversationFact, FactSet, HandoffFact, Lasted, MessageFact, MessageSender, RatingFact, Replier,
        StintFact, WaitEnd, WaitFact,
    },
    time::{Span, Timestamp},
};

/// Conversations, handoffs, waits, stints, closes, ratings and messages, in this order.
pub fn of(facts: &FactSet, start: Timestamp) -> Vec<String> {
    let clock = Clock(start);
    let mut lines: Vec<String> = facts.conversations.values().map(|fact| clock.conversation(fact)).collect();
    lines.extend(facts.handoffs.values().map(|fact| clock.handoff(fact)));
    lines.extend(facts.waits.values().map(|fact| clock.wait(fact)));
    lines.extend(facts.stints.values().map(|fact| clock.stint(fact)));
    lines.extend(facts.closings.values().map(|fact| clock.closing(fact)));
    lines.extend(facts.ratings.values().map(|fact| clock.rating(fact)));
    lines.extend(facts.messages.values().map(|fact| clock.message(fact)));
    lines
}

struct Clock(Timestamp);

impl Clock {
    fn minute(&self, at: Timestamp) -> i64 {
        (at.0 - self.0.0) / Span::minutes(1).0
    }

    fn conversation(&self, fact: &ConversationFact) -> String {
        let (begun_by, started_at) = (fact.begun_by.as_str(), self.minute(fact.started_at));
        let mut line = format!("{} {}: {begun_by} at {started_at}", fact.conversation, fact.channel);
        if fact.bot_took_part {
            line += &format!(", {} bot turns", fact.bot_turns);
        }
        line += &format!(", wrote {}", fact.customer_messages);
        if let Some((first, at)) = &fact.first_handoff {
            line += &format!(", {} handoffs from {first} at {}", fact.handoffs, self.minute(*at));
        }
        if let Some(wait) = fact.wait {
            line += &format!(", waits since {}", self.minute(wait.since));
        }
        if let Some(closed) = &fact.closed {
            let outcome = closed.outcome.as_ref().map(|outcome| format!(" {outcome}")).unwrap_or_default();
            line += &format!(", {}{outcome} at {}", closed.reason.as_str(), self.minute(closed.at));
        }
        line
    }

    fn handoff(&self, fact: &HandoffFact) -> String {
        let mut line = format!("{} {}", fact.handoff, fact.trigger.kind.as_str());
        line += &fact.trigger.keyword.as_ref().map(|keyword| format!(" {keyword}")).unwrap_or_default();
        line += &fact.trigger.failure.map(|failure| format!(" {}", failure.as_str())).unwrap_or_default();
        line += &format!(" at {}", self.minute(fact.requested_at));
        if let Some((agent, at)) = &fact.claimed {
            line += &format!(", claimed by {} at {}", name(agent), self.minute(*at));
        }
        if let Some(reply) = &fact.first_reply {
            line += &format!(", {} by {} at {}", reply.message, replier(&reply.by), self.minute(reply.at));
        }
        if fact.releases > 0 || fact.takeovers > 0 {
            line += &format!(", {} releases, {} takeovers", fact.releases, fact.takeovers);
        }
        if let Some(ended) = &fact.ended {
            let owner = ended.owner.as_ref().map_or("nobody", name);
            line += &format!(", {} with {owner} at {}", ended.end.as_str(), self.minute(ended.at));
            line += &ended.outcome.as_ref().map(|outcome| format!(" {outcome}")).unwrap_or_default();
        }
        if fact.lost {
            line += ", lost";
        }
        let times = [fact.waiting, fact.response, fact.handling, fact.resolution].map(lasted);
        line + " | " + &times.join(" ")
    }

    fn wait(&self, fact: &WaitFact) -> String {
        let end = match &fact.end {
            WaitEnd::Answered { message, by } => format!("{message} by {}", replier(by)),
            WaitEnd::Unanswered { end, owner } => {
                format!("unanswered, {} with {}", end.as_str(), owner.as_ref().map_or("nobody", name))
            }
        };
        let (since, until) = (self.minute(fact.since), self.minute(fact.ended_at));
        format!("wait in {} from {since} to {until}: {end} | {}", fact.handoff, lasted(Some(fact.lasted)))
    }

    fn stint(&self, fact: &StintFact) -> String {
        let began = format!("{} {} at {}", name(&fact.agent), fact.began.as_str(), self.minute(fact.began_at));
        let ended = fact.ended.map(|(at, end)| format!(", {} at {}", end.as_str(), self.minute(at)));
        format!("{began}{}", ended.unwrap_or_default())
    }

    fn closing(&self, fact: &ClosingFact) -> String {
        let mut line = format!("close {} at {}", fact.reason.as_str(), self.minute(fact.at));
        line += &fact.handoff.as_ref().map(|handoff| format!(" of {handoff}")).unwrap_or_default();
        line += &fact.agent.as_ref().map(|agent| format!(" by {}", name(agent))).unwrap_or_default();
        line += if fact.bot_alone { " by the bot alone" } else { "" };
        line += &fact.outcome.as_ref().map(|outcome| format!(" as {outcome}")).unwrap_or_default();
        line += &fact.reopened_at.map(|at| format!(", reopened at {}", self.minute(at))).unwrap_or_default();
        line + &fact.followed_at.map(|at| format!(", followed at {}", self.minute(at))).unwrap_or_default()
    }

    fn rating(&self, fact: &RatingFact) -> String {
        let agent = fact.agent.as_ref().map_or("nobody", name);
        let asked = format!("rating of {agent} in {} asked by {}", fact.handoff, fact.question);
        let rated = fact.rated.map(|rated| format!(", {} at {}", rated.score.value(), self.minute(rated.at)));
        format!("{asked} at {}{}", self.minute(fact.asked_at), rated.unwrap_or_default())
    }

    fn message(&self, fact: &MessageFact) -> String {
        let sender = match &fact.sender {
            MessageSender::Bot => "bot",
            MessageSender::System => "system",
            MessageSender::Agent(agent) => name(agent),
            MessageSender::Phone => "phone",
        };
        let piece = if fact.piece == 0 { String::new() } else { format!("/{}", fact.piece) };
        let mut line = format!("{}{piece} by {sender} at {}", fact.message, self.minute(fact.queued_at));
        line += &fact.handoff.as_ref().map(|handoff| format!(" in {handoff}")).unwrap_or_default();
        line += &fact.flow.as_ref().map(|flow| format!(" of {flow}")).unwrap_or_default();
        line += &fact.sent_at.map(|at| format!(", sent at {}", self.minute(at))).unwrap_or_default();
        if let Some((at, code)) = fact.failed {
            line += &format!(", failed at {} with {}", self.minute(at), code.unwrap_or_default());
        }
        if let Some((at, pricing)) = &fact.priced {
            line +=
                &format!(", {} {} at {}", pricing.category, pricing.kind.as_deref().unwrap_or("?"), self.minute(*at));
        }
        line
    }
}

fn name(agent: &AgentId) -> &str {
    agent.as_str().trim_start_matches("agt_")
}

fn replier(by: &Replier) -> &str {
    match by {
        Replier::Agent(agent) => name(agent),
        Replier::Phone => "phone",
    }
}

/// `17`, or `17(5)` with five minutes in opening hours.
fn lasted(lasted: Option<Lasted>) -> String {
    let minutes = |span: Span| span.0 / Span::minutes(1).0;
    match lasted {
        Some(Lasted { raw, open: Some(open) }) => format!("{}({})", minutes(raw), minutes(open)),
        Some(Lasted { raw, open: None }) => minutes(raw).to_string(),
        None => "-".to_owned(),
    }
}
