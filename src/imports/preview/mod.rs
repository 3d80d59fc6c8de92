//! What an import would do to the book: worked out before anything is written, shown contact by contact, decided about,
//! and worked out again when the book has changed by then.
//!
//! [`lines`] keeps what each valid line would do, as ids and places in the file; the lists compare the lines themselves with
//! the book as it is when they are looked at.

mod decision;
mod effect;
mod forecast;
pub(crate) mod lines;
mod list;
pub(crate) mod pages;
mod words;

pub use decision::{cancel, stamp};
pub use effect::{ByEmail, Effect, changes};
pub use forecast::{Verdict, foresee, foresee_again};
pub use lines::forget;
pub use list::{ListQuery, Place, Preview, Show, load};
pub use words::{count_links, decision, line_of, moved, otherwise};
