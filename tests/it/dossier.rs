//! The dossier of a real conversation: why an agent was requested, what happened, what the bot collected and called.
//! Each fact has its place in the thread, also on a page that only receives frames; facts of other conversations never
//! appear.

use handoff::{
    domain::{
        desk::{Frame, Item, ItemBody, Line, Row},
        dossier::{CallKind, CallStatus, Dossier, FactOrigin, SummaryBy},
        event::{Actor, CallOutcome, Entry, Event},
        flow::definition::Flow,
        handoff::{Brief, TriggerKind, Urgency},
        ids::{ConversationId, FlowId, Seq},
        message::Content,
        time::Span,
    },
    server::{
        accounts::Agent,
        store::{
            entries,
            facts::{self, CallRow, FactRow, VariableRow},
            flows, handoffs, tenants,
        },
    },
};
use http::StatusCode;

use crate::{
    app::{TestApp, on_both},
    desk_law::stream::Stream,
    meta,
};

/// A conversation in which the customer wrote `order 4711` and the bot stored it and requested the order's status.
struct Story<'a> {
    app: &'a TestApp,
    id: ConversationId,
}

impl Story<'_> {
    /// Appends entries to the log in one transaction, each event with the fact it refers to.
    async fn log(&self, told: Vec<(Event, Option<FactRow>)>) -> Vec<Seq> {
        let app = self.app;
        let mut tx = app.services.db.begin_write().await.expect("begins");
        let first = tenants::advance(&mut tx, &app.tenant, told.len()).await.expect("advances");
        let (mut log, mut kept) = (Vec::new(), Vec::new());
        for (at, (event, fact)) in (first.0..).zip(told) {
            if let Some(mut fact) = fact {
                fact.at_seq(Seq(at));
                kept.push((self.id.clone(), fact));
            }
            log.push(Entry {
                seq: Seq(at),
                at: app.now(),
                actor: Actor::Bot,
                conversation: Some(self.id.clone()),
                event,
            });
        }
        facts::insert(&mut tx, &app.tenant, &kept).await.expect("facts are kept");
        entries::append(&mut tx, &app.tenant, &log).await.expect("entries are kept");
        tx.commit().await.expect("commits");
        let seqs: Vec<Seq> = log.into_iter().map(|entry| entry.seq).collect();
        app.services.bus.publish(&app.tenant, *seqs.last().expect("at least one event"));
        seqs
    }

    async fn learns(&self, id: &str, name: &str, value: &str, from: &Row) -> Seq {
        let at = self.app.now();
        let step = Some("ask_number".to_owned());
        let message = from.last_turn.as_ref();
        let row = VariableRow { step, ..VariableRow::new(id.into(), name, "Ask for the number", value, message, at) };
        self.log(vec![(Event::VariableSet { variable: id.into() }, Some(FactRow::Variable(row)))]).await[0]
    }

    async fn asks(&self, id: &str) -> Seq {
        let row = CallRow {
            id: id.into(),
            kind: CallKind::Tool,
            label: "order_status".to_owned(),
            step: None,
            revision: 0,
            request: "{}".to_owned(),
            input: r#"{"order":"4711"}"#.to_owned(),
            output: None,
            status: CallStatus::Requested,
            took: None,
            message_id: None,
            at: self.app.now().0,
            seq: 0,
        };
        self.log(vec![(Event::CallRequested { call: id.into() }, Some(FactRow::Call(row)))]).await[0]
    }

    async fn is_answered(&self, id: &str, output: &str) {
        let mut tx = self.app.services.db.begin_write().await.expect("begins");
        let took = Span(230);
        let outcome = CallOutcome::Answered;
        let ended = facts::end_call(&mut tx, &self.app.tenant, &id.into(), outcome, output, took).await;
        assert!(ended.expect("ends"), "it was open");
        tx.commit().await.expect("commits");
        self.log(vec![(Event::CallEnded { call: id.into(), outcome, took }, None)]).await;
    }
}

async fn says(app: &TestApp, words: &str) {
    app.meta.customer_says("c2", words).expect("a customer");
    app.meta.settled().await;
    app.services.projector.run_once().await.expect("projects");
}

async fn begin(app: &TestApp, agent: &Agent) -> Row {
    says(app, "Where is order 4711?").await;
    app.only_row(agent).await
}

fn lines(items: &[Item]) -> Vec<(String, String)> {
    let facts = items.iter().filter_map(|item| match &item.body {
        ItemBody::Line(Line { fact: Some(_), text: words, .. }) => Some((item.key(), words.clone())),
        _ => None,
    });
    facts.collect()
}

