use serde_json::{Value, json};

use super::*;

fn schemas() -> [(&'static str, Value); 4] {
    let order = json!({"type": "object", "properties": {"order": {"type": "string"}, "count": {"type": "integer"}}});
    let handoff =
        json!({"type": "object", "properties": {"reason": {"type": "string"}, "urgency": {"type": "string"}}});
    [("handoff", handoff), ("close", json!({})), ("set_variable", json!({})), ("order_status", order)]
}

fn parsed(text: &str) -> Result<ModelText, ModelTextFault> {
    let schemas = schemas();
    let offered: Vec<OfferedTool<'_>> = schemas.iter().map(|(name, schema)| OfferedTool { name, schema }).collect();
    read(text, &offered)
}

fn reply(text: &str) -> String {
    let found = parsed(text).unwrap_or_else(|fault| panic!("{fault}: {text}"));
    assert_eq!(found.calls, [], "{text}");
    found.reply
}

#[test]
fn thoughts_never_reach_the_customer() {
    for text in [
        "<think>The customer is angry.</think>Hello",
        "The customer is angry.\n</think>\n\nHello",
        "<think>a<think>b</think>c</think>Hello",
        "<thinking>hm</thinking>\nHello",
        "<THINKING time=\"3\">hm</THINKING>Hello",
        "< think >hm</ think >Hello",
        "<thought>hm</thought>Hello",
        "<thoughts>hm</thinking>Hello",
        "<reasoning>hm</reasoning>Hello",
        "<reflection>hm</reflection>Hello",
        "<scratchpad>hm</scratchpad>Hello",
        "<inner_monologue>hm</inner_monologue>Hello",
        "<seed:think>hm</seed:think>Hello",
        "<|think|>hm<|/think|>Hello",
        "[THINK]hm[/THINK]Hello",
        "hm[/THINK]Hello",
        "◁think▷hm◁/think▷Hello",
        "<|begin_of_thought|>hm<|end_of_thought|>\n<|begin_of_solution|>Hello<|end_of_solution|>",
        "<|START_THINKING|>hm<|END_THINKING|><|START_RESPONSE|>Hello<|END_RESPONSE|>",
        "<think>hm</think><answer>Hello</answer>",
        "<|channel|>analysis<|message|>hm<|end|><|start|>assistant<|channel|>final<|message|>Hello<|return|>",
        "<|channel|>analysis\nhm<|end|><|start|>assistant<|channel|>final<|message|>Hello",
        "<|channel|>analysis<|message|>hm<|channel|>final<|message|>Hello",
        "<|channel>thought\nhm\n<channel|>Hello",
        "analysisWe need to greet.assistantfinalHello",
        "<think>{\"reply\": \"no\"}</think>{\"reply\": \"Hello\", \"needs_person\": false}",
        "I would say {this}. So: {\"reply\": \"Hello\", \"needs_person\": false}",
        "{\"reply\": \"<think>hm</think>Hello\", \"needs_person\": false}",
        "{\"reply\": \"hm</think>Hello\", \"needs_person\": false}",
        "<th\u{200b}ink>hm</think>Hello",
    ] {
        assert_eq!(reply(text), "Hello", "{text}");
    }
    for text in
        ["<think>never closed", "<think>never closed {\"reply\": \"Hello\"}", "[THINK]hm", "<think", "◁think▷hm"]
    {
        assert_eq!(reply(text), "", "{text}");
    }
}

#[test]
fn special_tokens_and_invented_turns_are_removed() {
    for text in [
        "Hello<|im_end|>",
        "<s>Hello</s>",
        "<s>[INST] Hi [/INST] Hello</s>",
        "[INST] Hi [/INST]Hello",
        "[/INST] Hello",
        "[INST] <<SYS>>rules<</SYS>> Hi [/INST] Hello",
        "<|im_start|>assistant\nHello<|im_end|>\n<|im_start|>user\nThanks<|im_end|>",
        "<|start_header_id|>assistant<|end_header_id|>\n\nHello<|eot_id|>",
        "<start_of_turn>model\nHello<end_of_turn>\n<start_of_turn>user\nMore",
        "<|assistant|>\nHello<|user|>\nMore",
        "<｜begin▁of▁sentence｜>Hello<｜end▁of▁sentence｜>",
        "Hello<|endoftext|>Human: more",
        "Hello <|im_e",
        "<|start_of_role|>assistant<|end_of_role|>Hello<|end_of_text|>",
        "<bos>Hello<eos>",
        "<pad>Hello<unk>",
        "Hello[EOS]",
        "Hello<tool_response>{\"status\": \"paid\"}</tool_response>",
        "<!-- internal -->Hello",
        "<handoff-note>paid</handoff-note>Hello",
    ] {
        assert_eq!(reply(text), "Hello", "{text}");
    }
}

fn handoffs() -> Vec<&'static str> {
    vec![
        r#"<tool_call>{"name":"handoff","arguments":{"reason":"angry"}}</tool_call>"#,
        "<tool_call>\n{\"name\": \"handoff\", \"arguments\": \"{\\\"reason\\\": \\\"angry\\\"}\"}\n</tool_call>",
        r#"<tool_call>{"name":"handoff","arguments":{"reason":"angry"}}"#,
        r#"{"name":"handoff","arguments":{"reason":"angry"}}</tool_call>"#,
        r#"<tool_call>[{"name":"handoff","arguments":{"reason":"angry"}}]</tool_call>"#,
        r#"<TOOLCALL>[{"name":"handoff","arguments":{"reason":"angry"}}]</TOOLCALL>"#,
        r#"<tool_call>{'name': 'handoff', 'arguments': {'reason': 'angry',}}</tool_call>"#,
        r#"<function=handoff>{"reason":"angry"}</function>"#,
        "<tool_call>\n<function=handoff>\n<parameter=reason>\nangry\n</parameter>\n</function>\n</tool_call>",
        "<tool_call>handoff\n<arg_key>reason</arg_key>\n<arg_value>angry</arg_value>\n</tool_call>",
        "<tool_call>handoff\n{\"reason\": \"angry\"}</tool_call>",
        r#"<function_call>{"name":"handoff","arguments":{"reason":"angry"}}</function_call>"#,
        "<function_calls>\n<invoke name=\"handoff\">\n<parameter name=\"reason\">angry</parameter>\n</invoke>\n</function_calls>",
        "<x:function_calls><x:invoke name=\"handoff\"><x:parameter name=\"reason\">angry</x:parameter></x:invoke></x:function_calls>",
        "<x:tool_call>\n<invoke name=\"handoff\"><parameter name=\"reason\">angry</parameter></invoke>\n</x:tool_call>",
        "<handoff>\n<reason>angry</reason>\n</handoff>",
        "<handoff>{\"reason\": \"angry\"}</handoff>",
        "<tool_use>{\"name\": \"handoff\", \"input\": {\"reason\": \"angry\"}}</tool_use>",
        "<tool_code>handoff(reason=\"angry\")</tool_code>",
        "```tool_code\nprint(default_api.handoff(reason=\"angry\"))\n```",
        r#"[TOOL_CALLS][{"name":"handoff","arguments":{"reason":"angry"}}]"#,
        r#"[TOOL_CALLS]handoff[ARGS]{"reason":"angry"}"#,
        r#"[TOOL_CALLS]handoff{"reason":"angry"}</s>"#,
        r#"[TOOL_REQUEST]{"name":"handoff","arguments":{"reason":"angry"}}[END_TOOL_REQUEST]"#,
        r#"<|python_tag|>{"name":"handoff","parameters":{"reason":"angry"}}<|eom_id|>"#,
        r#"<|python_tag|>handoff.call(reason="angry")"#,
        r#"<|tool_call|>[{"name":"handoff","arguments":{"reason":"angry"}}]<|/tool_call|>"#,
        r#"<|tool_call_start|>[handoff(reason="angry")]<|tool_call_end|>"#,
        r#"<|tool_call>call:handoff{reason:<|"|>angry<|"|>}<tool_call|>"#,
        "<|tool_calls_section_begin|><|tool_call_begin|>functions.handoff:0<|tool_call_argument_begin|>{\"reason\": \"angry\"}<|tool_call_end|><|tool_calls_section_end|>",
        "<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>function<｜tool▁sep｜>handoff\n```json\n{\"reason\": \"angry\"}\n```<｜tool▁call▁end｜><｜tool▁calls▁end｜>",
        "<|START_ACTION|>[{\"tool_call_id\": \"0\", \"tool_name\": \"handoff\", \"parameters\": {\"reason\": \"angry\"}}]<|END_ACTION|>",
        "<|channel|>commentary to=functions.handoff <|constrain|>json<|message|>{\"reason\":\"angry\"}<|call|>",
        "<|start|>assistant to=functions.handoff<|channel|>commentary json<|message|>{\"reason\":\"angry\"}<|call|>",
        "analysisHe is angry.assistantcommentary to=functions.handoff json{\"reason\":\"angry\"}",
        r#"functools[{"name":"handoff","arguments":{"reason":"angry"}}]"#,
        "```json\n{\"name\": \"handoff\", \"arguments\": {\"reason\": \"angry\"}}\n```",
        "```\n[{\"name\": \"handoff\", \"parameters\": {\"reason\": \"angry\"}}]\n```",
        r#"{"name": "handoff", "arguments": {"reason": "angry"}}"#,
        r#"{"type": "function", "name": "handoff", "parameters": {"reason": "angry"}}"#,
        r#"{"type": "function", "function": {"name": "handoff", "arguments": "{\"reason\": \"angry\"}"}}"#,
        r#"{"tool_calls": [{"id": "c1", "function": {"name": "handoff", "arguments": "{\"reason\": \"angry\"}"}}]}"#,
        r#"{"function_call": {"name": "handoff", "arguments": {"reason": "angry"}}}"#,
        r#"{"tool": "handoff", "args": {"reason": "angry"}}"#,
        r#"{"tool_uses": [{"recipient_name": "functions.handoff", "parameters": {"reason": "angry"}}]}"#,
        r#"{"action": "handoff", "action_input": {"reason": "angry"}}"#,
        r#"{"handoff": {"reason": "angry"}}"#,
        r#"{"name": "handoff", "reason": "angry"}"#,
        r#"{"reply": "<tool_call>{\"name\":\"handoff\",\"arguments\":{\"reason\":\"angry\"}}</tool_call>", "needs_person": false}"#,
        "[handoff(reason=\"angry\")]",
        "handoff(reason='angry')",
        "Thought: he is angry\nAction: handoff\nAction Input: {\"reason\": \"angry\"}",
        "<think>he is angry</think><tool_call>{\"name\":\"handoff\",\"arguments\":{\"reason\":\"angry\"}}</tool_call>",
    ]
}

