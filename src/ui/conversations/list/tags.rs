//! The tags under a row: what there is to do, and how urgent it is. Also the row's badge and the prefix of its preview.
//!
//! Pure functions of a row, the viewer and the time. The most urgent tag comes first, because a narrow row leaves out
//! the last ones. To add a tag: a function that returns it, and its place in [`Tagging::tags`].

use crate::domain::{
    conversation::{EndingKind, SnoozeKind},
    desk::{Group, PreviewBy, Row, RowState},
    handoff::TriggerKind,
    ids::AgentId,
    message::Delivery,
    sla::{Level, Wait},
    time::{Span, Timestamp},
};

/// The window's end is shown from here on.
const WINDOW_SHOWN: Span = Span::hours(4);
/// From here on it is amber.
const WINDOW_SHORT: Span = Span::hours(1);

/// One tag. Its words and icon say the same as its colour.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tag {
    /// The style's letter: `n` neutral, `w` waiting, `b` breached.
    pub tone: &'static str,
    pub icon: &'static str,
    /// For screen readers only, before the words.
    pub spoken: &'static str,
    pub words: String,
    /// The whole sentence, on hover.
    pub title: String,
}

impl Tag {
    /// A tag whose title repeats its words.
    fn plain(tone: &'static str, icon: &'static str, words: String) -> Self {
        Self { tone, icon, spoken: "", title: words.clone(), words }
    }
}

/// What the tags of one row depend on besides the row.
pub struct Tagging<'a> {
    pub viewer: &'a AgentId,
    pub now: Timestamp,
    /// Writes a point in time in the viewer's zone.
    pub moment: &'a dyn Fn(Timestamp) -> String,
}

impl Tagging<'_> {
    /// The row's tags, most urgent first.
    pub fn tags(&self, row: &Row) -> Vec<Tag> {
        let (breached, running) = split(self.clock(row), "b");
        let (closing, calm) = split(self.window(row), "w");
        [self.ending(row), breached, closing, running, self.snoozed(row), self.owner(row), calm, trigger(row)]
            .into_iter()
            .flatten()
            .collect()
    }

    /// A pending close or return to the bot.
    fn ending(&self, row: &Row) -> Option<Tag> {
        let mark = row.ending.as_ref()?;
        let who = if mark.agent == *self.viewer { "" } else { first_name(&mark.name) };
        let (icon, act) = match mark.kind {
            EndingKind::Close => ("check", "closing"),
            EndingKind::ReturnToBot => ("bot", "returning to the bot"),
        };
        let words = match (who, mark.kind) {
            ("", EndingKind::Close) => "Closing…".to_owned(),
            ("", EndingKind::ReturnToBot) => "Returning to the bot…".to_owned(),
            (who, EndingKind::Close | EndingKind::ReturnToBot) => format!("{who} is {act}"),
        };
        Some(Tag::plain("n", icon, words))
    }

    /// The running clock: of the reply to a customer of the viewer, or of the handoff that nobody has claimed. A
    /// colleague's clock is shown once it is past its target.
    fn clock(&self, row: &Row) -> Option<Tag> {
        let (wait, whose) = match row.group(self.viewer) {
            Group::ReplyNow => (row.reply, "Waiting for your reply since"),
            Group::Unassigned => (row.wait, "Waiting for an agent since"),
            Group::Others => {
                (row.reply.filter(|wait| wait.level(self.now) == Level::Breached), "Waiting for a reply since")
            }
            Group::CustomersTurn | Group::Snoozed | Group::Bot | Group::Closed => (None, ""),
        };
        let wait: Wait = wait.filter(|wait| wait.until.is_none())?;
        let level = wait.level(self.now);
        let (tone, icon) = match level {
            Level::Calm => ("n", "clock"),
            Level::Due => ("w", "clock"),
            Level::Breached => ("b", "alert"),
        };
        // "2:08" needs a prefix, "1:12 overdue" does not.
        let spoken = if level == Level::Breached { "" } else { "Waiting: " };
        let title = format!("{whose} {}", (self.moment)(wait.since));
        Some(Tag { tone, icon, spoken, words: wait.label(self.now), title })
    }

    /// The end of the reply window, where a person has to act before it.
    fn window(&self, row: &Row) -> Option<Tag> {
        let closes = row.window_closes?;
        let is_reply_due = match row.group(self.viewer) {
            Group::ReplyNow | Group::Unassigned => true,
            Group::CustomersTurn | Group::Snoozed => false,
            Group::Others | Group::Bot | Group::Closed => return None,
        };
        if closes <= self.now {
            return is_reply_due.then(|| Tag {
                title: "Only a template can be sent until the customer writes again".to_owned(),
                ..Tag::plain("n", "lock", "Reply window closed".to_owned())
            });
        }
        let left = closes.since(self.now);
        let tone = if left < WINDOW_SHORT { "w" } else { "n" };
        (left < WINDOW_SHOWN).then(|| Tag {
            title: format!("The reply window closes at {}", (self.moment)(closes)),
            ..Tag::plain(tone, "hours", format!("{} left to reply", left.approximate()))
        })
    }

    fn snoozed(&self, row: &Row) -> Option<Tag> {
        let snooze = row.snooze.filter(|_| row.group(self.viewer) == Group::Snoozed)?;
        let (words, title) = match (snooze.kind, snooze.until.map(|until| (self.moment)(until))) {
            (SnoozeKind::Reply, _) | (SnoozeKind::Time | SnoozeKind::Window, None) => {
                ("Until they write".to_owned(), "Snoozed until the customer writes".to_owned())
            }
            (SnoozeKind::Time, Some(until)) => {
                (format!("Until {until}"), format!("Snoozed until {until}, or until the customer writes"))
            }
            (SnoozeKind::Window, Some(until)) => (
                format!("Until {until}"),
                format!("Snoozed until {until}, an hour before the reply window closes, or until the customer writes"),
            ),
        };
        Some(Tag { spoken: "Snoozed: ", title, ..Tag::plain("n", "hours", words) })
    }

    /// The owner, if it is somebody other than the viewer.
    fn owner(&self, row: &Row) -> Option<Tag> {
        match &row.state {
            RowState::Claimed { agent, name } if agent != self.viewer => Some(Tag {
                spoken: "Assigned to ",
                title: format!("Assigned to {name}"),
                ..Tag::plain("n", "user", name.clone())
            }),
            RowState::Phone => Some(Tag {
                title: "A colleague is replying from the WhatsApp app".to_owned(),
                ..Tag::plain("n", "phone", "In the phone app".to_owned())
            }),
            RowState::Bot | RowState::Waiting | RowState::Claimed { .. } | RowState::Closed { .. } => None,
        }
    }
}

