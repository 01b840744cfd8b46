//! Words, scripts, the query language, and the places of hits.

use jiff::civil::date;
use proptest::prelude::*;

use super::{
    AgentName, Mark, Marked, MarkedPart, Query, QueryError, SearchPlace, Term, Token, customer_tokens, excerpt, find,
    is_customer_hit, marks, number_marks, parse, text_tokens,
};
use crate::desk::Status;

fn query(typed: &str) -> Query {
    parse(typed, date(2026, 11, 28)).unwrap_or_else(|error| panic!("{typed}: {error}"))
}

/// Whether an index that holds `tokens` returns it as a candidate.
fn is_candidate(query: &Query, tokens: &[String]) -> bool {
    let has = |token: &Token| match token {
        Token::Exact(exact) => tokens.contains(exact),
        Token::Prefix(prefix) => tokens.iter().any(|token| token.starts_with(prefix)),
    };
    query.terms.iter().all(|term| term.alternatives().iter().any(|all| all.iter().all(has)))
}

/// Whether a text is found: by the index and by the comparison, which must agree.
fn finds(typed: &str, text: &str) -> bool {
    let query = query(typed);
    let found = find(&query, text).is_some();
    assert!(!found || is_candidate(&query, &text_tokens(text)), "{typed} in {text}: the index has other tokens");
    found
}

/// What is marked in a text.
fn hits<'t>(typed: &str, text: &'t str) -> Vec<&'t str> {
    let marks = find(&query(typed), text).unwrap_or_else(|| panic!("{typed} in {text}"));
    marks.iter().map(|mark| &text[mark.start..mark.end]).collect()
}

#[test]
fn words_are_found_in_any_order_by_their_beginnings_and_in_any_script() {
    for (typed, text) in [
        ("Maria Silva", "Silva Maria Test"),
        ("mar sil", "Silva Maria Test"),
        ("MÜLLER", "Müller & Söhne"),
        ("muller", "Müller"),
        ("hauptstrasse", "Hauptstraße 5"),
        ("haupt", "Hauptstraße 5"),
        ("lodz", "Łódź"),
        ("агент", "Нужен агента"),
        ("پشتیبانی", "پشتيباني"),
        ("کرم", "كرم"),
        ("نمائندہ", "نمائنده"),
        ("24", "٢٤"),
        ("۲۴", "24"),
        ("24", "२४ घंटे"),
        ("शिकायत", "मेरी शिकायत है"),
        ("안녕", "안녕하세요"),
        ("京都", "東京都庁"),
        ("都", "東京都"),
        ("東", "東京都"),
        ("東京", "iPhone東京"),
        ("สวัสดี", "ขอสวัสดีครับ"),
        ("agent", "Je veux l’agent"),
        ("l'agent", "Je veux l’agent"),
        ("oneil", "O'Neil"),
        ("neil", "O'Neil"),
        ("24/7", "24/7 Taxi"),
        ("24 7", "24/7 Taxi"),
        ("7 24", "24/7 Taxi"),
        ("\"taxi berlin\"", "24/7 Taxi (Berlin)"),
        ("ana@example.com", "Write to ana@example.com, please"),
        ("4711", "order 4711-A"),
        ("0151 2345678", "call +49 151 2345678 or 030 1234"),
        ("+49 151 2345678", "call me: 0151/2345678"),
        ("01512345678", "call 0151 2345678 12 times"),
        ("2026-11", "on 2026-11-22"),
    ] {
        assert!(finds(typed, text), "{typed} in {text}");
    }
}

#[test]
fn letters_that_are_also_written_with_two_are_found_in_both_spellings() {
    for (one, other) in [
        ("Müller", "Mueller"),
        ("Mu\u{308}ller", "MUELLER"),
        ("Jürgen Groß", "Juergen Gross"),
        ("Bäcker", "Baecker"),
        ("Özil", "Oezil"),
        ("Søren", "Soeren"),
        ("Åse", "Aase"),
        ("A\u{30a}se", "aase"),
        ("Malmö", "Malmoe"),
        ("Tromsø", "Tromsoe"),
        ("Umeå", "Umeaa"),
        ("Größenänderungsüberprüfungsgebühr", "Groessenaenderungsueberpruefungsgebuehr"),
        ("Æble", "Aeble"),
        ("Jæger", "Jäger"),
        ("\"Müller & Söhne\"", "Mueller & Soehne"),
    ] {
        let bare = |text: &str| text.replace('"', "");
        assert!(finds(one, &format!("from {} today", bare(other))), "{one} in {other}");
        assert!(finds(other, &format!("from {} today", bare(one))), "{other} in {one}");
    }
    // also by the beginning of a word
    assert!(finds("muell", "Müllers") && finds("müll", "Mueller") && finds("muel", "Müller"));
    assert_eq!(hits("mueller", "Herr Müller-Lüdenscheidt"), ["Müller"]);
    assert_eq!(hits("müll", "Frau Mueller"), ["Muell"]);
    assert_eq!(hits("\"juergen gross\"", "an Jürgen Groß."), ["Jürgen Groß"]);
}

