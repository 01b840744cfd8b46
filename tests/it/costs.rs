//! What messages cost: the report of a month, the price of the next reply, and the warnings before the free part ends.

use futures::TryStreamExt;
use handoff::{
    contract::cost::{CostList, CostPage},
    domain::{
        access::Role,
        event::Initiator,
        ids::{ConversationId, FlowId},
        prices::{Amount, PriceList},
        pricing::Pricing,
        report::{
            cost::{
                CostSum, FREE_PER_MONTH, free_regular,
                list::{CostCount, CostListQuery, CostPart},
                next::NextPrice,
                tips::CostTip,
            },
            export::ExportFormat,
            facts::{MessageFact, MessageSender, NoticeKind},
        },
        time::{Span, Timestamp},
    },
    server::{
        accounts::Agent,
        reports::cost::CostError,
        store::{
            costs::{self, Within},
            report_messages,
        },
    },
};

use crate::{
    app::{TestApp, on_both},
    prices::germany,
    report_facts,
};

fn pricing(category: &str, kind: &str) -> Pricing {
    Pricing::read(Some("PMP"), Some(category), Some(kind), None).expect("a price")
}

/// The fact of a message to Germany that was sent and delivered `nth` milliseconds after the start, outside of handoffs.
fn fact(app: &TestApp, nth: i64, sender: MessageSender, kind: &str) -> MessageFact {
    let at = Timestamp(app.now().0 + nth);
    MessageFact {
        message: format!("msg_{nth:08}").into(),
        piece: 0,
        conversation: format!("cnv_{nth}").into(),
        channel: app.channel.clone(),
        handoff: None,
        sender,
        flow: None,
        notice: None,
        market: Some("49".to_owned()),
        kind: "text".to_owned(),
        queued_at: at,
        sent_at: Some(at),
        failed: None,
        priced: Some((at, pricing("service", kind))),
    }
}

async fn save(app: &TestApp, facts: &[MessageFact]) {
    let mut tx = app.services.db.begin_write().await.expect("begins");
    report_messages::save(&mut tx, &app.tenant, &facts.iter().collect::<Vec<_>>()).await.expect("saves");
    tx.commit().await.expect("commits");
}

async fn set_prices(app: &TestApp, list: PriceList) {
    let settings = &app.services.settings;
    let seen = settings.read_prices(&app.tenant).await.expect("reads").revision;
    settings.prices_save(&app.tenant, Initiator::SYSTEM, seen, list).await.expect("saves");
}

async fn cost(app: &TestApp, admin: &Agent) -> CostPage {
    app.services.costs.read_cost(admin, None, None).await.expect("a report")
}

/// Of messages that cost five cents each.
fn sum(billed: i64, free_part: i64, entry_points: i64) -> CostSum {
    let amount = Amount(50_000 * billed);
    CostSum { billed, priced: billed, amount, free_part, entry_points, customer_service: 0 }
}

/// 990 of the bot, then 20 of Ana in one handoff, then five notices to customers who came from an ad.
async fn a_month(app: &TestApp, ana: &Agent) {
    let mut facts: Vec<MessageFact> = (0..990).map(|nth| fact(app, nth, MessageSender::Bot, "regular")).collect();
    facts.extend((990..1_010).map(|nth| MessageFact {
        conversation: "cnv_990".into(),
        handoff: Some("hof_1".into()),
        ..fact(app, nth, MessageSender::Agent(ana.id().clone()), "regular")
    }));
    facts.extend((1_010..1_015).map(|nth| MessageFact {
        notice: Some(NoticeKind::Closing),
        ..fact(app, nth, MessageSender::System, "free_entry_point")
    }));
    save(app, &facts).await;
}

