//! What a response of the Graph API means, by its code and by what stands beside it.

use super::{BUSY, Class, SHORT, TABLE, Verdict, verdict};

/// What a response says beside its code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ResponseHint {
    /// The HTTP status.
    pub status: u16,
    /// Meta's own word for an error that passes by itself.
    pub is_transient: bool,
}

/// Graph's own codes, which it also sends for faults of its servers. WhatsApp's codes say exactly what they mean,
/// whatever their HTTP status.
const GENERIC: std::ops::RangeInclusive<i64> = 0..=999;

/// What a response with an error says about the message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ResponseVerdict {
    /// It was not sent.
    Refused(Verdict),
    /// It may have been sent: Meta's server failed, with a code that says nothing.
    Unknown,
}

/// The verdict on a response with this code. A code that is not known, or that Graph uses for anything, is retried if
/// the status or Meta says that the error passes. A server error with an unknown code may come from behind the point
/// at which the message was sent, so it is retried only if Meta says that it passes.
pub fn response_verdict(code: i64, title: Option<&str>, hint: ResponseHint) -> ResponseVerdict {
    let verdict = verdict(code, title);
    if matches!(verdict.class, Class::Transient(_)) {
        return ResponseVerdict::Refused(verdict);
    }
    let is_known = TABLE.iter().any(|row| (row.first..=row.last).contains(&code));
    let is_exact = is_known && !GENERIC.contains(&code);
    let is_server_error = hint.status >= 500;
    if !is_known && is_server_error && !hint.is_transient {
        return ResponseVerdict::Unknown;
    }
    let passes = !is_exact && (hint.is_transient || is_server_error || hint.status == 429);
    ResponseVerdict::Refused(if passes { Verdict { class: SHORT, detail: BUSY.to_owned() } } else { verdict })
}

/// What Graph means with a code.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Meaning {
    Code(i64),
    /// Graph reports a wrong `appsecret_proof` as 100.
    SecretRefused,
}

/// Graph also answers 100 to calls that never reach WhatsApp; its message names `appsecret_proof` when that is wrong,
/// and subcode 33 means a number that the token cannot access.
pub fn meaning(code: i64, subcode: Option<i64>, said: &str) -> Meaning {
    match (code, subcode) {
        (100, _) if said.contains("appsecret_proof") => Meaning::SecretRefused,
        (100, Some(33)) => Meaning::Code(33),
        _ => Meaning::Code(code),
    }
}

#[cfg(test)]
mod tests {
    use super::{super::Backoff, *};

    #[test]
    fn code_100_that_is_not_about_the_message_stops_the_number() {
        let gone = "Unsupported request. Object with ID '1' does not exist";
        for (subcode, said, means) in [
            (None, "Invalid appsecret_proof provided in the API argument", Meaning::SecretRefused),
            (None, "API calls from the server require an appsecret_proof argument", Meaning::SecretRefused),
            (Some(33), gone, Meaning::Code(33)),
            (None, "Invalid parameter", Meaning::Code(100)),
            (Some(2_494_010), "Invalid parameter", Meaning::Code(100)),
        ] {
            assert_eq!(meaning(100, subcode, said), means, "{said}");
        }
        assert_eq!(meaning(131_009, Some(33), "appsecret_proof"), Meaning::Code(131_009));
    }

    #[test]
    fn what_passes_concerns_one_message() {
        let table = [
            (190, 401, false, Class::ChannelDown),
            (190, 500, false, SHORT),
            (190, 401, true, SHORT),
            (0, 503, false, SHORT),
            (200, 502, false, SHORT),
            (100, 400, false, Class::Permanent),
            (100, 500, false, SHORT),
            (999_999, 400, false, Class::Permanent),
            (999_999, 503, true, SHORT),
            (999_999, 400, true, SHORT),
            (999_999, 429, false, SHORT),
            (-1, 400, false, Class::Permanent),
            (-1, 500, true, SHORT),
            // Exact whatever the status.
            (131_045, 500, false, Class::ChannelDown),
            (133_000, 500, false, Class::ChannelDown),
            (131_047, 500, false, Class::WindowClosed),
            (131_047, 400, true, Class::WindowClosed),
            (131_042, 500, true, Class::ChannelDown),
            (131_026, 400, true, Class::Permanent),
            // Their own waits stay.
            (130_429, 500, true, Class::Transient(Backoff::Throughput)),
            (80_007, 429, true, Class::Transient(Backoff::Long)),
        ];
        for (code, status, is_transient, class) in table {
            let found = response_verdict(code, Some("Title"), ResponseHint { status, is_transient });
            let ResponseVerdict::Refused(found) = found else { panic!("{code} {status}: not sent") };
            assert_eq!(found.class, class, "{code} {status} {is_transient}");
            assert!(!found.ended().contains("We'll try again"), "{code}");
        }
    }

    #[test]
    fn a_server_error_with_an_unknown_code_says_nothing_about_the_message() {
        for code in [999_999, 131_999, -1, 300] {
            for status in [500, 502, 503, 599] {
                let hint = |is_transient| ResponseHint { status, is_transient };
                assert_eq!(response_verdict(code, None, hint(false)), ResponseVerdict::Unknown, "{code} {status}");
                assert_ne!(response_verdict(code, None, hint(true)), ResponseVerdict::Unknown, "{code} {status}");
            }
            for status in [200, 400, 429, 499] {
                let hint = ResponseHint { status, is_transient: false };
                assert_ne!(response_verdict(code, None, hint), ResponseVerdict::Unknown, "{code} {status}");
            }
        }
    }
}
