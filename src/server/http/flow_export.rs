//! `GET /flows/{id}/export`: a flow's draft as a JSON file, for the admins of its tenant.

use axum::{
    extract::{FromRef, Path, State},
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};

use crate::{
    domain::ids::FlowId,
    server::{
        accounts::Admin,
        http::{Callers, origin::ClientAddress},
        settings::{Settings, SettingsError},
    },
};

#[derive(Clone, FromRef)]
pub struct Exports {
    pub callers: Callers,
    pub settings: Settings,
}

/// 401 signed out; 403 not an admin; 404 if the flow does not exist or belongs to another tenant.
pub async fn export(
    admin: Admin,
    ClientAddress(address): ClientAddress,
    State(settings): State<Settings>,
    Path(id): Path<String>,
) -> Response {
    let agent = admin.agent();
    let draft = match settings.flow_export(agent.tenant(), agent.initiator(address), &FlowId::from(id)).await {
        Ok(draft) => draft,
        Err(SettingsError::NotFound) => return (StatusCode::NOT_FOUND, "This flow no longer exists.").into_response(),
        Err(error) => return failed(&error),
    };
    match serde_json::to_string_pretty(&draft) {
        Ok(json) => {
            let named = format!("attachment; filename=\"{}.json\"", file_name(&draft.name));
            let headers = [
                (header::CONTENT_TYPE, "application/json; charset=utf-8".to_owned()),
                (header::CONTENT_DISPOSITION, named),
                (header::CACHE_CONTROL, "no-store".to_owned()),
            ];
            (headers, json).into_response()
        }
        Err(error) => failed(&error),
    }
}

fn failed(error: &dyn std::fmt::Display) -> Response {
    tracing::error!(%error, "http: flow export failed");
    (StatusCode::INTERNAL_SERVER_ERROR, "Something went wrong on our side. Try again.").into_response()
}

/// `order-status` for `Order status`: valid in a header and on every file system.
fn file_name(name: &str) -> String {
    let folded: String =
        name.chars().map(|c| if c.is_ascii_alphanumeric() { c.to_ascii_lowercase() } else { '-' }).collect();
    let words: Vec<&str> = folded.split('-').filter(|word| !word.is_empty()).take(10).collect();
    if words.is_empty() { "flow".to_owned() } else { words.join("-") }
}

#[cfg(test)]
mod tests {
    use super::file_name;

    #[test]
    fn a_flow_name_becomes_a_safe_file_name() {
        let table = [("Order status", "order-status"), ("\"../x\r\n", "x"), ("Übergabe", "bergabe"), ("日本", "flow")];
        for (name, file) in table {
            assert_eq!(file_name(name), file);
        }
    }
}
