//! First messages that WhatsApp did not deliver: to which number, when, and why.

use leptos::prelude::*;

use crate::{
    contract::outbound::{FailedFirst, OutboundPage},
    domain::phone_number::grouped,
    ui::{
        conversations::address,
        format::TimeStyle,
        kit::{Column, Table},
        local_time::LocalTime,
    },
};

const COLUMNS: [Column; 5] = [
    Column::new("To"),
    Column::new("When"),
    Column::optional("Sent by"),
    Column::new("Why"),
    Column::actions("Open the conversation"),
];

#[component]
pub fn FailedFirsts(page: RwSignal<OutboundPage>) -> impl IntoView {
    let rows = Memo::new(move |_| page.with(|page| page.failed.clone()));
    view! {
        <section aria-labelledby="failed-firsts">
            <h2 id="failed-firsts">"Not delivered"</h2>
            <Show
                when=move || rows.with(|rows| !rows.is_empty())
                fallback=|| view! { <p class="hint">"Every first message of the last 30 days was delivered, or is on its way."</p> }
            >
                <div class="card">
                    <Table
                        columns=&COLUMNS
                        caption="First messages that were not delivered, newest first"
                        rows
                        key=|failed: &FailedFirst| failed.message.clone()
                        row=move |failed| view! { <FailedLine failed/> }
                    />
                </div>
            </Show>
        </section>
    }
}

#[component]
fn FailedLine(failed: Memo<FailedFirst>) -> impl IntoView {
    let at = Signal::derive(move || failed.with(|failed| failed.at));
    let to = move || failed.with(to_words);
    let name = move || failed.with(|failed| failed.name.clone());
    let href = move || failed.with(|failed| format!("{}#{}", address(&failed.conversation), failed.message));
    view! {
        <tr>
            <td>
                <bdi>{to}</bdi>
                <small class="hint">{move || failed.with(|failed| format!("from {}", failed.channel_name))}</small>
            </td>
            <td class="dim"><LocalTime at style=TimeStyle::Full/></td>
            <td class="opt"><bdi>{move || failed.with(|failed| failed.agent.clone())}</bdi></td>
            <td>{move || failed.with(|failed| failed.reason.clone())}</td>
            <td class="tight">
                <a class="btn" href=href>"Open" <span class="visually-hidden">" the conversation with " {name}</span></a>
            </td>
        </tr>
    }
}

/// The number, after the name if there is one.
fn to_words(failed: &FailedFirst) -> String {
    match &failed.phone {
        Some(phone) if *phone == failed.name => grouped(phone),
        Some(phone) => format!("{} · {}", failed.name, grouped(phone)),
        None => failed.name.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::time::Timestamp;

    #[test]
    fn a_person_without_a_name_is_shown_by_the_number_alone() {
        let failed = |name: &str, phone: Option<&str>| FailedFirst {
            conversation: "cnv_1".into(),
            message: "msg_1".into(),
            at: Timestamp(0),
            agent: "Ana".to_owned(),
            name: name.to_owned(),
            phone: phone.map(str::to_owned),
            channel_name: "Acme".to_owned(),
            reason: String::new(),
        };
        assert_eq!(to_words(&failed("+33612345678", Some("+33612345678"))), "+33 6 12 34 56 78");
        assert_eq!(to_words(&failed("Rosa", Some("+33612345678"))), "Rosa · +33 6 12 34 56 78");
        assert_eq!(to_words(&failed("Rosa", None)), "Rosa");
    }
}
