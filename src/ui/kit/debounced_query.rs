//! A query to the server about something that is being typed, sent when the typing pauses.
//!
//! `let answer = debounced_query(question, tool_check);` where `question: Signal<Option<Q>>`; the answer comes with the
//! question it is for.

use std::time::Duration;

use leptos::{prelude::*, task::spawn_local};

use crate::{
    contract::{ApiError, Result},
    ui::{
        browser::clear_timer,
        state::{AppState, Connection},
    },
};

/// How long the typing must pause before the server is asked.
const REST: Duration = Duration::from_millis(250);

/// A question and the server's answer to it.
pub type QueryAnswer<Q, A> = Option<(Q, Result<A>)>;

/// Asks whenever `question` stayed the same for a moment; `None` asks nothing. Answers to older questions are dropped,
/// and the last answer stays until a newer one arrives. What did not reach the server is asked again when the connection
/// is back.
pub fn debounced_query<Q, A, Fut>(
    question: Signal<Option<Q>>,
    ask: impl Fn(Q) -> Fut + Copy + Send + Sync + 'static,
) -> ReadSignal<QueryAnswer<Q, A>>
where
    Q: Clone + Send + Sync + 'static,
    A: Send + Sync + 'static,
    Fut: Future<Output = Result<A>> + 'static,
{
    let (answer, set_answer) = signal(None);
    let turn = StoredValue::new(0_u64);
    let timer = StoredValue::new(None::<TimeoutHandle>);
    let returns = returns_without_answer(answer);
    Effect::new(move |_| {
        let question = question.get();
        returns.track();
        clear_timer(timer);
        turn.update_value(|turn| *turn += 1);
        let mine = turn.get_value();
        let Some(question) = question else {
            set_answer.set(None);
            return;
        };
        let later = move || {
            spawn_local(async move {
                let reply = ask(question.clone()).await;
                if turn.try_get_value() == Some(mine) {
                    set_answer.try_set(Some((question, reply)));
                }
            });
        };
        // A browser refuses a timer only while the page is unloaded.
        timer.set_value(set_timeout_with_handle(later, REST).ok());
    });
    on_cleanup(move || clear_timer(timer));
    answer
}

/// How often the connection came back while the last question had not reached the server.
fn returns_without_answer<Q, A>(answer: ReadSignal<QueryAnswer<Q, A>>) -> RwSignal<u64>
where
    Q: Send + Sync + 'static,
    A: Send + Sync + 'static,
{
    let returns = RwSignal::new(0_u64);
    let app = AppState::expect();
    Effect::watch(
        move || app.connection.get(),
        move |now, before, _| {
            let is_back = *now == Connection::Live && before.is_some_and(|before| *before == Connection::Lost);
            if is_back && answer.with_untracked(|answer| matches!(answer, Some((_, Err(ApiError::Offline))))) {
                returns.update(|count| *count += 1);
            }
        },
        false,
    );
    returns
}
