//! What every layer may use: time, random values, the signal to stop, and whole files.

pub(crate) mod atomic_file;
pub mod clock;
pub mod random;
pub mod stop;
