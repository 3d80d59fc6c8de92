//! Changing all contacts that pass a filter: statuses, the organization, or off to the trash; asked once, done in the
//! background, and undone where nobody changed the same since.
//!
//! A job first notes whom it is about ([`items`]), since the change may take contacts out of the filter, then changes them a
//! batch at a time ([`changing`]). *gathering → changing → done → undoing → undone*.

mod action;
mod changing;
mod form;
mod items;
mod job;
mod pages;
mod progress;
mod state;
mod store;

pub use job::run as run_job;

use crate::domain::Right;
use crate::web::Routes;

pub fn routes(routes: &mut Routes) {
    routes
        .at("/contacts/bulk")
        .get(Right::ContactEdit, pages::new)
        .post(Right::ContactEdit, pages::create);
    routes
        .at("/contacts/bulk/{id}")
        .get(Right::ContactEdit, progress::show);
    routes
        .at("/contacts/bulk/{id}/undo")
        .post(Right::ContactEdit, progress::undo);
}
