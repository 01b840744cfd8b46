//! All routes of the server and the middleware in front of them.
//!
//! axum cannot list its routes. Those that are neither pages nor server functions are therefore listed in
//! [`ENDPOINTS`]; the tenant matrix test goes through that table, the pages and the server functions.

use std::sync::LazyLock;

use axum::{
    Router,
    body::Body,
    extract::{DefaultBodyLimit, Form, FromRequest, Request, State},
    middleware::{self, Next},
    response::{IntoResponse, Response},
    routing::{delete, get, post},
};
use http::{HeaderName, HeaderValue, StatusCode, header};
use leptos::{
    config::{LeptosOptions, ReloadWSProtocol},
    nonce::use_nonce,
    prelude::{provide_context, use_context},
    server_fn::error::SERVER_FN_ERROR_HEADER,
};
use leptos_axum::{
    AxumRouteListing, LeptosRoutes, ResponseOptions, file_and_error_handler_with_context, generate_route_list,
    render_app_async_with_context,
};
use tower_http::{
    CompressionLevel, catch_panic::CatchPanicLayer, compression::CompressionLayer, services::ServeDir,
    set_header::SetResponseHeaderLayer, trace::TraceLayer,
};

use super::{
    http::{
        self as web, Callers, ServiceRegistry,
        files::Files,
        flow_export::Exports,
        limits::ForwardedLimits,
        origin::{Origins, Proxies},
        report_export::ReportFiles,
        request_owner::in_own_owner,
        second_factor::{SetUpForm, SetUpReply},
        stream::{OpenStreams, Streams},
        uploads::{UploadLimits, Uploads},
        zero_bytes::{API_BODY, Bodies},
    },
    services::Services,
    webhook,
};
use crate::{contract::ApiError, domain::account_link, ui};

/// Who may call an endpoint that is neither a page nor a server function.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Caller {
    /// No session needed: the request is authenticated in another way (a signature), or the response reveals nothing.
    Anybody,
    SignedIn,
}

/// The endpoints by method and path. `{app}` and `{id}` are path parameters.
pub const ENDPOINTS: &[(&str, &str, Caller)] = &[
    ("GET", "/webhooks/whatsapp/{app}", Caller::Anybody),
    ("POST", "/webhooks/whatsapp/{app}", Caller::Anybody),
    ("GET", "/live", Caller::SignedIn),
    ("GET", "/media/{id}", Caller::SignedIn),
    ("DELETE", "/media/{id}", Caller::SignedIn),
    ("POST", "/uploads/{id}", Caller::SignedIn),
    ("POST", "/saved-replies/files", Caller::SignedIn),
    ("GET", "/flows/{id}/export", Caller::SignedIn),
    ("GET", "/saved-replies/export", Caller::SignedIn),
    ("POST", "/second-factor", Caller::SignedIn),
    ("GET", "/reports/export/{file}", Caller::SignedIn),
    ("GET", "/health", Caller::Anybody),
];

/// The pages. They are listed once for all servers of a process: while Leptos walks the application for them, no resource
/// of the whole process loads, and one that is asked for its data in that moment never answers.
pub static PAGES: LazyLock<Vec<AxumRouteListing>> = LazyLock::new(|| generate_route_list(ui::App));

/// Where Leptos finds the built page.
pub fn leptos_options(site_root: &std::path::Path, listen: std::net::SocketAddr) -> LeptosOptions {
    LeptosOptions::builder()
        .output_name("handoff")
        .site_root(site_root.display().to_string())
        .site_pkg_dir("pkg")
        .site_addr(listen)
        .reload_ws_protocol(ReloadWSProtocol::WS)
        .build()
}

