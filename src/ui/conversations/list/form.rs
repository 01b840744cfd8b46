//! Forms that change the address: plain GET forms before hydration, navigation by the router after it.

use leptos::{ev::SubmitEvent, prelude::*, wasm_bindgen::JsCast, web_sys};

use super::query::{DeskLocation, pairs, set};
use crate::domain::desk::Filter;

/// The current filter without `own` as hidden fields, so that a plain form keeps what it does not edit.
#[component]
pub fn KeptFields(place: DeskLocation, own: &'static [&'static str]) -> impl IntoView {
    move || {
        let kept = place.filter.with(pairs).into_iter().filter(|(key, _)| !own.contains(key));
        kept.map(|(key, value)| view! { <input type="hidden" name=key value=value /> }).collect_view()
    }
}

/// The current filter with the `own` fields of the form that is being submitted. `None` if the form cannot be read;
/// then the browser submits it.
pub fn edited(event: &SubmitEvent, place: DeskLocation, own: &[&str]) -> Option<Filter> {
    let form = event.target()?.dyn_into::<web_sys::HtmlFormElement>().ok()?;
    let data = web_sys::FormData::new_with_form(&form).ok()?;
    let mut filter = place.filter.get_untracked();
    for key in own {
        let value = data.get(key).as_string().unwrap_or_default();
        set(&mut filter, key, value.trim());
    }
    Some(filter)
}
