//! The undo of a finished import: contacts that it created go to the trash, the others get their old values back, and
//! contacts edited since are kept and listed. A job works through the [`super::journal`] in batches.

mod job;
mod kept;
pub(crate) mod pages;
mod rules;
mod section;
mod store;

pub use job::run as run_job;
pub use section::Section;
pub use store::{Undo, begin, find};