on_both!(a_month_says_what_was_billed_and_what_was_free, async |app| {
    let ((ana, _), (ada, _)) = (app.agent("Ana").await, app.admin().await);
    a_month(app, &ana).await;

    // given no prices, messages are counted
    let counted = cost(app, &ada).await;
    let without = |sum: CostSum| CostSum { priced: 0, amount: Amount(0), ..sum };
    assert_eq!((counted.total, counted.currency), (without(sum(10, 1_000, 5)), None));

    // given prices, the first thousand are free whoever wrote them
    set_prices(app, germany(50_000)).await;
    let report = cost(app, &ada).await;
    assert_eq!((report.total, report.currency.as_deref()), (sum(10, 1_000, 5), Some("EUR")));
    assert_eq!((report.bot, report.people, report.notices), (sum(0, 990, 0), sum(10, 10, 0), sum(0, 0, 5)));
    assert_eq!((report.handoffs.n, report.handoffs.sum), (1, sum(10, 10, 0)));
    // 990 of the bot, one of Ana, five of the notices.
    assert_eq!(report.conversations.n, 996);
    let names =
        |lines: &[handoff::contract::cost::CostLine]| lines.iter().map(|line| line.name.clone()).collect::<Vec<_>>();
    assert_eq!((names(&report.agents), names(&report.markets)), (vec!["Ana".to_owned()], vec!["+49 (DE)".to_owned()]));
    let [number] = &report.numbers[..] else { panic!("one number: {:?}", report.numbers) };
    assert_eq!((number.free_part.used, number.sum), (FREE_PER_MONTH, sum(10, 1_000, 5)));

    // another month and another tenant have none of them
    let before = app.services.costs.read_cost(&ada, Some("2026-02"), None).await.expect("a report");
    assert_eq!((before.total.messages(), before.newer.map(|month| month.key())), (0, Some("2026-03".to_owned())));
    let (globex, _) = app.other_tenant().await;
    let (greta, _) = app.person(&globex, "Greta", Role::Admin).await;
    let theirs = app.services.costs.read_cost(&greta, None, None).await.expect("a report");
    assert_eq!((theirs.total.messages(), theirs.conversations.n), (0, 0));
});

/// All pages of a list as one.
async fn whole_list(app: &TestApp, viewer: &Agent, query: &CostListQuery) -> CostList {
    let read =
        async |query: &CostListQuery| app.services.costs.read_cost_list(viewer, &query.query()).await.expect("a list");
    let mut list = read(query).await;
    while let Some(after) = list.next.take() {
        let page = read(&CostListQuery { after: Some(after), ..query.clone() }).await;
        assert_eq!((page.n, page.sum), (list.n, list.sum), "every page has the number of the whole list");
        list.rows.extend(page.rows);
        list.next = page.next;
    }
    list
}

async fn file(app: &TestApp, viewer: &Agent, format: ExportFormat, query: &CostListQuery) -> String {
    let costs = &app.services.costs;
    let file = costs.export(viewer, Initiator::SYSTEM, format, &query.query()).await.expect("a file");
    file.rows.try_collect::<Vec<_>>().await.expect("rows").concat()
}

