//! The parts of the tables: a customer, a webhook item, its expected result, and the POST that contains the items.

use handoff::{
    contract::conversation::Thread,
    domain::{
        desk::{Filter, Group, ItemBody, Row as Listed},
        message::{Author, Message},
        time::Span,
    },
    server::accounts::Agent,
};
use serde_json::{Map, Value, json};

use super::files;
use crate::app::{NUMBER, START, TestApp, WABA};

pub use files::Files;

/// A row of a table.
pub struct Row {
    pub name: &'static str,
    pub says: fn(&Who) -> Vec<Item>,
    /// `None` if no conversation is expected.
    pub seen: Option<Seen>,
}

/// How an item that belongs to no conversation is reported.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReportedAs {
    /// Only logged for the operator.
    IgnoredEvent,
    /// Shown to admins as this sentence in the audit log.
    ChannelAlert(&'static str),
    /// Put into quarantine.
    Quarantined,
}

impl Row {
    /// Whether a listed conversation belongs to this row.
    pub fn is(&self, who: &Who, listed: &Listed) -> bool {
        let called = self.seen.as_ref().and_then(|seen| seen.called).unwrap_or(&who.name);
        listed.name == called || listed.phone == Some(format!("+{}", who.phone))
    }
}

/// The expected result of a row on the desk.
pub struct Seen {
    /// The kind of the customer's newest message; `None` if the customer sent none.
    pub kind: Option<&'static str>,
    pub preview: String,
    pub window: Window,
    /// The number of bot answers.
    pub answers: usize,
    /// What the agent who gets it has not read.
    pub unread: i64,
    /// Its group for an agent who claimed nothing.
    pub group: Group,
    /// The conversation's name if it differs from the customer's.
    pub called: Option<&'static str>,
    /// Checks the newest message that is not the bot's, and the thread.
    pub look: fn(&Message, &Thread),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Window {
    Opens,
    StaysShut,
}

impl Seen {
    /// A customer's turn: opens the window, starts one bot turn, one unread.
    pub fn turn(kind: &'static str, preview: &str) -> Self {
        Self {
            kind: Some(kind),
            preview: preview.to_owned(),
            window: Window::Opens,
            answers: 1,
            unread: 1,
            group: Group::Bot,
            called: None,
            look: |_, _| {},
        }
    }

    /// Unread for agents, but without an answer.
    pub fn notice(kind: &'static str, preview: &str) -> Self {
        Self { window: Window::StaysShut, answers: 0, ..Self::turn(kind, preview) }
    }

    /// A message that the business sent elsewhere.
    pub fn ours(preview: &str) -> Self {
        Self {
            kind: None,
            preview: preview.to_owned(),
            window: Window::StaysShut,
            answers: 0,
            unread: 0,
            group: Group::Others,
            called: None,
            look: |_, _| {},
        }
    }

    pub fn group(self, group: Group) -> Self {
        Self { group, ..self }
    }

    pub fn called(self, called: &'static str) -> Self {
        Self { called: Some(called), ..self }
    }

    pub fn window(self, window: Window) -> Self {
        Self { window, ..self }
    }

    pub fn unread(self, unread: i64) -> Self {
        Self { unread, ..self }
    }

    pub fn answers(self, answers: usize) -> Self {
        Self { answers, ..self }
    }

    pub fn look(self, look: fn(&Message, &Thread)) -> Self {
        Self { look, ..self }
    }
}

/// A new customer.
#[derive(Clone)]
pub struct Who {
    pub phone: String,
    pub user: String,
    pub name: String,
    pub files: Files,
    n: usize,
}

impl Who {
    pub fn new(n: usize, files: Files) -> Self {
        let phone = format!("49155501{n:04}");
        Self { user: format!("DE.77{n:04}"), name: format!("Customer {n:03}"), phone, files, n }
    }

    /// The message id of this customer's item number `k`.
    pub fn wamid(&self, k: usize) -> String {
        format!("wamid.K{:03}.{k}", self.n)
    }

