//! The servers that a secret may be sent to: what an admin enters, what an address template leads to, and the lists of
//! secrets from before there were lists.
//!
//! A server is an origin, because a port or plain HTTP may be another program or another network.

use std::collections::BTreeSet;

use url::Url;

use crate::{
    domain::{
        flow::definition::{Flow, StepKind},
        ids::TenantId,
        model::{ToolDefinition, secret::SECRET_HOSTS},
    },
    server::store::{Db, StoreError, Tx, flow_runs, flows, secrets, tools},
};

use super::{
    Result, SettingsError,
    tools::{secrets_in, secrets_of},
};

/// The origins in a list of servers, sorted. `shop.example.com` is reached by HTTPS at the usual port.
///
/// # Errors
/// [`SettingsError::Invalid`] names the entry that is no server.
pub(super) fn parse(typed: &str) -> Result<Vec<String>> {
    let entries = typed.split(|c: char| c.is_whitespace() || c == ',').filter(|entry| !entry.is_empty());
    let origins = entries.map(|entry| origin(entry).ok_or_else(|| invalid(entry))).collect::<Result<BTreeSet<_>>>()?;
    match origins.len() {
        0 => Err(SettingsError::Invalid("Enter the servers that may receive it, such as shop.example.com.".to_owned())),
        n if n > SECRET_HOSTS => {
            Err(SettingsError::Invalid(format!("A secret can have up to {SECRET_HOSTS} servers. Remove some.")))
        }
        _ => Ok(origins.into_iter().collect()),
    }
}

fn invalid(entry: &str) -> SettingsError {
    let entry = crate::domain::text::clip(entry, 80);
    SettingsError::Invalid(format!("Enter servers like shop.example.com, without a path or *, not “{entry}”."))
}

/// The origin of one entry.
fn origin(entry: &str) -> Option<String> {
    let url = if entry.contains("://") { Url::parse(entry) } else { Url::parse(&format!("https://{entry}")) };
    let url = url.ok()?;
    let is_server = matches!(url.scheme(), "http" | "https")
        && url.username().is_empty()
        && url.password().is_none()
        && url.path() == "/"
        && url.query().is_none()
        && url.fragment().is_none()
        && url.host_str().is_some_and(|host| !host.contains('*'));
    is_server.then(|| url.origin().ascii_serialization())
}

/// The origin that a request goes to, whatever its variables are: they only follow the server's name.
pub fn origin_of(template: &str) -> Option<String> {
    let url = Url::parse(template.split("{{").next().unwrap_or_default().trim()).ok()?;
    matches!(url.scheme(), "http" | "https").then(|| url.origin().ascii_serialization())
}

/// An origin as people enter it.
pub(super) fn shown(origin: &str) -> &str {
    origin.strip_prefix("https://").unwrap_or(origin)
}

/// Why a request to `template` would be refused: the first secret that is set, but not for its server.
pub(super) fn refusal(template: &str, used: &[String], known: &[secrets::SecretInfo]) -> Option<String> {
    let origin = origin_of(template)?;
    let refused = known.iter().find(|secret| used.contains(&secret.name) && !secret.hosts.contains(&origin))?;
    Some(not_sent(&refused.name, &origin))
}

/// The sentence for a request that was not sent, or cannot be saved.
pub fn not_sent(name: &str, origin: &str) -> String {
    format!("The secret {name} isn't for {}. Set it again in Admin, with this server on its list.", shown(origin))
}

/// The requests of a flow: their addresses, and the secrets in their headers.
pub(super) fn requests(flow: &Flow) -> impl Iterator<Item = (&str, Vec<String>)> {
    flow.all().into_iter().filter_map(|step| {
        let StepKind::Http(http) = &step.act else { return None };
        Some((http.url.as_str(), secrets_in(http.headers.iter().map(|header| header.value.as_str()))))
    })
}

/// Gives every secret of a version without lists the servers that flows and tools send it to today: the live flows, the
/// versions that conversations are in, and the tools. They go on as before, and nobody can aim the secret elsewhere
/// without knowing its value. A secret that nothing uses gets an empty list.
pub async fn derive_missing(db: &Db) -> std::result::Result<(), StoreError> {
    let missing = secrets::without_hosts(&mut db.begin_read().await?).await?;
    let tenants: Vec<_> = missing.chunk_by(|(one, _), (other, _)| one == other).collect();
    for of_tenant in tenants {
        let Some((tenant, _)) = of_tenant.first() else { continue };
        let mut tx = db.begin_write().await?;
        let uses = match uses(&mut tx, tenant).await {
            Ok(uses) => uses,
            // An unreadable tool stops this tenant's bot anyway. The next start tries again.
            Err(error @ StoreError::Unreadable { .. }) => {
                tracing::error!(%error, %tenant, "settings: servers of secrets not derived");
                continue;
            }
            Err(error) => return Err(error),
        };
        for (_, name) in of_tenant {
            let hosts: BTreeSet<String> =
                uses.iter().filter(|(_, used)| used.contains(name)).map(|(origin, _)| origin.clone()).collect();
            let hosts: Vec<String> = hosts.into_iter().collect();
            secrets::derive_hosts(&mut tx, tenant, name, &hosts).await?;
            tracing::info!(%tenant, secret = %name, ?hosts, "settings: servers of a secret derived");
        }
        tx.commit().await?;
    }
    Ok(())
}