on_both!(every_number_of_the_costs_opens_a_list_that_equals_it, async |app| {
    let ((ana, _), (ada, _)) = (app.agent("Ana").await, app.admin().await);
    a_month(app, &ana).await;
    // and messages without a price: typed in the app, and not told yet
    let untold = [(2_000, MessageSender::Phone), (2_001, MessageSender::Phone), (2_002, MessageSender::Bot)];
    let untold = untold.map(|(nth, sender)| MessageFact { priced: None, ..fact(app, nth, sender, "regular") });
    save(app, &untold).await;
    set_prices(app, germany(50_000)).await;
    let report = cost(app, &ada).await;
    let all = CostListQuery::of(report.month, report.channel.clone());
    let mut numbers = vec![
        (CostPart::All, report.total),
        (CostPart::People, report.people),
        (CostPart::Bot, report.bot),
        (CostPart::Notices, report.notices),
        (CostPart::Handoffs, report.handoffs.sum),
    ];
    for lines in [&report.agents, &report.flows, &report.markets, &report.categories] {
        numbers.extend(lines.iter().map(|line| (line.part.clone(), line.sum)));
    }
    assert_eq!(numbers.len(), 8, "an agent, a country and a category");
    for (part, sum) in numbers {
        let list = whole_list(app, &ada, &all.part(part.clone())).await;
        assert_eq!((list.sum, list.n), (sum, sum.messages()), "{part:?}");
        assert_eq!(i64::try_from(list.rows.len()), Ok(list.n), "{part:?}");
        let billed = whole_list(app, &ada, &all.part(part.clone()).count(CostCount::Billed)).await;
        let free = whole_list(app, &ada, &all.part(part).count(CostCount::Free)).await;
        assert_eq!((billed.n, billed.sum.amount, free.n), (sum.billed, sum.amount, sum.free()));
        assert_eq!(billed.rows.iter().filter(|row| row.cost == "€0.05").count(), billed.rows.len());
        assert_eq!(list.rows.len(), billed.rows.len() + free.rows.len());
    }
    for (count, n) in [(CostCount::Used, 1_000), (CostCount::InApp, report.in_app), (CostCount::NotTold, 1)] {
        let list = whole_list(app, &ada, &all.count(count)).await;
        assert_eq!((list.n, i64::try_from(list.rows.len())), (n, Ok(n)), "{count:?}");
    }
    assert_eq!((report.in_app, report.without_price), (2, 1));
    let list = whole_list(app, &ada, &all).await;
    assert_eq!(list.conversations, Some(report.conversations.n));
    let handoffs = whole_list(app, &ada, &all.part(CostPart::Handoffs)).await;
    assert_eq!(handoffs.handoffs, Some(report.handoffs.n));
    // The customers of these facts are gone; the numbers stay.
    assert!(list.rows.iter().all(|row| row.customer.is_none()));
    let newest = &list.rows[0];
    assert_eq!(
        (newest.cost.as_str(), newest.who.as_str(), newest.category.as_str(), newest.kind.as_str()),
        ("free, after an ad", "Automatic: closing message", "service", "free_entry_point")
    );

    // A file has the same rows.
    let csv = file(app, &ada, ExportFormat::Csv, &all.count(CostCount::Billed)).await;
    assert_eq!(csv.lines().count(), 1 + 10);
    assert!(csv.lines().nth(1).is_some_and(|line| line.contains(",billed,0.05,EUR,agent,Ana,")), "{csv}");
    let json = file(app, &ada, ExportFormat::Json, &all).await;
    let rows: Vec<serde_json::Value> = serde_json::from_str(&json).expect("JSON");
    assert_eq!(rows.len(), list.rows.len());

    // Nobody else sees them.
    let refused = app.services.costs.read_cost_list(&ana, &all.query()).await;
    assert!(matches!(refused, Err(CostError::Forbidden)), "{refused:?}");
    let (globex, _) = app.other_tenant().await;
    let (greta, _) = app.person(&globex, "Greta", Role::Admin).await;
    let theirs = whole_list(app, &greta, &CostListQuery::of(report.month, Some(app.channel.clone()))).await;
    assert_eq!((theirs.n, theirs.rows.len(), theirs.notes.len()), (0, 0, 1));
});

on_both!(what_an_address_asks_for_in_vain_is_said, async |app| {
    let ((ana, _), (ada, _)) = (app.agent("Ana").await, app.admin().await);
    let costs = &app.services.costs;
    for (month, channel, note) in [
        (Some("2026-04"), None, Some("April 2026 hasn't begun yet. Showing March 2026.")),
        (Some("soon"), None, Some("The month in this link isn't one. Showing March 2026.")),
        (Some(""), Some("chn_other"), Some("This number isn't one of yours. Showing all numbers.")),
        (Some("2026-03"), Some(app.channel.as_str()), None),
    ] {
        let channel = channel.map(Into::into);
        let report = costs.read_cost(&ada, month, channel.as_ref()).await.expect("a report");
        assert_eq!((report.notes.first().map(String::as_str), report.month.key().as_str()), (note, "2026-03"));
        assert_eq!((report.channel.is_some(), report.numbers.len()), (note.is_none(), 1));
    }
    let (lou, _) = app.person(&app.tenant, "Lou", Role::Lead).await;
    costs.read_cost(&lou, None, None).await.expect("leads read what the company pays");
    let refused = costs.read_cost(&ana, None, None).await;
    assert!(matches!(refused, Err(CostError::Forbidden)), "{refused:?}");
});

