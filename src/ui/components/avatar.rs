//! A person's avatar: their initials in a circle.

use leptos::prelude::*;

/// The initials of `name`. Hidden from screen readers: the name is beside it or in the parent's label.
#[component]
pub fn Avatar(
    #[prop(into)] name: Signal<String>,
    /// Further classes: `s` for a small one, `on-line`, `away`.
    #[prop(optional, into)]
    class: Signal<&'static str>,
) -> impl IntoView {
    view! {
        <span class=move || format!("av {}", class.get()) aria-hidden="true">
            {move || initials(&name.get())}
        </span>
    }
}

/// The first letters of the first and last word; `#` for a name without letters, such as a number.
pub fn initials(name: &str) -> String {
    let mut letters = name.split_whitespace().filter_map(|word| word.chars().find(|c| c.is_alphabetic()));
    let first = letters.next();
    let last = letters.next_back();
    match first {
        None => "#".to_owned(),
        Some(first) => first.to_uppercase().chain(last.into_iter().flat_map(char::to_uppercase)).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::initials;

    #[test]
    fn initials_take_the_first_and_the_last_word() {
        assert_eq!(initials("Maria da Silva Costa"), "MC");
        assert_eq!(initials("ana"), "A");
        assert_eq!(initials("+55 11 4410"), "#");
        assert_eq!(initials("李 小龙"), "李小");
        assert_eq!(initials(""), "#");
    }
}
