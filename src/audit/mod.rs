//! The history: who did what, and when. Entries are only ever added, in the same transaction as the change itself.

mod entry;
pub mod forgetting;
pub(crate) mod store;

pub use entry::{Entry, Kind};
pub use store::{Author, EntryView, by_key, record};

/// The name of [`Author::Carnet`] in URLs.
pub const CARNET: &str = "carnet";
