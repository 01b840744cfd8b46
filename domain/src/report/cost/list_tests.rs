use proptest::prelude::*;

use super::*;
use crate::{
    prices::MarketPrices,
    pricing::Pricing,
    report::cost::{CostFigures, FREE_PER_MONTH, free_regular},
};

const KINDS: [&str; 4] = ["regular", "free_customer_service", "free_entry_point", "new"];
const CATEGORIES: [&str; 4] = ["service", "utility", "marketing", "referral_conversion"];

fn month() -> CostMonth {
    "2026-03".parse().expect("a month")
}

fn query() -> CostListQuery {
    CostListQuery::of(month(), None)
}

/// Four digits that choose the sender, the kind of price, the category and the market, and whether it is told.
fn fact(nth: usize, [sender, kind, category, market]: [usize; 4]) -> MessageFact {
    let at = Timestamp(i64::try_from(nth / 2).expect("few"));
    let agent = |id: &str| MessageSender::Agent(id.into());
    let senders = [agent("agt_1"), agent("agt_2"), MessageSender::Phone, MessageSender::Bot, MessageSender::System];
    let pricing = Pricing::read(Some("PMP"), Some(CATEGORIES[category]), Some(KINDS[kind]), None).expect("a price");
    MessageFact {
        message: format!("msg_{nth:04}").into(),
        piece: 0,
        conversation: format!("cnv_{}", nth / 3).into(),
        channel: "chn_1".into(),
        handoff: (sender < 2).then(|| "hof_1".into()),
        sender: senders[sender].clone(),
        flow: (sender == 3).then(|| "flw_1".into()),
        notice: (sender == 4).then_some(NoticeKind::ALL[category % 3]),
        market: ["49", "55"].get(market).map(|code| (*code).to_owned()),
        kind: if kind == 0 && market == 0 { "template" } else { "text" }.to_owned(),
        queued_at: at,
        sent_at: Some(at),
        failed: None,
        priced: (market < 3).then_some((at, pricing)),
    }
}

fn prices() -> PriceList {
    let germany =
        MarketPrices { calling_code: "49".to_owned(), utility: Some(Amount(50_000)), ..MarketPrices::default() };
    let brazil =
        MarketPrices { calling_code: "55".to_owned(), marketing: Some(Amount(70_000)), ..MarketPrices::default() };
    PriceList { currency: "EUR".to_owned(), markets: vec![germany, brazil] }
}

/// What the store reads of a number's month.
struct ReadMonth {
    groups: Vec<PricedMessages>,
    first: Vec<PricedMessages>,
    last_free: Option<CostKey>,
}

fn read_month(facts: &[MessageFact]) -> ReadMonth {
    let messages: Vec<PricedMessages> = facts.iter().filter_map(PricedMessages::one).collect();
    let mut groups: Vec<PricedMessages> = Vec::new();
    for message in messages {
        let is_like = |group: &&mut PricedMessages| PricedMessages { count: 1, ..(**group).clone() } == message;
        match groups.iter_mut().find(is_like) {
            Some(group) => group.count += 1,
            None => groups.push(message),
        }
    }
    let most = usize::try_from(free_regular(&groups)).expect("positive");
    let uses = |fact: &&MessageFact| {
        PricedMessages::one(fact)
            .is_some_and(|message| message.use_free_part() && Charge::of(&message.pricing) == Charge::Billed)
    };
    let mut regular: Vec<&MessageFact> = facts.iter().filter(uses).collect();
    regular.sort_by_key(|fact| priced_key(fact));
    regular.truncate(most);
    ReadMonth {
        groups,
        first: regular.iter().filter_map(|fact| PricedMessages::one(fact)).collect(),
        last_free: regular.last().map(|fact| priced_key(fact)),
    }
}

fn priced_key(fact: &MessageFact) -> CostKey {
    key_of(fact, fact.priced.as_ref().expect("a price").0)
}

