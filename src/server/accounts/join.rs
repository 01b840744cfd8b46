//! A one-time link is opened: what its page shows, and the password that is set with it. Its holder needs no session and
//! gets one, after the code of the second factor if the person has one: a link takes the place of the password alone.

use super::{
    Accounts, CallerDevice, factor::FactorPassed, links, password::HashError, people::NewMember, session,
    sign_in::NewSession,
};
use crate::{
    contract::account_link::LinkView,
    domain::{
        account_link::{Invited, LinkEnd, LinkState},
        event::{Actor, Event, Initiator, MemberChange},
    },
    server::{
        secret::Secret,
        store::{
            self, StoreError, Tx,
            account_links::{self, AccountLinkRow, LinkPurpose},
            agents::{self, AgentRow},
            devices, pending_sign_ins, sessions, tenants,
        },
    },
};

/// Why a link was not used.
#[derive(Debug, thiserror::Error)]
pub enum LinkError {
    /// No link has this token.
    #[error("not found")]
    NotFound,
    #[error("the link has ended")]
    Ended(LinkEnd),
    /// The sentence is for the person who opened it.
    #[error("{0}")]
    Invalid(String),
    /// The password is set, and the person has a second factor. The token is for the cookie of the pending sign-in.
    #[error("Enter the code of your authenticator app.")]
    CodeNeeded(Secret),
    #[error(transparent)]
    Hash(#[from] HashError),
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Accounts {
    /// What the page of a link shows.
    ///
    /// # Errors
    /// [`LinkError::NotFound`]
    pub async fn read_link(&self, token: &str) -> Result<LinkView, LinkError> {
        let mut tx = self.db.begin_read().await?;
        let link = account_links::by_token(&mut tx, &session::hash(token)).await?.ok_or(LinkError::NotFound)?;
        let tenant = tenants::find(&mut tx, &link.tenant).await?.ok_or(LinkError::NotFound)?;
        let (kind, tenant_name) = (link.purpose.kind(), tenant.name);
        let ended = |why| LinkView::Ended { kind, tenant_name: tenant_name.clone(), why };
        if let Some(why) = link.state.end(link.expires_at, self.clock.now()) {
            return Ok(ended(why));
        }
        let Some((name, email)) = person_of(&mut tx, &link).await? else { return Ok(ended(LinkEnd::Revoked)) };
        Ok(LinkView::Open { kind, tenant_name, name, email })
    }

    /// Sets the password of a link's person, ends the link and all other sessions of that person, whose other devices are
    /// strangers again, revokes the links that they made, and begins a new session. `old_token` is that of the browser's
    /// session before, which ends.
    ///
    /// # Errors
    /// [`LinkError::Invalid`] if the password is no good, or somebody has the address of the invitation by now;
    /// [`LinkError::CodeNeeded`] after the password was set, if the code of a second factor is missing for the session.
    pub async fn use_link(
        &self,
        token: &str,
        password: String,
        from: &CallerDevice,
        old_token: Option<&str>,
    ) -> Result<NewSession, LinkError> {
        let token_hash = &session::hash(token);
        // Before the password is hashed, which costs much.
        let mut tx = self.db.begin_read().await?;
        let link = self.open_link(&mut tx, token_hash).await?;
        let (name, email) = person_of(&mut tx, &link).await?.ok_or(LinkError::Ended(LinkEnd::Revoked))?;
        drop(tx);
        let own = self.own_words(&link.tenant, &name, &email).await?;
        if let Some(reason) = self.hasher.fault(password.clone(), own).await? {
            return Err(LinkError::Invalid(reason));
        }
        let password_hash = &self.hasher.hash(password, self.entropy.bytes()).await?;
        let tenant = &link.tenant;
        self.db
            .transact(move |mut tx| async move {
                tenants::lock_people(&mut tx, tenant).await?;
                let link = self.open_link(&mut tx, token_hash).await?;
                if !account_links::end(&mut tx, &link.tenant, &link.id, LinkState::Used).await? {
                    return Err(LinkError::Ended(LinkEnd::Used));
                }
                let (record, events) = self.set_password_of(&mut tx, &link, password_hash).await?;
                self.sign_in_by_link(tx, record, events, from, old_token).await
            })
            .await
    }

    /// Sets the password of a link's person, who becomes a member if it is an invitation. Returns the member and the
    /// entries for the log.
    async fn set_password_of(
        &self,
        tx: &mut Tx,
        link: &AccountLinkRow,
        password_hash: &str,
    ) -> Result<(AgentRow, Vec<Event>), LinkError> {
        let (change, record, mut events) = match &link.purpose {
            LinkPurpose::Join(invited) => {
                let record = self.insert_invited(tx, link, invited, password_hash).await?;
                (MemberChange::Joined, record, Vec::new())
            }
            LinkPurpose::NewPassword => {
                agents::set_password(tx, &link.tenant, &link.agent, password_hash).await?;
                sessions::remove_of(tx, &link.agent).await?;
                devices::remove_of(tx, &link.agent).await?;
                pending_sign_ins::remove_of(tx, &link.tenant, &link.agent).await?;
                let record = agents::find(tx, &link.tenant, &link.agent).await?.filter(|record| record.active);
                let record = record.ok_or(LinkError::Ended(LinkEnd::Revoked))?;
                let others = links::revoke_all_of(tx, &link.tenant, &link.agent).await?;
                (MemberChange::PasswordReset, record, others)
            }
        };
        events.push(Event::MemberChanged { agent: record.id.clone(), change });
        Ok((record, events))
    }

    /// Begins the session of a person who has just set a password, and commits.
    ///
    /// # Errors
    /// [`LinkError::CodeNeeded`] after the commit, if the code of a second factor is missing for the session.
    async fn sign_in_by_link(
        &self,
        mut tx: Tx,
        record: AgentRow,
        mut events: Vec<Event>,
        from: &CallerDevice,
        old_token: Option<&str>,
    ) -> Result<NewSession, LinkError> {
        let now = self.clock.now();
        let initiator = Initiator { actor: Actor::Agent(record.id.clone()), address: from.address };
        let Some(passed) = FactorPassed::without_one(&mut tx, &record.tenant, &record.id).await? else {
            let token = self.await_code(&mut tx, &record, false, now).await?;
            self.log.commit_all(tx, &record.tenant, now, initiator, events).await?;
            return Err(LinkError::CodeNeeded(token));
        };
        if let Some(old) = old_token {
            sessions::remove(&mut tx, &session::hash(old)).await?;
        }
        let token = self.open(&mut tx, &self.session_of(&record, from, now), passed, now).await?;
        let device = self.remember_device(&mut tx, &record, None, now).await?;
        events.push(Event::SignedIn { agent: record.id });
        self.log.commit_all(tx, &record.tenant, now, initiator, events).await?;
        Ok(NewSession { token, device })
    }

    /// The link of a token, which can be used now.
    async fn open_link(&self, tx: &mut Tx, token_hash: &str) -> Result<AccountLinkRow, LinkError> {
        let link = account_links::by_token(tx, token_hash).await?.ok_or(LinkError::NotFound)?;
        match link.state.end(link.expires_at, self.clock.now()) {
            Some(end) => Err(LinkError::Ended(end)),
            None => Ok(link),
        }
    }

    /// Adds the person of an invitation to the tenant's default team.
    async fn insert_invited(
        &self,
        tx: &mut Tx,
        link: &AccountLinkRow,
        invited: &Invited,
        password_hash: &str,
    ) -> Result<AgentRow, LinkError> {
        let Invited { email, name, role } = invited.clone();
        let taken = || LinkError::Invalid(format!("{email} already has an account here. Ask an admin for help."));
        if agents::by_email(tx, &email).await?.is_some() {
            return Err(taken());
        }
        let team = tenants::default_team(tx, &link.tenant).await?.ok_or(LinkError::NotFound)?;
        let password_hash = password_hash.to_owned();
        let member = NewMember { id: link.agent.clone(), email: email.clone(), name, role, password_hash };
        let record = member.into_row(&link.tenant, team);
        match agents::insert(tx, &record, self.clock.now()).await {
            Ok(()) => Ok(record),
            // Of two who get the address at once, one does.
            Err(error) if error.is_taken() => Err(taken()),
            Err(error) => Err(error.into()),
        }
    }
}

/// Name and email of a link's person; `None` if they are no active member any more.
async fn person_of(tx: &mut Tx, link: &AccountLinkRow) -> store::Result<Option<(String, String)>> {
    match &link.purpose {
        LinkPurpose::Join(Invited { name, email, .. }) => Ok(Some((name.clone(), email.clone()))),
        LinkPurpose::NewPassword => {
            let person = agents::find(tx, &link.tenant, &link.agent).await?.filter(|person| person.active);
            Ok(person.map(|person| (person.name, person.email)))
        }
    }
}