/// Whether the row's tags change with the time alone.
pub fn is_timed(row: &Row) -> bool {
    match row.state {
        RowState::Waiting | RowState::Claimed { .. } | RowState::Phone => true,
        RowState::Bot | RowState::Closed { .. } => false,
    }
}

/// Whether all rows of a group have a line for tags. In other groups the tags stand beside the time. Either way the tags
/// that come and go do not change a row's height, so nothing moves below it.
pub fn has_tag_line(group: Group) -> bool {
    match group {
        Group::ReplyNow | Group::Unassigned | Group::Snoozed | Group::Others => true,
        Group::CustomersTurn | Group::Bot | Group::Closed => false,
    }
}

/// `tag` as the first value if it has this tone, else as the second.
fn split(tag: Option<Tag>, tone: &str) -> (Option<Tag>, Option<Tag>) {
    if tag.as_ref().is_some_and(|tag| tag.tone == tone) { (tag, None) } else { (None, tag) }
}

/// Why an agent was requested. It helps to choose whom to claim; afterwards the details have it.
fn trigger(row: &Row) -> Option<Tag> {
    let (kind, label) = row.trigger.as_ref().filter(|_| row.state == RowState::Waiting)?;
    let icon = match kind {
        TriggerKind::Keyword => "key",
        TriggerKind::Flow => "flow",
        TriggerKind::Model => "bot",
        TriggerKind::Agent => "hand",
        TriggerKind::Phone => "phone",
        TriggerKind::Late => "history",
        TriggerKind::Reopened => "undo",
        TriggerKind::Outbound => "send",
        TriggerKind::Failure => "warn",
        TriggerKind::Partner => "flag",
    };
    Some(Tag::plain("n", icon, label.clone()))
}

/// How many unread messages the row's badge shows. The badge belongs to the owner, and to everybody while there is
/// none.
pub fn unread(row: &Row, viewer: &AgentId) -> i64 {
    match row.group(viewer) {
        Group::ReplyNow | Group::Unassigned | Group::CustomersTurn | Group::Snoozed => row.unread,
        Group::Others | Group::Bot | Group::Closed => 0,
    }
}

/// What the preview says about how far the last message got.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeliveryMark {
    NotDelivered,
    Queued,
}

/// `None` if WhatsApp has the last message, or the customer wrote it.
pub fn delivery_mark(row: &Row) -> Option<DeliveryMark> {
    match row.last_delivery? {
        Delivery::Failed => Some(DeliveryMark::NotDelivered),
        Delivery::Queued | Delivery::Unknown => Some(DeliveryMark::Queued),
        Delivery::Sent | Delivery::Delivered | Delivery::Read | Delivery::Played | Delivery::Cancelled => None,
    }
}

/// The author of the preview, as a prefix. Empty for the customer.
pub fn speaker(by: &PreviewBy, viewer: &AgentId) -> String {
    match by {
        PreviewBy::Customer => String::new(),
        PreviewBy::Bot => "Bot: ".to_owned(),
        PreviewBy::Business => "Sent: ".to_owned(),
        PreviewBy::Agent { agent, .. } if agent == viewer => "You: ".to_owned(),
        PreviewBy::Agent { name, .. } => format!("{}: ", first_name(name)),
    }
}

/// Who closed a conversation, how long it took from the request for an agent or, without one, from its beginning, and
/// the outcome.
pub fn outcome(row: &Row, viewer: &AgentId) -> Option<Tag> {
    let RowState::Closed { at } = row.state else { return None };
    let (short, full) = match row.closed_by.as_ref()? {
        PreviewBy::Agent { agent, .. } if agent == viewer => ("You", "you"),
        PreviewBy::Agent { name, .. } => (first_name(name), name.as_str()),
        PreviewBy::Bot => ("Bot", "the bot"),
        PreviewBy::Customer | PreviewBy::Business => ("Automatic", "Handoff"),
    };
    let (since, began) = match row.requested_at {
        Some(requested_at) => (requested_at, "an agent was requested"),
        None => (row.started_at, "it began"),
    };
    let took = at.since(since).approximate();
    let mut title = format!("Closed by {full}, {took} after {began}");
    let mut words = format!("{short} · {took}");
    if let Some(outcome) = &row.outcome {
        title.push_str(&format!(". Outcome: {outcome}"));
        words.push_str(&format!(" · {outcome}"));
    }
    Some(Tag { spoken: "Closed by ", title, ..Tag::plain("n", "check", words) })
}

fn first_name(name: &str) -> &str {
    name.split_whitespace().next().unwrap_or(name)
}

#[cfg(test)]
#[path = "tags_tests.rs"]
mod tests;
