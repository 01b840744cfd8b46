//! The names of countries, for people who enter a number: they see where it would go before anything is sent.
//!
//! A part of the page's lazy code, so it is not in `market`, whose codes the first page has.

use super::{market::countries_of, phone_number::typed};

/// The names of countries by their codes of ISO 3166, in English as the rest of the page.
const NAMES: &str = "\
    AC Ascension Island|AD Andorra|AE United Arab Emirates|AF Afghanistan|AG Antigua and Barbuda|AI Anguilla|\
    AL Albania|AM Armenia|AO Angola|AR Argentina|AS American Samoa|AT Austria|AU Australia|AW Aruba|\
    AX Åland Islands|AZ Azerbaijan|BA Bosnia and Herzegovina|BB Barbados|BD Bangladesh|BE Belgium|BF Burkina Faso|\
    BG Bulgaria|BH Bahrain|BI Burundi|BJ Benin|BL Saint Barthélemy|BM Bermuda|BN Brunei|BO Bolivia|\
    BQ Caribbean Netherlands|BR Brazil|BS Bahamas|BT Bhutan|BW Botswana|BY Belarus|BZ Belize|CA Canada|\
    CC Cocos Islands|CD Congo (Kinshasa)|CF Central African Republic|CG Congo (Brazzaville)|CH Switzerland|\
    CI Côte d’Ivoire|CK Cook Islands|CL Chile|CM Cameroon|CN China|CO Colombia|CR Costa Rica|CU Cuba|CV Cape Verde|\
    CW Curaçao|CX Christmas Island|CY Cyprus|CZ Czechia|DE Germany|DJ Djibouti|DK Denmark|DM Dominica|\
    DO Dominican Republic|DZ Algeria|EC Ecuador|EE Estonia|EG Egypt|EH Western Sahara|ER Eritrea|ES Spain|\
    ET Ethiopia|FI Finland|FJ Fiji|FK Falkland Islands|FM Micronesia|FO Faroe Islands|FR France|GA Gabon|\
    GB United Kingdom|GD Grenada|GE Georgia|GF French Guiana|GG Guernsey|GH Ghana|GI Gibraltar|GL Greenland|\
    GM Gambia|GN Guinea|GP Guadeloupe|GQ Equatorial Guinea|GR Greece|GT Guatemala|GU Guam|GW Guinea-Bissau|\
    GY Guyana|HK Hong Kong|HN Honduras|HR Croatia|HT Haiti|HU Hungary|ID Indonesia|IE Ireland|IL Israel|\
    IM Isle of Man|IN India|IO British Indian Ocean Territory|IQ Iraq|IR Iran|IS Iceland|IT Italy|JE Jersey|\
    JM Jamaica|JO Jordan|JP Japan|KE Kenya|KG Kyrgyzstan|KH Cambodia|KI Kiribati|KM Comoros|\
    KN Saint Kitts and Nevis|KP North Korea|KR South Korea|KW Kuwait|KY Cayman Islands|KZ Kazakhstan|LA Laos|\
    LB Lebanon|LC Saint Lucia|LI Liechtenstein|LK Sri Lanka|LR Liberia|LS Lesotho|LT Lithuania|LU Luxembourg|\
    LV Latvia|LY Libya|MA Morocco|MC Monaco|MD Moldova|ME Montenegro|MF Saint Martin|MG Madagascar|\
    MH Marshall Islands|MK North Macedonia|ML Mali|MM Myanmar|MN Mongolia|MO Macao|MP Northern Mariana Islands|\
    MQ Martinique|MR Mauritania|MS Montserrat|MT Malta|MU Mauritius|MV Maldives|MW Malawi|MX Mexico|MY Malaysia|\
    MZ Mozambique|NA Namibia|NC New Caledonia|NE Niger|NF Norfolk Island|NG Nigeria|NI Nicaragua|NL Netherlands|\
    NO Norway|NP Nepal|NR Nauru|NU Niue|NZ New Zealand|OM Oman|PA Panama|PE Peru|PF French Polynesia|\
    PG Papua New Guinea|PH Philippines|PK Pakistan|PL Poland|PM Saint Pierre and Miquelon|PR Puerto Rico|\
    PS Palestine|PT Portugal|PW Palau|PY Paraguay|QA Qatar|RE Réunion|RO Romania|RS Serbia|RU Russia|RW Rwanda|\
    SA Saudi Arabia|SB Solomon Islands|SC Seychelles|SD Sudan|SE Sweden|SG Singapore|SH Saint Helena|SI Slovenia|\
    SJ Svalbard|SK Slovakia|SL Sierra Leone|SM San Marino|SN Senegal|SO Somalia|SR Suriname|SS South Sudan|\
    ST São Tomé and Príncipe|SV El Salvador|SX Sint Maarten|SY Syria|SZ Eswatini|TC Turks and Caicos Islands|\
    TD Chad|TG Togo|TH Thailand|TJ Tajikistan|TK Tokelau|TL Timor-Leste|TM Turkmenistan|TN Tunisia|TO Tonga|\
    TR Türkiye|TT Trinidad and Tobago|TV Tuvalu|TW Taiwan|TZ Tanzania|UA Ukraine|UG Uganda|US United States|\
    UY Uruguay|UZ Uzbekistan|VA Vatican City|VC Saint Vincent and the Grenadines|VE Venezuela|\
    VG British Virgin Islands|VI U.S. Virgin Islands|VN Vietnam|VU Vanuatu|WF Wallis and Futuna|WS Samoa|XK Kosovo|\
    YE Yemen|YT Mayotte|ZA South Africa|ZM Zambia|ZW Zimbabwe";

