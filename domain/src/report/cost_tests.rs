use super::*;
use crate::prices::MarketPrices;

fn pricing(category: &str, kind: &str) -> Pricing {
    Pricing::read(Some("PMP"), Some(category), Some(kind), None).expect("a price")
}

fn of(sender: MessageSender, kind: &str, count: i64) -> PricedMessages {
    PricedMessages {
        sender,
        flow: None,
        notice: None,
        market: Some("49".to_owned()),
        in_handoff: false,
        is_template: false,
        pricing: pricing("service", kind),
        count,
    }
}

fn ana() -> MessageSender {
    MessageSender::Agent("agt_ana".into())
}

/// Five cents for a message to Germany.
fn prices() -> PriceList {
    let germany =
        MarketPrices { calling_code: "49".to_owned(), utility: Some(Amount(50_000)), ..MarketPrices::default() };
    PriceList { currency: "EUR".to_owned(), markets: vec![germany] }
}

#[test]
fn whatsapp_says_what_is_charged() {
    let table = [
        ("regular", None, Charge::Billed),
        ("free_entry_point", None, Charge::EntryPoint),
        ("free_customer_service", Some(true), Charge::CustomerService),
        ("free_group_customer_service", None, Charge::CustomerService),
        ("free_of_a_kind_that_is_new", None, Charge::CustomerService),
        ("new", Some(false), Charge::CustomerService),
        ("new", None, Charge::Billed),
    ];
    for (kind, billable, charge) in table {
        assert_eq!(Charge::of(&Pricing { billable, ..pricing("service", kind) }), charge, "{kind}");
    }
    let old = |billable| Charge::of(&Pricing { kind: None, billable, ..pricing("service", "regular") });
    assert_eq!([old(Some(true)), old(Some(false))], [Charge::Billed, Charge::CustomerService]);
}

#[test]
fn free_form_messages_and_utility_templates_in_the_window_use_the_free_part() {
    let uses = |category: &str, kind: &str, is_template| {
        let pricing = pricing(category, kind);
        PricedMessages { pricing, is_template, ..of(ana(), "regular", 1) }.use_free_part()
    };
    assert!(uses("service", "regular", false) && uses("utility", "regular", false));
    assert!(uses("service", "free_customer_service", false) && uses("utility", "free_customer_service", true));
    assert!(!uses("utility", "regular", true) && !uses("marketing", "regular", false));
    assert!(!uses("service", "free_entry_point", false));
    let old =
        PricedMessages { pricing: Pricing { kind: None, ..pricing("service", "regular") }, ..of(ana(), "regular", 1) };
    assert!(!old.use_free_part());
}

#[test]
fn what_whatsapp_calls_free_leaves_less_of_the_free_part() {
    assert_eq!(free_regular(&[]), 1_000);
    let told = |free: i64| free_regular(&[of(ana(), "free_customer_service", free), of(ana(), "regular", 5_000)]);
    assert_eq!([told(0), told(400), told(1_000), told(1_200)], [1_000, 600, 0, 0]);
    assert_eq!(free_regular(&[of(ana(), "free_entry_point", 700)]), 1_000, "an ad's customers use none of it");
}

#[test]
fn the_first_messages_of_a_month_are_free_whoever_wrote_them() {
    let bot = || PricedMessages { flow: Some("flw_1".into()), ..of(MessageSender::Bot, "regular", 0) };
    let groups = [
        PricedMessages { count: 800, ..bot() },
        PricedMessages { in_handoff: true, ..of(ana(), "regular", 300) },
        PricedMessages { notice: Some(NoticeKind::Closing), ..of(MessageSender::System, "regular", 50) },
        of(MessageSender::Bot, "free_entry_point", 7),
    ];
    // The first thousand: all of the bot's and 200 of Ana's.
    let mut first = vec![PricedMessages { count: 1, ..bot() }; 800];
    first.extend(vec![PricedMessages { in_handoff: true, ..of(ana(), "regular", 1) }; 200]);
    let mut figures = CostFigures::default();
    figures.add_number(&groups, &first, &prices());

    let sum = |billed, free_part, entry_points| CostSum {
        billed,
        priced: billed,
        amount: Amount(50_000 * billed),
        free_part,
        entry_points,
        customer_service: 0,
    };
    assert_eq!(figures.total, sum(150, 1_000, 7));
    assert_eq!((figures.people, figures.handoffs), (sum(100, 200, 0), sum(100, 200, 0)));
    assert_eq!((figures.bot, figures.notices), (sum(0, 800, 7), sum(50, 0, 0)));
    assert_eq!(figures.agents[&AgentId::from("agt_ana")], sum(100, 200, 0));
    assert_eq!(figures.flows[&FlowId::from("flw_1")], sum(0, 800, 0));
    assert_eq!(figures.notice_kinds[&NoticeKind::Closing], sum(50, 0, 0));
    assert_eq!(figures.markets[&Some("49".to_owned())], sum(150, 1_000, 7));
    assert_eq!((figures.total.free(), figures.total.messages()), (1_007, 1_157));
    assert_eq!(figures.people.average(50), Some(Amount(100_000)));
}

#[test]
fn a_sum_says_how_many_messages_have_no_price() {
    let hidden = PricedMessages { market: None, ..of(MessageSender::Phone, "regular", 3) };
    let marketing = PricedMessages { pricing: pricing("marketing", "regular"), ..of(ana(), "regular", 2) };
    let odd = PricedMessages { pricing: pricing("referral_conversion", "regular"), ..of(ana(), "regular", 1) };
    let mut figures = CostFigures::default();
    figures.add_number(&[of(ana(), "regular", 4), hidden, marketing, odd], &[], &prices());
    let CostSum { billed, priced, amount, .. } = figures.total;
    assert_eq!((billed, priced, amount, figures.total.unpriced()), (10, 4, Amount(200_000), 6));
    assert_eq!(figures.total.average(1), None, "the average would be too low");
    assert_eq!((figures.people.billed, figures.markets[&None].unpriced()), (10, 3));

    // Without a price list, messages are only counted.
    let mut counted = CostFigures::default();
    counted.add_number(&[of(ana(), "regular", 4)], &[], &PriceList::default());
    assert_eq!((counted.total.billed, counted.total.priced, counted.total.amount), (4, 0, Amount(0)));
}

#[test]
fn people_are_warned_before_the_free_part_ends_and_after() {
    let warning = |used| FreePart::new(used).warning().unwrap_or_default();
    assert_eq!((FreePart::new(799).warning(), FreePart::new(-5).used, FreePart::new(5_000).left()), (None, 0, 0));
    assert!(warning(800).starts_with("200 of 1,000 free messages left"), "{}", warning(800));
    assert!(warning(999).starts_with("1 of 1,000"), "{}", warning(999));
    for used in [1_000, 1_001] {
        assert!(warning(used).starts_with("All 1,000 free messages"), "{}", warning(used));
    }
}
