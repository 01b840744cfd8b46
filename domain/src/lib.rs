//! The domain: states, rules and values, shared by server and page.
//!
//! A crate of its own so that its tests need neither; the product names it `crate::domain`. Pure: no async, no clock, no
//! randomness, no I/O. Time and ids are arguments. To add a rule, add a file here with its tests at the end, and call it
//! from the module that applies it.

pub mod access;
pub mod account_link;
pub mod activity;
pub mod alert;
pub mod automation;
pub mod block;
pub mod bot;
pub mod calendar;
pub mod codes;
pub mod command;
pub mod content;
pub mod conversation;
pub mod customer_name;
pub mod delivery;
pub mod desk;
pub mod device;
pub mod direction;
pub mod dossier;
pub mod email_address;
pub mod event;
pub mod flow;
pub mod formatting;
pub mod frame;
pub mod handoff;
pub mod ids;
pub mod inbound;
pub mod interpolation;
pub mod item;
pub mod json_bounds;
pub mod json_words;
pub mod keyword;
pub mod language;
pub mod market;
pub mod member;
pub mod message;
pub mod model;
pub mod model_text;
pub mod network;
pub mod outcome;
pub mod password;
pub mod percent;
pub mod phone_number;
pub mod prices;
pub mod pricing;
pub mod quiet;
pub mod redirect;
pub mod report;
pub mod search;
pub mod second_factor;
pub mod settings;
pub mod sla;
pub mod summary;
pub mod text;
pub mod thread_control;
pub mod throttle;
pub mod time;
pub mod trouble;
pub mod variant_names;
pub mod window;
