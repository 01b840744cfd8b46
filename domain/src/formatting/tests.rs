use proptest::prelude::*;

use super::*;

/// The tree in short: `*` styles as `[b ..]`, code as `[c ..]`, links as `[href]`.
fn shown(text: &str) -> String {
    fn write(content: &[Inline<'_>], out: &mut String) {
        for piece in content {
            match piece {
                Inline::Text(text) => out.push_str(text),
                Inline::Styled { style, content, .. } => {
                    out.push_str(match style {
                        InlineStyle::Bold => "[b ",
                        InlineStyle::Italic => "[i ",
                        InlineStyle::Struck => "[s ",
                    });
                    write(content, out);
                    out.push(']');
                }
                Inline::Code { text, .. } => out.push_str(&format!("[c {text}]")),
                Inline::Link { href, .. } => out.push_str(&format!("[{href}]")),
                Inline::Override(_) => out.push_str("[!]"),
            }
        }
    }
    let mut out = String::new();
    for block in parse(text) {
        let name = match block.kind {
            BlockKind::Paragraph => "",
            BlockKind::Quote => "quote: ",
            BlockKind::Bullets => "bullets: ",
            BlockKind::Numbers => "numbers: ",
        };
        out.push_str(name);
        for line in block.lines {
            write(&line.content, &mut out);
            out.push_str(line.end);
        }
    }
    out
}

/// The text that a tree was made from.
fn source(text: &str) -> String {
    fn write(content: &[Inline<'_>], out: &mut String) {
        for piece in content {
            match piece {
                Inline::Text(text) | Inline::Link { text, .. } | Inline::Override(text) => out.push_str(text),
                Inline::Styled { mark, content, .. } => {
                    out.push_str(mark);
                    write(content, out);
                    out.push_str(mark);
                }
                Inline::Code { mark, text } => {
                    out.push_str(mark);
                    out.push_str(text);
                    out.push_str(mark);
                }
            }
        }
    }
    let mut out = String::new();
    for line in parse(text).iter().flat_map(|block| &block.lines) {
        out.push_str(line.mark);
        write(&line.content, &mut out);
        out.push_str(line.end);
    }
    out
}

#[test]
fn styles_are_read() {
    let table = [
        ("*bold*", "[b bold]"),
        ("_italic_", "[i italic]"),
        ("~gone~", "[s gone]"),
        ("`code`", "[c code]"),
        ("```mono```", "[c mono]"),
        ("a *b c* d", "a [b b c] d"),
        ("*one* and *two*", "[b one] and [b two]"),
        ("(*b*), \"_i_\"!", "([b b]), \"[i i]\"!"),
        ("*_~all~_*", "[b [i [s all]]]"),
        ("_a *b* c_", "[i a [b b] c]"),
        ("*Total: 5 €*", "[b Total: 5 €]"),
        ("*Olá!*", "[b Olá!]"),
        ("Name:*Ana*", "Name:[b Ana]"),
        ("🎉*Sale*🎉", "🎉[b Sale]🎉"),
        ("这是*粗体*字", "这是[b 粗体]字"),
        ("*שלום* عليكم _سلام_", "[b שלום] عليكم [i سلام]"),
        ("*a\nb*", "*a\nb*"),
        ("run `a *b* c` now", "run [c a *b* c] now"),
        ("*see `x` there*", "[b see [c x] there]"),
        ("```first\n\nsecond```", "[c first\n\nsecond]"),
    ];
    for (text, expected) in table {
        assert_eq!(shown(text), expected, "{text:?}");
    }
}

#[test]
fn marks_that_are_text_stay_text() {
    let texts = [
        "2*3*4 = 24",
        "2 * 3 * 4",
        "snake_case_name and _private",
        "**bold**",
        "__init__",
        "~~gone~~",
        "* * *",
        "***",
        "___",
        "*",
        "",
        "* ",
        "^_^ hello ^_^",
        "-_- so -_-",
        "*_* wow *_*",
        "(*) and (*)",
        ":* and :*",
        ">_< no >_<",
        "*.pdf and *.doc",
        "/_next/_static",
        "~5 and ~6",
        "5~6 and 7~8",
        "Price* with tax*",
        "*not closed",
        "not opened*",
        "- - -",
        "> > >",
        "f(*a) and g(*b)",
        "don`t, can`t",
        "a``b``c",
        "``` ```",
        "```",
        "````x````",
        "``````",
        "(a)*(b)*(c)",
        "¯\\_(ツ)_/¯",
        "user_name@ and other_name@",
    ];
    for text in texts {
        assert_eq!(shown(text), text, "{text:?}");
    }
}

#[test]
fn marks_that_cross_are_not_nested_wrongly() {
    let table = [
        ("*a _b* c_", "[b a _b] c_"),
        ("_a *b_ c*", "[i a *b] c*"),
        ("*a *b*", "*a [b b]"),
        ("*a* b*", "[b a] b*"),
        ("*a _b *c* d_ e*", "*a [i b [b c] d] e*"),
    ];
    for (text, expected) in table {
        assert_eq!(shown(text), expected, "{text:?}");
    }
}

#[test]
fn quotes_and_lists_are_read_by_their_lines() {
    let table = [
        ("> said\n> again\nanswer", "quote: said\nagain\nanswer"),
        ("- one\n* two\nrest", "bullets: one\ntwo\nrest"),
        ("1. one\n2. *two*\r\n10. ten", "numbers: one\n[b two]\r\nten"),
        ("Hello\n- one", "Hello\nbullets: one"),
        ("* spaced *", "bullets: spaced *"),
        (">no", ">no"),
        ("-no", "-no"),
        ("> ", "> "),
        ("- ", "- "),
        ("1.no", "1.no"),
        ("2026. no", "2026. no"),
        ("01. no", "01. no"),
        ("1) no", "1) no"),
        ("a\n\nb\n", "a\n\nb\n"),
        ("\n", "\n"),
        ("- ```a\n- b```\n- c", "bullets: [c a\n- b]\nc"),
    ];
    for (text, expected) in table {
        assert_eq!(shown(text), expected, "{text:?}");
    }
    let numbers = parse("1. one\n3. three");
    let numbers: Vec<_> = numbers[0].lines.iter().map(TextLine::number).collect();
    assert_eq!(numbers, [Some(1), Some(3)]);
}

fn links(text: &str) -> Vec<(&str, String)> {
    fn collect<'a>(content: Vec<Inline<'a>>, found: &mut Vec<(&'a str, String)>) {
        for piece in content {
            match piece {
                Inline::Link { text, href } => found.push((text, href)),
                Inline::Styled { content, .. } => collect(content, found),
                Inline::Text(_) | Inline::Code { .. } | Inline::Override(_) => {}
            }
        }
    }
    let mut found = Vec::new();
    for line in parse(text).into_iter().flat_map(|block| block.lines) {
        collect(line.content, &mut found);
    }
    found
}

#[test]
fn an_address_is_found_and_its_sentence_left_alone() {
    // text, what is linked, where it leads
    let table: [(&str, &[(&str, &str)]); 19] = [
        ("see https://acme.test/a?b=1.", &[("https://acme.test/a?b=1", "https://acme.test/a?b=1")]),
        ("(http://acme.test)", &[("http://acme.test", "http://acme.test")]),
        ("https://en.test/A_(b), ok", &[("https://en.test/A_(b)", "https://en.test/A_(b)")]),
        ("HTTPS://ACME.test", &[("HTTPS://ACME.test", "HTTPS://ACME.test")]),
        ("شاهد https://acme.test/a؟ الآن", &[("https://acme.test/a", "https://acme.test/a")]),
        ("https://a.test/_b_/*c*/d_e", &[("https://a.test/_b_/*c*/d_e", "https://a.test/_b_/*c*/d_e")]),
        ("*https://a.test/x*", &[("https://a.test/x", "https://a.test/x")]),
        ("www.acme.test/a, yes", &[("www.acme.test/a", "https://www.acme.test/a")]),
        ("Www.Käse.de", &[("Www.Käse.de", "https://Www.Käse.de")]),
        ("ana@acme.test, ok", &[("ana@acme.test", "mailto:ana@acme.test")]),
        ("_ana.b+c@sub.acme.test_", &[("ana.b+c@sub.acme.test", "mailto:ana.b+c@sub.acme.test")]),
        ("mailto:ana@acme.test?cc=x", &[("ana@acme.test", "mailto:ana@acme.test")]),
        ("+49 (0)151 2345678!", &[("+49 (0)151 2345678", "tel:+491512345678")]),
        ("+55 11 91234-5678", &[("+55 11 91234-5678", "tel:+5511912345678")]),
        ("0049 151 2345678", &[("0049 151 2345678", "tel:+491512345678")]),
        ("0151 2345678 or 030/1234567", &[("0151 2345678", "tel:01512345678"), ("030/1234567", "tel:0301234567")]),
        ("(11) 98765-4321", &[("(11) 98765-4321", "tel:11987654321")]),
        ("call +12025550123.", &[("+12025550123", "tel:+12025550123")]),
        ("اتصل ٠١٥١ ٢٣٤٥٦٧٨", &[("٠١٥١ ٢٣٤٥٦٧٨", "tel:01512345678")]),
    ];
    for (text, expected) in table {
        let found = links(text);
        let found: Vec<(&str, &str)> = found.iter().map(|(text, href)| (*text, href.as_str())).collect();
        assert_eq!(found, expected, "{text:?}");
    }
}

#[test]
fn what_is_no_address_stays_text() {
    let texts = [
        "javascript:alert(1) data:text/html,x",
        "https:// alone",
        "https://)",
        "xhttps://acme.test",
        "www. acme",
        "www.acme",
        "www..acme.test",
        "a@b and @ana",
        "ana@acme",
        "ana@acme.t",
        "ana@-acme.test",
        "ünal@acme.test",
        "ana@@acme.test",
        "order 4711, 0123456789",
        "2026-11-28 10:30, 01-02-2026 10:30, 05.11.2026",
        "00340434161094021501",
        "2+123456789",
        "+1 000 000",
        "0.123456789",
        "012 345 678 901 234 567 890",
        "DE89 3704 0044 0532 0130 00",
        "`https://acme.test`",
        "(1) 2345678",
    ];
    for text in texts {
        assert_eq!(links(text), [], "{text:?}");
    }
}

#[test]
fn a_direction_mark_ends_a_link() {
    let found = links("https://acme.test/\u{202e}gpj.exe");
    assert_eq!(found, [("https://acme.test/", "https://acme.test/".to_owned())]);
    assert_eq!(shown("a\u{202e}b\u{202c}"), "a[!]b\u{202c}");
    // WhatsApp puts such marks around a number that is copied from a contact.
    assert_eq!(links("\u{202a}+49 151 2345678\u{202c}"), [("+49 151 2345678", "tel:+491512345678".to_owned())]);
}

#[test]
fn only_the_web_may_be_linked() {
    assert!(is_web("https://acme.test/x"));
    for address in ["javascript:alert(1)", "https://", "https://a b", "https://a\u{202e}b", "tel:1", ""] {
        assert!(!is_web(address), "{address:?}");
    }
}

#[test]
fn a_preview_has_no_marks() {
    assert_eq!(without_marks("*Hi* _Ana_, `x` ~y~\n> *q*"), "Hi Ana, x y\n> q");
    assert_eq!(without_marks("2*3*4"), "2*3*4");
}

#[test]
fn only_a_text_with_much_to_hide_is_folded() {
    let lines = |count: usize| vec!["line"; count].join("\n");
    assert!(!is_long(&lines(23)) && is_long(&lines(24)));
    assert!(!is_long(&"x".repeat(23 * 60)) && is_long(&"x".repeat(23 * 60 + 1)));
    assert!(!is_long(""));
}

#[test]
fn backticks_within_a_word_or_around_spaces_are_text() {
    for text in ["it`s `", "`it`s", "a`b`", "` a`", "`a `"] {
        assert_eq!(shown(text), text);
    }
    assert_eq!(shown("`a`"), "[c a]");
    assert_eq!(blocks::lines("a\n"), [("a", "\n")]);
}

#[test]
fn the_bounds_of_an_address_are_kept() {
    let ends = |text: &str| links(text).into_iter().map(|(text, _)| text.to_owned()).collect::<Vec<_>>();
    for whole in [
        "https://[::1]/a",
        "www.my-shop.test",
        &format!("{}@acme.test", "a".repeat(64)),
        &format!("ana@{}com", "a.".repeat(125)),
        "00491512345678901",
    ] {
        assert_eq!(ends(whole), [whole]);
    }
    assert_eq!(ends("https://acme.test/(b))"), ["https://acme.test/(b)"]);
    let after_much = format!("{} ana@acme.test", "word ".repeat(20));
    assert_eq!(ends(&after_much), ["ana@acme.test"]);
    for none in [
        "https://-acme",
        "www.a_b.test",
        &format!("{}@acme.test", "a".repeat(65)),
        "ana@acme.teé",
        "ana.@acme.test",
        "0151   2345678",
        "0151 2345678abc",
        "0151 2345678€",
        "+0151 2345678",
        "000151 2345678",
        "0151 x 2345678",
        "0049151234567890123",
    ] {
        assert_eq!(ends(none), [""; 0], "{none}");
    }
}

/// A work of the size of the longest text, built to be slow. Counted by what a quadratic reading could not do in a test.
#[test]
fn hostile_texts_are_read_in_linear_time() {
    for unit in ["*a ", "_*~", "`", "``` ", "http://)", "www.", "a@", "+1 ", "(0", "0 0", "> ", "- \n", "*_a", ")"] {
        let text = format!("http://{}", unit.repeat(200_000 / unit.len()));
        assert_eq!(source(&text).len(), text.len(), "{unit:?}");
    }
}

proptest! {
    #[test]
    fn nothing_is_lost(text in "([*_~`>. \\-a1é\n(]|https://|www.a.b|@|a@b.cc|\\+49151234567|\\PC|\u{202e}|```){0,60}") {
        prop_assert_eq!(source(&text), text);
    }

    #[test]
    fn a_preview_keeps_all_but_marks(text in "([*_~`>. a1é\n]|\\PC){0,60}") {
        let is_mark = |c: &char| !matches!(c, '*' | '_' | '~' | '`');
        let plain = without_marks(&text);
        let letters = |text: &str| text.chars().filter(is_mark).collect::<String>();
        prop_assert_eq!(letters(&plain), letters(&text));
    }

    #[test]
    fn letters_alone_are_never_formatted(text in "[\\p{L}\\p{N} ,.!?]{0,80}") {
        let styled = parse(&text).into_iter().flat_map(|block| block.lines).flat_map(|line| line.content);
        let is_plain = |piece: &Inline<'_>| matches!(piece, Inline::Text(_) | Inline::Link { .. });
        prop_assert!(styled.into_iter().all(|piece| is_plain(&piece)));
    }

    #[test]
    fn a_link_leads_where_it_says(text in "([a-z0-9.@:/ *\\-+]|https?://|www\\.|javascript:|\u{202e}){0,60}") {
        for (text, href) in links(&text) {
            let has_scheme = ["http://", "https://", "mailto:", "tel:"].iter().any(|scheme| href.starts_with(scheme));
            prop_assert!(has_scheme, "{}", href);
            let hidden = href.contains(['\u{202e}', ' ']);
            prop_assert!(!hidden);
            if !href.starts_with("tel:") {
                prop_assert!(href.ends_with(text));
            }
        }
    }
}
