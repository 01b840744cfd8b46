//! The outcome that an agent picks when closing: checked at the press, and once more when the close takes effect,
//! because a rule that was switched on meanwhile is followed.

use crate::{
    domain::{ids::OutcomeId, outcome::OutcomeChoice},
    server::{
        conversations::{ConversationError, Result, UnitOfWork},
        store::outcomes,
    },
};

impl UnitOfWork {
    /// # Errors
    /// [`ConversationError::Invalid`] if it cannot be picked, or if one must be picked.
    pub(super) async fn check_outcome(&mut self, picked: Option<&OutcomeId>) -> Result<()> {
        match self.outcome_choice().await?.violation(picked) {
            Some(detail) => Err(ConversationError::Invalid(detail)),
            None => Ok(()),
        }
    }

    /// Whether a close needs an outcome and has none. One that was archived since the press counts.
    pub(in crate::server::conversations) async fn lacks_outcome(&mut self, picked: Option<&OutcomeId>) -> Result<bool> {
        Ok(picked.is_none() && self.outcome_choice().await?.is_required())
    }

    async fn outcome_choice(&mut self) -> Result<OutcomeChoice> {
        let tenant = self.tenant_id();
        let all = outcomes::list(&mut self.tx, &tenant).await?;
        Ok(OutcomeChoice::of(&all, self.tenant.settings.outcome_rule))
    }
}
