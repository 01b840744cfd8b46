//! The complete server behind its real router, on real databases of both engines. Tests advance the clock and run the
//! queues explicitly.
//!
//! To add a test: `tests/it/<noun>_<verb>.rs`, its line here, and `on_both!(<what_holds>, async |app| { .. });`.

mod app;
mod attacks;
mod capture;
mod meta;

mod account_news;
mod activity;
mod alerts;
mod audit_log;
mod automatic_messages;
mod batches;
mod blocks;
mod bot_settings;
mod bounds;
mod customer_ids;
mod desk_filters;
mod desk_law;
mod dossier;
mod drafts;
mod fair_shares;
mod flow_runs;
mod flows;
mod handovers_arrive;
mod key_rotated;
mod keywords_heard;
mod languages_learnt;
mod layering;
mod message_kinds;
mod model_peer;
mod model_turns;
mod needs_me;
mod nodes;
mod notices_close;
mod outcomes;
mod own_account;
mod pending_endings;
mod presence;
mod private_files;
mod provider;
mod query_plans;
mod quiet_logs;
mod quiet_messages;
mod races;
mod read_state;
mod reopened;
mod returns_answered;
mod search;
mod second_factor;
mod secrets_sent;
mod sending;
mod setup_checklist;
mod shop;
mod sign_ins;
mod signatures;
mod silent_customers;
mod simulator_peers;
mod stored;
mod team;
mod tenant_matrix;
mod thread_control;
mod unattended;
mod upgrades;
mod webhook_durability;
