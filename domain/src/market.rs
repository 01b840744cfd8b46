//! Markets: the countries for which WhatsApp has prices of their own, as the calling code with which their numbers begin.
//!
//! A market says where a customer's number is from, not whose it is, so it may stay when the number is erased. Prices belong
//! in `prices`.

use super::phone_number::{country_length, is_digits};

/// The calling codes of countries, as the ITU assigns them: the country's code of ISO 3166, and one or more calling codes.
/// Countries that share one with others have the digits that tell them apart, as far as these are fixed.
const COUNTRIES: &str = "\
    AC247 AD376 AE971 AF93 AG1268 AI1264 AL355 AM374 AO244 AR54 AS1684 AT43 AU61 AW297 AX358 AZ994 BA387 BB1246 BD880 BE32 \
    BF226 BG359 BH973 BI257 BJ229 BL590 BM1441 BN673 BO591 BQ599 BR55 BS1242 BT975 BW267 BY375 BZ501 CA1 CC61 CD243 CF236 \
    CG242 CH41 CI225 CK682 CL56 CM237 CN86 CO57 CR506 CU53 CV238 CW599 CX61 CY357 CZ420 DE49 DJ253 DK45 DM1767 \
    DO1809,1829,1849 DZ213 EC593 EE372 EG20 EH212 ER291 ES34 ET251 FI358 FJ679 FK500 FM691 FO298 FR33 GA241 GB44 GD1473 \
    GE995 GF594 GG44 GH233 GI350 GL299 GM220 GN224 GP590 GQ240 GR30 GT502 GU1671 GW245 GY592 HK852 HN504 HR385 HT509 HU36 \
    ID62 IE353 IL972 IM44 IN91 IO246 IQ964 IR98 IS354 IT39 JE44 JM1876,1658 JO962 JP81 KE254 KG996 KH855 KI686 KM269 KN1869 \
    KP850 KR82 KW965 KY1345 KZ77,76 LA856 LB961 LC1758 LI423 LK94 LR231 LS266 LT370 LU352 LV371 LY218 MA212 MC377 MD373 \
    ME382 MF590 MG261 MH692 MK389 ML223 MM95 MN976 MO853 MP1670 MQ596 MR222 MS1664 MT356 MU230 MV960 MW265 MX52 MY60 MZ258 \
    NA264 NC687 NE227 NF672 NG234 NI505 NL31 NO47 NP977 NR674 NU683 NZ64 OM968 PA507 PE51 PF689 PG675 PH63 PK92 PL48 PM508 \
    PR1787,1939 PS970 PT351 PW680 PY595 QA974 RE262 RO40 RS381 RU7 RW250 SA966 SB677 SC248 SD249 SE46 SG65 SH290 SI386 SJ47 \
    SK421 SL232 SM378 SN221 SO252 SR597 SS211 ST239 SV503 SX1721 SY963 SZ268 TC1649 TD235 TG228 TH66 TJ992 TK690 TL670 TM993 \
    TN216 TO676 TR90 TT1868 TV688 TW886 TZ255 UA380 UG256 US1 UY598 UZ998 VA39 VC1784 VE58 VG1284 VI1340 VN84 VU678 WF681 \
    WS685 XK383 YE967 YT262 ZA27 ZM260 ZW263";

/// Each country with its calling codes.
pub(crate) fn countries() -> impl Iterator<Item = (&'static str, impl Iterator<Item = &'static str>)> {
    COUNTRIES.split_ascii_whitespace().map(|word| {
        let (country, codes) = word.split_at(2);
        (country, codes.split(','))
    })
}

/// The market of a customer who is known by a number, a business-scoped user id, or both.
pub fn market_of(phone: Option<&str>, user_id: Option<&str>) -> Option<String> {
    phone.and_then(market_of_phone).or_else(|| user_id.and_then(market_of_user_id))
}

/// The market of an international number in digits: the longest calling code with which it begins.
fn market_of_phone(digits: &str) -> Option<String> {
    if !is_digits(digits) || digits.len() < 5 || digits.starts_with('0') {
        return None;
    }
    let known = longest_code(digits).map(str::to_owned);
    known.or_else(|| digits.get(..country_length(digits)).map(str::to_owned))
}

