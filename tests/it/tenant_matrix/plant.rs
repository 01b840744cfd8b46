//! What the first tenant has of its own, as far as it takes more than a line.

use std::convert::Infallible;

use bytes::Bytes;
use futures::stream;
use handoff::{
    contract::flow::NewFlow,
    domain::{
        access::Role,
        event::Initiator,
        flow::definition::{Close, Flow, Start, Step, StepKind},
        ids::{FlowId, SavedReplyId, ScheduledId},
        keyword::Matching,
        message::reply::ReplyKind,
        saved_reply::{ReplyScope, SavedText},
        scheduled::SendChoice,
        time::Span,
        upload::SendAs,
    },
    server::{accounts::Agent, conversations::agent::NewReply, media::receive::NewUpload},
};

use super::{ADMIN_MARKER, MARKER};
use crate::app::TestApp;

/// A saved reply for everyone, with a file.
pub async fn plant_reply(app: &TestApp) -> SavedReplyId {
    let (lead, _) = app.person(&app.tenant, "Quinn", Role::Lead).await;
    let (tenant, agent, name) = (&app.tenant, lead.id(), format!("hours-of-{MARKER}.pdf"));
    let new = NewUpload { tenant, agent, conversation: None, name: &name, send_as: SendAs::Itself };
    let bytes = stream::iter([Ok::<_, Infallible>(Bytes::from_static(b"%PDF-1.7 and the hours"))]);
    let file = app.services.media.receive(new, bytes).await.expect("is kept");
    let saved = SavedText {
        files: vec![file],
        name: format!("Hours of {MARKER}"),
        text: format!("Hi {{{{ customer.first_name }}}}, {MARKER} opens at nine."),
        scope: ReplyScope::Everyone,
        ..SavedText::default()
    };
    app.services.settings.saved_reply_add(&lead, lead.initiator(None), saved).await.expect("a reply")
}

/// A flow that is live in version 1.
pub async fn plant_flow(app: &TestApp) -> FlowId {
    let settings = &app.services.settings;
    let close = StepKind::Close(Close { text: format!("Bye from {MARKER}") });
    let draft = Flow {
        name: format!("Flow of {MARKER} and {ADMIN_MARKER}"),
        starts: vec![Start::Phrase { phrase: format!("flow {MARKER}"), matching: Matching::Whole }],
        steps: vec![Step { id: "bye".into(), name: String::new(), act: close }],
        ..Flow::default()
    };
    let json = serde_json::to_string(&draft).expect("a flow is JSON");
    let flow = settings.flow_create(&app.tenant, Initiator::SYSTEM, NewFlow::Import { json }).await.expect("a flow");
    settings.flow_publish(&app.tenant, Initiator::SYSTEM, &flow, 1).await.expect("it is live");
    flow
}

/// A message for tomorrow in the only conversation, which waits for an agent again.
pub async fn plant_scheduled(app: &TestApp, ana: &Agent) -> ScheduledId {
    let (id, conversations) = (app.only_row(ana).await.id, &app.services.conversations);
    conversations.claim(ana, &id).await.expect("claims");
    let body = format!("{MARKER} tomorrow");
    let reply =
        NewReply { client_id: "planted", kind: ReplyKind::Text, body: &body, quote: None, draft: None, file: None };
    let tomorrow = SendChoice::At(app.now().plus(Span::days(1)));
    let scheduled = conversations.schedule_reply(ana, &id, reply, tomorrow).await.expect("is allowed").expect("waits");
    conversations.release(ana, &id).await.expect("releases");
    scheduled.id
}
