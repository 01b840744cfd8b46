//! Conditions, escaping and names. General rendering is tested with the closing texts, in `server/settings`.

use proptest::prelude::*;

use super::*;

const VALUES: [(&str, &str); 15] = [
    ("order_number", "0042"),
    ("order_total", "250.00"),
    ("in_arabic", "\u{200f}٢٥٠"),
    ("city", "São Paulo"),
    ("is_vip", "true"),
    ("is_late", "false"),
    ("empty", ""),
    ("quote", "a\"b\\c\nd"),
    ("evil", "1, \"admin\": true"),
    ("dots", ".."),
    ("braces", "{{ secret.KEY }}"),
    ("lines", "a\r\nX-Evil: 1"),
    ("customer.name", "Maria"),
    ("customer.language", "de"),
    ("message", "Where is my ORDER?"),
];

fn scope() -> Scope {
    Scope::new(NamePolicy::Open, VALUES)
}

#[test]
fn conditions_hold_as_an_admin_expects() {
    let table = [
        ("order_total > 100", true),
        ("order_total > 1000", false),
        ("order_total >= 250 and customer.language == \"de\"", true),
        ("order_total == 250", true),
        ("order_total == \"250\"", true),
        ("order_number == \"0042\"", true),
        ("order_number == 42", true),
        ("order_number != 43", true),
        ("100 < order_total", true),
        ("in_arabic > 100 and in_arabic == 250", true),
        ("in_arabic|number + 1 == 251", true),
        ("1 < order_total < 300", true),
        ("order_total|number - 200 > 49", true),
        ("(order_total|number + 1) / 2 > 200", false),
        ("not order_total > 100", false),
        ("city == 'sao paulo'", true),
        ("city == 'Rio'", false),
        ("city != 'Rio' or is_late", true),
        ("is_vip", true),
        ("not is_vip", false),
        ("is_late", false),
        ("not is_late", true),
        ("is_vip == true", true),
        ("is_late == \"true\"", false),
        ("empty", false),
        ("empty == ''", true),
        ("empty is empty", true),
        ("city is not empty", true),
        ("message is contains('order')", true),
        ("message is contains(\"refund\")", false),
        ("message is startswith 'where'", true),
        ("message is endswith('order?')", true),
        ("order_total is number", true),
        ("city is number", false),
        ("nothing is defined", false),
        ("nothing is not defined or nothing > 3", true),
        ("nothing | default('7') > 3", true),
        ("city | length > 5", true),
        ("city|upper == 'SÃO PAULO'", true),
        ("city in ['São Paulo', 'Rio']", true),
        ("'yes' if order_total > 100 else ''", true),
        ("('a' ~ order_number) == 'a0042'", true),
        ("city > 'Rio'", true),
        ("(order_total > 100) == true", true),
    ];
    for (source, expected) in table {
        assert_eq!(holds(source, &scope()), Ok(expected), "{source}");
    }
}

#[test]
fn a_condition_that_cannot_be_evaluated_says_why() {
    let table = [
        ("city > 100", "Compare two numbers"),
        ("nothing > 3", "has no value"),
        ("nothing", "has no value"),
        ("order_total >", "isn't valid"),
        ("", "is empty"),
        ("city | number > 3", "needs a number"),
        ("city is odd", "After `is` you can use"),
        ("[1, 2]", "isn't true or false"),
        ("city * 2 == 4", "multiplies"),
    ];
    for (source, expected) in table {
        let detail = holds(source, &scope()).expect_err(source).detail;
        assert!(detail.contains(expected), "{source:?} said {detail:?}");
    }
}

