//! The product from outside: a real server on a real port, on each database.

#![expect(
    clippy::unwrap_used,
    clippy::format_collect,
    reason = "a test stops at what it did not expect"
)]

#[macro_use]
mod support;

mod absence;
mod accounts;
mod at_hand;
mod backup;
mod browser;
mod bulk;
mod cards;
mod command_errors;
mod command_line;
mod company_sign_in;
mod confirmed;
mod contact_form;
mod contact_types;
mod contacts;
mod copy;
mod decisions;
mod dependencies;
mod duplicates;
mod edited_beside;
mod emergency_copy;
mod erased_everywhere;
mod erasure;
mod expertise;
mod export;
mod faults;
mod filters;
mod given_back;
mod gone;
mod history;
mod hostile;
mod import_files;
mod import_list;
mod imports;
mod killed;
mod limits;
mod merges;
mod merges_beside;
mod merges_erased;
mod messages;
mod nodes;
mod notes;
mod organizations;
mod overload;
mod pages;
mod personal_data;
mod phones;
mod preview;
mod process;
mod ranking;
mod reliability;
mod repair;
mod rights;
mod search;
mod second_factor;
mod security;
mod security_log;
mod security_page;
mod settings;
mod slow_clients;
mod sorting;
mod start;
mod stopped;
mod text;
mod text_repaired;
mod trash;
mod two_editors;
mod undo;
mod undo_orders;
mod upgrade;
mod validators;
mod validity;
mod wrong_files;
mod wrong_files_read;
