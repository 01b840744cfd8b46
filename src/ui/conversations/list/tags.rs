//! The tags under a row: how long the customer has waited, who owns it, what is left of the window, why an agent was
//! requested.
//!
//! Pure functions of a row, the viewer and the time. The most urgent tag comes first, because a narrow row cuts off the
//! last ones. To add a tag: a function that returns it, and its place in [`tags`].

use crate::domain::{
    conversation::EndingKind,
    desk::{PreviewBy, Row, RowState},
    handoff::TriggerKind,
    ids::AgentId,
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
    /// The style's letter: `n` neutral, `w` waiting, `b` breached, `m` mine, `v` bot.
    pub tone: &'static str,
    pub icon: &'static str,
    /// For screen readers only, before the words.
    pub spoken: &'static str,
    pub words: String,
}

/// A row's tags, most urgent first: a pending ending, a running clock, a window that is about to close, the owner; then past waits and
/// the trigger.
pub fn tags(row: &Row, viewer: &AgentId, now: Timestamp) -> Vec<Tag> {
    let newest = row.wait.and_then(|wait| clock(wait, row, viewer, now));
    let over = row.wait.is_some_and(|wait| wait.until.is_some());
    let (running, past) = if over { (None, newest) } else { (newest, None) };
    let late_before = row.earlier_wait.filter(|wait| wait.level(now) == Level::Breached);
    let earlier = late_before.and_then(|wait| clock(wait, row, viewer, now));
    let window = window(row, now);
    let (closing, calm) =
        if window.as_ref().is_some_and(|tag| tag.tone == "w") { (window, None) } else { (None, window) };
    let ending = ending(row, viewer);
    [ending, running, closing, holder(row, viewer), past, earlier, calm, trigger(row)].into_iter().flatten().collect()
}

/// A pending close or return to the bot.
fn ending(row: &Row, viewer: &AgentId) -> Option<Tag> {
    let mark = row.ending.as_ref()?;
    let who = if mark.agent == *viewer { "" } else { mark.name.split_whitespace().next().unwrap_or(&mark.name) };
    let (icon, act) = match mark.kind {
        EndingKind::Close => ("check", "closing"),
        EndingKind::ReturnToBot => ("bot", "returning to the bot"),
    };
    let words = match (who, mark.kind) {
        ("", EndingKind::Close) => "Closing…".to_owned(),
        ("", EndingKind::ReturnToBot) => "Returning to the bot…".to_owned(),
        (who, EndingKind::Close | EndingKind::ReturnToBot) => format!("{who} is {act}"),
    };
    Some(Tag { tone: "n", icon, spoken: "", words })
}

/// The clock of a wait. An ended wait is shown if it was late or the viewer's own.
fn clock(wait: Wait, row: &Row, viewer: &AgentId, now: Timestamp) -> Option<Tag> {
    let over = wait.until.is_some();
    let mine = matches!(&row.state, RowState::Claimed { agent, .. } if agent == viewer);
    let level = wait.level(now);
    let shown = match row.state {
        // With the bot, or closed, an open wait gets no answer any more: its clock must not run on.
        RowState::Bot | RowState::Closed { .. } => over && level == Level::Breached,
        RowState::Waiting | RowState::Claimed { .. } | RowState::Phone => !over || mine || level == Level::Breached,
    };
    let (tone, icon) = match level {
        Level::Calm => ("n", "clock"),
        Level::Due if over => ("n", "clock"),
        Level::Due => ("w", "clock"),
        Level::Breached => ("b", "alert"),
    };
    // "2:08" needs a prefix, "1:12 overdue" and "Answered in 0:40" do not.
    let spoken = if over || level == Level::Breached { "" } else { "Waiting: " };
    shown.then(|| Tag { tone, icon, spoken, words: wait.label(now) })
}

fn window(row: &Row, now: Timestamp) -> Option<Tag> {
    let closes = row.window_closes?;
    if matches!(row.state, RowState::Closed { .. }) {
        return None;
    }
    if closes <= now {
        return Some(Tag { tone: "n", icon: "lock", spoken: "", words: "Reply window closed".to_owned() });
    }
    let left = closes.since(now);
    let tone = if left < WINDOW_SHORT { "w" } else { "n" };
    (left < WINDOW_SHOWN).then(|| Tag {
        tone,
        icon: "hours",
        spoken: "",
        words: format!("{} left to reply", left.approximate()),
    })
}

/// The owner, if it is somebody other than the viewer.
fn holder(row: &Row, viewer: &AgentId) -> Option<Tag> {
    match &row.state {
        RowState::Claimed { agent, name } if agent != viewer => {
            Some(Tag { tone: "n", icon: "user", spoken: "Assigned to ", words: name.clone() })
        }
        RowState::Phone => Some(Tag { tone: "n", icon: "phone", spoken: "", words: "In the phone app".to_owned() }),
        RowState::Bot | RowState::Waiting | RowState::Claimed { .. } | RowState::Closed { .. } => None,
    }
}

