//! What the errors of this service tell about their transactions. Each change of this service is made with
//! `Db::transact`, which begins it again if PostgreSQL aborts it because of another one.
//!
//! To add an error: its name in the list.

use super::{
    Accounts,
    factor::{CodeError, FactorError},
    join::LinkError,
    members::MemberError,
    own_password::OwnPasswordError,
    people::PeopleError,
    preferences::PreferenceError,
    sign_in::SignInError,
};
use crate::{
    domain::{
        event::{Event, Initiator},
        ids::TenantId,
    },
    server::store::{self, StoreError, TransactionError},
};

macro_rules! transaction_errors {
    ($($error:ident),+ $(,)?) => {
        $(
            impl TransactionError for $error {
                fn store_error(&self) -> Option<&StoreError> {
                    if let Self::Store(error) = self { Some(error) } else { None }
                }
            }
        )+
    };
}

transaction_errors!(
    CodeError,
    FactorError,
    LinkError,
    MemberError,
    OwnPasswordError,
    PeopleError,
    PreferenceError,
    SignInError,
);

impl Accounts {
    /// Writes one entry to the tenant's log, and nothing else.
    pub(super) async fn append(&self, tenant: &TenantId, by: &Initiator, event: &Event) -> store::Result<()> {
        self.db
            .transact(move |tx| async move {
                self.log.commit(tx, tenant, self.clock.now(), by.clone(), event.clone()).await?;
                Ok(())
            })
            .await
    }
}
