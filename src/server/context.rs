//! Handing services to server functions, and what a request brought along.
//!
//! Leptos looks contexts up through owners, and an owner may be gone after the first `await` of a page's resource (the
//! server renders a page in several looks). So everything is taken at the first moment, as a [`Visit`], and kept.

use std::{fmt, sync::Arc};

use axum_extra::extract::cookie::CookieJar;
use http::request::Parts;
use leptos::prelude::use_context;
use leptos_axum::ResponseOptions;

use crate::api::ApiError;

/// The services by their type, put together once by the composition root.
#[derive(Clone, Default)]
pub struct Services(Arc<http::Extensions>);

impl Services {
    pub fn new(services: http::Extensions) -> Self {
        Self(Arc::new(services))
    }

    /// # Errors
    /// [`ApiError::Internal`] when the composition root forgot it; logged with its name.
    pub fn get<T: Clone + Send + Sync + 'static>(&self) -> Result<T, ApiError> {
        self.0.get::<T>().cloned().ok_or_else(|| {
            tracing::error!(service = std::any::type_name::<T>(), "service not provided");
            ApiError::Internal
        })
    }
}

/// One call of a server function: its services, and what of the request is wanted later.
#[derive(Clone, Default)]
pub struct Visit {
    services: Services,
    pub parts: Option<Arc<Parts>>,
    pub response: Option<ResponseOptions>,
}

impl fmt::Debug for Visit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Visit")
    }
}

impl Visit {
    /// Takes what is there now. Call it before the first `await`.
    pub fn here() -> Self {
        Self {
            services: use_context::<Services>().unwrap_or_default(),
            parts: use_context::<Parts>().map(Arc::new),
            response: use_context::<ResponseOptions>(),
        }
    }

    pub fn service<T: Clone + Send + Sync + 'static>(&self) -> Result<T, ApiError> {
        self.services.get()
    }

    /// The browser's zone, which it keeps in a cookie so that the first render has it.
    pub fn zone(&self) -> Option<String> {
        let jar = CookieJar::from_headers(&self.parts.as_ref()?.headers);
        let zone = jar.get("zone")?.value().replace("%2F", "/");
        (zone.len() < 64).then_some(zone)
    }
}

/// Logs what went wrong inside, once, and keeps it there.
pub fn internal(error: impl std::fmt::Display) -> ApiError {
    tracing::error!(%error, "request failed");
    ApiError::Internal
}