#[test]
fn two_letters_are_one_only_where_the_text_has_that_letter() {
    for (typed, text) in [
        ("Michael", "Michal"),
        ("duel", "dul"),
        ("does", "dos"),
        ("blue", "Blüte"),
        ("Sue", "Süßes"),
        ("Joe", "Jörg"),
        ("Mae", "Mädchen"),
        ("Zoe", "zögern"),
        ("Haag", "Hagen"),
        ("neue", "neu"),
        ("Sören", "Sorren"),
        ("Muller", "Mueller"),
        ("Miguel", "Migul"),
    ] {
        assert!(!finds(typed, text), "{typed} in {text}");
    }
}

#[test]
fn what_only_looks_alike_is_not_found() {
    for (typed, text) in [
        ("lena", "Olena"),
        ("24/7", "7/24"),
        ("24/7", "24 Taxi, 7 days"),
        ("24 7", "2400"),
        ("京都", "京の都"),
        ("東京都", "東京と京都"),
        ("\"maria silva\"", "Silva Maria"),
        ("maria silva", "Maria Santos"),
        ("मनव", "मानव"),
        ("100%", "10 00"),
    ] {
        assert!(!finds(typed, text), "{typed} in {text}");
    }
}

#[test]
fn a_customer_is_found_by_name_username_and_number() {
    let maria = customer_tokens("Silva Maria Test", Some("msilva"), Some("491512345678"));
    let taxi = customer_tokens("24/7 Taxi", None, Some("491709999999"));
    let table = [
        ("maria", true, false),
        ("msil", true, false),
        ("0151 2345678", true, false),
        ("maria 0151", true, false),
        ("24/7", false, true),
        ("24 7", false, true),
        ("0170", false, true),
        ("taxi 9999", false, true),
        ("maria 9999", false, false),
    ];
    for (typed, first, second) in table {
        let query = query(typed);
        assert_eq!((is_candidate(&query, &maria), is_candidate(&query, &taxi)), (first, second), "{typed}");
    }
    // A user id is no number.
    assert_eq!(customer_tokens("Ana", None, Some("US.1555")), customer_tokens("Ana", None, None));
}

#[test]
fn what_folds_to_nothing_is_said() {
    for typed in ["🌸", "%", "_", "(", ".", "@", "\u{200e}", "", "  ", "\"\"", "+"] {
        let error = parse(typed, date(2026, 11, 28)).expect_err(typed);
        assert!(matches!(error, QueryError::Nothing(_)), "{typed}: {error:?}");
        assert!(error.to_string().contains("Type a name"), "{error}");
    }
    assert_eq!(query("🌸 Rosa").terms, query("rosa").terms);
}

#[test]
fn operators_become_a_typed_query() {
    let found = query("agent:\"Ana Costa\" status:reply-now refund after:2026-11-01 before:yesterday number:sales");
    assert_eq!(found.terms, query("refund").terms);
    assert_eq!(found.agent, Some(AgentName::Name("Ana Costa".to_owned())));
    assert_eq!((found.status, found.number.as_deref()), (Some(Status::ReplyNow), Some("sales")));
    assert_eq!((found.from, found.to), (Some(date(2026, 11, 1)), Some(date(2026, 11, 27))));
    assert_eq!(query("AGENT:me x").agent, Some(AgentName::Me));
    for (typed, place) in [("in:notes", SearchPlace::Notes), ("refund IN:Messages", SearchPlace::Messages)] {
        assert_eq!(query(typed).place, Some(place), "{typed}");
    }
    assert_eq!(query("in notes").place, None);
    for (typed, status) in
        [("waiting", Status::Unassigned), ("Unassigned", Status::Unassigned), ("closed", Status::Closed)]
    {
        assert_eq!(query(&format!("status:{typed}")).status, Some(status));
    }
    for status in Status::ALL {
        assert_eq!(query(&format!("status:{}", status.as_str())).status, Some(status));
    }
    let on = |typed: &str| {
        let found = query(typed);
        (found.from, found.to)
    };
    assert_eq!(on("on:2026-02"), (Some(date(2026, 2, 1)), Some(date(2026, 3, 1))));
    assert_eq!(on("on:2025"), (Some(date(2025, 1, 1)), Some(date(2026, 1, 1))));
    assert_eq!(on("on:today"), (Some(date(2026, 11, 28)), Some(date(2026, 11, 29))));
    assert_eq!(on("on:٢٠٢٦-١١-٠١"), (Some(date(2026, 11, 1)), Some(date(2026, 11, 2))));
    // Everything else with a colon is text.
    assert!(query("https://example.com").agent.is_none());
    assert!(finds("12:30", "at 12:30"));
}

