//! What the names of tags and special tokens mean.

use super::{
    html::attribute,
    tokens::{Form, Side, Tag},
};

/// Whether a section of this name holds thoughts.
pub(super) fn is_thought(name: &str) -> bool {
    let name = name.rsplit(':').next().unwrap_or(name);
    const PARTS: [&str; 13] = [
        "think",
        "ponder",
        "contemplat",
        "brainstorm",
        "introspect",
        "thought",
        "reasoning",
        "scratchpad",
        "scratch_pad",
        "reflection",
        "monologue",
        "deliberat",
        "rationale",
    ];
    PARTS.iter().any(|part| name.contains(part))
        || matches!(
            name,
            "analysis"
                | "cot"
                | "internal"
                | "planning"
                | "plan"
                | "reflect"
                | "inner_voice"
                | "critique"
                | "draft"
                | "self_check"
                | "considerations"
        )
}

/// Whether the section of a tag holds thoughts: `<details type="reasoning">` too.
pub(super) fn holds_thought(tag: &Tag<'_>) -> bool {
    is_thought(&tag.name)
        || tag.form == Form::Angle && attribute(tag.rest, "type").is_some_and(|of| is_thought(&of.to_ascii_lowercase()))
}

/// Whether a section of this name holds a call.
pub(super) fn is_call(name: &str) -> bool {
    let name = name.rsplit(':').next().unwrap_or(name);
    const ENDS: [&str; 6] =
        ["_tool_call", "_tool_calls", "_function_call", "_function_calls", "_tool_use", "_invocation"];
    ENDS.iter().any(|end| name.ends_with(end))
        || matches!(
            name,
            "tool_call"
                | "tool_calls"
                | "tool_calls_section"
                | "tool_call_section"
                | "toolcall"
                | "toolcalls"
                | "function"
                | "function_call"
                | "function_calls"
                | "functioncall"
                | "functions"
                | "functool"
                | "invoke"
                | "tool"
                | "tools"
                | "tool_use"
                | "tool_code"
                | "tool_request"
                | "call_tool"
                | "use_tool"
                | "run_tool"
                | "execute_tool"
                | "api_call"
                | "python_tag"
                | "action"
        )
}

/// Whether a section of this name holds what others said: results of tools, prompts.
pub(super) fn is_foreign(name: &str) -> bool {
    matches!(
        name,
        "tool_response"
            | "tool_responses"
            | "tool_result"
            | "tool_results"
            | "tool_output"
            | "tool_outputs"
            | "function_response"
            | "function_result"
            | "function_results"
            | "function_output"
            | "observation"
            | "available_tools"
            | "tool_list"
            | "system_prompt"
            | "system"
            | "inst"
            | "sys"
            | "handoff_note"
            | "script"
            | "style"
            | "head"
            | "title"
            | "svg"
    )
}

/// Whether HTML has a tag of this name that a tool could be called by as well. The tag is not read as a call then.
pub(super) fn is_html(name: &str) -> bool {
    matches!(
        name,
        "address" | "time" | "title" | "summary" | "details" | "link" | "code" | "table" | "form" | "button" | "image"
    )
}

/// Whether HTML has an element of this name.
pub(super) fn is_element(name: &str) -> bool {
    const NAMES: &str = "a abbr address article aside audio b big blockquote body br button caption center cite \
                         code col colgroup dd del details dfn div dl dt em embed fieldset figcaption figure font \
                         footer form h1 h2 h3 h4 h5 h6 head header hr html i iframe img input ins kbd label legend \
                         li link main mark menu meta nav object ol optgroup option p param picture pre q s samp \
                         script section select small source span strike strong style sub summary sup svg table \
                         tbody td textarea tfoot th thead time title tr tt u ul var video wbr";
    NAMES.split(' ').any(|element| element == name)
}

/// Whether a tag of this name is a token of a model, or wraps its answer.
pub(super) fn is_token(name: &str) -> bool {
    matches!(
        name,
        "unk"
            | "pad"
            | "bos"
            | "eos"
            | "sep"
            | "cls"
            | "mask"
            | "im"
            | "turn"
            | "endoftext"
            | "text"
            | "sentence"
            | "answer"
            | "final_answer"
            | "response"
            | "final"
            | "output"
            | "reply"
            | "message"
            | "result"
            | "solution"
            | "assistant"
            | "user"
            | "model"
            | "bot"
            | "human"
            | "start"
            | "end"
            | "return"
    )
}

/// Whether the model's own words end at this token.
pub(super) fn ends_turn(tag: &Tag<'_>) -> bool {
    match tag.side {
        Side::Open => match tag.form {
            Form::Special => {
                matches!(tag.name.as_str(), "eot_id" | "eom_id" | "endoftext" | "endofturn" | "return" | "eos" | "end")
            }
            Form::Angle | Form::Comment => matches!(tag.name.as_str(), "eos" | "endoftext"),
        },
        Side::Close => match tag.form {
            Form::Special => matches!(tag.name.as_str(), "s" | "im" | "turn" | "text" | "sentence" | "message"),
            Form::Angle | Form::Comment => matches!(tag.name.as_str(), "s" | "turn"),
        },
    }
}

pub(super) fn begins_turn(tag: &Tag<'_>) -> bool {
    tag.form == Form::Special
        && tag.side == Side::Open
        && matches!(tag.name.as_str(), "im" | "header_id" | "role" | "start")
        || tag.name == "turn" && tag.side == Side::Open
}

/// Tokens such as `<|user|>`, which begin the words of a role.
pub(super) fn role_token(tag: &Tag<'_>) -> Option<bool> {
    match (tag.form, tag.name.as_str()) {
        (Form::Special, "assistant" | "model" | "bot") => Some(true),
        (Form::Special, "user" | "human" | "tool") => Some(false),
        (Form::Special | Form::Angle | Form::Comment, _) => None,
    }
}

/// Whose words are being read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Hears {
    Model,
    /// The model has ended its turn. Calls still count, words do not.
    Ended,
    /// Words that the model invented for somebody else.
    Other,
}

pub(super) fn is_self_closing(tag: &Tag<'_>) -> bool {
    tag.form == Form::Angle && tag.raw.ends_with("/>")
}

pub(super) fn hears(header: &str) -> Hears {
    match header.split_whitespace().next().unwrap_or("") {
        "user" | "human" | "system" | "developer" | "tool" | "ipython" | "environment" | "customer" => Hears::Other,
        _ => Hears::Model,
    }
}

/// The name after `to=`, which makes a message a call.
pub(super) fn recipient(header: &str) -> Option<String> {
    let (_, name) = header.split_once("to=")?;
    let name: String = name.chars().take_while(|c| !c.is_whitespace() && *c != '<').collect();
    let name = name.trim_start_matches("functions.");
    (!name.is_empty() && !matches!(name, "user" | "all" | "final")).then(|| name.to_owned())
}
