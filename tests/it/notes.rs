//! Notes of the team: written in every state, changed by their author alone, with mentions that wait until they are seen;
//! never sent, and never read by the bot.

use handoff::{
    contract::desk::Asides,
    domain::{
        access::Role,
        alert::{Alert, AlertCause, Mention},
        conversation::Refusal,
        desk::{Frame, ItemBody, Row},
        event::{Event, NoteAct},
        ids::{ConversationId, NoteId, Seq},
        note::{NOTE_LIMIT, Note},
    },
    server::{accounts::Agent, conversations::ConversationError, store::entries},
};

use crate::{
    app::{TestApp, on_both},
    desk_law::stream::Stream,
};

/// The notes of a conversation, in the order of its thread.
async fn notes(app: &TestApp, agent: &Agent, id: &ConversationId) -> Vec<Note> {
    let items = app.thread(agent, id).await.items;
    let note = |body| if let ItemBody::Note(note) = body { Some(note) } else { None };
    items.into_iter().filter_map(|item| note(item.body)).collect()
}

/// Writes a note, and returns its id.
async fn notes_down(app: &TestApp, agent: &Agent, id: &ConversationId, text: &str) -> NoteId {
    let press: String = text.chars().take(64).collect();
    app.services.conversations.write_note(agent, id, &press, text).await.expect("a note");
    notes(app, agent, id).await.pop().expect("is in the thread").id
}

async fn mentions(app: &TestApp, agent: &Agent) -> Vec<Mention> {
    let calls = app.services.live.calls(agent).await.expect("reads");
    Asides::read(&calls.asides).mentions
}

/// The alerts of everything that has happened since the stream was opened or asked last.
async fn alerts(app: &TestApp, agent: &Agent, stream: &mut Stream) -> Vec<Alert> {
    let head = app.desk(agent).await.seq;
    let mut alerts = Vec::new();
    while stream.cursor < head {
        if let Some(Frame::Changes(changes)) = stream.next().await {
            alerts.extend(changes.alerts);
        }
    }
    alerts
}

/// What the log tells of notes, as JSON.
async fn logged(app: &TestApp) -> Vec<(NoteAct, String)> {
    let mut tx = app.services.db.begin_read().await.expect("a view");
    let log = entries::since(&mut tx, &app.tenant, Seq(0), 10_000).await.expect("reads");
    let noted = log.into_iter().filter_map(|entry| match entry.event {
        Event::Noted { act, .. } => Some((act, serde_json::to_string(&entry.event).expect("JSON"))),
        _ => None,
    });
    noted.collect()
}

on_both!(a_note_is_written_in_every_state_by_anybody_of_the_team_and_never_sent, async |app| {
    let (ana, _) = app.agent("Ana").await;
    let (ben, _) = app.agent("Ben").await;
    let conversations = &app.services.conversations;
    // given a conversation that waits, then is Ana's, the bot's, and closed
    let id = app.waiting(&ana).await.id;
    notes_down(app, &ben, &id, "Secret: waiting").await;
    conversations.claim(&ana, &id).await.expect("claims");
    let before = app.only_row(&ana).await;
    notes_down(app, &ben, &id, "Secret: Ana's").await;
    let after = app.only_row(&ana).await;
    assert_eq!(Row { version: before.version, ..after }, before, "a note takes it from nobody, and is no news");
    conversations.return_to_bot(&ana, &id).await.expect("returns");
    app.settle().await;
    notes_down(app, &ben, &id, "Secret: the bot's").await;
    conversations.take_over(&ana, &id).await.expect("takes over");
    let seen = app.only_row(&ana).await.last_turn;
    conversations.close(&ana, &id, seen).await.expect("closes");
    app.settle().await;
    notes_down(app, &ben, &id, "Secret: closed").await;
    app.settle().await;
    // then all are in the thread, by Ben, and a press that is repeated has written one
    conversations.write_note(&ben, &id, "Secret: closed", "Secret: closed").await.expect("is known");
    let written = notes(app, &ana, &id).await;
    let texts: Vec<_> = written.iter().map(|note| (note.author_name.as_str(), note.text.as_deref())).collect();
    let expected = ["waiting", "Ana's", "the bot's", "closed"].map(|state| format!("Secret: {state}"));
    assert_eq!(texts, expected.iter().map(|text| ("Ben", Some(text.as_str()))).collect::<Vec<_>>());
    // and no request to WhatsApp, no row of the list and no entry of the log holds any of it
    assert!(app.meta.sent().iter().all(|request| !request.body.to_string().contains("Secret")));
    assert!(!app.only_row(&ana).await.preview.contains("Secret"));
    let log = logged(app).await;
    assert_eq!(log.len(), 4, "{log:?}");
    assert!(log.iter().all(|(_, entry)| !entry.contains("Secret")), "{log:?}");
});

