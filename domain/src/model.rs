//! A tenant's language model settings with their bounds; the tools it may call are in `model/tool.rs`,
//! and the bounds of their schemas in `model/schema.rs`.
//!
//! Keys and other secrets are not part of the settings: they are stored encrypted and referenced by name. To add a
//! setting: a field with its default, and its bounds in [`ModelSettings::fault`].

pub mod schema;
pub mod secret;
pub mod tool;

use serde::{Deserialize, Serialize};

pub use schema::{SchemaExtent, schema_fault};
pub use tool::{Method, ToolDefinition, ToolField, ToolHeader};

use super::{number::grouped, settings::text_fault, time::Span};

/// The wire format of the model's server.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Provider {
    /// OpenAI, and every server that supports its chat completions API.
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

    /// The provider's own server, including the API version.
    pub fn address(self) -> &'static str {
        match self {
            Self::OpenAi => "https://api.openai.com/v1",
            Self::Anthropic => "https://api.anthropic.com/v1",
        }
    }
}

/// A tenant's language model settings. Off until an admin turns it on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct ModelSettings {
    pub enabled: bool,
    pub provider: Provider,
    /// Base address of the API, including the version; empty uses the provider's own.
    pub address: String,
    pub model: String,
    /// The role of the bot and what it may say. Customers' messages are never mixed into it.
    pub instructions: String,
    /// In tenths: 0 always chooses the most likely token, 20 is the most random. `None` omits it, because some models
    /// accept no other value than their default.
    pub temperature: Option<u8>,
    /// Answers per conversation before an agent is requested.
    pub max_turns: u32,
    /// Requests to the model within one turn: each round of tool calls takes one.
    pub max_rounds: u32,
    /// The longest answer in tokens, including tool calls.
    pub max_tokens: u32,
    /// Timeout of a whole turn, including tools.
    pub time_out: Span,
    /// Timeout for the first token of an answer. Between tokens the limit is at most [`STALL`].
    pub silence: Span,
    /// Tokens per day in the tenant's zone, input and output together.
    pub daily_budget: u64,
    /// The answer to voice notes, pictures and documents, which the model cannot read. If empty, an agent is requested.
    pub unreadable: String,
}

/// The longest pause within an answer, so that a fault is answered within ten seconds.
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
            instructions: "You are our company's assistant on WhatsApp. Keep replies short and only say what you \
                           know. If you can't help, or the customer asks for a person, call the handoff tool."
                .to_owned(),
            temperature: None,
            max_turns: 20,
            max_rounds: 5,
            max_tokens: 1_000,
            time_out: Span::seconds(30),
            silence: STALL,
            daily_budget: 1_000_000,
            unreadable: "I can only read text messages. Could you type that for me?".to_owned(),
        }
    }
}

impl ModelSettings {
    /// The base address: the tenant's, or the provider's own.
    pub fn base(&self) -> &str {
        let own = self.address.trim();
        if own.is_empty() { self.provider.address() } else { own }
    }

    /// Why the settings cannot be saved, as a sentence for the admin.
    pub fn fault(&self) -> Option<String> {
        self.faults().into_iter().next().map(|(_, words)| words)
    }

    /// Every fault that blocks saving, each with its field. A model that is off may lack its name.
    pub fn faults(&self) -> Vec<(ModelField, String)> {
        let mut faults = Vec::new();
        let mut say = |field: ModelField, words: String| faults.push((field, words));
        if self.enabled && self.model.trim().is_empty() {
            say(ModelField::Model, "Enter the model's name at your provider.".to_owned());
        }
        if self.model.chars().count() > 200 || self.model.chars().any(char::is_control) {
            say(ModelField::Model, "Keep the model's name to 200 characters, on one line.".to_owned());
        }
        if let Some(fault) = address_fault(self.base()) {
            say(ModelField::Address, fault);
        }
        if self.temperature.is_some_and(|tenths| tenths > 20) {
            say(ModelField::Temperature, "Enter a temperature between 0 and 2.".to_owned());
        }
        let length = self.instructions.chars().count();
        if length > INSTRUCTIONS_LIMIT {
            let words = format!(
                "Instructions can have up to {} characters; these have {}. Shorten them.",
                grouped(INSTRUCTIONS_LIMIT),
                grouped(length)
            );
            say(ModelField::Instructions, words);
        }
        if let Some(fault) = text_fault(&self.unreadable) {
            say(ModelField::Unreadable, fault);
        }
        for (field, value) in [
            (ModelField::MaxTurns, self.max_turns.into()),
            (ModelField::MaxRounds, self.max_rounds.into()),
            (ModelField::MaxTokens, self.max_tokens.into()),
            (ModelField::TimeOut, seconds(self.time_out)),
            (ModelField::Silence, seconds(self.silence)),
            (ModelField::DailyBudget, self.daily_budget),
        ] {
            if let Some(fault) = field.out_of_bounds(value) {
                say(field, fault);
            }
        }
        faults
    }

