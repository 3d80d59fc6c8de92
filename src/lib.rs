//! Carnet, an address book for customer-contact centres.
//!
//! The map: [`startup`] builds the server from a [`config`]; a feature ([`accounts`], [`contacts`],
//! [`imports`]) owns its routes, pages, forms and queries; [`domain`] holds the rules of values and knows
//! neither web nor database; [`db`] and [`web`] are the shared base; [`jobs`] runs what takes long.

pub mod accounts;
pub mod backup;
pub mod clock;
pub mod commands;
pub mod config;
pub mod contact_types;
pub mod contacts;
pub mod copy;
pub mod db;
pub mod demo;
pub mod domain;
pub mod duplicates;
pub mod error;
pub mod history;
pub mod i18n;
pub mod imports;
pub mod jobs;
pub mod notes;
pub mod organizations;
pub mod repair;
pub mod settings;
pub mod startup;
pub mod stop;
pub mod telemetry;
pub mod web;
pub mod whole_file;
