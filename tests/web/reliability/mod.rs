//! What was acknowledged is there, and once, whatever happens to a process, a node, a database or a disk. Each test prints
//! its figures, which `docs/reliability.md` keeps; [`times`] says how to ask for more.

mod clock;
mod disk;
mod failover;
mod nodes;
mod power;
mod savers;
mod told_to_end;

use std::io::Write as _;

/// How often something is done to the program: as often as a variable of the environment says, else `usually`.
fn times(variable: &str, usually: usize) -> usize {
    std::env::var(variable).map_or(usually, |times| {
        times
            .parse()
            .unwrap_or_else(|_| panic!("{variable} is a number"))
    })
}

/// Past the test runner, which keeps what passes to itself.
pub fn say(text: &str) {
    let _ = writeln!(std::io::stderr(), "{text}");
}
