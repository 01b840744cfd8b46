//! What a tenant sets about its language model, with bounds; what it lets the model call is in `model/tool.rs`.
//!
//! Keys and other secrets never stand here: they are kept sealed and named. To add a value: a field with its default,
//! its bounds in [`ModelSettings::fault`].

pub mod tool;

use serde::{Deserialize, Serialize};

pub use tool::{Header, Method, ToolDefinition};

use super::{message::TEXT_LIMIT, time::Span};

/// Whose wire format the model's server speaks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Provider {
    /// OpenAI, and every server that speaks its chat completions.
    #[default]
    OpenAi,
    Anthropic,
}

impl Provider {
    pub const ALL: [Self; 2] = [Self::OpenAi, Self::Anthropic];

    pub fn label(self) -> &'static str {
        match self {
            Self::OpenAi => "OpenAI or compatible",
            Self::Anthropic => "Anthropic",
        }
    }

    /// The provider's own server, version included.
    pub fn address(self) -> &'static str {
        match self {
            Self::OpenAi => "https://api.openai.com/v1",
            Self::Anthropic => "https://api.anthropic.com/v1",
        }
    }
}

/// A tenant's language model. Off until an admin turns it on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ModelSettings {
    pub enabled: bool,
    pub provider: Provider,
    /// Base of the server's API, version included; empty is the provider's own.
    pub address: String,
    pub model: String,
    /// Who the bot is and what it may say. Customers' words are never mixed into it.
    pub instructions: String,
    /// In tenths: 0 always says the likeliest, 20 is wild. `None` leaves it to the model, and some allow nothing else.
    pub temperature: Option<u8>,
    /// Answers to one conversation before a person is asked for.
    pub max_turns: u32,
    /// Questions to the model within one turn: each round of tool calls takes one.
    pub max_rounds: u32,
    /// The longest answer, in tokens, tool calls included.
    pub max_tokens: u32,
    /// A whole turn, tools included.
    pub time_out: Span,
    /// How long the model may be silent before its first word. In the middle of an answer it is never more than
    /// [`STALL`].
    pub silence: Span,
    /// Tokens a day, in the tenant's zone, questions and answers together.
    pub daily_budget: u64,
    /// What is answered to voice notes, pictures and documents, which the model cannot read. Empty: a person is asked
    /// for.
    pub unreadable: String,
}

/// The longest silence in the middle of an answer: with it a fault is answered within ten seconds.
pub const STALL: Span = Span::seconds(8);
/// The longest instructions, in characters.
pub const INSTRUCTIONS_LIMIT: usize = 20_000;

impl Default for ModelSettings {
    fn default() -> Self {
        Self {
            enabled: false,
            provider: Provider::default(),
            address: String::new(),
            model: String::new(),
            instructions: "You are the assistant of our company on WhatsApp. Answer briefly and only what you know. \
                           When you cannot help, or the customer asks for a person, call the handoff tool."
                .to_owned(),
            temperature: None,
            max_turns: 20,
            max_rounds: 5,
            max_tokens: 1_000,
            time_out: Span::seconds(30),
            silence: STALL,
            daily_budget: 1_000_000,
            unreadable: "I can only read text so far. Could you write it to me, please?".to_owned(),
        }
    }
}

impl ModelSettings {
    /// The server's base: the tenant's, or the provider's own.
    pub fn base(&self) -> &str {
        let own = self.address.trim();
        if own.is_empty() { self.provider.address() } else { own }
    }

