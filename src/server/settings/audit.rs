//! Reads the audit log, newest first: the tenant's log without the messages.

use std::collections::BTreeMap;

use crate::{
    contract::audit::{AuditLine, AuditPage},
    domain::{
        conversation::describe,
        event::Event,
        ids::{ChannelId, Seq, TenantId},
        trouble,
    },
    server::store::{Tx, agents, channels, entries},
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
        let numbers = numbers(&mut tx, tenant).await?;
        let more = found.len() > PAGE;
        let lines: Vec<AuditLine> = found
            .into_iter()
            .take(PAGE)
            .filter_map(|entry| {
                let what = describe::what(&entry.event, &names)?;
                let who = describe::who(&entry.actor, &names);
                let number = subject(&entry.event, &numbers);
                Some(AuditLine { seq: entry.seq, at: entry.at, who, what, number, conversation: entry.conversation })
            })
            .collect();
        let older = lines.last().filter(|_| more).map(|line| line.seq);
        Ok(AuditPage { lines, older })
    }
}

/// The tenant's numbers with their names.
async fn numbers(tx: &mut Tx, tenant: &TenantId) -> Result<BTreeMap<ChannelId, String>> {
    let rows = channels::list(tx, tenant).await?;
    Ok(rows.into_iter().map(|row| (row.id, format!("{} ({})", row.name, row.display_phone))).collect())
}

/// What Meta's news is about: a number, or the account that the number belongs to.
fn subject(event: &Event, numbers: &BTreeMap<ChannelId, String>) -> Option<String> {
    let Event::ChannelTrouble { channel, field, .. } = event else { return None };
    let number = numbers.get(channel)?;
    Some(match trouble::is_about_a_number(field) {
        true => number.clone(),
        false => format!("The account of {number}"),
    })
}
