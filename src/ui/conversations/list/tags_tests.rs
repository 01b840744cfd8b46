use super::*;
use crate::domain::{conversation::Snooze, desk::EndingMark};

const NOW: Timestamp = Timestamp(10_000_000);

fn me() -> AgentId {
    "agt_me".into()
}

fn running(seconds: i64) -> Wait {
    Wait { since: NOW.minus(Span::seconds(seconds)), until: None, answered: false, target: Span::minutes(5) }
}

fn claimed(agent: &str) -> RowState {
    RowState::Claimed { agent: agent.into(), name: "Ben Ames".into() }
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

/// The tags of the row; a point in time is written as seconds from now.
fn shown(row: &Row) -> Vec<Tag> {
    let moment = |at: Timestamp| format!("{} s", (at.0 - NOW.0) / 1_000);
    Tagging { viewer: &me(), now: NOW, moment: &moment }.tags(row)
}

fn tones_and_words(row: &Row) -> Vec<(&'static str, String)> {
    shown(row).into_iter().map(|tag| (tag.tone, tag.words)).collect()
}

fn owned<const N: usize>(tags: [(&'static str, &str); N]) -> Vec<(&'static str, String)> {
    tags.map(|(tone, words)| (tone, words.to_owned())).to_vec()
}

#[test]
fn an_unassigned_row_says_how_long_and_why() {
    let expected = owned([("b", "1:12 overdue"), ("w", "38 min left to reply"), ("n", "Keyword “agent”")]);
    assert_eq!(tones_and_words(&row(RowState::Waiting)), expected);
}

#[test]
fn the_reply_clock_turns_amber_and_red_on_ones_own_rows() {
    for (seconds, tone, words, spoken) in [
        (40, "n", "0:40", "Waiting: "),
        (150, "w", "2:30", "Waiting: "),
        (300, "w", "5:00", "Waiting: "),
        (372, "b", "1:12 overdue", ""),
    ] {
        let mine = Row { reply: Some(running(seconds)), window_closes: None, ..row(claimed("agt_me")) };
        let tags = shown(&mine);
        assert_eq!((tags.len(), tags[0].tone, tags[0].words.as_str(), tags[0].spoken), (1, tone, words, spoken));
        assert_eq!(tags[0].title, format!("Waiting for your reply since -{seconds} s"));
    }
}

#[test]
fn a_clock_stops_with_the_reply_and_what_is_past_is_not_shown() {
    // given a conversation of mine whose customer was answered late
    let late = Wait { until: Some(NOW.minus(Span::minutes(1))), answered: true, ..running(3_600) };
    let mine = Row { wait: Some(late), earlier_wait: Some(late), window_closes: None, ..row(claimed("agt_me")) };
    // then there is nothing to do
    assert_eq!(mine.group(&me()), Group::CustomersTurn);
    assert_eq!(tones_and_words(&mine), []);
    // and neither when it is closed, or back with the bot
    for state in [RowState::Closed { at: NOW }, RowState::Bot] {
        assert_eq!(tones_and_words(&Row { state, ..row(RowState::Bot) }), []);
    }
}

#[test]
fn a_short_window_comes_before_a_calm_clock_and_after_a_late_one() {
    let mine = |seconds| Row { reply: Some(running(seconds)), ..row(claimed("agt_me")) };
    assert_eq!(tones_and_words(&mine(40)), owned([("w", "38 min left to reply"), ("n", "0:40")]));
    assert_eq!(tones_and_words(&mine(372)), owned([("b", "1:12 overdue"), ("w", "38 min left to reply")]));
    let long = Row { window_closes: Some(NOW.plus(Span::hours(3))), ..mine(40) };
    assert_eq!(tones_and_words(&long), owned([("n", "0:40"), ("n", "3 h left to reply")]));
    let longer = Row { window_closes: Some(NOW.plus(Span::hours(4))), ..mine(40) };
    assert_eq!(tones_and_words(&longer), owned([("n", "0:40")]));
}

#[test]
fn a_closed_window_is_shown_where_a_reply_is_due() {
    let closed = |state, reply| Row { reply, window_closes: Some(NOW), ..row(state) };
    assert_eq!(tones_and_words(&closed(claimed("agt_me"), Some(running(40))))[1].1, "Reply window closed");
    assert_eq!(tones_and_words(&closed(claimed("agt_me"), None)), []);
    assert_eq!(tones_and_words(&closed(claimed("agt_ben"), None)), owned([("n", "Ben Ames")]));
}

#[test]
fn a_colleagues_row_names_them_and_is_red_once_the_customer_waits_too_long() {
    let theirs = |seconds| Row { reply: Some(running(seconds)), ..row(claimed("agt_ben")) };
    assert_eq!(tones_and_words(&theirs(299)), owned([("n", "Ben Ames")]));
    assert_eq!(tones_and_words(&theirs(301)), owned([("b", "0:01 overdue"), ("n", "Ben Ames")]));
    assert_eq!(tones_and_words(&row(RowState::Phone)), owned([("n", "In the phone app")]));
}

#[test]
fn a_snoozed_row_says_until_when() {
    let until = |kind, until: Option<i64>| {
        let snooze = Snooze { kind, until: until.map(|seconds| NOW.plus(Span::seconds(seconds))) };
        Row { snooze: Some(snooze), reply: Some(running(372)), window_closes: None, ..row(claimed("agt_me")) }
    };
    assert_eq!(tones_and_words(&until(SnoozeKind::Time, Some(60))), owned([("n", "Until 60 s")]));
    assert_eq!(tones_and_words(&until(SnoozeKind::Window, Some(90))), owned([("n", "Until 90 s")]));
    assert_eq!(tones_and_words(&until(SnoozeKind::Reply, None)), owned([("n", "Until they write")]));
}

#[test]
fn a_pending_ending_comes_first() {
    let mark = |agent: &str, kind| {
        let mark = EndingMark { id: "end_1".into(), kind, agent: agent.into(), name: "Ana Costa".into(), due_at: NOW };
        Row { ending: Some(mark), ..row(RowState::Waiting) }
    };
    let first = |row: &Row| tones_and_words(row).into_iter().next().map(|(_, words)| words);
    assert_eq!(first(&mark("agt_me", EndingKind::Close)).as_deref(), Some("Closing…"));
    assert_eq!(first(&mark("agt_ana", EndingKind::Close)).as_deref(), Some("Ana is closing"));
    assert_eq!(first(&mark("agt_ana", EndingKind::ReturnToBot)).as_deref(), Some("Ana is returning to the bot"));
}

#[test]
fn tags_of_rows_without_a_clock_stay_as_they_are() {
    for state in [RowState::Bot, RowState::Closed { at: NOW }] {
        let row = Row { reply: Some(running(40)), ..row(state) };
        let later = Row { reply: Some(running(372)), window_closes: Some(NOW), ..row.clone() };
        assert!(!is_timed(&row));
        assert_eq!(shown(&row), shown(&later));
    }
    assert!(is_timed(&row(RowState::Waiting)) && is_timed(&row(claimed("agt_me"))));
}

#[test]
fn a_badge_is_the_owners_and_everybodys_while_nobody_owns_it() {
    let count = |state, reply| unread(&Row { unread: 3, reply, ..row(state) }, &me());
    assert_eq!(count(RowState::Waiting, None), 3);
    assert_eq!((count(claimed("agt_me"), None), count(claimed("agt_me"), Some(running(1)))), (3, 3));
    for state in [claimed("agt_ben"), RowState::Phone, RowState::Bot, RowState::Closed { at: NOW }] {
        assert_eq!(count(state, None), 0);
    }
}

#[test]
fn a_preview_says_what_has_not_arrived() {
    let mark = |last_delivery| delivery_mark(&Row { last_delivery, ..row(claimed("agt_me")) });
    assert_eq!(mark(None), None);
    assert_eq!(mark(Some(Delivery::Failed)), Some(DeliveryMark::NotDelivered));
    for waits in [Delivery::Queued, Delivery::Unknown] {
        assert_eq!(mark(Some(waits)), Some(DeliveryMark::Queued));
    }
    for there in [Delivery::Sent, Delivery::Delivered, Delivery::Read, Delivery::Played, Delivery::Cancelled] {
        assert_eq!(mark(Some(there)), None);
    }
}

#[test]
fn a_closed_row_says_who_closed_it_how_long_it_took_and_the_outcome() {
    let agent = |id: &str, name: &str| Some(PreviewBy::Agent { agent: id.into(), name: name.to_owned() });
    let ago = |minutes| NOW.minus(Span::minutes(minutes));
    let closed = |closed_by| Row {
        closed_by,
        started_at: ago(120),
        requested_at: Some(ago(12)),
        ..row(RowState::Closed { at: NOW })
    };
    let words = |row: &Row| outcome(row, &me()).map(|tag| tag.words);
    let by_ben = closed(agent("agt_ben", "Ben Ames"));
    assert_eq!(words(&by_ben).as_deref(), Some("Ben · 12 min"));
    let solved = Row { outcome: Some("Solved".to_owned()), ..by_ben.clone() };
    assert_eq!(words(&solved).as_deref(), Some("Ben · 12 min · Solved"));
    let title = outcome(&solved, &me()).map(|tag| tag.title);
    assert_eq!(title.as_deref(), Some("Closed by Ben Ames, 12 min after an agent was requested. Outcome: Solved"));
    assert_eq!(words(&closed(agent("agt_me", "Ana Costa"))).as_deref(), Some("You · 12 min"));
    // without a handoff the time since the conversation began counts
    let by_bot = Row { requested_at: None, ..closed(Some(PreviewBy::Bot)) };
    assert_eq!(words(&by_bot).as_deref(), Some("Bot · 2 h"));
    assert_eq!(words(&closed(Some(PreviewBy::Business))).as_deref(), Some("Automatic · 12 min"));
    // a merged or imported one was closed by nobody
    assert_eq!(words(&closed(None)), None);
    assert_eq!(words(&Row { state: RowState::Bot, ..by_ben }), None);
}
