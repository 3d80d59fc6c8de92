//! Imports of lists, checked as a whole before anything is written.
//!
//! [`mod@format`] reads and judges the bytes of the strict eight-column file. [`sources`] turns a list of any other kind into rows,
//! which [`mapping`] reads as fields of contacts. Both depend on nothing else. The upload page and `carnet import` store the file
//! and a job; [`job`] checks the file, then applies it in batches, the same for every [`list_kind::ListKind`]. The states are
//! *(mapping →) checking → deciding | applying → done | refused | cancelled*.

mod any_list;
mod apply;
pub(crate) mod begin;
mod changed;
pub(crate) mod check;
mod choice;
pub(crate) mod column_names;
pub(crate) mod columns;
mod conversion;
mod corrections;
pub(crate) mod counting;
mod creation;
mod diagnosis;
mod downloads;
pub(crate) mod files;
mod filter;
pub(crate) mod findings;
pub(crate) mod form;
pub mod format;
pub(crate) mod import;
pub(crate) mod job;
mod journal;
mod left_out;
mod line_search;
mod list;
mod list_kind;
mod listing;
mod mapped;
pub(crate) mod mapping;
mod marks;
mod outcomes;
mod own_table;
pub(crate) mod pages;
mod panel;
pub(crate) mod preview;
pub(crate) mod profiles;
pub(crate) mod progress;
mod reading;
mod reading_store;
mod redact;
mod refused;
mod rejected_file;
mod rejections;
mod retention;
pub(crate) mod reviews;
pub mod sources;
pub(crate) mod start;
pub(crate) mod store;
mod strict;
pub(crate) mod superseded;
pub(crate) mod undo;
pub(crate) mod upload;
mod waiting;

pub use files::sweep as sweep_files;
pub use import::{Counts, Import, State};
pub use job::run as run_job;
pub use marks::{Mark, Marks, NUMBER_DIGITS};
pub use redact::{Blanked, blank_lines};
pub use retention::{drop_files, drop_old_files};
pub use reviews::expire as expire_reviews;
pub use store::{rekey_names, unfinished};
pub use undo::run_job as run_undo_job;
pub use waiting::{Undecided, WAITING, undecided};

use crate::domain::Right;
use crate::web::Routes;

/// The most fields in the forms of an import's page, which shows whole lines.
const FIELDS: usize = 2_100;

pub fn routes(routes: &mut Routes) {
    routes
        .at("/imports")
        .get(Right::ImportView, list::index)
        .post_asked_again(Right::ImportAdd, creation::create);
    routes.at("/imports/new").get(Right::ImportAdd, creation::new);
    routes.at("/imports/template.csv").get(Right::ImportAdd, downloads::template);
    routes.at("/imports/{id}").fields(FIELDS).get(Right::ImportView, pages::show);
    routes.at("/imports/{id}/confirm").fields(FIELDS).post(Right::ImportAdd, preview::pages::confirm);
    routes
        .at("/imports/{id}/columns")
        .fields(FIELDS)
        .get(Right::ImportAdd, columns::show)
        .post(Right::ImportAdd, columns::create);
    routes.at("/imports/{id}/cancel").post(Right::ImportAdd, preview::pages::cancel);
    routes
        .at("/imports/{id}/undo")
        .get(Right::ImportAdd, undo::pages::new)
        .post_asked_again(Right::ImportAdd, undo::pages::create);
    routes.at("/imports/{id}/file").get(Right::ExportAdd, downloads::original);
    corrections::routes(routes);
    profiles::routes(routes);
    routes.at("/imports/{id}/reading").fields(FIELDS).post(Right::ImportAdd, reading::create);
    routes.at("/imports/{id}/rejected.csv").get(Right::ImportView, rejected_file::download);
    reviews::routes(routes);
    routes.at("/imports/{id}/report.csv").get(Right::ImportView, downloads::report);
}
