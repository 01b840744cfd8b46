//! Notes that agents write to each other in a conversation. The customer never gets one, and neither the bot nor a model
//! reads it: a note is no message, so nothing that sends or answers takes it.
//!
//! Within the stored text, a mention of a colleague is `<@agt_..>`, so that a renamed one appears with the new name. A
//! field shows `@Name` instead: [`stored`] and [`shown`] turn one into the other.

use serde::{Deserialize, Serialize};

use super::{
    conversation::Refusal,
    ids::{AgentId, NoteId},
    number::too_long,
};

/// The longest stored text, in characters.
pub const NOTE_LIMIT: usize = 5_000;
/// How many colleagues one note can mention.
pub const MENTION_LIMIT: usize = 20;

const OPENING: &str = "<@";
const CLOSING: char = '>';

/// A note as a thread shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Note {
    pub id: NoteId,
    pub author: AgentId,
    pub author_name: String,
    /// The stored text; `None` once it was deleted.
    pub text: Option<String>,
    pub edited: bool,
    /// The names of those whom it mentions. A mention of anybody else is text.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub names: Vec<(AgentId, String)>,
}

impl Note {
    /// Whom the text mentions by this id.
    pub fn name_of(&self, agent: &AgentId) -> Option<&str> {
        name_of(&self.names, agent)
    }
}

/// A piece of a stored text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NotePart<'a> {
    Text(&'a str),
    Mention(AgentId),
}

/// What is stored of `typed`, in which mentions have their stored form.
///
/// # Errors
/// A sentence for its author: there is no text, or it exceeds a limit.
pub fn checked(typed: &str) -> Result<String, String> {
    let text = typed.replace('\0', "").trim().to_owned();
    let length = text.chars().count();
    if length == 0 {
        return Err("Enter the text of the note.".to_owned());
    }
    if length > NOTE_LIMIT {
        return Err(too_long("note", NOTE_LIMIT, length));
    }
    let mentions = mentioned(&text).len();
    if mentions > MENTION_LIMIT {
        return Err(format!(
            "A note can mention up to {MENTION_LIMIT} colleagues; this one mentions {mentions}. Remove some."
        ));
    }
    Ok(text)
}

/// The stored text of a note that `by` edits or deletes.
///
/// # Errors
/// [`Refusal::NoteBy`] if somebody else wrote it, and [`Refusal::NoteDeleted`].
pub fn changeable<'a>(author: &AgentId, text: Option<&'a str>, by: &AgentId) -> Result<&'a str, Refusal> {
    if author != by {
        return Err(Refusal::NoteBy(author.clone()));
    }
    text.ok_or(Refusal::NoteDeleted)
}

/// The pieces of a stored text, in order.
pub fn parts(text: &str) -> Vec<NotePart<'_>> {
    let mut parts = Vec::new();
    let (mut plain, mut rest) = (text, text);
    while let Some(at) = rest.find(OPENING) {
        let (_, here) = rest.split_at(at);
        let Some((agent, after)) = mention_at_start(here) else {
            rest = here.strip_prefix(OPENING).unwrap_or_default();
            continue;
        };
        let (before, _) = plain.split_at(plain.len() - here.len());
        if !before.is_empty() {
            parts.push(NotePart::Text(before));
        }
        parts.push(NotePart::Mention(agent));
        (plain, rest) = (after, after);
    }
    if !plain.is_empty() {
        parts.push(NotePart::Text(plain));
    }
    parts
}

/// The mention that a text begins with, and what comes after it.
fn mention_at_start(text: &str) -> Option<(AgentId, &str)> {
    let (id, after) = text.strip_prefix(OPENING)?.split_once(CLOSING)?;
    let tail = id.strip_prefix("agt_")?;
    let is_id = !tail.is_empty() && tail.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
    is_id.then(|| (AgentId::from(id), after))
}

/// The words of a stored text that search finds: without mentions, whose names may change.
pub fn words(text: &str) -> String {
    let pieces = parts(text).into_iter().map(|part| match part {
        NotePart::Text(text) => text,
        NotePart::Mention(_) => " ",
    });
    pieces.collect()
}

/// Whom a stored text mentions, each once.
pub fn mentioned(text: &str) -> Vec<AgentId> {
    let mut agents = Vec::new();
    for part in parts(text) {
        if let NotePart::Mention(agent) = part
            && !agents.contains(&agent)
        {
            agents.push(agent);
        }
    }
    agents
}

/// The stored form of a text in a field: `@` and the name of one who was `picked` is a mention.
pub fn stored(typed: &str, picked: &[(AgentId, String)]) -> String {
    let mut longest_first: Vec<_> = picked.iter().filter(|(_, name)| !name.is_empty()).collect();
    longest_first.sort_by_key(|(_, name)| std::cmp::Reverse(name.len()));
    let mut text = String::with_capacity(typed.len());
    let mut rest = typed;
    while let Some((before, after)) = rest.split_once('@') {
        text.push_str(before);
        let named = longest_first.iter().find_map(|(agent, name)| {
            let after = after.strip_prefix(name.as_str())?;
            // Not the beginning of a longer word.
            (!after.starts_with(char::is_alphanumeric)).then_some((agent, after))
        });
        rest = match named {
            Some((agent, after)) => {
                text.push_str(&format!("{OPENING}{agent}{CLOSING}"));
                after
            }
            None => {
                text.push('@');
                after
            }
        };
    }
    text + rest
}

