//! The owner in which Leptos answers one request.
//!
//! Leptos keeps the current owner, and with it the arena of all signals, in the thread, and sets it once when it begins a
//! page. A page that waits for its data may go on in another thread, or after another request has set its own owner in the
//! same one: it would then read the signals, and write the headers, of somebody else's page, or find nothing and fail. So
//! each step of an answer begins with the owner with which its last step ended, and leaves the thread as it was.

use std::{
    future::{Future, poll_fn},
    pin::pin,
};

use axum::{extract::Request, middleware::Next, response::Response};
use leptos::reactive::owner::Owner;

/// Middleware: answers the request in an owner of its own.
pub async fn in_own_owner(request: Request, next: Next) -> Response {
    owned(next.run(request)).await
}

/// Runs a future in a new owner, or in the one that it sets itself.
async fn owned<F: Future>(answer: F) -> F::Output {
    let mut answer = pin!(answer);
    let mut own: Option<Owner> = None;
    poll_fn(|context| {
        let of_thread = Owner::current();
        own.get_or_insert_with(|| Owner::new_root(None)).set();
        let polled = answer.as_mut().poll(context);
        if let Some(current) = Owner::current() {
            own = Some(current);
        }
        match (of_thread, Owner::current()) {
            (Some(of_thread), _) => of_thread.set(),
            (None, Some(current)) => current.unset(),
            (None, None) => {}
        }
        polled
    })
    .await
}

#[cfg(test)]
mod tests {
    use leptos::{
        prelude::{GetUntracked, RwSignal, provide_context, use_context},
        reactive::owner::Owner,
    };
    use tokio::task::yield_now;

    use super::owned;

    /// As Leptos renders a page: an owner that is set once, and a wait before what was made in it is read.
    async fn page(name: &'static str) -> (Option<&'static str>, Option<&'static str>) {
        let page = Owner::new_root(None);
        provide_context(name);
        let title = RwSignal::new(name);
        yield_now().await;
        let read = (use_context::<&'static str>(), title.try_get_untracked());
        drop(page);
        read
    }

    #[tokio::test]
    async fn pages_that_are_rendered_at_once_find_their_own_things_only() {
        // given two pages in one thread, each of which waits while the other one begins
        let pages = || (page("one"), page("two"));
        // when Leptos alone renders them, the first one has lost what it made
        let (one, two) = pages();
        let (one, _) = tokio::join!(one, two);
        assert_ne!(one, (Some("one"), Some("one")), "the reason for this file");
        // then in owners of their own each finds what is its own
        let (one, two) = pages();
        let (one, two) = tokio::join!(owned(one), owned(two));
        assert_eq!(one, (Some("one"), Some("one")));
        assert_eq!(two, (Some("two"), Some("two")));
    }

    #[tokio::test]
    async fn an_answer_takes_nothing_of_a_page_that_the_thread_has_begun() {
        // given a page that the thread has begun to render
        let page = Owner::new_root(None);
        provide_context("page");
        let found = || async { Owner::new().with(use_context::<&'static str>) };
        assert_eq!(found().await, Some("page"), "Leptos serves files in the page's owner");
        // when a file is served
        // then it finds nothing of the page, which is still the thread's
        assert_eq!(owned(found()).await, None);
        assert_eq!(Owner::current(), Some(page));
    }
}
