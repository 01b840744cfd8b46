//! Random histories: the facts equal a naive recount of the log, whoever added them and in parts of any length, and the
//! report equals what is counted from it. Reports that are counted from packed days equal those of the rows, whatever has
//! changed since the days were packed.

use std::collections::BTreeSet;

use handoff::{
    domain::{
        conversation::{EndingKind, EndingPress, Goodbye},
        desk::{Row, RowState},
        event::Initiator,
        report::measure::Measure,
    },
    server::{
        accounts::Reauthenticated,
        clock::Entropy,
        conversations::ConversationError,
        simulator::{Effect, Fault},
        store::report_unpacked_rows,
    },
};

use super::{naive::report_equals_the_log, recount::recount, *};
use crate::{desk_law::series::Series, reports::packed::equal_those_of_rows};

const SECOND: Span = Span::seconds(1);

/// What a history has to contain, or the facts would prove little.
const EXPECTED: [&str; 18] = [
    "answer_failed",
    "answered",
    "claimed",
    "closed",
    "delivered",
    "echoed",
    "ending_cancelled",
    "first_reply_sent",
    "handed_off",
    "merged",
    "release_undone",
    "released",
    "reopened",
    "resent",
    "returned_to_bot",
    "started",
    "take_over_undone",
    "taken_over",
];

/// People and chance.
struct Desk<'a> {
    app: &'a TestApp,
    cem: Agent,
    dan: Agent,
    dice: Entropy,
}

