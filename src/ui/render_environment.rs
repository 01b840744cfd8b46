//! What the first render must know about the browser, so that server and page render the same: the theme and the zone's
//! offset, from plain cookies that the page sets, and the server's time, which the document carries.
//!
//! The server reads the `Cookie` header and provides the values as a context; the page reads the same cookies.

use leptos::prelude::{Effect, ReadSignal, Set, signal};

use super::browser;
use crate::domain::time::Timestamp;

/// True once the page is hydrated. Before that, clicks on controls that need the script are lost, so such controls must
/// be disabled.
pub fn hydrated() -> ReadSignal<bool> {
    let (hydrated, set_hydrated) = signal(false);
    Effect::new(move |_| set_hydrated.set(true));
    hydrated
}

/// Light, dark, or the system's.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Theme {
    #[default]
    System,
    Light,
    Dark,
}

impl Theme {
    pub fn as_str(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }

    /// The document's `data-theme`; none follows the system.
    pub fn attribute(self) -> Option<&'static str> {
        match self {
            Self::System => None,
            Self::Light => Some("light"),
            Self::Dark => Some("dark"),
        }
    }

    /// The next one, for a button that cycles through them.
    pub fn next(self) -> Self {
        match self {
            Self::System => Self::Light,
            Self::Light => Self::Dark,
            Self::Dark => Self::System,
        }
    }

    /// A cookie with another value follows the system.
    fn from_cookie(value: &str) -> Self {
        match value {
            "light" => Self::Light,
            "dark" => Self::Dark,
            _ => Self::System,
        }
    }
}

/// The name of the cookie that holds the theme's name.
pub const THEME: &str = "theme";
/// The name of the cookie that holds the zone's name, `Europe/Lisbon`.
pub const ZONE: &str = "zone";
/// The name of the cookie that holds the minutes that the zone is ahead of UTC now.
pub const OFFSET: &str = "offset";

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RenderEnvironment {
    pub theme: Theme,
    /// The browser's zone, once its cookie is set.
    pub zone: Option<String>,
    /// Minutes ahead of UTC; 0 until its cookie is set.
    pub offset: i32,
    /// The server's time. `None` in the page: the document carries it.
    pub now: Option<Timestamp>,
}

impl RenderEnvironment {
    /// Reads a `Cookie` header. Missing and invalid values keep their defaults.
    pub fn from_cookies(header: &str, now: Timestamp) -> Self {
        let find = |name: &str| {
            header.split(';').find_map(|pair| pair.trim().strip_prefix(name)?.strip_prefix('=').map(str::to_owned))
        };
        Self { now: Some(now), ..Self::from_values(find(THEME), find(ZONE), find(OFFSET)) }
    }

    /// Reads the page's own cookies.
    pub fn from_browser() -> Self {
        Self::from_values(browser::cookie(THEME), browser::cookie(ZONE), browser::cookie(OFFSET))
    }

    fn from_values(theme: Option<String>, zone: Option<String>, offset: Option<String>) -> Self {
        const FURTHEST: i32 = 14 * 60;
        Self {
            theme: theme.map(|value| Theme::from_cookie(&value)).unwrap_or_default(),
            zone: zone.filter(|name| !name.is_empty() && name.len() < 64),
            offset: offset
                .and_then(|minutes| minutes.parse().ok())
                .filter(|minutes: &i32| minutes.abs() <= FURTHEST)
                .unwrap_or(0),
            now: None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cookies_are_read_and_nonsense_is_ignored() {
        let now = Timestamp(7);
        let plain = RenderEnvironment { now: Some(now), ..RenderEnvironment::default() };
        assert_eq!(
            RenderEnvironment::from_cookies("a=b; theme=dark; zone=Europe/Lisbon; offset=-90", now),
            RenderEnvironment { theme: Theme::Dark, zone: Some("Europe/Lisbon".into()), offset: -90, now: Some(now) }
        );
        assert_eq!(RenderEnvironment::from_cookies("theme=pink; offset=99999; zone=", now), plain);
        assert_eq!(RenderEnvironment::from_cookies("nottheme=dark", now), plain);
    }
}
