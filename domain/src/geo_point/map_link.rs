//! The position in a link of a map. Nothing is fetched: only what the address itself says counts.

use super::{GeoPoint, PlaceFault};
use crate::percent::decoded_value;

/// Hosts whose links lead to the long ones.
const SHORT: &[&str] = &["maps.app.goo.gl", "goo.gl", "maps.apple", "g.co", "bit.ly", "t.co", "her.is", "osm.org/go"];

/// Parameters that hold a pair of coordinates, the place before the middle of the map.
const PAIRS: &[&str] =
    &["q", "query", "coordinate", "destination", "daddr", "to", "ll", "center", "cp", "sll", "map", "at"];

/// The first link in the text.
pub(super) fn link_in(text: &str) -> Option<&str> {
    text.split_whitespace().find(|word| word.contains("://") || word.starts_with("geo:"))
}

pub(super) fn read(link: &str) -> Result<GeoPoint, PlaceFault> {
    let address = link.split_once("://").map_or(link, |(_, address)| address);
    let is_of = |host: &str| address.strip_prefix(host).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'));
    let found = marked(link).or_else(|| in_parameters(link)).or_else(|| in_path(address));
    let Some((latitude, longitude)) = found else {
        let is_short = SHORT.iter().any(|host| is_of(host));
        return Err(if is_short { PlaceFault::ShortLink } else { PlaceFault::LinkWithout });
    };
    GeoPoint::of(latitude, longitude).ok_or(PlaceFault::OffTheEarth)
}

/// Google's `!3d52.5!4d13.4`, of the last place that the link names.
fn marked(link: &str) -> Option<(f64, f64)> {
    let (_, after) = link.rsplit_once("!3d")?;
    let (latitude, rest) = leading_number(after)?;
    let (longitude, _) = leading_number(rest.strip_prefix("!4d")?)?;
    Some((latitude, longitude))
}

fn in_parameters(link: &str) -> Option<(f64, f64)> {
    let (_, query) = link.split_once(['?', '#'])?;
    let parameters: Vec<(&str, String)> = query
        .split(['&', '#', '?'])
        .filter_map(|part| part.split_once('='))
        .map(|(name, value)| (name, decoded_value(value)))
        .collect();
    let number = |wanted: &str| {
        let (_, value) = parameters.iter().find(|(name, _)| *name == wanted)?;
        leading_number(value).map(|(number, _)| number)
    };
    let marker = [("mlat", "mlon"), ("lat", "lon"), ("lat", "lng")];
    let marker = marker.into_iter().find_map(|(latitude, longitude)| number(latitude).zip(number(longitude)));
    marker.or_else(|| {
        PAIRS.iter().find_map(|wanted| {
            let (name, value) = parameters.iter().find(|(name, _)| name == wanted)?;
            let value = value.trim().trim_start_matches("loc:");
            // OpenStreetMap writes the scale first.
            let value = if *name == "map" { value.split_once('/')?.1 } else { value };
            pair(value)
        })
    })
}

/// `/@52.5,13.4,17z`, `/search/52.5,+13.4` and `geo:52.5,13.4`.
fn in_path(address: &str) -> Option<(f64, f64)> {
    let path = address.split(['?', '#']).next()?;
    if let Some(place) = path.strip_prefix("geo:") {
        return pair(place);
    }
    let mut parts = path.split('/').skip(1).map(|part| decoded_value(part.trim_start_matches('@')));
    parts.find_map(|part| pair(part.trim()))
}

/// The pair that the text begins with. What follows must not be a word: `10, 12 High Street` is an address.
fn pair(text: &str) -> Option<(f64, f64)> {
    let (latitude, rest) = leading_number(text)?;
    let after = rest.trim_start_matches([',', ' ', '~', '/']);
    let (longitude, rest) = leading_number(after).filter(|_| after.len() < rest.len())?;
    let ends = rest.is_empty() || rest.starts_with(['(', ',', ';', '/', '~']);
    ends.then_some((latitude, longitude))
}

fn leading_number(text: &str) -> Option<(f64, &str)> {
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    let length = unsigned.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(unsigned.len());
    let (number, rest) = text.split_at(text.len() - unsigned.len() + length);
    Some((number.parse().ok()?, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_numbers_of_a_pair_stand_apart() {
        assert_eq!(pair("52.5,-13.4"), Some((52.5, -13.4)));
        assert_eq!((pair("52.5-13.4"), pair("52.5+13.4")), (None, None));
    }
}
