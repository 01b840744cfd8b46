//! A log as a test writes it: what happened in which minute, as the server records it.

use crate::{
    conversation::{PreviousOwner, ReplyClock},
    event::{Actor, CloseReason, Entry, Event, ReleaseReason},
    handoff::{Failure, Trigger},
    ids::{AgentId, ConversationId, Seq},
    message::{Author, Delivery},
    pricing::Pricing,
    rating::Score,
    time::{Span, Timestamp},
};

/// The target of every wait.
pub const TARGET: Span = Span::minutes(5);

#[derive(Clone)]
pub struct History {
    start: Timestamp,
    conversation: ConversationId,
    entries: Vec<Entry>,
}

pub fn keyword() -> Trigger {
    Trigger::Keyword { keyword: "kwd_1".into(), phrase: "agent".into() }
}

pub fn no_answer() -> Trigger {
    Trigger::Failure { failure: Failure::NoAnswer }
}

pub fn agent(name: &str) -> AgentId {
    AgentId::from(format!("agt_{name}"))
}

pub fn by(name: &str) -> Author {
    if name == "phone" { Author::Phone } else { Author::Agent(agent(name)) }
}

impl History {
    /// Minutes are counted from `start`, as `2026-03-02T10:00:00Z`.
    pub fn from(start: &str) -> Self {
        let start = Timestamp(start.parse::<jiff::Timestamp>().expect("a moment").as_millisecond());
        Self { start, conversation: "cnv_1".into(), entries: Vec::new() }
    }

    pub fn new() -> Self {
        Self::from("2026-03-02T10:00:00Z")
    }

    pub fn start(&self) -> Timestamp {
        self.start
    }

    pub fn entries(&self) -> Vec<Entry> {
        self.entries.clone()
    }

    fn minute(&self, minute: i64) -> Timestamp {
        self.start.plus(Span::minutes(minute))
    }

    /// What follows happens in this conversation.
    pub fn within(self, conversation: &str) -> Self {
        Self { conversation: conversation.into(), ..self }
    }

    pub fn happens(mut self, minute: i64, actor: Actor, event: Event) -> Self {
        let seq = Seq(i64::try_from(self.entries.len()).expect("few") + 1);
        let (at, conversation) = (self.minute(minute), Some(self.conversation.clone()));
        self.entries.push(Entry { seq, at, actor, conversation, event });
        self
    }

    pub fn started(self, minute: i64, actor: Actor, channel: &str, previous: Option<&str>) -> Self {
        let previous = previous.map(Into::into);
        self.happens(minute, actor, Event::Started { channel: channel.into(), customer: "cus_1".into(), previous })
    }

    /// The customer begins a conversation with a message.
    pub fn begins(self, minute: i64, message: &str) -> Self {
        self.started(minute, Actor::Customer, "chn_1", None).writes(minute, message)
    }

    /// The customer writes while nobody has to answer, or waits already.
    pub fn writes(self, minute: i64, message: &str) -> Self {
        let event = self.wrote(minute, message, None);
        self.happens(minute, Actor::Customer, event)
    }

    /// The customer writes to an agent, and begins to wait.
    pub fn asks(self, minute: i64, message: &str) -> Self {
        let event = self.wrote(minute, message, Some(TARGET));
        self.happens(minute, Actor::Customer, event)
    }

    pub fn wrote(&self, minute: i64, message: &str, reply_target: Option<Span>) -> Event {
        Event::CustomerWrote {
            message: message.into(),
            kind: "text".into(),
            turn: true,
            unread: true,
            at: self.minute(minute),
            late: false,
            digest: String::new(),
            reply_target,
            quiet: false,
        }
    }

    fn queued_by(self, minute: i64, message: &str, actor: Actor, author: Author) -> Self {
        let event = Event::Queued { message: message.into(), author, kind: "text".into(), digest: String::new() };
        self.happens(minute, actor, event)
    }

    /// The bot's message is sent within its minute.
    pub fn bot_says(self, minute: i64, message: &str) -> Self {
        self.queued_by(minute, message, Actor::Bot, Author::Bot).status(minute, message, Delivery::Sent)
    }

    pub fn queues(self, minute: i64, message: &str, name: &str) -> Self {
        self.queued_by(minute, message, Actor::Agent(agent(name)), by(name))
    }

    pub fn notice(self, minute: i64, message: &str) -> Self {
        self.queued_by(minute, message, Actor::System, Author::System).status(minute, message, Delivery::Sent)
    }

    pub fn status(self, minute: i64, message: &str, status: Delivery) -> Self {
        self.happens(
            minute,
            Actor::Meta,
            Event::Delivered { message: message.into(), status, code: None, pricing: None },
        )
    }

    pub fn fails(self, minute: i64, message: &str, code: i64) -> Self {
        let (status, code) = (Delivery::Failed, Some(code));
        self.happens(minute, Actor::Meta, Event::Delivered { message: message.into(), status, code, pricing: None })
    }

    pub fn delivered_at_price(self, minute: i64, message: &str, pricing: Pricing) -> Self {
        let (status, pricing) = (Delivery::Delivered, Some(pricing));
        self.happens(minute, Actor::Meta, Event::Delivered { message: message.into(), status, code: None, pricing })
    }

    /// A person's message that was queued is sent and ends the wait since `since`.
    pub fn answers(self, minute: i64, message: &str, name: &str, since: i64) -> Self {
        let sent = if name == "phone" { self } else { self.status(minute, message, Delivery::Sent) };
        let clock = ReplyClock { since: sent.minute(since), target: TARGET };
        let waited = Span::minutes(minute - since);
        let event = Event::Answered { message: message.into(), by: by(name), clock, waited, next: None };
        sent.happens(minute, Actor::Meta, event)
    }

