//! A place on the earth, and what people paste to name one: coordinates in the usual notations (`notation.rs`) or a link of
//! a map (`map_link.rs`).

mod map_link;
mod notation;

use serde::{Deserialize, Serialize};

/// A point in millionths of a degree, a tenth of a metre apart, so that two can be compared.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GeoPoint {
    latitude: i32,
    longitude: i32,
}

/// Why a text names no point.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PlaceFault {
    Empty,
    /// A short link leads to the position and does not hold it.
    ShortLink,
    /// A link without a position, as that of a search.
    LinkWithout,
    NoCoordinates,
    OffTheEarth,
}

impl PlaceFault {
    /// What is wrong, and what to do.
    pub fn words(self) -> &'static str {
        match self {
            Self::Empty => "Enter coordinates, or paste a map link.",
            Self::ShortLink => {
                "Short map links don't contain the position. Open it, then copy the long address or the coordinates."
            }
            Self::LinkWithout => "This link contains no position. Enter the coordinates instead, like 52.52, 13.405.",
            Self::NoCoordinates => "These aren't coordinates. Enter them like 52.52, 13.405, or paste a map link.",
            Self::OffTheEarth => {
                "Latitude goes from -90 to 90, and longitude from -180 to 180. Check the order and signs."
            }
        }
    }
}

impl GeoPoint {
    /// The point of these degrees; `None` if there is none on the earth.
    pub fn of(latitude: f64, longitude: f64) -> Option<Self> {
        let millionths = |degrees: f64, most: f64| {
            // In range, so that nothing is cut off.
            (-most..=most).contains(&degrees).then(|| (degrees * 1_000_000.0).round() as i32)
        };
        Some(Self { latitude: millionths(latitude, 90.0)?, longitude: millionths(longitude, 180.0)? })
    }

    /// Reads what a person typed or pasted.
    pub fn read(text: &str) -> Result<Self, PlaceFault> {
        let text = text.trim();
        if text.is_empty() {
            return Err(PlaceFault::Empty);
        }
        match map_link::link_in(text) {
            Some(link) => map_link::read(link),
            None => notation::read(text),
        }
    }

    /// In degrees, north positive.
    pub fn latitude(self) -> f64 {
        f64::from(self.latitude) / 1_000_000.0
    }

    /// In degrees, east positive.
    pub fn longitude(self) -> f64 {
        f64::from(self.longitude) / 1_000_000.0
    }
}

/// `52.52, 13.405`
impl std::fmt::Display for GeoPoint {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}, {}", self.latitude(), self.longitude())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn point(latitude: f64, longitude: f64) -> Result<GeoPoint, PlaceFault> {
        Ok(GeoPoint::of(latitude, longitude).expect("a point"))
    }

    #[test]
    fn coordinates_are_read_in_the_usual_notations() {
        let berlin = point(52.520008, 13.404954);
        for text in [
            "52.520008, 13.404954",
            " 52.520008 13.404954 ",
            "52.520008;13.404954",
            "(52.520008, 13.404954)",
            "52,520008 13,404954",
            "52,520008; 13,404954",
            "52,520008, 13,404954",
            "52.520008° N, 13.404954° E",
            "52.520008N 13.404954E",
            "N 52.520008 E 13.404954",
            "13.404954 E, 52.520008 N",
        ] {
            assert_eq!(GeoPoint::read(text), berlin, "{text}");
        }
        let rio = point(-22.95, -43.210_556);
        for text in
            ["-22.95, -43.210556", "22.95 S, 43.210556 W", "22°57'00\"S 43°12'38\"W", "22 57 0 S, 43 12 38.0016 W"]
        {
            assert_eq!(GeoPoint::read(text), rio, "{text}");
        }
        assert_eq!(GeoPoint::read("0, 0"), point(0.0, 0.0));
    }

    #[test]
    fn a_link_of_a_map_says_where_its_place_is() {
        let berlin = point(52.520008, 13.404954);
        for link in [
            // The place, not the middle of the map.
            "https://www.google.com/maps/place/Alex/@52.5,13.4,17z/data=!3m1!4b1!8m2!3d52.520008!4d13.404954",
            "https://www.google.com/maps/@52.520008,13.404954,15z",
            "https://maps.google.com/?q=52.520008,13.404954",
            "https://maps.google.com/maps?q=loc:52.520008%2C13.404954&z=15",
            "https://www.google.com/maps/search/?api=1&query=52.520008%2C13.404954",
            "https://www.google.com/maps/search/52.520008,+13.404954?entry=tts",
            "https://www.google.com/maps/dir/?api=1&destination=52.520008,13.404954",
            "https://maps.apple.com/?ll=52.520008,13.404954&q=Alex",
            "https://maps.apple.com/place?coordinate=52.520008,13.404954&name=Alex",
            "https://www.openstreetmap.org/?mlat=52.520008&mlon=13.404954#map=17/52.5/13.4",
            "https://www.openstreetmap.org/#map=17/52.520008/13.404954",
            "https://www.bing.com/maps?cp=52.520008~13.404954&lvl=16",
            "https://www.waze.com/ul?ll=52.520008%2C13.404954&navigate=yes",
            "geo:52.520008,13.404954;u=35",
            "geo:0,0?q=52.520008,13.404954(Alex)",
            "We are here: https://maps.google.com/?q=52.520008,13.404954 (ring twice)",
        ] {
            assert_eq!(GeoPoint::read(link), berlin, "{link}");
        }
    }

    #[test]
    fn what_names_no_place_is_refused_with_a_way_out() {
        for (text, fault) in [
            (" ", PlaceFault::Empty),
            ("https://maps.app.goo.gl/abc123", PlaceFault::ShortLink),
            ("https://goo.gl/maps/abc123", PlaceFault::ShortLink),
            ("https://www.google.com/maps/search/?api=1&query=Alexanderplatz", PlaceFault::LinkWithout),
            ("https://maps.google.com/?q=10,+12+High+Street", PlaceFault::LinkWithout),
            ("Alexanderplatz 1, Berlin", PlaceFault::NoCoordinates),
            ("52.5", PlaceFault::NoCoordinates),
            ("52.5, 13.4, 7.1", PlaceFault::NoCoordinates),
            ("52.5 N, 13.4 N", PlaceFault::NoCoordinates),
            ("22 61 0 S, 43 12 38 W", PlaceFault::NoCoordinates),
            ("91, 13.4", PlaceFault::OffTheEarth),
            ("https://maps.google.com/?q=52.5,181", PlaceFault::OffTheEarth),
        ] {
            assert_eq!(GeoPoint::read(text), Err(fault), "{text}");
            assert!(fault.words().ends_with('.'));
        }
        assert_eq!(GeoPoint::of(f64::NAN, 0.0), None);
        assert_eq!(GeoPoint::of(0.0, f64::INFINITY), None);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(256))]

        #[test]
        fn what_a_point_shows_is_read_as_that_point(
            latitude in -90_000_000_i32..=90_000_000,
            longitude in -180_000_000_i32..=180_000_000,
        ) {
            let point = GeoPoint { latitude, longitude };
            prop_assert_eq!(GeoPoint::read(&point.to_string()), Ok(point));
            prop_assert_eq!(GeoPoint::of(point.latitude(), point.longitude()), Some(point));
        }

        #[test]
        fn no_text_makes_it_panic(text in "\\PC{0,60}", link in "(https://|geo:)[!@?&=#/,.;a-z0-9+%-]{0,60}") {
            let _any = (GeoPoint::read(&text), GeoPoint::read(&link));
        }
    }
}
