//! The applied filters of the panel, each as a link that removes it. The search and the status show themselves.

use leptos::prelude::*;

use super::{
    filters::{FAILED, UNANSWERED, date_label},
    query::DeskLocation,
};
use crate::{
    contract::desk::Choices,
    domain::desk::{DateOf, Filter},
    ui::{components::icon::Icon, state::AppState},
};

/// One applied filter.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Applied {
    words: String,
    /// The filter that is left without it.
    rest: Filter,
}

#[component]
pub fn AppliedFilters(place: DeskLocation) -> impl IntoView {
    let choices = AppState::expect().choices;
    let shown = Memo::new(move |_| place.filter.with(|filter| choices.with(|choices| applied(filter, choices))));
    let link = move |one: Applied| {
        let Applied { words, rest } = one;
        view! {
            <a class="chip on" href=place.link(&rest) title="Remove this filter">
                <span class="visually-hidden">"Remove filter: "</span>
                <bdi>{words}</bdi>
                <Icon name="x" class="xs" />
            </a>
        }
    };
    move || {
        let shown = shown.get();
        (!shown.is_empty()).then(|| {
            view! {
                <nav class="applied" aria-label="Applied filters">
                    {shown.into_iter().map(link).collect_view()}
                </nav>
            }
        })
    }
}

fn applied(filter: &Filter, choices: &Choices) -> Vec<Applied> {
    let range = range(filter).map(|range| Applied {
        words: format!("{} {range}", date_label(filter.date_of)),
        rest: Filter { from: None, to: None, date_of: DateOf::default(), ..filter.clone() },
    });
    let agent = filter.agent.as_ref().map(|agent| Applied {
        words: name_of(&choices.agents, agent).unwrap_or("Agent").to_owned(),
        rest: Filter { agent: None, ..filter.clone() },
    });
    let number = filter.channel.as_ref().map(|channel| Applied {
        words: name_of(&choices.channels, channel).unwrap_or("Number").to_owned(),
        rest: Filter { channel: None, ..filter.clone() },
    });
    let trigger = filter
        .trigger
        .map(|kind| Applied { words: kind.label().to_owned(), rest: Filter { trigger: None, ..filter.clone() } });
    let failed =
        filter.failed.then(|| Applied { words: FAILED.to_owned(), rest: Filter { failed: false, ..filter.clone() } });
    let unanswered = filter
        .unanswered
        .then(|| Applied { words: UNANSWERED.to_owned(), rest: Filter { unanswered: false, ..filter.clone() } });
    [range, agent, number, trigger, failed, unanswered].into_iter().flatten().collect()
}

/// The days in words.
fn range(filter: &Filter) -> Option<String> {
    match (filter.from.as_deref(), filter.to.as_deref()) {
        (Some(from), Some(to)) if from == to => Some(from.to_owned()),
        (Some(from), Some(to)) => Some(format!("{from} to {to}")),
        (Some(from), None) => Some(format!("since {from}")),
        (None, Some(to)) => Some(format!("until {to}")),
        (None, None) => None,
    }
}

fn name_of<'a, Id: PartialEq>(names: &'a [(Id, String)], id: &Id) -> Option<&'a str> {
    names.iter().find(|(known, _)| known == id).map(|(_, name)| name.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{desk::Status, handoff::TriggerKind};

    fn choices() -> Choices {
        Choices {
            agents: vec![("agt_ben".into(), "Ben Weber".into())],
            channels: vec![("chn_1".into(), "Acme Store".into())],
            left: Vec::new(),
        }
    }

    #[test]
    fn each_filter_is_named_and_removed_alone() {
        // given all filters of the panel, with a status and a search
        let filter = Filter {
            status: Some(Status::Closed),
            date_of: DateOf::Closed,
            from: Some("2026-11-20".into()),
            to: Some("2026-11-22".into()),
            agent: Some("agt_ben".into()),
            channel: Some("chn_1".into()),
            trigger: Some(TriggerKind::Failure),
            failed: true,
            unanswered: true,
            search: Some("maria".into()),
        };
        // when each is removed
        let shown = applied(&filter, &choices());
        // then it has a name, and the others stay
        let words: Vec<_> = shown.iter().map(|one| one.words.as_str()).collect();
        let days = "Closed 2026-11-20 to 2026-11-22";
        assert_eq!(words, [days, "Ben Weber", "Acme Store", "Bot failed", "Not delivered", "Unanswered"]);
        let dateless = Filter { date_of: DateOf::Started, from: None, to: None, ..filter.clone() };
        assert_eq!(shown[0].rest, dateless);
        assert_eq!(shown[1].rest, Filter { agent: None, ..filter.clone() });
        assert_eq!(shown[2].rest, Filter { channel: None, ..filter.clone() });
        assert_eq!(shown[3].rest, Filter { trigger: None, ..filter.clone() });
        assert_eq!(shown[4].rest, Filter { failed: false, ..filter.clone() });
        assert_eq!(shown[5].rest, Filter { unanswered: false, ..filter });
    }

    #[test]
    fn days_are_a_range_with_open_ends() {
        let words = |from: Option<&str>, to: Option<&str>| {
            range(&Filter { from: from.map(Into::into), to: to.map(Into::into), ..Filter::default() })
        };
        assert_eq!(words(Some("2026-11-20"), Some("2026-11-20")).as_deref(), Some("2026-11-20"));
        assert_eq!(words(Some("2026-11-20"), None).as_deref(), Some("since 2026-11-20"));
        assert_eq!(words(None, Some("2026-11-20")).as_deref(), Some("until 2026-11-20"));
        assert_eq!(words(None, None), None);
    }

    #[test]
    fn what_the_choices_do_not_know_is_named_by_its_kind() {
        let filter = Filter { agent: Some("agt_gone".into()), channel: Some("chn_gone".into()), ..Filter::default() };
        let words: Vec<_> = applied(&filter, &choices()).into_iter().map(|one| one.words).collect();
        assert_eq!(words, ["Agent", "Number"]);
    }
}
