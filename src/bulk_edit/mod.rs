//! Bulk changes: a status, the organization or deletion for all contacts of a filter. A change is confirmed once, runs in
//! the background, and can be undone where nobody has changed the same value since.
//!
//! The job first gathers the contacts ([`items`]), since the change may take contacts out of the filter, then changes them
//! in batches ([`changing`]). *gathering → changing → done → undoing → undone*.

mod action;
mod changing;
mod form;
mod items;
mod job;
mod pages;
mod progress;
mod state;
mod store;

pub use action::{Action, Switches};
pub use job::run as run_job;
pub use store::begin;

use crate::domain::Right;
use crate::web::Routes;

pub fn routes(routes: &mut Routes) {
    routes.at("/contacts/bulk").get(Right::ContactEdit, pages::new).post(Right::ContactEdit, pages::create);
    routes.at("/contacts/bulk/{id}").get(Right::ContactEdit, progress::show);
    routes.at("/contacts/bulk/{id}/undo").post(Right::ContactEdit, progress::undo);
}