    /// The timestamp in seconds of item number `k`: a minute ago, one second per item.
    pub fn seconds(&self, k: usize) -> String {
        (START.minus(Span::minutes(1)).0 / 1_000 + i64::try_from(k).expect("few")).to_string()
    }

    pub fn contact(&self) -> Value {
        json!({"profile": {"name": self.name}, "wa_id": self.phone, "user_id": self.user})
    }

    /// A message; `body` contains `type`, the object with that name, and any other fields.
    pub fn says(&self, k: usize, body: Value) -> Item {
        let mut message = json!({
            "from": self.phone, "from_user_id": self.user, "id": self.wamid(k), "timestamp": self.seconds(k),
        });
        extend(&mut message, body);
        Item { contact: Some(self.contact()), ..Item::of("messages", "messages", message) }
    }

    pub fn text(&self, k: usize, words: &str) -> Item {
        self.says(k, json!({"type": "text", "text": {"body": words}}))
    }

    /// A `system` message, which has no contacts.
    pub fn system(&self, k: usize, body: Value) -> Item {
        let mut message = json!({"id": self.wamid(k), "timestamp": self.seconds(k), "type": "system"});
        extend(&mut message, body);
        Item::of("messages", "messages", message)
    }

    /// A reply by staff from the phone app.
    pub fn echo(&self, k: usize, body: Value) -> Item {
        let mut echo = json!({
            "from": "15550100000", "to": self.phone, "to_user_id": self.user, "id": self.wamid(k),
            "timestamp": self.seconds(k),
        });
        extend(&mut echo, body);
        Item { contact: Some(self.contact()), ..Item::of("smb_message_echoes", "message_echoes", echo) }
    }

    pub fn status(&self, k: usize, wamid: &str, word: &str) -> Item {
        Item::of(
            "messages",
            "statuses",
            json!({
                "id": wamid, "status": word, "timestamp": self.seconds(k), "recipient_id": self.phone,
                "recipient_user_id": self.user,
            }),
        )
    }
}

/// An item of a list in a webhook field.
#[derive(Clone)]
pub struct Item {
    pub field: &'static str,
    /// If empty, `body` is the whole value.
    pub list: &'static str,
    pub body: Value,
    pub contact: Option<Value>,
    /// `value.errors` next to the list.
    pub errors: Option<Value>,
    /// `value.conversation_context` next to the list.
    pub context: Option<Value>,
}

impl Item {
    pub fn of(field: &'static str, list: &'static str, body: Value) -> Self {
        Self { field, list, body, contact: None, errors: None, context: None }
    }

    /// A value of an account field, without a list and a number.
    pub fn value(field: &'static str, body: Value) -> Self {
        Self::of(field, "", body)
    }