/// The whole server as one axum router.
pub fn router(services: &Services, options: LeptosOptions) -> Router {
    let context = context_of(services);
    let pages = {
        let context = context.clone();
        let options = options.clone();
        move || {
            context();
            let _ = &options;
        }
    };
    let built = built_page(&options);
    let document = options.clone();
    let factor_forms = {
        let (callers, context, document) = (services.callers.clone(), context.clone(), options.clone());
        move |request: Request| set_up_factor(callers.clone(), context.clone(), document.clone(), request)
    };
    let elsewhere = file_and_error_handler_with_context::<LeptosOptions, _>(context, ui::shell);
    let site = Router::<LeptosOptions>::new()
        .leptos_routes_with_context(&options, PAGES.clone(), pages, move || ui::shell(document.clone()))
        .route("/second-factor", post(factor_forms))
        .fallback(elsewhere)
        .with_state(options)
        .layer(DefaultBodyLimit::max(API_BODY));

    let site =
        site.layer(middleware::from_fn(in_own_owner)).layer(middleware::from_fn(refusal_status)).layer(compressed());
    let site = site.nest("/pkg", built);

    let origins = Origins::of(&services.public_url);
    let proxies =
        Proxies { trusted: services.trusted_proxies.clone(), limits: ForwardedLimits::new(services.clock.clone()) };
    let webhooks = Router::new()
        .route("/webhooks/whatsapp/{app}", get(webhook::receive::verify).post(webhook::receive::receive))
        .layer(DefaultBodyLimit::disable())
        .with_state(services.webhook.clone());
    let streams = Router::new().route("/live", get(web::stream::stream)).with_state(Streams {
        callers: services.callers.clone(),
        live: services.live.clone(),
        stop: services.stop.clone(),
        open: OpenStreams::new(services.streams_per_tenant),
    });
    let files = Router::new()
        .route("/media/{id}", get(web::files::file))
        .with_state(Files { callers: services.callers.clone(), media: services.media.clone() });
    let uploads = Router::new()
        .route("/uploads/{id}", post(web::uploads::upload))
        .route("/saved-replies/files", post(web::uploads::upload_for_reply))
        .route("/media/{id}", delete(web::uploads::discard))
        .with_state(Uploads {
            callers: services.callers.clone(),
            media: services.media.clone(),
            limits: UploadLimits::new(services.clock.clone()),
        });
    let exports = Router::new()
        .route("/flows/{id}/export", get(web::flow_export::export))
        .route("/saved-replies/export", get(web::saved_reply_export::export))
        .with_state(Exports { callers: services.callers.clone(), settings: services.settings.clone() });
    let reports =
        Router::new().route("/reports/export/{file}", get(web::report_export::export)).with_state(ReportFiles {
            callers: services.callers.clone(),
            reports: services.reports.clone(),
            costs: services.costs.clone(),
        });
    let watched = (services.db.clone(), services.webhook.clone(), services.clock.clone());
    let health = Router::new().route("/health", get(web::health::health)).with_state(watched);

    let bodies = Bodies::new(services.clock.clone());

    Router::new()
        .merge(site)
        .merge(streams)
        .merge(files)
        .merge(exports)
        .merge(reports)
        .layer(middleware::from_fn_with_state(bodies, web::zero_bytes::without_zero_bytes))
        // After that layer: files are not collected.
        .merge(uploads)
        .layer(middleware::from_fn_with_state(origins, web::origin::same_origin))
        .layer(middleware::from_fn_with_state(proxies, web::origin::behind_proxies))
        .merge(webhooks)
        .merge(health)
        .layer(fixed_header("x-content-type-options", "nosniff"))
        .layer(fixed_header("referrer-policy", "same-origin"))
        .layer(fixed_header("x-frame-options", "DENY"))
        .layer(fixed_header("cross-origin-opener-policy", "same-origin"))
        .layer(fixed_header("permissions-policy", "camera=(), microphone=(self), geolocation=()"))
        .layer(middleware::from_fn_with_state(services.hsts, default_policy))
        .layer(CatchPanicLayer::new())
        .layer(TraceLayer::new_for_http().make_span_with(|request: &Request<Body>| {
            // The path only: a query may contain a search text or a verify token.
            let path = account_link::without_token(request.uri().path());
            tracing::info_span!("request", method = %request.method(), path)
        }))
}

/// Answers the plain forms of the page that sets up a second factor: with the page, and what it shows next.
async fn set_up_factor(
    callers: Callers,
    context: impl Fn() + Clone + Send + Sync + 'static,
    document: LeptosOptions,
    request: Request,
) -> Response {
    let (parts, body) = request.into_parts();
    let form = match Form::<SetUpForm>::from_request(Request::from_parts(parts.clone(), body), &()).await {
        Ok(Form(form)) => form,
        Err(unreadable) => return unreadable.into_response(),
    };
    let answer = match web::second_factor::set_up(&callers, &parts, &form).await {
        SetUpReply::Page(answer) => answer,
        SetUpReply::Elsewhere(path) => return (StatusCode::FOUND, [(header::LOCATION, path)]).into_response(),
    };
    let context = move || {
        context();
        provide_context(answer.clone());
    };
    let page = render_app_async_with_context(context, move || ui::shell(document.clone()));
    page(Request::from_parts(parts, Body::empty())).await
}

/// Serves the page's code and styles. File names stay the same across builds while contents change, so browsers must
/// revalidate each time: a mixture of two builds breaks the page.
fn built_page(options: &LeptosOptions) -> Router {
    let folder = std::path::Path::new(options.site_root.as_ref()).join(options.site_pkg_dir.as_ref());
    Router::new()
        .fallback_service(ServeDir::new(folder).precompressed_br().precompressed_gzip())
        .layer(fixed_header("cache-control", "no-cache"))
}

