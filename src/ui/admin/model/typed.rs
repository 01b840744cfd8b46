//! The model's settings as typed text, and the parsing of it.

use crate::{
    domain::{
        model::{ModelField, ModelSettings, Provider},
        time::Span,
    },
    ui::number::parse_whole,
};

/// The form as it is typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TypedModel {
    pub enabled: bool,
    pub provider: Provider,
    pub address: String,
    pub model: String,
    pub instructions: String,
    pub unreadable: String,
    /// Empty for the model's own default.
    pub temperature: String,
    pub max_turns: String,
    pub max_rounds: String,
    pub max_tokens: String,
    /// Seconds.
    pub time_out: String,
    /// Seconds.
    pub silence: String,
    pub daily_budget: String,
}

/// Faults, each with its field.
pub type ModelFaults = Vec<(ModelField, String)>;

impl TypedModel {
    pub fn of(settings: &ModelSettings) -> Self {
        let seconds = |span: Span| (span.millis() / 1_000).to_string();
        Self {
            enabled: settings.enabled,
            provider: settings.provider,
            address: settings.address.clone(),
            model: settings.model.clone(),
            instructions: settings.instructions.clone(),
            unreadable: settings.unreadable.clone(),
            temperature: settings.temperature.map_or_else(String::new, tenths),
            max_turns: settings.max_turns.to_string(),
            max_rounds: settings.max_rounds.to_string(),
            max_tokens: settings.max_tokens.to_string(),
            time_out: seconds(settings.time_out),
            silence: seconds(settings.silence),
            daily_budget: settings.daily_budget.to_string(),
        }
    }

    /// The settings, or all faults of the form.
    pub fn read(&self) -> Result<ModelSettings, ModelFaults> {
        let mut faults = ModelFaults::new();
        let mut number = |field: ModelField, typed: &str| {
            parse_whole(typed).unwrap_or_else(|| {
                faults.push((field, "Enter a whole number.".to_owned()));
                // A valid value, so that the domain adds no second fault for this field.
                field.bounds().map_or(0, |(low, _, _)| low)
            })
        };
        let max_turns = number(ModelField::MaxTurns, &self.max_turns);
        let max_rounds = number(ModelField::MaxRounds, &self.max_rounds);
        let max_tokens = number(ModelField::MaxTokens, &self.max_tokens);
        let time_out = number(ModelField::TimeOut, &self.time_out);
        let silence = number(ModelField::Silence, &self.silence);
        let daily_budget = number(ModelField::DailyBudget, &self.daily_budget);
        let temperature = temperature(&self.temperature).unwrap_or_else(|words| {
            faults.push((ModelField::Temperature, words));
            None
        });
        let settings = ModelSettings {
            enabled: self.enabled,
            provider: self.provider,
            address: self.address.trim().to_owned(),
            model: self.model.trim().to_owned(),
            instructions: self.instructions.clone(),
            temperature,
            max_turns: small(max_turns),
            max_rounds: small(max_rounds),
            max_tokens: small(max_tokens),
            time_out: span(time_out),
            silence: span(silence),
            daily_budget,
            unreadable: self.unreadable.clone(),
        };
        faults.extend(settings.faults());
        if faults.is_empty() { Ok(settings) } else { Err(faults) }
    }
}

pub fn span(seconds: u64) -> Span {
    // At most twelve digits, so that the milliseconds do not overflow.
    Span::seconds(i64::try_from(seconds).unwrap_or(0))
}

fn small(value: u64) -> u32 {
    u32::try_from(value).unwrap_or(u32::MAX)
}

/// Parses `0.7`: a number with at most one digit after the point. Empty is `None`.
fn temperature(typed: &str) -> Result<Option<u8>, String> {
    let typed = typed.trim().replace(',', ".");
    if typed.is_empty() {
        return Ok(None);
    }
    let (ones, tenth) = typed.split_once('.').unwrap_or((&typed, "0"));
    let digit = |part: &str| (part.len() == 1).then(|| part.parse::<u8>().ok()).flatten();
    match (digit(ones), digit(tenth)) {
        (Some(ones), Some(tenth)) => Ok(Some(ones * 10 + tenth)),
        _ => Err("Enter a number between 0 and 2 such as 0.7, or nothing.".to_owned()),
    }
}

fn tenths(value: u8) -> String {
    format!("{}.{}", value / 10, value % 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_survive_the_form() {
        let settings = ModelSettings {
            enabled: true,
            model: "m".into(),
            temperature: Some(7),
            time_out: Span::seconds(45),
            ..ModelSettings::default()
        };
        assert_eq!(TypedModel::of(&settings).read(), Ok(settings));
    }

    #[test]
    fn each_fault_stands_at_its_field() {
        let typed = TypedModel {
            enabled: true,
            max_turns: "many".into(),
            max_rounds: "0".into(),
            temperature: "hot".into(),
            address: "shop.example.com".into(),
            ..TypedModel::of(&ModelSettings::default())
        };
        let mut fields: Vec<_> = typed.read().expect_err("faults").into_iter().map(|(field, _)| field).collect();
        fields.dedup();
        assert_eq!(
            fields,
            [
                ModelField::MaxTurns,
                ModelField::Temperature,
                ModelField::Model,
                ModelField::Address,
                ModelField::MaxRounds
            ]
        );
    }

    #[test]
    fn a_temperature_is_told_in_tenths() {
        for (typed, read) in [("", None), ("0", Some(0)), ("0.7", Some(7)), ("1,5", Some(15)), (" 2 ", Some(20))] {
            assert_eq!(temperature(typed), Ok(read), "{typed}");
        }
        for typed in ["-1", "0.75", "a", "1.", ".5"] {
            assert!(temperature(typed).is_err(), "{typed}");
        }
    }
}