/// The longest calling code with which digits begin; `None` if they begin with no country's code.
fn longest_code(digits: &str) -> Option<&'static str> {
    let codes = countries().flat_map(|(_, codes)| codes).filter(|code| digits.starts_with(*code));
    codes.max_by_key(|code| code.len())
}

/// The countries, by their codes of ISO 3166, where a number with these first digits may be from.
pub fn countries_of(digits: &str) -> Vec<&'static str> {
    let Some(code) = longest_code(digits) else { return Vec::new() };
    countries().filter_map(|(country, mut codes)| codes.any(|own| own == code).then_some(country)).collect()
}

/// The market of a business-scoped user id, which begins with the country: `DE.1181`.
fn market_of_user_id(id: &str) -> Option<String> {
    let (wanted, _) = id.split_once('.')?;
    let found = countries().find(|(country, _)| *country == wanted);
    found.and_then(|(_, mut codes)| codes.next()).map(str::to_owned)
}

/// A market in words: `+49 (DE)`, `+1 (CA, US)`. An empty code stands for all countries that are not listed.
pub fn market_label(code: &str) -> String {
    if code.is_empty() {
        return "Other countries".to_owned();
    }
    let of_code = countries().filter_map(|(country, mut codes)| codes.any(|own| own == code).then_some(country));
    let names: Vec<&str> = of_code.collect();
    if names.is_empty() { format!("+{code}") } else { format!("+{code} ({})", names.join(", ")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn by_phone(digits: &str) -> Option<String> {
        market_of(Some(digits), None)
    }

    #[test]
    fn a_number_is_of_the_longest_code_with_which_it_begins() {
        for (digits, market) in [
            ("4915550001", "49"),
            ("12025550123", "1"),
            ("18095550123", "1809"),
            ("79161234567", "7"),
            ("77011234567", "77"),
            ("351912345678", "351"),
            // Nobody has this code.
            ("2101234567", "210"),
        ] {
            assert_eq!(by_phone(digits).as_deref(), Some(market), "{digits}");
        }
    }

    #[test]
    fn what_is_no_international_number_has_no_market() {
        for digits in ["", "4", "0151234567", "DE.100", "+4915550001"] {
            assert_eq!(by_phone(digits), None, "{digits}");
        }
    }

    #[test]
    fn a_user_id_names_the_country_where_the_number_is_hidden() {
        let by_id = |id: &str| market_of(None, Some(id));
        assert_eq!(by_id("DE.100").as_deref(), Some("49"));
        assert_eq!(by_id("US.ENT.11815799212886844830").as_deref(), Some("1"));
        assert_eq!((by_id("XX.100"), by_id("DE"), market_of(None, None)), (None, None, None));
        assert_eq!(market_of(Some("33612345678"), Some("DE.100")).as_deref(), Some("33"), "the number counts");
    }

    #[test]
    fn a_market_is_named_by_its_code_and_countries() {
        assert_eq!(market_label("49"), "+49 (DE)");
        assert_eq!(market_label("1"), "+1 (CA, US)");
        assert_eq!((market_label("210"), market_label("")), ("+210".to_owned(), "Other countries".to_owned()));
    }

    #[test]
    fn every_country_is_listed_once_with_codes_of_digits() {
        let names: Vec<&str> = countries().map(|(country, _)| country).collect();
        assert!(names.windows(2).all(|pair| pair[0] < pair[1]), "sorted, each once");
        for (country, codes) in countries() {
            for code in codes {
                let fits = is_digits(code) && code.len() <= 4 && !code.starts_with('0');
                assert!(fits && country.bytes().all(|byte| byte.is_ascii_uppercase()), "{country} {code}");
            }
        }
    }

    #[test]
    fn a_number_has_at_least_five_digits() {
        assert_eq!((by_phone("491"), by_phone("4915")), (None, None));
        assert_eq!(by_phone("49151").as_deref(), Some("49"));
    }
}
