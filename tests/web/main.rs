//! The product from outside: a real server on a real port, on each database.

#![expect(
    clippy::unwrap_used,
    clippy::format_collect,
    reason = "a test stops at what it did not expect"
)]

#[macro_use]
mod support;

mod accounts;
mod browser;
mod contact_form;
mod contact_types;
mod contacts;
mod erasure;
mod faults;
mod history;
mod imports;
mod notes;
mod organizations;
mod pages;
mod personal_data;
mod rights;
mod search;
mod settings;
mod trash;
mod two_editors;
mod upgrade;
mod validators;
mod validity;
mod wrong_files;
mod wrong_files_read;