/// Compresses pages and responses of server functions at a low level, because each is made for one viewer. Files of the
/// built page are compressed beforehand. The stream of frames is never compressed, because every frame must leave
/// immediately.
fn compressed() -> CompressionLayer {
    CompressionLayer::new().quality(CompressionLevel::Precise(4))
}

/// Adds the services to the Leptos context of every page and server function.
fn context_of(services: &Services) -> impl Fn() + Clone + Send + Sync + 'static {
    let mut registry = http::Extensions::new();
    registry.insert(services.conversations.clone());
    registry.insert(services.accounts.clone());
    registry.insert(services.callers.clone());
    registry.insert(services.settings.clone());
    registry.insert(services.templates.clone());
    registry.insert(services.live.clone());
    registry.insert(services.costs.clone());
    registry.insert(services.reports.clone());
    registry.insert(services.playground.clone());
    registry.insert(services.staffing.clone());
    let registry = ServiceRegistry::new(registry);
    let clock = services.clock.clone();
    move || {
        provide_context(registry.clone());
        let cookies = use_context::<http::request::Parts>()
            .and_then(|parts| {
                parts.headers.get(header::COOKIE).and_then(|value| value.to_str().ok()).map(str::to_owned)
            })
            .unwrap_or_default();
        provide_context(ui::render_environment::RenderEnvironment::from_cookies(&cookies, clock.now()));
        if let (Some(nonce), Some(response)) = (use_nonce(), use_context::<ResponseOptions>())
            && let Ok(policy) = HeaderValue::from_str(&policy(&format!("'nonce-{nonce}' ")))
        {
            response.insert_header(header::CONTENT_SECURITY_POLICY, policy);
            // Pages contain data that only their viewer may see.
            response.insert_header(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        }
    }
}

fn policy(nonce: &str) -> String {
    format!(
        "default-src 'none'; script-src {nonce}'self' 'wasm-unsafe-eval'; style-src {nonce}'self'; img-src 'self' data:; \
         media-src 'self' blob:; font-src 'self'; connect-src 'self'; manifest-src 'self'; form-action 'self'; \
         frame-ancestors 'none'; base-uri 'none'"
    )
}

async fn default_policy(State(hsts): State<Option<&'static str>>, request: Request, next: Next) -> Response {
    let holds_token = account_link::holds_token(request.uri().path());
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    if holds_token {
        // Tells no site the address, not even ours. With `no-referrer` a form without scripts would have no origin.
        headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("strict-origin"));
    }
    if !headers.contains_key(header::CONTENT_SECURITY_POLICY)
        && let Ok(policy) = HeaderValue::from_str(&policy(""))
    {
        headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    if let Some(hsts) = hsts {
        // After the first visit over TLS, browsers use only TLS, so that no plain request can be intercepted.
        headers.insert(header::STRICT_TRANSPORT_SECURITY, HeaderValue::from_static(hsts));
    }
    response
}

fn fixed_header(name: &'static str, value: &'static str) -> SetResponseHeaderLayer<HeaderValue> {
    SetResponseHeaderLayer::if_not_present(HeaderName::from_static(name), HeaderValue::from_static(value))
}

/// Sets the HTTP status of a failed server function. Leptos answers every error with 500, which would show errors of
/// the caller as errors of the server to proxies and monitoring. The redirect after a plain form is left alone.
async fn refusal_status(request: Request, next: Next) -> Response {
    let response = next.run(request).await;
    let is_refusal = response.headers().contains_key(SERVER_FN_ERROR_HEADER);
    if !is_refusal || response.status() != StatusCode::INTERNAL_SERVER_ERROR {
        return response;
    }
    let (mut head, body) = response.into_parts();
    let Ok(body) = axum::body::to_bytes(body, API_BODY).await else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    head.status = match serde_json::from_slice(&body) {
        Ok(ApiError::SignedOut) => StatusCode::UNAUTHORIZED,
        Ok(ApiError::Forbidden | ApiError::PasswordNeeded | ApiError::SecondFactorNeeded) => StatusCode::FORBIDDEN,
        Ok(ApiError::NotFound) => StatusCode::NOT_FOUND,
        Ok(ApiError::Invalid(_)) => StatusCode::UNPROCESSABLE_ENTITY,
        Ok(ApiError::Conflict(_) | ApiError::Continued { .. }) => StatusCode::CONFLICT,
        Ok(ApiError::Throttled(_)) => StatusCode::TOO_MANY_REQUESTS,
        Ok(ApiError::Offline | ApiError::Internal) | Err(_) => StatusCode::INTERNAL_SERVER_ERROR,
    };
    Response::from_parts(head, Body::from(body))
}
