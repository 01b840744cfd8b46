//! The delivery of a message of ours: an icon, and a word for screen readers.

use leptos::prelude::*;

use crate::{domain::message::Delivery, ui::components::icon::Icon};

#[component]
pub fn Ticks(delivery: Delivery) -> impl IntoView {
    let (class, icon, words) = face(delivery);
    view! {
        <span class=format!("ticks {class}") title=words>
            <Icon name=icon/>
            <span class="visually-hidden">{words}</span>
        </span>
    }
}

fn face(delivery: Delivery) -> (&'static str, &'static str, &'static str) {
    match delivery {
        Delivery::Queued => ("queued", "clock", "Queued"),
        Delivery::Unknown => ("queued", "help", "No response from WhatsApp yet"),
        Delivery::Sent => ("sent", "check", "Sent"),
        Delivery::Delivered => ("delivered", "checks", "Delivered"),
        Delivery::Read => ("read", "checks", "Read"),
        Delivery::Played => ("read", "checks", "Played"),
        Delivery::Failed => ("failed", "alert", "Not delivered"),
        Delivery::Cancelled => ("queued", "ban", "Canceled before it was sent"),
    }
}
