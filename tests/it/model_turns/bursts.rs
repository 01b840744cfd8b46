//! Customers type several messages in a row: all are answered at once, and nothing is done twice.

use handoff::{
    domain::{event::Initiator, settings::ReadPolicy},
    server::{
        clock::{Clock, Entropy},
        gateway::Timeouts,
        services::Services,
        settings::targets::Targets,
        workers::{JobKind, Selection},
    },
};

use super::{steps::one_line, *};

fn look_up() -> Act {
    call("order_status", json!({"order": "10042"}))
}

on_both!(a_burst_of_messages_is_answered_once, async |app| {
    let stage = Stage::new(app).await;
    stage.provider.play([reply("Hello Maria, it is on its way.")]);
    for (nth, words) in ["Hi", "I have a question", "where is 10042?"].iter().enumerate() {
        stage.arrives(&format!("wamid.{nth}"), words).await;
        stage.app.turn(Span::seconds(1));
        assert_eq!(stage.bot().models_once().await.expect("nothing is due"), 0);
    }
    stage.goes_on().await;

    assert_eq!(stage.answers().await, ["Hello Maria, it is on its way."]);
    let asked = stage.provider.asked();
    assert_eq!(asked.len(), 1);
    for words in ["Hi", "I have a question", "where is 10042?"] {
        assert!(messages(&asked[0]).contains(words), "{words}");
    }
});

on_both!(messages_of_the_same_moment_are_passed_in_order, async |app| {
    let stage = Stage::new(app).await;
    stage.provider.play([reply("Hello!")]);
    for words in ["one", "two", "three", "four"] {
        stage.arrives(&format!("wamid.{words}"), words).await;
    }
    stage.goes_on().await;
    let told = messages(&stage.provider.asked()[0]);
    assert!(told.contains("one\\n\\ntwo\\n\\nthree\\n\\nfour"), "{told}");
});

on_both!(a_customer_who_never_stops_typing_is_answered, async |app| {
    let stage = Stage::new(app).await;
    stage.provider.play([reply("One moment"), reply("There it is")]);
    let mut answered = 0;
    for nth in 0..9 {
        stage.arrives(&format!("wamid.{nth}"), "and another thing").await;
        stage.app.turn(Span::seconds(1));
        answered += stage.bot().models_once().await.expect("answers");
    }
    assert_eq!(answered, 1, "six seconds after the first message, and not again within six seconds");
    app.settle().await;
});

on_both!(messages_during_a_turn_give_one_restart_one_answer_one_queued_turn_and_each_tool_runs_once, async |app| {
    let stage = Stage::new(app).await;
    stage.provider.play([
        look_up(),
        Act::Stall("{\"reply\": \"Your parcel".into()),
        look_up(),
        hold(reply("Order 10042 is on its way.")),
        reply("You are welcome."),
    ]);
    stage.arrives("wamid.1", "Where is 10042?").await;
    let turn = stage.start_turn();
    stage.provider.waits().await;

    // The first message restarts the turn; later ones wait for a turn of their own.
    stage.arrives("wamid.2", "it was a gift").await;
    stage.provider.waits().await;
    stage.arrives("wamid.3", "hello?").await;
    stage.arrives("wamid.4", "gracias").await;
    assert!(!turn.is_finished());
    // The queued turn does not start next to the running one, even when it is overdue.
    stage.app.turn(Span::seconds(3));
    assert_eq!(stage.bot().models_once().await.expect("takes nothing"), 0);
    stage.provider.answer();
    stage.finish_turn(turn).await;
    assert_eq!(stage.answers().await, ["Order 10042 is on its way."]);
    stage.goes_on().await;

    assert_eq!(stage.answers().await, ["Order 10042 is on its way.", "You are welcome."]);
    let asked = stage.provider.asked();
    assert_eq!(asked.len(), 5);
    assert!(!messages(&asked[0]).contains("gift") && messages(&asked[2]).contains("gift"));
    assert!(!messages(&asked[3]).contains("gracias") && messages(&asked[4]).contains("gracias"));
    assert_eq!(stage.shop.shop.asked().len(), 1);
    assert_eq!(stage.calls().await.len(), 1);
    assert_eq!(stage.app.meta.sent().len(), 2);
});

on_both!(a_message_included_by_a_restart_gets_no_answer_of_its_own, async |app| {
    let stage = Stage::new(app).await;
    stage.provider.play([Act::Stall("{\"reply\"".into()), hold(reply("Both it is.")), reply("Never asked.")]);
    stage.arrives("wamid.1", "Tea").await;
    let turn = stage.start_turn();
    stage.provider.waits().await;
    stage.arrives("wamid.2", "and coffee").await;
    stage.provider.waits().await;
    stage.provider.answer();
    stage.finish_turn(turn).await;
    stage.goes_on().await;
    stage.goes_on().await;

    assert_eq!(stage.answers().await, ["Both it is."]);
    assert_eq!(stage.provider.asked().len(), 2);
});

