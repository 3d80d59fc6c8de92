//! Importing a list: the strict eight-column file, checked whole before anything is written.
//!
//! [`mod@format`] reads and judges bytes and knows nothing else; the upload page and `carnet import` store the file and a
//! job; [`job`] checks, then applies it batch by batch. A state machine: *checking → deciding | applying → done |
//! refused | cancelled*.

mod apply;
mod check;
pub mod commands;
mod creation;
mod diagnosis;
mod downloads;
mod files;
mod findings;
mod form;
pub mod format;
mod import;
mod job;
mod line_search;
mod pages;
mod panel;
mod reading;
mod reading_store;
mod redact;
mod start;
mod store;
mod upload;

pub use commands::import_file;
pub use files::sweep as sweep_files;
pub use import::{Counts, Import, State};
pub use job::run as run_job;
pub use redact::{Blanked, EmailHashes, blank_lines, email_hash};
pub use store::unfinished;

use crate::domain::Right;
use crate::web::Routes;

pub fn routes(routes: &mut Routes) {
    routes
        .at("/imports")
        .get(Right::ImportView, pages::index)
        .post(Right::ImportAdd, creation::create);
    routes
        .at("/imports/new")
        .get(Right::ImportAdd, creation::new);
    routes
        .at("/imports/template.csv")
        .get(Right::ImportAdd, downloads::template);
    routes
        .at("/imports/{id}")
        .get(Right::ImportView, pages::show);
    routes
        .at("/imports/{id}/confirm")
        .post(Right::ImportAdd, pages::confirm);
    routes
        .at("/imports/{id}/cancel")
        .post(Right::ImportAdd, pages::cancel);
    routes
        .at("/imports/{id}/reading")
        .post(Right::ImportAdd, reading::create);
    routes
        .at("/imports/{id}/rejected.csv")
        .get(Right::ImportView, downloads::rejected);
    routes
        .at("/imports/{id}/report.csv")
        .get(Right::ImportView, downloads::report);
}
