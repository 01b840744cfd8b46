//! The customer's language: detected from their messages, and its effect on keywords.

use handoff::{
    domain::{event::Initiator, keyword::Matching, time::Span},
    server::{accounts::Agent, settings::keywords::NewKeyword},
};
use http::StatusCode;
use serde_json::json;

use crate::{
    app::{TestApp, on_both},
    meta,
};

const MARIA: &str = "4915550001";

async fn says(app: &TestApp, phone: &str, wamid: &str, words: &str) {
    assert_eq!(app.webhook(&meta::text(phone, wamid, app.now(), words)).await, StatusCode::OK);
    app.drain().await;
    app.turn(Span::seconds(1));
}

/// The language that the dossier shows.
async fn spoken(app: &TestApp, agent: &Agent, phone: &str) -> Option<String> {
    let row = app.rows(agent).await.into_iter().find(|row| row.phone == Some(format!("+{phone}"))).expect("a row");
    app.thread(agent, &row.id).await.customer.language
}

async fn waits(app: &TestApp, agent: &Agent, phone: &str) -> bool {
    let row = app.rows(agent).await.into_iter().find(|row| row.phone == Some(format!("+{phone}"))).expect("a row");
    !app.thread(agent, &row.id).await.dossier.handoff_requests.is_empty()
}

on_both!(a_language_is_detected_from_a_sentence_or_several_short_texts_and_is_stable, async |app| {
    let (ana, _) = app.agent("Ana").await;
    // given a sentence that is sufficient by itself, from a new customer
    says(app, MARIA, "wamid.1", "Meu pedido ainda não chegou, o que faço?").await;
    assert_eq!(spoken(app, &ana, MARIA).await.as_deref(), Some("pt"));
    // when they write a little in another language, then it stays; a longer text changes it
    says(app, MARIA, "wamid.2", "Ich möchte mit einem Menschen sprechen").await;
    assert_eq!(spoken(app, &ana, MARIA).await.as_deref(), Some("pt"));
    let long = "Guten Tag, ich möchte bitte mit einem Menschen sprechen, weil meine Bestellung noch nicht da ist";
    says(app, MARIA, "wamid.3", long).await;
    assert_eq!(spoken(app, &ana, MARIA).await.as_deref(), Some("de"));

    // given short texts of another customer: neither is sufficient alone, both together are
    let ben = "4915550002";
    says(app, ben, "wamid.4", "Where is my order?").await;
    assert_eq!(spoken(app, &ana, ben).await, None);
    says(app, ben, "wamid.5", "I want to talk to a human please").await;
    assert_eq!(spoken(app, &ana, ben).await.as_deref(), Some("en"));

    // given short texts in one webhook, from a new customer
    let bo = "4915550003";
    let message = |wamid: &str, words: &str| {
        json!({"from": bo, "from_user_id": format!("DE.{bo}"), "id": wamid, "type": "text",
            "timestamp": (app.now().0 / 1_000).to_string(), "text": {"body": words}})
    };
    let messages = [message("wamid.6", "Where is my order?"), message("wamid.7", "I want to talk to a human please")];
    let body = meta::envelope(json!({"contacts": [meta::contact(bo)], "messages": messages}));
    assert_eq!(app.webhook(&body).await, StatusCode::OK);
    app.drain().await;
    assert_eq!(spoken(app, &ana, bo).await.as_deref(), Some("en"));

    // given forwarded messages, which somebody else wrote
    let eve = "4915550004";
    let forwarded = json!({"type": "text", "text": {"body": "Meu pedido ainda não chegou, o que faço?"},
        "context": {"forwarded": true}});
    assert_eq!(app.webhook(&meta::message(eve, "wamid.8", app.now(), forwarded)).await, StatusCode::OK);
    app.drain().await;
    assert_eq!(spoken(app, &ana, eve).await, None);
});

on_both!(a_known_language_is_looked_for_in_the_first_messages_and_then_in_every_eighth, async |app| {
    app.without_bounds().await;
    let (ana, _) = app.agent("Ana").await;
    // given a customer who writes Portuguese in the first messages, and German from the fifth on
    says(app, MARIA, "wamid.1", "Meu pedido ainda não chegou, o que faço?").await;
    for nth in 2..=4 {
        says(app, MARIA, &format!("wamid.{nth}"), "ok").await;
    }
    let german = [
        "Guten Tag, ich möchte bitte mit einem Menschen sprechen, weil meine Bestellung noch nicht da ist",
        "Ich warte schon seit drei Tagen darauf, und niemand meldet sich",
        "Können Sie bitte nachsehen, wann die Lieferung endlich ankommt?",
        "Meine Adresse hat sich übrigens nicht geändert",
    ];
    for (nth, words) in (5..).zip(german) {
        assert_eq!(spoken(app, &ana, MARIA).await.as_deref(), Some("pt"), "before message {nth}");
        says(app, MARIA, &format!("wamid.{nth}"), words).await;
    }
    // then the eighth is looked at, together with those before it
    assert_eq!(spoken(app, &ana, MARIA).await.as_deref(), Some("de"));
    app.settle().await;
});

on_both!(a_rule_for_a_language_matches_its_speakers_and_unknown_ones, async |app| {
    let (ana, _) = app.agent("Ana").await;
    let rule = NewKeyword {
        phrase: "agente".to_owned(),
        matching: Matching::Contains,
        language: Some("pt-BR".to_owned()),
        channel: None,
    };
    app.services.settings.keyword_add(&app.tenant, Initiator::SYSTEM, rule).await.expect("a keyword");
    let portuguese = "Meu pedido ainda não chegou, o que faço?";
    let german = "Guten Tag, ich möchte bitte wissen, wann meine Bestellung kommt";
    for (phone, before, fires) in
        [("4915550011", None, true), ("4915550012", Some(portuguese), true), ("4915550013", Some(german), false)]
    {
        if let Some(before) = before {
            says(app, phone, &format!("wamid.before.{phone}"), before).await;
        }
        says(app, phone, &format!("wamid.{phone}"), "agente").await;
        assert_eq!(waits(app, &ana, phone).await, fires, "{before:?}");
    }
});
