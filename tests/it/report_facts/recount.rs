//! A naive recount of the facts: each one is looked for anew in all entries of its conversation, without the fold and without
//! anything that it keeps between entries. Who has a conversation, and since when its customer waits, is what
//! `Conversation::apply` says, which the desk shows. Languages and opening hours are not in the log.

mod rows;

use handoff::domain::{
    conversation::{Conversation, Epoch, PreviousOwner, State},
    event::{Actor, CloseReason, Entry, Event},
    handoff::{HandoffEnd, Trigger, TriggerKind},
    ids::{AgentId, ChannelId, ConversationId, CustomerId, FlowId, HandoffId, Seq},
    message::Author,
    report::facts::{
        BegunBy, ClosedFact, ConversationFact, EndedFact, FactSet, FirstReplyFact, HandoffFact, Lasted, Replier,
        RunningWait, TriggerFact,
    },
    thread_control::ThreadControl,
    time::Timestamp,
    window::Window,
};

/// The facts of a whole log.
pub fn recount(log: &[Entry]) -> FactSet {
    let mut facts = FactSet { reached: log.last().map_or(Seq(0), |entry| entry.seq), ..FactSet::default() };
    for entry in log {
        let (Some(id), Event::Started { channel, customer, .. }) = (&entry.conversation, &entry.event) else {
            continue;
        };
        let thread = Thread::of(log, id, channel, customer);
        facts.conversations.insert(id.clone(), thread.conversation());
        for request in thread.requests() {
            facts.handoffs.insert(request.id.clone(), thread.handoff(&request));
        }
        for place in 0..thread.entries.len() {
            facts.waits.extend(thread.wait(place).map(|fact| (fact.seq, fact)));
            facts.stints.extend(thread.stint(place).map(|fact| (fact.seq, fact)));
            facts.closings.extend(thread.closing(place).map(|fact| (fact.seq, fact)));
            let messages = thread.messages(place).into_iter();
            facts.messages.extend(messages.map(|fact| ((fact.message.clone(), fact.piece), fact)));
        }
    }
    facts
}

/// The entries of a conversation.
struct Thread<'l> {
    log: &'l [Entry],
    id: &'l ConversationId,
    channel: &'l ChannelId,
    entries: Vec<&'l Entry>,
    /// The conversation before each entry, and after the last one.
    states: Vec<Conversation>,
}

/// A request for an agent: the places of its entry, and of the one that ended it.
struct Request<'l> {
    id: &'l HandoffId,
    begin: usize,
    end: Option<usize>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Turn {
    Customer,
    Bot,
    Person,
}

fn replier(by: &Author) -> Replier {
    match by {
        Author::Agent(agent) => Replier::Agent(agent.clone()),
        Author::Phone => Replier::Phone,
        other => panic!("no person: {other:?}"),
    }
}

fn lasted(from: Timestamp, to: Timestamp) -> Lasted {
    Lasted { raw: to.since(from), open: None }
}

fn count(entries: &[&Entry], counts: impl Fn(&Event) -> bool) -> i64 {
    i64::try_from(entries.iter().filter(|entry| counts(&entry.event)).count()).expect("few")
}

impl<'l> Thread<'l> {
    fn of(log: &'l [Entry], id: &'l ConversationId, channel: &'l ChannelId, customer: &CustomerId) -> Self {
        let entries: Vec<&Entry> = log.iter().filter(|entry| entry.conversation.as_ref() == Some(id)).collect();
        let mut states = vec![Conversation {
            id: id.clone(),
            channel: channel.clone(),
            customer: customer.clone(),
            team: "tem_1".into(),
            previous: None,
            started_at: entries[0].at,
            epoch: Epoch(0),
            window: Window::default(),
            last_turn: None,
            last_item: None,
            unread: 0,
            reply_clock: None,
            snooze: None,
            state: State::Bot,
            ending: None,
            control: ThreadControl::default(),
        }];
        for (place, entry) in entries.iter().enumerate() {
            states.push(states[place].clone().apply(&entry.event, &entry.actor, entry.at));
        }
        Self { log, id, channel, entries, states }
    }

    /// The end of the handoff at this place, if it has one.
    fn end(&self, place: usize) -> Option<HandoffEnd> {
        match &self.entries[place].event {
            Event::Closed { reason: CloseReason::Merged, .. } => Some(HandoffEnd::Merged),
            Event::Closed { .. } => Some(HandoffEnd::Closed),
            Event::ReturnedToBot { .. } | Event::TakeOverUndone { to: PreviousOwner::Bot, .. } => {
                Some(HandoffEnd::ReturnedToBot)
            }
            _ => None,
        }
    }

