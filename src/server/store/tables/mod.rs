//! A file per table, which alone writes that table: `tests/it/layering` holds the list of owners.
//!
//! Functions take the transaction and the tenant and return rows or domain values. Business rules do not belong here.
//! To add a table: a migration, a file here with its statements in `on!`, and its row in the list of owners.

pub mod account_links;
pub mod agents;
pub mod apps;
pub mod automation;
pub mod blocks;
pub mod channels;
pub mod conversations;
pub mod cost_rows;
pub mod costs;
pub mod counters;
pub mod customers;
pub mod desk;
pub mod devices;
pub mod drafts;
pub mod entries;
pub mod facts;
pub mod flow_runs;
pub mod flows;
pub mod handoffs;
pub mod index_progress;
pub mod jobs;
pub mod joined_presses;
pub mod journal;
pub mod keywords;
pub mod media;
pub mod messages;
pub mod model_sessions;
pub mod models;
pub mod nodes;
pub mod notes;
pub mod outbox;
pub mod outcomes;
pub mod pending_endings;
pub mod pending_sign_ins;
pub mod pending_updates;
pub mod presence;
pub mod prices;
pub mod recovery_codes;
pub mod report_closings;
pub mod report_conversations;
pub mod report_handoffs;
pub mod report_left_out;
pub mod report_messages;
pub mod report_packed_days;
pub mod report_progress;
pub mod report_ratings;
pub mod report_stints;
pub mod report_unpacked_rows;
pub mod report_waits;
pub mod reports;
pub mod returned_conversations;
pub mod saved_replies;
pub mod scheduled_messages;
pub mod seal_state;
pub mod search;
pub mod second_factors;
pub mod secrets;
pub mod sessions;
pub mod staffing;
pub mod templates;
pub mod tenants;
pub mod tools;

use super::{Result, RowId, StoreError, Tx, db, lease, to_json};
