//! What a text finds in the palette, and which option Enter chooses.
//!
//! Acts and pages are found here, customers, messages and notes by the server. An act that customers or colleagues notice is
//! never chosen by typing and Enter alone, whatever was typed: it takes an arrow key or a click.

use super::acts::{Impact, PaletteAct};
use crate::{
    contract::search::{FoundItem, SearchHit, SearchPage},
    domain::{
        access::{Action, Role, may},
        ids::{AgentId, ConversationId},
        percent,
        search::Marked,
    },
    ui::{
        admin,
        components::rail_entries::WALL,
        conversations::{
            NEW_CONVERSATION,
            list::{note_by, state_words},
        },
        reports::REPORTS,
    },
};

/// How many customers, how many messages, and how many notes are listed.
const SHOWN: usize = 6;

/// In the order on the screen. What is found later is added below, so that nothing moves under a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PaletteSection {
    Actions,
    Pages,
    Customers,
    Messages,
    Notes,
    Search,
}

impl PaletteSection {
    pub const ALL: [Self; 6] = [Self::Actions, Self::Pages, Self::Customers, Self::Messages, Self::Notes, Self::Search];

    pub fn title(self) -> &'static str {
        match self {
            Self::Actions => "Actions",
            Self::Pages => "Pages",
            Self::Customers => "Customers",
            Self::Messages => "Messages",
            Self::Notes => "Notes",
            Self::Search => "All results",
        }
    }
}

/// What stands before an option.
#[derive(Clone, Debug, PartialEq)]
pub enum PaletteFace {
    Icon(&'static str),
    /// The initials of this name.
    Person(String),
}

/// What choosing an option does.
#[derive(Clone, PartialEq)]
pub enum PaletteTarget {
    Act(PaletteAct),
    /// Goes to this address.
    Page(String),
    /// Opens a conversation, at a message or note if there is one.
    Conversation(ConversationId, Option<FoundItem>),
}

/// A line of the palette.
#[derive(Clone, PartialEq)]
pub struct PaletteOption {
    /// Distinguishes it from the other options. Without spaces, because it is a part of the element's id.
    pub key: String,
    pub section: PaletteSection,
    pub face: PaletteFace,
    pub label: Marked,
    /// Below the label: the customer of an act, the number, the message or the note that is found.
    pub detail: Option<Marked>,
    /// Who has the conversation.
    pub state: Option<String>,
    pub chord: Option<char>,
    pub target: PaletteTarget,
}

impl PaletteOption {
    fn only_opens(&self) -> bool {
        match &self.target {
            PaletteTarget::Act(act) => act.impact == Impact::Opens,
            PaletteTarget::Page(_) | PaletteTarget::Conversation(..) => true,
        }
    }

    fn act(act: PaletteAct) -> Self {
        Self {
            key: format!("act-{}", act.key),
            section: PaletteSection::Actions,
            face: PaletteFace::Icon(act.icon),
            label: Marked::plain(act.label),
            detail: act.about.clone().map(Marked::plain),
            state: None,
            chord: act.chord,
            target: PaletteTarget::Act(act),
        }
    }

    fn page(address: &str, icon: &'static str, name: &str) -> Self {
        Self {
            key: format!("page-{address}"),
            section: PaletteSection::Pages,
            face: PaletteFace::Icon(icon),
            label: Marked::plain(name),
            detail: None,
            state: None,
            chord: None,
            target: PaletteTarget::Page(address.to_owned()),
        }
    }

    fn hit(section: PaletteSection, hit: &SearchHit, viewer: &AgentId) -> Self {
        let detail = match (&hit.message, &hit.note) {
            (Some(message), _) => Some(message.excerpt.clone()),
            (None, Some(note)) => Some(note.excerpt.after(&format!("{}: ", note_by(note, viewer)))),
            (None, None) => None,
        };
        Self {
            key: hit.row.id.to_string(),
            section,
            face: PaletteFace::Person(hit.row.name.clone()),
            label: hit.name.clone(),
            detail: hit.phone.clone().or(detail),
            state: Some(state_words(&hit.row, viewer)),
            chord: None,
            target: PaletteTarget::Conversation(hit.row.id.clone(), hit.item()),
        }
    }

