//! Claims that begin outside of the conversation: at the strip, a row of the list, a notification, or by the chord.

use std::sync::Arc;

use leptos::prelude::*;
use leptos_router::{
    NavigateOptions,
    hooks::{use_location, use_navigate},
};

use super::typed_ahead;
use crate::{
    api::conversation::claim,
    contract::ApiError,
    domain::ids::ConversationId,
    ui::{
        kit::{Submit, ToastTone},
        state::AppState,
    },
};

/// Navigates to a path.
type Go = Arc<dyn Fn(&str) + Send + Sync>;

/// The claims under way, one request at a time per conversation. Cheap to copy.
#[derive(Clone, Copy)]
pub struct Claims {
    app: AppState,
    requests: Submit<ConversationId>,
    path: Memo<String>,
    go: StoredValue<Go>,
}

impl Claims {
    /// Provides it to the components below.
    pub fn provide() {
        let navigate = use_navigate();
        provide_context(Self {
            app: AppState::expect(),
            requests: Submit::keyed(),
            path: use_location().pathname,
            go: StoredValue::new(Arc::new(move |address: &str| navigate(address, NavigateOptions::default()))),
        });
    }

    /// The layout's claims. Call it below the signed-in layout only.
    pub fn expect() -> Self {
        expect_context::<Self>()
    }

    /// Whether a claim of this conversation is under way. Tracks.
    pub fn is_pending(self, id: &ConversationId) -> bool {
        self.requests.is_pending(id)
    }

    /// Claims a conversation and opens it at `address`. What is typed meanwhile becomes its draft.
    pub fn claim(self, id: ConversationId, address: String) {
        if untrack(|| self.is_pending(&id)) {
            return;
        }
        typed_ahead::begin(self.app, &id);
        self.requests.run_as(id.clone(), claim(id.clone()), move |answer| {
            let Err(error) = answer else { return self.open(&address) };
            typed_ahead::end(self.app, &id);
            match error {
                ApiError::Conflict(words) => self.app.toast(ToastTone::Info, words),
                error => self.app.show_error(&error),
            }
        });
    }

    /// Goes to a conversation, unless it is open already.
    pub fn open(self, address: &str) {
        let is_here = self.path.try_get_untracked().as_deref() == address.split('?').next();
        if !is_here {
            // The layout may be gone when the response to a claim arrives.
            let _gone = self.go.try_with_value(|go| go(address));
        }
    }
}
