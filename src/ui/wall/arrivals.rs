//! Today's handoffs by hour beside the usual ones: bars, and a line over each for the median of the weeks before. The
//! same numbers are in a table for screen readers.

use leptos::prelude::*;

use super::WallState;
use crate::domain::arrivals::{Arrivals, HOURS, HourArrivals};

/// The drawing, in its own units: the width of an hour and of its bar, and the height of the highest bar. The hours are a
/// drawing of their own below, because the bars are stretched to the panel: their height, and where the digits stand.
const HOUR: f64 = 10.0;
const BAR: f64 = 7.0;
const HEIGHT: f64 = 60.0;
const LABELS: f64 = 12.0;
const BASELINE: f64 = 10.0;
/// Every so many hours are labelled.
const LABELLED: usize = 6;

#[component]
pub fn ArrivalsChart(state: WallState) -> impl IntoView {
    let arrivals = Memo::new(move |_| state.wall.with(|wall| wall.arrivals.clone()));
    let zone = Memo::new(move |_| state.wall.with(|wall| wall.zone.clone()));
    let width = HOUR * HOURS as f64;
    let view_box = format!("0 0 {width} {HEIGHT}");
    let axis_box = format!("0 0 {width} {LABELS}");
    let bars = move || arrivals.with(|arrivals| bars(arrivals).into_iter().map(bar).collect_view());
    let hours = (0..HOURS).step_by(LABELLED).map(|hour| {
        let x = HOUR * hour as f64;
        view! {
            <text x=x y=BASELINE>
                {format!("{hour:02}")}
            </text>
        }
    });
    view! {
        <section class="panel hours">
            <h2>"Handoffs by hour"</h2>
            <svg viewBox=view_box aria-hidden="true" preserveAspectRatio="none">
                {bars}
            </svg>
            <svg class="axis" viewBox=axis_box aria-hidden="true">
                {hours.collect_view()}
            </svg>
            <p class="more">
                <span class="key today"></span>
                "Today "
                <span class="key usual"></span>
                "Usual "
                <span class="zone">{zone}</span>
            </p>
            // In a box, because a table is as high as its rows, whatever its style says.
            <div class="visually-hidden">
                <table>
                    <caption>"Handoffs by hour, today and usually"</caption>
                    <thead>
                        <tr>
                            <th scope="col">"Hour"</th>
                            <th scope="col">"Today"</th>
                            <th scope="col">"Usually"</th>
                        </tr>
                    </thead>
                    <tbody>{move || arrivals.with(lines)}</tbody>
                </table>
            </div>
        </section>
    }
}

/// What is drawn for an hour: its left edge, and the heights of the bar and the line.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Bar {
    x: f64,
    today: Option<f64>,
    usual: Option<f64>,
}

/// The highest value of the day is as high as the drawing.
fn bars(arrivals: &Arrivals) -> Vec<Bar> {
    let values = arrivals.hours.iter().flat_map(|hour| [hour.today.map(|n| n as f64), hour.usual]);
    let most = values.flatten().fold(1.0, f64::max);
    let bar = |(hour, HourArrivals { today, usual }): (usize, &HourArrivals)| Bar {
        x: HOUR * hour as f64,
        today: today.map(|n| HEIGHT * n as f64 / most),
        usual: usual.map(|n| HEIGHT * n / most),
    };
    arrivals.hours.iter().enumerate().map(bar).collect()
}

fn bar(Bar { x, today, usual }: Bar) -> impl IntoView {
    let today = today.map(|height| {
        let (left, top) = (x + (HOUR - BAR) / 2.0, HEIGHT - height);
        view! { <rect class="today" x=left y=top width=BAR height=height></rect> }
    });
    let usual = usual.map(|height| {
        let (right, top) = (x + HOUR, HEIGHT - height);
        view! { <line class="usual" x1=x y1=top x2=right y2=top></line> }
    });
    view! {
        {today}
        {usual}
    }
}

fn lines(arrivals: &Arrivals) -> impl IntoView + use<> {
    let number = |value: Option<String>| value.unwrap_or_else(|| "not known".to_owned());
    let line = |(hour, it): (usize, &HourArrivals)| {
        let today = number(it.today.map(|n| n.to_string()));
        let usual = number(it.usual.map(|n| n.to_string()));
        view! {
            <tr>
                <th scope="row">{format!("{hour:02}:00")}</th>
                <td>{today}</td>
                <td>{usual}</td>
            </tr>
        }
    };
    arrivals.hours.iter().enumerate().map(line).collect_view()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_highest_value_is_as_high_as_the_drawing() {
        let hours = vec![
            HourArrivals { today: Some(2), usual: Some(8.0) },
            HourArrivals { today: Some(0), usual: None },
            HourArrivals { today: None, usual: Some(4.0) },
        ];
        let drawn = bars(&Arrivals { hours, ..Arrivals::default() });
        let expected = [
            Bar { x: 0.0, today: Some(HEIGHT / 4.0), usual: Some(HEIGHT) },
            Bar { x: HOUR, today: Some(0.0), usual: None },
            Bar { x: 2.0 * HOUR, today: None, usual: Some(HEIGHT / 2.0) },
        ];
        assert_eq!(drawn, expected);
        // given a day without any, then nothing is divided by zero
        let none = Arrivals { hours: vec![HourArrivals { today: Some(0), usual: Some(0.0) }], ..Arrivals::default() };
        assert_eq!(bars(&none)[0].today, Some(0.0));
    }
}
