//! Answers of ordinary models that look like tags, calls, JSON or Markdown in part.

use serde_json::{Value, json};

use super::*;

fn parsed(text: &str) -> Result<ModelText, ModelTextFault> {
    let schema = json!({});
    let offered = ["handoff", "close"].map(|name| OfferedTool { name, schema: &schema });
    read(text, &offered)
}

fn reply(text: &str) -> String {
    let found = parsed(text).unwrap_or_else(|fault| panic!("{fault}: {text}"));
    assert_eq!(found.calls, [], "{text}");
    found.reply
}

#[test]
fn what_is_neither_a_tag_nor_markdown_stays_as_it_is() {
    for text in [
        "I <3 you",
        "Price is 5 < 10 and 10 > 5.",
        "Temperature <20°C or >30°C",
        ">5 kg costs more",
        "- >5 kg: 10 €\n- <5 kg: 5 €",
        "A -> B => C <- D <= F",
        "1. one\n2. two",
        "+ 49 171 123",
        "{name}, your order is ready",
        "{Hello}",
        "{{ name }}, your order is ready",
        "[Name] please fill in",
        "[1]: https://shop.example/a\n[2]: https://shop.example/b",
        "[label]: https://shop.example",
        "See [1] for more.\n\n[2]: https://shop.example/b",
        "https://shop.example/a_b_c/d__e__f?x=1&y=2&lt=3&copy=4",
        "https://shop.example/?q=[x]&y={z}",
        "👍🏽 👨‍👩‍👧 🇩🇪 #️⃣ 1️⃣ *️⃣",
        "مرحبا، السعر 5*4\n1. واحد\n2. اثنان",
        "שלום! הזמנה 123",
        "5* hotel and 4* hotel",
        "R$ 10,00* por kg\n\n*válido até sexta",
        "Tap \"reply\" in your mail program",
        "The \"parameters\" are wrong",
        "<!important note",
    ] {
        assert_eq!(reply(text), text, "{text}");
    }
}

#[test]
fn characters_that_nobody_sees_are_removed_within_json_too() {
    for text in ["\u{0}\u{1}", r#"{"reply": "\u0000\u0001", "needs_person": false}"#] {
        assert_eq!(reply(text), "", "{text}");
    }
    assert_eq!(reply(r#"{"reply": "<thi\u200bnk>secret</think>Hello\u0007"}"#), "Hello");
}

#[test]
fn words_in_angle_brackets_are_kept() {
    for (text, expected) in [
        ("Press <Enter> to continue", "Press Enter to continue"),
        ("Enter <your name> here", "Enter your name here"),
        ("Hello <name>,", "Hello name,"),
        ("<name>: Ana", "name: Ana"),
        ("Choose <Plan A> or <Plan B>", "Choose Plan A or Plan B"),
        ("Tap <Menu>, then <Tools>.", "Tap Menu, then Tools."),
        ("Select <System> then <Title> then save", "Select System then Title then save"),
        ("Tap <<Back>> twice", "Tap Back twice"),
        ("if a<b and c>d then e", "if a < b and c > d then e"),
    ] {
        assert_eq!(reply(text), expected, "{text}");
    }
    // Sections of models, with which the brackets go as before.
    for (text, expected) in [
        ("Hello <thinking> about it", "Hello"),
        ("Our plan: <plan> for you", "Our plan:"),
        ("Hello <unk>", "Hello"),
        ("<answer> Hello", "Hello"),
        ("<output>Hello</output>", "Hello"),
    ] {
        assert_eq!(reply(text), expected, "{text}");
    }
    assert_eq!(parsed("One moment <tool> now"), Err(ModelTextFault::Call));
    assert_eq!(parsed("One moment <handoff> now"), Err(ModelTextFault::Call));
}

#[test]
fn an_old_price_at_the_beginning_does_not_end_the_answer() {
    assert_eq!(reply("<s>12 €</s> 10 €"), "~12 €~ 10 €");
    assert_eq!(reply("<s>12 €</s>, now 10 €"), "~12 €~, now 10 €");
    assert_eq!(reply("<s>Hello</s>User: and"), "Hello");
    assert_eq!(reply("<s>Hello</s>\nMore"), "Hello");
}

#[test]
fn lines_above_a_rule_are_no_heading() {
    assert_eq!(reply("Your order:\n2 shirts\n---\nTotal: 20 €"), "Your order:\n2 shirts\nTotal: 20 €");
    assert_eq!(reply("Title\n---\nText"), "*Title*\nText");
}

#[test]
fn links_by_reference_have_their_address() {
    let text = "See [our shop][1] and [1].\n\n[1]: https://shop.example";
    assert_eq!(reply(text), "See our shop (https://shop.example) and 1 (https://shop.example).");
}

#[test]
fn json_that_the_customer_asked_for_is_shown_within_the_form() {
    let answer = |reply: &str| json!({"reply": reply, "needs_person": false}).to_string();
    for (inner, expected) in [
        ("{\"size\": \"M\"}", "```{\"size\": \"M\"}```"),
        ("[1, 2]", "```[1, 2]```"),
        ("{\n  \"size\": \"M\"\n}", "```{\n  \"size\": \"M\"\n}```"),
        ("{Hello}", "{Hello}"),
        ("Use {\"size\": 1}", "Use {\"size\": 1}"),
    ] {
        assert_eq!(reply(&answer(inner)), expected, "{inner}");
    }
    for inner in ["{\"reply\": \"Hel", "{\"reply\": 7}", "{\"size\": ", "{\"a\": \"<think>no</think>\"}", "{size: "] {
        assert_eq!(parsed(&answer(inner)), Err(ModelTextFault::Json), "{inner}");
    }
}

#[test]
fn a_person_that_one_of_two_answers_needs_is_called() {
    let text = r#"{"reply": "Wait", "needs_person": true}{"reply": "Hi", "needs_person": false}"#;
    assert_eq!(parsed(text).map(|found| found.needs_person), Ok(true));
}

#[test]
fn tags_in_arguments_are_data() {
    let reason = |text: &str| {
        let found = parsed(text).unwrap_or_else(|fault| panic!("{fault}: {text}"));
        let [call] = found.calls.as_slice() else { panic!("{text}") };
        call.arguments["reason"].clone()
    };
    let call = |reason: &str| json!({"name": "handoff", "arguments": {"reason": reason}}).to_string();
    let said = "wants <b>x</b>, <br> and <think>";
    for text in [call(said), format!("<tool_call>{}</tool_call>", call(said))] {
        assert_eq!(reason(&text), Value::from(said), "{text}");
    }
    // Among words HTML was read already; none of its private characters may be stored.
    assert_eq!(reason(&format!("One moment. {}", call("<b>x</b> y"))), Value::from("x y"));
    assert_eq!(reason("handoff(reason=\"a <b>x</b>\")"), Value::from("a x"));
}
