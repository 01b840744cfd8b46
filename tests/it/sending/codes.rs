//! Every error code of Meta's reference, as the response to a send and as a `failed` status: the message's status, its
//! retries, whether its number stops, and what the agent reads.

use handoff::{
    contract::{audit::AuditFilter, desk::Asides},
    domain::{message::Delivery, time::Span},
    server::{
        accounts::Agent,
        simulator::{Effect, Fault},
    },
};

use super::{TestConversation, desk, new_conversation};
use crate::app::{TestApp, on_both};

/// The consequence of an error code.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Then {
    /// Retried after this many seconds (plus up to a quarter), this many times.
    Again { seconds: i64, tries: u32 },
    /// Failed, shown to the agent.
    Failed,
    /// Failed, and also reported to the admin, who can fix it; the number keeps sending.
    Alerts,
    /// Failed, and the window is closed whatever our own calculation says.
    WindowClosed,
    /// The number stops; the message waits until it is repaired.
    Stops,
}

use Then::{Again, Alerts, Failed, Stops, WindowClosed};

const SHORT: Then = Again { seconds: 2, tries: 6 };
const THROUGHPUT: Then = Again { seconds: 2, tries: 12 };
const PAIR: Then = Again { seconds: 1, tries: 6 };
const LONG: Then = Again { seconds: 60, tries: 8 };

/// The codes of Meta's reference in its order: the code, its consequence, and a part of the agent's sentence.
const CODES: &[(u32, Then, &str)] = &[
    (1, SHORT, "internal problem"),
    (2, SHORT, "internal problem"),
    (131_000, SHORT, "internal problem"),
    (131_016, SHORT, "internal problem"),
    (133_004, SHORT, "internal problem"),
    (4, LONG, "hourly limit"),
    (80_007, LONG, "hourly limit"),
    (130_429, THROUGHPUT, "sending too fast"),
    (131_056, PAIR, "Too many messages to this customer"),
    (131_057, SHORT, "upgrading this number"),
    (131_048, Stops, "customer complaints"),
    (131_064, Stops, "wrongly categorized templates"),
    (131_047, WindowClosed, "24 hours"),
    (131_026, Failed, "this number isn't on WhatsApp"),
    (131_049, Failed, "Try again tomorrow"),
    (131_050, Failed, "opted out of marketing"),
    (130_472, Failed, "doesn't deliver this kind of message"),
    (130_403, Failed, "blocked this customer"),
    (131_021, Failed, "business's own number"),
    (131_030, Alerts, "isn't on its recipient list"),
    (131_051, Failed, "doesn't support this kind of message"),
    (131_052, Failed, "Couldn't download the customer's file"),
    (131_053, Failed, "didn't accept the file"),
    (131_008, Failed, "format of this message"),
    (131_009, Failed, "format of this message"),
    (100, Failed, "format of this message"),
    (135_000, Failed, "format of this message"),
    (131_062, Failed, "needs the customer's phone number"),
    (131_063, Stops, "Marketing templates are turned off"),
    (132_000, Failed, "template"),
    (132_001, Failed, "doesn't exist in this language"),
    (132_005, Failed, "too long"),
    (132_007, Failed, "breaks a WhatsApp rule"),
    (132_008, Failed, "template"),
    (132_012, Failed, "template"),
    (132_018, Failed, "template"),
    (132_015, Failed, "paused or disabled this template"),
    (132_016, Failed, "paused or disabled this template"),
    (132_068, Failed, "blocked the form"),
    (132_069, SHORT, "limiting the form"),
    (131_042, Stops, "payment problem"),
    (131_031, Stops, "restricted this business account"),
    (368, Stops, "restricted this business account"),
    (130_497, Alerts, "customers in this country"),
    (0, Stops, "access token"),
    (190, Stops, "access token"),
    (3, Stops, "is missing a permission"),
    (10, Stops, "is missing a permission"),
    (200, Stops, "is missing a permission"),
    (219, Stops, "is missing a permission"),
    (299, Stops, "is missing a permission"),
    (131_005, Stops, "is missing a permission"),
    (33, Stops, "no longer recognizes this number"),
    (133_010, Stops, "isn't registered"),
    (131_045, Stops, "isn't registered"),
    (131_037, Stops, "display name"),
    (133_000, Stops, "isn't registered"),
    (133_005, Stops, "PIN"),
    (133_006, Stops, "isn't registered"),
    (133_008, Stops, "PIN"),
    (133_009, Stops, "PIN"),
    (133_015, Stops, "deleted a moment ago"),
    (133_016, Stops, "connected too often"),
    (137_000, Failed, "security code"),
    (2_494_191, Failed, "allowed to take this conversation over"),
    // Not in the reference: only Meta's own title is known.
    (777_777, Failed, "Unknown error"),
];

