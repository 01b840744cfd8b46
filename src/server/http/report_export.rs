//! `GET /reports/export/{file}`: the handoffs of a period or the rows of a list as a file, for the people of its tenant. It
//! takes the same query as the pages. Agents get their own rows.

use axum::{
    body::Body,
    extract::{FromRef, Path, RawQuery, State},
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use futures::TryStreamExt;

use crate::{
    domain::report::export::ExportFormat,
    server::{
        accounts::Agent,
        http::{Callers, origin::ClientAddress},
        reports::{Export, ExportFile, ReportError, Reports},
    },
};

#[derive(Clone, FromRef)]
pub struct ReportFiles {
    pub callers: Callers,
    pub reports: Reports,
}

/// 401 signed out; 404 for files that do not exist.
pub async fn export(
    agent: Agent,
    ClientAddress(address): ClientAddress,
    State(reports): State<Reports>,
    Path(file): Path<String>,
    RawQuery(query): RawQuery,
) -> Response {
    let Some((what, format)) = named(&file) else {
        return (StatusCode::NOT_FOUND, "There are handoffs and list, as .csv and .json.").into_response();
    };
    let query = query.unwrap_or_default();
    match reports.export(&agent, agent.initiator(address), what, format, &query).await {
        Ok(file) => attachment(file, format),
        Err(ReportError::NotFound) => (StatusCode::NOT_FOUND, "This no longer exists.").into_response(),
        Err(ReportError::Forbidden) => (StatusCode::FORBIDDEN, "Your role doesn't include reports.").into_response(),
        Err(ReportError::Invalid(detail)) => (StatusCode::UNPROCESSABLE_ENTITY, detail).into_response(),
        Err(error @ ReportError::Busy) => (StatusCode::SERVICE_UNAVAILABLE, error.to_string()).into_response(),
        Err(error @ (ReportError::Failed(_) | ReportError::Store(_))) => {
            tracing::error!(%error, "http: report export failed");
            (StatusCode::INTERNAL_SERVER_ERROR, "Something went wrong on our side. Try again.").into_response()
        }
    }
}

/// `handoffs.csv`, `list.json`.
fn named(file: &str) -> Option<(Export, ExportFormat)> {
    let (name, end) = file.rsplit_once('.')?;
    let what = match name {
        "handoffs" => Export::Handoffs,
        "list" => Export::List,
        _ => return None,
    };
    Some((what, end.parse().ok()?))
}

fn attachment(file: ExportFile, format: ExportFormat) -> Response {
    let kind = match format {
        ExportFormat::Csv => "text/csv; charset=utf-8",
        ExportFormat::Json => "application/json; charset=utf-8",
    };
    let headers = [
        (header::CONTENT_TYPE, kind.to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{}\"", file.name)),
        (header::CACHE_CONTROL, "no-store".to_owned()),
    ];
    // The answer has begun: an error can only cut it off, so that nobody takes a part for the whole.
    let rows = file.rows.inspect_err(|error| tracing::error!(%error, "http: report export cut off"));
    (headers, Body::from_stream(rows)).into_response()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_named_by_what_it_holds_and_its_format() {
        assert_eq!(named("handoffs.csv"), Some((Export::Handoffs, ExportFormat::Csv)));
        assert_eq!(named("list.json"), Some((Export::List, ExportFormat::Json)));
        for unknown in ["handoffs", "handoffs.xls", "agents.csv", ".csv", ""] {
            assert_eq!(named(unknown), None, "{unknown}");
        }
    }
}
