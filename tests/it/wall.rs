//! The live wall: what a read tells beside the desk's frames. Who is here, whose reply is due, today's handoffs beside
//! the usual ones, and the bot's conversations by risk.

use handoff::{
    contract::wall::Wall,
    domain::{
        access::Role,
        arrivals::HourArrivals,
        event::Initiator,
        risk::{RiskLevel, SignalKind},
        settings::TextName,
        time::Span,
        wall::{AtRisk, at_risk},
    },
    server::accounts::Agent,
};
use http::StatusCode;

use crate::{
    app::{TestApp, on_both},
    meta,
    presence::{enters, records},
};

const MARIA: &str = "4915550001";
const OMAR: &str = "4915550002";
const LENA: &str = "4915550003";

async fn wall(app: &TestApp, agent: &Agent) -> Wall {
    app.services.live.wall(agent).await.expect("a wall")
}

async fn says(app: &TestApp, phone: &str, nth: usize, words: &str) {
    app.turn(Span::seconds(2));
    let body = meta::text(phone, &format!("wamid.{phone}.{nth}"), app.now(), words);
    assert_eq!(app.webhook(&body).await, StatusCode::OK);
    app.settle().await;
}

/// These customers ask for an agent, by the keyword.
async fn ask(app: &TestApp, customers: std::ops::Range<usize>) {
    for nth in customers {
        let body = meta::text(&format!("49155500{nth:02}"), &format!("wamid.{nth}"), app.now(), "agent");
        assert_eq!(app.webhook(&body).await, StatusCode::OK);
    }
    app.settle().await;
}

/// The numbers of the customers whose conversations may need a person.
fn risky(wall: &Wall) -> Vec<&str> {
    wall.risks.iter().filter_map(|it| it.row.phone.as_deref()).collect()
}

on_both!(the_wall_tells_who_is_here_since_when_and_whose_reply_is_due, async |app| {
    let (ana, _) = app.agent("Ana").await;
    let (ben, _) = app.agent("Ben").await;
    app.agent("Chloe").await;
    let streams = [enters(&app.services, &ana), enters(&app.services, &ben)];
    records(&app.services).await;
    let came = app.now();
    let row = app.waiting(&ana).await;
    assert!(wall(app, &ben).await.replies.is_empty(), "it waits for an agent, not for a reply");
    // when Ana claims, and Ben goes away a minute later
    app.services.conversations.claim(&ana, &row.id).await.expect("claims");
    app.turn(Span::seconds(60));
    app.services.accounts.set_away(&ben, true).await.expect("changes");
    records(&app.services).await;
    // then
    let seen = wall(app, &ben).await;
    let people: Vec<_> = seen.people.iter().map(|it| (it.name.as_str(), it.away, it.since)).collect();
    assert_eq!(people, [("Ana", false, came), ("Ben", true, app.now())]);
    let replies: Vec<_> = seen.replies.iter().map(|row| &row.id).collect();
    assert_eq!(replies, [&row.id]);
    assert_eq!(seen.seq, app.desk(&ben).await.seq);
    // and the target of five minutes is at risk from half of it on
    assert_eq!(seen.at_risk, AtRisk::default());
    app.turn(Span::minutes(3));
    assert_eq!(wall(app, &ben).await.at_risk, AtRisk { due: 1, breached: 0 });
    // when she has replied, then none is due
    app.services.conversations.reply(&ana, &row.id, "c1", "Hello", None).await.expect("answers");
    app.settle().await;
    let seen = wall(app, &ben).await;
    assert!(seen.replies.is_empty() && seen.at_risk == AtRisk::default(), "{seen:?}");
    drop(streams);
});

