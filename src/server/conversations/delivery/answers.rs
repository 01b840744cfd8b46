//! What a person's message means for the customer who waits: it answers once WhatsApp has accepted it, and it does not
//! if it fails, even afterwards.
//!
//! `domain::conversation` decides what a message answers. Here is what only the tables know: what the customer wrote
//! after it, and which answer a failure takes back.

use crate::{
    domain::{
        conversation::{Command, ReplyClock, SentReply, unanswered},
        event::{Actor, Entry, Event, EventKind},
        handoff::FirstReply,
        ids::{ConversationId, HandoffId, MessageId, Seq},
        message::{Author, Content},
        time::{Span, Timestamp},
    },
    server::store::{
        entries, handoffs,
        messages::{self, MessageRow, SaidAt},
    },
};

use crate::server::conversations::{Result, UnitOfWork};

/// How long before its arrival a customer's message may have been written: Meta repeats a webhook for seven days.
const OLDEST: Span = Span::days(7);
/// Messages of one statement.
const SAID: i64 = 50;

/// An answer that the log records: its message, and when it was sent.
struct Answer {
    message: MessageId,
    at: Timestamp,
    clock: ReplyClock,
}

impl UnitOfWork {
    /// An agent's message was accepted by WhatsApp. Those of others answer nothing.
    pub(in crate::server::conversations) async fn reply_sent(&mut self, record: &MessageRow) -> Result<()> {
        if matches!(record.content, Content::Reaction { .. }) {
            // No answer: the customer goes on waiting.
            return self.reaction_settled(record, Ok(())).await;
        }
        if !record.author.is_human() {
            return Ok(());
        }
        let (written_at, seq) = self.last_attempt(record).await?;
        let next = self.unanswered(&record.conversation, written_at.minus(OLDEST), seq).await?;
        let reply =
            SentReply { message: record.id.clone(), by: record.author.clone(), written_at, sent_at: self.now, next };
        self.answers(&record.conversation, reply).await?;
        self.begin_silence(record).await
    }

    /// Somebody answered from the phone app, at `at` by Meta's clock. It is compared with the customer's messages by
    /// that clock, and with everything else by its arrival.
    pub(in crate::server::conversations) async fn echo_sent(
        &mut self,
        id: &ConversationId,
        message: MessageId,
        by: Author,
        at: Timestamp,
    ) -> Result<()> {
        if !by.is_human() {
            return Ok(());
        }
        let next = self.unanswered(id, at.plus(Span(999)), Seq(0)).await?;
        let reply = SentReply { message, by, written_at: self.now, sent_at: at, next };
        self.answers(id, reply).await
    }

    async fn answers(&mut self, id: &ConversationId, reply: SentReply) -> Result<()> {
        self.lock(id).await?;
        self.run(id, Actor::Meta, &Command::ReplySent(reply.clone()), None)?;
        let is_current =
            self.get(id).and_then(|it| it.handoff()).is_some_and(|handoff| handoff.requested_at <= reply.written_at);
        if is_current {
            return Ok(());
        }
        // It was written for a handoff that has ended since.
        let tenant = self.tenant_id();
        let past = handoffs::of(&mut self.tx, &tenant, id).await?;
        let past = past.into_iter().find(|past| past.handoff.requested_at <= reply.written_at);
        let Some(past) = past.filter(|past| past.ended_at.is_some() && past.handoff.first_reply.is_none()) else {
            return Ok(());
        };
        let SentReply { message, by, sent_at, .. } = reply;
        let first = FirstReply { by: by.clone(), at: sent_at };
        handoffs::set_first_reply(&mut self.tx, &tenant, &past.handoff.id, Some(&first)).await?;
        let after = sent_at.since(past.handoff.requested_at);
        self.append(Some(id), Actor::Meta, Event::FirstReplySent { handoff: past.handoff.id, message, by, after });
        Ok(())
    }

