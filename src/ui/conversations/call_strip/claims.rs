//! Claims that begin outside of the conversation: at the strip, a row of the list, a notification, or by the chord.

use std::{sync::Arc, time::Duration};

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
    ui::{browser::clear_timer, kit::Submit, state::AppState},
};

/// How long the loser of a claim reads who won it, unless they claim again before.
const TOLD: Duration = Duration::from_secs(15);

/// Where a claim was pressed, and where its loser reads who won.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClaimPlace {
    /// Also for notifications and chords, which have no place of their own.
    Strip,
    List,
}

/// Navigates to a path.
type Go = Arc<dyn Fn(&str) + Send + Sync>;

/// The claims under way, one request at a time per conversation. Cheap to copy.
#[derive(Clone, Copy)]
pub struct Claims {
    app: AppState,
    requests: Submit<ConversationId>,
    path: Memo<String>,
    go: StoredValue<Go>,
    /// Who won the claim that the viewer lost last.
    lost: RwSignal<Option<(ClaimPlace, String)>>,
    forgetting: StoredValue<Option<TimeoutHandle>>,
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
            lost: RwSignal::new(None),
            forgetting: StoredValue::new(None),
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
    pub fn claim(self, id: ConversationId, address: String, place: ClaimPlace) {
        if untrack(|| self.is_pending(&id)) {
            return;
        }
        self.lost.set(None);
        typed_ahead::begin(self.app, &id);
        self.requests.run_as(id.clone(), claim(id.clone()), move |answer| {
            let Err(error) = answer else { return self.open(&address) };
            typed_ahead::end(self.app, &id);
            match error {
                ApiError::Conflict(words) => self.lose(place, words),
                error => self.app.show_error(&error),
            }
        });
    }

    /// The viewer is about to get this conversation in another way: what they type until it is shown becomes its draft.
    pub fn type_ahead(self, id: &ConversationId) {
        typed_ahead::begin(self.app, id);
    }

    /// The viewer did not get it.
    pub fn give_up(self, id: &ConversationId) {
        typed_ahead::end(self.app, id);
    }

    /// Who won the claim that was lost at `place`. Tracks.
    pub fn lost_at(self, place: ClaimPlace) -> Option<String> {
        self.lost.with(|lost| lost.as_ref().filter(|(own, _)| *own == place).map(|(_, words)| words.clone()))
    }

    fn lose(self, place: ClaimPlace, words: String) {
        // The layout may be gone when the response to a claim arrives.
        if self.lost.try_set(Some((place, words))).is_some() {
            return;
        }
        let forget = move || {
            let _gone = self.lost.try_set(None);
        };
        clear_timer(self.forgetting);
        self.forgetting.set_value(set_timeout_with_handle(forget, TOLD).ok());
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
