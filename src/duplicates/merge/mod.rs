//! Merging two contacts field by field, and undoing a merge.

mod both;
mod form;
mod pages;
mod store;
mod undo;

pub use pages::{create, new, undo};
pub use store::{FormerContact, Merge, away, former, has_open_later};
