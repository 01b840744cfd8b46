//! Describes a problem with a number or an account for admins. Meta's own terms are stored; the sentence is built on
//! reading.
//!
//! To add one: a line in [`describe`].

use super::{
    codes::{self, ChannelFault},
    text,
};

/// Whether what Meta reports in a field concerns one number, and not an account with all of its numbers.
pub fn is_about_a_number(field: &str) -> bool {
    !field.starts_with("account_")
}

/// Whether it is good news, which nobody has to act on.
pub fn is_good_news(field: &str, title: &str, details: Option<&str>) -> bool {
    match (field, title) {
        ("account_update", "ACCOUNT_RECONNECTED") | ("phone_number_quality_update", "UNFLAGGED") => true,
        ("account_update", "DISABLED_UPDATE") => ban(details) == Ban::Lifted,
        _ => false,
    }
}

/// The state of an account's ban.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Ban {
    Announced,
    InForce,
    Lifted,
}

fn ban(details: Option<&str>) -> Ban {
    let is_told = |word: &str| details.unwrap_or_default().split(", ").any(|detail| detail == word);
    if is_told("REINSTATE") {
        Ban::Lifted
    } else if is_told("SCHEDULE_FOR_DISABLE") {
        Ban::Announced
    } else {
        Ban::InForce
    }
}

/// A sentence for the audit log. `title` is Meta's name of the problem, `details` are Meta's details.
pub fn describe(field: &str, code: Option<i64>, title: &str, details: Option<&str>) -> String {
    let what = match (field, title) {
        ("account_update", "ACCOUNT_VIOLATION") => "The account violated a WhatsApp policy".to_owned(),
        ("account_update", "ACCOUNT_WARNING") => "WhatsApp warned the account".to_owned(),
        ("account_update", "ACCOUNT_RESTRICTION") if details.is_none_or(str::is_empty) => {
            "WhatsApp changed the account's restrictions".to_owned()
        }
        ("account_update", "ACCOUNT_RESTRICTION") => "WhatsApp restricted the account".to_owned(),
        ("account_update", "ACCOUNT_RECONNECTED") => "The WhatsApp account is connected again".to_owned(),
        ("account_update", "DISABLED_UPDATE") => match ban(details) {
            Ban::Announced => "WhatsApp will ban the account".to_owned(),
            Ban::InForce => "WhatsApp banned the account".to_owned(),
            Ban::Lifted => "WhatsApp lifted the account's ban".to_owned(),
        },
        ("account_update", "ACCOUNT_DELETED") => "The WhatsApp account was deleted".to_owned(),
        ("account_update", "ACCOUNT_OFFBOARDED") => "The account was removed from WhatsApp's Cloud API".to_owned(),
        ("account_update", "PARTNER_REMOVED") => "A partner lost access to the account".to_owned(),
        ("account_update", "PARTNER_APP_UNINSTALLED") => "An app lost access to the account".to_owned(),
        ("account_review_update", verdict) => format!("WhatsApp account review: {}", plain(verdict)),
        ("phone_number_quality_update", "FLAGGED") => "WhatsApp rated a number's quality as low".to_owned(),
        ("phone_number_quality_update", "UNFLAGGED") => "WhatsApp no longer rates a number's quality as low".to_owned(),
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
    let details = details.map(|details| shown(title, details)).filter(|details| !details.is_empty());
    let details = details.map(|details| plain(&details));
    let code = code.filter(|_| !title.is_empty()).map(|code| format!("code {code}"));
    let more: Vec<String> = details.into_iter().chain(code).collect();
    if more.is_empty() { what } else { format!("{what} ({})", more.join(", ")) }
}

/// The details that the sentence does not tell already.
fn shown(title: &str, details: &str) -> String {
    let is_told =
        |detail: &str| title == "DISABLED_UPDATE" && matches!(detail, "DISABLE" | "REINSTATE" | "SCHEDULE_FOR_DISABLE");
    details.split(", ").filter(|detail| !is_told(detail)).collect::<Vec<_>>().join(", ")
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
            ("account_update", None, "DISABLED_UPDATE", Some("DISABLE"), "WhatsApp banned the account"),
            (
                "account_update",
                None,
                "DISABLED_UPDATE",
                Some("DISABLE, ADULT, 2026-03-02"),
                "WhatsApp banned the account (Adult, 2026-03-02)",
            ),
            ("account_update", None, "DISABLED_UPDATE", Some("REINSTATE"), "WhatsApp lifted the account's ban"),
            (
                "account_update",
                None,
                "DISABLED_UPDATE",
                Some("SCHEDULE_FOR_DISABLE, 2026-03-02"),
                "WhatsApp will ban the account (2026-03-02)",
            ),
            (
                "account_update",
                None,
                "ACCOUNT_RESTRICTION",
                Some("RESTRICTED_ADD_PHONE_NUMBER_ACTION, until 2026-03-07"),
                "WhatsApp restricted the account (Restricted add phone number action, until 2026-03-07)",
            ),
            ("account_update", None, "ACCOUNT_RESTRICTION", None, "WhatsApp changed the account's restrictions"),
            ("account_update", None, "ACCOUNT_WARNING", None, "WhatsApp warned the account"),
            ("account_update", None, "ACCOUNT_RECONNECTED", None, "The WhatsApp account is connected again"),
            (
                "phone_number_quality_update",
                None,
                "UNFLAGGED",
                Some("TIER_1K"),
                "WhatsApp no longer rates a number's quality as low (Tier 1k)",
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
    fn good_news_is_told_apart() {
        for (field, title, details, expected) in [
            ("account_update", "ACCOUNT_RECONNECTED", None, true),
            ("account_update", "DISABLED_UPDATE", Some("REINSTATE, 2026-03-02"), true),
            ("account_update", "DISABLED_UPDATE", Some("SCHEDULE_FOR_DISABLE"), false),
            ("account_update", "DISABLED_UPDATE", None, false),
            ("account_update", "ACCOUNT_RESTRICTION", None, false),
            ("phone_number_quality_update", "UNFLAGGED", None, true),
            ("phone_number_quality_update", "FLAGGED", None, false),
            ("", "", None, false),
        ] {
            assert_eq!(is_good_news(field, title, details), expected, "{field} {title}");
        }
        assert!(is_about_a_number("phone_number_quality_update") && is_about_a_number("security"));
        assert!(!is_about_a_number("account_update") && !is_about_a_number("account_alerts"));
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
