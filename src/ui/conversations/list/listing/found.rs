//! The results of a search in place of the groups. They stay in their places, and their values are live.

use leptos::prelude::*;

use super::Listing;
use crate::domain::desk::{Changes, Row};

impl Listing {
    /// Shows results of a search in place of the groups, or the groups again. Rows that were shown keep their values.
    pub fn show_found(&self, rows: Option<Vec<Row>>) {
        let known = self.found.get_value().unwrap_or_default();
        let cell = |row: Row| {
            let same = known.iter().find(|(id, _)| *id == row.id).map(|(_, cell)| cell.clone());
            let cell = same.unwrap_or_else(|| ArcRwSignal::new(row.clone()));
            if cell.with_untracked(|shown| shown.version < row.version) {
                cell.set(row.clone());
            }
            (row.id, cell)
        };
        self.found.set_value(rows.map(|rows| rows.into_iter().map(cell).collect()));
    }

    /// Shows the groups again. The list may be gone.
    pub fn hide_found(&self) {
        let _gone = self.found.try_update_value(|found| *found = None);
    }

    /// Results stay in their places; their values are live.
    pub(super) fn refresh_found(&self, changes: &Changes) {
        let found = self.found.get_value().unwrap_or_default();
        for row in &changes.rows {
            let cell = found.iter().find(|(id, _)| *id == row.id).map(|(_, cell)| cell);
            if let Some(cell) = cell.filter(|cell| cell.with_untracked(|shown| shown.version < row.version)) {
                cell.set(row.clone());
            }
        }
    }
}