const WORDS: &str = "Your parcel is on its way";

fn refuse(conversation: &TestConversation<'_>, effect: Effect, times: u32) {
    conversation.app.meta.inject(&conversation.customer, Fault { effect, times: Some(times) });
}

/// How often the audit log reports a problem of the number with this code.
async fn told_admin(app: &TestApp, code: u32) -> usize {
    let audit = app.services.settings.read_audit(&app.tenant, &AuditFilter::default(), None).await.expect("reads");
    let words = format!("problem with a number (code {code})");
    audit.lines.iter().filter(|line| line.what.contains(&words)).count()
}

/// The banner about numbers that cannot send, which every page shows.
async fn banner(app: &TestApp, agent: &Agent) -> Vec<String> {
    let calls = app.services.live.calls(agent).await.expect("reads");
    Asides::read(&calls.asides).stopped.into_iter().map(|number| number.detail).collect()
}

async fn is_down(app: &TestApp) -> bool {
    let mut tx = app.services.db.begin_read().await.expect("reads");
    let channel = handoff::server::store::channels::find(&mut tx, &app.tenant, &app.channel).await.expect("reads");
    channel.expect("the number").down_code.is_some()
}

/// The sentence under the failed bubble, with its form checked.
async fn fault(conversation: &TestConversation<'_>, code: u32) -> String {
    let fault = conversation.said(WORDS).await.fault.unwrap_or_else(|| panic!("{code}: the agent reads why"));
    assert_eq!(fault.code, Some(i64::from(code)));
    assert!(!fault.detail.contains("We'll try again"), "{code}: nobody tries again: {}", fault.detail);
    fault.detail
}

on_both!(every_code_as_the_answer_to_a_send, threads = 4, async |app| {
    let ana = desk(app).await;
    for (code, then, phrase) in CODES {
        // A minute apart, so that the number's rate limit has no effect.
        app.turn(Span::minutes(1));
        let conversation = new_conversation(app, &ana, "Maria").await;
        refuse(&conversation, Effect::Http { code: *code }, 1);

        conversation.reply(WORDS).await;
        app.drain().await;

        assert_eq!(conversation.times_sent(WORDS), 0, "{code}");
        match then {
            Again { seconds, .. } => {
                let waiting = conversation.said(WORDS).await;
                assert_eq!(waiting.delivery, Some(Delivery::Queued), "{code}");
                let why = waiting.fault.unwrap_or_else(|| panic!("{code}: the agent reads why it waits"));
                assert_eq!(why.code, Some(i64::from(*code)));
                assert!(why.detail.contains(phrase), "{code}: {}", why.detail);
                let wait = why.again.expect("and until when").since(app.now());
                assert!((seconds * 1_000..=seconds * 1_250).contains(&wait.0), "{code}: {wait:?}");
                app.turn(Span(seconds * 1_000 - 1));
                app.drain().await;
                assert_eq!(conversation.times_sent(WORDS), 0, "{code}: too early");
                app.turn(Span(seconds * 250 + 1));
                app.settle().await;
                assert_eq!(conversation.times_sent(WORDS), 1, "{code}: is due");
                let there = conversation.said(WORDS).await;
                assert_eq!((there.delivery, there.fault), (Some(Delivery::Delivered), None), "{code}");
            }
            Failed | Alerts | WindowClosed => {
                assert_eq!(conversation.delivery(WORDS).await, Some(Delivery::Failed), "{code}");
                let words = fault(&conversation, *code).await;
                assert!(words.contains(phrase), "{code}: {words}");
                let open = conversation.row().await.window_closes.is_some();
                assert_eq!(open, *then != WindowClosed, "{code}: the window");
                assert_eq!(told_admin(app, *code).await, usize::from(*then == Alerts), "{code}: the audit");
            }
            Stops => {
                assert_eq!(conversation.delivery(WORDS).await, Some(Delivery::Queued), "{code}: nothing is lost");
                assert!(is_down(app).await, "{code}: the number stops");
                let stopped = banner(app, &ana).await;
                assert!(stopped.len() == 1 && stopped[0].contains(phrase), "{code}: {stopped:?}");
                app.services.conversations.channel_up(&app.tenant, &app.channel).await.expect("repaired");
                app.settle().await;
                assert_eq!(conversation.times_sent(WORDS), 1, "{code}: goes out once");
                assert_eq!(conversation.delivery(WORDS).await, Some(Delivery::Delivered), "{code}");
            }
        }
        assert!(!is_down(app).await, "{code}: works (again)");
    }
});