    /// A person's message failed that WhatsApp had accepted. If nothing else has answered the customer since the last
    /// answer, they have been waiting all the time.
    pub(in crate::server::conversations) async fn reply_failed(&mut self, record: &MessageRow) -> Result<()> {
        if !record.author.is_human() || matches!(record.content, Content::Reaction { .. }) {
            return Ok(());
        }
        let (tenant, id) = (self.tenant_id(), &record.conversation);
        let Some(answer) = self.last_answer(record).await? else { return Ok(()) };
        let Some(sent) = messages::find(&mut self.tx, &tenant, &answer.message).await? else { return Ok(()) };
        self.write_deliveries().await?;
        if messages::has_reply_since(&mut self.tx, &tenant, id, sent.seq).await? {
            return Ok(());
        }
        let firsts = entries::of_kind(&mut self.tx, &tenant, id, EventKind::FirstReplySent, Seq(0)).await?;
        let handoff: Option<HandoffId> = firsts.into_iter().rev().find_map(|entry| {
            let Event::FirstReplySent { handoff, message, .. } = entry.event else { return None };
            (message == answer.message).then_some(handoff)
        });
        if let Some(handoff) = &handoff {
            let is_current = self.get(id).and_then(|it| it.handoff()).is_some_and(|it| it.id == *handoff);
            if !is_current {
                handoffs::set_first_reply(&mut self.tx, &tenant, handoff, None).await?;
            }
        }
        let Answer { message, at, clock } = answer;
        self.append(Some(id), Actor::Meta, Event::AnswerFailed { message, at, handoff, clock });
        Ok(())
    }

    /// The newest answer in the log, unless it was taken back.
    async fn last_answer(&mut self, failed: &MessageRow) -> Result<Option<Answer>> {
        let (tenant, id) = (self.tenant_id(), &failed.conversation);
        let newest = |entries: Vec<Entry>| entries.into_iter().next_back();
        let answered = newest(entries::of_kind(&mut self.tx, &tenant, id, EventKind::Answered, Seq(0)).await?);
        let taken_back = newest(entries::of_kind(&mut self.tx, &tenant, id, EventKind::AnswerFailed, Seq(0)).await?);
        let Some(entry) = answered else { return Ok(None) };
        if taken_back.is_some_and(|failure| failure.seq > entry.seq) {
            return Ok(None);
        }
        let Event::Answered { message, clock, .. } = entry.event else { return Ok(None) };
        Ok(Some(Answer { message, at: entry.at, clock }))
    }

    /// When and where a message was written, or sent again by an agent who has read what came since.
    async fn last_attempt(&mut self, record: &MessageRow) -> Result<(Timestamp, Seq)> {
        let tenant = self.tenant_id();
        // It is sent again after its own entry, so the log before that is not read.
        let id = &record.conversation;
        let again = entries::of_kind(&mut self.tx, &tenant, id, EventKind::Resent, record.seq).await?;
        let again = again.into_iter().rev().find(|entry| {
            let is_by_agent = matches!(entry.actor, Actor::Agent(_));
            is_by_agent && matches!(&entry.event, Event::Resent { message } if *message == record.id)
        });
        Ok(again.map_or((record.at, record.seq), |entry| (entry.at, entry.seq)))
    }

    /// The wait for a reply to the customer's messages that are positioned after `at` and recorded after `seq`.
    async fn unanswered(&mut self, id: &ConversationId, at: Timestamp, seq: Seq) -> Result<Option<ReplyClock>> {
        let (tenant, target) = (self.tenant_id(), self.tenant.settings.reply_target);
        let mut after = (at, Seq(i64::MAX));
        loop {
            let said = messages::said_after(&mut self.tx, &tenant, id, after, seq, SAID).await?;
            let seqs: Vec<Seq> = said.iter().map(|said| said.seq).collect();
            let log = entries::by_seqs(&mut self.tx, &tenant, &seqs).await?;
            let with_event = |said: &SaidAt| Some((&log.get(&said.seq)?.event, said.since));
            if let Some(clock) = unanswered(said.iter().filter_map(with_event), target) {
                return Ok(Some(clock));
            }
            let is_full = i64::try_from(said.len()).is_ok_and(|read| read >= SAID);
            match said.last().filter(|_| is_full) {
                Some(last) => after = (last.at, last.seq),
                None => break,
            }
        }
        // Messages of this unit of work have no place in the log yet: they come last.
        let new = self.pending.iter().filter_map(|pending| {
            let record = pending.record.as_ref()?;
            let is_after =
                record.conversation == *id && record.author.is_customer() && !record.hidden && record.at > at;
            is_after.then(|| (&pending.event, record.written_at.min(record.at)))
        });
        Ok(unanswered(new, target))
    }
}
