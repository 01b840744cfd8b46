//! The separators between the panes, which change the width of the list and of the details: by pointer, by keyboard,
//! and back by double click.
//!
//! A width is a CSS property of the document and an entry of the browser's storage. `public/panes.js` sets the property
//! before the first paint, and `style/shell.css` has the usual widths and the bounds, which depend on the window. Only
//! the browser knows the widths, and the policy forbids `style` in HTML.

use leptos::{ev, html, prelude::*};

use super::list::LIST;
use crate::ui::browser;

/// Pixels of one press of an arrow key.
const STEP: i32 = 16;

/// A pane whose width can be changed. The thread has what is left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SidePane {
    List,
    Details,
}

impl SidePane {
    /// The element's id.
    fn element(self) -> &'static str {
        match self {
            Self::List => LIST,
            Self::Details => "dossier",
        }
    }

    fn label(self) -> &'static str {
        match self {
            Self::List => "Width of the list",
            Self::Details => "Width of the details",
        }
    }

    fn class(self) -> &'static str {
        match self {
            Self::List => "splitter of-list",
            Self::Details => "splitter of-details",
        }
    }

    /// The document's CSS property. Must agree with `public/panes.js` and `style/shell.css`.
    fn property(self) -> &'static str {
        match self {
            Self::List => "--list-width",
            Self::Details => "--details-width",
        }
    }

    /// The key in the browser's storage. Must agree with `public/panes.js`.
    fn stored(self) -> &'static str {
        match self {
            Self::List => "handoff.list-width",
            Self::Details => "handoff.details-width",
        }
    }

    /// The narrowest and the widest, as in `style/shell.css`. A small window has a smaller bound.
    fn bounds(self) -> (i32, i32) {
        match self {
            Self::List => (280, 560),
            Self::Details => (260, 520),
        }
    }

    /// The usual width in a large window. It is measured before it matters.
    fn usual(self) -> i32 {
        match self {
            Self::List => 348,
            Self::Details => 312,
        }
    }

    /// The width after the separator moved `by` pixels to the right.
    fn moved(self, width: i32, by: i32) -> i32 {
        let (narrowest, widest) = self.bounds();
        let wanted = match self {
            Self::List => width.saturating_add(by),
            Self::Details => width.saturating_sub(by),
        };
        wanted.clamp(narrowest, widest)
    }

    /// The width after a key, if it is one of a separator's.
    fn after_key(self, key: &str, width: i32) -> Option<i32> {
        let (narrowest, widest) = self.bounds();
        match key {
            "ArrowLeft" => Some(self.moved(width, -STEP)),
            "ArrowRight" => Some(self.moved(width, STEP)),
            "Home" => Some(narrowest),
            "End" => Some(widest),
            _ => None,
        }
    }
}

/// A drag: where it began, and with which width.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Drag {
    x: i32,
    width: i32,
}

#[component]
pub fn Splitter(pane: SidePane) -> impl IntoView {
    let width = RwSignal::new(pane.usual());
    let drag = StoredValue::new(None::<Drag>);
    let element = NodeRef::<html::Div>::new();
    // The styles may have bounded it.
    let measure = move || {
        if let Some(measured) = browser::width_of(pane.element()) {
            width.set(measured);
        }
    };
    let resize = move |wanted: i32| {
        browser::set_document_property(pane.property(), Some(&format!("{wanted}px")));
        measure();
    };
    let keep = move || browser::local_set(pane.stored(), &width.get_untracked().to_string());
    Effect::new(measure);

    let pressed = move |event: ev::KeyboardEvent| {
        if browser::has_modifier(&event) {
            return;
        }
        measure();
        if let Some(wanted) = pane.after_key(&event.key(), width.get_untracked()) {
            event.prevent_default();
            resize(wanted);
            keep();
        }
    };
    let grabbed = move |event: ev::PointerEvent| {
        let Some(element) = element.get_untracked().filter(|_| event.button() == 0) else { return };
        // No text is selected meanwhile. It also keeps the focus away, so that is set here.
        event.prevent_default();
        let _refused = element.focus();
        let _gone = element.set_pointer_capture(event.pointer_id());
        measure();
        drag.set_value(Some(Drag { x: event.client_x(), width: width.get_untracked() }));
    };
    let dragged = move |event: ev::PointerEvent| {
        if let Some(Drag { x, width }) = drag.get_value() {
            resize(pane.moved(width, event.client_x() - x));
        }
    };
    // Fired after the pointer was released, and when the browser takes it for something else.
    let released = move |_| {
        let began = drag.try_update_value(Option::take).flatten();
        if began.is_some_and(|began| began.width != width.get_untracked()) {
            keep();
        }
    };
    let reset = move |_| {
        browser::set_document_property(pane.property(), None);
        browser::local_remove(pane.stored());
        measure();
    };

    let (narrowest, widest) = pane.bounds();
    view! {
        <div
            class=pane.class()
            role="separator"
            tabindex="0"
            aria-orientation="vertical"
            aria-label=pane.label()
            aria-controls=pane.element()
            aria-valuemin=narrowest.to_string()
            aria-valuemax=widest.to_string()
            aria-valuenow=move || width.get().to_string()
            aria-valuetext=move || format!("{} pixels", width.get())
            title="Drag to resize, double-click to reset"
            node_ref=element
            on:keydown=pressed
            on:focus=move |_| measure()
            on:pointerdown=grabbed
            on:pointermove=dragged
            on:lostpointercapture=released
            on:dblclick=reset
        ></div>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_separator_moves_to_where_its_key_points() {
        let keys = ["ArrowLeft", "ArrowRight", "Home", "End"];
        assert_eq!(keys.map(|key| SidePane::List.after_key(key, 348)), [Some(332), Some(364), Some(280), Some(560)]);
        // The separator is at the left of the details: they grow when it moves to the left.
        assert_eq!(keys.map(|key| SidePane::Details.after_key(key, 312)), [Some(328), Some(296), Some(260), Some(520)]);
        for key in ["ArrowUp", "Enter", " ", "a"] {
            assert_eq!(SidePane::List.after_key(key, 348), None, "{key:?}");
        }
    }

    #[test]
    fn a_width_stays_within_its_bounds() {
        for pane in [SidePane::List, SidePane::Details] {
            let (narrowest, widest) = pane.bounds();
            assert!((narrowest..=widest).contains(&pane.usual()));
            for by in [i32::MIN, -10_000, 10_000, i32::MAX] {
                assert!((narrowest..=widest).contains(&pane.moved(pane.usual(), by)), "{pane:?} by {by}");
            }
        }
    }
}