on_both!(the_statements_and_the_rule_agree_on_what_uses_the_free_part, async |app| {
    // given a message of every category, type and kind
    let mut facts = Vec::new();
    for category in ["service", "utility", "marketing", "authentication"] {
        for kind in ["regular", "free_customer_service", "free_entry_point", "new"] {
            for message in ["text", "template"] {
                let nth = i64::try_from(facts.len()).expect("few");
                let plain = fact(app, nth, MessageSender::Bot, kind);
                let priced = plain.priced.as_ref().map(|(at, _)| (*at, pricing(category, kind)));
                facts.push(MessageFact { kind: message.to_owned(), priced, ..plain });
            }
        }
    }
    save(app, &facts).await;
    let time = Within { from: app.now(), to: app.now().plus(Span::days(1)) };
    let mut tx = app.services.db.begin_read().await.expect("a view");
    let (tx, tenant, channel) = (&mut tx, &app.tenant, &app.channel);
    let groups = costs::priced(tx, tenant, channel, time).await.expect("reads");
    assert_eq!(groups.iter().map(|group| group.count).sum::<i64>(), 32);
    let by_rule: i64 = groups.iter().filter(|group| group.use_free_part()).map(|group| group.count).sum();
    assert_eq!(costs::free_part_used(tx, tenant, channel, time, 1_000).await.expect("reads"), by_rule);
    assert_eq!(costs::free_part_used(tx, tenant, channel, time, 3).await.expect("reads"), 3);
    let first = costs::first_regular(tx, tenant, channel, time, free_regular(&groups)).await.expect("reads");
    assert!(first.iter().all(|message| message.use_free_part() && message.count == 1));
    // A text for each of the two categories; what WhatsApp calls free uses the part up as well.
    assert_eq!((first.len(), by_rule), (2, 6));
});

on_both!(the_price_of_the_next_reply_follows_what_was_sent, async |app| {
    let (ana, _) = app.agent("Ana").await;
    let id = app.waiting(&ana).await.id;
    app.services.conversations.claim(&ana, &id).await.expect("claims");
    app.settle().await;
    report_facts::add(&app.services).await;
    let next = async || app.services.costs.next_price(&ana, &id).await.expect("a price");
    let NextPrice::FreePart { left } = next().await else { panic!("free") };

    // when Ana replies, one less is left
    app.services.conversations.reply(&ana, &id, "one", "Hello", None).await.expect("replies");
    app.settle().await;
    report_facts::add(&app.services).await;
    assert_eq!(next().await, NextPrice::FreePart { left: left - 1 });
    let facts = report_facts::stored(app, &app.tenant).await;
    assert!(facts.messages.values().all(|message| message.market.as_deref() == Some("49")), "the customer's country");

    // when none is left, it costs what was entered for the customer's country
    let many: Vec<_> = (0..1_000).map(|nth| fact(app, nth, MessageSender::Bot, "regular")).collect();
    save(app, &many).await;
    assert_eq!(next().await, NextPrice::Unknown);
    set_prices(app, germany(35_000)).await;
    let price = next().await;
    assert_eq!(
        (price.words().as_str(), price),
        ("About €0.035", NextPrice::Billed { price: Amount(35_000), currency: "EUR".to_owned() })
    );

    // when the customer came from an ad, it is free for three days
    app.run("UPDATE report_messages SET pricing_type = 'free_entry_point' WHERE handoff_id IS NOT NULL").await;
    assert_eq!(next().await, NextPrice::EntryPoint);
    app.turn(Span::hours(72));
    assert!(matches!(next().await, NextPrice::Billed { .. }));

    // the month that follows begins with all of the free part
    app.turn(Span::days(30));
    assert_eq!(next().await, NextPrice::FreePart { left: FREE_PER_MONTH });

    let (globex, _) = app.other_tenant().await;
    let (greta, _) = app.person(&globex, "Greta", Role::Admin).await;
    let refused = app.services.costs.next_price(&greta, &id).await;
    assert!(matches!(refused, Err(CostError::NotFound)), "{refused:?}");
    let nowhere = ConversationId::from("cnv_nowhere");
    assert!(matches!(app.services.costs.next_price(&ana, &nowhere).await, Err(CostError::NotFound)));
});

