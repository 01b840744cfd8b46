//! A tenant's settings as plain values with their bounds. Keywords are in `keyword.rs`.

use serde::{Deserialize, Serialize};

pub use super::text_name::TextName;

use super::{
    automation::AutomationBounds,
    calendar::Calendar,
    message::TEXT_LIMIT,
    number::grouped,
    outcome::OutcomeRule,
    rating::RatingSettings,
    time::Span,
    window::{closed::WindowTemplates, keep_open::AskBefore},
};

/// The automatic texts that customers receive. An empty text is not sent. All may use variables.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Texts {
    /// The bot's answer to the first message of a conversation.
    pub greeting: String,
    /// The bot's answer to everything else.
    pub fallback: String,
    /// Sent when an agent is requested and at least one is online.
    pub notice_online: String,
    /// Sent when an agent is requested and none is online.
    pub notice_offline: String,
    /// Sent when an agent closes the conversation.
    pub closing: String,
    /// Sent to a customer who does not answer an agent's reply.
    pub reminder: String,
}

impl Default for Texts {
    fn default() -> Self {
        Self {
            greeting: "Hi! I'm the virtual assistant. Ask me anything, or write “speak to agent” to reach a colleague."
                .into(),
            fallback: "Sorry, I didn't get that. Write “speak to agent” to reach a colleague.".into(),
            notice_online: "Thanks! I'm connecting you to a colleague. One moment, please.".into(),
            notice_offline: "Thanks for writing. We're away right now and will reply as soon as we can.".into(),
            closing: "Thank you, {{ customer.first_name }}. If anything else comes up, just write again.".into(),
            reminder: "Are you still there, {{ customer.first_name }}? Just write here if we can help any further."
                .into(),
        }
    }
}

impl Texts {
    pub fn get(&self, name: TextName) -> &str {
        match name {
            TextName::Greeting => &self.greeting,
            TextName::Fallback => &self.fallback,
            TextName::NoticeOnline => &self.notice_online,
            TextName::NoticeOffline => &self.notice_offline,
            TextName::Closing => &self.closing,
            TextName::Reminder => &self.reminder,
        }
    }

    /// The notice for a customer when this many agents are online.
    pub fn notice(&self, online: usize) -> &str {
        self.get(TextName::notice(online))
    }

    pub fn set(&mut self, name: TextName, text: String) {
        match name {
            TextName::Greeting => self.greeting = text,
            TextName::Fallback => self.fallback = text,
            TextName::NoticeOnline => self.notice_online = text,
            TextName::NoticeOffline => self.notice_offline = text,
            TextName::Closing => self.closing = text,
            TextName::Reminder => self.reminder = text,
        }
    }
}

/// Why a text cannot be saved.
pub fn text_fault(text: &str) -> Option<String> {
    let length = text.chars().count();
    (length > TEXT_LIMIT).then(|| {
        format!(
            "WhatsApp allows up to {} characters; this text has {}. Shorten it.",
            grouped(TEXT_LIMIT),
            grouped(length)
        )
    })
}

/// When customers see blue ticks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReadPolicy {
    /// When an agent opens the thread.
    #[default]
    OnOpen,
    /// When an agent replies.
    OnReply,
    Never,
}

/// What happens when a customer does not answer an agent's reply. Times are counted from the reply; 0 is never.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct SilenceTimes {
    /// When the customer is reminded.
    pub remind_after: Span,
    /// When the conversation closes.
    pub close_after: Span,
}

impl SilenceTimes {
    pub fn reminder(self) -> Option<Span> {
        Some(self.remind_after).filter(|after| *after > Span(0))
    }

    pub fn close(self) -> Option<Span> {
        Some(self.close_after).filter(|after| *after > Span(0))
    }

    /// When something happens first.
    pub fn first(self) -> Option<Span> {
        self.reminder().or(self.close())
    }
}

/// What becomes of the conversations of an agent who is gone while their customers wait for a reply.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum GoneAgents {
    /// They go back to Unassigned.
    #[default]
    Release,
    /// They stay with the agent.
    Keep,
}

/// How texts are sent that the bot says in one turn, one after the other.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum BotTexts {
    /// Each as a message.
    #[default]
    Separate,
    /// As one message, with the question or the handoff message that follows.
    Joined,
}

impl BotTexts {
    fn are_separate(&self) -> bool {
        *self == Self::Separate
    }
}

