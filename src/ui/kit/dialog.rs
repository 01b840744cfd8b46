//! A dialog over the page.
//!
//! `<Dialog id="flow-publish" labelled_by="flow-publish-title" is_open close=move |()| asked.set(false)>..</Dialog>`:
//! its children are drawn while `is_open` is true, and `close` is called when the browser closed it (Escape). Toasts are
//! shown within the topmost dialog: it covers everything else.

use leptos::{ev, prelude::*};

use super::toast::DialogToasts;
use crate::ui::{
    browser::{close_dialog, open_dialog},
    state::AppState,
};

#[component]
pub fn Dialog(
    id: &'static str,
    #[prop(optional)] class: &'static str,
    /// The id of its heading.
    labelled_by: &'static str,
    #[prop(into)] is_open: Signal<bool>,
    #[prop(into)] close: Callback<()>,
    /// Called when its children are drawn and shown.
    #[prop(optional, into)]
    opened: Option<Callback<()>>,
    children: ChildrenFn,
) -> impl IntoView {
    let app = AppState::expect();
    Effect::new(move || {
        if is_open.get() {
            app.dialog_opened(id);
            // Opened after its children are drawn, so that one of them can take the focus.
            request_animation_frame(move || {
                open_dialog(id);
                if let Some(opened) = opened {
                    opened.run(());
                }
            });
        } else {
            app.dialog_closed(id);
            close_dialog(id);
        }
    });
    on_cleanup(move || app.dialog_closed(id));
    view! {
        <dialog id=id class=class aria-labelledby=labelled_by on:close=move |_: ev::Event| close.run(())>
            {move || {
                is_open
                    .get()
                    .then(|| {
                        view! {
                            {children()}
                            <DialogToasts dialog=id/>
                        }
                    })
            }}
        </dialog>
    }
}