    /// Why the settings cannot be saved, as a sentence for the admin. A model that is off may lack its name.
    pub fn fault(&self) -> Option<String> {
        if self.enabled && self.model.trim().is_empty() {
            return Some("Name the model, as its server calls it.".to_owned());
        }
        if self.model.chars().count() > 200 || self.model.chars().any(char::is_control) {
            return Some("The model's name has at most 200 characters, on one line.".to_owned());
        }
        if let Some(fault) = address_fault(self.base()) {
            return Some(fault);
        }
        if self.temperature.is_some_and(|tenths| tenths > 20) {
            return Some("The temperature is between 0 and 2.".to_owned());
        }
        let length = self.instructions.chars().count();
        if length > INSTRUCTIONS_LIMIT {
            return Some(format!("Instructions have at most {INSTRUCTIONS_LIMIT} characters; these have {length}."));
        }
        let length = self.unreadable.chars().count();
        if length > TEXT_LIMIT {
            return Some(format!("WhatsApp takes at most {TEXT_LIMIT} characters; this text has {length}."));
        }
        let seconds = |span: Span| span.millis() / 1_000;
        let bounds: [(&str, u64, u64, u64); 6] = [
            ("A conversation has between {} and {} answers of the bot.", self.max_turns.into(), 1, 200),
            ("A turn has between {} and {} questions to the model.", self.max_rounds.into(), 1, 20),
            ("An answer has between {} and {} tokens.", self.max_tokens.into(), 50, 32_000),
            ("A turn takes between {} and {} seconds.", bounded(seconds(self.time_out)), 5, 120),
            ("The model may be silent between {} and {} seconds.", bounded(seconds(self.silence)), 2, 60),
            ("The budget of a day is between {} and {} tokens.", self.daily_budget, 1_000, 1_000_000_000),
        ];
        bounds
            .into_iter()
            .find(|(_, value, low, high)| value < low || value > high)
            .map(|(words, _, low, high)| words.replacen("{}", &low.to_string(), 1).replacen("{}", &high.to_string(), 1))
    }
}

fn bounded(value: i64) -> u64 {
    u64::try_from(value).unwrap_or(0)
}

/// Why a text is no address of a server. Whether the network may be reached is asked when a connection is made: a name
/// can mean another machine tomorrow.
pub fn address_fault(address: &str) -> Option<String> {
    let words = || Some(format!("An address begins with https:// and names a server, not “{}”.", clip(address)));
    let rest = address.strip_prefix("https://").or_else(|| address.strip_prefix("http://"));
    let Some(rest) = rest else { return words() };
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    if host.is_empty() || address.chars().any(|c| c.is_whitespace() || c.is_control() || c == '\\') {
        return words();
    }
    host.contains('@')
        .then(|| "An address holds no user and no password: secrets have a place of their own.".to_owned())
}

fn clip(text: &str) -> String {
    super::text::clip(text, 80)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_defaults_are_within_their_own_bounds() {
        assert_eq!(ModelSettings::default().fault(), None);
        let on = ModelSettings { enabled: true, ..ModelSettings::default() };
        assert_eq!(on.fault().as_deref(), Some("Name the model, as its server calls it."));
    }

    #[test]
    fn settings_of_an_older_version_are_still_read() {
        let old: ModelSettings = serde_json::from_str(r#"{"enabled":true,"model":"m","provider":"anthropic"}"#)
            .expect("missing fields have defaults");
        assert_eq!(old.provider, Provider::Anthropic);
        assert_eq!(old.base(), "https://api.anthropic.com/v1");
        assert_eq!(old.fault(), None);
    }

    #[test]
    fn what_is_out_of_bounds_is_named_in_words() {
        let with = |change: fn(&mut ModelSettings)| {
            let mut settings = ModelSettings::default();
            change(&mut settings);
            settings.fault().expect("a fault")
        };
        assert_eq!(with(|s| s.max_rounds = 0), "A turn has between 1 and 20 questions to the model.");
        assert_eq!(with(|s| s.time_out = Span::seconds(900)), "A turn takes between 5 and 120 seconds.");
        assert_eq!(with(|s| s.time_out = Span(-1)), "A turn takes between 5 and 120 seconds.");
        assert_eq!(with(|s| s.silence = Span::seconds(1)), "The model may be silent between 2 and 60 seconds.");
        assert_eq!(with(|s| s.temperature = Some(21)), "The temperature is between 0 and 2.");
        assert!(with(|s| s.address = "ftp://x".into()).contains("begins with https://"));
        assert!(with(|s| s.address = "https://me:secret@x".into()).contains("no password"));
        assert!(!with(|s| s.address = "https://me:secret@x".into()).contains("me:secret"));
        assert!(with(|s| s.address = "https:///v1".into()).contains("names a server"));
        assert!(with(|s| s.address = "https://a\\@b".into()).contains("names a server"));
    }
}
