//! Where work of the server may break: a panic in the work on one job becomes an error, so that the worker goes on with the
//! others, and a panic on a blocking thread comes back to whoever waits for it.

use std::{
    future::Future,
    panic::{self, AssertUnwindSafe},
};

use futures::FutureExt;

/// A panic in our code. The panic message was written to standard error.
#[derive(Debug, thiserror::Error)]
#[error("processing panicked")]
pub struct Panicked;

/// Runs `work` to its end or its panic. Dropping its transaction rolls it back.
///
/// On the heap: the work on a job is so large that its copies in each frame would fill the stack of a thread.
pub async fn catch_panic<T>(work: impl Future<Output = T>) -> Result<T, Panicked> {
    AssertUnwindSafe(Box::pin(work)).catch_unwind().await.map_err(|_| Panicked)
}

/// Runs what takes long and waits for nothing on a blocking thread, because it must not keep the server's own threads busy.
/// A panic is the caller's.
pub async fn on_blocking_thread<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> T {
    // Nothing aborts the task, so it can only panic.
    tokio::task::spawn_blocking(work).await.unwrap_or_else(|error| panic::resume_unwind(error.into_panic()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_panic_becomes_an_error_of_its_item() {
        catch_panic::<()>(async { panic!("an unexpected item") }).await.expect_err("caught");
        assert_eq!(catch_panic(async { 1 }).await.expect("no panic"), 1);
    }

    #[tokio::test]
    async fn a_panic_on_a_blocking_thread_is_the_callers() {
        catch_panic(on_blocking_thread::<()>(|| panic!("an unexpected item"))).await.expect_err("caught");
        assert_eq!(on_blocking_thread(|| 1).await, 1);
    }
}