impl Desk<'_> {
    fn roll(&self, sides: usize) -> usize {
        usize::from(u16::from_be_bytes(self.dice.bytes::<2>())) % sides
    }

    async fn writes(&self, phone: &str, words: &str) {
        self.app.turn(SECOND);
        let wamid = format!("wamid.{phone}.{}", self.app.now().0);
        assert_eq!(self.app.webhook(&meta::text(phone, &wamid, self.app.now(), words)).await, StatusCode::OK);
        self.app.settle().await;
    }

    /// Staff answers in the WhatsApp app.
    async fn answers_on_the_phone(&self, phone: &str) {
        self.app.turn(SECOND);
        let at = self.app.now().0;
        let echo = json!({"from": "15550100000", "to": phone, "id": format!("wamid.echo.{at}"),
            "timestamp": (at / 1_000).to_string(), "type": "text", "text": {"body": "I do this from my phone"}});
        let body = meta::envelope_of("smb_message_echoes", json!({"message_echoes": [echo]}));
        assert_eq!(self.app.webhook(&body).await, StatusCode::OK);
        self.app.settle().await;
    }

    async fn row(&self, phone: &str) -> Row {
        let number = format!("+{phone}");
        let rows = self.app.rows(&self.cem).await;
        rows.into_iter().find(|row| row.phone.as_deref() == Some(number.as_str())).expect("their conversation")
    }

    /// A customer whom `agent` has after the keyword.
    async fn claimed(&self, agent: &Agent, phone: &str) -> ConversationId {
        self.writes(phone, "Give me an agent!").await;
        let id = self.row(phone).await.id;
        self.app.turn(SECOND);
        self.app.services.conversations.claim(agent, &id).await.expect("claims");
        id
    }

    /// Cem's reply waits to be sent.
    async fn replies(&self, id: &ConversationId, words: &str) {
        self.app.turn(SECOND);
        self.app.services.conversations.reply(&self.cem, id, words, words, None).await.expect("replies");
    }

    async fn closes(&self, id: &ConversationId, phone: &str) {
        self.app.turn(SECOND);
        let seen = self.row(phone).await.last_turn;
        self.app.services.conversations.close(&self.cem, id, seen).await.expect("closes");
        self.app.settle().await;
    }

    async fn takes_over_and_undoes(&self, agent: &Agent, id: &ConversationId) {
        self.app.turn(SECOND);
        let epoch = self.app.services.conversations.take_over(agent, id).await.expect("takes over");
        self.app.turn(SECOND);
        self.app.services.conversations.undo_take_over(agent, id, epoch).await.expect("undoes");
        self.app.settle().await;
    }

    async fn releases_and_undoes(&self, id: &ConversationId) {
        self.app.turn(SECOND);
        let epoch = self.app.services.conversations.release(&self.cem, id).await.expect("releases");
        self.app.turn(SECOND);
        self.app.services.conversations.undo_release(&self.cem, id, epoch).await.expect("undoes");
        self.app.settle().await;
    }

    /// What chance would not lead to.
    async fn rare(&self) {
        let (app, conversations) = (self.app, &self.app.services.conversations);
        // A takeover from the bot that is undone, and one from a colleague.
        self.writes("4915551000", "Where is my order?").await;
        let id = self.row("4915551000").await.id;
        self.takes_over_and_undoes(&self.cem, &id).await;
        app.turn(SECOND);
        conversations.take_over(&self.cem, &id).await.expect("takes over");
        self.replies(&id, "Let me see").await;
        app.settle().await;
        self.takes_over_and_undoes(&self.dan, &id).await;
        app.turn(SECOND);
        conversations.return_to_bot(&self.cem, &id).await.expect("returns");
        app.settle().await;

        // A release that is undone while the customer waits and while nobody does, and a close that is
        // undone, and one that is reopened.
        let id = self.claimed(&self.cem, "4915551001").await;
        self.releases_and_undoes(&id).await;
        self.replies(&id, "Good morning").await;
        app.settle().await;
        self.releases_and_undoes(&id).await;
        self.writes("4915551001", "And when does it come?").await;
        self.replies(&id, "Tomorrow").await;
        app.settle().await;
        let seen = self.row("4915551001").await.last_turn;
        let press =
            EndingPress { kind: EndingKind::Close, seen, goodbye: Goodbye::Off, outcome: None, undo_time: None };
        let scheduled = conversations.schedule_ending(&self.cem, &id, &press).await.expect("is allowed");
        let pending = scheduled.expect("is pending").id;
        conversations.undo_ending(&self.cem, &id, &pending).await.expect("undoes");
        self.closes(&id, "4915551001").await;
        app.turn(SECOND);
        conversations.reopen(&self.cem, &id).await.expect("reopens");
        self.replies(&id, "One more thing").await;
        app.settle().await;
        self.closes(&id, "4915551001").await;

        // A first reply that fails and is sent again; then one that is queued at the close.
        let id = self.claimed(&self.cem, "4915551002").await;
        app.meta.inject("*", Fault::once(Effect::Status { code: 131_026 }));
        self.replies(&id, "I am here").await;
        app.settle().await;
        let sent = app.meta.sent().pop().expect("it was sent");
        let message: MessageId = sent.body["biz_opaque_callback_data"].as_str().expect("our id").into();
        app.turn(SECOND);
        conversations.retry(&self.cem, &id, &message).await.expect("is sent again");
        app.settle().await;
        self.writes("4915551002", "Hello?").await;
        self.replies(&id, "Still here").await;
        self.closes(&id, "4915551002").await;

        // A first reply that is queued at the close, and the customer who comes back.
        let id = self.claimed(&self.cem, "4915551003").await;
        self.replies(&id, "It is on its way").await;
        self.closes(&id, "4915551003").await;
        self.writes("4915551003", "It did not come").await;

        // The business begins on the phone.
        self.answers_on_the_phone("4915551004").await;
        self.writes("4915551004", "Thanks, but it is broken").await;
        let id = self.row("4915551004").await.id;
        conversations.claim(&self.cem, &id).await.expect("claims");
        self.replies(&id, "I will send another one").await;
        app.settle().await;

        // Two customers who are one person, each with a handoff.
        let (phone, user) = (Some("4915551005"), Some("DE.900"));
        for (phone, user, wamid) in [(phone, None, "wamid.m1"), (None, user, "wamid.m2"), (phone, user, "wamid.m3")] {
            app.turn(SECOND);
            let body = of(phone, user, wamid, app.now(), "An agent, please");
            assert_eq!(app.webhook(&body).await, StatusCode::OK);
            app.settle().await;
        }

        // An agent leaves for good.
        self.claimed(&self.dan, "4915551006").await;
        app.turn(SECOND);
        let (by, dan) = (Reauthenticated::operator(), self.dan.id());
        conversations.deactivate(&app.tenant, by, dan).await.expect("deactivates");
        app.settle().await;
    }

    /// Something that a series of actions does not contain.
    async fn disturbs(&self) {
        let rows = self.app.rows(&self.cem).await;
        if rows.is_empty() {
            return;
        }
        let row = &rows[self.roll(rows.len())];
        let conversations = &self.app.services.conversations;
        match &row.state {
            RowState::Closed { .. } => match conversations.reopen(&self.cem, &row.id).await {
                Ok(()) | Err(ConversationError::Refused(_)) => {}
                Err(error) => panic!("{row:?}: {error}"),
            },
            RowState::Claimed { agent, .. } if agent == self.cem.id() => self.releases_and_undoes(&row.id).await,
            RowState::Bot | RowState::Waiting | RowState::Claimed { .. } | RowState::Phone => {
                match row.phone.as_deref().filter(|_| self.roll(2) == 0) {
                    Some(phone) => self.answers_on_the_phone(phone.trim_start_matches('+')).await,
                    None => self.takes_over_and_undoes(&self.cem, &row.id).await,
                }
            }
        }
        self.app.settle().await;
    }
}

