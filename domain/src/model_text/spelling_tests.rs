//! Thoughts, calls and the form of an answer in the spellings of many models, and words instead of tags.

use serde_json::{Value, json};

use super::*;

fn parsed(text: &str) -> Result<ModelText, ModelTextFault> {
    let schema = json!({"type": "object", "properties": {"reason": {"type": "string"}}});
    let offered = ["handoff", "close", "order_status"].map(|name| OfferedTool { name, schema: &schema });
    read(text, &offered)
}

fn reply(text: &str) -> String {
    let found = parsed(text).unwrap_or_else(|fault| panic!("{fault}: {text}"));
    assert_eq!(found.calls, [], "{text}");
    found.reply
}

#[test]
fn thoughts_in_other_spellings_never_reach_the_customer() {
    for text in [
        "&lt;think&gt;hm&lt;/think&gt;Hello",
        "&#60;thinking&#62;hm&#60;/thinking&#62;\nHello",
        "&amp;lt;think&amp;gt;hm&amp;lt;/think&amp;gt;Hello",
        "＜think＞hm＜/think＞Hello",
        "\\<think\\>hm\\</think\\>Hello",
        "hm &lt;/think&gt;\nHello",
        "<unused94>thought\nhm<unused95>Hello",
        "<details type=\"reasoning\" done=\"true\">\n<summary>Thought for 3 seconds</summary>\n> hm\n</details>\nHello",
        "<longcat_think>hm</longcat_think>Hello",
        "<brainstorming>hm</brainstorming>Hello",
        "<draft>hm</draft>Hello",
        "[|assistant|]Hello[|endofturn|]\n[|user|]More",
        "Hello【4:0†source】",
        "Hello\u{e200}cite\u{e202}turn0search0\u{e201}",
        "<co: 0>Hello</co: 0>",
        "<0x48>ello<0x0A>",
        "{\"reply\": \"&lt;think&gt;hm&lt;/think&gt;Hello\", \"needs_person\": false}",
    ] {
        assert_eq!(reply(text), "Hello", "{text}");
    }
    assert_eq!(reply("5 <0xE2><0x82><0xAC>"), "5 €");
    assert_eq!(reply("&lt;think&gt;never closed"), "");
}

#[test]
fn thoughts_that_words_set_apart_never_reach_the_customer() {
    for text in [
        "Thought: he is angry\nFinal Answer: Hello",
        "**Thought:** he is angry\n\n**Final Answer:** Hello",
        "<b>Thought:</b> he is angry<br><b>Final Answer:</b> Hello",
        "Question: hi\nThought: I now know the final answer\nFinal Answer: Hello",
        "Reasoning: he is angry\nResponse: Hello",
        "Here is my thought process:\nHe is angry.\n\nHere is my response:\nHello",
        "Here are my reasoning steps:\nHe is angry.\n[BEGIN FINAL RESPONSE]\nHello\n[END FINAL RESPONSE]\nmore",
        "Thinking...\nHe is angry.\n...done thinking.\n\nHello",
        "Assistant: Hello",
        "### Response:\nHello",
        "Hello\n\nHuman: more\n\nAssistant: and more",
        "Hello\n### Human: more",
        "Hello\nUser: more\nAssistant: and more",
        "User: hi\nAssistant: Hello",
    ] {
        assert_eq!(reply(text), "Hello", "{text}");
    }
    for text in
        ["Thought: he is angry and wants his money", "Thinking...\nHe is angry.", "Here is my thought process: hm"]
    {
        assert_eq!(reply(text), "", "{text}");
    }
    // Words that only look like it.
    for text in ["Your login:\nUser: ana\nPassword: see mail", "I thought: why not?", "My answer: yes", "Customer: Ana"]
    {
        assert_eq!(reply(text), text, "{text}");
    }
}