    /// Whether both settings use the same server, so that the stored key may be kept.
    pub fn same_server(&self, other: &Self) -> bool {
        server(self.base()) == server(other.base())
    }
}

/// A field of [`ModelSettings`], used to show a fault at its field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ModelField {
    Model,
    Address,
    Temperature,
    Instructions,
    Unreadable,
    MaxTurns,
    MaxRounds,
    MaxTokens,
    TimeOut,
    Silence,
    DailyBudget,
}

impl ModelField {
    /// The minimum and maximum of a number, with the sentence that states them. `None` for fields that are not numbers.
    pub fn bounds(self) -> Option<(u64, u64, &'static str)> {
        match self {
            Self::MaxTurns => Some((1, 200, "Enter between {} and {} bot replies per conversation.")),
            Self::MaxRounds => Some((1, 20, "Enter between {} and {} model calls per reply.")),
            Self::MaxTokens => Some((50, 32_000, "Enter between {} and {} tokens per reply.")),
            Self::TimeOut => Some((5, 120, "Enter between {} and {} seconds per reply.")),
            Self::Silence => Some((2, 60, "Enter a time to first token between {} and {} seconds.")),
            Self::DailyBudget => Some((1_000, 1_000_000_000, "Enter a daily budget between {} and {} tokens.")),
            Self::Model | Self::Address | Self::Temperature | Self::Instructions | Self::Unreadable => None,
        }
    }

    /// The sentence if `value` is outside of the field's bounds.
    pub fn out_of_bounds(self, value: u64) -> Option<String> {
        let (low, high, words) = self.bounds()?;
        let wrong = !(low..=high).contains(&value);
        wrong.then(|| words.replacen("{}", &low.to_string(), 1).replacen("{}", &high.to_string(), 1))
    }
}

fn seconds(span: Span) -> u64 {
    u64::try_from(span.millis() / 1_000).unwrap_or(0)
}

/// Scheme, host and port, lowercased.
fn server(address: &str) -> String {
    let (scheme, rest) = address.trim().split_once("://").unwrap_or(("", address));
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    format!("{scheme}://{host}").to_ascii_lowercase()
}