/// The sum of a list's rows, which has to be that of its head.
fn listed(query: &CostListQuery, facts: &[MessageFact], month: &ReadMonth) -> CostSum {
    let (mut head, mut rows) = (CostSum::default(), CostSum::default());
    query.add_number(&mut head, &month.groups, &month.first, &prices());
    let shown = query.shown(&month.groups, &month.first, &prices());
    for row in facts.iter().filter_map(|fact| query.row(fact.clone(), month.last_free.as_ref(), &prices())) {
        rows.add(1, row.charge.expect("a price"), row.price);
        let message = PricedMessages::one(&row.fact).expect("a price");
        assert!(shown.iter().any(|group| PricedMessages { count: 1, ..(*group).clone() } == message));
    }
    assert_eq!(head, rows, "{query:?}");
    rows
}

/// Every number of the page equals its list.
fn assert_numbers_equal_their_lists(facts: &[MessageFact]) {
    let month = read_month(facts);
    let mut figures = CostFigures::default();
    figures.add_number(&month.groups, &month.first, &prices());
    let mut parts = vec![
        (CostPart::All, figures.total),
        (CostPart::People, figures.people),
        (CostPart::Bot, figures.bot),
        (CostPart::Notices, figures.notices),
        (CostPart::Handoffs, figures.handoffs),
    ];
    parts.extend(figures.agents.iter().map(|(id, sum)| (CostPart::Agent(id.clone()), *sum)));
    parts.extend(figures.notice_kinds.iter().map(|(kind, sum)| (CostPart::Notice(*kind), *sum)));
    parts.extend(figures.flows.iter().map(|(id, sum)| (CostPart::Flow(id.clone()), *sum)));
    parts.extend(figures.markets.iter().map(|(market, sum)| (CostPart::Market(market.clone()), *sum)));
    parts.extend(figures.categories.iter().map(|(category, sum)| (CostPart::Category(category.clone()), *sum)));
    for (part, sum) in parts {
        let list = query().part(part);
        let count = |count: CostCount| listed(&list.count(count), facts, &month);
        assert_eq!(count(CostCount::All), sum);
        assert_eq!((count(CostCount::Billed).messages(), count(CostCount::Free).messages()), (sum.billed, sum.free()));
        let priced = count(CostCount::Priced);
        assert_eq!((priced.messages(), priced.amount), (sum.priced, sum.amount));
        assert_eq!(count(CostCount::Unpriced).messages(), sum.unpriced());
        assert_eq!(count(CostCount::FreePart).messages(), sum.free_part);
        assert_eq!(count(CostCount::EntryPoints).messages(), sum.entry_points);
        assert_eq!(count(CostCount::CustomerService).messages(), sum.customer_service);
    }
    let used: i64 = month.groups.iter().filter(|group| group.use_free_part()).map(|group| group.count).sum();
    let told =
        month.groups.iter().filter(|group| Charge::of(&group.pricing) != Charge::Billed && group.use_free_part());
    let told: i64 = told.map(|group| group.count).sum();
    let of_used = listed(&query().count(CostCount::Used), facts, &month).messages();
    assert_eq!(of_used, used.min(FREE_PER_MONTH.max(told)));
}

proptest! {
    #[test]
    fn every_number_equals_its_list(
        which in proptest::collection::vec((0..5_usize, 0..4_usize, 0..4_usize, 0..4_usize), 0..120),
    ) {
        let fact = |(nth, (sender, kind, category, market))| fact(nth, [sender, kind, category, market]);
        assert_numbers_equal_their_lists(&which.into_iter().enumerate().map(fact).collect::<Vec<_>>());
    }
}

#[test]
fn numbers_equal_their_lists_where_the_free_part_ends() {
    // given more messages than are free, of all senders in turn, every third one free as WhatsApp says
    let facts: Vec<MessageFact> = (0..1_300).map(|nth| fact(nth, [nth % 5, usize::from(nth % 3 == 0), 0, 1])).collect();
    assert_numbers_equal_their_lists(&facts);
    let month = read_month(&facts);
    assert_eq!(listed(&query().count(CostCount::Billed), &facts, &month).messages(), 300);
    // the last free one and the first billed one may be of the same moment
    let (last, next) = (month.last_free.expect("some are free"), query().count(CostCount::Billed));
    let billed: Vec<CostKey> =
        facts.iter().filter_map(|fact| Some(next.row(fact.clone(), Some(&last), &prices())?.key)).collect();
    assert!(billed.iter().all(|key| *key > last));
}

