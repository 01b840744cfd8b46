//! Reads the audit log, newest first: the tenant's log without the messages.

use crate::{
    contract::audit::{AuditLine, AuditPage},
    domain::{
        conversation::describe,
        ids::{Seq, TenantId},
    },
    server::store::{agents, entries},
};

use super::{Result, Settings};

/// Entries of one page.
const PAGE: usize = 50;

impl Settings {
    pub async fn read_audit(&self, tenant: &TenantId, before: Option<Seq>) -> Result<AuditPage> {
        let mut tx = self.db.begin_read().await?;
        let names = agents::names(&mut tx, tenant).await?;
        // One extra entry shows whether there is an older page.
        let found = entries::audited(&mut tx, tenant, before, PAGE as i64 + 1).await?;
        let more = found.len() > PAGE;
        let lines: Vec<AuditLine> = found
            .into_iter()
            .take(PAGE)
            .filter_map(|entry| {
                let what = describe::what(&entry.event, &names)?;
                let who = describe::who(&entry.actor, &names);
                Some(AuditLine { seq: entry.seq, at: entry.at, who, what, conversation: entry.conversation })
            })
            .collect();
        let older = lines.last().filter(|_| more).map(|line| line.seq);
        Ok(AuditPage { lines, older })
    }
}
