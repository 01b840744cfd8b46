use super::*;
use crate::{ids::ScheduledId, scheduled::SendDoubt};

const T0: Timestamp = Timestamp(1_000_000);

fn at(seconds: i64) -> Timestamp {
    T0.plus(Span::seconds(seconds))
}

fn rule(within: i64, undo: i64) -> JoinRule {
    let window_closes = Some(T0.plus(Span::hours(1)));
    JoinRule { within: Span::seconds(within), undo: Span::seconds(undo), window_closes }
}

fn times(joins_until: Timestamp, undo_until: Timestamp) -> JoinTimes {
    JoinTimes { joins_until, undo_until }
}

fn message(author: &str, body: &str, state: ScheduledState) -> ScheduledMessage {
    ScheduledMessage {
        id: ScheduledId::from(format!("sch_{body}").as_str()),
        author: author.into(),
        author_name: author.to_owned(),
        kind: ReplyKind::Text,
        body: body.to_owned(),
        quote: None,
        file: None,
        template: None,
        state,
        written_at: T0,
    }
}

fn joined(body: &str, times: JoinTimes) -> ScheduledMessage {
    message("agt_ana", body, ScheduledState::Waiting(SendWait::Joined(times)))
}

fn bodies<'a>(groups: &[Vec<&'a ScheduledMessage>]) -> Vec<Vec<&'a str>> {
    groups.iter().map(|group| group.iter().map(|text| text.body.as_str()).collect()).collect()
}

#[test]
fn a_countdown_begins_with_the_seconds_that_were_chosen() {
    let one = joined("One", times(at(20), T0));
    let left = |millis: i64| one.seconds_left(at(20), T0.plus(Span::of_millis(millis)));
    // A page whose clock is behind the server's, as far as it may be.
    for behind in [-1_000_000, -1_001, -999, -1, 0] {
        assert_eq!(left(behind), 20, "{behind} ms");
    }
    assert_eq!([left(1), left(1_000), left(1_001), left(19_000), left(19_999)], [20, 19, 19, 1, 1]);
    assert_eq!([left(20_000), left(60_000)], [0, 0]);
}

#[test]
fn a_text_joins_what_its_author_has_just_written() {
    // The first text waits for others, and for its author if that is longer.
    let none: [&ScheduledMessage; 0] = [];
    assert_eq!(rule(5, 0).of_text(&none, "One", T0), Some(Joining::Begins(times(at(5), T0))));
    assert_eq!(rule(5, 10).of_text(&none, "One", T0), Some(Joining::Begins(times(at(5), at(10)))));
    assert_eq!((times(at(5), T0).leaves_at(), times(at(5), at(10)).leaves_at()), (at(5), at(10)));
    // The next one goes with it, at the same time, unless its author could not take it back until then.
    let one = joined("One", times(at(5), T0));
    assert_eq!(rule(5, 0).of_text(&[&one], "Two", at(4)), Some(Joining::Joins(times(at(5), at(4)))));
    assert_eq!(rule(5, 10).of_text(&[&one], "Two", at(4)), Some(Joining::Joins(times(at(5), at(14)))));
    // A shorter time to take it back keeps that of the others.
    let slow = joined("One", times(at(5), at(20)));
    assert_eq!(rule(5, 5).of_text(&[&slow], "Two", at(4)), Some(Joining::Joins(times(at(5), at(20)))));
    // After the tenant's time, it begins another message, even if the first one can still be taken back.
    for first in [&one, &slow] {
        assert_eq!(rule(5, 0).of_text(&[first], "Two", at(5)), Some(Joining::Begins(times(at(10), at(5)))));
    }
}

#[test]
fn what_was_written_between_two_texts_keeps_them_apart() {
    let one = joined("One", times(at(20), T0));
    let file = message("agt_ana", "file", ScheduledState::Waiting(SendWait::Undo(at(20))));
    let begins = Joining::Begins(times(at(23), at(3)));
    assert_eq!(rule(20, 0).of_text(&[&one, &file], "Two", at(3)), Some(begins));
    let two = joined("Two", times(at(20), T0));
    assert_eq!(bodies(&groups([&one, &file, &two])), [["One"], ["file"], ["Two"]]);
}

