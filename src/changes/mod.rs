//! The changes feed: what happened to contacts, one item after the other, without values. Programs read it with a cursor.
//!
//! The items are read from the history and from the journal of imports. The table `feed` has their order, as runs of entries and
//! as batches of created contacts, and triggers write it, so that nodes of older versions feed it too. On SQLite a row has its
//! place at once. On PostgreSQL it waits in `feed_waiting` until [`number`] gives it its place, after its commit.
//!
//! Nothing is ever removed from the history, the journal or the feed, so every cursor of the book stays valid.

mod cursor;
mod item;
mod newcomers;
mod numbering;
mod read;

pub use cursor::Cursor;
pub use item::{Item, Kind};
pub use newcomers::Newcomers;
pub use numbering::{clear, number, number_all, rows_wait};
pub use read::{Batch, MOST, newest, next, read};