#[test]
fn values_are_escaped_for_their_target() {
    let table = [
        (
            Form::Url,
            "https://a.example/o/{{ order_number }}?c={{ city }}",
            "https://a.example/o/0042?c=S%C3%A3o%20Paulo",
        ),
        (Form::Url, "https://a.example/{{ '/&?#' }}", "https://a.example/%2F%26%3F%23"),
        (Form::Url, "https://a.example/{{ '\u{202a}١٢٣\u{202c}' }}", "https://a.example/123"),
        (Form::Header, "{{ '\u{200e}٤٢' }}", "42"),
        (Form::Json, "{\"n\": {{ '\u{200e}٤٢' }}, \"s\": \"{{ '٤٢-٧' }}\"}", "{\"n\": 42, \"s\": \"42-7\"}"),
        (Form::Json, "{\"s\": \"{{ 'شقة ٤٢' }}\"}", "{\"s\": \"شقة ٤٢\"}"),
        (Form::Json, "{\"a\": \"{{ quote }}\"}", "{\"a\": \"a\\\"b\\\\c\\nd\"}"),
        (Form::Json, "{\"n\": {{ order_total }}, \"z\": {{ order_number }}}", "{\"n\": 250.00, \"z\": \"0042\"}"),
        (Form::Json, "{\"n\": {{ evil }}}", "{\"n\": \"1, \\\"admin\\\": true\"}"),
        (Form::Json, "{\"a\": {\"v\": {{ is_vip }}}}", "{\"a\": {\"v\": true}}"),
        (Form::Json, "{\"a\\\"{{ quote }}\": 1}", "{\"a\\\"a\\\"b\\\\c\\nd\": 1}"),
        (Form::Json, "", ""),
        (Form::Header, "Bearer {{ secret.KEY }}", "Bearer {{ secret.KEY }}"),
        (Form::Header, "Bearer {{secret.KEY}} {{ city }}", "Bearer {{ secret.KEY }} São Paulo"),
        (Form::Header, "{{ braces }}", "(( secret.KEY ))"),
        (Form::Header, "{{ lines }}", "a  X-Evil: 1"),
        (Form::Clipped, "{{ braces }}", "{{ secret.KEY }}"),
        (Form::Clipped, "{{ order_total | number + 1 }}", "251"),
        (Form::Clipped, "{{ nothing | default('-') }}", "-"),
        (Form::Clipped, "{{ empty }}", ""),
    ];
    for (form, text, expected) in table {
        assert_eq!(render(text, &scope(), form).as_deref(), Ok(expected), "{form:?} {text}");
    }
}

#[test]
fn harmful_texts_are_refused() {
    let table = [
        (Form::Url, "https://a.example/o/{{ dots }}/x", "`..`"),
        (Form::Url, "https://a.example/o/{{ '.' }}{{ '.' }}", "`..`"),
        (Form::Url, "https://a.example/%2e{{ '.' }}/", "`..`"),
        (Form::Json, "{\"a\": {{ city }}", "isn't valid JSON"),
        (Form::Clipped, "{{ secret.KEY }}", "header values"),
        (Form::Url, "https://a.example/{{ secret.KEY }}", "header values"),
        (Form::Header, "{{ secret.KEY | upper }}", "isn't a secret's name"),
        (Form::Header, "{{ 'x' ~ secret.KEY }}", "isn't a secret's name"),
        (Form::Clipped, "{{ nothing }}", "has no value"),
        (Form::Clipped, "{{ customer.age }}", "has no value"),
    ];
    for (form, text, expected) in table {
        let detail = render(text, &scope(), form).expect_err(text).detail;
        assert!(detail.contains(expected), "{form:?} {text:?} said {detail:?}");
    }
}

#[test]
fn a_clipped_text_that_grows_too_long_is_cut() {
    let long = "é".repeat(4_000);
    let scope = Scope::new(NamePolicy::Open, [("long", long.as_str())]);
    let cut = render("{{ long }}{{ long }}{{ long }}", &scope, Form::Clipped).expect("a cut text");
    assert_eq!(cut.chars().count(), TEXT_LIMIT);
    assert!(cut.ends_with('…'));
    assert!(render("{{ long }}{{ long }}", &scope, Form::Text).is_err());
}

#[test]
fn a_text_has_a_bounded_number_of_expressions() {
    let most = "{{ empty }}".repeat(200);
    assert_eq!(render(&most, &scope(), Form::Text).as_deref(), Ok(""));
    let detail = render(&format!("{most}{{{{ city }}}}"), &scope(), Form::Text).expect_err("one more").detail;
    assert_eq!(detail, "A text can have up to 200 variables. Split it.");
}