on_both!(every_code_as_a_failed_status, threads = 4, async |app| {
    let ana = desk(app).await;
    let mut settings = app.meta.settings();
    settings.webhook.copies = 2;
    app.meta.set_settings(settings);
    for (code, then, phrase) in CODES {
        app.turn(Span::minutes(1));
        let conversation = new_conversation(app, &ana, "Maria").await;
        refuse(&conversation, Effect::Status { code: *code }, 1);

        conversation.reply(WORDS).await;
        app.settle().await;

        // Meta accepted it and gave up: only the agent decides whether it is sent again.
        assert_eq!(conversation.delivery(WORDS).await, Some(Delivery::Failed), "{code}");
        let words = fault(&conversation, *code).await;
        assert!(words.contains(phrase), "{code}: {words}");
        assert_eq!(conversation.row().await.window_closes.is_some(), *then != WindowClosed, "{code}: the window");
        // And what it means for the number has the same effect as in a response; each copy counts once.
        assert_eq!(is_down(app).await, *then == Stops, "{code}: the number");
        let stopped = banner(app, &ana).await;
        assert_eq!(stopped.iter().filter(|words| words.contains(phrase)).count(), usize::from(*then == Stops));
        let told = usize::from(matches!(then, Stops | Alerts));
        assert_eq!(told_admin(app, *code).await, told, "{code}: reported once");
        app.services.conversations.channel_up(&app.tenant, &app.channel).await.expect("repaired");
        app.turn(Span::hours(2));
        app.settle().await;
        assert_eq!(conversation.times_sent(WORDS), 1, "{code}: never again by itself");
    }
});

on_both!(a_refusal_that_passes_is_retried_and_stops_no_number, threads = 4, async |app| {
    let ana = desk(app).await;
    for (status, code, is_transient) in [
        (500, Some(190), Some(true)),
        (401, Some(190), Some(true)),
        (500, Some(190), None),
        (503, Some(999_999), Some(true)),
        (400, Some(999_999), Some(true)),
        (429, Some(999_999), None),
        (429, None, None),
    ] {
        app.turn(Span::minutes(1));
        let conversation = new_conversation(app, &ana, "Maria").await;
        refuse(&conversation, Effect::Error { status, code, is_transient }, 1);

        conversation.reply(WORDS).await;
        app.drain().await;

        assert_eq!(conversation.delivery(WORDS).await, Some(Delivery::Queued), "{status} {code:?}");
        assert!(!is_down(app).await, "{status} {code:?}: concerns one message");
        app.turn(Span::seconds(3));
        app.settle().await;
        assert_eq!(conversation.times_sent(WORDS), 1, "{status} {code:?}");
        assert_eq!(conversation.delivery(WORDS).await, Some(Delivery::Delivered), "{status} {code:?}");
    }
});