fn trigger(row: &Row) -> Option<Tag> {
    let (kind, label) = row.trigger.as_ref()?;
    let icon = match kind {
        TriggerKind::Keyword => "key",
        TriggerKind::Flow => "flow",
        TriggerKind::Model => "bot",
        TriggerKind::Agent => "hand",
        TriggerKind::Phone => "phone",
        TriggerKind::Late => "history",
        TriggerKind::Reopened => "undo",
        TriggerKind::Failure => "warn",
        TriggerKind::Partner => "flag",
    };
    // Back with the bot, or answered on the phone, the last trigger no longer matters.
    let shown = !matches!(row.state, RowState::Bot | RowState::Phone);
    shown.then(|| Tag { tone: "n", icon, spoken: "", words: label.clone() })
}

/// The author of the preview, as a prefix. Empty for the customer.
pub fn speaker(by: &PreviewBy, viewer: &AgentId) -> String {
    match by {
        PreviewBy::Customer => String::new(),
        PreviewBy::Bot => "Bot: ".to_owned(),
        PreviewBy::Business => "Sent: ".to_owned(),
        PreviewBy::Agent { agent, .. } if agent == viewer => "You: ".to_owned(),
        PreviewBy::Agent { name, .. } => format!("{}: ", name.split_whitespace().next().unwrap_or(name)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Timestamp = Timestamp(10_000_000);

    fn running(seconds: i64) -> Wait {
        Wait { since: NOW.minus(Span::seconds(seconds)), until: None, answered: false, target: Span::minutes(5) }
    }

    fn row(state: RowState) -> Row {
        Row {
            trigger: Some((TriggerKind::Keyword, "Keyword “agent”".into())),
            wait: Some(running(372)),
            started_at: NOW,
            last_at: NOW,
            window_closes: Some(NOW.plus(Span::minutes(38))),
            ..Row::sample("cnv_1", state)
        }
    }

    fn tones_and_words(row: &Row) -> Vec<(&'static str, String)> {
        tags(row, &"agt_me".into(), NOW).into_iter().map(|tag| (tag.tone, tag.words)).collect()
    }

    #[test]
    fn a_waiting_row_says_how_long_and_why() {
        let shown = tones_and_words(&row(RowState::Waiting));
        let expected = [("b", "1:12 overdue"), ("w", "38 min left to reply"), ("n", "Keyword “agent”")];
        assert_eq!(shown, expected.map(|(tone, words)| (tone, words.to_owned())));
    }

    #[test]
    fn a_closed_or_returned_row_has_no_running_clock() {
        assert_eq!(tones_and_words(&row(RowState::Closed { at: NOW })), [("n", "Keyword “agent”".to_owned())]);
        assert_eq!(tones_and_words(&row(RowState::Bot)), [("w", "38 min left to reply".to_owned())]);
    }

    #[test]
    fn a_late_answer_stays_told_beside_the_clock_of_a_released_row_and_with_the_bot() {
        let late = Wait {
            since: NOW.minus(Span::hours(1)),
            until: Some(NOW.minus(Span::minutes(46))),
            answered: true,
            target: Span::minutes(5),
        };
        let mut released = row(RowState::Waiting);
        released.earlier_wait = Some(late);
        released.wait = Some(running(40));
        released.window_closes = None;
        assert_eq!(
            tones_and_words(&released)[..2],
            [("n", "0:40".to_owned()), ("b", "Answered in 14:00, 9:00 late".to_owned())]
        );
        let returned = Row { state: RowState::Bot, wait: Some(late), earlier_wait: None, ..released };
        assert_eq!(tones_and_words(&returned), [("b", "Answered in 14:00, 9:00 late".to_owned())]);
        let unanswered = Row { wait: Some(Wait { answered: false, ..late }), ..returned };
        assert_eq!(tones_and_words(&unanswered), [("b", "No reply in 14:00, 9:00 late".to_owned())]);
    }

    #[test]
    fn an_answered_wait_stays_on_ones_own_rows_and_where_it_was_late() {
        let claimed = |agent: &str| RowState::Claimed { agent: agent.into(), name: "Ben Ames".into() };
        let mut mine = row(claimed("agt_me"));
        mine.wait = Some(Wait {
            since: NOW,
            until: Some(NOW.plus(Span::seconds(40))),
            answered: true,
            target: Span::minutes(5),
        });
        mine.window_closes = None;
        assert_eq!(tones_and_words(&mine)[0], ("n", "Answered in 0:40".to_owned()));
        let other = Row { state: claimed("agt_ben"), ..mine };
        assert_eq!(tones_and_words(&other)[0], ("n", "Ben Ames".to_owned()));
    }
}
