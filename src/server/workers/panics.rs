//! Turns a panic in the work on one job into an error, so that the worker goes on with the others.

use std::{future::Future, panic::AssertUnwindSafe};

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

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_panic_becomes_an_error_of_its_item() {
        catch_panic::<()>(async { panic!("an unexpected item") }).await.expect_err("caught");
        assert_eq!(catch_panic(async { 1 }).await.expect("no panic"), 1);
    }
}
