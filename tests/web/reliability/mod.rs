//! What was acknowledged is stored, exactly once, whatever happens to a process, a node, a database or a disk. Each test prints
//! its numbers, which are kept in `docs/reliability.md`; [`times`] says how to ask for more repetitions.

mod clock;
mod disk;
mod failover;
mod nodes;
mod power;
mod savers;
mod told_to_end;

use std::io::Write as _;

/// The number of repetitions: the value of an environment variable, otherwise `usually`.
fn times(variable: &str, usually: usize) -> usize {
    std::env::var(variable)
        .map_or(usually, |times| times.parse().unwrap_or_else(|_| panic!("{variable} is a number")))
}

/// Prints past the test runner, which hides the output of tests that pass.
pub fn say(text: &str) {
    let _ = writeln!(std::io::stderr(), "{text}");
}