/// All settings of a tenant that affect its conversations.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct TenantSettings {
    pub texts: Texts,
    /// The target for a person's first reply.
    pub waiting_target: Span,
    /// The target for every further reply, from the customer's first unanswered message on.
    pub reply_target: Span,
    /// How long after a close a message that needs no answer is received without one; 0 is never.
    pub grace_time: Span,
    pub silence: SilenceTimes,
    /// When a customer who waits is asked to keep the reply window open.
    #[serde(skip_serializing_if = "AskBefore::is_never")]
    pub keep_open: AskBefore,
    /// Whether agents must pick an outcome when they close.
    pub outcome_rule: OutcomeRule,
    pub gone_agents: GoneAgents,
    pub automation: AutomationBounds,
    /// Texts that an agent writes within this time are sent as one message; 0 sends each by itself.
    #[serde(skip_serializing_if = "is_zero")]
    pub join_within: Span,
    #[serde(skip_serializing_if = "BotTexts::are_separate")]
    pub bot_texts: BotTexts,
    /// The question for a rating after a close.
    #[serde(skip_serializing_if = "RatingSettings::is_default")]
    pub rating: RatingSettings,
    /// What is sent in the place of a text when the window has closed.
    #[serde(skip_serializing_if = "WindowTemplates::is_empty")]
    pub window_templates: WindowTemplates,
    /// IANA name of the time zone for days in filters and times in messages.
    pub zone: String,
    pub read_policy: ReadPolicy,
    /// Opening hours in local time of `zone`.
    pub calendar: Calendar,
    /// An admin has dismissed the checklist of a new company.
    #[serde(skip_serializing_if = "is_false")]
    pub setup_dismissed: bool,
}

fn is_false(flag: &bool) -> bool {
    !*flag
}

fn is_zero(span: &Span) -> bool {
    *span == Span(0)
}

impl TenantSettings {
    /// Those that a new company begins with. Where they differ from the defaults, companies that were there before keep what
    /// they had.
    pub fn of_new_company() -> Self {
        Self { bot_texts: BotTexts::Joined, ..Self::default() }
    }
}

impl Default for TenantSettings {
    fn default() -> Self {
        Self {
            texts: Texts::default(),
            waiting_target: Span::minutes(5),
            reply_target: Span::minutes(5),
            grace_time: Span::minutes(30),
            silence: SilenceTimes::default(),
            keep_open: AskBefore::default(),
            outcome_rule: OutcomeRule::default(),
            gone_agents: GoneAgents::default(),
            automation: AutomationBounds::default(),
            join_within: Span(0),
            bot_texts: BotTexts::default(),
            rating: RatingSettings::default(),
            window_templates: WindowTemplates::default(),
            zone: "UTC".to_owned(),
            read_policy: ReadPolicy::default(),
            calendar: Calendar::default(),
            setup_dismissed: false,
        }
    }
}

/// The targets for first and further replies that an admin may set: 10 seconds to 24 hours.
pub fn target_fault(target: Span) -> Option<String> {
    (target < Span::seconds(10) || target > Span::hours(24))
        .then(|| "Enter a target between 10 seconds and 24 hours.".to_owned())
}

/// The grace times after a close that an admin may set: up to 24 hours, as long as WhatsApp's window.
pub fn grace_fault(grace: Span) -> Option<String> {
    (grace < Span(0) || grace > Span::hours(24)).then(|| "Enter a grace time of up to 24 hours.".to_owned())
}

