//! Automatic texts that were not sent, and why.

use crate::{
    event::{Skipped, SkippedText},
    template::TemplateStatus,
    text_name::TextName,
};

/// Where an admin can fix it.
const FIX: &str = "Check it in Admin, Messages.";

pub(super) fn line(text: SkippedText, why: &Skipped) -> String {
    let why = match why {
        Skipped::WindowClosed => "reply window closed".to_owned(),
        Skipped::TemplateFault => "its text has an error. Fix it in Admin, Messages.".to_owned(),
        Skipped::WithOtherApp => "another app answers this customer".to_owned(),
        Skipped::DailyLimit => "the customer's automatic messages of today are used up".to_owned(),
        Skipped::OptedOut => "the customer wants no marketing messages, and its template is one".to_owned(),
        Skipped::MarketingToUs => {
            "its template is marketing, which WhatsApp doesn't deliver to numbers in the United States".to_owned()
        }
        Skipped::TemplateGone
        | Skipped::TemplateNotApproved { .. }
        | Skipped::TemplateChanged
        | Skipped::TemplateValueMissing { .. }
        | Skipped::TemplateValueInvalid { .. } => format!("{}. {FIX}", template_trouble(why)),
    };
    format!("{} not sent: {why}", name(text))
}

pub(super) fn audited(text: SkippedText) -> String {
    format!("{} not sent", name(text))
}

fn name(text: SkippedText) -> &'static str {
    match text {
        SkippedText::Rating => "Rating question",
        SkippedText::KeepOpen => "Request to keep the reply window open",
        SkippedText::Named(TextName::NoticeOnline | TextName::NoticeOffline) => "Handoff message",
        SkippedText::Named(
            text @ (TextName::Greeting | TextName::Fallback | TextName::Closing | TextName::Reminder),
        ) => text.label(),
    }
}

/// What is wrong with the template for a closed window, without a full stop.
pub fn template_trouble(why: &Skipped) -> String {
    match why {
        Skipped::WindowClosed => "the reply window is closed".to_owned(),
        Skipped::TemplateFault => "its text has an error".to_owned(),
        Skipped::WithOtherApp => "another app answers the customer".to_owned(),
        Skipped::DailyLimit => "the customer's automatic messages of today are used up".to_owned(),
        Skipped::OptedOut => "the customer wants no marketing messages".to_owned(),
        Skipped::MarketingToUs => "WhatsApp delivers no marketing messages to the United States".to_owned(),
        Skipped::TemplateGone => "its template no longer exists at WhatsApp".to_owned(),
        Skipped::TemplateNotApproved { status } => match status {
            TemplateStatus::Paused => "WhatsApp paused its template".to_owned(),
            TemplateStatus::Disabled => "WhatsApp disabled its template".to_owned(),
            TemplateStatus::Rejected => "WhatsApp rejected its template".to_owned(),
            TemplateStatus::Pending | TemplateStatus::InAppeal => "WhatsApp is reviewing its template again".to_owned(),
            TemplateStatus::PendingDeletion | TemplateStatus::Archived => "its template is being deleted".to_owned(),
            TemplateStatus::Approved | TemplateStatus::LimitExceeded | TemplateStatus::Other => {
                "WhatsApp doesn't send its template now".to_owned()
            }
        },
        Skipped::TemplateChanged => "its template was changed at WhatsApp".to_owned(),
        Skipped::TemplateValueMissing { field } => format!("nothing is known for “{field}” of its template"),
        Skipped::TemplateValueInvalid { field } => {
            format!("WhatsApp doesn't take the value of “{field}” of its template")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_template_that_was_not_sent_says_why_and_where_to_fix_it() {
        let paused = Skipped::TemplateNotApproved { status: TemplateStatus::Paused };
        let missing = Skipped::TemplateValueMissing { field: "Order".to_owned() };
        for (text, why, expected) in [
            (
                TextName::Reminder,
                paused,
                "Reminder not sent: WhatsApp paused its template. Check it in Admin, Messages.",
            ),
            (
                TextName::NoticeOffline,
                missing,
                "Handoff message not sent: nothing is known for “Order” of its template. Check it in Admin, Messages.",
            ),
            (
                TextName::Closing,
                Skipped::OptedOut,
                "Closing message not sent: the customer wants no marketing messages, and its template is one",
            ),
        ] {
            assert_eq!(line(text.into(), &why), expected);
        }
        assert_eq!(audited(TextName::NoticeOnline.into()), "Handoff message not sent");
        assert_eq!(audited(SkippedText::Rating), "Rating question not sent");
    }

    #[test]
    fn what_the_limit_of_the_day_left_out_says_what_it_was_and_why() {
        for (text, what) in [
            (SkippedText::Named(TextName::NoticeOnline), "Handoff message"),
            (SkippedText::Named(TextName::NoticeOffline), "Handoff message"),
            (SkippedText::Named(TextName::Reminder), "Reminder"),
            (SkippedText::Named(TextName::Closing), "Closing message"),
            (SkippedText::Rating, "Rating question"),
            (SkippedText::KeepOpen, "Request to keep the reply window open"),
        ] {
            let expected = format!("{what} not sent: the customer's automatic messages of today are used up");
            assert_eq!(line(text, &Skipped::DailyLimit), expected);
        }
    }
}
