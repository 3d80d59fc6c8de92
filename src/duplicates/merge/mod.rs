//! Merging two contacts field by field, and undoing a merge.

mod both;
mod choose;
mod form;
mod pages;
mod store;
mod undo;

pub use both::{Both, Choices, One, Side};
pub use choose::choose;
pub use form::{FIELD, blank as proposed, path as merge_path};
pub use pages::{create, new, undo};
pub use store::{FormerContact, Merge, away, find, former, has_open_later, merge};
