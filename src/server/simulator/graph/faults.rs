//! Injected faults of Graph calls: the wait, the error instead of an answer, and the loss of an answer.
//!
//! What a fault does to the statuses of an accepted message is in `messages.rs`. To add an effect: its arms here and
//! there.

use std::time::Duration;

use axum::{
    Extension,
    extract::ConnectInfo,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};

use super::{
    super::{
        Simulator,
        cut::ConnectionFlag,
        fault::{Effect, Moment},
    },
    error::GraphError,
};

/// The connection of a call, if the router runs on our own listener.
pub(super) type CallConnection = Option<Extension<ConnectInfo<ConnectionFlag>>>;

const ORDERED: &str = "Ordered from the simulator.";

/// How a call goes on.
pub(super) enum Course {
    /// It is carried out, with this effect.
    On(Option<Effect>),
    /// This is the response, and nothing else happens.
    Ends(Response),
}

/// Uses up the faults of the targets, in their order, and waits as they order. Returns the other effect.
pub(super) async fn take(simulator: &Simulator, targets: &[&str]) -> Option<Effect> {
    let applied = simulator.inner.world().faults.take_matching(targets);
    simulator.inner.pause(Duration::from_millis(applied.latency_ms)).await;
    applied.effect
}

/// The faults of the targets before the call is carried out.
pub(super) async fn before(simulator: &Simulator, targets: &[&str], connection: &CallConnection) -> Course {
    let Some(effect) = take(simulator, targets).await else { return Course::On(None) };
    if let Some(error) = error(&effect) {
        return Course::Ends(error.answer(simulator));
    }
    match effect {
        Effect::Error { status, .. } => Course::Ends(bare(status)),
        Effect::Hang { moment: Moment::Before }
        | Effect::Drop { moment: Moment::Before }
        | Effect::Garbage { moment: Moment::Before } => Course::Ends(lose(simulator, &effect, connection).await),
        Effect::Hang { moment: Moment::After }
        | Effect::Drop { moment: Moment::After }
        | Effect::Garbage { moment: Moment::After }
        | Effect::Http { .. }
        | Effect::Status { .. }
        | Effect::Silent
        | Effect::Latency { .. } => Course::On(Some(effect)),
    }
}

/// The response of a call that was carried out, unless it is lost.
pub(super) async fn after(
    simulator: &Simulator,
    effect: Option<Effect>,
    connection: &CallConnection,
    answer: Response,
) -> Response {
    match effect {
        Some(effect @ (Effect::Hang { .. } | Effect::Drop { .. } | Effect::Garbage { .. })) => {
            lose(simulator, &effect, connection).await
        }
        Some(
            Effect::Http { .. }
            | Effect::Error { .. }
            | Effect::Status { .. }
            | Effect::Silent
            | Effect::Latency { .. },
        )
        | None => answer,
    }
}

/// Meta's error that an effect orders, if it orders one.
pub(super) fn error(effect: &Effect) -> Option<GraphError> {
    match effect {
        Effect::Http { code } => Some(GraphError::new(*code, ORDERED)),
        Effect::Error { status, code: Some(code), is_transient } => {
            Some(GraphError { status: Some(*status), is_transient: *is_transient, ..GraphError::new(*code, ORDERED) })
        }
        Effect::Error { code: None, .. }
        | Effect::Status { .. }
        | Effect::Silent
        | Effect::Hang { .. }
        | Effect::Drop { .. }
        | Effect::Garbage { .. }
        | Effect::Latency { .. } => None,
    }
}

/// A status without a body, as from a proxy.
fn bare(status: u16) -> Response {
    StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR).into_response()
}

/// Loses the response.
async fn lose(simulator: &Simulator, effect: &Effect, connection: &CallConnection) -> Response {
    match (effect, connection) {
        (Effect::Hang { .. }, _) => {
            simulator.inner.stop.cancelled().await;
            StatusCode::SERVICE_UNAVAILABLE.into_response()
        }
        (Effect::Drop { .. }, Some(Extension(ConnectInfo(wire)))) => {
            wire.cut();
            StatusCode::OK.into_response()
        }
        // A 502 as from a proxy. Also used for a closed connection if the router does not run on our own listener.
        (
            Effect::Drop { .. }
            | Effect::Garbage { .. }
            | Effect::Http { .. }
            | Effect::Error { .. }
            | Effect::Status { .. }
            | Effect::Silent
            | Effect::Latency { .. },
            _,
        ) => {
            let page = "<html><head><title>502 Bad Gateway</title></head><body>502 Bad Gateway</body></html>";
            (StatusCode::BAD_GATEWAY, [(header::CONTENT_TYPE, "text/html")], page).into_response()
        }
    }
}