on_both!(each_fact_is_in_the_dossier_and_links_to_the_thread, threads = 4, async |app| {
    app.keyword("agent").await;
    let (ana, _) = app.agent("Ana").await;
    let row = begin(app, &ana).await;
    let story = Story { app, id: row.id.clone() };
    app.turn(Span::seconds(5));
    let learnt = story.learns("var_1", "order_number", "4711", &row).await;
    let asked = story.asks("cal_1").await;
    story.is_answered("cal_1", "shipped").await;
    app.turn(Span::seconds(5));
    says(app, "I want an agent").await;
    app.settle().await;

    let thread = app.thread(&ana, &row.id).await;

    let Dossier { handoff_requests, summary, variables, calls, .. } = thread.dossier;
    let (variable, call) = (&variables[0], &calls[0]);
    assert_eq!((variable.value.as_str(), variable.origin), ("4711", FactOrigin::Flow));
    assert_eq!(
        (call.status, call.output.as_deref(), call.took),
        (CallStatus::Answered, Some("shipped"), Some(Span(230)))
    );
    let why = &handoff_requests[0];
    assert_eq!((why.trigger, why.customer_text.as_deref()), (TriggerKind::Keyword, Some("I want an agent")));
    let summary = summary.expect("a summary");
    assert_eq!(summary.by, SummaryBy::Facts);
    assert_eq!(
        summary.text,
        "Order number 4711. “order_status” returned: shipped. Earlier, the customer wrote “Where is order \
         4711?”."
    );
    // Every anchor is the key of an item in the thread.
    let keys: Vec<String> = thread.items.iter().map(Item::key).collect();
    for anchor in [variable.anchor(), call.anchor(), why.message.as_ref().expect("a message").as_str().to_owned()] {
        assert!(keys.contains(&anchor), "{anchor} is in {keys:?}");
    }
    let expected = [
        (format!("line_{}", learnt.0), "Bot collected order number: 4711".to_owned()),
        (format!("line_{}", asked.0), "Tool order_status → shipped".to_owned()),
    ];
    assert_eq!(lines(&thread.items), expected);
});

on_both!(frames_update_the_dossier_to_that_of_a_fresh_page, threads = 4, async |app| {
    let (ana, cookie) = app.agent("Ana").await;
    let row = begin(app, &ana).await;
    let story = Story { app, id: row.id.clone() };
    let read = app.thread(&ana, &row.id).await;
    let (mut dossier, mut items) = (read.dossier, read.items);
    let mut stream = Stream::open(app, &cookie, read.seq).await;

    story.learns("var_1", "order_number", "471", &row).await;
    story.asks("cal_1").await;
    story.learns("var_2", "order_number", "4711", &row).await;
    story.is_answered("cal_1", "shipped").await;

    let fresh = app.thread(&ana, &row.id).await;
    while stream.cursor < fresh.seq {
        let Some(Frame::Changes(changes)) = stream.news().await else { panic!("the stream goes on") };
        for (_, item) in changes.items {
            let item = item.read().expect("an item");
            if let ItemBody::Line(Line { fact: Some(fact), .. }) = &item.body {
                dossier.upsert((**fact).clone());
            }
            handoff::domain::desk::place_item(&mut items, item);
        }
    }
    assert_eq!(dossier, fresh.dossier);
    assert_eq!(items, fresh.items);
    app.settle().await;
});

on_both!(the_handoffs_brief_is_shown_and_a_models_summary_replaces_ours, threads = 4, async |app| {
    let (ana, _) = app.agent("Ana").await;
    let row = app.waiting(&ana).await;
    let mut tx = app.services.db.begin_write().await.expect("begins");
    let handoff = handoffs::of(&mut tx, &app.tenant, &row.id).await.expect("reads").remove(0).handoff.id;
    let brief = Brief {
        reason: "Charged twice".to_owned(),
        note: "Knows the order by heart".to_owned(),
        summary: "Maria was charged twice.".to_owned(),
        urgency: Urgency::High,
    };
    handoffs::describe(&mut tx, &app.tenant, &handoff, &brief).await.expect("describes");
    tx.commit().await.expect("commits");

    let dossier = app.thread(&ana, &row.id).await.dossier;

    let why = &dossier.handoff_requests[0];
    assert_eq!((why.reason.as_str(), why.urgency), ("Charged twice", Urgency::High));
    assert_eq!(why.note, "Knows the order by heart");
    let summary = dossier.summary.expect("a summary");
    assert_eq!((summary.text.as_str(), summary.by), ("Maria was charged twice.", SummaryBy::Model));
    app.settle().await;
});