/// A stored text as a field shows it. A mention of one without a name stays as it is stored.
pub fn shown(text: &str, names: &[(AgentId, String)]) -> String {
    let pieces = parts(text).into_iter().map(|part| match part {
        NotePart::Text(text) => text.to_owned(),
        NotePart::Mention(agent) => match name_of(names, &agent) {
            Some(name) => format!("@{name}"),
            None => format!("{OPENING}{agent}{CLOSING}"),
        },
    });
    pieces.collect()
}

fn name_of<'a>(names: &'a [(AgentId, String)], agent: &AgentId) -> Option<&'a str> {
    names.iter().find(|(other, _)| other == agent).map(|(_, name)| name.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn agent(id: &str, name: &str) -> (AgentId, String) {
        (id.into(), name.to_owned())
    }

    #[test]
    fn a_text_is_trimmed_and_has_limits_that_its_refusal_says() {
        assert_eq!(checked(" Call her.\0\n"), Ok("Call her.".to_owned()));
        assert_eq!(checked(" \n"), Err("Enter the text of the note.".to_owned()));
        assert_eq!(checked(&"ü".repeat(NOTE_LIMIT)).map(|text| text.chars().count()), Ok(NOTE_LIMIT));
        let refused = checked(&"ü".repeat(NOTE_LIMIT + 1)).expect_err("too long");
        assert!(refused.contains("5,000") && refused.contains("5,001"), "{refused}");
        let mentions = |count: usize| (0..count).map(|n| format!("<@agt_{n}> ")).collect::<String>();
        assert!(checked(&mentions(MENTION_LIMIT)).is_ok());
        let refused = checked(&mentions(MENTION_LIMIT + 1)).expect_err("too many");
        assert!(refused.contains("20") && refused.contains("21"), "{refused}");
    }

    #[test]
    fn only_its_author_changes_a_note_and_none_that_is_deleted() {
        let (ana, ben) = (AgentId::from("agt_ana"), AgentId::from("agt_ben"));
        assert_eq!(changeable(&ana, Some("Hi"), &ana), Ok("Hi"));
        assert_eq!(changeable(&ana, None, &ana), Err(Refusal::NoteDeleted));
        for text in [Some("Hi"), None] {
            assert_eq!(changeable(&ana, text, &ben), Err(Refusal::NoteBy(ana.clone())));
        }
    }

    #[test]
    fn mentions_are_found_and_anything_like_them_is_text() {
        let text = "Hi <@agt_ana>, ask <@agt_ben><@agt_ana>";
        let expected = [
            NotePart::Text("Hi "),
            NotePart::Mention("agt_ana".into()),
            NotePart::Text(", ask "),
            NotePart::Mention("agt_ben".into()),
            NotePart::Mention("agt_ana".into()),
        ];
        assert_eq!(parts(text), expected);
        assert_eq!(mentioned(text), [AgentId::from("agt_ana"), AgentId::from("agt_ben")]);
        for text in ["a < b, @Ben", "<@", "<@>", "<@agt_>", "<@cus_1>", "<@agt_a b>", "<@agt_ana", "é<@é>"] {
            assert_eq!(parts(text), [NotePart::Text(text)], "{text}");
        }
        assert_eq!(parts(""), []);
        let nested = "<@<@agt_ana>";
        assert_eq!(parts(nested), [NotePart::Text("<@"), NotePart::Mention("agt_ana".into())]);
    }

    #[test]
    fn the_words_of_a_text_are_those_that_were_written() {
        assert_eq!(words("Ask <@agt_ana> about it."), "Ask   about it.");
        assert_eq!(words("<@agt_ana>"), " ");
    }

    #[test]
    fn a_picked_name_is_stored_as_its_id_and_shown_as_the_name_of_now() {
        let picked = [agent("agt_an", "An"), agent("agt_ana", "Ana Silva"), agent("agt_ana2", "Ana")];
        let typed = "@Ana Silva and @Ana: @An, not @Anabel, @Ben or a@b";
        let text = stored(typed, &picked);
        assert_eq!(text, "<@agt_ana> and <@agt_ana2>: <@agt_an>, not @Anabel, @Ben or a@b");
        assert_eq!(shown(&text, &picked), typed);
        let renamed = [agent("agt_ana", "Ana Costa")];
        assert_eq!(shown("Ask <@agt_ana> or <@agt_gone>", &renamed), "Ask @Ana Costa or <@agt_gone>");
    }

    #[test]
    fn a_note_names_those_whom_it_mentions() {
        let note = Note {
            id: "not_1".into(),
            author: "agt_ana".into(),
            author_name: "Ana".to_owned(),
            text: Some("<@agt_ben> call her".to_owned()),
            edited: false,
            names: vec![agent("agt_ben", "Ben")],
        };
        assert_eq!(note.name_of(&"agt_ben".into()), Some("Ben"));
        assert_eq!(note.name_of(&"agt_ana".into()), None);
    }
}
