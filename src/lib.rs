//! Carnet, an address book for customer-contact centres.
//!
//! The modules are layers: each imports from those below it only, as `docs/ARCHITECTURE.md` shows and `tests/layers.rs` checks.
//! [`app`] builds the program; features own their routes and pages; [`book`] is the address book itself, without pages.

pub mod absences;
pub mod accounts;
pub mod api;
pub mod app;
pub mod audit;
pub mod audit_log;
pub mod base;
pub mod book;
pub mod bulk_edit;
pub mod changes;
pub mod config;
pub mod contact_types;
pub mod contacts;
pub mod db;
pub mod domain;
pub mod duplicates;
pub mod erasure;
pub mod error;
pub mod export;
pub mod external_ids;
pub mod favourites;
pub mod i18n;
pub mod imports;
pub mod jobs;
pub mod logging;
pub mod metrics;
pub mod notes;
pub mod organizations;
pub mod reports;
pub mod saved_filters;
pub mod settings;
pub mod waiting;
pub mod web;
pub mod webhooks;
