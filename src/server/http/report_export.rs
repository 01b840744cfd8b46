//! `GET /reports/export/{file}`: the handoffs of a period, the rows of a list or the messages behind a cost as a file, for the
//! people of its tenant. It takes the same query as the pages. Agents get their own rows, and no costs.

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
        reports::{
            Export, ExportFile, ReportError, Reports,
            cost::{CostError, Costs},
        },
    },
};

#[derive(Clone, FromRef)]
pub struct ReportFiles {
    pub callers: Callers,
    pub reports: Reports,
    pub costs: Costs,
}

/// What a file holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum ReportFile {
    Report(Export),
    /// The messages behind a number of the costs.
    Cost,
}

/// 401 signed out; 404 for files that do not exist.
pub async fn export(
    agent: Agent,
    ClientAddress(address): ClientAddress,
    State(reports): State<Reports>,
    State(costs): State<Costs>,
    Path(file): Path<String>,
    RawQuery(query): RawQuery,
) -> Response {
    let Some((what, format)) = named(&file) else {
        return (StatusCode::NOT_FOUND, "There are handoffs, list and cost, as .csv and .json.").into_response();
    };
    let query = query.unwrap_or_default();
    let by = agent.initiator(address);
    let written = match what {
        ReportFile::Report(what) => reports.export(&agent, by, what, format, &query).await,
        ReportFile::Cost => costs.export(&agent, by, format, &query).await.map_err(of_costs),
    };
    match written {
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

fn of_costs(error: CostError) -> ReportError {
    match error {
        CostError::NotFound => ReportError::NotFound,
        CostError::Forbidden => ReportError::Forbidden,
        CostError::Store(error) => ReportError::Store(error),
    }
}

/// `handoffs.csv`, `list.json`.
fn named(file: &str) -> Option<(ReportFile, ExportFormat)> {
    let (name, end) = file.rsplit_once('.')?;
    let what = match name {
        "handoffs" => ReportFile::Report(Export::Handoffs),
        "list" => ReportFile::Report(Export::List),
        "cost" => ReportFile::Cost,
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
        assert_eq!(named("handoffs.csv"), Some((ReportFile::Report(Export::Handoffs), ExportFormat::Csv)));
        assert_eq!(named("list.json"), Some((ReportFile::Report(Export::List), ExportFormat::Json)));
        assert_eq!(named("cost.csv"), Some((ReportFile::Cost, ExportFormat::Csv)));
        for unknown in ["handoffs", "handoffs.xls", "agents.csv", ".csv", ""] {
            assert_eq!(named(unknown), None, "{unknown}");
        }
    }
}