#[test]
fn an_error_of_the_query_says_what_to_do() {
    for (typed, words) in [
        (
            "status:nonsense",
            "“nonsense” is not a status. Use mine, reply-now, unassigned, customers-turn, snoozed, others, bot or closed.",
        ),
        (
            "before:22.11.2026",
            "“before:22.11.2026” is not a date. Write it like 2026-11-22, or use today or yesterday.",
        ),
        ("after:2026-13-01", "“after:2026-13-01” is not a date."),
        ("after:2026-1-2-3", "is not a date"),
        ("before:-11", "is not a date"),
        ("in:drafts", "“in:drafts” looks nowhere. Use in:notes or in:messages."),
        ("agent:", "Type what to search for after “agent:”, without a space."),
        ("agent: ana", "without a space"),
        ("after:today before:yesterday", "The dates exclude each other"),
    ] {
        let error = parse(typed, date(2026, 11, 28)).expect_err(typed).to_string();
        assert!(error.contains(words), "{typed}: {error}");
    }
}

#[test]
fn words_before_a_text_move_its_marks() {
    let marked = Marked { text: "blue lamp".to_owned(), marks: vec![Mark { start: 0, end: 4 }] };
    let parts = [MarkedPart::Other("Zoë: "), MarkedPart::Hit("blue"), MarkedPart::Other(" lamp")];
    assert_eq!(marked.after("Zoë: ").parts(), parts);
}

#[test]
fn hits_are_marked_in_the_original_text() {
    let table: &[(&str, &str, &[&str])] = &[
        ("strass", "Hauptstr. in der Straße", &["Straß"]),
        ("müll", "Mu\u{308}ller", &["Mu\u{308}ll"]),
        ("mar sil", "Silva, Maria", &["Sil", "Mar"]),
        ("24/7", "the 24/7 taxi", &["24/7"]),
        ("neil", "O'Neil", &["Neil"]),
        ("京都", "東京都", &["京都"]),
        ("a", "a b a", &["a", "a"]),
        ("0151 2345678", "call 0151/2345678!", &["0151/2345678"]),
        ("0151 2345678", "call +49 151 2345678.", &["151 2345678"]),
        ("2345678", "call +49 151 2345678.", &["2345678"]),
        ("maria mar", "Maria", &["Maria"]),
    ];
    for (typed, text, expected) in table {
        assert_eq!(hits(typed, text), *expected, "{typed} in {text}");
    }
}

#[test]
fn terms_may_stand_in_a_customers_name_username_or_number() {
    let is_hit = |typed: &str| is_customer_hit(&query(typed), "Maria Silva", Some("msilva"), Some("491512345678"));
    for typed in ["maria msil", "0151 2345678", "silva 5678", "sil mar"] {
        assert!(is_hit(typed), "{typed}");
    }
    for typed in ["maria x", "maria 9999", "24 7"] {
        assert!(!is_hit(typed), "{typed}");
    }
    assert_eq!(marks(&query("maria 5678"), "Maria"), [Mark { start: 0, end: 5 }]);
    let shown = "+49 151 2345678";
    let marked = |typed: &str| -> Vec<&str> {
        number_marks(&query(typed), shown).iter().map(|mark| &shown[mark.start..mark.end]).collect()
    };
    assert_eq!(marked("0151 2345678"), ["151 2345678"]);
    assert_eq!(marked("5678"), ["5678"]);
    assert_eq!(marked("maria"), [""; 0]);
}