    /// The same message is the first of its handoff, `after` minutes after the request.
    pub fn first_reply(self, minute: i64, handoff: &str, message: &str, name: &str, after: i64) -> Self {
        let (handoff, message, after) = (handoff.into(), message.into(), Span::minutes(after));
        self.happens(minute, Actor::Meta, Event::FirstReplySent { handoff, message, by: by(name), after })
    }

    pub fn answer_fails(self, minute: i64, message: &str, since: i64, first_of: Option<&str>) -> Self {
        let clock = ReplyClock { since: self.minute(since), target: TARGET };
        let (at, handoff) = (self.minute(minute), first_of.map(Into::into));
        self.happens(minute, Actor::Meta, Event::AnswerFailed { message: message.into(), at, handoff, clock })
    }

    pub fn echoes(self, minute: i64, message: &str) -> Self {
        let at = self.minute(minute);
        let event = Event::Echoed {
            message: message.into(),
            author: Author::Phone,
            kind: "text".into(),
            at,
            digest: String::new(),
        };
        self.happens(minute, Actor::Meta, event)
    }

    pub fn requests(self, minute: i64, handoff: &str, trigger: Trigger) -> Self {
        let (handoff, team) = (handoff.into(), "tem_1".into());
        self.happens(minute, Actor::Bot, Event::HandedOff { handoff, trigger, message: None, team, target: TARGET })
    }

    pub fn claims(self, minute: i64, handoff: &str, name: &str) -> Self {
        // The wait in the entry is not read: it is a difference of two times that are.
        let event = Event::Claimed { handoff: handoff.into(), agent: agent(name), waited: Span(0) };
        self.happens(minute, Actor::Agent(agent(name)), event)
    }

    pub fn releases(self, minute: i64, handoff: &str, name: &str, why: ReleaseReason) -> Self {
        let event = Event::Released { handoff: handoff.into(), agent: agent(name), why };
        self.happens(minute, Actor::Agent(agent(name)), event)
    }

    pub fn takes_over(self, minute: i64, handoff: &str, name: &str, from: &str) -> Self {
        let event = Event::TakenOver { handoff: handoff.into(), agent: agent(name), from: Some(agent(from)) };
        self.happens(minute, Actor::Agent(agent(name)), event)
    }

    pub fn undoes_takeover(self, minute: i64, handoff: &str, name: &str, to: PreviousOwner) -> Self {
        let event = Event::TakeOverUndone { handoff: handoff.into(), agent: agent(name), to };
        self.happens(minute, Actor::Agent(agent(name)), event)
    }

    pub fn undoes_release(self, minute: i64, handoff: &str, name: &str) -> Self {
        let event = Event::ReleaseUndone { handoff: handoff.into(), agent: agent(name) };
        self.happens(minute, Actor::Agent(agent(name)), event)
    }

    pub fn returns(self, minute: i64, handoff: &str, name: &str) -> Self {
        let event = Event::ReturnedToBot { handoff: handoff.into(), agent: agent(name) };
        self.happens(minute, Actor::Agent(agent(name)), event)
    }

    pub fn closes(self, minute: i64, handoff: &str, name: &str, outcome: Option<&str>) -> Self {
        let (handoff, outcome) = (Some(handoff.into()), outcome.map(Into::into));
        let event = Event::Closed { reason: CloseReason::Done, handoff, outcome };
        self.happens(minute, Actor::Agent(agent(name)), event)
    }

    /// A close by anything but an agent.
    pub fn closed_by(self, minute: i64, actor: Actor, reason: CloseReason, handoff: Option<&str>) -> Self {
        let handoff = handoff.map(Into::into);
        self.happens(minute, actor, Event::Closed { reason, handoff, outcome: None })
    }

    /// Right after a close.
    pub fn asks_for_rating(self, minute: i64, handoff: &str, name: Option<&str>, message: &str) -> Self {
        let (handoff, agent) = (handoff.into(), name.map(agent));
        let (author, kind, digest) = (Author::System, "buttons".into(), String::new());
        let question = Event::Queued { message: message.into(), author, kind, digest };
        let asked = Event::RatingAsked { handoff, agent, message: message.into() };
        self.happens(minute, Actor::System, question).status(minute, message, Delivery::Sent).happens(
            minute,
            Actor::System,
            asked,
        )
    }

    pub fn rates(self, minute: i64, handoff: &str, name: Option<&str>, message: &str, score: Score) -> Self {
        let (handoff, agent) = (handoff.into(), name.map(agent));
        let rated = Event::Rated { handoff, agent, message: message.into(), score };
        let Event::CustomerWrote { message, kind, at, late, digest, .. } = self.wrote(minute, message, None) else {
            unreachable!("as built")
        };
        let (turn, unread, reply_target, quiet) = (false, false, None, true);
        let wrote = Event::CustomerWrote { message, kind, turn, unread, at, late, digest, reply_target, quiet };
        self.happens(minute, Actor::Customer, wrote).happens(minute, Actor::Customer, rated)
    }

    pub fn reopens(self, minute: i64, handoff: &str, name: &str) -> Self {
        let (handoff, team) = (handoff.into(), "tem_1".into());
        let event = Event::Reopened { handoff, agent: agent(name), team, target: TARGET };
        self.happens(minute, Actor::Agent(agent(name)), event)
    }
}
