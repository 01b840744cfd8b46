use super::*;
use crate::{
    contract::search::{FoundMessage, FoundNote, SearchCursor},
    domain::{
        desk::{Row, RowState},
        search::{Mark, MarkedPart},
        time::Timestamp,
    },
};

fn acts() -> Vec<PaletteAct> {
    vec![
        PaletteAct::new("close-cnv_1", "check", "Close…", Impact::Noticed, || {}).about("Maria"),
        PaletteAct::new("bot-cnv_1", "bot", "Return to bot…", Impact::Noticed, || {}).about("Maria"),
        PaletteAct::new("keys", "keyboard", "Keyboard shortcuts", Impact::Opens, || {}).also("help"),
    ]
}

fn hit(id: &str, message: Option<&str>) -> SearchHit {
    let message = message.map(|id| FoundMessage {
        id: id.into(),
        at: Timestamp(0),
        is_from_customer: true,
        excerpt: Marked::plain("closing time"),
    });
    let row = Row::sample(id, RowState::Bot);
    SearchHit { name: Marked::plain(row.name.clone()), row, phone: None, message, note: None }
}

fn found(typed: &str, role: Role, page: Option<&SearchPage>) -> Vec<PaletteOption> {
    PaletteLookup { typed, viewer: &"agt_me".into(), role, acts: acts(), found: page }.options()
}

fn keys(options: &[PaletteOption]) -> Vec<&str> {
    options.iter().map(|option| option.key.as_str()).collect()
}

#[test]
fn an_empty_text_lists_all_acts_and_the_pages_of_the_role() {
    let of_agent = found("", Role::Agent, None);
    let own = [
        "act-close-cnv_1",
        "act-bot-cnv_1",
        "act-keys",
        "page-/conversations",
        "page-/new-conversation",
        "page-/reports",
        "page-/saved-replies",
        "page-/wall",
    ];
    assert_eq!(keys(&of_agent), own);
    assert_eq!(keys(&found("", Role::Lead, None)), own);
    let of_admin = found("", Role::Admin, None);
    assert_eq!(of_admin.len(), of_agent.len() + admin::PAGES.len());
    // and Enter chooses none of them
    assert!(chosen_by_typing("", &of_agent).is_none());
}

#[test]
fn words_are_found_by_their_beginnings_in_any_order() {
    for (typed, key) in [
        ("close", "act-close-cnv_1"),
        ("BOT ret", "act-bot-cnv_1"),
        ("help", "act-keys"),
        ("new con", "page-/new-conversation"),
        ("audit", "page-/admin/audit"),
        ("hours open", "page-/admin/hours"),
    ] {
        assert_eq!(keys(&found(typed, Role::Admin, None)), [key], "{typed}");
    }
    for typed in ["lose", "close now", "…", "no such thing"] {
        assert!(found(typed, Role::Admin, None).is_empty(), "{typed}");
    }
}

#[test]
fn typing_alone_chooses_no_act_that_others_notice() {
    let chosen = |typed: &str, page: Option<&SearchPage>| {
        let options = found(typed, Role::Admin, page);
        chosen_by_typing(typed, &options).map(|option| option.key.clone())
    };
    let page = SearchPage { messages: vec![hit("cnv_2", Some("msg_1"))], ..SearchPage::default() };
    // given texts that find an act first, then nothing is chosen, also when something else is found below it
    assert_eq!(chosen("close", Some(&page)), None);
    assert_eq!(chosen("return to bot", None), None);
    // given texts that find first what only opens something
    assert_eq!(chosen("keyboard", None).as_deref(), Some("act-keys"));
    assert_eq!(chosen("audit", None).as_deref(), Some("page-/admin/audit"));
    assert_eq!(chosen("closing time", Some(&page)).as_deref(), Some("cnv_2"));
    assert_eq!(chosen("closing time", None), None);
}

#[test]
fn hits_come_after_acts_and_pages_and_lead_to_their_message() {
    let page = SearchPage {
        customers: vec![hit("cnv_3", None)],
        messages: vec![hit("cnv_2", Some("msg_1"))],
        ..SearchPage::default()
    };
    let options = found("c", Role::Agent, Some(&page));
    let pages = ["page-/conversations", "page-/new-conversation"];
    assert_eq!(keys(&options), ["act-close-cnv_1", pages[0], pages[1], "cnv_3", "cnv_2"]);
    let targets: Vec<_> = options.iter().map(|option| &option.target).collect();
    assert!(matches!(targets[3], PaletteTarget::Conversation(id, None) if id.as_str() == "cnv_3"));
    assert!(matches!(targets[4], PaletteTarget::Conversation(_, Some(message)) if message.as_str() == "msg_1"));
    assert_eq!(options[4].state.as_deref(), Some("Bot"));
}

#[test]
fn a_note_says_who_wrote_it_and_leads_to_its_place() {
    let note = FoundNote {
        id: "not_1".into(),
        at: Timestamp(0),
        author: "agt_ana".into(),
        author_name: "Ana".to_owned(),
        excerpt: Marked { text: "closing time".to_owned(), marks: vec![Mark { start: 0, end: 7 }] },
    };
    let page =
        SearchPage { notes: vec![SearchHit { note: Some(note), ..hit("cnv_4", None) }], ..SearchPage::default() };
    let options = found("closing", Role::Agent, Some(&page));
    let [option] = options.as_slice() else { panic!("one option") };
    let detail = option.detail.as_ref().expect("the note");
    assert_eq!((detail.text.as_str(), detail.parts()[1]), ("Note by Ana: closing time", MarkedPart::Hit("closing")));
    assert!(matches!(&option.target, PaletteTarget::Conversation(_, Some(item)) if item.as_str() == "not_1"));
}

#[test]
fn more_results_than_are_shown_lead_to_the_list() {
    let many: Vec<SearchHit> = (0..=SHOWN).map(|n| hit(&format!("cnv_{n}"), Some("msg_1"))).collect();
    let page = SearchPage { messages: many, ..SearchPage::default() };
    let options = found("100% sure", Role::Agent, Some(&page));
    assert_eq!(options.len(), SHOWN + 1);
    let last = options.last().expect("an option");
    assert!(matches!(&last.target, PaletteTarget::Page(address) if address == "/conversations?q=100%25%20sure"));
    let further = SearchPage {
        messages: vec![hit("cnv_1", Some("msg_1"))],
        more: Some(SearchCursor(1)),
        ..SearchPage::default()
    };
    assert_eq!(found("sure", Role::Agent, Some(&further)).len(), 2);
}

#[test]
fn arrows_walk_around() {
    let options = found("", Role::Agent, None);
    let step = |from: Option<&str>, arrow| stepped(&options, from, arrow).map(|option| option.key.as_str());
    assert_eq!(step(None, Arrow::Down), Some("act-close-cnv_1"));
    assert_eq!(step(Some("act-close-cnv_1"), Arrow::Down), Some("act-bot-cnv_1"));
    assert_eq!(step(Some("page-/wall"), Arrow::Down), Some("act-close-cnv_1"));
    assert_eq!(step(None, Arrow::Up), Some("page-/wall"));
    assert_eq!(step(Some("act-close-cnv_1"), Arrow::Up), Some("page-/wall"));
    assert_eq!(step(Some("act-gone"), Arrow::Down), Some("act-close-cnv_1"));
    assert!(stepped(&[], None, Arrow::Down).is_none());
}