#[test]
fn a_message_is_as_long_as_whatsapp_allows_and_a_longer_text_goes_alone() {
    let none: [&ScheduledMessage; 0] = [];
    assert!(rule(5, 0).of_text(&none, &"ü".repeat(TEXT_LIMIT), T0).is_some());
    assert_eq!(rule(5, 0).of_text(&none, &"ü".repeat(TEXT_LIMIT + 1), T0), None);
    let long = joined(&"ü".repeat(TEXT_LIMIT - 4), times(at(5), T0));
    let fits = rule(5, 0).of_text(&[&long], "éé", at(1));
    assert_eq!(fits, Some(Joining::Joins(times(at(5), at(1)))), "the break and two characters");
    let over = rule(5, 0).of_text(&[&long], "éééé", at(1));
    assert_eq!(over, Some(Joining::Begins(times(at(6), at(1)))));
    // With the same times, as when all were written in one millisecond.
    let (fits, over) = (joined("ééé", times(at(5), T0)), joined("éééé", times(at(5), T0)));
    assert_eq!(groups([&long, &fits]).len(), 1);
    assert_eq!(groups([&long, &over]).len(), 2);
    assert_eq!(joined_text(["ééé", "b", ""]).chars().count(), 6);
}

#[test]
fn texts_leave_before_the_window_closes() {
    let none: [&ScheduledMessage; 0] = [];
    let until = |seconds| JoinRule { window_closes: Some(at(seconds)), ..rule(20, 0) }.of_text(&none, "One", T0);
    assert_eq!(until(12), Some(Joining::Begins(times(at(7), T0))));
    assert_eq!(until(3), Some(Joining::Begins(times(T0, T0))), "at once");
    let closed = JoinRule { window_closes: None, ..rule(20, 0) };
    assert_eq!(closed.of_text(&none, "One", T0).map(Joining::times), Some(times(at(20), T0)));
}

#[test]
fn messages_are_grouped_by_author_and_times() {
    let (first, second) = (times(at(5), T0), times(at(9), at(4)));
    let [one, two, three] = [joined("1", first), joined("2", first), joined("3", second)];
    let bens = message("agt_ben", "ben", ScheduledState::Waiting(SendWait::Joined(second)));
    let undo = ScheduledState::Waiting(SendWait::Undo(at(5)));
    let (four, five) = (message("agt_ana", "4", undo), message("agt_ana", "5", undo));
    let asks = message("agt_ana", "6", ScheduledState::Asking(SendDoubt::Closed));
    let all = [&one, &two, &three, &bens, &four, &five, &asks];
    let expected: [&[&str]; 6] = [&["1", "2"], &["3"], &["ben"], &["4"], &["5"], &["6"]];
    assert_eq!(bodies(&groups(all)), expected);
    // What is written for later does not separate what leaves now.
    let later = message("agt_ana", "later", ScheduledState::Waiting(SendWait::Time(at(900))));
    let of = |body: &str| group_of([&one, &later, &two, &bens], &"agt_ana".into(), |text| text.body == body);
    assert_eq!(bodies(&[of("1"), of("2")]), [["1", "2"], ["1", "2"]]);
    assert!(of("later").is_empty() && of("ben").is_empty());
    assert_eq!(joined_text(of("2").iter().map(|text| text.body.as_str())), "1\n2");
}

#[test]
fn a_page_shows_what_goes_together() {
    let mut all = vec![joined("1", times(at(5), at(10)))];
    add_newest(&mut all, message("agt_ben", "ben", ScheduledState::Waiting(SendWait::Joined(times(at(5), at(9))))));
    add_newest(&mut all, joined("2", times(at(5), at(12))));
    add_newest(&mut all, joined("3", times(at(5), at(13))));
    add_newest(&mut all, joined("4", times(at(19), at(15))));
    let ends: Vec<_> = all.iter().map(|text| times_of(text).map(JoinTimes::leaves_at)).collect();
    assert_eq!(ends, [13, 9, 13, 13, 19].map(|seconds| Some(at(seconds))), "what it joins waits as long");
    let places: Vec<_> = all.iter().map(|text| JoinPlace::of(text, &all)).collect();
    let expected = [JoinPlace::First, JoinPlace::Alone, JoinPlace::Middle, JoinPlace::Last, JoinPlace::Alone];
    assert_eq!(places, expected);
    let later = message("agt_ana", "later", ScheduledState::Waiting(SendWait::Customer));
    assert_eq!(JoinPlace::of(&later, std::slice::from_ref(&later)), JoinPlace::Alone);
}

#[test]
fn only_a_text_without_a_quote_and_a_file_joins() {
    assert!(is_plain(ReplyKind::Text, None, None));
    assert!(!is_plain(ReplyKind::Text, Some(&"msg_1".into()), None));
    assert!(!is_plain(ReplyKind::Text, None, Some(&"med_1".into())));
    assert!(!is_plain(ReplyKind::LocationRequest, None, None));
}

#[test]
fn a_time_to_join_is_one_of_those_on_the_page() {
    for seconds in JOIN_SECONDS {
        assert_eq!(join_fault(Span::seconds(seconds)), None);
    }
    for other in [Span(-1), Span(1), Span::seconds(4), Span::minutes(1)] {
        assert!(join_fault(other).is_some(), "{other:?}");
    }
}
