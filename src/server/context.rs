//! Handing services to server functions. Each is provided by itself (Leptos context); there is no bag of everything.

use leptos::prelude::use_context;

use crate::api::ApiError;

/// The service `T` of this server.
///
/// # Errors
/// [`ApiError::Internal`] when `run.rs` forgot to provide it; logged with its name.
pub fn service<T: Clone + 'static>() -> Result<T, ApiError> {
    use_context::<T>().ok_or_else(|| {
        tracing::error!(service = std::any::type_name::<T>(), "service not provided");
        ApiError::Internal
    })
}

/// Logs what went wrong inside, once, and keeps it there.
pub fn internal(error: impl std::fmt::Display) -> ApiError {
    tracing::error!(%error, "request failed");
    ApiError::Internal
}
