//! `GET /flows/{id}/export`: a flow's draft as a JSON file, for the admins of its tenant.

use axum::{
    extract::{Path, State},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};

use super::{Settings, SettingsError};
use crate::{
    domain::{
        access::{Action, may},
        ids::FlowId,
    },
    server::accounts::{Accounts, session},
};

/// 401 signed out, 403 for others than admins, 404 for what is foreign or made up.
pub async fn export(
    State((accounts, settings)): State<(Accounts, Settings)>,
    Path(id): Path<String>,
    headers: HeaderMap,
) -> Response {
    let agent = match session::from_headers(&accounts, &headers).await {
        Ok(Some(agent)) => agent,
        Ok(None) => return (StatusCode::UNAUTHORIZED, "Sign in first.").into_response(),
        Err(error) => return broken(&error),
    };
    if !may(agent.role, Action::Administer) {
        return (StatusCode::FORBIDDEN, "Only admins can do this.").into_response();
    }
    let page = match settings.flow(&agent.tenant, &FlowId::from(id)).await {
        Ok(page) => page,
        Err(SettingsError::NotFound) => return (StatusCode::NOT_FOUND, "There is no such flow.").into_response(),
        Err(error) => return broken(&error),
    };
    match serde_json::to_string_pretty(&page.draft) {
        Ok(json) => {
            let named = format!("attachment; filename=\"{}.json\"", file_name(&page.draft.name));
            let headers = [
                (header::CONTENT_TYPE, "application/json; charset=utf-8".to_owned()),
                (header::CONTENT_DISPOSITION, named),
                (header::CACHE_CONTROL, "no-store".to_owned()),
            ];
            (headers, json).into_response()
        }
        Err(error) => broken(&error),
    }
}

fn broken(error: &dyn std::fmt::Display) -> Response {
    tracing::error!(%error, "a flow could not be exported");
    (StatusCode::INTERNAL_SERVER_ERROR, "Something went wrong on our side. Try again.").into_response()
}

/// `order-status` of `Order status`: safe in a header and on any disk.
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
    fn a_name_becomes_a_file_that_no_header_and_no_disk_minds() {
        let table = [("Order status", "order-status"), ("\"../x\r\n", "x"), ("Übergabe", "bergabe"), ("日本", "flow")];
        for (name, file) in table {
            assert_eq!(file_name(name), file);
        }
    }
}