on_both!(a_transient_refusal_fails_after_its_last_retry, threads = 4, async |app| {
    let ana = desk(app).await;
    for code in [131_000, 130_429, 131_056, 80_007] {
        let (_, then, phrase) = CODES.iter().find(|row| row.0 == code).expect("a row");
        let Again { tries, .. } = then else { panic!("{code} is tried again") };
        for (refusals, end) in [(*tries, Delivery::Delivered), (*tries + 1, Delivery::Failed)] {
            app.turn(Span::minutes(1));
            let conversation = new_conversation(app, &ana, "Maria").await;
            refuse(&conversation, Effect::Http { code }, refusals);
            conversation.reply(WORDS).await;
            // Longer than any pause, so that each step is one attempt.
            for _ in 0..=*tries {
                app.settle().await;
                app.turn(Span::minutes(80));
            }
            assert_eq!(conversation.delivery(WORDS).await, Some(end), "{code} refused {refusals} times");
            if end == Delivery::Failed {
                let words = fault(&conversation, code).await;
                assert!(words.contains(phrase), "{code}: {words}");
            }
            app.meta.clear_faults(None);
        }
    }
});

on_both!(each_wait_is_the_one_that_meta_advises_and_the_agent_reads_it, threads = 4, async |app| {
    let table: [(u32, &[i64]); 3] = [
        (131_056, &[1, 4, 16, 64, 256, 256]),
        (80_007, &[60, 120, 240, 480, 960, 1_920, 3_600, 3_600]),
        (131_000, &[2, 4, 8, 16, 32, 60]),
    ];
    let ana = desk(app).await;
    for (code, waits) in table {
        app.turn(Span::minutes(1));
        let conversation = new_conversation(app, &ana, "Maria").await;
        app.meta.inject(&conversation.customer, Fault::always(Effect::Http { code }));
        conversation.reply(WORDS).await;
        for (n, seconds) in waits.iter().enumerate() {
            app.drain().await;
            let again = conversation.said(WORDS).await.fault.and_then(|fault| fault.again);
            let wait = again.unwrap_or_else(|| panic!("{code}: try {n} is followed by another")).since(app.now());
            assert!((seconds * 1_000..=seconds * 1_250).contains(&wait.0), "{code}, try {n}: {wait:?}");
            app.turn(wait);
        }
        app.drain().await;
        assert_eq!(conversation.delivery(WORDS).await, Some(Delivery::Failed), "{code}: given up");
    }
});

on_both!(a_reset_app_secret_stops_the_number_with_its_own_reason, threads = 4, async |app| {
    let ana = desk(app).await;
    let conversation = new_conversation(app, &ana, "Maria").await;
    let secret = |text: &str| handoff::server::secret::Secret::new(text);
    app.services.channels.set_app_secret(crate::app::APP, &secret("reset at Meta")).await.expect("replaced");

    conversation.reply(WORDS).await;
    app.drain().await;

    assert_eq!(conversation.delivery(WORDS).await, Some(Delivery::Queued), "nothing is lost");
    let stopped = banner(app, &ana).await;
    assert!(stopped.len() == 1 && stopped[0].contains("app secret"), "{stopped:?}");
    let audit = app.services.settings.read_audit(&app.tenant, &AuditFilter::default(), None).await.expect("reads");
    assert!(audit.lines.iter().any(|line| line.what.contains("app secret") && !line.what.contains("-1")));
    // When the correct secret is entered and the number is released.
    app.services.channels.set_app_secret(crate::app::APP, &secret(crate::app::APP_SECRET)).await.expect("replaced");
    app.services.channels.resume_number(crate::app::NUMBER, None).await.expect("resumed");
    app.settle().await;
    assert_eq!(conversation.delivery(WORDS).await, Some(Delivery::Delivered));
});
