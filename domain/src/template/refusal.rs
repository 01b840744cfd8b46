//! Why a template cannot be sent to a customer, in words.

use super::{MessageTemplate, TemplateCategory, TemplateQuality, TemplateStatus};
use crate::access::{Action, Role, may};

/// The area codes of Canada, which shares +1 with the United States.
const CANADA: &[&str] = &[
    "204", "226", "236", "249", "250", "257", "263", "289", "306", "343", "354", "365", "367", "368", "382", "387",
    "403", "416", "418", "428", "431", "437", "438", "450", "460", "468", "474", "506", "514", "519", "548", "579",
    "581", "584", "587", "604", "613", "639", "647", "672", "683", "705", "709", "742", "753", "778", "780", "782",
    "807", "819", "825", "867", "873", "879", "902", "905", "942",
];
/// The area codes of the other countries and territories that share +1.
const ELSEWHERE: &[&str] = &[
    "242", "246", "264", "268", "284", "340", "345", "441", "473", "649", "658", "664", "670", "671", "684", "721",
    "758", "767", "784", "787", "809", "829", "849", "868", "869", "876", "939",
];

const US_RULE: &str = "WhatsApp doesn't deliver marketing templates to numbers in the United States. Choose a utility \
                       template, or wait until the customer writes.";
const MARKETING: &str =
    "Only leads and admins can send marketing templates. Choose a utility template, or ask one of them.";
/// The failures 131049 and 131050.
const MARKETING_LIMITS: &str = "WhatsApp limits marketing messages to each customer, and customers can turn them off. If \
                                it doesn't deliver this one, the message says so; then wait a day, or until they write.";
const LOW_QUALITY: &str = "Customers often block or report this template, so WhatsApp may pause it.";
pub(crate) const AUTHENTICATION: &str =
    "Templates for codes are sent by the system that checks the code. Choose another template.";

impl MessageTemplate {
    /// Why a person of this role cannot send it to this customer; `None` if they can. `phone` is in digits.
    pub fn refusal(&self, role: Role, phone: Option<&str>, user_id: Option<&str>) -> Option<String> {
        if let Some(detail) = self.status.refusal() {
            return Some(detail.to_owned());
        }
        if let Some(detail) = self.unsupported() {
            return Some(detail);
        }
        match self.category {
            TemplateCategory::Authentication => Some(AUTHENTICATION.to_owned()),
            TemplateCategory::Marketing if !may(role, Action::SendMarketing) => Some(MARKETING.to_owned()),
            TemplateCategory::Marketing if is_us(phone, user_id) => Some(US_RULE.to_owned()),
            TemplateCategory::Marketing | TemplateCategory::Utility | TemplateCategory::Other => None,
        }
    }
}

impl MessageTemplate {
    /// Why nobody can fill it in; `None` if all of its components are known.
    pub(crate) fn unsupported(&self) -> Option<String> {
        let part = self.definition.unsupported.as_ref()?.to_lowercase().replace('_', " ");
        Some(format!("Handoff can't fill in this template's {part}. Choose another template."))
    }

    /// What a person should know before they send it, although WhatsApp accepts it.
    pub fn warning(&self) -> Option<&'static str> {
        match (self.category, self.quality) {
            (TemplateCategory::Marketing, _) => Some(MARKETING_LIMITS),
            (_, TemplateQuality::Low) => Some(LOW_QUALITY),
            (
                TemplateCategory::Utility | TemplateCategory::Authentication | TemplateCategory::Other,
                TemplateQuality::High | TemplateQuality::Medium | TemplateQuality::Unknown,
            ) => None,
        }
    }
}

impl TemplateStatus {
    /// Why WhatsApp sends no template of this status; `None` if it does.
    pub fn refusal(self) -> Option<&'static str> {
        match self {
            Self::Approved => None,
            Self::Pending | Self::InAppeal => {
                Some("WhatsApp is still reviewing this template. Choose another one, or try again later.")
            }
            Self::Rejected => Some("WhatsApp rejected this template. Choose another one."),
            Self::Paused => {
                Some("WhatsApp paused this template because of low quality. Choose another one, or try again later.")
            }
            Self::Disabled => Some("WhatsApp disabled this template. Choose another one."),
            Self::PendingDeletion | Self::Archived => Some("This template is being deleted. Choose another one."),
            Self::LimitExceeded | Self::Other => Some("WhatsApp doesn't send this template now. Choose another one."),
        }
    }
}

/// Whether the customer's number is one of the United States. Without a number, the user id names the country.
pub(crate) fn is_us(phone: Option<&str>, user_id: Option<&str>) -> bool {
    match phone {
        Some(phone) => phone
            .strip_prefix('1')
            .and_then(|rest| rest.get(..3))
            .is_some_and(|area| !CANADA.contains(&area) && !ELSEWHERE.contains(&area)),
        None => user_id.is_some_and(|id| id.starts_with("US.")),
    }
}
