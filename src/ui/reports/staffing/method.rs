//! How the numbers are calculated, what is left out, and what is not known.

use leptos::prelude::*;

use crate::{
    contract::staffing::StaffingReport,
    domain::staffing::{concurrency::Concurrency, replay::HandlingClock},
    ui::number::counted,
};

#[component]
pub fn Method(report: StaffingReport) -> impl IntoView {
    let lines = lines(&report).into_iter().map(|line| view! { <li>{line}</li> }).collect_view();
    view! {
        <details class="how staffing-method">
            <summary>"How this is calculated"</summary>
            <ul>{lines}</ul>
        </details>
    }
}

fn lines(report: &StaffingReport) -> Vec<String> {
    let work = match report.concurrency {
        Concurrency::ONE => "Each person works on one conversation at a time".to_owned(),
        at_once => format!("Each person works on {at_once} conversations at a time"),
    };
    let held = match report.observed {
        Some(observed) if observed == report.concurrency => {
            format!("{work}: your team's average, counted while somebody had at least one.")
        }
        Some(observed) => format!(
            "{work}. Your team's average was {observed}, counted while somebody had at least one; handling times were \
             measured with that."
        ),
        None => format!("{work}. In these weeks nobody had a conversation, so there is no average of your team."),
    };
    let clock = match report.clock {
        HandlingClock::Wall => {
            "Handling times are those of the clock, nights included, because there are no opening hours for all of them."
        }
        HandlingClock::OpeningHours => {
            "Handling times are those in opening hours. They go on while anybody is on the roster."
        }
    };
    let drawn = (report.prediction.drawn > 0).then(|| {
        format!(
            "The handling time of {} is not known, because it is still open or nobody claimed it. It is taken from the \
             others at random, but the same for every roster.",
            counted(report.prediction.drawn, "handoff")
        )
    });
    let fixed = [
        "Each handoff of these weeks is requested again at its own time and takes its own handling time. Whoever has room \
         takes the longest-waiting one.",
        "Whoever leaves passes their conversations on to those who stay. The week before the first day fills the queue, and \
         the roster goes on for a week after the last one.",
        "No customer gives up waiting: how long yours would wait is not known. Handoffs that nobody answered count like all \
         others.",
        "A target is missed if the wait and the time from the claim to the first reply, as it was, are longer than it. The \
         24 hours in which WhatsApp takes a reply are counted from the request, because the customer's last message is not \
         recorded with it; customers whom another app transferred have none here.",
        "Every handoff counts that needed somebody: requests for an agent, takeovers by hand, and conversations that were \
         reopened. Left out are those that staff answered in the WhatsApp app, takeovers that were undone, conversations \
         that the business began, imported history, and what was left out of the reports.",
    ];
    let fixed = fixed.into_iter().map(str::to_owned);
    [held, clock.to_owned()].into_iter().chain(drawn).chain(fixed).collect()
}

#[cfg(test)]
mod tests {
    use jiff::{civil::date, tz::TimeZone};

    use super::*;
    use crate::domain::staffing::{forecast::Forecast, replay::Replay, roster::Roster};

    fn report(observed: Option<Concurrency>, clock: HandlingClock) -> StaffingReport {
        let (roster, zone, from, until) = (Roster::default(), TimeZone::UTC, date(2026, 2, 2), date(2026, 3, 2));
        let concurrency = Concurrency::whole(2);
        let replay = Replay { roster: &roster, zone: &zone, from, until, concurrency, clock, seed: 1 };
        StaffingReport {
            roster: String::new(),
            zone: "UTC".to_owned(),
            weeks: 4,
            from,
            until,
            concurrency,
            observed,
            clock,
            unfinished: None,
            prediction: replay.predict(&[]).expect("nothing to draw"),
            forecast: Forecast::new(&[]),
            last_week: None,
            back_test: None,
        }
    }

    #[test]
    fn what_was_calculated_with_is_said() {
        let first = |observed, clock| lines(&report(observed, clock))[0].clone();
        let wall = HandlingClock::Wall;
        assert_eq!(
            first(Some(Concurrency::whole(2)), wall),
            "Each person works on 2 conversations at a time: your team's average, counted while somebody had at least one."
        );
        assert!(first(Some(Concurrency::whole(3)), wall).contains("Your team's average was 3,"));
        assert!(first(None, wall).contains("there is no average"));
        let hours = lines(&report(None, HandlingClock::OpeningHours));
        assert!(hours[1].contains("in opening hours") && hours.len() == 7, "{hours:#?}");
    }
}
