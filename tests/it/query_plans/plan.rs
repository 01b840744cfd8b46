//! Which recorded statements are looked at, and which lines of their plans read too much.

/// Tables that grow for as long as customers write, and one that every page reads.
const GROWING: [&str; 29] = [
    "calls",
    "conversations",
    "customers",
    "drafts",
    "entries",
    "entry_addresses",
    "flow_runs",
    "handoffs",
    "jobs",
    "joined_presses",
    "journal",
    "media",
    "mentions",
    "messages",
    "model_sessions",
    "notes",
    "outbox",
    "pending_endings",
    "pending_updates",
    "presence_intervals",
    "report_closings",
    "report_conversations",
    "report_handoffs",
    "report_messages",
    "report_ratings",
    "report_stints",
    "report_waits",
    "search_documents",
    "variables",
];
/// Indexes of pending work: small, however large the table is. Those of one tenant may be many.
const OWED: [&str; 6] =
    ["journal_new", "outbox_due", "outbox_held", "jobs_due", "jobs_held", "presence_intervals_open"];

/// Statements of the server; those of migrations and pragmas are sqlx's.
pub fn is_ours(sql: &str) -> bool {
    let begins = |word: &str| sql.trim_start().starts_with(word);
    ["SELECT ", "WITH ", "UPDATE ", "DELETE ", "INSERT "].into_iter().any(begins) && !sql.contains("_sqlx")
}

/// Replaces placeholders with values: a plan needs none, but SQLite requires a complete statement.
pub fn filled(sql: &str) -> String {
    let mut out = String::new();
    let mut rest = sql.chars().peekable();
    while let Some(next) = rest.next() {
        if next == '?' || next == '$' {
            out.push_str("'x'");
            while rest.next_if(char::is_ascii_digit).is_some() {}
        } else {
            out.push(next);
        }
    }
    out
}

/// Whether a line of a plan reads all rows of a growing table, or all of a tenant's.
pub fn walks(line: &str) -> bool {
    let grows = |name: &str| {
        GROWING.iter().any(|table| name.starts_with(table) || name.contains(&format!("autoindex_{table}")))
    };
    let words: Vec<&str> = line.split(' ').collect();
    let index = words.iter().position(|word| *word == "INDEX").and_then(|at| words.get(at + 1));
    match (words.as_slice(), index) {
        (_, Some(index)) if OWED.contains(index) && !line.ends_with("(tenant_id=?)") => false,
        // Messages are read between two times. From one on, it is all that was sent.
        (_, Some(index)) if *index == "report_messages_sent" && line.ends_with("sent_at>?)") => true,
        (["SCAN", ..], Some(index)) => grows(index),
        // Our aliases have one letter; `v` is the values list of the statement.
        (["SCAN", name], None) => *name != "v" && name.len() == 1 || grows(name),
        (_, Some(index)) => grows(index) && line.ends_with("(tenant_id=?)"),
        _ => false,
    }
}

/// Whether the line is the foreign key check of an insert with several rows: it scans for rows that already reference
/// the new ones, which SQLite skips while there are no dangling references. There never are any.
pub fn is_left_out(sql: &str, line: &str) -> bool {
    sql.trim_start().starts_with("INSERT") && line.split(' ').nth(1).is_some_and(|table| !sql.contains(table))
}
