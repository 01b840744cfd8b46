//! Fields between the server's HTML and the living page: what a person types before the page is alive is theirs too.

use leptos::prelude::*;

pub use crate::ui::render_environment::hydrated;

/// Gives a field its `prop:value`, and takes over what stood in it when the page came alive.
///
/// Until then the property is `None`, because setting it during hydration would wipe what was typed into the server's
/// HTML. The field's first value therefore stands in its markup (`value=`, or the text of a `textarea`).
pub fn take_over(
    in_field: impl Fn() -> Option<String> + 'static,
    typed: Signal<String>,
    take: impl Fn(String) + 'static,
) -> Signal<Option<String>> {
    let (hydrated, set_hydrated) = signal(false);
    Effect::new(move |_| {
        if hydrated.get_untracked() {
            return;
        }
        let Some(found) = in_field() else { return };
        if comparable(&found) != comparable(&typed.get_untracked()) {
            take(found);
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