#[test]
fn a_call_is_read_in_every_known_form() {
    let expected = WrittenCall { name: "handoff".into(), arguments: json!({"reason": "angry"}) };
    for text in handoffs() {
        assert_eq!(
            parsed(text).map(|found| (found.calls, found.reply)),
            Ok((vec![expected.clone()], String::new())),
            "{text}"
        );
    }
}

#[test]
fn words_beside_a_call_are_kept() {
    for text in handoffs().into_iter().filter(|text| text.starts_with(['<', '`'])) {
        let found = parsed(&format!("One moment please.\n\n{text}")).unwrap_or_else(|fault| panic!("{fault}: {text}"));
        assert_eq!(found.calls.len(), 1, "{text}");
        assert!(matches!(found.reply.as_str(), "" | "One moment please."), "{text}: {}", found.reply);
    }
}

#[test]
fn several_calls_are_read_once_each_and_with_the_types_of_their_schema() {
    let text = "<tool_call><function=order_status><parameter=order>17</parameter><parameter=count>2</parameter></function>\
                <function=close></function></tool_call><tool_call>{\"name\": \"close\", \"arguments\": {}}</tool_call>";
    let calls = parsed(text).map(|found| found.calls);
    let expected = [("order_status", json!({"order": "17", "count": 2})), ("close", json!({}))];
    assert_eq!(calls, Ok(expected.map(|(name, arguments)| WrittenCall { name: name.into(), arguments }).to_vec()));
    // A name that was not offered is for the caller to refuse.
    let unknown =
        parsed("<tool_call>{\"name\": \"drop_tables\", \"arguments\": {}}</tool_call>").map(|found| found.calls);
    assert_eq!(unknown, Ok(vec![WrittenCall { name: "drop_tables".into(), arguments: json!({}) }]));
}

