//! The preview of an import: its effects on the book are computed before anything is written, shown contact by contact,
//! decided, and computed again if the book has changed by then.
//!
//! [`lines`] stores the effect of each valid line, as ids and positions in the file; the lists compare the lines with the
//! book at the time of the request.

mod decision;
mod effect;
mod forecast;
pub(crate) mod lines;
mod list;
mod outlook;
pub(crate) mod pages;
mod words;

pub use decision::{Planned, cancel, confirm, go_on, stamp};
pub use effect::{Effect, FieldChange, PlannedEffect, PreviewRow, ShownContact};
pub use forecast::{Verdict, begin, plan, plan_again};
pub use lines::forget;
pub use list::{Position, Preview, PreviewLine, PreviewQuery, Show, load, rows};
pub use outlook::{Effects, Outlook};
pub use words::{decision, done, label, line_of, moved, otherwise};
