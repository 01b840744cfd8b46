//! What a server function finds in its Leptos context: the services by type, and its request.
//!
//! Leptos looks contexts up through owners, and an owner may be gone after the first `await` of a page's resource,
//! because the server polls a page several times. Everything is therefore taken at the start, as a [`RequestContext`],
//! and kept.

use std::{net::IpAddr, sync::Arc};

use axum_extra::extract::cookie::CookieJar;
use http::{StatusCode, request::Parts};
use leptos::prelude::use_context;
use leptos_axum::ResponseOptions;

use super::origin::client_address;
use crate::contract::ApiError;

/// The services by type. The composition root fills it once.
#[derive(Clone, Default)]
pub struct ServiceRegistry(Arc<http::Extensions>);

impl ServiceRegistry {
    pub fn new(services: http::Extensions) -> Self {
        Self(Arc::new(services))
    }

    /// # Errors
    /// [`ApiError::Internal`] if the composition root does not provide the service. The type's name is logged.
    pub fn get<T: Clone + Send + Sync + 'static>(&self) -> Result<T, ApiError> {
        self.0.get::<T>().cloned().ok_or_else(|| {
            tracing::error!(service = std::any::type_name::<T>(), "http: service not provided");
            ApiError::Internal
        })
    }
}

/// The context of one call: its services, its request, and the options of its response.
#[derive(Clone, Default)]
pub struct RequestContext {
    services: ServiceRegistry,
    pub(super) parts: Option<Arc<Parts>>,
    pub(super) response: Option<ResponseOptions>,
}

impl RequestContext {
    /// Takes the current context. Call it before the first `await`.
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

    /// The address of the client; `None` where the call came without a connection.
    pub fn address(&self) -> Option<IpAddr> {
        client_address(self.parts.as_ref()?)
    }

    /// The browser's time zone, from a cookie, so that the first render on the server uses it.
    pub fn zone(&self) -> Option<String> {
        let jar = CookieJar::from_headers(&self.parts.as_ref()?.headers);
        let zone = jar.get("zone")?.value().replace("%2F", "/");
        (zone.len() < 64).then_some(zone)
    }

    /// Sets the status 404 for a page that is rendered on the server and finds nothing.
    pub fn answers_not_found<T>(&self, result: Result<T, ApiError>) -> Result<T, ApiError> {
        if let (Err(ApiError::NotFound), Some(response)) = (&result, &self.response) {
            response.set_status(StatusCode::NOT_FOUND);
        }
        result
    }
}
