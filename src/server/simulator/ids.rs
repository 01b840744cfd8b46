//! Ids that look like Meta's. They contain the time besides random bits: with the same seed after a restart, ids must
//! differ from those that the platform has stored, or it would drop new messages as duplicates.

use base64::{Engine, engine::general_purpose::STANDARD};
use rand::{RngExt, rngs::StdRng};

/// The author's side of a wamid.
#[derive(Clone, Copy)]
pub(super) enum WamidDirection {
    FromCustomer,
    FromBusiness,
}

/// A message id: an opaque record in base64, as long as real ones. `party` is the customer's number or user id.
pub(super) fn wamid(rng: &mut StdRng, now: i64, party: &str, direction: WamidDirection) -> String {
    let party: Vec<u8> = party.bytes().take(40).collect();
    let mut record = vec![0x1c, 0x18, u8::try_from(party.len()).unwrap_or(0)];
    record.extend(party);
    let marker = match direction {
        WamidDirection::FromCustomer => 0x12,
        WamidDirection::FromBusiness => 0x11,
    };
    record.extend([0x15, 0x02, 0x00, marker, 0x18, 0x14]);
    let stamp = now.cast_unsigned() & 0xFFF_FFFF_FFFF;
    record.extend(format!("{stamp:011X}{:09X}", rng.random::<u64>() & 0xF_FFFF_FFFF).bytes());
    record.push(0);
    format!("wamid.{}", STANDARD.encode(record))
}

/// A media id: digits only.
pub(super) fn media(rng: &mut StdRng, now: i64) -> String {
    format!("{}{:04}", now.unsigned_abs(), rng.random_range(0..10_000_u32))
}

/// A business-scoped user id: the country's two letters, a dot, digits.
pub(super) fn user(rng: &mut StdRng, country: &str, now: i64) -> String {
    format!("{country}.{}{:07}", now.unsigned_abs(), rng.random_range(0..10_000_000_u32))
}

/// The trace id for Meta's support.
pub(super) fn trace(rng: &mut StdRng) -> String {
    format!("A{}", STANDARD.encode(rng.random::<[u8; 16]>()).replace(['+', '/', '='], "-"))
}

/// The id of a conversation that came from an ad.
pub(super) fn conversation(rng: &mut StdRng) -> String {
    hex::encode(rng.random::<[u8; 16]>())
}

/// An unguessable token for a download URL.
pub(super) fn link(rng: &mut StdRng) -> String {
    hex::encode(rng.random::<[u8; 20]>())
}

/// The digits of a formatted number.
pub(super) fn digits(number: &str) -> String {
    number.chars().filter(char::is_ascii_digit).collect()
}

/// The country of a number's first digits, for user ids; `XX` if it is not in the table.
pub(super) fn country(digits: &str) -> &'static str {
    const CODES: [(&str, &str); 14] = [
        ("962", "JO"),
        ("971", "AE"),
        ("972", "IL"),
        ("91", "IN"),
        ("55", "BR"),
        ("52", "MX"),
        ("49", "DE"),
        ("44", "GB"),
        ("39", "IT"),
        ("34", "ES"),
        ("33", "FR"),
        ("31", "NL"),
        ("7", "RU"),
        ("1", "US"),
    ];
    CODES.iter().find(|(code, _)| digits.starts_with(code)).map_or("XX", |(_, country)| country)
}

/// The country calling code at the beginning of a number: one digit for zones 1 and 7, two digits for the codes in the
/// list, otherwise three.
pub(super) fn calling_code(digits: &str) -> &str {
    const TWO: &str = " 20 27 30 31 32 33 34 36 39 40 41 43 44 45 46 47 48 49 51 52 53 54 55 56 57 58 60 61 62 63 64 65 66 \
        81 82 84 86 90 91 92 93 94 95 98 ";
    let length = match digits.get(..2) {
        Some(two) if two.starts_with(['1', '7']) => 1,
        Some(two) if TWO.contains(&format!(" {two} ")) => 2,
        _ => 3,
    };
    digits.get(..length).unwrap_or(digits)
}

/// Whether two digit strings reach the same phone. The mobile 9 of Brazil and Argentina and Mexico's 1 may be in the
/// dialled number and not in Meta's `wa_id`, or the reverse.
pub(super) fn same_number(left: &str, right: &str) -> bool {
    plain(left) == plain(right)
}

fn plain(digits: &str) -> String {
    match (digits.get(..2), digits.len()) {
        (Some("55"), 13) if digits.get(4..5) == Some("9") => format!("{}{}", &digits[..4], &digits[5..]),
        (Some("52"), 13) if digits.get(2..3) == Some("1") => format!("52{}", &digits[3..]),
        (Some("54"), 13) if digits.get(2..3) == Some("9") => format!("54{}", &digits[3..]),
        _ => digits.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use rand::SeedableRng;

    use super::*;

    #[test]
    fn wamids_are_unique() {
        let (mut first, mut again) = (StdRng::seed_from_u64(7), StdRng::seed_from_u64(7));
        let one = wamid(&mut first, 1_700_000_000_000, "15550001111", WamidDirection::FromCustomer);
        let other = wamid(&mut again, 1_700_000_000_001, "15550001111", WamidDirection::FromCustomer);
        assert!(one.starts_with("wamid.HBgL"));
        assert_ne!(one, other);
    }

    #[test]
    fn number_notations_of_one_phone_are_equal() {
        assert!(same_number("5511987654321", "551187654321"));
        assert!(same_number("5215512345678", "525512345678"));
        assert!(!same_number("15550001111", "15550001112"));
        assert_eq!(calling_code("15550001111"), "1");
        assert_eq!(calling_code("4915112345678"), "49");
        assert_eq!(calling_code("962791234567"), "962");
    }
}