    /// Leads to the search of the list.
    fn all_results(typed: &str) -> Self {
        let address = format!("/conversations?q={}", percent::encoded(typed));
        Self {
            key: "all-results".to_owned(),
            section: PaletteSection::Search,
            label: Marked::plain(format!("Show all results for “{typed}”")),
            ..Self::page(&address, "search", "")
        }
    }
}

/// Everything that options depend on.
pub struct PaletteLookup<'a> {
    /// The trimmed text.
    pub typed: &'a str,
    pub viewer: &'a AgentId,
    pub role: Role,
    pub acts: Vec<PaletteAct>,
    /// The server's answer to this text, each conversation once.
    pub found: Option<&'a SearchPage>,
}

impl PaletteLookup<'_> {
    pub fn options(self) -> Vec<PaletteOption> {
        let typed = self.typed;
        let acts = self.acts.into_iter().filter(|act| is_found(typed, &[act.label, act.also]));
        let mut options: Vec<PaletteOption> = acts.map(PaletteOption::act).collect();
        let admin_pages = admin::PAGES.into_iter().filter(|_| may(self.role, Action::Administer));
        let wall = may(self.role, Action::ViewWall).then_some((WALL, "eye", "Live wall"));
        let pages = [
            ("/conversations", "chat", "Conversations"),
            (NEW_CONVERSATION, "plus", "New conversation"),
            (REPORTS, "chart", "Reports"),
            ("/saved-replies", "saved-reply", "Saved replies"),
        ];
        let pages = pages.into_iter().chain(wall).chain(admin_pages);
        let pages = pages.filter(|(_, _, name)| is_found(typed, &[*name]));
        options.extend(pages.map(|(address, icon, name)| PaletteOption::page(address, icon, name)));
        let Some(found) = self.found else { return options };
        for (section, hits) in [
            (PaletteSection::Customers, &found.customers),
            (PaletteSection::Messages, &found.messages),
            (PaletteSection::Notes, &found.notes),
        ] {
            options.extend(hits.iter().take(SHOWN).map(|hit| PaletteOption::hit(section, hit, self.viewer)));
        }
        let is_long = [&found.customers, &found.messages, &found.notes].into_iter().any(|hits| hits.len() > SHOWN);
        let is_cut = is_long || found.more.is_some() || found.has_more_notes;
        if is_cut {
            options.push(PaletteOption::all_results(typed));
        }
        options
    }
}

/// Whether every word of `typed` begins a word of `texts`.
fn is_found(typed: &str, texts: &[&str]) -> bool {
    let known = words(&texts.join(" "));
    let asked = words(typed);
    // What has no letters and digits finds nothing, but an empty text finds all.
    let is_sign = asked.is_empty() && !typed.is_empty();
    !is_sign && asked.iter().all(|asked| known.iter().any(|word| word.starts_with(asked.as_str())))
}

/// The words of a text in lower case. What they are compared with is English, so that of ASCII is enough.
fn words(text: &str) -> Vec<String> {
    let words = text.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.map(str::to_ascii_lowercase).collect()
}

/// The option that Enter chooses before an arrow key was pressed: the first one, if a text was typed and if it only
/// opens something.
pub fn chosen_by_typing<'a>(typed: &str, options: &'a [PaletteOption]) -> Option<&'a PaletteOption> {
    options.first().filter(|first| !typed.is_empty() && first.only_opens())
}

/// Where an arrow key leads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Arrow {
    Down,
    Up,
}

/// The option that an arrow key leads to from the one with this key. The first one follows the last.
pub fn stepped<'a>(options: &'a [PaletteOption], from: Option<&str>, arrow: Arrow) -> Option<&'a PaletteOption> {
    let last = options.len().checked_sub(1)?;
    let at = from.and_then(|from| options.iter().position(|option| option.key == from));
    let to = match (arrow, at) {
        (Arrow::Down, None) => 0,
        (Arrow::Down, Some(at)) if at == last => 0,
        (Arrow::Down, Some(at)) => at + 1,
        (Arrow::Up, None) => last,
        (Arrow::Up, Some(at)) => at.checked_sub(1).unwrap_or(last),
    };
    options.get(to)
}

#[cfg(test)]
#[path = "options_tests.rs"]
mod tests;
