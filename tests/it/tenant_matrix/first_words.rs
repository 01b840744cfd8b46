//! Rows of the table: the page of a new conversation, and what it calls; and templates that
//! are sent later, or in a closed window.

use super::table::{ADMIN, ADMIN_ONE, NEVER_A_TEMPLATE, ONE, OWN, PAGE, Route, call, get};

/// Nobody has this template.
const FIRST: &str = r#"{"first":{"channel":"{channel}","to":{"number":"+4915123456789"},"opt_in":{"agreed":true,"note":""},
    "template":{"client_id":"7","template":"t","revision":1,"values":{}}}}"#;

const LATER: &str = r#"{"id":"{conversation}","send":{"client_id":"8","template":"t","revision":1,"values":{}},
    "choice":"tomorrow_morning"}"#;

pub const FIRST_WORDS: &[Route] = &[
    // A conversation of another tenant names nobody.
    get("/new-conversation", "/new-conversation?from={conversation}", PAGE),
    call("/api/outbound", "from={conversation}", OWN),
    call("/api/outbound", "", OWN),
    call("/api/first_templates", "channel={channel}", ONE),
    call("/api/begin_conversation", FIRST, NEVER_A_TEMPLATE),
    call("/api/schedule_template", LATER, NEVER_A_TEMPLATE),
    call("/api/window_templates", "", ADMIN),
    call("/api/window_template_save", r#"{"save":{"text":"closing","channel":"{channel}","choice":null}}"#, ADMIN_ONE),
];
