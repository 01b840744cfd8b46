//! Coordinates as people write them: `52.52, 13.405`, `52°31'12"N 13°24'18"E`, with a decimal comma or hemispheres.

use super::{GeoPoint, PlaceFault};

/// Which of the two angles a hemisphere makes it.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Axis {
    Latitude,
    Longitude,
}

struct Angle {
    degrees: f64,
    axis: Option<Axis>,
}

pub(super) fn read(text: &str) -> Result<GeoPoint, PlaceFault> {
    let text = text.trim_matches(|c: char| c.is_whitespace() || matches!(c, '(' | ')' | '[' | ']'));
    let (first, second) = halves(text).ok_or(PlaceFault::NoCoordinates)?;
    let (first, second) = angle(first).zip(angle(second)).ok_or(PlaceFault::NoCoordinates)?;
    let (latitude, longitude) = match (first.axis, second.axis) {
        (None, None) | (Some(Axis::Latitude), Some(Axis::Longitude)) => (first, second),
        (Some(Axis::Longitude), Some(Axis::Latitude)) => (second, first),
        (Some(_), _) | (None, Some(_)) => return Err(PlaceFault::NoCoordinates),
    };
    GeoPoint::of(latitude.degrees, longitude.degrees).ok_or(PlaceFault::OffTheEarth)
}

/// The texts of the two angles. A comma is between them, or the decimal sign in both.
fn halves(text: &str) -> Option<(&str, &str)> {
    if let Some(found) = text.split_once(';') {
        return Some(found);
    }
    let commas: Vec<usize> = text.match_indices(',').map(|(at, _)| at).collect();
    match commas.as_slice() {
        [at] | [_, at, _] => Some((&text[..*at], &text[at + 1..])),
        [] | [_, _] => at_hemisphere(text).or_else(|| at_only_gap(text)),
        _ => None,
    }
}

/// `52.5N 13.4E` and `N 52.5 E 13.4`.
fn at_hemisphere(text: &str) -> Option<(&str, &str)> {
    let letters: Vec<usize> = text.char_indices().filter(|(_, c)| hemisphere(*c).is_some()).map(|(at, _)| at).collect();
    let [first, second] = letters[..] else { return None };
    let at = if first == 0 { second } else { first + 1 };
    Some(text.split_at(at))
}

fn at_only_gap(text: &str) -> Option<(&str, &str)> {
    let (first, second) = text.split_once(char::is_whitespace)?;
    let second = second.trim_start();
    (!second.contains(char::is_whitespace)).then_some((first, second))
}

fn hemisphere(c: char) -> Option<(Axis, f64)> {
    Some(match c.to_ascii_uppercase() {
        'N' => (Axis::Latitude, 1.0),
        'S' => (Axis::Latitude, -1.0),
        'E' => (Axis::Longitude, 1.0),
        'W' => (Axis::Longitude, -1.0),
        _ => return None,
    })
}

/// Degrees, minutes and seconds, with a sign or a hemisphere.
fn angle(text: &str) -> Option<Angle> {
    let text = text.trim();
    let found = text.chars().next().and_then(hemisphere).or_else(|| text.chars().next_back().and_then(hemisphere));
    let digits = text.trim_matches(|c: char| hemisphere(c).is_some() || c.is_whitespace());
    let is_negative = digits.starts_with(['-', '−']);
    if found.is_some() && is_negative {
        return None;
    }
    let digits = digits.trim_start_matches(['-', '−', '+']).replace(',', ".");
    let parts =
        digits.split(|c: char| c.is_whitespace() || matches!(c, '°' | 'º' | '\'' | '’' | '′' | '"' | '”' | '″'));
    let mut numbers = Vec::new();
    for part in parts.filter(|part| !part.is_empty()) {
        let is_number = part.chars().all(|c| c.is_ascii_digit() || c == '.');
        numbers.push(part.parse::<f64>().ok().filter(|_| is_number)?);
    }
    let (degrees, rest) = numbers.split_first()?;
    if rest.len() > 2 || rest.iter().any(|part| *part >= 60.0) {
        return None;
    }
    let [minutes, seconds] = [0, 1].map(|nth| rest.get(nth).copied().unwrap_or_default());
    let size = degrees + minutes / 60.0 + seconds / 3_600.0;
    let sign = found.map_or(if is_negative { -1.0 } else { 1.0 }, |(_, sign)| sign);
    Some(Angle { degrees: size * sign, axis: found.map(|(axis, _)| axis) })
}