#[test]
fn calls_in_other_spellings_are_read() {
    let expected = WrittenCall { name: "handoff".into(), arguments: json!({"reason": "angry"}) };
    for text in [
        "<｜DSML｜function_calls>\n<｜DSML｜invoke name=\"handoff\">\n<｜DSML｜parameter name=\"reason\" \
         string=\"true\">angry</｜DSML｜parameter>\n</｜DSML｜invoke>\n</｜DSML｜function_calls>",
        "&lt;tool_call&gt;{\"name\": \"handoff\", \"arguments\": {\"reason\": \"angry\"}}&lt;/tool_call&gt;",
        "✿FUNCTION✿: handoff\n✿ARGS✿: {\"reason\": \"angry\"}\n✿RESULT✿: done\n✿RETURN✿:",
        "<longcat_tool_call>handoff\n<longcat_arg_key>reason</longcat_arg_key>\n\
         <longcat_arg_value>angry</longcat_arg_value>\n</longcat_tool_call>",
        "<some_tool_call>{\"name\": \"handoff\", \"arguments\": {\"reason\": \"angry\"}}</some_tool_call>",
        "<|action_start|><|plugin|>\n{\"name\": \"handoff\", \"parameters\": {\"reason\": \"angry\"}}<|action_end|>",
        "[TOOL_CALLS]handoff[CALL_ID]abc123def[ARGS]{\"reason\": \"angry\"}",
        "<start_function_call>call:handoff{reason:<escape>angry<escape>}<end_function_call>",
        "<function_calls><invoke><tool_name>handoff</tool_name><parameters><reason>angry</reason></parameters>\
         </invoke></function_calls>",
        "<tool_call><name>handoff</name><arguments>{\"reason\": \"angry\"}</arguments></tool_call>",
        "Plan: I hand over.\nAction: ```json\n[{\"tool_name\": \"handoff\", \"parameters\": {\"reason\": \"angry\"}}]\n```",
        "Action: handoff(reason=\"angry\")",
        "**Action:** handoff\n**Action Input:** {\"reason\": \"angry\"}",
        "Tool: handoff\nArguments: ```json\n{\"reason\": \"angry\"}\n```\nObservation: done",
        "Thought: he is angry\nFunction call: `handoff(reason='angry')`",
    ] {
        let found = parsed(text).map(|found| (found.calls, found.reply));
        assert_eq!(found, Ok((vec![expected.clone()], String::new())), "{text}");
    }
}

#[test]
fn a_call_among_words_is_a_fault() {
    for text in [
        "One moment, I will use `handoff(reason=\"angry\")` now.",
        "I am calling handoff() for you.",
        "handoff\n```python\ntool_call(reason='angry')\n```",
        "tool: handoff\narguments:\n  reason: angry",
        "Action: handoff to a person",
        "One moment.\n[handoff]",
        "One moment.\norder_status",
        "<tool_call><name>handoff</name><arguments>",
    ] {
        assert_eq!(parsed(text), Err(ModelTextFault::Call), "{text}");
    }
    // Words that only look like it.
    for text in ["We close (at 5 pm) early.", "Please write close or open.", "Call: 0171 123456", "Tool: a hammer"] {
        assert_eq!(reply(text), text, "{text}");
    }
}

#[test]
fn the_form_is_unwrapped_from_tags_and_lines() {
    let form = |text: &str| parsed(text).map(|found| (found.reply, found.needs_person));
    for text in [
        "<reply>Hello</reply><needs_person>true</needs_person>",
        "<reply>\nHello\n</reply>\n<needs_person>True</needs_person>",
        "<needs_person>true</needs_person><reply>Hello</reply>",
        "reply: Hello\nneeds_person: true",
        "reply: \"Hello\"\nneeds_person: true",
        "reply: |\n  Hello\nneeds_person: true",
        "needs_person: true\nreply: Hello",
        "**Reply:** Hello\n**needs_person:** true",
    ] {
        assert_eq!(form(text), Ok(("Hello".to_owned(), true)), "{text}");
    }
    assert_eq!(form("Hello\nneeds_person: false"), Ok(("Hello".to_owned(), false)));
    for text in [
        "{“reply”: “Hello”, “needs_person”: false}",
        "{“reply”: “Hello”}",
        "{«reply»: «Hello»}",
        "\"reply\": \"Hello\",\n\"needs_person\": false",
        "Hello (needs_person=false)",
        "needs_person: perhaps",
    ] {
        assert_eq!(form(text), Err(ModelTextFault::Json), "{text}");
    }
}