#[test]
fn an_excerpt_is_one_line_around_the_first_hit() {
    let text = format!("{}\n\nThe refund of\tyesterday {}", "word ".repeat(30), "more ".repeat(60));
    let marks = find(&query("refund"), &text).expect("is found");
    let cut = excerpt(&text, &marks);
    assert!(cut.text.starts_with('…') && cut.text.ends_with('…'), "{}", cut.text);
    assert!(cut.text.contains("The refund of yesterday"), "{}", cut.text);
    assert_eq!(
        cut.parts().into_iter().filter(|part| matches!(part, MarkedPart::Hit(_))).collect::<Vec<_>>(),
        [MarkedPart::Hit("refund")]
    );
    assert_eq!(excerpt("refund", &[Mark { start: 0, end: 6 }]).parts(), [MarkedPart::Hit("refund")]);
    // A narrow row shows its hit.
    let text = "Great. Can I have it wrapped as a gift?";
    assert_eq!(excerpt(text, &find(&query("gift"), text).expect("is found")).text, "…wrapped as a gift?");
    assert_eq!(Marked::plain("a").parts(), [MarkedPart::Other("a")]);
}

#[test]
fn a_long_message_has_bounded_tokens() {
    let tokens = text_tokens(&"ﷺ 東京 +49 151 2345678 ".repeat(4_000));
    assert!(tokens.len() < 3_000, "{}", tokens.len());
}

#[test]
fn the_tokens_of_the_longest_message_fit_into_the_index() {
    let numbers: String = (0..5_000_u64).map(|nth| format!("+54{:010}", 1_234_567_891 + nth * 7_919_317)).collect();
    let letter = |nth: u32| char::from_u32(0x430 + (nth.wrapping_mul(2_654_435_761) >> 20) % 32);
    let apostrophes: String = (0..16_000).filter_map(letter).flat_map(|letter| [letter, '\'']).collect();
    for text in [numbers, apostrophes] {
        let tokens = text_tokens(&text);
        let bytes: usize = tokens.iter().map(|token| token.len() + 8).sum();
        assert!(tokens.len() > 1_000 && bytes < 1_048_575, "{} tokens of {bytes} bytes", tokens.len());
    }
}

#[test]
fn a_digit_of_a_number_is_not_a_word() {
    assert!(text_tokens("+49 170 2400007").iter().any(|token| token.starts_with("№2400")));
    assert!(matches!(query("24").terms.as_slice(), [Term::Words(_)]));
    assert!(!is_candidate(&query("24 7"), &customer_tokens("Ana", None, Some("491702400007"))));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(256))]

    #[test]
    fn any_query_on_any_text_marks_whole_characters(typed in "\\PC{0,40}", text in "\\PC{0,120}") {
        if let Ok(query) = parse(&typed, date(2026, 11, 28))
            && let Some(marks) = find(&query, &text)
        {
            for mark in &marks {
                prop_assert!(mark.start < mark.end);
                prop_assert!(text.get(mark.start..mark.end).is_some());
            }
            prop_assert!(marks.windows(2).all(|pair| pair[0].end < pair[1].start));
            prop_assert!(query.terms.is_empty() || is_candidate(&query, &text_tokens(&text)));
            let cut = excerpt(&text, &marks);
            prop_assert!(cut.marks.iter().all(|mark| cut.text.get(mark.start..mark.end).is_some()));
        }
    }

    /// A word of a text finds the text, also by its beginning.
    #[test]
    fn every_word_of_a_text_finds_it(text in "[a-zäöüßéåøæ東京都стуא-ת0-9 '/.,-]{1,60}", nth in 0_usize..8, length in 1_usize..6) {
        let words: Vec<&str> = text.split_whitespace().collect();
        if let Some(word) = words.get(nth % words.len().max(1)) {
            let start: String = word.chars().take(length).collect();
            if let Ok(query) = parse(&start, date(2026, 11, 28)) {
                prop_assert!(find(&query, &text).is_some(), "{start:?} in {text:?}");
            }
        }
    }

    #[test]
    fn every_end_of_a_number_finds_its_customer(digits in "[1-9][0-9]{7,14}", from in 0_usize..10) {
        let end = &digits[from.min(digits.len() - 4)..];
        let query = query(end);
        prop_assert!(is_candidate(&query, &customer_tokens("", None, Some(&digits))));
    }
}

#[test]
fn marks_move_with_the_words_before_them() {
    let marked = Marked { text: "a bc".to_owned(), marks: vec![Mark { start: 2, end: 4 }] };
    assert_eq!(marked.after("Ana: "), Marked { text: "Ana: a bc".to_owned(), marks: vec![Mark { start: 7, end: 9 }] });
}

#[test]
fn a_token_is_what_it_begins_with() {
    use super::tokens::Token;
    for token in [Token::Exact("order".to_owned()), Token::Prefix("order".to_owned())] {
        assert_eq!(token.as_str(), "order");
    }
}