/// Where requests go, and the secrets that they use.
async fn uses(tx: &mut Tx, tenant: &TenantId) -> std::result::Result<Vec<(String, Vec<String>)>, StoreError> {
    let mut uses = Vec::new();
    let of_tool = |tool: &ToolDefinition| Some((origin_of(&tool.url)?, secrets_of(tool)));
    uses.extend(tools::list(tx, tenant).await?.iter().filter_map(of_tool));
    for live in flows::live(tx, tenant).await? {
        uses.extend(of_flow(&live.flow));
    }
    for (id, version) in flow_runs::versions_in_use(tx, tenant).await? {
        if let Some(flow) = flows::version(tx, tenant, &id, version).await? {
            uses.extend(of_flow(&flow));
        }
    }
    Ok(uses)
}

fn of_flow(flow: &Flow) -> Vec<(String, Vec<String>)> {
    requests(flow).filter_map(|(url, used)| Some((origin_of(url)?, used))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::time::Timestamp;

    #[test]
    fn a_list_of_servers_becomes_origins() {
        let parsed = |typed: &str| parse(typed).expect(typed);
        assert_eq!(
            parsed(" Shop.Example.com, https://shop.example.com:443/\nhttp://10.1.2.3:8080 api.example.com:8443"),
            ["http://10.1.2.3:8080", "https://api.example.com:8443", "https://shop.example.com"]
        );
        assert_eq!(parsed("münchen.example"), ["https://xn--mnchen-3ya.example"]);
    }

    #[test]
    fn what_is_no_server_is_refused_with_the_entry() {
        let refused = |typed: &str| match parse(typed) {
            Err(SettingsError::Invalid(detail)) => detail,
            other => panic!("{typed}: {other:?}"),
        };
        for entry in [
            "*.example.com",
            "https://shop.example.com/orders",
            "shop.example.com?a",
            "me@shop.example.com",
            "ftp://shop.example.com",
            "https://",
            "shop.example.com:port",
        ] {
            assert!(refused(&format!("api.example.com {entry}")).contains(entry), "{entry}");
        }
        for nothing in ["", " , "] {
            assert!(refused(nothing).starts_with("Enter the servers that may receive it"), "{nothing}");
        }
        let many = (0..=SECRET_HOSTS).map(|nth| format!("s{nth}.example.com")).collect::<Vec<_>>().join(" ");
        assert!(refused(&many).contains("up to 20 servers"));
    }

    #[test]
    fn a_template_leads_to_the_server_before_its_first_variable() {
        let origin = origin_of;
        assert_eq!(origin("https://Shop.example.com/{{ order }}").as_deref(), Some("https://shop.example.com"));
        assert_eq!(
            origin(" https://shop.example.com:8443?o={{ order }}").as_deref(),
            Some("https://shop.example.com:8443")
        );
        assert_eq!(origin("http://0x7f.1/").as_deref(), Some("http://127.0.0.1"));
        assert_eq!((origin("{{ url }}"), origin("ftp://a/"), origin("")), (None, None, None));
    }

    #[test]
    fn a_secret_is_refused_for_servers_that_are_not_on_its_list() {
        let known = |name: &str, host: &str| secrets::SecretInfo {
            name: name.to_owned(),
            hosts: vec![host.to_owned()],
            changed: Timestamp(0),
        };
        let known = [known("SHOP", "https://shop.example.com"), known("OTHER", "https://other.example.com")];
        let refusal = |url: &str| refusal(url, &["SHOP".to_owned(), "UNSET".to_owned()], &known);
        assert_eq!(refusal("https://shop.example.com/{{ order }}"), None);
        for other in ["http://shop.example.com/", "https://shop.example.com:444/", "https://other.example.com/"] {
            let detail = refusal(other).expect(other);
            assert!(detail.starts_with("The secret SHOP isn't for "), "{detail}");
        }
    }
}