/// Why a text is not a server address. Whether the address may be reached is checked on every connection, because a
/// name can resolve to another machine later.
pub fn address_fault(address: &str) -> Option<String> {
    let words =
        || Some(format!("Enter an address that starts with https:// and names a server, not “{}”.", clip(address)));
    let rest = address.strip_prefix("https://").or_else(|| address.strip_prefix("http://"));
    let Some(rest) = rest else { return words() };
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    if host.is_empty() || address.chars().any(|c| c.is_whitespace() || c.is_control() || c == '\\') {
        return words();
    }
    host.contains('@')
        .then(|| "Remove the user name and password from the address. Store them as a secret instead.".to_owned())
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
        assert_eq!(on.fault().as_deref(), Some("Enter the model's name at your provider."));
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
    fn a_key_belongs_to_one_server() {
        let at = |address: &str| ModelSettings { address: address.into(), ..ModelSettings::default() };
        assert!(at("").same_server(&at("https://API.openai.com/v2")));
        for other in ["http://api.openai.com/v1", "https://api.openai.com:444/v1", "https://evil.example/v1"] {
            assert!(!at("").same_server(&at(other)), "{other}");
        }
    }

    #[test]
    fn values_out_of_bounds_are_faults() {
        let with = |change: fn(&mut ModelSettings)| {
            let mut settings = ModelSettings::default();
            change(&mut settings);
            settings.fault().expect("a fault")
        };
        assert_eq!(with(|s| s.max_rounds = 0), "Enter between 1 and 20 model calls per reply.");
        assert_eq!(with(|s| s.time_out = Span::seconds(900)), "Enter between 5 and 120 seconds per reply.");
        assert_eq!(with(|s| s.time_out = Span(-1)), "Enter between 5 and 120 seconds per reply.");
        assert_eq!(with(|s| s.silence = Span::seconds(1)), "Enter a time to first token between 2 and 60 seconds.");
        assert_eq!(with(|s| s.temperature = Some(21)), "Enter a temperature between 0 and 2.");
        let fault = with(|s| s.address = "ftp://x".into());
        assert!(fault.contains("starts with https://") && fault.contains("“ftp://x”"), "{fault}");
        assert!(with(|s| s.address = "https://me:secret@x".into()).contains("Remove the user name and password"));
        assert!(!with(|s| s.address = "https://me:secret@x".into()).contains("me:secret"));
        assert!(with(|s| s.address = "https:///v1".into()).contains("names a server"));
        assert!(with(|s| s.address = "https://a\\@b".into()).contains("names a server"));
    }

    #[test]
    fn every_provider_has_its_label_and_its_server() {
        let told: Vec<_> = Provider::ALL.into_iter().map(|provider| (provider.label(), provider.address())).collect();
        let expected =
            [("OpenAI or compatible", "https://api.openai.com/v1"), ("Anthropic", "https://api.anthropic.com/v1")];
        assert_eq!(told, expected);
    }

    #[test]
    fn settings_are_accepted_up_to_their_limits() {
        let fields = |change: &dyn Fn(&mut ModelSettings)| {
            let mut settings = ModelSettings::default();
            change(&mut settings);
            settings.faults().into_iter().map(|(field, _)| field).collect::<Vec<_>>()
        };
        // at the limit, then beyond it
        assert_eq!(fields(&|s| s.model = "ü".repeat(200)), []);
        assert_eq!(fields(&|s| s.model = "ü".repeat(201)), [ModelField::Model]);
        assert_eq!(fields(&|s| s.model = "two\nlines".into()), [ModelField::Model]);
        assert_eq!(fields(&|s| (s.enabled, s.model) = (true, " ".into())), [ModelField::Model]);
        assert_eq!(fields(&|s| (s.enabled, s.model) = (true, "m".into())), []);
        assert_eq!(fields(&|s| s.temperature = Some(20)), []);
        assert_eq!(fields(&|s| s.temperature = Some(21)), [ModelField::Temperature]);
        assert_eq!(fields(&|s| s.instructions = "ü".repeat(INSTRUCTIONS_LIMIT)), []);
        assert_eq!(fields(&|s| s.instructions = "ü".repeat(INSTRUCTIONS_LIMIT + 1)), [ModelField::Instructions]);
        assert_eq!(fields(&|s| s.unreadable = "ü".repeat(4_096)), []);
        assert_eq!(fields(&|s| s.unreadable = "ü".repeat(4_097)), [ModelField::Unreadable]);
    }

    #[test]
    fn numbers_include_their_bounds() {
        let numbers = [
            (ModelField::MaxTurns, 1, 200),
            (ModelField::MaxRounds, 1, 20),
            (ModelField::MaxTokens, 50, 32_000),
            (ModelField::TimeOut, 5, 120),
            (ModelField::Silence, 2, 60),
            (ModelField::DailyBudget, 1_000, 1_000_000_000),
        ];
        for (field, low, high) in numbers {
            assert_eq!((field.out_of_bounds(low), field.out_of_bounds(high)), (None, None), "{field:?}");
            for wrong in [low - 1, high + 1] {
                let fault = field.out_of_bounds(wrong).expect("out of bounds");
                assert!(fault.contains(&format!("between {low} and {high} ")), "{fault}");
            }
        }
        for text in [ModelField::Model, ModelField::Address, ModelField::Temperature, ModelField::Instructions] {
            assert_eq!(text.out_of_bounds(0), None, "{text:?} is no such number");
        }
    }

    #[test]
    fn an_address_names_a_server_without_user_or_blanks() {
        for good in ["https://a.example", "http://localhost:8080/v1", "https://a.example/v1?x=1@2"] {
            assert_eq!(address_fault(good), None, "{good}");
        }
        for bad in ["", "a.example", "https://", "https://?x", "https://#x", "https://a example", "https://a\u{7}b"] {
            assert!(address_fault(bad).is_some_and(|fault| fault.contains("names a server")), "{bad}");
        }
        assert!(address_fault("https://me@a.example").is_some_and(|fault| fault.contains("user name")));
    }

    #[test]
    fn an_own_address_takes_precedence_over_the_providers() {
        let at = |address: &str| ModelSettings { address: address.into(), ..ModelSettings::default() };
        assert_eq!(at("  ").base(), "https://api.openai.com/v1");
        assert_eq!(at(" https://own.example/v1 ").base(), "https://own.example/v1");
        assert!(at("https://own.example/v1").same_server(&at("https://OWN.example?x=1")));
        assert!(at("https://own.example#a").same_server(&at("https://own.example/b")));
    }
}