#[test]
fn a_call_that_cannot_be_read_is_a_fault_whatever_stands_beside_it() {
    for text in [
        "One moment please. <tool_call>{\"name\": \"handoff\", \"arguments\": {\"reason\":</tool_call>",
        "One moment please. <tool_call>{\"name\": \"handoff\"",
        "One moment please. <tool_call>",
        "One moment please. </tool_call>",
        "One moment please. <function=handoff>{\"reason\"</function>",
        "One moment please. [TOOL_CALLS]handoff",
        "One moment please. <|python_tag|>import handoff",
        "One moment please. <invoke name=\"handoff\"><parameter name=\"reason\">angry",
        "One moment please.\nhandoff(reason=\"angry",
        "One moment please. {\"name\": \"handoff\", \"arguments\": {\"reason\": ",
        "One moment please. <|tool_call>call:handoff{reason",
    ] {
        let found = parsed(text);
        let is_called = matches!(&found, Ok(found) if !found.calls.is_empty());
        assert!(found == Err(ModelTextFault::Call) || is_called, "{text}: {found:?}");
    }
}

#[test]
fn the_json_form_is_unwrapped_wherever_it_stands() {
    for text in [
        r#"{"reply":"Hello","needs_person":false}"#,
        "```json\n{\"reply\": \" Hello \", \"needs_person\": false}\n```",
        "Here it is: {\"reply\": \"Hello\"}",
        "{\"reply\": \"Hello\"} I hope that helps {customer}.",
        "[{\"reply\": \"Hello\"}]",
        "{\"answer\": {\"reply\": \"Hello\", \"needs_person\": false}}",
        "{\"reply\": \"{\\\"reply\\\": \\\"Hello\\\"}\"}",
        "{'reply': 'Hello', 'needs_person': False}",
        "{\"reply\": \"Hello\",}",
        "{\"reply\": \"Hello\"}<|im_end|>",
        "{\"reply\": \"**Hello\", \"needs_person\": false}",
    ] {
        assert_eq!(reply(text).trim_start_matches('*'), "Hello", "{text}");
    }
    assert_eq!(reply("{\"reply\": \"One\nTwo\"}"), "One\nTwo");
    assert_eq!(reply("{\"reply\": \"\\u00fc \\ud83d\\ude00\"}"), "ü 😀");
    assert_eq!(parsed("{\"reply\": \"Wait\", \"needs_person\": true}").map(|found| found.needs_person), Ok(true));
    for text in
        ["{\"reply\": \"Hel", "```json\n{\"reply\"", "{}", "\"reply\": \"x\"", "{\"answer\": \"x\"}", "{\"reply\": 7}"]
    {
        assert_eq!(parsed(text), Err(ModelTextFault::Json), "{text}");
    }
}

