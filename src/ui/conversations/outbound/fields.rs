//! What is beside the template: from which number, to whom, and that the person agreed.

use leptos::prelude::*;

use crate::{
    contract::outbound::OutboundChannel,
    domain::{
        country::country_of_typed,
        outbound::NOTE_LIMIT,
        phone_number::{grouped, typed},
    },
    ui::{
        conversations::composer::templates::{AGREED, FirstWord, NUMBER},
        kit::{FieldError, FieldKind, SelectField, TextBinding, TextField},
    },
};

#[component]
pub fn Fields(word: FirstWord, channels: Vec<OutboundChannel>) -> impl IntoView {
    let from = (channels.len() > 1).then(|| view! { <FromNumber word channels/> });
    let to = match word.customer.get_value() {
        Some(customer) => {
            let phone = customer.phone.map_or_else(|| "Number hidden by WhatsApp".to_owned(), |phone| grouped(&phone));
            view! {
                <p class="to" dir="auto">
                    "To " <b>{customer.name}</b> {format!(" · {phone}")}
                </p>
            }
            .into_any()
        }
        None => view! { <Number word/> }.into_any(),
    };
    view! {
        <form class="form" aria-label="New conversation" on:submit=|event: leptos::ev::SubmitEvent| event.prevent_default()>
            {from}
            {to}
            <Agreement word/>
        </form>
    }
}

/// Which of the business's numbers writes.
#[component]
fn FromNumber(word: FirstWord, channels: Vec<OutboundChannel>) -> impl IntoView {
    let label = |channel: &OutboundChannel| {
        (channel.id.as_str().to_owned(), format!("{} · {}", channel.name, grouped(&channel.phone)))
    };
    let options: Vec<_> = channels.iter().map(label).collect();
    let value =
        Signal::derive(move || word.channel.with(|id| id.as_ref().map(ToString::to_string)).unwrap_or_default());
    let choose = move |chosen: String| {
        word.edited();
        word.channel.set(Some(chosen.into()));
    };
    view! { <SelectField id="outbound-channel" label="From" options=Signal::stored(options) value choose/> }
}

#[component]
fn Number(word: FirstWord) -> impl IntoView {
    let edit = Callback::new(move |now: String| {
        word.edited();
        word.number.set(now);
    });
    let error = Signal::derive(move || word.number_fault());
    let text = TextBinding { value: word.number.into(), edit, error: Some(error) };
    let hint = Signal::derive(move || word.number.with(|text| hint_words(text)));
    view! { <TextField id=NUMBER label="Phone number" hint text kind=FieldKind::Phone/> }
}

/// Where the number is from, as soon as that is known, and how it is read once it is whole.
fn hint_words(text: &str) -> String {
    match (country_of_typed(text), typed::number(text)) {
        (Some(country), Ok(digits)) => format!("{country} · {}", grouped(&format!("+{digits}"))),
        (Some(country), Err(_)) => country,
        (None, _) => "With the country code, for example +49 151 23456789".to_owned(),
    }
}

/// WhatsApp asks every business that writes first for the person's agreement. The team sees the note in the details.
#[component]
fn Agreement(word: FirstWord) -> impl IntoView {
    let agreed = move || word.opt_in.with(|opt_in| opt_in.agreed);
    let note = TextBinding {
        value: Signal::derive(move || word.opt_in.with(|opt_in| opt_in.note.clone())),
        edit: Callback::new(move |now: String| word.opt_in.update(|opt_in| opt_in.note = now)),
        error: None,
    };
    let error = Signal::derive(move || word.opt_in_fault());
    let error_id = format!("{AGREED}-error");
    view! {
        <div class="field">
            <label class="field line">
                <input
                    type="checkbox"
                    id=AGREED
                    aria-describedby=error_id.clone()
                    aria-invalid=move || error.with(Option::is_some).to_string()
                    prop:checked=agreed
                    on:change:target=move |event| {
                        let now = event.target().checked();
                        word.opt_in.update(|opt_in| opt_in.agreed = now);
                    }
                />
                <span>"This person agreed to get messages from us"</span>
            </label>
            <FieldError id=error_id text=error/>
        </div>
        <TextField
            id="outbound-note"
            label="How they agreed (optional)"
            hint=Signal::stored("For example: signed up in the shop on 3 May. Your team sees it in Details.".to_owned())
            text=note
            limit=NOTE_LIMIT
        />
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_country_is_shown_while_a_number_is_typed() {
        assert!(hint_words("").starts_with("With the country code"));
        assert_eq!(hint_words("+49"), "Germany");
        assert_eq!(hint_words("0049 151"), "Germany");
        assert_eq!(hint_words("+4915123456789"), "Germany · +49 151 2345 6789");
        assert!(hint_words("0151 234").starts_with("With the country code"), "where it is from is not known");
    }
}