#[test]
fn messages_without_a_price_are_lists_of_their_own() {
    let facts = [fact(0, [2, 0, 0, 3]), fact(1, [3, 0, 0, 3]), fact(2, [3, 0, 0, 0])];
    let shown = |count: CostCount| {
        let list = query().count(count);
        facts.iter().filter(|fact| list.row((*fact).clone(), None, &prices()).is_some()).count()
    };
    assert_eq!([shown(CostCount::InApp), shown(CostCount::NotTold), shown(CostCount::All)], [1, 1, 1]);
}

#[test]
fn a_list_has_the_address_of_its_number() {
    let parts = [
        CostPart::All,
        CostPart::People,
        CostPart::Bot,
        CostPart::Notices,
        CostPart::Notice(NoticeKind::Reminder),
        CostPart::Handoffs,
        CostPart::Agent("agt_1".into()),
        CostPart::Flow("flw_1".into()),
        CostPart::Market(Some("49".to_owned())),
        CostPart::Market(None),
        CostPart::Category("service".to_owned()),
    ];
    let after = Some(CostKey { at: Timestamp(5), message: "msg_1".into(), piece: 2 });
    for part in parts {
        let query = CostListQuery { after: after.clone(), channel: Some("chn_1".into()), ..query().part(part) };
        for query in [query.count(CostCount::All), query.count(CostCount::Unpriced)] {
            assert_eq!(CostListQuery::parse(&query.query(), month()), Corrected { value: query, notes: Vec::new() });
        }
    }
    for count in CostCount::ALL {
        let query = query().count(count);
        assert_eq!(CostListQuery::parse(&query.query(), month()).value, query);
    }
}

#[test]
fn what_a_list_cannot_show_is_said() {
    let table = [
        ("of=magic", "“magic” isn't a list. Showing all messages with a price."),
        ("by=robots", "“robots” isn't a sender. Showing all senders."),
        ("notice=poem", "“poem” isn't an automatic message. Showing all messages."),
        ("month=2026-09", "September 2026 hasn't begun yet. Showing March 2026."),
        ("colour=red", "“colour” isn't a filter, so it was ignored."),
    ];
    for (text, note) in table {
        assert_eq!(CostListQuery::parse(text, month()), Corrected { value: query(), notes: vec![note.to_owned()] });
    }
    for after in ["", "soon", "5.0", "5.0."] {
        assert_eq!(CostKey::parse(after), None, "{after}");
    }
}

#[test]
fn a_row_says_what_it_costs() {
    let words = |digits: [usize; 4]| {
        let query = CostListQuery { count: CostCount::All, ..query() };
        query.row(fact(0, digits), None, &prices()).map(|row| row.words("EUR"))
    };
    assert_eq!(words([0, 0, 0, 0]).as_deref(), Some("€0.05"));
    assert_eq!(words([0, 0, 3, 0]).as_deref(), Some("no price entered"));
    assert_eq!(words([0, 1, 0, 0]).as_deref(), Some("free, as WhatsApp says"));
    assert_eq!(words([0, 2, 0, 0]).as_deref(), Some("free, after an ad"));
    assert_eq!(words([0, 0, 0, 3]), None, "it has no price");
}

#[test]
fn every_count_has_a_label_and_those_without_a_price_are_known() {
    let labels: std::collections::BTreeSet<_> = CostCount::ALL.into_iter().map(CostCount::label).collect();
    assert_eq!(labels.len(), CostCount::ALL.len());
    assert!(!labels.contains(""));
    let untold: Vec<CostCount> = CostCount::ALL.into_iter().filter(|count| count.is_untold()).collect();
    assert_eq!(untold, [CostCount::InApp, CostCount::NotTold]);
}
