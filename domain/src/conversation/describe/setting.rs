//! Sentences about settings, for the audit log.

use crate::event::{Change, Setting};

pub(super) fn configured(what: Setting, change: Change) -> String {
    let verb = match (what, change) {
        (Setting::LiveFlow, Change::Added) => return "Published a flow".to_owned(),
        (Setting::LiveFlow, Change::Changed) => return "Published another version of a flow".to_owned(),
        (Setting::LiveFlow, Change::Removed) => return "Took a flow offline".to_owned(),
        (Setting::SecondFactor, Change::Added) => return "Required a second factor of everyone".to_owned(),
        (Setting::SecondFactor, Change::Removed) => return "Made the second factor optional".to_owned(),
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
        Setting::Outcome => "an outcome",
        Setting::OutcomeRule => "whether a close needs an outcome",
        Setting::GoneAgents => "what happens to conversations of offline agents",
        Setting::AutomationBounds => "the limits of automatic messages",
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
        Setting::SetupChecklist => "the setup checklist",
    }
}