    fn joins(&self, other: &Self) -> bool {
        let plain = |item: &Self| item.errors.is_none() && item.context.is_none() && !item.list.is_empty();
        plain(self) && plain(other) && (self.field, self.list) == (other.field, other.list)
    }
}

pub fn extend(into: &mut Value, parts: Value) {
    let (Some(into), Value::Object(parts)) = (into.as_object_mut(), parts) else { panic!("both are objects") };
    into.extend(parts);
}

/// One POST with these items in order: up to 3 items per list and up to 4 changes per entry.
pub fn post_of(items: &[Item]) -> Value {
    let mut changes = Vec::new();
    for run in items.chunk_by(Item::joins) {
        for some in run.chunks(3) {
            changes.push(json!({"field": some[0].field, "value": value_of(some)}));
        }
    }
    let entries: Vec<Value> = changes.chunks(4).map(|changes| json!({"id": WABA, "changes": changes})).collect();
    json!({"object": "whatsapp_business_account", "entry": entries})
}

fn value_of(items: &[Item]) -> Value {
    if items[0].list.is_empty() {
        return items[0].body.clone();
    }
    let mut value = Map::new();
    value.insert("messaging_product".into(), json!("whatsapp"));
    value.insert("metadata".into(), json!({"display_phone_number": "15550100000", "phone_number_id": NUMBER}));
    // Deliberately not in the order of the messages: contacts must be matched by id.
    let contacts: Vec<&Value> = items.iter().rev().filter_map(|item| item.contact.as_ref()).collect();
    if !contacts.is_empty() {
        value.insert("contacts".into(), json!(contacts));
    }
    value.insert(items[0].list.into(), items.iter().map(|item| item.body.clone()).collect());
    if let Some(errors) = &items[0].errors {
        value.insert("errors".into(), errors.clone());
    }
    if let Some(context) = &items[0].context {
        value.insert("conversation_context".into(), context.clone());
    }
    Value::Object(value)
}

/// Every conversation, read page by page.
pub async fn every_row(app: &TestApp, agent: &Agent) -> Vec<Listed> {
    let mut rows = Vec::new();
    for (group, mut range) in app.desk(agent).await.groups {
        while range.more {
            let last = range.rows.last().expect("a page that has more has rows").key(group);
            let next = app.services.live.more(agent, Filter::default(), group, &last, None).await.expect("a page");
            range.more = next.more;
            range.rows.extend(next.rows);
        }
        assert!(range.rows.iter().all(|row| row.group(agent.id()) == group), "{group:?} holds its own");
        rows.extend(range.rows);
    }
    rows
}

pub fn messages(thread: &Thread) -> impl DoubleEndedIterator<Item = &Message> {
    thread.items.iter().filter_map(|item| match &item.body {
        ItemBody::Message(message) => Some(message.as_ref()),
        ItemBody::Line(_) | ItemBody::Note(_) => None,
    })
}

pub fn lines(thread: &Thread) -> Vec<&str> {
    let words = thread.items.iter().filter_map(|item| match &item.body {
        ItemBody::Line(line) => Some(line.text.as_str()),
        ItemBody::Message(_) | ItemBody::Note(_) => None,
    });
    words.collect()
}

pub fn bot_answers(thread: &Thread) -> usize {
    messages(thread).filter(|message| message.author == Author::Bot).count()
}

pub fn check_list(row: &Row, who: &Who, found: Option<&Listed>) {
    let name = row.name;
    let (Some(seen), Some(found)) = (&row.seen, found) else {
        assert!(row.seen.is_none() && found.is_none(), "{name} ({}): a conversation or none: {found:?}", who.name);
        return;
    };
    assert_eq!(found.preview, seen.preview, "{name}: preview");
    // The bot's rows are unread for nobody.
    let unread = if seen.group == Group::Bot { 0 } else { seen.unread };
    assert_eq!(found.unread, unread, "{name}: unread");
    let window = if found.window_closes.is_some() { Window::Opens } else { Window::StaysShut };
    assert_eq!(window, seen.window, "{name}: window");
    assert_eq!(found.group(&"nobody".into()), seen.group, "{name}: group");
}

pub fn check_thread(row: &Row, thread: &Thread) {
    let Some(seen) = &row.seen else { return };
    let name = row.name;
    let by_customer = messages(thread).rfind(|message| message.author.is_customer());
    assert_eq!(by_customer.map(|message| message.content.kind()), seen.kind, "{name}: kind");
    let newest = messages(thread).next_back().unwrap_or_else(|| panic!("{name}: a message"));
    (seen.look)(newest, thread);
}

/// Every file of a row is stored, or failed with a reason, after all download attempts.
pub async fn check_files(app: &TestApp, agent: &Agent, rows: &[(Row, Who)]) {
    for wait in files::WAITS {
        app.turn(wait);
        app.drain().await;
    }
    let listed = every_row(app, agent).await;
    for (row, who) in rows {
        for found in listed.iter().filter(|listed| row.is(who, listed)) {
            let thread = app.thread(agent, &found.id).await;
            for message in messages(&thread).filter(|message| message.content.attachment().is_some()) {
                files::check(row.name, who, message);
            }
        }
    }
}

impl TestApp {
    /// Makes the simulator hold the statuses of our messages, so that only those of the rows arrive.
    pub fn hold_back_statuses(&self) {
        let mut settings = self.meta.settings();
        settings.webhook.paused = true;
        self.meta.set_settings(settings);
    }
}
