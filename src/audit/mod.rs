//! Who did what and when: entries that are only ever added, in the transaction of the change that they tell.

mod entry;
pub mod forgetting;
pub(crate) mod store;

pub use entry::{Entry, Kind};
pub use store::{Author, Told, record};

/// The name of [`Author::Carnet`] in addresses.
pub const CARNET: &str = "carnet";
