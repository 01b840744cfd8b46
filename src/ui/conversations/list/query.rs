//! The address of a view: which conversation is open, and the filter as a query string.
//!
//! Read from the raw query, because the router's map decodes twice and would change a search for `100%25`.

use leptos::prelude::*;
use leptos_router::hooks::use_location;

use crate::domain::{
    desk::{DateOf, Filter, Status},
    handoff::TriggerKind,
    ids::ConversationId,
    percent,
};

/// The desk without an open conversation.
pub const DESK: &str = "/conversations";
/// The value of what is only set or not.
pub const SET: &str = "1";

/// A value of the address that does not exist: `status` or `trigger`, and the name that stands there.
pub type Unknown = (&'static str, String);

/// The open conversation and the filter, as the address has them.
#[derive(Clone, Copy)]
pub struct DeskLocation {
    pub open: Memo<Option<ConversationId>>,
    pub filter: Memo<Filter>,
    /// The filter without its search text: what the groups of the list show.
    pub listed: Memo<Filter>,
    /// What the address names that does not exist: what it should be, and its name.
    pub unknown: Memo<Option<Unknown>>,
}

impl DeskLocation {
    /// The link to this filter that keeps the open conversation.
    pub fn link(&self, filter: &Filter) -> String {
        let query = write(filter);
        self.open.with(|open| match open {
            Some(id) => format!("{DESK}/{id}{query}"),
            None => format!("{DESK}{query}"),
        })
    }

    /// The link to a conversation that keeps the filter.
    pub fn open_link(&self, id: &ConversationId) -> String {
        self.filter.with(|filter| format!("{DESK}/{id}{}", write(filter)))
    }
}

/// The location as the address has it. While a link leads to another page the last location stays, so that nothing
/// flickers or is read again.
pub fn use_desk_location() -> DeskLocation {
    let location = use_location();
    let (path, search) = (location.pathname, location.search);
    let here = move || path.with(|path| path.strip_prefix(DESK).map(|rest| rest.trim_matches('/').to_owned()));
    let open = Memo::new(move |last: Option<&Option<ConversationId>>| match here() {
        Some(id) => (!id.is_empty()).then(|| ConversationId::from(percent::decoded_value(&id))),
        None => last.cloned().flatten(),
    });
    let filter = Memo::new(move |last: Option<&Filter>| match here() {
        Some(_) => search.with(|search| read(search)),
        None => last.cloned().unwrap_or_default(),
    });
    let listed = Memo::new(move |_| Filter { search: None, ..filter.get() });
    let unknown = Memo::new(move |last: Option<&Option<Unknown>>| match here() {
        Some(_) => search.with(|search| unknown(search)),
        None => last.cloned().flatten(),
    });
    DeskLocation { open, filter, listed, unknown }
}

/// The status of a query string, or its trigger, if there is none of this name.
fn unknown(query: &str) -> Option<Unknown> {
    let value = |wanted: &str| {
        let mut pairs = query.trim_start_matches('?').split('&').filter_map(|pair| pair.split_once('='));
        let value =
            pairs.rfind(|(key, _)| *key == wanted).map(|(_, value)| percent::decoded_value(value).trim().to_owned());
        value.filter(|value| !value.is_empty())
    };
    let status = value("status").filter(|name| name.parse::<Status>().is_err()).map(|name| ("status", name));
    status
        .or_else(|| value("trigger").filter(|name| name.parse::<TriggerKind>().is_err()).map(|name| ("trigger", name)))
}

/// Parses a query string. Unknown keys and values are ignored; dates are checked by the server.
pub fn read(query: &str) -> Filter {
    let mut filter = Filter::default();
    for pair in query.trim_start_matches('?').split('&') {
        let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
        set(&mut filter, &percent::decoded_value(key), percent::decoded_value(value).trim());
    }
    filter
}

/// Sets one field of `filter` from a form or a query. An empty value removes it.
pub fn set(filter: &mut Filter, key: &str, value: &str) {
    let text = (!value.is_empty()).then(|| value.to_owned());
    match key {
        "status" => filter.status = value.parse::<Status>().ok(),
        "by" => filter.date_of = value.parse::<DateOf>().unwrap_or_default(),
        "from" => filter.from = text,
        "to" => filter.to = text,
        "agent" => filter.agent = text.map(Into::into),
        "number" => filter.channel = text.map(Into::into),
        "trigger" => filter.trigger = value.parse::<TriggerKind>().ok(),
        "failed" => filter.failed = value == SET,
        "unanswered" => filter.unanswered = value == SET,
        "q" => filter.search = text,
        _ => {}
    }
}

/// The set fields of `filter`, as keys and values. The kind of date is left out without a date.
pub fn pairs(filter: &Filter) -> Vec<(&'static str, String)> {
    let dated = filter.from.is_some() || filter.to.is_some();
    let by = (dated && filter.date_of != DateOf::default()).then(|| filter.date_of.as_str().to_owned());
    let set = |is: bool| is.then(|| SET.to_owned());
    [
        ("status", filter.status.map(|status| status.as_str().to_owned())),
        ("by", by),
        ("from", filter.from.clone()),
        ("to", filter.to.clone()),
        ("agent", filter.agent.as_ref().map(ToString::to_string)),
        ("number", filter.channel.as_ref().map(ToString::to_string)),
        ("trigger", filter.trigger.map(|kind| kind.as_str().to_owned())),
        ("failed", set(filter.failed)),
        ("unanswered", set(filter.unanswered)),
        ("q", filter.search.clone()),
    ]
    .into_iter()
    .filter_map(|(key, value)| Some((key, value?)))
    .collect()
}

/// The query string with its `?`, or nothing.
pub fn write(filter: &Filter) -> String {
    let mut query = String::new();
    for (key, value) in pairs(filter) {
        query.push(if query.is_empty() { '?' } else { '&' });
        query.push_str(key);
        query.push('=');
        query.push_str(&percent::encoded(&value));
    }
    query
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_plain_form_and_a_link_read_the_same() {
        let filter = read("status=mine&by=closed&from=2026-11-01&to=&agent=agt_1&number=&q=maria+100%25");
        assert_eq!(filter.status, Some(Status::Mine));
        assert_eq!(filter.date_of, DateOf::Closed);
        assert_eq!((filter.from.as_deref(), filter.to.as_deref()), (Some("2026-11-01"), None));
        assert_eq!(filter.agent, Some("agt_1".into()));
        assert_eq!(filter.search.as_deref(), Some("maria 100%"));
        assert_eq!(read(&write(&filter)), filter);
        assert_eq!(write(&Filter::default()), "");
        assert_eq!(read("status=sideways&colour=red&&="), Filter::default());
    }

    #[test]
    fn every_trigger_and_mark_has_an_address() {
        for trigger in TriggerKind::ALL {
            let filter = Filter { trigger: Some(trigger), ..Filter::default() };
            assert_eq!(read(&write(&filter)), filter);
        }
        let marks = Filter { failed: true, unanswered: true, ..Filter::default() };
        assert_eq!(write(&marks), "?failed=1&unanswered=1");
        assert_eq!(read("failed=1&unanswered=1"), marks);
        assert_eq!(read("trigger=nonsense&failed=&unanswered=0"), Filter::default());
    }

    #[test]
    fn what_does_not_exist_is_named() {
        for (query, found) in [
            ("?status=nonsense&q=a", Some(("status", "nonsense"))),
            ("?status=mine&trigger=side%20ways", Some(("trigger", "side ways"))),
            ("?q=a", None),
            ("?status=&trigger=", None),
            ("?status=closed&trigger=keyword", None),
            ("", None),
        ] {
            assert_eq!(unknown(query), found.map(|(noun, name)| (noun, name.to_owned())), "{query}");
        }
    }

    #[test]
    fn every_status_has_an_address_and_earlier_ones_stay_readable() {
        for status in Status::ALL {
            let filter = Filter { status: Some(status), ..Filter::default() };
            assert_eq!(read(&write(&filter)), filter);
        }
        for (query, status) in
            [("status=waiting", Status::Unassigned), ("status=mine", Status::Mine), ("status=team", Status::Others)]
        {
            assert_eq!(read(query).status, Some(status));
        }
    }

    proptest! {
        #[test]
        fn any_search_survives_its_address(words in "\\PC{1,40}", raw in "\\PC{0,60}") {
            let filter = Filter { search: Some(words.trim().to_owned()).filter(|w| !w.is_empty()), ..Filter::default() };
            prop_assert_eq!(read(&write(&filter)), filter);
            read(&raw);
        }
    }
}
