use super::*;

/// What is stored after a save was confirmed.
fn saved(body: &str, version: i64) -> LocalDraft {
    LocalDraft { body: body.to_owned(), base: version, version, unsaved: false }
}

fn unsaved(body: &str, base: i64, version: i64) -> LocalDraft {
    LocalDraft { body: body.to_owned(), base, version, unsaved: true }
}

fn server(body: &str, version: i64) -> ReplyDraft {
    ReplyDraft { version, body: body.to_owned() }
}

#[test]
fn a_sent_reply_leaves_the_draft_and_takes_nothing_else_along() {
    assert_eq!(without("hello", "hello"), "");
    assert_eq!(without("hello\n\nand more", "hello"), "and more");
    assert_eq!(without("hello again", "hello"), "hello again");
    assert_eq!(without("something else", "hello"), "something else");
}

#[test]
fn the_key_of_a_text_names_its_conversation_to_its_agent_alone() {
    let (ana, id) = (AgentId::from("agt_ana"), ConversationId::from("cnv_1"));
    assert_eq!(conversation_of(&ana, &text_key(&ana, &id)), Some(id.clone()));
    for key in [text_key(&"agt_anabel".into(), &id), version_key(&ana, &id), "handoff.muted".to_owned()] {
        assert_eq!(conversation_of(&ana, &key), None, "{key}");
    }
}

#[test]
fn a_text_without_a_version_is_one_that_the_server_does_not_have() {
    let text = || Some("Hi".to_owned());
    assert_eq!(read(text(), None), unsaved("Hi", 0, 0));
    assert_eq!(read(None, None), LocalDraft::default());
    assert_eq!(read(text(), Some("7 7 saved")), saved("Hi", 7));
    // A text that was deleted, which the server has not heard of yet.
    assert_eq!(read(None, Some("4 7 unsaved")), unsaved("", 4, 7));
    assert_eq!(read(text(), Some("nonsense")), unsaved("Hi", 0, 0));
}

#[test]
fn a_version_is_higher_than_its_base_and_the_same_when_a_save_is_repeated() {
    let (first, other) = (next_version(0, 7), next_version(0, 9));
    assert!(first > 0 && other > 0 && first != other);
    assert_eq!(next_version(0, 7), first);
    assert!(next_version(first, 9) > first && next_version(other, 7) > other);
    // A sent reply leaves an empty draft with the version after it.
    assert!(next_version(first + 1, 7) > first + 1);
}

#[test]
fn the_newer_copy_opens() {
    let (one, two, three) = (next_version(0, 7), next_version(next_version(0, 7), 7), 3 * MARKS + 9);
    // Deleted here, and read while the server did not have that yet.
    assert_eq!(newest(saved("", two), &server("Hi", one)), unsaved("", two, two));
    // Nothing here, or what the server had before: the server's.
    assert_eq!(newest(LocalDraft::default(), &server("From the phone", one)), saved("From the phone", one));
    assert_eq!(newest(saved("Hi", one), &server("Hi Maria", three)), saved("Hi Maria", three));
    // Sent on another device.
    assert_eq!(newest(saved("Hi", one), &server("", one + 1)), saved("", one + 1));
    // Typed, or deleted, on top of what the server has.
    assert_eq!(newest(unsaved("Bye", one, one), &server("Hi", one)), unsaved("Bye", one, one));
    assert_eq!(newest(unsaved("", one, two), &server("Hi", one)), unsaved("", one, two));
    // The server has the last attempt, of which the answer is missing.
    assert_eq!(newest(unsaved("Bye", one, two), &server("Hi", two)), unsaved("Bye", two, two));
    // The same text is saved, whoever saved it.
    assert_eq!(newest(unsaved("Hi", one, two), &server("Hi", three)), saved("Hi", three));
    // A database that was restored from a backup has forgotten.
    assert_eq!(newest(saved("Hi", three), &server("", 0)), unsaved("Hi", three, three));
}

#[test]
fn neither_text_is_lost_when_two_devices_wrote() {
    let (mine, theirs) = (next_version(0, 7), next_version(0, 3));
    // Whichever of the two attempts has the higher version.
    for (version, on_server) in [(mine, theirs), (theirs, mine)] {
        let opened = newest(unsaved("typed offline", 0, version), &server("typed elsewhere", on_server));
        assert_eq!(opened.body, "typed elsewhere\n\ntyped offline");
        assert!(opened.unsaved && opened.base == on_server);
    }
    assert_eq!(newest(saved("one", 4), &server("two", 4)).body, "two\n\none");
    // One continues the other.
    assert_eq!(newest(unsaved("Hi Maria", 4, 4), &server("Hi", 6)).body, "Hi Maria");
    assert_eq!(newest(unsaved("Hi", 4, 4), &server("Hi Maria", 6)).body, "Hi Maria");
    // A reply that was sent elsewhere does not take away what was typed here since.
    assert_eq!(newest(unsaved("typed offline", 4, 4), &server("", 6)), unsaved("typed offline", 6, 6));
}
