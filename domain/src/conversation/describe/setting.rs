//! Sentences about settings, for the audit log.

use crate::event::{Change, Setting};

pub(super) fn configured(what: Setting, change: Change) -> String {
    let verb = match (what, change) {
        (Setting::LiveFlow, Change::Added) => return "Published a flow".to_owned(),
        (Setting::LiveFlow, Change::Changed) => return "Published another version of a flow".to_owned(),
        (Setting::LiveFlow, Change::Removed) => return "Took a flow offline".to_owned(),
        (Setting::SecondFactor, Change::Added) => return "Required a second factor of everyone".to_owned(),
        (Setting::SecondFactor, Change::Removed) => return "Made the second factor optional".to_owned(),
        (Setting::LeftOutHandoff, Change::Added) => return "Left a handoff out of the reports".to_owned(),
        (Setting::LeftOutHandoff, Change::Removed) => return "Counted a handoff in the reports again".to_owned(),
        (_, Change::Added) => "Added",
        (_, Change::Changed) => "Changed",
        (_, Change::Removed) => "Removed",
    };
    format!("{verb} {}", thing(what))
}

pub(super) fn exported(what: Setting) -> String {
    format!("Exported {}", thing(what))
}

fn thing(what: Setting) -> &'static str {
    match what {
        Setting::Keyword => "a handoff keyword",
        Setting::Texts => "an automatic message",
        Setting::WaitingTarget => "the response-time target",
        Setting::ReplyTarget => "the reply-time target",
        Setting::GraceTime => "the grace time after a close",
        Setting::SilenceTimes => "what happens to silent customers",
        Setting::KeepOpen => "when customers are asked to keep the reply window open",
        Setting::Outcome => "an outcome",
        Setting::OutcomeRule => "whether a close needs an outcome",
        Setting::GoneAgents => "what happens to conversations of offline agents",
        Setting::AutomationBounds => "the limits of automatic messages",
        Setting::JoinedTexts => "which texts are sent as one message",
        Setting::Rating => "the question for a rating",
        Setting::WindowTemplate => "a template for closed reply windows",
        Setting::TimeZone => "the time zone",
        Setting::ReadPolicy => "the read receipts",
        Setting::Channel => "a WhatsApp number",
        Setting::App => "a Meta app",
        Setting::Agent => "a team member",
        Setting::Password => "a password",
        Setting::SecondFactor => "whether a second factor is required",
        Setting::Flow | Setting::LiveFlow => "a flow",
        Setting::Model => "the language model",
        Setting::ModelKey => "the language model's key",
        Setting::Tool => "a language model tool",
        Setting::Secret => "a bot secret",
        Setting::Hours => "the opening hours",
        Setting::Prices => "the prices of messages",
        Setting::SetupChecklist => "the setup checklist",
        Setting::LeftOutHandoff => "why a handoff is left out of the reports",
        Setting::Report => "a report",
        Setting::SavedReply => "a saved reply",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_audit_log_names_the_setting_that_changed() {
        let table = [
            (Setting::Keyword, Change::Added, "Added a handoff keyword"),
            (Setting::Texts, Change::Changed, "Changed an automatic message"),
            (Setting::WaitingTarget, Change::Changed, "Changed the response-time target"),
            (Setting::ReplyTarget, Change::Changed, "Changed the reply-time target"),
            (Setting::GoneAgents, Change::Changed, "Changed what happens to conversations of offline agents"),
            (Setting::JoinedTexts, Change::Changed, "Changed which texts are sent as one message"),
            (Setting::Rating, Change::Changed, "Changed the question for a rating"),
            (Setting::TimeZone, Change::Changed, "Changed the time zone"),
            (Setting::ReadPolicy, Change::Changed, "Changed the read receipts"),
            (Setting::Channel, Change::Removed, "Removed a WhatsApp number"),
            (Setting::App, Change::Added, "Added a Meta app"),
            (Setting::Agent, Change::Removed, "Removed a team member"),
            (Setting::Password, Change::Changed, "Changed a password"),
            (Setting::SecondFactor, Change::Added, "Required a second factor of everyone"),
            (Setting::SecondFactor, Change::Removed, "Made the second factor optional"),
            (Setting::Flow, Change::Changed, "Changed a flow"),
            (Setting::LiveFlow, Change::Added, "Published a flow"),
            (Setting::LiveFlow, Change::Changed, "Published another version of a flow"),
            (Setting::LiveFlow, Change::Removed, "Took a flow offline"),
            (Setting::Model, Change::Changed, "Changed the language model"),
            (Setting::ModelKey, Change::Removed, "Removed the language model's key"),
            (Setting::Tool, Change::Added, "Added a language model tool"),
            (Setting::Secret, Change::Added, "Added a bot secret"),
            (Setting::Hours, Change::Changed, "Changed the opening hours"),
            (Setting::Prices, Change::Added, "Added the prices of messages"),
            (Setting::SetupChecklist, Change::Removed, "Removed the setup checklist"),
            (Setting::SavedReply, Change::Added, "Added a saved reply"),
            (Setting::LeftOutHandoff, Change::Added, "Left a handoff out of the reports"),
            (Setting::LeftOutHandoff, Change::Removed, "Counted a handoff in the reports again"),
        ];
        for (setting, change, expected) in table {
            assert_eq!(configured(setting, change), expected);
        }
        assert_eq!(exported(Setting::Report), "Exported a report");
    }
}
