//! Describes a problem with a number or an account for admins. Meta's own terms are stored; the sentence is built on
//! reading.
//!
//! To add one: a line in [`describe`].

use super::{
    codes::{self, ChannelFault},
    text,
};

/// A sentence for the audit log. `title` is Meta's name of the problem, `details` are Meta's details.
pub fn describe(field: &str, code: Option<i64>, title: &str, details: Option<&str>) -> String {
    let what = match (field, title) {
        ("account_update", "ACCOUNT_VIOLATION") => "The account violated a WhatsApp policy".to_owned(),
        ("account_update", "ACCOUNT_RESTRICTION") => "WhatsApp restricted the account".to_owned(),
        ("account_update", "DISABLED_UPDATE") if details.is_some_and(|state| state.contains("REINSTATE")) => {
            "WhatsApp lifted the account's ban".to_owned()
        }
        ("account_update", "DISABLED_UPDATE") => "WhatsApp banned the account".to_owned(),
        ("account_update", "ACCOUNT_DELETED") => "The WhatsApp account was deleted".to_owned(),
        ("account_update", "ACCOUNT_OFFBOARDED") => "The account was removed from WhatsApp's Cloud API".to_owned(),
        ("account_update", "PARTNER_REMOVED") => "A partner lost access to the account".to_owned(),
        ("account_update", "PARTNER_APP_UNINSTALLED") => "An app lost access to the account".to_owned(),
        ("account_review_update", verdict) => format!("WhatsApp account review: {}", plain(verdict)),
        ("phone_number_quality_update", "FLAGGED") => "WhatsApp rated a number's quality as low".to_owned(),
        ("phone_number_quality_update", "DOWNGRADE") => "WhatsApp lowered a number's messaging limit".to_owned(),
        ("phone_number_name_update", _) => "WhatsApp rejected a number's display name".to_owned(),
        ("security", "PIN_CHANGED") => "A number's two-step PIN was changed".to_owned(),
        ("security", "PIN_RESET_REQUEST") => "Someone requested a reset of a number's two-step PIN".to_owned(),
        ("security", "PIN_RESET_SUCCESS") => "A number's two-step PIN was reset".to_owned(),
        ("security", event) => format!("Number security: {}", plain(event)),
        ("account_alerts", kind) => format!("WhatsApp account alert: {}", plain(kind)),
        ("history", _) => "A number's chat history wasn't shared".to_owned(),
        (_, "") => match code {
            Some(code) => match (field, ChannelFault::of_stored(code)) {
                // What we found out ourselves has no code.
                ("", fault @ (ChannelFault::SecretRefused | ChannelFault::Sealed)) => {
                    format!("A number can't send. {}", fault.detail())
                }
                _ => {
                    let detail = codes::verdict(code, None).detail;
                    format!("WhatsApp reported a problem with a number (code {code}). {detail}")
                }
            },
            None => "WhatsApp reported a problem with a number".to_owned(),
        },
        (_, title) => format!("WhatsApp reported a problem with a number: {title}"),
    };
    let details = details.filter(|details| !details.is_empty()).map(plain);
    let code = code.filter(|_| !title.is_empty()).map(|code| format!("code {code}"));
    let more: Vec<String> = details.into_iter().chain(code).collect();
    if more.is_empty() { what } else { format!("{what} ({})", more.join(", ")) }
}

