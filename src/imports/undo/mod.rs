//! Undoing an import that is done: the contacts that it created go to the trash, the others get their old values back, and
//! what somebody edited since is kept and listed. A job walks through the [`super::journal`], batch by batch.

mod job;
mod kept;
pub(crate) mod pages;
mod rules;
mod section;
mod store;

pub use job::run as run_job;
pub use section::Section;
pub use store::{Undo, find};
