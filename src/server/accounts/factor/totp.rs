//! The codes of authenticator apps (TOTP, RFC 6238): SHA-1, six digits, steps of 30 seconds. Common apps ignore any other
//! choice. A code counts in the step before and after its own, because clocks differ and people type slowly; that each
//! step counts once is the store's.

use base64::{Engine, engine::general_purpose::STANDARD};
use qrcode::{EcLevel, QrCode, render::svg};
use totp_rs::Builder;

use crate::{
    domain::{percent::encoded, second_factor::TimeStep, time::Timestamp},
    server::{seal::SealError, secret::Secret},
};

/// As apps name the account.
const ISSUER: &str = "Handoff";
/// The least width and height of the QR code, in pixels.
const WIDTH: u32 = 200;

/// The secret of 160 random bits, in base 32.
pub(super) fn new_secret(random: [u8; 20]) -> Secret {
    Secret::new(totp_rs::Secret::from(random).to_base32())
}

/// Whether a text has the form of the secrets that [`new_secret`] makes.
pub(super) fn is_secret(text: &str) -> bool {
    text.len() == 32 && text.bytes().all(|byte| matches!(byte, b'A'..=b'Z' | b'2'..=b'7'))
}

/// The step whose code this is, if it counts at `now`.
///
/// # Errors
/// [`SealError::Foreign`] if the stored secret is none.
pub(super) fn matching_step(secret: &Secret, code: &str, now: Timestamp) -> Result<Option<TimeStep>, SealError> {
    let secret = totp_rs::Secret::try_from_base32(secret.expose()).map_err(|_damaged| SealError::Foreign)?;
    let totp = Builder::new().with_secret(secret).build().map_err(|_damaged| SealError::Foreign)?;
    let seconds = u64::try_from(now.0 / 1_000).unwrap_or(0);
    Ok(totp.check(code, seconds).map(|step| TimeStep(i64::try_from(step).unwrap_or(i64::MAX))))
}

/// The secret as a QR code that apps read: a `data:` address that holds an SVG picture. So the secret is in no address
/// of ours and in no second answer, and the page needs no code that draws. `None` if the email is too long.
pub(super) fn picture(secret: &Secret, email: &str) -> Option<String> {
    let account = encoded(email);
    let address = format!("otpauth://totp/{ISSUER}:{account}?secret={}&issuer={ISSUER}", secret.expose());
    let code = QrCode::with_error_correction_level(address.as_bytes(), EcLevel::M).ok()?;
    let svg = code.render::<svg::Color>().min_dimensions(WIDTH, WIDTH).build();
    Some(format!("data:image/svg+xml;base64,{}", STANDARD.encode(svg)))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The secret of RFC 6238, appendix B. Its codes have eight digits there; apps show the last six.
    fn secret() -> Secret {
        new_secret(*b"12345678901234567890")
    }

    fn step(code: &str, seconds: i64) -> Option<i64> {
        matching_step(&secret(), code, Timestamp::from_seconds(seconds)).expect("a secret").map(|TimeStep(step)| step)
    }

    #[test]
    fn codes_are_those_of_the_standard() {
        let table = [(59, "287082"), (1_111_111_109, "081804"), (1_234_567_890, "005924"), (2_000_000_000, "279037")];
        for (seconds, code) in table {
            assert_eq!(step(code, seconds), Some(seconds / 30), "{code}");
        }
        assert_eq!(secret().expose(), "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
        assert!(is_secret(secret().expose()));
        for other in ["", "GEZD", "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJ1", "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJ&"] {
            assert!(!is_secret(other), "{other}");
        }
    }

    #[test]
    fn a_code_counts_one_step_before_and_after_its_own() {
        // Its step is from second 1111111080 on.
        let (code, begin) = ("081804", 1_111_111_080);
        let of_its_step = Some(begin / 30);
        for seconds in [begin - 30, begin, begin + 29, begin + 59] {
            assert_eq!(step(code, seconds), of_its_step, "{seconds}");
        }
        for seconds in [begin - 31, begin + 60] {
            assert_eq!(step(code, seconds), None, "{seconds}");
        }
    }

    #[test]
    fn what_is_no_code_matches_nothing() {
        for code in ["", "81804", "0081804", "08180a"] {
            assert_eq!(step(code, 1_111_111_109), None, "{code}");
        }
        assert!(matching_step(&Secret::new("not base 32!"), "081804", Timestamp(0)).is_err());
        assert!(matching_step(&Secret::new(""), "081804", Timestamp(0)).is_err(), "an empty secret has no codes");
    }

    #[test]
    fn the_picture_is_one_of_the_page_itself() {
        let shown = picture(&secret(), "ana@acme.test").expect("short enough");
        let svg = shown.strip_prefix("data:image/svg+xml;base64,").expect("an address that holds it");
        let svg = String::from_utf8(STANDARD.decode(svg).expect("base 64")).expect("text");
        assert!(svg.contains("<svg") && svg.contains("<path"), "{svg}");
        assert!(picture(&secret(), &"ä".repeat(1_000)).is_none());
    }
}
