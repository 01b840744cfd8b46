//! The error of a plain form, which works before hydration and without any script, on a page that needs no session.
//!
//! Without a script a refused form leads back to its page, with the error in the address. Everybody can write an address,
//! so that error is not shown in its own words: each page says in fixed sentences what its kind means there. To add a
//! form: its `fixed_sentence`, and `<FormError action fixed_sentence />` below its fields.

use leptos::{prelude::*, server_fn::ServerFn};

use crate::{contract::ApiError, ui::components::icon::Icon};

/// How the last attempt failed, announced when it appears. The styles keep its place, so that the button does not move
/// under the pointer.
#[component]
pub fn FormError<S>(
    action: ServerAction<S>,
    /// What an error means that came with the address.
    fixed_sentence: fn(&ApiError) -> String,
) -> impl IntoView
where
    S: ServerFn<Output = (), Error = ApiError> + Clone + Send + Sync + 'static,
{
    let error = move || {
        action.value().with(|answer| match answer {
            // Before the first attempt of this page an error comes from the address.
            Some(Err(error)) if action.version().get() == 0 => Some(fixed_sentence(error)),
            Some(Err(error)) => Some(error.to_string()),
            Some(Ok(())) | None => None,
        })
    };
    view! {
        <div role="alert" class:fault=move || error().is_some()>
            {move || error().map(|words| view! { <Icon name="alert" /> <span>{words}</span> })}
        </div>
    }
}
