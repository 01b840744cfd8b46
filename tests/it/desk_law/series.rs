//! A seeded series of actions: customers write, request an agent, react; agents claim, reply, release, take over,
//! return, close, write notes; Meta sends delivery statuses. The same seed gives the same series.

use std::collections::BTreeMap;

use handoff::{
    domain::{
        conversation::{Command, EndingKind, EndingPress, Goodbye},
        desk::{ItemBody, Row, RowState},
        time::Span,
    },
    server::{accounts::Agent, clock::Entropy, conversations::ConversationError},
};
use http::StatusCode;
use serde_json::json;

use crate::{app::TestApp, meta};

pub struct Series {
    pub ana: Agent,
    pub cookie: String,
    bo: Agent,
    dice: Entropy,
    count: usize,
    happened: BTreeMap<&'static str, usize>,
}

const CUSTOMERS: usize = 5;

impl Series {
    pub async fn begin(app: &TestApp, seed: u64) -> Self {
        app.without_bounds().await;
        app.keyword("agent").await;
        let (ana, cookie) = app.agent("Ana").await;
        let (bo, _) = app.agent("Bo").await;
        Self { ana, cookie, bo, dice: Entropy::seeded(seed), count: 0, happened: BTreeMap::new() }
    }

    fn roll(&self, sides: usize) -> usize {
        usize::from(u16::from_be_bytes(self.dice.bytes::<2>())) % sides
    }

    /// Runs `actions` actions, each to completion.
    pub async fn go(&mut self, app: &TestApp, actions: usize) {
        for _ in 0..actions {
            self.count += 1;
            let what = self.act(app).await;
            *self.happened.entry(what).or_default() += 1;
            if self.count.is_multiple_of(4) {
                self.notes(app).await;
            }
            app.settle().await;
            app.turn(Span::seconds(4));
        }
    }

    /// Asserts that every kind of action occurred: a series without closes or replies would prove little.
    pub fn prove_variety(&self) {
        for what in
            ["writes", "calls", "claims", "answers", "releases", "returns", "closes", "takes over", "reacts", "fails"]
        {
            assert!(self.happened.contains_key(what), "never happened: {what}; {:?}", self.happened);
        }
    }

    async fn act(&self, app: &TestApp) -> &'static str {
        let rows = app.rows(&self.ana).await;
        let me = if self.roll(3) == 0 { &self.bo } else { &self.ana };
        for _ in 0..8 {
            let row = if rows.is_empty() { None } else { rows.get(self.roll(rows.len())) };
            match (self.roll(14), row) {
                (0 | 1, _) | (_, None) => return self.writes(app, "How long does it take?", "writes").await,
                (2 | 3, _) => return self.writes(app, "Give me an agent!", "calls").await,
                (dice, Some(row)) => {
                    if let Some(what) = self.work(app, me, dice, row).await {
                        return what;
                    }
                }
            }
        }
        self.writes(app, "Still there?", "writes").await
    }

    /// A note is written, or the newest one edited or deleted.
    async fn notes(&self, app: &TestApp) {
        let Some(row) = app.rows(&self.ana).await.into_iter().next() else { return };
        let conversations = &app.services.conversations;
        let newest = app.thread(&self.ana, &row.id).await.items.into_iter().rev().find_map(|item| match item.body {
            ItemBody::Note(note) => note.text.map(|_| note.id),
            ItemBody::Message(_) | ItemBody::Line(_) => None,
        });
        let text = format!("Note {} for <@{}>", self.count, self.bo.id());
        let done = match (newest, self.count % 3) {
            (Some(note), 0) => conversations.delete_note(&self.ana, &row.id, &note).await,
            (Some(note), 1) => conversations.edit_note(&self.ana, &row.id, &note, &text).await,
            (Some(_), _) | (None, _) => conversations.write_note(&self.ana, &row.id, &text, &text).await,
        };
        done.expect("a note");
    }

    async fn writes(&self, app: &TestApp, words: &str, what: &'static str) -> &'static str {
        let phone = format!("491555000{}", self.roll(CUSTOMERS));
        let body = meta::text(&phone, &format!("wamid.S{}", self.count), app.now(), words);
        assert_eq!(app.webhook(&body).await, StatusCode::OK);
        what
    }

    /// An agent's action on a conversation in this state; `None` if no such action is possible.
    async fn work(&self, app: &TestApp, me: &Agent, dice: usize, row: &Row) -> Option<&'static str> {
        let conversations = &app.services.conversations;
        let id = &row.id;
        let mine = matches!(&row.state, RowState::Claimed { agent, .. } if *agent == *me.id());
        let open = !matches!(row.state, RowState::Closed { .. });
        let agent = me.id().clone();
        let (done, what) = match dice {
            4 | 5 if row.state == RowState::Waiting => (conversations.claim(me, id).await, "claims"),
            6 | 7 if mine => {
                let client = format!("c{}", self.count);
                (conversations.reply(me, id, &client, "One moment, please.", None).await, "answers")
            }
            8 if mine => (conversations.command(me, id, Command::Release { agent }).await, "releases"),
            9 if mine => (conversations.command(me, id, Command::ReturnToBot { agent }).await, "returns"),
            10 if mine => (self.ends(app, me, row).await, "closes"),
            11 if open && !mine => (conversations.take_over(me, id).await.map(|_| ()), "takes over"),
            12 => return self.reacts(app, row).await,
            13 => return self.fails(app).await,
            _ => return None,
        };
        done.unwrap_or_else(|error| panic!("{} {what} {row:?}: {error}", me.name()));
        Some(what)
    }

    /// Closes at once, or with a time to undo it; presses undo if that is pending already.
    async fn ends(&self, app: &TestApp, me: &Agent, row: &Row) -> Result<(), ConversationError> {
        let (conversations, id, seen) = (&app.services.conversations, &row.id, row.last_turn.clone());
        if let Some(pending) = row.ending.as_ref().filter(|pending| pending.agent == *me.id()) {
            return conversations.undo_ending(me, id, &pending.id).await;
        }
        if self.count % 2 == 1 {
            return conversations.close(me, id, seen).await;
        }
        let goodbye = Goodbye::default();
        let press = EndingPress { kind: EndingKind::Close, seen, goodbye, outcome: None, undo_time: None };
        conversations.schedule_ending(me, id, &press).await.map(|_| ())
    }

    /// The customer reacts to the newest reply that reached the phone.
    async fn reacts(&self, app: &TestApp, row: &Row) -> Option<&'static str> {
        let phone = row.phone.as_deref()?.strip_prefix('+')?;
        let to = json!(format!("+{phone}"));
        let newest = app.meta.sent().into_iter().rev().find(|request| request.body["to"] == to)?;
        let reaction = json!({"type": "reaction", "reaction": {"message_id": newest.wamid, "emoji": "👍"}});
        let body = meta::message(phone, &format!("wamid.S{}", self.count), app.now(), reaction);
        assert_eq!(app.webhook(&body).await, StatusCode::OK);
        Some("reacts")
    }

    /// Meta reports that the newest reply failed, possibly too late.
    async fn fails(&self, app: &TestApp) -> Option<&'static str> {
        let newest = app.meta.sent().pop()?;
        let phone = newest.body["to"].as_str()?.strip_prefix('+')?.to_owned();
        let mut body = meta::status(&phone, &newest.wamid, app.now(), "failed");
        let status = &mut body["entry"][0]["changes"][0]["value"]["statuses"][0];
        status["errors"] = json!([{"code": 131_026, "title": "Message undeliverable"}]);
        assert_eq!(app.webhook(&body).await, StatusCode::OK);
        Some("fails")
    }
}