on_both!(only_its_author_edits_and_deletes_a_note, async |app| {
    let (ana, _) = app.agent("Ana").await;
    let (ben, _) = app.agent("Ben").await;
    let conversations = &app.services.conversations;
    let id = app.waiting(&ana).await.id;
    let note = notes_down(app, &ana, &id, "Pays late").await;
    // given a colleague, then the refusal names the author
    let refused = |done| match done {
        Err(ConversationError::Refused(refusal)) => refusal,
        other => panic!("not refused: {other:?}"),
    };
    let by_ana = Refusal::NoteBy(ana.id().clone());
    assert_eq!(refused(conversations.edit_note(&ben, &id, &note, "Pays").await), by_ana);
    assert_eq!(refused(conversations.delete_note(&ben, &id, &note).await), by_ana);
    let words = conversations.describe(&app.tenant, &id, &by_ana).await.expect("a sentence");
    assert_eq!(words, "Only Ana can change this note. Write one of your own.");
    // and too long a text says the limit
    let long = conversations.write_note(&ana, &id, "long", &"x".repeat(NOTE_LIMIT + 1)).await;
    assert!(matches!(&long, Err(ConversationError::Invalid(detail)) if detail.contains("5,000")), "{long:?}");
    for no_press in ["", "x".repeat(65).as_str()] {
        let refused = conversations.write_note(&ana, &id, no_press, "Hi").await;
        assert!(matches!(&refused, Err(ConversationError::Invalid(_))), "{refused:?}");
    }
    // when the author changes it, then its place stays, and it says so
    notes_down(app, &ben, &id, "Since when?").await;
    conversations.edit_note(&ana, &id, &note, "Pays late since May").await.expect("edits");
    let changed = &notes(app, &ana, &id).await[0];
    assert_eq!((changed.text.as_deref(), changed.edited), (Some("Pays late since May"), true));
    // when it is deleted, then only that is left
    conversations.delete_note(&ana, &id, &note).await.expect("deletes");
    let deleted = &notes(app, &ana, &id).await[0];
    assert_eq!((&deleted.id, &deleted.text, deleted.edited), (&note, &None, false));
    assert_eq!(refused(conversations.edit_note(&ana, &id, &note, "Again").await), Refusal::NoteDeleted);
    let acts: Vec<_> = logged(app).await.into_iter().map(|(act, _)| act).collect();
    assert_eq!(acts, [NoteAct::Written, NoteAct::Written, NoteAct::Edited, NoteAct::Deleted]);
    // and a note of another conversation is none of this one
    let unknown = conversations.edit_note(&ana, &id, &"not_unknown".into(), "x").await;
    assert!(matches!(&unknown, Err(ConversationError::NotFound)), "{unknown:?}");
    // when all notes are erased, then the thread has none, and the log stays
    app.erase("notes").await;
    assert_eq!(notes(app, &ana, &id).await, []);
    assert_eq!(logged(app).await.len(), 4);
});

on_both!(a_mention_alerts_a_colleague_and_waits_until_they_look, async |app| {
    let (ana, _) = app.agent("Ana").await;
    let (ben, cookie) = app.agent("Ben").await;
    let conversations = &app.services.conversations;
    let id = app.waiting(&ana).await.id;
    let name = app.only_row(&ana).await.name;
    let (other, _) = app.other_tenant().await;
    let (stranger, _) = app.person(&other, "Eve", Role::Agent).await;
    let mut stream = Stream::open(app, &cookie, app.desk(&ana).await.seq).await;
    // given a note that mentions Ben, its author, and somebody of another tenant
    let text = format!("<@{}> and <@{}>, ask <@{}>", ben.id(), ana.id(), stranger.id());
    let note = notes_down(app, &ana, &id, &text).await;
    // then Ben alone is alerted, and the others' names are those of the tenant
    let told = alerts(app, &ana, &mut stream).await;
    let cause = AlertCause::Mentioned { by: "Ana".to_owned(), note: note.clone() };
    assert_eq!(told.iter().map(|alert| (&alert.agent, &alert.cause)).collect::<Vec<_>>(), [(ben.id(), &cause)]);
    let named: Vec<_> = notes(app, &ben, &id).await[0].names.iter().map(|(_, name)| name.clone()).collect();
    assert_eq!(named, ["Ben", "Ana"]);
    let waiting = Mention { note: note.clone(), conversation: id.clone(), name, by: "Ana".to_owned() };
    assert_eq!(mentions(app, &ben).await, std::slice::from_ref(&waiting));
    assert_eq!((mentions(app, &ana).await, mentions(app, &stranger).await), (Vec::new(), Vec::new()));
    // when the note is edited, then nobody is alerted twice, and who is left out is not called any more
    conversations.edit_note(&ana, &id, &note, &format!("{text}!")).await.expect("edits");
    assert_eq!(alerts(app, &ana, &mut stream).await, []);
    assert_eq!(mentions(app, &ben).await, [waiting]);
    conversations.edit_note(&ana, &id, &note, "Done").await.expect("edits");
    assert_eq!(mentions(app, &ben).await, []);
    conversations.edit_note(&ana, &id, &note, &text).await.expect("edits");
    assert_eq!(alerts(app, &ana, &mut stream).await.len(), 1);
    // when he looks, then it is seen; a foreign conversation is none
    conversations.see_mentions(&ana, &id).await.expect("looks");
    assert_eq!(mentions(app, &ben).await.len(), 1, "a look of a colleague");
    let foreign = conversations.see_mentions(&stranger, &id).await;
    assert!(matches!(&foreign, Err(ConversationError::NotFound)), "{foreign:?}");
    conversations.see_mentions(&ben, &id).await.expect("looks");
    assert_eq!(mentions(app, &ben).await, []);
    // when a note that nobody has looked at is deleted, then nothing waits
    let second = notes_down(app, &ana, &id, &format!("<@{}> again", ben.id())).await;
    assert_eq!(mentions(app, &ben).await.len(), 1);
    conversations.delete_note(&ana, &id, &second).await.expect("deletes");
    assert_eq!(mentions(app, &ben).await, []);
});