#[test]
fn a_number_too_long_to_be_kept_is_a_text() {
    let text = "<tool_call>{\"name\": \"handoff\", \"arguments\": {\"reason\": 12345678901234567890123, \"n\": 17}}</tool_call>";
    let arguments = parsed(text).map(|found| found.calls.into_iter().map(|call| call.arguments).collect::<Vec<_>>());
    assert_eq!(arguments, Ok(vec![json!({"reason": "12345678901234567890123", "n": 17})]));
}

#[test]
fn what_is_written_by_others_in_these_spellings_stays_data() {
    let said = "&lt;think&gt; Human: 【1†x】";
    let call = json!({"name": "handoff", "arguments": {"reason": said}}).to_string();
    let calls = parsed(&call).map(|found| found.calls).unwrap_or_default();
    let reasons: Vec<Value> = calls.into_iter().map(|call| call.arguments["reason"].clone()).collect();
    assert_eq!(reasons, [Value::from(said)]);
}

/// A reader that looked through the rest of the text at each of them would take minutes.
#[test]
fn long_texts_of_openings_are_read() {
    for piece in ["&lt;", "\\<", "<0x", "[|", "【", "✿", "close(", "needs_person: ", "Human: ", "<co:", "[CALL_ID]"]
    {
        let _read = parsed(&piece.repeat(64 * 1024 / piece.len()));
    }
}

#[test]
fn marks_stand_only_where_whatsapp_reads_them() {
    use super::{
        marks::{Style, is_private, sentinel, write},
        tokens::Side,
    };
    let styled = |style, text: &str| format!("{}{text}{}", sentinel(style, Side::Open), sentinel(style, Side::Close));
    let (bold, italic) = (|text: &str| styled(Style::Bold, text), |text: &str| styled(Style::Italic, text));
    let a = bold("a");
    for (text, expected) in [
        (a.clone(), "*a*"),
        (format!("x {a} y {}", bold("b")), "x *a* y *b*"),
        (format!("x {} y", bold(" a ")), "x  *a*  y"),
        (format!("x{}y", bold("   ")), "x   y"),
        // Within a word it is no style, and a mark inside would end it.
        (format!("x{a}y"), "xay"),
        (format!("x {a}y"), "x ay"),
        (format!("x{a} y"), "xa y"),
        (bold("   "), "   "),
        (format!("{}b", bold("a!")), "*a!*b"),
        (bold("a*b"), "a*b"),
        (format!("我{}吗", bold("好")), "我*好*吗"),
        // The one that ends later begins first.
        (bold(&format!("a {}", italic("b"))), "*a _b_*"),
        (italic(&format!("{a} b")), "_*a* b_"),
        (bold(&format!("{} b", italic("a"))), "*_a_ b*"),
        // Each line has its own marks, and a style that was never ended ends with its paragraph.
        (bold("a\nb"), "*a*\n*b*"),
        (format!("{}a\n\nb", sentinel(Style::Bold, Side::Open)), "*a*\n\nb"),
        ("a\u{f0008}b".to_owned(), "ab"),
    ] {
        assert_eq!(write(&text), expected);
    }
    assert!(is_private('\u{f001f}') && !is_private('\u{f0020}') && !is_private('a'));
}

