//! What a server function finds in its context: the services by type, and its request.
//!
//! Leptos looks contexts up through owners, and an owner may be gone after the first `await` of a page's resource (the
//! server polls a page several times). So everything is taken at the first moment, as a [`RequestContext`], and kept.

use std::sync::Arc;

use axum_extra::extract::cookie::CookieJar;
use http::{StatusCode, request::Parts};
use leptos::prelude::use_context;
use leptos_axum::ResponseOptions;

use crate::contract::ApiError;

/// The services by their type, put together once by the composition root.
#[derive(Clone, Default)]
pub struct ServiceRegistry(Arc<http::Extensions>);

impl ServiceRegistry {
    pub fn new(services: http::Extensions) -> Self {
        Self(Arc::new(services))
    }

    /// # Errors
    /// [`ApiError::Internal`] when the composition root does not provide it; logged with its name.
    pub fn get<T: Clone + Send + Sync + 'static>(&self) -> Result<T, ApiError> {
        self.0.get::<T>().cloned().ok_or_else(|| {
            tracing::error!(service = std::any::type_name::<T>(), "http: service not provided");
            ApiError::Internal
        })
    }
}

/// One call of a server function: its services, its request, and its response's options.
#[derive(Clone, Default)]
pub struct RequestContext {
    services: ServiceRegistry,
    pub(super) parts: Option<Arc<Parts>>,
    pub(super) response: Option<ResponseOptions>,
}

impl RequestContext {
    /// Takes what is there now. Call it before the first `await`.
    pub fn take() -> Self {
        Self {
            services: use_context::<ServiceRegistry>().unwrap_or_default(),
            parts: use_context::<Parts>().map(Arc::new),
            response: use_context::<ResponseOptions>(),
        }
    }

    /// # Errors
    /// As [`ServiceRegistry::get`].
    pub fn service<T: Clone + Send + Sync + 'static>(&self) -> Result<T, ApiError> {
        self.services.get()
    }

    /// The browser's zone, which it keeps in a cookie so that the first render has it.
    pub fn zone(&self) -> Option<String> {
        let jar = CookieJar::from_headers(&self.parts.as_ref()?.headers);
        let zone = jar.get("zone")?.value().replace("%2F", "/");
        (zone.len() < 64).then_some(zone)
    }

    /// A page that is rendered on the server gets the status of what it could not find, too.
    pub fn answers_not_found<T>(&self, result: Result<T, ApiError>) -> Result<T, ApiError> {
        if let (Err(ApiError::NotFound), Some(response)) = (&result, &self.response) {
            response.set_status(StatusCode::NOT_FOUND);
        }
        result
    }
}
