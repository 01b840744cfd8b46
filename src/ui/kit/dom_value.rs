//! Fields between the server's HTML and the hydrated page: what a person types before hydration is kept.
//!
//! `let value = adopt_dom_value(move || Some(field.get()?.value()), typed.into(), move |found| typed.set(found));` and
//! `<input node_ref=field value=first prop:value=value/>`. The fields of `kit/field.rs` do it already.

use leptos::{prelude::*, reactive::owner::Owner};

/// Gives a field its `prop:value`, and adopts what the field held when the page was hydrated.
///
/// Until then the property is `None`, because setting it during hydration would wipe what was typed into the server's
/// HTML. The field's first value therefore is in its markup (`value=`, or the text of a `textarea`). A field that is
/// made after hydration has its value from the start: a view that is rebuilt in place would write `undefined` for
/// `None`.
pub fn adopt_dom_value(
    in_field: impl Fn() -> Option<String> + 'static,
    typed: Signal<String>,
    adopt: impl Fn(String) + 'static,
) -> Signal<Option<String>> {
    let is_hydrating = Owner::current_shared_context().is_some_and(|context| context.during_hydration());
    let (hydrated, set_hydrated) = signal(!is_hydrating);
    Effect::new(move |_| {
        if hydrated.get_untracked() {
            return;
        }
        let Some(found) = in_field() else { return };
        if comparable(&found) != comparable(&typed.get_untracked()) {
            adopt(found);
        }
        set_hydrated.set(true);
    });
    Signal::derive(move || hydrated.get().then(|| typed.get()))
}

/// A browser drops a text area's first line break and every carriage return: that is not typing.
fn comparable(text: &str) -> String {
    text.replace('\r', "").trim_start_matches('\n').to_owned()
}

#[cfg(test)]
mod tests {
    use super::comparable;

    #[test]
    fn what_a_browser_drops_is_no_difference() {
        assert_eq!(comparable("\nHello\r\nyou"), comparable("Hello\nyou"));
        assert_ne!(comparable("Hello "), comparable("Hello"));
    }
}