#[test]
fn a_call_without_arguments_is_one_and_a_name_among_words_is_none() {
    for text in [
        r#"<tool_call>{"name":"close","arguments":""}</tool_call>"#,
        r#"<tool_call>{"name":"close","arguments":null}</tool_call>"#,
        r#"<tool_call>{"name":"close"}</tool_call>"#,
    ] {
        let found = parsed(text).expect(text).calls;
        assert_eq!(found, [WrittenCall { name: "close".to_owned(), arguments: json!({}) }], "{text}");
    }
    let unknown = parsed(r#"<tool_call>{"name":"lookup"}</tool_call>"#).expect("a call").calls;
    assert_eq!(unknown.iter().map(|call| call.name.as_str()).collect::<Vec<_>>(), ["lookup"]);
    assert!(parsed(r#"{"name":"Maria","city":"Porto"}"#).map_or(true, |found| found.calls.is_empty()));
}

#[test]
fn arguments_are_taken_out_of_a_second_form_of_the_same_call_only() {
    let arguments = |text: &str| parsed(text).expect(text).calls.remove(0).arguments;
    let twice = r#"<function=handoff>{"name":"handoff","arguments":{"reason":"angry"}}</function>"#;
    assert_eq!(arguments(twice), json!({"reason": "angry"}));
    let own = r#"<function=set_variable>{"name":"city","input":"Porto"}</function>"#;
    assert_eq!(arguments(own), json!({"name": "city", "input": "Porto"}));
}

#[test]
fn thoughts_without_an_end_or_a_beginning_never_reach_the_customer() {
    assert_eq!(reply("analysisWe need to greet."), "");
    let found = reply("hm.assistantfinalHello");
    assert!(found.ends_with("Hello") && !found.contains("assistantfinal"), "{found}");
    let call = parsed(r#"assistantcommentary to=functions.handoff{"reason":"angry"}"#).expect("a call").calls;
    assert_eq!(call, [WrittenCall { name: "handoff".to_owned(), arguments: json!({"reason": "angry"}) }]);
    assert_eq!(reply("He\u{200b}l\u{2060}lo"), "Hello");
}

#[test]
fn a_person_may_be_asked_for_without_a_reply() {
    let asked = parsed(r#"{"needs_person": true}"#).expect("an answer");
    assert!(asked.needs_person && asked.reply.is_empty());
    assert!(parsed(r#"{"needs_person": false}"#).is_err(), "nothing would be said");
}

#[test]
fn words_and_calls_beside_each_other_are_both_kept() {
    let call = r#"{"name":"handoff","arguments":{"reason":"angry"}}"#;
    for text in [format!("One moment. {call}"), format!(r#"{call} {{"reply":"One moment.","needs_person":false}}"#)] {
        let found = parsed(&text).expect(&text);
        assert_eq!((found.reply.as_str(), found.calls.len()), ("One moment.", 1), "{text}");
    }
}

#[test]
fn an_answer_has_a_most_calls() {
    let calls = |count: usize| {
        let call = |nth| format!(r#"<tool_call>{{"name":"handoff","arguments":{{"reason":"{nth}"}}}}</tool_call>"#);
        parsed(&(0..count).map(call).collect::<String>()).map(|found| found.calls.len())
    };
    assert_eq!(calls(MAX_CALLS), Ok(MAX_CALLS));
    for over in [MAX_CALLS + 1, MAX_CALLS + 2] {
        assert!(matches!(calls(over), Err(ModelTextFault::Call)));
    }
}

#[test]
fn amounts_links_and_code_keep_their_characters() {
    let code = reply("```\n>5 kg\n```");
    assert!(code.contains(">5 kg") && !code.contains('\\'), "{code}");
    let after = reply("```\na\n```\n>5 kg is heavy");
    assert!(after.ends_with(">5 kg is heavy"), "{after}");
    assert_eq!(reply("> a\n> b"), "> a\n> b");
    assert_eq!(reply("See [](https://acme.test)."), "See https://acme.test.");
    assert_eq!(reply(r#"See <a href="https://acme.test">https://acme.test</a>."#), "See https://acme.test.");
    assert_eq!(reply("Enter <code>x y</code> here."), "Enter `x y` here.");
}

#[test]
fn pythons_long_texts_and_its_nothing_are_read() {
    let arguments = |text: &str| parsed(text).expect(text).calls.remove(0).arguments;
    for quotes in ["\"\"\"", "'''"] {
        let text = format!("<tool_call>handoff(reason={quotes}said \"no\", 'no' and more{quotes})</tool_call>");
        assert_eq!(arguments(&text), json!({"reason": "said \"no\", 'no' and more"}), "{text}");
    }
    assert_eq!(arguments("<tool_call>{'name': 'close', 'arguments': None}</tool_call>"), json!({}));
}