impl Desk<'_> {
    /// Packs some of the days that have changed.
    async fn packs(&self) {
        let mut tx = self.app.services.db.begin_read().await.expect("a view");
        let days = report_unpacked_rows::days(&mut tx).await.expect("reads");
        drop(tx);
        for day in days {
            if self.roll(3) > 0 {
                let packed = self.app.services.day_packer.pack(&day.tenant, day.kind, day.day).await;
                assert!(packed.expect("packs"), "{day:?}");
            }
        }
    }

    /// Leaves a handoff out of the reports, or counts it again.
    async fn leaves_out(&self, viewer: &Agent) {
        let handoffs: Vec<HandoffId> = stored(self.app, &self.app.tenant).await.handoffs.into_keys().collect();
        let (reports, handoff) = (&self.app.services.reports, &handoffs[self.roll(handoffs.len())]);
        if reports.count_again(viewer, Initiator::SYSTEM, handoff).await.is_err() {
            reports.leave_out(viewer, Initiator::SYSTEM, handoff, "A test").await.expect("leaves out");
        }
    }

    /// Counts every handoff again that was left out: the log's numbers have them.
    async fn counts_all(&self, viewer: &Agent) {
        let mut tx = self.app.services.db.begin_read().await.expect("a view");
        let left_out = report_left_out::list(&mut tx, &self.app.tenant).await.expect("reads");
        drop(tx);
        for row in left_out {
            let reports = &self.app.services.reports;
            reports.count_again(viewer, Initiator::SYSTEM, &row.handoff).await.expect("counts again");
        }
    }

    /// Compares reports that are counted from packed days with those of the rows.
    async fn reports_equal(&self, viewer: &Agent) {
        let measures: Vec<Measure> = (0..4).map(|_| Measure::ALL[self.roll(Measure::ALL.len())]).collect();
        let narrow = format!("period=last_30_days&trigger=keyword&number={}", self.app.channel);
        let own = format!("period=this_week&language=en&agent={}", self.cem.id());
        for query in ["period=last_30_days", "period=today&outcome=none", &narrow, &own] {
            equal_those_of_rows(self.app, viewer, query, &measures).await;
        }
    }
}

/// The log does not tell languages and countries: they are taken as they are when an entry is added.
fn without_customers(mut facts: FactSet) -> FactSet {
    facts.conversations.values_mut().for_each(|fact| fact.language = None);
    facts.handoffs.values_mut().for_each(|fact| fact.language = None);
    facts.messages.values_mut().for_each(|fact| fact.market = None);
    facts
}

/// Compares what is stored with the recount. Returns which events there were.
async fn equals_the_recount(app: &TestApp) -> BTreeSet<&'static str> {
    let mut tx = app.services.db.begin_read().await.expect("a view");
    let log = entries::since(&mut tx, &app.tenant, Seq(0), 10_000).await.expect("reads");
    drop(tx);
    let (facts, counted) = (without_customers(stored(app, &app.tenant).await), recount(&log));
    assert_eq!(facts.conversations, counted.conversations);
    assert_eq!(facts.handoffs, counted.handoffs);
    assert_eq!(facts.waits, counted.waits);
    assert_eq!(facts.stints, counted.stints);
    assert_eq!(facts.closings, counted.closings);
    assert_eq!(facts.messages, counted.messages);
    assert_eq!(facts, counted);
    assert_eq!(without_customers(derived(app, &app.tenant).await), counted);
    log.iter().map(|entry| entry.event.kind().as_str()).collect()
}

on_both!(facts_and_report_of_a_random_history_equal_a_recount, async |app| {
    // given two servers that add facts
    let next = app.another(7).await;
    let mut series = Series::begin(app, 11).await;
    let ((cem, _), (dan, _), (ada, _)) = (app.agent("Cem").await, app.agent("Dan").await, app.admin().await);
    let desk = Desk { app, cem, dan, dice: Entropy::seeded(12) };
    desk.rare().await;
    for round in 0..20 {
        series.go(app, 1 + desk.roll(3)).await;
        desk.disturbs().await;
        // when they add now and then, alone or at the same time, and once in the middle of a rebuild
        if round == 10 {
            app.services.report_facts.rebuild(&app.tenant).await.expect("requests it");
        }
        let (one, other) = (&app.services.report_facts, &next.report_facts);
        match desk.roll(4) {
            0 => {}
            1 => {
                let (one, other) = futures::join!(one.run_once(), other.run_once());
                one.and(other).expect("adds facts");
            }
            _ => {
                other.run_once().await.expect("adds facts");
            }
        }
        if round % 5 == 4 {
            add(&app.services).await;
            equals_the_recount(app).await;
            desk.reports_equal(&ada).await;
            desk.packs().await;
            desk.leaves_out(&ada).await;
            desk.reports_equal(&ada).await;
        }
    }
    app.settle().await;
    desk.counts_all(&ada).await;
    add(&next).await;
    next.db.close().await;
    // then nothing is missing, and nothing counts twice
    let happened = equals_the_recount(app).await;
    desk.reports_equal(&ada).await;
    report_equals_the_log(app, &ada).await;
    let missing: Vec<&str> = EXPECTED.into_iter().filter(|kind| !happened.contains(kind)).collect();
    assert_eq!(missing, [""; 0]);
});
