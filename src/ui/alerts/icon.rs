//! The tab's icon with a count.

/// The icon without a count.
const PLAIN: &str = "/favicon.svg";

/// The address of the icon that shows `count`: two characters at most, none for nothing.
pub fn icon_address(count: i64) -> String {
    let label = match count {
        ..=0 => return PLAIN.to_owned(),
        1..=9 => count.to_string(),
        _ => "9+".to_owned(),
    };
    let svg = format!(
        "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 32 32'>\
         <path fill='#0b6e58' d='M16 3a13 13 0 1 1-6.1 24.5L3.6 29l1.6-6.1A13 13 0 0 1 16 3z'/>\
         <circle cx='21' cy='11' r='11' fill='#c5221f'/>\
         <text x='21' y='16.5' font-family='sans-serif' font-size='15' font-weight='700' text-anchor='middle' \
         fill='#fff'>{label}</text></svg>"
    );
    // What an address cannot hold.
    let encoded = svg.replace('%', "%25").replace('#', "%23").replace('<', "%3C").replace('>', "%3E");
    format!("data:image/svg+xml,{encoded}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_icon_shows_the_count() {
        assert_eq!(icon_address(0), PLAIN);
        for (count, label) in [(1, "%3E1%3C"), (9, "%3E9%3C"), (10, "%3E9+%3C"), (400, "%3E9+%3C")] {
            let address = icon_address(count);
            assert!(address.starts_with("data:image/svg+xml,%3Csvg ") && address.contains(label), "{address}");
            assert!(!address.contains(['#', '<', '>', '"']), "{address}");
        }
    }
}