on_both!(admins_are_warned_before_the_free_part_ends_and_when_messages_are_not_paid, async |app| {
    let (ada, _) = app.admin().await;
    let number = async || app.services.live.numbers(&app.tenant).await.expect("reads").remove(0);
    let many = |count: i64| (0..count).map(|nth| fact(app, nth, MessageSender::Bot, "regular")).collect::<Vec<_>>();
    save(app, &many(799)).await;
    assert_eq!((number().await.free_part.warning(), number().await.remedy), (None, None));
    save(app, &many(800)).await;
    let warning = number().await.free_part.warning().unwrap_or_default();
    assert!(warning.starts_with("200 of 1,000 free messages left"), "{warning}");
    assert_eq!(cost(app, &ada).await.numbers[0].free_part, number().await.free_part);
    save(app, &many(1_005)).await;
    let warning = number().await.free_part.warning().unwrap_or_default();
    assert!(warning.starts_with("All 1,000 free messages"), "{warning}");

    // when WhatsApp refuses a message because it is not paid
    app.run("UPDATE channels SET down_code = 131042, down_since = 0").await;
    let stopped = number().await;
    assert!(stopped.fault.is_some_and(|fault| fault.contains("add a payment method")));
    let remedy = stopped.remedy.expect("what to do");
    assert!(remedy.contains(&format!("resume-number {}", crate::app::NUMBER)), "{remedy}");
    assert_eq!(cost(app, &ada).await.numbers[0].unpaid.as_ref(), Some(&remedy));
});

on_both!(lines_that_follow_each_other_are_a_tip, async |app| {
    let (ada, _) = app.admin().await;
    let flow = Some(FlowId::from("flw_gone"));
    let mut facts = Vec::new();
    for customer in 0..25 {
        for line in 0..2 {
            let nth = customer * 60_000 + line * 1_000;
            let conversation = format!("cnv_{customer}").into();
            facts.push(MessageFact {
                conversation,
                flow: flow.clone(),
                ..fact(app, nth, MessageSender::Bot, "regular")
            });
        }
        // Typed on the phone, and a picture: neither could be a part of the bot's text.
        let nth = customer * 60_000 + 2_000;
        let conversation: ConversationId = format!("cnv_{customer}").into();
        let phone = fact(app, nth, MessageSender::Phone, "regular");
        facts.push(MessageFact { conversation: conversation.clone(), priced: None, ..phone });
        let picture = fact(app, nth + 1_000, MessageSender::Bot, "regular");
        facts.push(MessageFact { conversation, flow: flow.clone(), kind: "image".to_owned(), ..picture });
    }
    save(app, &facts).await;
    let report = cost(app, &ada).await;
    assert_eq!((report.in_app, report.without_price), (25, 0));
    let [CostTip::Join { joinable: 25, lines: 75, .. }] = &report.tips[..] else {
        panic!("one tip: {:?}", report.tips)
    };
    assert!(report.tips[0].words(None).starts_with("Removed flow sent 25 of 75 messages"), "{:?}", report.tips);
});