on_both!(an_old_fact_is_on_an_older_page_and_an_erased_one_has_no_line, threads = 4, async |app| {
    let (ana, _) = app.agent("Ana").await;
    let row = begin(app, &ana).await;
    let story = Story { app, id: row.id.clone() };
    let learnt = story.learns("var_1", "order_number", "4711", &row).await;
    for n in 0..70 {
        app.turn(Span::seconds(1));
        says(app, &format!("And another thing, {n}")).await;
    }

    let newest = app.thread(&ana, &row.id).await;
    assert!(newest.older && lines(&newest.items).is_empty(), "it is further up");
    let first = &newest.items[0];
    let above = app.services.live.older(&ana, &row.id, first.at, first.seq).await.expect("reads").expect("is there");
    assert_eq!(lines(&above.items)[0].0, format!("line_{}", learnt.0));

    // The log still refers to an erased fact, but it is no longer shown.
    app.erase("variables").await;
    let above = app.services.live.older(&ana, &row.id, first.at, first.seq).await.expect("reads").expect("is there");
    assert_eq!(lines(&above.items), []);
    let told = above.items.iter().any(
        |item| matches!(&item.body, ItemBody::Message(message) if matches!(message.content, Content::Text { .. })),
    );
    assert!(told, "the messages are kept");
    app.settle().await;
});

/// Asks a question, sets a variable, and escalates.
const FLOW: &str = r#"{"name": "Order status", "starts": [{"by": "new_conversation"}], "steps": [
    {"id": "ask", "name": "Ask for the number", "act": {"kind": "question", "text": "Which order?",
        "variable": "order_number", "expect": {"expect": "text"}}},
    {"id": "note", "name": "Remember", "act": {"kind": "set", "variable": "was_asked", "value": "yes"}},
    {"id": "person", "name": "Late order", "act": {"kind": "handoff", "reason": "Order {{ order_number }} is late",
        "note": "Be kind"}}]}"#;

on_both!(answers_link_to_the_customers_messages_and_set_values_to_their_lines, threads = 4, async |app| {
    // Given a live flow.
    let flow: Flow = serde_json::from_str(FLOW).expect("a flow");
    let mut tx = app.services.db.begin_write().await.expect("begins");
    let id = FlowId::from("flw_1");
    flows::insert(&mut tx, &app.tenant, &id, &flow, None, app.now()).await.expect("keeps");
    flows::publish(&mut tx, &app.tenant, &id, &flow, None, app.now()).await.expect("goes live");
    tx.commit().await.expect("commits");
    let (ana, _) = app.agent("Ana").await;

    // When a customer answers its question.
    says(app, "Hello").await;
    app.settle().await;
    app.turn(Span::seconds(9));
    says(app, "4711").await;
    app.settle().await;

    let row = app.only_row(&ana).await;
    let thread = app.thread(&ana, &row.id).await;
    let Dossier { handoff_requests, variables, .. } = thread.dossier;
    let facts: Vec<_> = variables.iter().map(|fact| (fact.name.as_str(), fact.value.as_str())).collect();
    assert_eq!(facts, [("order_number", "4711"), ("was_asked", "yes")]);
    assert_eq!(variables[0].message, row.last_turn, "the message that was the answer");
    assert_eq!(variables[1].message, None, "no message is its source");
    assert_eq!(variables[0].label, "Ask for the number");
    let told: Vec<String> = lines(&thread.items).into_iter().map(|(_, words)| words).collect();
    assert_eq!(told, ["Bot collected order number: 4711", "Bot saved was asked: yes"]);
    let why = &handoff_requests[0];
    assert_eq!(
        (why.trigger, why.sentence.as_str()),
        (TriggerKind::Flow, "The flow “Order status” reached the step “Late order”.")
    );
    assert_eq!((why.reason.as_str(), why.note.as_str()), ("Order 4711 is late", "Be kind"));
    assert_eq!((why.message.as_ref(), why.customer_text.as_deref()), (row.last_turn.as_ref(), Some("4711")));
});

on_both!(who_claimed_and_closed_is_you_for_the_agent_and_a_name_for_colleagues, async |app| {
    // given a conversation that Ana claimed and closed, and another one of its customer
    let (ana, _) = app.agent("Ana").await;
    let (ben, _) = app.agent("Ben").await;
    let first = app.waiting(&ana).await;
    app.services.conversations.claim(&ana, &first.id).await.expect("claims");
    app.services.conversations.close(&ana, &first.id, first.last_turn).await.expect("closes");
    app.settle().await;
    app.turn(Span::hours(2));
    let body = meta::text("4915550001", "wamid.second", app.now(), "I need an agent");
    assert_eq!(app.webhook(&body).await, StatusCode::OK);
    app.settle().await;
    let rows = app.rows(&ana).await;
    let second = rows.into_iter().find(|row| row.id != first.id).expect("another conversation").id;
    // then Ana reads "you", and Ben her name
    for (agent, name) in [(&ana, "you"), (&ben, "Ana")] {
        let dossier = app.thread(agent, &first.id).await.dossier;
        let claimed = dossier.handoff_requests[0].claimed.as_ref().map(|(name, _)| name.as_str());
        assert_eq!(claimed, Some(name));
        let earlier = app.thread(agent, &second).await.earlier;
        assert_eq!(earlier[0].closed_by.as_deref(), Some(name));
    }
});