/// Formats Meta's constants for reading: `ACCOUNT_RESTRICTION` becomes `Account restriction`.
pub fn plain(word: &str) -> String {
    let mut words = word.replace('_', " ").to_lowercase();
    if let Some(first) = words.get_mut(..1) {
        first.make_ascii_uppercase();
    }
    text::clip(&words, 160)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_trouble_has_a_sentence_of_its_own() {
        let table = [
            (
                "account_update",
                None,
                "ACCOUNT_RESTRICTION",
                Some("RESTRICTED_BIZ_INITIATED_MESSAGING"),
                "WhatsApp restricted the account (Restricted biz initiated messaging)",
            ),
            ("account_update", None, "DISABLED_UPDATE", Some("DISABLE"), "WhatsApp banned the account (Disable)"),
            (
                "account_update",
                None,
                "DISABLED_UPDATE",
                Some("REINSTATE"),
                "WhatsApp lifted the account's ban (Reinstate)",
            ),
            ("phone_number_name_update", None, "REJECTED", None, "WhatsApp rejected a number's display name"),
            (
                "phone_number_quality_update",
                None,
                "FLAGGED",
                Some("TIER_1K"),
                "WhatsApp rated a number's quality as low (Tier 1k)",
            ),
            ("security", None, "PIN_CHANGED", None, "A number's two-step PIN was changed"),
            ("account_alerts", None, "OBA_REJECTED", None, "WhatsApp account alert: Oba rejected"),
            (
                "messages",
                Some(130_429),
                "Rate limit hit",
                None,
                "WhatsApp reported a problem with a number: Rate limit hit (code 130429)",
            ),
            ("", None, "", None, "WhatsApp reported a problem with a number"),
        ];
        for (field, code, title, details, expected) in table {
            assert_eq!(describe(field, code, title, details), expected);
        }
        let token = describe("", Some(190), "", None);
        assert!(token.starts_with("WhatsApp reported a problem with a number (code 190). "), "{token}");
    }

    #[test]
    fn a_code_without_a_title_has_the_sentence_of_the_code_table() {
        // Our own causes are not shown as codes; zero is one of Meta's.
        let sealed = describe("", Some(ChannelFault::Sealed.stored()), "", None);
        assert!(sealed.starts_with("A number can't send. Couldn't read this number's access token"), "{sealed}");
        let token = describe("", Some(codes::TOKEN_INVALID), "", None);
        assert!(token.starts_with("WhatsApp reported a problem with a number (code 0). "), "{token}");
        assert!(!token.ends_with("(code 0)"), "the code is named once");
    }

    #[test]
    fn every_known_field_has_a_sentence() {
        let table = [
            ("account_update", "ACCOUNT_VIOLATION", "The account violated a WhatsApp policy"),
            ("account_update", "DISABLED_UPDATE", "WhatsApp banned the account"),
            ("account_update", "ACCOUNT_DELETED", "The WhatsApp account was deleted"),
            ("account_update", "ACCOUNT_OFFBOARDED", "The account was removed from WhatsApp's Cloud API"),
            ("account_update", "PARTNER_REMOVED", "A partner lost access to the account"),
            ("account_update", "PARTNER_APP_UNINSTALLED", "An app lost access to the account"),
            ("account_review_update", "REJECTED", "WhatsApp account review: Rejected"),
            ("phone_number_quality_update", "DOWNGRADE", "WhatsApp lowered a number's messaging limit"),
            ("security", "PIN_RESET_REQUEST", "Someone requested a reset of a number's two-step PIN"),
            ("security", "PIN_RESET_SUCCESS", "A number's two-step PIN was reset"),
            ("security", "NEW_EVENT", "Number security: New event"),
            ("history", "X", "A number's chat history wasn't shared"),
            ("other", "Odd", "WhatsApp reported a problem with a number: Odd"),
        ];
        for (field, title, expected) in table {
            assert_eq!(describe(field, None, title, None), expected);
            assert_eq!(describe(field, None, title, Some("")), expected);
            assert_eq!(describe(field, Some(7), title, Some("MORE_INFO")), format!("{expected} (More info, code 7)"));
        }
    }

    #[test]
    fn metas_constants_read_as_words() {
        assert_eq!((plain("ACCOUNT_BAN").as_str(), plain("").as_str(), plain("É").as_str()), ("Account ban", "", "é"));
        assert_eq!(plain(&"a".repeat(161)).chars().count(), 160);
    }
}
