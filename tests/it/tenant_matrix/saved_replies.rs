//! Rows of the table: saved replies.

use super::table::{Answer, Answers, FINE, INVALID, NOT_FOUND, OWN, Route, SIGNED_OUT, call, call_at};

/// A call about the saved reply for everyone, which the lead removes last. Agents do not keep those.
const fn shared_reply(agent: Answer) -> Answers {
    [SIGNED_OUT, agent, FINE, NOT_FOUND, NOT_FOUND, NOT_FOUND]
}

pub const SAVED_REPLIES: &[Route] = &[
    call_at("/saved-replies/files", "/saved-replies/files?name=a.txt", "Hello", OWN),
    call("/api/saved_replies", "", OWN),
    call("/api/saved_reply_fill", "id={reply}&conversation={conversation}", shared_reply(FINE)),
    call("/api/saved_reply_attach", "id={reply}&conversation={conversation}&client_id=one", shared_reply(FINE)),
    call("/api/saved_reply_used", "id={reply}", shared_reply(FINE)),
    call("/api/saved_reply_preview", r#"{"text":"Hi {{ customer.first_name }}"}"#, OWN),
    call("/api/saved_reply_add", r#"{"saved":{"name":"Own","text":"Hi"}}"#, OWN),
    call(
        "/api/saved_reply_change",
        r#"{"id":"{reply}","revision":1,"saved":{"name":"Changed","text":"Hi","scope":"everyone"}}"#,
        shared_reply(INVALID),
    ),
    call("/api/saved_replies_import", r#"{"file":"name,text\nImported,Hi"}"#, OWN),
    call("/api/saved_reply_remove", "id={reply}", shared_reply(INVALID)),
];
