//! Reading the audit log: who did what, newest first. It is the tenant's log without the talk; nothing here writes.

use crate::{
    api::{
        ApiError,
        admin::{AuditLine, AuditPage},
    },
    domain::ids::{Seq, TenantId},
    server::{
        accounts::Admin,
        inbox::lines,
        store::{desk::Names, entries},
    },
};

use super::{Result, Settings};

/// Lines of one page.
const PAGE: usize = 50;

/// The page of lines before `before`; the newest without it.
pub async fn page(admin: &Admin, before: Option<Seq>) -> std::result::Result<AuditPage, ApiError> {
    Ok(admin.0.visit.service::<Settings>()?.audit(&admin.0.tenant, before).await?)
}

impl Settings {
    pub async fn audit(&self, tenant: &TenantId, before: Option<Seq>) -> Result<AuditPage> {
        let mut tx = self.db.begin_read().await?;
        let names = Names::read(&mut tx, tenant).await?;
        // One more than is shown tells whether there is an older page.
        let found = entries::audited(&mut tx, tenant, before, PAGE as i64 + 1).await?;
        let more = found.len() > PAGE;
        let lines: Vec<AuditLine> = found
            .into_iter()
            .take(PAGE)
            .map(|entry| AuditLine {
                seq: entry.seq,
                at: entry.at,
                who: lines::who(&entry.actor, &names),
                what: lines::what(&entry.event, &names),
                conversation: entry.conversation,
            })
            .collect();
        let older = lines.last().filter(|_| more).map(|line| line.seq);
        Ok(AuditPage { lines, older })
    }
}
