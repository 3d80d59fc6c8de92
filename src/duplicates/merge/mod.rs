//! Making two contacts one, field by field, and undoing that.

mod both;
mod form;
mod pages;
mod store;
mod undo;

pub use pages::{create, new, undo};
pub use store::{FormerContact, Merge, away, former, has_open_later};
