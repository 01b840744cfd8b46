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
