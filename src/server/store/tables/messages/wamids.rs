//! Looks up many messages by Meta's ids, of all numbers of a tenant in one statement.

use sqlx::QueryBuilder;

use super::{
    super::{
        Result, Tx,
        db::{on, push_asked, slices},
    },
    row::{HEAD_COLUMNS, MessageHead, RawHead},
};
use crate::domain::ids::{ChannelId, TenantId, Wamid};

const OF_ASKED: &str = " FROM asked CROSS JOIN messages
     WHERE messages.channel_id = asked.number AND messages.wamid = asked.value AND messages.tenant_id = ";

/// Where the messages with these ids of Meta's are, and how far they came. Unknown ones are left out.
pub async fn heads_of_wamids(
    tx: &mut Tx,
    tenant: &TenantId,
    wamids: &[(&ChannelId, &Wamid)],
) -> Result<Vec<MessageHead>> {
    let mut found = Vec::with_capacity(wamids.len());
    for slice in slices(wamids) {
        let rows: Vec<RawHead> = on!(tx, c => {
            let mut query = QueryBuilder::new("");
            push_asked(&mut query, slice.iter().map(|(channel, wamid)| (*channel, wamid.0.as_str())));
            query.push("SELECT ").push(HEAD_COLUMNS).push(OF_ASKED).push_bind(tenant.as_str());
            query.build_query_as().fetch_all(c).await
        })?;
        for row in rows {
            found.push(MessageHead::try_from(row)?);
        }
    }
    Ok(found)
}

/// Which of `wamids` are stored.
pub async fn stored(
    tx: &mut Tx,
    tenant: &TenantId,
    wamids: &[(&ChannelId, &Wamid)],
) -> Result<Vec<(ChannelId, Wamid)>> {
    let mut found = Vec::new();
    for slice in slices(wamids) {
        let rows: Vec<(String, String)> = on!(tx, c => {
            let mut query = QueryBuilder::new("");
            push_asked(&mut query, slice.iter().map(|(channel, wamid)| (*channel, wamid.0.as_str())));
            query.push("SELECT channel_id, wamid").push(OF_ASKED).push_bind(tenant.as_str());
            query.build_query_as().fetch_all(c).await
        })?;
        found.extend(rows.into_iter().map(|(channel, wamid)| (ChannelId::from(channel), Wamid(wamid))));
    }
    Ok(found)
}