on_both!(todays_handoffs_stand_beside_those_of_the_same_weekdays, async |app| {
    let (ana, _) = app.agent("Ana").await;
    app.keyword("agent").await;
    let none = wall(app, &ana).await;
    assert_eq!((none.arrivals.today, none.arrivals.usual, none.arrivals.days), (0, None, 0));
    // given a Monday with one at ten, and the next one with three at ten and five at noon
    ask(app, 0..1).await;
    app.turn(Span::days(7));
    ask(app, 1..4).await;
    app.turn(Span::hours(2));
    ask(app, 4..9).await;
    // when it is half past ten on the Monday after, and two have come
    app.turn(Span(Span::days(7).0 - Span::minutes(90).0));
    ask(app, 9..11).await;
    // then they are compared with what had come by half past ten
    let seen = wall(app, &ana).await;
    assert_eq!((seen.weekday.as_str(), seen.zone.as_str()), ("Monday", "UTC"));
    assert_eq!((seen.arrivals.today, seen.arrivals.usual, seen.arrivals.days), (2, Some(2.0), 2));
    assert_eq!(seen.arrivals.hours[10], HourArrivals { today: Some(2), usual: Some(2.0) });
    assert_eq!(seen.arrivals.hours[12], HourArrivals { today: None, usual: Some(2.5) });
    // and all targets are counted, as the desk's rows tell them
    assert_eq!(seen.at_risk, AtRisk { due: 0, breached: 9 });
    app.turn(Span::minutes(3));
    let rows = app.rows(&ana).await;
    let known = at_risk(rows.iter().filter_map(|row| row.wait), app.now());
    assert_eq!((wall(app, &ana).await.at_risk, known), (AtRisk { due: 2, breached: 9 }, known));
});

on_both!(the_bots_conversations_are_ranked_by_their_risk, async |app| {
    let (ana, _) = app.agent("Ana").await;
    let menu = "Please choose: hours, prices, location.".to_owned();
    app.services.settings.text_save(&app.tenant, Initiator::SYSTEM, TextName::Fallback, menu).await.expect("a text");
    // given a bot that knows one answer, and three customers
    for (nth, words) in
        ["hello", "where is my parcel", "it was due last friday", "this is ridiculous"].iter().enumerate()
    {
        says(app, MARIA, nth, words).await;
    }
    for (nth, words) in ["hello", "what are your prices"].iter().enumerate() {
        says(app, OMAR, nth, words).await;
    }
    for (nth, words) in ["hello", "I would like to talk to a human"].iter().enumerate() {
        says(app, LENA, nth, words).await;
    }
    // then the one who has most signs is first, and the one without is not listed
    let seen = wall(app, &ana).await;
    assert_eq!(risky(&seen), [format!("+{MARIA}"), format!("+{LENA}")]);
    let maria = &seen.risks[0];
    let kinds: Vec<_> = maria.risk.signals.iter().map(|signal| signal.kind).collect();
    assert_eq!((maria.risk.level, kinds), (RiskLevel::Likely, vec![SignalKind::BotRepeats, SignalKind::Anger]));
    assert_eq!(Some(&maria.risk.signals[1].message), maria.row.last_turn.as_ref());
    // and another tenant sees nothing
    let (other, _) = app.other_tenant().await;
    let (eve, _) = app.person(&other, "Eve", Role::Agent).await;
    let foreign = wall(app, &eve).await;
    assert!(foreign.risks.is_empty() && foreign.people.is_empty() && foreign.arrivals.today == 0);
    // when an agent takes over, then the bot's list has one less
    app.services.conversations.take_over(&ana, &maria.row.id).await.expect("takes over");
    app.settle().await;
    assert_eq!(risky(&wall(app, &ana).await), [format!("+{LENA}")]);
    // when the reply window has closed, then nobody could answer
    app.turn(Span::hours(25));
    app.settle().await;
    assert!(wall(app, &ana).await.risks.is_empty());
});

on_both!(a_customer_whom_the_bot_leaves_without_an_answer_is_at_risk, async |app| {
    let (ana, _) = app.agent("Ana").await;
    let body = meta::text(MARIA, "wamid.1", app.now(), "my card is blocked");
    assert_eq!(app.webhook(&body).await, StatusCode::OK);
    while app.services.projector.run_once().await.expect("projects") > 0 {}
    // when the bot's turn is not taken for some minutes
    app.turn(Span::minutes(4));
    let seen = wall(app, &ana).await;
    let details: Vec<_> = seen.risks.iter().flat_map(|it| &it.risk.signals).map(|it| it.detail.as_str()).collect();
    assert_eq!(details, ["No answer for 4 min"]);
    // when it is taken, then nobody waits
    app.settle().await;
    assert!(wall(app, &ana).await.risks.is_empty());
});