/// The times for silent customers that an admin may set. WhatsApp's window closes 24 hours after the customer wrote, so
/// longer ones would never come.
pub fn silence_fault(times: SilenceTimes) -> Option<String> {
    let is_out = |span: Span| span != Span(0) && (span < Span::minutes(5) || span > Span::hours(23));
    if is_out(times.remind_after) || is_out(times.close_after) {
        return Some("Enter a time between 5 minutes and 23 hours, or 0 for never.".to_owned());
    }
    let is_reversed = times.reminder().zip(times.close()).is_some_and(|(reminder, close)| close <= reminder);
    is_reversed.then(|| "Close later than you remind.".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn silent_customers_are_reminded_before_the_close_and_within_the_window() {
        let fault = |remind_after, close_after| silence_fault(SilenceTimes { remind_after, close_after });
        let (off, five, day) = (Span(0), Span::minutes(5), Span::hours(23));
        for (remind_after, close_after) in [(off, off), (five, off), (off, five), (five, day), (five, Span(300_001))] {
            assert_eq!(fault(remind_after, close_after), None);
        }
        for out in [Span(-1), Span(1), Span(299_999), Span(23 * 3_600_000 + 1)] {
            assert!(fault(out, off).is_some_and(|detail| detail.contains("23 hours")), "{out:?}");
            assert!(fault(off, out).is_some_and(|detail| detail.contains("23 hours")), "{out:?}");
        }
        assert_eq!(fault(five, five).as_deref(), Some("Close later than you remind."));
        assert!(fault(day, five).is_some());
    }

    #[test]
    fn a_grace_time_may_be_off_and_ends_with_the_window() {
        for grace in [Span(0), Span::minutes(30), Span::hours(24)] {
            assert_eq!(grace_fault(grace), None);
        }
        for grace in [Span(-1), Span(24 * 3_600_000 + 1)] {
            assert_eq!(grace_fault(grace).as_deref(), Some("Enter a grace time of up to 24 hours."));
        }
    }

    #[test]
    fn every_text_is_read_and_changed_by_its_name() {
        let mut texts = Texts::default();
        for (at, name) in TextName::ALL.into_iter().enumerate() {
            texts.set(name, format!("text {at}"));
        }
        let expected = Texts {
            greeting: "text 0".into(),
            fallback: "text 1".into(),
            notice_online: "text 2".into(),
            notice_offline: "text 3".into(),
            closing: "text 4".into(),
            reminder: "text 5".into(),
        };
        assert_eq!(texts, expected);
        for (at, name) in TextName::ALL.into_iter().enumerate() {
            assert_eq!(texts.get(name), format!("text {at}"));
        }
    }

    #[test]
    fn the_notice_depends_on_whether_anybody_is_online() {
        let texts = Texts { notice_online: "on".into(), notice_offline: "off".into(), ..Texts::default() };
        assert_eq!([0, 1, 2].map(|online| texts.notice(online)), ["off", "on", "on"]);
    }

    #[test]
    fn every_text_has_its_label_and_says_what_an_empty_one_means() {
        let labels: Vec<_> = TextName::ALL.into_iter().map(TextName::label).collect();
        let expected = [
            "Greeting",
            "Fallback",
            "Handoff message, agents online",
            "Handoff message, no agents online",
            "Closing message",
            "Reminder",
        ];
        assert_eq!(labels, expected);
        for name in TextName::ALL {
            let description = name.description();
            assert!(description.contains("Leave empty to "), "{name:?}");
            // The conversation has an agent.
            assert_eq!(description.contains("{{ agent.name }}"), name.has_agent(), "{name:?}");
        }
    }

    #[test]
    fn a_text_and_a_target_include_their_limits() {
        assert_eq!(text_fault(&"ü".repeat(TEXT_LIMIT)), None);
        let long = text_fault(&"ü".repeat(TEXT_LIMIT + 1));
        assert_eq!(long.as_deref(), Some("WhatsApp allows up to 4,096 characters; this text has 4,097. Shorten it."));
        let fault = "Enter a target between 10 seconds and 24 hours.".to_owned();
        for target in [Span::seconds(10), Span::hours(24)] {
            assert_eq!(target_fault(target), None);
        }
        for target in [Span(9_999), Span(24 * 3_600_000 + 1), Span(0), Span(-1)] {
            assert_eq!(target_fault(target), Some(fault.clone()));
        }
    }

    #[test]
    fn what_happens_first_to_a_silent_customer_is_the_reminder() {
        let first = |remind_after, close_after| SilenceTimes { remind_after, close_after }.first();
        let (off, five, ten) = (Span(0), Span::minutes(5), Span::minutes(10));
        assert_eq!(first(off, off), None);
        assert_eq!((first(five, ten), first(five, off), first(off, ten)), (Some(five), Some(five), Some(ten)));
    }

    #[test]
    fn what_is_set_is_stored_and_what_is_off_is_left_out() {
        let plain = TenantSettings::default();
        let stored = serde_json::to_string(&plain).expect("JSON");
        for name in ["join_within", "bot_texts", "rating", "setup_dismissed", "window_templates"] {
            assert!(!stored.contains(name), "{name}");
        }
        let set = TenantSettings {
            join_within: Span::seconds(3),
            bot_texts: BotTexts::Joined,
            rating: RatingSettings { best: "Fine".to_owned(), ..RatingSettings::default() },
            setup_dismissed: true,
            ..plain.clone()
        };
        let read = |settings: &TenantSettings| {
            serde_json::from_str::<TenantSettings>(&serde_json::to_string(settings).expect("JSON")).expect("read")
        };
        assert_eq!((read(&plain), read(&set)), (plain, set));
    }

    #[test]
    fn the_bot_of_a_new_company_joins_its_texts() {
        assert_eq!(
            TenantSettings::of_new_company(),
            TenantSettings { bot_texts: BotTexts::Joined, ..TenantSettings::default() }
        );
    }
}
