//! The background work of the program: the handler of each kind of job, and the sweeps.

use crate::book::{counts, drafts, reports, search};
use crate::db::sessions;
use crate::jobs::{Handlers, Kind};
use crate::{
    accounts, api, bulk_edit, contact_types, duplicates, erasure, external_ids, imports, organizations,
    settings,
};

/// Returns all handlers and sweeps.
pub fn handlers() -> Handlers {
    Handlers::default()
        .on(Kind::Import, imports::run_job)
        .on(Kind::ListImport, imports::run_job)
        .on(Kind::ImportUndo, imports::run_undo_job)
        .on(Kind::ContactType, contact_types::run_job)
        .on(Kind::PhoneReading, settings::run_job)
        .on(Kind::Organization, organizations::run_job)
        .on(Kind::BulkChange, bulk_edit::run_job)
        .on(Kind::DuplicateSearch, duplicates::run_job)
        .on(Kind::Erasure, erasure::run_job)
        .on(Kind::WholeErasure, erasure::run_job)
        .on(Kind::SearchCompaction, |work, _| search::run_compaction_job(work))
        .on(Kind::Repair, super::repair::run_job)
        .on(Kind::BookWords, |work, _| super::repair::run_words_job(work))
        .on(Kind::ExternalIds, |work, _| external_ids::run_job(work))
        .on(Kind::Recount, |work, _| counts::recount::run_job(work))
        .sweep("sessions", sessions::sweep)
        .sweep("sign-in throttles", accounts::sweep_throttles)
        .sweep("keys", accounts::keys::sweep)
        .sweep("done requests", api::sweep)
        .sweep("drafts", drafts::sweep)
        .sweep("reports", reports::sweep)
        .sweep("trash", erasure::sweep_trash)
        .sweep("import files", imports::sweep_files)
        .sweep("doubtful rows", imports::expire_reviews)
        .sweep("counts", counts::recount::sweep)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_of_job_has_a_handler() {
        let handlers = handlers();
        for kind in Kind::ALL {
            assert!(handlers.handle(kind), "a job of the kind {kind:?} would wait forever");
        }
    }
}