    fn requests(&self) -> Vec<Request<'l>> {
        let mut requests = Vec::new();
        for (begin, entry) in self.entries.iter().copied().enumerate() {
            if let Event::HandedOff { handoff: id, .. } | Event::Reopened { handoff: id, .. } = &entry.event {
                let end = (begin + 1..self.entries.len()).find(|place| self.end(*place).is_some());
                requests.push(Request { id, begin, end });
            }
        }
        requests
    }

    /// The requests before a place that were not undone before it.
    fn asked_before(&self, place: usize) -> Vec<Request<'l>> {
        let is_undone = |request: &Request<'_>| {
            let end = request.end.filter(|end| *end < place);
            end.is_some_and(|end| matches!(self.entries[end].event, Event::TakeOverUndone { .. }))
        };
        self.requests().into_iter().filter(|request| request.begin < place && !is_undone(request)).collect()
    }

    fn turns(&self) -> Vec<Turn> {
        let turn = |entry: &&Entry| match &entry.event {
            Event::CustomerWrote { turn: true, .. } if entry.actor != Actor::System => Some(Turn::Customer),
            Event::Queued { author: Author::Bot, .. } => Some(Turn::Bot),
            Event::Queued { author, .. } if author.is_human() => Some(Turn::Person),
            Event::Echoed { author, .. } if author.is_human() && entry.actor != Actor::System => Some(Turn::Person),
            _ => None,
        };
        self.entries.iter().filter_map(turn).collect()
    }

    fn conversation(&self) -> ConversationFact {
        let (first, last, end) = (self.entries[0], self.states.last().expect("the last one"), self.entries.len());
        let asked = self.asked_before(end);
        let turns = self.turns();
        let closed = self.entries.iter().rev().find_map(|entry| match &entry.event {
            Event::Closed { reason, outcome, .. } => {
                Some(Some(ClosedFact { at: entry.at, reason: *reason, outcome: outcome.clone() }))
            }
            Event::Reopened { .. } => Some(None),
            _ => None,
        });
        let is_by_bot = |event: &Event| match event {
            Event::Queued { author: Author::Bot, .. } | Event::Closed { reason: CloseReason::Bot, .. } => true,
            Event::HandedOff { trigger, .. } => {
                use TriggerKind::{Failure, Flow, Keyword, Model};
                matches!(trigger.kind(), Failure | Flow | Keyword | Model)
            }
            _ => false,
        };
        let newest = |belongs: fn(&Event) -> bool| self.entries.iter().rev().find(|entry| belongs(&entry.event));
        let answered = turns.windows(2).filter(|pair| matches!(pair, [Turn::Customer, Turn::Bot])).count();
        ConversationFact {
            conversation: self.id.clone(),
            channel: self.channel.clone(),
            started_at: first.at,
            begun_by: self.begun_by(),
            language: None,
            bot_took_part: self.entries.iter().any(|entry| is_by_bot(&entry.event)),
            bot_turns: i64::try_from(answered).expect("few"),
            customer_messages: count(&self.entries, |event| matches!(event, Event::CustomerWrote { .. })),
            handoffs: i64::try_from(asked.len()).expect("few"),
            first_handoff: asked.first().map(|request| (request.id.clone(), self.entries[request.begin].at)),
            closed: closed.flatten(),
            wait: last.reply_clock.map(|clock| RunningWait { since: clock.since, target: clock.target }),
            handoff: self.requests().last().map(|request| request.id.clone()),
            closing: newest(|event| matches!(event, Event::Closed { .. })).map(|entry| entry.seq),
            stint: (0..end).rev().find_map(|place| self.stint(place)).filter(|it| it.ended.is_none()).map(|it| it.seq),
            turn_answered: turns.last() != Some(&Turn::Customer),
            flow: self.flow(end),
        }
    }

    fn begun_by(&self) -> BegunBy {
        match self.entries[0].actor {
            Actor::Customer | Actor::Bot => BegunBy::Customer,
            Actor::Agent(_) | Actor::Meta => BegunBy::Business,
            Actor::System => BegunBy::Import,
        }
    }

    /// The flow that the bot is in before a place.
    fn flow(&self, place: usize) -> Option<FlowId> {
        let newest = (0..place).rev().find_map(|earlier| match &self.entries[earlier].event {
            Event::FlowBegan { flow, .. } => Some(Some(flow.clone())),
            Event::HandedOff { .. } | Event::Reopened { .. } => Some(None),
            _ => self.end(earlier).map(|_| None),
        });
        newest.flatten()
    }

    fn ended(&self, request: &Request<'_>) -> Option<EndedFact> {
        let place = request.end?;
        let (entry, owner) = (self.entries[place], self.states[place].agent().cloned());
        let (reason, outcome, owner) = match &entry.event {
            Event::Closed { reason, outcome, .. } => (Some(*reason), outcome.clone(), owner),
            Event::ReturnedToBot { .. } => (None, None, owner),
            _ => (None, None, None),
        };
        Some(EndedFact { at: entry.at, seq: entry.seq, end: self.end(place)?, reason, outcome, owner })
    }

    /// The first reply that was not taken back.
    fn first_reply(&self, id: &HandoffId, requested_at: Timestamp) -> Option<FirstReplyFact> {
        let is_taken_back =
            |entry: &&Entry| matches!(&entry.event, Event::AnswerFailed { handoff: Some(of), .. } if of == id);
        let from = self.entries.iter().rposition(is_taken_back).map_or(0, |place| place + 1);
        self.entries[from..].iter().find_map(|entry| match &entry.event {
            Event::FirstReplySent { handoff, message, by, after } if handoff == id => {
                Some(FirstReplyFact { at: requested_at.plus(*after), by: replier(by), message: Some(message.clone()) })
            }
            _ => None,
        })
    }

    fn handoff(&self, request: &Request<'_>) -> HandoffFact {
        let entry = self.entries[request.begin];
        let (trigger, team, target) = match &entry.event {
            Event::HandedOff { trigger, team, target, .. } => (TriggerFact::of(trigger), team, *target),
            Event::Reopened { agent, team, target, .. } => {
                (TriggerFact::of(&Trigger::Reopened { agent: agent.clone() }), team, *target)
            }
            other => panic!("no request: {other:?}"),
        };
        let within = &self.entries[request.begin..request.end.map_or(self.entries.len(), |end| end + 1)];
        // What is undone is the newest act of those that are not.
        let mut claims: Vec<(bool, AgentId, Timestamp)> = Vec::new();
        for entry in within {
            match &entry.event {
                Event::Claimed { agent, .. } | Event::TakenOver { agent, .. } | Event::Reopened { agent, .. } => {
                    claims.push((matches!(entry.event, Event::TakenOver { .. }), agent.clone(), entry.at));
                }
                Event::TakeOverUndone { .. } => {
                    claims.pop().expect("there is something to undo");
                }
                _ => {}
            }
        }
        let claimed = claims.first().map(|(_, agent, at)| (agent.clone(), *at));
        let released_at = within.iter().rev().find_map(|entry| match &entry.event {
            Event::Released { .. } => Some(Some(entry.at)),
            Event::ReleaseUndone { .. } => Some(None),
            _ => None,
        });
        let first_reply = self.first_reply(request.id, entry.at);
        let ended = self.ended(request);
        let closed = ended.as_ref().filter(|ended| ended.end == HandoffEnd::Closed);
        let has_waited = request.end.is_some_and(|place| self.states[place].reply_clock.is_some());
        let was_answered = count(
            &self.entries,
            |event| matches!(event, Event::FirstReplySent { handoff, .. } if handoff == request.id),
        );
        HandoffFact {
            handoff: request.id.clone(),
            conversation: self.id.clone(),
            channel: self.channel.clone(),
            begun_by: self.begun_by(),
            language: None,
            trigger,
            team: team.clone(),
            target,
            requested_at: entry.at,
            requested_seq: entry.seq,
            released_at: released_at.flatten(),
            releases: count(within, |event| matches!(event, Event::Released { .. }))
                - count(within, |event| matches!(event, Event::ReleaseUndone { .. })),
            takeovers: i64::try_from(claims.iter().filter(|(is_from_colleague, ..)| *is_from_colleague).count())
                .expect("few"),
            lost: closed.is_some() && first_reply.is_none() && (has_waited || was_answered > 0),
            waiting: claimed.as_ref().map(|(_, at)| lasted(entry.at, *at)),
            response: first_reply.as_ref().map(|reply| lasted(entry.at, reply.at)),
            handling: claimed.as_ref().zip(ended.as_ref()).map(|((_, at), ended)| lasted(*at, ended.at)),
            resolution: closed.map(|closed| lasted(entry.at, closed.at)),
            claimed,
            first_reply,
            ended,
        }
    }
}