#[test]
fn markdown_becomes_whatsapps_marks() {
    let table = [
        ("**bold** and __bold__", "*bold* and *bold*"),
        ("an *italic* and _italic_ word", "an _italic_ and _italic_ word"),
        ("***both***", "*_both_*"),
        ("~~gone~~", "~gone~"),
        ("`code`", "`code`"),
        ("```rust\nlet a = 1;\n```", "```let a = 1;```"),
        ("### Title\nText", "*Title*\nText"),
        ("## **Title**", "*Title*"),
        ("[our shop](https://shop.example/a_b)", "our shop (https://shop.example/a_b)"),
        ("[https://shop.example](https://shop.example/)", "https://shop.example"),
        ("[mail](mailto:a@b.example)", "mail (a@b.example)"),
        ("[top](#top) [x](javascript:alert(1))", "top x"),
        ("<https://shop.example>", "https://shop.example"),
        ("![a photo](https://shop.example/p.png)", "a photo (https://shop.example/p.png)"),
        ("* one\n* two\n  - three\n", "- one\n- two\n  - three"),
        ("1. one\n2. two", "1. one\n2. two"),
        ("Sizes:\n- S\n- M\n\nWhich one?", "Sizes:\n- S\n- M\n\nWhich one?"),
        ("| Size | Price |\n|---|---|\n| S | 10 € |\n| M | 12 € |", "- Size: S, Price: 10 €\n- Size: M, Price: 12 €"),
        ("> quoted\n\nText", "> quoted\n\nText"),
        ("One\n\n---\n\nTwo", "One\n\nTwo"),
        ("- [x] done\n- [ ] open", "- ✓ done\n- open"),
        ("2 * 3 * 4 = 24", "2 * 3 * 4 = 24"),
        ("2*3*4", "2*3*4"),
        ("snake_case and other_snake_case", "snake_case and other_snake_case"),
        ("2 ** 3 ** 4", "2 ** 3 ** 4"),
        ("请使用**“退货”**功能", "请使用*“退货”*功能"),
        ("**bold\nover lines**", "*bold*\n*over lines*"),
        ("One\nTwo", "One\nTwo"),
        ("One\n\n\n\nTwo", "One\n\nTwo"),
        ("1 < 2 and 3 > 2", "1 < 2 and 3 > 2"),
        ("a@b.example", "a@b.example"),
        ("Price: 5 * 2", "Price: 5 * 2"),
        ("Tom &amp; Ana", "Tom & Ana"),
    ];
    for (text, expected) in table {
        assert_eq!(reply(text), expected, "{text}");
    }
}

