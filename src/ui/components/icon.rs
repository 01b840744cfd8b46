//! An icon of the sprite.

use leptos::prelude::*;

/// Draws `/icons.svg#name`. Hidden from screen readers: the text is beside it or in its parent's label.
#[component]
pub fn Icon(
    #[prop(into)] name: Signal<&'static str>,
    /// Further classes, `xs` for a small one.
    #[prop(optional)]
    class: &'static str,
) -> impl IntoView {
    let class = if class.is_empty() { "icon".to_owned() } else { format!("icon {class}") };
    view! {
        <svg class=class aria-hidden="true">
            <use href=move || format!("/icons.svg#{}", name.get())></use>
        </svg>
    }
}

#[cfg(test)]
mod tests {
    use std::{fs, path::Path};

    /// The texts between `before` and the next quote.
    fn quoted<'a>(text: &'a str, before: &str) -> Vec<&'a str> {
        text.split(before).skip(1).filter_map(|rest| rest.split('"').next()).collect()
    }

    fn walk(folder: &Path, read: &mut impl FnMut(&str)) {
        for entry in fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                walk(&path, read);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                read(&fs::read_to_string(&path).expect("a source"));
            }
        }
    }

    #[test]
    fn every_icon_that_is_named_in_a_view_is_in_the_sprite() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR"));
        let sprite = fs::read_to_string(root.join("public/icons.svg")).expect("the sprite");
        let known = quoted(&sprite, "<symbol id=\"");
        let mut missing = Vec::new();
        walk(&root.join("src/ui"), &mut |source| {
            for before in ["<Icon name=\"", "<EmptyState icon=\""] {
                let named = quoted(source, before).into_iter().filter(|name| !name.is_empty() && !known.contains(name));
                missing.extend(named.map(str::to_owned));
            }
        });
        assert!(known.contains(&"saved-reply") && missing.is_empty(), "{missing:?}");
    }
}