#[test]
fn secrets_are_inserted_once_and_not_within_secrets() {
    let look_up = |name: &str| match name {
        "A" => Some("{{ secret.B }}".to_owned()),
        "B" => Some("b".to_owned()),
        _ => None,
    };
    assert_eq!(put_in_secrets("x {{ secret.A }} y {{ secret.B }}", look_up), Ok("x {{ secret.B }} y b".to_owned()));
    assert_eq!(put_in_secrets("{{ secret.C }}", look_up), Err("C".to_owned()));
    assert_eq!(put_in_secrets("plain {{ x", look_up), Ok("plain {{ x".to_owned()));
}

#[test]
fn names_tell_which_of_them_need_a_value() {
    let text = "{{ a }} {{ b | default('x') }} {{ 'x' if c is defined else c }} {{ customer.name }}";
    let found: Vec<_> =
        names(text, Form::Text).expect("names").into_iter().map(|name| (name.name, name.guarded)).collect();
    let expected = [("a", false), ("b", true), ("c", true), ("customer.name", false)];
    assert_eq!(found, expected.map(|(name, guarded)| (name.to_owned(), guarded)));
    assert!(names("{{ a if true else b | nonsense }}", Form::Text).is_err());
}

#[test]
fn comparisons_stand_in_brackets_and_beside_sums() {
    let table = [
        ("(order_total > 100) == (order_number > 100)", false),
        ("(order_total > 1000) and is_vip", false),
        ("(order_total > 1000 or is_vip) and (order_number > 1000 or is_late)", false),
        ("((order_total > 100) and is_vip) and not (order_number == 1)", true),
        ("((order_total > 1000) or (order_total < 10)) == is_vip", false),
        ("order_total > 200 + 100", false),
        ("order_total < 200 + 100", true),
    ];
    for (source, expected) in table {
        assert_eq!(holds(source, &scope()), Ok(expected), "{source}");
    }
}

#[test]
fn numbers_are_compared_with_all_their_digits() {
    let scope = Scope::new(NamePolicy::Open, [("long", "9007199254740993"), ("price", "19.75"), ("vip", "true")]);
    for (source, expected) in [
        ("long == 9007199254740992", false),
        ("long > 9007199254740992", true),
        ("price > 19.5", true),
        ("price < 19.5", false),
        ("price == 19.75", true),
        ("vip == 'true'", true),
        ("vip == 'false'", false),
        ("not vip == 'false'", true),
        ("none == ''", true),
        ("none", false),
    ] {
        assert_eq!(holds(source, &scope), Ok(expected), "{source}");
    }
}

#[test]
fn a_text_keeps_its_digits_and_nothing_is_an_empty_text() {
    let scope = Scope::new(NamePolicy::Open, [("version", "2.0")]);
    let filled = |source: &str| render(source, &scope, Form::Clipped);
    assert_eq!(filled("{{ version }}").as_deref(), Ok("2.0"));
    assert_eq!(filled("{{ version|upper }}").as_deref(), Ok("2.0"));
    assert_eq!(filled("{{ 1 + 1.0 }}").as_deref(), Ok("2"));
    assert_eq!((filled("{{ none }}").as_deref(), filled("{{ none|upper }}").as_deref()), (Ok(""), Ok("")));
}

#[test]
fn an_expression_has_its_bounds() {
    let fault = |source: String| holds(&source, &scope()).err().map(|fault| fault.detail).unwrap_or_default();
    let spaced = |length: usize| format!("city{}", " ".repeat(length - 4));
    let long = |length: usize| format!("'{}'", "x".repeat(length - 2));
    assert_eq!((fault(long(4_096)), fault(spaced(4_096))), (String::new(), String::new()));
    for over in [4_097, 5_000] {
        assert!(fault(long(over)).contains("is longer than 4096 bytes"), "{over}");
    }
    let deep = |levels: usize| format!("{}city", "not ".repeat(levels));
    assert_eq!(fault(deep(extent::MAX_DEPTH)), "");
    assert!(fault(deep(extent::MAX_DEPTH + 1)).contains("nested too deeply"));
    let parts = |count: usize| format!("city is contains('x') or [{}] == 1", "1,".repeat(count));
    assert!(!fault(parts(100)).contains("parts") && fault(parts(300)).contains("more than 512 parts"));
    assert!(expression::shown(&"x".repeat(61)).contains('…') && !expression::shown(&"x".repeat(60)).contains('…'));
}

