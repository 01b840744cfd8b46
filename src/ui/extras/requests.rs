//! What the main module asks the server for. The first page has the answers in its HTML, so the code that asks is in the
//! extras, and is fetched for the first request if it is not there.
//!
//! Parts call `api` themselves. The main module does not, or everybody waits for the code of requests.

use std::pin::Pin;

use crate::{
    api::{desk, session},
    contract::{Result, desk::Calls, session::Viewer},
    domain::desk::{Desk, Filter, Group, Key, Range},
};

type Answer<T> = Pin<Box<dyn Future<Output = Result<T>> + Send>>;

/// The code of the requests.
#[derive(Clone, Copy)]
pub struct Requests {
    viewer: fn() -> Answer<Option<Viewer>>,
    calls: fn() -> Answer<Calls>,
    desk: fn(Filter) -> Answer<Desk>,
    more: fn(Filter, Group, Key) -> Answer<Range>,
    keep_alive: fn() -> Answer<()>,
}

impl Requests {
    /// Names the code. Only the part's own code may call it.
    pub(super) fn code() -> Self {
        Self { viewer, calls, desk: desk_under, more, keep_alive: renewal }
    }
}

fn viewer() -> Answer<Option<Viewer>> {
    Box::pin(session::read_viewer())
}

fn calls() -> Answer<Calls> {
    Box::pin(desk::read_calls())
}

fn desk_under(filter: Filter) -> Answer<Desk> {
    Box::pin(desk::read_desk(filter))
}

fn more(filter: Filter, group: Group, after: Key) -> Answer<Range> {
    Box::pin(desk::read_more(filter, group, after))
}

fn renewal() -> Answer<()> {
    Box::pin(session::keep_alive())
}

/// As in `api::session`.
pub async fn read_viewer() -> Result<Option<Viewer>> {
    (super::code().await.requests.viewer)().await
}

/// As in `api::desk`.
pub async fn read_calls() -> Result<Calls> {
    (super::code().await.requests.calls)().await
}

/// As in `api::desk`.
pub async fn read_desk(filter: Filter) -> Result<Desk> {
    (super::code().await.requests.desk)(filter).await
}

/// As in `api::desk`.
pub async fn read_more(filter: Filter, group: Group, after: Key) -> Result<Range> {
    (super::code().await.requests.more)(filter, group, after).await
}

/// As in `api::session`.
pub async fn keep_alive() -> Result<()> {
    (super::code().await.requests.keep_alive)().await
}
