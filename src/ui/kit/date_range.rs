//! The two dates of a period in a form, which works without scripts. Which days may be chosen, and what is between them, is the form's.

use leptos::prelude::*;

/// The fields `from` and `to`, beside each other at every width. They show what the address says until somebody edits them.
#[component]
pub fn DateRange(from: Memo<String>, to: Memo<String>) -> impl IntoView {
    view! {
        <div class="dates">
            <label class="field">
                <span>"From"</span>
                <input type="date" name="from" value=from.get_untracked() prop:value=from/>
            </label>
            <label class="field">
                <span>"To"</span>
                <input type="date" name="to" value=to.get_untracked() prop:value=to/>
            </label>
        </div>
    }
}
