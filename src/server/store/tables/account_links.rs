//! One-time links: invitations, and links for a new password. Only the hash of a link's token is stored. A link that has
//! ended stays.

use sqlx::FromRow;

use super::{Result, RowId, StoreError, Tx, db::on};
use crate::domain::{
    account_link::{Invited, LinkKind, LinkState},
    ids::{AccountLinkId, AgentId, TenantId},
    time::Timestamp,
};

#[derive(FromRow)]
struct RawAccountLink {
    id: String,
    tenant_id: String,
    kind: String,
    agent_id: String,
    email: Option<String>,
    name: Option<String>,
    role: Option<String>,
    made_by: Option<String>,
    created_at: i64,
    expires_at: i64,
    state: String,
}

#[derive(Clone, Debug)]
pub struct AccountLinkRow {
    pub id: AccountLinkId,
    pub tenant: TenantId,
    pub purpose: LinkPurpose,
    /// Whose password it sets. Of an invitation, the id that the person gets by joining.
    pub agent: AgentId,
    /// The admin who made it; `None` is the command line.
    pub made_by: Option<AgentId>,
    pub created_at: Timestamp,
    pub expires_at: Timestamp,
    pub state: LinkState,
}

/// What a link is for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LinkPurpose {
    Join(Invited),
    NewPassword,
}

impl LinkPurpose {
    pub fn kind(&self) -> LinkKind {
        match self {
            Self::Join(_) => LinkKind::Join,
            Self::NewPassword => LinkKind::NewPassword,
        }
    }
}

impl TryFrom<RawAccountLink> for AccountLinkRow {
    type Error = StoreError;
    fn try_from(row: RawAccountLink) -> Result<Self> {
        let this = RowId::new("account_links", &row.id);
        let purpose = match this.variant::<LinkKind>("kind", &row.kind)? {
            LinkKind::Join => LinkPurpose::Join(Invited {
                email: this.present("email", row.email)?,
                name: this.present("name", row.name)?,
                role: this.variant("role", this.present("role", row.role.as_deref())?)?,
            }),
            LinkKind::NewPassword => LinkPurpose::NewPassword,
        };
        let state = this.variant("state", &row.state)?;
        Ok(Self {
            purpose,
            state,
            id: row.id.into(),
            tenant: row.tenant_id.into(),
            agent: row.agent_id.into(),
            made_by: row.made_by.map(Into::into),
            created_at: Timestamp(row.created_at),
            expires_at: Timestamp(row.expires_at),
        })
    }
}

const COLUMNS: &str = "id, tenant_id, kind, agent_id, email, name, role, made_by, created_at, expires_at, state";

pub async fn insert(tx: &mut Tx, link: &AccountLinkRow, token_hash: &str) -> Result<()> {
    let (email, name, role) = match &link.purpose {
        LinkPurpose::Join(Invited { email, name, role }) => {
            (Some(email.as_str()), Some(name.as_str()), Some(role.as_str()))
        }
        LinkPurpose::NewPassword => (None, None, None),
    };
    on!(tx, c => sqlx::query(
        "INSERT INTO account_links (id, tenant_id, token_hash, kind, agent_id, email, name, role, made_by, created_at,
            expires_at, state)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)")
        .bind(link.id.as_str()).bind(link.tenant.as_str()).bind(token_hash).bind(link.purpose.kind().as_str())
        .bind(link.agent.as_str()).bind(email).bind(name).bind(role)
        .bind(link.made_by.as_ref().map(|agent| agent.as_str())).bind(link.created_at.0).bind(link.expires_at.0)
        .bind(link.state.as_str()).execute(c).await.map(|_| ()))?;
    Ok(())
}

/// The link of a token. The token alone says which tenant's it is, as that of a session does.
pub async fn by_token(tx: &mut Tx, token_hash: &str) -> Result<Option<AccountLinkRow>> {
    let row: Option<RawAccountLink> = on!(tx, c => sqlx::query_as(sqlx::AssertSqlSafe(format!(
        "SELECT {COLUMNS} FROM account_links WHERE token_hash = $1")))
        .bind(token_hash).fetch_optional(c).await)?;
    row.map(AccountLinkRow::try_from).transpose()
}

pub async fn find(tx: &mut Tx, tenant: &TenantId, id: &AccountLinkId) -> Result<Option<AccountLinkRow>> {
    let row: Option<RawAccountLink> = on!(tx, c => sqlx::query_as(sqlx::AssertSqlSafe(format!(
        "SELECT {COLUMNS} FROM account_links WHERE tenant_id = $1 AND id = $2")))
        .bind(tenant.as_str()).bind(id.as_str()).fetch_optional(c).await)?;
    row.map(AccountLinkRow::try_from).transpose()
}

/// The tenant's links that were neither used nor revoked, newest first. Some may have expired.
pub async fn open(tx: &mut Tx, tenant: &TenantId) -> Result<Vec<AccountLinkRow>> {
    let rows: Vec<RawAccountLink> = on!(tx, c => sqlx::query_as(sqlx::AssertSqlSafe(format!(
        "SELECT {COLUMNS} FROM account_links WHERE tenant_id = $1 AND state = 'open' ORDER BY id DESC")))
        .bind(tenant.as_str()).fetch_all(c).await)?;
    rows.into_iter().map(AccountLinkRow::try_from).collect()
}

/// The names of everybody who was ever invited, by the id that they got or would have got.
pub async fn invited_names(tx: &mut Tx, tenant: &TenantId) -> Result<Vec<(AgentId, String)>> {
    let rows: Vec<(String, String)> = on!(tx, c => sqlx::query_as(
        "SELECT agent_id, name FROM account_links WHERE tenant_id = $1 AND name IS NOT NULL ORDER BY id")
        .bind(tenant.as_str()).fetch_all(c).await)?;
    Ok(rows.into_iter().map(|(agent, name)| (agent.into(), name)).collect())
}

/// Ends an open link as `state`. Returns whether it was open: of two who end it at once, one does.
pub async fn end(tx: &mut Tx, tenant: &TenantId, id: &AccountLinkId, state: LinkState) -> Result<bool> {
    let changed = on!(tx, c => sqlx::query(
        "UPDATE account_links SET state = $3 WHERE tenant_id = $1 AND id = $2 AND state = 'open'")
        .bind(tenant.as_str()).bind(id.as_str()).bind(state.as_str())
        .execute(c).await.map(|done| done.rows_affected()))?;
    Ok(changed > 0)
}