/// Where a number with these first digits is from: `Germany`, `Canada or United States`. `None` while too little is
/// typed to tell, and for codes that nobody has.
pub fn country_name(digits: &str) -> Option<String> {
    let countries = countries_of(digits);
    let names: Vec<&str> = countries.iter().filter_map(|country| name_of(country)).collect();
    let (last, before) = names.split_last()?;
    Some(if before.is_empty() { (*last).to_owned() } else { format!("{} or {last}", before.join(", ")) })
}

/// Where the number in a field is from, as far as it is typed.
pub fn country_of_typed(text: &str) -> Option<String> {
    country_name(&typed::beginning(text).ok()?)
}

fn name_of(country: &str) -> Option<&'static str> {
    NAMES.split('|').find_map(|entry| entry.strip_prefix(country)?.strip_prefix(' '))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::market::countries;

    #[test]
    fn the_country_is_known_as_soon_as_its_code_is_typed() {
        for (digits, name) in [
            ("49", Some("Germany")),
            ("4915", Some("Germany")),
            ("351", Some("Portugal")),
            ("1", Some("Canada or United States")),
            ("1809", Some("Dominican Republic")),
            ("44", Some("United Kingdom, Guernsey, Isle of Man or Jersey")),
            ("77", Some("Kazakhstan")),
            ("79", Some("Russia")),
            ("3", None),
            ("35", None),
            ("210", None),
            ("", None),
        ] {
            assert_eq!(country_name(digits).as_deref(), name, "{digits}");
        }
    }

    #[test]
    fn every_country_with_a_code_has_a_name() {
        let nameless: Vec<_> =
            countries().map(|(country, _)| country).filter(|country| name_of(country).is_none()).collect();
        assert_eq!(nameless, [""; 0]);
        assert_eq!(NAMES.split('|').count(), countries().count());
    }

    #[test]
    fn a_typed_number_has_a_country_however_it_is_written() {
        for typed in ["+49 151", "0049 151", "49"] {
            assert_eq!(country_of_typed(typed).as_deref(), Some("Germany"), "{typed}");
        }
        for typed in ["", "+", "+3", "DE.100"] {
            assert_eq!(country_of_typed(typed), None, "{typed}");
        }
    }
}