on_both!(a_flow_that_starts_during_a_turn_replaces_it, async |app| {
    let stage = Stage::new(app).await;
    let hours = one_line("We open at nine.", "opening hours");
    stage.publish(&hours).await;
    stage.provider.play([Act::Stall("{\"reply\"".into()), reply("Never asked.")]);
    stage.arrives("wamid.1", "Where is my parcel?").await;
    let turn = stage.start_turn();
    stage.provider.waits().await;
    stage.arrives("wamid.2", "What are your opening hours?").await;
    stage.finish_turn(turn).await;
    stage.goes_on().await;

    assert_eq!(stage.answers().await, ["We open at nine."]);
    assert_eq!(stage.provider.asked().len(), 1);
});

on_both!(the_typing_indicator_is_sent_once_a_turn_and_never_if_disabled, async |app| {
    let stage = Stage::new(app).await;
    let jobs = stage.app.services.jobs.clone();
    stage.provider.play([Act::Stall("{".into()), look_up(), reply("It is on its way.")]);
    stage.arrives("wamid.1", "Where is 10042?").await;
    let turn = stage.start_turn();
    stage.provider.waits().await;
    stage.arrives("wamid.2", "please").await;
    stage.finish_turn(turn).await;
    let dots = jobs.take(JobKind::Typing, Selection::Any, Span::minutes(1), 9).await.expect("takes");
    assert_eq!(dots.iter().map(|job| job.payload.as_str()).collect::<Vec<_>>(), ["wamid.1"]);

    let targets = Targets { read_policy: Some(ReadPolicy::Never), ..Targets::default() };
    stage.app.services.settings.targets_save(&stage.app.tenant, Initiator::SYSTEM, targets).await.expect("saves");
    stage.next_customer();
    stage.provider.play([reply("Hello!")]);
    stage.arrives("wamid.3", "Hi").await;
    let turn = stage.start_turn();
    stage.finish_turn(turn).await;
    assert_eq!(stage.answers().await, ["Hello!"]);
    assert!(jobs.take(JobKind::Typing, Selection::Any, Span::minutes(1), 9).await.expect("takes").is_empty());
    app.settle().await;
});

on_both!(the_typing_indicator_is_renewed_while_the_customer_waits, async |app| {
    let patient = |settings: &mut ModelSettings| {
        settings.silence = Span::seconds(60);
        settings.time_out = Span::seconds(120);
    };
    let stage = Stage::with(app, patient).await;
    let jobs = stage.app.services.jobs.clone();
    let dots = async || {
        let taken = jobs.take(JobKind::Typing, Selection::Any, Span::minutes(5), 9).await.expect("takes");
        taken.into_iter().map(|job| job.row.payload).collect::<Vec<_>>()
    };
    stage.provider.play([hold(reply("It is on its way."))]);
    stage.arrives("wamid.1", "Where is 10042?").await;
    let turn = stage.start_turn();
    stage.provider.waits().await;
    assert_eq!(dots().await, ["wamid.1"]);
    let wakeup = &stage.app.services.bus.wakeups().marks;
    // The wake-ups for the message and for the first typing indicator are merged into one.
    wakeup.notified().await;
    for _ in 0..2 {
        stage.app.turn(Span::seconds(19));
        assert!(dots().await.is_empty());
        stage.app.turn(Span::seconds(1));
        wakeup.notified().await;
        assert_eq!(dots().await, ["wamid.1"]);
    }
    stage.provider.answer();
    stage.finish_turn(turn).await;
    assert_eq!(stage.answers().await, ["It is on its way."]);
    app.settle().await;
});

on_both!(a_flow_started_by_another_server_replaces_the_turn, async |app| {
    let stage = Stage::new(app).await;
    stage.publish(&one_line("We open at nine.", "opening hours")).await;
    stage.provider.play([hold(reply("It is on its way."))]);
    stage.arrives("wamid.1", "Where is my parcel?").await;
    let turn = stage.start_turn();
    stage.provider.waits().await;
    // A second server cannot signal the running turn, so the turn must notice the stored change.
    let clock = Clock::clone(&stage.app.services.clock);
    let beside = Services::build(&stage.app.config, clock, Entropy::seeded(8), Timeouts::default()).await;
    let beside = beside.expect("the second services start");
    let body = meta::text("4915550001", "wamid.2", stage.app.now(), "What are your opening hours?");
    assert_eq!(stage.app.webhook(&body).await, StatusCode::OK);
    while stage.app.services.projector.run_once().await.expect("projects") > 0 {}
    beside.bot.turns_once().await.expect("turns");
    stage.provider.answer();
    stage.finish_turn(turn).await;
    stage.goes_on().await;

    assert_eq!(stage.answers().await, ["We open at nine."]);
});
