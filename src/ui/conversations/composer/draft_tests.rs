use super::*;

fn local(body: &str, version: i64, unsaved: bool) -> LocalDraft {
    LocalDraft { body: body.to_owned(), version, unsaved }
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
fn a_text_without_a_version_is_one_that_the_server_does_not_have() {
    assert_eq!(read(Some("Hi".to_owned()), None), local("Hi", 0, true));
    assert_eq!(read(None, None), LocalDraft::default());
    assert_eq!(read(Some("Hi".to_owned()), Some("7 saved")), local("Hi", 7, false));
    // A text that was deleted, which the server has not heard of yet.
    assert_eq!(read(None, Some("7 unsaved")), local("", 7, true));
    assert_eq!(read(Some("Hi".to_owned()), Some("nonsense")), local("Hi", 0, true));
}

#[test]
fn the_newer_copy_opens() {
    // Nothing here, or what the server had before: the server's.
    assert_eq!(newest(LocalDraft::default(), &server("From the phone", 4)), local("From the phone", 4, false));
    assert_eq!(newest(local("Hi", 3, false), &server("Hi Maria", 4)), local("Hi Maria", 4, false));
    // Sent on another device.
    assert_eq!(newest(local("Hi", 3, false), &server("", 4)), local("", 4, false));
    // Typed, or deleted, on top of what the server has; also if the answer of the last save is missing.
    assert_eq!(newest(local("Hi Maria", 4, true), &server("Hi", 4)), local("Hi Maria", 4, true));
    assert_eq!(newest(local("Hi Maria", 5, true), &server("Hi", 4)), local("Hi Maria", 5, true));
    assert_eq!(newest(local("", 4, true), &server("Hi", 4)), local("", 4, true));
    // The same text is saved, whoever saved it.
    assert_eq!(newest(local("Hi", 3, true), &server("Hi", 4)), local("Hi", 4, false));
    // A database that was restored from a backup has forgotten.
    assert_eq!(newest(local("Hi", 9, false), &server("", 0)), local("Hi", 9, true));
}

#[test]
fn neither_text_is_lost_when_two_devices_wrote() {
    let opened = newest(local("typed offline", 4, true), &server("typed elsewhere", 6));
    assert_eq!(opened, local("typed elsewhere\n\ntyped offline", 6, true));
    let opened = newest(local("one", 4, false), &server("two", 4));
    assert_eq!(opened, local("two\n\none", 4, true));
    // One continues the other.
    assert_eq!(newest(local("Hi Maria", 4, true), &server("Hi", 6)), local("Hi Maria", 6, true));
    assert_eq!(newest(local("Hi", 4, true), &server("Hi Maria", 6)), local("Hi Maria", 6, true));
    // A reply that was sent elsewhere does not take away what was typed here since.
    assert_eq!(newest(local("typed offline", 4, true), &server("", 6)), local("typed offline", 6, true));
}