#[test]
fn a_condition_that_is_neither_true_nor_false_is_a_fault() {
    assert!(try_out_condition("[1, 2]").is_err());
    assert!(try_out_condition("city").is_ok());
    for unknown in ["city is nonsense", "city is not nonsense"] {
        assert!(names_of_condition(unknown).is_err(), "{unknown}");
    }
    assert!(names_of_condition("city is not empty").is_ok());
}

#[test]
fn signs_within_a_quoted_text_are_text() {
    let filled = |source: &str| render(source, &scope(), Form::Clipped);
    assert_eq!(filled("{{ 'a * b' }}").as_deref(), Ok("a * b"));
    assert_eq!(filled("{{ \"it's * 2\" }}").as_deref(), Ok("it's * 2"));
    assert_eq!(holds(r"'a\' == \'b' == city", &scope()), Ok(false));
    assert_eq!(holds(r"'a\\' == city", &scope()), Ok(false));
}

#[test]
fn a_name_is_guarded_by_a_test_of_it_alone() {
    let guarded = |source: &str| {
        let found = names_of_condition(source).expect(source);
        found.into_iter().find(|name| name.name == "x").map(|name| name.guarded)
    };
    for source in ["x is defined", "x is not defined", "x > 1 or x is defined", "x | default('1') > 1"] {
        assert_eq!(guarded(source), Some(true), "{source}");
    }
    for source in ["x is empty", "x is not empty", "x > 1", "city is defined and x > 1", "x in ['is', 'defined']"] {
        assert_eq!(guarded(source), Some(false), "{source}");
    }
}

proptest! {
    #[test]
    fn any_expression_is_safe(source in "[a-z0-9.|'\"() ~+<>=!{}\\[\\],:%-]{0,40}", tokens in "(order_total|city|not|and|==|>|is|in|'x'|1|\\(|\\)|if|else|\\||default| ){0,14}") {
        for source in [&source, &tokens] {
            let _ = holds(source, &scope());
            let _ = names_of_condition(source);
            for form in [Form::Text, Form::Clipped, Form::Url, Form::Json, Form::Header] {
                let _ = render(&format!("{{{{{source}}}}}"), &scope(), form);
                let _ = render(source, &scope(), form);
            }
        }
    }

    #[test]
    fn a_json_body_keeps_its_shape_whatever_the_value(value in "\\PC{0,30}") {
        let scope = Scope::new(NamePolicy::Open, [("v", value.as_str())]);
        let body = render("{\"in\": \"<{{ v }}>\", \"out\": {{ v }}}", &scope, Form::Json);
        let body: serde_json::Value = serde_json::from_str(&body.expect("a body")).expect("JSON");
        // A number may be written in the digits of another script. It leaves in ASCII digits.
        let number: String =
            crate::text::ascii_digits(&value).chars().filter(|c| !crate::text::is_invisible(*c)).collect();
        let is_number = number.contains(|c: char| c.is_ascii_digit()) && !number.contains(char::is_alphabetic);
        let sent = body["in"].as_str().expect("a text");
        prop_assert!(
            sent == format!("<{value}>") || is_number && sent == format!("<{number}>"),
            "{sent} of {value}"
        );
        prop_assert_eq!(body.as_object().map(serde_json::Map::len), Some(2));
    }

    #[test]
    fn a_value_never_leaves_its_place_in_an_address(value in "\\PC{0,30}") {
        let scope = Scope::new(NamePolicy::Open, [("v", value.as_str())]);
        if let Ok(url) = render("https://a.example/o/{{ v }}/end?q={{ v }}", &scope, Form::Url) {
            prop_assert_eq!(url.matches('/').count(), 5);
            prop_assert_eq!(url.matches(['?', '&', '#']).count(), 1);
        }
    }
}
