//! Tools for every layer: time, random values, the signal to stop, and atomic files.

pub(crate) mod atomic_file;
pub mod clock;
pub mod paging;
pub mod random;
pub mod stop;
mod text_enum;

pub(crate) use text_enum::text_enum;