#[test]
fn html_becomes_whatsapps_marks() {
    let table = [
        ("<p>Hello <b>Ana</b></p>", "Hello *Ana*"),
        ("One<br>Two<br/>Three", "One\nTwo\nThree"),
        ("<ul><li>one</li><li>two</li></ul>", "- one\n- two"),
        ("<a href=\"https://shop.example\">our shop</a>", "our shop (https://shop.example)"),
        ("<h2>Title</h2><p>Text</p>", "*Title*\n\nText"),
        ("<div class=\"a\"><em>soft</em> and <del>gone</del></div>", "_soft_ and ~gone~"),
        ("<script>alert(1)</script>Hello", "Hello"),
        ("&lt;b&gt;Hello&lt;/b&gt;", "Hello"),
        ("Was <s>12</s> 10 €", "Was ~12~ 10 €"),
        ("<img src=\"x\" alt=\"a photo\">", "a photo"),
        ("<unknown-tag>Hello</unknown-tag>", "Hello"),
    ];
    for (text, expected) in table {
        assert_eq!(reply(text).replace('`', ""), expected, "{text}");
    }
}

/// What no message to a customer may contain.
fn is_clean(text: &str) -> bool {
    let tag = regex::Regex::new(
        r"(?i)</?[a-z][a-z0-9_:.-]*(\s[^<>]*)?/?>|<\||\|>|<｜|｜>|[◁▷]|\[/?(INST|THINK|TOOL_CALLS|ARGS)\]|<<SYS>>",
    )
    .expect("a pattern");
    !tag.is_match(text) && !text.chars().any(marks::is_private)
}

fn piece() -> impl proptest::strategy::Strategy<Value = String> {
    use proptest::prelude::*;
    let markers = [
        "<think>",
        "</think>",
        "<thinking>",
        "</thinking>",
        "<reasoning>",
        "[THINK]",
        "[/THINK]",
        "<|im_end|>",
        "<|im_start|>",
        "<|channel|>",
        "<|message|>",
        "<|end|>",
        "<|start|>",
        "<s>",
        "</s>",
        "[INST]",
        "[/INST]",
        "<<SYS>>",
        "<tool_call>",
        "</tool_call>",
        "<function=handoff>",
        "</function>",
        "[TOOL_CALLS]",
        "[ARGS]",
        "<|python_tag|>",
        "<invoke name=\"handoff\">",
        "</invoke>",
        "{\"reply\": \"",
        "\"}",
        "{\"name\": \"handoff\", \"arguments\": {}}",
        "```json\n",
        "```",
        "<b>",
        "</b>",
        "<br/>",
        "**",
        "__",
        "~~",
        "`",
        "\n",
        "- ",
        "| a |",
        "](x)",
        "[",
        "&lt;",
        "&gt;",
        "<",
        ">",
        "|",
        "<|",
        "◁think▷",
        "\u{f0000}",
        "<a href=\"x\">",
        "</a>",
        "analysis",
        "assistantfinal",
        "to=functions.handoff",
        "user",
    ];
    prop_oneof![3 => prop::sample::select(markers.to_vec()).prop_map(str::to_owned), 1 => "\\PC{0,6}"]
}

proptest::proptest! {
    #[test]
    fn no_output_contains_a_tag_or_token(pieces in proptest::collection::vec(piece(), 0..14)) {
        let text = pieces.concat();
        if let Ok(found) = parsed(&text) {
            proptest::prop_assert!(is_clean(&found.reply), "{:?} from {:?}", found.reply, text);
        }
    }

    #[test]
    fn plain_words_stay_as_they_are(text in "[a-zà-ü0-9]{1,8}( [a-zà-ü0-9]{1,8}){0,5}[.?!]?") {
        proptest::prop_assert_eq!(parsed(&text).map(|found| found.reply), Ok(text.clone()));
    }
}
